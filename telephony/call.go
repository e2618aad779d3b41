package telephony

import "time"

// Direction of a call as seen from the duty room.
type Direction string

// The two directions.
const (
	Inbound  Direction = "in"
	Outbound Direction = "out"
)

// Party says who ended a call.
type Party string

// The parties that can end a call. A third party, such as the target of a transfer, is
// none of them: the value is empty then.
const (
	ByCaller  Party = "caller"  // the far side: who called or, on an outgoing call, who was called
	ByOfficer Party = "officer" // the duty phone
	BySystem  Party = "system"  // the switch: a time limit, the dialplan, a phone that cannot be reached
)

// Call is one call on a duty line, from the caller's first sign to the last leg's end.
// All times are the switch's clock, UTC. A zero time means "did not happen".
type Call struct {
	ID             string // the switch's linked id: the unique id of the call's first channel
	Line           string
	Direction      Direction
	Caller         Number  // in: who called; out: the duty line itself
	CallerName     string  // as the caller's side gave it, made printable
	Called         Number  // in: the dialled duty number; out: whom the officer dialled
	Outcome        Outcome // empty until the call has ended
	Reason         Reason  // why this outcome; empty until the call has ended
	Tags           []Tag
	OfferedAt      time.Time // caller clock starts: the call reached us
	RangAt         time.Time // bell clock starts: the duty phone itself rings
	RangUntil      time.Time // the bell stopped; zero while it rings or when it never rang
	AnsweredAt     time.Time // a duty endpoint answered (or whoever the outcome names)
	EndedAt        time.Time
	Rings          int    // bursts begun until the answer or the end, by the rule
	Rule           string // version of the rule that judged this call
	HangupBy       Party
	ForwardedTo    string
	RedirectedFrom string
	Findings       []Finding
}

// Ended reports whether the call is over and its outcome final.
func (c Call) Ended() bool { return !c.EndedAt.IsZero() }

// RingFor is the bell clock: how long the duty phone rang until the answer or the end.
// It is false when the phone never rang or still rings.
func (c Call) RingFor() (time.Duration, bool) {
	if !c.RangAt.IsZero() && !c.RangUntil.IsZero() {
		return c.RangUntil.Sub(c.RangAt), true
	}
	return c.since(c.RangAt)
}

// CallerRingFor is the caller clock: how long the caller waited until the answer or the end.
func (c Call) CallerRingFor() (time.Duration, bool) { return c.since(c.OfferedAt) }

// TalkFor is how long the two sides talked; zero when the call was not answered.
func (c Call) TalkFor() time.Duration {
	if c.AnsweredAt.IsZero() || c.EndedAt.IsZero() {
		return 0
	}
	return c.EndedAt.Sub(c.AnsweredAt)
}

func (c Call) since(start time.Time) (time.Duration, bool) {
	end := c.AnsweredAt
	if end.IsZero() {
		end = c.EndedAt
	}
	if start.IsZero() || end.IsZero() {
		return 0, false
	}
	return end.Sub(start), true
}
