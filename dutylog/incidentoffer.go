package dutylog

import (
	"slices"
	"time"
)

// ReportOffer is an outgoing call to a superior that was answered while a clock ran, and that is no
// delivery yet: it may have been the report by telephone.
type ReportOffer struct {
	Call     Call
	Incident Incident
	Report   Report // the one that is due, of those that can be told by telephone now
}

// OfferReports finds the calls that may have been reports of open incidents. Where several incidents
// are open the officer says which one it was about: the call is offered for each.
func OfferReports(open []Incident, calls []Call) []ReportOffer {
	offers := []ReportOffer{}
	for _, c := range calls {
		for _, i := range open {
			r := i.tellable()
			if r == nil || c.AnsweredAt.IsZero() || c.OfferedAt.Before(i.ClockNatural) || i.names(c.ID) {
				continue
			}
			offers = append(offers, ReportOffer{Call: c, Incident: i, Report: *r})
		}
	}
	return offers
}

// tellable is the report that is due next of those that a telephone call can be: one that is asked for in writing
// is told by telephone only when it is written. Nil: none is.
func (i Incident) tellable() *Report {
	var next *Report
	for n := range i.Reports {
		r := &i.Reports[n]
		ready := r.Stage.told() || r.Version > 0 && len(r.Missing) == 0
		if ready && r.SentAt.IsZero() && !r.DueAt.IsZero() && (next == nil || r.DueAt.Before(next.DueAt)) {
			next = r
		}
	}
	return next
}

// names reports whether some fact says what the call was, also a delivery that was struck out: then somebody has
// looked at it. An approval, which may have been noted with the wrong call, takes no report away.
func (i Incident) names(callID string) bool {
	return slices.ContainsFunc(i.Facts, func(f IncidentFact) bool {
		return f.Body.CallID == callID && f.Kind != FactSigned && f.Kind != FactReviewed && (f.Struck == nil || f.Kind == FactDelivered)
	})
}

// Since is when the oldest clock of some incidents started; zero: there is none.
func Since(open []Incident) (at time.Time) {
	for _, i := range open {
		if at.IsZero() || i.ClockNatural.Before(at) {
			at = i.ClockNatural
		}
	}
	return at
}
