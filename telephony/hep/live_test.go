package hep_test

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/hep"
)

// eyes are both views of a real Asterisk: ARI's events as the tracker judges them, and SIP.
type eyes struct {
	t         *testing.T
	asterisk  *asterisk.Process
	listener  *hep.Listener
	connected chan bool

	mu      sync.Mutex
	view    *hep.View
	facts   []hep.Fact
	times   []time.Time // the switch's, of all messages
	seen    []string    // Call-IDs
	tracker *telephony.Tracker
	events  []telephony.Event
	ended   []telephony.Call
}

// open starts a listener, an Asterisk that sends to it, and a watcher of its ARI.
func open(t *testing.T, change func(*asterisk.Settings)) *eyes {
	t.Helper()
	line := telephony.Line{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}, AreaCode: "024", Rule: telephony.DefaultRule()}
	e := &eyes{
		t: t, connected: make(chan bool, 1), view: hep.NewView([]string{"duty"}, hep.Limits{}), tracker: telephony.NewTracker([]telephony.Line{line}),
		listener: hep.New(hep.Config{Address: "127.0.0.1:0", KeepRaw: true}, nil),
	}
	e.run(func(ctx context.Context) error { return e.listener.Run(ctx, e.hear) })
	<-e.listener.Ready()
	t.Cleanup(func() {
		if t.Failed() {
			e.dump()
		}
	})
	s := asterisktest.Settings(t)
	s.Qualify, s.HEPAddress = time.Second, e.listener.Status().Address
	change(&s)
	e.asterisk = asterisktest.Start(t, s)
	watcher := ari.New(ari.Config{
		URL: e.asterisk.Settings.ARI(), User: e.asterisk.Settings.ARIUser, Password: e.asterisk.Settings.ARIPassword,
		Endpoints: []string{"PJSIP/duty", "PJSIP/trunk"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, nil)
	e.run(func(ctx context.Context) error { return watcher.Run(ctx, e) })
	<-e.connected
	return e
}

// run runs one of the eyes until the test ends.
func (e *eyes) run(what func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := what(ctx); err != nil {
			e.t.Error(err)
		}
	}()
	e.t.Cleanup(func() { cancel(); <-done })
}

func (e *eyes) hear(m hep.Message) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.times = append(e.times, m.At)
	e.facts = append(e.facts, e.view.Take(m)...)
	if !slices.Contains(e.seen, m.CallID) {
		e.seen = append(e.seen, m.CallID)
	}
}

// Frame, Gap and Snapshot make it the sink of the ARI watcher.
func (e *eyes) Frame(f ari.Frame) {
	ev, err := ari.Decode(f.Raw)
	if err != nil {
		e.t.Error(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, ev)
	e.judge(e.tracker.Apply(ev))
}

func (e *eyes) Gap(from time.Time, _ error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.judge(e.tracker.Gap(from))
}

func (e *eyes) Snapshot(s telephony.Snapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.judge(e.tracker.Resync(s))
	select {
	case e.connected <- true:
	default:
	}
}

func (e *eyes) judge(changes []telephony.Change) {
	for _, c := range changes {
		if c.Kind == telephony.CallEnded {
			e.ended = append(e.ended, *c.Call)
		}
	}
}

// await returns when n calls have ended, as ARI shows it, and SIP has hung up every channel.
func (e *eyes) await(n int) {
	e.t.Helper()
	asterisktest.Eventually(e.t, 15*time.Second, "the call ends for both eyes", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.judge(e.tracker.Tick(time.Now())) // its last events may be late: the tracker waits for them
		if len(e.ended) < n {
			return false
		}
		for _, id := range e.callIDs("PJSIP/") {
			if !slices.ContainsFunc(e.view.Facts(id), func(f hep.Fact) bool { return f.Kind == hep.HungUp }) {
				return false
			}
		}
		return true
	})
}

// awaitFact returns the first fact of a kind.
func (e *eyes) awaitFact(kind hep.FactKind) (found hep.Fact) {
	e.t.Helper()
	asterisktest.Eventually(e.t, 15*time.Second, "SIP shows "+string(kind), func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		i := slices.IndexFunc(e.facts, func(f hep.Fact) bool { return f.Kind == kind })
		if i >= 0 {
			found = e.facts[i]
		}
		return i >= 0
	})
	return found
}

// dump logs what was seen, for a telephonist to read.
func (e *eyes) dump() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range e.seen {
		e.t.Logf("dialog %s", id)
		for _, m := range e.view.Messages(id) {
			e.t.Logf("  %s", m.String())
		}
	}
	for _, f := range e.facts {
		e.t.Logf("= %s", f)
	}
	for _, ev := range e.events {
		e.t.Logf("ARI %s %s %s %s", ev.Type, ev.Channel.Name, ev.Peer.Name, ev.DialStatus)
	}
	e.t.Logf("ended: %+v", e.ended)
}

// callIDs are the SIP Call-IDs of the channels whose name begins so, as ARI gives them. The event
// in which a channel comes into being does not carry it yet.
func (e *eyes) callIDs(channel string) (ids []string) {
	for _, ev := range e.events {
		if ev.Kind == telephony.EventDestroyed && strings.HasPrefix(ev.Channel.Name, channel) {
			ids = append(ids, ev.Channel.SIPCallID)
		}
	}
	return ids
}

// TestARedirectThatARIDoesNotShow: the duty phone answers 302 and Asterisk, set to uri_pjsip, asks
// the mobile phone instead, on the same channel. To ARI somebody answered at the duty phone; SIP
// shows who.
func TestARedirectThatARIDoesNotShow(t *testing.T) {
	e := open(t, func(s *asterisk.Settings) { asterisktest.FollowsRedirects(t, s) })
	mobile, phone := asterisktest.FreeUDP(t), asterisktest.FreeUDP(t)
	tone := asterisktest.Tone(t, 600, time.Second)
	asterisktest.Register(t, e.asterisk, phone)
	redirects := asterisktest.Scenario(t, "phone-redirects", map[string]string{"status": "302 Moved Temporarily", "target": "sip:13800001111@" + mobile})
	asterisktest.StartSIPp(t, redirects, phone, "", time.Minute, append(asterisktest.SoundPort(t), "-s", "duty")...)
	far := asterisktest.FarEnd(t, mobile, 300*time.Millisecond, tone)
	asterisktest.WaitOnline(t, e.asterisk, "duty")
	asterisktest.Call(t, e.asterisk, "02422730001", e.asterisk.Settings.Number, 500*time.Millisecond, tone).Must(t)
	far.Finish(t)
	e.await(1)

	e.mu.Lock()
	defer e.mu.Unlock()
	call := e.ended[0]
	if call.Outcome != telephony.AnsweredInTime || call.ForwardedTo != "" {
		t.Errorf("ARI alone shows %s, forwarded to %q: then this test proves nothing", call.Outcome, call.ForwardedTo)
	}
	for _, ev := range e.events {
		if ev.Forward != "" || ev.TechCause/100 == 3 || strings.Contains(ev.Channel.Number+ev.Peer.Number+ev.DialString, "13800001111") {
			t.Errorf("ARI shows it: %+v", ev)
		}
	}
	ids := e.callIDs("PJSIP/duty")
	if len(ids) != 1 || ids[0] == "" {
		t.Fatalf("the duty phone's channels have the Call-IDs %q", ids)
	}
	f, ok := e.view.SentOn(ids[0])
	if target := "sip:13800001111@" + mobile; !ok || f.Kind != hep.Moved || f.Status != 302 || f.Target != target || f.Evidence.From.String() != phone ||
		!strings.HasPrefix(string(f.Evidence.Raw), "SIP/2.0 302 ") {
		t.Errorf("SIP shows %v %+v, want a 302 of %s to %s", ok, f, phone, target)
	}
	var kinds []hep.FactKind
	for _, f := range e.view.Facts(ids[0]) {
		kinds = append(kinds, f.Kind)
		if (f.Kind == hep.Rang || f.Kind == hep.Answered) && f.Evidence.From.String() != mobile {
			t.Errorf("%s at %s, not at the mobile phone", f.Kind, f.Evidence.From)
		}
	}
	if !slices.Equal(kinds, []hep.FactKind{hep.Moved, hep.Followed, hep.Rang, hep.Answered, hep.HungUp}) {
		t.Errorf("facts %v", kinds)
	}
}

// TestACallAndAPhoneThroughBothEyes: with the shipped configuration every channel of ARI has its
// SIP dialog, and what the phone does beside calls is told.
func TestACallAndAPhoneThroughBothEyes(t *testing.T) {
	before := time.Now().Add(-time.Second) // received messages are stamped in whole ms, cut off
	e := open(t, func(*asterisk.Settings) {})
	first := asterisktest.FreeUDP(t)
	asterisktest.Register(t, e.asterisk, first)
	if f := e.awaitFact(hep.Registered); f.Phone != "duty" || f.Now.Source.String() != first || f.Now.Expires < 100 {
		t.Errorf("registered: %+v", f)
	}
	tone := asterisktest.Tone(t, 600, time.Second)
	phone := asterisktest.Phone(t, e.asterisk, 300*time.Millisecond, tone)
	if f := e.awaitFact(hep.RegistrationMoved); f.Phone != "duty" || f.Before.Source.String() != first || f.Now.Source.String() == first || !f.Before.SameHost(f.Now) {
		t.Errorf("moved: %+v", f)
	}
	asterisktest.Call(t, e.asterisk, "02422730001", e.asterisk.Settings.Number, 500*time.Millisecond, tone).Must(t)
	e.await(1)
	phone.Stop()
	if f := e.awaitFact(hep.Silent); f.Phone != "duty" || f.Evidence.Method != "OPTIONS" {
		t.Errorf("silent: %+v", f)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for channel, want := range map[string][]string{
		"PJSIP/trunk": {"rang called", "answered called", "hung_up caller"},
		"PJSIP/duty":  {"rang called", "answered called", "hung_up caller"},
	} {
		for _, id := range e.callIDs(channel) {
			var got []string
			for _, f := range e.view.Facts(id) {
				got = append(got, string(f.Kind)+" "+string(f.By))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q", channel, got)
			}
			if _, sentOn := e.view.SentOn(id); sentOn {
				t.Errorf("%s was sent on", channel)
			}
		}
	}
	for _, at := range e.times {
		if at.Before(before) || at.After(time.Now()) {
			t.Errorf("a message of %v", at)
		}
	}
	if s := e.listener.Status(); s.Problem != "" || s.Refused != 0 || s.Lost != 0 {
		t.Errorf("%+v", s)
	}
}
