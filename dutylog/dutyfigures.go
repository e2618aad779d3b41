package dutylog

import (
	"context"
	"time"
)

// DutyFigure names a figure of how the duty room did its other work.
type DutyFigure string

// The closed set of these figures.
const (
	ReportsOnTime       DutyFigure = "reports_on_time"        // by deadline: reports that were sent until then
	DeliveriesOnTime    DutyFigure = "deliveries_on_time"     // by recipient and by channel: deliveries until the report's deadline
	IncidentsOpenedLate DutyFigure = "incidents_opened_late"  // later after the intake than a first report may come
	InstructionsOverdue DutyFigure = "instructions_overdue"   // not closed when they were due
	HandoversLate       DutyFigure = "handovers_late"         // nobody took over when the shift had ended and the allowance was over
	RosterUncovered     DutyFigure = "roster_uncovered"       // by post: minutes that nobody held it
	FilingsLate         DutyFigure = "filings_late"           // 报备 after the deadline, or not at all
	MissedNotCalledBack DutyFigure = "missed_not_called_back" // callers who still wait
	LongestDutySpan                = 400 * 24 * time.Hour     // that is asked for at once
	DutyFactsBefore                = 90 * 24 * time.Hour      // an incident that was opened so long before may have reports due
)

// DutyShare is one figure: so many of so many.
type DutyShare struct {
	Figure                 DutyFigure
	Of                     string // the deadline, recipient, channel or post; empty: there is but one
	Numerator, Denominator int
	Gaps                   []RosterFinding // of RosterUncovered: what the minutes are made of, each with its from and to
}

// DutyFacts is what these figures are made of.
type DutyFacts struct {
	Incidents []Incident
	Handovers []Handover // of the time and a day more, oldest first, without their sheets
	Begun     time.Time  // the first handover that the log knows: nothing is late before it
	Shifts    []Shift
	Filings   []FilingDuty // whose days begin in the time
	Missed    int          // missed callers of the time
	Waiting   int          // of them, those who were not called back
}

// DutyFigures counts what fell due from one moment to another and not after now. What is not due yet counts nowhere.
func DutyFigures(f DutyFacts, allowance time.Duration, from, to, now time.Time) []DutyShare {
	c := dutyCount{from: from, to: earlier(to, now), now: now}
	for _, s := range []Stage{StageFirst, StageWritten, StageDetailed, StageFollowUp, StageFinal} {
		c.share(ReportsOnTime, string(s))
	}
	for _, e := range eventsOf(f.Incidents) {
		c.event(e)
	}
	c.share(IncidentsOpenedLate, "")
	c.share(InstructionsOverdue, "")
	c.handovers(f, allowance)
	for _, p := range Posts() {
		c.uncovered(f.Shifts, p)
	}
	c.share(FilingsLate, "")
	for _, d := range f.Filings {
		if late := d.State == FilingOverdue || d.State == FilingLate; late || d.State == FilingDone || d.State == FilingSupplement {
			c.count(FilingsLate, "", late)
		}
	}
	s := c.share(MissedNotCalledBack, "")
	s.Numerator, s.Denominator = f.Waiting, f.Missed
	return c.shares
}

// dutyCount counts within a time.
type dutyCount struct {
	from, to, now time.Time
	shares        []DutyShare
}

// share is the count of a figure, which is there even when nothing is counted.
func (c *dutyCount) share(f DutyFigure, of string) *DutyShare {
	for i := range c.shares {
		if c.shares[i].Figure == f && c.shares[i].Of == of {
			return &c.shares[i]
		}
	}
	c.shares = append(c.shares, DutyShare{Figure: f, Of: of})
	return &c.shares[len(c.shares)-1]
}

func (c *dutyCount) count(f DutyFigure, of string, in bool) {
	s := c.share(f, of)
	s.Denominator++
	if in {
		s.Numerator++
	}
}

// within reports whether something fell due in the time, and not only later than now.
func (c *dutyCount) within(t time.Time) bool {
	return !t.IsZero() && !t.Before(c.from) && t.Before(c.to)
}

// handovers counts the changes of officers that the roster asks for, and those that nobody confirmed in
// time. Who went on with a shift of their own has nothing to take over.
func (c *dutyCount) handovers(f DutyFacts, allowance time.Duration) {
	c.share(HandoversLate, "")
	for _, change := range officerChanges(f.Shifts) {
		if change.at.Before(f.Begun) || f.Begun.IsZero() || !c.within(change.at) || !change.at.Add(allowance).Before(c.now) {
			continue
		}
		late := true
		for _, h := range f.Handovers {
			if change.counts(h, allowance) && !h.At.After(change.at.Add(allowance)) {
				late = false
			}
		}
		c.count(HandoversLate, "", late)
	}
}

// uncovered counts the minutes in which nobody held a post.
func (c *dutyCount) uncovered(shifts []Shift, p Post) {
	s := c.share(RosterUncovered, string(p))
	s.Denominator = max(0, int(c.to.Sub(c.from).Minutes()))
	for _, gap := range coverOf(postShifts(within(shifts, c.from, c.to), p), p, c.from, c.to) {
		if gap.Reason == RosterGap {
			s.Numerator += int(gap.To.Sub(gap.From).Minutes())
			s.Gaps = append(s.Gaps, gap)
		}
	}
}

// DutyStore gives what these figures are made of.
type DutyStore interface {
	DutyFacts(ctx context.Context, from, to, now time.Time) (DutyFacts, error)
}
