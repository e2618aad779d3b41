package main_test

import (
	"fmt"
	"time"
)

// callee is the duty phone's side of one call.
type callee struct {
	p      *peers
	call   *placed
	invite *sipText
	inbox  chan *sipText
	tag    string
	sound  *mediaSocket

	last string // our last response to the INVITE
	timers
	final bool
	up    bool // answered and acknowledged
	bye   bool
	over  bool
}

func newCallee(p *peers, call *placed, invite *sipText, inbox chan *sipText) *callee {
	return &callee{p: p, call: call, invite: invite, inbox: inbox, tag: someToken(), sound: p.deaf}
}

func (c *callee) run() {
	defer c.p.phone.forget(c.invite.get("call-id"))
	if c.call.media {
		c.sound = openMedia(c.p.t)
		defer c.sound.close()
	}
	now := time.Now()
	c.call.note(func(t *truth) { t.PhoneInvited++; stamp(&t.PhoneInvitedAt, now) })
	c.endAt = now.Add(c.call.ring + ringLimit + overdue)
	c.begin(now)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !c.over {
		select {
		case m := <-c.inbox:
			c.take(m, time.Now())
		case <-timer.C:
			c.tick(time.Now())
		}
		timer.Reset(time.Until(c.next()))
	}
}

// begin does what the phone does when a call comes in.
func (c *callee) begin(now time.Time) {
	switch c.call.fate {
	case fateBusy:
		c.finish(486, "Busy Here", now)
		return
	case fateDeclined:
		c.finish(603, "Decline", now)
		return
	case fateOutOfReach:
		c.finish(480, "Temporarily Unavailable", now)
		return
	}
	c.call.note(func(t *truth) { stamp(&t.PhoneRangAt, now) })
	c.respond(180, "Ringing", "")
	if c.call.fate == fateAnswered || c.call.fate == fateRejected {
		c.actAt = now.Add(c.call.ring)
	}
}

func (c *callee) respond(status int, reason, body string) {
	c.last = c.invite.answer(status, reason, c.tag, body, fmt.Sprintf("Contact: <sip:%s@%s>", c.p.user, c.p.phone.local()))
	c.p.phone.send(c.last)
}

// finish sends the final response, which is repeated until it is acknowledged.
func (c *callee) finish(status int, reason string, now time.Time) {
	if c.final {
		return
	}
	body := ""
	if status == 200 {
		body = sdp(c.sound.port())
	}
	c.final = true
	c.call.note(func(t *truth) { stamp(&t.PhoneFinalAt, now); t.PhoneStatus = status })
	c.respond(status, reason, body)
	c.repeat(c.last, now)
	c.endAt = now.Add(noAnswerFrom)
}

func (c *callee) tick(now time.Time) {
	if len(c.inbox) > 0 {
		return
	}
	switch {
	case !c.actAt.IsZero() && !now.Before(c.actAt):
		c.actAt = time.Time{}
		c.act(now)
	case c.pending != "" && !now.Before(c.resendAt):
		c.wait(now)
		c.p.phone.send(c.pending)
	case !now.Before(c.endAt):
		c.over = true
	}
}

// act does what the plan says now: pick up, reject, or hang up.
func (c *callee) act(now time.Time) {
	switch {
	case c.up:
		c.bye = true
		c.call.note(func(t *truth) { stamp(&t.HungUpAt, now); t.sayBye("officer") })
		req := sipRequest{uri: uriIn(c.invite.get("contact")), from: c.invite.get("to") + ";tag=" + c.tag, to: c.invite.get("from"),
			callID: c.invite.get("call-id"), local: c.p.phone.local()}
		bye := req.text("BYE", 1, someToken(), "")
		c.repeat(bye, now)
		c.p.phone.send(bye)
		c.endAt = now.Add(noAnswerFrom)
	case c.call.fate == fateRejected:
		c.finish(603, "Decline", now)
	default:
		c.finish(200, "OK", now)
	}
}

func (c *callee) take(m *sipText, now time.Time) {
	switch {
	case m.status() != 0: // to our BYE
		c.over = c.over || m.method() == "BYE"
	case m.method() == "INVITE":
		c.p.phone.send(c.last) // said again because it did not hear us
	case m.method() == "ACK":
		c.acknowledged(m, now)
	case m.method() == "CANCEL":
		c.p.phone.send(m.answer(200, "OK", c.tag, ""))
		c.actAt = time.Time{}
		c.finish(487, "Request Terminated", now)
	case m.method() == "BYE":
		c.p.phone.send(m.answer(200, "OK", "", ""))
		c.over = true
	default:
		c.p.phone.send(m.answer(200, "OK", "", ""))
	}
}

func (c *callee) acknowledged(m *sipText, now time.Time) {
	if m.cseq() != c.invite.cseq() || c.up {
		return
	}
	c.pending = ""
	if c.seenStatus() != 200 {
		c.over = true
		return
	}
	c.up = true
	c.endAt = now.Add(c.call.talk + overdue)
	if c.call.officer {
		c.actAt = now.Add(c.call.talk)
	}
	if c.call.media {
		c.sound.talk(c.invite.soundPort(), c.call.talk)
	}
}

func (c *callee) seenStatus() int { return c.call.seen().PhoneStatus }
