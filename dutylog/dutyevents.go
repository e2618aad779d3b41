package dutylog

import (
	"slices"
	"strconv"
	"time"
)

// event is an incident and those that were merged into it: to whoever counts, they are one.
type event struct {
	Incident
	merged []Incident
}

// eventsOf are the incidents by what they go on as. One whose other incident is not among them counts by itself.
func eventsOf(all []Incident) []event {
	at := map[int64]int{}
	for n, i := range all {
		at[i.ID] = n
	}
	events, gone := make([]event, len(all)), make([]bool, len(all))
	for n, i := range all {
		last := n
		for all[last].State == IncidentMerged {
			into, there := at[all[last].MergedInto]
			if !there {
				break
			}
			last = into
		}
		if gone[n] = last != n; gone[n] {
			events[last].merged = append(events[last].merged, i)
		} else {
			events[n].Incident = i
		}
	}
	var left []event
	for n, e := range events {
		if !gone[n] {
			left = append(left, e)
		}
	}
	return left
}

// event counts the reports of one whose deadlines lie in the time, to whom and by which ways they went, when it was opened,
// and its instructions. A report that is not sent is late from its deadline on. What several incidents reported of one event
// counts once, by the clock that counts: that of the incident that went on.
func (c *dutyCount) event(e event) {
	for _, r := range e.Reports {
		r.Deliveries = e.deliveries(r)
		c.report(e.Incident, r)
	}
	if opened := e.opened(); c.within(opened) {
		late := opened.Sub(e.ClockNatural) > e.Schedule.First.Duration()
		c.ofIncident(e.Incident, IncidentsOpenedLate, "", late, late, opened, "opened")
	}
	if e.State == IncidentClosed && c.within(e.EndedAt) {
		unreported := len(e.Unreported()) > 0
		c.ofIncident(e.Incident, ClosedUnreported, "", unreported, unreported, e.EndedAt, "closed")
	}
	c.instructions(e.Incident)
	for _, o := range e.merged {
		for _, r := range o.Reports {
			if r.Stage == StageFollowUp && !r.SentAt.IsZero() { // one that was not sent is owed by the incident that went on
				c.report(o, r)
			}
		}
		c.instructions(o)
	}
}

// ofIncident counts one thing of an incident, which leads to it when it is bad, and names the schedule by which it is judged.
func (c *dutyCount) ofIncident(i Incident, f DutyFigure, of string, in, bad bool, at time.Time, what string) {
	b := DutyBehind{Kind: BehindIncident, ID: strconv.FormatInt(i.ID, 10), Name: i.Number.String(), At: at, What: what}
	if f == ClosedUnreported {
		b.Why = i.EndReason
	}
	x := DutyItem{Figure: f, Of: of, At: at, In: in}
	if f != InstructionsOverdue {
		x.Rule = i.Schedule.Version()
	}
	c.item(x, bad, b)
}

func (c *dutyCount) report(i Incident, r Report) {
	if c.within(r.DueAt) {
		sent := !r.SentAt.IsZero() && !r.SentAt.After(r.DueAt)
		c.ofIncident(i, ReportsOnTime, string(r.Stage), sent, !sent, r.DueAt, string(r.Stage))
	}
	count := func(of, to string, at time.Time) {
		if due := r.DueTo(to); c.within(due) {
			in := !at.IsZero() && !at.After(due)
			c.ofIncident(i, DeliveriesOnTime, of, in, !in, due, string(r.Stage))
		}
	}
	for _, to := range i.owedTo(r) {
		count(to, to, r.reached(to))
	}
	for _, d := range r.Deliveries {
		count(d.Channel, d.Recipient, d.At)
	}
}

// owedTo are all to whom a report is to go (Art. 18, 20), whether it went there or not: who never got it did not get it
// in time. An incident that was closed, or merged, before the deadline owes it to nobody any more: then it counts for those
// who got it in time.
func (i Incident) owedTo(r Report) (to []string) {
	for _, w := range Recipients() {
		at, due := r.reached(w.Code), r.DueTo(w.Code)
		if over := !i.EndedAt.IsZero() && due.After(i.EndedAt); !over || !at.IsZero() && !at.After(due) {
			to = append(to, w.Code)
		}
	}
	return to
}

func (c *dutyCount) instructions(i Incident) {
	for _, x := range i.Instructions {
		if c.within(x.Due) {
			late := x.ClosedAt.IsZero() || x.ClosedAt.After(x.Due)
			c.ofIncident(i, InstructionsOverdue, "", late, late, x.Due, "instruction")
		}
	}
}

// opened is when somebody first opened an incident for the event; zero: nobody did.
func (e event) opened() (at time.Time) {
	for _, i := range append([]Incident{e.Incident}, e.merged...) {
		if len(i.Facts) > 0 && (at.IsZero() || i.Facts[0].WrittenAt.Before(at)) {
			at = i.Facts[0].WrittenAt
		}
	}
	return at
}

// deliveries are those of a report, whichever of the incidents sent it. What one recipient got twice by one way, because
// nobody knew yet that it was one event, counts once, when it came first. Follow-ups are each incident's own.
func (e event) deliveries(r Report) []Delivery {
	all := slices.Clone(r.Deliveries)
	if r.Number > ReportNumber(StageDetailed, 1) {
		return all
	}
	for _, o := range e.merged {
		theirs, _ := o.Report(r.Number)
		for _, d := range theirs.Deliveries {
			same := slices.IndexFunc(all, func(x Delivery) bool { return x.Recipient == d.Recipient && x.Channel == d.Channel })
			switch {
			case same < 0:
				all = append(all, d)
			case d.At.Before(all[same].At):
				all[same] = d
			}
		}
	}
	return all
}
