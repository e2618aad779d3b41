package practice

import (
	"math"
	"time"
)

// Result is what the two SIP ends of one call saw, on this machine's clock: the measure
// against which the duty log's times are checked. Zero times: it did not happen.
type Result struct {
	Call Call `json:"call"`

	PlacedAt time.Time `json:"placed_at"` // the INVITE was sent
	Near     Leg       `json:"near"`      // who placed the call
	Far      Leg       `json:"far"`       // who was called; zero when another phone than ours rang

	GaveUp   bool `json:"gave_up,omitempty"` // whoever called cancelled
	HungUpBy Side `json:"hung_up_by,omitempty"`
}

// Leg is one end of a call.
type Leg struct {
	SIPCallID  string    `json:"sip_call_id,omitempty"`
	InvitedAt  time.Time `json:"invited_at,omitzero"`  // INVITE sent or received
	RingAt     time.Time `json:"ring_at,omitzero"`     // 180 sent or received
	AnsweredAt time.Time `json:"answered_at,omitzero"` // 200 sent or received
	EndedAt    time.Time `json:"ended_at,omitzero"`    // BYE, CANCEL or the refusal sent or received
	Status     int       `json:"status,omitempty"`     // the final SIP status, 0 when there was none
	Heard      Level     `json:"heard,omitzero"`
}

// Phone is the leg of the duty phone.
func (r Result) Phone() Leg {
	if r.Call.Outgoing() {
		return r.Near
	}
	return r.Far
}

// RingFor is how long the phone that was called rang, by its own clock; 0 when it did not.
func (r Result) RingFor() time.Duration {
	end := r.Far.AnsweredAt
	if end.IsZero() {
		end = r.Far.EndedAt
	}
	if r.Far.RingAt.IsZero() || end.IsZero() {
		return 0
	}
	return end.Sub(r.Far.RingAt)
}

// Answered tells whether whoever called heard an answer.
func (r Result) Answered() bool { return !r.Near.AnsweredAt.IsZero() }

// Level is how loud the audio was that one end received; zero when there was no talk.
type Level struct {
	Packets int     `json:"packets"`
	Mean    float64 `json:"mean_db"` // RMS over everything received, dB below full scale
	Peak    float64 `json:"peak_db"` // RMS of the loudest 20 ms
}

// silence is the level that stands for no sound at all.
const silence = -100.0

func decibel(meanSquare float64) float64 {
	if meanSquare < 1e-10 {
		return silence
	}
	return 10 * math.Log10(meanSquare)
}

// Note is something that happened on the practice line.
type Note struct {
	At   time.Time `json:"at"`
	Kind NoteKind  `json:"kind"`
	Call int       `json:"call,omitempty"` // serial number of the call; 0: about the phone
	Text string    `json:"text"`
}

// NoteKind names what happened.
type NoteKind string

// What happens on a practice line.
const (
	PhoneRegistered   NoteKind = "phone_registered"
	PhoneAside        NoteKind = "phone_aside"        // a real phone is registered
	PhoneUnregistered NoteKind = "phone_unregistered" // the switch does not answer, or the end
	CallPlaced        NoteKind = "placed"
	CallWaiting       NoteKind = "waiting" // the programme's own call ends first
	CallRinging       NoteKind = "ringing"
	CallAnswered      NoteKind = "answered"
	CallRefused       NoteKind = "refused"
	CallGivenUp       NoteKind = "given_up"
	CallEnded         NoteKind = "ended"
)

// Forwarded reports whether the phone was asked to send the call on, and did: it answered 302.
func (r Result) Forwarded() bool {
	return r.Call.Does == Forwards && !r.Call.Outgoing() && r.Far.Status == 302
}
