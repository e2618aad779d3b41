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
	"dutyline/recorder"
	"dutyline/telephony"
)

// The marks that are kept.
const (
	journalMark = "journal" // how far the switch's journal was read
	begunMark   = "begun"   // the journal is read from its beginning
	aliveMark   = "alive"   // when the switch was last seen
	switchMark  = "switch"  // when the switch, as last seen, was started
)

// recordSight keeps an interval or how far the journal was read.
func (t *tx) recordSight(ch telephony.Change) error {
	if ch.Journal != nil {
		body, err := json.Marshal(ch.Journal)
		if err != nil {
			return err
		}
		return t.setMark(journalMark, t.now, string(body))
	}
	i, err := t.beyond(*ch.Interval)
	if err != nil {
		return err
	}
	n, err := t.changed(`INSERT INTO intervals (kind, from_at, to_at, cause) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, from_at) DO UPDATE SET to_at = excluded.to_at, cause = excluded.cause
		WHERE to_at IS NULL AND (excluded.to_at IS NOT NULL OR cause <> excluded.cause)`,
		string(i.Kind), plainMicros(i.From), micros(i.To), i.Cause)
	if err != nil || n == 0 {
		return err
	}
	if err := t.proveRow(audit.Interval, intervalSubject(i)); err != nil {
		return err
	}
	return t.publish(dutylog.TopicInterval, string(i.Kind), "", &i)
}

// beyond is what of a closed hole in the journal is not stated yet: an interval is closed once and never changed then, so
// what is known to be longer goes on behind it.
func (t *tx) beyond(i telephony.Interval) (telephony.Interval, error) {
	for i.Kind == telephony.JournalDown && !i.To.IsZero() {
		var end time.Time
		err := t.sql.QueryRow("SELECT to_at FROM intervals WHERE kind = ? AND from_at = ? AND to_at > from_at AND to_at < ?",
			string(i.Kind), plainMicros(i.From), plainMicros(i.To)).Scan(instant{&end})
		if errors.Is(err, sql.ErrNoRows) {
			return i, nil
		}
		if err != nil {
			return i, err
		}
		i.From = end
	}
	return i, nil
}

// intervalSubject is what records call an interval.
func intervalSubject(i telephony.Interval) string {
	return string(i.Kind) + "/" + strconv.FormatInt(plainMicros(i.From), 10)
}

func (t *tx) setMark(name string, at time.Time, body string) error {
	return t.exec("INSERT INTO marks (name, at, body) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at, body = excluded.body",
		name, plainMicros(at), body)
}

// noteUnseen says of a call that only the journal has whether the live view should have seen
// it: a call of a time in which it was down is no disagreement.
func (t *tx) noteUnseen(kind telephony.ChangeKind, c *telephony.Call) error {
	if kind != telephony.CallSettled || c.SettledBy != telephony.SettledByJournal {
		return nil
	}
	rows, err := t.sql.Query("SELECT "+intervalColumns+" FROM intervals WHERE kind = ? AND (to_at IS NULL OR to_at >= ?)",
		string(telephony.LiveDown), plainMicros(c.OfferedAt))
	down, err := all(rows, err, scanInterval)
	if err != nil {
		return err
	}
	for _, i := range down {
		if i.Overlaps(c.OfferedAt, c.EndedAt) {
			return nil
		}
	}
	c.Findings = append(c.Findings, telephony.OnlyInJournal)
	return nil
}

// mostAgain is how often one id may come again.
const mostAgain = 99

// callSaid reads the row of the call that is spoken of. An id that the switch gave twice, after
// a restart with a clock that was set back, is told apart by when the call began: the later
// ones are kept as "id~2", "id~3" …
func (t *tx) callSaid(said *telephony.Call) (keptCall, error) {
	id := said.ID
	for n := 2; ; n++ {
		kept, err := t.call(said.ID)
		if err != nil || telephony.OfOneCall(kept.Call, *said) || !kept.Ended() || n > mostAgain {
			return kept, err
		}
		said.ID = fmt.Sprintf("%s%s%d", id, recorder.AgainMark, n)
	}
}

// replanRecording brings the recording up to a call that was settled otherwise than it ended:
// one that proves to have been answered is fetched, and the talk is what it really was. Where the
// collector has already removed its empty files, that is said.
func (t *tx) replanRecording(before, after telephony.Call) error {
	if !after.Ended() || before.SettledBy == after.SettledBy || before.AnsweredAt.Equal(after.AnsweredAt) && before.EndedAt.Equal(after.EndedAt) {
		return nil
	}
	plan := recorder.ForCall(after, t.now)
	kept, err := scanRecording(t.sql.QueryRow("SELECT "+recordingColumns+" FROM recordings WHERE call_id = ?", after.ID))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t.openRecording(after)
	case err != nil:
		return err
	case kept.Status == recorder.Pending:
		kept.Talk = plan.Talk
	case kept.Status == recorder.None && plan.Status == recorder.Pending && !kept.NextTry.IsZero():
		kept.Status, kept.Talk, kept.NextTry = plan.Status, plan.Talk, plan.NextTry
	case kept.Status == recorder.None && plan.Status == recorder.Pending:
		r := kept.LookedAtTooSoon(plan.Talk)
		t.countRecording(after.Line, kept, r)
		return t.exec(saveRecording, recordingValues(r)...)
	default:
		return nil
	}
	t.due = true
	return t.exec("UPDATE recordings SET status = ?, talk_us = ?, next_try = ? WHERE call_id = ?",
		string(kept.Status), kept.Talk.Microseconds(), micros(kept.NextTry), after.ID)
}

const intervalColumns = "kind, from_at, to_at, cause"

func scanInterval(row scanner) (telephony.Interval, error) {
	var i telephony.Interval
	err := row.Scan(&i.Kind, instant{&i.From}, instant{&i.To}, &i.Cause)
	return i, err
}

// Intervals implements dutylog.IntervalStore: the facts, oldest first, then the blind intervals.
func (db *DB) Intervals(ctx context.Context, from, to time.Time) ([]telephony.Interval, error) {
	facts, err := db.facts(ctx, from, to)
	if err != nil || len(facts) == 0 {
		return nil, err
	}
	// How long one of them was blind is also a matter of what lies beyond the two moments.
	around, until := facts[0].From, facts[0].To
	for _, i := range facts[1:] {
		if !until.IsZero() && (i.To.IsZero() || i.To.After(until)) {
			until = i.To
		}
	}
	every, err := db.facts(ctx, around, until)
	if err != nil {
		return nil, err
	}
	for _, i := range telephony.Blind(every) {
		if (to.IsZero() || i.From.Before(to)) && (i.To.IsZero() || i.To.After(from)) {
			facts = append(facts, i)
		}
	}
	return facts, nil
}

// facts are the intervals that are kept.
func (db *DB) facts(ctx context.Context, from, to time.Time) ([]telephony.Interval, error) {
	if to.IsZero() {
		to = time.UnixMicro(1<<62 - 1)
	}
	rows, err := db.reading(ctx).Query("SELECT "+intervalColumns+` FROM intervals
		WHERE from_at < ? AND (to_at IS NULL OR to_at > ?) ORDER BY from_at, kind`, to.UnixMicro(), plainMicros(from))
	facts, err := all(rows, err, scanInterval)
	return facts, db.explain("list intervals", err)
}

// JournalPosition is how far the switch's journal was read; false when it never was.
func (db *DB) JournalPosition(ctx context.Context) (telephony.Position, bool, error) {
	var p telephony.Position
	body, _, err := db.mark(ctx, journalMark)
	if err != nil || body == "" {
		return p, false, err
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return p, false, fmt.Errorf("duty log %s: how far the journal was read is not readable: %w", db.path, err)
	}
	return p, true, nil
}

// longestCall is how long before its end a call can have come.
const longestCall = 24 * time.Hour

// SettledSince are the ids of the calls that are settled and that may have ended after a moment; none
// when nothing was read of the journal yet.
func (db *DB) SettledSince(ctx context.Context, at time.Time) ([]string, error) {
	if at.IsZero() {
		return nil, nil
	}
	rows, err := db.reading(ctx).Query("SELECT id FROM calls WHERE offered_at >= ? AND settled_by <> ''", plainMicros(at.Add(-longestCall)))
	ids, err := all(rows, err, func(row scanner) (id string, err error) { return id, row.Scan(&id) })
	return ids, db.explain("read which calls are settled", err)
}

// JournalBegun reports whether the whole journal is the daemon's to read. It is when there was
// no journal at the first start, which is noted then; one that was there already (old) is read
// from its end on.
func (db *DB) JournalBegun(ctx context.Context, old bool) (bool, error) {
	_, at, err := db.mark(ctx, begunMark)
	if err != nil || !at.IsZero() || old {
		return !at.IsZero(), err
	}
	return true, db.write(ctx, "note that the journal is read from its beginning", func(t *tx) error {
		return t.setMark(begunMark, t.now, "")
	})
}

func (db *DB) mark(ctx context.Context, name string) (body string, at time.Time, err error) {
	err = db.reading(ctx).QueryRow("SELECT body, at FROM marks WHERE name = ?", name).Scan(&body, instant{&at})
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	return body, at, db.explain("read a mark", err)
}

// Alive keeps that the switch was seen at this moment, and when it was started.
func (db *DB) Alive(ctx context.Context, at, started time.Time) error {
	return db.write(ctx, "note that the switch is seen", func(t *tx) error {
		if err := t.setMark(aliveMark, at, ""); err != nil || started.IsZero() {
			return err
		}
		return t.setMark(switchMark, started, "")
	})
}

// LastAlive is when the switch was last seen, and when it had been started; zero when never.
func (db *DB) LastAlive(ctx context.Context) (at, started time.Time, err error) {
	if _, at, err = db.mark(ctx, aliveMark); err == nil {
		_, started, err = db.mark(ctx, switchMark)
	}
	return at, started, err
}
