package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// check is the script of a spot check: it rings a second after it was placed, and is picked up when that
// is planned. It shows nothing but its number.
func (l *scriptedLine) check(ctx context.Context, o testcall.Order, report func(testcall.Caller)) (testcall.Caller, []byte) {
	met := testcall.Caller{InvitedAt: time.Now(), TakenAt: time.Now()}
	c := l.bench.call("c1", "02422739119", "")
	l.bench.tell(telephony.CallOffered, c, telephony.Idle)
	time.Sleep(time.Second) // synthetic
	c.RangAt, met.RingingAt = time.Now(), time.Now()
	l.bench.tell(telephony.CallRang, c, telephony.Ringing)
	report(met)
	if l.answers > 0 {
		select {
		case <-time.After(l.answers):
			c.AnsweredAt, c.RangUntil, met.AnsweredAt = time.Now(), time.Now(), time.Now()
			l.bench.tell(telephony.CallAnswered, c, telephony.Talking)
			report(met)
		case <-ctx.Done():
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(o.Longest):
		l.bench.t.Error("nobody hung up")
	}
	met.EndedAt, c.EndedAt, c.Outcome = time.Now(), time.Now(), telephony.AnsweredLate
	if c.AnsweredAt.IsZero() {
		c.RangUntil, c.Outcome, met.Status = time.Now(), telephony.Missed, 487
	}
	l.bench.tell(telephony.CallEnded, c, telephony.Idle)
	return met, nil
}

// marks are the tags with which the log was told of a call, by the kind of the change.
func (b *testBench) marks() map[telephony.ChangeKind][]telephony.Tag {
	all := map[telephony.ChangeKind][]telephony.Tag{}
	for _, ch := range b.told.all {
		if ch.Call != nil {
			all[ch.Kind] = ch.Call.Tags
		}
	}
	return all
}

var checkTag = []telephony.Tag{telephony.TagSpotCheck}

// A spot check rings far beyond three rings, until somebody picks up, and goes on until who began it hangs up.
// Nothing is said of it before.
func TestASpotCheckRingsUntilSomebodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		b.line.answers = 33 * time.Second
		b.run(func() {
			id, err := b.p.StartCheck(t.Context(), "", "刘督查")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.p.StartCheck(t.Context(), "", "刘督查"); !errors.Is(err, testcall.CheckRuns) {
				t.Errorf("a second one beside it: %v", err)
			}
			if _, err := b.p.Start(t.Context(), "", testcall.OnDemand, "张伟"); !errors.Is(err, testcall.TestRuns) {
				t.Errorf("a test beside it is refused by %v", err)
			}
			time.Sleep(20 * time.Second)
			if c := b.p.CheckCall(id); c == nil || c.RangAt.IsZero() || !c.AnsweredAt.IsZero() || len(c.Tags) != 0 {
				t.Errorf("seen while it rings: %+v", c)
			}
			time.Sleep(20 * time.Second)
			if c := b.p.CheckCall(id); c == nil || c.AnsweredAt.IsZero() {
				t.Errorf("seen after the answer: %+v", c)
			}
			if err := b.p.EndCheck(t.Context(), id+1); !errors.Is(err, dutylog.ErrNotFound) {
				t.Errorf("another one is hung up: %v", err)
			}
			if err := b.p.EndCheck(t.Context(), id); err != nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Second)
			checks, _ := b.p.Checks(t.Context(), 10)
			if r := checks[0]; r.Running() || r.Cause != testcall.SpotCheck || r.Why != testcall.WhyAsked || r.By != "刘督查" || r.CallID != "c1" || r.Known != testcall.ByNumber || r.Token != "" {
				t.Errorf("%+v", r)
			}
			if b.p.CheckCall(id) != nil || !errors.Is(b.p.EndCheck(t.Context(), id), dutylog.ErrNotFound) {
				t.Error("it is over, and is taken for one that runs")
			}
		})
		said := b.marks()
		for kind, want := range map[telephony.ChangeKind][]telephony.Tag{telephony.CallOffered: nil, telephony.CallRang: nil, telephony.CallAnswered: checkTag, telephony.CallEnded: checkTag} {
			if !slices.Equal(said[kind], want) {
				t.Errorf("%s is told with the tags %v", kind, said[kind])
			}
		}
		if tests, _ := b.store.Tests(t.Context(), 10); len(tests) != 0 || len(b.store.raised) != 0 {
			t.Errorf("%d tests, %d alerts come of a spot check", len(tests), len(b.store.raised))
		}
	})
}

// Nobody answers: it stops by itself. A caller comes: it makes room at once.
func TestASpotCheckEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		b.run(func() {
			if _, err := b.p.StartCheck(t.Context(), "", ""); err != nil {
				t.Fatal(err)
			}
			time.Sleep(70 * time.Second)
			checks, _ := b.p.Checks(t.Context(), 1)
			if r := checks[0]; r.Why != testcall.WhyLimit || r.Verdict != testcall.Reachable || r.BellFor != time.Minute {
				t.Errorf("nobody answered: %+v", r)
			}
			if _, err := b.p.StartCheck(t.Context(), "", ""); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			b.tell(telephony.CallOffered, b.call("9.0", "02422730001", ""), telephony.Ringing)
			time.Sleep(2 * time.Second)
			checks, _ = b.p.Checks(t.Context(), 1)
			if r := checks[0]; r.Why != testcall.WhyRealCall || r.Running() {
				t.Errorf("a caller came: %+v", r)
			}
		})
	})
}

// The daemon was killed while a spot check rang: nobody could take its call back. The next run follows it,
// and it is what it was begun as, whether the live view or the journal tells of its end.
func TestASpotCheckSurvivesAKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kind := range []telephony.ChangeKind{telephony.CallEnded, telephony.CallSettled} {
			b := newTestBench(t)
			begun := testcall.Result{At: time.Now(), Line: "duty", Cause: testcall.SpotCheck, Number: "02422739119", RangAfter: -1, BellFor: -1}
			if _, err := b.store.BeginTest(t.Context(), begun); err != nil {
				t.Fatal(err)
			}
			c := b.call("c1", "02422739119", "")
			c.RangAt = c.OfferedAt.Add(time.Second)
			time.Sleep(8 * time.Second)
			if err := b.p.resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.run(func() {
				if checks, _ := b.p.Checks(t.Context(), 1); !checks[0].Running() {
					t.Errorf("%s: it is over before its call is: %+v", kind, checks[0])
				}
				if err := b.p.EndCheck(t.Context(), 1); !errors.Is(err, dutylog.ErrNotFound) {
					t.Errorf("%s: what nobody holds is hung up: %v", kind, err)
				}
				if kind == telephony.CallEnded {
					b.tell(telephony.CallUpdated, c, telephony.Ringing)
					time.Sleep(40 * time.Second)
				}
				c.RangUntil, c.EndedAt, c.Outcome = time.Now(), time.Now(), telephony.Missed
				b.tell(kind, c, telephony.Idle)
				time.Sleep(time.Second)
				checks, _ := b.p.Checks(t.Context(), 1)
				if r := checks[0]; r.Running() || r.CallID != "c1" || r.Why != testcall.WhyStopped || r.RangAfter >= 0 {
					t.Errorf("%s: %+v", kind, r)
				}
			})
			if said := b.marks(); !slices.Equal(said[kind], checkTag) || len(said[telephony.CallUpdated]) != 0 {
				t.Errorf("%s: the log is told %v", kind, said)
			}
		}
	})
}

// The call of one that was cut never came: the check is closed, without a call.
func TestASpotCheckThatNeverCameIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newTestBench(t)
		if _, err := b.store.BeginTest(t.Context(), testcall.Result{At: time.Now(), Line: "duty", Cause: testcall.SpotCheck, Number: "02422739119"}); err != nil {
			t.Fatal(err)
		}
		if err := b.p.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.run(func() {
			time.Sleep(tellsYet + time.Second)
			checks, _ := b.p.Checks(t.Context(), 1)
			if r := checks[0]; r.Running() || r.CallID != "" || r.Verdict != testcall.CannotTell || r.Reason != testcall.Stopped {
				t.Errorf("%+v", r)
			}
			if _, err := b.p.StartCheck(t.Context(), "", ""); err != nil {
				t.Errorf("the next one: %v", err)
			}
		})
	})
}
