package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"dutyline/dutylog"
)

// dutyToFreeze is the other work of a month as it is judged now.
func (db *DB) dutyToFreeze(ctx context.Context, from, to, now time.Time) (string, error) {
	facts, err := db.DutyFacts(ctx, from, to, now)
	if err != nil {
		return "", err
	}
	rows, err := db.reading(ctx).Query("SELECT m.call_id, m.at, m.settled_at, m.why, c.outcome, c.line FROM missed_calls m JOIN calls c ON c.id = m.call_id WHERE m.at >= ? AND m.at < ? AND m.why <> ? ORDER BY m.at, m.call_id", from.UnixMicro(), to.UnixMicro(), string(dutylog.NeverMissed))
	missed, err := all(rows, err, func(row scanner) (m dutylog.MissedFact, err error) {
		return m, row.Scan(&m.Call.ID, instant{&m.Call.OfferedAt}, instant{&m.Settled}, &m.Why, &m.Call.Outcome, &m.Call.Line)
	})
	if err != nil {
		return "", err
	}
	frozen := dutylog.FreezeDuty(facts, missed, db.options.Allowance, from, to, now)
	frozen.Shifts = dutylog.ShiftSpans(facts.Shifts, from, to, now, db.options.Location)
	text, err := json.Marshal(frozen)
	return string(text), err
}

// closedShifts are the shifts that were on the roster of a month when it was closed.
func (db *DB) closedShifts(ctx context.Context, m dutylog.Month) (shifts []dutylog.Shift, err error) {
	var spans []dutylog.ShiftSpan
	err = db.reading(ctx).QueryRow("SELECT coalesce(nullif(duty, '') -> '$.shifts', '[]') FROM answer_months WHERE month = ?", string(m)).Scan(fromJSON[dutylog.ShiftSpan]{&spans})
	for _, s := range spans {
		shifts = append(shifts, dutylog.Shift{From: s.From, To: s.To, Post: dutylog.PostOfficer})
	}
	return shifts, db.explain("read the shifts of a closed month", err)
}

// shiftSpans are the shifts of a time that have a row, whether anybody called or not: in closed months those that were on
// the roster when they were closed, so that what is entered there afterwards makes no new row, and takes none away.
func (db *DB) shiftSpans(ctx context.Context, q dutylog.AnsweringQuery, closed []dutylog.FrozenMonth) (spans []dutylog.ShiftSpan, err error) {
	zone, at := db.options.Location, q.From
	shifts, err := shiftsTouching(db.reading(ctx), q.From, q.To)
	if err != nil {
		return nil, db.explain("read the roster of a time", err)
	}
	if q.Live {
		closed = nil
	}
	for _, f := range closed {
		begin, end := f.Month.Span(zone)
		then, err := db.closedShifts(ctx, f.Month)
		if err != nil {
			return nil, err
		}
		spans = append(spans, dutylog.ShiftSpans(shifts, at, begin, q.Now, zone)...)
		if at.Before(begin) {
			at = begin
		}
		end = earliest(end, q.To)
		spans = append(spans, dutylog.ShiftSpans(then, at, end, q.Now, zone)...)
		at = end
	}
	return append(spans, dutylog.ShiftSpans(shifts, at, q.To, q.Now, zone)...), nil
}

// closedDuty lists the closed months whose other work is frozen, too; what it was is read when it is wanted.
func (db *DB) closedDuty(ctx context.Context, first, last dutylog.Month) ([]dutylog.DutyPart, error) {
	rows, err := db.reading(ctx).Query("SELECT month, zone, calls, digest, blind, x'', by_login, by_name, by_role, at FROM answer_months WHERE month BETWEEN ? AND ? AND octet_length(duty) > 0 ORDER BY month", string(first), string(last))
	parts, err := all(rows, err, func(row scanner) (p dutylog.DutyPart, err error) {
		m, err := scanMonth(row)
		p.Month = &m
		return p, err
	})
	return parts, db.explain("read the duty figures of closed months", err)
}

// frozenDuty reads what was frozen of a month.
func (db *DB) frozenDuty(ctx context.Context, m dutylog.Month) (d dutylog.FrozenDuty, err error) {
	var text string
	if err := db.reading(ctx).QueryRow("SELECT duty FROM answer_months WHERE month = ?", string(m)).Scan(&text); err != nil {
		return d, db.explain("read the duty figures of a closed month", err)
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("the duty figures of the closed month %s are not readable: %w", m, err)
	}
	return d, nil
}

// dutySums are the figures of whole closed months, by month and line. What is frozen never changes, so each is counted
// once since the log was opened.
type dutySums struct {
	mu   sync.Mutex
	kept map[dutySumOf]dutySum
}

type dutySumOf struct {
	month dutylog.Month
	line  string // empty: of the duty room
}

type dutySum struct {
	shares    []dutylog.DutyShare // nobody changes them
	allowance time.Duration
	noted     bool // an older program noted no lines
}

func (s *dutySums) get(of dutySumOf) (dutySum, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum, known := s.kept[of]
	return sum, known
}

func (s *dutySums) put(of dutySumOf, sum dutySum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= mostSums {
		s.kept = map[dutySumOf]dutySum{}
	}
	s.kept[of] = sum
}

// dutySum counts a part of a closed month from what was frozen; a whole month once.
func (db *DB) dutySum(ctx context.Context, p dutylog.DutyPart, line string) (sum dutySum, err error) {
	month, zone, of := p.Month.Month, db.options.Location, dutySumOf{p.Month.Month, line}
	begin, end := month.Span(zone)
	whole := p.From.Equal(begin) && p.To.Equal(end)
	if whole {
		if sum, known := db.dutySums.get(of); known {
			return sum, nil
		}
	}
	d, err := db.frozenDuty(ctx, month)
	if err != nil {
		return sum, err
	}
	sum.noted = true
	if line != "" {
		d, sum.noted = d.OfLine(line)
	}
	sum.allowance, sum.shares = d.Allowance, d.Shares(p.From, p.To, zone, p.Month.Blind)
	if whole {
		db.dutySums.put(of, sum)
	}
	return sum, nil
}

// sumDuty counts the closed months of a time that nobody asked for yet, so that nobody who asks waits for them.
func (db *DB) sumDuty(ctx context.Context, first, last dutylog.Month) error {
	closed, err := db.closedDuty(ctx, first, last)
	for _, p := range closed {
		p.From, p.To = p.Month.Month.Span(db.options.Location)
		if _, err := db.dutySum(ctx, p, ""); err != nil {
			return err
		}
	}
	return err
}

// DutyFigures implements dutylog.DutyStore.
func (db *DB) DutyFigures(ctx context.Context, q dutylog.DutyQuery) (a dutylog.DutyAnswer, err error) {
	from, to := q.From, q.To
	facts, err := db.dutyFactsOf(ctx, q)
	if err != nil {
		return a, err
	}
	zone, at := db.options.Location, from
	closed, err := db.closedDuty(ctx, dutylog.MonthOf(from, zone), dutylog.MonthOf(to.Add(-1), zone))
	if err != nil {
		return a, err
	}
	var parts []dutylog.DutyPart
	for _, p := range closed {
		p.From, p.To = p.Month.Month.Span(zone)
		if p.From.Before(from) {
			p.From = from
		}
		p.To = earliest(p.To, to)
		then, err := db.dutySum(ctx, p, q.Line)
		if err != nil {
			return a, err
		}
		if !then.noted {
			continue // that part is as it is now
		}
		p.Then, p.Allowance = then.shares, then.allowance
		if at.Before(p.From) {
			parts = append(parts, dutylog.DutyPart{From: at, To: p.From})
		}
		parts, at = append(parts, p), p.To
	}
	if at.Before(to) {
		parts = append(parts, dutylog.DutyPart{From: at, To: to})
	}
	for i := range parts {
		p := &parts[i]
		if p.From.Equal(from) && p.To.Equal(to) { // all of it, as it was read already
			p.DutyCallers = facts.DutyCallers
			continue
		}
		if p.DutyCallers, err = db.callersOf(ctx, p.From, p.To, q.Line); err != nil {
			return a, err
		}
	}
	if a = dutylog.DutyAnswerOf(facts, parts, q.Allowance, q.Now); q.Line != "" {
		a = a.OfCalls()
	}
	return a, nil
}

// dutyFactsOf reads what the figures are made of: of a line its calls alone.
func (db *DB) dutyFactsOf(ctx context.Context, q dutylog.DutyQuery) (f dutylog.DutyFacts, err error) {
	if q.Line == "" {
		return db.DutyFacts(ctx, q.From, q.To, q.Now)
	}
	f.Zone = db.options.Location
	if f.Blind, err = db.blindUntil(ctx, q.From, q.To, q.Now); err != nil {
		return f, err
	}
	if f.LogBegun, err = db.begun(ctx); err != nil {
		return f, err
	}
	f.DutyCallers, err = db.callersOf(ctx, q.From, q.To, q.Line)
	return f, err
}
