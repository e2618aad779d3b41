package dutylog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"dutyline/telephony"
)

// SuspicionBooks is what suspicions rest on.
type SuspicionBooks struct {
	Missed    []MissedFact
	Elsewhere []telephony.Call     // that came out at another phone, or at a machine
	Deeds     []Doing              // in the order of their beginning
	Away      []EvidenceLink       // alerts that told that no page was open, At their beginning …
	AwayUntil []time.Time          // … and their end; zero: they last
	Unseen    []telephony.Interval // what the log did not see, or was not there to see: see telephony.Interval.Unwatched
	Incidents []Incident
	Shifts    []Shift
	Since     time.Time // when the roster begins; zero: there is none
	Zone      *time.Location
}

// Doing is a time in which somebody certainly was there: a talk at the duty phone, or a moment in which
// somebody wrote, read or clicked something.
type Doing struct{ From, To time.Time }

// UnmannedAfter is how long nothing may have been done, before and after a missed call.
const UnmannedAfter = 30 * time.Minute

// OmittedAfter is when a report that was not sent is not late any more, but omitted.
const OmittedAfter = 24 * time.Hour

// Suspicions lists what a person should look at: each cause under one name, so that it comes once. It decides
// nothing, and of what it cannot know it suspects nobody.
func Suspicions(b SuspicionBooks, from, now time.Time) []Violation {
	all := []Violation{}
	add := func(v Violation) {
		if !v.At.Before(from) {
			v.By = SystemActor()
			all = append(all, v)
		}
	}
	b.unmanned(now, add)
	b.forwarded(now, add)
	for _, i := range b.Incidents {
		b.incident(i, now, add)
	}
	b.unfilled(from, now, add)
	slices.SortStableFunc(all, func(x, y Violation) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Cause, y.Cause)) })
	return all
}

func (b SuspicionBooks) unmanned(now time.Time, add func(Violation)) {
	for _, m := range b.Missed {
		c := m.Call
		from, to := c.OfferedAt.Add(-UnmannedAfter), c.EndedAt.Add(UnmannedAfter)
		back := !m.Settled.IsZero() && !m.Settled.After(to)
		if c.Outcome != telephony.Missed || to.After(now) || back || b.unseen(from, to) || b.done(from, to) {
			continue
		}
		v := Violation{Cause: "unmanned/" + c.ID, Why: PossibleUnmanned, Item: 2, Line: c.Line, At: c.OfferedAt, Evidence: []EvidenceLink{callLink(CallFact{Call: c})}}
		for n, a := range b.Away {
			if until := b.AwayUntil[n]; !a.At.After(c.EndedAt) && (until.IsZero() || until.After(c.OfferedAt)) {
				v.Evidence = append(v.Evidence, a)
			}
		}
		add(v)
	}
}

// unseen reports whether nobody watched for some of a time: then nobody can say that nothing was done. That the daemon was
// down is enough, although the switch's journal tells of the calls: no page could be used, nobody was warned, and what the
// officer did meanwhile left no trace.
func (b SuspicionBooks) unseen(from, to time.Time) bool {
	return slices.ContainsFunc(b.Unseen, func(i telephony.Interval) bool { return i.From.Before(to) && (i.To.IsZero() || i.To.After(from)) })
}

func (b SuspicionBooks) done(from, to time.Time) bool {
	return slices.ContainsFunc(b.Deeds, func(d Doing) bool { return !d.From.After(to) && !d.To.Before(from) })
}

// forwarded gathers the calls of a line and a day that is over.
func (b SuspicionBooks) forwarded(now time.Time, add func(Violation)) {
	days := map[string]*Violation{}
	var order []string
	for _, c := range b.Elsewhere {
		day := DateOf(c.OfferedAt, b.Zone)
		if now.Before(day.Add(1).Start(b.Zone)) {
			continue
		}
		key := "forwarded/" + c.Line + "/" + string(day)
		if days[key] == nil {
			days[key] = &Violation{Cause: key, Why: LineForwarded, Item: 2, Line: c.Line, At: c.OfferedAt}
			order = append(order, key)
		}
		if v := days[key]; len(v.Evidence) < mostAgainst {
			v.Evidence = append(v.Evidence, callLink(CallFact{Call: c}))
		}
	}
	for _, key := range order {
		add(*days[key])
	}
}

func (b SuspicionBooks) incident(i Incident, now time.Time, add func(Violation)) {
	id := strconv.FormatInt(i.ID, 10)
	about := func(at time.Time, what string) []EvidenceLink {
		return []EvidenceLink{{Kind: EvidenceIncident, ID: id, At: at, What: what}}
	}
	for _, r := range i.Unreported() {
		if r.DueAt.IsZero() || r.DueAt.After(i.EndedAt) { // it was closed before anything was late
			add(Violation{Cause: fmt.Sprintf("report/%s/%d", id, r.Number), Why: OmittedReport, Item: 3, At: i.EndedAt, Evidence: about(i.EndedAt, string(r.Stage))})
		}
	}
	for _, r := range i.Reports {
		if r.DueAt.IsZero() || !r.DueAt.Before(now) {
			continue
		}
		v := Violation{Cause: fmt.Sprintf("report/%s/%d", id, r.Number), Why: LateReport, Item: 3, At: r.DueAt, Evidence: about(r.DueAt, string(r.Stage))}
		switch {
		case !r.SentAt.IsZero() && r.SentAt.After(r.DueAt):
			add(v)
		case r.SentAt.IsZero() && (i.State == IncidentClosed || !now.Before(r.DueAt.Add(OmittedAfter))):
			v.Why = OmittedReport
			add(v)
		}
	}
	for _, x := range i.Instructions {
		if !x.Due.IsZero() && x.Due.Before(now) && (x.ClosedAt.IsZero() || x.ClosedAt.After(x.Due)) {
			add(Violation{Cause: fmt.Sprintf("instruction/%s/%d", id, x.Number), Why: InstructionLate, Item: 5, At: x.Due, Evidence: about(x.Due, "instruction")})
		}
	}
}

// unfilled tells of the days that are over and on which nobody was on the post of officer for a while: one
// for each day of the site.
func (b SuspicionBooks) unfilled(from, now time.Time, add func(Violation)) {
	if b.Since.IsZero() {
		return
	}
	begin, today := laterOf(from, b.Since), DateOf(now, b.Zone)
	officers := postShifts(within(b.Shifts, begin, now), PostOfficer)
	for d := DateOf(begin, b.Zone); d < today; d = d.Add(1) {
		start, end := laterOf(d.Start(b.Zone), begin), d.Add(1).Start(b.Zone)
		v := Violation{Cause: "unfilled/" + string(d), Why: RosterUnfilled, Item: 1, At: start}
		for _, gap := range coverOf(within(officers, start, end), PostOfficer, start, end) {
			if gap.Reason == RosterGap && gap.To.Sub(gap.From) >= time.Minute {
				v.Evidence = append(v.Evidence, EvidenceLink{Kind: EvidenceRoster, ID: string(PostOfficer), At: gap.From, What: gap.To.UTC().Format(time.RFC3339)})
			}
		}
		if len(v.Evidence) > 0 {
			v.At = v.Evidence[0].At
			add(v)
		}
	}
}
