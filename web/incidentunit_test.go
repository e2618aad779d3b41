package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Inside of the unit: who was told, who is at the scene, what leaders ordered and what became of it.
func TestTheUnitDealsWithAnIncident(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	ago := func(minutes int) string {
		return h.clock.Now().Add(-time.Duration(minutes) * time.Minute).Format(time.RFC3339)
	}
	officer.did(t, "POST", at+"/callouts", `{"whom":"孙局长","part":"head","number":"13800000001","result":"no_answer","at":"`+ago(8)+`"}`)
	officer.did(t, "POST", at+"/callouts", `{"whom":"孙局长","part":"head","number":"13800000001","result":"reached","at":"`+ago(7)+`"}`)
	officer.did(t, "POST", at+"/callouts", `{"whom":"危化科","part":"section","result":"passed_on"}`)
	officer.did(t, "POST", at+"/scene", `{"kind":"on_scene","whom":"赵振华"}`)
	i = officer.did(t, "POST", at+"/scene", `{"kind":"feedback","whom":"赵振华","text":" 明火已扑灭\u0000 "}`)
	if len(i.Callouts) != 3 || i.Callouts[0].Result != "no_answer" || len(i.Scene) != 2 || i.Scene[1].Text != "明火已扑灭" {
		t.Errorf("%+v %+v", i.Callouts, i.Scene)
	}
	i = officer.did(t, "POST", at+"/instructions", `{"whom":"孙局长","text":"全力救治伤员，查明起因","at":"`+ago(5)+`","due":"`+ago(1)+`"}`)
	x := i.Instructions[0]
	if !x.Overdue || x.ClosedAt != nil || x.Whom != "孙局长" {
		t.Errorf("%+v", x)
	}
	steps := at + fmt.Sprintf("/instructions/%d/steps", x.Number)
	officer.did(t, "POST", steps, `{"kind":"conveyed","whom":"市第一医院"}`)
	i = h.as("chief").did(t, "POST", steps, `{"kind":"fed_back","whom":"市第一医院","text":"2名伤员情况稳定"}`)
	if x = i.Instructions[0]; len(x.Conveyed) != 1 || len(x.Feedback) != 1 || x.Feedback[0].Text != "2名伤员情况稳定" {
		t.Errorf("%+v", x)
	}
	if got := officer.does("PATCH", at, `{"state":"closed"}`); got.status != 422 {
		t.Errorf("closed with everything open: %v", got)
	}
	i = officer.did(t, "POST", steps, `{"kind":"closed","text":"已办结"}`)
	if x = i.Instructions[0]; x.Overdue || x.ClosedAt == nil {
		t.Errorf("%+v", x)
	}
	if got := officer.does("POST", steps, `{"kind":"fed_back","text":"又有反馈"}`); got.status != 409 || !strings.Contains(got.body, "closed already") {
		t.Errorf("%v", got)
	}
	i = officer.did(t, "POST", at+fmt.Sprintf("/facts/%d/strike", len(i.Facts)), `{"reason":"尚未办结"}`)
	if x = i.Instructions[0]; x.ClosedAt != nil || !x.Overdue {
		t.Errorf("%+v", x)
	}
}

// What the next shift goes on with stands on the sheet of the handover, also when it was closed with an
// instruction that is open; as long as nothing is written it is the same sheet.
func TestIncidentsOnTheHandoverSheet(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	sheet := func() (n struct {
		Sheet struct {
			Incidents []struct {
				Number, Title, State, Next string
				DueAt                      *string `json:"due_at"`
				Unapproved                 []string
				Instructions               []struct {
					Whom, Text string
				}
			}
		}
	}) {
		t.Helper()
		decode(t, officer.get("/handover"), &n)
		return n
	}
	officer.did(t, "POST", at+"/reports/1/deliveries", `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏"}`)
	officer.did(t, "POST", at+"/instructions", `{"whom":"孙局长","text":"全力救治伤员"}`)
	first := sheet()
	h.clock.Add(3 * time.Hour)
	if diff := cmp.Diff(first.Sheet, sheet().Sheet); diff != "" {
		t.Errorf("it changes by itself: %s", diff)
	}
	if len(first.Sheet.Incidents) != 1 {
		t.Fatalf("%+v", first)
	}
	x := first.Sheet.Incidents[0]
	if x.Number != i.Number || x.Next != "书面报告（基本情况）" || x.DueAt == nil || len(x.Instructions) != 1 || len(x.Unapproved) != 1 {
		t.Errorf("%+v", x)
	}
	if got := officer.get("/handover/sheet"); !strings.Contains(got.body, i.Number) || !strings.Contains(got.body, "全力救治伤员") || !strings.Contains(got.body, "已报未签发") {
		t.Errorf("on paper: %.300s", got.body)
	}
	officer.did(t, "PATCH", at, `{"state":"closed","reason":"由下一班跟踪批示"}`)
	if n := sheet(); len(n.Sheet.Incidents) != 1 || n.Sheet.Incidents[0].State != "closed" || n.Sheet.Incidents[0].Next != "" {
		t.Errorf("closed with an open instruction: %+v", n)
	}
	decode(t, officer.get("/incidents"+at), &i)
	officer.did(t, "POST", at+fmt.Sprintf("/instructions/%d/steps", i.Instructions[0].Number), `{"kind":"closed","text":"已办结"}`)
	if n := sheet(); len(n.Sheet.Incidents) != 0 {
		t.Errorf("nothing is left: %+v", n)
	}
}

// An incident ends with its final report, is opened again with a reason, and goes on as another one.
func TestAnIncidentEndsIsOpenedAgainAndMerged(t *testing.T) {
	h, officer, i := aFire(t)
	at := fmt.Sprintf("/%d", i.ID)
	for _, stage := range []string{"written", "detailed", "final"} {
		i = officer.did(t, "POST", at+"/reports", `{"stage":"`+stage+`","text":"情况如下。","elements":`+everything+`}`)
		i = officer.did(t, "POST", at+fmt.Sprintf("/reports/%d/deliveries", i.report(stage, 1).Number), `{"recipient":"superior_bureau","channel":"system","evidence":"系统回执"}`)
	}
	i = officer.did(t, "PATCH", at, `{"state":"closed","reason":"初报漏报，已另行说明"}`)
	if i.State != "closed" || i.NextDue != nil || i.report("first", 1).State != "late" {
		t.Errorf("what was never reported stays late: %+v", i.report("first", 1))
	}
	for name, c := range map[string]struct{ method, path, body string }{
		"an entry":    {"POST", "/entries", `{"entry_id":"e-1.0"}`},
		"elements":    {"PATCH", "", `{"elements":{"trend":"复燃"}}`},
		"a report":    {"POST", "/reports", `{"stage":"follow_up","elements":` + everything + `}`},
		"a call-out":  {"POST", "/callouts", `{"whom":"孙局长","part":"head","result":"reached"}`},
		"closed once": {"PATCH", "", `{"state":"closed","reason":"x"}`},
	} {
		if got := officer.does(c.method, at+c.path, c.body); got.status != 409 || !strings.Contains(got.body, "open it again first") {
			t.Errorf("%s: %v", name, got)
		}
	}
	// What was done before it was closed is still written down.
	i = officer.did(t, "POST", at+"/reports/2/deliveries", `{"recipient":"party_committee","channel":"fax","evidence":"回执"}`)
	if n := len(i.report("written", 1).Deliveries); n != 2 {
		t.Errorf("%d deliveries", n)
	}
	i = officer.did(t, "PATCH", at, `{"state":"open","reason":"现场复燃"}`)
	if i.State != "open" || i.NextDue == nil || i.report("follow_up", 1).DueAt == nil || i.report("final", 2).State != "not_due" {
		t.Errorf("%+v", i.Reports)
	}
	h.finished("2.0", h.clock.Now().Add(-15*time.Minute))
	other := officer.did(t, "POST", "", `{"entry_id":"e-2.0","category":"fire"}`)
	i = officer.did(t, "PATCH", at, fmt.Sprintf(`{"merge_into":%d,"reason":"同一起火灾"}`, other.ID))
	if i.State != "merged" || i.MergedInto != other.ID {
		t.Errorf("%+v", i)
	}
	decode(t, officer.get(fmt.Sprintf("/incidents/%d", other.ID)), &other)
	if len(other.Entries) != 2 || len(other.Absorbed) != 1 || other.report("written", 1).SentIn != i.ID || other.report("first", 1).State != "late" {
		t.Errorf("%+v", other)
	}
	if got := officer.does("PATCH", at, `{"state":"open","reason":"x"}`); got.status != 409 || !strings.Contains(got.body, other.Number) {
		t.Errorf("%v", got)
	}
}

// Pages that are open hear of what is written about an incident, as far as their role sees incidents.
func TestIncidentsOnTheStream(t *testing.T) {
	h, officer, i := aFire(t)
	l := officer.listen("?last_event_id=0")
	reading := h.as("reader").listen("?last_event_id=0")
	for {
		f := l.next()
		if f.event == "line" {
			t.Fatal("the opening was not told")
		}
		if f.event == "incident" {
			if !strings.Contains(f.data, i.Number) || strings.Contains(f.data, `"facts"`) {
				t.Errorf("%s", f.data)
			}
			break
		}
	}
	for {
		f := reading.next()
		if f.event == "incident" {
			t.Errorf("a reading account hears %s", f.data)
		}
		if f.event == "line" {
			return
		}
	}
}
