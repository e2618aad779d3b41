package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

func plainMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// An entry is read with what its call says of the phase, with its hold, and a late one with whether
// a scan was ever attached to it: a picture or a PDF, which a text is not.
const (
	phaseColumns = ", c.direction, c.outcome, c.answered_at, c.ended_at, e.late AND EXISTS (SELECT 1 FROM attachments WHERE entry_id = e.id AND (type LIKE 'image/%' OR type = 'application/pdf'))" + holdColumns
	entryTables  = " FROM entries e LEFT JOIN calls c ON c.id = e.call_id" + holdTables
	entrySelect  = "SELECT e.body, e.year, e.number" + phaseColumns + entryTables
)

// entryRow scans a body and phaseColumns; these are NULL for an entry without a call.
type entryRow struct {
	body               string
	year, number       sql.NullInt64
	direction, outcome sql.NullString
	call               telephony.Call // its times
	scanned            bool
	hold               holdRow
}

func (r *entryRow) targets() []any {
	return append([]any{&r.body, &r.year, &r.number, &r.direction, &r.outcome, instant{&r.call.AnsweredAt}, instant{&r.call.EndedAt}, &r.scanned}, r.hold.targets()...)
}

func (r *entryRow) entry() (dutylog.Entry, error) {
	e, err := decodeEntry(r.body)
	e.EntryNumber = dutylog.EntryNumber{Year: int(r.year.Int64), Serial: int(r.number.Int64)}
	e.Hold, e.Scanned = r.hold.hold(), r.scanned
	if err == nil && r.direction.Valid {
		r.call.Direction, r.call.Outcome = telephony.Direction(r.direction.String), telephony.Outcome(r.outcome.String)
		e.Phase = dutylog.PhaseOf(r.call)
	}
	return e, err
}

func scanEntry(row scanner) (dutylog.Entry, error) {
	var r entryRow
	if err := row.Scan(r.targets()...); err != nil {
		return dutylog.Entry{}, err
	}
	return r.entry()
}

func readEntry(s source, id string) (dutylog.Entry, error) {
	e, err := scanEntry(s.QueryRow(entrySelect+" WHERE e.id = "+aText, id))
	return e, noRows(err, "entry", id)
}

// readOpened reads the entry of a call whose row is at hand, without its hold.
func (t *tx) readOpened(id string, of telephony.Call) (dutylog.Entry, error) {
	r := entryRow{direction: sql.NullString{String: string(of.Direction), Valid: true}, outcome: sql.NullString{String: string(of.Outcome)}, call: of}
	if err := t.sql.QueryRow("SELECT body, year, number FROM entries WHERE id = ?", id).Scan(&r.body, &r.year, &r.number); err != nil {
		return dutylog.Entry{}, noRows(err, "entry", id)
	}
	return r.entry()
}

// saveEntry writes the entry's next revision, keeps it for ever and announces it.
func (t *tx) saveEntry(e dutylog.Entry, by dutylog.Actor) error {
	if e.EntryNumber.IsZero() {
		var err error
		if e.EntryNumber, err = t.nextNumber(e); err != nil {
			return err
		}
	}
	body, err := encodeEntry(e)
	if err != nil {
		return err
	}
	var callID, sheet, blind any
	if e.CallID != "" {
		callID = e.CallID
	}
	if e.Late != nil {
		blind = micros(e.Late.Blind)
		if sheet, err = t.usableSheet(e); err != nil {
			return err
		}
	}
	officer, known, err := t.officerNow(e.ID)
	if err != nil {
		return err
	}
	err = t.exec(`INSERT INTO entries (id, call_id, line, kind, state, revision, call_at, body, year, number, handling, late, late_from, paper_sheet) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, state = excluded.state, revision = excluded.revision,
			call_at = excluded.call_at, body = excluded.body, handling = excluded.handling, late_from = excluded.late_from, paper_sheet = excluded.paper_sheet`,
		e.ID, callID, e.Line, string(e.Kind), string(e.State), e.Revision, plainMicros(e.CallAt), body,
		e.EntryNumber.Year, e.EntryNumber.Serial, string(e.Handling()), e.Late != nil, blind, sheet)
	if err != nil {
		return err
	}
	err = t.exec("INSERT INTO revisions (entry_id, revision, at, by_login, by_name, by_role, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		e.ID, e.Revision, micros(t.now), by.Login, by.Name, string(by.Role), body)
	if err != nil {
		return err
	}
	if err := t.proveRow(audit.Revision, revisionSubject(e.ID, e.Revision)); err != nil {
		return err
	}
	if err := t.followOfficer(e, officer, known); err != nil {
		return err
	}
	return t.publish(dutylog.TopicEntry, e.ID, e.Line, nil)
}

func revisionSubject(entryID string, revision int) string {
	return entryID + "/" + strconv.Itoa(revision)
}

// nextNumber is the number of an entry that is opened now. Writers come one after the other,
// so none is given twice, and a write that fails gives its number back.
func (t *tx) nextNumber(e dutylog.Entry) (dutylog.EntryNumber, error) {
	at := e.CallAt
	if at.IsZero() {
		at = e.OpenedAt
	}
	n := dutylog.EntryNumber{Year: at.In(t.db.options.Location).Year()}
	err := t.sql.QueryRow("SELECT coalesce(max(number), 0) + 1 FROM entries WHERE year = "+aWhole, n.Year).Scan(&n.Serial)
	return n, err
}

// Entry reads one entry as it stands now.
func (db *DB) Entry(ctx context.Context, id string) (dutylog.Entry, error) {
	e, err := readEntry(db.reading(ctx), id)
	return e, db.explain("read an entry", err)
}

// Entries lists entries, newest first; with UnfinishedFirst the open ones before the rest, unless they
// are selected by their handling.
func (db *DB) Entries(ctx context.Context, q dutylog.EntryQuery) ([]dutylog.Entry, string, error) {
	if byOutcomeAlone(q) {
		return db.ofOutcome(ctx, q)
	}
	var w where
	w.entries(q)
	order, by, from := "e", "e.call_at DESC, e.id DESC", entrySelect
	if q.Handling == dutylog.Pending { // few of many: without a word the list would be read through for them
		from = strings.Replace(from, "FROM entries e", "FROM entries e INDEXED BY entries_pending", 1)
	}
	if q.UnfinishedFirst && q.Handling == "" && q.Unit == "" && !q.Narrowed() {
		order, by = "u", "e.state DESC, e.call_at DESC, e.id DESC" // "open" is after "complete"
	}
	if q.Cursor != "" {
		if err := w.after(order, q.Cursor); err != nil {
			return nil, "", err
		}
	}
	limit, further := pageSize(q.Limit), ""
	if q.Narrowed() {
		var err error
		if further, err = db.examined(ctx, q, &w); err != nil {
			return nil, "", db.explain("list entries", err)
		}
	}
	rows, err := db.reading(ctx).Query(from+w.String()+" ORDER BY "+by+" LIMIT ?", append(w.args, limit+1)...)
	items, err := all(rows, err, scanEntry)
	if err != nil {
		return nil, "", db.explain("list entries", err)
	}
	if len(items) <= limit {
		return items, further, nil
	}
	last := items[limit-1]
	id := last.ID
	if order == "u" {
		id = string(last.State) + " " + id
	}
	return items[:limit], encodeCursor(order, plainMicros(last.CallAt), id), nil
}

// entriesOfOutcome is entrySelect from the calls of an outcome, which the index has in the order of their time.
var entriesOfOutcome = strings.Replace(entrySelect, "FROM entries e LEFT JOIN calls c ON c.id = e.call_id", "FROM calls c INDEXED BY calls_by_outcome CROSS JOIN entries e ON e.call_id = c.id", 1)

// byOutcomeAlone reports whether a query selects by how the call ended, and perhaps by time, and by nothing else.
func byOutcomeAlone(q dutylog.EntryQuery) bool {
	return q.Outcome != "" && q == dutylog.EntryQuery{Outcome: q.Outcome, From: q.From, To: q.To, Limit: q.Limit, Cursor: q.Cursor, UnfinishedFirst: q.UnfinishedFirst}
}

// ofOutcome lists the entries of calls that ended so, the newest first: each is found where the one before was, and
// none is examined that is not one. An entry has the time and the id of its call.
func (db *DB) ofOutcome(ctx context.Context, q dutylog.EntryQuery) ([]dutylog.Entry, string, error) {
	var w where
	w.period("c.offered_at", q.From, q.To)
	w.equal("c.outcome", string(q.Outcome))
	if q.Cursor != "" {
		at, id, err := decodeCursor("e", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(c.offered_at, c.id) < (?, ?)", at, strings.TrimPrefix(id, dutylog.EntryIDFor("")))
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query(entriesOfOutcome+w.String()+" ORDER BY c.offered_at DESC, c.id DESC LIMIT ?", append(w.args, limit+1)...)
	items, err := all(rows, err, scanEntry)
	if err != nil || len(items) <= limit {
		return items, "", db.explain("list entries by their outcome", err)
	}
	last := items[limit-1]
	return items[:limit], encodeCursor("e", plainMicros(last.CallAt), last.ID), nil
}

// examined bounds what a page examines whose conditions no index has: further is the cursor from which
// the next page goes on, empty where the bound takes in all that is left.
func (db *DB) examined(ctx context.Context, q dutylog.EntryQuery, w *where) (further string, err error) {
	var left where
	left.period("e.call_at", q.From, q.To)
	left.equal(unitOfEntry, q.Unit)
	if q.Cursor != "" {
		if err := left.after("e", q.Cursor); err != nil {
			return "", err
		}
	}
	var at int64
	var id string
	err = db.reading(ctx).QueryRow("SELECT e.call_at, e.id FROM entries e"+left.String()+" ORDER BY e.call_at DESC, e.id DESC LIMIT 1 OFFSET ?",
		append(left.args, db.options.Examines-1)...).Scan(&at, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	w.add("(e.call_at, e.id) >= (?, ?)", at, id)
	return encodeCursor("e", at, id), err
}

// entries are the conditions of a query for entries, but for its words and its cursor.
func (w *where) entries(q dutylog.EntryQuery) {
	w.period("e.call_at", q.From, q.To)
	w.equal("e.line", q.Line)
	w.equal("e.state", string(q.State))
	w.equal("e.kind", string(q.Kind))
	w.handling(q.Handling)
	w.equal(unitOfEntry, q.Unit)
	w.equal("c.outcome", string(q.Outcome))
	w.equal("json_extract(e.body, '$.values.category')", q.Category)
	if q.UnitPart != "" {
		w.add("instr("+unitOfEntry+", ?) > 0", q.UnitPart)
	}
	if who := strings.Join(strings.Fields(q.Officer), ""); who != "" { // a part of a name, which may be set apart by blanks
		w.add("(instr("+unspaced("json_extract(e.body, '$.rostered')")+", ?) > 0 OR instr("+unspaced("json_extract(e.body, '$.responsible')")+", ?) > 0"+
			" OR EXISTS (SELECT 1 FROM revisions w WHERE w.entry_id = e.id AND (instr("+unspaced("w.by_name")+", ?) > 0 OR instr(lower(w.by_login), lower(?)) > 0)))", who, who, who, who)
	}
}

// unspaced is a name without its blanks, as SQLite tells it.
func unspaced(name string) string { return "replace(replace(" + name + ", ' ', ''), '　', '')" }

// unitOfEntry is the caller's unit, as the index entries_of_unit has it.
const unitOfEntry = "json_extract(e.body, '$.values.caller_unit')"

// handling selects by how far matters are.
func (w *where) handling(h dutylog.Handling) {
	if h == dutylog.Pending {
		w.add("(e.state = 'open' OR e.handling NOT IN ('', 'closed'))") // as the index entries_pending has it
		return
	}
	w.equal("e.handling", string(h))
}

// after continues behind the cursor's row.
func (w *where) after(order, cursor string) error {
	at, id, err := decodeCursor(order, cursor)
	if err != nil {
		return err
	}
	if order != "u" {
		w.add("(e.call_at, e.id) < (?, ?)", at, id)
		return nil
	}
	state, id, ok := strings.Cut(id, " ")
	if !ok {
		return errCursor
	}
	w.add("(e.state, e.call_at, e.id) < (?, ?, ?)", state, at, id)
	return nil
}

// Revisions lists every version of an entry, oldest first. Its call is in each as it stands now.
func (db *DB) Revisions(ctx context.Context, id string) ([]dutylog.Revision, error) {
	rows, err := db.reading(ctx).Query("SELECT r.at, r.by_login, r.by_name, r.by_role, r.body, e.year, e.number"+phaseColumns+
		entryTables+" JOIN revisions r ON r.entry_id = e.id WHERE e.id = ? ORDER BY r.revision", id)
	revisions, err := all(rows, err, func(row scanner) (dutylog.Revision, error) {
		var kept dutylog.Revision
		var r entryRow
		err := row.Scan(append([]any{instant{&kept.At}, &kept.By.Login, &kept.By.Name, &kept.By.Role}, r.targets()...)...)
		if err == nil {
			kept.Entry, err = r.entry()
		}
		return kept, err
	})
	if err == nil && len(revisions) == 0 {
		err = fmt.Errorf("entry %q: %w", id, dutylog.ErrNotFound)
	}
	return revisions, db.explain("list revisions", err)
}

// Amend applies a patch to what stands now. Of two windows that edit one entry, the second
// gets a *dutylog.StaleError with what the first wrote.
func (db *DB) Amend(ctx context.Context, id string, p dutylog.EntryPatch, by dutylog.Actor, now time.Time) (dutylog.Entry, error) {
	var after dutylog.Entry
	p, err := db.rebind(ctx, id, p)
	if err != nil {
		return after, err
	}
	err = db.write(ctx, "save an entry", func(t *tx) error {
		before, err := readEntry(t.sql, id)
		if err != nil {
			return err
		}
		if after, err = before.Amend(p, by, now); err != nil || after.Revision == before.Revision {
			return err
		}
		if err := t.saveEntry(after, by); err != nil {
			return err
		}
		if err := t.closedMissed(before, after, by); err != nil {
			return err
		}
		if err := t.compareAmended(after, by, p.Ahead); err != nil {
			return err
		}
		if before.Kind == after.Kind || after.CallID == "" {
			return nil
		}
		return t.retag(after.CallID, after.Kind)
	})
	if err != nil {
		return dutylog.Entry{}, err
	}
	return after, nil
}
