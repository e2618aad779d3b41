package dutylog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Schedule is until when an incident is to be reported (Art. 20): data, kept with the incident as it
// was in force when it was opened.
type Schedule struct {
	First     Minutes `json:"first_minutes" doc:"初步情况, after the start of the clock"`
	Written   Minutes `json:"written_minutes" doc:"书面报告基本情况, after the start of the clock"`
	Detailed  Minutes `json:"detailed_minutes" doc:"详细情况, after the start of the clock"`
	FollowUp  Minutes `json:"follow_up_minutes" doc:"续报, after the last report, until the final one"`
	Essential Minutes `json:"essential_minutes" doc:"续报, after an essential change such as a death, or after the incident was opened again"`
	Soon      Minutes `json:"soon_minutes" doc:"How long before a deadline it is told"`
	Confirm   Minutes `json:"confirm_minutes,omitempty" doc:"Within which an approval by telephone is to be confirmed by the person's own login, after it was noted; absent, in incidents that are older than it: a day"`
	// StopsClock are codes of Recipients, with commas between them; empty, in incidents that are older than it: UsualRecipient.
	StopsClock string `json:"stops_clock,omitempty" doc:"The recipients who all have to get a report for its clock to stop: codes, with commas between them; absent: the superior bureau"`
}

// Minutes is a duration in whole minutes.
type Minutes int

// Duration is it as Go counts.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// UsualSchedule is that of Art. 20. The regulation names no interval for follow-ups (全程跟踪续报): two
// hours are usual. What is essential is as urgent as a first report.
func UsualSchedule() Schedule {
	return Schedule{First: 10, Written: 50, Detailed: 100, FollowUp: 120, Essential: 10, Soon: 5, Confirm: usualConfirm, StopsClock: UsualRecipient}
}

// usualConfirm is a day, in minutes: by then whoever approved something by telephone has had a login in front of them.
const usualConfirm = 24 * 60

// ConfirmBy is until when the person is to say of an approval by telephone whether it was so.
func (i Incident) ConfirmBy(a ReportApproval) time.Time {
	return i.Facts[a.Fact-1].WrittenAt.Add(cmp.Or(i.Schedule.Confirm, usualConfirm).Duration())
}

// Unconfirmed reports whether an approval by telephone still waits for the person's own word although its time is over.
func (i Incident) Unconfirmed(a ReportApproval, now time.Time) bool {
	return a.Waits() && !now.Before(i.ConfirmBy(a))
}

// longestSchedule bounds what a site may set, in minutes: a week.
const longestSchedule = 7 * 24 * 60

// Check says what is wrong with a schedule.
func (s Schedule) Check() error {
	for _, m := range []struct {
		name string
		is   Minutes
	}{{"first_minutes", s.First}, {"written_minutes", s.Written}, {"detailed_minutes", s.Detailed}, {"follow_up_minutes", s.FollowUp}, {"essential_minutes", s.Essential}, {"confirm_minutes", s.Confirm}} {
		if m.is < 1 || m.is > longestSchedule {
			return &InvalidError{Field: m.name, Reason: "is between 1 minute and a week (10080)"}
		}
	}
	if s.First > s.Written || s.Written > s.Detailed {
		return &InvalidError{Field: "written_minutes", Reason: "lies between the first report and the detailed one"}
	}
	if s.Soon < 0 || s.Soon >= s.First {
		return &InvalidError{Field: "soon_minutes", Reason: "is shorter than the time for the first report"}
	}
	for _, code := range s.stopsClock() {
		if err := checkCode("stops_clock", Recipients(), code); err != nil {
			return err
		}
	}
	return nil
}

// stopsClock are those who all have to get a report for its clock to stop.
func (s Schedule) stopsClock() []string {
	return strings.Split(cmp.Or(s.StopsClock, UsualRecipient), ",")
}

// setClock finds when the clocks start: with the earliest entry, or later where somebody said why. An entry whose
// link is struck out moves the start no later by itself: that, too, is chosen with a reason. A start that was moved is
// that of its own incident: of one that is merged into it afterwards, what was owed by then stays owed.
func (i *Incident) setClock() {
	slices.SortStableFunc(i.Entries, func(a, b LinkedEntry) int { return a.Intake.Compare(b.Intake) })
	own := time.Time{} // the earliest of its own entries
	for _, f := range i.Facts {
		if f.Kind != FactLinked {
			continue
		}
		if i.ClockNatural.IsZero() || f.Body.Intake.Before(i.ClockNatural) {
			i.ClockNatural, i.ClockBegan = *f.Body.Intake, f.Seq
		}
		if f.Body.Incident == 0 && (own.IsZero() || f.Body.Intake.Before(own)) {
			own = *f.Body.Intake
		}
	}
	i.ClockStart = own
	for _, f := range i.Facts {
		switch {
		case f.Kind == FactClockMoved && f.Struck == nil:
			i.ClockStart, i.ClockReason, i.ClockMoved = *f.Body.Start, f.Body.Reason, f.Seq
		case f.Kind == FactAbsorbed && f.Body.Start != nil && f.Body.Start.Before(i.ClockStart):
			i.ClockStart, i.ClockReason, i.ClockMoved = *f.Body.Start, f.Body.Text, f.Seq
		}
	}
	if !i.ClockStart.After(i.ClockNatural) { // an entry was linked that is later than what was said
		i.ClockStart, i.ClockReason, i.ClockMoved = i.ClockNatural, "", 0
	}
}

// plan lists the reports: those that were written or sent, and those that are due, and gives each its
// deadline.
func (i *Incident) plan() {
	reports := i.reportsSaid()
	for _, s := range []Stage{StageFirst, StageWritten, StageDetailed} {
		r := reports[ReportNumber(s, 1)]
		r.Stage, r.Nth, r.Number = s, 1, ReportNumber(s, 1)
		r.DueAt, r.dueOthers = i.resumed(i.ClockStart.Add(i.Schedule.after(s)), i.Schedule.after(s), r.SentAt)
		if r.CoveredBy = coveredBy(r, reports); r.CoveredBy != 0 {
			r.DueAt = time.Time{}
		}
		i.Reports = append(i.Reports, r)
	}
	i.planRest(reports)
	for n := range i.Reports {
		r := &i.Reports[n]
		if i.State != IncidentOpen && r.SentAt.IsZero() && r.DueAt.After(i.EndedAt) {
			r.DueAt = time.Time{} // it is not owed any more; what was late when the incident was closed stays late
		}
		if r.DueAt.IsZero() || r.dueOthers.Equal(r.DueAt) {
			r.dueOthers = time.Time{}
		}
		r.Missing = r.missing(i.Elements)
	}
}

func (s Schedule) after(stage Stage) time.Duration {
	switch stage {
	case StageFirst:
		return s.First.Duration()
	case StageWritten:
		return s.Written.Duration()
	}
	return s.Detailed.Duration()
}

// planRest adds follow-ups and finals: all of which anything was said, and one ahead of them while it is owed. A
// final report has no deadline of its own, it ends the follow-ups.
func (i *Incident) planRest(said map[int]Report) {
	var all []Report
	for _, s := range []Stage{StageFollowUp, StageFinal} {
		next := lastNth(said, s, func(r Report) bool { return !r.SentAt.IsZero() }) + 1 // what is before one that went out is not owed any more
		for nth := 1; nth <= max(next, lastNth(said, s, func(Report) bool { return true })); nth++ {
			r, there := said[ReportNumber(s, nth)]
			r.Stage, r.Nth, r.Number = s, nth, ReportNumber(s, nth)
			if s == StageFollowUp && (nth == next || !r.SentAt.IsZero() && r.SentIn == 0) { // where another incident sent it, that one says until when
				r.DueAt, r.dueOthers = i.followUpDue(said, r)
			}
			owed := !r.DueAt.IsZero() || s == StageFinal && nth == next && !i.finished(said)
			if there || owed {
				all = append(all, r)
			}
		}
	}
	i.Reports = append(i.Reports, all...)
}

// lastNth is the highest number within a stage of a report that is so; 0: none is.
func lastNth(said map[int]Report, s Stage, is func(Report) bool) (nth int) {
	for n, r := range said {
		if r.Stage == s && is(r) {
			nth = max(nth, nthOf(n))
		}
	}
	return nth
}

// finished reports whether a final report was sent, and the incident not opened again since.
func (i *Incident) finished(said map[int]Report) bool {
	for _, r := range said {
		if r.Stage == StageFinal && !r.SentAt.IsZero() && !i.reopenedAfter(r.SentAt) {
			return true
		}
	}
	return false
}

// reopenedAfter reports whether the incident was opened again after a final report, or went on after one that another
// incident had sent: somebody told of it afterwards.
func (i *Incident) reopenedAfter(final time.Time) bool {
	return i.wentOnAfter(final) || slices.ContainsFunc(i.Facts, func(f IncidentFact) bool { return f.Kind == FactReopened && !f.At.Before(final) })
}

// wentOnAfter reports whether an entry of this incident itself came after the final report of one that was merged into it.
func (i *Incident) wentOnAfter(final time.Time) bool {
	theirs := slices.ContainsFunc(i.Absorbed, func(a Absorbed) bool {
		return slices.ContainsFunc(a.Sent, func(s SentThat) bool { return s.As != 0 && stageOf(s.As) == StageFinal && s.SentAt.Equal(final) })
	})
	return theirs && slices.ContainsFunc(i.Facts, func(f IncidentFact) bool {
		return f.Kind == FactLinked && f.Struck == nil && f.Body.Incident == 0 && f.Body.Intake.After(final)
	})
}

// followUpDue is until when a follow-up has to be sent: an interval after the last report once the
// details were reported, or soon after an essential change that no report told. Zero: none is owed. OTHERS is it for those
// who have not got it by then: see resumed.
func (i *Incident) followUpDue(said map[int]Report, r Report) (due, others time.Time) {
	var sent []Report // every other one that went before this one
	for _, o := range said {
		if o.Number != r.Number && !o.SentAt.IsZero() && (r.SentAt.IsZero() || !o.SentAt.After(r.SentAt)) {
			sent = append(sent, o)
		}
	}
	last := i.followedElsewhere(r)
	for _, o := range sent {
		if (o.Stage == StageDetailed || o.Stage == StageFollowUp) && o.SentAt.After(last) {
			last = o.SentAt
		}
	}
	if detailed, _ := i.Report(ReportNumber(StageDetailed, 1)); detailed.SentAt.IsZero() && detailed.CoveredBy == 0 {
		last = time.Time{}
	}
	final := i.lastFinal(said, r)
	if !last.IsZero() && final.IsZero() {
		due, others = i.resumed(last.Add(i.Schedule.FollowUp.Duration()), i.Schedule.FollowUp.Duration(), r.SentAt)
	}
	for _, c := range i.essential(said, final) {
		told := slices.ContainsFunc(sent, c.toldBy)
		within := i.Schedule.Essential.Duration()
		if by, rest := i.resumed(laterOf(c.at, c.since).Add(within), within, r.SentAt); !told && (due.IsZero() || by.Before(due)) && (r.SentAt.IsZero() || !r.SentAt.Before(c.at)) {
			due, others = by, rest
		}
	}
	return due, others
}

// resumed is until when something has to be told whose deadline passed while the incident was closed and nothing was owed:
// what was left of its time by the end is left from the reopening on, and never more than WITHIN, so that closing and
// opening again, however often, gives nobody time. What was late by the end stays late, what is still ahead stays so, and
// what was SENT before it was opened again had the deadline of then; OTHERS, who have not got it by then, have the new one.
func (i *Incident) resumed(due time.Time, within time.Duration, sent time.Time) (then, others time.Time) {
	then, others = due, due
	var closed time.Time
	for _, f := range i.Facts {
		if f.Kind == FactClosed {
			closed = f.At
		}
		if f.Kind != FactReopened {
			continue
		}
		passed := func(by time.Time) bool { return by.After(closed) && by.Before(f.At) }
		if passed(then) && (sent.IsZero() || !sent.Before(f.At)) {
			then = f.At.Add(min(within, then.Sub(closed)))
		}
		if passed(others) {
			others = f.At.Add(min(within, others.Sub(closed)))
		}
	}
	return then, others
}

// followedElsewhere is when an incident that was merged into this one sent its last follow-up or final before r that has
// no number here, because an older program did not give it one; zero: none.
func (i *Incident) followedElsewhere(r Report) (last time.Time) {
	for _, a := range i.Absorbed {
		for _, s := range a.Sent {
			if s.here() == 0 && s.SentAt.After(last) && (r.SentAt.IsZero() || s.SentAt.Before(r.SentAt)) {
				last = s.SentAt
			}
		}
	}
	return last
}

// lastFinal is when the final report was sent that ends the follow-ups before r; zero: none does.
func (i *Incident) lastFinal(said map[int]Report, r Report) (at time.Time) {
	for _, o := range said {
		if o.Stage == StageFinal && o.SentAt.After(at) && (r.SentAt.IsZero() || o.SentAt.Before(r.SentAt)) {
			at = o.SentAt
		}
	}
	if !at.IsZero() && i.reopenedAfter(at) && i.follows(said, at, r) {
		return time.Time{} // the incident goes on, and a follow-up has said so
	}
	return at
}

// follows reports whether a follow-up was sent after a moment, and before r.
func (i *Incident) follows(said map[int]Report, at time.Time, r Report) bool {
	for _, o := range said {
		if o.Stage == StageFollowUp && o.Number != r.Number && o.SentAt.After(at) && (r.SentAt.IsZero() || o.SentAt.Before(r.SentAt)) {
			return true
		}
	}
	return false
}

// NextDue is the report whose deadline is next, or was first of those that are over; nil: none is owed.
func (i Incident) NextDue() *Report {
	var next *Report
	for n := range i.Reports {
		r := &i.Reports[n]
		if i.State == IncidentOpen && r.SentAt.IsZero() && !r.DueAt.IsZero() && (next == nil || r.DueAt.Before(next.DueAt)) {
			next = r
		}
	}
	return next
}
