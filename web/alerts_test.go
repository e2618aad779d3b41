package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// An alert is listed, taken on by one person with a word about it, and others see who has it.
func TestAnAlertIsSeenAndTakenOn(t *testing.T) {
	h := newHouse(t)
	at := h.clock.Now()
	raise := func(reason alerts.Reason, key string, after time.Duration) {
		h.raise(alerts.Alert{Key: key, Rule: string(reason), Reason: reason, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: at.Add(after)})
	}
	raise(alerts.ReasonPhoneUnreachable, "phone_unreachable/duty", 0)
	raise(alerts.ReasonForwardCode, "forward_code/1.0", time.Second)
	officer, leader := h.as("officer"), h.as("leader")
	if got := officer.get("/alerts"); got.status != 200 || !strings.Contains(got.body, `"open":2`) ||
		strings.Index(got.body, "forward_code/1.0") > strings.Index(got.body, "phone_unreachable/duty") {
		t.Errorf("newest first: %v", got)
	}
	first := officer.get("/alerts?limit=1")
	_, rest, _ := strings.Cut(first.body, `"next_cursor":"`)
	cursor, _, _ := strings.Cut(rest, `"`)
	if got := officer.get("/alerts?limit=1&cursor=" + cursor); cursor == "" || !strings.Contains(got.body, "phone_unreachable/duty") || !strings.Contains(got.body, `"next_cursor":""`) {
		t.Errorf("the second page: %v", got)
	}
	if got := officer.do("POST", "/api/v1/alerts/1/acknowledge", `{"note":" 已报修 "}`); got.status != 200 ||
		!strings.Contains(got.body, `"state":"acknowledged"`) || !strings.Contains(got.body, `"note":"已报修"`) {
		t.Errorf("taken on: %v", got)
	}
	if got := leader.do("POST", "/api/v1/alerts/1/acknowledge", `{}`); got.status != 200 || !strings.Contains(got.body, `"note":"已报修"`) {
		t.Errorf("by a second person: %v", got)
	}
	if got := leader.do("POST", "/api/v1/alerts/2/acknowledge", `{}`); got.status != 200 || !strings.Contains(got.body, `"state":"resolved"`) {
		t.Errorf("what was over at once: %v", got)
	}
	if got := leader.get("/alerts?state=open"); !strings.Contains(got.body, `"items":[]`) || !strings.Contains(got.body, `"open":0`) {
		t.Errorf("open: %v", got)
	}
	if got := leader.get("/alerts?state=acknowledged,resolved&line=duty"); strings.Count(got.body, `"key"`) != 2 {
		t.Errorf("two states: %v", got)
	}
	h.raise(alerts.Alert{Line: "duty", At: at.Add(time.Minute), Ends: []string{"phone_unreachable/duty"}})
	raise(alerts.ReasonRing3, "ring_3/2.0", time.Minute)
	h.raise(alerts.Alert{Line: "duty", At: at.Add(time.Minute + time.Second), Ends: []string{"ring_3/2.0"}})
	if got := officer.do("POST", "/api/v1/alerts/3/acknowledge", `{}`); got.status != 409 || !strings.Contains(got.body, "resolved already") {
		t.Errorf("what is over: %v", got)
	}
	for path, status := range map[string]int{"/alerts?state=closed": 422, "/alerts?cursor=x": 422, "/alerts?limit=0": 422, "/alerts?what=1": 422} {
		if got := officer.get(path); got.status != status {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := officer.do("POST", "/api/v1/alerts/99/acknowledge", `{}`); got.status != 404 {
		t.Errorf("none of that number: %v", got)
	}
	if got := officer.do("POST", "/api/v1/alerts/1/acknowledge", `{"note":"`+strings.Repeat("长", 201)+`"}`); got.status != 422 {
		t.Errorf("a long note: %v", got)
	}
	if got := h.as("admin").do("POST", "/api/v1/alerts/1/acknowledge", `{}`); got.status != 403 {
		t.Errorf("an administrator: %v", got)
	}
	if got := h.visitor().get("/alerts"); got.status != 401 {
		t.Errorf("nobody: %v", got)
	}
}

// What an alert rests on is listed with it; one without says so with an empty list, never with null.
func TestAnAlertSaysWhatItRestsOn(t *testing.T) {
	h := newHouse(t)
	at := h.clock.Now()
	code := alerts.Alert{Key: "forward_code/9.0", Rule: "forward_code", Reason: alerts.ReasonForwardCode, Certainty: alerts.Certain, Severity: alerts.Critical,
		Line: "fax", CallID: "9.0", At: at, Evidence: []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: "9.0"}, {Kind: alerts.EvidenceSIP, Ref: "a@b", Text: "REFER sip:x", At: at}}}
	h.raise(code)
	code.Key, code.Line, code.Evidence = "forward_code/10.0", "duty", nil
	h.raise(code)
	for line, want := range map[string]string{
		"fax":  `"evidence":[{"kind":"call","ref":"9.0","text":"","said":null,"test":null,"at":null},{"kind":"sip","ref":"a@b","text":"REFER sip:x","said":null,"test":null,"at":"` + at.UTC().Format("2006-01-02T15:04:05.000Z") + `"}]`,
		"duty": `"evidence":[]`,
	} {
		if got := h.as("officer").get("/alerts?line=" + line); got.status != 200 || !strings.Contains(got.body, want) {
			t.Errorf("%s: %v, want %s", line, got, want)
		}
	}
}

// Who called stands beside an alert of a missed or refused call, for whoever may see calls and as they see
// them; who looked is on record. An outgoing call has no caller, and a call that the log lost has none either.
func TestAnAlertOfACallNamesItsCaller(t *testing.T) {
	h := newHouse(t)
	h.ring("1.0")
	h.placed("2.0", "13904017777")
	for i, call := range []string{"1.0", "1.0", "2.0", "9.0", ""} {
		h.raise(alerts.Alert{Key: fmt.Sprint("missed/", i), Rule: "missed", Reason: alerts.ReasonMissed, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", CallID: call, At: h.clock.Now()})
	}
	var c struct {
		Caller string `json:"caller"`
		Name   string `json:"caller_name"`
	}
	decode(t, h.as("officer").get("/calls/1.0"), &c)
	masked := dutylog.MaskNumber(c.Caller)
	if c.Caller == "" || masked == c.Caller {
		t.Fatalf("%+v", c)
	}
	for who, number := range map[string]string{"officer": c.Caller, "leader": c.Caller, "supervisor": masked, "auditor": masked, "admin": masked} {
		*h.accesses = nil
		var list struct {
			Items   []json.RawMessage
			Callers []struct {
				CallID       string `json:"call_id"`
				Number, Name string
			}
		}
		decode(t, h.as(who).get("/alerts"), &list)
		if len(list.Items) != 5 || len(list.Callers) != 1 || list.Callers[0].CallID != "1.0" || list.Callers[0].Number != number {
			t.Errorf("%s: %+v, want %s", who, list.Callers, number)
		}
		if a := *h.accesses; len(a) != 1 || a[0].What != "call.see" || a[0].Object != "calls" || a[0].Who.Login != who {
			t.Errorf("%s: what is noted: %+v", who, a)
		}
	}
	// No alert of a call: nothing is shown, and nothing is noted.
	*h.accesses = nil
	if got := h.as("officer").get("/alerts?state=resolved"); !strings.Contains(got.body, `"callers":[]`) || len(*h.accesses) != 0 {
		t.Errorf("%v, noted %+v", got, *h.accesses)
	}
}
