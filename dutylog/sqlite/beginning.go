package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dutyline/dutylog"
)

// Beginning is what a log says of its own beginning.
type Beginning struct {
	Blank bool      // it holds no call and no recording, and knows no key
	Anew  time.Time // it was begun then beside what an earlier log had left; zero: it was not
	Left  string    // what had been left
}

// BeginningOf reads it; db may be any connection to a log.
func BeginningOf(ctx context.Context, db *sql.DB) (b Beginning, err error) {
	s := contextReader{ctx, db}
	if err := s.QueryRow("SELECT NOT (EXISTS (SELECT 1 FROM calls) OR EXISTS (SELECT 1 FROM recordings) OR EXISTS (SELECT 1 FROM site_keys) OR EXISTS (SELECT 1 FROM signers))").
		Scan(&b.Blank); err != nil {
		return b, err
	}
	err = s.QueryRow("SELECT at, object FROM accesses WHERE by_login = ? AND what = ? ORDER BY at LIMIT 1", dutylog.SystemActor().Login, dutylog.BeganAnew).Scan(instant{&b.Anew}, &b.Left)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return b, err
}

// Beginning is that of an open log.
func (db *DB) Beginning(ctx context.Context) (Beginning, error) {
	b, err := BeginningOf(ctx, db.reader)
	return b, db.explain("read how it began", err)
}

// Beginning is that of a log which is verified.
func (v *Verifier) Beginning(ctx context.Context) (Beginning, error) { return v.db.Beginning(ctx) }

// NoteBeganAnew keeps as evidence what an earlier log had left beside this one.
func (db *DB) NoteBeganAnew(ctx context.Context, left string, at time.Time) error {
	return db.NoteAccess(ctx, dutylog.Access{By: dutylog.SystemActor(), What: dutylog.BeganAnew, Object: left, At: at})
}
