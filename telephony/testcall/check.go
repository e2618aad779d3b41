package testcall

import (
	"time"

	"dutyline/telephony"
)

// SpotCheck is the cause of a call that a supervisor had placed as a spot check 抽查: it rings until a
// person answers, and counts like any caller's. Nothing of it shows before that it is one: no name, no
// tag, no test in the list.
const SpotCheck Cause = "spot_check"

// CheckLimits bound a spot check. The zero value is what is usual.
type CheckLimits struct {
	Ring time.Duration // nobody answered within it
	Talk time.Duration // after the answer; the line is to be free for callers again
}

// What is usual.
const (
	usualCheckRing = time.Minute
	usualCheckTalk = 2 * time.Minute
)

// Usual fills in what is usual.
func (l CheckLimits) Usual() CheckLimits {
	if l.Ring == 0 {
		l.Ring = usualCheckRing
	}
	if l.Talk == 0 {
		l.Talk = usualCheckTalk
	}
	return l
}

// Longest is how long such a call goes on at most, from when it is placed: the way to the bell, whatever
// the exchange takes for it, is no part of the ring.
func (l CheckLimits) Longest() time.Duration { return checkArrives + l.Ring + l.Talk }

// checkArrives is how long a spot check may take until the bell.
const checkArrives = 30 * time.Second

// StopCheck says whether a spot check is to hang up now, and otherwise when to ask again at the latest.
// A caller comes first, as with a test.
func StopCheck(l CheckLimits, p Progress, now time.Time) (why Why, next time.Time) {
	end := p.Caller.InvitedAt.Add(checkArrives)
	switch {
	case !p.Caller.AnsweredAt.IsZero():
		end = p.Caller.AnsweredAt.Add(l.Talk)
	case !p.BellAt.IsZero():
		end = p.BellAt.Add(l.Ring)
	case !p.Caller.RingingAt.IsZero(): // it rings somewhere, and it is not seen here
		end = p.Caller.RingingAt.Add(l.Ring)
	}
	switch {
	case p.RealCall:
		return WhyRealCall, now
	case p.Unseen:
		return WhyUnseen, now
	case p.Stopping:
		return WhyStopped, now
	case p.Asked:
		return WhyAsked, now
	case !now.Before(end):
		return WhyLimit, now
	}
	return "", end
}

// Tag is what a call is marked with that was recognised as the expected one; empty: nothing yet. Who is
// checked does not learn it before the answer, and a call that was not answered before it is over.
func (e Expected) Tag(c telephony.Call) telephony.Tag {
	switch {
	case !e.Check:
		return telephony.TagTest
	case c.AnsweredAt.IsZero() && !c.Ended():
		return ""
	}
	return telephony.TagSpotCheck
}

// Interrupted is what is still expected of a spot check whose program was killed while it ran: nobody can
// take the call back then, so the duty phone rings on. It counts, and is the spot check that it was begun as.
func Interrupted(r Result, number telephony.Number) Expected {
	return Expected{Line: r.Line, Number: number, Check: true, From: r.At.Add(-ClocksApart), Until: r.At.Add(checkArrives)}
}

// ClocksApart is how far the switch's clock, as we know it, may be from its stamps.
const ClocksApart = 2 * time.Second

// Order is a call that the second line is to place.
type Order struct {
	Number  string
	Token   string        // in the name that the call shows; empty: it shows none
	Longest time.Duration // if nobody ends it; 0: as long as a test at most
	Says    []byte        // A-law at 8 kHz, said over and over to who answers; empty: nothing
}
