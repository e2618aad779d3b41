package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/web"
)

// placed is an outgoing call that was answered and is over.
func (h *house) placed(id, number string) telephony.Call {
	h.t.Helper()
	c := h.call(id, h.clock.Now())
	c.Direction, c.Caller, c.Called = telephony.Outbound, telephony.ParseNumber("02422739110", "024"), telephony.ParseNumber(number, "024")
	h.record(telephony.CallOffered, c, c.OfferedAt)
	c.AnsweredAt = c.OfferedAt.Add(2 * time.Second)
	h.record(telephony.CallAnswered, c, c.AnsweredAt)
	c.EndedAt, c.Outcome = c.OfferedAt.Add(30*time.Second), telephony.PlacedAnswered
	h.record(telephony.CallEnded, c, c.EndedAt)
	return c
}

func TestHandlingStepsFromReportToEnd(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer, chief := h.as("officer"), h.as("chief")
	var e web.EntryDoc
	officer.post("/entries/e-1.0/steps", `{"kind":"reported","channel":"phone","whom":"市应急局值班室","text":"电话报告"}`).into(t, &e)
	chief.post("/entries/e-1.0/steps", `{"kind":"instructed","whom":"赵振华","text":"立即核实"}`).into(t, &e)
	if len(e.Steps) != 2 || e.Steps[0].By.Login != "officer" || e.Steps[1].By.Role != "chief" || e.Handling != "instructed" || time.Time(e.Steps[1].At).IsZero() {
		t.Fatalf("%+v", e.Steps)
	}
	for handling, want := range map[string]int{"pending": 1, "instructed": 1, "reported": 0, "closed": 0} {
		var list struct {
			Items      []web.EntryDoc
			NextCursor string `json:"next_cursor"`
		}
		officer.get("/entries?handling="+handling).into(t, &list)
		if len(list.Items) != want {
			t.Errorf("handling %s lists %d", handling, len(list.Items))
		}
	}
	for body, location := range map[string]string{
		`{"kind":"forwarded"}`: "body.kind", `{"kind":"reported"}`: "body.whom", `{"kind":"closed","at":"gestern"}`: "body.at",
		fmt.Sprintf(`{"kind":"closed","at":%q}`, h.clock.Now().Add(time.Hour).Format(time.RFC3339)): "body.at",
		`{"kind":"fed_back","text":"x","call_id":"9.9"}`:                                            "body.call_id", `{"kind":"fed_back","text":"x","call_id":"1.0"}`: "body.call_id",
	} {
		p := officer.post("/entries/e-1.0/steps", body).problem(t)
		if p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != location {
			t.Errorf("%s: %+v, want %s", body, p, location)
		}
	}
	if p := officer.do("DELETE", "/api/v1/entries/e-1.0/steps/2", "").problem(t); p.Status != 422 {
		t.Errorf("struck out without a reason: %+v", p)
	}
	officer.do("DELETE", "/api/v1/entries/e-1.0/steps/2?reason=%E8%AF%AF%E5%BD%95", "").into(t, &e)
	if e.Handling != "reported" || e.Steps[1].Struck == nil || e.Steps[1].Struck.Reason != "误录" || e.Steps[1].Text != "立即核实" {
		t.Errorf("%+v", e.Steps)
	}
	if p := officer.do("DELETE", "/api/v1/entries/e-1.0/steps/7?reason=x", "").problem(t); p.Status != 422 {
		t.Errorf("no such step: %+v", p)
	}
}

func TestALeaderCommentsWhileAnOfficerEdits(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer, leader := h.as("officer"), h.as("leader")
	e := officer.entry(t, "e-1.0")
	leader.post("/entries/e-1.0/steps", `{"kind":"instructed","whom":"赵振华","text":"立即核实"}`)
	stale := officer.change(e, `"content":"路面塌陷"`)
	p := stale.problem(t)
	if stale.status != 409 || p.Entry["handling"] != "instructed" {
		t.Fatalf("%v", stale)
	}
	officer.change(officer.entry(t, "e-1.0"), `"content":"路面塌陷"`).into(t, &e)
	if len(e.Steps) != 1 || e.Content != "路面塌陷" {
		t.Errorf("%+v", e)
	}
}

func TestACompleteEntryIsCorrectedWithAReason(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer := h.as("officer")
	var e web.EntryDoc
	officer.change(officer.entry(t, "e-1.0"), `"kind":"nuisance","state":"complete"`).into(t, &e)
	for _, members := range []string{`"content":"更正"`, `"state":"open"`, `"state":"open","reason":""`} {
		got := officer.change(e, members)
		p := got.problem(t)
		if got.status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "body.reason" || !strings.Contains(p.Detail, "corrected") {
			t.Errorf("%s: %v", members, got)
		}
	}
	officer.change(e, `"content":"更正","reason":"核对录音"`).into(t, &e)
	if e.Correction != "核对录音" || e.State != "complete" {
		t.Errorf("%+v", e)
	}
	var list struct {
		Items      []web.RevisionDoc
		NextCursor string `json:"next_cursor"`
	}
	officer.get("/entries/e-1.0/revisions").into(t, &list)
	if last := list.Items[len(list.Items)-1]; last.Entry.Correction != "核对录音" || last.By.Login != "officer" || last.Entry.Content != "更正" {
		t.Errorf("%+v", last)
	}
}

func TestEntriesWithoutACall(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer := h.as("officer")
	const body = `{"key":"0f3c9a77-1","kind":"fax","caller_unit":"市防汛办","content":"关于做好防汛工作的通知"}`
	var e, again web.EntryDoc
	officer.post("/entries", body).into(t, &e)
	officer.post("/entries", body).into(t, &again)
	if e.ID != again.ID || again.Revision != 1 || e.Line != "duty" || e.Kind != "fax" || e.CallID != "" || !strings.HasSuffix(e.EntryNumber, "-000002") || e.WrittenBy != "officer" {
		t.Fatalf("%+v, then %+v", e, again)
	}
	officer.change(e, `"contact_number":"024-22730001","state":"complete"`).into(t, &e)
	if e.State != "complete" {
		t.Errorf("%+v", e)
	}
	for body, location := range map[string]string{
		`{"key":"0f3c9a77-2","kind":"duty"}`: "body.kind", `{"key":"a","kind":"fax"}`: "body.key", `{"key":"0f3c9a77-2","kind":"fax","line":"moon"}`: "body.line",
		`{"key":"0f3c9a77-2","kind":"fax","state":"complete"}`: "body.state", `{"key":"0f3c9a77-2","kind":"warning","warning_level":"紫色"}`: "body.warning_level",
	} {
		if p := officer.post("/entries", body).problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != location {
			t.Errorf("%s: %+v, want %s", body, p, location)
		}
	}
	var next web.EntryDoc
	officer.post("/entries", `{"key":"0f3c9a77-3","kind":"patrol","line":"fire"}`).into(t, &next)
	if !strings.HasSuffix(next.EntryNumber, "-000003") || next.Line != "fire" {
		t.Errorf("what was refused took a number: %+v", next)
	}
}

func TestAnOutgoingCallServesAnOpenEntry(t *testing.T) {
	h := newHouse(t)
	h.over(h.ring("1.0"), telephony.Missed)
	h.clock.Add(time.Minute)
	h.placed("2.0", "02422730001")
	officer := h.as("officer")
	var offered struct {
		Items []struct {
			Entry     web.EntryDoc
			Why, Step string
		}
	}
	officer.get("/entries/e-2.0/serves").into(t, &offered)
	if len(offered.Items) != 1 || offered.Items[0].Entry.ID != "e-1.0" || offered.Items[0].Why != "same_number" || offered.Items[0].Step != "fed_back" {
		t.Fatalf("%+v", offered)
	}
	var e web.EntryDoc
	officer.post("/entries/e-1.0/steps", `{"kind":"fed_back","call_id":"2.0"}`).into(t, &e)
	if len(e.Steps) != 1 || e.Steps[0].CallID != "2.0" || e.Steps[0].Whom != "02422730001" || e.Steps[0].Text == "" {
		t.Errorf("%+v", e.Steps)
	}
	if own := officer.entry(t, "e-2.0"); own.Kind != "step" || own.State != "complete" || own.StepOf != "e-1.0" {
		t.Errorf("%+v", own)
	}
	officer.do("DELETE", "/api/v1/entries/e-1.0/steps/1?reason=x", "").into(t, &e)
	own := officer.entry(t, "e-2.0")
	if own.Kind != "outgoing" || own.State != "open" || own.StepOf != "" {
		t.Errorf("%+v", own)
	}
	officer.change(own, `"kind":"non_duty","state":"complete"`).into(t, &own)
	if own.Kind != "non_duty" || own.State != "complete" {
		t.Errorf("%+v", own)
	}
	officer.get("/entries/e-1.0/serves").into(t, &offered)
	if len(offered.Items) != 0 {
		t.Errorf("an incoming call serves %+v", offered)
	}
}

func TestTheReadBackIsMarkedByTheSwitchsClock(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) {
		now := d.Now
		d.SwitchNow = func() time.Time { return now().Add(-3 * time.Second) }
	})
	officer := h.as("officer")
	call := h.ring("1.0")
	if p := officer.post("/entries/e-1.0/read-back", `{}`).problem(t); p.Status != 422 {
		t.Errorf("before the answer: %+v", p)
	}
	h.answer(call)
	var e web.EntryDoc
	officer.post("/entries/e-1.0/read-back", `{"ago_ms":1500}`).into(t, &e)
	if got, want := time.Time(e.ReadBackBegan), h.clock.Now().Add(-4500*time.Millisecond).Truncate(time.Millisecond); !got.Equal(want) {
		t.Errorf("began at %v, want %v", got, want)
	}
}

func TestEntriesAreLinkedBothWays(t *testing.T) {
	h := newHouse(t)
	for _, id := range []string{"1.0", "2.0", "3.0"} {
		h.finished(id, h.clock.Now())
		h.clock.Add(time.Minute)
	}
	officer := h.as("officer")
	type list struct {
		Items []struct {
			Relation string
			Entry    web.EntryDoc
			Direct   bool
			By       struct{ Login, Name, Role string }
			At       string
		}
	}
	var l list
	officer.post("/entries/e-2.0/links", `{"with":"e-1.0","relation":"same_event"}`).into(t, &l)
	officer.post("/entries/e-3.0/links", `{"with":"e-2.0","relation":"same_event"}`).into(t, &l)
	officer.post("/entries/e-3.0/links", `{"with":"e-2.0","relation":"same_event"}`).into(t, &l)
	if len(l.Items) != 2 || l.Items[0].Entry.ID != "e-2.0" || !l.Items[0].Direct || l.Items[1].Entry.ID != "e-1.0" || l.Items[1].Direct || l.Items[0].By.Login != "officer" {
		t.Errorf("%+v", l)
	}
	officer.get("/entries/e-1.0/links").into(t, &l)
	if len(l.Items) != 2 {
		t.Errorf("from the other end: %+v", l)
	}
	if p := officer.do("DELETE", "/api/v1/entries/e-1.0/links?with=e-3.0&relation=same_event&reason=x", "").problem(t); p.Status != 422 || p.Errors[0].Location != "query.with" {
		t.Errorf("an indirect link is undone: %+v", p)
	}
	officer.do("DELETE", "/api/v1/entries/e-1.0/links?with=e-2.0&relation=same_event&reason=x", "").into(t, &l)
	if len(l.Items) != 0 {
		t.Errorf("%+v", l)
	}
	if p := officer.post("/entries/e-1.0/links", `{"with":"e-9.0","relation":"same_event"}`).problem(t); p.Status != 404 {
		t.Errorf("with nothing: %+v", p)
	}
	if p := officer.post("/entries/e-1.0/links", `{"with":"e-1.0","relation":"same_event"}`).problem(t); p.Status != 422 {
		t.Errorf("with itself: %+v", p)
	}
}
