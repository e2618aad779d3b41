package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
	"dutyline/web"
)

// withTables says what the directory needs of the site.
func withTables(d *web.Deps) {
	d.Directory = web.Directory{AreaCode: "024", Zone: time.FixedZone("CST", 8*3600), StaleAfter: 180 * 24 * time.Hour}
}

type contact struct {
	ID            int64
	Change        int64
	Unit          string
	Person        string
	Title         string
	Numbers       []struct{ Kind, Number string }
	Superior      bool
	Remark        string
	LastConfirmed string `json:"last_confirmed"`
	ConfirmedBy   string `json:"confirmed_by"`
	Stale         bool
}

type contactList struct {
	Items      []contact
	NextCursor string `json:"next_cursor"`
	Found      int
	Total      int
	Stale      int
	StaleDays  int `json:"stale_days"`
	Revision   int64
}

type planned struct {
	Token                                    string
	Added, Changed, Removed, Unchanged, Kept int
	Items                                    []struct {
		Kind    string
		Row     int
		Reason  string
		Name    string
		Changes []dutylog.FieldChange
	}
}

type tableFaults struct {
	Type, Title, Detail, File string
	Status                    int
	Faults                    []struct {
		Row                               int
		Column, Cell, Code, Value, Reason string
	}
	FaultCount int `json:"fault_count"`
}

const (
	shenhe = `{"unit":"沈河区应急局","person":"王立新","title":"值班员","numbers":[{"kind":"office","number":"22730001"},{"kind":"mobile","number":"138 0405 0062"}],"superior":false,"remark":"","confirm":true}`
	city   = `{"unit":"市应急指挥中心","person":"","title":"","numbers":[{"kind":"office","number":"024-22720100"}],"superior":true,"remark":"夜间","confirm":false}`
)

func (c *client) found(t *testing.T, query string) contactList {
	t.Helper()
	var list contactList
	c.get("/directory"+query).into(t, &list)
	return list
}

func TestTheDirectoryIsKeptOnThePage(t *testing.T) {
	h := newHouse(t, withTables)
	leader, officer := h.as("leader"), h.as("officer")
	var added, kept contact
	leader.post("/directory", shenhe).into(t, &added)
	leader.post("/directory", city).into(t, &kept)
	if added.Numbers[1].Number != "138 0405 0062" || added.ConfirmedBy != "王leader" || added.Stale || !kept.Stale {
		t.Errorf("%+v %+v", added, kept)
	}
	for query, want := range map[string][2]int{"": {2, 1}, "?q=shq": {1, 1}, "?q=zhzx": {1, 1}, "?q=0405": {1, 1}, "?q=%E5%B8%82": {1, 1}, "?stale=true": {1, 1}, "?q=nobody": {0, 1}} {
		if list := officer.found(t, query); list.Found != want[0] || len(list.Items) != want[0] || list.Stale != want[1] || list.Total != 2 || list.StaleDays != 180 {
			t.Errorf("%q: %+v", query, list)
		}
	}
	page := officer.found(t, "?limit=1")
	if rest := officer.found(t, "?limit=1&cursor="+page.NextCursor); len(page.Items) != 1 || len(rest.Items) != 1 || rest.NextCursor != "" || rest.Items[0].ID == page.Items[0].ID {
		t.Errorf("%+v then %+v", page, rest)
	}
	if p := officer.get("/directory?cursor=x").problem(t); p.Status != 422 || p.Errors[0].Location != "query.cursor" {
		t.Errorf("%+v", p)
	}
	// An officer says that it is still right, and adds a number; no more.
	var confirmed contact
	officer.post(fmt.Sprintf("/directory/%d/confirm", kept.ID), fmt.Sprintf(`{"change":%d}`, kept.Change)).into(t, &confirmed)
	if confirmed.Stale || confirmed.ConfirmedBy != "王officer" || confirmed.LastConfirmed != h.clock.Now().In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly) {
		t.Errorf("%+v", confirmed)
	}
	officer.post(fmt.Sprintf("/directory/%d/numbers", kept.ID), fmt.Sprintf(`{"change":%d,"kind":"fax","number":"22720101"}`, confirmed.Change)).into(t, &confirmed)
	if len(confirmed.Numbers) != 2 || confirmed.Numbers[1].Kind != "fax" || confirmed.LastConfirmed+confirmed.ConfirmedBy != "" {
		t.Errorf("%+v", confirmed)
	}
	edit := strings.Replace(city, `"remark":"夜间"`, fmt.Sprintf(`"remark":"夜间","change":%d`, kept.Change), 1)
	path := fmt.Sprintf("/api/v1/directory/%d", kept.ID)
	if got := officer.do("PUT", path, edit); got.status != 403 {
		t.Errorf("an officer edits: %v", got)
	}
	if p := leader.do("PUT", path, edit).problem(t); p.Status != 409 || p.Type != "/problems/changed-meanwhile" {
		t.Errorf("%+v", p)
	}
	edit = strings.Replace(edit, fmt.Sprintf(`"change":%d`, kept.Change), fmt.Sprintf(`"change":%d`, confirmed.Change), 1)
	leader.do("PUT", path, edit).into(t, &confirmed)
	if got := leader.do("DELETE", fmt.Sprintf("%s?change=%d", path, confirmed.Change), ""); got.status != 204 {
		t.Errorf("%v", got)
	}
	var history struct {
		Items []struct {
			At, By, How string
			Changes     []dutylog.FieldChange
		}
	}
	officer.get(fmt.Sprintf("/directory/%d/changes", kept.ID)).into(t, &history)
	var got []string
	for _, i := range history.Items {
		got = append(got, fmt.Sprintf("%s %s %d", i.How, i.By, len(i.Changes)))
	}
	if diff := cmp.Diff([]string{"removed 王leader 4", "edited 王leader 1", "number_added 王officer 3", "confirmed 王officer 2", "added 王leader 4"}, got); diff != "" {
		t.Errorf("(-want +kept):\n%s", diff)
	}
}

// Who confirmed a contact did not confirm a number that was written into it since, unless whoever wrote it says so.
func TestANumberThatIsWrittenIsNotConfirmed(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	var c contact
	leader.post("/directory", shenhe).into(t, &c)
	edit := func(from, to string, confirm bool) string {
		body := strings.Replace(strings.Replace(shenhe, from, to, 1), `"confirm":true`, fmt.Sprintf(`"confirm":%t,"change":%d`, confirm, c.Change), 1)
		leader.do("PUT", fmt.Sprintf("/api/v1/directory/%d", c.ID), body).into(t, &c)
		return c.ConfirmedBy
	}
	if got := edit(`"remark":""`, `"remark":"夜间"`, false); got != "王leader" || c.Stale {
		t.Errorf("another remark, confirmed by %q", got)
	}
	if got := edit("22730001", "024-22730001", false); got != "王leader" || c.Stale {
		t.Errorf("the same number, confirmed by %q", got)
	}
	if got := edit("22730001", "22730009", true); got != "王leader" || c.Stale {
		t.Errorf("another one that is right today, confirmed by %q", got)
	}
	if got := edit("22730001", "22730008", false); got != "" || c.LastConfirmed != "" || !c.Stale {
		t.Errorf("another one, confirmed on %q by %q", c.LastConfirmed, got)
	}
	if list := leader.found(t, "?stale=true"); list.Stale != 1 || len(list.Items) != 1 {
		t.Errorf("to be confirmed: %+v", list)
	}
}

func TestWhatAContactCannotSay(t *testing.T) {
	h := newHouse(t, withTables)
	admin := h.as("admin")
	var c contact
	admin.post("/directory", shenhe).into(t, &c)
	for body, where := range map[string]string{
		strings.Replace(shenhe, "22730001", "abc", 1):                          "body.numbers[0].number",
		strings.Replace(shenhe, "沈河区应急局", " ", 1):                              "body.unit",
		strings.Replace(shenhe, `"kind":"mobile"`, `"kind":"pager"`, 1):        "body.numbers[1].kind",
		strings.Replace(shenhe, "138 0405 0062\"", "22730001\"", 1) + "":       "body.unit", // there is such a contact
		strings.Replace(shenhe, `"person":"王立新",`, `"person":"王立新","x":1,`, 1): "body",
	} {
		if p := admin.post("/directory", body).problem(t); p.Status != 422 || len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Location, where) {
			t.Errorf("%s: %+v, want %s", body, p, where)
		}
	}
	for _, path := range []string{"/directory/99/confirm", "/directory/99/numbers"} {
		if p := admin.post(path, `{"change":1,"kind":"fax","number":"22720101"}`).problem(t); p.Status != 404 && p.Status != 422 {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := admin.get("/directory/99/changes").problem(t); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if p := admin.post(fmt.Sprintf("/directory/%d/numbers", c.ID), fmt.Sprintf(`{"change":%d,"kind":"fax","number":"12"}`, c.Change)).problem(t); p.Status != 422 || p.Errors[0].Location != "body.number" {
		t.Errorf("%+v", p)
	}
}

// file is a body with a table.
func file(content []byte, more string) string {
	return fmt.Sprintf(`{"name":"通讯录.xlsx","content":"%s","remove":%s}`, base64.StdEncoding.EncodeToString(content), more)
}

func tableBook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	b := excelize.NewFile()
	defer b.Close()
	for i, row := range rows {
		if err := b.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestATableIsShownBeforeItIsTaken(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	leader.post("/directory", shenhe)
	leader.post("/directory", city)
	table := tableBook(t, []any{"单位", "姓名", "职务", "电话", "备注"}, []any{"沈河区应急局", "王立新", "值班长", "22730001、138 0405 0062", "新"}, []any{"市水务局", "徐文博", "", 13804050063, ""})
	var shown planned
	leader.post("/directory/preview", file(table, "true")).into(t, &shown)
	var got []string
	for _, i := range shown.Items {
		line := fmt.Sprintf("%s row %d %s %s", i.Kind, i.Row, i.Name, i.Reason)
		for _, c := range i.Changes {
			line += fmt.Sprintf("; %s %q→%q", c.Field, c.Before, c.After)
		}
		got = append(got, line)
	}
	want := []string{
		`added row 3 市水务局 徐文博 ; unit ""→"市水务局"; person ""→"徐文博"; mobile ""→"13804050063"`,
		`changed row 2 沈河区应急局 王立新 值班员 same_person; title "值班员"→"值班长"; remark ""→"新"`,
		`removed row 0 市应急指挥中心 ; unit "市应急指挥中心"→""; office "024-22720100"→""; superior "是"→""; remark "夜间"→""`,
	}
	if diff := cmp.Diff(want, got); diff != "" || shown.Added != 1 || shown.Changed != 1 || shown.Removed != 1 {
		t.Errorf("%+v (-want +shown):\n%s", shown, diff)
	}
	if list := leader.found(t, ""); list.Total != 2 || list.Items[1].Title != "值班员" && list.Items[0].Title != "值班员" {
		t.Errorf("looking changed something: %+v", list)
	}
	take := func(table []byte, remove, token string) answer {
		return leader.post("/directory/import", strings.TrimSuffix(file(table, remove), "}")+`,"token":"`+token+`"}`)
	}
	// Neither another file, nor another wish, nor another directory than what was looked at.
	other := tableBook(t, []any{"单位", "电话"}, []any{"市水务局", "22730009"})
	for name, refused := range map[string]answer{"another file": take(other, "true", shown.Token), "another wish": take(table, "false", shown.Token), "no token": take(table, "true", "")} {
		if p := refused.problem(t); p.Status != 409 || p.Type != "/problems/changed-meanwhile" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	leader.post("/directory", strings.Replace(city, "市应急指挥中心", "省应急管理厅", 1))
	if p := take(table, "true", shown.Token).problem(t); p.Status != 409 {
		t.Errorf("the directory changed meanwhile: %+v", p)
	}
	leader.post("/directory/preview", file(table, "false")).into(t, &shown)
	take(table, "false", shown.Token).into(t, &shown)
	if list := leader.found(t, "?q=xwb"); list.Total != 4 || list.Found != 1 || list.Items[0].Numbers[0].Kind != "mobile" {
		t.Errorf("%+v", list)
	}
}

func TestWhatIsWrongWithATableIsToldByCell(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	rows := [][]any{{"单位", "姓名", "电话", "确认日期"}}
	for i := range 5000 { // every hundredth has a fault
		row := []any{fmt.Sprint("单位", i), "某某", fmt.Sprint(22000000 + i), "2026-11-02"}
		switch i % 100 {
		case 10:
			row[2] = 2422730001
		case 20:
			row[2] = "1.38E+10"
		case 30:
			row[0] = ""
		case 40:
			row[3] = "去年"
		}
		rows = append(rows, row)
	}
	told := func(body string) (f tableFaults) {
		t.Helper()
		got := leader.post("/directory/preview", body)
		if err := json.Unmarshal([]byte(got.body), &f); err != nil || got.status != 422 || f.Type != "/problems/bad-table" {
			t.Fatalf("%v %v", err, got)
		}
		return f
	}
	f := told(file(tableBook(t, rows...), "true"))
	if f.FaultCount != 200 || len(f.Faults) != 200 {
		t.Fatalf("%d faults, %d told", f.FaultCount, len(f.Faults))
	}
	var first []string
	for _, x := range f.Faults[:4] {
		first = append(first, x.Cell+" "+x.Code+" "+x.Column+" "+x.Value)
	}
	if diff := cmp.Diff([]string{"C12 lost_zero 电话 2422730001", "C22 garbled 电话 1.38E+10", "A32 missing 单位 ", "D42 no_date 确认日期 去年"}, first); diff != "" {
		t.Errorf("(-want +told):\n%s", diff)
	}
	for fault, content := range map[string]string{"no_table": "\x89PNG\r\n\x1a\n\x00", "old_workbook": "\xd0\xcf\x11\xe0", "damaged": "PK\x03\x04", "empty": " \n", "pdf": "%PDF-"} {
		if f := told(file([]byte(content), "true")); f.File != fault || len(f.Faults) != 0 {
			t.Errorf("%q: %+v", content, f)
		}
	}
	if f := told(file([]byte("编号,单位,电话\n7,x,22730001\n"), "true")); len(f.Faults) != 1 || f.Faults[0].Code != "no_such_id" {
		t.Errorf("%+v", f)
	}
	if list := leader.found(t, ""); list.Total != 0 || list.Revision != 0 {
		t.Errorf("something was imported: %+v", list)
	}
}

func TestAnExportImportsBackUnchanged(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	leader.post("/directory", shenhe)
	leader.post("/directory", city)
	leader.post("/directory", strings.Replace(city, "市应急指挥中心", "=HYPERLINK(1)", 1))
	got := leader.get("/directory/export")
	if got.status != 200 || got.header.Get("Content-Type") != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", got.status, got.header)
	}
	var shown planned
	leader.post("/directory/preview", file([]byte(got.body), "true")).into(t, &shown)
	if shown.Unchanged != 3 || len(shown.Items) != 0 {
		t.Errorf("%+v", shown)
	}
	if n := len(*h.accesses); n != 1 || (*h.accesses)[0].What != "directory.export" || (*h.accesses)[0].Object != "directory" {
		t.Errorf("the export is not in the log: %+v", *h.accesses)
	}
	if got := h.as("officer").get("/directory/export"); got.status != http.StatusForbidden {
		t.Errorf("%v", got)
	}
}

func TestWithoutTablesNothingIsImported(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Sheets.Workbook, d.Sheets.Read = nil, nil })
	leader := h.as("leader")
	for _, got := range []answer{leader.post("/directory/preview", file([]byte("x"), "true")), leader.get("/directory/export")} {
		if p := got.problem(t); p.Status != 503 {
			t.Errorf("%+v", p)
		}
	}
}
