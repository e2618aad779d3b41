package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// A whole duty room, with a real switch, loses one thing after the other on which the line depends.
// Each time its lamp says so, an alert of its own reason is raised, and it is over when the thing is
// good again.
func TestSystemLampsOfARoom(t *testing.T) {
	t.Parallel()
	var beats, refuse atomic.Int64
	watching := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		beats.Add(1)
		if refuse.Load() > 0 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer watching.Close()
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
		asterisktest.Rewrite(t, s, "contact = {{.TrunkContact}}", "contact = {{.TrunkContact}}\nqualify_frequency = 1\nqualify_timeout = 1.0")
		c.Health.PageAfter, c.Health.TrunkAfter, c.Health.OfficerAfter = time.Second, time.Second, time.Second
		c.Heartbeat.URL, c.Heartbeat.Every = watching.URL+"/ping/secret", time.Second
	})
	far := plugIn(t, r.far)
	r.phone(600*time.Millisecond, time.Second, phoneTone)
	r.awaitLine("idle")
	here := func(who *desk, page string, sounds bool) {
		who.want(204, "PUT", "/api/v1/session/page", map[string]any{"page": page, "sounds": sounds}, nil)
	}

	r.desk.awaitLamp(10*time.Second, "page", "page_none")
	r.awaitAlerts(10*time.Second, "page_away", 1, "open")
	here(r.desk, "0f3c9a77aa", false)
	r.desk.awaitLamp(10*time.Second, "page", "page_silent")
	here(r.desk, "0f3c9a77aa", true)
	r.desk.awaitLamp(10*time.Second, "page", "page_ok")
	r.desk.awaitLamp(10*time.Second, "officer", "officer_ok")
	r.desk.await(10*time.Second, "no alert of the page stands", func() bool {
		for _, a := range r.desk.alertsOf("page_away") {
			if a.State != "resolved" {
				return false
			}
		}
		return true
	})

	works(t, officerPassword+"\n", "user", "add", "li", "--role", "officer", "--name", "李值班", "--db", r.cfg.Log.File)
	other := newDesk(t, func() string { return r.app.URL() })
	other.signIn("li", officerPassword)
	r.desk.want(204, "DELETE", "/api/v1/session", nil, nil)
	here(other, "11223344", true)
	r.desk = other
	if l := r.desk.awaitLamp(10*time.Second, "officer", "officer_other"); l.Detail != "李值班 ≠ 王值班" {
		t.Errorf("the lamp says %q", l.Detail)
	}
	r.awaitAlerts(10*time.Second, "officer_not_rostered", 1, "open")

	r.desk.awaitLamp(15*time.Second, "trunk", "trunk_ok")
	far.silent.Store(true)
	r.desk.awaitLamp(15*time.Second, "trunk", "trunk_offline")
	r.awaitAlerts(10*time.Second, "trunk_unreachable", 1, "open")
	far.silent.Store(false)
	r.awaitAlerts(15*time.Second, "trunk_unreachable", 1, "resolved")

	r.calls("caller-waits", caller{number: "02422730004", hertz: callerTone}).Must(t) // the phone says busy
	if l := r.desk.awaitLamp(10*time.Second, "hook", "hook_refuses"); l.Severity != "critical" {
		t.Errorf("the lamp says %+v", l)
	}
	r.awaitAlerts(10*time.Second, "off_hook", 1, "open")
	r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
	r.awaitAlerts(10*time.Second, "off_hook", 1, "resolved")
	r.desk.awaitLamp(10*time.Second, "record", "record_ok")

	const judged = 2500 * time.Millisecond                                 // from two seconds on a talk tells that a voice is missing
	r.calls("caller", caller{number: "02422730001", talk: judged}).Must(t) // whoever calls is not heard
	if l := r.desk.awaitLamp(10*time.Second, "record", "record_caller_silent"); l.Severity != "critical" {
		t.Errorf("the lamp says %+v", l)
	}
	r.awaitAlerts(10*time.Second, "recorder_silent", 1, "open")
	r.calls("caller", caller{number: "02422730001", talk: judged, hertz: callerTone}).Must(t)
	r.awaitAlerts(10*time.Second, "recorder_silent", 1, "resolved")
	r.desk.awaitLamp(10*time.Second, "record", "record_ok")

	r.desk.awaitLamp(10*time.Second, "beat", "beat_ok")
	refuse.Store(1)
	if l := r.desk.awaitLamp(10*time.Second, "beat", "beat_failed"); strings.Contains(l.Detail, "secret") || !strings.Contains(l.Detail, "502") {
		t.Errorf("the lamp says %q", l.Detail)
	}
	refuse.Store(0)
	r.desk.awaitLamp(10*time.Second, "beat", "beat_ok")
	if err := r.sw.Kill(); err != nil {
		t.Fatal(err)
	}
	for lamp, cause := range map[string]string{"beat": "beat_held", "phone": "phone_unseen", "hook": "hook_unseen", "trunk": "trunk_unseen"} {
		r.desk.awaitLamp(15*time.Second, lamp, cause)
	}
	held := beats.Load()
	r.desk.await(10*time.Second, "the metric says how the lamps are", func() bool {
		_, text := r.desk.ask("GET", "/metrics", nil)
		return strings.Contains(string(text), `dutyline_lamp{lamp="phone",line="duty"} -1`) && strings.Contains(string(text), "dutyline_heartbeat_timestamp_seconds")
	})
	if n := beats.Load(); n > held {
		t.Errorf("%d heartbeats were sent although the switch is away", n-held)
	}
}
