package main_test

import (
	"fmt"
	"time"
)

// caller is the calling side of one call.
type caller struct {
	p     *peers
	call  *placed
	inbox chan *sipText
	req   sipRequest
	sound *mediaSocket

	branch string
	cseq   int
	timers
	rang bool
	left bool // CANCEL was sent
	up   bool
	bye  bool
	over bool
}

func newCaller(p *peers, call *placed) *caller {
	callID := someToken() + "@caller"
	me := fmt.Sprintf("<sip:%s@%s>", call.caller, p.callers.local())
	return &caller{p: p, call: call, inbox: p.callers.open(callID), branch: someToken(), cseq: 1, sound: p.deaf,
		req: sipRequest{uri: fmt.Sprintf("sip:%s@%s", p.number, p.switchA), from: me + ";tag=" + someToken(),
			to: fmt.Sprintf("<sip:%s@%s>", p.number, p.switchA), callID: callID, local: p.callers.local()}}
}

// run goes through the call to its end.
func (c *caller) run() {
	defer c.p.callers.forget(c.req.callID)
	if c.call.media {
		c.sound = openMedia(c.p.t)
		defer c.sound.close()
	}
	now := time.Now()
	c.call.note(func(t *truth) { t.InvitedAt = now })
	c.ask(c.req.text("INVITE", c.cseq, c.branch, sdp(c.sound.port()), c.contact()), now)
	c.endAt = now.Add(noAnswerFrom)
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
	c.call.note(func(t *truth) { t.OverAt = time.Now() })
}

func (c *caller) contact() string {
	return fmt.Sprintf("Contact: <sip:%s@%s>", c.call.caller, c.p.callers.local())
}

// ask sends a request that is repeated until somebody answers.
func (c *caller) ask(text string, now time.Time) {
	c.repeat(text, now)
	c.p.callers.send(text)
}

func (c *caller) tick(now time.Time) {
	if len(c.inbox) > 0 {
		return // what has come is read first
	}
	switch {
	case !c.actAt.IsZero() && !now.Before(c.actAt):
		c.actAt = time.Time{}
		c.act(now)
	case c.pending != "" && !now.Before(c.resendAt):
		c.resend(now)
	case !now.Before(c.endAt):
		c.call.note(func(t *truth) { t.Cut = true })
		c.over = true
	}
}

// resend repeats the request. A timer that comes late shows that this program was held up,
// not the switch: the answer may lie in the socket, so it is looked for once more.
func (c *caller) resend(now time.Time) {
	if late := now.Sub(c.resendAt); late > 50*time.Millisecond {
		c.resendAt = now.Add(50 * time.Millisecond)
		return
	}
	if !c.rang && !c.up && !c.left {
		c.call.note(func(t *truth) { t.Retransmits++ })
	}
	c.wait(now)
	c.p.callers.send(c.pending)
}

// act does what the plan says now: give up, or hang up.
func (c *caller) act(now time.Time) {
	c.cseq++
	switch {
	case c.up:
		c.bye = true
		c.call.note(func(t *truth) { stamp(&t.HungUpAt, now); t.sayBye("caller") })
		c.ask(c.req.text("BYE", c.cseq, someToken(), ""), now)
	default:
		c.left = true
		c.call.note(func(t *truth) { stamp(&t.LeftAt, now) })
		c.ask(c.req.text("CANCEL", 1, c.branch, ""), now)
	}
	c.endAt = now.Add(noAnswerFrom)
}

func (c *caller) take(m *sipText, now time.Time) {
	switch {
	case m.status() == 0:
		c.asked(m, now)
	case m.method() == "INVITE" && m.status() < 200:
		c.provisional(m, now)
	case m.method() == "INVITE" && m.status() < 300:
		c.answered(m, now)
	case m.method() == "INVITE":
		c.refused(m)
	case m.method() == "BYE":
		c.over = true
	default:
		c.pending = "" // to CANCEL: the INVITE's own end follows
	}
}

func (c *caller) provisional(m *sipText, now time.Time) {
	if !c.left && !c.up {
		c.pending = ""
		c.endAt = now.Add(c.call.ring + ringLimit + overdue)
	}
	c.call.note(func(t *truth) { stamp(&t.TryingAt, now) })
	if m.status() == 180 && !c.rang {
		c.rang = true
		c.call.note(func(t *truth) { stamp(&t.RingingAt, now) })
		if c.call.fate == fateGivenUp {
			c.actAt = now.Add(c.call.ring)
		}
	}
}

func (c *caller) answered(m *sipText, now time.Time) {
	c.req.to = m.get("to")
	if uri := uriIn(m.get("contact")); uri != "" {
		c.req.uri = uri
	}
	c.p.callers.send(c.req.text("ACK", 1, someToken(), ""))
	if c.up {
		return
	}
	c.up, c.pending = true, ""
	c.call.note(func(t *truth) { stamp(&t.TryingAt, now); stamp(&t.AnsweredAt, now); t.Status = m.status() })
	c.actAt, c.endAt = time.Time{}, now.Add(c.call.talk+overdue)
	if c.left { // the answer crossed our CANCEL
		c.actAt = now
		return
	}
	if !c.call.officer {
		c.actAt = now.Add(c.call.talk)
	}
	if c.call.media {
		c.sound.talk(m.soundPort(), c.call.talk)
	}
}

func (c *caller) refused(m *sipText) {
	to := c.req.to
	c.req.to = m.get("to")
	c.p.callers.send(c.req.text("ACK", 1, c.branch, ""))
	c.req.to = to
	c.call.note(func(t *truth) { stamp(&t.TryingAt, time.Now()); t.Status = m.status() })
	c.over = true
}

func (c *caller) asked(m *sipText, now time.Time) {
	switch m.method() {
	case "BYE":
		c.p.callers.send(m.answer(200, "OK", "", ""))
		if !c.bye {
			c.call.note(func(t *truth) { stamp(&t.HungUpAt, now); t.sayBye("officer") })
		}
		c.over = true
	case "ACK":
	case "INVITE", "UPDATE":
		c.p.callers.send(m.answer(488, "Not Acceptable Here", "", ""))
	default:
		c.p.callers.send(m.answer(200, "OK", "", ""))
	}
}
