package sqlite

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errClosed = errors.New("it is closed: the program is ending")

// job is one write: all of fn or nothing of it.
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

	announce  bool // the present job wrote a feed row
	due       bool // the present job made a recording due
	published int  // feed rows of the whole group
}

// write runs fn in a transaction and returns after the commit. Once the writer has taken the
// job it is carried through, whatever becomes of ctx: a caller that hears an error of the
// context alone knows that nothing was written.
func (db *DB) write(ctx context.Context, what string, fn func(*tx) error) error {
	j := job{fn: fn, done: make(chan error, 1)}
	select {
	case db.jobs <- j:
		return db.explain(what, <-j.done)
	case <-db.closing:
		return db.explain(what, errClosed)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *DB) writeLoop() {
	defer close(db.done)
	for {
		select {
		case <-db.closing:
			return
		case j := <-db.jobs:
			db.writeGroup(db.gather(j))
		}
	}
}

// gather takes the jobs that wait already, so that they share one commit.
func (db *DB) gather(first job) []job {
	group := []job{first}
	for len(group) < maxGroup {
		select {
		case j := <-db.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// writeGroup commits the jobs together. Each stands behind its own savepoint: one that fails
// leaves nothing behind and does not hinder the others.
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

func (db *DB) commitGroup(group []job, results []error) (announced, due bool, err error) {
	transaction, err := begin(db.writer)
	if err != nil {
		return false, false, err
	}
	t := &tx{sql: transaction, db: db, now: db.options.Now().UTC()}
	for i, j := range group {
		t.announce, t.due = false, false
		if len(group) == 1 { // needs no savepoint: with it goes everything
			if results[i] = j.fn(t); results[i] != nil {
				return false, false, transaction.rollback()
			}
		} else if results[i], err = t.attempt(j.fn); err != nil {
			return false, false, errors.Join(err, transaction.rollback())
		}
		announced, due = announced || t.announce, due || t.due
	}
	if announced {
		if err := t.cutFeed(); err != nil {
			return false, false, errors.Join(err, transaction.rollback())
		}
	}
	return announced, due, transaction.commit()
}

// attempt runs one job behind a savepoint. The second error is about the whole transaction.
func (t *tx) attempt(fn func(*tx) error) (result, fatal error) {
	if err := t.exec("SAVEPOINT job"); err != nil {
		return nil, err
	}
	result = fn(t)
	if result != nil {
		t.announce, t.due = false, false
		if err := t.exec("ROLLBACK TO job"); err != nil {
			return nil, errors.Join(result, err) // SQLite gave the transaction up, for instance on a full disk
		}
	}
	return result, t.exec("RELEASE job")
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
