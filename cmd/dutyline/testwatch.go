package main

import (
	"slices"
	"sync"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

const (
	keptTests   = 32               // so many tests are remembered, for what the journal says later
	arrivesLate = 5 * time.Second  // a test call may arrive so long after its caller hung up
	longestTest = 90 * time.Second // of one whose end nobody wrote down
)

// testWatch knows what goes on on the lines, so that no test begins while one is in use, and so
// that a test call is marked as such before anything is made of it. A spot check is placed by the same
// line and watched like a test. Every change passes through Mark on its way into the log.
type testWatch struct {
	switchNow func() time.Time

	mu    sync.Mutex
	lines map[string]*seenLine
	tests []*seenTest // the newest last
}

// seenLine is a line as it is now.
type seenLine struct {
	state telephony.State
	calls map[string]bool // that run
}

// seenTest is one test as it is seen from here.
type seenTest struct {
	testcall.Expected
	callID string // of the call that was recognised as it
	known  testcall.Recognition
	over   bool // nothing more is learned of it

	here    *telephony.Call
	bellAt  time.Time // on our clock
	real    bool      // a call that is not ours came, or the officer dials
	another bool      // one came in that was not recognised
	blind   bool
	news    chan struct{}
}

func newTestWatch(lines []telephony.Line, switchNow func() time.Time) *testWatch {
	w := &testWatch{switchNow: switchNow, lines: map[string]*seenLine{}}
	for _, l := range lines {
		w.lines[l.Name] = &seenLine{state: telephony.LineStateUnknown, calls: map[string]bool{}}
	}
	return w
}

// Remember takes over the tests of earlier runs, the newest first: the journal may have their
// calls still to tell. A spot check among them that was not over when its run was killed is followed on.
func (w *testWatch) Remember(tests []testcall.Result, number func(testcall.Result) telephony.Number) (running *seenTest) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range slices.Backward(tests[:min(len(tests), keptTests)]) {
		t := &seenTest{callID: r.CallID, known: r.Known, over: true}
		switch {
		case r.Cause == testcall.SpotCheck && r.Running():
			t.Expected, t.over, t.news = testcall.Interrupted(r, number(r)), false, make(chan struct{}, 1)
			running = t
		default:
			until := r.EndedAt
			if until.IsZero() {
				until = r.At.Add(longestTest)
			}
			t.Expected = testcall.Expected{Line: r.Line, Token: r.Token, Check: r.Cause == testcall.SpotCheck, Number: number(r), From: r.At.Add(-testcall.ClocksApart), Until: until.Add(arrivesLate)}
		}
		w.tests = append(w.tests, t)
	}
	return running
}

// Begin begins a test, unless the line is in use.
func (w *testWatch) Begin(line string, number telephony.Number, token string) (*seenTest, error) {
	return w.begin(testcall.Expected{Line: line, Number: number, Token: token})
}

// BeginCheck begins a spot check, on the same terms. Its call shows no name.
func (w *testWatch) BeginCheck(line string, number telephony.Number) (*seenTest, error) {
	return w.begin(testcall.Expected{Line: line, Number: number, Check: true})
}

func (w *testWatch) begin(e testcall.Expected) (*seenTest, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, other := w.lines[e.Line], w.running()
	switch {
	case l == nil:
		return nil, testcall.NoSuchLine
	case other != nil && other.Check && e.Check:
		return nil, testcall.CheckRuns
	case other != nil: // whoever tests is not told of a spot check
		return nil, testcall.TestRuns
	case l.state == telephony.LineStateUnknown:
		return nil, testcall.LineUnseen
	case len(l.calls) > 0 || l.state == telephony.Ringing || l.state == telephony.Talking:
		return nil, testcall.LineInUse
	}
	now := w.switchNow()
	e.From, e.Until = now.Add(-testcall.ClocksApart), now.Add(longestTest)
	t := &seenTest{news: make(chan struct{}, 1), Expected: e}
	w.tests = append(w.tests, t)
	if len(w.tests) > keptTests {
		w.tests = w.tests[1:]
	}
	return t, nil
}

// End closes a test: what comes later is marked, and judges nothing any more.
func (w *testWatch) End(t *seenTest) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t.over, t.Until = true, w.switchNow().Add(arrivesLate)
}

func (w *testWatch) running() *seenTest {
	if n := len(w.tests); n > 0 && !w.tests[n-1].over {
		return w.tests[n-1]
	}
	return nil
}

// Mark gives the changes with the test calls among them marked, and with the callers who were
// refused because of one.
func (w *testWatch) Mark(changes []telephony.Change) []telephony.Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, ch := range changes {
		if l := w.lines[ch.State.Line]; l != nil && ch.State.State != "" {
			l.state = ch.State.State
		}
		if ch.Call != nil {
			changes[i].Call = w.markCall(*ch.Call)
		}
		w.notice(ch)
	}
	return changes
}

func (w *testWatch) markCall(c telephony.Call) *telephony.Call {
	if l := w.lines[c.Line]; l != nil {
		if c.Ended() {
			delete(l.calls, c.ID)
		} else {
			l.calls[c.ID] = true
		}
	}
	if t := w.testOf(c); t != nil {
		if tag := t.Tag(c); tag != "" && !slices.Contains(c.Tags, tag) {
			c.Tags = append(slices.Clone(c.Tags), tag)
		}
		t.seeOurs(c, w.switchNow())
		return &c
	}
	if w.refusedByTest(c) {
		c.Findings = append(slices.Clone(c.Findings), telephony.RefusedByTest)
	}
	if t := w.running(); t != nil && t.Line == c.Line && !c.Ended() {
		t.real = true
		t.another = t.another || c.Direction == telephony.Inbound
	}
	return &c
}

// testOf finds the test that a call is. A test has one call; the token tells it from any other.
func (w *testWatch) testOf(c telephony.Call) *seenTest {
	for _, t := range slices.Backward(w.tests) {
		if t.callID == c.ID {
			return t
		}
	}
	for _, t := range slices.Backward(w.tests) {
		known := t.Recognise(c)
		if known == "" || t.callID != "" && (known != testcall.ByToken || t.known == testcall.ByToken) {
			continue
		}
		t.callID, t.known = c.ID, known
		return t
	}
	return nil
}

// seeOurs takes what is new of the test's own call.
func (t *seenTest) seeOurs(c telephony.Call, switchNow time.Time) {
	if t.over {
		return
	}
	t.here = &c
	if t.bellAt.IsZero() && !c.RangAt.IsZero() {
		t.bellAt = time.Now().Add(c.RangAt.Sub(switchNow))
	}
}

// refusedByTest reports whether a call was turned away without a ring while a test held the line.
func (w *testWatch) refusedByTest(c telephony.Call) bool {
	if c.Direction != telephony.Inbound || !c.Ended() || !c.RangAt.IsZero() || !c.AnsweredAt.IsZero() || slices.Contains(c.Findings, telephony.RefusedByTest) {
		return false
	}
	switch c.Outcome {
	case telephony.Engaged, telephony.Rejected, telephony.Unreachable:
	default:
		return false
	}
	return slices.ContainsFunc(w.tests, func(t *seenTest) bool {
		end := t.Until.Add(-arrivesLate)
		if !t.over {
			end = t.Until
		}
		return t.Line == c.Line && t.here != nil && !c.OfferedAt.Before(t.here.OfferedAt) && c.OfferedAt.Before(end)
	})
}

// Shown is the call of a running test as it is seen from here; nil: nothing that is ours arrived.
func (w *testWatch) Shown(t *seenTest) *telephony.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return t.here
}

// notice tells a running test that there may be news for it.
func (w *testWatch) notice(ch telephony.Change) {
	t := w.running()
	if t == nil {
		return
	}
	t.blind = t.blind || ch.State.Line == t.Line && ch.State.State == telephony.LineStateUnknown
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// Seen is what is known of a running test from here.
func (w *testWatch) Seen(t *seenTest) (f testcall.Facts, bellAt time.Time, realCall bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return testcall.Facts{Here: t.here, Known: t.known, Blind: t.blind, Another: t.another}, t.bellAt, t.real
}
