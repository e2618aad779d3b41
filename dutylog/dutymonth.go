package dutylog

import (
	"cmp"
	"slices"
	"time"

	"dutyline/telephony"
)

// FrozenDuty is the other work of a closed month, item by item, as it was judged when the month was closed: any part
// of the month can be counted from it again, and comes to the same.
type FrozenDuty struct {
	Allowance time.Duration `json:"allowance_ns"` // by which handovers were judged
	Items     []DutyItem    `json:"items"`
	Missed    []int64       `json:"missed"`              // when each missed call came, in seconds since 1970; whose caller still waited is an item, too
	MissedOn  []string      `json:"missed_on,omitempty"` // the line of each; empty with ByLine unset: an older program noted none
	ByLine    bool          `json:"by_line,omitempty"`   // the lines of calls are noted

	RosterSince *time.Time `json:"roster_since,omitempty"` // as DutyFacts has it; nil: an older program took the time before a roster for a gap

	// Shifts are those of the roster of then, as ShiftSpans gives them: figures by shift have a row of each, whether
	// anybody called or not. Empty: there were none, or an older program noted none.
	Shifts []ShiftSpan `json:"shifts,omitempty"`
}

// DutyPart is a part of a time, as its callers stand now; in a closed month with what was frozen.
type DutyPart struct {
	From, To time.Time
	DutyCallers
	Month     *FrozenMonth  // closed; without its tallies
	Then      []DutyShare   // of a closed month, as FrozenDuty.Shares gives them
	Allowance time.Duration // of a closed month, of then
}

// DutyAnswer is how the other work of a time was done.
type DutyAnswer struct {
	Shares      []DutyShare
	Frozen      []FrozenMonth // closed months of the time: their part is as it was frozen
	Corrections []DutyCorrection
	Begun       time.Time // when the log began: the time before it counts as blind
}

// DutyCorrection is a figure of a closed month that would be counted otherwise now.
type DutyCorrection struct {
	Month     Month
	Figure    DutyFigure
	Of        string
	Then, Now [2]int // numerator, denominator
}

// FreezeDuty judges a whole month. missed are all whose calls nobody took, the others beside the missed ones.
func FreezeDuty(f DutyFacts, missed []MissedFact, allowance time.Duration, from, to, now time.Time) FrozenDuty {
	c := dutyCount{from: from, to: earlier(to, now), now: now}
	d := FrozenDuty{Allowance: allowance, Items: c.items(f, allowance, to), Missed: []int64{}, ByLine: true, RosterSince: &f.RosterSince}
	for _, m := range missed {
		i := DutyItem{Figure: MissedNotCalledBack, At: m.Call.OfferedAt, In: m.Back() == BackWaits, Line: m.Call.Line}
		if i.In {
			i.Behind = &DutyBehind{Kind: BehindCall, ID: m.Call.ID, At: m.Call.OfferedAt}
		}
		if m.Call.Outcome != telephony.Missed {
			i.Figure, i.Of, i.Rule = OthersNotCalledBack, string(m.Call.Outcome), ruleOthers
		} else if d.Missed, d.MissedOn = append(d.Missed, i.At.Unix()), append(d.MissedOn, i.Line); !i.In {
			continue
		}
		d.Items = append(d.Items, i)
	}
	return d
}

// OfLine is what was frozen of the calls of one line; all other work is the room's. False: an older program froze the
// month and noted no lines.
func (d FrozenDuty) OfLine(line string) (FrozenDuty, bool) {
	of := FrozenDuty{Allowance: d.Allowance, Items: []DutyItem{}, Missed: []int64{}, ByLine: d.ByLine}
	if !d.ByLine {
		return of, false
	}
	for n, at := range d.Missed {
		if d.MissedOn[n] == line {
			of.Missed, of.MissedOn = append(of.Missed, at), append(of.MissedOn, line)
		}
	}
	for _, i := range d.Items {
		if i.Figure.OfCalls() && i.Line == line {
			of.Items = append(of.Items, i)
		}
	}
	return of, true
}

// Shares are the figures of a part of the month, of which nobody saw the line in these intervals.
func (d FrozenDuty) Shares(from, to time.Time, zone *time.Location, blind []telephony.Interval) []DutyShare {
	return finished(d.count(from, to, zone), AnsweringSpan{Blind: blind}.blindIn(from, to))
}

func (d FrozenDuty) count(from, to time.Time, zone *time.Location) []DutyShare {
	var within []DutyItem
	for _, i := range d.Items {
		begin := from
		if i.Figure == FilingsLate { // it belongs to a day
			begin = DateOf(from, zone).Start(zone)
		}
		if i.Figure == RosterUncovered {
			if i = i.cut(from, to); !i.At.Before(i.Until) {
				continue
			}
		}
		if !i.At.Before(begin) && i.At.Before(to) {
			within = append(within, i)
		}
	}
	known := from
	if d.RosterSince != nil {
		known = rosterFrom(*d.RosterSince, from, to)
	}
	shares := countDuty(within, d.Allowance, from, to, known)
	callers := (*dutyShares)(&shares).share(MissedNotCalledBack, "")
	callers.Denominator = 0
	for _, at := range d.Missed {
		if at >= from.Unix() && at < to.Unix() {
			callers.Denominator++
		}
	}
	return shares
}

// cut is a gap as far as it lies in a time.
func (i DutyItem) cut(from, to time.Time) DutyItem {
	i.At, i.Until = laterOf(i.At, from), earlier(i.Until, to)
	if i.Behind != nil {
		b := *i.Behind
		b.At, b.Until = i.At, i.Until
		i.Behind = &b
	}
	return i
}

// DutyAnswerOf puts the parts of a time together: what is closed as it was frozen, and what changed since beside it.
func DutyAnswerOf(f DutyFacts, parts []DutyPart, allowance time.Duration, now time.Time) (a DutyAnswer) {
	a.Begun = f.LogBegun
	for _, p := range parts {
		f.DutyCallers = p.DutyCallers
		if p.Month == nil {
			a.add(DutyFigures(f, allowance, p.From, p.To, now))
			continue
		}
		a.Frozen = append(a.Frozen, *p.Month)
		today := DutyFigures(f, p.Allowance, p.From, p.To, now) // by the allowance of then: that it was changed since corrects nothing
		a.correct(p.Month.Month, p.Then, today)
		a.add(withHandovers(p.Then, today))
	}
	if len(parts) > 1 {
		a.order()
	}
	return a
}

// withHandovers names what settled late handovers, where an older program closed the month and did not.
func withHandovers(then, now []DutyShare) []DutyShare {
	then = slices.Clone(then)
	for i := range then {
		s := &then[i]
		if s.Figure != HandoversLate {
			continue
		}
		s.Behind = slices.Clone(s.Behind)
		known := shareOf(now, HandoversLate, "").Behind
		for n, b := range s.Behind {
			if at := slices.IndexFunc(known, func(k DutyBehind) bool { return k.At.Equal(b.At) }); b.Handover == 0 && at >= 0 {
				s.Behind[n].Handover = known[at].Handover
			}
		}
	}
	return then
}

// OfCalls leaves the figures that have a line: those of calls.
func (a DutyAnswer) OfCalls() DutyAnswer {
	a.Shares = slices.DeleteFunc(a.Shares, func(s DutyShare) bool { return !s.Figure.OfCalls() })
	a.Corrections = slices.DeleteFunc(a.Corrections, func(c DutyCorrection) bool { return !c.Figure.OfCalls() })
	return a
}

// add adds the figures of another part.
func (a *DutyAnswer) add(part []DutyShare) {
	l := dutyShares(a.Shares)
	for _, p := range part {
		s := l.share(p.Figure, p.Of)
		s.Numerator += p.Numerator
		s.Denominator += p.Denominator
		s.Blind += p.Blind
		s.Unknown += p.Unknown
		s.Rules = append(s.Rules, p.Rules...)
		s.Behind = append(s.Behind, p.Behind...)
	}
	a.Shares = l
}

// correct notes what differs between a closed month and what would be counted now.
func (a *DutyAnswer) correct(m Month, then, now []DutyShare) {
	for _, s := range append(slices.Clone(then), now...) {
		x := DutyCorrection{Month: m, Figure: s.Figure, Of: s.Of}
		was, is := shareOf(then, s.Figure, s.Of), shareOf(now, s.Figure, s.Of)
		x.Then, x.Now = [2]int{was.Numerator, was.Denominator}, [2]int{is.Numerator, is.Denominator}
		if x.Then != x.Now && !slices.Contains(a.Corrections, x) {
			a.Corrections = append(a.Corrections, x)
		}
	}
}

// order puts figures of several parts as those of one stand, and gaps that a month's end cut are whole again.
func (a *DutyAnswer) order() {
	all := DutyFigureNames()
	slices.SortStableFunc(a.Shares, func(x, y DutyShare) int {
		return cmp.Compare(slices.Index(all, x.Figure), slices.Index(all, y.Figure))
	})
	for i := range a.Shares {
		s := &a.Shares[i]
		slices.Sort(s.Rules)
		s.Rules = slices.Compact(s.Rules)
		if s.Figure == RosterUncovered {
			s.Behind = uncutGaps(s.Behind)
		}
		s.finish(s.Blind)
	}
}

func uncutGaps(gaps []DutyBehind) (whole []DutyBehind) {
	slices.SortStableFunc(gaps, func(a, b DutyBehind) int { return a.At.Compare(b.At) })
	for _, g := range gaps {
		if n := len(whole); n > 0 && whole[n-1].Until.Equal(g.At) {
			whole[n-1].Until = g.Until
		} else {
			whole = append(whole, g)
		}
	}
	return whole
}
