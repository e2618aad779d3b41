package telephony_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

func TestChangesOfAnAnsweredCall(t *testing.T) {
	s := newScene().rings("trunk 1", "duty 1").
		at(3000).answers("trunk 1", "duty 1", "b").
		at(9000).ends("trunk 1", "duty 1", "b")
	got := kinds(play(lines(), s.events))
	want := []string{"offered", "rang", "line ringing", "line talking", "answered", "line idle", "ended"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWarningsWhileItRings(t *testing.T) {
	tr := telephony.NewTracker(lines())
	for _, ev := range newScene().rings("trunk 1", "duty 1").events {
		tr.Apply(ev)
	}
	rang := sceneStart.Add(5 * time.Millisecond)
	steps := []struct {
		at   time.Duration // after the ring start
		want []string
	}{
		{9999 * time.Millisecond, nil},
		{10 * time.Second, []string{"ring_3"}},
		{10001 * time.Millisecond, nil},
		{14999 * time.Millisecond, nil},
		{15 * time.Second, []string{"limit_passed"}},
		{40 * time.Second, nil},
	}
	for _, st := range steps {
		due := tr.Deadline()
		changes := tr.Tick(rang.Add(st.at))
		if diff := cmp.Diff(st.want, kinds(changes)); diff != "" {
			t.Errorf("after %v (-want +got):\n%s", st.at, diff)
		}
		if len(changes) == 1 && (!changes[0].At.Equal(due) || changes[0].State.State != telephony.Ringing) {
			t.Errorf("after %v: told at %v, was due at %v, line %s", st.at, changes[0].At, due, changes[0].State.State)
		}
	}
	if !tr.Deadline().IsZero() {
		t.Errorf("nothing is due any more, but Deadline is %v", tr.Deadline())
	}
}

// No warning once the bell has stopped, and none for a queue's silent round.
func TestNoWarningWithoutABell(t *testing.T) {
	s := newScene().in("trunk 1", "12371", "13900001111").app("trunk 1", "Queue", "dutyq").leg("duty 1").
		begin("trunk 1", "duty 1", "PJSIP/duty").at(0).state("duty 1", "Ringing").
		at(8000).dial("trunk 1", "duty 1", "NOANSWER").gone("duty 1", 0, 0)
	tr := telephony.NewTracker(lines())
	for _, ev := range s.events {
		tr.Apply(ev)
	}
	if got := tr.Tick(sceneStart.Add(12 * time.Second)); len(got) != 0 || !tr.Deadline().IsZero() {
		t.Fatalf("told %v while nothing rings; deadline %v", kinds(got), tr.Deadline())
	}
	more := newScene()
	more.channels = s.channels
	more.at(13000).leg("duty 2").begin("trunk 1", "duty 2", "PJSIP/duty").state("duty 2", "Ringing")
	for _, ev := range more.events {
		tr.Apply(ev)
	}
	got := tr.Tick(sceneStart.Add(15 * time.Second))
	if diff := cmp.Diff([]string{"ring_3", "limit_passed"}, kinds(got)); diff != "" {
		t.Errorf("when it rings again (-want +got):\n%s", diff)
	}
	if len(got) == 2 && !got[0].At.Equal(sceneStart.Add(13*time.Second)) {
		t.Errorf("ring_3 at %v, want the start of the second bell", got[0].At)
	}
}

func TestLineStates(t *testing.T) {
	state := func(tr *telephony.Tracker) telephony.LineState { return tr.States()[0] }
	feed := func(tr *telephony.Tracker, s *scene) {
		for _, ev := range s.events {
			tr.Apply(ev)
		}
		s.events = nil
	}
	tr := telephony.NewTracker(lines())
	s := newScene()
	if got := state(tr).State; got != telephony.Idle {
		t.Fatalf("at the start %s", got)
	}
	feed(tr, s.rings("trunk 1", "duty 1"))
	if got := state(tr); got.State != telephony.Ringing || got.CallID != "1795436279.trunk1" || !got.RangAt.Equal(sceneStart.Add(5*time.Millisecond)) {
		t.Fatalf("ringing: %+v", got)
	}
	feed(tr, s.at(3000).answers("trunk 1", "duty 1", "b"))
	if got := state(tr); got.State != telephony.Talking || !got.RangAt.IsZero() {
		t.Fatalf("talking: %+v", got)
	}
	feed(tr, s.at(5000).rings("trunk 2", "duty 2"))
	if got := state(tr); got.State != telephony.Ringing || got.CallID != "1795436279.trunk2" {
		t.Fatalf("a second call rings: %+v", got)
	}
	feed(tr, s.at(7000).givesUp("trunk 2", "duty 2"))
	if got := state(tr); got.State != telephony.Talking || got.CallID != "1795436279.trunk1" {
		t.Fatalf("the second has gone: %+v", got)
	}
	feed(tr, s.at(9000).ends("trunk 1", "duty 1", "b"))
	if got := state(tr); got.State != telephony.Idle || got.CallID != "" {
		t.Fatalf("idle again: %+v", got)
	}
	feed(tr, s.at(10000).created("duty 3", "Ring", "110", "duty"))
	if got := state(tr); got.State != telephony.Talking {
		t.Fatalf("the officer dials: %+v", got)
	}
}

func TestUnreachableLineAndFlaps(t *testing.T) {
	ls := lines()
	ls[0].Endpoints = []string{"PJSIP/duty", "PJSIP/duty2"}
	tr := telephony.NewTracker(ls)
	apply := func(s *scene) (out []telephony.Change) {
		for _, ev := range s.events {
			out = append(out, tr.Apply(ev)...)
		}
		return out
	}
	if got := apply(newScene().endpoint("duty", true).endpoint("duty2", true).endpoint("dutyroom9", false)); len(got) != 0 {
		t.Fatalf("phones come: %v", kinds(got))
	}
	// A contact that is replaced goes and comes within 2 ms.
	if got := apply(newScene().
		at(100).endpoint("duty", false).
		at(102).endpoint("duty", true)); len(got) != 0 {
		t.Errorf("a flap: %v", kinds(got))
	}
	apply(newScene().at(1000).endpoint("duty", false))
	if got := kinds(tr.Tick(sceneStart.Add(5 * time.Second))); len(got) != 0 {
		t.Errorf("one of two phones is away: %v", got)
	}
	apply(newScene().at(6000).endpoint("duty2", false))
	if want := sceneStart.Add(6500 * time.Millisecond); !tr.Deadline().Equal(want) {
		t.Errorf("deadline %v, want %v", tr.Deadline(), want)
	}
	if got := kinds(tr.Tick(sceneStart.Add(6400 * time.Millisecond))); len(got) != 0 {
		t.Errorf("too early to believe it: %v", got)
	}
	if diff := cmp.Diff([]string{"line unreachable"}, kinds(tr.Tick(sceneStart.Add(6500*time.Millisecond)))); diff != "" {
		t.Errorf("both are away (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"line idle"}, kinds(apply(newScene().
		at(9000).endpoint("duty", true)))); diff != "" {
		t.Errorf("one is back (-want +got):\n%s", diff)
	}
}

// Two lines on one trunk are told apart by the called number, and by who is dialled.
func TestSeveralLines(t *testing.T) {
	ls := []telephony.Line{
		{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}, AreaCode: "024", Rule: telephony.DefaultRule()},
		{Name: "flood", Number: "02422739111", Endpoints: []string{"PJSIP/flood"}, Trunks: []string{"PJSIP/trunk"}, AreaCode: "024",
			Rule: telephony.Rule{On: time.Second, Off: 2 * time.Second, Limit: 2}},
	}
	s := newScene()
	s.in("trunk 1", "22739111", "13900001111").app("trunk 1", "Dial", "PJSIP/flood,60").leg("flood 1").begin("trunk 1", "flood 1", "flood").
		at(5).state("flood 1", "Ringing")
	s.
		at(1000).in("trunk 2", "9000", "13900002222").app("trunk 2", "Dial", "PJSIP/duty&PJSIP/x,60").leg("duty 1").begin("trunk 2", "duty 1", "duty").
		at(1005).state("duty 1", "Ringing")
	s.
		at(2000).in("trunk 3", "02488880000", "13900003333").app("trunk 3", "Dial", "PJSIP/other,60") // somebody else's call
	s.
		at(3000).in("trunk 4", "+862422739110", "13900004444").app("trunk 4", "Dial", ",60") // not registered
	s.soft("trunk 4").gone("trunk 4", 3, 404).soft("trunk 3").gone("trunk 3", 16, 0)
	s.at(8000).answers("trunk 1", "flood 1", "a").answers("trunk 2", "duty 1", "b")
	s.at(9000).ends("trunk 1", "flood 1", "a").ends("trunk 2", "duty 1", "b")
	got := map[string]telephony.Outcome{}
	for _, c := range ended(play(ls, s.events)) {
		got[c.Line+" "+c.Caller.Raw] = c.Outcome
	}
	want := map[string]telephony.Outcome{
		"flood 13900001111": telephony.AnsweredLate, // its own rule: 2 rings of 3 s
		"duty 13900002222":  telephony.AnsweredInTime,
		"duty 13900004444":  telephony.Unreachable,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An internal phone that calls the duty phone is a call on the duty line too.
func TestInternalCaller(t *testing.T) {
	c := newScene().created("201 1", "Ring", "100", "201").app("201 1", "Dial", "PJSIP/duty,60").leg("duty 1").begin("201 1", "duty 1", "duty").
		at(5).state("duty 1", "Ringing").
		at(2005).answers("201 1", "duty 1", "b").
		at(5000).ends("201 1", "duty 1", "b").one(t)
	if c.Direction != telephony.Inbound || c.Caller.Raw != "201" || c.Outcome != telephony.AnsweredInTime || len(c.Tags) != 0 {
		t.Errorf("%+v", c)
	}
}

// PJSIP/duty is the endpoint of PJSIP/duty-0000001a, not of PJSIP/dutyroom2-0000001a.
func TestAnEndpointIsNotAPrefix(t *testing.T) {
	ls := lines()
	ls[0].Endpoints = []string{"PJSIP/duty"}
	c := newScene().in("trunk 1", "12350", "13900001111").app("trunk 1", "Dial", "PJSIP/dutyroom2,60").leg("dutyroom2 1").
		begin("trunk 1", "dutyroom2 1", "dutyroom2").
		at(5).state("dutyroom2 1", "Ringing").dial("trunk 1", "dutyroom2 1", "RINGING").
		at(2000).answers("trunk 1", "dutyroom2 1", "b").
		at(5000).ends("trunk 1", "dutyroom2 1", "b").one(t, ls...)
	if c.Outcome != telephony.AnsweredElsewhere || !c.RangAt.IsZero() {
		t.Errorf("%s, rang at %v", c.Outcome, c.RangAt)
	}
}

// Missed and abandoned verdicts near the limit say when the trunk cannot be trusted.
func TestSupervisionNone(t *testing.T) {
	ls := lines()
	ls[0].Supervision = telephony.SupervisionNone
	for ms, want := range map[int]bool{4000: false, 11000: true, 19000: true, 25000: false} {
		c := newScene().rings("trunk 1", "duty 1").at(ms).givesUp("trunk 1", "duty 1").one(t, ls...)
		if got := slices.Contains(c.Findings, telephony.SupervisionUnreliable); got != want {
			t.Errorf("caller left after %d ms: finding %v, want %v", ms, got, want)
		}
	}
}

// What becomes known later is told as an update, with the finding.
func TestUpdates(t *testing.T) {
	tr := telephony.NewTracker(lines())
	s := newScene().in("trunk 1", "12350", "")
	s.channels["trunk 1"].Number, s.channels["trunk 1"].CallerName = "02422730001", "沈河区应急局"
	s.add(telephony.Event{Kind: telephony.EventCaller, Channel: s.ch("trunk 1")})
	var got []telephony.Change
	for _, ev := range s.events {
		got = append(got, tr.Apply(ev)...)
	}
	if diff := cmp.Diff([]string{"offered", "updated"}, kinds(got)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if c := got[1].Call; c.CallerName != "沈河区应急局" || c.Caller.E164 != "+862422730001" || len(c.Tags) != 0 {
		t.Errorf("updated to %+v", c)
	}
	if c := got[0].Call; !slices.Contains(c.Tags, telephony.TagWithheld) {
		t.Errorf("offered without a number, tags %v", c.Tags)
	}
}

func TestTransfers(t *testing.T) {
	talk := func() *scene {
		return newScene().rings("trunk 1", "duty 1").at(2000).answers("trunk 1", "duty 1", "b")
	}
	transfer := func(s *scene, ok bool) *scene {
		return s.add(telephony.Event{Kind: telephony.EventBlindTransfer, Channel: s.ch("duty 1"), Peer: s.ch("trunk 1"), OK: ok})
	}
	s := transfer(talk().
		at(5000), true).leave("b", "duty 1", "trunk 1").hang("duty 1", 16, 0).gone("duty 1", 16, 0)
	s.leg("trunk 2").begin("trunk 1", "trunk 2", "13800001111@trunk").
		at(7000).state("trunk 2", "Up").dial("trunk 1", "trunk 2", "ANSWER").enter("c", "trunk 2", "trunk 1")
	c := s.
		at(9000).hang("trunk 2", 16, 0).leave("c", "trunk 2", "trunk 1").gone("trunk 2", 16, 0).soft("trunk 1").gone("trunk 1", 16, 0).one(t)
	if c.Outcome != telephony.AnsweredInTime || c.HangupBy != "" || c.ForwardedTo != "" || !slices.Contains(c.Findings, telephony.TransferredAfter) {
		t.Errorf("blind transfer, the target hangs up: %+v", c)
	}
	c = transfer(talk().at(5000), false).at(9000).ends("duty 1", "trunk 1", "b").one(t)
	if c.HangupBy != telephony.ByOfficer || !slices.Equal(c.Findings, []telephony.Finding{telephony.TransferAttempted}) {
		t.Errorf("a transfer that failed: %s %v", c.HangupBy, c.Findings)
	}
}

// An attended transfer joins the caller with whom the officer consulted: the consultation
// is over then, the first call goes on.
func TestAttendedTransfer(t *testing.T) {
	s := newScene().rings("trunk 1", "duty 1").at(2000).answers("trunk 1", "duty 1", "a")
	s.at(5000).places("duty 2", "13800001111", "trunk 2").at(7000).answers("duty 2", "trunk 2", "b")
	s.at(9000).leave("a", "trunk 1").leave("b", "duty 2").enter("b", "trunk 1")
	s.add(telephony.Event{Kind: telephony.EventAttendedTransfer, Channel: s.ch("duty 1"), Second: s.ch("duty 2"), OK: true})
	s.leave("a", "duty 1").gone("duty 2", 16, 0).gone("duty 1", 16, 0)
	s.at(20000).ends("trunk 1", "trunk 2", "b")
	calls := ended(play(lines(), s.events))
	if len(calls) != 2 {
		t.Fatalf("%d calls, want 2", len(calls))
	}
	if c := calls[0]; c.Outcome != telephony.PlacedAnswered || !c.EndedAt.Equal(sceneStart.Add(9*time.Second)) || c.HangupBy != telephony.ByOfficer {
		t.Errorf("consultation: %s, ended %v by %s", c.Outcome, c.EndedAt, c.HangupBy)
	}
	if c := calls[1]; c.Outcome != telephony.AnsweredInTime || !c.EndedAt.Equal(sceneStart.Add(20*time.Second)) || c.HangupBy != telephony.ByCaller {
		t.Errorf("first call: %s, ended %v by %s", c.Outcome, c.EndedAt, c.HangupBy)
	}
}

// With the switch's own feature codes the consultation runs over a Local channel, its dial
// names no caller, and the officer completes the transfer by hanging up.
func TestAttendedTransferByFeatureCode(t *testing.T) {
	const way = "Local/13800001111@from-duty-00000009"
	s := newScene().rings("trunk 1", "duty 1").at(2000).answers("trunk 1", "duty 1", "a")
	s.
		at(5000).leave("a", "duty 1").created(way+";1", "Down", "13800001111", "").created(way+";2", "Ring", "13800001111", "")
	s.dial("", way+";1", "").leg("trunk 2").begin(way+";2", "trunk 2", "13800001111@trunk")
	s.at(7000).state("trunk 2", "Up").dial(way+";2", "trunk 2", "ANSWER").dial("", way+";1", "ANSWER")
	s.enter("b", "duty 1", way+";1").enter("c", way+";2", "trunk 2")
	s.at(9000).hang("duty 1", 16, 0).leave("b", "duty 1")
	s.add(telephony.Event{Kind: telephony.EventAttendedTransfer, Channel: s.ch("duty 1"), Second: s.ch(way + ";1"), OK: true})
	s.gone("duty 1", 16, 0).enter("a", way+";1")
	s.
		at(20000).hang("trunk 2", 16, 0).gone("trunk 2", 16, 0).gone(way+";1", 16, 0).gone(way+";2", 16, 0).soft("trunk 1").gone("trunk 1", 16, 0)
	c := s.one(t)
	if c.Outcome != telephony.AnsweredInTime || c.HangupBy != "" || !slices.Contains(c.Findings, telephony.TransferredAfter) ||
		!c.EndedAt.Equal(sceneStart.Add(20*time.Second)) {
		t.Errorf("%+v", c)
	}
}
