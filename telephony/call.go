package telephony

import (
	"slices"
	"time"
)

// Direction of a call as seen from the duty room.
type Direction string

// The two directions.
const (
	Inbound  Direction = "in"
	Outbound Direction = "out"
)

// Party says who ended a call; empty when nobody saw it.
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
	RangUntil      time.Time // the bell stopped; zero while it rings, when it never rang, or when it stopped unseen
	AnsweredAt     time.Time // a duty endpoint answered (or whoever the outcome names)
	EndedAt        time.Time // with the finding EndNotSeen: the latest moment at which it can have ended
	Rings          int       // bursts begun until the bell stopped, by the rule; 0 when that is not known
	Rule           string    // version of the rule that judged this call
	HangupBy       Party
	ForwardedTo    string
	RedirectedFrom string
	Findings       []Finding
	SettledBy      Settler // whose word the end is; empty until the call was settled
}

// Settler says on whose record a call's end rests.
type Settler string

// The two records of a call. With the journal both eyes were compared.
const (
	SettledByJournal Settler = "journal" // the switch's own journal
	SettledByARI     Settler = "ari"     // the live view alone: there is no journal, or it has nothing of the call
)

// Ended reports whether the call is over and its outcome final.
func (c Call) Ended() bool { return !c.EndedAt.IsZero() }

// EndSeen reports whether the call is over and EndedAt is when it ended. When only its absence
// was found, EndedAt is no more than a bound, and nothing may be measured up to it.
func (c Call) EndSeen() bool { return c.Ended() && !slices.Contains(c.Findings, EndNotSeen) }

// RingFor is the bell clock: how long the duty phone rang until the answer or the end.
// It is false when the phone never rang, still rings, or stopped while nobody looked.
func (c Call) RingFor() (time.Duration, bool) { return between(c.RangAt, c.RangUntil) }

// CallerRingFor is the caller clock: how long the caller waited until the answer or the end.
// It is false while the caller waits, and when the answer or the end was not seen.
func (c Call) CallerRingFor() (time.Duration, bool) {
	switch bellEndSeen := c.RangAt.IsZero() || !c.RangUntil.IsZero(); {
	case !c.AnsweredAt.IsZero() && bellEndSeen:
		return between(c.OfferedAt, c.AnsweredAt)
	case c.AnsweredAt.IsZero() && c.EndSeen():
		return between(c.OfferedAt, c.EndedAt)
	}
	return 0, false
}

// TalkFor is how long the two sides talked. It is false when the call was not answered, is
// not over, or its end was not seen.
func (c Call) TalkFor() (time.Duration, bool) {
	if !c.EndSeen() {
		return 0, false
	}
	return between(c.AnsweredAt, c.EndedAt)
}

// between is the time between two moments; false when one of them is not known.
func between(start, end time.Time) (time.Duration, bool) {
	if start.IsZero() || end.IsZero() {
		return 0, false
	}
	return end.Sub(start), true
}
