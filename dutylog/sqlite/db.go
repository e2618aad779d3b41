// Package sqlite keeps the duty log in one SQLite file. It implements the stores of
// recorder, dutylog and alerts over one writer, and the store of login sessions.
package sqlite

import (
	"context"
	"errors"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
)

// Options of a duty log; zero fields mean the usual.
type Options struct {
	Now      func() time.Time // the clock; time.Now
	Location *time.Location   // of the site, for the days of the roster; Asia/Shanghai
}

// DB is an open duty log.
type DB struct {
	logStore
	recorder.Store
	alertStore
}

type (
	logStore   = dutylog.Store
	alertStore = alerts.Store
)

// Open opens the duty log at path, creating and migrating it as needed.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	return nil, errors.New("being written")
}

// Close ends all connections.
func (db *DB) Close() error { return nil }

// Sessions is where login sessions are kept (scs.CtxStore).
func (db *DB) Sessions() *Sessions { return &Sessions{db: db} }

// Sessions keeps login sessions.
type Sessions struct{ db *DB }
