package main

import (
	"context"
	"log/slog"
	"time"

	"dutyline/dutylog/sqlite"
)

// escalator tells what is due about alerts when nothing else happens: the next step of a chain,
// what quiet hours or a mute held back, an end that has stayed one. What is due is in the log's
// rows, so that a restart neither forgets nor repeats.
type escalator struct {
	advance func(ctx context.Context) (next time.Time, err error)
	wake    func() <-chan struct{} // closed at the next commit
	now     func() time.Time
	logger  *slog.Logger
	failed  bool

	hurry func(ctx context.Context) error
	set   chan struct{} // our clock was set; holds one
}

// newEscalator looks at everything when it begins to run: the clock may have been set before.
func newEscalator(log *sqlite.DB, late *deadlines, now func() time.Time, logger *slog.Logger) *escalator {
	e := &escalator{advance: late.before(log.Advance), wake: log.Wake, now: now, logger: logger, hurry: log.Hurry, set: make(chan struct{}, 1)}
	e.ClockSet()
	return e
}

// ClockSet has everything looked at again.
func (e *escalator) ClockSet() {
	select {
	case e.set <- struct{}{}:
	default: // it is going to be
	}
}

// Run advances until ctx ends.
func (e *escalator) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		wake := e.wake() // before looking, so that nothing falls between
		timer := time.NewTimer(e.turn(ctx))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-wake:
		case <-e.set:
			if err := e.hurry(ctx); err != nil && ctx.Err() == nil {
				e.logger.Error("the clock was set, and what waits for a time cannot be looked at again: restart the daemon if alerts stay away", "err", err)
			}
		}
		timer.Stop()
	}
	return nil
}

// turn does what is due, and says how long there is nothing to do then.
func (e *escalator) turn(ctx context.Context) time.Duration {
	next, err := e.advance(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		if !e.failed {
			e.logger.Error("nobody is told of alerts that are due; it is tried again", "err", err)
		}
		e.failed = true
		return sendPause
	case next.IsZero():
		return sendLook
	}
	e.failed = false
	return min(max(next.Sub(e.now()), shortestSleep), sendLook) // however the clock was set
}
