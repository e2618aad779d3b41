package testcall

import (
	"dutyline/telephony"
	"dutyline/telephony/ringback"
)

// Verdict is what a test call proves about the duty number.
type Verdict string

// The closed set of verdicts. A test that runs has none yet.
const (
	Reachable      Verdict = "reachable"       // it rang here, and nothing else is to be said
	Forwarded      Verdict = "forwarded"       // it went elsewhere
	CustomRingback Verdict = "custom_ringback" // it rang here, and its caller heard music or speech
	Busy           Verdict = "busy"            // its caller met the busy tone although the line was free
	NoRing         Verdict = "no_ring"         // it rang neither here nor, as far as is known, elsewhere
	CannotTell     Verdict = "cannot_tell"
)

// Verdicts lists them.
func Verdicts() []Verdict {
	return []Verdict{Reachable, Forwarded, CustomRingback, Busy, NoRing, CannotTell}
}

// Ringback is what the caller heard, judged apart: a phone can be reachable and its ring-back
// remain open.
type Ringback string

// The closed set of what is said of the ring-back.
const (
	RingbackStandard Ringback = "standard" // 450 Hz, 1 s on, 4 s off
	RingbackCustom   Ringback = "custom"   // music or speech
	RingbackOther    Ringback = "other"    // another tone
	RingbackOpen     Ringback = "open"     // no sound came: whoever else calls may hear anything
	RingbackUnclear  Ringback = "unclear"  // too little was heard
)

// Ringbacks lists them.
func Ringbacks() []Ringback {
	return []Ringback{RingbackStandard, RingbackCustom, RingbackOther, RingbackOpen, RingbackUnclear}
}

// Reason names why a verdict was given.
type Reason string

// The closed set of reasons.
const (
	RangHere          Reason = "rang_here"
	AnsweredHere      Reason = "answered_here"      // somebody at the duty phone picked up
	TakenHere         Reason = "taken_here"         // the call reached us and was sent on, picked up elsewhere or taken by a machine
	AnsweredElsewhere Reason = "answered_elsewhere" // somebody or something else answered
	RingsElsewhere    Reason = "rings_elsewhere"    // its caller heard that it rings, and nothing arrived here
	HeardMusic        Reason = "heard_music"
	BusyHere          Reason = "busy_here"      // the duty phone said so
	BusyElsewhere     Reason = "busy_elsewhere" // the exchange said so; nothing arrived here
	BellSilent        Reason = "bell_silent"    // it reached us and the duty phone did not ring
	Refused           Reason = "refused"        // the exchange refused it
	NothingHeard      Reason = "nothing_heard"  // its caller waited in vain
	Announcement      Reason = "announcement"   // music, speech or another tone instead of a ring
	RealCall          Reason = "real_call"      // a call came, and the test made room
	Stopped           Reason = "stopped"        // this program was stopped
	SwitchUnseen      Reason = "switch_unseen"
	Unrecognised      Reason = "unrecognised" // a call arrived that may be the test's or not
	SecondLine        Reason = "second_line"  // the second line itself failed
)

// Reasons lists them.
func Reasons() []Reason {
	return []Reason{RangHere, AnsweredHere, TakenHere, AnsweredElsewhere, RingsElsewhere, HeardMusic, BusyHere, BusyElsewhere,
		BellSilent, Refused, NothingHeard, Announcement, RealCall, Stopped, SwitchUnseen, Unrecognised, SecondLine}
}

// Judge says what a test call proves.
func Judge(f Facts) (Verdict, Reason, Ringback) {
	heard := ringbackOf(f.Caller)
	v, r := judge(f, heard)
	return v, r, heard
}

func judge(f Facts, heard Ringback) (Verdict, Reason) {
	switch {
	case f.takenHere():
		return Forwarded, TakenHere
	case f.rang():
		return rangHere(f, heard)
	case f.Here == nil && f.Another:
		return CannotTell, Unrecognised
	case f.Why == WhyRealCall:
		return CannotTell, RealCall
	case f.Why == WhyStopped:
		return CannotTell, Stopped
	case f.Here != nil:
		return reachedUs(f)
	case f.Blind:
		return CannotTell, SwitchUnseen
	case f.Caller.Fault != "":
		return CannotTell, SecondLine
	}
	return neverCame(f, heard)
}

// rangHere judges a test whose ring arrived.
func rangHere(f Facts, heard Ringback) (Verdict, Reason) {
	switch {
	case !f.Caller.AnsweredAt.IsZero() && !f.answeredHere() && !f.Blind:
		return Forwarded, AnsweredElsewhere
	case heard == RingbackCustom:
		return CustomRingback, HeardMusic
	case f.answeredHere():
		return Reachable, AnsweredHere
	}
	return Reachable, RangHere
}

// reachedUs judges a test that came to our switch and made no bell ring.
func reachedUs(f Facts) (Verdict, Reason) {
	switch {
	case f.answeredHere(): // a phone that answers without a ring
		return Reachable, AnsweredHere
	case f.Here.Outcome == telephony.Engaged, busy(f.Caller.Status):
		return Busy, BusyHere
	case f.Blind:
		return CannotTell, SwitchUnseen
	case !f.Caller.AnsweredAt.IsZero():
		return Forwarded, AnsweredElsewhere
	}
	return NoRing, BellSilent
}

// neverCame judges a test of which nothing arrived here while we looked.
func neverCame(f Facts, heard Ringback) (Verdict, Reason) {
	c := f.Caller
	switch {
	case !c.AnsweredAt.IsZero():
		return Forwarded, AnsweredElsewhere
	case busy(c.Status), c.Heard.Kind == ringback.Busy:
		return Busy, BusyElsewhere
	case heard == RingbackStandard, c.Heard.Kind == ringback.Foreign, !c.RingingAt.IsZero():
		return Forwarded, RingsElsewhere
	case c.Heard.Kind != ringback.CannotTell && c.Heard.Kind != ringback.Silence:
		return NoRing, Announcement
	case unobtainable(c.Status):
		return NoRing, Refused
	case c.Status >= 300 && c.Status != cancelled, c.TakenAt.IsZero():
		return CannotTell, SecondLine
	}
	return NoRing, NothingHeard
}

// cancelled is how a call is answered that we gave up.
const cancelled = 487

func busy(status int) bool { return status == 486 || status == 600 }

// unobtainable lists the answers that speak of the number that was called. Others speak of the
// second line itself: a wrong password, no credit, a fault of its switch.
func unobtainable(status int) bool {
	switch status {
	case 404, 408, 410, 480, 484, 604:
		return true
	}
	return false
}

// ringbackOf says what the caller heard before the answer.
func ringbackOf(c Caller) Ringback {
	switch {
	case c.Packets == 0, c.Heard.Kind == ringback.Silence:
		return RingbackOpen
	case c.Heard.Kind == ringback.Standard:
		return RingbackStandard
	case c.Heard.Kind == ringback.Custom:
		return RingbackCustom
	case c.Heard.Kind == ringback.CannotTell:
		return RingbackUnclear
	}
	return RingbackOther
}
