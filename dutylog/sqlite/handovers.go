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
	"dutyline/telephony"
)

const (
	handoverColumns = "at, from_at, outgoing_login, outgoing_name, outgoing_role, incoming_login, incoming_name, incoming_role, unsigned, body, digest, erased_by"
	handoverSelect  = "SELECT id, " + handoverColumns + " FROM handovers"
)

func scanHandover(row scanner) (h dutylog.Handover, err error) {
	var erased sql.NullInt64
	err = row.Scan(&h.ID, instant{&h.At}, instant{&h.From}, &h.Outgoing.Login, &h.Outgoing.Name, &h.Outgoing.Role,
		&h.Incoming.Login, &h.Incoming.Name, &h.Incoming.Role, &h.Unsigned, &h.Text, &h.Digest, &erased)
	h.ErasedBy = erased.Int64
	return h, err
}

func confirmationsOf(s source, handover int64) ([]dutylog.Confirmation, error) {
	rows, err := s.Query("SELECT part, by_login, by_name, by_role, at, digest FROM handover_confirmations WHERE handover = ? ORDER BY id", handover)
	return all(rows, err, func(row scanner) (c dutylog.Confirmation, err error) {
		return c, row.Scan(&c.Part, &c.By.Login, &c.By.Name, &c.By.Role, instant{&c.At}, &c.Digest)
	})
}

func readHandover(s source, id int64) (dutylog.Handover, error) {
	h, err := scanHandover(s.QueryRow(handoverSelect+" WHERE id = ?", id))
	if err == nil {
		h.Confirmations, err = confirmationsOf(s, id)
	}
	return h, noRows(err, "handover", strconv.FormatInt(id, 10))
}

// newestHandover goes by the order in which they were written: a clock that was set back changes
// nothing about who took over last.
const newestHandover = " ORDER BY id DESC LIMIT 1"

// LastHandover implements dutylog.HandoverStore.
func (db *DB) LastHandover(ctx context.Context, at time.Time) (*dutylog.Handover, error) {
	h, err := lastHandover(db.reading(ctx), at)
	return h, db.explain("read the last handover", err)
}

func lastHandover(s source, at time.Time) (*dutylog.Handover, error) {
	var w where
	if !at.IsZero() {
		w.add("at <= ?", at.UnixMicro())
	}
	h, err := scanHandover(s.QueryRow(handoverSelect+w.String()+newestHandover, w.args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		h.Confirmations, err = confirmationsOf(s, h.ID)
	}
	return &h, err
}

// responsibleAt is the name of the officer who had taken over last at a moment; empty before the
// first handover. Every entry that is opened asks for it.
func responsibleAt(s source, at time.Time) (name string, err error) {
	err = s.QueryRow("SELECT incoming_name FROM handovers WHERE at <= ?"+newestHandover, at.UnixMicro()).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}

// knownAt is who was on duty at a moment, by the roster and by the handovers.
func knownAt(s source, at time.Time) (k dutylog.Known, err error) {
	if k.OnDuty, err = onDuty(s, at); err == nil {
		k.Responsible, err = responsibleAt(s, at)
	}
	return k, err
}

// Handover implements dutylog.HandoverStore.
func (db *DB) Handover(ctx context.Context, id int64) (dutylog.Handover, error) {
	h, err := readHandover(db.reading(ctx), id)
	return h, db.explain("read a handover", err)
}

// Handovers implements dutylog.HandoverStore.
func (db *DB) Handovers(ctx context.Context, limit int, cursor string) ([]dutylog.Handover, string, error) {
	var w where
	if cursor != "" {
		before, _, err := decodeCursor("h", cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", before)
	}
	limit = pageSize(limit)
	s := db.reading(ctx)
	rows, err := s.Query(handoverSelect+w.String()+" ORDER BY id DESC LIMIT ?", append(w.args, limit+1)...)
	list, err := all(rows, err, scanHandover)
	for i := range list {
		list[i].Text = ""
		if err == nil {
			list[i].Confirmations, err = confirmationsOf(s, list[i].ID)
		}
	}
	if err != nil || len(list) <= limit {
		return list, "", db.explain("list the handovers", err)
	}
	return list[:limit], encodeCursor("h", list[limit-1].ID, ""), nil
}

// AddHandover implements dutylog.HandoverStore. Its time is the store's, for itself and for both
// who confirm it.
func (db *DB) AddHandover(ctx context.Context, h dutylog.Handover, before int64) (after dutylog.Handover, err error) {
	err = db.write(ctx, "keep a handover", func(t *tx) error {
		last, err := lastHandover(t.sql, time.Time{})
		if err != nil {
			return err
		}
		if last == nil && before != 0 || last != nil && last.ID != before {
			return dutylog.Overtaken
		}
		if _, err := dutylog.Thaw(h.Text, h.Digest); err != nil {
			return err
		}
		result, err := t.sql.Exec("INSERT INTO handovers ("+handoverColumns+") VALUES ("+marks(handoverColumns)+")",
			micros(t.now), plainMicros(h.From), h.Outgoing.Login, h.Outgoing.Name, string(h.Outgoing.Role),
			h.Incoming.Login, h.Incoming.Name, string(h.Incoming.Role), h.Unsigned, h.Text, h.Digest, nil)
		if err != nil {
			return err
		}
		id, err := result.LastInsertId()
		if err != nil {
			return err
		}
		if err := t.proveRow(audit.Handover, strconv.FormatInt(id, 10)); err != nil {
			return err
		}
		if h.Outgoing.Login != "" && h.Unsigned == "" {
			if err := t.confirm(id, dutylog.Confirmation{Part: dutylog.PartOutgoing, By: h.Outgoing, Digest: h.Digest}); err != nil {
				return err
			}
		}
		if err := t.confirm(id, dutylog.Confirmation{Part: dutylog.PartIncoming, By: h.Incoming, Digest: h.Digest}); err != nil {
			return err
		}
		after, err = readHandover(t.sql, id)
		return err
	})
	return after, err
}

func (t *tx) confirm(handover int64, c dutylog.Confirmation) error {
	return t.addProven(audit.Confirmed, "INSERT INTO handover_confirmations (handover, part, by_login, by_name, by_role, at, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
		handover, string(c.Part), c.By.Login, c.By.Name, string(c.By.Role), micros(t.now), c.Digest)
}

// ConfirmHandover implements dutylog.HandoverStore.
func (db *DB) ConfirmHandover(ctx context.Context, id int64, c dutylog.Confirmation) (after dutylog.Handover, err error) {
	err = db.write(ctx, "confirm a handover", func(t *tx) error {
		h, err := readHandover(t.sql, id)
		if err != nil {
			return err
		}
		if _, said := h.Confirmed(c.Part); said {
			return dutylog.AlreadySaid
		}
		if c.Digest != h.Digest {
			return dutylog.SheetChanged
		}
		if err := t.confirm(id, c); err != nil {
			return err
		}
		after, err = readHandover(t.sql, id)
		return err
	})
	return after, err
}

// pressing sorts entries: the most urgent first, of these the newest. A visit has no call, and counts alike.
var pressing = func() string {
	order := "CASE json_extract(e.body, '$.values.urgency')"
	for rank, word := range dutylog.Urgencies() {
		order += fmt.Sprintf(" WHEN '%s' THEN %d", word, rank)
	}
	return order + " ELSE 0 END DESC, e.call_at DESC, e.id DESC"
}()

// pending are the entries with which something is still to be done: open ones, those whose handling goes on,
// and those whose missed caller still waits, though they are written down whole.
const pending = ` FROM entries e WHERE e.rowid IN (SELECT rowid FROM entries INDEXED BY entries_pending WHERE state = 'open' OR handling NOT IN ('', 'closed')
	UNION SELECT w.rowid FROM missed_calls m JOIN entries w ON w.call_id = m.call_id WHERE m.settled_at IS NULL)`

// OpenMatters implements dutylog.HandoverStore: what is pending. Whatever else the next shift has to
// go on with joins it here.
func (db *DB) OpenMatters(ctx context.Context, limit int) (o dutylog.OpenMatters, err error) {
	const doing = "list what is open"
	s := db.reading(ctx)
	if err := s.QueryRow("SELECT count(*)" + pending).Scan(&o.Total); err != nil {
		return o, db.explain(doing, err)
	}
	rows, err := s.Query(entrySelect+" WHERE e.rowid IN (SELECT e.rowid"+pending+" ORDER BY "+pressing+" LIMIT ?) ORDER BY "+pressing, limit)
	if o.Entries, err = all(rows, err, scanEntry); err != nil {
		return o, db.explain(doing, err)
	}
	if o.CallBack, o.Callers, err = waitingMissed(s); err != nil {
		return o, db.explain(doing, err)
	}
	o.Outcomes, err = outcomesOf(s, o.Entries)
	return o, db.explain(doing, err)
}

// outcomesOf are those of the calls of entries, by call.
func outcomesOf(s source, entries []dutylog.Entry) (map[string]telephony.Outcome, error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.CallID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	outcomes := make(map[string]telephony.Outcome, len(ids))
	rows, err := s.Query("SELECT c.id, c.outcome FROM json_each(?) i JOIN calls c ON c.id = i.value", string(list))
	_, err = all(rows, err, func(row scanner) (id string, err error) {
		var outcome telephony.Outcome
		err = row.Scan(&id, &outcome)
		outcomes[id] = outcome
		return id, err
	})
	return outcomes, err
}

// openedIn counts the entries that were opened in [?2, ?3), whatever the time of which they tell. Rows follow each other as
// they were opened, so none before the last one that was opened before ?1 is read; a clock that was set back may shuffle them.
const openedIn = `SELECT count(*) FROM entries WHERE body ->> 'opened_at' >= ?2 AND body ->> 'opened_at' < ?3
	AND rowid > coalesce((SELECT rowid FROM entries WHERE body ->> 'opened_at' < ?1 ORDER BY rowid DESC LIMIT 1), 0)`

// clockSetBack is by how much our clock may have been set back, and the entries of a shift are still counted whole.
const clockSetBack = 24 * time.Hour

// CountShift implements dutylog.HandoverStore.
func (db *DB) CountShift(ctx context.Context, from, to time.Time) (c dutylog.Counts, err error) {
	s := db.reading(ctx)
	err = s.QueryRow(`SELECT coalesce(sum(direction = 'in'), 0), coalesce(sum(outcome = 'missed'), 0), coalesce(sum(outcome = 'answered_late'), 0), coalesce(sum(direction = 'out'), 0)
		FROM calls WHERE offered_at >= ? AND offered_at < ? AND tags NOT LIKE '%"test"%' AND tags NOT LIKE '%"system"%'`, from.UnixMicro(), to.UnixMicro()).
		Scan(&c.Calls, &c.Missed, &c.Late, &c.Outgoing)
	if err == nil {
		err = s.QueryRow(openedIn, from.Add(-clockSetBack).UnixMicro(), from.UnixMicro(), to.UnixMicro()).Scan(&c.Entries)
	}
	return c, db.explain("count the shift", err)
}
