package dutylog

import (
	"slices"
	"time"
)

// filingReach is how many days after the time of a filing its span begins at most: the last working
// day of a month is that far from its end.
const filingReach = 16

// FilingReach is which days are looked at for the filings that are due in [from, to).
func FilingReach(from, to time.Time, zone *time.Location) (first, last Date) {
	return DateOf(from, zone), DateOf(to, zone).Add(filingReach)
}

// files reports whether a rule asks for filings.
func (w Recurrence) files() bool {
	return w.Every == EveryMonthFiling || w.Every == EverySpecialFiling
}

// filings are the duties of a rule that asks for them: each is due when the roster's own rule says so.
func (r TaskRule) filings(f FilingFacts, from, to, now time.Time) (all []Task) {
	if f.Zone == nil {
		return nil
	}
	first, last := FilingReach(from, to, f.Zone)
	for _, d := range f.FilingDuties(first, last, now) {
		if (d.Kind == FileMonth) == (r.When.Every == EveryMonthFiling) && !d.Due.Before(from) && d.Due.Before(to) {
			all = append(all, Task{Rule: r, Key: d.Key(), Title: r.Title + "：" + d.Span.Name, DueAt: d.Due.UTC(), Opens: d.Due.Add(-r.Lead).UTC(), Filing: &d})
		}
	}
	return all
}

// filedState is where a task stands by the filing that it asks for; not told when nothing was filed,
// or what was filed is no longer the roster and somebody said that this needs no supplement.
func (t Task) filedState() (s TaskState, told bool) {
	if t.Filing == nil || t.Filing.Last == 0 {
		return "", false
	}
	switch t.Filing.State {
	case FilingLate, FilingNoted:
		return TaskDoneLate, true
	case FilingSupplement:
		if t.Mark != nil && t.Mark.Says == SaysNotNeeded && t.Mark.At.After(t.Filing.LastAt) {
			return TaskNotNeeded, true
		}
		return TaskDue, true // the regulation sets no time for a supplement: it waits, and is not late
	}
	return TaskDone, true
}

// checkFiling refuses what nobody can say of a task that a filing does.
func (t Task) checkFiling(m TaskMark) error {
	switch {
	case t.Filing == nil:
		return nil
	case m.Says == SaysDone:
		return &InvalidError{Field: "says", Reason: "it is done by the filing alone: write down on the page of the roster when and to whom the roster was sent"}
	case t.State == TaskDone || t.State == TaskDoneLate:
		return &InvalidError{Field: "says", Reason: "the roster was filed: it is open again when the roster is changed"}
	}
	return nil
}

// earlierSeeds are recurrences of rules of the regulation as the product brought them along before.
var earlierSeeds = map[string][]Recurrence{
	"holiday_filing": {{Every: BeforeSpecial, Day: 3, Clock: "17:00"}},
	"roster_filing":  {{Every: BeforeMonthsLastWork, Clock: "17:00"}},
}

// SeedsToAdd are the rules of the regulation that a log with these rules still needs: those that it
// never had, and the newer version of one that is as the product once brought it along. What a person
// changed or ended stays.
func SeedsToAdd(versions []TaskRule) (add []TaskRule) {
	newest := Newest(versions)
	for _, seed := range SeededRules() {
		at := slices.IndexFunc(newest, func(r TaskRule) bool { return r.Seed == seed.Seed })
		switch {
		case at < 0:
			add = append(add, seed)
		case !newest[at].Ended && slices.Contains(earlierSeeds[seed.Seed], newest[at].When):
			next := newest[at] // with the people, the title and the lead that it has
			next.When = seed.When
			add = append(add, next)
		}
	}
	return add
}
