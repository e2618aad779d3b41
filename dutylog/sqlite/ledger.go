package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
)

const ledgerColumns = "key, kind, why, call_id, entry_id, name, cause, state, since, resolved_at, acceptance"

const ledgerSelect = "SELECT l.key, l.kind, l.why, l.call_id, l.entry_id, l.name, l.cause, l.state, l.since, l.resolved_at, l.acceptance, " +
	"a.reason, a.by_login, a.by_name, a.by_role, a.at FROM ledger l LEFT JOIN ledger_acceptances a ON a.id = l.acceptance"

// ledgerRow is an item with the number of its acceptance.
type ledgerRow struct {
	dutylog.LedgerItem
	acceptance sql.NullInt64
}

func scanLedger(row scanner) (ledgerRow, error) {
	var r ledgerRow
	var reason, login, name, role sql.NullString
	var at time.Time
	i := &r.LedgerItem
	err := row.Scan(&i.Key, &i.Kind, &i.Why, &i.CallID, &i.EntryID, &i.Name, &i.Cause, &i.State, instant{&i.Since}, instant{&i.ResolvedAt},
		&r.acceptance, &reason, &login, &name, &role, instant{&at})
	if r.acceptance.Valid {
		i.Accepted = &dutylog.Acceptance{Reason: reason.String, At: at, By: dutylog.Actor{Login: login.String, Name: name.String, Role: dutylog.Role(role.String)}}
	}
	return r, err
}

// Ledger lists items, the newest first.
func (db *DB) Ledger(ctx context.Context, q dutylog.LedgerQuery) ([]dutylog.LedgerItem, string, error) {
	var w where
	w.equal("l.state", string(q.State))
	if q.Cursor != "" {
		at, key, err := decodeCursor("l", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(l.since, l.key) < (?, ?)", at, key)
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query(ledgerSelect+w.String()+" ORDER BY l.since DESC, l.key DESC LIMIT ?", append(w.args, limit+1)...)
	found, err := all(rows, err, scanLedger)
	if err != nil {
		return nil, "", db.explain("list the ledger", err)
	}
	next := ""
	if len(found) > limit {
		found = found[:limit]
		next = encodeCursor("l", found[limit-1].Since.UnixMicro(), found[limit-1].Key)
	}
	items := make([]dutylog.LedgerItem, len(found))
	for i, r := range found {
		items[i] = r.LedgerItem
	}
	return items, next, nil
}

// OpenLedger is how many items are open.
func (db *DB) OpenLedger(ctx context.Context) (n int, err error) {
	err = db.reading(ctx).QueryRow("SELECT count(*) FROM ledger WHERE state = ?", string(dutylog.LedgerOpen)).Scan(&n)
	return n, db.explain("count the ledger", err)
}

// SaveLedger brings the ledger up to what a reconciliation found, and says how many items changed.
func (db *DB) SaveLedger(ctx context.Context, found []dutylog.Discrepancy, looked dutylog.Looked) (changed int, err error) {
	err = db.write(ctx, "save the ledger", func(t *tx) error {
		changed = 0
		rows, err := t.sql.Query(ledgerSelect+" WHERE l.state = ?", string(dutylog.LedgerOpen))
		kept, err := all(rows, err, scanLedger)
		if err != nil {
			return err
		}
		acceptances := map[string]sql.NullInt64{}
		var items []dutylog.LedgerItem
		for _, r := range kept {
			items = append(items, r.LedgerItem)
		}
		for _, d := range found {
			r, err := scanLedger(t.sql.QueryRow(ledgerSelect+" WHERE l.key = ? AND l.state <> ?", d.Key, string(dutylog.LedgerOpen)))
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			acceptances[d.Key] = r.acceptance
			items = append(items, r.LedgerItem)
		}
		for _, i := range dutylog.SettleLedger(items, found, looked, t.now) {
			r := ledgerRow{LedgerItem: i}
			if i.Accepted != nil {
				r.acceptance = acceptances[i.Key]
			}
			if err := t.saveItem(r); err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	return changed, err
}

func (t *tx) saveItem(r ledgerRow) error {
	i := r.LedgerItem
	var acceptance any
	if r.acceptance.Valid {
		acceptance = r.acceptance.Int64
	}
	return t.exec("INSERT INTO ledger ("+ledgerColumns+") VALUES ("+marks(ledgerColumns)+") ON CONFLICT (key) DO UPDATE SET "+overwrite(ledgerColumns),
		i.Key, string(i.Kind), string(i.Why), i.CallID, i.EntryID, i.Name, i.Cause, string(i.State), micros(i.Since), micros(i.ResolvedAt), acceptance)
}

// AcceptLedger keeps that a person takes an item as it is, and why; it is resolved by that.
func (db *DB) AcceptLedger(ctx context.Context, key, reason string, by dutylog.Actor) (item dutylog.LedgerItem, err error) {
	err = db.write(ctx, "accept an item of the ledger", func(t *tx) error {
		r, err := scanLedger(t.sql.QueryRow(ledgerSelect+" WHERE l.key = ?", key))
		if err != nil {
			return noRows(err, "ledger item", key)
		}
		if item, err = r.LedgerItem.Accept(reason, by, t.now); err != nil {
			return err
		}
		r.LedgerItem = item
		if err := t.addProven(audit.Acceptance, "INSERT INTO ledger_acceptances (key, cause, reason, by_login, by_name, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			key, item.Cause, item.Accepted.Reason, by.Login, by.Name, string(by.Role), micros(t.now)); err != nil {
			return err
		}
		if err := t.sql.QueryRow("SELECT max(id) FROM ledger_acceptances WHERE key = ?", key).Scan(&r.acceptance); err != nil {
			return err
		}
		return t.saveItem(r)
	})
	return item, err
}

// oddRecording is the condition of the index recordings_odd, word for word, so that it is used.
const oddRecording = "(r.status IN ('missing', 'failed') OR r.findings <> '[]' OR r.reason GLOB 'the recording was cut on the switch*' OR r.reason GLOB 'the switch recorded nothing*')"

// bookedSelect reads calls with their recordings, and whether an entry names them.
var bookedSelect = strings.Replace(callSelect, " FROM calls c LEFT JOIN", ", EXISTS (SELECT 1 FROM entries e WHERE e.call_id = c.id) FROM calls c LEFT JOIN", 1)

// ledgerQueries find the calls for the ledger, each by an index.
var ledgerQueries = []struct{ where, index string }{
	{"c.id IN (SELECT r.call_id FROM recordings r WHERE " + oddRecording + ")", "recordings_odd"},
	{"c.id IN (SELECT call_id FROM recordings WHERE next_try IS NOT NULL)", "recordings_due"},
	{"c.offered_at >= ? AND r.call_id IS NULL AND c.ended_at IS NOT NULL", "calls_newest"},
	{"c.offered_at >= ? AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.call_id = c.id)", "calls_newest"},
	{"c.id IN (SELECT call_id FROM ledger WHERE state = 'open' AND call_id <> '')", "ledger_by_state"},
}

// LedgerCalls gives every call about which the ledger may have something to say: those with an
// odd recording, those whose recording waits, those that began since then and lack recording or
// entry, and those of open items.
func (db *DB) LedgerCalls(ctx context.Context, since time.Time) ([]dutylog.BookedCall, error) {
	known := map[string]bool{}
	var calls []dutylog.BookedCall
	for _, q := range ledgerQueries {
		var args []any
		if strings.Contains(q.where, "?") {
			args = append(args, plainMicros(since))
		}
		rows, err := db.reading(ctx).Query(bookedSelect+" WHERE "+q.where, args...)
		found, err := all(rows, err, scanBooked)
		if err != nil {
			return nil, db.explain("read the calls for the ledger", err)
		}
		for _, c := range found {
			if !known[c.ID] {
				known[c.ID] = true
				calls = append(calls, c)
			}
		}
	}
	return calls, nil
}

func scanBooked(row scanner) (dutylog.BookedCall, error) {
	var k keptCall
	var r maybeRecording
	var entered bool
	if err := row.Scan(append(append(k.targets(), r.targets()...), &entered)...); err != nil {
		return dutylog.BookedCall{}, err
	}
	return dutylog.BookedCall{Call: dutylog.Call{Call: k.asShown(), EntryID: k.entryID, Recording: r.recording()}, Entered: entered}, nil
}

// What SealedSince asks for: of the newest calls a part at a time, and what is older and of an open item.
const (
	sealedSelect = "SELECT c.offered_at, r.call_id, r.path, r.size, coalesce(r.file_digest, ''), coalesce(r.file_size, 0)" +
		" FROM calls c CROSS JOIN recordings r ON r.call_id = c.id AND r.status = 'sealed' WHERE "
	sealedNewest = sealedSelect + "c.offered_at >= ? AND (c.offered_at, c.id) < (?, ?) ORDER BY c.offered_at DESC, c.id DESC LIMIT 500"
	sealedOpen   = sealedSelect + "c.offered_at < ? AND c.id IN (SELECT call_id FROM ledger WHERE state = 'open' AND call_id <> '')"
)

// sealedRow is a recording whose file has to be there, as far as its file is concerned.
type sealedRow struct {
	offered int64
	recorder.Recording
}

// SealedSince goes through the recordings whose files have to be there, in parts: those of the calls
// since then, the newest first, and those of older calls of open items. Call, path and sizes are enough.
func (db *DB) SealedSince(ctx context.Context, since time.Time, do func([]recorder.Recording) error) error {
	from := plainMicros(since)
	for at, id := int64(math.MaxInt64), ""; ; {
		part, err := db.sealed(ctx, sealedNewest, from, at, id)
		if err != nil {
			return err
		}
		if len(part) == 0 {
			break
		}
		if err := do(recordingsOf(part)); err != nil {
			return err
		}
		last := part[len(part)-1]
		at, id = last.offered, last.CallID
	}
	open, err := db.sealed(ctx, sealedOpen, from)
	if err != nil || len(open) == 0 {
		return err
	}
	return do(recordingsOf(open))
}

func (db *DB) sealed(ctx context.Context, query string, args ...any) ([]sealedRow, error) {
	rows, err := db.reading(ctx).Query(query, args...)
	part, err := all(rows, err, func(row scanner) (r sealedRow, err error) {
		err = row.Scan(&r.offered, &r.CallID, &r.Path, &r.Size, &r.FileDigest, &r.FileSize)
		return r, err
	})
	return part, db.explain("list sealed recordings", err)
}

func recordingsOf(part []sealedRow) []recorder.Recording {
	list := make([]recorder.Recording, len(part))
	for i, r := range part {
		list[i] = r.Recording
	}
	return list
}

// LedgerEntries gives the entries since then, and those of open items, that lack their call.
func (db *DB) LedgerEntries(ctx context.Context, since time.Time) ([]dutylog.BookedEntry, error) {
	from := plainMicros(since)
	rows, err := db.reading(ctx).Query(`SELECT e.id, coalesce(e.call_id, ''), e.kind, e.call_at, e.late FROM entries e
		WHERE (e.call_at >= ? OR e.id IN (SELECT entry_id FROM ledger WHERE state = 'open' AND kind = 'entry_without_call'))
		AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.id = e.call_id)`, from)
	entries, err := all(rows, err, func(row scanner) (e dutylog.BookedEntry, err error) {
		err = row.Scan(&e.ID, &e.CallID, &e.Kind, instant{&e.At}, &e.Late)
		return e, err
	})
	return entries, db.explain("read the entries for the ledger", err)
}

// Claims gives the calls with these ids, by id; ids that the log does not have are left out.
func (db *DB) Claims(ctx context.Context, ids []string) (map[string]dutylog.Claim, error) {
	found := map[string]dutylog.Claim{}
	const atOnce = 500
	for len(ids) > 0 {
		n := min(len(ids), atOnce)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		claims, err := db.claims(ctx, "c.id IN (?"+strings.Repeat(", ?", n-1)+")", args...)
		if err != nil {
			return nil, err
		}
		for _, c := range claims {
			found[c.CallID] = c
		}
		ids = ids[n:]
	}
	return found, nil
}

// ClaimsAgain gives every call with this id of the switch, which may have given it more than once.
func (db *DB) ClaimsAgain(ctx context.Context, id string) ([]dutylog.Claim, error) {
	return db.claims(ctx, "c.id = "+aText+" OR (c.id > ? AND c.id < ?)", id, id+recorder.AgainMark, id+recorder.AgainMark+":")
}

func (db *DB) claims(ctx context.Context, where string, args ...any) ([]dutylog.Claim, error) {
	rows, err := db.reading(ctx).Query("SELECT c.id, c.ended_at IS NULL, r."+strings.ReplaceAll(recordingColumns, ", ", ", r.")+
		" FROM calls c LEFT JOIN recordings r ON r.call_id = c.id WHERE "+where+" ORDER BY c.id", args...)
	found, err := all(rows, err, func(row scanner) (dutylog.Claim, error) {
		var c dutylog.Claim
		var r maybeRecording
		err := row.Scan(append([]any{&c.CallID, &c.Running}, r.targets()...)...)
		c.Recording = r.recording()
		return c, err
	})
	return found, db.explain("read whose a recording is", err)
}
