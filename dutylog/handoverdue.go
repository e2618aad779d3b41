package dutylog

import (
	"slices"
	"time"
)

// HandoverWhy names why a handover is or is not due.
type HandoverWhy string

// The closed set of reasons.
const (
	NoRoster     HandoverWhy = "no_roster"     // the roster has no change of officers that could be waited for
	StillTheirs  HandoverWhy = "still_theirs"  // who is responsible is on duty by the roster, too
	Awaited      HandoverWhy = "awaited"       // a change is near or was just now; until the deadline all is well
	HandoverLate HandoverWhy = "handover_late" // a shift ended by the roster, and nobody confirmed taking over
)

// HandoverDue is what the roster asks for.
type HandoverDue struct {
	Why      HandoverWhy
	ShiftEnd time.Time // by the roster; zero: none is known
	Deadline time.Time // when it is late, or has been since; zero: never
	Expected string    // who follows by the roster
}

// LongestAllowance is how long after a change a handover may still be in time, where a site gives the most.
const LongestAllowance = 12 * time.Hour

// Late reports whether the alert stands.
func (d HandoverDue) Late() bool { return d.Why == HandoverLate }

// officersChange is a shift whose officer is followed by another one.
type officersChange struct {
	at     time.Time // when the next one begins
	middle time.Time // of the shift that ends: who takes over after it takes over for the next one
	ends   string
	next   string
}

// counts reports whether a handover was the one for this change. Whoever follows by the roster may come
// as early as the middle of the shift that ends: who comes an hour early has taken over. Anybody else
// stands in for the rest of the running shift, and who follows is awaited all the same, unless they took
// over when the change was due, or so shortly before. Whose shift it is that ends is late, not early.
func (c officersChange) counts(h Handover, shortly time.Duration) bool {
	if SameName(h.Incoming.Name, c.next) {
		return h.At.After(c.middle)
	}
	if SameName(h.Incoming.Name, c.ends) {
		return !h.At.Before(c.at)
	}
	return !h.At.Before(c.at.Add(-shortly))
}

// DueHandover decides which handover the roster asks for next. Nothing is late that the log never saw
// begin (begun), so that a new log, or a roster of which nothing is left, tells nothing.
func DueHandover(shifts []Shift, last *Handover, begun, now time.Time, allowance time.Duration) HandoverDue {
	responsible := ""
	if last != nil {
		responsible = last.Incoming.Name
	}
	due := HandoverDue{Why: NoRoster}
	for _, c := range officerChanges(shifts) {
		switch {
		case last != nil && c.counts(*last, allowance), last == nil && c.at.Before(begun):
			// That one was confirmed, or was before anybody could.
		case SameName(c.next, responsible) && c.at.After(now):
			// Who is responsible goes on.
		case SameName(c.next, responsible):
			due = HandoverDue{Why: NoRoster} // their turn came again: what was due before is nobody's any more
		case due.Why == NoRoster:
			due = HandoverDue{Why: Awaited, ShiftEnd: c.at, Deadline: c.at.Add(allowance), Expected: c.next}
		}
	}
	switch {
	case due.Why == NoRoster:
	case !now.Before(due.Deadline):
		due.Why = HandoverLate
	case now.Before(due.ShiftEnd) && SameName(onPost(shifts, now), responsible):
		due.Why = StillTheirs
	}
	return due
}

// officerChanges lists when one officer follows another, oldest first. Shifts of the same person
// that touch are one. A gap between two shifts is the roster's fault: the change is when the next
// one begins, and after the last shift of a roster there is none.
func officerChanges(shifts []Shift) (all []officersChange) {
	var officers []Shift
	for _, s := range shifts {
		if s.Post == PostOfficer && s.To.After(s.From) {
			officers = append(officers, s)
		}
	}
	slices.SortStableFunc(officers, func(a, b Shift) int { return a.From.Compare(b.From) })
	var merged []Shift
	for _, s := range officers {
		if n := len(merged); n > 0 && SameName(merged[n-1].Name, s.Name) && !s.From.After(merged[n-1].To) {
			merged[n-1].To = later(merged[n-1].To, s.To)
			continue
		}
		merged = append(merged, s)
	}
	for i := 1; i < len(merged); i++ {
		ends, next := merged[i-1], merged[i]
		if SameName(next.Name, ends.Name) {
			continue
		}
		until := next.From // where two overlap, the later one counts from its beginning
		if ends.To.Before(until) {
			until = ends.To
		}
		all = append(all, officersChange{at: next.From, middle: ends.From.Add(until.Sub(ends.From) / 2), ends: ends.Name, next: next.Name})
	}
	return all
}

// onPost is the officer by the roster at a moment; empty when there is none.
func onPost(shifts []Shift, at time.Time) string {
	var found Shift
	for _, s := range shifts {
		if s.Post == PostOfficer && !s.From.After(at) && s.To.After(at) && !s.From.Before(found.From) {
			found = s
		}
	}
	return found.Name
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ShiftBegan is when the shift that a sheet is about began: with the last handover; before the
// first one, with the officer's shift by the roster; without a roster, so long ago.
func ShiftBegan(last *Handover, on OnDuty, now time.Time) time.Time {
	const before = 24 * time.Hour
	if last != nil {
		return last.At
	}
	if s, ok := on[PostOfficer]; ok {
		return s.From
	}
	return now.Add(-before).Truncate(time.Hour) // or the sheet would be another one with every look
}
