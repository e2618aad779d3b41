package web_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"dutyline/dutylog/workbook"
	"dutyline/web"
)

// shiftOn is the API's spelling of one officer's shift of a whole day, midnight to midnight at the site.
func shiftOn(day, name, phone string) string {
	from, err := time.ParseInLocation(time.DateOnly, day, site)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"from":%q,"to":%q,"post":"duty_officer","name":%q,"phone":%q}`, from.UTC().Format(time.RFC3339), from.AddDate(0, 0, 1).UTC().Format(time.RFC3339), name, phone)
}

// inForce puts shifts of a month into force, whatever drafts there were before.
func (c *client) inForce(month, reason string, shifts ...string) (m monthJSON) {
	c.t.Helper()
	t := c.t.(*testing.T)
	c.put("/roster/months/"+month+"/draft", `{"revision":0,"shifts":[`+strings.Join(shifts, ",")+`]}`).into(t, &m)
	c.post("/roster/months/"+month+"/publish", fmt.Sprintf(`{"revision":%d,"reason":%q}`, m.Draft.Revision, reason)).into(t, &m)
	return m
}

// A page that was open since before the draft was published cannot save over the next draft, nor put it into force.
func TestAnOldPageOfADraftIsTold(t *testing.T) {
	h := rosterHouse(t)
	chief, leader := h.as("chief"), h.as("leader")
	old := `{"revision":1,"shifts":[` + shiftOn("2026-12-10", "张伟", "139") + `]}`
	chief.inForce("2026-12", "第一版", shiftOn("2026-12-10", "李娜", "139"))
	var m monthJSON
	leader.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+shiftOn("2026-12-11", "王强", "139")+`]}`).into(t, &m)
	if m.Draft.Revision != 2 {
		t.Errorf("the second draft has the revision %d", m.Draft.Revision)
	}
	for _, got := range []answer{chief.put("/roster/months/2026-12/draft", old), chief.post("/roster/months/2026-12/publish", `{"revision":1,"reason":""}`)} {
		if p := got.problem(t); got.status != 409 || p.Type != "/problems/stale-revision" {
			t.Errorf("%v", got)
		}
	}
	chief.get("/roster/months/2026-12").into(t, &m)
	if m.Draft.By != "王leader" || len(m.Draft.Shifts) != 1 || m.Draft.Shifts[0].Name != "王强" || len(m.Shifts) != 1 || m.Shifts[0].Name != "李娜" {
		t.Errorf("%+v in force, draft %+v", m.Shifts, m.Draft)
	}
}

// A roster in force is changed by 编制 and 发布: who gives a shift away says why, and both names are in the list of changes.
func TestAShiftInForceIsNotGivenAwayWithoutAWord(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	if m := chief.inForce("2026-12", "", shiftOn("2026-12-10", "李娜", "139")); m.Draft.Reason {
		t.Error("the first roster of a month wants a reason")
	}
	var m monthJSON
	chief.put("/roster/months/2026-12/draft", `{"revision":0,"shifts":[`+shiftOn("2026-12-10", "王强", "139")+`,`+shiftOn("2026-12-11", "李娜", "139")+`]}`).into(t, &m)
	if !m.Draft.Reason {
		t.Errorf("the draft does not say that it wants a reason: %+v", m.Draft)
	}
	publish := func(reason string) answer {
		return chief.post("/roster/months/2026-12/publish", fmt.Sprintf(`{"revision":%d,"reason":%q}`, m.Draft.Revision, reason))
	}
	if p := publish(" ").problem(t); p.Status != 422 || p.Errors[0].Location != "body.reason" || !strings.HasPrefix(p.Errors[0].Message, "say why shifts that are in force") {
		t.Errorf("%+v", p)
	}
	if got := publish("李娜病假"); got.status != 200 {
		t.Fatal(got)
	}
	var list struct {
		Items []struct {
			Kind, Reason  string
			Before, After []shiftJSON
		}
	}
	if err := json.Unmarshal([]byte(chief.get("/roster/changes?month=2026-12").body), &list); err != nil || len(list.Items) != 2 {
		t.Fatal(err, list)
	}
	if c := list.Items[0]; c.Reason != "李娜病假" || len(c.Before) != 1 || c.Before[0].Name != "李娜" || len(c.After) != 2 || c.After[0].Name != "王强" {
		t.Errorf("%+v", c)
	}
	if c := list.Items[1]; len(c.Before)+len(c.After) != 0 {
		t.Errorf("the first roster of a month makes the list long: %+v", c)
	}
}

// What a night, a weekend and a holiday are worth at the end of a year and on a leap day; and that of a
// year without a table is presumed, and reckoned anew as soon as the table is there.
func TestRestAtYearEndAndOnALeapDay(t *testing.T) {
	h := rosterHouse(t)
	chief := h.as("chief")
	chief.inForce("2027-12", "年末", shiftOn("2027-12-31", "张伟", "139"))
	chief.inForce("2028-01", "元旦", shiftOn("2028-01-01", "张伟", "139"), shiftOn("2028-01-08", "张伟", "139"))
	chief.inForce("2028-02", "闰日", shiftOn("2028-02-28", "张伟", "139"), shiftOn("2028-02-29", "张伟", "139"))
	count := func(month string) string {
		t.Helper()
		var m monthJSON
		if chief.get("/roster/months/"+month).into(t, &m); len(m.Counts) != 1 {
			t.Fatalf("%s: %+v", month, m.Counts)
		}
		c := m.Counts[0]
		return fmt.Sprintf("%d shifts, %d weekend, %d holiday, %d unknown, %g h, rest %g, known %v", c.Shifts, c.Weekend, c.Holiday, c.Unknown, c.Hours, c.Rest, m.Known)
	}
	before := []string{count("2027-12"), count("2028-01"), count("2028-02")}
	for year, table := range map[int]string{
		2027: "名称,开始,结束,类型\n国庆,2027-10-01,2027-10-07,放假\n",
		2028: "名称,开始,结束,类型\n元旦,2027-12-31,2028-01-02,放假\n元旦,2028-01-08,,上班\n",
	} {
		if got := chief.put(fmt.Sprintf("/roster/holidays/%d", year), fmt.Sprintf(`{"source":"国办发明电","table":%q}`, table)); got.status != 200 {
			t.Fatal(got)
		}
	}
	want := [][]string{{
		"1 shifts, 0 weekend, 0 holiday, 1 unknown, 24 h, rest 0.5, known false",
		"2 shifts, 1 weekend, 1 holiday, 2 unknown, 48 h, rest 3, known false", // New Year and a Saturday, both presumed
		"2 shifts, 0 weekend, 0 holiday, 2 unknown, 48 h, rest 1, known false",
	}, {
		"1 shifts, 0 weekend, 1 holiday, 0 unknown, 24 h, rest 1.5, known true", // New Year begins in December
		"2 shifts, 0 weekend, 1 holiday, 0 unknown, 48 h, rest 2, known true",   // the second Saturday is made up for
		"2 shifts, 0 weekend, 0 holiday, 0 unknown, 48 h, rest 1, known true",   // a Monday and the leap day
	}}
	if diff := cmp.Diff(want, [][]string{before, {count("2027-12"), count("2028-01"), count("2028-02")}}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Months at the edges of the calendar are answered; what is no month is named as such, on every way to it.
func TestMonthsAtTheEdgesOfTheCalendar(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Sheets.Unit = "沈河区应急管理局" })
	chief := h.as("chief")
	for month, want := range map[string]int{"2000-01": 200, "2199-12": 200, "2028-02": 200, "1999-12": 422, "2200-01": 422, "2026-13": 422, "2026-1": 422, "0000-00": 422, "2026-1%00": 422, "%2e%2e": 422} {
		for _, got := range []answer{chief.get("/roster/months/" + month), chief.get("/roster/months/" + month + "/workbook"), chief.get("/roster/changes?month=" + month),
			chief.put("/roster/months/"+month+"/draft", `{"revision":0,"shifts":[]}`)} {
			if got.status != want && !(month == "%2e%2e" && got.status >= 400 && got.status < 500) {
				t.Errorf("%s: %d %.200s, want %d", month, got.status, got.body, want)
			}
		}
	}
	for query, want := range map[string]int{
		"first=2000-01-01&last=2000-12-31": 200, "first=2199-01-01&last=2199-12-31": 200, "first=2028-02-29&last=2028-02-29": 200, "first=2027-02-29&last=2027-03-01": 422,
		"first=1999-12-31&last=2000-01-31": 422, "first=2026-01-01&last=2028-03-11": 200, "first=2026-01-01&last=2028-03-12": 422,
	} {
		if got := chief.get("/roster/filings?" + query); got.status != want {
			t.Errorf("%s: %d %.200s, want %d", query, got.status, got.body, want)
		}
	}
}

// Whatever somebody calls a person: the roster's workbook holds text, its numbers keep their zeros.
func TestTheRostersWorkbookIsTextOnly(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Sheets.Unit = "=1+1" })
	h.clock.Add(time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	chief := h.as("chief")
	names := []string{"=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "007", "1E5", "<b>"}
	var shifts []string
	for i, name := range names {
		shifts = append(shifts, shiftOn(fmt.Sprintf("2026-12-%02d", i+1), name, fmt.Sprintf("0242273000%d", i)))
	}
	chief.inForce("2026-12", "", shifts...)
	book, err := excelize.OpenReader(strings.NewReader(chief.get("/roster/months/2026-12/workbook").body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	if err != nil || len(rows) < 33 || rows[0][0] != "'=1+1" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		for j, text := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			formula, err := book.GetCellFormula(sheet, cell)
			kind, kindErr := book.GetCellType(sheet, cell)
			if err != nil || kindErr != nil || formula != "" || text != "" && kind != excelize.CellTypeSharedString {
				t.Errorf("%s %q is of the type %v with the formula %q: %v %v", cell, text, kind, formula, err, kindErr)
			}
		}
	}
	for i, name := range names {
		at := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == fmt.Sprintf("12月%d日", i+1) })
		if at < 0 || !slices.Contains(rows[at], workbook.Safe(name)) || !slices.Contains(rows[at], fmt.Sprint("0242273000", i)) {
			t.Errorf("the row of %s: %d in %v", name, at, rows)
		}
	}
}
