package telephony

import (
	"slices"
	"time"
)

// IntervalKind names what was not seen, or not there, for a while.
type IntervalKind string

// The closed set of intervals. The first three are facts that are kept; a blind interval
// follows from them.
const (
	LiveDown      IntervalKind = "live_down"    // the live view saw nothing: the daemon was stopped, or its link to the switch was lost
	JournalDown   IntervalKind = "journal_down" // the switch's journal was not written, or rows of it are lost, or there is none
	SwitchDown    IntervalKind = "switch_down"  // the switch itself was down: last sign of life to ready again
	BlindInterval IntervalKind = "blind"        // neither eye saw: calls may have come of which nothing is known
)

// IntervalKinds lists the closed set.
func IntervalKinds() []IntervalKind {
	return []IntervalKind{LiveDown, JournalDown, SwitchDown, BlindInterval}
}

// Interval is a time in which something was not seen. Times are the switch's clock.
type Interval struct {
	Kind  IntervalKind `json:"kind"`
	From  time.Time    `json:"from"`
	To    time.Time    `json:"to"` // zero: it goes on
	Cause string       `json:"cause"`
}

// Blind works out when neither eye saw: the live view and the journal were both down, and the
// switch was not. A switch that is down has no calls to miss; that it is down stands for itself.
// Intervals that go on are taken to go on.
func Blind(facts []Interval) []Interval {
	live, journal, dead := of(facts, LiveDown), of(facts, JournalDown), of(facts, SwitchDown)
	var out []Interval
	for _, a := range live {
		for _, b := range journal {
			from, to := later(a.From, b.From), earlier(a.To, b.To)
			if !to.IsZero() && !from.Before(to) {
				continue
			}
			out = append(out, without(Interval{Kind: BlindInterval, From: from, To: to, Cause: a.Cause + "; " + b.Cause}, dead)...)
		}
	}
	slices.SortStableFunc(out, func(a, b Interval) int { return a.From.Compare(b.From) })
	return union(out)
}

// union makes one interval of those that overlap or touch, so that no moment counts twice: the
// journal may be down for two reasons at once. The first cause is kept. They come sorted.
func union(all []Interval) []Interval {
	var out []Interval
	for _, i := range all {
		if n := len(out); n > 0 && (out[n-1].To.IsZero() || !i.From.After(out[n-1].To)) {
			if last := &out[n-1]; !last.To.IsZero() && (i.To.IsZero() || i.To.After(last.To)) {
				last.To = i.To
			}
			continue
		}
		out = append(out, i)
	}
	return out
}

// of takes the intervals of one kind, oldest first.
func of(all []Interval, kind IntervalKind) []Interval {
	var out []Interval
	for _, i := range all {
		if i.Kind == kind {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Interval) int { return a.From.Compare(b.From) })
	return out
}

// without cuts the holes out of an interval.
func without(whole Interval, holes []Interval) []Interval {
	left := []Interval{whole}
	for _, h := range holes {
		var next []Interval
		for _, i := range left {
			if !h.To.IsZero() && !h.To.After(i.From) || !i.To.IsZero() && !h.From.Before(i.To) {
				next = append(next, i)
				continue
			}
			if h.From.After(i.From) {
				before := i
				before.To = h.From
				next = append(next, before)
			}
			if !h.To.IsZero() && (i.To.IsZero() || h.To.Before(i.To)) {
				after := i
				after.From = h.To
				next = append(next, after)
			}
		}
		left = next
	}
	return left
}

// Overlaps reports whether a moment or stretch of time touches the interval. A zero end goes on.
func (i Interval) Overlaps(from, to time.Time) bool {
	return (i.To.IsZero() || !i.To.Before(from)) && (to.IsZero() || !to.Before(i.From))
}

// Unwatched reports whether the interval is one in which the product, or the switch, was not at its work, so that nobody
// can be held to what it did not see or do. A journal alone that is down takes nothing from the officers: the live view saw.
func (i Interval) Unwatched() bool { return i.Kind != JournalDown }

// Length is how long the interval lasted, or has lasted by now.
func (i Interval) Length(now time.Time) time.Duration {
	to := i.To
	if to.IsZero() {
		to = later(i.From, now)
	}
	return to.Sub(i.From)
}
