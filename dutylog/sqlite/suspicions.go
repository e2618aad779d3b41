package sqlite

import (
	"context"
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
	if b.Blind, err = db.blindUntil(ctx, from.Add(-dutylog.UnmannedAfter), now, now); err != nil {
		return b, err
	}
	if b.Incidents, err = db.incidentsSince(ctx, from.Add(-dutylog.DutyFactsBefore)); err != nil {
		return b, err
	}
	if b.Since, err = db.RosterSince(ctx); err != nil {
		return b, err
	}
	b.Shifts, err = db.Shifts(ctx, from.Add(-dutylog.LongestShift), now)
	return b, err
}

// deedsAround finds what shows that somebody was here around a missed call: a talk at the duty phone, or
// anything that a person read, wrote or clicked. What a page only shows leaves no trace and is not asked.
func (db *DB) deedsAround(ctx context.Context, c telephony.Call, b *dutylog.SuspicionBooks) error {
	if c.Outcome != telephony.Missed || c.EndedAt.IsZero() {
		return nil
	}
	from, to := c.OfferedAt.Add(-dutylog.UnmannedAfter), c.EndedAt.Add(dutylog.UnmannedAfter)
	const written = " AND by_role IN ('officer', 'chief', 'leader')" // who looks from elsewhere is not here
	for _, q := range []struct {
		query string
		args  []any
	}{
		{`SELECT coalesce(answered_at, offered_at), coalesce(ended_at, ?) FROM calls WHERE offered_at >= ? AND offered_at <= ? AND coalesce(ended_at, ?) >= ? AND tags NOT LIKE '%"test"%' AND tags NOT LIKE '%"system"%'
			AND (direction = 'out' OR answered_at IS NOT NULL AND outcome IN ('', 'answered_in_time', 'answered_late'))`, []any{to, from.Add(-12 * time.Hour), to, to, from}},
		{"SELECT at, at FROM accesses WHERE at BETWEEN ? AND ?" + written, []any{from, to}},
		{"SELECT acknowledged_at, acknowledged_at FROM alerts WHERE at BETWEEN ? AND ? AND acknowledged_at BETWEEN ? AND ? AND acknowledged_role IN ('officer', 'chief', 'leader')", []any{from.Add(-24 * time.Hour), to, from, to}},
		{"SELECT r.at, r.at FROM entries e JOIN revisions r ON r.entry_id = e.id WHERE e.call_at BETWEEN ? AND ? AND r.at BETWEEN ? AND ? AND r.by_role IN ('officer', 'chief', 'leader')", []any{from.Add(-24 * time.Hour), to, from, to}},
		{"SELECT at, at FROM handovers WHERE at BETWEEN ? AND ?", []any{from, to}},
		{"SELECT at, at FROM task_marks WHERE at BETWEEN ? AND ?" + written, []any{from, to}},
		{"SELECT written_at, written_at FROM incident_facts WHERE written_at BETWEEN ? AND ?" + written, []any{from, to}},
	} {
		for n, a := range q.args {
			q.args[n] = a.(time.Time).UnixMicro()
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
