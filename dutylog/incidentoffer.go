package dutylog

import (
	"slices"
	"strings"
	"time"
)

// ReportOffer is an outgoing call to a superior that was answered while a clock ran, and that is no
// delivery yet: it may have been the report by telephone.
type ReportOffer struct {
	Call      Call
	Recipient string // whose number was called; empty: it cannot be told
	Incident  Incident
	Report    Report // what the call can have been
}

// OfferReports finds the calls that may have been reports of open incidents. Where several incidents
// are open the officer says which one it was about: the call is offered for each. TO says by call whose number it was.
func OfferReports(open []Incident, calls []Call, to map[string]string, now time.Time) []ReportOffer {
	offers := []ReportOffer{}
	for _, c := range calls {
		for _, i := range open {
			if c.AnsweredAt.IsZero() || c.OfferedAt.Before(i.begun(now)) || i.names(c.ID) || i.toldBy(c) {
				continue
			}
			if r := i.tellable(to[c.ID], c.AnsweredAt); r != nil {
				offers = append(offers, ReportOffer{Call: c, Recipient: to[c.ID], Incident: i, Report: *r})
			}
		}
	}
	return offers
}

// tellable is the report that a call to a recipient can have been: what others got and this one lacks, the newest
// first, unless it got a newer one; else what is due next; else, while a clock runs, a follow-up by telephone, for
// nothing was written by then that could have been read out; else a text that waits. Nil: there was nothing to tell.
func (i Incident) tellable(to string, at time.Time) *Report {
	var out, due, draft *Report
	var got time.Time // when the newest report went out that this recipient got
	for n := range i.Reports {
		r := &i.Reports[n]
		if r.DeliveredTo(to) && r.WentOut().After(got) {
			got = r.WentOut()
		}
		switch {
		case r.isOut() && !r.lacks(to), !r.readable(at), r.SentIn != 0 && !r.isOut():
		case r.isOut():
			if out == nil || r.WentOut().After(out.WentOut()) {
				out = r
			}
		case r.DueAt.IsZero() && r.Version > 0:
			draft = r
		case !r.DueAt.IsZero() && (due == nil || r.DueAt.Before(due.DueAt)):
			due = r
		}
	}
	switch {
	case out != nil && out.WentOut().After(got):
		return out
	case due != nil:
		return due
	case i.NextDue() != nil:
		next := i.nextTold()
		return &next
	}
	return draft
}

// WentOut is when anybody got a report first; zero: nobody did.
func (r Report) WentOut() (at time.Time) {
	for _, d := range slices.Concat(r.Deliveries, r.Elsewhere) {
		if at.IsZero() || d.At.Before(at) {
			at = d.At
		}
	}
	return at
}

// nextTold is the follow-up that is told by telephone now: the one after all of which somebody got one.
func (i Incident) nextTold() Report {
	nth := 1
	for _, r := range i.Reports {
		if r.Stage == StageFollowUp && r.isOut() {
			nth = r.Nth + 1
		}
	}
	number := ReportNumber(StageFollowUp, nth)
	if r, there := i.Report(number); there {
		return r
	}
	return Report{Number: number, Stage: StageFollowUp, Nth: nth, Missing: []Element{}, stops: i.Schedule.stopsClock()}
}

// lacks reports whether a recipient did not get a report; an unknown one lacks what anybody lacks.
func (r Report) lacks(to string) bool {
	if to == "" {
		return !r.isOut() || len(r.Lacking()) > 0
	}
	return !r.DeliveredTo(to)
}

// DeliveredTo reports whether a recipient got a report, by whatever way, also from an incident that was merged.
func (r Report) DeliveredTo(to string) bool {
	return slices.ContainsFunc(slices.Concat(r.Deliveries, r.Elsewhere), func(d Delivery) bool { return d.Recipient == to })
}

// readable reports whether a report could be told by telephone at a moment: one that is asked for in writing only
// when it was written, to the minute, and has a text to read out.
func (r Report) readable(at time.Time) bool {
	if r.Stage.told() {
		return true
	}
	return r.Version > 0 && len(r.Missing) == 0 && !blank(r.Text) && !at.Before(r.Versions[len(r.Versions)-1].At.Truncate(time.Minute))
}

// recipientNames are what stands in the name of a unit that belongs to a recipient: data.
var recipientNames = map[string][]string{
	"superior_bureau": {"应急管理", "应急局", "应急厅", "应急指挥", "应急值班"},
	"party_committee": {"党委", "党工委", "中共", "省委", "市委", "区委", "县委", "旗委"},
	"government":      {"政府", "政务值班"},
}

// RecipientOf is the recipient to whom the units belong that the directory has under a number; empty: it cannot be
// told, because none is known, or they belong to different ones.
func RecipientOf(units []string) string {
	if found := recipientsOf(units); len(found) == 1 {
		return found[0]
	}
	return ""
}

// recipientsOf are all recipients to whom one of the units belongs, by its name.
func recipientsOf(units []string) (found []string) {
	for _, w := range Recipients() {
		named := func(name string) bool {
			return slices.ContainsFunc(units, func(u string) bool { return strings.Contains(sameWords(u), name) })
		}
		if slices.ContainsFunc(recipientNames[w.Code], named) {
			found = append(found, w.Code)
		}
	}
	return found
}

// names reports whether some fact says what the call was, also a delivery that was struck out: then somebody has
// looked at it. An approval, which may have been noted with the wrong call, takes no report away.
func (i Incident) names(callID string) bool {
	return slices.ContainsFunc(i.Facts, func(f IncidentFact) bool {
		return f.Body.CallID == callID && f.Kind != FactSigned && f.Kind != FactReviewed && (f.Struck == nil || f.Kind == FactDelivered)
	})
}

// toldBy reports whether an incident that was merged into this one was reported by a call: the moment is the switch's own.
func (i Incident) toldBy(c Call) bool {
	return slices.ContainsFunc(i.Reports, func(r Report) bool {
		return slices.ContainsFunc(r.Elsewhere, func(d Delivery) bool {
			return d.Channel == channelPhone && d.At.Equal(c.AnsweredAt.Truncate(time.Millisecond))
		})
	})
}

// Since is from when on a call can have been about one of some incidents; zero: there is none.
func Since(open []Incident, now time.Time) (at time.Time) {
	for _, i := range open {
		if begun := i.begun(now); at.IsZero() || begun.Before(at) {
			at = begun
		}
	}
	return at
}
