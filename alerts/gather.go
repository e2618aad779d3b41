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

// Gather is the alert with a call more of its problem. A call that it tells of already is not
// counted again.
func (a Alert) Gather(next Alert) Alert {
	if !a.Reason.Gathers() || a.Tells(next.CallID) {
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
		a.Evidence = slices.Concat(a.Evidence[:a.callAfter(1)], a.Evidence[a.callAfter(2):])
	}
	return a
}

// callAfter is where the evidence of the n-th further call begins.
func (a Alert) callAfter(n int) int {
	for i, e := range a.Evidence {
		if e.Kind != EvidenceCall {
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
// judged it: the log did not have its end, or knows only now what came of it.
func News(before, after telephony.Call) bool {
	return after.Ended() && (!before.Ended() || before.Outcome != after.Outcome)
}
