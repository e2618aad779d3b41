package sqlite

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// DutyFacts implements dutylog.DutyStore.
func (db *DB) DutyFacts(ctx context.Context, from, to, now time.Time) (f dutylog.DutyFacts, err error) {
	if f.Incidents, err = db.incidentsFrom(ctx, from); err != nil {
		return f, err
	}
	// A change at the end of the time may be confirmed after it, late even until the next change, and one at its beginning
	// long before: from the middle of the shift that ends.
	if f.Handovers, f.Begun, err = db.handoversBetween(ctx, from.Add(-dutylog.LongestShift/2), to.Add(dutylog.LongestShift)); err != nil {
		return f, err
	}
	if f.Shifts, err = db.Shifts(ctx, from.Add(-dutylog.LongestShift), to.Add(dutylog.LongestShift)); err != nil {
		return f, err
	}
	first, last := dutylog.DateOf(from, db.options.Location), dutylog.DateOf(to.Add(-1), db.options.Location)
	filings, err := db.FilingFacts(ctx, first, last)
	if err != nil {
		return f, err
	}
	if f.RosterSince, err = db.RosterSince(ctx); err != nil {
		return f, err
	}
	filed, err := db.RosterFiled(ctx)
	if err != nil {
		return f, err
	}
	for _, d := range filings.FilingDuties(first, last, now) {
		if first <= d.Span.First && d.Span.First <= last && !filed.IsZero() && !d.Due.Before(filed) {
			f.Filings = append(f.Filings, d)
		}
	}
	if f.Blind, err = db.blindUntil(ctx, from, to, now); err != nil {
		return f, err
	}
	if f.LogBegun, err = db.begun(ctx); err != nil {
		return f, err
	}
	f.Zone = db.options.Location
	f.DutyCallers, err = db.callersOf(ctx, from, to, "")
	return f, err
}

const (
	unansweredCount = "SELECT count(*) FROM calls c INDEXED BY calls_unanswered WHERE " + unanswered + " AND c.outcome = ? AND c.offered_at >= ? AND c.offered_at < ?"
	unansweredWait  = "SELECT c.id, c.outcome, c.offered_at FROM missed_calls m INDEXED BY missed_calls_waiting CROSS JOIN calls c ON c.id = m.call_id WHERE m.settled_at IS NULL AND m.at >= ? AND m.at < ? AND " + unanswered + waitOrder
	waitOrder       = " ORDER BY m.at DESC, m.call_id DESC"
	callersLine     = " AND +c.line = ?" // the indexes have no lines
)

// unansweredOnes are the outcomes of unanswered, the missed calls first.
var unansweredOnes = []telephony.Outcome{telephony.Missed, telephony.AbandonedEarly, telephony.Engaged, telephony.Rejected, telephony.Unreachable, telephony.Forwarded, telephony.AnsweredByMachine}

// callersOf reads whose calls nobody took at the duty phone, and who of them waits: the missed ones, and beside
// them the others. Of a line, or of all of them.
func (db *DB) callersOf(ctx context.Context, from, to time.Time, line string) (f dutylog.DutyCallers, err error) {
	count, wait, times := unansweredCount, unansweredWait, []any{from.UnixMicro(), to.UnixMicro()}
	if line != "" {
		count, wait, times = count+callersLine, strings.TrimSuffix(wait, waitOrder)+callersLine+waitOrder, append(times, line)
	}
	others := make([]dutylog.OtherCallers, len(unansweredOnes))
	for n, outcome := range unansweredOnes {
		others[n].Outcome = outcome
		if err := db.reading(ctx).QueryRow(count, append([]any{string(outcome)}, times...)...).Scan(&others[n].Calls); err != nil {
			return f, db.explain("count the calls that nobody took", err)
		}
	}
	rows, err := db.reading(ctx).Query(wait, times...)
	_, err = all(rows, err, func(row scanner) (outcome telephony.Outcome, err error) {
		b := dutylog.DutyBehind{Kind: dutylog.BehindCall}
		if err = row.Scan(&b.ID, &outcome, instant{&b.At}); err != nil {
			return outcome, err
		}
		for n := range others {
			if o := &others[n]; o.Outcome == outcome {
				if o.Waiting++; len(o.Behind) < dutylog.MostBehind {
					o.Behind = append(o.Behind, b)
				}
			}
		}
		return outcome, nil
	})
	f.Missed, f.Waiting, f.Calls = others[0].Calls, others[0].Waiting, others[0].Behind
	f.Others = slices.DeleteFunc(others[1:], func(o dutylog.OtherCallers) bool { return o.Calls == 0 })
	return f, db.explain("list who was not called back", err)
}

// incidentsTouched are the incidents of which something may fall due from a moment on: of which something was written since,
// or so shortly before that a deadline of theirs is still to come, and whose instructions are due then, however old they are.
// The days of instructions are compared as they are written, whatever their zone.
const incidentsTouched = `SELECT incident FROM incident_facts INDEXED BY incident_facts_written WHERE written_at >= ?
	UNION SELECT incident FROM incident_facts INDEXED BY incident_facts_due WHERE kind = 'instructed' AND json_extract(body, '$.due') >= ?`

// incidentsInto are those that were merged into one.
const incidentsInto = "SELECT incident FROM incident_facts INDEXED BY incident_facts_merged WHERE kind = 'merged' AND json_extract(body, '$.incident') = ?"

// incidentsFrom reads the incidents of which something may fall due from a moment on, and all that are one event with them.
func (db *DB) incidentsFrom(ctx context.Context, from time.Time) ([]dutylog.Incident, error) {
	s, id := db.reading(ctx), func(row scanner) (id int64, err error) { return id, row.Scan(&id) }
	rows, err := s.Query(incidentsTouched, from.Add(-dutylog.LongestDeadline).UnixMicro(), string(dutylog.DateOf(from, time.UTC).Add(-2)))
	ids, err := all(rows, err, id)
	found := []dutylog.Incident{}
	for n := 0; n < len(ids) && err == nil; n++ { // those that are one event with it come behind
		if slices.Contains(ids[:n], ids[n]) {
			continue
		}
		i, readErr := readIncident(s, ids[n])
		if readErr != nil {
			return nil, db.explain("read the incidents of a time", readErr)
		}
		if found = append(found, i); i.State == dutylog.IncidentMerged {
			ids = append(ids, i.MergedInto)
		}
		var others []int64
		rows, err = s.Query(incidentsInto, i.ID)
		others, err = all(rows, err, id)
		ids = append(ids, others...)
	}
	slices.SortFunc(found, func(a, b dutylog.Incident) int { return cmp.Compare(b.ID, a.ID) })
	return found, db.explain("read the incidents of a time", err)
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
