package alerts

import (
	"time"

	"dutyline/dutylog"
)

// Damping is for how long a problem that is over may come back as the same alert. Until then
// nobody outside is told that it is over: one that comes and goes is told once when it begins and
// once when it has stayed away, however often it came meanwhile.
type Damping time.Duration

// of is how long it takes until the end of an alert is final.
func (d Damping) of(a Alert) time.Duration {
	if !a.mayReturn() {
		return 0
	}
	return time.Duration(d)
}

// mayReturn reports whether such a problem may come back; what belongs to one call never does.
func (a Alert) mayReturn() bool { return a.Reason.Gathers() || a.CallID == "" && a.Reason.Lasts() }

// Returns reports whether a problem that is seen at a moment is this one, come back: soon enough
// or while it is muted, and nobody was told that it was over.
func (d Damping) Returns(a Alert, told []Delivery, at time.Time) bool {
	return a.State() == Resolved && a.mayReturn() && at.After(a.ResolvedAt) &&
		(at.Before(a.ResolvedAt.Add(d.of(a))) || at.Before(a.Muted.Until)) &&
		!has(told, func(t Delivery) bool { return t.Over })
}

// Resolve is the alert whose cause is gone, as it was found at a moment of our clock.
func (a Alert) Resolve(at, found time.Time, d Damping) Alert {
	a.ResolvedAt, a.Coming, a.Due = at, Coming{}, found.Add(d.of(a))
	return a
}

// Reopen is the alert whose problem came back. Whoever had taken it on thinks that it is done: it
// waits for somebody again, and is told again. Else those who were told know of it, and the chain
// goes on: its clock stood still while the problem was away. So one that comes and goes climbs by
// the time for which it stood, and one that comes back after long does not climb at once.
func (a Alert) Reopen(at, found time.Time, d Damping) Alert {
	taken, away := !a.AcknowledgedAt.IsZero(), at.Sub(a.ResolvedAt)
	begun := a.RoundAt.Before(a.ResolvedAt)
	a.ResolvedAt, a.ReopenedAt, a.Reopened = time.Time{}, at, a.Reopened+1
	if taken {
		a.AcknowledgedAt, a.AcknowledgedBy, a.Note = time.Time{}, dutylog.Actor{}, ""
		return a.NewRound(found, d)
	}
	a.Coming = Coming{}
	if !begun { // the round was put off, or was over as soon as it began
		a.RoundAt, a.Reached = later(found, a.RoundAt), Reached{}
		return a
	}
	a.RoundAt = held(a.RoundAt, away, found)
	if a.Reached.Post != "" {
		a.Reached.At = held(a.Reached.At, away, found)
	}
	return a
}

// held is a moment from which a wait counts, moved by the time for which it did not count. It never
// comes to lie ahead, however a clock was set meanwhile.
func held(at time.Time, away time.Duration, now time.Time) time.Time {
	if moved := at.Add(max(0, away)); moved.Before(now) {
		return moved
	}
	return now
}

// NewRound begins to tell an alert from its first receiver on, but not sooner after the last round
// than damping allows.
func (a Alert) NewRound(at time.Time, d Damping) Alert {
	if !a.RoundAt.After(at) {
		a.Round, a.RoundAt = a.Round+1, later(at, a.RoundAt.Add(time.Duration(d)))
	}
	a.Reached, a.Coming = Reached{}, Coming{}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
