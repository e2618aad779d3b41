package telephony

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ProofKind is where something was seen.
type ProofKind string

// The kinds of proofs.
const (
	SeenEvent ProofKind = "event" // an event of the switch; Ref is the channel
	SeenInSIP ProofKind = "sip"   // a SIP message; Ref is the Call-ID
)

// Proof is one thing that was seen of a call and on which a finding or an outcome rests, so that
// people can look it up: on the tape, or in the switch's own trace.
type Proof struct {
	Kind ProofKind `json:"kind"`
	Ref  string    `json:"ref"`
	Text string    `json:"text"`
	Said Said      `json:"said"` // the same for people; empty of a SIP message
	At   time.Time `json:"at"`   // the switch's clock
}

// maxProofs bounds what is kept of one call: what says most comes first.
const maxProofs = 12

// SawEvent is an event of the switch as proof.
func SawEvent(ref string, said Said, at time.Time) Proof {
	said = said.clean()
	return Proof{Kind: SeenEvent, Ref: strings.Clone(ref), Text: printable(said.String(), 2*maxName), Said: said, At: at}
}

// proveSIP keeps a SIP message that was seen, once.
func (c *run) proveSIP(callID, text string, at time.Time) {
	c.prove(Proof{Kind: SeenInSIP, Ref: strings.Clone(callID), Text: printable(text, 2*maxName), At: at})
}

// prove keeps what was seen, once.
func (c *run) prove(p Proof) {
	if c == nil || len(c.proofs) >= maxProofs {
		return
	}
	if !slices.ContainsFunc(c.proofs, func(o Proof) bool { return o.Kind == p.Kind && o.Ref == p.Ref && o.Text == p.Text }) {
		c.proofs = append(c.proofs, p)
	}
}

// proveDial keeps a dial's end that says that the phone sent the call on.
func (l *leg) proveDial(ev *Event) {
	if ev.Forward != "" {
		l.call.prove(SawEvent(l.id, Said{Name: SaidSentOn, Status: ev.DialStatus, Endpoint: l.endpoint, Number: ev.Forward}, ev.At))
	}
}

// proveRedirect keeps that a duty phone answered with a redirect.
func (l *leg) proveRedirect(ev *Event) {
	if l.duty != nil && ev.TechCause >= 300 && ev.TechCause < 400 {
		l.call.prove(SawEvent(l.id, Said{Name: SaidRedirectAnswer, Event: ev.Type, Endpoint: l.endpoint, Status: strconv.Itoa(ev.TechCause)}, ev.At))
	}
}

// proveEnd keeps where the call went instead of to the duty phone.
func (c *run) proveEnd(v verdict) {
	w, taken := c.winner()
	for _, l := range c.legs {
		switch {
		case l.isDuty() && l.sendsOn() && l.response() != redirect:
			c.prove(SawEvent(l.id, Said{Name: SaidLaterRedirect, Endpoint: l.endpoint}, later(l.dialled, l.created)))
		case taken && l == w.leg && !l.isDuty():
			c.prove(SawEvent(l.id, Said{Name: SaidAnsweredBy, Endpoint: l.endpoint}, w.at))
		case l.outward() && c.Direction == Inbound:
			c.prove(SawEvent(l.id, Said{Name: SaidDialEnded, Status: l.status, Endpoint: l.endpoint}, later(l.ended, l.created)))
		}
	}
	if v.outcome == AnsweredByMachine && c.root != nil {
		c.prove(SawEvent(c.root.id, Said{Name: SaidApplication, Application: c.root.app}, v.answeredAt))
	}
}

// proveTransfer keeps that a talk was handed on, and to which number where the switch says it.
func (l *leg) proveTransfer(ev *Event) {
	name := map[[2]bool]SaidName{{false, true}: SaidTransfer, {true, true}: SaidTransferTo, {false, false}: SaidTransferFailed, {true, false}: SaidTransferToFails}
	l.call.prove(SawEvent(l.id, Said{Name: name[[2]bool{ev.Forward != "", ev.OK}], Event: ev.Type, Endpoint: l.endpoint, Number: ev.Forward}, ev.At))
}
