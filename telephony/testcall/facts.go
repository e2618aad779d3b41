package testcall

import (
	"slices"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ringback"
)

// Facts is everything that is known of a test call when it is over: what its caller met, and
// what arrived here.
type Facts struct {
	Caller  Caller
	Here    *telephony.Call // the call as it arrived; nil: nothing that is ours arrived
	Known   Recognition     // by what it was recognised
	Why     Why             // why the test hung up; empty: the other side ended it
	Blind   bool            // the switch could not be seen, for some of the time at least
	Another bool            // a call arrived meanwhile that was not recognised as ours
}

// Caller is what the calling side has met so far. Times are of one clock that nobody sets; zero:
// it did not happen.
type Caller struct {
	InvitedAt  time.Time // the call was sent
	TakenAt    time.Time // the second line's switch said something
	RingingAt  time.Time // it said that it rings: 180
	AnsweredAt time.Time
	EndedAt    time.Time
	Status     int // the final SIP answer; 0: there was none
	Packets    int // of sound
	Heard      ringback.Verdict
	Fault      string // why the call could not be placed or followed; empty: it could
}

// Over reports whether there is nothing left to hang up.
func (c Caller) Over() bool { return !c.EndedAt.IsZero() }

// rang reports whether the duty phone itself rang.
func (f Facts) rang() bool { return f.Here != nil && !f.Here.RangAt.IsZero() }

// answeredHere reports whether a duty phone answered.
func (f Facts) answeredHere() bool {
	return f.Here != nil && !f.Here.AnsweredAt.IsZero() && !f.takenHere()
}

// takenHere reports whether something else than a duty phone took the call on this side.
func (f Facts) takenHere() bool {
	if f.Here == nil {
		return false
	}
	switch f.Here.Outcome {
	case telephony.Forwarded, telephony.AnsweredElsewhere, telephony.AnsweredByMachine:
		return true
	}
	return slices.Contains(f.Here.Findings, telephony.RedirectedInSIP)
}
