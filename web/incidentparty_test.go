package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// listed puts a contact into the directory.
func (h *house) listed(unit, person, number string, superior bool) {
	h.t.Helper()
	body := fmt.Sprintf(`{"unit":%q,"person":%q,"title":"","numbers":[{"kind":"office","number":%q}],"superior":%t,"confirm":true,"remark":""}`, unit, person, number, superior)
	if got := h.as("supervisor").post("/directory", body); got.status != 200 {
		h.t.Fatal(got)
	}
}

// A call that is to prove a report or an approval is with whom it names; else the officer is told in one sentence, and
// may insist: the reason is kept, and is on the papers.
func TestACallProvesWhatItsNumberSays(t *testing.T) {
	h, officer, i := withSuperior(t)
	at := fmt.Sprintf("/%d", i.ID)
	officer.did(t, "POST", at+"/reports", `{"stage":"first","elements":`+everything+`,"text":"情况如下。"}`)
	h.listed("区政府总值班室", "", "02422730333", true)
	h.calls("20.0", cityBureau, 20*time.Second, true) // they go on after the report was written
	h.calls("21.0", "02422730333", 15*time.Second, true)
	h.calls("22.0", "13900001111", 10*time.Second, true)
	deliveries, approvals := at+"/reports/1/deliveries", at+"/reports/1/approvals"
	sent := `{"recipient":"superior_bureau","channel":"phone","receiver":"周敏","call_id":"%s"%s}`
	signed := `{"part":"sign","by_phone":{"login":"leader","call_id":"22.0"%s}}`
	for name, c := range map[string]struct{ path, body, typ, says string }{
		"another recipient's number": {deliveries, fmt.Sprintf(sent, "21.0", ""), "incident-call_mismatch", "02422730333（区政府总值班室）, is not known as that of 上级应急管理部门"},
		"nobody's number":            {deliveries, fmt.Sprintf(sent, "22.0", ""), "incident-call_mismatch", "13900001111, is not known as that of 上级应急管理部门"},
		"no reason in words":         {deliveries, fmt.Sprintf(sent, "22.0", `,"call_reason":"无"`), "invalid-value", "says nothing"},
		"not the leader's number":    {approvals, fmt.Sprintf(signed, ""), "incident-call_mismatch", "13900001111, is not known as that of 王leader"},
	} {
		if got := officer.does("POST", c.path, c.body); got.status != 422 || !strings.Contains(got.body, "/problems/"+c.typ) || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %v", name, got)
		}
	}
	i = officer.did(t, "POST", approvals, fmt.Sprintf(signed, `,"call_reason":"带班领导借用司机手机"`))
	if a := i.report("first", 1).Approvals; len(a) != 1 || a[0].CallWith != "13900001111" || a[0].CallReason != "带班领导借用司机手机" {
		t.Errorf("%+v", a)
	}
	i = officer.did(t, "POST", deliveries, fmt.Sprintf(sent, "21.0", `,"call_reason":"区政府转接到市局"`))
	i = officer.did(t, "POST", deliveries, `{"recipient":"government","channel":"phone","receiver":"李","call_id":"21.0","call_reason":"没有问到"}`)
	h.clock.Add(23 * time.Hour)
	officer = h.as("officer") // the session has ended
	decode(t, officer.get("/incidents"+at), &i)
	if r := i.report("first", 1); !r.ByWord || r.Approvals[0].Unconfirmed {
		t.Errorf("before a day: %+v", r)
	}
	h.clock.Add(2 * time.Hour)
	officer = h.as("officer")
	decode(t, officer.get("/incidents"+at), &i)
	if r := i.report("first", 1); !r.ByWord || !r.Approvals[0].Unconfirmed {
		t.Errorf("after a day: %+v", r)
	}
	if got := officer.get("/incidents" + at + "/reports/1/sheet"); !strings.Contains(got.body, "签发人：王leader（电话，未确认）") || !strings.Contains(got.body, "本人逾期未确认") {
		t.Errorf("on paper: %s", got)
	}
	d := i.report("first", 1).Deliveries
	if len(d) != 2 || d[0].CallWith != "02422730333（区政府总值班室）" || d[0].CallReason != "区政府转接到市局" || d[1].CallWith != "" || d[1].CallReason != "" {
		t.Errorf("%+v", d)
	}
	for _, page := range []string{"/reports/1/sheet", "/course/sheet"} {
		got := officer.get("/incidents" + at + page)
		for _, want := range []string{"通话号码不符（13900001111），说明：带班领导借用司机手机", "通话号码不符（02422730333（区政府总值班室）），说明：区政府转接到市局"} {
			if !strings.Contains(got.body, want) {
				t.Errorf("%q is not on %s: %s", want, page, got)
			}
		}
	}
	// Once the directory knows the number, nothing is asked.
	h.listed("区应急局", "王leader", "+86 139 0000 1111", false)
	officer.did(t, "POST", at+"/reports", `{"stage":"written","elements":`+everything+`,"text":"情况如下。"}`)
	h.calls("23.0", "139-0000-1111", 5*time.Second, true)
	i = officer.did(t, "POST", at+"/reports/2/approvals", `{"part":"sign","by_phone":{"login":"leader","call_id":"23.0"}}`)
	if a := i.report("written", 1).Approvals; len(a) != 1 || a[0].CallReason != "" {
		t.Errorf("%+v", a)
	}
}
