package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

var training = dutylog.Absence{Person: "孙局长", Why: "参加培训", Place: "北京", LeavesAt: noon.Add(time.Hour), ReturnsAt: noon.Add(50 * time.Hour), StandIn: "周副局长", StandInTitle: "副局长"}

// around are the tasks of a log in the second around a moment, as somebody who marks one looks for it.
func around(t *testing.T, db *sqlite.DB, at, now time.Time) map[string]dutylog.Task {
	t.Helper()
	from, to := at.Add(-time.Second), at.Add(time.Second)
	found := map[string]dutylog.Task{}
	for _, x := range dutylog.Tasks(must(db.TaskBooks(ctx, from, to))(t), dutylog.Weekends{}, from, to, now) {
		found[x.Key] = x
	}
	return found
}

// What was said of a task goes along when its time moves: with an absence that is changed, with a rule
// whose clock is changed on the day. However short the time is that is asked for, it is found.
func TestWhatWasSaidGoesAlongWithItsTask(t *testing.T) {
	clock := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now, Location: shanghai})
	ok(t, db.SeedTasks(ctx))
	back := must(db.SaveAbsence(ctx, training, officer))(t)
	key := fmt.Sprintf("%d/return", back.Absence)
	was := around(t, db, back.ReturnsAt.Add(2*time.Hour), noon)[key]
	if was.Rule.Seed != "absence" || was.Mark != nil {
		t.Fatalf("%+v", was)
	}
	said := must(db.MarkTask(ctx, dutylog.TaskMark{Rule: was.Rule.Rule, Key: key, DueAt: was.DueAt, Says: dutylog.SaysDone, Text: "已返回", By: officer}, 0))(t)
	for name, returns := range map[string]time.Time{"later": noon.Add(30 * 24 * time.Hour), "earlier": noon.Add(2 * time.Hour), "in a year": noon.Add(360 * 24 * time.Hour)} {
		clock.advance(time.Minute)
		back.ReturnsAt, back.Change = returns, "行程调整"
		back = must(db.SaveAbsence(ctx, back, officer))(t)
		moved := around(t, db, returns.Add(2*time.Hour), noon)[key]
		if moved.Mark == nil || moved.Mark.ID != said.ID || moved.State != dutylog.TaskDone {
			t.Errorf("%s: what was said is lost: %+v", name, moved)
		}
	}
	trip := training
	trip.LeavesAt, trip.ReturnsAt = noon.Add(24*time.Hour), noon.Add(48*time.Hour)
	trip = must(db.SaveAbsence(ctx, trip, officer))(t)
	key = fmt.Sprintf("%d/leave", trip.Absence)
	must(db.MarkTask(ctx, dutylog.TaskMark{Rule: was.Rule.Rule, Key: key, DueAt: trip.LeavesAt, Says: dutylog.SaysDone, Text: "已报备", By: officer}, 0))(t)
	trip.LeavesAt, trip.ReturnsAt, trip.Change = noon.Add(30*24*time.Hour), noon.Add(31*24*time.Hour), "推迟"
	must(db.SaveAbsence(ctx, trip, officer))(t)
	if x := around(t, db, trip.LeavesAt, noon)[key]; x.State != dutylog.TaskDone {
		t.Errorf("that somebody leaves was reported, and then the journey put off: %+v", x)
	}
	rule := must(db.SaveTaskRule(ctx, dutylog.TaskRule{Title: "锁门", Post: dutylog.PostOfficer, When: dutylog.Recurrence{Every: dutylog.EveryDay, Clock: "14:00"}}, sun))(t)
	due := time.Date(2026, 11, 23, 14, 0, 0, 0, shanghai)
	must(db.MarkTask(ctx, dutylog.TaskMark{Rule: rule.Rule, Key: "2026-11-23", DueAt: due, Says: dutylog.SaysNotNeeded, Text: "停电", By: officer}, 0))(t)
	for _, at := range []string{"23:59", "13:00"} {
		rule.When.Clock = at
		rule = must(db.SaveTaskRule(ctx, rule, sun))(t)
		moved, _ := time.ParseInLocation("2006-01-02 15:04", "2026-11-23 "+at, shanghai)
		if x := around(t, db, moved, noon)["2026-11-23"]; x.State != dutylog.TaskNotNeeded {
			t.Errorf("at %s it is %s", at, x.State)
		}
		if x := around(t, db, moved.AddDate(0, 0, 1), noon)["2026-11-24"]; x.State != dutylog.TaskComing {
			t.Errorf("the day after, at %s, it is %s", at, x.State)
		}
	}
}

// A return that lies further ahead than the log looks back would never be asked for; a wrong year is
// refused when it is written, and nothing of it stays.
func TestAnAbsenceWithAWrongYear(t *testing.T) {
	db := open(t)
	one := must(db.SaveAbsence(ctx, training, officer))(t)
	before := must(db.Evidence(ctx))(t).Records
	for name, returns := range map[string]time.Time{"a century": noon.AddDate(100, 0, 0), "two years": noon.AddDate(2, 0, 0), "the last one": time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)} {
		for _, a := range []dutylog.Absence{training, one} {
			a.ReturnsAt = returns
			if a.Absence != 0 {
				a.Change = "改期"
			}
			var invalid *dutylog.InvalidError
			if _, err := db.SaveAbsence(ctx, a, officer); !errors.As(err, &invalid) || invalid.Field != "returns_at" {
				t.Errorf("%s, absence %d: %v", name, a.Absence, err)
			}
		}
	}
	year := training
	year.ReturnsAt = noon.AddDate(1, 0, 0)
	must(db.SaveAbsence(ctx, year, officer))(t)
	if after := must(db.Evidence(ctx))(t).Records; after != before+1 {
		t.Errorf("%d records, want one more than %d", after, before)
	}
	// The year-long one is asked for on its day, and the number of what was refused was never given.
	ok(t, db.SeedTasks(ctx))
	if x := around(t, db, year.ReturnsAt.Add(2*time.Hour), noon.AddDate(1, 0, 0))["2/return"]; x.State != dutylog.TaskDue {
		t.Errorf("the return in a year is not asked for: %+v", x)
	}
	if a := must(db.TaskBooks(ctx, noon.AddDate(1, 0, 0), noon.AddDate(1, 0, 1)))(t).Absences; len(a) != 2 || a[1].Absence != 2 {
		t.Errorf("%+v", a)
	}
}

// Of many who mark one task at the same time one does, and each learns of it; other tasks of the same
// rule, and the same day of another rule, are not touched.
func TestOnlyOneMarksATask(t *testing.T) {
	db := open(t)
	rule, other := must(db.SaveTaskRule(ctx, daily("锁门"), sun))(t), must(db.SaveTaskRule(ctx, daily("浇花"), sun))(t)
	mark := func(rule int64, key string, before int64) error {
		_, err := db.MarkTask(ctx, dutylog.TaskMark{Rule: rule, Key: key, DueAt: noon, Says: dutylog.SaysDone, Text: "已办", By: officer}, before)
		return err
	}
	errs := make([]error, 12)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = mark(rule.Rule, "2026-11-23", 0) })
	}
	wg.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else if !errors.Is(err, dutylog.ErrExists) {
			t.Error(err)
		}
	}
	if kept != 1 {
		t.Errorf("%d marked it", kept)
	}
	ok(t, mark(rule.Rule, "2026-11-24", 0))
	ok(t, mark(other.Rule, "2026-11-23", 0))
	if err := mark(99, "2026-11-23", 0); err == nil {
		t.Error("a rule that is not there was marked")
	}
	if got := len(readBooks(t, db).Marks); got != 3 {
		t.Errorf("%d marks", got)
	}
}

// A refused mark, rule or absence leaves neither a row nor a record behind.
func TestRefusedDutiesLeaveNothing(t *testing.T) {
	db := open(t)
	rule := must(db.SaveTaskRule(ctx, daily("锁门"), sun))(t)
	marked := func(change func(*dutylog.TaskMark)) func() error {
		return func() error {
			m := dutylog.TaskMark{Rule: rule.Rule, Key: "2026-11-23", DueAt: noon, Says: dutylog.SaysDone, Text: "x", By: officer}
			change(&m)
			_, err := db.MarkTask(ctx, m, 0)
			return err
		}
	}
	ruled := func(change func(*dutylog.TaskRule)) func() error {
		return func() error {
			r := daily("浇花")
			change(&r)
			_, err := db.SaveTaskRule(ctx, r, sun)
			return err
		}
	}
	for name, do := range map[string]func() error{
		"an entry in words":        marked(func(m *dutylog.TaskMark) { m.Entry = "' OR 1=1 --" }),
		"an entry without zeros":   marked(func(m *dutylog.TaskMark) { m.Entry = "2026-1" }),
		"a call of nobody":         marked(func(m *dutylog.TaskMark) { m.CallID = "%" }),
		"no text at all":           ruled(func(r *dutylog.TaskRule) { r.Title = "\x00 \u3000\t" }),
		"a post of nobody":         ruled(func(r *dutylog.TaskRule) { r.Post = "admin" }),
		"more than a month before": ruled(func(r *dutylog.TaskRule) { r.Lead = 32 * 24 * time.Hour }),
		"before it was":            ruled(func(r *dutylog.TaskRule) { r.Lead = -time.Second }),
		"a day that is none": ruled(func(r *dutylog.TaskRule) {
			r.When = dutylog.Recurrence{Every: dutylog.Once, Clock: "14:00", Date: "2027-02-29"}
		}),
		"a month's day that is none": ruled(func(r *dutylog.TaskRule) {
			r.When = dutylog.Recurrence{Every: dutylog.EveryMonth, Clock: "14:00", Day: 32}
		}),
		"an eighth day of the week": ruled(func(r *dutylog.TaskRule) {
			r.When = dutylog.Recurrence{Every: dutylog.EveryWeek, Clock: "14:00", Weekday: 7}
		}),
		"a clock of 24 hours": ruled(func(r *dutylog.TaskRule) { r.When.Clock = "24:00" }),
		"two shifts later": ruled(func(r *dutylog.TaskRule) {
			r.When = dutylog.Recurrence{Every: dutylog.EveryShift, After: 25 * time.Hour}
		}),
		"the same item twice": ruled(func(r *dutylog.TaskRule) { r.Checks = []string{"门", " 门 "} }),
		"an absence of a moment": func() error {
			a := training
			a.ReturnsAt = a.LeavesAt
			_, err := db.SaveAbsence(ctx, a, officer)
			return err
		},
	} {
		before := must(db.Evidence(ctx))(t).Records
		if err := do(); err == nil {
			t.Errorf("%s was kept", name)
		}
		if after := must(db.Evidence(ctx))(t).Records; after != before {
			t.Errorf("%s: %d records more", name, after-before)
		}
	}
	if b := readBooks(t, db); len(b.Rules) != 1 || len(b.Marks) != 0 || len(b.Absences) != 0 {
		t.Errorf("%+v", b)
	}
}

// The check of a shift is found on its own, also a whole day after the shift began, and with a shift
// that goes over midnight; what is due in the next second belongs to the next time.
func TestTheCheckOfAShiftIsFoundByItsTime(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(noon).now, Location: shanghai})
	begins := noon.Add(10 * time.Hour).Truncate(time.Hour)
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{{From: begins, To: begins.Add(24 * time.Hour), Post: dutylog.PostOfficer, Name: "张伟"},
		{From: begins, To: begins.Add(24 * time.Hour), Post: dutylog.PostLeader, Name: "赵振华"}}))
	for _, after := range []time.Duration{0, time.Hour, 23 * time.Hour, 24 * time.Hour} {
		r := daily("检查")
		r.When = dutylog.Recurrence{Every: dutylog.EveryShift, After: after}
		r = must(db.SaveTaskRule(ctx, r, sun))(t)
		got := around(t, db, begins.Add(after), begins)
		if x, found := got[begins.UTC().Format(time.RFC3339)]; !found || len(got) != 1 || !x.DueAt.Equal(begins.Add(after)) || !x.Lapses.Equal(begins.Add(24*time.Hour)) {
			t.Errorf("%s after: %+v", after, got)
		}
		if got := around(t, db, begins.Add(after+2*time.Second), begins); len(got) != 0 {
			t.Errorf("%s after, two seconds later: %+v", after, got)
		}
		r.Ended = true
		if r = must(db.SaveTaskRule(ctx, r, sun))(t); !r.Ended {
			t.Errorf("%+v", r)
		}
	}
}

// A log of many marks gives those of the time that is asked, and few others.
func TestMarksBelongToTheTimeThatIsAsked(t *testing.T) {
	db := open(t)
	rule := must(db.SaveTaskRule(ctx, daily("锁门"), sun))(t)
	for n := range 5 {
		day := noon.AddDate(0, 0, n)
		must(db.MarkTask(ctx, dutylog.TaskMark{Rule: rule.Rule, Key: day.Format(time.DateOnly), DueAt: day, Says: dutylog.SaysDone, Text: "已锁", By: officer}, 0))(t)
	}
	var keys []string
	for _, m := range must(db.TaskBooks(ctx, noon.AddDate(0, 0, 3), noon.AddDate(0, 0, 9)))(t).Marks {
		keys = append(keys, m.Key)
	}
	// A day more on either side: the clock of a rule may have been changed on the day.
	if diff := cmp.Diff([]string{"2026-11-25", "2026-11-26", "2026-11-27"}, keys); diff != "" {
		t.Error(diff)
	}
}
