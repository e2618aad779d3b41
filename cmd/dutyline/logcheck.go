package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"dutyline/dutylog"
)

// logCheck reads the whole duty log now and then, and says when its file is damaged: a broken
// page in an old month would else be met only when somebody looks for that month, perhaps
// after the last sound backup is gone. The daemon goes on meanwhile with what still works.
type logCheck struct {
	log interface {
		Verify(ctx context.Context) error
	}
	logger *slog.Logger

	mu     sync.Mutex
	damage error
}

const (
	firstLogCheck = time.Minute // after the start, when the calls of the time before are caught up
	logCheckEvery = 24 * time.Hour
)

// Run checks until ctx ends.
func (c *logCheck) Run(ctx context.Context) error {
	timer := time.NewTimer(firstLogCheck)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		c.check(ctx)
		timer.Reset(logCheckEvery)
	}
}

func (c *logCheck) check(ctx context.Context) {
	err := c.log.Verify(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, dutylog.ErrDamaged):
		c.logger.Error("the duty log is damaged; calls are still watched and recorded", "err", err)
	case err != nil:
		c.logger.Warn("the duty log could not be checked; tried again tomorrow", "err", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.damage = err
}

// Damage is what the last check found; nil when the file was sound.
func (c *logCheck) Damage() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.damage
}
