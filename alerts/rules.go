package alerts

import (
	"slices"
	"time"

	"dutyline/telephony"
)

// Rules decide what is worth telling. The zero value knows no service codes: each is then one
// that no table knows.
type Rules struct {
	Codes  map[string]Codes // by line
	Misuse Misuse
	Policy []Policy
	Zone   *time.Location // of the site's hours; nil is UTC
	Area   string         // its area code
	// StopsClock are the recipients who all have to get a report of an incident for its clock to stop: codes of
	// dutylog.Recipients, with commas between them.
	StopsClock string
}

// Judge decides what a change is worth telling; see Rules.Judge.
type Judge func(ch telephony.Change, v View) ([]Alert, error)

// Judge decides all that a change is worth telling: what happened, and misuse, which needs a look
// into the log; weighed by what the site wants at this time. Like From it is pure in what it is
// given: the same change and view give the same alerts under the same keys.
func (r Rules) Judge(ch telephony.Change, v View) ([]Alert, error) {
	misused, err := r.misuse(ch, v)
	if err != nil {
		return nil, err
	}
	return withEvidence(ch, r.weigh(append(r.from(ch), misused...))), nil
}

// From decides what a change is worth telling. It is pure: the same change gives the same
// alerts under the same keys. Calls of the product's own line test and its own alert calls
// raise nothing.
func (r Rules) From(ch telephony.Change) []Alert { return withEvidence(ch, r.from(ch)) }

func (r Rules) from(ch telephony.Change) []Alert {
	if ch.Call == nil {
		return r.fromLine(ch)
	}
	if ofOurs(ch.Call) {
		return nil
	}
	if ch.Kind == telephony.CallSettled {
		ch.At = ch.Call.EndedAt // it happened then; the journal's word may be much later
	}
	var out []Alert
	switch ch.Kind {
	case telephony.CallRing3:
		out = append(out, ofCall(ch, ReasonRing3))
	case telephony.CallLimit:
		out = append(out, ofCall(ch, ReasonLimitPassed))
	case telephony.CallOffered, telephony.CallUpdated:
		out = append(out, r.fromFindings(ch)...)
	case telephony.CallAnswered:
		out = append(out, bellOver(ch))
	case telephony.CallEnded, telephony.CallSettled:
		out = append(out, bellOver(ch))
		out = append(out, r.fromFindings(ch)...)
		if reason := outcomeReason(ch.Call); reason != "" && !hasReason(out, reason) {
			out = append(out, fromOutcome(ch, reason))
		}
		if ch.Kind == telephony.CallSettled && ch.Call.Outcome != telephony.Unknown { // now it is known
			out = append(out, withdrawn(ch, out))
		}
	}
	return out
}

// raised is an alert as its reason has it.
func raised(ch telephony.Change, reason Reason, key string) Alert {
	s := standings[reason]
	return Alert{Key: key, Rule: string(reason), Reason: reason, Certainty: s.certainty, Severity: s.severity, Line: ch.Line, At: ch.At}
}

// ofCall is what is told of one call, or of all the calls of one problem.
func ofCall(ch telephony.Change, reason Reason) Alert {
	a := raised(ch, reason, string(reason)+"/"+ch.Call.ID)
	a.CallID = ch.Call.ID
	if reason.Gathers() {
		a.Key, a.Times, a.LastAt = string(reason)+"/"+ch.Line, 1, ch.At
	}
	return a
}

// bellOver ends what was told while it rang.
func bellOver(ch telephony.Change) Alert {
	return Alert{Line: ch.Line, CallID: ch.Call.ID, At: ch.At,
		Ends: []string{string(ReasonRing3) + "/" + ch.Call.ID, string(ReasonLimitPassed) + "/" + ch.Call.ID}}
}

// fromFindings tells what is known of a call before it ends, and does not depend on how it ends.
func (r Rules) fromFindings(ch telephony.Change) (out []Alert) {
	for _, f := range ch.Call.Findings {
		a := Alert{}
		switch f {
		case telephony.FeatureCode:
			out = append(out, r.fromCode(ch))
			continue
		case telephony.RedirectedBefore:
			a = ofCall(ch, ReasonRedirected)
			a.Detail = ch.Call.RedirectedFrom
		case telephony.ForwardAttempted:
			a = ofCall(ch, ReasonFeatureForward)
		case telephony.RedirectAttempted, telephony.RedirectedInSIP:
			a = ofCall(ch, ReasonPhoneRedirect)
			a.Detail = ch.Call.ForwardedTo
		case telephony.WrongDevice:
			a = ofCall(ch, ReasonWrongDevice)
			if ch.Kind == telephony.CallUpdated { // of the end it is the outcome's reason
				a.Detail = ch.Detail
			}
		case telephony.RefusedByTest:
			a = ofCall(ch, ReasonTestRefused)
		case telephony.TransferredAfter, telephony.TransferAttempted:
			a = ofCall(ch, ReasonTransfer)
			a.Detail = ch.Call.ForwardedTo
		default:
			continue
		}
		a.Finding = f
		if f == telephony.ForwardAttempted {
			a = inPart(a, ch)
		}
		if !slices.ContainsFunc(out, func(o Alert) bool { return o.Key == a.Key }) { // two findings may be one problem
			out = append(out, a)
		}
	}
	return out
}

// fromCode tells of a service code that was dialled.
func (r Rules) fromCode(ch telephony.Change) Alert {
	reason, severity := r.code(ch.Line, ch.Call.Called.Raw)
	a := ofCall(ch, reason)
	a.Finding, a.Detail, a.Severity = telephony.FeatureCode, ch.Call.Called.Raw, severity
	return a
}

// refusedCode tells of one that the dialplan does not have, so that there was no call.
func (r Rules) refusedCode(ch telephony.Change) Alert {
	reason, severity := r.code(ch.Line, ch.Detail)
	key := string(reason) + "/" + ch.Line
	for _, p := range ch.Proofs {
		key += "/" + p.Ref
	}
	a := raised(ch, reason, key)
	a.Finding, a.Detail, a.Severity = telephony.FeatureCode, ch.Detail, severity
	return a
}

// code is what the table says that a code is for; a code that sets the phone to "do not disturb"
// keeps callers away as a forwarding does.
func (r Rules) code(line, dialled string) (Reason, Severity) {
	code, _, known := r.Codes[line].Read(dialled)
	reason := ReasonFeatureCode
	if known {
		reason = code.Means.Reason()
	}
	switch code.Means {
	case DoNotDisturb:
		return reason, Critical
	case OtherService:
		return reason, Info // known, and it keeps no call away
	}
	return reason, standings[reason].severity
}

// outcomeReason is empty when there is nothing to tell. An early hang-up of the caller is
// nobody's fault; a late answer was told while it rang.
func outcomeReason(c *telephony.Call) Reason {
	switch c.Outcome {
	case telephony.Missed:
		return ReasonMissed
	case telephony.Forwarded:
		if c.Reason == telephony.ReasonDialplanForwarded {
			return ReasonFeatureForward
		}
		return ReasonPhoneRedirect
	case telephony.AnsweredElsewhere:
		return ReasonPickup
	case telephony.AnsweredByMachine:
		return ReasonMachine
	case telephony.Engaged:
		return ReasonEngagedRefused
	case telephony.Rejected:
		return ReasonRejected
	case telephony.Unreachable:
		return ReasonUnreached
	case telephony.Unknown:
		return ReasonUnknown
	}
	return ""
}

func fromOutcome(ch telephony.Change, reason Reason) Alert {
	a := ofCall(ch, reason)
	a.Finding = ch.Finding
	switch reason {
	case ReasonPhoneRedirect, ReasonFeatureForward:
		a.Detail = ch.Call.ForwardedTo
	case ReasonEngagedRefused:
		if slices.Contains(ch.Call.Findings, telephony.BusyWithoutCall) {
			a.Finding = telephony.BusyWithoutCall // a handset left off, do not disturb: another problem
			a.Key += "/" + string(a.Finding)
		}
	}
	return inPart(a, ch)
}

func (r Rules) fromLine(ch telephony.Change) []Alert {
	switch ch.Kind {
	case telephony.LineFault:
		a := raised(ch, ReasonLineFault, faultKey(ch))
		a.Finding, a.Detail = ch.Finding, ch.Detail
		return []Alert{a}
	case telephony.LineFaultEnd:
		return []Alert{{Line: ch.Line, At: ch.At, Ends: []string{faultKey(ch)}}}
	case telephony.PhoneMoved:
		a := raised(ch, ReasonMoved, string(ReasonMoved)+"/"+ch.Line)
		a.Detail, a.Times, a.LastAt = ch.Detail, 1, ch.At
		return []Alert{a}
	case telephony.CodeRefused:
		return []Alert{r.refusedCode(ch)}
	case telephony.LineChanged:
		return fromState(ch)
	}
	return nil
}

// faultKey has no time in it: a fault that is seen again after a restart is the same one. The
// detail tells apart the endpoints of a line.
func faultKey(ch telephony.Change) string {
	k := string(ReasonLineFault) + "/" + ch.Line + "/" + string(ch.Finding)
	if ch.Detail != "" {
		k += "/" + ch.Detail
	}
	return k
}

func fromState(ch telephony.Change) []Alert {
	down, blind := string(ReasonPhoneUnreachable)+"/"+ch.Line, string(ReasonLineBlind)+"/"+ch.Line
	switch ch.State.State {
	case telephony.LineUnreachable:
		return []Alert{{Line: ch.Line, At: ch.At, Ends: []string{blind}}, raised(ch, ReasonPhoneUnreachable, down)}
	case telephony.LineStateUnknown:
		if ch.Detail == telephony.AtStart {
			return nil
		}
		return []Alert{raised(ch, ReasonLineBlind, blind)}
	case telephony.Idle, telephony.Ringing, telephony.Talking:
		return []Alert{{Line: ch.Line, At: ch.At, Ends: []string{down, blind}}}
	}
	return nil
}

// Refused tells that the rule file has a mistake.
func Refused(why error, at time.Time) Alert {
	s := standings[ReasonRulesRefused]
	return Alert{Key: string(ReasonRulesRefused), Rule: string(ReasonRulesRefused), Reason: ReasonRulesRefused, Certainty: s.certainty, Severity: s.severity,
		Detail: why.Error(), At: at}
}
