package dutylog_test

import (
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
