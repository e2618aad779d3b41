package sqlite

import (
	"context"
	"slices"
	"strconv"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// SuspicionBooks implements dutylog.ViolationStore.
func (db *DB) SuspicionBooks(ctx context.Context, from, now time.Time) (b dutylog.SuspicionBooks, err error) {
	b.Zone = db.options.Location
	if b.Missed, err = db.missedFacts(ctx, "", from, now); err != nil {
		return b, err
	}
	for _, m := range b.Missed {
		if err := db.deedsAround(ctx, m.Call, &b); err != nil {
			return b, err
		}
	}
	rows, err := db.reading(ctx).Query(callSelect+" WHERE c.offered_at >= ? AND c.direction = 'in' AND c.outcome IN ('forwarded', 'answered_elsewhere', 'answered_by_machine') AND "+ofPeople+" ORDER BY c.offered_at, c.id",
		from.UnixMicro())
	gone, err := all(rows, err, scanCall)
	if err != nil {
		return b, db.explain("read the calls that came out elsewhere", err)
	}
	for _, c := range gone {
		b.Elsewhere = append(b.Elsewhere, c.Call)
	}
	if err := db.pagesAway(ctx, from.Add(-24*time.Hour), &b); err != nil {
		return b, err
	}
	if b.Unseen, err = db.unwatched(ctx, from.Add(-dutylog.UnmannedAfter), now); err != nil {
		return b, err
	}
	if b.Incidents, err = db.incidentsFrom(ctx, from); err != nil {
		return b, err
	}
	if b.Since, err = db.RosterSince(ctx); err != nil {
		return b, err
	}
	b.Shifts, err = db.Shifts(ctx, from.Add(-dutylog.LongestShift), now)
	return b, err
}

// unwatched are the intervals in which something that happened may have left no trace here.
func (db *DB) unwatched(ctx context.Context, from, to time.Time) ([]telephony.Interval, error) {
	all, err := db.Intervals(ctx, from, to)
	if err != nil {
		return nil, err
	}
	before, err := db.beforeSight(ctx, from, to)
	return append(before, slices.DeleteFunc(all, func(i telephony.Interval) bool { return !i.Unwatched() })...), err
}

// deedQuery finds something that a person did, which lasted from one moment to another. Its conditions are those of
// the time that is asked for: whatever row it finds lies in it, so that one row is enough.
type deedQuery struct {
	query string
	args  []any
}

// deedsOf are the questions for what was done from one moment to another: a talk at the duty phone, or anything that a
// person on duty read, wrote or clicked, however old the thing is about which they did it. Who looks from elsewhere is not here.
func deedsOf(from, to time.Time) []deedQuery {
	const here = " AND by_role IN ('officer', 'chief', 'leader')"
	at := func(table, column, role string) deedQuery {
		return deedQuery{"SELECT " + column + ", " + column + " FROM " + table + " WHERE " + column + " BETWEEN ? AND ?" + role, []any{from, to}}
	}
	// The same look again is noted only once within a while: a look that was noted before may go on. The list of incidents
	// is read by an open page itself, and speaks for nobody.
	looked := deedQuery{"SELECT at, at + ? FROM accesses WHERE at BETWEEN ? AND ? AND object <> 'incidents'" + here, []any{dutylog.AccessAgain, from.Add(-dutylog.AccessAgain), to}}
	return []deedQuery{
		{`SELECT coalesce(answered_at, offered_at), coalesce(ended_at, ?) FROM calls WHERE offered_at >= ? AND offered_at <= ? AND coalesce(answered_at, offered_at) <= ? AND coalesce(ended_at, ?) >= ?
			AND tags NOT LIKE '%"test"%' AND tags NOT LIKE '%"system"%' AND (direction = 'out' OR answered_at IS NOT NULL AND outcome IN ('', 'answered_in_time', 'answered_late'))`, []any{to, from.Add(-12 * time.Hour), to, to, to, from}},
		looked,
		at("alerts", "acknowledged_at", " AND acknowledged_role IN ('officer', 'chief', 'leader')"),
		at("revisions", "at", here),
		at("missed_calls", "settled_at", here),
		at("handovers", "at", ""),
		at("task_marks", "at", here),
		at("incident_facts", "written_at", here),
	}
}

// deedsAround finds what shows that somebody was here around a missed call. What a page only shows leaves no trace and is
// not asked.
func (db *DB) deedsAround(ctx context.Context, c telephony.Call, b *dutylog.SuspicionBooks) error {
	if c.Outcome != telephony.Missed || c.EndedAt.IsZero() {
		return nil
	}
	for _, q := range deedsOf(c.OfferedAt.Add(-dutylog.UnmannedAfter), c.EndedAt.Add(dutylog.UnmannedAfter)) {
		for n, a := range q.args {
			switch x := a.(type) {
			case time.Time:
				q.args[n] = x.UnixMicro()
			case time.Duration:
				q.args[n] = x.Microseconds()
			}
		}
		rows, err := db.reading(ctx).Query(q.query+" LIMIT 1", q.args...)
		found, err := all(rows, err, func(row scanner) (d dutylog.Doing, err error) {
			return d, row.Scan(instant{&d.From}, instant{&d.To})
		})
		if err != nil {
			return db.explain("look for what was done around a missed call", err)
		}
		if b.Deeds = append(b.Deeds, found...); len(found) > 0 {
			return nil // one is enough
		}
	}
	return nil
}

// pagesAway reads when it was told that no officer's page was open.
func (db *DB) pagesAway(ctx context.Context, from time.Time, b *dutylog.SuspicionBooks) error {
	rows, err := db.reading(ctx).Query("SELECT id, at, over_at FROM alerts WHERE at >= ? AND reason = ? ORDER BY at", from.UnixMicro(), string(alerts.ReasonPage))
	_, err = all(rows, err, func(row scanner) (id int64, err error) {
		var at, until time.Time
		if err = row.Scan(&id, instant{&at}, instant{&until}); err == nil {
			b.Away = append(b.Away, dutylog.EvidenceLink{Kind: dutylog.EvidenceAlert, ID: strconv.FormatInt(id, 10), At: at, What: string(alerts.ReasonPage)})
			b.AwayUntil = append(b.AwayUntil, until)
		}
		return id, err
	})
	return db.explain("read when no page was open", err)
}
