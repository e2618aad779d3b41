package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

const missedColumns = "call_id, at, settled_at, why, by_call, text, by_login, by_name, by_role"

// missedSelect reads missed calls with their calls.
var missedSelect = "SELECT m.settled_at, m.why, m.by_call, m.text, m.by_login, m.by_name, m.by_role, " + strings.TrimPrefix(callSelect, "SELECT ") +
	" JOIN missed_calls m ON m.call_id = c.id"

func scanMissed(row scanner) (m dutylog.MissedCall, err error) {
	own := []any{instant{&m.SettledAt}, &m.Why, &m.ByCall, &m.Text, &m.By.Login, &m.By.Name, &m.By.Role}
	m.Call, err = scanCall(prefixed{row, own})
	return m, err
}

// prefixed scans a row whose first columns are somebody else's.
type prefixed struct {
	row   scanner
	first []any
}

func (p prefixed) Scan(targets ...any) error { return p.row.Scan(append(p.first, targets...)...) }

// followMissed keeps up with a call whose row was just written: it may be one that was missed, one
// that was not missed after all, or one by which those who were missed before are reached.
func (t *tx) followMissed(before, after telephony.Call, entry dutylog.Entry) error {
	wanted, wants := dutylog.WantsCallBack(before), dutylog.WantsCallBack(after)
	switch {
	case wants && !wanted && !dutylog.ClosedWithoutCallBack(entry):
		if err := t.openMissed(after); err != nil {
			return err
		}
	case wanted && !wants:
		return t.settleMissed(after.ID, dutylog.MissedCall{Why: dutylog.NeverMissed, By: dutylog.SystemActor()})
	}
	if !after.Ended() || before.Ended() && before.Outcome == after.Outcome || after.AnsweredAt.IsZero() {
		return nil
	}
	n := dutylog.OtherSide(after)
	rows, err := t.sql.Query("SELECT c."+strings.ReplaceAll(callColumns, ", ", ", c.")+" FROM missed_calls m CROSS JOIN calls c ON c.id = m.call_id"+ // from the short side, whatever SQLite thinks
		" WHERE m.settled_at IS NULL AND c.caller_e164 = ? AND (c.caller_e164 <> '' OR c.caller = ?)", n.E164, n.Raw)
	waiting, err := all(rows, err, scanKept)
	if err != nil {
		return err
	}
	for _, missed := range waiting {
		if why, ok := dutylog.Settles(missed.Call, after); ok {
			if err := t.settleMissed(missed.ID, dutylog.MissedCall{Why: why, ByCall: after.ID, By: dutylog.SystemActor()}); err != nil {
				return err
			}
		}
	}
	return nil
}

func scanKept(row scanner) (k keptCall, err error) { return k, row.Scan(k.targets()...) }

// openMissed notes that a caller waits for a call back. The log may know already of the call by which
// they were reached: a missed call is sometimes settled late, from the journal.
func (t *tx) openMissed(c telephony.Call) error {
	const known = "INSERT INTO missed_calls (" + missedColumns + ") VALUES (?, ?, NULL, '', '', '', '', '', '') ON CONFLICT (call_id) DO UPDATE SET settled_at = NULL, why = '', by_login = '', by_name = '', by_role = ''"
	if err := t.exec(known, c.ID, micros(c.OfferedAt)); err != nil {
		return err
	}
	if err := t.proveRow(audit.Missed, c.ID); err != nil {
		return err
	}
	since := plainMicros(c.OfferedAt)
	rows, err := t.sql.Query("SELECT "+callColumns+" FROM (SELECT * FROM calls WHERE caller_e164 = ?1 AND direction = 'in' AND offered_at >= ?2 UNION ALL "+
		"SELECT * FROM calls WHERE called_e164 = ?1 AND direction = 'out' AND offered_at >= ?2) WHERE ?1 <> '' ORDER BY offered_at, id", c.Caller.E164, since)
	later, err := all(rows, err, scanKept)
	if err != nil {
		return err
	}
	for _, l := range later {
		if why, ok := dutylog.Settles(c, l.Call); ok {
			return t.settleMissed(c.ID, dutylog.MissedCall{Why: why, ByCall: l.ID, By: dutylog.SystemActor()})
		}
	}
	return nil
}

// settleMissed keeps why a caller has not to be called back any more; nothing when that is known already.
func (t *tx) settleMissed(callID string, m dutylog.MissedCall) error {
	n, err := t.changed("UPDATE missed_calls SET settled_at = ?, why = ?, by_call = ?, text = ?, by_login = ?, by_name = ?, by_role = ? WHERE call_id = ? AND settled_at IS NULL",
		micros(t.now), string(m.Why), m.ByCall, m.Text, m.By.Login, m.By.Name, string(m.By.Role), callID)
	if err != nil || n == 0 {
		return err
	}
	if err := t.proveRow(audit.Missed, callID); err != nil {
		return err
	}
	return t.announceCall(callID)
}

// closedMissed notes that somebody closed the entry of a missed call as of a kind that wants no call back.
func (t *tx) closedMissed(before, after dutylog.Entry, by dutylog.Actor) error {
	if after.CallID == "" || dutylog.ClosedWithoutCallBack(before) || !dutylog.ClosedWithoutCallBack(after) {
		return nil
	}
	return t.settleMissed(after.CallID, dutylog.MissedCall{Why: dutylog.SettledByEntry, By: by})
}

// waitingMissed are the calls whose callers are still to be called back, and how many callers these are: who
// called several times is one. Whoever hides their number is somebody else each time.
func waitingMissed(s source) (waiting map[string]bool, callers int, err error) {
	rows, err := s.Query("SELECT m.call_id, c.caller, c.caller_e164 FROM missed_calls m JOIN calls c ON c.id = m.call_id WHERE m.settled_at IS NULL")
	waiting, each := map[string]bool{}, map[string]bool{}
	_, err = all(rows, err, func(row scanner) (id string, err error) {
		var n telephony.Number
		err = row.Scan(&id, &n.Raw, &n.E164)
		waiting[id] = true
		if n.Withheld() {
			each[id] = true
		} else {
			each[cmp.Or(n.E164, n.Raw)] = true
		}
		return id, err
	})
	return waiting, len(each), err
}

// MissedCalls implements dutylog.MissedStore.
func (db *DB) MissedCalls(ctx context.Context, q dutylog.MissedQuery) (items []dutylog.MissedCall, waiting int, next string, err error) {
	var w where
	w.period("m.at", q.From, q.To)
	if q.Waiting {
		w.add("m.settled_at IS NULL")
	}
	if q.Cursor != "" {
		at, id, err := decodeCursor("m", q.Cursor)
		if err != nil {
			return nil, 0, "", err
		}
		w.add("(m.at, m.call_id) < (?, ?)", at, id)
	}
	s, limit := db.reading(ctx), pageSize(q.Limit)
	if err := s.QueryRow("SELECT count(*) FROM missed_calls WHERE settled_at IS NULL").Scan(&waiting); err != nil {
		return nil, 0, "", db.explain("count the missed calls", err)
	}
	rows, err := s.Query(missedSelect+w.String()+" ORDER BY m.at DESC, m.call_id DESC LIMIT ?", append(w.args, limit+1)...)
	if items, err = all(rows, err, scanMissed); err != nil {
		return nil, 0, "", db.explain("list the missed calls", err)
	}
	if len(items) > limit {
		last := items[limit-1].Call
		items, next = items[:limit], encodeCursor("m", last.OfferedAt.UnixMicro(), last.ID)
	}
	return items, waiting, next, nil
}

// SettleMissed implements dutylog.MissedStore.
func (db *DB) SettleMissed(ctx context.Context, callID string, s dutylog.Settlement, by dutylog.Actor) (m dutylog.MissedCall, err error) {
	if s, err = s.Check(); err != nil {
		return m, err
	}
	err = db.write(ctx, "settle a missed call", func(t *tx) error {
		var at time.Time
		err := t.sql.QueryRow("SELECT settled_at FROM missed_calls WHERE call_id = ?", callID).Scan(instant{&at})
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noRows(err, "missed call", callID)
		case err == nil && !at.IsZero():
			return fmt.Errorf("this missed call is settled already: %w", dutylog.ErrExists)
		case err != nil:
			return err
		}
		call, err := t.call(callID)
		if err != nil {
			return err
		}
		if err := s.Fits(call.Call); err != nil {
			return err
		}
		if err := t.settleMissed(callID, dutylog.MissedCall{Why: s.Why, Text: s.Text, By: by}); err != nil {
			return err
		}
		m, err = scanMissed(t.sql.QueryRow(missedSelect+" WHERE m.call_id = ?", callID))
		return err
	})
	return m, err
}
