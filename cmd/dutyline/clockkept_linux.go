package main

import (
	"time"

	"golang.org/x/sys/unix"

	"dutyline/telephony"
)

// timeError is what adjtimex answers of a clock that nothing keeps (TIME_ERROR).
const timeError = 5

// clockKept asks the kernel whether a time service keeps this machine's clock, and by how much it may be
// wrong. It changes nothing. A container may forbid the question: then it is not known.
func clockKept() (telephony.ClockKept, time.Duration) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	switch {
	case err != nil:
		return "", -1
	case state == timeError || t.Status&unix.STA_UNSYNC != 0:
		return telephony.ClockAlone, -1
	}
	return telephony.ClockSynchronised, time.Duration(t.Maxerror) * time.Microsecond
}
