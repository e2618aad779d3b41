package web_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dutyline/telephony"
)

// Nobody moves a verdict to a colleague or to nobody by writing another name into the entry, and what was decided stands.
func TestNobodyMovesAVerdictByAName(t *testing.T) {
	h := newHouse(t)
	h.late("1.0", "王officer")
	officer, supervisor := h.as("officer"), h.as("supervisor")
	officer.says(t, "1.0", `"says":"explained","code":"other_call","text":"正在接听 119 电话"`)
	if got := supervisor.says(t, "1.0", `"says":"decided","result":"stands"`); got.status != 200 && got.status != 201 {
		t.Fatal(got)
	}
	for name, who := range map[string]*client{"张三丰": officer, "王chief": officer, "王leader": h.as("chief"), "王supervisor ": h.as("leader")} {
		p := who.change(who.entry(t, "e-1.0"), `"answered_by":"`+name+`"`).problem(t)
		if p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "body.answered_by" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := supervisor.change(officer.entry(t, "e-1.0"), `"answered_by":"王chief","content":"x"`).problem(t); p.Status != 403 {
		t.Errorf("a supervisor writes entries: %+v", p)
	}
	if got := supervisor.change(officer.entry(t, "e-1.0"), `"answered_by":"王chief"`); got.status != 200 {
		t.Fatal(got)
	}
	var r struct {
		State, Result, Officer, About string
		May                           []string
	}
	if err := json.Unmarshal([]byte(supervisor.get("/reviews/1.0").body), &r); err != nil {
		t.Fatal(err)
	}
	if r.State != "decided" || r.Result != "stands" || r.Officer != "王chief" || r.About != "王officer" || !strings.Contains(strings.Join(r.May, " "), "reopened") {
		t.Errorf("%+v", r)
	}
	h.finished("2.0", h.clock.Now())
	h.over(h.ring("3.0"), telephony.Missed)
	if got := officer.change(officer.entry(t, "e-2.0"), `"answered_by":"王chief"`); got.status != 200 {
		t.Errorf("the first name: %v", got)
	}
	if p := officer.change(officer.entry(t, "e-3.0"), `"answered_by":"王officer"`).problem(t); p.Status != 422 || !strings.Contains(p.Errors[0].Message, "nobody answered this call") {
		t.Errorf("a missed call: %+v", p)
	}
}
