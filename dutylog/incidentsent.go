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
		s := SentThat{r.Number, r.SentAt, r.ApprovedAt, r.ApprovedBy, r.ByWord, nil}
		for _, d := range slices.Concat(r.Deliveries, r.Elsewhere) {
			s.To = append(s.To, SentTo{d.Recipient, d.Channel, d.At})
		}
		all = append(all, s)
	}
	for _, a := range i.Absorbed { // and what an incident had followed up that was merged into this one before
		for _, s := range a.Sent {
			if s.Report > ReportNumber(StageDetailed, 1) {
				all = append(all, s)
			}
		}
	}
	return all
}

// same reports whether two say the same.
func (s SentThat) same(o SentThat) bool {
	return s.Report == o.Report && s.SentAt.Equal(o.SentAt) && s.ApprovedAt.Equal(o.ApprovedAt) && s.ApprovedBy == o.ApprovedBy && s.Unconfirmed == o.Unconfirmed && slices.EqualFunc(s.To, o.To, SentTo.same)
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

// inherits adds to what was said of the reports here what incidents sent that were merged into this one.
func (i *Incident) inherits(said map[int]Report) {
	for _, a := range i.Absorbed {
		for _, s := range a.Sent {
			if s.Report > ReportNumber(StageDetailed, 1) {
				continue // follow-ups have numbers of their own here: see followedElsewhere
			}
			r := said[s.Report]
			r.Number, r.Stage = s.Report, stageOf(s.Report)
			r.inherit(a.Incident, s)
			said[s.Report] = r
		}
	}
}

// inherit takes over that another incident sent the report, where it was the first to. Its approval is that of its own
// text: one that was written here has to be signed here.
func (r *Report) inherit(from int64, s SentThat) {
	for _, t := range s.To {
		r.Elsewhere = append(r.Elsewhere, Delivery{Recipient: t.Recipient, Channel: t.Channel, At: t.At, SentIn: from})
	}
	if s.SentAt.IsZero() || !r.SentAt.IsZero() && !s.SentAt.Before(r.SentAt) {
		return
	}
	r.SentAt, r.SentIn = s.SentAt, from
	if r.Version == 0 {
		r.ApprovedAt, r.ApprovedBy, r.ByWord = s.ApprovedAt, s.ApprovedBy, s.Unconfirmed
	}
}
