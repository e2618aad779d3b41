package dutylog

import (
	"context"
	"strconv"
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
	return countDuties(f, allowance, from, to, now).shares
}

func countDuties(f DutyFacts, allowance time.Duration, from, to, now time.Time) *dutyCount {
	c := &dutyCount{from: from, to: earlier(to, now), now: now, against: map[DutyShare][]EvidenceLink{}}
	for _, s := range []Stage{StageFirst, StageWritten, StageDetailed, StageFollowUp, StageFinal} {
		c.share(ReportsOnTime, string(s))
	}
	for _, i := range f.Incidents {
		c.incident(i)
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
			c.count(FilingsLate, "", late, EvidenceLink{Kind: EvidenceFiling, ID: d.Key(), At: d.Due, What: d.Span.Name})
		}
	}
	s := c.share(MissedNotCalledBack, "")
	s.Numerator, s.Denominator = f.Waiting, f.Missed
	return c
}

// dutyCount counts within a time.
type dutyCount struct {
	from, to, now time.Time
	shares        []DutyShare
	against       map[DutyShare][]EvidenceLink // by figure and of, without their numbers: what did not go well
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

func (c *dutyCount) count(f DutyFigure, of string, in bool, e EvidenceLink) {
	s := c.share(f, of)
	s.Denominator++
	if in {
		s.Numerator++
	}
	if in != f.counts() {
		key := DutyShare{Figure: f, Of: of}
		c.against[key] = append(c.against[key], e)
	}
}

// counts reports whether a figure counts what went well; the others count what did not.
func (f DutyFigure) counts() bool { return f == ReportsOnTime || f == DeliveriesOnTime }

// within reports whether something fell due in the time, and not only later than now.
func (c *dutyCount) within(t time.Time) bool {
	return !t.IsZero() && !t.Before(c.from) && t.Before(c.to)
}

// incident counts the reports of one whose deadlines lie in the time, each delivery of them, and its
// instructions. A report that is not sent is late from its deadline on.
func (c *dutyCount) incident(i Incident) {
	about := func(at time.Time, what string) EvidenceLink {
		return EvidenceLink{Kind: EvidenceIncident, ID: strconv.FormatInt(i.ID, 10), At: at, What: what}
	}
	for _, r := range i.Reports {
		if !c.within(r.DueAt) {
			continue
		}
		this := about(r.DueAt, string(r.Stage))
		c.count(ReportsOnTime, string(r.Stage), !r.SentAt.IsZero() && !r.SentAt.After(r.DueAt), this)
		for _, d := range r.Deliveries {
			c.count(DeliveriesOnTime, d.Recipient, !d.At.After(r.DueAt), this)
			c.count(DeliveriesOnTime, d.Channel, !d.At.After(r.DueAt), this)
		}
	}
	if len(i.Facts) > 0 && c.within(i.Facts[0].WrittenAt) {
		c.count(IncidentsOpenedLate, "", i.Facts[0].WrittenAt.Sub(i.ClockNatural) > i.Schedule.First.Duration(), about(i.Facts[0].WrittenAt, "opened"))
	}
	for _, x := range i.Instructions {
		if c.within(x.Due) {
			c.count(InstructionsOverdue, "", x.ClosedAt.IsZero() || x.ClosedAt.After(x.Due), about(x.Due, "instruction"))
		}
	}
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
		c.count(HandoversLate, "", late, EvidenceLink{Kind: EvidenceHandover, At: change.at, What: change.next})
	}
}

// uncovered counts the minutes in which nobody held a post.
func (c *dutyCount) uncovered(shifts []Shift, p Post) {
	s := c.share(RosterUncovered, string(p))
	s.Denominator = max(0, int(c.to.Sub(c.from).Minutes()))
	for _, gap := range coverOf(postShifts(within(shifts, c.from, c.to), p), p, c.from, c.to) {
		if gap.Reason == RosterGap {
			s.Numerator += int(gap.To.Sub(gap.From).Minutes())
			key := DutyShare{Figure: RosterUncovered, Of: string(p)}
			c.against[key] = append(c.against[key], EvidenceLink{Kind: EvidenceRoster, ID: string(p), At: gap.From, What: gap.To.UTC().Format(time.RFC3339)})
		}
	}
}

// DutyStore gives what these figures are made of.
type DutyStore interface {
	DutyFacts(ctx context.Context, from, to, now time.Time) (DutyFacts, error)
}
