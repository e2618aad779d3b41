package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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

// soonAnyway is how long what need not be done at once waits for a switch that is not seen.
const soonAnyway = 3 * time.Second

// firstSight is when the switch is seen for the first time since the start. Until then the processors
// are left to what sees it: the sooner it is seen, the less is not.
type firstSight struct {
	once *sync.Once
	seen chan struct{}
}

func newFirstSight() firstSight { return firstSight{once: new(sync.Once), seen: make(chan struct{})} }

func (f firstSight) here() { f.once.Do(func() { close(f.seen) }) }

// then runs a part after it, or soon.
func (f firstSight) then(run func(ctx context.Context) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		soon := time.NewTimer(soonAnyway)
		defer soon.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-f.seen:
		case <-soon.C:
		}
		return run(ctx)
	}
}
