package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// erase erases some fields of an entry, everything when none is named, as two persons decided.
func (h *house) erase(entry string, fields ...dutylog.Field) (decision int64) {
	h.t.Helper()
	ctx := h.t.Context()
	a, err := h.db.Ask(ctx, dutylog.Approval{Kind: dutylog.ToErase, EntryID: entry, Fields: fields, Reason: "误录", By: dutylog.Actor{Login: "admin", Name: "管理员", Role: dutylog.Admin}})
	if err == nil {
		_, err = h.db.Decide(ctx, a.ID, true, "", dutylog.Actor{Login: "leader", Name: "王leader", Role: dutylog.Leader})
	}
	if err == nil {
		decision, err = h.db.Erase(ctx, a.ID, dutylog.Actor{Login: "shell:root"})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return decision
}

type approvalJSON struct {
	ID          int64
	Kind        string
	State       string
	EntryID     string `json:"entry_id"`
	EntryNumber string `json:"entry_number"`
	Fields      []string
	Recording   bool
	Reason      string
	By          struct{ Login, Name, Role string }
	At, Until   string
	DecidedBy   *struct{ Login, Name, Role string } `json:"decided_by"`
	DecidedAt   *string                             `json:"decided_at"`
	Note        string
	DoneAt      *string `json:"done_at"`
	Outcome     string
	Mine        bool
}

type approvalPage struct {
	Items      []approvalJSON `json:"items"`
	NextCursor string         `json:"next_cursor"`
}

func TestAHoldIsReleasedOnThePageByTwoPersons(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	supervisor, leader := h.as("supervisor"), h.as("leader")
	ask := `{"kind":"release_hold","entry_id":"e-1.0","reason":"结案"}`
	if got := supervisor.post("/approvals", ask); got.status != 422 || !strings.Contains(got.body, "is not held") {
		t.Errorf("what is not held: %v", got)
	}
	if got := supervisor.post("/entries/e-1.0/hold", `{"reason":"诉讼保全"}`); got.status != 200 {
		t.Fatal(got)
	}
	var a approvalJSON
	supervisor.post("/approvals", ask).into(t, &a)
	if a.ID != 1 || a.State != "waiting" || a.EntryNumber != "2026-000001" && !strings.HasSuffix(a.EntryNumber, "-000001") || a.By.Login != "supervisor" || !a.Mine || a.DecidedBy != nil || a.DecidedAt != nil || a.Until <= a.At {
		t.Errorf("%+v", a)
	}
	if got := supervisor.post("/approvals", ask); got.status != 409 || got.problem(t).Type != "/problems/approval-already_asked" {
		t.Errorf("asked twice: %v", got)
	}
	if got := supervisor.post("/approvals/1/decision", `{"approve":true}`); got.status != 409 || got.problem(t).Type != "/problems/approval-same_person" {
		t.Errorf("by the same person: %v", got)
	}
	if got := supervisor.get("/entries/e-1.0"); !strings.Contains(got.body, "诉讼保全") {
		t.Errorf("one person released it: %v", got)
	}
	leader.post("/approvals/1/decision", `{"approve":true,"note":"同意"}`).into(t, &a)
	if a.State != "done" || a.DecidedBy == nil || a.DecidedBy.Login != "leader" || a.Note != "同意" || a.Mine {
		t.Errorf("%+v", a)
	}
	if got := supervisor.get("/entries/e-1.0"); !strings.Contains(got.body, `"hold":null`) {
		t.Errorf("two persons did not release it: %v", got)
	}
	if got := leader.post("/approvals/1/decision", `{"approve":false}`); got.status != 409 || got.problem(t).Type != "/problems/approval-already_decided" {
		t.Errorf("decided twice: %v", got)
	}
}

func TestAnErasureIsAskedForAndApprovedOnThePage(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	var a approvalJSON
	h.as("chief").post("/approvals", `{"kind":"erase","entry_id":"e-1.0","fields":["content"],"recording":true,"reason":"误录"}`).into(t, &a)
	if fmt.Sprint(a.Fields) != "[content]" || !a.Recording {
		t.Errorf("%+v", a)
	}
	leader := h.as("leader")
	leader.post("/approvals/1/decision", `{"approve":true}`).into(t, &a)
	if a.State != "approved" || a.DoneAt != nil {
		t.Errorf("%+v", a)
	}
	if got := leader.get("/entries/e-1.0"); strings.Contains(got.body, `"decision"`) {
		t.Errorf("the page alone erased it: %v", got)
	}
	h.clock.Add(25 * time.Hour) // the log's own clock did not move: it is the reader who is told
	var page approvalPage
	h.as("auditor").get("/approvals").into(t, &page)
	if len(page.Items) != 1 || page.Items[0].State != "expired" {
		t.Errorf("a day later: %+v", page)
	}
}

// Every role at every door, and bad input in one sentence.
func TestDoorsOfTheTwoPersonRule(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	h.sealed("2.0")
	may := map[string]string{"officer": "", "chief": "see ask decide", "leader": "see ask decide", "supervisor": "see ask decide", "auditor": "see", "admin": "see ask", "reader": ""}
	for role, want := range may {
		browser := h.as(role)
		var got []string
		for _, door := range []struct{ name, method, path, body string }{
			{"see", "GET", "/approvals", ""},
			{"ask", "POST", "/approvals", `{"kind":"erase","entry_id":"e-none","reason":"误录"}`},
			{"decide", "POST", "/approvals/99/decision", `{"approve":true}`},
		} {
			if a := browser.do(door.method, "/api/v1"+door.path, door.body); a.status != 403 {
				got = append(got, door.name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s may %v, want %s", role, got, want)
		}
	}
	chief := h.as("chief")
	for _, c := range []struct {
		body, want string
		status     int
	}{
		{`{"kind":"erase","entry_id":"e-none","reason":"误录"}`, "no such thing", 404},
		{`{"kind":"burn","entry_id":"e-1.0","reason":"误录"}`, "body.kind", 422},
		{`{"kind":"erase","entry_id":"e-1.0","reason":" "}`, "body.reason", 422},
		{`{"kind":"erase","entry_id":"e-1.0"}`, "reason", 422},
		{`{"kind":"erase","entry_id":"e-1.0","fields":["colour"],"reason":"误录"}`, "body.field", 422},
		{`{"kind":"erase","entry_id":"e-1.0","reason":"误录","colour":1}`, "colour", 422},
	} {
		if got := chief.post("/approvals", c.body); got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %v", c.body, got)
		}
	}
	if got := chief.post("/approvals/99/decision", `{"approve":true}`); got.status != 404 {
		t.Errorf("%v", got)
	}
	var page approvalPage
	chief.get("/approvals").into(t, &page)
	if len(page.Items) != 0 {
		t.Errorf("something of it is kept: %+v", page)
	}
	for _, id := range []string{"e-1.0", "e-2.0"} {
		if got := chief.post("/approvals", `{"kind":"erase","entry_id":"`+id+`","reason":"误录"}`); got.status != 200 {
			t.Fatal(got)
		}
	}
	h.as("leader").post("/approvals/1/decision", `{"approve":false}`)
	for query, want := range map[string]string{"": "2 1", "limit=1": "2", "state=waiting": "2", "entry=" + url.QueryEscape("e-1.0"): "1", "entry=e-none": ""} {
		chief.get("/approvals?"+query).into(t, &page)
		var ids []string
		for _, a := range page.Items {
			ids = append(ids, fmt.Sprint(a.ID))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}
