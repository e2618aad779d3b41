package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/recorder/archive"
	"dutyline/telephony"
	"dutyline/telephony/probe"
	"dutyline/telephony/ringback"
	"dutyline/telephony/testcall"
)

// memoryTests keeps tests and alerts in memory.
type memoryTests struct {
	mu     sync.Mutex
	tests  []testcall.Result
	raised []alerts.Alert
	refuse error // of every write
}

func (m *memoryTests) BeginTest(_ context.Context, r testcall.Result) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return 0, m.refuse
	}
	r.ID = int64(len(m.tests) + 1)
	m.tests = append(m.tests, r)
	return r.ID, nil
}

func (m *memoryTests) EndTest(_ context.Context, r testcall.Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return m.refuse
	}
	m.tests[r.ID-1] = r
	return nil
}

func (m *memoryTests) Tests(_ context.Context, limit int) ([]testcall.Result, error) {
	return m.placed(limit, false), nil
}

func (m *memoryTests) TestNear(context.Context, string, time.Time) (*testcall.Result, error) {
	return nil, errors.New("nobody asks for it here")
}

func (m *memoryTests) Checks(_ context.Context, limit int) ([]testcall.Result, error) {
	return m.placed(limit, true), nil
}

func (m *memoryTests) placed(limit int, check bool) (all []testcall.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range slices.Backward(m.tests) {
		if (r.Cause == testcall.SpotCheck) == check {
			all = append(all, r)
		}
	}
	return all[:min(limit, len(all))]
}

func (m *memoryTests) Test(_ context.Context, id int64) (testcall.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id < 1 || id > int64(len(m.tests)) {
		return testcall.Result{}, dutylog.ErrNotFound
	}
	return m.tests[id-1], nil
}

func (m *memoryTests) RunningTests(context.Context) (all []testcall.Result, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.tests {
		if r.Running() {
			all = append(all, r)
		}
	}
	return all, nil
}

func (m *memoryTests) Raise(_ context.Context, a alerts.Alert) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.raised = append(m.raised, a)
	return nil
}

func (m *memoryTests) failing(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = err
}

// scriptedLine is a second line whose calls arrive at once and ring until they are given up.
type scriptedLine struct {
	bench   *testBench
	arrives bool
	answers time.Duration // of a spot check: how long it rings before somebody picks up; 0: nobody does
	calls   atomic.Int64
}

func (l *scriptedLine) Call(ctx context.Context, o testcall.Order, report func(testcall.Caller)) (testcall.Caller, []byte) {
	l.calls.Add(1)
	met := testcall.Caller{InvitedAt: time.Now(), TakenAt: time.Now()}
	if o.Token == "" {
		return l.check(ctx, o, report)
	}
	c := l.bench.call("t"+o.Token[:4], "02422739119", testcall.NamePrefix+o.Token)
	if l.arrives {
		l.bench.tell(telephony.CallOffered, c, telephony.Idle)
		time.Sleep(time.Second) // synthetic
		c.RangAt, met.RingingAt = time.Now(), time.Now()
		l.bench.tell(telephony.CallRang, c, telephony.Ringing)
	}
	met.Packets = 1
	report(met)
	tone := time.NewTimer(6100 * time.Millisecond)
	defer tone.Stop()
	for waiting := true; waiting; {
		select {
		case <-tone.C:
			met.Packets, met.Heard = 300, ringback.Verdict{Kind: ringback.Standard, Certainty: ringback.Likely, Reason: "450 Hz"}
			report(met)
		case <-ctx.Done():
			waiting = false
		}
	}
	met.EndedAt, met.Status = time.Now(), 487
	if l.arrives {
		c.EndedAt, c.RangUntil, c.Outcome = time.Now(), time.Now(), telephony.AbandonedEarly
		l.bench.tell(telephony.CallEnded, c, telephony.Idle)
	}
	return met, nil
}

// testBench is a prober on synthetic time, with what it told the log.
type testBench struct {
	t     *testing.T
	p     *prober
	store *memoryTests
	line  *scriptedLine
	told  changes
}

func newTestBench(t *testing.T) *testBench {
	b := &testBench{t: t, store: &memoryTests{}}
	b.line = &scriptedLine{bench: b, arrives: true}
	b.p = &prober{lines: testLines(), second: b.line, number: "02422739119", store: b.store, alerts: b.store, now: time.Now,
		sounds: &testSounds{folder: t.TempDir(), keys: archive.NoKeys(errors.New("none here"))},
		watch:  newTestWatch(testLines(), time.Now), logger: slog.New(slog.DiscardHandler)}
	b.state(telephony.Idle)
	return b
}

func (b *testBench) state(s telephony.State) {
	b.told.add(b.p.watch.Mark([]telephony.Change{{Kind: telephony.LineChanged, Line: "duty", State: telephony.LineState{Line: "duty", State: s}}}))
}

func (b *testBench) call(id, number, name string) telephony.Call {
	return telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: time.Now(), Caller: telephony.ParseNumber(number, "024"), CallerName: name}
}

func (b *testBench) tell(kind telephony.ChangeKind, c telephony.Call, after telephony.State) {
	b.told.add(b.p.watch.Mark([]telephony.Change{{Kind: kind, Line: "duty", Call: &c, State: telephony.LineState{Line: "duty", State: after}}}))
}

// run runs the prober until the function returns.
func (b *testBench) run(do func()) {
	ctx, stop := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = b.p.Run(ctx) }()
	synctest.Wait()
	do()
	stop()
	<-done
}

func (b *testBench) newest() testcall.Result {
	b.t.Helper()
	all, _ := b.store.Tests(b.t.Context(), 1)
	if len(all) == 0 {
		b.t.Fatal("no test was made")
	}
	return all[0]
}

func TestATestRingsOncePeriodAndIsMarked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		b.run(func() {
			began := time.Now()
			if _, err := b.p.Start(t.Context(), "", testcall.OnDemand, "张伟"); err != nil {
				t.Fatal(err)
			}
			if _, err := b.p.Start(t.Context(), "", testcall.OnDemand, "李娜"); !errors.Is(err, testcall.TestRuns) {
				t.Errorf("a second test beside it: %v", err)
			}
			time.Sleep(30 * time.Second)
			r := b.newest()
			if r.Verdict != testcall.Reachable || r.Ringback != testcall.RingbackStandard || r.Why != testcall.WhyHeard || r.By != "张伟" ||
				r.RangAfter != time.Second || r.BellFor != 6100*time.Millisecond || r.EndedAt.Sub(began) > 8*time.Second {
				t.Errorf("%+v", r)
			}
		})
		for _, ch := range b.told.all {
			if ch.Call != nil && !slices.Contains(ch.Call.Tags, telephony.TagTest) {
				t.Errorf("the log is told of a test without its tag: %s %+v", ch.Kind, ch.Call)
			}
		}
	})
}

// A test is due while the line is in use; then a real call interrupts it; the third try is made.
func TestATestThatIsDueWaitsForTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		b.p.times = testcall.Timetable{Times: []testcall.Clock{{Hour: 7, Minute: 40}}, Location: time.UTC} // the bubble begins at midnight
		b.run(func() {
			real := b.call("1.0", "02422730001", "")
			time.Sleep(7*time.Hour + 39*time.Minute)
			b.tell(telephony.CallOffered, real, telephony.Ringing)
			time.Sleep(2 * time.Minute)
			if b.line.calls.Load() != 0 {
				t.Fatal("a test was made while the line was in use")
			}
			real.EndedAt = time.Now()
			b.tell(telephony.CallEnded, real, telephony.Idle)
			time.Sleep(time.Minute + 3*time.Second) // 07:42, and it rings
			second := b.call("2.0", "02422730001", "")
			b.tell(telephony.CallOffered, second, telephony.Ringing)
			synctest.Wait()
			time.Sleep(time.Second)
			if r := b.newest(); r.Why != testcall.WhyRealCall || r.Running() {
				t.Errorf("a real call came: %+v", r)
			}
			second.EndedAt = time.Now()
			b.tell(telephony.CallEnded, second, telephony.Idle)
			time.Sleep(10 * time.Minute)
			if r := b.newest(); b.line.calls.Load() != 2 || r.Verdict != testcall.Reachable || r.Cause != testcall.OnSchedule || r.By != "" {
				t.Errorf("%d calls, the last test %+v", b.line.calls.Load(), r)
			}
			time.Sleep(22 * time.Hour)
			if b.line.calls.Load() != 2 {
				t.Errorf("%d calls by the next morning", b.line.calls.Load())
			}
			time.Sleep(2 * time.Hour)
			if b.line.calls.Load() != 3 {
				t.Errorf("%d calls after the second day's", b.line.calls.Load())
			}
		})
	})
}

func TestWhenNoTestIsBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		start := func() error { _, err := b.p.Start(t.Context(), "duty", testcall.OnDemand, ""); return err }
		if err := start(); !errors.Is(err, testcall.Stopping) {
			t.Errorf("before it runs: %v", err)
		}
		b.run(func() {
			if _, err := b.p.Start(t.Context(), "other", testcall.OnDemand, ""); !errors.Is(err, testcall.NoSuchLine) {
				t.Errorf("a line that there is not: %v", err)
			}
			for s, want := range map[telephony.State]error{telephony.Ringing: testcall.LineInUse, telephony.Talking: testcall.LineInUse, telephony.LineStateUnknown: testcall.LineUnseen} {
				b.state(s)
				if err := start(); !errors.Is(err, want) {
					t.Errorf("the line is %s: %v", s, err)
				}
			}
			b.state(telephony.Idle)
			b.store.failing(errors.New("the disk is full"))
			if err := start(); err == nil || errors.Is(err, testcall.TestRuns) {
				t.Errorf("the log cannot be written: %v", err)
			}
			b.store.failing(nil)
			if err := start(); err != nil {
				t.Errorf("all is well again: %v", err)
			}
			time.Sleep(time.Minute)
		})
		without := newTestBench(t)
		without.p.second = nil
		if _, err := without.p.Start(t.Context(), "duty", testcall.OnDemand, ""); !errors.Is(err, testcall.NoSecondLine) {
			t.Errorf("without a second line: %v", err)
		}
		if b.line.calls.Load() != 1 {
			t.Errorf("%d calls were placed", b.line.calls.Load())
		}
	})
}

// The switch is lost during a test: a real call would go unnoticed, so the test ends at once, and
// accuses nobody.
func TestATestEndsWhenNobodySeesTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		b.line.arrives = false
		b.run(func() {
			if _, err := b.p.Start(t.Context(), "", testcall.OnDemand, ""); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * time.Second)
			b.state(telephony.LineStateUnknown)
			time.Sleep(time.Second)
			if r := b.newest(); r.Running() || r.Verdict != testcall.CannotTell || r.Reason != testcall.SwitchUnseen || r.Why != testcall.WhyUnseen || r.Length > 3100*time.Millisecond {
				t.Errorf("%+v", r)
			}
		})
	})
}

// The log cannot be written when a test ends: what it proved is kept as soon as it can, once.
func TestAResultWaitsForTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		b.line.arrives = false
		b.run(func() {
			if _, err := b.p.Start(t.Context(), "", testcall.OnDemand, ""); err != nil {
				t.Fatal(err)
			}
			b.store.failing(errors.New("locked"))
			time.Sleep(20 * time.Second)
			if !b.newest().Running() {
				t.Fatal("it was kept although the log could not be written")
			}
			b.store.failing(nil)
			time.Sleep(2 * time.Second)
		})
		r := b.newest()
		if r.Verdict != testcall.Forwarded || r.Why != testcall.WhyLimit || r.Length > 15*time.Second {
			t.Errorf("%+v", r)
		}
		if n := len(b.store.raised); n != 2 || b.store.raised[1].Reason != alerts.ReasonTestForwarded {
			t.Errorf("raised %+v", b.store.raised)
		}
	})
}

// After a restart: a test that was cut off proved nothing, and what the journal tells of its call
// later is a test all the same.
func TestANewRunTakesUpTheTests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		cut := testcall.Result{At: time.Now(), Line: "duty", Token: "7f3a", Number: "02422739119", RangAfter: -1, BellFor: -1}
		if _, err := b.store.BeginTest(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
		late := b.call("1.0", "02422739119", "")
		other := b.call("2.0", "02422739119", "")
		other.OfferedAt = late.OfferedAt.Add(10 * time.Minute)
		time.Sleep(5 * time.Minute)
		if err := b.p.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := b.newest(); r.Running() || r.Verdict != testcall.CannotTell || r.Reason != testcall.Stopped {
			t.Errorf("the test that was cut off: %+v", r)
		}
		late.EndedAt, late.Outcome = late.OfferedAt.Add(8*time.Second), telephony.AbandonedEarly
		b.tell(telephony.CallSettled, late, telephony.Idle)
		b.tell(telephony.CallSettled, other, telephony.Idle)
		marked, not := b.told.all[len(b.told.all)-2].Call, b.told.all[len(b.told.all)-1].Call
		if !slices.Contains(marked.Tags, telephony.TagTest) || slices.Contains(not.Tags, telephony.TagTest) {
			t.Errorf("marked %v and %v", marked.Tags, not.Tags)
		}
	})
}

func TestDoctorSaysWhetherTestsCanBeMade(t *testing.T) {
	c := config.Default()
	if check := checkTests(t.Context(), c); !check.OK || !check.Warn || check.Remedy == "" {
		t.Errorf("without a second line: %+v", check)
	}
	c.Tests.SecondLine = probe.Config{Server: newCarrier(t).address(), Number: "02422739119"} // which is deaf to questions
	if check := checkTests(t.Context(), c); check.OK {
		t.Errorf("a server that does not answer: %+v", check)
	}
}
