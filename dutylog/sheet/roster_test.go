package sheet_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/dutylog/sheet"
	"dutyline/dutylog/workbook"
)

var shanghai = time.FixedZone("CST", 8*3600)

// february is a month with a leap day: officers by day and night, a leader for the whole of it.
func february() (shifts []dutylog.Shift) {
	at := func(day, hour int) time.Time { return time.Date(2028, 2, day, hour, 0, 0, 0, shanghai).UTC() }
	for day := 1; day <= 29; day++ {
		shifts = append(shifts,
			dutylog.Shift{From: at(day, 8), To: at(day, 20), Post: dutylog.PostOfficer, Name: []string{"张伟", "李娜", "王强"}[day%3], Phone: "024-22739110"},
			dutylog.Shift{From: at(day, 20), To: at(day+1, 8), Post: dutylog.PostOfficer, Name: []string{"李娜", "王强", "张伟"}[day%3], Phone: "13900001111"},
			dutylog.Shift{From: at(day, 8), To: at(day+1, 8), Post: dutylog.PostChief, Name: "杨秀英", Phone: "13900002222"},
			dutylog.Shift{From: at(day, 8), To: at(day+1, 8), Post: dutylog.PostLeader, Name: "赵振华", Phone: "013900003333"})
	}
	dutylog.SortShifts(shifts)
	return shifts
}

func readRoster(t *testing.T, file []byte, month dutylog.Month) dutylog.RosterTable {
	t.Helper()
	tables, err := sheet.Read("值班表.xlsx", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return dutylog.ParseRosterTable(tables, month, []dutylog.RosterPerson{{Name: "张伟", Phone: "139"}}, shanghai)
}

// What is exported is imported again, word for word: what stands above and below the table is no part of it.
func TestARosterGoesOutAndComesBack(t *testing.T) {
	want := february()
	printed := paper.Roster(paper.Frame{Unit: "沈河区应急管理局", Zone: shanghai}, paper.RosterMonth{Month: "2028-02", Shifts: want, Calendar: dutylog.SeedCalendar(), Draft: 3,
		Periods: []dutylog.SensitivePeriod{{Span: dutylog.DateSpan{Name: "全国两会", First: "2028-02-20", Last: "2028-03-10"}, Notice: "辽应急〔2028〕3 号"}}})
	if len(printed.Tables[0].Rows) != 29 || len(printed.Notes) == 0 {
		t.Errorf("%d rows, %d notes", len(printed.Tables[0].Rows), len(printed.Notes))
	}
	var file bytes.Buffer
	if err := workbook.Write(&file, printed); err != nil {
		t.Fatal(err)
	}
	got := readRoster(t, file.Bytes(), "")
	if len(got.Faults) > 0 {
		t.Fatal(got.Faults)
	}
	if diff := cmp.Diff(want, got.Shifts); diff != "" {
		t.Error(diff)
	}
}

// usual is a roster as a district keeps it: a title, merged cells, full-width digits, numbers beside
// the names, day and night in two rows of one date.
func usual(b *excelize.File) {
	set := func(cell, text string) { _ = b.SetCellStr("Sheet1", cell, text) }
	set("A1", "沈河区应急管理局２０２６年１２月值班安排表")
	_ = b.MergeCell("Sheet1", "A1", "H1")
	for cell, text := range map[string]string{"A2": "日期", "B2": "星期", "C2": "班次", "D2": "带班领导", "E2": "值班处（科）领导", "F2": "联系电话", "G2": "值班员", "H2": "联系电话"} {
		set(cell, text)
	}
	week := []string{"二", "三", "四"}
	officers := []string{"张　伟", "李娜", "王强", "张伟", "李娜", "王强"}
	for i := range 3 {
		row := 3 + 2*i
		set(fmt.Sprintf("A%d", row), []string{"１２月１日", "12月2日", "3"}[i])
		_ = b.MergeCell("Sheet1", fmt.Sprintf("A%d", row), fmt.Sprintf("A%d", row+1))
		set(fmt.Sprintf("B%d", row), week[i])
		_ = b.MergeCell("Sheet1", fmt.Sprintf("B%d", row), fmt.Sprintf("B%d", row+1))
		set(fmt.Sprintf("C%d", row), "白班")
		set(fmt.Sprintf("C%d", row+1), "20:00－次日8:00")
		set(fmt.Sprintf("G%d", row), officers[2*i])
		set(fmt.Sprintf("G%d", row+1), officers[2*i+1]+" １３９００００１１１１")
		set(fmt.Sprintf("E%d", row), "杨秀英")
		_ = b.MergeCell("Sheet1", fmt.Sprintf("E%d", row), fmt.Sprintf("E%d", row+1))
		_ = b.SetCellInt("Sheet1", fmt.Sprintf("F%d", row), 13900002222)
		_ = b.MergeCell("Sheet1", fmt.Sprintf("F%d", row), fmt.Sprintf("F%d", row+1))
	}
	set("D3", "赵振华")
	_ = b.MergeCell("Sheet1", "D3", "D8")
	set("A9", "备注：值班人员不得擅自离岗")
}

func TestARosterWithMergedCellsAndFullWidthDigits(t *testing.T) {
	got := readRoster(t, book(t, usual), "")
	if len(got.Faults) > 0 {
		t.Fatal(got.Faults)
	}
	var b strings.Builder
	for _, s := range got.Shifts {
		fmt.Fprintf(&b, "%s %s %s %s %s\n", s.From.In(shanghai).Format("01-02 15:04"), s.To.In(shanghai).Format("01-02 15:04"), s.Post, s.Name, s.Phone)
	}
	want := `12-01 08:00 12-01 20:00 duty_officer 张伟 139
12-01 08:00 12-01 20:00 duty_section_chief 杨秀英 13900002222
12-01 08:00 12-01 20:00 duty_leader 赵振华 
12-01 20:00 12-02 08:00 duty_officer 李娜 13900001111
12-01 20:00 12-02 08:00 duty_section_chief 杨秀英 13900002222
12-01 20:00 12-02 08:00 duty_leader 赵振华 
`
	if !strings.HasPrefix(b.String(), want) || len(got.Shifts) != 18 {
		t.Errorf("%d shifts:\n%s", len(got.Shifts), b.String())
	}
}

func TestEveryFaultOfARosterIsNamedByItsCell(t *testing.T) {
	change := func(more func(set func(cell, text string), b *excelize.File)) []byte {
		return book(t, func(b *excelize.File) {
			usual(b)
			more(func(cell, text string) { _ = b.SetCellStr("Sheet1", cell, text) }, b)
		})
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"another month":             {change(func(set func(string, string), _ *excelize.File) { set("A1", "2026年11月值班表") }), "[A3 date? B5 weekday]"},
		"no month":                  {change(func(set func(string, string), _ *excelize.File) { set("A1", "值班表"); set("A3", "1") }), "[A3 month]"},
		"no such day":               {change(func(set func(string, string), _ *excelize.File) { set("A3", "12月32日") }), "[A3 date]"},
		"two in one cell":           {change(func(set func(string, string), _ *excelize.File) { set("G3", "张伟、李娜") }), "[G3 name]"},
		"the wrong day of the week": {change(func(set func(string, string), _ *excelize.File) { set("B3", "星期三") }), "[B3 weekday B4 weekday]"},
		"no times":                  {change(func(set func(string, string), _ *excelize.File) { set("C3", "早") }), "[C3 time]"},
		"no number":                 {change(func(set func(string, string), _ *excelize.File) { set("H3", "见通讯录") }), "[H3 phone]"},
		"one day twice":             {change(func(set func(string, string), _ *excelize.File) { set("A7", "12月2日"); set("B7", "三") }), "[D7 twice"},
		"a remark over all columns": {change(func(set func(string, string), b *excelize.File) {
			set("A10", "说明：节日期间实行双岗")
			_ = b.MergeCell("Sheet1", "A10", "H10")
			set("G3", "张伟、李娜")
		}), "[G3 name]"},
		"no officer": {change(func(set func(string, string), _ *excelize.File) { set("G2", "司机") }), "post]"},
		"no roster":  {book(t, func(b *excelize.File) { _ = b.SetCellStr("Sheet1", "A1", "姓名") }), "[ header]"},
		"nothing in it": {book(t, func(b *excelize.File) {
			for cell, text := range map[string]string{"A1": "日期", "B1": "带班领导", "C1": "值班科领导", "D1": "值班员"} {
				_ = b.SetCellStr("Sheet1", cell, text)
			}
		}), "[ empty]"},
	} {
		got := readRoster(t, c.file, "")
		var said []string
		for _, f := range got.Faults {
			said = append(said, f.Cell+" "+string(f.Fault))
			if f.Detail == "" || !strings.Contains(f.Error(), f.Detail) {
				t.Errorf("%s: %+v says nothing", name, f)
			}
		}
		text := fmt.Sprint(said)
		if name == "another month" {
			if !strings.Contains(text, "weekday") {
				t.Errorf("%s: %s", name, text)
			}
		} else if !strings.Contains(text, strings.TrimSuffix(c.want, "]")) {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
		if len(got.Shifts) > 0 {
			t.Errorf("%s: %d shifts were taken all the same", name, len(got.Shifts))
		}
	}
}

func TestTitlesOverNameAndNumber(t *testing.T) {
	file := book(t, func(b *excelize.File) {
		set := func(cell, text string) { _ = b.SetCellStr("Sheet1", cell, text) }
		set("A1", "日期")
		_ = b.MergeCell("Sheet1", "A1", "A2")
		for i, title := range []string{"带班领导", "值班处领导", "值班员"} {
			from, to := string(rune('B'+2*i)), string(rune('C'+2*i))
			set(from+"1", title)
			_ = b.MergeCell("Sheet1", from+"1", to+"1")
			set(from+"2", "姓名")
			set(to+"2", "电话")
			set(from+"3", []string{"赵振华", "杨秀英", "张伟"}[i])
			set(to+"3", "1390000111"+string(rune('1'+i)))
		}
		_ = b.SetCellInt("Sheet1", "A3", 46387) // 2026-12-31
	})
	got := readRoster(t, file, "")
	if len(got.Faults) > 0 || len(got.Shifts) != 3 || got.Shifts[0].Phone != "13900001113" || got.Shifts[0].To.In(shanghai).Format(time.DateTime) != "2027-01-01 08:00:00" {
		t.Errorf("%+v", got)
	}
}

// Whatever stands in a table, reading it ends, and with a fault nothing is taken.
func FuzzRosterTable(f *testing.F) {
	f.Add("2026年12月值班表", "日期", "带班领导", "值班员", "1", "张伟 13900001111", "周二")
	f.Add("", "日期", "带班", "值班科", "2026-02-29", "=1", "20:00-次日8:00")
	f.Fuzz(func(t *testing.T, title, a, b, c, d, e, g string) {
		table := dutylog.Table{Rows: [][]string{{title}, {a, b, c, "值班员"}, {d, e, g, e}, {g, d, e, b}}}
		got := dutylog.ParseRosterTable([]dutylog.Table{table}, "2028-02", nil, shanghai)
		if (len(got.Faults) > 0) == (len(got.Shifts) > 0) {
			t.Errorf("%d faults and %d shifts", len(got.Faults), len(got.Shifts))
		}
		if _, err := dutylog.CheckShifts(got.Shifts); err != nil {
			t.Errorf("it takes what a draft refuses: %v", err)
		}
	})
}
