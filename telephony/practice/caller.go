package practice

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// caller is the calling end of one call: somebody at the far end, or the officer.
type caller struct {
	agent          *agent
	book           *booking
	from           sip.FromHeader
	to             sip.Uri
	withheld       bool
	user, password string // empty: the switch asks for none
	leg            Leg
	gaveUp         bool
	hungUpBy       Side

	mu     sync.Mutex
	heard  bool      // any response at all
	why    error     // why waiting for the answer was ended; nil: it was not
	whyAt  time.Time // when
	cancel context.CancelCauseFunc
}

// Why whoever called stopped waiting for the answer.
var (
	errGaveUp    = errors.New("gave up")
	errTakenBack = errors.New("taken back") // the line ends, a guest comes, or whoever asked went away
	errSilent    = errors.New("the switch does not answer")
)

// firstResponse is how long the switch may take to say anything; it usually takes milliseconds.
const firstResponse = 3 * time.Second

// run places the call and returns when it is over. The error is for a call that could not
// even be placed; busy, refused and given up are results. ctx ends it politely.
func (c *caller) run(ctx context.Context) error {
	defer c.report()
	sound, err := openAudio(c.agent.local.IP)
	if err != nil {
		return err
	}
	defer func() { c.leg.Heard = sound.end() }()
	req := c.invite(sound.offer())
	c.leg.InvitedAt = time.Now()
	c.book.update(func(r *Result) { r.PlacedAt = c.leg.InvitedAt })
	dialog, err := c.agent.callers.WriteInvite(ctx, req)
	if err != nil {
		return fmt.Errorf("send the call to %s: %w", c.to.HostPort(), err)
	}
	defer dialog.Close()
	c.leg.SIPCallID = req.CallID().Value()
	defer c.agent.remember(c.leg.SIPCallID, sound.offer())()
	c.book.note(CallPlaced, c.book.call.String())
	if err := c.wait(ctx, dialog); err != nil || c.leg.Status != sip.StatusOK || c.gaveUp {
		return err
	}
	if err := sound.accept(dialog.InviteResponse.Body()); err != nil {
		c.end(dialog)
		return err
	}
	sound.start(c.book.sound.of(c.book.call.side(true)))
	c.report()
	c.talk(ctx, dialog)
	return nil
}

func (c *caller) invite(body []byte) *sip.Request {
	req := sip.NewRequest(sip.INVITE, c.to)
	c.from.Params = sip.NewParams()
	c.from.Params.Add("tag", sip.GenerateTagN(16))
	req.AppendHeader(&c.from)
	if c.withheld {
		req.AppendHeader(sip.NewHeader("Privacy", "id"))
	}
	req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	req.SetBody(body)
	return req
}

// wait follows the call until it is answered, refused or given up.
func (c *caller) wait(ctx context.Context, dialog *sipgo.DialogClientSession) error {
	waiting, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	c.cancel = cancel
	defer time.AfterFunc(c.book.call.GiveUpAfter, func() { c.stopWaiting(errGaveUp) }).Stop()
	defer time.AfterFunc(firstResponse, func() { c.stopWaiting(errSilent) }).Stop()
	defer context.AfterFunc(ctx, func() { c.stopWaiting(errTakenBack) })()
	err := dialog.WaitAnswer(waiting, sipgo.AnswerOptions{
		Username: c.user, Password: c.password,
		OnResponse: func(res *sip.Response) error { c.hears(res); return nil },
	})
	var refused *sipgo.ErrDialogResponse
	switch {
	case err == nil:
		return c.confirm(dialog)
	case errors.As(err, &refused):
		c.refused(refused.Res)
		return nil
	case waiting.Err() != nil && !errors.Is(c.why, errSilent):
		c.givenUp(dialog)
		return nil
	}
	c.leg.EndedAt = time.Now()
	return fmt.Errorf("the switch at %s does not answer the call (%w): is it running?", c.to.HostPort(), err)
}

// stopWaiting cancels the call. A switch that has said nothing yet is not waited for: nothing
// may be cancelled before its first response.
func (c *caller) stopWaiting(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why != nil || c.heard && why == errSilent {
		return
	}
	c.why, c.whyAt = why, time.Now()
	if !c.heard {
		why = sipgo.WaitAnswerForceCancelErr
	}
	c.cancel(why)
}

func (c *caller) hears(res *sip.Response) {
	c.mu.Lock()
	c.heard = true
	c.mu.Unlock()
	if (res.StatusCode == sip.StatusRinging || res.StatusCode == sip.StatusSessionInProgress) && c.leg.RingAt.IsZero() {
		c.leg.RingAt = time.Now()
		c.report()
		c.book.note(CallRinging, "it rings")
	}
	if res.IsSuccess() {
		c.leg.AnsweredAt = time.Now()
	}
}

func (c *caller) confirm(dialog *sipgo.DialogClientSession) error {
	c.leg.Status = sip.StatusOK
	if err := dialog.Ack(context.Background()); err != nil {
		return fmt.Errorf("confirm the answer: %w", err)
	}
	c.book.note(CallAnswered, "answered "+c.since(c.leg.AnsweredAt))
	return nil
}

// givenUp notes the cancelled call. When the answer crossed the CANCEL the call exists after
// all and is ended at once.
func (c *caller) givenUp(dialog *sipgo.DialogClientSession) {
	c.leg.EndedAt, c.leg.Status, c.gaveUp = c.whyAt, sip.StatusRequestTerminated, true
	if res := dialog.InviteResponse; res != nil && res.IsSuccess() {
		c.leg.AnsweredAt, c.leg.Status = time.Now(), sip.StatusOK
		_ = dialog.Ack(context.Background())
		c.end(dialog)
	}
	what := "whoever called gives up "
	if errors.Is(c.why, errTakenBack) {
		what = "the call is taken back "
	}
	c.book.note(CallGivenUp, what+c.since(c.leg.EndedAt))
}

func (c *caller) refused(res *sip.Response) {
	c.leg.EndedAt, c.leg.Status = time.Now(), res.StatusCode
	c.book.note(CallRefused, fmt.Sprintf("%s (SIP %d %s) %s", meaning(res.StatusCode), res.StatusCode, res.Reason, c.since(c.leg.EndedAt)))
}

// meaning says in plain words what a refusal stands for.
func meaning(status int) string {
	switch status {
	case sip.StatusBusyHere, sip.StatusGlobalBusyEverywhere:
		return "engaged"
	case sip.StatusForbidden, sip.StatusGlobalDecline:
		return "rejected"
	case sip.StatusNotFound:
		return "no phone is registered, or the number leads nowhere"
	case sip.StatusTemporarilyUnavailable, sip.StatusRequestTimeout:
		return "not reachable"
	case sip.StatusUnauthorized, sip.StatusProxyAuthRequired:
		return "the switch does not accept the duty phone's password"
	}
	return "not connected"
}

// talk lasts until this end is to hang up, or the other one does. Where the other end should
// hang up and does not (a person at a real phone), this one does after a while.
func (c *caller) talk(ctx context.Context, dialog *sipgo.DialogClientSession) {
	call := c.book.call
	limit := call.Talk
	if call.HangUp != call.side(true) {
		limit += 30 * time.Second
	}
	timer := time.NewTimer(time.Until(c.leg.AnsweredAt.Add(limit)))
	defer timer.Stop()
	select {
	case <-dialog.Context().Done(): // BYE
		c.leg.EndedAt, c.hungUpBy = time.Now(), call.side(false)
	case <-timer.C:
		c.end(dialog)
	case <-ctx.Done():
		c.end(dialog)
	}
	c.book.note(CallEnded, fmt.Sprintf("the %s hung up after %.1f s of talk", c.hungUpBy, c.leg.EndedAt.Sub(c.leg.AnsweredAt).Seconds()))
}

// end hangs up. Without an answer the switch is gone, and the call with it.
func (c *caller) end(dialog *sipgo.DialogClientSession) {
	c.leg.EndedAt, c.hungUpBy = time.Now(), c.book.call.side(true)
	bye, cancel := context.WithTimeout(context.Background(), teardown)
	defer cancel()
	_ = dialog.Bye(bye)
}

func (c *caller) since(t time.Time) string {
	from, what := c.leg.RingAt, "the first ring"
	if from.IsZero() {
		from, what = c.leg.InvitedAt, "it was placed"
	}
	return fmt.Sprintf("%.1f s after %s", t.Sub(from).Seconds(), what)
}

func (c *caller) report() {
	c.book.update(func(r *Result) {
		r.Near, r.GaveUp, r.HungUpBy = c.leg, c.gaveUp, c.hungUpBy
	})
}

// displayName writes a name as the inside of a quoted string: SIP lets every character but
// line breaks and NUL through when it is escaped.
func displayName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r == '"' || r == '\\' || r < ' ' && r != '\t' || r == 0x7f {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
