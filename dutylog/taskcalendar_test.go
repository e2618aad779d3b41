package dutylog_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// What a day is for dated duties: by the notices of the State Council, with make-up workdays; by the
// weekday alone where a year is not known yet.
func TestWhatADayIsForDatedDuties(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	c := dutylog.SiteCalendar{Years: dutylog.SeedCalendar(), Periods: []dutylog.SensitivePeriod{
		{Span: dutylog.DateSpan{Name: "会议", First: "2026-03-03", Last: "2026-03-12"}},
		{Span: dutylog.DateSpan{Name: "取消的", First: "2026-05-11", Last: "2026-05-15"}, Ended: "通知撤销"},
	}}
	for date, want := range map[string]string{
		"2026-01-01": "holiday",        // New Year
		"2026-02-17": "holiday",        // Spring Festival
		"2026-02-14": "work",           // a Saturday on which one works
		"2026-03-03": "work sensitive", // the first day
		"2026-03-12": "work sensitive", // the last
		"2026-03-13": "work",
		"2026-03-07": "sensitive", // a Saturday in it
		"2026-05-12": "work",      // the period was called off
		"2026-11-28": "",          // a plain Saturday
		"2030-10-01": "holiday",   // presumed: of a year that nobody knows yet the fixed days are
		"2030-10-04": "work",      // a Friday of it
		"2030-10-05": "",
	} {
		for _, clock := range []string{"00:00:00", "23:59:59"} {
			day, err := time.ParseInLocation(time.DateTime, date+" "+clock, zone)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, is := range []struct {
				so   bool
				word string
			}{{c.IsHoliday(day), "holiday"}, {c.IsWorkday(day), "work"}, {c.SensitivePeriod(day), "sensitive"}} {
				if is.so && got != "" {
					got += " "
				}
				if is.so {
					got += is.word
				}
			}
			if got != want {
				t.Errorf("%s %s is %q, want %q", date, clock, got, want)
			}
		}
	}
}

// A sensitive period that is ended half way keeps what was due in it, done or missed: nobody unmakes a late report by it.
func TestAnEndedPeriodKeepsItsPast(t *testing.T) {
	p := dutylog.SensitivePeriod{ID: 1, Span: dutylog.DateSpan{Name: "安保", First: "2026-11-10", Last: "2026-11-30"}}
	b := books(rule(1, seeded(t, "daily_report")))
	b.Marks = []dutylog.TaskMark{{ID: 1, Rule: 1, Key: "2026-11-10", DueAt: beijingTime("2026-11-10 14:00"), Says: dutylog.SaysDone, Text: "已报", At: beijingTime("2026-11-10 13:00")}}
	reports := func(until string) string {
		c := dutylog.SiteCalendar{Years: dutylog.SeedCalendar(), Periods: []dutylog.SensitivePeriod{p}}
		return shown(dutylog.Tasks(b, c, beijingTime("2026-11-10 00:00"), beijingTime(until), beijingTime("2026-11-20 15:00")))
	}
	before := reports("2026-11-21 00:00")
	if strings.Count(before, string(dutylog.TaskOverdue)) != 10 {
		t.Fatalf("ten reports were missed:\n%s", before)
	}
	p.Ended, p.At = "上级通知提前解除", beijingTime("2026-11-20 15:00")
	if after := reports("2026-12-01 00:00"); after != before {
		t.Errorf("before it was ended on the 20th:\n%safter:\n%s", before, after)
	}
	p.At = beijingTime("2026-11-09 23:59")
	if got := reports("2026-12-01 00:00"); got != "" {
		t.Errorf("it was called off before it began:\n%s", got)
	}
}
