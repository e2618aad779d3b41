package alerts

import (
	"slices"
	"time"
)

// A further call, or move, of a problem that stands is told anew when who was told has had his peace for as
// long as damping, and at once when it went somewhere else than all before.
const (
	// Of a problem that goes somewhere else each time the first few are told at once.
	mostTargets = 8
	// Two devices that take a phone's place from one another are told once each way, and anew when they come
	// back to it after such a time. A phone registers anew at least so often.
	movePeace = time.Hour
)

// Further is an alert that stands, with a call or a move more of its problem, and in a new round if that is
// told anew. A chain that still climbs goes on as it was: each call would begin it anew, and it would never
// come to its end. One that is at its end begins again.
func (p Plan) Further(a, next Alert, chain Chain, told []Delivery, now time.Time) Alert {
	news := a.newsOf(next, told, now, time.Duration(p.Damping))
	spent, elsewhere := p.spent(a, chain), a.elsewhere(next.Detail)
	if a = a.Gather(next); !news {
		if elsewhere && a.RoundAt.After(now) { // it came back and is put off, see Back
			a.RoundAt = now
		}
		return a
	}
	a.Round++
	if spent {
		a.RoundAt, a.Reached, a.Coming = now, Reached{}, Coming{}
	}
	return a
}

// Back is an alert whose problem came back. Where a call goes that was not known when somebody took it on
// is told at once.
func (p Plan) Back(a, next Alert, at, now time.Time) Alert {
	back := a.Gather(next).Reopen(at, now, p.Damping)
	if a.elsewhere(next.Detail) && back.RoundAt.After(now) {
		back.RoundAt = now
	}
	return back
}

// newsOf reports whether a call or move more is told anew. What was not told yet in this round is told with
// it anyway.
func (a Alert) newsOf(next Alert, told []Delivery, now time.Time, damping time.Duration) bool {
	var last time.Time
	for _, t := range told {
		if t.Round == a.Round && !t.Over {
			last = later(last, t.Since)
		}
	}
	switch {
	case last.IsZero() || !next.FoundAt.IsZero() && next.FoundAt.Sub(next.At) > mostAge:
		return false
	case a.Completes(next) && !last.Before(next.At): // this very call began the round
		return false
	case a.elsewhere(next.Detail):
		return true
	case a.Completes(next) || now.Sub(last).Abs() < damping: // a clock that was set back silences nothing
		return false
	}
	return a.Reason != ReasonMoved || next.At.Sub(a.LastAt).Abs() >= movePeace
}

// elsewhere reports whether a call goes where none went of which the alert tells, or a phone likewise.
func (a Alert) elsewhere(detail string) bool {
	targets := map[string]bool{a.Detail: true}
	for _, e := range a.Evidence {
		if e.Kind == EvidenceCall || e.Kind == EvidenceEvent && e.Ref == a.Line {
			targets[e.Text] = true
		}
	}
	delete(targets, "")
	return a.Reason.Gathers() && detail != "" && !targets[detail] && len(targets) < mostTargets
}

// spent reports whether nobody is left in the chain whose turn comes in this round.
func (p Plan) spent(a Alert, chain Chain) bool {
	return !slices.ContainsFunc(chain.Steps[chain.index(a.Reached.Post)+1:], func(s Step) bool { return len(p.stepTells(s, a)) > 0 })
}

// anew tells those of the chain once more whom the problem reached in an earlier round, when a further call
// has begun a new one while the chain climbs.
func (p Plan) anew(d *Decision, a Alert, chain Chain, told []Delivery, quiet time.Time) {
	for _, s := range chain.Steps[:chain.index(a.Reached.Post)+1] {
		for _, m := range p.stepTells(s, a) {
			heard := has(told, func(t Delivery) bool { return t.Channel == m.Channel && t.Post == m.Post && !t.Over })
			said := has(told, func(t Delivery) bool { return t.Channel == m.Channel && t.Round == a.Round && !t.Over }) ||
				slices.ContainsFunc(d.Tell, func(t Telling) bool { return t.Channel == m.Channel })
			switch {
			case !heard || said:
			case !quiet.IsZero():
				d.again(quiet)
			default:
				d.Tell = append(d.Tell, m)
			}
		}
	}
}
