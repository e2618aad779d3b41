package web_test

import (
	"fmt"
	"testing"
	"time"
)

// A filing that was noted with the wrong time and without its receipt: both are mended by the officer, and what stood
// before is there to be seen.
func TestAFilingIsAmendedOverTheAPI(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`]}`)
	if got := chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`); got.status != 200 {
		t.Fatal(got)
	}
	h.clock.Add(68 * time.Hour) // eight hours past the deadline of December, which is before November 30 begins
	officer := h.as("officer")
	clock := func(ago time.Duration) string {
		return h.clock.Now().Add(-ago).UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
	}
	slip, sent, came := clock(0), clock(11*time.Hour), clock(time.Hour)
	if got := officer.post("/roster/filings", fmt.Sprintf(`{"kind":"month","first":"2026-12-01","name":"2026-12","sent_at":%q,"sent_to":"市局","receipt":"","note":""}`, slip)); got.status != 200 {
		t.Fatal(got)
	}
	var f filingsJSON
	officer.get("/roster/filings").into(t, &f)
	if got := f.state("2026-12-01", "month"); got != "filed_late" {
		t.Errorf("with the wrong time it is %s", got)
	}
	amend := func(body string) answer { return officer.do("PATCH", "/api/v1/roster/filings/1", body) }
	if got := amend(fmt.Sprintf(`{"sent_at":%q,"reason":"填成了登记的时间"}`, sent)); got.status != 200 {
		t.Fatal(got)
	}
	if got := amend(fmt.Sprintf(`{"receipt":"回执12号","receipt_at":%q}`, came)); got.status != 200 {
		t.Fatal(got)
	}
	officer.get("/roster/filings").into(t, &f)
	one := f.Filings[0]
	if got := f.state("2026-12-01", "month"); got != "filed" || one["sent_at"] != sent || one["receipt"] != "回执12号" || one["receipt_at"] != came {
		t.Errorf("mended it is %s: %+v", got, one)
	}
	versions := one["versions"].([]any)
	first, second, third := versions[0].(map[string]any), versions[1].(map[string]any), versions[2].(map[string]any)
	if first["sent_at"] != slip || first["receipt_at"] != nil || second["reason"] != "填成了登记的时间" || second["by"] != "王officer" || third["receipt"] != "回执12号" || one["at"] != first["at"] {
		t.Errorf("what stood before: %+v", versions)
	}
	for _, c := range []struct{ path, body, location string }{
		{"1", `{}`, "body.receipt"},
		{"1", `{"receipt":"x"}`, "body.receipt_at"},
		{"1", fmt.Sprintf(`{"receipt":"x","receipt_at":%q,"reason":"x"}`, clock(12*time.Hour)), "body.receipt_at"},
		{"1", fmt.Sprintf(`{"receipt":"x","receipt_at":%q}`, came), "body.reason"},
		{"1", fmt.Sprintf(`{"sent_at":%q,"reason":" "}`, clock(12*time.Hour)), "body.reason"},
		{"1", fmt.Sprintf(`{"sent_at":%q,"reason":"x"}`, clock(-time.Hour)), "body.sent_at"},
		{"1", fmt.Sprintf(`{"sent_at":%q,"reason":"x"}`, clock(0)), "body.sent_at"},
		{"0", `{"receipt":"x"}`, "path.id"},
	} {
		if p := officer.do("PATCH", "/api/v1/roster/filings/"+c.path, c.body).problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != c.location {
			t.Errorf("%s: %+v, want %s", c.body, p, c.location)
		}
	}
	if p := amend(`{"sent_at":"2026-10-01T00:00:00Z","reason":"x"}`).problem(t); p.Type != "/problems/filing-before-roster" {
		t.Errorf("before there was a roster: %+v", p)
	}
	if got := officer.do("PATCH", "/api/v1/roster/filings/9", fmt.Sprintf(`{"receipt":"x","receipt_at":%q}`, came)); got.status != 404 {
		t.Errorf("no such filing: %v", got)
	}
}
