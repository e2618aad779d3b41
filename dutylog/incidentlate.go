package dutylog

import (
	"slices"
	"time"
)

// LateRecipient is for whom a report came late.
type LateRecipient struct {
	Recipient string
	At        time.Time // when they got it first; zero: they have not got it
}

// DueTo is until when a recipient has to get a report: its deadline is everybody's, also of those who do not stop its clock.
// Where that passed while the incident was closed and nothing was owed, who had not got it by then has to from the
// reopening on: see resumed. Zero: it has no deadline.
func (r Report) DueTo(recipient string) time.Time {
	at := r.reached(recipient)
	if r.dueOthers.IsZero() || !at.IsZero() && !at.After(r.DueAt) {
		return r.DueAt
	}
	return r.dueOthers
}

// LateTo are the recipients who got a report that went out first after its deadline, or have not got it although that is
// over, in the order of Recipients. When an incident has ended nothing more is owed: what was not late by then is not.
func (i Incident) LateTo(r Report, now time.Time) []LateRecipient {
	late := []LateRecipient{}
	for _, w := range Recipients() {
		at, due := r.reached(w.Code), r.DueTo(w.Code)
		if r.isOut() && i.owes(due) && (at.After(due) || at.IsZero() && !now.Before(due)) {
			late = append(late, LateRecipient{w.Code, at})
		}
	}
	return late
}

// owes reports whether a deadline was not ahead any more when the incident ended.
func (i Incident) owes(due time.Time) bool {
	return !due.IsZero() && (i.State == IncidentOpen || !due.After(i.EndedAt))
}

// LateBy is how long after the deadline a delivery was by which its recipient got the report first; 0: it was in time, or
// they had got it before.
func (i Incident) LateBy(r Report, d Delivery) time.Duration {
	due := r.DueTo(d.Recipient)
	if !i.owes(due) || !d.At.After(due) || !d.At.Equal(r.reached(d.Recipient)) {
		return 0
	}
	return d.At.Sub(due)
}

// Inherits is the report with the deadlines of another one, which stands for the same clock.
func (r Report) Inherits(o Report) Report {
	r.DueAt, r.dueOthers = o.DueAt, o.dueOthers
	return r
}

// reached is when a recipient got a report first, by whatever way, also from an incident that was merged; zero: they did not.
func (r Report) reached(recipient string) (at time.Time) {
	for _, d := range slices.Concat(r.Deliveries, r.Elsewhere) {
		if d.Recipient == recipient && (at.IsZero() || d.At.Before(at)) {
			at = d.At
		}
	}
	return at
}

// ClassifiedFor is what a report says of the category and the triggers: of a text that went out, as they stood then; before
// that, as they stand.
func (i Incident) ClassifiedFor(r Report) (category, trigger string) {
	var out time.Time // when it went out first, which may have been noted last
	for _, d := range r.Deliveries {
		if d.Version > 0 && (out.IsZero() || d.At.Before(out)) {
			out = d.At
		}
	}
	if out.IsZero() {
		return i.Category, i.Trigger
	}
	for _, f := range i.Facts {
		if f.Kind == FactClassified && (category == "" || !f.At.After(out)) {
			category, trigger = f.Body.Category, f.Body.Trigger
		}
	}
	return category, trigger
}

// SpokenBefore are the reports of which somebody was told before this one by telephone only, the earliest first, and when.
func (i Incident) SpokenBefore(r Report) (told []Report) {
	for _, o := range i.Reports {
		spoken := o.isOut() && !o.frozen() && o.SentIn == 0
		if out := r.WentOut(); spoken && o.Number != r.Number && (out.IsZero() || o.WentOut().Before(out)) {
			told = append(told, o)
		}
	}
	slices.SortStableFunc(told, func(a, b Report) int { return a.WentOut().Compare(b.WentOut()) })
	return told
}
