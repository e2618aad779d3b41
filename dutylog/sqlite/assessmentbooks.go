package sqlite

import (
	"context"
	"slices"
	"strings"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// AssessmentBooks implements dutylog.AssessmentStore. What is counted and what is listed are of one state, which is
// the log as it is now: of a closed month there are no lists, and what came since belongs on a sheet that is signed later.
func (db *DB) AssessmentBooks(ctx context.Context, m dutylog.Month, line string, calendar dutylog.TaskCalendar, now time.Time) (b dutylog.AssessmentBooks, err error) {
	zone := db.options.Location
	b.From, b.To = m.First().Start(zone), m.Next().First().Start(zone)
	figures, err := db.Answering(ctx, dutylog.AnsweringQuery{From: b.From, To: b.To, By: dutylog.ByLine, Line: line, Live: true, Now: now})
	if err != nil {
		return b, err
	}
	b.Tally, b.Blind, b.Frozen = figures.Total.Tally, figures.Total.Blind, len(figures.Frozen) > 0
	b.Closed = b.Frozen && len(figures.Frozen[0].Changed) == 0 && !figures.Frozen[0].BlindChanged
	b.Lines = db.assessedLines(figures.Groups, line)
	for _, read := range []func(context.Context, string, *dutylog.AssessmentBooks, time.Time) error{db.assessedCalls, db.assessedEntries, db.assessedMissed, db.assessedAlerts} {
		if err := read(ctx, line, &b, now); err != nil {
			return b, err
		}
	}
	if b.Duty, err = db.DutyFacts(ctx, b.From, b.To, now); err != nil {
		return b, err
	}
	books, err := db.TaskBooks(ctx, b.From, b.To)
	if err != nil {
		return b, err
	}
	if len(books.Rules) > 0 {
		b.Tasks = dutylog.Tasks(books, calendar, b.From, b.To, now)
	}
	return b, db.assessedSayings(ctx, m, &b)
}

// assessedLines are the lines of a sheet: those that had calls, and of the room's all that it has today, for that a line
// was not called at all is told too.
func (db *DB) assessedLines(groups []dutylog.AnsweringGroup, line string) (all []dutylog.LineTally) {
	for _, g := range groups {
		all = append(all, dutylog.LineTally{Line: g.Key, Tally: g.Tally})
	}
	for _, name := range db.options.Lines {
		if line == "" && !slices.ContainsFunc(all, func(l dutylog.LineTally) bool { return l.Line == name }) {
			all = append(all, dutylog.LineTally{Line: name})
		}
	}
	slices.SortFunc(all, func(a, b dutylog.LineTally) int { return strings.Compare(a.Line, b.Line) })
	return all
}

// assessedCallsOf reads the calls of an outcome, oldest first: by their outcome, whatever SQLite thinks of the line.
const assessedCallsOf = "SELECT " + factColumns + factTables + " WHERE c.outcome = ? AND c.offered_at >= ? AND c.offered_at < ? AND (+c.line = ? OR ? = '') AND c.direction = 'in' AND c.ended_at IS NOT NULL ORDER BY c.offered_at, c.id"

// assessedCalls reads the calls that stand against somebody, of each outcome as many as a sheet lists.
func (db *DB) assessedCalls(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) error {
	for _, o := range dutylog.AgainstOutcomes() {
		rows, err := db.reading(ctx).Query(assessedCallsOf, string(o), b.From.UnixMicro(), b.To.UnixMicro(), line, line)
		if err != nil {
			return db.explain("read the calls that stand against somebody", err)
		}
		var found dutylog.AgainstList
		for full := false; !full && rows.Next(); {
			r, err := scanFact(rows)
			if err != nil {
				_ = rows.Close()
				return db.explain("read the calls that stand against somebody", err)
			}
			full = found.Add(r.fact())
		}
		_ = rows.Close()
		if err := rows.Err(); err != nil {
			return db.explain("read the calls that stand against somebody", err)
		}
		b.Calls = append(b.Calls, found.Calls...)
	}
	return nil
}

// slowEntries is the condition of the index entries_slow, in its very words.
const slowEntries = "e.call_id IS NOT NULL AND (e.state <> 'complete' OR e.body ->> '$.reopened_at' > 0 OR e.body ->> '$.completed_at' > e.call_at + 3600000000)"

// assessedEntriesOf reads entries that were slow, by the time of their calls.
const assessedEntriesOf = "SELECT e.id, " + factColumns + ` FROM entries e INDEXED BY entries_slow JOIN calls c ON c.id = e.call_id LEFT JOIN recordings r ON r.call_id = c.id
	LEFT JOIN missed_calls m ON m.call_id = c.id LEFT JOIN calls b ON b.id = m.by_call WHERE ` + slowEntries + ` AND e.call_at >= ? AND e.call_at < ? AND (+c.line = ? OR ? = '') AND c.direction = 'in' AND c.outcome <> 'unknown'
	AND c.ended_at IS NOT NULL AND (e.state <> 'complete' OR e.body ->> '$.reopened_at' > 0 OR e.body ->> '$.completed_at' > c.ended_at + ?) ORDER BY e.call_at DESC, e.id DESC LIMIT ?`

// assessedEntries reads entries of calls that were not complete in time, or are not yet: as many as a sheet lists,
// and none where the tally says that there is none.
func (db *DB) assessedEntries(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) error {
	if b.LateEntries() <= 0 {
		return nil
	}
	rows, err := db.reading(ctx).Query(assessedEntriesOf, b.From.UnixMicro(), b.To.UnixMicro(), line, line, dutylog.EntryInTime.Microseconds(), b.LateEntries())
	_, err = all(rows, err, func(row scanner) (id string, err error) {
		r, err := scanFact(prefixed{row, []any{&id}})
		if f := r.fact(); err == nil && (!f.Complete || f.Entered > dutylog.EntryInTime) {
			b.Entries = append(b.Entries, dutylog.EntryDelay{ID: id, Call: f, Complete: f.Complete})
		}
		return id, err
	})
	return db.explain("read the entries that were late", err)
}

func (db *DB) assessedMissed(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) (err error) {
	b.Missed, err = db.missedFacts(ctx, line, b.From, b.To)
	return err
}

// unanswered is the condition of the index calls_unanswered, in its very words: calls that figures count, and whose
// callers spoke with nobody at the duty phone.
const unanswered = `c.direction = 'in' AND c.outcome IN ('missed', 'abandoned_early', 'engaged', 'rejected', 'unreachable', 'forwarded', 'answered_by_machine') AND c.tags NOT LIKE '%"test"%' AND c.tags NOT LIKE '%"system"%'`

const missedFactsOf = "SELECT c.id, c.line, c.outcome, c.offered_at, c.ended_at, m.settled_at, m.why, b.answered_at FROM calls c INDEXED BY calls_unanswered JOIN missed_calls m ON m.call_id = c.id LEFT JOIN calls b ON b.id = m.by_call WHERE " + unanswered +
	" AND c.outcome = 'missed' AND c.offered_at >= ? AND c.offered_at < ? AND (+c.line = ? OR ? = '') AND c.ended_at IS NOT NULL ORDER BY c.offered_at, c.id"

// missedFacts reads who was missed; empty: on every line.
func (db *DB) missedFacts(ctx context.Context, line string, from, to time.Time) ([]dutylog.MissedFact, error) {
	rows, err := db.reading(ctx).Query(missedFactsOf, from.UnixMicro(), to.UnixMicro(), line, line)
	facts, err := all(rows, err, func(row scanner) (m dutylog.MissedFact, err error) {
		c := &m.Call
		c.Direction = telephony.Inbound
		err = row.Scan(&c.ID, &c.Line, &c.Outcome, instant{&c.OfferedAt}, instant{&c.EndedAt}, instant{&m.Settled}, &m.Why, instant{&m.Reached})
		if m.Back() == dutylog.BackReached && m.Reached.IsZero() {
			m.Reached = m.Settled // by another phone: when that was said
		}
		return m, err
	})
	return facts, db.explain("read the missed calls of a time", err)
}

// toldReasons are the alerts by which a line was forwarded or misused; only what is certain, or proved by a
// test call, counts, and nothing that the site's policy takes for information.
var toldReasons = map[alerts.Reason]bool{alerts.ReasonForwardCode: true, alerts.ReasonFeatureForward: true, alerts.ReasonPhoneRedirect: true, alerts.ReasonTestForwarded: true,
	alerts.ReasonTestRingback: true, alerts.ReasonMisuseNumber: false, alerts.ReasonMisuseDuration: false}

func (db *DB) assessedAlerts(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) error {
	rows, err := db.reading(ctx).Query("SELECT id, reason, at FROM alerts WHERE at >= ? AND at < ? AND (line = ? OR ? = '') AND severity <> 'info' AND certainty IN ('certain', 'proved_by_test') ORDER BY at, id",
		b.From.UnixMicro(), b.To.UnixMicro(), line, line)
	_, err = all(rows, err, func(row scanner) (a dutylog.ToldMisuse, err error) {
		if err = row.Scan(&a.ID, &a.Reason, instant{&a.At}); err != nil {
			return a, err
		}
		if forwarded, told := toldReasons[alerts.Reason(a.Reason)]; told {
			a.Forwarded = forwarded
			b.Alerts = append(b.Alerts, a)
		}
		return a, nil
	})
	return db.explain("read the alerts of a month", err)
}

// assessedSayings reads what people said: spot checks, recordings that were reviewed, violations that were upheld.
func (db *DB) assessedSayings(ctx context.Context, m dutylog.Month, b *dutylog.AssessmentBooks) error {
	checks, _, err := db.SpotChecks(ctx, dutylog.SpotCheckQuery{From: b.From, To: b.To, Direction: "in", Limit: largestPage})
	if err != nil {
		return err
	}
	b.Checks = checks
	draws, err := db.Draws(ctx, m)
	if err != nil {
		return err
	}
	for _, d := range draws {
		_, facts, err := db.Draw(ctx, d.ID)
		if err != nil {
			return err
		}
		b.Listened = append(b.Listened, d.Listened(facts)...)
	}
	b.Upheld, _, _, err = db.Violations(ctx, dutylog.ViolationQuery{From: b.From, To: b.To, State: dutylog.ViolationUpheld, Limit: largestPage})
	return err
}
