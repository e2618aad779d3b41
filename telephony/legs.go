package telephony

import (
	"strings"
	"time"
)

// leg is what is known of one channel. It holds evidence, never a verdict, and every
// piece of it is set once, so that an event that comes twice changes nothing.
type leg struct {
	id       string
	endpoint string
	duty     *line  // whose duty phone this is; nil for all others
	trunk    bool   // of some line
	local    bool   // half of a Local channel: a detour inside the switch, never a phone
	pair     string // what both halves of a Local channel are called

	call     *run
	parent   *leg // who dials this leg; the second half of a Local channel hangs under the first
	children []*leg
	watched  bool // its creation was seen, so its end will be, too
	incoming bool // the far end called the switch; false for a leg that the switch dials

	number, name, exten string
	app, appData        string
	state               string

	created, dialled, rang, up, answered, bridged, ended, gone time.Time

	appAt      time.Time // it began to run app
	appWas     string    // the application before
	appWasAt   time.Time
	triedAt    time.Time // it began to run Dial or Queue
	machineAt  time.Time // it began to run an application that plays or records
	hungUp     time.Time // its far end hung up
	seen       time.Time // last event
	status     string    // how the dial ended: ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION …
	cause      int
	tech       int
	alerting   bool   // it said that it rings; false when it only sent audio
	dialString string // what was dialled to make this leg
	forward    string // where it wanted the call to go
	sip        string // Call-ID of its SIP dialog
	sentOn     string // where SIP shows that its phone sent the call
	stranger   bool   // SIP shows that another device than the registered phone answered
	sentOnSaid string // the message that shows it
	sentOnAt   time.Time
	redirected bool   // made because another leg wanted the call to go there
	rdnis      string // redirecting number from before the dial
	diverted   bool   // a redirecting number appeared after the dial had begun (SIP 181)
	bridge     string // where it is now
	away       bool   // it transferred the call and is out of it
	busySeen   bool   // its busy answer has been weighed
	lonelyBusy bool   // it said busy while the line had no other call

	linked    string        // id of the call's first channel, when a snapshot told it
	rangAfter time.Duration // on a dialling leg found running: how long its phone took to ring
	rangKnown bool

	lost          bool      // a snapshot lacks it: gone is the latest moment at which it can have ended
	answeredAfter time.Time // the answer fell into a gap that began here; zero when it was seen
}

// isDuty reports whether an answer on this leg is an answer at the duty phone. A leg
// made by a redirect may carry the duty phone's name and still be somebody else.
func (l *leg) isDuty() bool { return l.duty != nil && !l.local && !l.redirected }

// over reports whether the dial of this leg has ended or the leg itself has.
func (l *leg) over() bool { return !l.ended.IsZero() || !l.gone.IsZero() }

// ringing reports whether the phone rings now.
func (l *leg) ringing() bool {
	return !l.rang.IsZero() && !l.over() && l.answered.IsZero() && l.up.IsZero()
}

// answeredAt is when the leg was picked up; zero when it was not.
func (l *leg) answeredAt() time.Time {
	switch {
	case l.answered.IsZero() && l.dialled.IsZero() && !l.incoming:
		return l.up // its dial was not seen
	case l.answered.IsZero() || l.incoming:
		return l.answered
	}
	return earlier(l.answered, l.up)
}

// talked reports whether the leg was answered and joined to somebody.
func (l *leg) talked() bool { return !l.answeredAt().IsZero() && !l.bridged.IsZero() }

// ringEnd is when the bell of this leg stopped; zero while it rings.
func (l *leg) ringEnd() time.Time {
	return earlier(earlier(l.answeredAt(), l.ended), earlier(l.gone, l.hungUp))
}

// quietUnseen reports whether ringEnd is no more than a bound, because nobody saw the bell stop.
func (l *leg) quietUnseen() bool {
	end := l.ringEnd()
	return l.lost && end.Equal(l.gone) || !l.answeredAfter.IsZero() && end.Equal(l.answeredAt())
}

// byRedirect reports whether this leg exists because a phone sent the call elsewhere.
func (l *leg) byRedirect() bool {
	for up, hops := l, 0; up != nil && hops < maxHops; up, hops = up.parent, hops+1 {
		if up.redirected {
			return true
		}
	}
	return false
}

// maxHops bounds every walk over legs that dial legs.
const maxHops = 32

// top is the leg at which the chain of dials begins.
func (l *leg) top() *leg {
	for hops := 0; l.parent != nil && hops < maxHops; hops++ {
		l = l.parent
	}
	return l
}

// adopt hangs a leg under the one that dials it. A second parent is refused.
func (l *leg) adopt(child *leg) {
	if child.parent != nil || child == l || l.top() == child {
		return
	}
	child.parent = l
	l.children = append(l.children, child)
}

// dutyBelow finds the line of the first duty phone dialled from here.
func (l *leg) dutyBelow(hops int) *line {
	if hops > maxHops {
		return nil
	}
	for _, c := range l.children {
		if c.isDuty() {
			return c.duty
		}
		if ln := c.dutyBelow(hops + 1); ln != nil {
			return ln
		}
	}
	return nil
}

// target is the number that was dialled to make this leg or its nearest ancestor.
func (l *leg) target() string {
	for up, hops := l, 0; up != nil && hops < maxHops; up, hops = up.parent, hops+1 {
		if n := numberIn(up.dialString); n != "" {
			return n
		}
	}
	return ""
}

// numberIn takes the number out of what Dial was told: "13800001111@trunk",
// "Local/13800001111@from-duty/n", "PJSIP/trunk/sip:13800001111@192.0.2.9:5060".
func numberIn(dial string) string {
	if cut := strings.LastIndex(dial, "sip:"); cut >= 0 {
		dial = dial[cut+len("sip:"):]
	} else if cut := strings.LastIndex(strings.SplitN(dial, "@", 2)[0], "/"); cut >= 0 {
		dial = dial[cut+1:]
	}
	number, _, _ := strings.Cut(dial, "@")
	return printable(number, maxNumber)
}

// answer is how a phone answered the attempt to ring it.
type answer uint8

const (
	silent answer = iota // nothing came back
	busy
	declined
	redirect
	failed
	cancelled // the caller left, or another phone was quicker
)

// response reads how the leg's phone answered the attempt. The switch says NOANSWER for
// five different things, so the SIP status comes first.
func (l *leg) response() answer {
	switch {
	case l.forward != "" || l.tech >= 300 && l.tech < 400:
		return redirect
	case l.status == "CANCEL":
		return cancelled
	case l.tech == 486 || l.tech == 600 || l.tech == 0 && (l.cause == 17 || l.status == "BUSY"):
		return busy
	case l.tech == 603 || l.tech == 0 && l.cause == 21:
		return declined
	case l.cause == causeInterworking && l.tech != 487: // a 487 of the phone's own is a failure
		return cancelled
	case l.tech >= 400 || l.status == "CONGESTION" || l.status == "CHANUNAVAIL":
		return failed
	}
	return silent
}

// causeInterworking is what the switch gives a leg that it cancels, together with a
// status of 500 that no phone ever sent.
const causeInterworking = 127

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// first sets a time once. What comes again with an earlier time moves it back, for
// the events of two channels about one thing may come in either order.
func first(t *time.Time, at time.Time) { *t = earlier(*t, at) }
