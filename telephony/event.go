package telephony

import "time"

// EventKind names what the switch says, in our words. The set is closed.
type EventKind uint8

// The closed set of events.
const (
	EventIgnored          EventKind = iota // a known thing that tells nothing about a duty line
	EventUnknown                           // a type this version does not know; Type names it
	EventCreated                           // Channel came into being
	EventState                             // Channel changed state, see Channel.State
	EventCaller                            // Channel's caller id was set
	EventConnected                         // Channel's connected line was set; carries the redirecting number
	EventApp                               // Channel runs a dialplan application, see Channel.App
	EventHangupRequest                     // somebody asked to end Channel
	EventDestroyed                         // Channel is gone
	EventDial                              // Channel dials Peer, see DialStatus
	EventEntered                           // Channel entered Bridge
	EventLeft                              // Channel left Bridge
	EventBlindTransfer                     // Channel transferred Peer
	EventAttendedTransfer                  // Channel and Second are the transferer's legs
	EventEndpoint                          // Endpoint came or went
	EventReplaced                          // another program took over: this link is deaf from now on
	EventClockSet                          // somebody set the switch's clock, see By; the watcher says it, not the switch
	EventSentOn                            // SIP shows that the phone of the dialog Channel.SIPCallID sent the call to Forward
	EventStranger                          // SIP shows that the dialog Channel.SIPCallID was answered by another device than the registered duty phone
	EventReferred                          // SIP shows that the phone of the dialog Channel.SIPCallID asked for a transfer to Forward
	eventKinds
)

var eventNames = [eventKinds]string{
	"ignored", "unknown", "created", "state", "caller", "connected", "app", "hangup_request", "destroyed",
	"dial", "entered", "left", "blind_transfer", "attended_transfer", "endpoint", "replaced", "clock_set", "sent_on", "stranger", "referred",
}

// String is the kind's name in logs and metrics.
func (k EventKind) String() string {
	if k >= eventKinds {
		return "invalid"
	}
	return eventNames[k]
}

// Event is one thing that the switch said. It is flat and cheap to copy; which fields
// are set depends on the kind. The same event may come twice, and events of different
// channels may come up to 16 ms out of order.
type Event struct {
	Kind       EventKind
	Type       string    // the switch's own word for it
	At         time.Time // the switch's clock
	Channel    Channel   // the subject; of a dial: who dials (empty when nobody does)
	Peer       Channel   // of a dial: who is dialled; of a transfer: who is transferred
	Second     Channel   // of an attended transfer: the transferer's second leg
	Bridge     string
	DialStatus string  // "" at the begin, then RINGING, PROGRESS, and one of ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION …
	DialString string  // of a dial's begin: what was dialled, for instance "13800001111@trunk"
	Forward    string  // of a dial: where the peer wants the call to go; of a transfer: the number that was named
	Said       string  // of what SIP shows: the message in one line
	Forwarded  Channel // of a dial: the channel made for that
	Cause      int     // Q.850
	TechCause  int     // SIP status; 0 on normal clearing
	Soft       bool    // of a hangup request: asked by the switch, not by the far end
	OK         bool    // of a transfer: it succeeded
	Endpoint   Endpoint
	Contact    Contact       // of an endpoint: the registration of which the switch speaks
	By         time.Duration // of a set clock: how far it is ahead of what it would have said
}

// Contact is one registration of an endpoint.
type Contact struct {
	URI     string // empty: the switch speaks of none
	Made    bool   // it was made now
	Answers bool   // it answers the switch; of one that is just replaced that may be said after its end
	Gone    bool   // it was taken back, replaced, or ran out
}
