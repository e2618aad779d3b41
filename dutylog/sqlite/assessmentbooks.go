package sqlite

import (
	"context"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// AssessmentBooks implements dutylog.AssessmentStore. What is counted and what is listed are of one state, which is
// the log as it is now: of a closed month there are no lists, and what came since belongs on a sheet that is signed later.
func (db *DB) AssessmentBooks(ctx context.Context, m dutylog.Month, line string, calendar dutylog.TaskCalendar, now time.Time) (b dutylog.AssessmentBooks, err error) {
	zone := db.options.Location
	b.From, b.To = m.First().Start(zone), m.Next().First().Start(zone)
	figures, err := db.Answering(ctx, dutylog.AnsweringQuery{From: b.From, To: b.To, By: dutylog.ByMonth, Line: line, Live: true, Now: now})
	if err != nil {
		return b, err
	}
	b.Tally, b.Blind, b.Frozen = figures.Total.Tally, figures.Total.Blind, len(figures.Frozen) > 0
	b.Closed = b.Frozen && len(figures.Frozen[0].Changed) == 0
	for _, read := range []func(context.Context, string, *dutylog.AssessmentBooks, time.Time) error{db.assessedCalls, db.assessedEntries, db.assessedMissed, db.assessedAlerts} {
		if err := read(ctx, line, &b, now); err != nil {
			return b, err
		}
	}
	if b.Duty, err = db.DutyFacts(ctx, b.From, b.To, now); err != nil {
		return b, err
	}
	if b.Since, err = db.RosterSince(ctx); err != nil {
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

// againstOutcomes are those of which some figure may say that they did not go well.
const againstOutcomes = "c.outcome IN ('answered_late', 'missed', 'rejected', 'engaged', 'unreachable', 'forwarded', 'answered_elsewhere', 'answered_by_machine')"

// assessedCalls reads the calls of a line that may stand against somebody.
func (db *DB) assessedCalls(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) error {
	rows, err := db.reading(ctx).Query("SELECT "+factColumns+factTables+" WHERE c.line = ? AND c.offered_at >= ? AND c.offered_at < ? AND c.direction = 'in' AND c.ended_at IS NOT NULL AND "+againstOutcomes+
		" ORDER BY c.offered_at, c.id", line, b.From.UnixMicro(), b.To.UnixMicro())
	facts, err := all(rows, err, scanFact)
	for _, r := range facts {
		b.Calls = append(b.Calls, r.fact())
	}
	return db.explain("read the calls that stand against somebody", err)
}

// assessedEntries reads entries of calls that were not complete in time, or are not yet: as many as a sheet lists,
// and none where the tally says that there is none.
func (db *DB) assessedEntries(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) error {
	if b.LateEntries() <= 0 {
		return nil
	}
	rows, err := db.reading(ctx).Query("SELECT e.id, "+factColumns+factTables+" WHERE c.line = ? AND c.offered_at >= ? AND c.offered_at < ? AND c.direction = 'in' AND c.outcome <> 'unknown' AND c.ended_at IS NOT NULL AND e.id IS NOT NULL"+
		" AND (e.state <> 'complete' OR e.body ->> '$.reopened_at' > 0 OR e.body ->> '$.completed_at' > c.ended_at + ?) ORDER BY c.offered_at DESC LIMIT ?", line, b.From.UnixMicro(), b.To.UnixMicro(),
		dutylog.EntryInTime.Microseconds(), b.LateEntries())
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

// missedFacts reads who was missed; empty: on every line.
func (db *DB) missedFacts(ctx context.Context, line string, from, to time.Time) ([]dutylog.MissedFact, error) {
	rows, err := db.reading(ctx).Query(missedSelect+" WHERE m.at >= ? AND m.at < ? AND m.why <> ? AND (c.line = ? OR ? = '') ORDER BY m.at, m.call_id", from.UnixMicro(), to.UnixMicro(), string(dutylog.NeverMissed), line, line)
	found, err := all(rows, err, scanMissed)
	facts := make([]dutylog.MissedFact, len(found))
	for n, m := range found {
		facts[n] = dutylog.MissedFact{Call: m.Call.Call, Settled: m.SettledAt, Why: m.Why}
	}
	return facts, db.explain("read the missed calls of a time", err)
}

// toldReasons are the alerts by which a line was forwarded or misused; only what is certain, or proved by a
// test call, counts, and nothing that the site's policy takes for information.
var toldReasons = map[alerts.Reason]bool{alerts.ReasonForwardCode: true, alerts.ReasonFeatureForward: true, alerts.ReasonPhoneRedirect: true, alerts.ReasonTestForwarded: true,
	alerts.ReasonTestRingback: true, alerts.ReasonMisuseNumber: false, alerts.ReasonMisuseDuration: false}

func (db *DB) assessedAlerts(ctx context.Context, line string, b *dutylog.AssessmentBooks, _ time.Time) error {
	rows, err := db.reading(ctx).Query("SELECT id, reason, at FROM alerts WHERE at >= ? AND at < ? AND line = ? AND severity <> 'info' AND certainty IN ('certain', 'proved_by_test') ORDER BY at, id",
		b.From.UnixMicro(), b.To.UnixMicro(), line)
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
