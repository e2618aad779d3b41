package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/web"
)

// A list of duties is a stretch of time that somebody can read; whatever stretch is asked for, the
// answer is bounded or refused by the field, and never a fault of ours.
func TestStretchesOfTimeThatAreAskedFor(t *testing.T) {
	h := housed(t, aRule)
	now, officer := h.clock.Now(), h.as("officer")
	in := func(days int) string { return now.AddDate(0, 0, days).Format(time.RFC3339) }
	for name, c := range map[string]struct {
		from, to string
		field    string // that is refused; empty: none is
		want     int    // how many there are
	}{
		"a hundred days":         {in(1), in(101), "", 100},
		"a day more":             {in(1), in(102), "query.to", 0},
		"until the end of time":  {"", "9999-12-31T00:00:00Z", "query.to", 0},
		"a year ahead":           {"", in(365), "query.to", 0},
		"what comes soon":        {in(0), "", "", 31},
		"of a time long ago":     {"0000-01-01T00:00:00Z", "0000-02-01T00:00:00Z", "", 0},
		"from long ago until":    {"2000-01-01T00:00:00Z", "", "query.to", 0},
		"the last days there be": {"9999-12-01T00:00:00Z", "9999-12-31T00:00:00Z", "", 30},
		"beyond them":            {"9999-12-31T00:00:00Z", "", "", 31},
		"the same moment":        {in(1), in(1), "query.to", 0},
		"backwards":              {in(2), in(1), "query.to", 0},
		"no day":                 {"2026-02-30T00:00:00Z", "", "query.from", 0},
		"a plus that is a blank": {"2026-11-27T08:00:00 08:00", "", "query.from", 0},
		"words":                  {"", "tomorrow", "query.to", 0},
		"in another zone":        {now.AddDate(0, 0, 1).In(site).Format(time.RFC3339), in(2), "", 1},
	} {
		got := officer.get("/tasks?" + url.Values{"from": {c.from}, "to": {c.to}}.Encode())
		if c.field != "" {
			if p := got.problem(t); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != c.field {
				t.Errorf("%s: %+v", name, p)
			}
			continue
		}
		var page taskPage
		got.into(t, &page)
		if len(page.Items) != c.want {
			t.Errorf("%s: %d duties, want %d", name, len(page.Items), c.want)
		}
	}
}

// The return of an absence that was marked and then moved can still be taken back, by who sees it in
// the list: nothing is stuck between two answers.
func TestAMarkedReturnThatMovedIsTakenBack(t *testing.T) {
	h := newHouse(t)
	if err := h.db.SeedTasks(t.Context()); err != nil {
		t.Fatal(err)
	}
	officer := h.as("officer")
	leaves := time.Now().Add(2 * time.Hour).UTC()
	body := func(days int, change string) string {
		return fmt.Sprintf(`{"person":"孙局长","why":"参加培训","place":"北京","leaves_at":%q,"returns_at":%q,"stand_in":"周副局长","stand_in_title":"副局长","change":%q}`,
			leaves.Format(time.RFC3339), leaves.AddDate(0, 0, days).Format(time.RFC3339), change)
	}
	var one struct{ Absence, Version int64 }
	decode(t, officer.post("/absences", body(2, "")), &one)
	back := func() (found task) {
		t.Helper()
		for _, x := range officer.tasks(t, "").Items {
			if x.Key == fmt.Sprintf("%d/return", one.Absence) {
				found = x
			}
		}
		return found
	}
	mark := func(says string, before int64) answer {
		x := back()
		return officer.post(fmt.Sprintf("/tasks/%d/marks", x.Rule), fmt.Sprintf(`{"key":%q,"due_at":%q,"says":%q,"text":"说明","before":%d}`, x.Key, x.DueAt, says, before))
	}
	var done, open task
	mark("done", 0).into(t, &done)
	decode(t, officer.do("PUT", fmt.Sprintf("/api/v1/absences/%d", one.Absence), strings.Replace(body(20, "会期延长"), "{", fmt.Sprintf(`{"version":%d,`, one.Version), 1)), &one)
	if x := back(); x.State != "done" || x.DueAt == done.DueAt {
		t.Errorf("after the change: %+v", x)
	}
	mark("open", done.Mark.ID).into(t, &open)
	if open.State != "coming" || open.Mark.Says != "open" {
		t.Errorf("taken back: %+v", open)
	}
	mark("done", open.Mark.ID).into(t, &done)
	if done.State != "done" || back().State != "done" {
		t.Errorf("done again: %+v", done)
	}
}

// Who may not change duties changes none, whatever they send; who may not sign in sees none.
func TestWhoMayNotChangesNoDuty(t *testing.T) {
	changed := 0
	h := newHouse(t, func(d *web.Deps) { d.DutyChanged = func() { changed++ } })
	if got := h.as("supervisor").post("/task-rules", aRule); got.status != 200 {
		t.Fatal(got)
	}
	before, err := h.db.Evidence(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	due := h.as("officer").tasks(t, "").Items[0]
	mark := fmt.Sprintf(`{"key":%q,"due_at":%q,"says":"done","text":"已办"}`, due.Key, due.DueAt)
	rules, does := "officer chief leader auditor", "auditor admin"
	signed := map[string]*client{}
	for _, who := range strings.Fields(rules + " admin") {
		signed[who] = h.as(who)
	}
	for _, c := range []struct{ method, path, body, who string }{
		{"POST", "/task-rules", aRule, rules},
		{"PUT", fmt.Sprintf("/task-rules/%d", due.Rule), against(due.Rule, aRule), rules},
		{"POST", fmt.Sprintf("/tasks/%d/marks", due.Rule), mark, does},
		{"POST", "/absences", anAbsence, does},
		{"PUT", "/absences/1", anAbsence, does},
	} {
		for _, who := range strings.Fields(c.who) {
			if got := signed[who].do(c.method, "/api/v1"+c.path, c.body); got.status != http.StatusForbidden {
				t.Errorf("%s %s as %s: %v", c.method, c.path, who, got)
			}
		}
		if got := h.visitor().do(c.method, "/api/v1"+c.path, c.body); got.status != http.StatusUnauthorized {
			t.Errorf("%s %s as nobody: %v", c.method, c.path, got)
		}
	}
	for _, path := range []string{"/tasks", "/task-rules", "/absences", "/handover", "/handovers", "/handovers/1"} {
		if got := h.visitor().get(path); got.status != http.StatusUnauthorized {
			t.Errorf("%s as nobody: %v", path, got)
		}
	}
	after, err := h.db.Evidence(t.Context())
	if err != nil || after.Records != before.Records || changed != 1 {
		t.Errorf("%d records more, told %d times, %v", after.Records-before.Records, changed, err)
	}
}

// Bad bodies are refused by the field that is bad, keep nothing, and say nothing of the inside.
func TestBadBodiesOfDuties(t *testing.T) {
	h := housed(t, aRule)
	admin, officer := h.as("admin"), h.as("officer")
	due := officer.tasks(t, "").Items[0]
	marked := func(more string) string { return fmt.Sprintf(`{"key":%q,"due_at":%q,%s}`, due.Key, due.DueAt, more) }
	marks := fmt.Sprintf("/tasks/%d/marks", due.Rule)
	for name, c := range map[string]struct {
		by         *client
		path, body string
		status     int
		location   string // empty: any
	}{
		"a rule of two years ahead":   {admin, "/task-rules", strings.Replace(aRule, ":60", ":1000000", 1), 422, "body.lead_minutes"},
		"before it was":               {admin, "/task-rules", strings.Replace(aRule, ":60", ":-1", 1), 422, "body.lead_minutes"},
		"a post of nobody":            {admin, "/task-rules", strings.Replace(aRule, "duty_officer", "admin", 1), 422, "body.post"},
		"a long title":                {admin, "/task-rules", strings.Replace(aRule, "报送日报", strings.Repeat("报", 101), 1), 422, "body.title"},
		"a clock beyond the day":      {admin, "/task-rules", strings.Replace(aRule, "14:00", "24:00", 1), 422, "body.clock"},
		"a day that is none":          {admin, "/task-rules", strings.Replace(aRule, `"day"`, `"once","date":"2026-02-29"`, 1), 422, "body.date"},
		"more than is asked":          {admin, "/task-rules", strings.Replace(aRule, `{`, `{"checks":["`+strings.Repeat(`a","`, 30)+`b"],`, 1), 422, "body.checks"},
		"something unknown":           {admin, "/task-rules", strings.Replace(aRule, `{`, `{"owner":"x",`, 1), 422, ""},
		"no object":                   {admin, "/task-rules", `[]`, 422, ""},
		"cut off":                     {admin, "/task-rules", aRule[:20], 400, ""},
		"a mark of a moment too late": {officer, marks, fmt.Sprintf(`{"key":%q,"due_at":"9999-12-31T23:59:59Z","says":"done","text":"x"}`, due.Key), 404, ""},
		"a mark of no moment":         {officer, marks, fmt.Sprintf(`{"key":%q,"due_at":null,"says":"done","text":"x"}`, due.Key), 404, ""},
		"a mark of another day":       {officer, marks, fmt.Sprintf(`{"key":"2026-01-01' OR 1=1","due_at":%q,"says":"done","text":"x"}`, due.DueAt), 404, ""},
		"a mark of another rule":      {officer, "/tasks/999/marks", marked(`"says":"done","text":"x"`), 404, ""},
		"a rule without a number":     {officer, "/tasks/0/marks", marked(`"says":"done","text":"x"`), 422, ""},
		"a word that is none":         {officer, marks, marked(`"says":"perhaps","text":"x"`), 422, "body.says"},
		"nothing but blanks":          {officer, marks, marked(`"says":"not_needed","text":"　 \n"`), 422, "body.text"},
		"too many words":              {officer, marks, marked(`"says":"done","text":"` + strings.Repeat("字", 501) + `"`), 422, "body.text"},
		"an entry by a statement":     {officer, marks, marked(`"says":"done","entry":"' OR 1=1 --"`), 422, "body.entry"},
		"a call that nobody made":     {officer, marks, marked(`"says":"done","call_id":"%"`), 422, "body.call_id"},
		"open as it is":               {officer, marks, marked(`"says":"open","text":"x"`), 422, "body.says"},
		"seen what is not there":      {officer, marks, marked(`"says":"done","text":"x","before":77`), 409, ""},
		"an absence of a century":     {officer, "/absences", strings.Replace(anAbsence, "2026-11-29", "2126-11-29", 1), 422, "body.returns_at"},
		"back before they left":       {officer, "/absences", strings.Replace(anAbsence, "2026-11-29", "2026-11-20", 1), 422, "body.returns_at"},
		"nobody is in charge":         {officer, "/absences", strings.Replace(anAbsence, "周副局长", "　", 1), 422, "body.stand_in"},
		"they never leave":            {officer, "/absences", strings.Replace(anAbsence, `"2026-11-27T01:00:00Z"`, "null", 1), 422, "body.returns_at"},
	} {
		p := c.by.post(c.path, c.body).problem(t)
		if p.Status != c.status || c.location != "" && (len(p.Errors) == 0 || p.Errors[0].Location != c.location) {
			t.Errorf("%s: %+v", name, p)
		}
		if strings.Contains(p.Detail, "sql") || strings.Contains(p.Detail, ".go") {
			t.Errorf("%s says too much: %s", name, p.Detail)
		}
	}
	var rules struct{ Items []struct{ Rule int64 } }
	decode(t, admin.get("/task-rules"), &rules)
	if again := officer.tasks(t, ""); len(rules.Items) != 1 || again.Items[0].Mark != nil {
		t.Errorf("something was kept: %d rules, %+v", len(rules.Items), again.Items[0])
	}
}

// What is written is cleaned as all other texts are, and shown as it was written.
func TestTextsOfDutiesAreCleaned(t *testing.T) {
	h := housed(t, aRule)
	var rule struct{ Title, Basis string }
	decode(t, h.as("admin").post("/task-rules", strings.Replace(aRule, `"报送日报"`, `" <b>报送</b>\u0000\u0007 & \"日报\" ","basis":"\u001b[31m规范"`, 1)), &rule)
	if rule.Title != `<b>报送</b> & "日报"` || strings.ContainsRune(rule.Basis, 0x1b) || !strings.HasSuffix(rule.Basis, "规范") {
		t.Errorf("%q %q", rule.Title, rule.Basis)
	}
	officer := h.as("officer")
	due := officer.tasks(t, "").Items[0]
	var done task
	officer.post(fmt.Sprintf("/tasks/%d/marks", due.Rule), fmt.Sprintf(`{"key":%q,"due_at":%q,"says":"done","text":"已报\u0000<script>"}`, due.Key, due.DueAt)).into(t, &done)
	if done.Mark.Text != "已报<script>" || done.Mark.By.Name != "王officer" {
		t.Errorf("%+v", done.Mark)
	}
	// A tick that the rule does not ask for is not kept.
	if len(done.Mark.Checks) != 0 || done.State != "done_late" && done.State != "done" {
		t.Errorf("%+v", done)
	}
}

// Duties of holidays follow the calendar that the house was given; without one, weekends are all it knows.
func TestDutiesFollowTheCalendarOfTheHouse(t *testing.T) {
	special := `{"title":"报送当日情况","post":"duty_officer","every":"special_day","clock":"14:00"}`
	year := time.Now().In(site).Year() + 1
	table, err := dutylog.ParseHolidays(strings.NewReader(fmt.Sprintf("名称,开始,结束,类型\n国庆节,%d-10-01,%d-10-07,放假\n", year, year)), year)
	if err != nil {
		t.Fatal(err)
	}
	known := dutylog.SiteCalendar{Years: dutylog.Calendar{year: {Year: year, Days: table}}}
	query := fmt.Sprintf("?from=%d-09-15T00:00:00Z&to=%d-10-31T00:00:00Z", year, year)
	for want, calendar := range map[int]dutylog.TaskCalendar{0: nil, 7: known} {
		h := newHouse(t, func(d *web.Deps) { d.Calendar = calendar })
		if got := h.as("admin").post("/task-rules", special); got.status != 200 {
			t.Fatal(got)
		}
		if p := h.as("officer").tasks(t, query); len(p.Items) != want || p.Waiting != 0 {
			t.Errorf("%d duties, want %d", len(p.Items), want)
		}
	}
}

// The report of a day to come is not done today; that somebody will be back early is said early.
func TestWhatHasNotHappenedIsNotReported(t *testing.T) {
	h := housed(t, aRule)
	officer := h.as("officer")
	var coming task
	for _, x := range officer.tasks(t, "").Items {
		if x.State == "coming" && coming.Key == "" {
			coming = x
		}
	}
	if coming.Key == "" || coming.Soon == nil {
		t.Fatalf("%+v", coming)
	}
	say := func(says string) answer {
		return officer.post(fmt.Sprintf("/tasks/%d/marks", coming.Rule), fmt.Sprintf(`{"key":%q,"due_at":%q,"says":%q,"text":"提前"}`, coming.Key, coming.DueAt, says))
	}
	if p := say("done").problem(t); p.Status != 422 || p.Errors[0].Location != "body.says" || !strings.Contains(p.Errors[0].Message, "can be done from "+strings.TrimSuffix(*coming.Soon, ".000Z")+"Z on") {
		t.Errorf("%+v", p)
	}
	if got := say("not_needed"); got.status != 200 {
		t.Errorf("%v", got)
	}
}
