package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// committer carries changes into the duty log, in order and in groups, so that the watcher
// never waits for a disk. It drops nothing: while the log cannot be written it keeps what
// it has and tries again; a single change that the log refuses for ever is set aside in a
// file, so that it does not stop the rest.
type committer struct {
	log        dutylog.CallStore
	alerts     alerts.Store
	quarantine string // file for changes the log refuses
	logger     *slog.Logger

	mu      sync.Mutex
	waiting []telephony.Change
	failed  error // why the log cannot be written now; nil when it can
	wake    chan struct{}
}

// retryCommit is how long the committer waits after the log refused everything.
const retryCommit = time.Second

// refusals is how often a change is offered alone, while others pass, before it is set aside.
const refusals = 3

func newCommitter(log dutylog.CallStore, raise alerts.Store, quarantine string, logger *slog.Logger) *committer {
	return &committer{log: log, alerts: raise, quarantine: quarantine, logger: logger, wake: make(chan struct{}, 1)}
}

// Add takes changes without waiting.
func (c *committer) Add(changes []telephony.Change) {
	if len(changes) == 0 {
		return
	}
	c.mu.Lock()
	c.waiting = append(c.waiting, changes...)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Health is why the log cannot be written, and how many changes wait for it.
func (c *committer) Health() (error, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed, len(c.waiting)
}

// Run commits until ctx ends, then makes a last attempt at what still waits.
func (c *committer) Run(ctx context.Context) error {
	retry := time.NewTimer(0)
	retry.Stop()
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if left := c.flush(last); left > 0 {
				return fmt.Errorf("stop: %d changes could not be written to the duty log; the tape holds them", left)
			}
			return nil
		case <-c.wake:
		case <-retry.C:
		}
		if c.flush(ctx) > 0 {
			retry.Reset(retryCommit)
		}
	}
}

// flush writes what waits and returns how many changes are left.
func (c *committer) flush(ctx context.Context) int {
	c.mu.Lock()
	batch := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	if len(batch) == 0 {
		return 0
	}
	err := c.log.Record(ctx, batch)
	var left []telephony.Change
	switch {
	case err == nil:
		c.raise(ctx, batch)
	case len(batch) == 1 && ctx.Err() == nil:
		left = batch
	default:
		left, err = c.oneByOne(ctx, batch, err)
	}
	c.settle(left, err)
	return len(left)
}

// oneByOne finds out whether the log is unwritable (everything fails) or one change is
// poisonous (the others pass).
func (c *committer) oneByOne(ctx context.Context, batch []telephony.Change, cause error) ([]telephony.Change, error) {
	var refused []telephony.Change
	for _, ch := range batch {
		if err := c.log.Record(ctx, []telephony.Change{ch}); err != nil {
			refused = append(refused, ch)
			cause = err
			continue
		}
		c.raise(ctx, []telephony.Change{ch})
	}
	if len(refused) == len(batch) {
		return batch, cause
	}
	var left []telephony.Change
	for _, ch := range refused {
		if !c.refusedForGood(ctx, ch) {
			continue
		}
		if err := c.setAside(ch); err != nil {
			left = append(left, ch)
		}
	}
	return left, nil
}

func (c *committer) refusedForGood(ctx context.Context, ch telephony.Change) bool {
	for range refusals {
		if c.log.Record(ctx, []telephony.Change{ch}) == nil {
			c.raise(ctx, []telephony.Change{ch})
			return false
		}
	}
	return true
}

func (c *committer) setAside(ch telephony.Change) error {
	line, err := json.Marshal(ch)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.quarantine, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err = f.Write(append(line, '\n')); err == nil {
		err = f.Sync()
	}
	c.logger.Error("the duty log refused a change; it is kept aside for the maintainers", "file", c.quarantine, "kind", ch.Kind, "err", err)
	return err
}

// raise tells the alert store; a failure there never holds up the log.
func (c *committer) raise(ctx context.Context, batch []telephony.Change) {
	for _, ch := range batch {
		a, ok := alerts.From(ch)
		if !ok {
			continue
		}
		if err := c.alerts.Raise(ctx, a); err != nil {
			c.logger.Error("an alert could not be written", "alert", a.Key, "err", err)
		}
	}
}

func (c *committer) settle(left []telephony.Change, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(left, c.waiting...)
	if len(left) == 0 {
		err = nil
	}
	if (err == nil) != (c.failed == nil) {
		if err != nil {
			c.logger.Error("the duty log cannot be written; changes are kept in memory and on the tape", "err", err)
		} else {
			c.logger.Info("the duty log can be written again")
		}
	}
	c.failed = err
}
