package sqlite

import (
	"context"
	"slices"
	"time"

	"dutyline/dutylog"
)

// DutyFacts implements dutylog.DutyStore.
func (db *DB) DutyFacts(ctx context.Context, from, to, now time.Time) (f dutylog.DutyFacts, err error) {
	if f.Incidents, err = db.incidentsSince(ctx, from.Add(-dutylog.DutyFactsBefore)); err != nil {
		return f, err
	}
	// A change at the end of the time may be confirmed after it, and one at its beginning long before: from the middle
	// of the shift that ends.
	if f.Handovers, f.Begun, err = db.handoversBetween(ctx, from.Add(-dutylog.LongestShift/2), to.Add(dutylog.LongestAllowance)); err != nil {
		return f, err
	}
	if f.Shifts, err = db.Shifts(ctx, from.Add(-dutylog.LongestShift), to); err != nil {
		return f, err
	}
	first, last := dutylog.DateOf(from, db.options.Location), dutylog.DateOf(to.Add(-1), db.options.Location)
	filings, err := db.FilingFacts(ctx, first, last)
	if err != nil {
		return f, err
	}
	since, err := db.RosterSince(ctx)
	if err != nil {
		return f, err
	}
	for _, d := range filings.FilingDuties(first, last, now) {
		if first <= d.Span.First && d.Span.First <= last && !since.IsZero() && !d.Due.Before(since) {
			f.Filings = append(f.Filings, d)
		}
	}
	if f.Blind, err = db.blindUntil(ctx, from, to, now); err != nil {
		return f, err
	}
	f.Zone = db.options.Location
	f.Missed, f.Waiting, f.Calls, err = db.missedCallers(ctx, from, to)
	return f, err
}

// missedCallers counts the missed callers of a time, those who were not called back, and lists the newest of these.
func (db *DB) missedCallers(ctx context.Context, from, to time.Time) (missed, waiting int, calls []dutylog.DutyBehind, err error) {
	rows, err := db.reading(ctx).Query("SELECT call_id, at FROM missed_calls WHERE settled_at IS NULL AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?", from.UnixMicro(), to.UnixMicro(), dutylog.MostBehind)
	if calls, err = all(rows, err, func(row scanner) (b dutylog.DutyBehind, err error) {
		b.Kind = dutylog.BehindCall
		return b, row.Scan(&b.ID, instant{&b.At})
	}); err != nil {
		return 0, 0, nil, db.explain("list who was not called back", err)
	}
	err = db.reading(ctx).QueryRow("SELECT count(*), count(*) FILTER (WHERE settled_at IS NULL) FROM missed_calls WHERE at >= ? AND at < ? AND why <> ?",
		from.UnixMicro(), to.UnixMicro(), string(dutylog.NeverMissed)).Scan(&missed, &waiting)
	return missed, waiting, calls, db.explain("count the missed calls", err)
}

// incidentsSince reads the incidents that were opened since then, the newest first.
func (db *DB) incidentsSince(ctx context.Context, since time.Time) (all []dutylog.Incident, err error) {
	for q := (dutylog.IncidentQuery{Limit: largestPage}); ; {
		page, next, err := db.Incidents(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, i := range page {
			if i.Facts[0].WrittenAt.Before(since) {
				return all, nil
			}
			all = append(all, i)
		}
		if next == "" {
			return all, nil
		}
		q.Cursor = next
	}
}

// handoversBetween reads who took over, oldest first, without the sheets, and when the first one ever was.
// They are gone through from the newest on, by their numbers.
func (db *DB) handoversBetween(ctx context.Context, from, to time.Time) (found []dutylog.Handover, begun time.Time, err error) {
	s := db.reading(ctx)
	if err := s.QueryRow("SELECT min(id), at FROM handovers").Scan(new(any), instant{&begun}); err != nil {
		return nil, begun, db.explain("find the first handover", err)
	}
	rows, err := s.Query("SELECT id, at, incoming_login, incoming_name FROM handovers ORDER BY id DESC")
	if err != nil {
		return nil, begun, db.explain("list the handovers", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h dutylog.Handover
		if err := rows.Scan(&h.ID, instant{&h.At}, &h.Incoming.Login, &h.Incoming.Name); err != nil {
			return nil, begun, db.explain("list the handovers", err)
		}
		if h.At.Before(from) {
			break
		}
		if h.At.Before(to) {
			found = append(found, h)
		}
	}
	slices.Reverse(found)
	return found, begun, db.explain("list the handovers", rows.Err())
}
