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
	DeliveriesOnTime    DutyFigure = "deliveries_on_time"     // by recipient: reports that reached each one until their deadline; by channel: deliveries until then
	IncidentsOpenedLate DutyFigure = "incidents_opened_late"  // later after the intake than a first report may come
	ClosedUnreported    DutyFigure = "closed_unreported"      // incidents that were closed with a report owed, in time or not
	InstructionsOverdue DutyFigure = "instructions_overdue"   // not closed when they were due
	HandoversLate       DutyFigure = "handovers_late"         // nobody took over when the shift had ended and the allowance was over
	RosterUncovered     DutyFigure = "roster_uncovered"       // by post: minutes that nobody held it
	FilingsLate         DutyFigure = "filings_late"           // 报备 after the deadline, or not at all
	MissedNotCalledBack DutyFigure = "missed_not_called_back" // missed callers, as every figure has them, who wait: BackWaits
	OthersNotCalledBack DutyFigure = "others_not_called_back" // by outcome: callers who did not get through otherwise, and wait; charged to nobody
	LongestDutySpan                = 400 * 24 * time.Hour     // that is asked for at once
	LongestDeadline                = 8 * 24 * time.Hour       // longer after the last word about an incident no report of it falls due: see Schedule.Check
)

// DutyFigureNames lists the closed set, in the order in which figures are shown.
func DutyFigureNames() []DutyFigure {
	return []DutyFigure{ReportsOnTime, DeliveriesOnTime, IncidentsOpenedLate, ClosedUnreported, InstructionsOverdue, HandoversLate, RosterUncovered, FilingsLate, MissedNotCalledBack, OthersNotCalledBack}
}

// DutyShare is one figure: so many of so many.
type DutyShare struct {
	Figure                 DutyFigure
	Of                     string // the deadline, recipient, channel or post; empty: there is but one
	Numerator, Denominator int
	Rules                  []string      // by which it was counted; of incidents the schedules that they have, in alphabetical order
	Blind                  time.Duration // of the time, how long nobody saw the line
	Unknown                time.Duration // of roster_uncovered: how long no roster was kept here, so that nobody knows who was to be there
	Behind                 []DutyBehind  // what counts against the duty room, the newest first, at most MostBehind
}

// DutyBehind leads to one thing that a figure counts against the duty room.
type DutyBehind struct {
	Kind  BehindKind `json:"kind"`
	ID    string     `json:"id"`             // of the incident or the call; of a filing its key; otherwise the post
	Name  string     `json:"name,omitempty"` // the number of the incident
	What  string     `json:"what,omitempty"` // the stage of a report, who was to take over, the time that is filed; or "opened", "instruction"
	Why   string     `json:"why,omitempty"`  // what whoever closed an incident without a report said
	At    time.Time  `json:"at"`             // when it fell due, came or began
	Until time.Time  `json:"until,omitzero"` // of a gap

	Handover int64 `json:"handover,omitempty"` // of a change of officers: the handover that settled it, after its deadline; 0: none did
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
	ruleOthers       = "charged-to-nobody"
)

// Version names a schedule of reports, as it stands beside the figures that rest on it.
func (s Schedule) Version() string {
	return fmt.Sprintf("first-%dm-written-%dm-detailed-%dm-follow-up-%dm-essential-%dm", s.First, s.Written, s.Detailed, s.FollowUp, s.Essential)
}

// DutyFacts is what these figures are made of.
type DutyFacts struct {
	Incidents []Incident
	Handovers []Handover     // that may be for a change within the time, in time or not, oldest first, without their sheets
	Begun     time.Time      // the first handover that the log knows: nothing is late before it
	Shifts    []Shift        // that touch the time, and some before and after it: so that the changes next to its edges are known
	Filings   []FilingDuty   // whose days begin in the time
	Zone      *time.Location // of the site, for the days of filings; nil: all of them belong to the time
	DutyCallers
	Blind       []telephony.Interval
	RosterSince time.Time // as RosterStore has it. Before it nobody is missing on the roster
	LogBegun    time.Time // when the log began; zero: it does not say
}

// rosterFrom is from when on within a time the roster says who is to be there: its end, where it never does.
func rosterFrom(since, from, to time.Time) time.Time {
	if since.IsZero() {
		return laterOf(from, to)
	}
	return earlier(laterOf(from, since), laterOf(from, to))
}

// DutyCallers are whose calls nobody took at the duty phone, and who of them waits.
type DutyCallers struct {
	Missed  int          // calls of the time that were missed 未接, by their outcome, as every figure has it
	Waiting int          // of them, those whose callers wait: BackWaits
	Calls   []DutyBehind // those, the newest first
	Others  []OtherCallers
}

// OtherCallers are those of one outcome but missed who did not get through: they gave up early, the line was engaged …
// They may wait for a call back too. That is courtesy: no officer is charged with them.
type OtherCallers struct {
	Outcome        telephony.Outcome
	Calls, Waiting int
	Behind         []DutyBehind // calls of those who wait, the newest first
}

// DutyFigures counts what fell due from one moment to another and not after now. What is not due yet counts nowhere.
func DutyFigures(f DutyFacts, allowance time.Duration, from, to, now time.Time) []DutyShare {
	c := dutyCount{from: from, to: earlier(to, now), now: now}
	shares := countDuty(c.items(f, allowance, to), allowance, c.from, c.to, rosterFrom(f.RosterSince, c.from, c.to))
	l := (*dutyShares)(&shares)
	s := l.share(MissedNotCalledBack, "")
	s.Numerator, s.Denominator, s.Behind = f.Waiting, f.Missed, f.Calls
	for _, o := range f.Others {
		s := l.share(OthersNotCalledBack, string(o.Outcome))
		s.Numerator, s.Denominator, s.Rules, s.Behind = o.Waiting, o.Calls, []string{ruleOthers}, o.Behind
	}
	return finished(shares, AnsweringSpan{Blind: f.Blind}.blindIn(c.from, c.to))
}

// DutyItem is one thing that fell due, as it was judged.
type DutyItem struct {
	Figure DutyFigure  `json:"figure"`
	Of     string      `json:"of,omitempty"`
	At     time.Time   `json:"at"`             // by which it belongs to a time
	Until  time.Time   `json:"until,omitzero"` // of a gap of the roster: the figure counts its minutes
	In     bool        `json:"in,omitempty"`   // it counts in the numerator
	Rule   string      `json:"rule,omitempty"` // of an incident its schedule
	Line   string      `json:"line,omitempty"` // of a call
	Behind *DutyBehind `json:"behind,omitempty"`
}

// items lists all that fell due in the time.
func (c *dutyCount) items(f DutyFacts, allowance time.Duration, to time.Time) []DutyItem {
	for _, e := range eventsOf(f.Incidents) {
		c.event(e)
	}
	c.handovers(f, allowance)
	for _, p := range Posts() {
		c.uncovered(f.Shifts, p, rosterFrom(f.RosterSince, c.from, c.to))
	}
	for _, d := range f.Filings {
		day := d.Due
		if f.Zone != nil {
			day = d.Span.First.Start(f.Zone)
			if day.Before(DateOf(c.from, f.Zone).Start(f.Zone)) || !day.Before(to) {
				continue
			}
		}
		if late := d.Late || d.State == FilingOverdue || d.State == FilingLate; late || d.State == FilingDone || d.State == FilingSupplement {
			c.item(DutyItem{Figure: FilingsLate, At: day, In: late}, late, DutyBehind{Kind: BehindFiling, ID: d.Key(), At: d.Due, What: d.Span.Name})
		}
	}
	return c.found
}

// countDuty counts the items of a time; within it there was a roster from known on. Figures of which nothing fell due are
// there, too.
func countDuty(items []DutyItem, allowance time.Duration, from, to, known time.Time) []DutyShare {
	var l dutyShares
	for _, s := range []Stage{StageFirst, StageWritten, StageDetailed, StageFollowUp, StageFinal} {
		l.share(ReportsOnTime, string(s))
	}
	for _, i := range items {
		if i.Figure.ofIncidents() {
			l.add(i)
		}
	}
	l.share(IncidentsOpenedLate, "")
	l.share(ClosedUnreported, "")
	l.share(InstructionsOverdue, "").Rules = []string{ruleInstructions}
	l.share(HandoversLate, "").Rules = []string{fmt.Sprintf("handover-allowance-%dm", int(allowance.Minutes()))}
	for _, p := range Posts() {
		s := l.share(RosterUncovered, string(p))
		s.Denominator, s.Rules, s.Unknown = max(0, int(to.Sub(known).Minutes())), []string{ruleRoster}, max(0, known.Sub(from))
	}
	l.share(FilingsLate, "").Rules = []string{ruleFilings}
	l.share(MissedNotCalledBack, "").Rules = []string{ruleCallBacks}
	for _, i := range items {
		if !i.Figure.ofIncidents() {
			l.add(i)
		}
	}
	return l
}

// ofIncidents reports whether a figure is about incidents.
func (f DutyFigure) ofIncidents() bool {
	return f == ReportsOnTime || f == DeliveriesOnTime || f == IncidentsOpenedLate || f == ClosedUnreported || f == InstructionsOverdue
}

// OfCalls reports whether a figure counts calls, which are of a line; all others are of the duty room as a whole.
func (f DutyFigure) OfCalls() bool { return f == MissedNotCalledBack || f == OthersNotCalledBack }

func finished(shares []DutyShare, blind time.Duration) []DutyShare {
	for i := range shares {
		shares[i].finish(blind)
	}
	return shares
}

// finish puts what is behind a figure in its order.
func (s *DutyShare) finish(blind time.Duration) {
	s.Blind = blind
	slices.Sort(s.Rules)
	slices.SortStableFunc(s.Behind, func(a, b DutyBehind) int { return b.At.Compare(a.At) })
	s.Behind = s.Behind[:min(len(s.Behind), MostBehind)]
}

// dutyCount finds what fell due within a time.
type dutyCount struct {
	from, to, now time.Time
	found         []DutyItem
}

// item keeps one; bad is whether it counts against the duty room, and then it leads somewhere.
func (c *dutyCount) item(i DutyItem, bad bool, behind DutyBehind) {
	if bad {
		i.Behind = &behind
	}
	c.found = append(c.found, i)
}

// dutyShares are figures while they are counted.
type dutyShares []DutyShare

// share is the count of a figure, which is there even when nothing is counted.
func (l *dutyShares) share(f DutyFigure, of string) *DutyShare {
	for i := range *l {
		if s := &(*l)[i]; s.Figure == f && s.Of == of {
			return s
		}
	}
	*l = append(*l, DutyShare{Figure: f, Of: of})
	return &(*l)[len(*l)-1]
}

func (l *dutyShares) add(i DutyItem) {
	s := l.share(i.Figure, i.Of)
	switch {
	case i.Figure == RosterUncovered:
		s.Numerator += int(i.Until.Sub(i.At).Minutes())
	case i.In:
		s.Numerator++
		s.Denominator++
	default:
		s.Denominator++
	}
	if i.Rule != "" && !slices.Contains(s.Rules, i.Rule) {
		s.Rules = append(s.Rules, i.Rule)
	}
	if i.Behind != nil {
		s.Behind = append(s.Behind, *i.Behind)
	}
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
	changes := officerChanges(f.Shifts)
	for n, change := range changes {
		if change.at.Before(f.Begun) || f.Begun.IsZero() || !c.within(change.at) || !change.at.Add(allowance).Before(c.now) {
			continue
		}
		late, settled := true, int64(0)
		for _, h := range f.Handovers {
			switch {
			case !change.counts(h, allowance):
			case !h.At.After(change.at.Add(allowance)):
				late = false
			case settled == 0 && !(n+1 < len(changes) && changes[n+1].counts(h, allowance)): // else it was the next change's: this one nobody confirmed
				settled = h.ID
			}
		}
		c.item(DutyItem{Figure: HandoversLate, At: change.at, In: late}, late, DutyBehind{Kind: BehindShift, ID: string(PostOfficer), At: change.at, What: change.next, Handover: settled})
	}
}

// uncovered finds the times in which nobody held a post, once there was a roster.
func (c *dutyCount) uncovered(shifts []Shift, p Post, from time.Time) {
	if !from.Before(c.to) {
		return
	}
	for _, gap := range coverOf(postShifts(within(shifts, from, c.to), p), p, from, c.to) {
		if gap.Reason == RosterGap {
			c.item(DutyItem{Figure: RosterUncovered, Of: string(p), At: gap.From, Until: gap.To}, true, DutyBehind{Kind: BehindShift, ID: string(p), At: gap.From, Until: gap.To})
		}
	}
}

// DutyStore gives what these figures are made of.
type DutyStore interface {
	DutyFacts(ctx context.Context, from, to, now time.Time) (DutyFacts, error)
	// DutyFigures counts them; closed months as they were frozen.
	DutyFigures(ctx context.Context, q DutyQuery) (DutyAnswer, error)
}

// DutyQuery asks for the figures of a time.
type DutyQuery struct {
	From, To, Now time.Time
	Allowance     time.Duration // of handovers, but in closed months
	Line          string        // empty: of the duty room; otherwise the figures of this line's calls alone
}
