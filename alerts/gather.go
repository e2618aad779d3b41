package alerts

import (
	"slices"

	"dutyline/telephony"
)

// mostGathered bounds the evidence of one alert. The first call and the newest ones stay.
const mostGathered = 120

// Tells reports whether an alert is about this call, too.
func (a Alert) Tells(call string) bool {
	return a.CallID == call || slices.ContainsFunc(a.Evidence, func(e Evidence) bool { return e.Kind == EvidenceCall && e.Ref == call })
}

// Knows reports whether an alert tells of what happened: of a call by its id; a move of a phone is known
// by what was seen of it.
func (a Alert) Knows(next Alert) bool {
	if next.CallID != "" {
		return a.Tells(next.CallID)
	}
	return len(next.Evidence) > 0 && slices.ContainsFunc(a.Evidence, func(e Evidence) bool {
		first := next.Evidence[0]
		return e.Kind == first.Kind && e.Ref == first.Ref && e.Text == first.Text && e.At.Equal(first.At)
	})
}

// Gather is the alert with a call, or a move, more of its problem. What it tells of already is not counted
// again; where that call went may become known only as it ends.
func (a Alert) Gather(next Alert) Alert {
	if i := a.completes(next); i >= 0 {
		a.Evidence = slices.Clone(a.Evidence)
		a.Evidence[i].Text = next.Detail
		if a.CallID == next.CallID {
			a.Detail = next.Detail
		}
		return a
	}
	if !a.Reason.Gathers() || a.Knows(next) {
		return a
	}
	if a.Times++; !next.At.Before(a.LastAt) { // else it was found afterwards
		a.CallID, a.LastAt, a.FoundAt = next.CallID, next.At, next.FoundAt
		if next.Detail != "" {
			a.Detail = next.Detail
		}
	}
	a.Evidence = slices.Concat(a.Evidence, next.Evidence)
	for len(a.Evidence) > mostGathered {
		a.Evidence = slices.Concat(a.Evidence[:a.begins(1)], a.Evidence[a.begins(2):])
	}
	return a
}

// completes is where the evidence lacks what is known only now of a call: where it went; -1 when nothing.
func (a Alert) completes(next Alert) int {
	if !a.Reason.Gathers() || next.Detail == "" || next.CallID == "" {
		return -1
	}
	return slices.IndexFunc(a.Evidence, func(e Evidence) bool { return e.Kind == EvidenceCall && e.Ref == next.CallID && e.Text == "" })
}

// Completes reports whether next says where a call went of which that was not known.
func (a Alert) Completes(next Alert) bool { return a.completes(next) >= 0 }

// begins is where the evidence of the n-th further call, or move, begins.
func (a Alert) begins(n int) int {
	for i, e := range a.Evidence {
		if e.Kind != EvidenceCall && (a.CallID != "" || e.Kind != EvidenceEvent || e.Ref != a.Line) {
			continue
		}
		if n--; n < 0 {
			return i
		}
	}
	return len(a.Evidence)
}

// old reports whether what was found afterwards happened too long ago to be told to anybody: after
// days without us there may be many of them, and who reads the page sees them all.
func (a Alert) old() bool {
	return !a.FoundAt.IsZero() && a.FoundAt.Sub(later(a.At, a.LastAt)) > mostAge
}

// News reports whether the journal's word on a call is worth judging, though the live view may have
// judged it: the log did not have its end, or knows only now what came of it, or that it is sure.
func News(before, after telephony.Call) bool {
	if !after.Ended() {
		return false
	}
	return !before.Ended() || before.Outcome != after.Outcome || before.SettledBy == "" && seenInPart(&before)
}
