package dutylog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dutyline/telephony"
)

// DutyFigure names a figure of how the duty room did its other work.
type DutyFigure string

// The closed set of these figures.
const (
	ReportsOnTime       DutyFigure = "reports_on_time"        // by deadline: reports that were sent until then
	DeliveriesOnTime    DutyFigure = "deliveries_on_time"     // by recipient and by channel: deliveries until the report's deadline
	IncidentsOpenedLate DutyFigure = "incidents_opened_late"  // later after the intake than a first report may come
	ClosedUnreported    DutyFigure = "closed_unreported"      // incidents that were closed with a report owed, in time or not
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
	Rules                  []string      // by which it was counted; of incidents the schedules that they have, in alphabetical order
	Blind                  time.Duration // of the time, how long nobody saw the line
	Behind                 []DutyBehind  // what counts against the duty room, the newest first, at most MostBehind
}

// DutyBehind leads to one thing that a figure counts against the duty room.
type DutyBehind struct {
	Kind      BehindKind
	ID        string    // of the incident or the call; of a filing its key; otherwise the post
	Name      string    // the number of the incident
	What      string    // the stage of a report, who was to take over, the time that is filed; or "opened", "instruction"
	Why       string    // what whoever closed an incident without a report said
	At, Until time.Time // when it fell due, came or began; Until only of a gap
}

// BehindKind is what is behind a figure.
type BehindKind string

// The closed set of kinds.
const (
	BehindIncident BehindKind = "incident"
	BehindCall     BehindKind = "call"
	BehindShift    BehindKind = "shift" // a change of officers, or a gap of the roster
	BehindFiling   BehindKind = "filing"
)

// MostBehind bounds what one figure leads to; its counts say how many there are.
const MostBehind = 100

// The rules of figures that are not about incidents: their names stand beside them as versions do.
const (
	ruleInstructions = "instruction-due"
	ruleRoster       = "every-minute-of-every-post"
	ruleFilings      = "filing-deadline"
	ruleCallBacks    = "called-back-or-reached"
)

// Version names a schedule of reports, as it stands beside the figures that rest on it.
func (s Schedule) Version() string {
	return fmt.Sprintf("first-%dm-written-%dm-detailed-%dm-follow-up-%dm-essential-%dm", s.First, s.Written, s.Detailed, s.FollowUp, s.Essential)
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
	Calls     []DutyBehind // their calls, the newest first
	Blind     []telephony.Interval
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
	c.share(ClosedUnreported, "")
	c.share(InstructionsOverdue, "").Rules = []string{ruleInstructions}
	c.handovers(f, allowance)
	for _, p := range Posts() {
		c.uncovered(f.Shifts, p)
	}
	c.share(FilingsLate, "").Rules = []string{ruleFilings}
	for _, d := range f.Filings {
		if late := d.State == FilingOverdue || d.State == FilingLate; late || d.State == FilingDone || d.State == FilingSupplement {
			c.count(FilingsLate, "", late, against(late, DutyBehind{Kind: BehindFiling, ID: d.Key(), At: d.Due, What: d.Span.Name}))
		}
	}
	s := c.share(MissedNotCalledBack, "")
	s.Numerator, s.Denominator, s.Rules, s.Behind = f.Waiting, f.Missed, []string{ruleCallBacks}, f.Calls
	blind := AnsweringSpan{Blind: f.Blind}.blindIn(c.from, c.to)
	for i := range c.shares {
		c.shares[i].finish(blind)
	}
	return c.shares
}

// finish puts what is behind a figure in its order.
func (s *DutyShare) finish(blind time.Duration) {
	s.Blind = blind
	slices.Sort(s.Rules)
	slices.SortStableFunc(s.Behind, func(a, b DutyBehind) int { return b.At.Compare(a.At) })
	s.Behind = s.Behind[:min(len(s.Behind), MostBehind)]
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

// against is what is behind a figure, if it counts against the duty room.
func against(it bool, b DutyBehind) []DutyBehind {
	if !it {
		return nil
	}
	return []DutyBehind{b}
}

func (c *dutyCount) count(f DutyFigure, of string, in bool, behind []DutyBehind) *DutyShare {
	s := c.share(f, of)
	s.Denominator++
	if in {
		s.Numerator++
	}
	s.Behind = append(s.Behind, behind...)
	return s
}

// counts reports whether a figure counts what went well; the others count what did not.
func (f DutyFigure) counts() bool { return f == ReportsOnTime || f == DeliveriesOnTime }

// within reports whether something fell due in the time, and not only later than now.
func (c *dutyCount) within(t time.Time) bool {
	return !t.IsZero() && !t.Before(c.from) && t.Before(c.to)
}

// handovers counts the changes of officers that the roster asks for, and those that nobody confirmed in
// time. Who went on with a shift of their own has nothing to take over.
func (c *dutyCount) handovers(f DutyFacts, allowance time.Duration) {
	c.share(HandoversLate, "").Rules = []string{fmt.Sprintf("handover-allowance-%dm", int(allowance.Minutes()))}
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
		c.count(HandoversLate, "", late, against(late, DutyBehind{Kind: BehindShift, ID: string(PostOfficer), At: change.at, What: change.next}))
	}
}

// uncovered counts the minutes in which nobody held a post.
func (c *dutyCount) uncovered(shifts []Shift, p Post) {
	s := c.share(RosterUncovered, string(p))
	s.Denominator, s.Rules = max(0, int(c.to.Sub(c.from).Minutes())), []string{ruleRoster}
	for _, gap := range coverOf(postShifts(within(shifts, c.from, c.to), p), p, c.from, c.to) {
		if gap.Reason == RosterGap {
			s.Numerator += int(gap.To.Sub(gap.From).Minutes())
			s.Behind = append(s.Behind, DutyBehind{Kind: BehindShift, ID: string(p), At: gap.From, Until: gap.To})
		}
	}
}

// DutyStore gives what these figures are made of.
type DutyStore interface {
	DutyFacts(ctx context.Context, from, to, now time.Time) (DutyFacts, error)
}
