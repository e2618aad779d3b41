package dutylog_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// sheetOf reads a table as the tests write it: cells apart by |, rows by lines.
func sheetOf(text string) dutylog.Table {
	var t dutylog.Table
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var row []string
		for _, cell := range strings.Split(line, "|") {
			row = append(row, strings.ReplaceAll(strings.TrimSpace(cell), `\n`, "\n"))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// A fault says what stands in the cell, or which other cell, sheets or post are meant.
func TestAFaultOfARosterSaysWhatStandsThere(t *testing.T) {
	const head = "2026年12月值班表\n日期|星期|带班领导|值班科领导|值班员\n"
	for table, want := range map[string]string{
		head + "13月1日|二|赵振华|杨秀英|张伟":                          "A3 date 13月1日",
		head + "2月2日|二|赵振华|杨秀英|张伟":                           "A3 date 2月2日",
		head + "1|星期三|赵振华|杨秀英|张伟":                            "B3 weekday 2026-12-01 星期三",
		"2026年12月值班表\n日期|带班领导|值班员\n1|赵振华|张伟":                 "A2 post duty_section_chief",
		"2026年12月值班表\n日期|带班领导|值班科领导|值班员|早餐\n1|赵振华|杨秀英|张伟|王强": "E2 column 早餐",
		head + "1|二|赵振华|杨秀英|张伟\n1|二|||李娜":                    "E4 twice E3 张伟",
		head + "1|二|赵振华|杨秀英|张伟、李娜":                           "E3 name 张伟、李娜",
		head + "1|二|赵振华|杨秀英|#REF!":                           "E3 formula #REF!",
		head + "1|二|赵振华|杨秀英|张伟、" + strings.Repeat("李", 90):   "E3 name 张伟、" + strings.Repeat("李", 57) + "…",
	} {
		got := dutylog.ParseRosterTable([]dutylog.Table{sheetOf(table)}, "", nil, shanghai).Faults
		if len(got) != 1 || fmt.Sprint(got[0].Cell, " ", got[0].Fault, " ", got[0].Value) != want {
			t.Errorf("%s: %+v, want %s", table, got, want)
		}
	}
	one, two := sheetOf(head+"1|二|赵振华|杨秀英|张伟"), sheetOf(head+"1|二|赵振华|杨秀英|张伟")
	one.Name, two.Name = "定稿", "初稿"
	if got := dutylog.ParseRosterTable([]dutylog.Table{one, two}, "", nil, shanghai).Faults; len(got) != 1 || got[0].Value != "定稿、初稿" {
		t.Errorf("two sheets: %+v", got)
	}
}

// tableCases are rosters as offices write them, and what is to be understood.
var tableCases = []struct{ name, month, table string }{
	{"the plainest one", "", `
2026年12月值班表
日期|带班领导|值班处（科）领导|值班员
1|赵振华|杨秀英|张伟
2|赵振华|杨秀英|李娜`},
	{"the last day of a year, and the first of the next", "", `
2026年12月值班表
日期|星期|带班领导|值班科领导|值班员
12月31日|星期四|赵振华|杨秀英|张伟
1月1日|五|赵振华|杨秀英|李娜`},
	{"last year's dates under a new title, and a row of another month", "", `
2026年12月值班表
日期|带班领导|值班科领导|值班员
2025-12-01|赵振华|杨秀英|张伟
2月2日|赵振华|杨秀英|李娜`},
	{"the leap day", "2028-02", `
日期|星期|带班领导|值班科领导|值班员
29|二|赵振华|杨秀英|张伟`},
	{"a day that the year has not", "2026-02", `
日期|带班领导|值班科领导|值班员
28|赵振华|杨秀英|张伟
29|赵振华|杨秀英|李娜`},
	{"times in the titles, by day and night", "2026-12", `
日期|带班领导|值班科领导|值班员(08:30-17:30)|值班员(17:30-次日08:30)
1|赵振华|杨秀英|张伟|李娜`},
	{"words for the times", "2026-12", `
日期|带班领导（全天）|值班科领导|值班员白班|值班员夜班
1|赵振华|杨秀英|张伟|李娜`},
	{"a column for the turn, the date only in the first row of two", "2026-12", `
日期|班次|带班领导|值班科领导|值班员
1|白班|赵振华|杨秀英|张伟
|夜班|赵振华|杨秀英|李娜`},
	{"a turn that says nothing", "2026-12", `
日期|班次|带班领导|值班科领导|值班员
1|早晚|赵振华|杨秀英|张伟`},
	{"numbers beside, behind and below the names", "2026-12", `
日期|带班领导|手机|值班科领导|值班员
1|赵振华|13900001111|杨秀英 024-22739111|张伟\n（13900002222）`},
	{"whole dates, with a time that spreadsheets add", "", `
日期|带班领导|值班科领导|值班员
2026-12-01 00:00:00|赵振华|杨秀英|张伟
2026/12/2|赵振华|杨秀英|李娜
2026年12月3日|赵振华|杨秀英|王强`},
	{"the header again on the second page, and a remark below", "2026-12", `
日期|带班领导|值班科领导|值班员
1|赵振华|杨秀英|张伟
日期|带班领导|值班科领导|值班员
2|赵振华|杨秀英|李娜
备注：节假日另行安排|||`},
	{"nobody is nobody", "2026-12", `
日期|带班领导|值班科领导|值班员
1|赵振华|—|张伟
2|无|杨秀英|/`},
	{"names of minorities, and of one word in another script", "2026-12", `
日期|带班领导|值班科领导|值班员
1|阿不都·买买提|欧阳 修|Smith`},
	{"two people in one cell", "2026-12", `
日期|带班领导|值班科领导|值班员
1|赵振华|杨秀英|张伟 李娜
2|赵振华|杨秀英|张伟；李娜`},
	{"no month anywhere", "", `
日期|带班领导|值班科领导|值班员
1|赵振华|杨秀英|张伟`},
	{"a date that is none", "2026-12", `
日期|带班领导|值班科领导|值班员
周一|赵振华|杨秀英|张伟
45日|赵振华|杨秀英|李娜`},
	{"the same day twice", "2026-12", `
日期|带班领导|值班科领导|值班员
1|赵振华|杨秀英|张伟
1|赵振华|杨秀英|李娜`},
	{"no leader", "2026-12", `
日期|值班科领导|值班员
1|杨秀英|张伟`},
	{"another table", "2026-12", `
单位|姓名|电话
应急局|张伟|13900001111`},
	{"only a header", "2026-12", `
日期|带班领导|值班科领导|值班员`},
}

func TestTablesAsOfficesWriteThem(t *testing.T) {
	var b strings.Builder
	for _, c := range tableCases {
		fmt.Fprintf(&b, "# %s\n", c.name)
		got := dutylog.ParseRosterTable([]dutylog.Table{sheetOf(c.table)}, dutylog.Month(c.month), staff, shanghai)
		for _, s := range got.Shifts {
			b.WriteString(strings.TrimRight(fmt.Sprintf("%s – %s %s %s %s", siteTime(s.From), siteTime(s.To), s.Post, s.Name, s.Phone), " ") + "\n")
		}
		for _, f := range got.Faults {
			fmt.Fprintf(&b, "fault %s: %v\n", f.Fault, f)
		}
		if len(got.Shifts) > 0 == (len(got.Faults) > 0) {
			t.Errorf("%s: %d shifts and %d faults", c.name, len(got.Shifts), len(got.Faults))
		}
	}
	goldenText(t, "roster_tables.golden.txt", b.String())
}

func TestOfSeveralSheetsEachRosterIsRead(t *testing.T) {
	december, january := sheetOf("日期|带班领导|值班科领导|值班员\n1|赵振华|杨秀英|张伟"), sheetOf("日期|带班领导|值班科领导|值班员\n1|赵振华|杨秀英|李娜、王强")
	december.Name, january.Name = "2026年12月", "2027年1月"
	notes := dutylog.Table{Name: "空表", Rows: [][]string{nil, {""}}}
	got := dutylog.ParseRosterTable([]dutylog.Table{notes, december, january}, "", nil, shanghai)
	if len(got.Shifts) != 0 || len(got.Faults) != 1 || got.Faults[0].Cell != "2027年1月!D2" {
		t.Fatalf("%+v", got)
	}
	january.Rows[1][3] = "李娜"
	got = dutylog.ParseRosterTable([]dutylog.Table{notes, december, january}, "", nil, shanghai)
	months, by := dutylog.RosterMonths(got.Shifts, shanghai)
	if len(got.Faults) > 0 || fmt.Sprint(months) != "[2026-12 2027-01]" || len(by["2027-01"]) != 3 {
		t.Errorf("%+v %v", got, months)
	}
}

// Two sheets of one month are one too many: which of them holds, a person says. Sheets of other
// months are read together.
func TestTwoSheetsOfOneMonth(t *testing.T) {
	sheet := func(name, month, text string) dutylog.Table {
		table := dutylog.Table{Name: name, Workbook: true, Rows: [][]string{{month}}}
		for _, line := range strings.Split(text, "\n") {
			table.Rows = append(table.Rows, strings.Split(line, "|"))
		}
		return table
	}
	const whole = "日期|带班领导|值班科领导|值班员\n1|赵振华|杨秀英|张伟\n2|赵振华|杨秀英|李娜"
	for name, c := range map[string]struct {
		sheets []dutylog.Table
		shifts int
		want   string
	}{
		"a copy":          {[]dutylog.Table{sheet("12月", "2026年12月值班表", whole), sheet("12月(2)", "2026年12月值班表", whole)}, 0, `the sheets "12月" and "12月(2)" are both a roster of 2026-12`},
		"a newer version": {[]dutylog.Table{sheet("初稿", "2026年12月值班表", whole), sheet("定稿", "2026年12月值班表", strings.Replace(whole, "李娜", "王强", 1))}, 0, `the sheets "初稿" and "定稿"`},
		"three of them":   {[]dutylog.Table{sheet("a", "2026年12月", whole), sheet("b", "2026年12月", whole), sheet("c", "2026年12月", whole)}, 0, `the sheets "a" and "b"`},
		"two months":      {[]dutylog.Table{sheet("12月", "2026年12月值班表", whole), sheet("1月", "2027年1月值班表", whole)}, 12, ""},
	} {
		got := dutylog.ParseRosterTable(c.sheets, "", nil, shanghai)
		switch {
		case c.want == "" && (len(got.Faults) > 0 || len(got.Shifts) != c.shifts):
			t.Errorf("%s: %d shifts, %v", name, len(got.Shifts), got.Faults)
		case c.want != "" && (len(got.Faults) == 0 || got.Faults[0].Fault != dutylog.RosterSheets || got.Shifts != nil || !strings.Contains(got.Faults[0].Error(), c.want)):
			t.Errorf("%s: %d shifts, %v", name, len(got.Shifts), got.Faults)
		}
	}
}
