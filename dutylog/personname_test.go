package dutylog_test

import (
	"slices"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// A name has one spelling however it is set apart, and a mark behind or before it is told from the name.
func TestNamesAndTheirMarks(t *testing.T) {
	for text, want := range map[string][2]string{
		"张伟": {"张伟", ""}, "张 伟": {"张伟", ""}, "张　伟": {"张伟", ""}, " 欧阳　修 ": {"欧阳修", ""}, "John  Smith": {"John Smith", ""},
		"王强（代）": {"王强", "代"}, "王强(代)": {"王强", "代"}, "王 强 （ 代 班 ）": {"王强", "代"}, "（代）王强": {"王强", "代"}, "王强【替班】": {"王强", "代"}, "王强 代": {"王强", "代"},
		"李娜（临聘）": {"李娜", "临聘"}, "李娜(临时)": {"李娜", "临聘"}, "李娜\n（劳务派遣）": {"李娜", "临聘"}, "李娜 临聘人员": {"李娜", "临聘"},
		"老周（返聘）": {"老周", "返聘"}, "王强（局长）": {"王强", ""}, "赵振华局长": {"赵振华", ""}, "赵 振 华 副局长": {"赵振华", ""}, "副主任杨秀英": {"杨秀英", ""}, "赵振华局长（代）": {"赵振华", "代"}, "王强（局长）（临聘）": {"王强", "临聘"},
		"王局长": {"王局长", ""}, "欧阳修科长": {"欧阳修", ""}, "王强（负责人）": {"王强（负责人）", ""}, "李四（一级主任科员）": {"李四", ""}, "代小红": {"代小红", ""}, "张伟 李娜": {"张伟 李娜", ""}, "": {"", ""}, "（代）": {"", "代"},
	} {
		name, mark := dutylog.SplitName(text)
		if name != want[0] || string(mark) != want[1] {
			t.Errorf("%q is %q, %q; want %q", text, name, mark, want)
		}
		again := dutylog.RosterName(text)
		if dutylog.RosterName(again) != again || !dutylog.SameName(again, text) {
			t.Errorf("%q has no one spelling: %q", text, again)
		}
	}
	for text, want := range map[string]string{"赵振华局长": "赵振华（局长）", "赵振华 局长（代）": "赵振华（局长）（代）", "（代）赵振华（局长）": "赵振华（局长）（代）"} {
		if got := dutylog.RosterName(text); got != want {
			t.Errorf("%q is kept as %q, want %q", text, got, want)
		}
	}
	if dutylog.SameName("王强（代）", "王刚（代）") || !dutylog.SameName("王 强", "王强（代）") {
		t.Error("a mark makes people, or takes them apart")
	}
}

// A mark in an imported roster is kept, the person is known, and only regular staff serves.
func TestMarksOfAnImportedRoster(t *testing.T) {
	got := dutylog.ParseRosterTable([]dutylog.Table{sheetOf(`
2026年12月值班表
日期|带班领导|值班科领导|值班员
1|赵敏|陈刚（代）|张 伟(代)\n13900002222
2|赵敏局长|陈刚|李娜（临聘）
3|赵敏|陈刚|张　伟`)}, "", staff, shanghai)
	if len(got.Faults) > 0 || len(got.Shifts) != 9 {
		t.Fatalf("%+v", got)
	}
	var names []string
	for _, s := range got.Shifts {
		if s.Post != dutylog.PostLeader {
			names = append(names, s.Name+" "+s.Phone)
		}
	}
	if want := []string{"张伟（代） 13900002222", "陈刚（代） 3", "李娜（临聘） 2", "陈刚 3", "张伟 1", "陈刚 3"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	from, to := dutylog.Month("2026-12").Span(shanghai)
	var bad []string
	for _, f := range dutylog.CheckMonth(got.Shifts, staff, dutylog.DefaultRosterRule(), from, to) {
		if f.Reason != dutylog.RosterGap {
			bad = append(bad, string(f.Reason)+" "+f.Name)
		}
	}
	if !slices.Equal(bad, []string{"not_regular 李娜（临聘）"}) {
		t.Errorf("found %q", bad)
	}
	if stood := dutylog.CheckRoster(got.Shifts[:3], nil, dutylog.RosterRule{}, from, to); slices.ContainsFunc(stood, func(f dutylog.RosterFinding) bool { return f.Reason == dutylog.RosterNotRegular }) {
		t.Errorf("who stands in is regular staff: %+v", stood)
	}
	for cell, fault := range map[string]dutylog.CellFault{"张伟（李娜代）": dutylog.RosterBadName, "张伟（负责人）": dutylog.RosterBadName, `张伟\n李娜（代）`: dutylog.RosterBadName, "（代）": dutylog.RosterBadName} {
		got := dutylog.ParseRosterTable([]dutylog.Table{sheetOf("2026年12月值班表\n日期|带班领导|值班科领导|值班员\n1|赵敏|陈刚|" + cell)}, "", staff, shanghai)
		if len(got.Faults) != 1 || got.Faults[0].Fault != fault || got.Faults[0].Cell != "D3" {
			t.Errorf("%s: %+v", cell, got)
		}
	}
}

// One person is one row, however the roster sets the name apart and marks it; and a row of shifts is one.
func TestABlankMakesNobodyAnotherPerson(t *testing.T) {
	shifts := roster(t, `
2026-12-01 08:00 2026-12-02 08:00 officer 张伟
2026-12-02 08:00 2026-12-03 08:00 officer 张伟`)
	shifts[0].Name = "张　伟"
	shifts[1].Name = "张 伟（代）"
	from, to := dutylog.Month("2026-12").Span(shanghai)
	counts := dutylog.CountDuty(shifts, dutylog.SeedCalendar(), dutylog.DefaultRestRule(), from, to, shanghai)
	if len(counts) != 1 || counts[0].Name != "张伟" || counts[0].Shifts != 2 || counts[0].Hours != 48 {
		t.Errorf("%+v", counts)
	}
	found := dutylog.CheckRoster(shifts, staff, dutylog.DefaultRosterRule(), shifts[0].From, shifts[1].To)
	if !slices.ContainsFunc(found, func(f dutylog.RosterFinding) bool {
		return f.Reason == dutylog.RosterTooLong && f.From.Equal(shifts[0].From) && f.To.Equal(shifts[1].To)
	}) {
		t.Errorf("48 hours in a row are not found: %+v", found)
	}
	kept, err := dutylog.CheckShifts(shifts)
	if err != nil || kept[0].Name != "张伟" || kept[1].Name != "张伟（代）" {
		t.Errorf("%+v, %v", kept, err)
	}
}

// gapCases are holes in a roster, and how each is named: whole, over midnight and over the edges of months.
var gapCases = map[string]struct {
	month  dutylog.Month
	shifts string
	want   string
}{
	"between two shifts of a night": {"2026-12", `
2026-12-01 00:00 2026-12-10 20:00 officer 张伟
2026-12-11 08:00 2027-01-01 00:00 officer 李娜`, "12-10 20:00 12-11 08:00"},
	"ten minutes over midnight": {"2026-12", `
2026-12-01 00:00 2026-12-10 23:55 officer 张伟
2026-12-11 00:05 2027-01-01 00:00 officer 李娜`, "12-10 23:55 12-11 00:05"},
	"a night between two months, from the first": {"2026-11", `
2026-11-01 00:00 2026-11-30 20:00 officer 张伟
2026-12-01 08:00 2026-12-02 08:00 officer 李娜`, "11-30 20:00 12-01 08:00"},
	"the same night, from the second": {"2026-12", `
2026-11-01 00:00 2026-11-30 20:00 officer 张伟
2026-12-01 08:00 2027-01-01 00:00 officer 李娜`, "11-30 20:00 12-01 08:00"},
	"New Year's night": {"2026-12", `
2026-12-01 00:00 2026-12-31 20:00 officer 张伟
2027-01-01 08:00 2027-01-02 08:00 officer 李娜`, "12-31 20:00 01-01 08:00"},
	"the leap day": {"2028-02", `
2028-02-01 00:00 2028-02-29 00:00 officer 张伟
2028-03-01 00:00 2028-03-02 08:00 officer 李娜`, "02-29 00:00 03-01 00:00"},
	"nothing is known of the next month": {"2026-12", `
2026-12-01 00:00 2026-12-31 08:00 officer 张伟`, "12-31 08:00 01-01 00:00"},
	"two of them": {"2026-12", `
2026-12-01 00:00 2026-12-10 08:00 officer 张伟
2026-12-10 20:00 2026-12-20 08:00 officer 张伟
2026-12-21 08:00 2027-01-01 00:00 officer 李娜`, "12-10 08:00 12-10 20:00, 12-20 08:00 12-21 08:00"},
	"none where a shift is inside another": {"2026-12", `
2026-12-01 00:00 2027-01-01 00:00 officer 张伟
2026-12-10 08:00 2026-12-10 09:00 officer 李娜`, ""},
}

func TestHolesInARosterAreNamed(t *testing.T) {
	for name, c := range gapCases {
		shifts := roster(t, c.shifts)
		from, to := c.month.Span(shanghai)
		named := func(found []dutylog.RosterFinding) string {
			var all []string
			for _, f := range found {
				if f.Reason == dutylog.RosterGap && f.Post == dutylog.PostOfficer {
					all = append(all, siteTime(f.From)[5:]+" "+siteTime(f.To)[5:])
				}
			}
			return strings.Join(all, ", ")
		}
		if got := named(dutylog.CheckMonth(shifts, nil, dutylog.RosterRule{}, from, to)); got != c.want {
			t.Errorf("%s: a month finds %q, want %q", name, got, c.want)
		}
		if got := named(dutylog.RosterGaps(shifts, from, to)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
