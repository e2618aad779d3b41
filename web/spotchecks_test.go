package web_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/web"
)

type spotCheckDoc struct {
	Check, Version                             int64
	Direction, Day, Unit, Inspector, Questions string
	Result, Findings, Change                   string
	CallID                                     string `json:"call_id"`
	Struck, Confirmed                          bool
	By                                         person
}

type spotCheckPage struct {
	Items        []spotCheckDoc
	Unregistered []web.CallDoc
	NextCursor   string `json:"next_cursor"`
}

// aSpotCheck is one as the page sends it, with further members.
func aSpotCheck(direction, result, more string) string {
	return fmt.Sprintf(`{"direction":%q,"day":"2026-11-20T01:00:00.000Z","unit":"市应急局指挥中心","inspector":"刘明","questions":"当班人员、未办结事项","result":%q%s}`, direction, result, more)
}

func (c *client) spotChecks(t *testing.T, query string) (p spotCheckPage) {
	t.Helper()
	c.get("/spot-checks"+query).into(t, &p)
	return p
}

// A tagged call waits for the register; the officer registers it, a supervisor corrects it and strikes it out.
func TestASpotCheckIsRegistered(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now().Add(-1))
	officer, supervisor := h.as("officer"), h.as("supervisor")
	if got := officer.do("PUT", "/api/v1/calls/1.0/tags/spot_check", ""); got.status != 200 {
		t.Fatalf("%v", got)
	}
	if p := officer.spotChecks(t, ""); len(p.Items) != 0 || len(p.Unregistered) != 1 || p.Unregistered[0].ID != "1.0" {
		t.Fatalf("%+v", p)
	}
	var s spotCheckDoc
	officer.post("/spot-checks", aSpotCheck("in", "passed", `,"call_id":"1.0"`)).into(t, &s)
	if s.Check != 1 || s.Version != 1 || s.By.Login != "officer" || s.CallID != "1.0" {
		t.Errorf("%+v", s)
	}
	if got := officer.post("/spot-checks", aSpotCheck("in", "passed", `,"call_id":"1.0"`)); got.status != 409 {
		t.Errorf("the same call twice: %v", got)
	}
	if p := officer.spotChecks(t, ""); len(p.Items) != 1 || len(p.Unregistered) != 0 {
		t.Errorf("%+v", p)
	}
	if p := supervisor.do("PUT", "/api/v1/spot-checks/1", aSpotCheck("in", "partly", `,"findings":"带班领导不在岗"`)).problem(t); p.Status != 422 || p.Errors[0].Location != "body.version" {
		t.Errorf("%+v", p)
	}
	if p := supervisor.do("PUT", "/api/v1/spot-checks/1", aSpotCheck("in", "partly", `,"version":1,"findings":"带班领导不在岗"`)).problem(t); p.Status != 422 || p.Errors[0].Location != "body.change" {
		t.Errorf("%+v", p)
	}
	supervisor.do("PUT", "/api/v1/spot-checks/1", aSpotCheck("in", "partly", `,"version":1,"findings":"带班领导不在岗","change":"结果有误"`)).into(t, &s)
	if s.Version != 2 || s.Result != "partly" || s.By.Login != "supervisor" {
		t.Errorf("%+v", s)
	}
	if got := supervisor.do("PUT", "/api/v1/spot-checks/1", aSpotCheck("in", "passed", `,"version":1,"change":"x"`)); got.status != 409 {
		t.Errorf("against an older version: %v", got)
	}
	for _, who := range []string{"officer", "chief", "leader"} {
		if p := h.as(who).do("PUT", "/api/v1/spot-checks/1", aSpotCheck("in", "passed", `,"version":2,"change":"x"`)).problem(t); p.Status != 422 || !strings.Contains(p.Errors[0].Message, "only a supervisor changes it") {
			t.Errorf("%s rewrites what a supervisor found: %+v", who, p)
		}
	}
	supervisor.do("PUT", "/api/v1/spot-checks/1", aSpotCheck("in", "passed", `,"version":2,"change":"重复登记","struck":true`)).into(t, &s)
	var versions struct{ Items []spotCheckDoc }
	h.as("auditor").get("/spot-checks/1").into(t, &versions)
	if len(versions.Items) != 3 || versions.Items[0].Result != "passed" || !versions.Items[2].Struck {
		t.Errorf("%+v", versions)
	}
}

func TestWhatTheRegisterRefuses(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	for want, body := range map[string]string{
		"body.findings":  aSpotCheck("out", "failed", ""),
		"body.call_id":   aSpotCheck("in", "passed", `,"call_id":"nothing.0"`),
		"body.inspector": strings.Replace(aSpotCheck("in", "passed", ""), "刘明", " ", 1),
		"body.day":       strings.Replace(aSpotCheck("in", "passed", ""), "2026-11-20", "2099-11-20", 1),
	} {
		if p := officer.post("/spot-checks", body).problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != want {
			t.Errorf("%s: %+v", want, p)
		}
	}
	for _, path := range []string{"/spot-checks?from=yesterday", "/spot-checks?direction=up", "/spot-checks?cursor=rubbish", "/sheets/spot-checks?month=2026-13", "/sheets/spot-checks"} {
		if got := officer.get(path); got.status != 422 {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := officer.get("/spot-checks/9"); got.status != 404 {
		t.Errorf("%v", got)
	}
	if got := h.as("auditor").post("/spot-checks", aSpotCheck("in", "passed", "")); got.status != 403 {
		t.Errorf("%v", got)
	}
	if got := h.as("admin").get("/spot-checks"); got.status != 403 {
		t.Errorf("%v", got)
	}
}

func TestTheRegisterOfAMonthLeavesTheHouse(t *testing.T) {
	h := newHouse(t)
	supervisor := h.as("supervisor")
	for _, body := range []string{aSpotCheck("in", "passed", ""), strings.Replace(aSpotCheck("out", "failed", `,"findings":"无人接听"`), "市应急局指挥中心", "大西街道应急办", 1), strings.Replace(aSpotCheck("in", "passed", ""), "2026-11-20", "2026-10-20", 1)} {
		if got := supervisor.post("/spot-checks", body); got.status != 200 {
			t.Fatalf("%v", got)
		}
	}
	page := supervisor.get("/sheets/spot-checks?month=2026-11")
	for _, words := range []string{"2026年11月抽查登记表", "大西街道应急办", "无人接听", "我单位抽查下级", "合格 1 次", "不合格 1 次"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("%s is not on paper", words)
		}
	}
	book := supervisor.get("/sheets/spot-checks/workbook?month=2026-11")
	if book.status != 200 || !strings.HasPrefix(book.body, "PK") || !strings.Contains(book.header.Get("Content-Disposition"), "2026-11.xlsx") {
		t.Errorf("%v", book.header)
	}
	if got := supervisor.spotChecks(t, "?direction=out"); len(got.Items) != 1 || got.Items[0].Unit != "大西街道应急办" {
		t.Errorf("%+v", got)
	}
	if got := supervisor.spotChecks(t, "?limit=2"); len(got.Items) != 2 || got.NextCursor == "" || got.Items[0].Direction != "out" {
		t.Errorf("%+v", got)
	}
	all := *h.accesses
	if last := all[len(all)-1]; last.What != "spot_check.export" || last.Object != "抽查登记表-2026-11" {
		t.Errorf("%+v", last)
	}
}
