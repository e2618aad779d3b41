//go:build !torture

package main

import "time"

// timeOfDay is the machine's own.
func timeOfDay() func() time.Time { return time.Now }
