package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/web"
)

type offers struct {
	Incidents []incident
	Calls     []struct {
		CallID   string `json:"call_id"`
		Who      string
		Receiver string
		Number   string
		At       string
		Recorded bool
		Incident int64
		Report   int
		Stage    string

		Recipient      string
		Title          string
		IncidentNumber string `json:"incident_number"`
	}
}

// calls is an outgoing call so many minutes ago; one that was answered is recorded.
func (h *house) calls(id, number string, ago time.Duration, answered bool) telephony.Call {
	h.t.Helper()
	c := h.call(id, h.clock.Now().Add(-ago))
	c.Direction, c.Caller, c.Called, c.RangAt = telephony.Outbound, telephony.ParseNumber("02422739110", "024"), telephony.ParseNumber(number, "024"), time.Time{}
	h.record(telephony.CallOffered, c, c.OfferedAt)
	c.Outcome = telephony.PlacedUnanswered
	if answered {
		c.AnsweredAt, c.Outcome = c.OfferedAt.Add(2*time.Second), telephony.PlacedAnswered
		h.record(telephony.CallAnswered, c, c.AnsweredAt)
	}
	c.EndedAt = c.OfferedAt.Add(30 * time.Second)
	h.record(telephony.CallEnded, c, c.EndedAt)
	return c
}

const cityBureau = "02422730110"

// withSuperior is a fire, and a directory that knows the superior bureau.
func withSuperior(t *testing.T) (h *house, officer *client, i incident) {
	t.Helper()
	h, officer, i = aFire(t)
	if got := h.as("supervisor").post("/directory", `{"unit":"市应急管理局值班室","person":"","title":"","numbers":[{"kind":"office","number":"`+cityBureau+`"}],"superior":true,"confirm":true,"remark":""}`); got.status != 200 {
		t.Fatal(got)
	}
	return h, officer, i
}

// The outgoing call to a superior is offered as the report by telephone: the officer ticks it off, and
// time and recording are those of the call.
func TestACallToASuperiorIsOfferedAsTheReport(t *testing.T) {
	h, officer, i := withSuperior(t)
	c := h.calls("20.0", cityBureau, 7*time.Minute, true)
	h.saveRecording("20.0", "sealed")
	h.calls("21.0", cityBureau, 6*time.Minute, false)
	h.calls("22.0", "13800138000", 5*time.Minute, true) // somebody else
	h.calls("23.0", cityBureau, 30*time.Minute, true)   // before anything was known
	var o offers
	decode(t, officer.get("/incidents/offers"), &o)
	if len(o.Incidents) != 1 || o.Incidents[0].ID != i.ID || o.Incidents[0].Facts != nil {
		t.Errorf("%+v", o.Incidents)
	}
	if len(o.Calls) != 1 || o.Calls[0].CallID != "20.0" || o.Calls[0].Who != "市应急管理局值班室" || !o.Calls[0].Recorded || o.Calls[0].Stage != "first" || o.Calls[0].Report != 1 {
		t.Fatalf("%+v", o.Calls)
	}
	at := fmt.Sprintf("/%d", i.ID)
	i = officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏","call_id":"20.0"}`)
	r := i.report("first", 1)
	if r.SentAt == nil || *r.SentAt != c.AnsweredAt.UTC().Format("2006-01-02T15:04:05.000Z") || r.SentLate || r.Deliveries[0].CallID != "20.0" {
		t.Errorf("%+v", r)
	}
	if decode(t, officer.get("/incidents/offers"), &o); len(o.Calls) != 0 {
		t.Errorf("offered again: %+v", o.Calls)
	}
	// The call's own entry asks for no words any more: it is a step of the incident's first entry.
	var own, first web.EntryDoc
	officer.get("/entries/e-20.0").into(t, &own)
	officer.get("/entries/e-1.0").into(t, &first)
	if own.Kind != "step" || own.StepOf != "e-1.0" || len(first.Steps) != 1 || first.Steps[0].Kind != "reported" || first.Steps[0].Whom != "上级应急管理部门 周敏" || first.Handling != "reported" {
		t.Errorf("%+v\n%+v", own, first.Steps)
	}
	// It was about something else after all.
	i = officer.did(t, "POST", at+fmt.Sprintf("/facts/%d/strike", r.Deliveries[0].Fact), `{"reason":"说的是另一件事"}`)
	officer.get("/entries/e-20.0").into(t, &own)
	officer.get("/entries/e-1.0").into(t, &first)
	if i.report("first", 1).State != "late" || own.Kind != "outgoing" || own.State != "open" || first.Steps[0].Struck == nil {
		t.Errorf("%s %+v", i.report("first", 1).State, own)
	}
}

func TestOffersWithoutAnIncident(t *testing.T) {
	h := newHouse(t)
	h.calls("20.0", cityBureau, time.Minute, true)
	got := h.as("officer").get("/incidents/offers")
	if strings.TrimSpace(got.body) != `{"incidents":[],"calls":[]}` {
		t.Error(got)
	}
	if got := h.as("reader").get("/incidents/offers"); got.status != 403 {
		t.Error(got)
	}
}

// What was said by telephone of a leader, of a head who was told and from the scene is a step each, if an
// outgoing call was it; an incoming one keeps its own entry.
func TestCallsAboutAnIncidentAreSteps(t *testing.T) {
	h, officer, i := withSuperior(t)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+everything+`}`)
	for n, id := range []string{"31.0", "32.0", "33.0"} {
		h.calls(id, fmt.Sprintf("1380013800%d", n), 10*time.Second, true) // they go on after the report was written
	}
	h.listed("区应急局", "王leader", "138-0013-8001", false)
	h.finished("34.0", h.clock.Now().Add(-time.Minute))
	officer.did(t, "POST", at+"/callouts", `{"whom":"孙局长","part":"head","number":"13800138000","result":"reached","call_id":"31.0"}`)
	officer.did(t, "POST", at+"/reports/1/approvals", `{"part":"sign","by_phone":{"login":"leader","call_id":"32.0"}}`)
	officer.did(t, "POST", at+"/scene", `{"kind":"feedback","whom":"李科长","text":"火势已控制","call_id":"33.0"}`)
	officer.did(t, "POST", at+"/scene", `{"kind":"on_scene","whom":"李科长","call_id":"34.0"}`)
	var first, own web.EntryDoc
	officer.get("/entries/e-1.0").into(t, &first)
	said := []string{}
	for _, s := range first.Steps {
		said = append(said, s.Kind+" "+s.Whom+" "+s.Text)
	}
	want := "passed_on 孙局长 已通知到本人; instructed 王leader 初报（初步情况）：电话签发; fed_back 李科长 现场反馈：火势已控制"
	for _, w := range strings.Split(want, "; ") {
		if !strings.Contains(strings.Join(said, "; "), w) {
			t.Errorf("%v, want %s", said, w)
		}
	}
	officer.get("/entries/e-34.0").into(t, &own)
	if len(first.Steps) != 3 || own.Kind != "duty" || own.StepOf != "" {
		t.Errorf("%v %+v", said, own)
	}
}

// The receiver is filled in by whom the directory has under the number that was called: person and title, else the
// duty room; the officer says who it was.
func TestWhoTookAReportByTelephoneIsFilledIn(t *testing.T) {
	for who, want := range map[string]string{`"person":"周敏","title":"值班主任"`: "周敏 值班主任", `"person":"周敏","title":""`: "周敏", `"person":"","title":"值班室"`: "市应急管理局值班室"} {
		h, officer, i := aFire(t)
		if got := h.as("supervisor").post("/directory", `{"unit":"市应急管理局值班室",`+who+`,"numbers":[{"kind":"office","number":"`+cityBureau+`"}],"superior":true,"confirm":true,"remark":""}`); got.status != 200 {
			t.Fatal(got)
		}
		c := h.calls("20.0", cityBureau, time.Minute, true)
		var o offers
		decode(t, officer.get("/incidents/offers"), &o)
		if len(o.Calls) != 1 || o.Calls[0].Receiver != want || o.Calls[0].Who != "市应急管理局值班室" || o.Calls[0].CallID != c.ID || o.Calls[0].At != c.AnsweredAt.UTC().Format("2006-01-02T15:04:05.000Z") {
			t.Fatalf("%s: %+v", who, o.Calls)
		}
		i = officer.did(t, "POST", fmt.Sprintf("/%d/reports/1/deliveries", i.ID), `{"recipient":"superior_bureau","channel":"phone","receiver":"李科长","call_id":"20.0"}`)
		if d := i.report("first", 1).Deliveries; d[0].Receiver != "李科长" {
			t.Errorf("the officer changed it: %+v", d)
		}
	}
}

// Each call is offered as the report to whose number was called, and whoever lacks what others got is offered still; of
// a number of which nobody knows whose it is, the officer has to say.
func TestWhoseNumberWasCalledIsWhoGotTheReport(t *testing.T) {
	h, officer, i := withSuperior(t)
	for unit, number := range map[string]string{"区政府总值班室": "02422730333", "区委总值班室": "02422730444", "总值班室": "02422730555"} {
		if got := h.as("supervisor").post("/directory", `{"unit":"`+unit+`","person":"","title":"","numbers":[{"kind":"office","number":"`+number+`"}],"superior":true,"confirm":true,"remark":""}`); got.status != 200 {
			t.Fatal(got)
		}
	}
	h.calls("20.0", cityBureau, 9*time.Minute, true)
	h.calls("21.0", "02422730333", 8*time.Minute, true)
	h.calls("22.0", "02422730444", 7*time.Minute, true)
	h.calls("23.0", "02422730555", 6*time.Minute, true)
	offered := func() string {
		var o offers
		var all []string
		decode(t, officer.get("/incidents/offers"), &o)
		for _, c := range o.Calls {
			if c.Incident != i.ID || c.IncidentNumber != i.Number || c.Title != i.Title {
				t.Errorf("of which incident: %+v", c)
			}
			all = append(all, c.CallID+" "+c.Recipient+" "+c.Stage)
		}
		return strings.Join(all, "; ")
	}
	if got, want := offered(), "23.0  first; 22.0 party_committee first; 21.0 government first; 20.0 superior_bureau first"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	at := fmt.Sprintf("/%d/reports/1/deliveries", i.ID)
	officer.did(t, "POST", at, `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏","call_id":"20.0"}`)
	if got, want := offered(), "23.0  first; 22.0 party_committee first; 21.0 government first"; got != want {
		t.Errorf("after the superior got it: %s, want %s", got, want)
	}
	if got := officer.post("/incidents"+at, `{"key":"deed-000099","recipient":"","channel":"phone","receiver":"周敏","call_id":"23.0"}`); got.status != 422 || !strings.Contains(got.body, "recipient") {
		t.Errorf("nobody said to whom: %v", got)
	}
}
