package dutylog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// almanac is a calendar of these tests: what is written down counts, all else follows the weekday.
type almanac struct{ off, work, sensitive string }

func (a almanac) IsHoliday(day time.Time) bool { return among(a.off, day) }
func (a almanac) IsWorkday(day time.Time) bool {
	return among(a.work, day) || !among(a.off, day) && dutylog.Weekends{}.IsWorkday(day)
}
func (a almanac) SensitivePeriod(day time.Time) bool { return among(a.sensitive, day) }

func among(days string, day time.Time) bool {
	return strings.Contains(days, day.Format(time.DateOnly))
}

// days are the calendar of the golden files. The National Day of 2027 takes seven days, for which two
// Sundays are worked; the one of New Year goes over the turn of the year.
var days = almanac{
	off: "2026-12-31 2027-01-01 2027-01-02 2027-02-05 2027-02-06 2027-02-07 2027-02-08 2027-02-09 2027-02-10 2027-02-11 " +
		"2027-10-01 2027-10-02 2027-10-03 2027-10-04 2027-10-05 2027-10-06 2027-10-07",
	work:      "2027-09-26 2027-10-10 2027-01-31",
	sensitive: "2027-03-04 2027-03-05 2027-03-06 2028-02-28 2028-02-29 2028-03-01",
}

func beijingTime(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, beijing)
	if err != nil {
		panic(err)
	}
	return t
}

var began = beijingTime("2026-01-01 00:00")

func rule(number int64, when dutylog.Recurrence, change ...func(*dutylog.TaskRule)) dutylog.TaskRule {
	r := dutylog.TaskRule{ID: number, Rule: number, Title: string(when.Every), Post: dutylog.PostOfficer, When: when, Lead: 6 * time.Hour, At: began}
	for _, c := range change {
		c(&r)
	}
	return r
}

func books(rules ...dutylog.TaskRule) dutylog.TaskBooks {
	return dutylog.TaskBooks{Rules: rules, Zone: beijing}
}

// shown is a list of tasks as people read it.
func shown(tasks []dutylog.Task) string {
	var out strings.Builder
	for _, t := range tasks {
		lapses := ""
		if !t.Lapses.IsZero() {
			lapses = " lapses " + t.Lapses.In(beijing).Format("01-02 15:04")
		}
		fmt.Fprintf(&out, "  %s  %-10s from %s%s  [%s] %s\n", t.DueAt.In(beijing).Format("2006-01-02 Mon 15:04"), t.State, t.Opens.In(beijing).Format("01-02 15:04"), lapses, t.Key, t.Title)
	}
	return out.String()
}

// TestRulesExpand is the table of recurrences: over month ends, the turn of the year, a leap day, a
// holiday with make-up workdays and one that goes over the turn of the year.
func TestRulesExpand(t *testing.T) {
	afternoon := func(e dutylog.Every) dutylog.Recurrence { return dutylog.Recurrence{Every: e, Clock: "14:00"} }
	with := func(e dutylog.Every, n int) dutylog.Recurrence {
		return dutylog.Recurrence{Every: e, Clock: "09:30", Day: n, Weekday: n % 7}
	}
	var out strings.Builder
	for _, c := range []struct {
		name, from, to string
		when           dutylog.Recurrence
	}{
		{"daily report over the turn of the year", "2026-12-28", "2027-01-06", afternoon(dutylog.EverySpecialDay)},
		{"summary of the New Year's holiday", "2026-12-28", "2027-01-06", afternoon(dutylog.EveryHolidaysEnd)},
		{"daily report in a sensitive period with a leap day", "2028-02-25", "2028-03-05", afternoon(dutylog.EverySpecialDay)},
		{"a sensitive period is no holiday and has no summary", "2028-02-25", "2028-03-05", afternoon(dutylog.EveryHolidaysEnd)},
		{"roster for a holiday, three days ahead", "2026-12-01", "2027-03-31", with(dutylog.BeforeSpecial, 3)},
		{"roster filing: the workday before the month's last one, with make-up workdays", "2026-12-01", "2027-03-31", afternoon(dutylog.BeforeMonthsLastWork)},
		{"roster filing before the National Day", "2027-09-15", "2027-11-15", afternoon(dutylog.BeforeMonthsLastWork)},
		{"the 31st is the last day of shorter months", "2027-01-15", "2027-05-15", with(dutylog.EveryMonth, 31)},
		{"the 30th in a leap February", "2028-01-15", "2028-04-01", with(dutylog.EveryMonth, 30)},
		{"the 29th in a February without one", "2027-01-31", "2027-03-31", with(dutylog.EveryMonth, 29)},
		{"Mondays over the turn of the year", "2026-12-20", "2027-01-12", with(dutylog.EveryWeek, 1)},
		{"every day over a leap day", "2028-02-27", "2028-03-02", with(dutylog.EveryDay, 1)},
		{"once on a leap day", "2028-01-01", "2028-12-31", dutylog.Recurrence{Every: dutylog.Once, Clock: "23:59", Date: "2028-02-29"}},
	} {
		from, to := beijingTime(c.from+" 00:00"), beijingTime(c.to+" 00:00")
		fmt.Fprintf(&out, "%s: %s to %s\n%s", c.name, c.from, c.to, shown(dutylog.Tasks(books(rule(1, c.when)), days, from, to, from)))
	}
	goldenText(t, "tasks.golden.txt", out.String())
}

// TestStretchesJoin: asking for two stretches of time gives what asking for both at once gives;
// nothing is doubled or lost at a border, wherever in the day it lies.
func TestStretchesJoin(t *testing.T) {
	var rules []dutylog.TaskRule
	for i, e := range dutylog.Recurrences() {
		rules = append(rules, rule(int64(i+1), dutylog.Recurrence{Every: e, Clock: "14:00", Day: 3, Weekday: 3, Date: "2027-01-05", After: time.Hour}))
	}
	b := books(rules...)
	for d := beijingTime("2026-12-20 08:00"); d.Before(beijingTime("2027-02-20 08:00")); d = d.Add(12 * time.Hour) {
		b.Shifts = append(b.Shifts, dutylog.Shift{Post: dutylog.PostOfficer, Name: "张伟", From: d, To: d.Add(12 * time.Hour)})
	}
	from, to := beijingTime("2026-12-25 14:00"), beijingTime("2027-02-15 14:00")
	whole := shown(dutylog.Tasks(b, days, from, to, from))
	if strings.Count(whole, "\n") < 150 {
		t.Fatalf("this judges little:\n%s", whole)
	}
	for _, step := range []time.Duration{time.Hour, 14 * time.Hour, 24 * time.Hour, 37 * time.Hour} {
		var parts strings.Builder
		for at := from; at.Before(to); at = at.Add(step) {
			until := at.Add(step)
			if until.After(to) {
				until = to
			}
			parts.WriteString(shown(dutylog.Tasks(b, days, at, until, from)))
		}
		if diff := cmp.Diff(whole, parts.String()); diff != "" {
			t.Errorf("in steps of %s (-whole +parts):\n%s", step, diff)
		}
	}
}

// TestAClockStepChangesNoTask: what is due is a matter of the books. A clock that is set changes the
// state that is shown now, never which tasks there are, and set back it shows what it showed before.
func TestAClockStepChangesNoTask(t *testing.T) {
	b := books(rule(1, dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}))
	b.Marks = []dutylog.TaskMark{{ID: 1, Rule: 1, Key: "2027-01-04", DueAt: beijingTime("2027-01-04 14:00"), Says: dutylog.SaysDone, At: beijingTime("2027-01-04 13:00")}}
	var out strings.Builder
	for _, now := range []string{"2027-01-05 07:59", "2027-01-05 08:00", "2027-01-05 14:00", "2027-01-09 00:00", "2027-01-05 13:00", "2026-12-01 00:00"} {
		tasks := dutylog.Tasks(b, days, beijingTime("2027-01-04 00:00"), beijingTime("2027-01-07 00:00"), beijingTime(now))
		turn := "never"
		if next := dutylog.NextTurn(tasks, beijingTime(now)); !next.IsZero() {
			turn = next.In(beijing).Format("2006-01-02 15:04")
		}
		fmt.Fprintf(&out, "at %s, next turn %s\n%s", now, turn, shown(tasks))
	}
	goldenText(t, "tasks-clock.golden.txt", out.String())
}

// TestAZoneWithSummerTime: days are counted by their dates where a day has 23 or 25 hours.
func TestAZoneWithSummerTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	b := books(rule(1, dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "02:30"}))
	b.Zone = berlin
	for _, month := range []time.Month{time.March, time.October} {
		tasks := dutylog.Tasks(b, days, time.Date(2027, month, 25, 0, 0, 0, 0, berlin), time.Date(2027, month+1, 2, 0, 0, 0, 0, berlin), began)
		keys := map[string]bool{}
		for _, x := range tasks {
			keys[x.Key] = true
		}
		if len(tasks) != 8 || len(keys) != 8 {
			t.Errorf("%s: %d tasks, %d days\n%s", month, len(tasks), len(keys), shown(tasks))
		}
	}
}

// A rule that is changed or ended asks for what it asked for until then, and for the new from then on.
func TestVersionsOfARule(t *testing.T) {
	first := rule(1, dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"})
	second := rule(1, dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "16:00"}, func(r *dutylog.TaskRule) { r.ID, r.At = 2, beijingTime("2027-01-05 15:00") })
	third := rule(1, second.When, func(r *dutylog.TaskRule) { r.ID, r.At, r.Ended = 3, beijingTime("2027-01-07 16:00"), true })
	tasks := dutylog.Tasks(books(first, second, third), days, beijingTime("2027-01-04 00:00"), beijingTime("2027-01-10 00:00"), beijingTime("2027-01-10 00:00"))
	var got []string
	for _, x := range tasks {
		got = append(got, x.DueAt.In(beijing).Format("01-02 15:04"))
	}
	// On the day of the change both were asked for: 14:00 had passed when 16:00 was said.
	if diff := cmp.Diff([]string{"01-04 14:00", "01-05 14:00", "01-05 16:00", "01-06 16:00"}, got); diff != "" {
		t.Error(diff)
	}
	if newest := dutylog.Newest([]dutylog.TaskRule{first, rule(4, first.When), second, third}); len(newest) != 2 || !newest[0].Ended || newest[1].Rule != 4 {
		t.Errorf("%+v", newest)
	}
	if b := books(first, second); !b.Begun(beijingTime("2027-01-04 00:00")).Equal(began) || !books().Begun(began).Equal(began) {
		t.Error("since when the log asks")
	}
}

// The equipment is checked in each shift; what was not done in it cannot be done any more.
func TestTheCheckOfAShift(t *testing.T) {
	r := dutylog.SeededRules()[4]
	r.ID, r.Rule, r.At = 5, 5, began
	b := books(r)
	b.Shifts = []dutylog.Shift{shift("张伟", "26 20:00", "27 08:00"), shift("李娜", "27 08:00", "27 20:00"), {Post: dutylog.PostLeader, From: clock("27 08:00"), To: clock("28 08:00")}}
	for now, want := range map[string]string{"26 19:59": "due coming", "26 20:00": "due coming", "26 21:00": "overdue coming", "27 08:00": "missed due", "27 09:00": "missed overdue", "27 20:00": "missed missed"} {
		var states []string
		for _, x := range dutylog.Tasks(b, days, clock("26 00:00"), clock("28 00:00"), clock(now)) {
			states = append(states, string(x.State))
		}
		if got := strings.Join(states, " "); got != want && !(now == "26 19:59" && got == "coming coming") {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
	}
}

// An absence asks for its report before, for one of each change, and for that of the return.
func TestAnAbsenceAsksForItsReports(t *testing.T) {
	r := dutylog.SeededRules()[5]
	r.ID, r.Rule, r.At = 6, 6, began
	b := books(r)
	b.Absences = []dutylog.Absence{
		{ID: 3, Absence: 3, Person: "孙局长", LeavesAt: clock("27 09:00"), ReturnsAt: clock("29 18:00"), At: clock("26 10:00")},
		{ID: 4, Absence: 4, Person: "郑书记", LeavesAt: clock("28 09:00"), ReturnsAt: clock("28 20:00"), At: clock("26 11:00")},
		{ID: 5, Absence: 3, Person: "孙局长", LeavesAt: clock("27 09:00"), ReturnsAt: clock("30 12:00"), Change: "会期延长", At: clock("28 16:00")},
	}
	b.Marks = []dutylog.TaskMark{{ID: 1, Rule: 6, Key: "3/leave", Says: dutylog.SaysDone, At: clock("26 15:00")}}
	goldenText(t, "absence.golden.txt", shown(dutylog.Tasks(b, days, clock("20 00:00"), clock("30 23:00"), clock("28 18:00"))))
}

// A journey that is put off in time is reported before it begins; one that is put off when it should have begun was late.
func TestAJourneyThatIsPutOff(t *testing.T) {
	r := dutylog.SeededRules()[5]
	r.ID, r.Rule, r.At = 6, 6, began
	version := func(id int64, leaves, at string) dutylog.Absence {
		return dutylog.Absence{ID: id, Absence: 3, Person: "孙局长", LeavesAt: clock(leaves), ReturnsAt: clock("30 12:00"), At: clock(at)}
	}
	for name, c := range map[string]struct {
		later []dutylog.Absence
		due   string
	}{
		"not at all":                      {nil, "27 09:00"},
		"the day before":                  {[]dutylog.Absence{version(5, "28 09:00", "26 16:00")}, "28 09:00"},
		"twice":                           {[]dutylog.Absence{version(5, "28 09:00", "26 16:00"), version(6, "29 09:00", "27 20:00")}, "29 09:00"},
		"when it should have begun":       {[]dutylog.Absence{version(5, "28 09:00", "27 09:00")}, "27 09:00"},
		"in time, and then once too late": {[]dutylog.Absence{version(5, "28 09:00", "26 16:00"), version(6, "29 09:00", "28 10:00")}, "28 09:00"},
		"brought forward":                 {[]dutylog.Absence{version(5, "26 20:00", "26 16:00")}, "26 20:00"},
	} {
		b := books(r)
		b.Absences = append([]dutylog.Absence{version(3, "27 09:00", "26 10:00")}, c.later...)
		due := ""
		for _, x := range dutylog.Tasks(b, days, clock("20 00:00"), clock("30 23:00"), clock("26 17:00")) {
			if x.Key == "3/leave" {
				due += x.DueAt.In(beijing).Format("02 15:04")
			}
		}
		if due != c.due {
			t.Errorf("put off %s: due %s, want %s", name, due, c.due)
		}
	}
}

func TestWhatIsWrongWithAnAbsence(t *testing.T) {
	good := dutylog.Absence{Person: "孙局长", Why: "参加培训", Place: "北京", LeavesAt: clock("27 09:00"), ReturnsAt: clock("29 18:00"), StandIn: "周副局长", StandInTitle: "副局长"}
	if _, err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*dutylog.Absence){
		"person": func(a *dutylog.Absence) { a.Person = " " }, "why": func(a *dutylog.Absence) { a.Why = "" }, "place": func(a *dutylog.Absence) { a.Place = "\x00" },
		"stand_in": func(a *dutylog.Absence) { a.StandIn = "" }, "stand_in_title": func(a *dutylog.Absence) { a.StandInTitle = "" },
		"returns_at": func(a *dutylog.Absence) { a.ReturnsAt = a.LeavesAt }, "change": func(a *dutylog.Absence) { a.Absence = 3 },
	} {
		bad := good
		change(&bad)
		var invalid *dutylog.InvalidError
		if _, err := bad.Check(); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// What may be said of a task, and with which proof.
func TestMarksOfATask(t *testing.T) {
	plain := dutylog.Task{Rule: dutylog.TaskRule{Rule: 1}, Key: "2027-01-04", DueAt: clock("27 14:00"), State: dutylog.TaskDue}
	done := plain
	done.Mark = &dutylog.TaskMark{Says: dutylog.SaysDone, By: officerActor}
	again := plain
	again.Mark = &dutylog.TaskMark{Says: dutylog.SaysOpen, By: officerActor}
	missed := plain
	missed.State = dutylog.TaskMissed
	list := plain
	list.Rule.Checks = []string{"值班电话", "传真机"}
	good, fax := dutylog.Check{Item: "值班电话", State: dutylog.CheckGood}, dutylog.Check{Item: "传真机", State: dutylog.CheckAbsent}
	for name, c := range map[string]struct {
		task  dutylog.Task
		mark  dutylog.TaskMark
		field string // that is wrong; empty: nothing is
	}{
		"done, with words":                   {plain, dutylog.TaskMark{Says: dutylog.SaysDone, Text: "已电话报送市局"}, ""},
		"done, with an entry":                {plain, dutylog.TaskMark{Says: dutylog.SaysDone, Entry: "2026-000012"}, ""},
		"done, with a call":                  {plain, dutylog.TaskMark{Says: dutylog.SaysDone, CallID: "1.0"}, ""},
		"done without any proof":             {plain, dutylog.TaskMark{Says: dutylog.SaysDone, Text: " "}, "text"},
		"not needed":                         {plain, dutylog.TaskMark{Says: dutylog.SaysNotNeeded, Text: "行程取消"}, ""},
		"not needed without a reason":        {plain, dutylog.TaskMark{Says: dutylog.SaysNotNeeded}, "text"},
		"taken back":                         {done, dutylog.TaskMark{Says: dutylog.SaysOpen, Text: "点错了"}, ""},
		"taken back without a reason":        {done, dutylog.TaskMark{Says: dutylog.SaysOpen}, "text"},
		"taken back although it is open":     {plain, dutylog.TaskMark{Says: dutylog.SaysOpen, Text: "x"}, "says"},
		"taken back twice":                   {again, dutylog.TaskMark{Says: dutylog.SaysOpen, Text: "x"}, "says"},
		"done again after it was taken back": {again, dutylog.TaskMark{Says: dutylog.SaysDone, Text: "x"}, ""},
		"done twice":                         {done, dutylog.TaskMark{Says: dutylog.SaysDone, Text: "x"}, "says"},
		"done after its shift":               {missed, dutylog.TaskMark{Says: dutylog.SaysDone, Text: "x"}, "says"},
		"not needed after its shift":         {missed, dutylog.TaskMark{Says: dutylog.SaysNotNeeded, Text: "停电"}, ""},
		"something else":                     {plain, dutylog.TaskMark{Says: "perhaps", Text: "x"}, "says"},
		"too long":                           {plain, dutylog.TaskMark{Says: dutylog.SaysDone, Text: strings.Repeat("字", 501)}, "text"},
		"everything was looked at":           {list, dutylog.TaskMark{Says: dutylog.SaysDone, Checks: []dutylog.Check{fax, good}}, ""},
		"something was not looked at":        {list, dutylog.TaskMark{Says: dutylog.SaysDone, Checks: []dutylog.Check{good}, Text: "好"}, "checks"},
		"something has no state":             {list, dutylog.TaskMark{Says: dutylog.SaysDone, Checks: []dutylog.Check{good, {Item: "传真机"}}}, "checks"},
		"something that is not on it":        {list, dutylog.TaskMark{Says: dutylog.SaysDone, Checks: []dutylog.Check{good, fax, {Item: "咖啡机", State: dutylog.CheckGood}}}, "checks"},
		"faulty without a word":              {list, dutylog.TaskMark{Says: dutylog.SaysDone, Checks: []dutylog.Check{good, {Item: "传真机", State: dutylog.CheckFaulty}}}, "checks"},
		"faulty, with what was done":         {list, dutylog.TaskMark{Says: dutylog.SaysDone, Checks: []dutylog.Check{good, {Item: "传真机", State: dutylog.CheckFaulty, Remark: "卡纸，已报修"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := c.task.CheckMark(c.mark)
			var invalid *dutylog.InvalidError
			switch {
			case c.field == "" && err != nil, c.field != "" && (!errors.As(err, &invalid) || invalid.Field != c.field):
				t.Fatalf("got %v, want a fault of %q", err, c.field)
			case err == nil && (m.Rule != c.task.Rule.Rule || m.Key != c.task.Key || !m.DueAt.Equal(c.task.DueAt)):
				t.Errorf("%+v", m)
			case err == nil && len(c.task.Rule.Checks) > 0 && (len(m.Checks) != 2 || m.Checks[0].Item != "值班电话"):
				t.Errorf("not in the order of the list: %+v", m.Checks)
			}
		})
	}
}

var officerActor = dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}

// Nobody has done by now what is about a time to come, nor checked a shift that is far; what only has to be said may be said early.
func TestWhatMayBeDoneEarly(t *testing.T) {
	from := map[dutylog.Every]string{dutylog.EveryDay: "28 08:00", dutylog.EverySpecialDay: "28 08:00", dutylog.EveryHolidaysEnd: "28 08:00", dutylog.EveryShift: "27 20:00",
		dutylog.Once: "", dutylog.EveryWeek: "", dutylog.EveryMonth: "", dutylog.BeforeSpecial: "", dutylog.BeforeMonthsLastWork: "",
		dutylog.EveryMonthFiling: "", dutylog.EverySpecialFiling: "", dutylog.EveryAbsence: ""}
	if len(from) != len(dutylog.Recurrences()) {
		t.Fatalf("%d of %d recurrences are judged", len(from), len(dutylog.Recurrences()))
	}
	for every, first := range from {
		task := dutylog.Task{Rule: dutylog.TaskRule{Rule: 1, When: dutylog.Recurrence{Every: every, After: 6 * time.Hour}}, Key: "k", DueAt: clock("28 14:00"), Opens: clock("28 08:00"), Lapses: clock("28 20:00"), State: dutylog.TaskComing}
		said := func(at time.Time) error {
			_, err := task.CheckMark(dutylog.TaskMark{Says: dutylog.SaysDone, Text: "已书面销假", At: at})
			return err
		}
		earliest := clock("01 08:00")
		if first != "" {
			earliest = clock(first)
			var invalid *dutylog.InvalidError
			if err := said(earliest.Add(-time.Second)); !errors.As(err, &invalid) || invalid.Field != "says" || !strings.Contains(invalid.Reason, "from "+earliest.UTC().Format(time.RFC3339)+" on") {
				t.Errorf("%s: %v", every, err)
			}
		}
		if _, err := task.CheckMark(dutylog.TaskMark{Says: dutylog.SaysNotNeeded, Text: "当日停报", At: clock("01 08:00")}); err != nil {
			t.Errorf("%s: not needed: %v", every, err)
		}
		for state, at := range map[dutylog.TaskState]time.Time{dutylog.TaskComing: earliest, dutylog.TaskDue: clock("28 08:00"), dutylog.TaskOverdue: clock("28 19:00")} {
			task.State = state
			if err := said(at); err != nil {
				t.Errorf("%s, %s: %v", every, state, err)
			}
		}
	}
}

// The equipment of a shift is not checked weeks ahead, however long the rule gives.
func TestTheCheckOfAShiftToCome(t *testing.T) {
	r := dutylog.SeededRules()[4]
	r.ID, r.Rule, r.At, r.Lead = 5, 5, began, 31*24*time.Hour
	b := books(r)
	b.Shifts = []dutylog.Shift{shift("李娜", "27 08:00", "27 20:00")}
	for at, may := range map[string]bool{"01 09:00": false, "26 19:59": false, "26 20:00": true, "27 07:30": true} {
		m := dutylog.TaskMark{Says: dutylog.SaysDone, By: officerActor, At: clock(at)}
		for _, item := range r.Checks {
			m.Checks = append(m.Checks, dutylog.Check{Item: item, State: dutylog.CheckGood})
		}
		x := dutylog.Tasks(b, days, clock("27 00:00"), clock("28 00:00"), clock(at))[0]
		if _, err := x.CheckMark(m); may != (err == nil) {
			t.Errorf("%s, all good, said at %s: %v", x.Title, at, err)
		}
	}
}

// Who takes over the last minutes of a shift has missed no check: it would be due after the shift.
func TestTheCheckOfAShiftThatChangesHandsNearItsEnd(t *testing.T) {
	r := dutylog.SeededRules()[4]
	r.ID, r.Rule, r.At = 5, 5, began
	b := books(r)
	for last, want := range map[string]int{"27 07:40": 1, "27 07:00": 2} {
		b.Shifts = []dutylog.Shift{shift("张伟", "26 20:00", last), shift("李娜", last, "27 08:00")}
		if got := dutylog.Tasks(b, days, clock("26 00:00"), clock("28 00:00"), clock("27 08:00")); len(got) != want {
			t.Errorf("handed over at %s:\n%s", last, shown(got))
		}
	}
}

func TestWhatIsWrongWithARule(t *testing.T) {
	for _, r := range dutylog.SeededRules() {
		if _, err := r.Check(); err != nil || r.Seed == "" || r.Basis == "" {
			t.Errorf("%s: %v", r.Seed, err)
		}
	}
	daily := dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}
	good := dutylog.TaskRule{Title: "报送日报", Post: dutylog.PostOfficer, When: daily}
	for name, c := range map[string]struct {
		field  string
		change func(*dutylog.TaskRule)
	}{
		"no title":          {"title", func(r *dutylog.TaskRule) { r.Title = "  " }},
		"a long title":      {"title", func(r *dutylog.TaskRule) { r.Title = strings.Repeat("长", 101) }},
		"no post":           {"post", func(r *dutylog.TaskRule) { r.Post = "mayor" }},
		"a long lead":       {"lead", func(r *dutylog.TaskRule) { r.Lead = 32 * 24 * time.Hour }},
		"an empty item":     {"checks", func(r *dutylog.TaskRule) { r.Checks = []string{"电话", " "} }},
		"an item twice":     {"checks", func(r *dutylog.TaskRule) { r.Checks = []string{"电话", "电话"} }},
		"many items":        {"checks", func(r *dutylog.TaskRule) { r.Checks = make([]string, 31) }},
		"no recurrence":     {"every", func(r *dutylog.TaskRule) { r.When.Every = "now and then" }},
		"no time of day":    {"clock", func(r *dutylog.TaskRule) { r.When.Clock = "25:00" }},
		"no day":            {"date", func(r *dutylog.TaskRule) { r.When.Every, r.When.Date = dutylog.Once, "2027-02-30" }},
		"no day of a month": {"day", func(r *dutylog.TaskRule) { r.When.Every = dutylog.EveryMonth }},
		"no weekday":        {"weekday", func(r *dutylog.TaskRule) { r.When.Every, r.When.Weekday = dutylog.EveryWeek, 7 }},
		"long after": {"after", func(r *dutylog.TaskRule) {
			r.When = dutylog.Recurrence{Every: dutylog.EveryShift, After: 25 * time.Hour}
		}},
	} {
		bad := good
		c.change(&bad)
		var invalid *dutylog.InvalidError
		if _, err := bad.Check(); !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Before there is a table of holidays only weekends are known.
func TestWeekends(t *testing.T) {
	w := dutylog.Weekends{}
	if !w.IsWorkday(beijingTime("2026-11-27 12:00")) || w.IsWorkday(beijingTime("2026-11-28 12:00")) || w.IsWorkday(beijingTime("2026-11-29 12:00")) || w.IsHoliday(beijingTime("2026-10-01 12:00")) || w.SensitivePeriod(beijingTime("2026-10-01 12:00")) {
		t.Error("no weekend")
	}
}
