package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dutyline/dutylog"
)

// dutyToFreeze is the other work of a month as it is judged now.
func (db *DB) dutyToFreeze(ctx context.Context, from, to, now time.Time) (string, error) {
	facts, err := db.DutyFacts(ctx, from, to, now)
	if err != nil {
		return "", err
	}
	rows, err := db.reading(ctx).Query("SELECT m.call_id, m.at, m.settled_at, c.outcome, c.line FROM missed_calls m JOIN calls c ON c.id = m.call_id WHERE m.at >= ? AND m.at < ? AND m.why <> ? ORDER BY m.at, m.call_id", from.UnixMicro(), to.UnixMicro(), string(dutylog.NeverMissed))
	missed, err := all(rows, err, func(row scanner) (m dutylog.MissedFact, err error) {
		return m, row.Scan(&m.Call.ID, instant{&m.Call.OfferedAt}, instant{&m.Settled}, &m.Call.Outcome, &m.Call.Line)
	})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(dutylog.FreezeDuty(facts, missed, db.options.Allowance, from, to, now))
	return string(text), err
}

// closedDuty reads the closed months whose other work is frozen, too.
func (db *DB) closedDuty(ctx context.Context, first, last dutylog.Month) ([]dutylog.DutyPart, error) {
	rows, err := db.reading(ctx).Query("SELECT month, zone, calls, digest, blind, x'', by_login, by_name, by_role, at, duty FROM answer_months WHERE month BETWEEN ? AND ? AND duty <> '' ORDER BY month", string(first), string(last))
	parts, err := all(rows, err, func(row scanner) (p dutylog.DutyPart, err error) {
		var text string
		m, err := scanMonth(followed{row, []any{&text}})
		if p.Month = &m; err != nil {
			return p, err
		}
		if err = json.Unmarshal([]byte(text), &p.Frozen); err != nil {
			err = fmt.Errorf("the duty figures of the closed month %s are not readable: %w", m.Month, err)
		}
		return p, err
	})
	return parts, db.explain("read the duty figures of closed months", err)
}

// followed scans more than somebody asked for, behind it.
type followed struct {
	scanner
	more []any
}

func (f followed) Scan(targets ...any) error { return f.scanner.Scan(append(targets, f.more...)...) }

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
		if q.Line != "" {
			var noted bool
			if p.Frozen, noted = p.Frozen.OfLine(q.Line); !noted {
				continue // that part is as it is now
			}
		}
		p.From, p.To = p.Month.Month.First().Start(zone), p.Month.Month.Next().First().Start(zone)
		if p.From.Before(from) {
			p.From = from
		}
		p.To = earliest(p.To, to)
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
	f.DutyCallers, err = db.callersOf(ctx, q.From, q.To, q.Line)
	return f, err
}
