package practice

import (
	"context"
	"fmt"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// callee is the called end of one call: the duty phone, or the far end of an outgoing call.
// Each method sees to one step; the leg holds what really happened.
type callee struct {
	agent  *agent
	dialog *sipgo.DialogServerSession
	book   *booking
	domain sip.Uri // of the switch: redirections point there
	leg    Leg
	sound  *audio // nil for a call that is not to be answered
}

// run treats the call as it was planned and returns when it is over. ctx is the line's.
func (c *callee) run(ctx context.Context) {
	c.leg.SIPCallID = c.dialog.InviteRequest.CallID().Value()
	c.leg.InvitedAt = time.Now()
	defer c.report()
	plan := c.book.call
	switch plan.Does {
	case Busy:
		c.refuse(sip.StatusBusyHere, "Busy Here")
		return
	case Unavailable:
		c.refuse(sip.StatusTemporarilyUnavailable, "Temporarily Unavailable")
		return
	}
	if plan.Does == Answers || plan.Does == Instant {
		if !c.hasSound() {
			return
		}
		defer func() { c.leg.Heard = c.sound.end() }()
	}
	switch plan.Does {
	case Instant:
		c.answer(ctx)
		return
	case NoBell:
	default:
		if !c.ring() {
			return
		}
	}
	c.ringUntilPlanned(ctx, plan)
}

// hasSound looks, before the bell rings, whether both ends can talk at all.
func (c *callee) hasSound() bool {
	var err error
	if c.sound, err = openAudio(c.agent.local.IP); err == nil {
		if err = c.sound.accept(c.dialog.InviteRequest.Body()); err == nil {
			return true
		}
		c.sound.end()
	}
	c.book.note(CallRefused, fmt.Sprintf("the phone cannot take the call: %v", err))
	c.refuse(sip.StatusNotAcceptableHere, "Not Acceptable Here")
	return false
}

// ring sends 180 Ringing.
func (c *callee) ring() bool {
	c.leg.RingAt = time.Now()
	if err := c.dialog.Respond(sip.StatusRinging, "Ringing", nil); err != nil {
		c.leg.RingAt, c.leg.EndedAt = time.Time{}, time.Now()
		return false
	}
	c.report()
	return true
}

// ringUntilPlanned waits for the moment at which the phone does something, or the caller gives up.
func (c *callee) ringUntilPlanned(ctx context.Context, plan Call) {
	var due <-chan time.Time
	if plan.Does != NeverAnswer && plan.Does != NoBell {
		timer := time.NewTimer(plan.AnswerAfter)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-c.dialog.Context().Done(): // CANCEL; the library has answered 487
		c.leg.EndedAt, c.leg.Status = time.Now(), sip.StatusRequestTerminated
	case <-ctx.Done():
		c.refuse(sip.StatusTemporarilyUnavailable, "Temporarily Unavailable")
	case <-due:
		switch plan.Does {
		case Rejects:
			c.refuse(sip.StatusGlobalDecline, "Decline")
		case Forwards:
			to := c.domain
			to.User = plan.ForwardTo
			c.refuse(sip.StatusMovedTemporarily, "Moved Temporarily", &sip.ContactHeader{Address: to})
		default:
			c.answer(ctx)
		}
	}
}

// refuse sends a final answer that is no success.
func (c *callee) refuse(status int, reason string, headers ...sip.Header) {
	c.leg.EndedAt, c.leg.Status = time.Now(), status
	_ = c.dialog.Respond(status, reason, nil, headers...) // unheard only when the caller gave up at this moment
}

// answer picks up, talks and ends.
func (c *callee) answer(ctx context.Context) {
	body := c.sound.offer()
	defer c.agent.remember(c.leg.SIPCallID, body)()
	c.leg.AnsweredAt, c.leg.Status = time.Now(), sip.StatusOK
	if err := c.dialog.RespondSDP(body); err != nil { // returns after the ACK
		c.leg.EndedAt = time.Now()
		if c.dialog.Context().Err() != nil { // the caller gave up in the same moment
			c.leg.AnsweredAt, c.leg.Status = time.Time{}, sip.StatusRequestTerminated
		}
		return
	}
	c.sound.start(c.book.sound.of(c.book.call.side(false)))
	c.report()
	c.talk(ctx)
}

// talk lasts until this end is to hang up, or the other one does.
func (c *callee) talk(ctx context.Context) {
	call := c.book.call
	limit := maxTime + call.Talk // the switch lost the call: do not talk for ever
	if call.HangUp == call.side(false) {
		limit = call.Talk
	}
	timer := time.NewTimer(time.Until(c.leg.AnsweredAt.Add(limit)))
	defer timer.Stop()
	select {
	case <-c.dialog.Context().Done(): // BYE
		c.leg.EndedAt = time.Now()
		return
	case <-timer.C:
	case <-ctx.Done():
	}
	c.leg.EndedAt = time.Now()
	bye, cancel := context.WithTimeout(context.Background(), teardown)
	defer cancel()
	_ = c.dialog.Bye(bye) // without an answer the switch is gone, and the call with it
}

func (c *callee) report() { c.book.update(func(r *Result) { r.Far = c.leg }) }

// occupied refuses a call because the phone is in another one.
func (c *callee) occupied() {
	c.leg.SIPCallID = c.dialog.InviteRequest.CallID().Value()
	c.leg.InvitedAt = time.Now()
	c.refuse(sip.StatusBusyHere, "Busy Here")
	c.report()
}
