package alerts

import (
	"encoding/json"
	"time"

	"dutyline/telephony"
)

// Lamp is one thing on which it depends that a call rings here, is answered, recorded and told.
type Lamp string

// The closed set of lamps, in the order in which people read them: first those of a line, then
// those of the house.
const (
	LampPhone   Lamp = "phone"   // the duty phone is registered and answers
	LampHook    Lamp = "hook"    // the handset is where it belongs
	LampEngaged Lamp = "engaged" // no caller was refused while another one talked
	LampDevice  Lamp = "device"  // it is the registered duty phone that answers
	LampTrunk   Lamp = "trunk"   // the way to and from the exchange
	LampProof   Lamp = "proof"   // the last proof of life by a real or a test call
	LampRecord  Lamp = "record"  // answered calls become sealed recordings

	LampJournal Lamp = "journal" // the switch's own journal advances
	LampDisk    Lamp = "disk"    // there is room
	LampClock   Lamp = "clock"   // synchronised
	LampPage    Lamp = "page"    // an officer's page is open and may sound
	LampOfficer Lamp = "officer" // who is signed in is who is on duty
	LampBeat    Lamp = "beat"    // another machine would notice our silence
)

// Condition is how a lamp is.
type Condition string

// The closed set of conditions. What cannot be told is never shown as good.
const (
	Good     Condition = "good"
	Bad      Condition = "bad"
	NotKnown Condition = "unknown"
)

// Judgement is what is found of one lamp at one moment.
type Judgement struct {
	Cause  Cause
	Detail string    // who, which or how much; nothing of callers
	At     time.Time // when it began, as far as that is known; zero: when it was first found so
}

// LampState is a lamp as it is shown: how it is, since when and why.
type LampState struct {
	Judgement
	Since time.Time
}

// Lamp is which one it is.
func (s LampState) Lamp() Lamp { return causes[s.Cause].lamp }

// Condition is how it is.
func (s LampState) Condition() Condition { return causes[s.Cause].state }

// Severity is how bad a bad one is; empty for the others.
func (s LampState) Severity() Severity { return causes[s.Cause].badness() }

// Why is one sentence: what it means and what to do.
func (s LampState) Why() string { return causes[s.Cause].says }

// MarshalJSON writes the lamp as the API carries it.
func (s LampState) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Lamp     Lamp      `json:"lamp"`
		State    Condition `json:"state"`
		Severity Severity  `json:"severity"`
		Since    *string   `json:"since"`
		Cause    Cause     `json:"cause"`
		Detail   string    `json:"detail"`
		Why      string    `json:"why"`
	}{s.Lamp(), s.Condition(), s.Severity(), telephony.JSONTime(s.Since), s.Cause, s.Detail, s.Why()})
}
