package dutylog

import (
	"slices"
	"time"
)

// Sent is what was reported of the incident, for one into which it is merged.
func (i Incident) Sent() []SentThat {
	var all []SentThat
	for _, r := range i.Reports {
		if r.SentAt.IsZero() && !r.isOut() {
			continue
		}
		s := SentThat{Report: r.Number, SentAt: r.SentAt, ApprovedAt: r.ApprovedAt, ApprovedBy: r.ApprovedBy, Unconfirmed: r.ByWord}
		for _, d := range slices.Concat(r.Deliveries, r.Elsewhere) {
			s.To = append(s.To, SentTo{d.Recipient, d.Channel, d.At})
		}
		all = append(all, s)
	}
	for _, a := range i.Absorbed { // and what an incident had followed up that was merged into this one before, without a number here
		for _, s := range a.Sent {
			if s.here() == 0 {
				all = append(all, s)
			}
		}
	}
	return all
}

// here is the number of the report in the incident into which the other one was merged; 0: it has none.
func (s SentThat) here() int {
	if s.Report > ReportNumber(StageDetailed, 1) {
		return s.As
	}
	return s.Report
}

// sentInto is what was reported of the incident, with the numbers that its follow-ups and finals have in the one into
// which it is merged: those that they were given before, else the next after all of which anything was said there.
func (i Incident) sentInto(into Incident) []SentThat {
	type which struct {
		report int
		at     int64
	}
	given, last := map[which]int{}, map[Stage]int{}
	for _, a := range into.Absorbed {
		for _, s := range a.Sent {
			if a.Incident == i.ID && s.As != 0 {
				given[which{s.Report, s.SentAt.UnixMilli()}] = s.As
			}
		}
	}
	for _, r := range into.Reports {
		if r.Version > 0 || r.isOut() || !r.SentAt.IsZero() {
			last[r.Stage] = max(last[r.Stage], r.Nth)
		}
	}
	sent := i.Sent()
	for n := range sent {
		s := &sent[n]
		if s.Report <= ReportNumber(StageDetailed, 1) {
			continue
		}
		if s.As = given[which{s.Report, s.SentAt.UnixMilli()}]; s.As == 0 {
			stage := stageOf(s.Report)
			last[stage]++
			s.As = ReportNumber(stage, last[stage])
		}
	}
	return sent
}

// same reports whether two say the same.
func (s SentThat) same(o SentThat) bool {
	return s.Report == o.Report && s.As == o.As && s.SentAt.Equal(o.SentAt) && s.ApprovedAt.Equal(o.ApprovedAt) && s.ApprovedBy == o.ApprovedBy && s.Unconfirmed == o.Unconfirmed && slices.EqualFunc(s.To, o.To, SentTo.same)
}

func (t SentTo) same(o SentTo) bool {
	return t.Recipient == o.Recipient && t.Channel == o.Channel && t.At.Equal(o.At)
}

// WaitingApproval is an approval by telephone that waits for its person's own word.
type WaitingApproval struct {
	Incident int64        `json:"incident"` // in which it was noted, and is confirmed: this one, or one that was merged into it
	Report   int          `json:"report"`   // its number there
	Fact     int          `json:"fact"`     // there
	Part     ApprovalPart `json:"part"`
	Login    string       `json:"login"` // whose it is
	Name     string       `json:"name"`
	At       time.Time    `json:"at"`
	By       time.Time    `json:"by"` // until when they are to confirm it
}

func (w WaitingApproval) same(o WaitingApproval) bool {
	return w.Incident == o.Incident && w.Fact == o.Fact
}

// Waiting are the approvals that wait, of this incident and of those that were merged into it.
func (i Incident) Waiting() (all []WaitingApproval) {
	for _, r := range i.Reports {
		for _, a := range r.Approvals {
			if a.Waits() {
				all = append(all, WaitingApproval{i.ID, r.Number, a.Fact, a.Part, a.Login, a.Name, a.At, i.ConfirmBy(a)})
			}
		}
	}
	for _, a := range i.Absorbed {
		all = append(all, a.Waiting...)
	}
	return all
}

// inherits adds to what was said of the reports here what incidents sent that were merged into this one. What was told
// to one recipient by the one and to another by the other is added up: they were told of the same event.
func (i *Incident) inherits(said map[int]Report) {
	for _, a := range i.Absorbed {
		for _, s := range a.Sent {
			number := s.here()
			if number == 0 {
				continue // see followedElsewhere
			}
			r := said[number]
			r.Number, r.Stage, r.stops = number, stageOf(number), i.Schedule.stopsClock()
			r.inherit(a.Incident, s)
			said[number] = r
		}
	}
	for _, a := range i.Absorbed {
		for _, s := range a.Sent {
			if r := said[s.here()]; r.SentIn == a.Incident && s.here() != 0 {
				r.SentAs = s.Report
				if r.Version == 0 { // a text that was written here has to be signed here
					r.ApprovedAt, r.ApprovedBy, r.ByWord = s.ApprovedAt, s.ApprovedBy, s.Unconfirmed
				}
				said[s.here()] = r
			}
		}
	}
}

// inherit takes over to whom another incident sent the report; it was sent by which the last of those got it whom its
// clock is about.
func (r *Report) inherit(from int64, s SentThat) {
	for _, t := range s.To {
		r.Elsewhere = append(r.Elsewhere, Delivery{Recipient: t.Recipient, Channel: t.Channel, At: t.At, SentIn: from})
	}
	if len(s.To) > 0 {
		r.SentAt, r.SentIn = lastOf(r.stops, slices.Concat(r.Deliveries, r.Elsewhere))
	} else if !s.SentAt.IsZero() && (r.SentAt.IsZero() || s.SentAt.Before(r.SentAt)) {
		r.SentAt, r.SentIn = s.SentAt, from
	}
}

// lastOf is when the last of some recipients got a report first, and by which incident; zero: somebody did not.
func lastOf(stops []string, all []Delivery) (at time.Time, in int64) {
	for _, to := range stops {
		var first Delivery
		for _, d := range all {
			if d.Recipient == to && (first.At.IsZero() || d.At.Before(first.At)) {
				first = d
			}
		}
		if first.At.IsZero() {
			return time.Time{}, 0
		}
		if first.At.After(at) {
			at, in = first.At, first.SentIn
		}
	}
	return at, in
}
