package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/web"
)

const (
	aRule     = `{"title":"报送日报","post":"duty_officer","every":"day","clock":"14:00","lead_minutes":60}`
	anAbsence = `{"person":"孙局长","why":"参加培训","place":"北京","leaves_at":"2026-11-27T01:00:00Z","returns_at":"2026-11-29T10:00:00Z","stand_in":"周副局长","stand_in_title":"副局长"}`
)

type task struct {
	Rule              int64
	Key, Title, Basis string
	Post, State       string
	DueAt             string  `json:"due_at"`
	Opens             string  `json:"opens_at"`
	Soon              *string `json:"not_before"`
	Lapses            *string `json:"lapses_at"`
	Checks            []string
	Filing            *struct {
		State  string
		Newest int64 `json:"filing"`
		Guess  bool  `json:"due_presumed"`
	}
	Mark *struct {
		ID         int64
		Says, Text string
		Entry      string
		CallID     string `json:"call_id"`
		Checks     []dutylog.Check
		By         person
	}
}

type taskPage struct {
	Items      []task
	Waiting    int
	NextCursor string `json:"next_cursor"`
}

func (c *client) tasks(t *testing.T, query string) (p taskPage) {
	t.Helper()
	c.get("/tasks"+query).into(t, &p)
	return p
}

// housed is a house that asks for something every day at 14:00 since two days.
func housed(t *testing.T, rule string) *house {
	h := newHouse(t)
	// The rule holds from the log's own now on; the page's clock then goes on to the afternoon two days later.
	if got := h.as("supervisor").post("/task-rules", rule); got.status != 200 {
		t.Fatalf("%v", got)
	}
	h.clock.mu.Lock()
	defer h.clock.mu.Unlock()
	y, m, d := h.clock.now.Add(8 * time.Hour).Date()
	h.clock.now = time.Date(y, m, d+2, 7, 0, 0, 0, time.UTC) // 15:00 in UTC+8
	return h
}

// A dated duty is listed when it waits, is done with a proof, taken back with a reason and done again;
// every word stays, and the newest counts.
func TestADutyIsDoneAndTakenBack(t *testing.T) {
	h := housed(t, aRule)
	officer, leader := h.as("officer"), h.as("leader")
	p := officer.tasks(t, "")
	if p.Waiting < 1 || len(p.Items) < 30 || p.Items[p.Waiting-1].State != "overdue" || p.Items[p.Waiting].State != "coming" {
		t.Fatalf("%d wait of %d: %+v", p.Waiting, len(p.Items), p.Items[:2])
	}
	due := p.Items[0]
	mark := func(c *client, body string) answer {
		return c.post(fmt.Sprintf("/tasks/%d/marks", due.Rule), fmt.Sprintf(`{"key":%q,"due_at":%q,%s}`, due.Key, due.DueAt, body))
	}
	if p := mark(officer, `"says":"done"`).problem(t); p.Status != 422 || p.Errors[0].Location != "body.text" {
		t.Errorf("without proof: %+v", p)
	}
	if p := mark(officer, `"says":"done","entry":"2026-009999"`).problem(t); p.Status != 422 || p.Errors[0].Location != "body.entry" {
		t.Errorf("an entry that is not there: %+v", p)
	}
	var done task
	mark(officer, `"says":"done","text":"已电话报送市局指挥中心"`).into(t, &done)
	if !strings.HasPrefix(done.State, "done") || done.Mark.Text != "已电话报送市局指挥中心" || done.Mark.By.Login != "officer" {
		t.Errorf("%+v", done)
	}
	if p := mark(leader, `"says":"done","text":"我也报了"`).problem(t); p.Status != 422 {
		t.Errorf("done twice: %+v", p)
	}
	if p := mark(leader, `"says":"open","text":"报错了单位"`).problem(t); p.Status != 409 || p.Type != "/problems/task-marked" {
		t.Errorf("by a page that does not know the mark: %+v", p)
	}
	var back task
	mark(leader, fmt.Sprintf(`"says":"open","text":"报错了单位","before":%d`, done.Mark.ID)).into(t, &back)
	if back.State != "overdue" || back.Mark.Says != "open" || back.Mark.By.Login != "leader" {
		t.Errorf("%+v", back)
	}
	var noneed task
	mark(officer, fmt.Sprintf(`"says":"not_needed","text":"当日停报","before":%d`, back.Mark.ID)).into(t, &noneed)
	if noneed.State != "not_needed" {
		t.Errorf("%+v", noneed)
	}
	if after := officer.tasks(t, ""); after.Waiting != p.Waiting-1 {
		t.Errorf("%d wait, %d did", after.Waiting, p.Waiting)
	}
	if p := officer.post(fmt.Sprintf("/tasks/%d/marks", due.Rule), `{"key":"2020-01-01","due_at":"2020-01-01T06:00:00Z","says":"done","text":"x"}`).problem(t); p.Status != 404 {
		t.Errorf("a duty that nobody asks for: %+v", p)
	}
}

// A page of the list is a stretch of time.
func TestTheListIsAskedByTime(t *testing.T) {
	h := housed(t, aRule)
	officer := h.as("officer")
	from := h.clock.Now().Add(24 * time.Hour)
	p := officer.tasks(t, "?from="+from.Format(time.RFC3339)+"&to="+from.Add(72*time.Hour).Format(time.RFC3339))
	if len(p.Items) != 3 || p.Waiting != 0 || p.NextCursor != "" {
		t.Errorf("three days: %+v", p)
	}
	for name, query := range map[string]string{"a year": "?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z", "backwards": "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "no time": "?from=yesterday"} {
		if got := officer.get("/tasks" + query); got.status != 422 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What has to be ticked is ticked item by item.
func TestEveryItemOfACheckIsTicked(t *testing.T) {
	changed := 0
	h := newHouse(t, func(d *web.Deps) { d.DutyChanged = func() { changed++ } })
	supervisor, officer := h.as("supervisor"), h.as("officer")
	if got := supervisor.post("/task-rules", `{"title":"检查设备","post":"duty_officer","every":"shift","after_minutes":60,"lead_minutes":60,"checks":["值班电话","传真机"]}`); got.status != 200 {
		t.Fatal(got)
	}
	now := time.Now()
	if err := h.db.ReplaceRoster(t.Context(), []dutylog.Shift{{From: now.Add(-30 * time.Minute), To: now.Add(5 * time.Hour), Post: dutylog.PostOfficer, Name: "王officer"}}); err != nil {
		t.Fatal(err)
	}
	p := officer.tasks(t, "")
	if len(p.Items) != 1 || p.Items[0].State != "due" || p.Items[0].Lapses == nil {
		t.Fatalf("%+v", p)
	}
	ask := func(checks string) answer {
		return officer.post(fmt.Sprintf("/tasks/%d/marks", p.Items[0].Rule), fmt.Sprintf(`{"key":%q,"due_at":%q,"says":"done","checks":[%s]}`, p.Items[0].Key, p.Items[0].DueAt, checks))
	}
	if p := ask(`{"item":"值班电话","state":"good"}`).problem(t); p.Status != 422 || !strings.Contains(p.Detail, "传真机") {
		t.Errorf("%+v", p)
	}
	var done task
	ask(`{"item":"传真机","state":"faulty","remark":"卡纸，已报修"},{"item":"值班电话","state":"good"}`).into(t, &done)
	want := []dutylog.Check{{Item: "值班电话", State: dutylog.CheckGood}, {Item: "传真机", State: dutylog.CheckFaulty, Remark: "卡纸，已报修"}}
	if diff := cmp.Diff(want, done.Mark.Checks); diff != "" || done.State != "done" {
		t.Errorf("%s %s", done.State, diff)
	}
	if changed != 2 { // a rule, a mark
		t.Errorf("the alerts were asked to look again %d times", changed)
	}
}

// Supervisor and administrator add, change and end rules; a rule that cannot be is refused by its field.
func TestRulesAreChangedByWhoMay(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	type ruleView struct {
		Rule, Version                          int64
		Seed, Title, Basis, Post, Every, Clock string
		Date                                   string
		Weekday, Day                           int
		After                                  int `json:"after_minutes"`
		Lead                                   int `json:"lead_minutes"`
		Checks                                 []string
		Ended                                  bool
		By                                     *person
	}
	var added, ended ruleView
	admin.post("/task-rules", aRule).into(t, &added)
	h.as("supervisor").do("PUT", fmt.Sprintf("/api/v1/task-rules/%d", added.Rule), against(added.Version, strings.Replace(aRule, `"title"`, `"ended":true,"title"`, 1))).into(t, &ended)
	if added.Rule == 0 || added.By.Login != "admin" || added.Lead != 60 || !ended.Ended || ended.Rule != added.Rule || ended.By.Login != "supervisor" {
		t.Errorf("%+v %+v", added, ended)
	}
	var list struct {
		Items      []ruleView
		NextCursor string `json:"next_cursor"`
	}
	h.as("auditor").get("/task-rules").into(t, &list)
	if diff := cmp.Diff([]ruleView{ended}, list.Items); diff != "" {
		t.Error(diff)
	}
	for location, body := range map[string]string{
		"body.title": strings.Replace(aRule, "报送日报", " ", 1),
		"body.clock": strings.Replace(aRule, "14:00", "2pm", 1),
		"body.every": strings.Replace(aRule, `"day"`, `"sometimes"`, 1),
		"body.day":   strings.Replace(aRule, `"day"`, `"month"`, 1),
	} {
		if p := admin.post("/task-rules", body).problem(t); p.Status != 422 || len(p.Errors) == 0 || p.Errors[0].Location != location {
			t.Errorf("%s: %+v", location, p)
		}
	}
	if got := admin.do("PUT", "/api/v1/task-rules/99", against(1, aRule)); got.status != 404 {
		t.Errorf("a rule that is not there: %v", got)
	}
}

// against is a change of a rule that was made against a version of it.
func against(version int64, rule string) string {
	return strings.Replace(rule, "{", fmt.Sprintf(`{"version":%d,`, version), 1)
}

// Of two people who change one rule at the same time, the second is told so, and overwrites nothing.
func TestARuleIsNotOverwrittenSilently(t *testing.T) {
	h := newHouse(t)
	admin, other := h.as("admin"), h.as("supervisor")
	var rule struct {
		Rule, Version int64
		Title         string
	}
	decode(t, admin.post("/task-rules", aRule), &rule)
	path, seen := fmt.Sprintf("/api/v1/task-rules/%d", rule.Rule), rule.Version
	if p := admin.do("PUT", path, aRule).problem(t); p.Status != 422 || p.Errors[0].Location != "body.version" {
		t.Errorf("without a version: %+v", p)
	}
	decode(t, admin.do("PUT", path, against(seen, strings.Replace(aRule, "日报", "周报", 1))), &rule)
	if rule.Version <= seen || rule.Title != "报送周报" {
		t.Errorf("%+v", rule)
	}
	for _, old := range []int64{seen, rule.Version + 1} {
		if p := other.do("PUT", path, against(old, strings.Replace(aRule, "日报", "月报", 1))).problem(t); p.Status != 409 || p.Type != "/problems/changed-meanwhile" {
			t.Errorf("against version %d: %+v", old, p)
		}
	}
	if got := other.get("/task-rules"); !strings.Contains(got.body, "报送周报") || strings.Contains(got.body, "报送月报") {
		t.Errorf("it was overwritten: %s", got)
	}
	decode(t, other.do("PUT", path, against(rule.Version, strings.Replace(aRule, "日报", "月报", 1))), &rule)
	if rule.Title != "报送月报" {
		t.Errorf("%+v", rule)
	}
}

// Two people change one absence: the second one is told, and nothing is overwritten in silence.
func TestTwoPeopleChangeOneAbsence(t *testing.T) {
	h := newHouse(t)
	officer, chief := h.as("officer"), h.as("chief")
	type absence struct {
		Absence, Version int64
		Place, Change    string
	}
	var one absence
	decode(t, officer.post("/absences", anAbsence), &one)
	path := fmt.Sprintf("/api/v1/absences/%d", one.Absence)
	change := func(who *client, version int64, place string) answer {
		body := strings.Replace(anAbsence, `"北京"`, fmt.Sprintf("%q", place), 1)
		return who.do("PUT", path, strings.Replace(body, "{", fmt.Sprintf(`{"change":"改地点","version":%d,`, version), 1))
	}
	var two absence
	decode(t, change(officer, one.Version, "天津"), &two)
	p := change(chief, one.Version, "上海").problem(t)
	if p.Status != 409 || p.Type != "/problems/changed-meanwhile" || !strings.Contains(p.Detail, "read it anew") {
		t.Errorf("%+v", p)
	}
	if p := change(chief, 0, "上海").problem(t); p.Status != 422 || p.Errors[0].Location != "body.version" {
		t.Errorf("without a version: %+v", p)
	}
	var list struct{ Items []absence }
	decode(t, chief.get("/absences"), &list)
	if len(list.Items) != 1 || list.Items[0].Place != "天津" || list.Items[0].Version != two.Version {
		t.Errorf("%+v", list)
	}
	if got := change(chief, two.Version, "上海"); got.status != 200 {
		t.Errorf("read anew: %v", got)
	}
	counted := atOnce(4, func(i int) answer { return change(officer, two.Version+1, fmt.Sprint("第", i, "站")) })
	if diff := cmp.Diff(map[int]int{200: 1, 409: 3}, counted); diff != "" {
		t.Errorf("at once (-want +got):\n%s", diff)
	}
}

// An absence of the unit's head becomes its reports: before, of a change, and of the return.
func TestAnAbsenceBecomesItsReports(t *testing.T) {
	h := newHouse(t)
	if err := h.db.SeedTasks(t.Context()); err != nil {
		t.Fatal(err)
	}
	officer := h.as("officer")
	leaves := time.Now().Add(2 * time.Hour).UTC()
	body := func(more string) string {
		return fmt.Sprintf(`{"person":"孙局长","why":"参加培训","place":"北京","leaves_at":%q,"returns_at":%q,"stand_in":"周副局长","stand_in_title":"副局长"%s}`,
			leaves.Format(time.RFC3339), leaves.Add(48*time.Hour).Format(time.RFC3339), more)
	}
	var one struct{ Absence, Version int64 }
	decode(t, officer.post("/absences", body("")), &one)
	version := fmt.Sprintf(`,"version":%d`, one.Version)
	if p := officer.do("PUT", fmt.Sprintf("/api/v1/absences/%d", one.Absence), body(version)).problem(t); p.Errors[0].Location != "body.change" {
		t.Errorf("a change without a word: %+v", p)
	}
	decode(t, officer.do("PUT", fmt.Sprintf("/api/v1/absences/%d", one.Absence), body(`,"change":"改乘高铁"`+version)), &one)
	var titles []string
	for _, x := range officer.tasks(t, "").Items {
		if x.Basis == "规范第十条" {
			titles = append(titles, x.Title+" "+x.State)
		}
	}
	// The head leaves in two hours; of the change is reported within two hours, too.
	want := []string{"主要负责同志外出报备：孙局长外出 due", "主要负责同志外出报备：孙局长行程变化 due", "主要负责同志外出报备：孙局长返回销假 coming"}
	if diff := cmp.Diff(want, titles); diff != "" {
		t.Error(diff)
	}
	var list struct {
		Items []struct {
			Absence int64
			Change  string
		}
	}
	decode(t, officer.get("/absences"), &list)
	if len(list.Items) != 1 || list.Items[0].Change != "改乘高铁" {
		t.Errorf("%+v", list)
	}
}
