package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
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

// logMark is kept when the log begins: nobody saw the line before it.
const logMark = "log"

// noteBegun keeps when the log began. One that an older program made says it by its first migration.
func (db *DB) noteBegun(ctx context.Context, fresh bool) error {
	_, at, err := db.mark(ctx, logMark)
	if err != nil || !at.IsZero() {
		return err
	}
	if at = db.options.Now(); !fresh {
		var seconds int64
		if err := db.reading(ctx).QueryRow("SELECT CAST(strftime('%s', min(tstamp)) AS INTEGER) FROM goose_db_version").Scan(&seconds); err != nil {
			return db.explain("find when the log began", err)
		}
		at = time.Unix(seconds, 0)
	}
	return db.write(ctx, "note when the log began", func(t *tx) error { return t.setMark(logMark, at, "") })
}

// begun is since when the log can know anything: when it was made, or when its first record of evidence was written, if
// that was earlier; zero: it does not say. What a call or an interval says of its own time does not move it: one time
// stamp of a clock that ran wrong would make years seen in which nobody looked, and even a true one, of a call that rang
// already when the log was made, says nothing of the others that came before.
func (db *DB) begun(ctx context.Context) (at time.Time, err error) {
	if _, at, err = db.mark(ctx, logMark); err != nil {
		return at, err
	}
	var first time.Time
	err = db.reading(ctx).QueryRow("SELECT at FROM records ORDER BY idx LIMIT 1").Scan(instant{&first})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return at, db.explain("find when the log began", err)
	}
	if !first.IsZero() && (at.IsZero() || first.Before(at)) {
		at = first
	}
	return at, nil
}

// LogSince implements dutylog.IntervalStore.
func (db *DB) LogSince(ctx context.Context) (time.Time, error) { return db.begun(ctx) }

// beforeSight is the part of a time before the log began.
func (db *DB) beforeSight(ctx context.Context, from, to time.Time) ([]telephony.Interval, error) {
	begun, err := db.begun(ctx)
	if before, there := dutylog.BeforeLog(begun, from, to); there && err == nil {
		return []telephony.Interval{before}, nil
	}
	return nil, err
}
