package paper_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// octoberRoster has officers by day and night, a section chief and a leader for the whole day.
func octoberRoster() (shifts []dutylog.Shift) {
	for _, d := range dutylog.Dates("2026-10-01", "2026-10-31") {
		day := d.In(zone)
		add := func(from, to int, post dutylog.Post, name, phone string) {
			shifts = append(shifts, dutylog.Shift{From: day.Add(hours(from)).UTC(), To: day.Add(hours(to)).UTC(), Post: post, Name: name, Phone: phone})
		}
		add(8, 20, dutylog.PostOfficer, "李娜", "024-22739110")
		add(20, 32, dutylog.PostOfficer, "王伟", "13900001111")
		add(8, 32, dutylog.PostChief, "杨秀英", "13900002222")
		add(8, 32, dutylog.PostLeader, "陈刚", "")
	}
	return shifts
}

func TestTheRosterAsItIsPrinted(t *testing.T) {
	r := paper.RosterMonth{Month: "2026-10", Shifts: octoberRoster(), Calendar: dutylog.SeedCalendar(), Periods: []dutylog.SensitivePeriod{
		{Span: dutylog.DateSpan{Name: "重要会议", First: "2026-10-20", Last: "2026-10-20"}, Notice: "沈应急〔2026〕12 号", Extra: "备勤 2 人，\n车 1 辆"},
		{Span: dutylog.DateSpan{Name: "已撤销", First: "2026-10-20", Last: "2026-10-21"}, Ended: "会议改期"},
		{Span: dutylog.DateSpan{Name: "下月", First: "2026-11-01", Last: "2026-11-02"}},
	}}
	golden(t, "roster.golden.json", paper.Roster(frame, r))
}

// A month with one turn of each post stands upright on one page; with turns by day and night it lies.
func TestARosterFitsItsPage(t *testing.T) {
	var whole []dutylog.Shift
	for _, s := range octoberRoster() {
		if s.To.Sub(s.From) == hours(24) {
			whole = append(whole, s)
		}
	}
	upright := paper.Roster(frame, paper.RosterMonth{Month: "2026-10", Shifts: whole, Calendar: dutylog.SeedCalendar()})
	if pages := paper.Pages(upright); upright.Landscape || len(pages) != 1 || !pages[0].Signed {
		t.Errorf("landscape %v, %d pages", upright.Landscape, len(pages))
	}
	wide := paper.Roster(frame, paper.RosterMonth{Month: "2026-10", Shifts: octoberRoster(), Calendar: dutylog.SeedCalendar()})
	pages := paper.Pages(wide)
	if !wide.Landscape || len(pages) != 2 || len(pages[1].Parts[0].Columns) != len(wide.Tables[0].Columns) {
		t.Errorf("landscape %v, %d pages", wide.Landscape, len(pages))
	}
	if got := read(t, pages, len(wide.Tables[0].Columns)); len(got) != 31 {
		t.Errorf("%d of 31 days are on paper", len(got))
	}
}

// A row says what kind of day it is, and that nobody knows where the year has no table.
func TestTheDaysOfARoster(t *testing.T) {
	for _, c := range []struct {
		month  dutylog.Month
		day    int
		want   string
		strong bool
	}{
		{"2026-02", 14, "2月14日|六|||||||调休上班", false},
		{"2026-02", 15, "2月15日|日|||||||春节", true},
		{"2026-12", 5, "12月5日|六|||||||周末", false},
		{"2026-12", 7, "12月7日|一|||||||", false},
		{"2027-01", 1, "1月1日|五|||||||元旦（推定）", true},
		{"2027-01", 9, "1月9日|六|||||||周末（推定）", false},
		{"2027-01", 11, "1月11日|一|||||||", false},
		{"2028-02", 29, "2月29日|二|||||||", false},
	} {
		s := paper.Roster(frame, paper.RosterMonth{Month: c.month, Calendar: dutylog.SeedCalendar()})
		row := s.Tables[0].Rows[c.day-1]
		if got := strings.Join(row.Cells, "|"); got != c.want || row.Strong != c.strong {
			t.Errorf("%s %d: %s (%v), want %s", c.month, c.day, got, row.Strong, c.want)
		}
		if unknown := strings.Contains(strings.Join(s.Notes, ""), "尚未录入"); unknown != (c.month > "2027") {
			t.Errorf("%s: the notes are %v", c.month, s.Notes)
		}
	}
}

// A shift of several days stands on each of them, and one of the month before only where it goes on.
func TestAShiftOfSeveralDaysStandsOnEachOfThem(t *testing.T) {
	shifts := []dutylog.Shift{{From: local("2026-09-29 08:00:00"), To: local("2026-10-03 08:00:00"), Post: dutylog.PostLeader, Name: "陈刚", Phone: "139"}}
	s := paper.Roster(frame, paper.RosterMonth{Month: "2026-10", Shifts: shifts, Calendar: dutylog.SeedCalendar()})
	var got []string
	for _, r := range s.Tables[0].Rows[:3] {
		got = append(got, r.Cells[0]+" "+r.Cells[2]+" "+r.Cells[3])
	}
	if diff := cmp.Diff([]string{"10月1日 陈刚 139", "10月2日 陈刚 139", "10月3日  "}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if head := s.Tables[0].Columns[2].Head; head != "带班领导" || s.Under[0] != "值班时间：08:00 至次日 08:00，另有注明的除外" {
		t.Errorf("its column is headed %q", head)
	}
}

// The workbook of the directory has a width for each of its columns.
func TestTheDirectoryIsAPlainList(t *testing.T) {
	s := paper.Directory([]dutylog.Contact{{ID: 7, Unit: "市水务局", Person: "徐文博", Title: "值班员", Superior: true}})
	if s.Title != "" || s.Foot != nil || len(s.Tables) != 1 || len(s.Tables[0].Rows) != 1 || s.Tables[0].Rows[0].Cells[1] != "市水务局" {
		t.Errorf("%+v", s)
	}
	for _, c := range s.Tables[0].Columns {
		if c.Width < 10 || c.Head == "" {
			t.Errorf("%+v", c)
		}
	}
}
