//go:build !linux

package main_test

import (
	"errors"
	"syscall"
	"time"
)

// endsWithUs can be asked of no other kernel: there a process that outlives us is to be ended by hand.
func endsWithUs() *syscall.SysProcAttr { return nil }

func setTimerSlack(time.Duration) error { return nil }

// cpuOf and rssOf read what only Linux shows.
func cpuOf(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

func rssOf(int) (int64, error) { return 0, errors.ErrUnsupported }
