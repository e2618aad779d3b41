package main_test

import "time"

// timers are what one side of a call waits for.
type timers struct {
	pending  string // what is repeated until the other side answers it; empty: nothing
	interval time.Duration
	resendAt time.Time
	actAt    time.Time // when the plan says to do something; zero: nothing more
	endAt    time.Time // when patience ends
}

// repeat makes text the one that is repeated, for the first time after firstResend.
func (t *timers) repeat(text string, now time.Time) {
	t.pending, t.interval = text, firstResend
	t.resendAt = now.Add(t.interval)
}

// wait doubles the time until the next repetition.
func (t *timers) wait(now time.Time) {
	t.interval *= 2
	t.resendAt = now.Add(t.interval)
}

// next is when the earliest of them is due.
func (t *timers) next() time.Time {
	next := t.endAt
	if t.pending != "" && t.resendAt.Before(next) {
		next = t.resendAt
	}
	if !t.actAt.IsZero() && t.actAt.Before(next) {
		next = t.actAt
	}
	return next
}
