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
	At   time.Time `json:"at"` // the switch's clock
}

// maxProofs bounds what is kept of one call: what says most comes first.
const maxProofs = 12

// prove keeps what was seen, once.
func (c *run) prove(kind ProofKind, ref, text string, at time.Time) {
	if c == nil || len(c.proofs) >= maxProofs {
		return
	}
	p := Proof{Kind: kind, Ref: strings.Clone(ref), Text: printable(text, 2*maxName), At: at}
	if !slices.ContainsFunc(c.proofs, func(o Proof) bool { return o.Kind == p.Kind && o.Ref == p.Ref && o.Text == p.Text }) {
		c.proofs = append(c.proofs, p)
	}
}

// proveDial keeps a dial's end that says that the phone sent the call on.
func (l *leg) proveDial(ev *Event) {
	if ev.Forward != "" {
		l.call.prove(SeenEvent, l.id, "Dial "+ev.DialStatus+" "+l.endpoint+" forward="+ev.Forward, ev.At)
	}
}

// proveRedirect keeps that a duty phone answered with a redirect.
func (l *leg) proveRedirect(ev *Event) {
	if l.duty != nil && ev.TechCause >= 300 && ev.TechCause < 400 {
		l.call.prove(SeenEvent, l.id, ev.Type+" "+l.endpoint+" tech_cause="+strconv.Itoa(ev.TechCause), ev.At)
	}
}

// proveEnd keeps where the call went instead of to the duty phone.
func (c *run) proveEnd(v verdict) {
	w, taken := c.winner()
	for _, l := range c.legs {
		switch {
		case l.isDuty() && l.sendsOn() && l.response() != redirect:
			c.prove(SeenEvent, l.id, l.endpoint+" has a redirecting number after it was dialled (181)", later(l.dialled, l.created))
		case taken && l == w.leg && !l.isDuty():
			c.prove(SeenEvent, l.id, "answered by "+l.endpoint, w.at)
		case l.outward() && c.Direction == Inbound:
			c.prove(SeenEvent, l.id, strings.TrimSpace("Dial "+l.status+" "+l.endpoint), later(l.ended, l.created))
		}
	}
	if v.outcome == AnsweredByMachine && c.root != nil {
		c.prove(SeenEvent, c.root.id, "dialplan application "+c.root.app, v.answeredAt)
	}
}

// proveTransfer keeps that a talk was handed on, and to which number where the switch says it.
func (l *leg) proveTransfer(ev *Event) {
	text := ev.Type + " " + l.endpoint
	if ev.Forward != "" {
		text += " to " + ev.Forward
	}
	if !ev.OK {
		text += " failed"
	}
	l.call.prove(SeenEvent, l.id, text, ev.At)
}
