//go:build torture

package main

import (
	"os"
	"strings"
	"time"
)

// tortureClock names a file that holds how far this program's time of day is to be ahead, for
// instance "-1h". Only a binary of the torture bench honours it: the machine's clock belongs
// to everybody on the machine.
const tortureClock = "DUTYLINE_TORTURE_CLOCK"

// timeOfDay is the machine's, moved. It has no monotonic part, as if read from a file: a
// duration that is taken from it shows the step, and the bench finds it.
func timeOfDay() func() time.Time {
	file := os.Getenv(tortureClock)
	return func() time.Time {
		now := time.Now().Round(0)
		said, err := os.ReadFile(file)
		if err != nil {
			return now
		}
		ahead, err := time.ParseDuration(strings.TrimSpace(string(said)))
		if err != nil {
			return now
		}
		return now.Add(ahead)
	}
}
