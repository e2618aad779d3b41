package dutylog

import (
	"fmt"
	"slices"
	"strings"

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
	phase     Phase
	words     string // what such a call is, to finish a sentence
	preset    Kind   // what the entry is as long as no person chooses
	kinds     []Kind // what it may be
	undecided []Kind // of these: what cannot be complete yet, for the call may still change it
	talked    bool   // the two sides can have talked: something can have been read back
	instead   string // what to do when they cannot have talked
}

var (
	inbound     = []Kind{KindDuty, KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck}
	notMissed   = []Kind{KindDuty, KindWrongNumber, KindNuisance, KindSpotCheck}
	notReported = []Kind{KindMissed, KindWrongNumber, KindNuisance, KindSpotCheck}
	outgoing    = []Kind{KindOutgoing, KindNonDuty}
)

// What fits each phase. This table is the rule; nothing else decides it. An inspector's call
// that was missed is still a spot check.
var phaseRules = []phaseRule{
	{phase: NoCall, words: "an entry without a call", preset: KindDuty, kinds: slices.Concat(Written(), inbound, outgoing), talked: true},
	{phase: Waiting, words: "a call that is not answered yet", preset: KindDuty, kinds: inbound, undecided: []Kind{KindDuty, KindMissed},
		instead: "pick up first; when nobody does, the entry asks for a call-back"},
	{phase: Answered, words: "a call that was answered at the duty phone", preset: KindDuty, kinds: notMissed, talked: true},
	{phase: Unanswered, words: "a call that was not answered at the duty phone", preset: KindMissed, kinds: notReported,
		instead: "choose the kind missed and give the call-back's result"},
	{phase: Elsewhere, words: "a call that was answered at another phone", preset: KindDuty, kinds: inbound, talked: true},
	{phase: Unclear, words: "a call that was not seen to its end", preset: KindMissed, kinds: inbound, talked: true},
	{phase: Dialled, words: "an outgoing call that was not answered", preset: KindOutgoing, kinds: outgoing,
		instead: "leave it empty until the call is answered"},
	{phase: Connected, words: "an outgoing call", preset: KindOutgoing, kinds: outgoing, talked: true},
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

// fit says why an entry of this kind does not fit such a call; nil when it does.
func (p Phase) fit(k Kind) *InvalidError {
	rule := p.rule()
	if slices.Contains(rule.kinds, k) || k == KindStep && slices.Contains(rule.kinds, KindOutgoing) {
		return nil
	}
	return &InvalidError{Field: "kind", Reason: fmt.Sprintf("%q does not fit %s: choose %s", k, rule.words, orList(rule.kinds))}
}

// orList is "a, b or c".
func orList[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, k := range list {
		words[i] = string(k)
	}
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
