//go:build !linux

package main

import (
	"time"

	"dutyline/telephony"
)

// clockKept is not known here.
func clockKept() (telephony.ClockKept, time.Duration) { return "", -1 }
