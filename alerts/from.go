package alerts

import (
	"slices"

	"dutyline/telephony"
)

// From decides whether a change is worth telling. It is pure: the same change gives the
// same alert under the same key. Calls of the product's own line test and its own alert
// calls raise nothing.
func From(ch telephony.Change) (Alert, bool) {
	a := Alert{Line: ch.Line, Finding: ch.Finding, Detail: ch.Detail, At: ch.At}
	if ch.Call != nil {
		return fromCall(a, ch)
	}
	return fromLine(a, ch)
}

func fromCall(a Alert, ch telephony.Change) (Alert, bool) {
	if slices.Contains(ch.Call.Tags, telephony.TagTest) || slices.Contains(ch.Call.Tags, telephony.TagSystem) {
		return Alert{}, false
	}
	reason := callReason(ch)
	if reason == "" {
		return Alert{}, false
	}
	a.Reason, a.CallID = reason, ch.Call.ID
	a.Key = string(reason) + "/" + ch.Call.ID
	switch reason {
	case ReasonForwarded:
		a.Detail = ch.Call.ForwardedTo
	case ReasonFeatureCode:
		a.Finding, a.Detail = telephony.FeatureCode, ch.Call.Called.Raw
	case ReasonEngaged:
		if slices.Contains(ch.Call.Findings, telephony.BusyWithoutCall) {
			a.Finding = telephony.BusyWithoutCall // a handset left off, do not disturb
		}
	}
	return a, true
}

// callReason is empty when there is nothing to tell.
func callReason(ch telephony.Change) Reason {
	switch ch.Kind {
	case telephony.CallRing3:
		return ReasonRing3
	case telephony.CallLimit:
		return ReasonLimitPassed
	case telephony.CallUpdated, telephony.CallOffered:
		if slices.Contains(ch.Call.Findings, telephony.FeatureCode) {
			return ReasonFeatureCode
		}
	case telephony.CallEnded:
		if slices.Contains(ch.Call.Findings, telephony.FeatureCode) {
			return ReasonFeatureCode
		}
		return outcomeReasons[ch.Call.Outcome]
	}
	return ""
}

// Which outcomes are told. An early hang-up of the caller is nobody's fault; a late answer
// was told while it rang.
var outcomeReasons = map[telephony.Outcome]Reason{
	telephony.Missed:            ReasonMissed,
	telephony.Forwarded:         ReasonForwarded,
	telephony.AnsweredElsewhere: ReasonElsewhere,
	telephony.AnsweredByMachine: ReasonMachine,
	telephony.Engaged:           ReasonEngaged,
	telephony.Rejected:          ReasonRejected,
	telephony.Unreachable:       ReasonUnreached,
	telephony.Unknown:           ReasonUnknown,
}

func fromLine(a Alert, ch telephony.Change) (Alert, bool) {
	switch ch.Kind {
	case telephony.LineFault:
		a.Reason, a.Key = ReasonLineFault, key(ReasonLineFault, ch)
	case telephony.LineFaultEnd:
		a.Reason, a.Key, a.Ends = ReasonFaultOver, key(ReasonFaultOver, ch), []string{key(ReasonLineFault, ch)}
	case telephony.LineChanged:
		return fromState(a, ch)
	default:
		return Alert{}, false
	}
	return a, true
}

// key of a fault has no time in it: a fault that is seen again after a restart is the same
// one. The detail tells apart the endpoints of a line.
func key(r Reason, ch telephony.Change) string {
	k := string(r) + "/" + ch.Line + "/" + string(ch.Finding)
	if ch.Detail != "" {
		k += "/" + ch.Detail
	}
	return k
}

func fromState(a Alert, ch telephony.Change) (Alert, bool) {
	down, blind := string(ReasonLineDown)+"/"+ch.Line, string(ReasonLineBlind)+"/"+ch.Line
	switch ch.State.State {
	case telephony.LineUnreachable:
		a.Reason, a.Key = ReasonLineDown, down
	case telephony.LineStateUnknown:
		a.Reason, a.Key = ReasonLineBlind, blind
	case telephony.Idle, telephony.Ringing, telephony.Talking:
		a.Reason, a.Key, a.Ends = ReasonLineBack, string(ReasonLineBack)+"/"+ch.Line, []string{down, blind}
	default:
		return Alert{}, false
	}
	return a, true
}
