package telephony

import "time"

// ChangeKind names what happened to a call or a line.
type ChangeKind string

// The closed set of changes.
const (
	CallOffered  ChangeKind = "offered"      // a call reached the line, or the officer dialled
	CallRang     ChangeKind = "rang"         // the bell began
	CallRing3    ChangeKind = "ring_3"       // the last ring within the limit begins: pick up now
	CallLimit    ChangeKind = "limit_passed" // the limit passed while it still rings
	CallAnswered ChangeKind = "answered"
	CallUpdated  ChangeKind = "updated" // a name, number or finding became known
	CallEnded    ChangeKind = "ended"   // the outcome is final
	CallSettled  ChangeKind = "settled" // the switch's own journal was compared with it
	LineChanged  ChangeKind = "line"    // the line's state changed
	LineFault    ChangeKind = "fault"   // a configuration fault was seen
	LineFaultEnd ChangeKind = "fault_cleared"
	PhoneMoved   ChangeKind = "phone_moved"  // the duty phone registered from another address, see Detail and Home
	PhoneFound   ChangeKind = "phone_found"  // where a duty phone is registered became known, see Home
	CodeWaits    ChangeKind = "code_waits"   // a service code was refused, see Detail; whether it became a call is not known yet
	CodeRefused  ChangeKind = "code_refused" // the duty phone dialled a service code that the dialplan does not have: Detail. There is no call
	CodeCalled   ChangeKind = "code_called"  // a code that was refused became a call before, which tells of it

	IntervalSeen ChangeKind = "interval"     // an interval began or ended, see Interval
	JournalRead  ChangeKind = "journal_read" // what stands before Journal is in the log
	WitnessHeard ChangeKind = "witness"      // what was seen of a call beside its events, see Witness; its id is the key
)

// AtStart is the detail of LineChanged to unknown as a run begins: it has not seen the switch yet, and
// is going to in a moment.
const AtStart = "the daemon was started"

// Change is one step of a call's or line's life. Key fields make it idempotent:
// the same (CallID, Kind) twice says nothing new, except for updates.
type Change struct {
	Kind    ChangeKind
	At      time.Time // the switch's clock
	Line    string
	Call    *Call     // a snapshot of its own, for call changes
	State   LineState // the line's state after this change, always set
	Finding Finding   // for faults and updates that carry one
	Detail  string    // for faults: the endpoint and what to do; of a line that is unknown: AtStart, or empty
	Proofs  []Proof   // what was seen on which this, and what is found about the call, rests

	Interval *Interval // of IntervalSeen; kind and beginning are its key
	Journal  *Position // of JournalRead
	Home     *Home     // of PhoneMoved and PhoneFound
	Witness  *Witness  // of WitnessHeard
	Dialogs  []Dialog  // of CallEnded: the SIP dialogs of its legs
}
