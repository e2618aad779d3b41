package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"dutyline/dutylog"
)

// change reads an entry, has it changed, and keeps the next revision when there is one.
func (db *DB) change(ctx context.Context, doing, id string, by dutylog.Actor, do func(t *tx, e dutylog.Entry) (dutylog.Entry, error)) (after dutylog.Entry, err error) {
	err = db.write(ctx, doing, func(t *tx) error {
		before, err := readEntry(t.sql, id)
		if err != nil {
			return err
		}
		if after, err = do(t, before); err != nil || after.Revision == before.Revision {
			return err
		}
		return t.saveEntry(after, by)
	})
	if err != nil {
		return dutylog.Entry{}, err
	}
	return after, nil
}

// AddStep appends a handling step.
func (db *DB) AddStep(ctx context.Context, id string, d dutylog.StepDraft, by dutylog.Actor, now time.Time) (dutylog.Entry, error) {
	return db.change(ctx, "add a handling step", id, by, func(t *tx, e dutylog.Entry) (dutylog.Entry, error) { return t.withStep(e, d, by, now) })
}

// withStep gives the entry with the step; a call that was it becomes a part of it.
func (t *tx) withStep(e dutylog.Entry, d dutylog.StepDraft, by dutylog.Actor, now time.Time) (dutylog.Entry, error) {
	if d.CallID == "" {
		return e.AddStep(d, by, now)
	}
	own, err := readEntry(t.sql, dutylog.EntryIDFor(d.CallID))
	if errors.Is(err, dutylog.ErrNotFound) {
		return e, &dutylog.InvalidError{Field: "call_id", Reason: "the log has no such call with an entry"}
	}
	if err != nil {
		return e, err
	}
	after, d, err := own.BecomeStep(e, d, by, now)
	if err != nil {
		return e, err
	}
	e, err = e.AddStep(d, by, now)
	if err == nil && after.Revision != own.Revision {
		err = t.saveEntry(after, by)
	}
	return e, err
}

// StrikeStep strikes a handling step out.
func (db *DB) StrikeStep(ctx context.Context, id string, number int, reason string, by dutylog.Actor, now time.Time) (dutylog.Entry, error) {
	return db.change(ctx, "strike out a handling step", id, by, func(t *tx, e dutylog.Entry) (dutylog.Entry, error) { return t.withoutStep(e, number, reason, by, now) })
}

// withoutStep gives the entry with the step struck out; a call that was it has its own entry again.
func (t *tx) withoutStep(e dutylog.Entry, number int, reason string, by dutylog.Actor, now time.Time) (dutylog.Entry, error) {
	after, err := e.StrikeStep(number, reason, by, now)
	if err != nil {
		return e, err
	}
	if call := e.Steps[number-1].CallID; call != "" {
		own, err := readEntry(t.sql, dutylog.EntryIDFor(call))
		if err != nil {
			return e, err
		}
		if own.StepOf == e.ID {
			if err := t.saveEntry(own.LeaveStep(by, now), by); err != nil {
				return e, err
			}
		}
	}
	return after, nil
}

// BeginReadBack marks that reading back began.
func (db *DB) BeginReadBack(ctx context.Context, id string, at time.Time, by dutylog.Actor) (dutylog.Entry, error) {
	return db.change(ctx, "mark the read-back", id, by, func(_ *tx, e dutylog.Entry) (dutylog.Entry, error) {
		return e.BeginReadBack(at, by)
	})
}

// Write keeps an entry without a call.
func (db *DB) Write(ctx context.Context, d dutylog.Draft, by dutylog.Actor, now time.Time) (e dutylog.Entry, err error) {
	if d, err = db.bind(ctx, d); err != nil {
		return e, err
	}
	err = db.write(ctx, "write an entry", func(t *tx) error {
		known, err := knownAt(t.sql, d.At(now))
		if err != nil {
			return err
		}
		if e, err = dutylog.OpenWritten(d, known, by, now); err != nil {
			return err
		}
		stands, err := readEntry(t.sql, e.ID)
		if err == nil {
			e, err = t.sentAgain(stands, e)
			return err
		}
		if !errors.Is(err, dutylog.ErrNotFound) {
			return err
		}
		if err := t.saveEntry(e, by); err != nil {
			return err
		}
		e, err = readEntry(t.sql, e.ID)
		return err
	})
	return e, err
}

// sentAgain compares a draft with the entry as it was opened under its key.
func (t *tx) sentAgain(stands, again dutylog.Entry) (dutylog.Entry, error) {
	var body string
	if err := t.sql.QueryRow("SELECT body FROM revisions WHERE entry_id = ? AND revision = 1", stands.ID).Scan(&body); err != nil {
		return dutylog.Entry{}, err
	}
	first, err := decodeEntry(body)
	if err != nil {
		return dutylog.Entry{}, err
	}
	return stands.SentAgain(first, again)
}

// mostServed is how many open entries a call is compared with.
const mostServed = 200

// Services lists the open entries that the call of an entry may serve.
func (db *DB) Services(ctx context.Context, id string) ([]dutylog.Service, error) {
	own, err := db.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if own.Phase != dutylog.Dialled && own.Phase != dutylog.Connected {
		return []dutylog.Service{}, nil // an incoming call has an entry of its own
	}
	open, _, err := db.Entries(ctx, dutylog.EntryQuery{Handling: dutylog.Pending, To: own.CallAt.Add(time.Microsecond), Limit: mostServed})
	if err != nil {
		return nil, err
	}
	return append([]dutylog.Service{}, dutylog.Serves(own, open)...), nil
}

// Unfinished lists open entries whose call is over, or that have none.
func (db *DB) Unfinished(ctx context.Context, since time.Time, ids []string) ([]dutylog.Unfinished, error) {
	list, err := json.Marshal(append([]string{}, ids...))
	if err != nil {
		return nil, err
	}
	// Bodies stay packed: the list is read again and again while calls come in, and may be long after a busy night.
	const from = "SELECT e.id, e.year, e.number, e.line, e.call_id, c.ended_at, e.body ->> 'opened_at', e.body ->> 'reopened_at' FROM entries e LEFT JOIN calls c ON c.id = e.call_id " +
		"WHERE e.state = 'open' AND (e.call_id IS NULL OR c.ended_at IS NOT NULL) AND "
	rows, err := db.reading(ctx).Query(from+"e.call_at >= ? UNION "+from+"e.id IN (SELECT value FROM json_each(?))", plainMicros(since), string(list))
	all, err := all(rows, err, func(row scanner) (dutylog.Unfinished, error) {
		var e dutylog.Entry
		var call sql.NullString
		var year, number sql.NullInt64
		var ended time.Time
		err := row.Scan(&e.ID, &year, &number, &e.Line, &call, instant{&ended}, instant{&e.OpenedAt}, instant{&e.ReopenedAt})
		e.CallID, e.EntryNumber = call.String, dutylog.EntryNumber{Year: int(year.Int64), Serial: int(number.Int64)}
		return dutylog.Unfinished{EntryID: e.ID, Number: e.EntryNumber, Line: e.Line, CallID: e.CallID, Since: dutylog.SinceOf(e, ended)}, err
	})
	return all, db.explain("list what is unfinished", err)
}
