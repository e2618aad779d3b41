package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

type violationDoc struct {
	ID               int64
	Why, State, Text string
	Proposed         string
	Item             int
	Stated           bool
	Evidence         []struct{ Kind, ID string }
	Facts            []struct {
		ID                 int64
		Says, Result, Text string
	}
	May []string
}

func (c *client) sayOfViolation(v violationDoc, says, result, text string) answer {
	c.t.Helper()
	var before int64
	for _, f := range v.Facts {
		before = f.ID
	}
	return c.post(fmt.Sprintf("/violations/%d/facts", v.ID), fmt.Sprintf(`{"says":%q,"result":%q,"text":%q,"before":%d}`, says, result, text, before))
}

// The log suggests; the duty room states, a supervisor decides, another person confirms; nothing leaves the register.
func TestASuspicionIsDecidedByTwo(t *testing.T) {
	h := newHouse(t, shippedScoring)
	h.account("supervisor2", dutylog.Supervisor, false)
	at := h.clock.Now().Add(-time.Hour)
	suspected := dutylog.Violation{Cause: "unmanned/1.0", Why: dutylog.PossibleUnmanned, Item: 2, Line: "duty", At: at, By: dutylog.SystemActor(), Evidence: []dutylog.EvidenceLink{{Kind: dutylog.EvidenceCall, ID: "1.0", At: at, What: "missed"}}}
	if n, err := h.db.Suspect(t.Context(), []dutylog.Violation{suspected}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	officer, supervisor, second := h.as("officer"), h.as("supervisor"), h.as("supervisor2")
	var list struct {
		Items []violationDoc
		Open  int
		Art32 []struct{ Words string }
	}
	officer.get("/violations").partly(t, &list)
	if list.Open != 1 || len(list.Art32) != 5 || list.Items[0].State != "open" || list.Items[0].Evidence[0].ID != "1.0" {
		t.Fatalf("%+v", list)
	}
	v := list.Items[0]
	if p := supervisor.sayOfViolation(v, "proposed", "upheld", "核实").problem(t); p.Status != 422 || !strings.Contains(p.Detail, "first word") {
		t.Errorf("%+v", p)
	}
	officer.sayOfViolation(v, "stated", "", "外出取件").partly(t, &v)
	if got := supervisor.sayOfViolation(list.Items[0], "proposed", "upheld", "核实"); got.status != 409 {
		t.Errorf("against an older state: %v", got)
	}
	supervisor.sayOfViolation(v, "proposed", "upheld", "监控可见离岗 40 分钟").partly(t, &v)
	if v.State != "awaits" || v.Proposed != "upheld" {
		t.Errorf("%+v", v)
	}
	if p := supervisor.sayOfViolation(v, "confirmed", "", "").problem(t); p.Status != 422 || p.Errors[0].Location != "body.says" {
		t.Errorf("who decided first confirms: %+v", p)
	}
	second.sayOfViolation(v, "confirmed", "", "").partly(t, &v)
	if v.State != "upheld" || len(v.Facts) != 3 {
		t.Errorf("%+v", v)
	}
	var byHand violationDoc
	supervisor.post("/violations", `{"item":4,"at":"2026-11-01T00:00:00Z","text":"两单位相互推诿","evidence":[{"kind":"incident","id":"3"}]}`).partly(t, &byHand)
	supervisor.sayOfViolation(byHand, "dismissed", "", "查无实据").partly(t, &byHand)
	supervisor.get("/violations?state=dismissed").partly(t, &list)
	if len(list.Items) != 1 || list.Items[0].Why != "opened_by_hand" || list.Open != 0 || len(list.Items[0].May) != 1 {
		t.Errorf("%+v", list)
	}
	month := at.In(site).Format("2006-01")
	page := h.as("auditor").get("/sheets/violations?month=" + month)
	for _, words := range []string{"疑似违规登记表", "疑似脱岗", "监控可见离岗", "已认定", "值班人员脱岗、漏岗或非正式人员顶岗的", "签名校验点"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("%s is not on paper", words)
		}
	}
	if book := supervisor.get("/sheets/violations/workbook?month=" + month); book.status != 200 || !strings.HasPrefix(book.body, "PK") {
		t.Errorf("%v", book.header)
	}
	all := *h.accesses
	if last := all[len(all)-1]; last.What != "violation.export" || last.Object != "疑似违规登记表-"+month {
		t.Errorf("%+v", last)
	}
	h.as("leader").get(fmt.Sprintf("/violations/%d", v.ID)).partly(t, &v)
	all = *h.accesses
	if last := all[len(all)-1]; last.What != "violation.see" || last.Object != fmt.Sprint(v.ID) {
		t.Errorf("%+v", last)
	}
	for want, body := range map[string]string{
		"body.text": `{"item":4,"at":"2026-11-01T00:00:00Z","text":" "}`, "body.at": `{"item":4,"at":"2099-11-01T00:00:00Z","text":"x"}`, "body.item": `{"item":6,"at":"2026-11-01T00:00:00Z","text":"x"}`,
	} {
		if p := supervisor.post("/violations", body).problem(t); p.Status != 422 || p.Errors[0].Location != want {
			t.Errorf("%s: %+v", want, p)
		}
	}
}
