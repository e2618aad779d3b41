package testcall

import (
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ringback"
)

// Why says why a test hangs up.
type Why string

// The closed set of reasons to hang up.
const (
	WhyHeard    Why = "heard"     // a whole ring-back period was heard, and what it is
	WhySilent   Why = "silent"    // a whole period passed without any sound
	WhyLimit    Why = "limit"     // it must not ring any longer
	WhyAnswered Why = "answered"  // nothing more is to be learned, and somebody waits
	WhyRealCall Why = "real_call" // a call came: it is the reason why there is a duty phone
	WhyUnseen   Why = "unseen"    // the switch is not seen any more: a real call would go unnoticed
	WhyStopped  Why = "stopped"   // this program is stopped
	WhyAsked    Why = "asked"     // of a spot check: who began it hung up
)

// longestBell is how long a test may ring at most.
const longestBell = 10 * time.Second

// answerSeen is how long an answer lasts, so that it is seen on this side, too: a call that is
// hung up before the two ends are joined looks as if nobody had answered.
const answerSeen = 500 * time.Millisecond

// Progress is what is known while a test runs.
type Progress struct {
	Caller   Caller
	BellAt   time.Time // the duty phone began to ring, on the caller's clock; zero: it has not
	RealCall bool      // another call is there
	Unseen   bool      // nobody could tell whether one is
	Stopping bool      // this program is being stopped
	Asked    bool      // of a spot check: who began it hangs up
}

// Stop says whether to hang up now, and otherwise when to ask again at the latest. A test never
// rings into the ring after the last allowed one, also where nothing is seen of the bell: it
// cannot have begun before the call was placed.
func Stop(rule telephony.Rule, p Progress, now time.Time) (why Why, next time.Time) {
	last := lastMoment(rule, p)
	switch {
	case p.RealCall:
		return WhyRealCall, now
	case p.Unseen:
		return WhyUnseen, now
	case p.Stopping:
		return WhyStopped, now
	case !p.Caller.AnsweredAt.IsZero():
		if seen := p.Caller.AnsweredAt.Add(answerSeen); now.Before(seen) {
			return "", seen
		}
		return WhyAnswered, now
	case !now.Before(last):
		return WhyLimit, now
	case p.BellAt.IsZero(): // it may yet ring here, whatever its caller hears
		return "", last
	case decided(p.Caller):
		return WhyHeard, now
	case p.Caller.Packets > 0 && p.Caller.Heard.Kind != ringback.Silence:
		return "", last
	}
	silent := p.BellAt.Add(rule.On + rule.Off)
	if !now.Before(silent) {
		return WhySilent, now
	}
	return "", earlier(silent, last)
}

// lastMoment is when a test has to hang up whatever is known: a quarter of a period, a second at
// most, before one ring too many begins, because hanging up takes a moment, too.
func lastMoment(rule telephony.Rule, p Progress) time.Time {
	most := rule.LimitAt() - min((rule.On+rule.Off)/4, time.Second)
	if p.BellAt.IsZero() {
		return p.Caller.InvitedAt.Add(most)
	}
	return p.BellAt.Add(min(most, longestBell))
}

// decided reports whether it is known what the caller hears. Music and speech are listened to
// until they are sure: an accusation follows.
func decided(c Caller) bool {
	switch c.Heard.Kind {
	case ringback.CannotTell, ringback.Silence:
		return false
	case ringback.Standard:
		return true
	}
	return c.Heard.Certainty == ringback.Sure
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
