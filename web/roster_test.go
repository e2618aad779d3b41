package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

type shiftJSON struct{ From, To, Post, Name, Phone string }

type findingJSON struct{ Reason, Weight, From, To, Post, Name, Other string }

type monthJSON struct {
	Month string
	Days  []struct {
		Date, Kind, Name string
		Periods          []string
	}
	Known    bool
	Source   string
	Shifts   []shiftJSON
	Findings []findingJSON
	Draft    struct {
		Revision int
		At       *string
		By       string
		Shifts   []shiftJSON
		Findings []findingJSON
		Reason   bool `json:"wants_reason"`
	}
	Counts []struct {
		Name, Post                                    string
		Shifts, Day, Night, Weekend, Holiday, Unknown int
		Hours, Rest                                   float64
	}
	Rest struct{ Night, Weekend, Holiday float64 }
}

// december is the API's spelling of a day's shifts, midnight to midnight in Shanghai.
func december(day int, officer, chief, leader string) string {
	from := time.Date(2026, 12, day, 0, 0, 0, 0, time.FixedZone("CST", 8*3600)).UTC()
	var out []string
	for post, name := range map[string]string{"duty_officer": officer, "duty_section_chief": chief, "duty_leader": leader} {
		out = append(out, fmt.Sprintf(`{"from":%q,"to":%q,"post":%q,"name":%q,"phone":"139"}`, from.Format(time.RFC3339), from.Add(24*time.Hour).Format(time.RFC3339), post, name))
	}
	return strings.Join(out, ",")
}

// duty room of November 2026: its clock stands at noon of the 27th.
func rosterHouse(t *testing.T) *house {
	h := newHouse(t)
	h.clock.Add(time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	h.oneClock = true
	return h
}

func (c *client) put(path, body string) answer {
	c.t.Helper()
	return c.do("PUT", "/api/v1"+path, body)
}

func reasons(found []findingJSON) string {
	var out []string
	for _, f := range found {
		if f.Reason != "gap" && f.Reason != "people_unlisted" {
			out = append(out, f.Reason+":"+f.Name)
		}
	}
	return strings.Join(out, " ")
}

// Whom the list of people does not know serves only when who makes the roster says why.
func TestAStrangerIsNotPutOnDutyByTyping(t *testing.T) {
	h := rosterHouse(t)
	chief, officer := h.as("chief"), h.as("officer")
	for _, name := range []string{"张伟", "杨秀英", "赵振华"} {
		chief.put("/roster/people", `{"name":"`+name+`","phone":"1","login":"","standing":"regular","left":null}`)
	}
	var m monthJSON
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华局长")+`,`+december(11, "张伟", "赵振华", "赵振华局长")+`]}`).into(t, &m)
	if got := reasons(m.Draft.Findings); !strings.Contains(got, "two_posts:赵振华") {
		t.Errorf("the same person on two posts: %s", got)
	}
	chief.put("/roster/months/2026-12/draft", `{"revision":1,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华局长")+`,`+december(11, "李娜", "杨秀英", "赵振华局长")+`]}`).into(t, &m)
	if got := chief.post("/roster/months/2026-12/publish", `{"revision":2,"reason":""}`); got.status != 422 || !strings.Contains(got.body, "standing_unknown 李娜") {
		t.Fatalf("a stranger was published: %v", got)
	}
	chief.post("/roster/months/2026-12/publish", `{"revision":2,"reason":"12月","take_on":"新调入"}`).into(t, &m)
	if len(m.Shifts) != 6 || reasons(m.Findings) != "" {
		t.Fatalf("%+v", m)
	}
	swap := func(c *client, takeOn string) answer {
		return c.post("/roster/swaps", `{"give":{"from":"2026-12-09T16:00:00Z","post":"duty_officer","name":"张伟"},"name":"门卫老李","reason":"顶班","take_on":"`+takeOn+`"}`)
	}
	if got := swap(officer, ""); !strings.Contains(got.body, `"standing_unknown"`) || !strings.Contains(got.body, `"change":null`) {
		t.Errorf("the porter was put on duty: %v", got)
	}
	if got := swap(officer, "我说可以"); got.status != 403 {
		t.Errorf("an officer took somebody on: %v", got)
	}
	if got := swap(chief, "区机关事务中心在编职工"); !strings.Contains(got.body, "顶班；列入人员名单：门卫老李（区机关事务中心在编职工）") {
		t.Errorf("%v", got)
	}
	if got := chief.get("/roster/people").body; !strings.Contains(got, "门卫老李") || !strings.Contains(got, "李娜") {
		t.Errorf("who was taken on is not in the list: %s", got)
	}
}

func TestARosterIsMadePublishedAndSwapped(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	draft := `{"revision":0,"shifts":[` + december(10, "张伟", "杨秀英", "赵振华") + `,` + december(11, "李娜", "杨秀英", "李娜") + `]}`
	var m monthJSON
	chief.put("/roster/months/2026-12/draft", draft).into(t, &m)
	if m.Draft.Revision != 1 || m.Draft.By != "王chief" || len(m.Draft.Shifts) != 6 || len(m.Shifts) != 0 || reasons(m.Draft.Findings) != "two_posts:李娜" {
		t.Fatalf("%+v", m.Draft)
	}
	if len(m.Days) != 31 || m.Days[4].Kind != "weekend" || !m.Known || m.Source == "" {
		t.Errorf("the days of December: %+v", m.Days[4])
	}
	if got := chief.put("/roster/months/2026-12/draft", draft); got.status != 409 || !strings.Contains(got.body, "load it anew") {
		t.Errorf("an old draft: %v", got)
	}
	if got := chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":"12月"}`); got.status != 422 || got.problem(t).Type != "/problems/roster-forbidden" || !strings.Contains(got.body, "two_posts") {
		t.Errorf("what Art. 8 forbids: %v", got)
	}
	draft = `{"revision":1,"shifts":[` + december(10, "张伟", "杨秀英", "赵振华") + `,` + december(11, "李娜", "杨秀英", "赵振华") + `]}`
	chief.put("/roster/months/2026-12/draft", draft).into(t, &m)
	chief.post("/roster/months/2026-12/publish", `{"revision":2,"reason":"12月值班表"}`).into(t, &m)
	if m.Draft.Revision != 0 || len(m.Shifts) != 6 || reasons(m.Findings) != "" || len(m.Counts) != 4 || m.Counts[0].Hours != 24 {
		t.Errorf("published: %+v", m)
	}
	give := `"give":{"from":"2026-12-09T16:00:00Z","post":"duty_officer","name":"张伟"}`
	var swap struct {
		Forbidden []findingJSON
		Change    *struct {
			ID                        int64
			At, Kind, Subject, Reason string
			From, To                  string
			By                        struct{ Login, Name, Role string }
			Before, After             []shiftJSON
		}
	}
	officer := h.as("officer")
	officer.post("/roster/swaps", `{`+give+`,"name":"杨秀英","reason":"出差","try":true}`).into(t, &swap)
	if reasons(swap.Forbidden) != "two_posts:杨秀英" || swap.Change != nil {
		t.Errorf("a trial: %+v", swap)
	}
	officer.post("/roster/swaps", `{`+give+`,"name":"杨秀英","reason":"出差"}`).into(t, &swap)
	if reasons(swap.Forbidden) != "two_posts:杨秀英" || swap.Change != nil {
		t.Errorf("what is forbidden was done: %+v", swap)
	}
	officer.post("/roster/swaps", `{`+give+`,"take":{"from":"2026-12-10T16:00:00Z","post":"duty_officer","name":"李娜"},"reason":"出差"}`).into(t, &swap)
	if swap.Change == nil || swap.Change.By.Login != "officer" || swap.Change.Before[0].Name != "张伟" || swap.Change.After[0].Name != "李娜" {
		t.Fatalf("%+v", swap)
	}
	var changes struct {
		Items []struct {
			ID                        int64
			At, Kind, Subject, Reason string
			From, To                  *string
			By                        struct{ Login, Name, Role string }
			Before, After             []shiftJSON
		}
		NextCursor string `json:"next_cursor"`
	}
	h.as("auditor").get("/roster/changes?month=2026-12").into(t, &changes)
	if len(changes.Items) != 2 || changes.Items[0].Kind != "swap" || changes.Items[1].Kind != "publish" || changes.Items[1].Reason != "12月值班表" || len(changes.Items[1].After) != 0 {
		t.Errorf("%+v", changes)
	}
}

type filingsJSON struct {
	Duties []struct {
		Kind, Name, First, Last, State string
		Due                            *string
		Presumed                       bool `json:"due_presumed"`
		Asks                           bool
		Filing                         int64
	}
	Filings []map[string]any
}

// state is how the filing of one month or holiday stands.
func (f filingsJSON) state(first, kind string) string {
	for _, d := range f.Duties {
		if d.First == first && d.Kind == kind {
			return d.State
		}
	}
	return "not asked for"
}

func TestAFiledRosterKeepsItsVersion(t *testing.T) {
	h := rosterHouse(t)
	chief, officer := h.as("chief"), h.as("officer")
	publish := func(revision int, shifts string) {
		t.Helper()
		for _, got := range []answer{chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+shifts+`]}`), chief.post("/roster/months/2026-12/publish", fmt.Sprintf(`{"revision":%d,"reason":"改排"}`, revision))} {
			if got.status != 200 {
				t.Fatal(got)
			}
		}
	}
	if err := h.db.SeedTasks(t.Context()); err != nil {
		t.Fatal(err)
	}
	duty := func(says string, filing int64) task {
		t.Helper()
		for _, x := range officer.tasks(t, "").Items {
			if x.Key == "month/2026-12-01" && (says == "" || x.State == says && x.Filing.Newest == filing) {
				return x
			}
		}
		t.Errorf("no duty of December says %s by filing %d", says, filing)
		return task{}
	}
	var f filingsJSON
	officer.get("/roster/filings").into(t, &f)
	if f.state("2026-12-01", "month") != "open" || f.state("2027-01-01", "month") != "deadline_unknown" || f.state("2026-11-01", "month") != "overdue" {
		t.Errorf("%+v", f.Duties)
	}
	file := `{"kind":"month","first":"2026-12-01","name":"2026-12","sent_at":"2026-11-27T04:00:00Z","sent_to":"市应急指挥中心、区政府","receipt":"回执.jpg","note":""}`
	if got := officer.post("/roster/filings", file); got.status != 422 || !strings.Contains(got.body, "no shift") {
		t.Errorf("a roster that is empty was filed: %v", got)
	}
	publish(1, december(10, "张伟", "杨秀英", "赵振华"))
	if got := officer.post("/roster/filings", file); got.status != 200 {
		t.Fatal(got)
	}
	officer.get("/roster/filings?first=2026-12-01&last=2026-12-31").into(t, &f)
	if f.state("2026-12-01", "month") != "filed" || len(f.Filings) != 1 {
		t.Errorf("%+v", f)
	}
	duty("done", 1)
	publish(2, december(10, "李娜", "杨秀英", "赵振华"))
	officer.get("/roster/filings").into(t, &f)
	if f.state("2026-12-01", "month") != "supplement" {
		t.Errorf("the change asks for no supplement: %+v", f.Duties)
	}
	open := duty("due", 1)
	mark := fmt.Sprintf(`{"key":%q,"due_at":%q,"says":"done","text":"补报过了"}`, open.Key, open.DueAt)
	if p := officer.post(fmt.Sprintf("/tasks/%d/marks", open.Rule), mark).problem(t); p.Status != 422 || p.Errors[0].Location != "body.says" {
		t.Errorf("a supplement by a word alone: %+v", p)
	}
	if got := officer.post("/roster/filings", file); got.status != 200 {
		t.Fatal(got)
	}
	officer.get("/roster/filings").into(t, &f)
	duty("done", 2)
	one, two := officer.get("/roster/filings/1"), officer.get("/roster/filings/2")
	if f.state("2026-12-01", "month") != "filed" || !strings.Contains(one.body, "张伟") || !strings.Contains(two.body, "李娜") || !strings.Contains(two.body, `"supplement":1`) {
		t.Errorf("%+v\n%v\n%v", f, one, two)
	}
	for path, want := range map[string]int{"/roster/filings/9": 404, "/roster/filings?first=x": 422, "/roster/filings?first=2027-01-01&last=2026-01-01": 422, "/roster/filings?last=2036-01-01": 422} {
		if got := officer.get(path); got.status != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	for _, body := range []string{strings.Replace(file, "2026-12-01", "2026-12-02", 1), strings.Replace(file, "2026-12-01", "12月", 1), strings.Replace(file, "2026-11-27", "2026-12-27", 1)} {
		if got := officer.post("/roster/filings", body); got.status != 422 {
			t.Errorf("%s: %v", body, got)
		}
	}
}

func TestListsOfTheRoster(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	var people struct {
		Items []struct {
			Name, Phone, Login, Standing string
			Version                      int64
			Left                         *string
		}
	}
	chief.put("/roster/people", `{"name":"老周","phone":"1","login":"","standing":"rehired","left":null}`).into(t, &people)
	// Who enters a known name again hears that it is known, and not of somebody else.
	if got := chief.put("/roster/people", `{"name":"老 周","phone":"2","login":"","standing":"regular","left":null}`); got.status != 409 || !strings.Contains(got.body, "in the list of people already") || strings.Contains(got.body, "else") {
		t.Error(got)
	}
	// Two people change one person: the second one hears of it, and nothing is overwritten.
	chief.get("/roster/people").into(t, &people)
	change := func(c *client, phone string, version int64) answer {
		return c.put("/roster/people", fmt.Sprintf(`{"name":"老周","phone":%q,"login":"","standing":"rehired","left":null,"version":%d}`, phone, version))
	}
	version := people.Items[0].Version
	if got := change(h.as("leader"), "1", version); got.status != 200 {
		t.Fatal(got)
	}
	for _, stale := range []int64{version, 0, 999} {
		if p := change(chief, "22", stale).problem(t); p.Status != 409 || p.Type != "/problems/changed-meanwhile" || !strings.Contains(p.Detail, "read the list anew") {
			t.Errorf("against version %d: %+v", stale, p)
		}
	}
	chief.get("/roster/people").into(t, &people)
	if people.Items[0].Phone != "1" || people.Items[0].Version <= version {
		t.Errorf("%+v", people.Items)
	}
	if len(people.Items) != 1 || people.Items[0].Standing != "rehired" || people.Items[0].Left != nil {
		t.Errorf("%+v", people)
	}
	var m monthJSON
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "老周", "杨秀英", "赵振华")+`]}`).into(t, &m)
	if got := reasons(m.Draft.Findings); !strings.Contains(got, "not_regular:老周") || !strings.Contains(got, "standing_unknown:杨秀英") {
		t.Errorf("found %s", got)
	}
	holidays := `{"source":"国办发明电〔2026〕9号","table":"名称,开始,结束,类型\n元旦,2027-01-01,2027-01-03,放假\n"}`
	if got := chief.put("/roster/holidays/2027", holidays); got.status != 200 || !strings.Contains(got.body, "2027-01-03") {
		t.Errorf("%v", got)
	}
	bad := chief.put("/roster/holidays/2027", `{"source":"x","table":"名称,开始,结束,类型\n元旦,2027-01-41,,放假\n春节,2027-02-06,,休\n"}`)
	if p := bad.problem(t); bad.status != 422 || len(p.Errors) != 2 || !strings.HasPrefix(p.Errors[1].Message, "row 3, 类型: ") ||
		!strings.Contains(bad.body, `"faults":[{"row":2,"column":"开始","cell":"","code":"no_date","value":"2027-01-41"`) || !strings.Contains(bad.body, `"code":"no_kind"`) {
		t.Errorf("%v", bad)
	}
	if got := chief.get("/roster/holidays"); !strings.Contains(got.body, "国办发明电〔2026〕9号") {
		t.Errorf("the table with a fault replaced the good one: %v", got)
	}
	chief.get("/roster/months/2027-01").into(t, &m)
	if m.Days[0].Kind != "holiday" || m.Days[0].Name != "元旦" {
		t.Errorf("New Year is %+v", m.Days[0])
	}
	if got := chief.post("/roster/periods", `{"name":"两会","first":"2027-01-10","last":"2027-01-12","notice":"沈应急〔2027〕1号","extra":"备勤 2 人","ended":""}`); got.status != 200 {
		t.Errorf("%v", got)
	}
	chief.get("/roster/months/2027-01").into(t, &m)
	if len(m.Days[9].Periods) != 1 || len(m.Days[12].Periods) != 0 {
		t.Errorf("the period is not on its days: %+v", m.Days[9:13])
	}
	h.clock.Add(time.Minute)
	callOff := fmt.Sprintf(`{"id":1,"version":%d,"name":"两会","first":"2027-01-10","last":"2027-01-12","notice":"","extra":"","ended":"改期"}`, h.periodVersion(t))
	if got := chief.post("/roster/periods", callOff); !strings.Contains(got.body, "改期") {
		t.Errorf("%v", got)
	}
	if got := chief.post("/roster/periods", callOff); got.status != 409 || !strings.HasSuffix(got.problem(t).Type, "/changed-meanwhile") {
		t.Errorf("against a version that stands no more: %v", got)
	}
	for _, bad := range []answer{chief.get("/roster/months/2027-13"), chief.get("/roster/changes?month=x"), chief.get("/roster/changes?cursor=x"), chief.post("/roster/periods", `{"name":"x","first":"x","last":"","notice":"","extra":"","ended":""}`)} {
		if bad.status != 422 {
			t.Errorf("%v", bad)
		}
	}
	if got := chief.do("DELETE", "/api/v1/roster/months/2027-05/draft", ""); got.status != 404 {
		t.Errorf("no draft was dropped: %v", got)
	}
	if got := chief.do("DELETE", "/api/v1/roster/months/2026-12/draft", ""); got.status != 200 {
		t.Errorf("%v", got)
	}
	if got := h.as(string(dutylog.Officer)).put("/roster/people", `{"name":"x","phone":"","login":"","standing":"regular","left":null}`); got.status != 403 {
		t.Errorf("an officer changes who may be on duty: %v", got)
	}
}
