package sqlite

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// Answering implements dutylog.AnsweringStore. It writes nothing: what is missing is counted for the
// answer, and kept by KeepTallies.
func (db *DB) Answering(ctx context.Context, q dutylog.AnsweringQuery) (f dutylog.AnsweringFigures, err error) {
	zone := db.options.Location
	span := dutylog.AnsweringSpan{From: q.From, To: q.To, Zone: zone}
	if err := span.Check(q.By); err != nil {
		return f, err
	}
	if f.Frozen, err = db.FrozenMonths(ctx, dutylog.MonthOf(q.From, zone), dutylog.MonthOf(q.To.Add(-1), zone)); err != nil {
		return f, err
	}
	if span.Blind, err = db.blindUntil(ctx, q.From, q.To, q.Now); err != nil {
		return f, err
	}
	if f.Begun, err = db.begun(ctx); err != nil {
		return f, err
	}
	for i := range f.Frozen {
		f.Frozen[i].BlindChanged = f.Frozen[i].BlindDiffers(span.Blind, q.From, q.To, zone)
	}
	sums := map[dutylog.Month]monthSum{}
	if !q.Live {
		span.Blind = dutylog.BlindAsFrozen(span.Blind, f.Frozen, zone)
	}
	if q.By.Summed() && (!q.Live || len(f.Frozen) == 0) {
		if sums, err = db.summed(ctx, q.From, q.To, f.Frozen); err != nil {
			return f, err
		}
	}
	if q.By == dutylog.ByShift {
		if span.Shifts, err = db.shiftSpans(ctx, q, f.Frozen); err != nil {
			return f, err
		}
	}
	codes, err := db.codesOf(ctx, q, f.Frozen, sums)
	if err != nil {
		return f, err
	}
	a := dutylog.NewAnswering(span, q.By, q.Line)
	for _, code := range codes {
		if err := a.AddDay(code); err != nil {
			return f, db.explain("read the tallies of days", err)
		}
	}
	f.Groups, f.Total = a.Groups()
	return f, nil
}

// codesOf are the tallies that answer a question: sums of whole months, and days beside them. What differs now from
// a closed month is said of it.
func (db *DB) codesOf(ctx context.Context, q dutylog.AnsweringQuery, frozen []dutylog.FrozenMonth, sums map[dutylog.Month]monthSum) (codes [][]byte, err error) {
	zone := db.options.Location
	begin, err := db.firstCallDay(ctx)
	if err != nil || begin == "" {
		return nil, err
	}
	first, last := max(begin, dutylog.DateOf(q.From, zone)), dutylog.DateOf(earliest(q.To.Add(-1), q.Now), zone)
	closed := map[dutylog.Month]*dutylog.FrozenMonth{}
	for i := range frozen {
		closed[frozen[i].Month] = &frozen[i]
	}
	for m := dutylog.Month(first[:7]); m.First() <= last; m = m.Next() {
		f := closed[m]
		if sum, known := sums[m]; known {
			codes = append(codes, sum.Codes(q.By)...)
			if f != nil {
				f.Changed = sum.changed
			}
			continue
		}
		days, err := db.tallies(ctx, max(first, m.First()), min(last, m.Last()))
		if err == nil && f != nil {
			asFrozen := days
			if q.Live {
				asFrozen = maps.Clone(days)
			}
			f.Changed, err = db.replaceFrozen(ctx, m, asFrozen)
		}
		if err != nil {
			return nil, err
		}
		codes = slices.AppendSeq(codes, maps.Values(days))
	}
	return codes, nil
}

// tallies are those of days as they are now; what is not kept is counted.
func (db *DB) tallies(ctx context.Context, first, last dutylog.Date) (map[dutylog.Date][]byte, error) {
	days, err := db.keptTallies(ctx, first, last)
	for _, d := range dutylog.Dates(first, last) {
		if err == nil && days[d] == nil {
			days[d], err = db.countDay(ctx, d)
		}
	}
	return days, err
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// blindUntil lists what nobody saw, the time before the log began too; what goes on has lasted until now.
func (db *DB) blindUntil(ctx context.Context, from, to, now time.Time) ([]telephony.Interval, error) {
	blind, err := db.beforeSight(ctx, from, to)
	if err != nil {
		return nil, err
	}
	all, err := db.Intervals(ctx, from, to)
	for _, i := range all {
		if i.Kind != telephony.BlindInterval {
			continue
		}
		if i.To.IsZero() {
			i.To = i.From.Add(i.Length(now))
		}
		blind = append(blind, i)
	}
	return blind, err
}

// firstCallDay is the day of the first call; empty: there was none. Days before it are not looked at.
func (db *DB) firstCallDay(ctx context.Context) (dutylog.Date, error) {
	var at time.Time
	err := db.reading(ctx).QueryRow("SELECT min(offered_at) FROM calls").Scan(instant{&at})
	if err != nil || at.IsZero() {
		return "", db.explain("find the first call", err)
	}
	return dutylog.DateOf(at, db.options.Location), nil
}

// keptTallies are those that stand, of days with these edges: another zone has other days.
func (db *DB) keptTallies(ctx context.Context, first, last dutylog.Date) (map[dutylog.Date][]byte, error) {
	rows, err := db.reading(ctx).Query("SELECT day, from_at, to_at, tally FROM answer_days WHERE day BETWEEN ? AND ? AND tally IS NOT NULL", string(first), string(last))
	type row struct {
		day      dutylog.Date
		from, to int64
		tally    []byte
	}
	found, err := all(rows, err, func(s scanner) (r row, err error) { return r, s.Scan(&r.day, &r.from, &r.to, &r.tally) })
	kept := make(map[dutylog.Date][]byte, len(found))
	for _, r := range found {
		if from, to := db.edges(r.day); r.from == from && r.to == to && dutylog.CellsReadable(r.tally) {
			kept[r.day] = r.tally
		}
	}
	return kept, db.explain("read the tallies of days", err)
}

func (db *DB) edges(d dutylog.Date) (from, to int64) {
	return d.Start(db.options.Location).UnixMicro(), d.Add(1).Start(db.options.Location).UnixMicro()
}

// factColumns is what figures need of a call. Of an entry that was opened again for a correction it
// counts when it was complete the first time.
const factColumns = `c.id, c.line, c.direction, c.outcome, c.offered_at, c.rang_at, c.answered_at, c.ended_at, c.rule, c.findings, c.tags,
	coalesce(e.body ->> '$.values.answered_by', ''), coalesce(e.body ->> '$.responsible', ''),
	CASE WHEN e.body ->> '$.reopened_at' > 0 THEN (SELECT v.body ->> '$.completed_at' FROM revisions v WHERE v.entry_id = e.id AND v.body ->> '$.state' = 'complete' ORDER BY v.revision LIMIT 1) ELSE nullif(e.body ->> '$.completed_at', 0) END,
	e.body LIKE '%"not_given"%' AND EXISTS (SELECT 1 FROM json_each(e.body, '$.gaps') g WHERE g.value ->> 'why' = 'not_given'), e.body LIKE '%"refused"%' AND EXISTS (SELECT 1 FROM json_each(e.body, '$.gaps') g WHERE g.value ->> 'why' = 'refused'),
	r.sealed_at, coalesce(r.status, ''), m.settled_at, coalesce(m.why, ''), b.answered_at, ` + reviewOf

// reviewOf is what a call's review comes to: one about another outcome than the call has now, nothing.
const reviewOf = "coalesce((SELECT v.result FROM call_reviews v WHERE v.call_id = c.id AND v.outcome = c.outcome), '')"

const factTables = ` FROM calls c LEFT JOIN entries e ON e.call_id = c.id LEFT JOIN recordings r ON r.call_id = c.id
	LEFT JOIN missed_calls m ON m.call_id = c.id LEFT JOIN calls b ON b.id = m.by_call`

// factRow scans factColumns.
type factRow struct {
	f                               dutylog.CallFact
	answeredBy, responsible         string
	completed, sealed, settled, met time.Time
	status                          recorder.Status
	why                             dutylog.SettledWhy
}

func scanFact(row scanner) (r factRow, err error) {
	c := &r.f.Call
	return r, row.Scan(&c.ID, &c.Line, &c.Direction, &c.Outcome, instant{&c.OfferedAt}, instant{&c.RangAt}, instant{&c.AnsweredAt}, instant{&c.EndedAt}, &c.Rule,
		words[telephony.Finding]{&c.Findings}, words[telephony.Tag]{&c.Tags}, &r.answeredBy, &r.responsible, instant{&r.completed}, &r.f.NotGiven, &r.f.Refused,
		instant{&r.sealed}, &r.status, instant{&r.settled}, &r.why, instant{&r.met}, &r.f.Review)
}

// fact is the call as figures see it.
func (r factRow) fact() dutylog.CallFact {
	f, ended := r.f, r.f.Call.EndedAt
	if f.Officer = strings.TrimSpace(r.answeredBy); dutylog.PersonName(f.Officer) == "" { // as Concerned, and as it is written: closed months are compared with it
		f.Officer = r.responsible
	}
	f.Verified = !r.sealed.IsZero() && (r.status == recorder.Sealed || r.status == recorder.Expired || r.status == recorder.Erased)
	if f.Complete = !r.completed.IsZero(); f.Complete {
		f.Entered = max(0, r.completed.Sub(ended)) // one may be complete before its caller hangs up
	}
	if f.CalledBack, f.BackStated = dutylog.BackOf(r.settled, r.why) == dutylog.BackReached, r.why.Stated(); f.CalledBack && !f.BackStated {
		if r.met.IsZero() {
			r.met = r.settled
		}
		f.BackAfter = max(0, r.met.Sub(ended))
	}
	return f
}

// callFacts reads the calls of a time as figures see them.
func (db *DB) callFacts(ctx context.Context, from, to int64) ([]factRow, error) {
	rows, err := db.reading(ctx).Query("SELECT "+factColumns+factTables+" WHERE c.offered_at >= ? AND c.offered_at < ? AND c.direction = 'in' AND c.ended_at IS NOT NULL", from, to)
	facts, err := all(rows, err, scanFact)
	return facts, db.explain("read the calls of a day", err)
}

// countDay makes the tally of a day.
func (db *DB) countDay(ctx context.Context, d dutylog.Date) ([]byte, error) {
	from, to := db.edges(d)
	shifts, err := shiftsTouching(db.reading(ctx), fromMicros(from), fromMicros(to))
	if err != nil {
		return nil, db.explain("read the roster of a day", err)
	}
	facts, err := db.callFacts(ctx, from, to)
	if err != nil {
		return nil, err
	}
	cells := dutylog.Cells{}
	for _, r := range facts {
		f := r.fact()
		f.Shift = dutylog.ShiftAt(shifts, f.Call.OfferedAt, db.options.Location)
		cells.Add(f, db.options.Location)
	}
	return cells.Encode(), nil
}

// KeepTallies makes the tallies of days that are over and have none, the newest first, at most so
// many; left says whether more are to be made.
func (db *DB) KeepTallies(ctx context.Context, now time.Time, most int) (left bool, err error) {
	first, err := db.firstCallDay(ctx)
	if err != nil || first == "" {
		return false, err
	}
	last := dutylog.DateOf(now, db.options.Location).Add(-1)
	kept, err := db.keptTallies(ctx, first, last)
	if err != nil {
		return false, err
	}
	var days []dutylog.Date
	for d := last; d >= first; d = d.Add(-1) {
		if kept[d] != nil {
			continue
		}
		if len(days) == most {
			return true, db.makeTallies(ctx, days)
		}
		days = append(days, d)
	}
	return false, db.makeTallies(ctx, days)
}

// makeTallies counts days without holding up the writer: what changes meanwhile is noticed by the
// number of changes, and then nothing is kept.
func (db *DB) makeTallies(ctx context.Context, days []dutylog.Date) error {
	if len(days) == 0 {
		return nil
	}
	changes := make([]int64, len(days))
	err := db.writeSoon(ctx, "begin the tallies of days", func(t *tx) error {
		for i, d := range days {
			from, to := db.edges(d)
			if err := t.sql.QueryRow(`INSERT INTO answer_days (day, from_at, to_at, changes, tally) VALUES (?, ?, ?, 0, NULL)
				ON CONFLICT (day) DO UPDATE SET from_at = excluded.from_at, to_at = excluded.to_at, changes = changes + 1, tally = NULL RETURNING changes`,
				string(d), from, to).Scan(&changes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	codes := make([][]byte, len(days))
	for i, d := range days {
		if codes[i], err = db.countDay(ctx, d); err != nil {
			return err
		}
	}
	return db.writeSoon(ctx, "keep the tallies of days", func(t *tx) error {
		for i, d := range days {
			if err := t.exec("UPDATE answer_days SET tally = ? WHERE day = ? AND changes = ?", codes[i], string(d), changes[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
