package dutylog

import (
	"maps"
	"slices"
	"time"

	"dutyline/telephony"
)

// Tally counts calls so that tallies can be added up: that of a month is the sum of its days.
type Tally struct {
	classes    map[class][traits]int
	rules      map[string]int // versions of the ring rules that judged them
	Rings      Spread         // of answered calls: the bell's clock, in tenths of a second
	Entering   Spread         // from the call's end until its entry was complete, in seconds
	CalledBack Spread         // from a missed call's end until its caller was reached, in seconds; without what is only stated
}

// Add counts one call, unless figures do not count it.
func (t *Tally) Add(f CallFact) {
	if CountingOf(f.Call) != CallCounts {
		return
	}
	c, one := f.Call, [traits]int{AnyCall: 1}
	if answered(c.Outcome) {
		note(&one, HasRecording, f.Verified)
		note(&one, WaitedUnder15, !c.OfferedAt.IsZero() && c.AnsweredAt.Sub(c.OfferedAt) < within15 && !c.AnsweredAt.Before(c.OfferedAt))
		if !c.RangAt.IsZero() && !c.AnsweredAt.IsZero() {
			t.Rings.add(c.AnsweredAt.Sub(c.RangAt), ringUnit)
		}
	}
	if c.Outcome == telephony.Missed && f.CalledBack {
		note(&one, WasCalledBack, true)
		if !f.BackStated {
			t.CalledBack.add(f.BackAfter, afterUnit)
		}
	}
	if f.Complete {
		note(&one, HasEntry, true)
		note(&one, HasNotGiven, f.NotGiven)
		note(&one, HasRefused, f.Refused)
		if c.Outcome != telephony.Unknown {
			t.Entering.add(f.Entered, afterUnit)
		}
	}
	t.count(classOf(f), one)
	if c.Rule != "" {
		t.rule(c.Rule, 1)
	}
}

func answered(o telephony.Outcome) bool { return slices.Contains(answeredOnes, o) }

func note(counts *[traits]int, t Trait, has bool) {
	if has {
		counts[t]++
	}
}

func (t *Tally) count(c class, n [traits]int) {
	if t.classes == nil {
		t.classes = map[class][traits]int{}
	}
	sum := t.classes[c]
	for i := range n {
		sum[i] += n[i]
	}
	t.classes[c] = sum
}

func (t *Tally) rule(version string, n int) {
	if t.rules == nil {
		t.rules = map[string]int{}
	}
	t.rules[version] += n
}

// Of is a figure's numerator and denominator, as measured or after review.
func (t *Tally) Of(r FigureRule, afterReview bool) (numerator, denominator int) {
	for c, n := range t.classes {
		switch r.place(c, afterReview) {
		case Above:
			numerator += n[r.With]
			denominator += n[r.Of]
		case Below:
			denominator += n[r.Of]
		}
	}
	return numerator, denominator
}

// BackStated is how many missed callers were reached by what a person says alone.
func (t *Tally) BackStated() int {
	reached, _ := t.Of(RuleOf(FigureCalledBack), false)
	_, n := t.CalledBack.Bins()
	for _, measured := range n {
		reached -= measured
	}
	return max(0, reached)
}

// Rate is a figure as a share; false below FewestForRate: then the counts say more.
func Rate(numerator, denominator int) (float64, bool) {
	if denominator < FewestForRate {
		return 0, false
	}
	return float64(numerator) / float64(denominator), true
}

// Outcomes counts the calls by how they ended.
func (t *Tally) Outcomes() map[telephony.Outcome]int {
	all := map[telephony.Outcome]int{}
	for c, n := range t.classes {
		all[c.outcome] += n[AnyCall]
	}
	return all
}

// Calls is how many calls were counted in all, unknown ones included.
func (t *Tally) Calls() (n int) {
	for _, counts := range t.classes {
		n += counts[AnyCall]
	}
	return n
}

// Undecided is how many answers came late within the line's uncertainty, and nobody decided.
func (t *Tally) Undecided() (n int) {
	for c, counts := range t.classes {
		if c.borderline && c.review != ReviewSetAside && c.judgedAs(true) == "" {
			n += counts[AnyCall]
		}
	}
	return n
}

// Reviewed counts the calls by what a review made of them.
func (t *Tally) Reviewed() map[ReviewResult]int {
	all := map[ReviewResult]int{}
	for c, counts := range t.classes {
		if c.review != "" {
			all[c.review] += counts[AnyCall]
		}
	}
	return all
}

// Rules lists the versions of the ring rules that judged these calls, in alphabetical order.
func (t *Tally) Rules() []string { return slices.Sorted(maps.Keys(t.rules)) }

// Spread counts durations in whole units, so that adding two spreads up is exact. What is negative,
// or so long that nobody measured it, was no duration and is left out.
type Spread struct{ bins map[int32]int }

func (s *Spread) add(d, unit time.Duration) {
	if d >= 0 && d < longestTime {
		s.put(int32(d/unit), 1)
	}
}

func (s *Spread) put(at int32, n int) {
	if s.bins == nil {
		s.bins = map[int32]int{}
	}
	s.bins[at] += n
}

// Bins gives each duration with how many there were of it, the shortest first.
func (s *Spread) Bins() (at []int32, n []int) {
	at = slices.Sorted(maps.Keys(s.bins))
	n = make([]int, len(at))
	for i, a := range at {
		n[i] = s.bins[a]
	}
	return at, n
}

// SpreadSummary is a spread in a few numbers, all in its unit.
type SpreadSummary struct {
	N                  int
	Mean               float64
	P50, P90, P95, Max int32 // nearest rank: the smallest one that so many percent do not exceed
}

// Summary sums a spread up; all is zero when there is nothing in it.
func (s *Spread) Summary() (sum SpreadSummary) {
	at, n := s.Bins()
	var total int64
	for i := range at {
		sum.N += n[i]
		total += int64(at[i]) * int64(n[i])
	}
	if sum.N == 0 {
		return sum
	}
	sum.Mean, sum.Max = float64(total)/float64(sum.N), at[len(at)-1]
	rank := func(percent int) int32 {
		left := (sum.N*percent + 99) / 100
		for i := range at {
			if left -= n[i]; left <= 0 {
				return at[i]
			}
		}
		return sum.Max
	}
	sum.P50, sum.P90, sum.P95 = rank(50), rank(90), rank(95)
	return sum
}
