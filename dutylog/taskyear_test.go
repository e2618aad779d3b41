package dutylog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// site2026 is the site's calendar by the notice for 2026, with a sensitive period in March.
var site2026 = dutylog.SiteCalendar{Years: dutylog.SeedCalendar(), Periods: []dutylog.SensitivePeriod{{Span: dutylog.DateSpan{Name: "两会", First: "2026-03-03", Last: "2026-03-12"}}}}

// daysOf are the days of the site on which a rule asks for something in [from, to), by the day alone.
func daysOf(t *testing.T, when dutylog.Recurrence, c dutylog.TaskCalendar, from, to string) (days []string) {
	t.Helper()
	for _, x := range dutylog.Tasks(books(rule(1, when)), c, beijingTime(from+" 00:00"), beijingTime(to+" 00:00"), began) {
		if got := x.DueAt.In(beijing).Format("2006-01-02 15:04"); got != x.Key+" "+when.Clock {
			t.Errorf("%s is due at %s", x.Key, got)
		}
		days = append(days, x.Key)
	}
	return days
}

// seeded is the recurrence of a rule that the product brings along.
func seeded(t *testing.T, name string) dutylog.Recurrence {
	t.Helper()
	rules := dutylog.SeededRules()
	at := slices.IndexFunc(rules, func(r dutylog.TaskRule) bool { return r.Seed == name })
	if at < 0 {
		t.Fatalf("no rule %s", name)
	}
	return rules[at].When
}

// lastWork is a rule of a site's own.
var lastWork = dutylog.Recurrence{Every: dutylog.BeforeMonthsLastWork, Clock: "17:00"}

// TestWhatTheYear2026AsksFor is what the regulation asks of a site in 2026, counted by hand from the
// notice of the State Council.
func TestWhatTheYear2026AsksFor(t *testing.T) {
	for _, c := range []struct{ seed, from, to, want string }{
		// On the last day of each holiday, and of no sensitive period.
		{"holiday_summary", "2026-01-01", "2027-01-01", "2026-01-03 2026-02-23 2026-04-06 2026-05-05 2026-06-21 2026-09-27 2026-10-07"},
		// Of filings see TestADutyIsDueWhenItsFilingIs.
		{"daily_report", "2026-09-20", "2026-10-12", "2026-09-25 2026-09-26 2026-09-27 2026-10-01 2026-10-02 2026-10-03 2026-10-04 2026-10-05 2026-10-06 2026-10-07"},
		{"daily_report", "2026-02-13", "2026-03-05", "2026-02-15 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-21 2026-02-22 2026-02-23 2026-03-03 2026-03-04"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), daysOf(t, seeded(t, c.seed), site2026, c.from, c.to)); diff != "" {
			t.Errorf("%s from %s (-want +asked):\n%s", c.seed, c.from, diff)
		}
	}
}

// Rules about holidays follow the calendar's own spans, in every year that is known, whatever the number of days.
func TestHolidayRulesFollowTheSpansOfTheCalendar(t *testing.T) {
	years := dutylog.SiteCalendar{Years: dutylog.SeedCalendar()}
	spans := years.Years.Holidays("2026-01-01", "2026-12-31")
	var all, ends []string
	for _, s := range spans {
		for _, d := range dutylog.Dates(s.First, s.Last) {
			all = append(all, string(d))
		}
		ends = append(ends, string(s.Last))
	}
	if len(spans) != 7 || len(all) != 3+9+3+5+3+3+7 {
		t.Fatalf("the table of 2026 has %d days in %d holidays", len(all), len(spans))
	}
	at := func(e dutylog.Every, days int) dutylog.Recurrence {
		return dutylog.Recurrence{Every: e, Clock: "09:30", Day: days}
	}
	if diff := cmp.Diff(all, daysOf(t, at(dutylog.EverySpecialDay, 0), years, "2026-01-01", "2027-01-01")); diff != "" {
		t.Errorf("each day:\n%s", diff)
	}
	if diff := cmp.Diff(ends, daysOf(t, at(dutylog.EveryHolidaysEnd, 0), years, "2026-01-01", "2027-01-01")); diff != "" {
		t.Errorf("each end:\n%s", diff)
	}
	for n := 1; n <= 31; n++ {
		var before []string
		for _, s := range spans {
			if d := s.First.Add(-n); d >= "2026-01-01" {
				before = append(before, string(d))
			}
		}
		before = append(before, string(dutylog.Date("2027-01-01").Add(-n))) // the next New Year is presumed
		if diff := cmp.Diff(before, daysOf(t, at(dutylog.BeforeSpecial, n), years, "2026-01-01", "2027-01-01")); diff != "" {
			t.Errorf("%d days before:\n%s", n, diff)
		}
	}
}

// What a site asks for before its months' last workdays is once a month, on the last day of work before.
func TestTheWorkdayBeforeTheMonthsLastOne(t *testing.T) {
	works := func(d dutylog.Date) bool {
		kind, _ := site2026.Years.On(d)
		return kind == dutylog.Workday || kind == dutylog.MakeUpDay
	}
	asked := daysOf(t, lastWork, site2026, "2026-01-01", "2026-12-01")
	if len(asked) != 11 {
		t.Fatalf("%d months: %s", len(asked), asked)
	}
	for i, day := range asked {
		d := dutylog.Date(day)
		last, known := site2026.Years.LastWorkday(dutylog.MonthOf(began.AddDate(0, i, 0), beijing))
		if !known || !works(d) || d >= last {
			t.Errorf("%s before %s (%t)", d, last, known)
		}
		for between := d.Add(1); between < last; between = between.Add(1) {
			if works(between) {
				t.Errorf("%s: one works on %s, too, before %s", d, between, last)
			}
		}
	}
}

// Of a year of which no notice is known the fixed holidays are presumed; its table gives them, also those days of it
// that lie in the year before.
func TestATableThatComesLater(t *testing.T) {
	special := dutylog.Recurrence{Every: dutylog.EverySpecialDay, Clock: "14:00"}
	if got := daysOf(t, special, site2026, "2026-12-25", "2027-02-28"); fmt.Sprint(got) != "[2027-01-01]" {
		t.Errorf("guessed: %s", got)
	}
	table, err := dutylog.ParseHolidays(strings.NewReader("名称,开始,结束,类型\n元旦,2026-12-31,2027-01-02,放假\n元旦,2027-01-03,,上班\n春节,2027-02-05,2027-02-07,放假\n"), 2027)
	if err != nil {
		t.Fatal(err)
	}
	later := dutylog.SiteCalendar{Years: site2026.Years.With([]dutylog.HolidayYear{{Year: 2027, Days: table}})}
	want := []string{"2026-12-31", "2027-01-01", "2027-01-02", "2027-02-05", "2027-02-06", "2027-02-07"}
	if diff := cmp.Diff(want, daysOf(t, special, later, "2026-12-25", "2027-02-28")); diff != "" {
		t.Error(diff)
	}
	// The last workday of December is the 30th now: the filing moves before it, also after New Year.
	if got := daysOf(t, lastWork, later, "2026-12-01", "2027-01-10"); !slices.Equal(got, []string{"2026-12-29"}) {
		t.Errorf("the filing of December: %s", got)
	}
	if later.IsWorkday(beijingTime("2026-12-31 09:00")) || !later.IsWorkday(beijingTime("2027-01-03 09:00")) || later.IsHoliday(beijingTime("2027-01-03 09:00")) {
		t.Error("what the days around New Year are")
	}
}

// The edges of a stretch, of a version and of a day: the beginning belongs to it, the end does not.
func TestEdgesOfTheTimeThatIsAsked(t *testing.T) {
	at := func(clock string) dutylog.Recurrence {
		return dutylog.Recurrence{Every: dutylog.EveryHolidaysEnd, Clock: clock}
	}
	moment := beijingTime("2026-10-07 14:00")
	for name, c := range map[string]struct {
		made, from, to time.Time
		clock          string
		want           int
	}{
		"from the very moment":           {began, moment, moment.Add(time.Nanosecond), "14:00", 1},
		"up to the very moment":          {began, moment.Add(-time.Hour), moment, "14:00", 0},
		"just after it":                  {began, moment.Add(time.Nanosecond), moment.Add(time.Hour), "14:00", 0},
		"nothing lies between":           {began, moment, moment, "14:00", 0},
		"backwards":                      {began, moment.Add(time.Hour), moment.Add(-time.Hour), "14:00", 0},
		"made at the very moment":        {moment, began, moment.Add(time.Hour), "14:00", 1},
		"made just after it":             {moment.Add(time.Microsecond), began, moment.Add(time.Hour), "14:00", 0},
		"the first minute of the day":    {began, beijingTime("2026-10-07 00:00"), beijingTime("2026-10-07 00:01"), "00:00", 1},
		"the last minute of the day":     {began, beijingTime("2026-10-07 23:59"), beijingTime("2026-10-08 00:00"), "23:59", 1},
		"the day before is another one":  {began, beijingTime("2026-10-06 00:00"), beijingTime("2026-10-07 00:00"), "00:00", 0},
		"a clock that nobody can read":   {began, moment.Add(-time.Hour), moment.Add(time.Hour), "25:00", 0},
		"a time before there were rules": {began, beijingTime("2025-10-01 00:00"), beijingTime("2025-10-09 00:00"), "14:00", 0},
	} {
		r := rule(1, at(c.clock))
		r.At = c.made
		// The same instants written in another zone are the same time.
		for _, zone := range []*time.Location{beijing, time.UTC, time.FixedZone("", -11*3600)} {
			if got := dutylog.Tasks(books(r), site2026, c.from.In(zone), c.to.In(zone), moment); len(got) != c.want {
				t.Errorf("%s, in %s: %d, want %d\n%s", name, zone, len(got), c.want, shown(got))
			}
		}
	}
}

// An absence that is changed moves the report of the return and no other; what was said of it goes along.
func TestTheReturnMovesWithTheAbsence(t *testing.T) {
	r := rule(6, seeded(t, "absence"))
	first := dutylog.Absence{ID: 3, Absence: 3, Person: "孙局长", LeavesAt: clock("27 09:00"), ReturnsAt: clock("29 18:00"), At: clock("26 10:00")}
	longer := first
	longer.ID, longer.ReturnsAt, longer.Change, longer.At = 7, clock("12-20 18:00"), "会期延长", clock("28 16:00")
	b := books(r)
	b.Absences = []dutylog.Absence{first, longer}
	b.Marks = []dutylog.TaskMark{{ID: 1, Rule: 6, Key: "3/return", DueAt: clock("29 20:00"), Says: dutylog.SaysDone, At: clock("28 12:00")}}
	got := map[string]string{}
	for _, x := range dutylog.Tasks(b, site2026, clock("20 00:00"), clock("12-31 00:00"), clock("28 17:00")) {
		got[x.Key] = x.DueAt.In(beijing).Format("01-02 15:04") + " " + string(x.State)
	}
	want := map[string]string{"3/leave": "11-27 09:00 overdue", "3/change/7": "11-28 18:00 due", "3/return": "12-20 20:00 done"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
