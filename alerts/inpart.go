package alerts

import (
	"slices"

	"dutyline/telephony"
)

// outcomeReasons are those that an outcome can have; see outcomeReason.
var outcomeReasons = []Reason{ReasonMissed, ReasonFeatureForward, ReasonPhoneRedirect, ReasonPickup, ReasonMachine, ReasonEngagedRefused,
	ReasonRejected, ReasonUnreached, ReasonUnknown}

// seenInPart reports whether the live view was blind for a part of a call.
func seenInPart(c *telephony.Call) bool {
	return slices.Contains(c.Findings, telephony.SeenInPart) || slices.Contains(c.Findings, telephony.EndNotSeen)
}

// vouched reports whether the switch's journal has the whole of a call.
func vouched(c *telephony.Call) bool {
	return c.SettledBy == telephony.SettledByJournal && !slices.Contains(c.Findings, telephony.JournalInPart) && !slices.Contains(c.Findings, telephony.CutBySwitch)
}

// inPart makes of what an outcome tells what may be told of a call that was seen in part: it is not sure
// until the journal says the same, and stands for itself, so that it can be withdrawn.
func inPart(a Alert, ch telephony.Change) Alert {
	if !seenInPart(ch.Call) {
		return a
	}
	a.Key = string(a.Reason) + "/" + ch.Call.ID
	if !vouched(ch.Call) {
		a.Certainty = Weak
	}
	return a
}

// withdrawn ends what was told of a call that the journal proves to have been otherwise: all that its
// outcome could have told, but for what is told of it now.
func withdrawn(ch telephony.Change, now []Alert) Alert {
	end := Alert{Line: ch.Line, CallID: ch.Call.ID, At: ch.At}
	for _, reason := range outcomeReasons {
		if hasReason(now, reason) || reason != ReasonUnknown && !seenInPart(ch.Call) {
			continue
		}
		key := string(reason) + "/" + ch.Call.ID
		end.Ends = append(end.Ends, key)
		for _, s := range severities { // as a policy may have weighed it; see Rules.Weigh
			if reason.Gathers() {
				end.Ends = append(end.Ends, key+"/"+string(s))
			}
		}
	}
	return end
}

func hasReason(list []Alert, reason Reason) bool {
	return slices.ContainsFunc(list, func(a Alert) bool { return a.Reason == reason })
}

// Firm is an alert that was not sure, once the same is told for certain: of a call that was seen in part,
// when the journal confirms it. False when it is no such.
func (a Alert) Firm(next Alert) (Alert, bool) {
	if a.Certainty != Weak || next.Certainty != Certain || a.CallID == "" || a.CallID != next.CallID || a.State() != Open {
		return a, false
	}
	a.Certainty, a.Evidence = next.Certainty, next.Evidence
	if next.Detail != "" {
		a.Detail = next.Detail
	}
	return a, true
}

// Withdrawn reports whether an alert is over although nobody took it on: what was not sure proved to be
// otherwise.
func (a Alert) Withdrawn() bool {
	return a.State() == Resolved && a.AcknowledgedAt.IsZero() && a.Certainty == Weak && a.Reason != ReasonUnknown
}
