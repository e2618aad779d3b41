package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// changeLog is what the committer needs of the duty log. Recording the same change twice
// changes nothing there.
type changeLog interface {
	Record(ctx context.Context, changes []telephony.Change) error
	// RecordAndTell is Record with the alerts that the changes are worth: all of it or nothing.
	RecordAndTell(ctx context.Context, changes []telephony.Change, judge alerts.Judge) error
	Healthy(ctx context.Context) error // proves that the log can be written
}

// raiser is where alerts go; raising one again does nothing.
type raiser interface {
	Raise(ctx context.Context, a alerts.Alert) error
}

// committer carries changes into the duty log, in order and in groups, so that the watcher
// never waits for a disk. It drops nothing: while the log cannot be written it keeps what
// it has and tries again; a change that the log refuses although it can be written is set
// aside in a file, so that it does not stop the rest.
type committer struct {
	log        changeLog
	judge      alerts.Judge // what a change is worth telling
	quarantine string       // file for changes the log refuses
	logger     *slog.Logger
	unlogged   *unlogged // what the page shows although the log does not have it yet

	mu      sync.Mutex
	waiting []telephony.Change // oldest first; those being written now are still among them
	added   uint64             // since the start
	most    int                // of them that ever waited at once
	oldest  time.Time          // when the first of them began to wait
	writing int                // how many of them are being written now
	newer   time.Time          // when the first of the others began to wait
	late    bool               // they waited too long or a write failed: the page has them directly
	due     *time.Timer        // runs while something waits that is not late
	failed  error              // why the log cannot be written now; nil when it can
	damaged error              // the log's file proved to be damaged: this stays until it was restored
	began   time.Time          // when the present write began; zero between writes
	wake    chan struct{}
	lately  [busyChanges]time.Time // when the last changes came, the oldest at next
	next    int
}

const (
	busyChanges = 32                     // when so many changes came …
	busyWithin  = 400 * time.Millisecond // … in so short a time, the line is no duty line any more:
	gatherFor   = 60 * time.Millisecond  // a change waits for others, to be written together with them
	lateCommit  = 250 * time.Millisecond // a change that waits longer is shown before it is logged
	retryCommit = time.Second            // how long to wait after the log could not be written
	slowCommit  = 5 * time.Second        // a write that takes longer is a fault of its own
	refusals    = 3                      // how often a healthy log may refuse a change before it is set aside
)

func newCommitter(log changeLog, judge alerts.Judge, quarantine string, logger *slog.Logger) *committer {
	c := &committer{log: log, judge: judge, quarantine: quarantine, logger: logger, unlogged: newUnlogged(), wake: make(chan struct{}, 1)}
	c.due = time.AfterFunc(lateCommit, c.overdue)
	c.due.Stop() // nothing waits yet
	return c
}

// Add takes changes without waiting.
func (c *committer) Add(changes []telephony.Change) {
	if len(changes) == 0 {
		return
	}
	c.mu.Lock()
	now := time.Now()
	if len(c.waiting) == c.writing {
		c.newer = now
	}
	if len(c.waiting) == 0 {
		c.oldest = now
		c.due.Reset(lateCommit)
	}
	c.waiting = append(c.waiting, changes...)
	c.added += uint64(len(changes))
	c.most = max(c.most, len(c.waiting))
	for range changes {
		c.lately[c.next] = now
		c.next = (c.next + 1) % busyChanges
	}
	if c.late {
		c.unlogged.add(changes)
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// upTo waits until all that was added by now is in the log, or set aside; false when ctx ends before.
func (c *committer) upTo(ctx context.Context) bool {
	c.mu.Lock()
	want := c.added
	c.mu.Unlock()
	for {
		c.mu.Lock()
		done := c.added-uint64(len(c.waiting)) >= want
		c.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(gatherFor):
		}
	}
}

// busy reports whether changes come so fast that each had better wait for others.
func (c *committer) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.lately[c.next]) < busyWithin
}

// overdue is the exception of rule R5: what waits for the log too long is shown without it.
func (c *committer) overdue() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.late && len(c.waiting) > 0 && time.Since(c.oldest) >= lateCommit {
		c.late = true
		c.unlogged.replace(c.waiting)
	}
}

// Health is why the log cannot be written, and how many changes wait for it.
func (c *committer) Health() (error, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.damaged != nil {
		return c.damaged, len(c.waiting)
	}
	if took := time.Since(c.began); c.failed == nil && !c.began.IsZero() && took > slowCommit {
		return fmt.Errorf("it has not answered for %v: look at its disk", took.Round(time.Second)), len(c.waiting)
	}
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
			if c.busy() {
				gather(ctx)
			}
		case <-retry.C:
		}
		if c.flush(ctx) > 0 {
			retry.Reset(retryCommit)
		}
	}
}

// gather waits a little for more to write: a commit costs the same for one change and for ten.
func gather(ctx context.Context) {
	timer := time.NewTimer(gatherFor)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// flush writes what waits and returns how many changes are left.
func (c *committer) flush(ctx context.Context) int {
	c.mu.Lock()
	batch := c.waiting
	c.began, c.writing = time.Now(), len(batch)
	c.mu.Unlock()
	var left []telephony.Change
	var err error
	if len(batch) > 0 {
		if err = c.commit(ctx, batch); err != nil {
			left, err = c.oneByOne(ctx, batch)
		}
	}
	c.settle(len(batch), left, err)
	return len(left)
}

// commit writes changes with their alerts. After an error it may be said again.
func (c *committer) commit(ctx context.Context, batch []telephony.Change) error {
	return c.log.RecordAndTell(ctx, batch, c.judge)
}

// oneByOne keeps the order: it stops at the first change that does not pass because the log
// cannot be written. What a healthy log refuses is set aside and the rest goes on.
func (c *committer) oneByOne(ctx context.Context, batch []telephony.Change) (left []telephony.Change, why error) {
	for i, ch := range batch {
		refused, unwritable := c.insist(ctx, ch)
		if unwritable != nil {
			return slices.Concat(left, batch[i:]), unwritable
		}
		if refused == nil {
			continue
		}
		c.noteDamage(refused)
		if err := c.setAside(ch, refused); err != nil {
			left, why = append(left, ch), fmt.Errorf("%w; nor can the change be set aside: %w", refused, err)
		}
	}
	return left, why
}

// noteDamage keeps the fault of a log that still takes some writes from being overlooked.
func (c *committer) noteDamage(err error) {
	if errors.Is(err, dutylog.ErrDamaged) {
		c.mu.Lock()
		c.damaged = err
		c.mu.Unlock()
	}
}

// insist offers one change several times. It tells a log that refuses this change from one
// that cannot be written at all, or not any more because we stop. Where its alerts are refused the
// log has the change all the same.
func (c *committer) insist(ctx context.Context, ch telephony.Change) (refused, unwritable error) {
	for range refusals {
		if refused = c.commit(ctx, []telephony.Change{ch}); refused == nil {
			return nil, nil
		}
		if ctx.Err() != nil {
			return nil, refused
		}
		if err := c.log.Healthy(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.log.Record(ctx, []telephony.Change{ch}); err == nil {
		refused = fmt.Errorf("it is in the log, without its alerts: %w", refused)
	}
	return refused, nil
}

func (c *committer) setAside(ch telephony.Change, why error) error {
	line, err := json.Marshal(ch)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.quarantine, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		c.logger.Error("the duty log refused a change; it is kept aside for the maintainers", "file", c.quarantine, "kind", ch.Kind, "err", why)
	}
	return err
}

// settle puts what is left before what came meanwhile.
func (c *committer) settle(tried int, left []telephony.Change, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting, c.began, c.writing = slices.Concat(left, c.waiting[tried:]), time.Time{}, 0
	if len(left) == 0 {
		c.oldest = c.newer
	}
	c.publish(err)
	if (err == nil) != (c.failed == nil) {
		if err != nil {
			c.logger.Error("the duty log cannot be written; changes are kept in memory and on the tape", "err", err)
		} else {
			c.logger.Info("the duty log can be written again")
		}
	}
	c.failed = err
}

// publish keeps what is shown directly in step with what waits. Once late, it stays so until
// nothing waits any more: between two writes the page must not fall back to an older state.
func (c *committer) publish(failed error) {
	c.late = len(c.waiting) > 0 && (c.late || failed != nil)
	switch {
	case c.late:
		c.due.Stop()
		c.unlogged.replace(c.waiting)
	case len(c.waiting) > 0:
		c.due.Reset(time.Until(c.oldest.Add(lateCommit)))
	default:
		c.due.Stop()
		c.unlogged.replace(nil)
	}
}
