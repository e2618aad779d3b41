package dutylog_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

var shanghai = time.FixedZone("CST", 8*3600)

func number(raw string) telephony.Number { return telephony.ParseNumber(raw, "024") }

// faults is what a bad table says, row by row.
func faults(t *testing.T, err error) []string {
	t.Helper()
	var table *dutylog.TableError
	if !errors.As(err, &table) {
		t.Fatalf("%v (%T) is no TableError", err, err)
	}
	var all []string
	for _, r := range table.Rows {
		all = append(all, fmt.Sprintf("%d|%s|%s", r.Row, r.Column, r.Reason))
	}
	return all
}

func TestBadTables(t *testing.T) {
	for name, c := range map[string]struct {
		table string
		row   int
		says  string
	}{
		"empty":             {"", 1, "no header row"},
		"only a header":     {"日期,岗位,姓名,开始,结束\n", 1, "no row below the header"},
		"unknown column":    {"日期,岗位,姓名,开始,结束,传真\n", 1, `there is no column "传真"`},
		"another spelling":  {"Date,post,name,from,to\n", 1, `there is no column "Date"`},
		"missing column":    {"日期,岗位,姓名,开始\n", 1, "the column to or 结束 is missing"},
		"column twice":      {"日期,date,岗位,姓名,开始,结束\n", 1, "there twice"},
		"not UTF-8":         {"日期,岗位\n\xc9\xf2\xba\xd3,x\n", 1, "CSV UTF-8"},
		"open quotation":    {"日期,岗位,姓名,开始,结束\n2026-11-23,值班员,x,8:00,9:00\n\"y,2\n", 3, "quotation marks"},
		"a name of a novel": {"日期,岗位,姓名,开始,结束\n2026-11-23,值班员," + strings.Repeat("字", 501) + ",8:00,9:00\n", 2, "at most 500"},
		"cells beside":      {"日期,岗位,姓名,开始,结束\na,b,c,d,e,f\n", 2, "has 6 cells under 5 columns: put text with commas into quotation marks"},
		"too large":         {"日期,岗位,姓名,开始,结束\n" + strings.Repeat("x", 33<<20), 1, "larger than 32 MB"},
	} {
		_, err := dutylog.ParseRoster(strings.NewReader(c.table), shanghai)
		got := faults(t, err)
		if len(got) == 0 || !strings.HasPrefix(got[0], fmt.Sprintf("%d|", c.row)) || !strings.Contains(got[0], c.says) {
			t.Errorf("%s: %q, want row %d with %q", name, got, c.row, c.says)
		}
	}
}

func TestAReaderThatFailsIsAFault(t *testing.T) {
	_, err := dutylog.ParseRoster(brokenReader{}, shanghai)
	if got := faults(t, err); len(got) != 1 || !strings.Contains(got[0], "the disk is gone") {
		t.Errorf("%q", got)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestManyFaultsArePrintedInPart(t *testing.T) {
	_, err := parseDirectory("单位,电话\n" + strings.Repeat("x,y\n", 30))
	if got := len(faults(t, err)); got != 30 {
		t.Errorf("%d faults are kept, want 30", got)
	}
	if lines := strings.Count(err.Error(), "\n"); lines != 21 || !strings.Contains(err.Error(), "… and 10 more") {
		t.Errorf("%d lines:\n%s", lines, err)
	}
}

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, shanghai).UTC() }

func TestParseRoster(t *testing.T) {
	table := "日期,岗位,姓名,电话,开始,结束\n" +
		"2026-11-23,值班员,张伟,02422739110,08:00,20:00\n" +
		"2026/11/23,值班员,李娜,,20:00,8:00\n" +
		"2026-11-23,值班处(科)领导,陈建国,,08:00,08:00\n" +
		"2026-11-23,带班领导,赵振华,,0：00,24:00\n"
	want := []dutylog.Shift{
		{From: at(23, 8), To: at(23, 20), Post: dutylog.PostOfficer, Name: "张伟", Phone: "02422739110"},
		{From: at(23, 20), To: at(24, 8), Post: dutylog.PostOfficer, Name: "李娜"},
		{From: at(23, 8), To: at(24, 8), Post: dutylog.PostChief, Name: "陈建国"},
		{From: at(23, 0), To: at(24, 0), Post: dutylog.PostLeader, Name: "赵振华"},
	}
	got, err := dutylog.ParseRoster(strings.NewReader(table), shanghai)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	english := "date,post,name,phone,from,to\n2026-11-23,duty_officer,张伟,02422739110,08:00:00,20:00\n"
	got, err = dutylog.ParseRoster(strings.NewReader(english), shanghai)
	if diff := cmp.Diff(want[:1], got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRosterFaultsComeAllAtOnce(t *testing.T) {
	table := "日期,岗位,姓名,开始,结束\n" +
		"2026-11-23,值班员,张伟,08:00,20:00\n" +
		"2026-11-23,值班员,李娜,19:00,08:00\n" +
		"2026-11-31,值班员,王强,08:00,20:00\n" +
		"2026-11-24,门卫,王强,8点,25:00\n" +
		"2026-11-24,值班员,,08:00,\n" +
		"2026-11-24,值班员,刘芳,07:00,09:00\n"
	_, err := dutylog.ParseRoster(strings.NewReader(table), shanghai)
	want := []string{
		"3||overlaps row 2 (张伟): one post is one person's at a time",
		`4|日期|"2026-11-31" is no date; write it like 2026-11-23`,
		`5|岗位|"门卫" is no post; the posts are 值班员, 值班处(科)领导, 带班领导`,
		`5|开始|"8点" is no time of day; write it like 08:00`,
		`5|结束|"25:00" is no time of day; write it like 08:00`,
		"6|姓名|is empty", "6|结束|is empty",
		"7||overlaps row 3 (李娜): one post is one person's at a time",
	}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestAShortShiftInsideALongOneStillOverlapsTheNext(t *testing.T) {
	table := "日期,岗位,姓名,开始,结束\n" +
		"2026-11-23,值班员,张伟,08:00,20:00\n" +
		"2026-11-23,值班员,李娜,09:00,10:00\n" +
		"2026-11-23,值班员,王强,19:00,20:00\n"
	_, err := dutylog.ParseRoster(strings.NewReader(table), shanghai)
	want := []string{
		"3||overlaps row 2 (张伟): one post is one person's at a time",
		"4||overlaps row 2 (张伟): one post is one person's at a time",
	}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestDaysAreTheSitesDays(t *testing.T) {
	shifts := []dutylog.Shift{{From: at(23, 0)}, {From: at(23, 23)}, {From: at(24, 8)}}
	want := [][2]time.Time{{at(23, 0), at(24, 0)}, {at(24, 0), at(25, 0)}}
	if diff := cmp.Diff(want, dutylog.Days(shifts, shanghai)); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if got := len(dutylog.Days(shifts, time.UTC)); got != 3 {
		t.Errorf("%d days in UTC, want 3", got)
	}
}

func FuzzParseRoster(f *testing.F) {
	f.Add([]byte("日期,岗位,姓名,电话,开始,结束\n2026-11-23,值班员,张伟,02422739110,20:00,08:00\n"))
	f.Add([]byte("date,post,name,from,to\n2026-1-2,duty_leader,x,0:00,24:00\n"))
	f.Fuzz(func(t *testing.T, table []byte) {
		rows, err := dutylog.ParseRoster(bytes.NewReader(table), shanghai)
		if (err == nil) != (len(rows) > 0) {
			t.Fatalf("%q: %d rows and %v", table, len(rows), err)
		}
		for _, s := range rows {
			if length := s.To.Sub(s.From); length <= 0 || length > 48*time.Hour || s.Name == "" || s.Post == "" {
				t.Fatalf("%q: %+v", table, s)
			}
		}
	})
}

func TestPracticeData(t *testing.T) {
	contacts, err := dutylog.PracticeDirectory("024")
	if err != nil {
		t.Fatal(err)
	}
	shared, superior := map[string]int{}, 0
	for _, c := range contacts {
		shared[c.Numbers[0].Number.E164]++
		if c.Superior {
			superior++
		}
	}
	if shared["+862422730001"] != 1 || shared["+862423860012"] != 3 || superior != 2 {
		t.Errorf("the practice directory lacks its cases: %v, %d superior", shared, superior)
	}
	for _, day := range []int{1, 23, 30} {
		now := at(day, 3)
		shifts := dutylog.PracticeRoster(now, shanghai)
		for _, h := range []int{-20 * 24, -1, 0, 5, 17, 20 * 24} {
			moment, posts := now.Add(time.Duration(h)*time.Hour), map[dutylog.Post]int{}
			for _, s := range shifts {
				if !moment.Before(s.From) && moment.Before(s.To) {
					posts[s.Post]++
				}
			}
			want := map[dutylog.Post]int{dutylog.PostOfficer: 1, dutylog.PostChief: 1, dutylog.PostLeader: 1}
			if diff := cmp.Diff(want, posts); diff != "" {
				t.Errorf("%v: each post is held once (-want +got):\n%s", moment, diff)
			}
		}
	}
	if diff := cmp.Diff(who(dutylog.PracticeRoster(at(22, 9), shanghai), at(23, 9)), who(dutylog.PracticeRoster(at(23, 9), shanghai), at(23, 9))); diff != "" {
		t.Errorf("a start on another day puts other people on duty:\n%s", diff)
	}
}

func who(shifts []dutylog.Shift, at time.Time) []string {
	var names []string
	for _, s := range shifts {
		if !at.Before(s.From) && at.Before(s.To) {
			names = append(names, s.Name)
		}
	}
	return names
}
