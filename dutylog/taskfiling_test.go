package dutylog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// filingBooks are books of a site that asks for filings by the rules of the regulation.
func filingBooks(t *testing.T, filings ...dutylog.Filing) dutylog.TaskBooks {
	t.Helper()
	facts := officeFacts(t, filings...)
	facts.Periods = append(facts.Periods, dutylog.SensitivePeriod{ID: 3, Span: dutylog.DateSpan{Name: "国庆安保", First: "2026-09-29", Last: "2026-10-09"}})
	lead := func(r *dutylog.TaskRule) { r.Lead = 72 * time.Hour }
	b := books(rule(1, seeded(t, "roster_filing"), lead), rule(2, seeded(t, "holiday_filing"), lead))
	b.Zone, b.Filing = shanghai, facts
	return b
}

func filingTask(t *testing.T, b dutylog.TaskBooks, key string, now time.Time) dutylog.Task {
	t.Helper()
	all := dutylog.Tasks(b, dutylog.Weekends{}, now.Add(-dutylog.TasksBack), now.Add(60*24*time.Hour), now)
	at := slices.IndexFunc(all, func(x dutylog.Task) bool { return x.Key == key })
	if at < 0 {
		t.Fatalf("nobody asks for %s:\n%s", key, shown(all))
	}
	return all[at]
}

// The page of the roster and the list of duties name one time for one filing: over a sensitive period
// that touches a holiday, one that begins within it, the turn of a year and a year without a table.
func TestADutyIsDueWhenItsFilingIs(t *testing.T) {
	b := filingBooks(t)
	now := localTime(t, "2026-09-01 08:00")
	from, to := localTime(t, "2026-09-01 00:00"), localTime(t, "2027-02-01 00:00")
	duties := map[string]time.Time{}
	for _, d := range b.Filing.FilingDuties("2026-09-01", "2027-02-28", now) {
		if !d.Due.Before(from) && d.Due.Before(to) {
			duties[d.Key()] = d.Due.UTC()
		}
	}
	tasks := map[string]time.Time{}
	for _, x := range dutylog.Tasks(b, dutylog.Weekends{}, from, to, now) {
		tasks[x.Key] = x.DueAt
		if x.Filing == nil || x.Filing.Key() != x.Key || !strings.HasSuffix(x.Title, "："+x.Filing.Span.Name) {
			t.Errorf("%+v", x)
		}
	}
	if diff := cmp.Diff(duties, tasks); diff != "" {
		t.Errorf("(-roster +duties):\n%s", diff)
	}
	for key, want := range map[string]string{
		"month/2026-12-01":          "2026-11-30 00:00", // a Monday is November's last working day
		"month/2027-01-01":          "2026-12-31 00:00", // by weekends alone: 2027 has no table
		"holiday/2026-10-01":        "2026-09-28 00:00",
		"sensitive/2026-12-05/两会":   "2026-12-02 00:00",
		"sensitive/2026-09-29/国庆安保": "2026-09-26 00:00", // although it goes over into the holiday
	} {
		if got := tasks[key].In(shanghai).Format("2006-01-02 15:04"); got != want {
			t.Errorf("%s is due %s, want %s", key, got, want)
		}
	}
}

// What a filing does to the duty that asks for it, and what a later change of the roster does.
func TestAFilingClosesItsDuty(t *testing.T) {
	facts := officeFacts(t)
	swapped := dutylog.With(facts.Shifts, facts.Shifts[4:5], roster(t, "2026-12-31 08:00 2027-01-01 08:00 officer 赵敏"))
	early, late := december(t, 7, "2026-11-20 10:00", facts), december(t, 7, "2026-11-30 10:00", facts)
	early.At = localTime(t, "2026-11-20 10:05")
	notNeeded := func(at string) []dutylog.TaskMark {
		return []dutylog.TaskMark{{ID: 1, Rule: 1, Key: "month/2026-12-01", Says: dutylog.SaysNotNeeded, Text: "上级通知免报", At: localTime(t, at)}}
	}
	for _, c := range []struct {
		name    string
		filings []dutylog.Filing
		marks   []dutylog.TaskMark
		swapped bool
		now     string
		want    dutylog.TaskState
		filing  int64
	}{
		{"long before", nil, nil, false, "2026-11-10 08:00", dutylog.TaskComing, 0},
		{"it opens", nil, nil, false, "2026-11-27 00:00", dutylog.TaskDue, 0},
		{"not filed", nil, nil, false, "2026-11-30 00:00", dutylog.TaskOverdue, 0},
		{"filed before it opened", []dutylog.Filing{early}, nil, false, "2026-11-21 08:00", dutylog.TaskDone, 7},
		{"filed too late", []dutylog.Filing{late}, nil, false, "2026-12-01 08:00", dutylog.TaskDoneLate, 7},
		{"changed since: it is open again", []dutylog.Filing{early}, nil, true, "2026-12-24 08:00", dutylog.TaskDue, 7},
		{"no supplement is needed", []dutylog.Filing{early}, notNeeded("2026-12-24 07:00"), true, "2026-12-24 08:00", dutylog.TaskNotNeeded, 7},
		{"what was not needed was filed all the same", []dutylog.Filing{early}, notNeeded("2026-11-01 08:00"), false, "2026-12-24 08:00", dutylog.TaskDone, 7},
		{"and its change is not excused by the earlier word", []dutylog.Filing{early}, notNeeded("2026-11-01 08:00"), true, "2026-12-24 08:00", dutylog.TaskDue, 7},
		{"not needed", nil, notNeeded("2026-11-28 08:00"), false, "2026-12-01 08:00", dutylog.TaskNotNeeded, 0},
	} {
		b := filingBooks(t, c.filings...)
		b.Marks = c.marks
		if c.swapped {
			b.Filing.Shifts = swapped
		}
		if got := filingTask(t, b, "month/2026-12-01", localTime(t, c.now)); got.State != c.want || got.Filing.Last != c.filing {
			t.Errorf("%s: %s by filing %d, want %s by %d", c.name, got.State, got.Filing.Last, c.want, c.filing)
		}
	}
}

// A year without a table: the duty is asked for by weekends, and what was filed is neither late nor
// overdue before that time.
func TestAPresumedDeadline(t *testing.T) {
	b := filingBooks(t)
	for now, want := range map[string]dutylog.FilingState{"2026-12-30 23:59": dutylog.FilingUnknown, "2026-12-31 00:00": dutylog.FilingOverdue} {
		got := filingTask(t, b, "month/2027-01-01", localTime(t, now))
		if got.Filing.State != want || !got.Filing.Presumed || (got.State == dutylog.TaskOverdue) != (want == dutylog.FilingOverdue) {
			t.Errorf("%s: %s, the filing %+v", now, got.State, got.Filing)
		}
	}
}

// Nobody says by hand that a roster was filed; that it need not be, anybody may with a reason.
func TestAFilingIsNotTickedOff(t *testing.T) {
	b := filingBooks(t)
	open := filingTask(t, b, "month/2026-12-01", localTime(t, "2026-11-28 08:00"))
	done := filingTask(t, filingBooks(t, december(t, 1, "2026-11-20 10:00", officeFacts(t))), "month/2026-12-01", localTime(t, "2026-11-28 08:00"))
	for name, c := range map[string]struct {
		task dutylog.Task
		says dutylog.TaskSays
		want string
	}{
		"done by a word":                {open, dutylog.SaysDone, "by the filing alone"},
		"not needed":                    {open, dutylog.SaysNotNeeded, ""},
		"not needed although it is":     {done, dutylog.SaysNotNeeded, "was filed"},
		"taken back although it is":     {done, dutylog.SaysOpen, "was filed"},
		"done by a word, after all":     {done, dutylog.SaysDone, "by the filing alone"},
		"taken back, and nobody did it": {open, dutylog.SaysOpen, "open already"},
	} {
		_, err := c.task.CheckMark(dutylog.TaskMark{Says: c.says, Text: "已通过传真报备"})
		var invalid *dutylog.InvalidError
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &invalid) || invalid.Field != "says" || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A log of an earlier program goes over to the rule of the filings; what people changed stays.
func TestSeedsOfAnEarlierProgram(t *testing.T) {
	was := dutylog.SeededRules()
	for i := range was {
		was[i].ID, was[i].Rule = int64(i+1), int64(i+1)
		switch was[i].Seed {
		case "holiday_filing":
			was[i].When = dutylog.Recurrence{Every: dutylog.BeforeSpecial, Day: 3, Clock: "17:00"}
		case "roster_filing":
			was[i].When, was[i].Title = dutylog.Recurrence{Every: dutylog.BeforeMonthsLastWork, Clock: "17:00"}, "报备下月值班安排表"
		}
	}
	of := func(rules []dutylog.TaskRule) (names []string) {
		for _, r := range rules {
			names = append(names, r.Seed+" "+string(r.When.Every)+" "+r.Title)
		}
		return names
	}
	want := []string{"holiday_filing special_filing 报送节假日、敏感时期值班安排", "roster_filing month_filing 报备下月值班安排表"}
	if diff := cmp.Diff(want, of(dutylog.SeedsToAdd(was))); diff != "" {
		t.Error(diff)
	}
	for _, r := range dutylog.SeedsToAdd(was) {
		if r.Rule == 0 {
			t.Errorf("%s becomes another rule", r.Seed)
		}
	}
	changed, ended := was[2], was[3]
	changed.ID, changed.When.Day = 20, 5
	ended.ID, ended.Ended = 21, true
	if got := dutylog.SeedsToAdd(append(was, changed, ended)); len(got) != 0 {
		t.Errorf("what people decided is changed: %s", of(got))
	}
	if got := dutylog.SeedsToAdd(nil); len(got) != len(dutylog.SeededRules()) {
		t.Errorf("a new log gets %d rules", len(got))
	}
	again := dutylog.SeedsToAdd(was)
	for i := range again {
		again[i].ID = int64(30 + i)
	}
	if got := dutylog.SeedsToAdd(append(was[:len(was):len(was)], again...)); len(got) != 0 {
		t.Errorf("again: %s", of(got))
	}
}
