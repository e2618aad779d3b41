package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// part is one long-lived piece of the daemon. run returns when ctx ends, or with the error
// that makes the daemon useless.
type part struct {
	name  string
	run   func(ctx context.Context) error
	grace time.Duration // how long its stop may take
}

// defaultGrace bounds the stop of a part that names no other bound.
const defaultGrace = 5 * time.Second

// runParts starts parts in order and runs until ctx ends or one of them fails; then it stops
// them in reverse order, each within its grace, so that what the later ones produced still
// finds the earlier ones at work.
func runParts(ctx context.Context, logger *slog.Logger, parts ...part) error {
	type running struct {
		part
		cancel context.CancelFunc
		done   chan error
	}
	var started []running
	failed := make(chan error, len(parts))
	for _, p := range parts {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		r := running{part: p, cancel: cancel, done: make(chan error, 1)}
		started = append(started, r)
		go func() {
			err := p.run(own)
			if err != nil && own.Err() == nil {
				failed <- fmt.Errorf("%s: %w", p.name, err)
				err = nil
			}
			r.done <- err
		}()
	}
	var errs []error
	select {
	case <-ctx.Done():
	case err := <-failed:
		errs = append(errs, err)
	}
	for i := len(started) - 1; i >= 0; i-- {
		r := started[i]
		grace := r.grace
		if grace == 0 {
			grace = defaultGrace
		}
		r.cancel()
		select {
		case err := <-r.done:
			if err != nil && !errors.Is(err, context.Canceled) {
				errs = append(errs, fmt.Errorf("stop %s: %w", r.name, err))
			}
		case <-time.After(grace):
			logger.Error("a part of the daemon did not stop in time and was left behind", "part", r.name, "grace", grace)
		}
	}
	return errors.Join(errs...)
}
