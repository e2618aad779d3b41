package testcall

import (
	"fmt"
	"time"
)

// Timetable is when tests are due. The zero value has none.
type Timetable struct {
	Times          []Clock        // of each day
	Every          time.Duration  // from one to the next, counted from midnight; 0: no such
	Handovers      []Clock        // when the officers change
	BeforeHandover time.Duration  // how long before each of them
	Location       *time.Location // in which days are counted
}

// Clock is a time of day.
type Clock struct{ Hour, Minute int }

// ParseClock reads "07:40".
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return Clock{}, fmt.Errorf("%q is no time of day; write for instance 07:40", s)
	}
	return Clock{t.Hour(), t.Minute()}, nil
}

// Next is the first moment after now at which a test is due, and why; false: none is.
func (t Timetable) Next(now time.Time) (due time.Time, cause Cause, ok bool) {
	add := func(at time.Time, why Cause) {
		if at.After(now) && (!ok || at.Before(due)) {
			due, cause, ok = at, why, true
		}
	}
	local := now.In(t.location())
	for day := range 3 { // today's may be over; one before a handover at midnight is of the day before
		midnight := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, t.location())
		at := func(c Clock) time.Time {
			return time.Date(midnight.Year(), midnight.Month(), midnight.Day(), c.Hour, c.Minute, 0, 0, t.location())
		}
		for _, c := range t.Times {
			add(at(c), OnSchedule)
		}
		for _, c := range t.Handovers {
			add(at(c).Add(-t.BeforeHandover), AtHandover)
		}
		add(midnight.Add(t.nextStep(now.Sub(midnight))), OnSchedule)
	}
	return due, cause, ok
}

// nextStep is the first multiple of Every after so much of the day; a step never begins beyond
// the day, where the next midnight's does.
func (t Timetable) nextStep(passed time.Duration) time.Duration {
	switch {
	case t.Every <= 0:
		return -1 << 62 // never after now
	case passed < 0:
		return 0
	}
	step := (passed/t.Every + 1) * t.Every
	return min(step, 24*time.Hour)
}

func (t Timetable) location() *time.Location {
	if t.Location == nil {
		return time.UTC
	}
	return t.Location
}
