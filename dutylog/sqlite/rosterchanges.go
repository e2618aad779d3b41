package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const rosterChangeColumns = "at, by_login, by_name, by_role, kind, from_at, to_at, subject, reason, was, became"

// asJSON is how a list is kept in a column; it is a list also when it is empty.
func asJSON[T any](items []T) string {
	if items == nil {
		items = []T{}
	}
	text, err := json.Marshal(items)
	if err != nil {
		panic(err) // texts and times always marshal
	}
	return string(text)
}

// fromJSON scans what asJSON stored.
type fromJSON[T any] struct{ to *[]T }

// Scan implements sql.Scanner.
func (j fromJSON[T]) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list is stored as %T", v)
	}
	return json.Unmarshal([]byte(text), j.to)
}

// keepRosterChange keeps and proves a change.
func (t *tx) keepRosterChange(c *dutylog.RosterChange) error {
	c.At = t.now
	c.During()
	result, err := t.sql.Exec("INSERT INTO roster_changes ("+rosterChangeColumns+") VALUES ("+marks(rosterChangeColumns)+")",
		micros(c.At), c.By.Login, c.By.Name, string(c.By.Role), string(c.Kind), micros(c.From), micros(c.To), c.Subject, c.Reason, asJSON(c.Before), asJSON(c.After))
	if err != nil {
		return err
	}
	if c.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	return t.proveRow(audit.Roster, strconv.FormatInt(c.ID, 10))
}

// RosterChanges implements dutylog.RosterStore.
func (db *DB) RosterChanges(ctx context.Context, q dutylog.RosterQuery) ([]dutylog.RosterChange, string, error) {
	var w where
	if !q.From.IsZero() {
		w.add("to_at > ?", micros(q.From))
	}
	if !q.To.IsZero() {
		w.add("from_at < ?", micros(q.To))
	}
	if q.Shifts {
		w.add("kind IN ('import', 'publish', 'swap')")
	}
	if q.Cursor != "" {
		id, _, err := decodeCursor("r", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", id)
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query("SELECT id, "+rosterChangeColumns+" FROM roster_changes"+w.String()+" ORDER BY id DESC LIMIT ?", append(w.args, limit+1)...)
	changes, err := all(rows, err, scanRosterChange)
	if err != nil || len(changes) <= limit {
		return changes, "", db.explain("list the changes of the roster", err)
	}
	return changes[:limit], encodeCursor("r", changes[limit-1].ID, ""), nil
}

func scanRosterChange(row scanner) (c dutylog.RosterChange, err error) {
	err = row.Scan(&c.ID, instant{&c.At}, &c.By.Login, &c.By.Name, &c.By.Role, &c.Kind, instant{&c.From}, instant{&c.To}, &c.Subject, &c.Reason,
		fromJSON[dutylog.Shift]{&c.Before}, fromJSON[dutylog.Shift]{&c.After})
	return c, err
}

const filingColumns = "at, by_login, by_name, by_role, kind, name, first_day, last_day, sent_at, sent_to, receipt, note, supplement, shifts, amends, reason, receipt_at"

// File implements dutylog.RosterStore: the version that is kept is the roster as it stood when it was sent,
// made from the roster of now and the changes since, in the same transaction.
func (db *DB) File(ctx context.Context, f dutylog.Filing, by dutylog.Actor) (kept dutylog.Filing, err error) {
	err = db.write(ctx, "file the roster", func(t *tx) error {
		zone := db.options.Location
		from, to := f.Span.First.In(zone), f.Span.Last.Add(1).In(zone)
		shifts, err := shiftsTouching(t.sql, from, to)
		if err != nil {
			return err
		}
		kept = f
		kept.Shifts = dutylog.ShiftsOf(shifts, f.Kind, f.Span, zone)
		if kept, err = kept.Check(t.now); err != nil {
			return err
		}
		if kept.Shifts, err = sentVersion(t.sql, shifts, kept, zone); err != nil {
			return err
		}
		earlier, err := filingsOn(t.sql, f.Span.First, f.Span.Last)
		if err != nil {
			return err
		}
		kept.Supplement = 0
		for _, e := range earlier {
			if e.Key() == f.Key() && kept.Supplement == 0 {
				kept.Supplement = e.ID
			}
		}
		kept.At, kept.By = t.now, by
		return t.keepFiling(&kept)
	})
	return kept, err
}

// sentVersion is what a filing sent: the roster of its days as it stood then.
func sentVersion(s source, shifts []dutylog.Shift, f dutylog.Filing, zone *time.Location) ([]dutylog.Shift, error) {
	from, to := f.Span.First.In(zone), f.Span.Last.Add(1).In(zone)
	rows, err := s.Query("SELECT id, "+rosterChangeColumns+" FROM roster_changes WHERE kind IN ('import', 'publish', 'swap') AND to_at > ? AND from_at < ? AND at > ? ORDER BY id DESC",
		micros(from), micros(to), micros(f.SentBy()))
	changes, err := all(rows, err, scanRosterChange)
	if err != nil {
		return nil, err
	}
	then, known := dutylog.RosterBefore(shifts, changes)
	sent := dutylog.ShiftsOf(then, f.Kind, f.Span, zone)
	switch {
	case known && len(sent) > 0:
		return sent, nil
	case len(changes) == 0:
		return nil, &dutylog.InvalidError{Field: "sent_at", Reason: "is when the roster had no shift in this time: write down when what stood here was sent"}
	}
	return nil, &dutylog.EarlyFilingError{Put: changes[len(changes)-1].At.In(zone)}
}

func (t *tx) keepFiling(f *dutylog.Filing) error {
	result, err := t.sql.Exec("INSERT INTO roster_filings ("+filingColumns+") VALUES ("+marks(filingColumns)+")",
		micros(f.At), f.By.Login, f.By.Name, string(f.By.Role), string(f.Kind), f.Span.Name, string(f.Span.First), string(f.Span.Last),
		micros(f.SentAt), f.SentTo, f.Receipt, f.Note, f.Supplement, asJSON(f.Shifts), sql.NullInt64{Int64: f.Amends, Valid: f.Amends != 0}, f.Reason, micros(f.ReceiptAt))
	if err != nil {
		return err
	}
	if f.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	return t.proveRow(audit.Filing, strconv.FormatInt(f.ID, 10))
}

// Filings implements dutylog.RosterStore.
func (db *DB) Filings(ctx context.Context, first, last dutylog.Date) ([]dutylog.Filing, error) {
	found, err := filingsOn(db.reading(ctx), first, last)
	return found, db.explain("list the filings", err)
}

func filingsOn(s source, first, last dutylog.Date) ([]dutylog.Filing, error) {
	// No span is longer than a year: so the index serves, however many years of filings there are.
	rows, err := s.Query("SELECT id, "+filingColumns+" FROM roster_filings WHERE last_day >= ? AND last_day <= ? AND first_day <= ? ORDER BY id",
		string(first), string(last.Add(400)), string(last))
	kept, err := all(rows, err, scanFiling)
	return dutylog.StandingFilings(kept), err
}

// Filing implements dutylog.RosterStore.
func (db *DB) Filing(ctx context.Context, id int64) (dutylog.Filing, error) {
	f, err := filingOf(db.reading(ctx), id)
	return f, db.explain("read a filing", err)
}

// filingOf is a filing as it stands; a later version of one is none by itself.
func filingOf(s source, id int64) (f dutylog.Filing, err error) {
	rows, err := s.Query("SELECT id, "+filingColumns+" FROM roster_filings WHERE id = ? OR amends = ? ORDER BY id", id, id)
	kept, err := all(rows, err, scanFiling)
	if err != nil {
		return f, err
	}
	standing := dutylog.StandingFilings(kept)
	if len(standing) == 0 {
		return f, noRows(sql.ErrNoRows, "filing", strconv.FormatInt(id, 10))
	}
	return standing[0], nil
}

// AmendFiling implements dutylog.RosterStore.
func (db *DB) AmendFiling(ctx context.Context, id int64, p dutylog.FilingPatch, by dutylog.Actor) (standing dutylog.Filing, err error) {
	err = db.write(ctx, "amend a filing", func(t *tx) error {
		f, err := filingOf(t.sql, id)
		if err != nil {
			return err
		}
		v, err := f.Amend(p, by, t.now)
		if err != nil {
			return err
		}
		if !v.SentAt.Equal(f.SentAt) {
			zone := db.options.Location
			shifts, err := shiftsTouching(t.sql, v.Span.First.In(zone), v.Span.Last.Add(1).In(zone))
			if err != nil {
				return err
			}
			if v.Shifts, err = sentVersion(t.sql, shifts, v, zone); err != nil {
				return err
			}
		}
		if err := t.keepFiling(&v); err != nil {
			return err
		}
		standing, err = filingOf(t.sql, id)
		return err
	})
	return standing, err
}

func scanFiling(row scanner) (f dutylog.Filing, err error) {
	var amends sql.NullInt64
	err = row.Scan(&f.ID, instant{&f.At}, &f.By.Login, &f.By.Name, &f.By.Role, &f.Kind, &f.Span.Name, &f.Span.First, &f.Span.Last,
		instant{&f.SentAt}, &f.SentTo, &f.Receipt, &f.Note, &f.Supplement, fromJSON[dutylog.Shift]{&f.Shifts},
		&amends, &f.Reason, instant{&f.ReceiptAt})
	f.Amends = amends.Int64
	return f, err
}

// FilingFacts implements dutylog.RosterStore. Whole months are looked at, and holidays that reach
// beyond them.
func (db *DB) FilingFacts(ctx context.Context, first, last dutylog.Date) (f dutylog.FilingFacts, err error) {
	f.Zone = db.options.Location
	from, to := first.Add(-62), last.Add(62)
	if f.Calendar, err = db.Calendar(ctx); err != nil {
		return f, err
	}
	if f.Periods, err = db.SensitivePeriods(ctx); err != nil {
		return f, err
	}
	for _, p := range f.Periods { // one may last a year, and its whole roster was filed
		if held, ever := p.Held(f.Zone); ever && held.Last >= first && held.First <= last {
			from, to = min(from, held.First), max(to, held.Last.Add(1))
		}
	}
	if f.Filings, err = db.Filings(ctx, from, to); err != nil {
		return f, err
	}
	f.Shifts, err = db.Shifts(ctx, from.In(f.Zone), to.In(f.Zone))
	return f, err
}

// RosterSince implements dutylog.RosterStore.
func (db *DB) RosterSince(ctx context.Context) (time.Time, error) {
	filed, err := db.RosterFiled(ctx)
	if err != nil || filed.IsZero() {
		return filed, err
	}
	var first time.Time
	err = db.reading(ctx).QueryRow("SELECT min(from_at) FROM shifts").Scan(instant{&first})
	if first.After(filed) {
		return first, db.explain("look when the first shift began", err)
	}
	return filed, db.explain("look when the first shift began", err)
}

// RosterFiled implements dutylog.RosterStore.
func (db *DB) RosterFiled(ctx context.Context) (at time.Time, err error) {
	err = db.reading(ctx).QueryRow("SELECT at FROM roster_changes WHERE kind IN ('import', 'publish', 'swap') ORDER BY id LIMIT 1").Scan(instant{&at})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at, db.explain("look when the roster began", err)
}
