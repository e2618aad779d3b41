package telephony

import (
	"slices"
	"time"
)

// Witness is what was seen of a call beside its events, kept for whoever doubts its times: how far the
// switch's clock was from ours, and the SIP messages that the switch mirrored.
type Witness struct {
	CallID  string
	ClockAt time.Time     // our clock, as the two were compared; zero: they were not
	Ahead   time.Duration // the switch's clock minus ours
	Machine ClockKept     // how well our own clock was kept then
	Error   time.Duration // by how much it may have been wrong at most, as the machine says; negative: it does not say
	Heard   bool          // SIP messages were mirrored to us
	SIP     []SIPMoment   // in their order
}

// ClockKept is whether a time service keeps a machine's clock.
type ClockKept string

// The closed set; empty: the machine does not say.
const (
	ClockSynchronised ClockKept = "synchronised"
	ClockAlone        ClockKept = "alone" // nothing keeps it, or not yet
)

// SIPMoment is one SIP message that begins, rings, answers or ends a call.
type SIPMoment struct {
	At   time.Time `json:"at"`   // the switch's clock
	Leg  string    `json:"leg"`  // the endpoint, for instance PJSIP/duty
	In   bool      `json:"in"`   // the caller's side, not a phone's
	What string    `json:"what"` // INVITE, CANCEL, BYE, or the status with which an INVITE was answered
}

// Dialog is a SIP dialog of a call.
type Dialog struct {
	SIPCallID string
	Endpoint  string
	In        bool // the far end called the switch
}

// dialogs are those of a call's legs, as far as they are known.
func (c *run) dialogs() (all []Dialog) {
	for _, l := range c.legs {
		if l.sip != "" && !slices.ContainsFunc(all, func(d Dialog) bool { return d.SIPCallID == l.sip }) {
			all = append(all, Dialog{l.sip, l.endpoint, l.incoming})
		}
	}
	return all
}
