package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// rosterModel is what the log has to hold: the roster in memory, changed by the core's own functions.
type rosterModel struct {
	shifts  []dutylog.Shift
	changes int
}

// monthOfShifts is a month of whole days with any names; with few names it breaks Art. 8 at times.
func monthOfShifts(r *rand.Rand, m dutylog.Month) (shifts []dutylog.Shift) {
	names := []string{"张伟", "李娜", "王强", "刘芳", "陈建国", "杨秀英", "黄志明", "赵振华"}
	for _, d := range dutylog.Dates(m.First(), m.Last()) {
		if r.IntN(6) == 0 {
			continue // nobody is rostered on this day yet
		}
		for _, p := range dutylog.Posts() {
			shifts = append(shifts, dutylog.Shift{From: d.In(shanghai).UTC(), To: d.Add(1).In(shanghai).UTC(), Post: p, Name: names[r.IntN(len(names))], Phone: "139"})
		}
	}
	return shifts
}

// forbiddenIn is what Art. 8 has against a roster that would replace a month.
func (m *rosterModel) forbiddenIn(shifts []dutylog.Shift, month dutylog.Month) bool {
	from, to := month.Span(shanghai)
	judge := func(s []dutylog.Shift) []dutylog.RosterFinding {
		return dutylog.CheckRoster(s, nil, dutylog.DefaultRosterRule(), from, to)
	}
	return len(dutylog.NewlyForbidden(judge(m.shifts), judge(dutylog.Replace(m.shifts, shifts, from, to)))) > 0
}

func (m *rosterModel) publish(t *testing.T, db *sqlite.DB, r *rand.Rand, month dutylog.Month) {
	t.Helper()
	shifts := monthOfShifts(r, month)
	d := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: month, Shifts: shifts}, officer))(t)
	m.changes++
	_, err := db.PublishDraft(ctx, month, d.Revision, "改排", "", leader)
	var forbidden *dutylog.RosterError
	switch bad := m.forbiddenIn(shifts, month); {
	case bad && !errors.As(err, &forbidden), !bad && err != nil:
		t.Fatalf("forbidden %v, but it says %v", bad, err)
	case bad:
		ok(t, db.DropDraft(ctx, month, officer))
	default:
		from, to := month.Span(shanghai)
		m.shifts = dutylog.Replace(m.shifts, shifts, from, to)
	}
	m.changes++
}

func (m *rosterModel) swap(t *testing.T, db *sqlite.DB, r *rand.Rand) {
	t.Helper()
	if len(m.shifts) == 0 {
		return
	}
	a, b := m.shifts[r.IntN(len(m.shifts))], m.shifts[r.IntN(len(m.shifts))]
	w := dutylog.Swap{Give: shiftRef(a), Take: shiftRef(b), Reason: "换"}
	before, after, senseless := w.Apply(m.shifts, noon)
	tried, tryErr := db.TrySwap(ctx, w)
	_, err := db.SwapShifts(ctx, w, officer)
	var forbidden *dutylog.RosterError
	switch {
	case senseless != nil:
		if err == nil || tryErr == nil {
			t.Fatalf("it swaps what makes no sense: %v", senseless)
		}
	case errors.As(err, &forbidden):
		if diff := cmp.Diff(tried, forbidden.Findings); diff != "" {
			t.Fatalf("the trial said something else: %s", diff)
		}
	case err != nil || len(tried) > 0:
		t.Fatalf("%v, tried %v", err, tried)
	default:
		m.shifts = dutylog.With(m.shifts, before, after)
		m.changes++
	}
}

// Whatever is published, dropped and swapped, the log holds what the core says, tells who is on duty
// as the core does, and can be proved.
func TestTheLogHoldsTheRosterThatTheCoreMakes(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 9))
		path := filepath.Join(t.TempDir(), "log.db")
		db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
		model := &rosterModel{}
		months := []dutylog.Month{"2026-12", "2027-01", "2027-02"}
		for step := range 24 {
			if step < 3 || r.IntN(4) == 0 {
				model.publish(t, db, r, months[step%3])
			} else {
				model.swap(t, db, r)
			}
		}
		got := must(db.Shifts(ctx, time.Time{}, time.Time{}))(t)
		dutylog.SortShifts(got)
		if diff := cmp.Diff(model.shifts, got); diff != "" && len(got)+len(model.shifts) > 0 {
			t.Fatalf("seed %d (-core +log):\n%s", seed, diff)
		}
		for range 200 {
			at := noon.Add(time.Duration(r.IntN(100*24)) * time.Hour)
			if diff := cmp.Diff(dutylog.At(model.shifts, at), must(db.OnDuty(ctx, at))(t)); diff != "" {
				t.Fatalf("seed %d, on duty at %s:\n%s", seed, at, diff)
			}
			for _, p := range dutylog.Posts() {
				want, there := dutylog.NextShift(model.shifts, p, at)
				next, err := db.NextShift(ctx, p, at)
				if there != (err == nil) || next != want {
					t.Fatalf("seed %d, next %s after %s: %+v (%v), want %+v", seed, p, at, next, err, want)
				}
			}
		}
		var all int
		for q := (dutylog.RosterQuery{Limit: 7}); ; {
			page, next, err := db.RosterChanges(ctx, q)
			ok(t, err)
			all += len(page)
			if q.Cursor = next; next == "" {
				break
			}
		}
		if all != model.changes {
			t.Errorf("seed %d: %d changes are kept of %d", seed, all, model.changes)
		}
		must(db.Checkpoint(ctx, newKey(t), false))(t)
		ok(t, db.Close())
		if report := verify(t, path, sqlite.VerifyOptions{}); report.Verdict() != audit.Intact || len(report.Findings) > 0 {
			t.Errorf("seed %d: %s\n%s", seed, report.Verdict(), findings(report))
		}
	}
}

// Two people who save one draft at once: one of them is told, and nothing is mixed.
func TestOfTwoSavingsOneIsTold(t *testing.T) {
	db := open(t)
	must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12"}, leader))(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Revision: 1, Shifts: wholeDay(1+i, fmt.Sprint("第", i))}, officer)
		})
	}
	wg.Wait()
	saved := -1
	for i, err := range errs {
		var stale *dutylog.StaleDraftError
		switch {
		case err == nil && saved < 0:
			saved = i
		case err == nil || !errors.As(err, &stale) || stale.Have != 2 || stale.Want != 1:
			t.Errorf("%d: %v", i, err)
		}
	}
	d := must(db.Draft(ctx, "2026-12"))(t)
	if saved < 0 || d.Revision != 2 || len(d.Shifts) != 3 || !slices.ContainsFunc(d.Shifts, func(s dutylog.Shift) bool { return s.Name == fmt.Sprint("第", saved) }) {
		t.Errorf("saved by %d: %+v", saved, d)
	}
}

// Two people who swap one shift at once: it goes to one of them.
func TestAShiftIsSwappedOnce(t *testing.T) {
	db := open(t)
	old := published(t, db)
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(old[0]), Name: fmt.Sprint("替", i), Reason: "急"}, officer)
		})
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		var wrong *dutylog.InvalidError
		if err == nil {
			done++
		} else if !errors.As(err, &wrong) || wrong.Field != "give" {
			t.Error(err)
		}
	}
	if n := len(must(db.Shifts(ctx, noon, noon.AddDate(0, 1, 0)))(t)); done != 1 || n != len(old) {
		t.Errorf("it was swapped %d times, and there are %d shifts of %d", done, n, len(old))
	}
}

// A roster in force that changes hands by a draft or an import wants a reason, as a swap does, and keeps both names.
func TestAShiftInForceChangesHandsWithAReason(t *testing.T) {
	db := open(t)
	published(t, db)
	var wrong *dutylog.InvalidError
	if _, err := db.ImportRoster(ctx, wholeDay(11, "刘芳"), dutylog.RosterImport{}, leader); !errors.As(err, &wrong) || wrong.Field != "reason" {
		t.Errorf("imported without a word: %v", err)
	}
	shifts := slices.Concat(wholeDay(10, "张伟"), wholeDay(11, "刘芳"), wholeDay(12, "王强"))
	d := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: shifts}, leader))(t)
	for _, reason := range []string{"", " \x00"} {
		if _, err := db.PublishDraft(ctx, "2026-12", d.Revision, reason, "", leader); !errors.As(err, &wrong) || wrong.Field != "reason" {
			t.Errorf("published with the reason %q: %v", reason, err)
		}
	}
	if got := must(db.Draft(ctx, "2026-12"))(t); got.Revision != d.Revision {
		t.Errorf("the draft is lost: %+v", got)
	}
	c := must(db.PublishDraft(ctx, "2026-12", d.Revision, "李娜病假", "", leader))(t)
	if gone, came := dutylog.Changed(c.Before, c.After); len(gone) != 1 || len(came) != 1 || gone[0].Name != "李娜" || came[0].Name != "刘芳" {
		t.Errorf("%v became %v", gone, came)
	}
	more := slices.Concat(shifts, wholeDay(13, "李娜"))
	d = must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: more}, leader))(t)
	must(db.PublishDraft(ctx, "2026-12", d.Revision, "", "", leader))(t) // a day that is new asks for none
}

// An imported roster replaces its days and no others, in the name of who imported it.
func TestAnImportReplacesItsDays(t *testing.T) {
	db := open(t)
	old := published(t, db)
	c := must(db.ImportRoster(ctx, wholeDay(11, "刘芳"), dutylog.RosterImport{Reason: "12月补充"}, leader))(t)
	if c.Kind != dutylog.RosterImported || c.By != leader || len(c.Before) != 3 || c.Before[0].Name != "李娜" || !c.From.Equal(old[3].From) || !c.To.Equal(old[3].To) {
		t.Errorf("%+v", c)
	}
	for day, want := range map[int]string{10: "张伟", 11: "刘芳", 12: "王强"} {
		at := time.Date(2026, 12, day, 12, 0, 0, 0, shanghai)
		if got := must(db.OnDuty(ctx, at))(t)[dutylog.PostOfficer].Name; got != want {
			t.Errorf("on the %d: %s, want %s", day, got, want)
		}
	}
	if _, err := db.ImportRoster(ctx, []dutylog.Shift{{From: noon, To: noon, Post: dutylog.PostOfficer, Name: "x"}}, dutylog.RosterImport{}, leader); err == nil {
		t.Error("a shift of no time was imported")
	}
	since := must(db.RosterFiled(ctx))(t)
	if !since.Equal(noon.Truncate(time.Microsecond)) {
		t.Errorf("a roster is kept here since %s", since)
	}
	if since := must(open(t).RosterFiled(ctx))(t); !since.IsZero() {
		t.Errorf("of a new log it says %s", since)
	}
}

// A log from before keeps its roster, and is intact with all that came later.
func TestARosterOfAnOlderLogGoesOn(t *testing.T) {
	path := atSchema(t, 20)
	db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
	before := must(db.Shifts(ctx, time.Time{}, time.Time{}))(t)
	if len(before) == 0 {
		t.Fatal("the older log had no roster: this test would say nothing")
	}
	if people := must(db.RosterPeople(ctx))(t); len(people) != 0 {
		t.Errorf("%v", people)
	}
	published(t, db)
	from, to := dutylog.Month("2026-12").Span(shanghai)
	want := len(dutylog.Replace(before, nil, from, to)) + 9
	if got := len(must(db.Shifts(ctx, time.Time{}, time.Time{}))(t)); got != want {
		t.Errorf("%d shifts, were %d, want %d", got, len(before), want)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if report := verify(t, path, sqlite.VerifyOptions{}); report.Verdict() != audit.Intact || len(report.Findings) > 0 {
		t.Errorf("%s\n%s", report.Verdict(), findings(report))
	}
}
