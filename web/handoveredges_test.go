package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/web"
)

// handTo is the body of a handover to somebody who confirms with their own password.
func handTo(digest, login, more string) string {
	return fmt.Sprintf(`{"sheet_digest":%q,"second":{"username":%q,"password":%q}%s}`, digest, login, password, more)
}

// Whoever gave the desk away has no session there any more: the old key opens nothing, at this page or
// copied to another one, and other pages of the same officer stay as they are.
func TestTheOldKeyOpensNothingAfterTheDeskIsTaken(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page, elsewhere, copied := h.as("officer"), h.as("officer"), h.visitor()
	h.tookOver(page)
	copied.setToken(page.token())
	if got := copied.get("/session"); got.status != 200 {
		t.Fatalf("the copy is none: %v", got)
	}
	got := page.post("/handovers", handTo(page.now(t).SheetDigest, "lina", `,"take_desk":true`))
	cookie := got.header.Get("Set-Cookie")
	if got.status != 200 || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("%v, cookie %q", got, cookie)
	}
	if got := copied.get("/handover"); got.status != http.StatusUnauthorized {
		t.Errorf("the old key still opens: %v", got)
	}
	for c, want := range map[*client]string{page: "lina", elsewhere: "officer"} {
		if s := c.get("/session").body; !strings.Contains(s, fmt.Sprintf(`"username":%q`, want)) {
			t.Errorf("not %s: %s", want, s)
		}
	}
	if logs := h.logs.String(); !strings.Contains(logs, `by=handover`) {
		t.Errorf("nobody noted the new session: %s", logs)
	}
}

// A login is the same in upper and lower case, also as the second one: no officer hands over to themselves.
func TestUpperAndLowerCaseAreOneLogin(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	h.tookOver(page)
	if p := page.post("/handovers", handTo(page.now(t).SheetDigest, "OFFICER", "")).problem(t); p.Type != "/problems/handover-same_person" {
		t.Errorf("to themselves: %+v", p)
	}
	// Somebody with two logins is one person, by the name that roster and entries know.
	if err := h.db.AddAccount(t.Context(), dutylog.Account{Login: "officer2", Name: "王officer", Role: dutylog.Officer, PasswordHash: hashed(), CreatedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if p := page.post("/handovers", handTo(page.now(t).SheetDigest, "officer2", "")).problem(t); p.Type != "/problems/handover-same_person" {
		t.Errorf("to a second login of the same person: %+v", p)
	}
	other := h.as("officer2")
	if p := other.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"unsigned":"换个账号"}`, other.now(t).SheetDigest)).problem(t); p.Type != "/problems/handover-same_person" {
		t.Errorf("alone, from the same person: %+v", p)
	}
	if last := page.now(t).Last; last.ID != 1 {
		t.Errorf("%+v", last)
	}
}

// The list is paged by its cursor; a made-up one is refused by its field, and so is a page of too many.
func TestTheListOfHandoversIsPaged(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	h.tookOver(page)
	for n := range 4 { // to and fro: she takes over, then he does with her word
		if got := page.post("/handovers", handTo(page.now(t).SheetDigest, "lina", "")); got.status != 200 {
			t.Fatalf("the %d. time: %v", n+1, got)
		}
	}
	type list struct {
		Items      []handover
		NextCursor string `json:"next_cursor"`
	}
	var whole list
	page.get("/handovers").into(t, &whole)
	if len(whole.Items) != 5 || whole.NextCursor != "" || whole.Items[0].ID != 5 || whole.Items[4].Outgoing != nil {
		t.Fatalf("%+v", whole)
	}
	for limit := 1; limit <= 5; limit++ {
		var got []handover
		for cursor := ""; ; {
			var p list
			page.get(fmt.Sprintf("/handovers?limit=%d&cursor=%s", limit, cursor)).into(t, &p)
			if got = append(got, p.Items...); p.NextCursor == "" {
				break
			}
			cursor = p.NextCursor
		}
		if diff := cmp.Diff(whole.Items, got); diff != "" {
			t.Errorf("pages of %d:\n%s", limit, diff)
		}
	}
	for query, location := range map[string]string{"limit=0": "query.limit", "limit=501": "query.limit", "limit=x": "query.limit", "cursor=nonsense": "query.cursor", "cursor=" + strings.Repeat("a", 401): "query.cursor"} {
		if p := page.get("/handovers?" + query).problem(t); p.Status != 422 || len(p.Errors) == 0 || p.Errors[0].Location != location {
			t.Errorf("%.20s: %+v", query, p)
		}
	}
	for path, status := range map[string]int{"/handovers/0": 422, "/handovers/-1": 422, "/handovers/6": 404, "/handovers/9223372036854775807": 404, "/handovers/1e3": 422} {
		if got := page.get(path); got.status != status {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// A refused handover says why, keeps no record and opens no session, whatever the body is.
func TestHostileBodiesOfHandovers(t *testing.T) {
	h := newHouse(t)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	h.tookOver(page)
	digest := page.now(t).SheetDigest
	before, err := h.db.Evidence(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"too many remarks":           {handTo(digest, "lina", `,"remarks":"`+strings.Repeat("字", 20_001)+`"`), 422},
		"a longer digest":            {handTo(digest+"0", "lina", ""), 422},
		"no digest":                  {handTo("", "lina", ""), 409},
		"the digest in capitals":     {handTo(strings.ToUpper(digest), "lina", ""), 409},
		"another officer for itself": {handTo(digest, "lina", `,"incoming":{"login":"lina"}`), 422},
		"an own time":                {handTo(digest, "lina", `,"at":"2020-01-01T00:00:00Z"`), 422},
		"no second name":             {handTo(digest, "", ""), 422},
		"a second that is a list":    {`{"sheet_digest":"` + digest + `","second":["lina"]}`, 422},
		"nobody beside":              {`{"sheet_digest":"` + digest + `","second":null}`, 409},
		"a reason of blanks":         {`{"sheet_digest":"` + digest + `","unsigned":"　 "}`, 409},
		"nothing":                    {`{}`, 422},
	} {
		got := page.post("/handovers", c.body)
		if p := got.problem(t); p.Status != c.status || got.header.Get("Set-Cookie") != "" || strings.Contains(p.Detail, password) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for _, who := range []string{"supervisor", "auditor", "admin"} {
		if got := h.as(who).post("/handovers", handTo(digest, "lina", "")); got.status != http.StatusForbidden {
			t.Errorf("as %s: %v", who, got)
		}
	}
	after, err := h.db.Evidence(t.Context())
	if err != nil || after.Records != before.Records || page.now(t).Last.ID != 1 {
		t.Errorf("%d records more, %v", after.Records-before.Records, err)
	}
}

// Duties that wait stand on the sheet with their state; one that is done meanwhile makes another sheet,
// which the officer reads first. The house looks again at what is late after each handover.
func TestDutiesOnTheSheet(t *testing.T) {
	h := housed(t, aRule)
	h.account("lina", dutylog.Officer, false)
	page := h.as("officer")
	n := page.now(t)
	var states []string
	for _, d := range n.Sheet.Duties {
		states = append(states, d.Title+" "+d.State)
	}
	if len(states) < 1 || states[0] != "报送日报 overdue" {
		t.Fatalf("%q", states)
	}
	d := n.Sheet.Duties[0]
	mark := fmt.Sprintf(`{"key":%q,"due_at":%q,"says":"done","text":"已报"}`, d.Key, *d.DueAt)
	if got := page.post(fmt.Sprintf("/tasks/%d/marks", d.Rule), mark); got.status != 200 {
		t.Fatal(got)
	}
	if p := page.post("/handovers", `{"sheet_digest":"`+n.SheetDigest+`"}`).problem(t); p.Type != "/problems/handover-sheet_changed" {
		t.Errorf("%+v", p)
	}
	again := page.now(t)
	if len(again.Sheet.Duties) != len(n.Sheet.Duties)-1 {
		t.Errorf("%+v", again.Sheet.Duties)
	}
	var done handover
	page.post("/handovers", fmt.Sprintf(`{"sheet_digest":%q,"remarks":" 传真机\u0000卡纸 <b>\n第二行 "}`, again.SheetDigest)).into(t, &done)
	if diff := cmp.Diff(again.Sheet.Duties, done.Sheet.Duties); diff != "" {
		t.Errorf("what was confirmed is another list:\n%s", diff)
	}
	if r := strings.TrimSpace(done.Sheet.Remarks); r != "传真机卡纸 <b>\n第二行" || done.Digest == again.SheetDigest {
		t.Errorf("%q %s", r, done.Digest)
	}
}

// What is late is looked at again after a handover, and not after one that was refused.
func TestAHandoverHasLatenessLookedAt(t *testing.T) {
	looked := 0
	h := newHouse(t, func(d *web.Deps) { d.DutyChanged = func() { looked++ } })
	page := h.as("officer")
	if got := page.post("/handovers", `{"sheet_digest":"0"}`); got.status != 409 || looked != 0 {
		t.Errorf("%v, looked %d times", got, looked)
	}
	h.tookOver(page)
	if looked != 1 {
		t.Errorf("looked %d times", looked)
	}
}
