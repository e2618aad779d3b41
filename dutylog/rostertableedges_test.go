package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// readRoster reads one table and tells its shifts of the duty officer, or its faults with their cells.
func readRoster(month dutylog.Month, table string) []string {
	read := dutylog.ParseRosterTable([]dutylog.Table{sheetOf(table)}, month, nil, shanghai)
	var said []string
	for _, s := range read.Shifts {
		if s.Post == dutylog.PostOfficer {
			said = append(said, fmt.Sprintf("%s – %s %s", siteTime(s.From), siteTime(s.To), s.Name))
		}
	}
	for _, f := range read.Faults {
		said = append(said, string(f.Fault)+" "+f.Cell)
	}
	return said
}

// A table of a month's roster often begins with the last days of the month before, or ends with the
// first ones of the next: a wrong year there would put the shift eleven months away.
func TestDaysBesideTheMonthOfATable(t *testing.T) {
	for _, c := range []struct {
		name, month, day string
		want             []string
	}{
		{"New Year at the end of December", "2026-12", "1月1日", []string{"2027-01-01 08:00 – 2027-01-02 08:00 张伟"}},
		{"New Year's Eve at the head of January", "2027-01", "12月31日", []string{"2026-12-31 08:00 – 2027-01-01 08:00 张伟"}},
		{"the same with points", "2027-01", "12.31", []string{"2026-12-31 08:00 – 2027-01-01 08:00 张伟"}},
		{"an ordinary month's end", "2026-11", "12月1日", []string{"2026-12-01 08:00 – 2026-12-02 08:00 张伟"}},
		{"December itself", "2026-12", "12月31日", []string{"2026-12-31 08:00 – 2027-01-01 08:00 张伟"}},
		{"the leap day", "2028-02", "2月29日", []string{"2028-02-29 08:00 – 2028-03-01 08:00 张伟"}},
		{"the day after it at the end of its month", "2028-02", "3月1日", []string{"2028-03-01 08:00 – 2028-03-02 08:00 张伟"}},
		{"a leap day in a year without one", "2100-02", "29", []string{"date A2"}},
		{"the day 0", "2026-12", "0", []string{"date A2"}},
		{"the 31st of November", "2026-11", "31日", []string{"date A2"}},
		{"the month 13", "2026-12", "13月1日", []string{"date A2"}},
	} {
		got := readRoster(dutylog.Month(c.month), "日期|带班领导|值班科领导|值班员\n"+c.day+"|赵振华|杨秀英|张伟")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A day of another month or year than the title's is a slip, or left from the file that the table was made of: it is named by
// its cell. The days beside the month, and every month of a title that names several, are the table's.
func TestDaysOfAnotherMonthThanTheTitles(t *testing.T) {
	officer := func(day, next string) []string { return []string{day + " 08:00 – " + next + " 08:00 张伟"} }
	fault := []string{"date A3"}
	for _, c := range []struct {
		title, day string
		want       []string
	}{
		{"2026年12月值班表", "2025-12-01", fault},
		{"2026年12月值班表", "2026-02-02", fault},
		{"2026年12月值班表", "2月2日", fault},
		{"2026年12月值班表", "11月20日", fault},
		{"2026年12月值班表", "11月21日", officer("2026-11-21", "2026-11-22")},
		{"2026年12月值班表", "2026/11/30", officer("2026-11-30", "2026-12-01")},
		{"2026年12月值班表", "1月1日", officer("2027-01-01", "2027-01-02")},
		{"2026年12月值班表", "2027年1月10日", officer("2027-01-10", "2027-01-11")},
		{"2026年12月值班表", "1月11日", fault},
		{"2026年12月值班表", "2026-01-01", fault},
		{"2027年1月值班表", "12月31日", officer("2026-12-31", "2027-01-01")},
		{"2027年1月值班表", "2027-12-31", fault},
		{"2028年2月值班表", "3月10日", officer("2028-03-10", "2028-03-11")},
		{"2026年9月28日至10月8日值班表", "10月8日", officer("2026-10-08", "2026-10-09")},
		{"2026年10-12月值班表", "12月31日", officer("2026-12-31", "2027-01-01")},
		{"2026年12月至2027年2月值班表", "2027-02-28", officer("2027-02-28", "2027-03-01")},
		{"2026年12月1日至31日值班表", "2027-02-28", fault},
		{"2026年12月至2月值班表", "2月28日", officer("2027-02-28", "2027-03-01")},
		{"值班安排表", "2025-12-01", officer("2025-12-01", "2025-12-02")},
		{"2026年11月报送", "2026-12-24", officer("2026-12-24", "2026-12-25")},
	} {
		got := readRoster("2026-12", c.title+"|||\n日期|带班领导|值班科领导|值班员\n"+c.day+"|赵振华|杨秀英|张伟")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", c.title, c.day, diff)
		}
	}
}

// The times of a shift are read or refused at their cell; none is guessed.
func TestTimesThatATableGives(t *testing.T) {
	for _, c := range []struct {
		title string
		want  []string
	}{
		{"值班员", []string{"2026-12-01 08:00 – 2026-12-02 08:00 张伟"}},
		{"值班员 08:30-17:30", []string{"2026-12-01 08:30 – 2026-12-01 17:30 张伟"}},
		{"值班员（17：30～次日8：30）", []string{"2026-12-01 17:30 – 2026-12-02 08:30 张伟"}},
		{"值班员 20:00至08:00", []string{"2026-12-01 20:00 – 2026-12-02 08:00 张伟"}},
		{"值班员 00:00-24:00", []string{"2026-12-01 00:00 – 2026-12-02 00:00 张伟"}},
		{"值班员 08:00-08:00", []string{"2026-12-01 08:00 – 2026-12-02 08:00 张伟"}},
		{"值班员 08:75-20:00", []string{"time D1"}},
		{"值班员 08:00-20:60", []string{"time D1"}},
		{"值班员 25:00-26:00", []string{"time D1"}},
		{"值班员 08:00-29:00", []string{"time D1"}},
		{"值班员 08:00-24:30", []string{"time D1"}},
		{"值班员 08:00-次日20:00", []string{"time D1"}},
	} {
		got := readRoster("2026-12", "日期|带班领导|值班科领导|"+c.title+"\n1|赵振华|杨秀英|张伟")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("title %s (-want +got):\n%s", c.title, diff)
		}
		turn := strings.TrimSpace(strings.TrimPrefix(c.title, "值班员"))
		if turn == "" {
			continue
		}
		want := c.want
		if strings.HasPrefix(want[0], "time") {
			want = []string{"time B2"}
		}
		got = readRoster("2026-12", "日期|班次|带班领导|值班科领导|值班员\n1|"+turn+"|赵振华|杨秀英|张伟")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("turn %s (-want +got):\n%s", turn, diff)
		}
	}
}

// A title says its month in many ways; what is no month of the calendar is not cut down to one.
func TestTheMonthInATitle(t *testing.T) {
	const table = "日期|带班领导|值班科领导|值班员\n2|赵振华|杨秀英|张伟"
	for _, c := range []struct{ title, want string }{
		{"2026年12月值班表", "2026-12-02 08:00 – 2026-12-03 08:00 张伟"},
		{"应急局2026 年 1 月份值班安排", "2026-01-02 08:00 – 2026-01-03 08:00 张伟"},
		{"2026年01月", "2026-01-02 08:00 – 2026-01-03 08:00 张伟"},
		{"值班表 2026-10", "2026-10-02 08:00 – 2026-10-03 08:00 张伟"},
		{"2026.2", "2026-02-02 08:00 – 2026-02-03 08:00 张伟"},
		{"2026年13月值班表", "month A3"},
		{"2026年0月值班表", "month A3"},
		{"2026年值班表", "month A3"},
	} {
		if diff := cmp.Diff([]string{c.want}, readRoster("", c.title+"|||\n"+table)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.title, diff)
		}
	}
}

// What stands above the title, or beside it, has dates of its own: the month is the title's.
func TestTheMonthIsTheTitlesWhateverStandsAbove(t *testing.T) {
	const table = "\n日期|带班领导|值班科领导|值班员\n2|赵振华|杨秀英|张伟"
	for _, c := range []struct{ above, month string }{
		{"报送日期：2026-11-28|||\n2026年12月值班表|||", "2026-12"},
		{"2026年11月28日|||\n2026年12月值班表|||", "2026-12"},
		{"沈应急函〔2026〕11号 2026年11月|||\n区应急局2026年12月值班安排表|||", "2026-12"},
		{"2026年12月值班表|||\n制表时间：2026年11月28日|||", "2026-12"},
		{"2026年12月值班表|||\n2026.11.28|||", "2026-12"},
		{"附件1 2026年11月|||\n2026年12月|||", "2026-12"},
		{"2026年12月1日至31日值班表|||", "2026-12"},
		{"2026年值班报送日期：2026-11-28|||", ""},
	} {
		want := c.month + "-02 08:00 – " + c.month + "-03 08:00 张伟"
		if c.month == "" {
			want = "month A3"
		}
		if diff := cmp.Diff([]string{want}, readRoster("", c.above+table)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.above, diff)
		}
	}
}

// What somebody may have put into a cell to do harm is a fault of this cell, or a harmless text.
func TestHostileCellsOfARoster(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"a formula is no name", "=HYPERLINK(1)", "name D2"},
		{"a name without end", strings.Repeat("长", 31), "name D2"},
		{"only a number", "13900001111", "name D2"},
		{"two names by a line", `张伟\n李娜`, "name D2"},
		{"a formula that lost its cell", "#REF!", "formula D2"},
		{"a formula that found nothing", "#N/A", "formula D2"},
		{"a formula that cannot be reckoned", "#DIV/0!", "formula D2"},
		{"a formula with small letters", " #name? ", "formula D2"},
		{"no letter", "#####", "name D2"},
		{"signs", "？？", "name D2"},
		{"a figure", "12", "name D2"},
		{"a byte 0", "张\x00伟", "2026-12-01 08:00 – 2026-12-02 08:00 张伟"},
	} {
		got := readRoster("2026-12", "日期|带班领导|值班科领导|值班员\n1|赵振华|杨秀英|"+c.cell)
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// randomMonth is a roster of a month in which each post changes at its own time of day, whole days or
// day and night, here and there with nobody.
func randomMonth(r *rand.Rand, m dutylog.Month) (shifts []dutylog.Shift) {
	names := []string{"张伟", "李娜", "欧阳修", "阿不都·买买提", "Smith"}
	for _, post := range dutylog.Posts() {
		begin := time.Duration(r.IntN(48)) * 30 * time.Minute
		part := time.Duration(1+r.IntN(47)) * 30 * time.Minute // of the first of two turns
		for _, d := range dutylog.Dates(m.First(), m.Last()) {
			from := d.In(shanghai).Add(begin)
			turns := []time.Duration{0, part, 24 * time.Hour}
			if r.IntN(3) == 0 {
				turns = []time.Duration{0, 24 * time.Hour}
			}
			for i := 1; i < len(turns); i++ {
				s := dutylog.Shift{From: from.Add(turns[i-1]).UTC(), To: from.Add(turns[i]).UTC(), Post: post, Name: names[r.IntN(len(names))]}
				if r.IntN(2) == 0 {
					s.Phone = fmt.Sprintf("024-2273%04d", r.IntN(10000))
				}
				if dutylog.MonthOf(s.From, shanghai) == m && r.IntN(9) > 0 {
					shifts = append(shifts, s)
				}
			}
		}
	}
	dutylog.SortShifts(shifts)
	return shifts
}

// What is printed of a roster reads back as the roster, shift by shift, in every kind of month.
func TestThePaperOfAnyRosterReadsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 27))
	for i := range 60 {
		m := []dutylog.Month{"2026-12", "2027-01", "2027-02", "2028-02", "2026-11"}[i%5]
		want := randomMonth(r, m)
		p := paper.Roster(paper.Frame{Unit: "应急局2020", Zone: shanghai}, paper.RosterMonth{Month: m, Shifts: want, Calendar: dutylog.SeedCalendar()})
		var head []string
		for _, c := range p.Tables[0].Columns {
			head = append(head, c.Head)
		}
		table := dutylog.Table{Rows: [][]string{{p.Unit}, {p.Title}, head}}
		for _, row := range p.Tables[0].Rows {
			table.Rows = append(table.Rows, row.Cells)
		}
		got := dutylog.ParseRosterTable([]dutylog.Table{table}, "", nil, shanghai)
		if len(got.Faults) > 0 {
			t.Fatalf("round %d, %s: %v\n%v", i, m, got.Faults[0], head)
		}
		if diff := cmp.Diff(want, got.Shifts); diff != "" {
			t.Fatalf("round %d, %s (-printed +read):\n%s", i, m, diff)
		}
	}
}

// Nothing of a roster is dropped in silence: a row is read, or a cell of it is named. Who is called by a
// rank is a person, and only the header itself is the header.
func TestNothingOfARosterIsDroppedInSilence(t *testing.T) {
	const header = "日期|带班领导|值班科领导|值班员\n"
	officer := func(day int, name string) string {
		return fmt.Sprintf("2026-12-%02d 08:00 – 2026-12-%02d 08:00 %s", day, day+1, name)
	}
	for _, c := range []struct {
		name, table string
		want        []string
	}{
		{"a head of section by the rank", header + "1|王处长|杨秀英|张伟\n2|赵振华|杨秀英|李娜", []string{officer(1, "张伟"), officer(2, "李娜")}},
		{"every one by the rank", header + "1|值班领导王|李科长|值班员张", []string{officer(1, "值班员张")}},
		{"the words of a header on a day", header + "1|带班领导|杨秀英|张伟", []string{officer(1, "张伟")}},
		{"the header again", header + "1|赵振华|杨秀英|张伟\n" + header + "2|赵振华|杨秀英|李娜", []string{officer(1, "张伟"), officer(2, "李娜")}},
		{"the header again, spaced", header + "1|赵振华|杨秀英|张伟\n日 期|带班 领导|值班科领导|值 班 员\n2|赵振华|杨秀英|李娜", []string{officer(1, "张伟"), officer(2, "李娜")}},
		{"a header with a person in it", header + "日期|带班领导|杨秀英|张伟\n2|赵振华|杨秀英|李娜", []string{"date A2"}},
		{"two rows of titles, twice", "日期|带班领导|值班科领导|值班员\n日期|姓名|姓名|姓名\n1|赵振华|杨秀英|张伟\n日期|姓名|姓名|姓名\n2|赵振华|杨秀英|李娜", []string{officer(1, "张伟"), officer(2, "李娜")}},
		{"a first row without a day", header + "|赵振华|杨秀英|张伟\n2|赵振华|杨秀英|李娜", []string{"date A2"}},
		{"a remark merged over the table", header + "1|赵振华|杨秀英|张伟\n注：请准时|注：请准时|注：请准时|注：请准时", []string{officer(1, "张伟")}},
		{"a remark with somebody beside it", header + "1|赵振华|杨秀英|张伟\n备用|备用|杨秀英|李娜", []string{"date A3"}},
		{"a second officer under a title that we do not know", "日期|带班领导|值班科领导|值班员|副班\n1|赵振华|杨秀英|张伟|王伟", []string{"column E1"}},
		{"two such titles", "日期|司机|带班领导|值班科领导|值班员|副班\n1|刘师傅|赵振华|杨秀英|张伟|王伟", []string{"column B1", "column F1"}},
		{"what nobody on duty depends on", "序号|日期|农历|带班领导|值班科领导|值班员|备注（节假日）|签名\n1|1|廿三|赵振华|杨秀英|张伟|元旦|x", []string{officer(1, "张伟")}},
		{"a number that is nobody's", "日期|联系电话|带班领导|值班科领导|值班员\n1|22730001|赵振华|杨秀英|张伟", []string{"column B1"}},
		{"a second number of one post", "日期|带班领导|手机|办公电话|值班科领导|值班员\n1|赵振华|13900001111|22730001|杨秀英|张伟", []string{"column D1"}},
		{"a number without a name", "日期|带班领导|值班科领导|值班员|手机\n1|赵振华|杨秀英|张伟|13900001111\n2|赵振华|杨秀英||13900002222", []string{"name D3"}},
		{"only a number, and no day", "日期|带班领导|值班科领导|值班员|手机\n|||  |13900002222\n1|赵振华|杨秀英|张伟|13900001111", []string{"date A2"}},
		{"nobody, and dashes for the number", "日期|带班领导|值班科领导|值班员|手机\n1|赵振华|杨秀英|张伟|13900001111\n2|赵振华|杨秀英|—|—", []string{officer(1, "张伟")}},
		{"somebody under no title", header + "1|赵振华|杨秀英|张伟|王伟", []string{"column E2"}},
		{"the second half of a month beside the first", "日期|带班领导|值班科领导|值班员|日期|带班领导|值班科领导|值班员\n1|赵振华|杨秀英|张伟|16|赵振华|杨秀英|李娜", []string{"column E1", "twice F2", "twice G2", "twice H2"}},
	} {
		got := readRoster("2026-12", c.table)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A row in which formulas have no value is a fault by each cell, also where it looks like a remark.
func TestFailedFormulasOfARoster(t *testing.T) {
	got := readRoster("2026-12", "日期|带班领导|值班科领导|值班员\n1|#REF!|杨秀英|#N/A\n#REF!|#REF!|#REF!|#REF!\n3|赵振华|杨秀英|张伟")
	if diff := cmp.Diff([]string{"formula B2", "formula D2", "formula A3", "formula B3", "formula C3", "formula D3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A sheet that goes on without a header, or under words that nobody knows, is not left out in silence.
func TestASheetOfARosterWithoutAHeader(t *testing.T) {
	first := sheetOf("日期|带班领导|值班科领导|值班员\n1|赵振华|杨秀英|张伟")
	first.Name = "上半月"
	for name, c := range map[string]struct{ text, cell string }{
		"it goes on":      {"16|赵振华|杨秀英|李娜\n17|赵振华|杨秀英|王强", "下半月!A1"},
		"other words":     {"|||\n|哪天|谁值班|\n|16|李娜|", "下半月!B2"},
		"a remark":        {"填表说明", "下半月!A1"},
		"nothing":         {"|||\n|||", ""},
		"a header, empty": {"日期|带班领导|值班科领导|值班员", ""},
	} {
		second := sheetOf(c.text)
		second.Name = "下半月"
		for _, tables := range [][]dutylog.Table{{first, second}, {second, first}} {
			got := dutylog.ParseRosterTable(tables, "2026-12", nil, shanghai)
			switch {
			case c.cell == "" && (len(got.Faults) > 0 || len(got.Shifts) != 3):
				t.Errorf("%s: %+v", name, got)
			case c.cell != "" && (got.Shifts != nil || len(got.Faults) != 1 || got.Faults[0].Fault != dutylog.RosterUnread || got.Faults[0].Cell != c.cell || !strings.Contains(got.Faults[0].Detail, "下半月")):
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// Of several sheets with a roster each is read, and a fault names the sheet that it is on.
func TestTheSecondSheetOfARosterIsNotDropped(t *testing.T) {
	first, second := sheetOf("日期|带班领导|值班科领导|值班员\n1|王处长|杨秀英|张伟"), sheetOf("日期|带班领导|值班科领导|值班员\n2|李处长|杨秀英|李娜")
	first.Name, second.Name = "上半月", "下半月"
	got := dutylog.ParseRosterTable([]dutylog.Table{first, second}, "2026-12", nil, shanghai)
	if len(got.Faults) > 0 || len(got.Shifts) != 6 || got.Shifts[3].Name != "李娜" || got.Shifts[5].Name != "李处长" {
		t.Errorf("%+v", got)
	}
	second.Rows[0] = append(second.Rows[0], "副班")
	got = dutylog.ParseRosterTable([]dutylog.Table{first, second}, "2026-12", nil, shanghai)
	if len(got.Shifts) != 0 || len(got.Faults) != 1 || got.Faults[0].Cell != "下半月!E1" || got.Faults[0].Fault != dutylog.RosterNoColumn || !strings.Contains(got.Faults[0].Detail, "副班") {
		t.Errorf("%+v", got)
	}
}
