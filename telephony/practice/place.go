package practice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/testcall"
)

// Place starts a call and returns when it is accepted; the call goes on without ctx. The
// programme makes room for it.
func (l *Line) Place(ctx context.Context, c Call) error {
	b, run, err := l.prepare(ctx, c)
	if err != nil {
		return err
	}
	b.tell = l.tell
	go func() {
		defer l.calls.Done()
		if _, err := l.asGuest(run, b); err != nil {
			l.cfg.Log.Warn("a call was not placed", "call", b.id, "error", err)
		}
	}()
	return nil
}

// Call places a call and waits for its end; progress, if given, is told each step. When ctx
// ends, whoever called hangs up. The error is for a call that could not be placed: busy,
// refused and given up are results.
func (l *Line) Call(ctx context.Context, c Call, progress func(Note)) (Result, error) {
	b, run, err := l.prepare(ctx, c)
	if err != nil {
		return Result{}, err
	}
	defer l.calls.Done()
	b.tell = func(n Note) {
		l.tell(n)
		if progress != nil {
			progress(n)
		}
	}
	both, cancel := context.WithCancel(run)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	return l.asGuest(both, b)
}

// prepare checks a call and waits until there is a phone. It counts the call: l.calls.Done
// is the caller's when there is no error. The context returned ends with the line.
func (l *Line) prepare(ctx context.Context, c Call) (*booking, context.Context, error) {
	c, err := c.complete()
	if err != nil {
		return nil, nil, err
	}
	if l.context() == nil {
		return nil, nil, ErrNotRunning
	}
	select {
	case <-l.ready:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-time.After(readyLimit):
		l.mu.Lock()
		defer l.mu.Unlock()
		return nil, nil, fmt.Errorf("%w: %s", ErrNotReady, l.fault)
	}
	if c.Outgoing() && l.phone == nil {
		return nil, nil, fmt.Errorf("the officer cannot call %s: there is no simulated phone on this practice line", c.To)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running == nil {
		return nil, nil, ErrNotRunning
	}
	l.calls.Add(1)
	l.serial++
	b := &booking{id: l.serial, call: c}
	b.result.Call = c
	return b, l.running, nil
}

func (l *Line) context() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// asGuest ends the programme's call first.
func (l *Line) asGuest(ctx context.Context, b *booking) (Result, error) {
	leave, waited := l.floor.enter(ctx)
	defer leave()
	if waited {
		b.note(CallWaiting, "the programme's call has been ended to make room")
	}
	return l.perform(ctx, b)
}

// perform places a booked call and waits for its end.
func (l *Line) perform(ctx context.Context, b *booking) (Result, error) {
	b.sound = l.studio.conversation(ctx, b.call)
	plans := &l.phonePlans
	if b.call.Outgoing() {
		plans = &l.farPlans
	}
	plans.post(b.call.key(), b)
	defer plans.drop(b.call.key(), b)
	defer l.expectForwarded(b)()
	err := l.callerOf(b).run(ctx)
	result := b.settle(teardown)
	if err == nil && l.cfg.OnResult != nil {
		l.cfg.OnResult(result)
	}
	return result, err
}

// expectForwarded announces the second half of a forwarded call: somebody answers there.
func (l *Line) expectForwarded(b *booking) (forget func()) {
	if b.call.Does != Forwards {
		return func() {}
	}
	second := &booking{id: b.id, call: b.call, sound: b.sound}
	second.call.Does, second.call.AnswerAfter = Answers, forwardedRings
	l.farPlans.post(b.call.ForwardTo, second)
	return func() { l.farPlans.drop(b.call.ForwardTo, second) }
}

const forwardedRings = time.Second

func (l *Line) callerOf(b *booking) *caller {
	c := b.call
	if c.Outgoing() {
		return &caller{
			agent: l.phone, book: b, user: l.cfg.DutyUser, password: l.cfg.DutyPassword,
			from: sip.FromHeader{Address: l.dutyURI()}, to: uriAt(c.To, l.cfg.SIPAddress),
		}
	}
	from := sip.FromHeader{DisplayName: displayName(c.Name), Address: uriAt(c.From, l.far.local.String())}
	from.Address.Port = 0
	if c.Anonymous {
		from = sip.FromHeader{DisplayName: "Anonymous", Address: sip.Uri{Scheme: "sip", User: withheldID, Host: "anonymous.invalid"}}
	}
	return &caller{agent: l.far, book: b, withheld: c.Anonymous, from: from, to: uriAt(l.cfg.Number, l.cfg.TrunkAddress)}
}

// calledPhone is the simulated duty phone's side of an incoming call. Calls that nobody
// announced come from other SIP programs: they are guests, and the programme makes room.
func (l *Line) calledPhone(d *sipgo.DialogServerSession) {
	ctx := l.context()
	if ctx == nil {
		_ = d.Respond(sip.StatusTemporarilyUnavailable, "Temporarily Unavailable", nil)
		return
	}
	number := d.InviteRequest.From().Address.User
	b := l.phonePlans.take(number)
	if b == nil {
		leave, _ := l.floor.enter(ctx)
		defer leave()
		b = l.unplanned(ctx, fmt.Sprintf("a call from %.40q that is not ours reaches the simulated phone", number))
		name := strings.Trim(d.InviteRequest.From().DisplayName, `"`)
		if number == l.cfg.TestNumber && strings.HasPrefix(name, testcall.NamePrefix) { // else a spot check
			b.call.Does = NeverAnswer
		}
		defer b.noteEnd()
	}
	defer b.reach()() // after the phone was put down: then it is free for the next call
	c := &callee{agent: l.phone, dialog: d, book: b, domain: l.dutyURI()}
	if !l.pickUpPhone() {
		c.occupied()
		return
	}
	defer l.putDownPhone()
	c.run(ctx)
}

func (l *Line) unplanned(ctx context.Context, text string) *booking {
	l.mu.Lock()
	l.serial++
	b := &booking{id: l.serial, call: l.cfg.Unplanned, tell: l.tell}
	l.mu.Unlock()
	b.sound = l.studio.conversation(ctx, b.call)
	b.note(CallPlaced, text)
	return b
}

// pickUpPhone tells whether the phone is free, and makes it engaged. It has one line.
func (l *Line) pickUpPhone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.talking {
		return false
	}
	l.talking = true
	return true
}

// phoneTaken tells whether the simulated phone talks.
func (l *Line) phoneTaken() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.talking
}

func (l *Line) putDownPhone() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.talking = false
}

// calledFar is whom the duty phone calls. A call that nobody announced is one of a real duty
// phone: it is answered after two seconds, except where the number's end says otherwise.
func (l *Line) calledFar(d *sipgo.DialogServerSession) {
	ctx := l.context()
	if ctx == nil {
		_ = d.Respond(sip.StatusTemporarilyUnavailable, "Temporarily Unavailable", nil)
		return
	}
	number := d.InviteRequest.Recipient.User
	b := l.farPlans.take(number)
	if b == nil {
		leave, _ := l.floor.enter(ctx)
		defer leave()
		b = l.unplanned(ctx, fmt.Sprintf("the duty phone calls %.40q", number))
		defer b.noteEnd()
		b.call = farEnd(number)
		if l.phoneTaken() { // a call back by the simulated phone: nobody is there to put the receiver down
			b.call.Talk, b.call.HangUp = farTalk, Caller
		}
		b.sound = l.studio.conversation(ctx, b.call)
	}
	defer b.reach()()
	c := &callee{agent: l.far, dialog: d, book: b, domain: uriAt("", l.cfg.TrunkAddress)}
	c.run(ctx)
}

// farTalk is for how long the far end talks with the simulated phone.
const farTalk = 20 * time.Second

// farEnd is how the far end treats a number that is dialled: …0486 is engaged, …0404 never
// answers, every other one answers after two seconds.
func farEnd(number string) Call {
	c := Call{To: number, Does: Answers, AnswerAfter: 2 * time.Second, Talk: maxTime, HangUp: Officer}
	switch last := number[max(0, len(number)-4):]; last {
	case "0486":
		c.Does = Busy
	case "0404":
		c.Does = NeverAnswer
	}
	return c
}
