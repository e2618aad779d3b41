package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
)

// lampRoom is a keeper over a real duty log, on a clock that the test moves.
type lampRoom struct {
	t    *testing.T
	db   *sqlite.DB
	keep *lampKeeper
	now  time.Time
	up   time.Duration
	held string
	file string
	disk recorder.Room
	n    int
}

var lampStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func newLampRoom(t *testing.T) *lampRoom {
	t.Helper()
	r := &lampRoom{t: t, now: lampStart, file: filepath.Join(t.TempDir(), "log.db"), disk: recorder.RoomPlenty}
	r.open()
	return r
}

// open starts the keeper, as the daemon does.
func (r *lampRoom) open() {
	r.t.Helper()
	db, err := sqlite.Open(r.t.Context(), r.file, sqlite.Options{Now: func() time.Time { return r.now }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { db.Close() })
	r.db = db
	r.keep = newLampKeeper(&lampKeeper{log: db, lines: []telephony.Line{{Name: "duty"}}, rule: alerts.DefaultHealth(), zone: time.UTC,
		now: func() time.Time { return r.now }, uptime: func() time.Duration { return r.up }, logger: slog.New(slog.DiscardHandler), alerts: db,
		house: func() alerts.HouseFacts {
			return alerts.HouseFacts{Disk: r.disk, Clock: alerts.ClockFacts{Known: true, Kept: true}}
		},
		sip: func(telephony.Line) alerts.SIPFacts { return alerts.SIPFacts{} }, locked: func() error { return nil },
		trunks: newTrunkBook(), held: func() string { return r.held }}, prometheus.NewRegistry())
}

// pass moves time on and judges.
func (r *lampRoom) pass(d time.Duration) {
	r.now, r.up = r.now.Add(d), r.up+d
	r.keep.turn(r.t.Context())
}

// call is one incoming call that was answered, over and recorded.
func (r *lampRoom) call(tags ...telephony.Tag) {
	r.t.Helper()
	r.n++
	c := telephony.Call{ID: fmt.Sprintf("%d.%d", r.now.Unix(), r.n), Line: "duty", Direction: telephony.Inbound, OfferedAt: r.now, RangAt: r.now,
		EndedAt: r.now.Add(time.Second), Outcome: telephony.AbandonedEarly, Reason: telephony.ReasonCallerLeftEarly, Tags: tags}
	state := telephony.LineState{Line: "duty", State: telephony.Idle, Since: r.now}
	if err := r.db.Record(r.t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: "duty", Call: &c, State: state}}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *lampRoom) lamp(l alerts.Lamp) alerts.LampState {
	for _, s := range r.keep.Of("duty").Lamps {
		if s.Lamp() == l {
			return s
		}
	}
	return alerts.LampState{}
}

func (r *lampRoom) alertsOf(reason alerts.Reason) (states []alerts.State) {
	r.t.Helper()
	all, _, err := r.db.Alerts(context.Background(), alerts.Query{Limit: 500})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, a := range all {
		if a.Reason == reason {
			states = append(states, a.State())
		}
	}
	return states
}

func (r *lampRoom) want(when string, reason alerts.Reason, states ...alerts.State) {
	r.t.Helper()
	if got := r.alertsOf(reason); !slices.Equal(got, states) {
		r.t.Errorf("%s: alerts %s are %v, want %v", when, reason, got, states)
	}
}

// A line has had a call every two hours by day for three weeks. When nothing comes for days, one weak
// alert says so; a test call that arrives ends it; and all of it again later is a second one.
func TestSilenceOfALineIsToldOnceAndEndsWithAProof(t *testing.T) {
	r := newLampRoom(t)
	for day := range 21 {
		for hour := 8; hour < 20; hour += 2 {
			r.now = lampStart.Add(time.Duration(day)*24*time.Hour + time.Duration(hour)*time.Hour)
			r.call()
		}
	}
	r.pass(time.Minute)
	if l := r.lamp(alerts.LampProof); l.Cause != alerts.ProofCall || !l.Since.Equal(r.now.Add(-time.Minute)) {
		t.Errorf("the last call is a minute old, and the lamp says %+v", l)
	}
	silent := func() time.Duration {
		began := r.now
		for len(r.alertsOf(alerts.ReasonSilentLine)) == 0 && r.now.Sub(began) < 7*24*time.Hour {
			r.pass(15 * time.Minute)
		}
		return r.now.Sub(began)
	}
	if after := silent(); after < 24*time.Hour || after > 48*time.Hour {
		t.Errorf("the silence is told after %v, want one to two days", after)
	}
	for range 10 {
		r.pass(time.Hour)
	}
	r.want("hours later", alerts.ReasonSilentLine, alerts.Open)
	if l := r.lamp(alerts.LampProof); l.Condition() != alerts.Bad || l.Severity() != alerts.Warning {
		t.Errorf("the lamp says %+v", l)
	}
	r.call(telephony.TagTest)
	r.pass(time.Minute)
	if l := r.lamp(alerts.LampProof); l.Cause != alerts.ProofTest {
		t.Errorf("a test call came, and the lamp says %+v", l)
	}
	r.want("after a test call", alerts.ReasonSilentLine, alerts.Resolved)
}

// A restart repeats nothing and forgets nothing: what stands keeps its alert and its beginning, what
// went away meanwhile is over.
func TestLampKeeperAfterARestart(t *testing.T) {
	r := newLampRoom(t)
	r.call()
	r.disk = recorder.RoomSoon
	r.pass(time.Second)
	r.want("at first", alerts.ReasonDisk, alerts.Open)
	since := r.lamp(alerts.LampDisk).Since
	r.pass(time.Hour)
	r.open()
	r.pass(time.Hour)
	r.want("after a restart", alerts.ReasonDisk, alerts.Open)
	if l := r.lamp(alerts.LampDisk); !l.Since.Equal(since.Truncate(time.Microsecond)) {
		t.Errorf("it stands since %v, and the lamp says %v", since, l.Since)
	}
	r.open()
	r.disk = recorder.RoomEdge // another problem
	r.pass(time.Hour)
	r.want("at the edge", alerts.ReasonDisk, alerts.Open, alerts.Resolved)
	r.open()
	r.disk = recorder.RoomPlenty
	r.pass(time.Hour)
	r.want("with room again", alerts.ReasonDisk, alerts.Resolved, alerts.Resolved)
}

// While the log cannot be read, what depends on it is not known, and no alert is over; what was judged
// half a minute ago is not shown at all, and then nobody is told that we watch.
func TestLampKeeperWithoutALog(t *testing.T) {
	r := newLampRoom(t)
	r.call()
	r.pass(time.Second)
	if l := r.lamp(alerts.LampProof); l.Condition() != alerts.Good || !r.keep.Judges() {
		t.Fatalf("the lamp says %+v", l)
	}
	r.db.Close()
	r.pass(time.Minute)
	for _, l := range []alerts.Lamp{alerts.LampPhone, alerts.LampHook, alerts.LampEngaged, alerts.LampProof, alerts.LampRecord} {
		if s := r.lamp(l); s.Condition() != alerts.NotKnown {
			t.Errorf("the log is closed, and %s is %+v", l, s)
		}
	}
	if l := r.lamp(alerts.LampClock); l.Condition() != alerts.Good {
		t.Errorf("the clock has nothing to do with the log, and its lamp says %+v", l)
	}
	r.up += lampStale
	if lamps := r.keep.Of("duty").Lamps; len(lamps) > 0 || r.keep.Judges() {
		t.Errorf("nobody has judged for %v, and yet there are %d lamps", lampStale, len(lamps))
	}
}
