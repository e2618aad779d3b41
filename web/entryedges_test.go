package web_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/web"
)

// Two people write into one entry in any order, each from what was last on their own screen. What the
// log took is all there, revision by revision, under the name of whoever wrote it; the other was told.
func TestTwoPeopleWriteIntoOneEntry(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	r := rand.New(rand.NewPCG(7, 26))
	type person struct {
		*client
		login  string
		screen web.EntryDoc
	}
	people := []*person{{client: h.as("officer"), login: "officer"}, {client: h.as("chief"), login: "chief"}}
	for _, p := range people {
		p.screen = p.entry(t, "e-1.0")
	}
	first := people[0].screen.Revision
	var want, got []string
	told := 0
	for i := range 24 {
		p := people[r.IntN(2)]
		text := fmt.Sprintf("第%d句", i)
		answer := p.change(p.screen, fmt.Sprintf(`"content":%q`, text))
		if answer.status == 409 {
			seen := answer.problem(t)
			if len(want) == 0 || seen.Entry["content"] != strings.SplitN(want[len(want)-1], " ", 2)[1] {
				t.Errorf("%s is shown %v in place of what stands", p.login, seen.Entry["content"])
			}
			p.screen = p.entry(t, "e-1.0")
			told++
			continue
		}
		answer.into(t, &p.screen)
		want = append(want, p.login+" "+text)
	}
	var list struct {
		Items      []web.RevisionDoc
		NextCursor string `json:"next_cursor"`
	}
	people[0].get("/entries/e-1.0/revisions").into(t, &list)
	for i, rev := range list.Items {
		if rev.Entry.Revision != i+1 {
			t.Errorf("the revision %d is number %d of the list", rev.Entry.Revision, i+1)
		}
		if rev.Entry.Revision > first {
			got = append(got, rev.By.Login+" "+rev.Entry.Content)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || told == 0 {
		t.Errorf("%d were told (-taken +kept):\n%s", told, diff)
	}
}

// What a correction may not be: without a reason that a reader can see, or on what is not the newest.
func TestReasonsOfACorrection(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer := h.as("officer")
	var e web.EntryDoc
	officer.change(officer.entry(t, "e-1.0"), `"kind":"nuisance","state":"complete"`).into(t, &e)
	for _, c := range []struct{ name, members, place string }{
		{"none", `"content":"x"`, "body.reason"},
		{"an empty one", `"content":"x","reason":""`, "body.reason"},
		{"blanks", `"content":"x","reason":" \t\n　"`, "body.reason"},
		{"characters that nobody sees", `"content":"x","reason":"\u0000\u0007"`, "body.reason"},
		{"a novel", `"content":"x","reason":"` + strings.Repeat("长", 501) + `"`, "body.reason"},
		{"a number", `"content":"x","reason":7`, "body.reason"},
		{"nothing", `"content":"x","reason":null`, "body.reason"},
		{"the same name twice", `"content":"x","reason":"a","reason":"b"`, "body.reason"},
		{"another spelling", `"content":"x","Reason":"a"`, "body.Reason"},
		{"bytes that are no text", "\"content\":\"\xff\",\"reason\":\"a\"", "body.content"},
	} {
		got := officer.change(e, c.members)
		p := got.problem(t)
		if got.status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != c.place {
			t.Errorf("%s: %v, want %s", c.name, got, c.place)
		}
	}
	if now := officer.entry(t, "e-1.0"); now.Revision != e.Revision || now.State != "complete" || now.Content != e.Content {
		t.Errorf("something of it was kept: %+v", now)
	}
	var same web.EntryDoc
	officer.change(e, `"kind":"nuisance","reason":"没有变化"`).into(t, &same)
	if same.Revision != e.Revision || same.Correction != "" {
		t.Errorf("a correction that corrects nothing is a revision: %+v", same)
	}
}

// Steps: said twice is said once, struck out twice is told, and the hundred and first goes into another entry.
func TestTheEdgesOfHandlingSteps(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer, chief := h.as("officer"), h.as("chief")
	const step = `{"kind":"passed_on","whom":"区水务局"}`
	add := func(c *client, body string, want int) {
		t.Helper()
		var e web.EntryDoc
		if c.post("/entries/e-1.0/steps", body).into(t, &e); len(e.Steps) != want {
			t.Errorf("after %s there are %d steps, want %d", body, len(e.Steps), want)
		}
	}
	add(officer, step, 1)
	add(officer, step, 1) // the answer to the first was lost
	add(chief, step, 2)   // somebody else says it too
	add(officer, step, 3) // in between another step was told
	h.clock.Add(time.Minute)
	add(officer, step, 4) // a minute later it is another one
	for _, c := range []struct {
		path  string
		place string
	}{
		{"1?reason=%20", "query.reason"}, {"1?reason=", "query.reason"}, {"1?reason=" + strings.Repeat("x", 501), "query.reason"},
		{"0?reason=x", "path.number"}, {"5?reason=x", "query.number"}, {"101?reason=x", "path.number"}, {"one?reason=x", "path.number"},
	} {
		got := officer.do("DELETE", "/api/v1/entries/e-1.0/steps/"+c.path, "")
		if p := got.problem(t); got.status != 422 || len(p.Errors) == 0 || p.Errors[0].Location != c.place {
			t.Errorf("%s: %v, want %s", c.path, got, c.place)
		}
	}
	for i, want := range []int{200, 422} {
		if got := chief.do("DELETE", "/api/v1/entries/e-1.0/steps/1?reason=%E9%87%8D%E5%A4%8D", ""); got.status != want {
			t.Errorf("struck out for the %d. time: %v", i+1, got)
		}
	}
	for i := 5; i <= 100; i++ {
		by := dutylog.Actor{Login: "officer", Name: "王officer", Role: dutylog.Officer}
		if _, err := h.db.AddStep(t.Context(), "e-1.0", dutylog.StepDraft{Kind: dutylog.StepFedBack, Text: fmt.Sprint(i)}, by, h.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if got := officer.post("/entries/e-1.0/steps", step); got.status != 422 || !strings.Contains(got.body, "go on in a new entry") {
		t.Errorf("the 101st step: %v", got)
	}
	if e := officer.entry(t, "e-1.0"); len(e.Steps) != 100 || e.Steps[0].Struck == nil || e.Steps[0].Struck.By.Login != "chief" || e.Handling != "fed_back" {
		t.Errorf("%d steps, handling %s", len(e.Steps), e.Handling)
	}
}

// Who may write into an entry, by role and way; nobody else leaves a trace.
func TestWhoMayWriteIntoAnEntry(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	h.over(h.ring("2.0"), telephony.Missed)
	writers := []dutylog.Role{dutylog.Officer, dutylog.Chief, dutylog.Leader}
	before := h.as("officer").entry(t, "e-1.0")
	for _, role := range append(dutylog.Roles(), "") {
		browser := h.visitor()
		if role != "" {
			browser = h.as(string(role))
		}
		for _, a := range []struct{ method, path, body string }{
			{"PATCH", "/entries/e-1.0", `{"revision":0,"content":"x"}`},
			{"POST", "/entries", `{"key":"a","kind":"fax"}`},
			{"POST", "/entries/e-1.0/steps", `{"kind":"none"}`},
			{"DELETE", "/entries/e-1.0/steps/9?reason=x", ""},
			{"POST", "/entries/e-1.0/links", `{"with":"e-1.0","relation":"same_event"}`},
			{"DELETE", "/entries/e-1.0/links?with=e-2.0&relation=same_event&reason=x", ""},
			{"POST", "/entries/e-1.0/read-back", `{"ago_ms":600001}`},
		} {
			got := browser.do(a.method, "/api/v1"+a.path, a.body)
			refused := got.status == 403 || role == "" && got.status == 401
			if want := !slices.Contains(writers, role); refused != want || got.status < 400 || got.status >= 500 {
				t.Errorf("%q, %s %s: %v, refused %v, want %v", role, a.method, a.path, got, refused, want)
			}
		}
	}
	if diff := cmp.Diff(before.Revision, h.as("officer").entry(t, "e-1.0").Revision); diff != "" {
		t.Errorf("what was refused is a revision: %s", diff)
	}
}

// Sheets of days at the edges of the calendar: a sheet, or a named refusal, and never a fault of ours.
func TestSheetsAtTheEdgesOfTime(t *testing.T) {
	h := printed(t)
	officer := h.as("officer")
	for _, c := range []struct {
		path   string
		status int
	}{
		{"day?day=2028-02-29", 200}, {"day?day=2027-02-29", 422}, {"day?day=2026-12-31", 200}, {"day?day=2026-11-31", 422},
		{"day?day=0001-01-01", 200}, {"day?day=0000-01-01", 200}, {"day?day=9999-12-31", 200}, {"day?day=10000-01-01", 422},
		{"month?month=2028-02", 200}, {"month?month=2026-12", 200}, {"month?month=9999-12", 200}, {"month?month=2026-13", 422}, {"month?month=2026-00", 422},
		{"day?day=2026-11-27&line=none", 200}, {"day?day=2026-11-27&line=%27%3B--", 200}, {"day?day=2026-11-27&line=" + strings.Repeat("x", 65), 422},
	} {
		for _, way := range []string{"", "/workbook"} {
			kind, query, _ := strings.Cut(c.path, "?")
			got := officer.get("/sheets/" + kind + way + "?" + query)
			if got.status != c.status {
				t.Errorf("%s%s: %d %.300s, want %d", c.path, way, got.status, got.body, c.status)
			}
			if strings.Contains(query, "line=") && got.status == 200 && way == "" && strings.Contains(got.body, "2026-000002") {
				t.Errorf("%s shows the entries of another line", c.path)
			}
		}
	}
}
