package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/telephony/probe"
	"dutyline/telephony/testcall"
)

const (
	comesYet   = 300 * time.Millisecond // how long the switch may take to tell of a call whose caller has hung up
	endsHere   = 3 * time.Second        // and of its end
	keepAgain  = time.Second            // after a result could not be kept
	keepTries  = 30
	soundsKept = 30 * time.Second
)

// secondLine places a call; telephony/probe is it. The call is over when it returns.
type secondLine interface {
	Call(ctx context.Context, o testcall.Order, report func(testcall.Caller)) (testcall.Caller, []byte)
}

// prober makes the test calls: it brings together what the caller meets and what arrives here,
// and keeps what was proved.
type prober struct {
	lines  []telephony.Line
	second secondLine // nil: there is none
	number string     // the second line's
	times  testcall.Timetable
	limits testcall.CheckLimits
	store  testcall.Store
	alerts raiser
	sounds *testSounds
	watch  *testWatch
	now    func() time.Time
	logger *slog.Logger

	mu       sync.Mutex
	stopping context.Context // of Run; nil: nothing is begun any more, or not yet
	running  sync.WaitGroup
	check    *aTest // the spot check that runs, or ran last
	cut      *aTest // one that the last run did not see to its end
}

// line is the one of this name; the first one for no name.
func (p *prober) line(name string) (telephony.Line, bool) {
	for _, l := range p.lines {
		if l.Name == name || name == "" {
			return l, true
		}
	}
	return telephony.Line{}, false
}

// Start begins a test and gives its number. The error is a testcall.Refusal, or says why the log
// cannot be written: a test that is not in it could be taken for a call that nobody answered.
func (p *prober) Start(ctx context.Context, name string, cause testcall.Cause, by string) (int64, error) {
	t, err := p.begin(ctx, name, cause, by)
	if err != nil {
		return 0, err
	}
	return t.result.ID, nil
}

// aTest is one test that runs, or one spot check.
type aTest struct {
	*prober
	line   telephony.Line
	seen   *seenTest
	result testcall.Result
	order  testcall.Order
	stop   func(testcall.Progress, time.Time) (testcall.Why, time.Time)
	done   chan struct{} // closed when it is over and kept

	mu    sync.Mutex
	met   testcall.Caller
	asked bool // to hang up
	news  chan struct{}
}

func (p *prober) begin(ctx context.Context, name string, cause testcall.Cause, by string) (*aTest, error) {
	line, known := p.line(name)
	switch {
	case !known:
		return nil, testcall.NoSuchLine
	case p.second == nil:
		return nil, testcall.NoSecondLine
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopping == nil {
		return nil, testcall.Stopping
	}
	t, err := p.prepare(line, cause)
	if err != nil {
		return nil, err
	}
	t.result.At, t.result.By, t.result.Number = p.now(), by, p.number
	if t.result.ID, err = p.store.BeginTest(ctx, t.result); err != nil {
		p.watch.End(t.seen)
		return nil, fmt.Errorf("the call was not placed, because the duty log cannot be written: %w", err)
	}
	if cause == testcall.SpotCheck {
		p.check = t
	}
	stopping := p.stopping
	p.running.Go(func() { t.run(stopping) })
	return t, nil
}

// prepare is a test or a spot check of which nothing is written yet; the line is free for it.
func (p *prober) prepare(line telephony.Line, cause testcall.Cause) (t *aTest, err error) {
	t = &aTest{prober: p, line: line, done: make(chan struct{}), order: testcall.Order{Number: line.Number},
		result: testcall.Result{Line: line.Name, Cause: cause, RangAfter: -1, BellFor: -1}}
	number := telephony.ParseNumber(p.number, line.AreaCode)
	if cause == testcall.SpotCheck {
		limits := p.limits.Usual()
		t.order.Longest, t.order.Says = limits.Longest(), probe.CheckSound()
		t.stop = func(g testcall.Progress, now time.Time) (testcall.Why, time.Time) {
			return testcall.StopCheck(limits, g, now)
		}
		t.seen, err = p.watch.BeginCheck(line.Name, number)
	} else {
		t.order.Token = rand.Text()[:16]
		t.stop = func(g testcall.Progress, now time.Time) (testcall.Why, time.Time) {
			return testcall.Stop(line.Rule, g, now)
		}
		t.seen, err = p.watch.Begin(line.Name, number, t.order.Token)
	}
	if err != nil {
		return nil, err
	}
	t.news, t.result.Token = t.seen.news, t.order.Token
	return t, nil
}

// run makes the test and keeps what it proved.
func (t *aTest) run(stopping context.Context) {
	defer close(t.done)
	why := t.call(stopping)
	f, _, _ := t.watch.Seen(t.seen)
	f.Caller, f.Why = t.caller(), why
	t.watch.End(t.seen)
	t.judge(f)
	t.keep(stopping)
}

// caller is what the calling side has met so far.
func (t *aTest) caller() testcall.Caller {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.met
}

func (t *aTest) report(c testcall.Caller) {
	t.mu.Lock()
	t.met = c
	t.mu.Unlock()
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// call places the call and follows it until its end is known on both sides.
func (t *aTest) call(stopping context.Context) (why testcall.Why) {
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	t.report(testcall.Caller{InvitedAt: time.Now()})
	if why, _ = t.stop(t.progress(stopping), time.Now()); why != "" {
		return why // before it was placed
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		met, sound := t.second.Call(ctx, t.order, t.report)
		t.report(met)
		if t.result.Cause != testcall.SpotCheck { // what a test is for
			t.keepSound(sound)
		}
	}()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	stop := stopping.Done()
	for {
		if why == "" {
			var next time.Time
			if why, next = t.stop(t.progress(stopping), time.Now()); why != "" {
				hangUp()
				next = time.Now().Add(time.Hour)
			}
			timer.Reset(time.Until(next))
		}
		select {
		case <-t.news:
		case <-timer.C:
		case <-stop:
			stop = nil
		case <-over:
			t.awaitEnd(stopping)
			return why
		}
	}
}

func (t *aTest) progress(stopping context.Context) testcall.Progress {
	f, bellAt, realCall := t.watch.Seen(t.seen)
	t.mu.Lock()
	defer t.mu.Unlock()
	return testcall.Progress{Caller: t.met, BellAt: bellAt, RealCall: realCall, Unseen: f.Blind, Stopping: stopping.Err() != nil, Asked: t.asked}
}

// awaitEnd waits until this side, too, has seen the end of the call, or it did not come here.
func (t *aTest) awaitEnd(stopping context.Context) {
	began := time.Now()
	for {
		f, _, _ := t.watch.Seen(t.seen)
		left := comesYet
		switch {
		case f.Here != nil && f.Here.Ended():
			return
		case f.Here != nil:
			left = endsHere
		}
		left -= time.Since(began)
		if left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-t.news:
		case <-timer.C:
		case <-stopping.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// judge writes down what is known and what it proves.
func (t *aTest) judge(f testcall.Facts) {
	r := &t.result
	r.Verdict, r.Reason, r.Ringback = testcall.Judge(f)
	r.EndedAt, r.Known, r.Why, r.Status, r.Detail = t.now(), f.Known, f.Why, f.Caller.Status, f.Caller.Fault
	if f.Caller.Packets > 0 {
		r.Heard = f.Caller.Heard.Reason
	}
	if f.Caller.Over() {
		r.Length = f.Caller.EndedAt.Sub(f.Caller.InvitedAt)
	}
	if f.Here == nil {
		return
	}
	r.CallID = f.Here.ID
	if _, bellAt, _ := t.watch.Seen(t.seen); !bellAt.IsZero() && !f.Caller.InvitedAt.IsZero() {
		r.RangAfter = max(0, bellAt.Sub(f.Caller.InvitedAt))
	}
	if rang, ok := f.Here.RingFor(); ok {
		r.BellFor = rang
	}
	if f.Known == testcall.ByToken && f.Here.Caller.Raw != "" && !t.seen.Shows(f.Here.Caller) {
		r.Detail = fmt.Sprintf("the test arrived as %s, not as %s: write that into tests.second_line.number", f.Here.Caller.Raw, r.Number)
	}
}

func (t *aTest) keepSound(alaw []byte) {
	if len(alaw) == 0 {
		return
	}
	digest, err := t.sounds.Keep(t.result.ID, probe.WAV(alaw[:min(len(alaw), int(soundsKept.Seconds())*8000)]))
	if err != nil {
		t.logger.Warn("what a test call heard cannot be kept", "test", t.result.ID, "err", err)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Sound = digest
}

// keep writes the result into the log, and tells what it is worth telling.
func (t *aTest) keep(stopping context.Context) {
	r := t.result
	for try := 1; ; try++ {
		limited, cancel := context.WithTimeout(context.WithoutCancel(stopping), 5*time.Second)
		err := t.keepOnce(limited, r)
		cancel()
		if err == nil {
			t.logger.Info("a call from the second line is over", "test", r.ID, "cause", r.Cause, "line", r.Line, "verdict", r.Verdict, "reason", r.Reason, "ringback", r.Ringback, "hung_up", r.Why)
			return
		}
		if try == keepTries || stopping.Err() != nil {
			t.logger.Error("what a test call proved cannot be kept; the next start says that it was cut short", "test", r.ID, "verdict", r.Verdict, "err", err)
			return
		}
		select {
		case <-time.After(keepAgain):
		case <-stopping.Done():
		}
	}
}

func (t *aTest) keepOnce(ctx context.Context, r testcall.Result) error {
	if kept, err := t.store.Test(ctx, r.ID); err == nil && !kept.Running() {
		return t.tell(ctx, kept)
	}
	if err := t.store.EndTest(ctx, r); err != nil {
		return err
	}
	return t.tell(ctx, r)
}

// tell raises and ends alerts. Said again it changes nothing. A spot check is about who answers, and
// tells whoever began it.
func (p *prober) tell(ctx context.Context, r testcall.Result) error {
	if r.Cause == testcall.SpotCheck {
		return nil
	}
	for _, a := range alerts.FromTest(r) {
		if err := p.alerts.Raise(ctx, a); err != nil && !errors.Is(err, errIgnored) {
			return fmt.Errorf("tell of test call %d: %w", r.ID, err)
		}
	}
	return nil
}
