package dutylog

import (
	"slices"

	"dutyline/telephony"
)

// Phase is how far an entry's call has come, as far as the entry depends on it. It is never
// stored with the entry: the call says it.
type Phase string

// The closed set of phases.
const (
	NoCall     Phase = ""           // the entry has no call
	Waiting    Phase = "waiting"    // the caller waits: not answered yet
	Answered   Phase = "answered"   // answered; once it is over: at the duty phone
	Unanswered Phase = "unanswered" // over, and nobody at the duty phone spoke with the caller
	Elsewhere  Phase = "elsewhere"  // over, answered at a phone that is no duty phone
	Unclear    Phase = "unclear"    // over, and the switch was not seen well enough to tell
	Dialled    Phase = "dialled"    // an outgoing call that was not answered, or not yet
	Connected  Phase = "connected"  // an outgoing call that was answered, or perhaps was
)

// phaseRule is what a phase means to the entry.
type phaseRule struct {
	phase  Phase
	preset Kind   // what the entry is as long as no person chooses
	kinds  []Kind // what it may be
	talked bool   // the two sides can have talked: something can have been read back
}

// What fits each phase. This table is the rule; nothing else decides it. An inspector's call
// that was missed is still a spot check.
var phaseRules = []phaseRule{
	{NoCall, KindDuty, []Kind{KindDuty, KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck, KindOutgoing}, true},
	{Waiting, KindDuty, []Kind{KindDuty, KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck}, false},
	{Answered, KindDuty, []Kind{KindDuty, KindWrongNumber, KindNuisance, KindSpotCheck}, true},
	{Unanswered, KindMissed, []Kind{KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck}, false},
	{Elsewhere, KindDuty, []Kind{KindDuty, KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck}, true},
	{Unclear, KindMissed, []Kind{KindDuty, KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck}, true},
	{Dialled, KindOutgoing, []Kind{KindOutgoing}, false},
	{Connected, KindOutgoing, []Kind{KindOutgoing}, true},
}

// PhaseOf says how far a call has come.
func PhaseOf(c telephony.Call) Phase {
	answered := !c.AnsweredAt.IsZero()
	switch {
	case c.Direction == telephony.Outbound && (answered || c.Outcome == telephony.Unknown):
		return Connected
	case c.Direction == telephony.Outbound:
		return Dialled
	case c.Ended():
		return phaseAfter(c.Outcome)
	case answered:
		return Answered
	default:
		return Waiting
	}
}

// phaseAfter is the phase of an inbound call that ended so.
func phaseAfter(o telephony.Outcome) Phase {
	switch o {
	case telephony.AnsweredInTime, telephony.AnsweredLate:
		return Answered
	case telephony.AnsweredElsewhere:
		return Elsewhere
	case telephony.Missed, telephony.AbandonedEarly, telephony.Engaged, telephony.Rejected, telephony.Unreachable,
		telephony.Forwarded, telephony.AnsweredByMachine:
		return Unanswered
	default:
		return Unclear
	}
}

func (p Phase) rule() phaseRule {
	i := slices.IndexFunc(phaseRules, func(r phaseRule) bool { return r.phase == p })
	return phaseRules[max(i, 0)] // a phase of tomorrow forbids nothing
}

// Fits lists the kinds that an entry may be of while its call is in this phase, in the order
// in which the page offers them.
func (p Phase) Fits() []Kind { return slices.Clone(p.rule().kinds) }
