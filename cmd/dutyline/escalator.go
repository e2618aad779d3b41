package main

import (
	"context"
	"log/slog"
	"time"
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
