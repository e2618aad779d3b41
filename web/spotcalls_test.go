package web_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/testcall"
	"dutyline/web"
)

type spotCallDoc struct {
	ID       int64
	State    string
	CallID   string `json:"call_id"`
	Rings    int
	RingMS   *int64 `json:"ring_ms"`
	Answered bool
	Outcome  string
	HungUp   string `json:"hung_up"`
	By       string

	At, Line, Reason, Detail string
	EndedAt                  *string `json:"ended_at"`
}

func (c *client) spotCalls(t *testing.T) (p struct {
	Items      []spotCallDoc
	SecondLine bool `json:"second_line"`
	Number     string
}) {
	t.Helper()
	c.get("/spot-check-calls").into(t, &p)
	return p
}

// Only a supervisor begins a spot check and, with the auditor, sees that one runs: the others sit in the room that is checked.
func TestASupervisorStartsASpotCheck(t *testing.T) {
	h := newHouse(t)
	supervisor := h.as("supervisor")
	h.tests.state = web.TestState{SecondLine: true, Number: "02422739119"}
	if got := supervisor.post("/spot-check-calls", `{"line":"duty"}`); got.status != 202 || got.body != "{\"id\":1}\n" || h.tests.begun[0] != "duty/王supervisor" {
		t.Errorf("%v, begun %q", got, h.tests.begun)
	}
	for _, role := range []string{"officer", "chief", "leader", "auditor", "admin", "reader"} {
		if a, b, c := h.as(role).post("/spot-check-calls", ""), h.as(role).get("/spot-check-calls"), h.as(role).do("DELETE", "/api/v1/spot-check-calls/1", ""); a.status != 403 || c.status != 403 || (b.status == 200) != (role == "auditor") {
			t.Errorf("%s: %d %d %d", role, a.status, b.status, c.status)
		}
	}
	for refusal, status := range map[error]int{testcall.LineInUse: 409, testcall.TestRuns: 409, testcall.CheckRuns: 409, testcall.LineUnseen: 409, testcall.NoSuchLine: 404,
		testcall.NoSecondLine: 503, testcall.Stopping: 503, errors.New("the log is on fire"): 500} {
		h.tests.refuse = refusal
		got := supervisor.post("/spot-check-calls", "")
		if got.status != status || status != 500 && !strings.Contains(got.body, "No spot check was begun: "+refusal.Error()) || strings.Contains(got.body, "fire") {
			t.Errorf("%v: %d %s", refusal, got.status, got.body)
		}
	}
}

// While an incident is open, whoever begins one says that they know of it.
func TestASpotCheckDuringAnIncidentIsMeant(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now().Add(-time.Minute))
	if got := h.as("officer").post("/incidents", `{"key":"spot-incident-1","entry_id":"e-1.0","category":"fire"}`); got.status >= 300 {
		t.Fatal(got)
	}
	supervisor := h.as("supervisor")
	if p := supervisor.post("/spot-check-calls", "").problem(t); p.Status != 409 || p.Type != "/problems/spot-incident" || len(h.tests.begun) != 0 {
		t.Errorf("%+v", p)
	}
	if got := supervisor.post("/spot-check-calls", `{"during_incident":true}`); got.status != 202 {
		t.Errorf("%v", got)
	}
}

// How it rings is seen while it does, by the line's own rule; afterwards the log tells.
func TestASpotCheckIsWatched(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.SwitchNow = d.Now })
	supervisor := h.as("supervisor")
	now := h.clock.Now()
	h.tests.checks = []testcall.Result{{ID: 3, At: now, Line: "duty", Cause: testcall.SpotCheck, By: "王supervisor"}}
	look := func() spotCallDoc { t.Helper(); return supervisor.spotCalls(t).Items[0] }
	if s := look(); s.State != "calling" || s.RingMS != nil {
		t.Errorf("it was placed: %+v", s)
	}
	c := telephony.Call{ID: "3", Line: "duty", OfferedAt: now, RangAt: now.Add(-16 * time.Second)}
	h.tests.running = &c
	if s := look(); s.State != "ringing" || s.Rings != 4 || s.RingMS == nil || *s.RingMS < 16000 || s.Answered {
		t.Errorf("it rings: %+v", s)
	}
	c.AnsweredAt, c.RangUntil, c.Rings = now, now, 4
	if s := look(); s.State != "answered" || s.Rings != 4 || *s.RingMS != 16000 || !s.Answered {
		t.Errorf("somebody picked up: %+v", s)
	}
	if got := supervisor.do("DELETE", "/api/v1/spot-check-calls/3", ""); got.status != 204 || len(h.tests.ended) != 1 {
		t.Errorf("%v", got)
	}
	if got := supervisor.do("DELETE", "/api/v1/spot-check-calls/4", ""); got.status != 404 {
		t.Errorf("%v", got)
	}
	late := h.late("9.0", "王officer")
	h.tests.checks[0].EndedAt, h.tests.checks[0].CallID, h.tests.checks[0].Why = now, late.ID, testcall.WhyAsked
	if s := look(); s.State != "over" || s.Outcome != "answered_late" || s.HungUp != "asked" || s.RingMS == nil || s.CallID != late.ID {
		t.Errorf("it is over: %+v", s)
	}
	h.tests.checks[0].CallID, h.tests.checks[0].Reason = "", testcall.Unrecognised
	if s := look(); s.State != "over" || s.Outcome != "" || s.CallID != "" {
		t.Errorf("its call is not known: %+v", s)
	}
	if got := h.as("supervisor").do("DELETE", "/api/v1/spot-check-calls/0", ""); got.status != 422 {
		t.Errorf("%v", got)
	}
}
