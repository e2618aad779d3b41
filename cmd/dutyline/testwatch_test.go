package main

import (
	"slices"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// watchBench is a testWatch whose switch tells the time that the test gives.
type watchBench struct {
	*testWatch
	t   *testing.T
	now time.Time
}

func newWatchBench(t *testing.T) *watchBench {
	b := &watchBench{t: t, now: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)}
	lines := append(testLines(), telephony.Line{Name: "second", Number: "02422739111", AreaCode: "024", Rule: telephony.DefaultRule()})
	b.testWatch = newTestWatch(lines, func() time.Time { return b.now })
	for _, l := range lines {
		b.Mark([]telephony.Change{{Kind: telephony.LineChanged, Line: l.Name, State: telephony.LineState{Line: l.Name, State: telephony.Idle}}})
	}
	return b
}

func (b *watchBench) begin(token string) *seenTest {
	b.t.Helper()
	s, err := b.Begin("duty", telephony.ParseNumber("02422739119", "024"), token)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *watchBench) call(id, number, name string) telephony.Call {
	return telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: b.now, Caller: telephony.ParseNumber(number, "024"), CallerName: name}
}

// told marks one change and gives its call.
func (b *watchBench) told(kind telephony.ChangeKind, c telephony.Call) telephony.Call {
	return *b.Mark([]telephony.Change{{Kind: kind, Line: c.Line, Call: &c}})[0].Call
}

func isTest(c telephony.Call) bool { return slices.Contains(c.Tags, telephony.TagTest) }

func over(c telephony.Call, o telephony.Outcome, at time.Time) telephony.Call {
	c.Outcome, c.EndedAt = o, at
	return c
}

// A test has one call. Where the carrier keeps the name, a stranger who shows the same number is
// none; where it does not, the first who shows the number is taken for it.
func TestOneCallIsTheTest(t *testing.T) {
	b := newWatchBench(t)
	test := b.begin("7f3a")
	b.now = b.now.Add(time.Second)
	if first := b.told(telephony.CallOffered, b.call("1.0", "02422739119", "")); !isTest(first) {
		t.Error("the number alone is not recognised")
	}
	if second := b.told(telephony.CallOffered, b.call("2.0", "02422739119", "")); isTest(second) {
		t.Error("a second call from that number is taken for the test as well")
	}
	if f, _, real := b.Seen(test); !real || !f.Another || f.Known != testcall.ByNumber {
		t.Errorf("a second call came: %+v, real %v", f, real)
	}
	if named := b.told(telephony.CallOffered, b.call("3.0", "02422739119", "Dutyline test 7f3a")); !isTest(named) {
		t.Error("the token is not believed, because somebody with the number was quicker")
	}
	if f, _, _ := b.Seen(test); f.Known != testcall.ByToken || f.Here.ID != "3.0" {
		t.Errorf("the test's call is %+v", f.Here)
	}
	if other := b.told(telephony.CallOffered, b.call("4.0", "02422739119", "Dutyline test 0000")); isTest(other) {
		t.Error("the token of another test is taken for this one")
	}
}

// Every later word about a test's call is marked, too: of its name or its outcome only the id is
// needed, and the journal may speak long after the test.
func TestEveryWordAboutATestIsMarked(t *testing.T) {
	b := newWatchBench(t)
	test := b.begin("7f3a")
	c := b.call("1.0", "02422739119", "Dutyline test 7f3a")
	b.told(telephony.CallOffered, c)
	c.RangAt = b.now.Add(time.Second)
	b.now = b.now.Add(time.Second)
	b.told(telephony.CallRang, c)
	if _, bellAt, _ := b.Seen(test); time.Until(bellAt).Abs() > time.Second {
		t.Errorf("the bell began at %v on our clock", bellAt)
	}
	b.now = b.now.Add(6 * time.Second)
	b.told(telephony.CallEnded, over(c, telephony.AbandonedEarly, b.now))
	b.End(test)
	c.CallerName, c.Caller = "", telephony.Number{}
	for _, after := range []time.Duration{time.Second, time.Hour} {
		b.now = b.now.Add(after)
		if late := b.told(telephony.CallSettled, over(c, telephony.AbandonedEarly, b.now)); !isTest(late) {
			t.Errorf("what the journal says %v later is a call like others", after)
		}
	}
	if again := b.told(telephony.CallOffered, b.call("9.0", "02422739119", "")); isTest(again) {
		t.Error("whoever shows the second line's number an hour later is a test")
	}
}

// Tags that a call has already stay, and its own copy is changed, not the tracker's.
func TestMarkingTakesNothingAway(t *testing.T) {
	b := newWatchBench(t)
	b.begin("7f3a")
	c := b.call("1.0", "anonymous", "Dutyline test 7f3a")
	c.Tags = append(make([]telephony.Tag, 0, 8), telephony.TagWithheld)
	marked := b.told(telephony.CallOffered, c)
	if !slices.Equal(marked.Tags, []telephony.Tag{telephony.TagWithheld, telephony.TagTest}) || len(c.Tags) != 1 || slices.Contains(c.Tags[:2], telephony.TagTest) {
		t.Errorf("marked %v, the original is %v", marked.Tags, c.Tags[:2])
	}
}

// The line is in use as long as any call on it runs, whatever its state is said to be; a call
// on another line is none of this one's business.
func TestALineIsInUseWhileACallRuns(t *testing.T) {
	b := newWatchBench(t)
	number := telephony.ParseNumber("02422739119", "024")
	elsewhere := b.call("5.0", "02422730001", "")
	elsewhere.Line = "second"
	b.told(telephony.CallOffered, elsewhere)
	real := b.call("1.0", "02422730001", "")
	b.told(telephony.CallOffered, real)
	if _, err := b.Begin("duty", number, "a"); err != testcall.LineInUse {
		t.Errorf("a call was offered: %v", err)
	}
	b.told(telephony.CallEnded, over(real, telephony.Missed, b.now))
	outgoing := b.call("2.0", "02422739110", "")
	outgoing.Direction = telephony.Outbound
	b.told(telephony.CallOffered, outgoing)
	if _, err := b.Begin("duty", number, "a"); err != testcall.LineInUse {
		t.Errorf("the officer dials: %v", err)
	}
	b.told(telephony.CallEnded, over(outgoing, telephony.PlacedAnswered, b.now))
	test := b.begin("a")
	if _, err := b.Begin("second", number, "b"); err != testcall.TestRuns {
		t.Errorf("the second line is one: %v", err)
	}
	b.told(telephony.CallEnded, over(elsewhere, telephony.Missed, b.now)) // of another line, and over
	b.told(telephony.CallSettled, over(real, telephony.Missed, b.now))    // of the past
	if _, _, disturbed := b.Seen(test); disturbed {
		t.Error("a call that is over ends a test")
	}
	b.told(telephony.CallOffered, outgoing)
	if f, _, disturbed := b.Seen(test); !disturbed || f.Another {
		t.Errorf("the officer dials during a test: %v, taken for the test's own %v", disturbed, f.Another)
	}
}

// Who is told to have been refused because of a test: nobody who rang, who was answered, who came
// before it or after it.
func TestWhoWasRefusedBecauseOfATest(t *testing.T) {
	b := newWatchBench(t)
	refused := func(c telephony.Call, o telephony.Outcome) bool {
		return slices.Contains(b.told(telephony.CallEnded, over(c, o, b.now)).Findings, telephony.RefusedByTest)
	}
	before := b.call("0.1", "02422730001", "")
	test := b.begin("7f3a")
	if refused(b.call("0.2", "02422730001", ""), telephony.Engaged) {
		t.Error("the test has not arrived yet: it held nothing")
	}
	b.now = b.now.Add(time.Second)
	own := b.call("1.0", "02422739119", "Dutyline test 7f3a")
	b.told(telephony.CallOffered, own)
	if refused(before, telephony.Engaged) {
		t.Error("it came before the test")
	}
	b.now = b.now.Add(time.Second)
	for o, want := range map[telephony.Outcome]bool{telephony.Engaged: true, telephony.Rejected: true, telephony.Unreachable: true, telephony.AbandonedEarly: false,
		telephony.Missed: false, telephony.Forwarded: false} {
		if got := refused(b.call("2."+string(o), "02422730001", ""), o); got != want {
			t.Errorf("%s during a test: refused because of it %v", o, got)
		}
	}
	rang := b.call("3.0", "02422730001", "")
	rang.RangAt = b.now
	if refused(rang, telephony.Rejected) {
		t.Error("it rang, so the test did not hinder it")
	}
	outgoing := b.call("4.0", "02422730001", "")
	outgoing.Direction = telephony.Outbound
	if refused(outgoing, telephony.Engaged) {
		t.Error("an outgoing call is nobody who was refused")
	}
	b.End(test)
	b.now = b.now.Add(time.Second)
	if refused(b.call("5.0", "02422730001", ""), telephony.Engaged) {
		t.Error("it came after the test")
	}
}

// The switch is lost during a test: then nothing is concluded from what did not arrive.
func TestATestWithoutSight(t *testing.T) {
	b := newWatchBench(t)
	test := b.begin("7f3a")
	b.Mark([]telephony.Change{{Kind: telephony.LineChanged, Line: "second", State: telephony.LineState{Line: "second", State: telephony.LineStateUnknown}}})
	if f, _, _ := b.Seen(test); f.Blind {
		t.Error("another line's sight is lost, and this one counts as blind")
	}
	b.Mark([]telephony.Change{{Kind: telephony.LineChanged, Line: "duty", State: telephony.LineState{Line: "duty", State: telephony.LineStateUnknown}}})
	if f, _, _ := b.Seen(test); !f.Blind {
		t.Error("the switch is lost, and nobody says so")
	}
	b.End(test)
	if _, err := b.Begin("duty", telephony.Number{}, "x"); err != testcall.LineUnseen {
		t.Errorf("a test while nobody sees the line: %v", err)
	}
}

// However many tests there were, so many are remembered, the newest.
func TestOldTestsAreForgotten(t *testing.T) {
	b := newWatchBench(t)
	for range 3 * keptTests {
		b.End(b.begin("x"))
		b.now = b.now.Add(time.Minute)
	}
	if n := len(b.tests); n != keptTests {
		t.Errorf("%d tests are remembered", n)
	}
	var old []testcall.Result
	for i := range 3 * keptTests {
		old = append(old, testcall.Result{At: b.now, EndedAt: b.now, Line: "duty", Token: "t", CallID: string(rune('a' + i%26))})
	}
	b.tests = nil
	b.Remember(old, func(testcall.Result) telephony.Number { return telephony.Number{} })
	if n := len(b.tests); n != keptTests || b.running() != nil {
		t.Errorf("%d tests are taken over, one of them runs: %v", n, b.running() != nil)
	}
}
