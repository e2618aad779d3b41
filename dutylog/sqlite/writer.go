package sqlite

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errClosed = errors.New("it is closed: the program is ending")

// job is one write: all of fn or nothing of it. It may be done twice, the first time in vain.
type job struct {
	fn   func(*tx) error
	done chan error // buffered
}

// The most writes that share one commit.
const maxGroup = 64

// tx is what a write sees: the open transaction and the time of the commit.
type tx struct {
	sql *transaction
	db  *DB
	now time.Time

	announce  bool  // a feed row was written
	due       bool  // a recording became due
	published int   // feed rows
	newest    int64 // sequence number of the last of them

	counts []func(*figures) // what is to be counted once it is committed
}

// write runs fn in a transaction and returns after the commit. Once the writer has taken the
// job it is carried through, whatever becomes of ctx: a caller that hears an error of the
// context alone knows that nothing was written.
func (db *DB) write(ctx context.Context, what string, fn func(*tx) error) error {
	return db.writeBy(ctx, db.jobs, what, fn)
}

// writeSoon is write for what nobody looks at that moment: it waits a little for another write,
// to share its commit.
func (db *DB) writeSoon(ctx context.Context, what string, fn func(*tx) error) error {
	return db.writeBy(ctx, db.patient, what, fn)
}

func (db *DB) writeBy(ctx context.Context, jobs chan<- job, what string, fn func(*tx) error) error {
	j := job{fn: fn, done: make(chan error, 1)}
	select {
	case jobs <- j:
		return db.explain(what, <-j.done)
	case <-db.closing:
		return db.explain(what, errClosed)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *DB) writeLoop() {
	defer close(db.done)
	var held []job     // patient ones
	var last time.Time // when the last commit ended
	over := time.NewTimer(patience)
	over.Stop()
	defer over.Stop()
	for {
		closing := false
		select {
		case <-db.closing:
			closing = true
		case <-over.C:
		case j := <-db.jobs:
			held = append(held, j)
		case j := <-db.patient:
			if held = append(held, j); len(held) == 1 {
				over.Reset(patienceAfter(time.Since(last)))
			}
			if len(held) < maxGroup {
				continue
			}
		}
		if len(held) > 0 {
			over.Stop()
			db.writeGroup(db.gather(held))
			held, last = nil, time.Now()
		}
		if closing {
			return
		}
	}
}

// How long writeSoon waits for another write: longer where one was just now, for on a busy line
// the next one is near, and a commit costs the same for one write and for ten.
const (
	patience     = 10 * time.Millisecond
	busyPatience = 100 * time.Millisecond
	busyWithin   = 100 * time.Millisecond
)

func patienceAfter(quiet time.Duration) time.Duration {
	if quiet < busyWithin {
		return busyPatience
	}
	return patience
}

// gather adds the jobs that wait already, so that they share one commit.
func (db *DB) gather(group []job) []job {
	for len(group) < maxGroup {
		select {
		case j := <-db.jobs:
			group = append(group, j)
		case j := <-db.patient:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// writeGroup commits the jobs and tells each what became of it.
func (db *DB) writeGroup(group []job) {
	results := make([]error, len(group))
	announced, due, err := db.commitGroup(group, results)
	if announced && err == nil {
		db.readers.wake()
	}
	if due && err == nil {
		db.collectors.wake()
	}
	for i, j := range group {
		j.done <- errors.Join(err, results[i])
	}
}

// commitGroup commits the jobs together. One that fails leaves nothing behind and does not hinder
// the others: then each is done again, in a transaction of its own. That is rare, and a savepoint
// before every job would cost all of them a copy of each page they change.
func (db *DB) commitGroup(group []job, results []error) (announced, due bool, err error) {
	announced, due, failed, err := db.commitAll(group)
	if failed == nil || err != nil {
		return announced, due, errors.Join(failed, err)
	}
	if len(group) == 1 {
		results[0] = failed
		return false, false, nil
	}
	for i := range group {
		a, d, err := db.commitGroup(group[i:i+1], results[i:i+1])
		results[i] = errors.Join(results[i], err)
		announced, due = announced || a, due || d
	}
	return announced, due, nil
}

// commitAll commits all of the jobs, or nothing when one of them failed.
func (db *DB) commitAll(group []job) (announced, due bool, failed, err error) {
	transaction, err := begin(db.writer)
	if err != nil {
		return false, false, nil, err
	}
	t := &tx{sql: transaction, db: db, now: db.options.Now().UTC()}
	for _, j := range group {
		if failed := j.fn(t); failed != nil {
			return false, false, failed, transaction.rollback()
		}
	}
	if t.announce {
		if err := t.cutFeed(); err != nil {
			return false, false, nil, errors.Join(err, transaction.rollback())
		}
	}
	if err := transaction.commit(); err != nil {
		return false, false, nil, err
	}
	for _, count := range t.counts {
		count(db.figures)
	}
	return t.announce, t.due, nil, nil
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.sql.Exec(query, args...)
	return err
}

// changed runs a statement and reports how many rows it touched.
func (t *tx) changed(query string, args ...any) (int64, error) {
	result, err := t.sql.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// waker wakes all that wait at once.
type waker struct {
	mu      sync.Mutex
	waiting chan struct{} // nil: nobody waits
}

func (w *waker) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting != nil {
		close(w.waiting)
		w.waiting = nil
	}
}

func (w *waker) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting == nil {
		w.waiting = make(chan struct{})
	}
	return w.waiting
}

// Wake returns a channel that is closed after the next commit that wrote a feed row. Take it
// before reading Since, else a commit between the two goes unnoticed.
func (db *DB) Wake() <-chan struct{} { return db.readers.wait() }

// WakeDue returns a channel that is closed after the next commit by which a call's recording
// became due. Take it before reading DueRecordings.
func (db *DB) WakeDue() <-chan struct{} { return db.collectors.wait() }
