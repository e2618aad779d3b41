package sqlite

import (
	"context"
	"database/sql"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

// The hold of an entry e that stands now: the newest row, when that one sets it.
const (
	holdColumns = ", h.reason, h.by_login, h.by_name, h.by_role, h.at"
	holdTables  = " LEFT JOIN holds h ON h.id = (SELECT max(id) FROM holds WHERE entry_id = e.id) AND h.is_set"
)

// heldEntries selects the ids of the entries that a hold keeps: those that are under one, and those of the calls that are
// steps of them, struck out or not.
const heldEntries = `WITH held (id) AS (SELECT entry_id FROM holds WHERE id IN (SELECT max(id) FROM holds GROUP BY entry_id) AND is_set)
	SELECT id FROM held
	UNION SELECT own.id FROM held JOIN entries e ON e.id = held.id JOIN json_each(e.body, '$.steps') s JOIN entries own ON own.call_id = json_extract(s.value, '$.call_id')`

// holdRow scans holdColumns.
type holdRow struct {
	reason, login, name, role sql.NullString
	at                        time.Time
}

func (r *holdRow) targets() []any {
	return []any{&r.reason, &r.login, &r.name, &r.role, instant{&r.at}}
}

func (r *holdRow) hold() *dutylog.Hold {
	if !r.reason.Valid {
		return nil
	}
	return &dutylog.Hold{Reason: r.reason.String, At: r.at, By: dutylog.Actor{Login: r.login.String, Name: r.name.String, Role: dutylog.Role(r.role.String)}}
}

// SetHold puts an entry under a legal hold.
func (db *DB) SetHold(ctx context.Context, entryID, reason string, by dutylog.Actor) (dutylog.Entry, error) {
	var after dutylog.Entry
	err := db.write(ctx, "hold an entry", func(t *tx) (err error) {
		after, err = t.hold(entryID, true, reason, by)
		return err
	})
	return after, err
}

// hold sets or releases; a release takes a second person, see Decide.
func (t *tx) hold(entryID string, on bool, reason string, by dutylog.Actor) (after dutylog.Entry, err error) {
	before, err := readEntry(t.sql, entryID)
	if err != nil {
		return after, err
	}
	if reason, err = before.CheckHold(on, reason); err != nil {
		return after, err
	}
	err = t.addProven(audit.Hold, "INSERT INTO holds (entry_id, is_set, reason, by_login, by_name, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		entryID, on, reason, by.Login, by.Name, string(by.Role), micros(t.now))
	if err != nil {
		return after, err
	}
	if after, err = readEntry(t.sql, entryID); err != nil {
		return after, err
	}
	return after, t.publish(dutylog.TopicEntry, entryID, after.Line, nil)
}

// EntryID finds an entry by its id or by its yearly number, such as 2026-000123.
func (db *DB) EntryID(ctx context.Context, name string) (string, error) {
	n, err := dutylog.ParseEntryNumber(name)
	if err != nil {
		e, err := db.Entry(ctx, name)
		return e.ID, err
	}
	var id string
	err = db.reading(ctx).QueryRow("SELECT id FROM entries WHERE year = ? AND number = ?", n.Year, n.Serial).Scan(&id)
	return id, db.explain("find an entry", noRows(err, "entry", name))
}

// Span is a stretch of time.
type Span struct{ From, To time.Time }

// Overlaps reports whether two spans share an instant.
func (s Span) Overlaps(o Span) bool { return !s.To.Before(o.From) && !o.To.Before(s.From) }

// HeldSpans are the calls of held entries and of their steps, with a margin: what was read from the switch in
// these times is held with them.
func (db *DB) HeldSpans(ctx context.Context) ([]Span, error) {
	const margin = 10 * time.Minute
	rows, err := db.reading(ctx).Query("SELECT e.call_at, coalesce(c.ended_at, e.call_at) FROM entries e LEFT JOIN calls c ON c.id = e.call_id WHERE e.id IN (" + heldEntries + ")")
	spans, err := all(rows, err, func(row scanner) (s Span, err error) {
		err = row.Scan(instant{&s.From}, instant{&s.To})
		return Span{s.From.Add(-margin), s.To.Add(margin)}, err
	})
	return spans, db.explain("read the legal holds", err)
}
