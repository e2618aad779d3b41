package web_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// Who may do what with the roster, by role: the table that the duty room agreed on.
func TestWhoMayDoWhatWithTheRoster(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`,`+december(11, "李娜", "杨秀英", "赵振华")+`]}`)
	chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`)
	actions := []struct {
		name, method, path, body string
		who                      []dutylog.Role
	}{
		{"see a month", "GET", "/roster/months/2026-12", "", dutylog.Staff()},
		{"see who changed it", "GET", "/roster/changes", "", dutylog.Staff()},
		{"see the filings", "GET", "/roster/filings", "", dutylog.Staff()},
		{"see the people", "GET", "/roster/people", "", dutylog.Staff()},
		{"see the holidays", "GET", "/roster/holidays", "", dutylog.Staff()},
		{"save a draft", "PUT", "/roster/months/2027-03/draft", `{"revision":99,"shifts":[]}`, []dutylog.Role{dutylog.Chief, dutylog.Leader, dutylog.Supervisor, dutylog.Admin}},
		{"publish it", "POST", "/roster/months/2027-03/publish", `{"revision":99,"reason":""}`, []dutylog.Role{dutylog.Chief, dutylog.Leader, dutylog.Supervisor, dutylog.Admin}},
		{"drop it", "DELETE", "/roster/months/2027-03/draft", "", []dutylog.Role{dutylog.Chief, dutylog.Leader, dutylog.Supervisor, dutylog.Admin}},
		{"enter people", "PUT", "/roster/people", `{"name":"","phone":"","login":"","standing":"regular","left":null}`, []dutylog.Role{dutylog.Chief, dutylog.Leader, dutylog.Supervisor, dutylog.Admin}},
		{"enter holidays", "PUT", "/roster/holidays/2027", `{"source":"x","table":"no table"}`, []dutylog.Role{dutylog.Chief, dutylog.Leader, dutylog.Supervisor, dutylog.Admin}},
		{"swap", "POST", "/roster/swaps", `{"give":{"from":"2026-12-09T16:00:00Z","post":"duty_officer","name":"没有"},"name":"x","reason":"x"}`, []dutylog.Role{dutylog.Officer, dutylog.Chief, dutylog.Leader, dutylog.Supervisor}},
		{"file", "POST", "/roster/filings", `{"kind":"month","first":"2026-12-01","name":"2026-12","sent_at":"2026-11-26T00:00:00Z","sent_to":"","receipt":"","note":""}`, []dutylog.Role{dutylog.Officer, dutylog.Chief, dutylog.Leader, dutylog.Supervisor}},
		{"say more of a filing", "PATCH", "/roster/filings/1", `{"reason":"x"}`, []dutylog.Role{dutylog.Officer, dutylog.Chief, dutylog.Leader, dutylog.Supervisor}},
	}
	for _, role := range dutylog.Roles() {
		browser := h.as(string(role))
		for _, a := range actions {
			got := browser.do(a.method, "/api/v1"+a.path, a.body)
			allowed := got.status != 401 && got.status != 403
			if want := slices.Contains(a.who, role); allowed != want {
				t.Errorf("%s may %s: %v, want %v (%v)", role, a.name, allowed, want, got)
			}
		}
	}
	for _, a := range actions {
		if got := h.visitor().do(a.method, "/api/v1"+a.path, a.body); got.status != 401 {
			t.Errorf("somebody who is not signed in may %s: %v", a.name, got)
		}
	}
}

// Bad input gets one clear sentence with its place, and nothing is kept of it.
func TestBadInputOfTheRosterIsNamedByItsPlace(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	shift := func(change string) string {
		one := map[string]any{"from": "2026-12-01T00:00:00Z", "to": "2026-12-01T12:00:00Z", "post": "duty_officer", "name": "张伟", "phone": ""}
		if err := json.Unmarshal([]byte(change), &one); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		return `{"revision":0,"shifts":[` + string(text) + `]}`
	}
	for _, c := range []struct{ what, method, path, body, place string }{
		{"a shift of another month", "PUT", "/roster/months/2027-01/draft", shift(`{}`), "body.shifts"},
		{"a shift without a name", "PUT", "/roster/months/2026-12/draft", shift(`{"name":" "}`), "body.shifts[0].name"},
		{"a name that is a novel", "PUT", "/roster/months/2026-12/draft", shift(`{"name":"` + strings.Repeat("长", 501) + `"}`), "body.shifts[0].name"},
		{"a post that is none", "PUT", "/roster/months/2026-12/draft", shift(`{"post":"guard"}`), "body.shifts[0].post"},
		{"a shift that ends before it begins", "PUT", "/roster/months/2026-12/draft", shift(`{"to":"2026-11-30T00:00:00Z"}`), "body.shifts[0].to"},
		{"a shift of a year", "PUT", "/roster/months/2026-12/draft", shift(`{"to":"2027-12-01T00:00:00Z"}`), "body.shifts[0].to"},
		{"a month that is none", "PUT", "/roster/months/2026-00/draft", shift(`{}`), "path.month"},
		{"a swap without a reason", "POST", "/roster/swaps", `{"give":{"from":"2026-12-01T00:00:00Z","post":"duty_officer","name":"张伟"},"name":"李娜","reason":" "}`, "body.reason"},
		{"a swap of nothing", "POST", "/roster/swaps", `{"give":{"from":"2026-12-01T00:00:00Z","post":"duty_officer","name":"张伟"},"name":"李娜","reason":"x"}`, "body.give"},
		{"a person without a name", "PUT", "/roster/people", `{"name":"","phone":"","login":"","standing":"regular","left":null}`, "body.name"},
		{"a standing that is none", "PUT", "/roster/people", `{"name":"x","phone":"","login":"","standing":"friend","left":null}`, "body.standing"},
		{"a period without a name", "POST", "/roster/periods", `{"name":" ","first":"2027-01-01","last":"2027-01-02","notice":"","extra":"","ended":""}`, "body.name"},
		{"a period that ends first", "POST", "/roster/periods", `{"name":"x","first":"2027-01-03","last":"2027-01-02","notice":"","extra":"","ended":""}`, "body.last"},
		{"holidays of nowhere", "PUT", "/roster/holidays/2027", `{"source":" ","table":"名称,开始,类型\n元旦,2027-01-01,放假\n"}`, "body.source"},
		{"a table of something else", "PUT", "/roster/holidays/2027", `{"source":"x","table":"单位,电话\n应急局,1\n"}`, "body.table"},
		{"a filing of no kind", "POST", "/roster/filings", `{"kind":"year","first":"2026-12-01","name":"x","sent_at":"2026-11-26T00:00:00Z","sent_to":"x","receipt":"","note":""}`, "body.kind"},
		{"a holiday that is none", "POST", "/roster/filings", `{"kind":"holiday","first":"2026-12-01","name":"x","sent_at":"2026-11-26T00:00:00Z","sent_to":"x","receipt":"","note":""}`, "body.first"},
	} {
		got := chief.do(c.method, "/api/v1"+c.path, c.body)
		if got.status != 422 {
			t.Errorf("%s: %v", c.what, got)
			continue
		}
		p := got.problem(t)
		if len(p.Errors) == 0 || p.Errors[0].Location != c.place {
			t.Errorf("%s: at %v, want %s", c.what, p.Errors, c.place)
		}
	}
	var m monthJSON
	chief.get("/roster/months/2026-12").into(t, &m)
	if m.Draft.Revision != 0 || len(m.Shifts) != 0 {
		t.Errorf("something of it was kept: %+v", m)
	}
	var changes struct {
		Items      []map[string]any
		NextCursor string `json:"next_cursor"`
	}
	chief.get("/roster/changes").into(t, &changes)
	if len(changes.Items) != 0 {
		t.Errorf("something of it is called a change: %v", changes.Items)
	}
}

// A year goes by: what is to be filed, month by month, as the page shows it.
func TestTheDutiesOfAYear(t *testing.T) {
	h := rosterHouse(t)
	var f filingsJSON
	h.as("officer").get("/roster/filings?first=2026-01-01&last=2026-12-31").into(t, &f)
	kinds := map[string]int{}
	for _, d := range f.Duties {
		kinds[d.Kind]++
		if d.Kind == "month" && (d.Due == nil || *d.Due >= d.First+"T") {
			t.Errorf("%s is due %v", d.First, d.Due)
		}
		if d.Presumed != (d.First == "2027-01-01") {
			t.Errorf("%s: presumed %t", d.First, d.Presumed)
		}
		if d.Asks != (d.State == "open" || d.State == "overdue") {
			t.Errorf("%+v", d)
		}
	}
	if got := fmt.Sprint(kinds); got != "map[holiday:7 month:12]" {
		t.Errorf("%s", got)
	}
	h.oneClock = false // a session ends by the true clock
	h.clock.Add(24 * 365 * 3600e9)
	h.as("officer").get("/roster/filings").into(t, &f)
	for _, d := range f.Duties {
		if !d.Presumed || d.Due == nil || d.State != "deadline_unknown" && d.State != "overdue" {
			t.Errorf("of %s nobody knows the holidays, and yet %+v", d.First, d)
		}
	}
}

// The changes of a month are paged, and those of other months and of drafts are not among them.
func TestTheChangesOfAMonthArePaged(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	for i, month := range []string{"2026-12", "2027-01"} {
		day := december(10, "张伟", "杨秀英", "赵振华")
		if i == 1 {
			day = strings.ReplaceAll(strings.ReplaceAll(day, "2026-12-10", "2027-01-10"), "2026-12-09", "2027-01-09")
		}
		for _, got := range []answer{chief.put("/roster/months/"+month+"/draft", `{"revision":0,"shifts":[`+day+`]}`), chief.post("/roster/months/"+month+"/publish", `{"revision":1,"reason":"`+month+`"}`)} {
			if got.status != 200 {
				t.Fatal(got)
			}
		}
	}
	who := []string{"张伟", "李娜", "王强", "刘芳"}
	for i := range 3 {
		body := fmt.Sprintf(`{"give":{"from":"2026-12-09T16:00:00Z","post":"duty_officer","name":%q},"name":%q,"reason":"第%d次"}`, who[i], who[i+1], i+1)
		if got := chief.post("/roster/swaps", body); !strings.Contains(got.body, "第") {
			t.Fatal(got)
		}
	}
	var said []string
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				Kind, Reason string
				Before       []shiftJSON
			}
			NextCursor string `json:"next_cursor"`
		}
		got := chief.get("/roster/changes?month=2026-12&limit=2&cursor=" + cursor)
		if err := json.Unmarshal([]byte(got.body), &page); err != nil {
			t.Fatal(err, got)
		}
		for _, c := range page.Items {
			said = append(said, c.Kind+" "+c.Reason)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if got := strings.Join(said, ", "); got != "swap 第3次, swap 第2次, swap 第1次, publish 2026-12" {
		t.Errorf("%s", got)
	}
}

// periodVersion is the version of the newest sensitive period.
func (h *house) periodVersion(t *testing.T) int64 {
	t.Helper()
	var list struct{ Items []struct{ Version int64 } }
	if err := json.Unmarshal([]byte(h.as("chief").get("/roster/periods").body), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items[0].Version
}

// A sensitive period is filed three days ahead, and asks for nothing once it was called off.
func TestASensitivePeriodIsFiledAheadUntilItIsCalledOff(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	period := `"name":"全市人代会","first":"2026-12-10","last":"2026-12-11","notice":"沈应急〔2026〕88号","extra":"备勤 4 人"`
	chief.post("/roster/periods", `{`+period+`,"ended":""}`)
	for _, got := range []answer{
		chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`,`+december(11, "李娜", "杨秀英", "赵振华")+`,`+december(12, "王强", "杨秀英", "赵振华")+`]}`),
		chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`),
	} {
		if got.status != 200 {
			t.Fatal(got)
		}
	}
	var f filingsJSON
	read := func() string {
		t.Helper()
		chief.get("/roster/filings").into(t, &f)
		return f.state("2026-12-10", "sensitive")
	}
	if got := read(); got != "open" {
		t.Errorf("entered: %s", got)
	}
	for _, d := range f.Duties {
		if d.Kind == "sensitive" && (d.Due == nil || *d.Due != "2026-12-06T16:00:00.000Z") {
			t.Errorf("it is due %v", d.Due)
		}
	}
	file := `{"kind":"sensitive","first":"2026-12-10","name":"全市人代会","sent_at":"2026-11-27T04:00:00Z","sent_to":"市应急指挥中心","receipt":"","note":"传真"}`
	got := chief.post("/roster/filings", file)
	var kept struct{ Shifts []shiftJSON }
	if err := json.Unmarshal([]byte(got.body), &kept); err != nil || len(kept.Shifts) != 6 {
		t.Errorf("the version has the shifts of its two days: %v", got)
	}
	if got := read(); got != "filed" {
		t.Errorf("filed: %s", got)
	}
	// A swap on a day outside of it asks for nothing, one inside of it for a supplement.
	chief.post("/roster/swaps", `{"give":{"from":"2026-12-11T16:00:00Z","post":"duty_officer","name":"王强"},"name":"刘芳","reason":"病假"}`)
	if got := read(); got != "filed" {
		t.Errorf("after a swap on another day: %s", got)
	}
	chief.post("/roster/swaps", `{"give":{"from":"2026-12-10T16:00:00Z","post":"duty_officer","name":"李娜"},"name":"刘芳","reason":"病假"}`)
	if got := read(); got != "supplement" {
		t.Errorf("after a swap on one of its days: %s", got)
	}
	chief.post("/roster/periods", fmt.Sprintf(`{"id":1,"version":%d,%s,"ended":"会议延期"}`, h.periodVersion(t), period))
	if got := read(); got != "not asked for" {
		t.Errorf("called off: %s", got)
	}
}

// Who has left stands in the months that were, and is a fault in those to come.
func TestWhoHasLeftIsAFaultFromThenOn(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	for _, name := range []string{"张伟", "杨秀英", "赵振华"} {
		left := "null"
		if name == "张伟" {
			left = `"2026-12-11T00:00:00Z"`
		}
		if got := chief.put("/roster/people", `{"name":"`+name+`","phone":"139","login":"","standing":"regular","left":`+left+`}`); got.status != 200 {
			t.Fatal(got)
		}
	}
	var m monthJSON
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+december(10, "张伟", "杨秀英", "赵振华")+`,`+december(12, "张伟", "杨秀英", "赵振华")+`]}`).into(t, &m)
	var at []string
	for _, f := range m.Draft.Findings {
		if f.Reason == "has_left" {
			at = append(at, f.From)
		}
	}
	if got := strings.Join(at, " "); got != "2026-12-11T16:00:00.000Z" {
		t.Errorf("found at %s, want only the shift after he left", got)
	}
	if got := chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`); got.status != 422 || !strings.Contains(got.body, "has_left") {
		t.Errorf("it was published: %v", got)
	}
}
