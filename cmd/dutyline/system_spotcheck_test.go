package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/probe"
)

// wireSpotCall is the call of a spot check as the API has it.
type wireSpotCall struct {
	ID       int64   `json:"id"`
	EndedAt  *string `json:"ended_at"`
	State    string  `json:"state"`
	CallID   string  `json:"call_id"`
	Rings    int     `json:"rings"`
	RingMS   *int64  `json:"ring_ms"`
	Answered bool    `json:"answered"`
	Outcome  string  `json:"outcome"`
	HungUp   string  `json:"hung_up"`
	Reason   string  `json:"reason"`
}

// checkedRoom is a room whose own Asterisk is the exchange of the second line, and a supervisor.
func checkedRoom(t *testing.T) (*room, *desk) {
	t.Helper()
	r := newRoom(t, cadence(time.Second, time.Second), func(s *asterisk.Settings, cfg *config.Config) {
		cfg.Tests.SecondLine = probe.Config{Server: s.SIPAddress, Number: secondNumber}
	})
	works(t, officerPassword+"\n", "user", "add", "liu", "--role", "supervisor", "--name", "刘督查", "--db", r.cfg.Log.File)
	supervisor := newDesk(t, func() string { return r.app.URL() })
	supervisor.signIn("liu", officerPassword)
	return r, supervisor
}

func (d *desk) startCheck() int64 {
	d.t.Helper()
	var begun struct{ ID int64 }
	d.want(202, "POST", "/api/v1/spot-check-calls", nil, &begun)
	return begun.ID
}

func (d *desk) spotCall(id int64) wireSpotCall {
	d.t.Helper()
	var list wireList[wireSpotCall]
	d.want(200, "GET", "/api/v1/spot-check-calls", nil, &list)
	i := slices.IndexFunc(list.Items, func(w wireSpotCall) bool { return w.ID == id })
	if i < 0 {
		d.t.Fatalf("spot check %d is not in the list %+v", id, list.Items)
	}
	return list.Items[i]
}

func (d *desk) awaitSpotCall(id int64, state string, within time.Duration) (w wireSpotCall) {
	d.t.Helper()
	d.await(within, fmt.Sprintf("spot check %d is %s", id, state), func() bool { w = d.spotCall(id); return w.State == state })
	return w
}

// A supervisor starts a spot check: it rings far beyond three rings, the duty desk sees an ordinary call, who
// answers hears the announcement, and it counts as what it was: answered late. Then it is registered.
func TestSystemASpotCheckRingsUntilAPersonAnswers(t *testing.T) {
	t.Parallel()
	r, supervisor := checkedRoom(t)
	phone := r.phone(7*time.Second, 0, phoneTone)
	r.awaitLine("idle")
	id := supervisor.startCheck()
	var p wireProblem
	supervisor.want(409, "POST", "/api/v1/spot-check-calls", nil, &p)
	if p.Type != "/problems/test-check_runs" && p.Type != "/problems/test-line_in_use" {
		t.Errorf("a second one beside it: %+v", p)
	}
	supervisor.await(8*time.Second, "the supervisor sees it ring for the second time", func() bool { w := supervisor.spotCall(id); return w.State == "ringing" && w.Rings >= 2 })
	if l := r.desk.line(); l.State != "ringing" {
		t.Errorf("the duty desk sees the line %+v", l)
	}
	c := r.desk.allCalls()[0]
	if len(c.Tags) != 0 || c.Caller != secondNumber || c.CallerName != "" || c.EntryID == "" {
		t.Errorf("the duty desk sees another call than an ordinary one: %+v", c)
	}
	r.desk.want(403, "GET", "/api/v1/spot-check-calls", nil, nil)
	var tests wireList[wireTest]
	if r.desk.want(200, "GET", "/api/v1/probe", nil, &tests); len(tests.Items) != 0 {
		t.Errorf("the duty desk sees it among the tests: %+v", tests.Items)
	}
	answered := supervisor.awaitSpotCall(id, "answered", 15*time.Second)
	if rang := phone.rang(t); answered.RingMS == nil || (time.Duration(*answered.RingMS)*time.Millisecond-rang).Abs() > r.late.tolerance() || answered.Rings != 4 {
		t.Errorf("the supervisor sees %+v, the phone rang for %v", answered, rang)
	}
	supervisor.await(5*time.Second, "who answered hears the announcement for a while", func() bool {
		c := r.desk.call(answered.CallID)
		return c.AnsweredAt != nil && time.Since(*c.AnsweredAt) > 2*time.Second
	})
	supervisor.want(204, "DELETE", fmt.Sprintf("/api/v1/spot-check-calls/%d", id), nil, nil)
	var over wireSpotCall
	supervisor.await(5*time.Second, "it is over, and the log tells what came of it", func() bool { over = supervisor.spotCall(id); return over.State == "over" && over.Outcome != "" })
	if over.HungUp != "asked" || over.Outcome != "answered_late" || over.CallID != answered.CallID {
		t.Errorf("it ended as %+v", over)
	}
	c = r.desk.settled(1)[0]
	if got := c.brief(); got != "in answered_late by=caller rings=4 #spot_check recording=sealed" || c.EntryID == "" {
		t.Errorf("the log has %s, entry %q", got, c.EntryID)
	}
	if caller, _ := loudness(t, r, c.ID); caller < -40 {
		t.Errorf("the announcement is at %.0f dB in the recording", caller)
	}
	check := map[string]any{"direction": "in", "day": c.OfferedAt, "unit": "沈河区应急局", "inspector": "刘督查", "questions": "在岗人员", "result": "partly", "findings": "超时接听", "call_id": c.ID}
	supervisor.want(200, "POST", "/api/v1/spot-checks", check, nil)
	supervisor.want(409, "POST", "/api/v1/spot-checks", check, nil)
}

// loudness is how loud the two sides of a call's recording are, in dB.
func loudness(t *testing.T, r *room, id string) (caller, officer float64) {
	t.Helper()
	calls, err := r.app.log.Recording(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return calls.CallerDB, calls.OfficerDB
}

// A caller comes first: the spot check makes room, whatever becomes of it.
func TestSystemASpotCheckMakesRoomForACaller(t *testing.T) {
	t.Parallel()
	r, supervisor := checkedRoom(t)
	r.phone(4*time.Second, 0, phoneTone)
	r.awaitLine("idle")
	id := supervisor.startCheck()
	supervisor.awaitSpotCall(id, "ringing", 8*time.Second)
	real := r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone})
	if w := supervisor.awaitSpotCall(id, "over", 10*time.Second); w.HungUp != "real_call" || w.Answered {
		t.Errorf("it ended as %+v", w)
	}
	var p wireProblem
	supervisor.want(409, "POST", "/api/v1/spot-check-calls", nil, &p)
	if p.Type != "/problems/test-line_in_use" || !strings.HasPrefix(p.Detail, "No spot check was begun: ") {
		t.Errorf("another one while the line is in use: %+v", p)
	}
	real.Must(t)
	calls := r.desk.settled(2)
	if !slices.Equal(calls[0].Tags, []string{"spot_check"}) || calls[0].EntryID == "" || len(calls[1].Tags) != 0 || calls[1].Outcome != "answered_in_time" {
		t.Errorf("the calls are %+v", calls)
	}
}

// The daemon is killed while a spot check rings: nobody can take its call back, so the phone rings on and
// the officer answers. The call is there once, it counts, and it is the spot check that it was begun as.
func TestSystemASpotCheckSurvivesAKill(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	sw := asterisktest.Start(t, s)
	s = sw.Settings
	r := &room{t: t, sw: sw}
	r.phoneUnasked(6*time.Second, 500*time.Millisecond, phoneTone)
	dir := t.TempDir()
	file, db, address := filepath.Join(dir, "dutyline.yaml"), filepath.Join(dir, "log.db"), asterisktest.FreeTCP(t)
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := write("ari.password", s.ARIPassword)
	write("dutyline.yaml", fmt.Sprintf(`lines: [{name: duty, number: %q, endpoints: [PJSIP/duty], trunks: [PJSIP/trunk]}]
ari: {url: %q, user: %s, password_file: %q}
log: {file: %q}
archive: {folder: %q}
tape: {folder: %q}
web: {listen: %q, tls_folder: %q}
disk: {reserve_mb: 16}
journal: {file: %q}
tests: {second_line: {server: %q, number: "02422739116"}}
`, s.Number, s.ARI(), s.ARIUser, secret, db, filepath.Join(dir, "recordings"), filepath.Join(dir, "tape"), address, filepath.Join(dir, "tls"), s.Journal(), s.SIPAddress)) // the phone hangs up on numbers that end in 6, as an officer who hears nothing
	daemon := start(t, "serve", "--config", file)
	daemon.says(time.Minute, "the switch is seen")
	works(t, officerPassword+"\n", "user", "add", "liu", "--role", "supervisor", "--name", "刘督查", "--db", db)
	d := newDesk(t, func() string { return "http://" + address })
	d.signIn("liu", officerPassword)
	d.await(10*time.Second, "the line is free", func() bool { return d.line().State == "idle" })
	id := d.startCheck()
	d.awaitSpotCall(id, "ringing", 8*time.Second)
	if err := daemon.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-daemon.exited
	again := start(t, "serve", "--config", file)
	again.says(time.Minute, "the switch is seen")
	if w := d.spotCall(id); w.State == "over" {
		t.Errorf("it is over while its call rings: %+v", w)
	}
	var over wireSpotCall
	d.await(60*time.Second, "it is over, and the log tells what came of it", func() bool { over = d.spotCall(id); return over.State == "over" && over.Outcome != "" })
	if over.HungUp != "stopped" || !over.Answered || over.CallID == "" || over.Outcome != "answered_in_time" {
		t.Errorf("it ended as %+v", over)
	}
	d.await(20*time.Second, "both eyes have seen its call", func() bool { return d.call(over.CallID).SettledBy == "journal" })
	c := d.settled(1)[0]
	if !slices.Equal(c.Tags, []string{"spot_check"}) || c.ID != over.CallID || c.EntryID == "" || c.RingMS == nil || *c.RingMS < 5500 {
		t.Errorf("its call is %+v", c)
	}
}
