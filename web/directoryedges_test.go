package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
)

// manyContacts puts n contacts into the directory, every third of them a superior duty room.
func (c *client) manyContacts(n int) {
	c.t.Helper()
	for i := range n {
		body := fmt.Sprintf(`{"unit":"单位%02d","person":"","title":"","numbers":[{"kind":"office","number":"2273%04d"}],"superior":%v,"remark":"","confirm":%v}`, i, i, i%3 == 0, i%2 == 0)
		if got := c.post("/directory", body); got.status != 200 {
			c.t.Fatal(got)
		}
	}
}

// However small the pages are, all of them together are the whole list, in its order.
func TestThePagesOfTheDirectoryAreTheWhole(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	leader.manyContacts(13)
	for _, query := range []string{"?", "?stale=true&", "?q=%E5%8D%95&", "?q=2273&"} {
		var want []int64
		for _, c := range leader.found(t, query+"limit=500").Items {
			want = append(want, c.ID)
		}
		for _, limit := range []int{1, 2, 3, 12, 13, 14} {
			var got []int64
			for cursor, pages := "", 0; ; pages++ {
				list := leader.found(t, fmt.Sprintf("%slimit=%d&cursor=%s", query, limit, cursor))
				if len(list.Items) > limit || list.Found != len(want) || pages > 13 {
					t.Fatalf("%s by %d: %d items, %d found on page %d", query, limit, len(list.Items), list.Found, pages)
				}
				for _, c := range list.Items {
					got = append(got, c.ID)
				}
				if cursor = list.NextCursor; cursor == "" {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %d (-whole +pages):\n%s", query, limit, diff)
			}
		}
	}
}

// Whatever stands in a cursor or a limit: a page, an empty page or a named refusal, never a fault of ours.
func TestCursorsThatNobodyGaveOut(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	leader.manyContacts(3)
	for _, c := range []struct {
		query  string
		status int
		items  int
	}{
		{"cursor=0", 200, 3},
		{"cursor=2", 200, 1},
		{"cursor=3", 200, 0},
		{"cursor=99999", 200, 0},
		{"cursor=2147483648", 422, 0},
		{"cursor=9223372036854775807", 422, 0},
		{"cursor=9223372036854775758&limit=50", 422, 0},
		{"cursor=99999999999999999999", 422, 0},
		{"cursor=-1", 422, 0},
		{"cursor=-9223372036854775808", 422, 0},
		{"cursor=0x2", 422, 0},
		{"cursor=1.5", 422, 0},
		{"cursor=%00", 422, 0},
		{"limit=0", 422, 0},
		{"limit=501", 422, 0},
		{"limit=-1", 422, 0},
		{"q=" + strings.Repeat("x", 101), 422, 0},
		{"q=%25", 200, 0},
		{"q=%27%20OR%201=1", 200, 0},
		{"q=%00%00", 200, 3},
		{"q=-", 200, 0},
		{"q=()", 200, 0},
	} {
		got := leader.get("/directory?" + c.query)
		if got.status != c.status {
			t.Errorf("%s: %v, want %d", c.query, got, c.status)
			continue
		}
		if c.status != 200 {
			got.problem(t)
			continue
		}
		var list contactList
		if got.into(t, &list); len(list.Items) != c.items {
			t.Errorf("%s: %d items, want %d", c.query, len(list.Items), c.items)
		}
	}
}

// A contact counts as confirmed for 180 days, the last of them too, also over a leap day; what a table
// says was confirmed on a day to come nobody confirmed.
func TestWhenAContactBecomesStale(t *testing.T) {
	h := newHouse(t, withTables)
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, site)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	h.clock.Add(at("2027-11-30 09:00").Sub(h.clock.Now()))
	leader := h.as("leader")
	var c contact
	leader.post("/directory", shenhe).into(t, &c)
	if c.LastConfirmed != "2027-11-30" {
		t.Errorf("confirmed on %s", c.LastConfirmed)
	}
	table := tableBook(t, []any{"单位", "电话", "确认日期"}, []any{"笔误局", "22730009", "2072-11-30"})
	var shown planned
	leader.post("/directory/preview", file(table, "false")).into(t, &shown)
	leader.post("/directory/import", strings.TrimSuffix(file(table, "false"), "}")+`,"token":"`+shown.Token+`"}`).into(t, &shown)
	for _, step := range []struct {
		at   string
		want string
	}{
		{"2027-11-30 23:59", "笔误局"},
		{"2028-02-29 12:00", "笔误局"},
		{"2028-05-28 07:59", "笔误局"},
		{"2028-05-28 08:01", "沈河区应急局 笔误局"},
	} {
		h.clock.Add(at(step.at).Sub(h.clock.Now()))
		var units []string
		list := h.as("leader").found(t, "?stale=true")
		for _, c := range list.Items {
			units = append(units, c.Unit)
		}
		slices.SortFunc(units, func(a, b string) int { return len(b) - len(a) })
		if got := strings.Join(units, " "); got != step.want || list.Stale != len(units) {
			t.Errorf("at %s: %s (%d), want %s", step.at, got, list.Stale, step.want)
		}
	}
}

// Who may do what with the directory, by role; and what is refused changes nothing.
func TestWhoMayDoWhatWithTheDirectory(t *testing.T) {
	h := newHouse(t, withTables)
	var c contact
	h.as("leader").post("/directory", shenhe).into(t, &c)
	editors := []dutylog.Role{dutylog.Chief, dutylog.Leader, dutylog.Supervisor, dutylog.Admin}
	actions := []struct {
		name, method, path, body string
		who                      []dutylog.Role
	}{
		{"look", "GET", "/directory", "", dutylog.Staff()},
		{"see a history", "GET", fmt.Sprintf("/directory/%d/changes", c.ID), "", dutylog.Staff()},
		{"confirm", "POST", fmt.Sprintf("/directory/%d/confirm", c.ID), `{"change":-1}`, append(editors, dutylog.Officer)},
		{"add a number", "POST", fmt.Sprintf("/directory/%d/numbers", c.ID), `{"change":-1,"kind":"fax","number":"22720101"}`, append(editors, dutylog.Officer)},
		{"add", "POST", "/directory", strings.Replace(shenhe, "22730001", "abc", 1), editors},
		{"edit", "PUT", fmt.Sprintf("/directory/%d", c.ID), strings.Replace(shenhe, `"confirm"`, `"change":-1,"confirm"`, 1), editors},
		{"remove", "DELETE", fmt.Sprintf("/directory/%d?change=-1", c.ID), "", editors},
		{"preview", "POST", "/directory/preview", `{"name":"x","content":"","remove":true}`, editors},
		{"import", "POST", "/directory/import", `{"name":"x","content":"","remove":true,"token":"x"}`, editors},
		{"export", "GET", "/directory/export", "", editors},
	}
	for _, role := range dutylog.Roles() {
		browser := h.as(string(role))
		for _, a := range actions {
			got := browser.do(a.method, "/api/v1"+a.path, a.body)
			if allowed, want := got.status != 401 && got.status != 403, slices.Contains(a.who, role); allowed != want {
				t.Errorf("%s may %s: %v, want %v (%v)", role, a.name, allowed, want, got)
			}
			if got.status >= 500 {
				t.Errorf("%s, %s: %v", role, a.name, got)
			}
		}
	}
	for _, a := range actions {
		if got := h.visitor().do(a.method, "/api/v1"+a.path, a.body); got.status != 401 {
			t.Errorf("somebody who is not signed in may %s: %v", a.name, got)
		}
	}
	list := h.as("leader").found(t, "")
	if diff := cmp.Diff([]contact{c}, list.Items); diff != "" {
		t.Errorf("an old version was taken for the newest (-before +after):\n%s", diff)
	}
}

// Nothing that stands in the directory becomes a formula on the machine of whoever opens the export,
// and no number loses its zeros.
func TestTheExportOfTheDirectoryIsTextOnly(t *testing.T) {
	h := newHouse(t, withTables)
	leader := h.as("leader")
	for i, text := range []string{"=HYPERLINK(\\\"http://x\\\",\\\"y\\\")", "+1+1", "-2-3", "@SUM(A1)", "\\t=1+1", "\\u202e=1", "007", "1E5", "2026-12-31", "<b>粗</b>"} {
		body := fmt.Sprintf(`{"unit":"%s","person":"","title":"","numbers":[{"kind":"office","number":"024-2273000%d"}],"superior":false,"remark":"%s","confirm":true}`, text, i, text)
		if got := leader.post("/directory", body); got.status != 200 {
			t.Fatalf("%s: %v", text, got)
		}
	}
	book, err := excelize.OpenReader(strings.NewReader(leader.get("/directory/export").body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	if err != nil || len(rows) != 11 {
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
			if err != nil || kindErr != nil || formula != "" || text != "" && kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s %q is of the type %v with the formula %q: %v %v", cell, text, kind, formula, err, kindErr)
			}
		}
		if want := fmt.Sprint("024-2273000", i-1); i >= 1 && !slices.Contains(row, want) {
			t.Errorf("row %d has lost the number %s: %v", i, want, row)
		}
	}
	var shown planned
	leader.post("/directory/preview", file([]byte(leader.get("/directory/export").body), "true")).into(t, &shown)
	if shown.Unchanged != 10 || len(shown.Items) > 0 {
		t.Errorf("the export does not come back as it left: %+v", shown)
	}
}
