package hep

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// FactKind names what a message proves.
type FactKind string

// The closed set of facts. "Caller" is who sent the first INVITE of the dialog, "called" whom it
// asked: in the duty phone's dialog of an incoming call the switch calls and the phone is called.
const (
	Diverted   FactKind = "diverted"   // the call had been sent on before it came here
	Rang       FactKind = "rang"       // 180; with SDP it brings its own sound and ARI says PROGRESS
	EarlySound FactKind = "early"      // 183; no bell is proved by it
	SendingOn  FactKind = "sending_on" // 181: the called side has the call rung elsewhere
	Moved      FactKind = "moved"      // 3xx: the called side wants the call at Target
	Followed   FactKind = "followed"   // the caller asked Target instead, in the same dialog: ARI does not show this
	Answered   FactKind = "answered"   // 2xx
	Refused    FactKind = "refused"    // 4xx to 6xx; 487 is the answer to a cancel
	Cancelled  FactKind = "cancelled"  // CANCEL
	HungUp     FactKind = "hung_up"    // BYE
	Referred   FactKind = "referred"   // REFER: a transfer to Target was asked for

	Registered        FactKind = "registered"         // the first registration of a phone that was seen, or the first after it took it back
	RegistrationMoved FactKind = "registration_moved" // it registered from elsewhere: Before, Now
	Unregistered      FactKind = "unregistered"       // it took its registration back
	Silent            FactKind = "silent"             // the phone left an OPTIONS unanswered; said once until it answers
	AnswersAgain      FactKind = "answers_again"
)

// Side says who of a dialog did something.
type Side string

// The sides of a dialog.
const (
	NoSide Side = "" // the dialog's beginning was not seen, or it is no dialog
	Caller Side = "caller"
	Called Side = "called"
)

// Fact is what one message proves; which fields are set depends on the kind.
type Fact struct {
	Kind   FactKind
	By     Side
	Status int
	SDP    bool
	// Target is where the call is to go; of refused, whom it asked. Of diverted it is who sent it on last (Diversion) or, where
	// only History-Info tells, whom the call was for at first.
	Target string
	Phone  string  // of a registration or an OPTIONS: the phone's SIP user
	Before Binding // of a registration that moved
	Now    Binding
	Lost   int // of answers_again: how many OPTIONS had no answer

	Evidence Message
}

// Binding is where a phone is registered.
type Binding struct {
	Contact Contact
	Source  netip.AddrPort // where the request came from; behind a router another one than Contact
	At      time.Time      // the switch's clock
	Expires int            // seconds; -1 unknown
}

// SameHost reports whether only the port differs. A phone that starts again may choose another
// one; a call that is rung on another machine is the sign of misuse.
func (b Binding) SameHost(o Binding) bool {
	return b.Contact.Host == o.Contact.Host && b.Source.Addr() == o.Source.Addr()
}

// samePlace reports whether calls go to the same socket.
func (b Binding) samePlace(o Binding) bool {
	return b.SameHost(o) && b.Contact.Port == o.Contact.Port && b.Source.Port() == o.Source.Port()
}

// String is the binding in words.
func (b Binding) String() string {
	return fmt.Sprintf("%s from %s for %d s", b.Contact.URI, b.Source, b.Expires)
}

// String is the fact in one line, with its evidence.
func (f Fact) String() string {
	var b strings.Builder
	b.WriteString(string(f.Kind))
	if f.By != NoSide {
		b.WriteString(" by " + string(f.By))
	}
	if f.Status != 0 {
		fmt.Fprintf(&b, " %d", f.Status)
	}
	if f.SDP {
		b.WriteString(" sdp")
	}
	if f.Target != "" {
		fmt.Fprintf(&b, " target=%s", f.Target)
	}
	if f.Phone != "" {
		b.WriteString(" phone=" + f.Phone)
	}
	if f.Before.Source.IsValid() {
		fmt.Fprintf(&b, " before=(%s)", f.Before)
	}
	if f.Now.Source.IsValid() {
		fmt.Fprintf(&b, " now=(%s)", f.Now)
	}
	if f.Lost > 0 {
		fmt.Fprintf(&b, " lost=%d", f.Lost)
	}
	return b.String() + " ← " + f.Evidence.String()
}
