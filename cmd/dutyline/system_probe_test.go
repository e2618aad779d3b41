package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/probe"
)

const secondNumber = "02422739119"

// wireTest is a test call as the API has it.
type wireTest struct {
	ID         int64    `json:"id"`
	EndedAt    *string  `json:"ended_at"`
	Verdict    string   `json:"verdict"`
	Reason     string   `json:"reason"`
	Ringback   string   `json:"ringback"`
	RangAfter  *float64 `json:"rang_after"`
	Bell       *float64 `json:"bell_seconds"`
	CallID     string   `json:"call_id"`
	Recognised string   `json:"recognised_by"`
	HungUp     string   `json:"hung_up"`
	Detail     string   `json:"detail"`
	Audio      bool     `json:"audio"`
}

func (w wireTest) brief() string {
	return fmt.Sprintf("%s %s ring-back %s, by %s, %s", w.Verdict, w.Reason, w.Ringback, w.Recognised, w.HungUp)
}

// testRoom is a room with the cadence of China, and a carrier with a second line.
func testRoom(t *testing.T) (*room, *carrier) {
	t.Helper()
	c := newCarrier(t)
	r := newRoom(t, cadence(time.Second, 4*time.Second), func(_ *asterisk.Settings, cfg *config.Config) {
		cfg.Tests.SecondLine = probe.Config{Server: c.address(), Number: secondNumber}
	})
	c.duty = r.sw.Settings.SIPAddress
	return r, c
}

// startTest presses the button.
func (r *room) startTest() int64 {
	r.t.Helper()
	var begun struct{ ID int64 }
	r.desk.want(202, "POST", "/api/v1/probe", nil, &begun)
	return begun.ID
}

// result waits until a test is over.
func (r *room) result(id int64) (w wireTest) {
	r.t.Helper()
	r.desk.await(40*time.Second, fmt.Sprintf("test call %d is over", id), func() bool {
		w = r.test(id)
		return w.EndedAt != nil
	})
	return w
}

func (r *room) test(id int64) wireTest {
	r.t.Helper()
	var list wireList[wireTest]
	r.desk.want(200, "GET", "/api/v1/probe", nil, &list)
	i := slices.IndexFunc(list.Items, func(w wireTest) bool { return w.ID == id })
	if i < 0 {
		r.t.Fatalf("test call %d is not in the list %+v", id, list.Items)
	}
	return list.Items[i]
}

// standingAlerts are the reasons of the alerts that are not resolved.
func (r *room) standingAlerts() (reasons []string) {
	r.t.Helper()
	var list wireList[wireAlert]
	r.desk.want(200, "GET", "/api/v1/alerts?state=open", nil, &list)
	for _, a := range list.Items {
		reasons = append(reasons, a.Reason)
	}
	slices.Sort(reasons)
	return reasons
}

// A test that goes well, and one for each way in which a carrier can misbehave. The bell never
// rings for longer than it may, and nothing of a test is charged to anybody.
func TestSystemTestCallsProveWhatTheyMeet(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	phone := r.phone(time.Minute, 0, phoneTone)
	r.awaitLine("idle")
	for _, step := range []struct {
		name  string
		habit habit
		want  string
		alert []string
		rings bool
	}{
		{"standard ring-back", habit{passOn: true, status: 183, plays: chinaRing()},
			"reachable rang_here ring-back standard, by token, heard", nil, true},
		{"music as early sound", habit{passOn: true, status: 183, plays: music()},
			"custom_ringback heard_music ring-back custom, by token, heard", []string{"test_custom_ringback"}, true},
		{"ringing without any sound", habit{passOn: true, status: 180},
			"reachable rang_here ring-back open, by token, silent", []string{"test_custom_ringback"}, true},
		{"another phone answers", habit{status: 200},
			"forwarded answered_elsewhere ring-back open, by , answered", []string{"test_custom_ringback", "test_forwarded"}, false},
		{"it rings elsewhere", habit{status: 180, plays: chinaRing()},
			"forwarded rings_elsewhere ring-back standard, by , limit", []string{"test_custom_ringback", "test_forwarded"}, false},
		{"busy", habit{status: 486},
			"busy busy_elsewhere ring-back open, by , ", []string{"test_busy", "test_custom_ringback"}, false},
		{"silence", habit{status: 183},
			"no_ring nothing_heard ring-back open, by , limit", []string{"test_custom_ringback", "test_no_ring"}, false},
		{"all is well again", habit{passOn: true, status: 183, plays: chinaRing()},
			"reachable rang_here ring-back standard, by token, heard", nil, true},
	} {
		c.behaves(step.habit)
		w := r.result(r.startTest())
		if w.brief() != step.want {
			t.Errorf("%s: %s, want %s (%+v)", step.name, w.brief(), step.want, w)
		}
		r.desk.await(5*time.Second, fmt.Sprintf("%s: the alerts that stand are %v", step.name, step.alert), func() bool { return slices.Equal(r.standingAlerts(), step.alert) })
		if (w.RangAfter != nil) != step.rings || w.Audio != (len(step.habit.plays) > 0) {
			t.Errorf("%s: %+v", step.name, w)
		}
		if step.rings {
			if rang := phone.rang(t); rang > 10*time.Second {
				t.Errorf("%s: the phone says that it rang for %v", step.name, rang)
			}
		}
		if w.Audio {
			if _, wav := r.desk.ask("GET", fmt.Sprintf("/api/v1/probe/%d/audio", w.ID), nil); !bytes.HasPrefix(wav, []byte("RIFF")) || len(wav) < 8000 {
				t.Errorf("%s: %d bytes of sound are kept", step.name, len(wav))
			}
		}
	}
	r.chargedToNobody(4)
}

// chargedToNobody looks at the log: so many calls came, all of them tests, and none of them an
// entry, a missed call or more than three rings.
func (r *room) chargedToNobody(calls int) {
	r.t.Helper()
	var all []wireCall
	r.desk.await(20*time.Second, "both eyes have seen every test call", func() bool {
		all = r.desk.allCalls()
		return len(all) == calls && !slices.ContainsFunc(all, func(c wireCall) bool { return c.SettledBy == "" })
	})
	for _, c := range all {
		if !slices.Contains(c.Tags, "test") || c.EntryID != "" || c.Rings > 3 || c.SettledBy != "journal" {
			r.t.Errorf("a test call in the log: %+v", c)
		}
	}
	var entries wireList[wireEntry]
	if r.desk.want(200, "GET", "/api/v1/entries", nil, &entries); len(entries.Items) != 0 {
		r.t.Errorf("tests opened entries: %+v", entries.Items)
	}
	var ledger wireList[struct{ Kind, Why string }]
	if r.desk.want(200, "GET", "/api/v1/reconciliation?state=open", nil, &ledger); len(ledger.Items) != 0 {
		r.t.Errorf("the ledger misses something of tests: %+v", ledger.Items)
	}
}

// A real call during a test: the test is over because it came, before anybody picks up, by the switch's
// own stamps; the caller is served, and while it rings or talks no test is begun. How soon it is over
// is measured by make bench (test_yields_p99).
func TestSystemARealCallEndsATestAtOnce(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	r.phone(3*time.Second, 0, phoneTone)
	r.awaitLine("idle")
	c.behaves(habit{passOn: true, status: 183, plays: chinaRing()})
	const rounds = 3
	for round := range rounds {
		id := r.startTest()
		r.awaitLine("ringing")
		real := r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone})
		w := r.result(id)
		if w.HungUp != "real_call" || w.Verdict != "reachable" || w.CallID == "" {
			t.Errorf("round %d: the test ended as %+v", round, w)
		}
		var p wireProblem
		r.desk.want(409, "POST", "/api/v1/probe", nil, &p)
		if p.Type != "/problems/test-line_in_use" {
			t.Errorf("round %d: a test while the line is in use: %+v", round, p)
		}
		real.Must(t)
		r.awaitLine("idle")
	}
	for _, pair := range slices.Collect(slices.Chunk(r.desk.settled(2*rounds), 2)) {
		test, real := pair[0], pair[1]
		if !slices.Contains(test.Tags, "test") || len(real.Tags) != 0 || real.Outcome != "answered_in_time" || real.EntryID == "" || test.EntryID != "" {
			t.Fatalf("the calls are %+v and %+v", test, real)
		}
		order := []*time.Time{test.OfferedAt, test.RangAt, real.OfferedAt, test.EndedAt, real.AnsweredAt, real.EndedAt}
		if !slices.IsSortedFunc(order, func(a, b *time.Time) int { return a.Compare(*b) }) || test.AnsweredAt != nil {
			t.Errorf("the test rang, the real call came, the test was over, somebody picked up: %v; the test was answered %v", order, test.AnsweredAt)
		}
	}
	if got := r.standingAlerts(); len(got) != 0 {
		t.Errorf("alerts %v", got)
	}
}

// A phone that has one line only, and a caller who meets the busy tone because of our test: that
// is told as what it is.
func TestSystemACallerRefusedBecauseOfATest(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	r.phone(time.Minute, 0, phoneTone)
	r.awaitLine("idle")
	c.behaves(habit{passOn: true, status: 180})
	id := r.startTest()
	r.awaitLine("ringing")
	r.calls("caller-waits", caller{number: "02422730004", hertz: callerTone}).Must(t) // to these the phone says busy
	if w := r.result(id); w.HungUp != "real_call" {
		t.Errorf("the test ended as %+v", w)
	}
	var refused wireAlert
	r.desk.await(5*time.Second, "the alert says that a caller was refused because of a test", func() bool {
		var list wireList[wireAlert]
		r.desk.want(200, "GET", "/api/v1/alerts", nil, &list)
		i := slices.IndexFunc(list.Items, func(a wireAlert) bool { return a.Reason == "test_refused_caller" })
		if i >= 0 {
			refused = list.Items[i]
		}
		return i >= 0
	})
	calls := r.desk.settled(2)
	if refused.Severity != "critical" || refused.Certainty != "certain" || refused.CallID != calls[1].ID || !slices.Contains(calls[1].Findings, "refused_by_test") {
		t.Errorf("the alert is %+v, the call %+v", refused, calls[1])
	}
}

// The daemon is stopped during a test: the phone stops ringing before the daemon is gone, and the
// next run says that the test was cut short, and charges its call to nobody.
func TestSystemATestEndsWithTheDaemon(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	phone := r.phone(time.Minute, 0, phoneTone)
	r.awaitLine("idle")
	c.behaves(habit{passOn: true, status: 180})
	id := r.startTest()
	r.awaitLine("ringing")
	r.close()
	if rang := phone.rang(t); rang > 10*time.Second {
		t.Errorf("the phone rang for %v", rang)
	}
	r.open()
	if w := r.result(id); w.HungUp != "stopped" {
		t.Errorf("the test ended as %+v", w)
	}
	r.chargedToNobody(1)
}

// Without a second line the page says so; nothing is begun.
func TestSystemWithoutASecondLine(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var list struct {
		SecondLine bool     `json:"second_line"`
		Unknowable []string `json:"unknowable"`
	}
	r.desk.want(200, "GET", "/api/v1/probe", nil, &list)
	if list.SecondLine || len(list.Unknowable) != 3 {
		t.Errorf("%+v", list)
	}
	var p wireProblem
	if r.desk.want(503, "POST", "/api/v1/probe", nil, &p); p.Type != "/problems/test-no_second_line" {
		t.Errorf("%+v", p)
	}
}

// What the duty phone itself does to a test is told apart from what the exchange does, and a test
// that arrives under another number than the configured one says so.
func TestSystemWhatTheDutyPhoneDoesToATest(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	asterisktest.FarEnd(t, r.far, 300*time.Millisecond, asterisktest.Tone(t, 600, time.Second)) // where the phone sends callers on to
	r.phone(2*time.Second, 0, phoneTone)
	r.awaitLine("idle")
	for _, step := range []struct {
		name, number, want string
	}{
		{"somebody picks up", secondNumber, "reachable answered_here ring-back open, by token, answered"},
		{"the phone says busy", "02422739114", "busy busy_here ring-back open, by token, "},
		{"the phone sends it on", "02422739115", "forwarded taken_here ring-back open, by token, answered"},
		{"the phone refuses it after it rang", "02422739113", "reachable rang_here ring-back open, by token, "},
	} {
		c.behaves(habit{passOn: true, relays: true, numbers: step.number})
		w := r.result(r.startTest())
		if w.brief() != step.want {
			t.Errorf("%s: %s, want %s (%+v)", step.name, w.brief(), step.want, w)
		}
		if wrong := strings.Contains(w.Detail, "tests.second_line.number"); wrong != (step.number != secondNumber) {
			t.Errorf("%s: the detail is %q", step.name, w.Detail)
		}
		r.awaitLine("idle")
	}
	r.chargedToNobody(4)
}

// A carrier that passes no names: the test is known by its number and its time, and a stranger
// who calls in the same moment is none.
func TestSystemATestWithoutANameIsKnownByItsNumber(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	r.phone(time.Minute, 0, phoneTone)
	r.awaitLine("idle")
	c.behaves(habit{status: 180}) // the call goes another way:
	id := r.startTest()
	arrives := r.calls("caller-gives-up", caller{number: secondNumber, ring: 8 * time.Second})
	w := r.result(id)
	if w.brief() != "reachable rang_here ring-back open, by number, silent" {
		t.Errorf("%+v", w)
	}
	arrives.Must(t)
	r.chargedToNobody(1)

	r.awaitLine("idle")
	id = r.startTest()
	r.calls("caller-gives-up", caller{number: "02422730002", ring: time.Second}).Must(t)
	if w = r.result(id); w.Verdict != "cannot_tell" || w.Reason != "unrecognised" || w.HungUp != "real_call" {
		t.Errorf("a stranger calls during a test that never arrives: %+v", w)
	}
	all := r.desk.settled(2)
	if len(all[1].Tags) != 0 || all[1].EntryID == "" {
		t.Errorf("the stranger's call: %+v", all[1])
	}
}

// An exchange that answers with rubbish costs a test and nothing else: the daemon goes on, the
// next call is seen, and the alert says that tests prove nothing.
func TestSystemAHostileExchangeCostsATestOnly(t *testing.T) {
	t.Parallel()
	r, c := testRoom(t)
	r.phone(500*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	c.behaves(habit{rubbish: true})
	w := r.result(r.startTest())
	if w.Verdict != "cannot_tell" || w.Reason != "second_line" {
		t.Errorf("%+v", w)
	}
	r.desk.await(5*time.Second, "it is told that tests prove nothing", func() bool { return slices.Equal(r.standingAlerts(), []string{"test_unclear"}) })
	r.calls("caller", caller{number: "02422730001", talk: 500 * time.Millisecond, hertz: callerTone}).Must(t)
	if got := r.desk.settled(1)[0].Outcome; got != "answered_in_time" {
		t.Errorf("the call after it ended as %s", got)
	}
}
