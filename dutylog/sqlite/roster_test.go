package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// duty is one shift on a day of December 2026, in local hours.
func duty(day, from, to int, post dutylog.Post, name string) dutylog.Shift {
	at := func(hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, shanghai).UTC() }
	return dutylog.Shift{From: at(from), To: at(to), Post: post, Name: name, Phone: "139"}
}

// wholeDay is a day and a night of December without a fault.
func wholeDay(day int, officer string) []dutylog.Shift {
	return []dutylog.Shift{duty(day, 0, 24, dutylog.PostOfficer, officer), duty(day, 0, 24, dutylog.PostChief, "杨秀英"), duty(day, 0, 24, dutylog.PostLeader, "赵振华")}
}

func shiftRef(s dutylog.Shift) dutylog.ShiftRef {
	return dutylog.ShiftRef{From: s.From, Post: s.Post, Name: s.Name}
}

// published is a log with a roster of three days of December.
func published(t *testing.T, db *sqlite.DB) []dutylog.Shift {
	t.Helper()
	var shifts []dutylog.Shift
	for i, name := range []string{"张伟", "李娜", "王强"} {
		shifts = append(shifts, wholeDay(10+i, name)...)
	}
	must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: shifts}, leader))(t)
	must(db.PublishDraft(ctx, "2026-12", 1, "12月值班表", "", leader))(t)
	return shifts
}

// A month is filed before it begins: until then nobody is missing on a roster that does not say who is to be there.
func TestARosterThatIsFiledAheadBeginsWithItsFirstShift(t *testing.T) {
	db := open(t)
	if since := must(db.RosterSince(ctx))(t); !since.IsZero() {
		t.Errorf("without a roster: %v", since)
	}
	shifts := published(t, db)
	if since := must(db.RosterSince(ctx))(t); !since.Equal(shifts[0].From) {
		t.Errorf("it says who is there since %v, want %v", since, shifts[0].From)
	}
	from := shifts[0].From.AddDate(0, 0, -5)
	facts := must(db.DutyFacts(ctx, from, shifts[0].From, shifts[0].From))(t)
	for _, s := range dutylog.DutyFigures(facts, 0, from, shifts[0].From, shifts[0].From) {
		if s.Figure == dutylog.RosterUncovered && (s.Numerator > 0 || s.Denominator > 0 || s.Unknown != 5*24*time.Hour) {
			t.Errorf("%s: %d of %d minutes, %v not known", s.Of, s.Numerator, s.Denominator, s.Unknown)
		}
	}
}

func TestADraftBindsNobodyUntilItIsPublished(t *testing.T) {
	db := open(t)
	first := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: wholeDay(10, "张伟")}, officer))(t)
	if first.Revision != 1 || first.By != officer {
		t.Errorf("saved %+v", first)
	}
	at := time.Date(2026, 12, 10, 12, 0, 0, 0, shanghai)
	if on := must(db.OnDuty(ctx, at))(t); len(on) > 0 {
		t.Errorf("a draft puts %v on duty", on)
	}
	second := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Revision: 1, Shifts: wholeDay(10, "李娜")}, leader))(t)
	var stale *dutylog.StaleDraftError
	if _, err := db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Revision: 1, Shifts: wholeDay(10, "王强")}, officer); !errors.As(err, &stale) || stale.Have != 2 {
		t.Errorf("who saw an old draft saved over a newer one: %v", err)
	}
	if _, err := db.PublishDraft(ctx, "2026-12", 1, "", "", leader); !errors.As(err, &stale) {
		t.Errorf("an old draft was published: %v", err)
	}
	if diff := cmp.Diff(second, must(db.Draft(ctx, "2026-12"))(t)); diff != "" {
		t.Error(diff)
	}
	change := must(db.PublishDraft(ctx, "2026-12", 2, "12月值班表", "", leader))(t)
	if change.By != leader || change.Subject != "2026-12" || len(change.Before) != 0 || len(change.After) != 3 {
		t.Errorf("published %+v", change)
	}
	if on := must(db.OnDuty(ctx, at))(t); on[dutylog.PostOfficer].Name != "李娜" || on[dutylog.PostLeader].Name != "赵振华" {
		t.Errorf("on duty %v", on)
	}
	if _, err := db.Draft(ctx, "2026-12"); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("the draft is still there: %v", err)
	}
	if _, err := db.PublishDraft(ctx, "2026-12", 0, "", "", leader); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("nothing was published: %v", err)
	}
}

func TestADroppedDraftLeavesTheRoster(t *testing.T) {
	db := open(t)
	published(t, db)
	must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12"}, officer))(t)
	ok(t, db.DropDraft(ctx, "2026-12", officer))
	if err := db.DropDraft(ctx, "2026-12", officer); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	if got := must(db.Shifts(ctx, noon, noon.AddDate(0, 2, 0)))(t); len(got) != 9 {
		t.Errorf("%d shifts are left", len(got))
	}
}

// A month that runs is published again: what comes changes, what was served does not.
func TestPublishingLeavesServedHoursAlone(t *testing.T) {
	clock := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now})
	old := published(t, db) // whole days of the 10th, 11th and 12th of December
	clock.advance(time.Date(2026, 12, 11, 12, 0, 0, 0, shanghai).Sub(noon))
	try := func(names ...string) error {
		var shifts []dutylog.Shift
		for i, name := range names {
			shifts = append(shifts, wholeDay(10+i, name)...)
		}
		d := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: shifts}, leader))(t)
		_, err := db.PublishDraft(ctx, "2026-12", d.Revision, "更正", "", leader)
		if err != nil {
			ok(t, db.DropDraft(ctx, "2026-12", leader))
		}
		return err
	}
	for name, names := range map[string][]string{"over": {"王强", "李娜", "王强"}, "running": {"张伟", "王强", "王强"}, "gone": {"张伟"}} {
		var refused *dutylog.RosterError
		if err := try(names...); !errors.As(err, &refused) || refused.Findings[0].Reason != dutylog.RosterServed || !strings.Contains(err.Error(), "served") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now := must(db.Shifts(ctx, noon, noon.AddDate(0, 2, 0)))(t); dutylog.RosterText(now) != dutylog.RosterText(old) {
		t.Errorf("a refused roster changed something: %v", now)
	}
	if err := try("张伟", "李娜", "刘芳"); err != nil {
		t.Errorf("what comes cannot be changed: %v", err)
	}
	bad, gaps, err := db.TryImport(ctx, wholeDay(10, "刘芳"))
	if ok(t, err); len(gaps) != 0 {
		t.Errorf("a whole day has holes: %+v", gaps)
	}
	if len(bad) != 1 || bad[0].Name != "张伟" || bad[0].Reason != dutylog.RosterServed {
		t.Errorf("an import over served hours: %+v", bad)
	}
}

func TestWhatTheRegulationForbidsIsNotPublished(t *testing.T) {
	db := open(t)
	old := published(t, db)
	for _, name := range []string{"张伟", "杨秀英", "赵振华"} {
		ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: name, Standing: dutylog.Regular}, leader))
	}
	ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: "老周", Standing: dutylog.Rehired}, leader))
	shifts := append(wholeDay(10, "老周"), wholeDay(11, "赵振华")...)
	saved := must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2026-12", Shifts: shifts}, officer))(t)
	_, err := db.PublishDraft(ctx, "2026-12", saved.Revision, "", "", leader)
	var forbidden *dutylog.RosterError
	if !errors.As(err, &forbidden) || len(forbidden.Findings) != 2 || forbidden.Findings[0].Reason != dutylog.RosterNotRegular || forbidden.Findings[1].Reason != dutylog.RosterTwoPosts {
		t.Fatalf("%v", err)
	}
	if diff := cmp.Diff(len(old), len(must(db.Shifts(ctx, noon, noon.AddDate(0, 2, 0)))(t))); diff != "" {
		t.Errorf("the roster has changed all the same: %s", diff)
	}
	if d := must(db.Draft(ctx, "2026-12"))(t); d.Revision != saved.Revision {
		t.Errorf("the draft is lost: %+v", d)
	}
}

func TestASwapIsKeptWithBothNamesAndAReason(t *testing.T) {
	db := open(t)
	old := published(t, db)
	swap := dutylog.Swap{Give: shiftRef(old[0]), Take: shiftRef(old[3]), Reason: "出差"}
	if bad := must(db.TrySwap(ctx, swap))(t); len(bad) > 0 {
		t.Errorf("it is forbidden: %+v", bad)
	}
	c := must(db.SwapShifts(ctx, swap, officer))(t)
	if c.Reason != "出差" || c.Before[0].Name != "张伟" || c.After[0].Name != "李娜" || c.Subject != "张伟 → 李娜" || c.By != officer || !c.At.Equal(noon.Truncate(time.Microsecond)) {
		t.Errorf("%+v", c)
	}
	on := must(db.OnDuty(ctx, old[0].From))(t)
	next := must(db.NextShift(ctx, dutylog.PostOfficer, old[0].From))(t)
	if on[dutylog.PostOfficer].Name != "李娜" || next.Name != "张伟" || on[dutylog.PostLeader].Name != "赵振华" {
		t.Errorf("on duty %v, next %+v", on, next)
	}
	if _, err := db.NextShift(ctx, dutylog.PostOfficer, noon.AddDate(1, 0, 0)); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("after the last shift comes another: %v", err)
	}
	var wrong *dutylog.InvalidError
	if _, err := db.SwapShifts(ctx, swap, officer); !errors.As(err, &wrong) || wrong.Field != "give" {
		t.Errorf("a shift that somebody else has by now: %v", err)
	}
	if _, err := db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(on[dutylog.PostOfficer]), Name: "王强"}, officer); !errors.As(err, &wrong) || wrong.Field != "reason" {
		t.Errorf("without a reason: %v", err)
	}
	twice := dutylog.Swap{Give: shiftRef(on[dutylog.PostOfficer]), Name: "杨秀英", Reason: "生病"} // who is the chief
	var forbidden *dutylog.RosterError
	if _, err := db.SwapShifts(ctx, twice, officer); !errors.As(err, &forbidden) || forbidden.Findings[0].Reason != dutylog.RosterTwoPosts {
		t.Errorf("one person on two posts: %v", err)
	}
	if bad := must(db.TrySwap(ctx, twice))(t); len(bad) != 1 {
		t.Errorf("the trial finds %+v", bad)
	}
}

// A shift that runs is cut at the swap: the log still says who was on duty before it, also where the rules
// forbid that person, who may be relieved all the same.
func TestARunningShiftIsSwappedFromNowOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	at := newClock(noon)
	db := openAt(t, path, sqlite.Options{Now: at.now, Location: shanghai})
	ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: "老周", Standing: dutylog.Rehired}, leader))
	for _, name := range []string{"李娜", "王强"} {
		ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: name, Standing: dutylog.Regular}, leader))
	}
	runs := dutylog.Shift{From: noon.Add(-4 * time.Hour), To: noon.Add(8 * time.Hour), Post: dutylog.PostOfficer, Name: "老周", Phone: "1"}
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{runs}))
	swap := dutylog.Swap{Give: shiftRef(runs), Name: "李娜", Phone: "2", Reason: "聘用人员不得值班"}
	if bad := must(db.TrySwap(ctx, swap))(t); len(bad) > 0 {
		t.Errorf("it is forbidden: %+v", bad)
	}
	c := must(db.SwapShifts(ctx, swap, officer))(t)
	if c.Subject != "老周 → 李娜" || len(c.Before) != 1 || len(c.After) != 2 || !c.From.Equal(runs.From) || !c.To.Equal(runs.To) {
		t.Errorf("%+v", c)
	}
	for when, want := range map[time.Duration]string{-4 * time.Hour: "老周", -time.Minute: "老周", time.Minute: "李娜", 7 * time.Hour: "李娜"} {
		if on := must(db.OnDuty(ctx, noon.Add(when)))(t)[dutylog.PostOfficer]; on.Name != want {
			t.Errorf("%s from noon it is %q, want %q", when, on.Name, want)
		}
	}
	// And again: who stands in can be relieved, too.
	at.advance(time.Hour)
	rest := must(db.OnDuty(ctx, noon.Add(time.Hour)))(t)[dutylog.PostOfficer]
	must(db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(rest), Name: "王强", Reason: "急病"}, officer))(t)
	if shifts := must(db.Shifts(ctx, noon.Add(-5*time.Hour), noon.Add(9*time.Hour)))(t); len(shifts) != 3 || shifts[1].Name != "李娜" || !shifts[1].To.Equal(shifts[2].From) {
		t.Errorf("%+v", shifts)
	}
	ok(t, db.Close())
	intact(t, path)
}

func TestAChangeOfAFiledRosterAsksForASupplement(t *testing.T) {
	db := open(t)
	old := published(t, db)
	month := dutylog.Filing{Kind: dutylog.FileMonth, Span: dutylog.DateSpan{Name: "2026-12", First: "2026-12-01", Last: "2026-12-31"}, SentTo: "市应急指挥中心", SentAt: noon, Receipt: "已收"}
	first := must(db.File(ctx, month, officer))(t)
	state := func() dutylog.FilingDuty {
		facts := dutylog.FilingFacts{Calendar: must(db.Calendar(ctx))(t), Filings: must(db.Filings(ctx, "2026-12-01", "2026-12-31"))(t), Zone: shanghai,
			Shifts: must(db.Shifts(ctx, noon, noon.AddDate(0, 2, 0)))(t)}
		return facts.FilingDuties("2026-12-01", "2026-12-31", noon)[0]
	}
	if got := state(); got.State != dutylog.FilingDone || got.Last != first.ID {
		t.Errorf("filed: %+v", got)
	}
	must(db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(old[0]), Take: shiftRef(old[3]), Reason: "出差"}, officer))(t)
	if got := state(); got.State != dutylog.FilingSupplement {
		t.Errorf("after a swap: %+v", got)
	}
	second := must(db.File(ctx, month, leader))(t)
	if got := state(); got.State != dutylog.FilingDone || second.Supplement != first.ID {
		t.Errorf("after the supplement %+v: %+v", second, got)
	}
	kept := must(db.Filing(ctx, first.ID))(t)
	if diff := cmp.Diff(first, kept); diff != "" || kept.Shifts[0].Name != "张伟" || second.Shifts[0].Name != "李娜" {
		t.Errorf("the version that was sent first is not kept: %s\n%+v\n%+v", diff, kept.Shifts[0], second.Shifts[0])
	}
	if _, err := db.Filing(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("a filing that is not there: %v", err)
	}
	empty := month
	empty.Span = dutylog.DateSpan{Name: "2027-01", First: "2027-01-01", Last: "2027-01-31"}
	if _, err := db.File(ctx, empty, officer); err == nil {
		t.Error("an empty roster was filed")
	}
}

// A filing keeps what was sent, not what stands when it is written down; and asks for a supplement at once
// when the roster was changed in between. What is said to be sent before there was a roster is refused.
func TestAFilingKeepsTheVersionOfWhenItWasSent(t *testing.T) {
	at := newClock(noon)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: at.now})
	at.advance(90 * time.Second)
	old := published(t, db)
	put := at.now()
	at.advance(2 * time.Hour)
	sent := at.now()
	at.advance(3 * time.Second)
	must(db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(old[0]), Take: shiftRef(old[3]), Reason: "出差"}, officer))(t)
	at.advance(time.Hour)
	must(db.SwapShifts(ctx, dutylog.Swap{Give: shiftRef(old[6]), Name: "刘芳", Reason: "病假"}, officer))(t)
	at.advance(time.Hour)
	month := dutylog.Filing{Kind: dutylog.FileMonth, Span: dutylog.DateSpan{Name: "2026-12", First: "2026-12-01", Last: "2026-12-31"}, SentTo: "市应急指挥中心", SentAt: sent}
	state := func() dutylog.FilingDuty {
		return must(db.FilingFacts(ctx, "2026-12-01", "2026-12-31"))(t).FilingDuties("2026-12-01", "2026-12-31", at.now())[0]
	}
	first := must(db.File(ctx, month, officer))(t)
	if diff := cmp.Diff(old, first.Shifts); diff != "" {
		t.Errorf("kept is not what was sent (-sent +kept):\n%s", diff)
	}
	if got := state(); got.State != dutylog.FilingSupplement || !got.State.Asks() {
		t.Errorf("swapped since it was sent, and it is %s", got.State)
	}
	for name, when := range map[string]time.Time{"a month before": noon.AddDate(0, -1, 0), "a minute before": put.Truncate(time.Minute).Add(-time.Minute)} {
		early := month
		early.SentAt = when
		var wrong *dutylog.EarlyFilingError
		if _, err := db.File(ctx, early, officer); !errors.As(err, &wrong) || !strings.Contains(err.Error(), put.In(shanghai).Format("2006-01-02 15:04")) {
			t.Errorf("%s there was a roster it was filed: %v", name, err)
		}
	}
	minute := month // as a person writes it: the minute in which it was put into force
	minute.SentAt = put.Truncate(time.Minute)
	if f := must(db.File(ctx, minute, officer))(t); len(f.Shifts) != len(old) {
		t.Errorf("%d shifts were kept", len(f.Shifts))
	}
	month.SentAt = at.now()
	must(db.File(ctx, month, officer))(t)
	if got := state(); got.State == dutylog.FilingSupplement {
		t.Error("the supplement does not settle it")
	}
	ok(t, db.ReplaceRoster(ctx, old)) // it keeps not what it replaced
	at.advance(time.Hour)
	month.SentAt = sent
	if _, err := db.File(ctx, month, officer); err == nil {
		t.Error("a version that nobody knows was filed")
	}
}

func TestListsOfTheRosterAreKept(t *testing.T) {
	db := open(t)
	ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: "张伟", Phone: "1", Standing: dutylog.Regular}, leader))
	ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: "李娜", Standing: dutylog.Temporary}, leader))
	first := must(db.RosterPeople(ctx))(t)
	left := dutylog.RosterPerson{Name: "张伟", Phone: "2", Version: first[0].Version, Login: "zhangwei", Standing: dutylog.Regular, Left: noon.Truncate(time.Microsecond)}
	ok(t, db.SavePerson(ctx, left, leader))
	for why, late := range map[string]dutylog.RosterPerson{
		"against the version before":    {Name: "张伟", Phone: "3", Standing: dutylog.Regular, Version: first[0].Version},
		"as somebody new, but is there": {Name: "李娜", Phone: "3", Standing: dutylog.Regular},
		"against a version of nobody":   {Name: "周敏", Phone: "3", Standing: dutylog.Regular, Version: 1},
	} {
		if err := db.SavePerson(ctx, late, officer); !errors.Is(err, dutylog.ErrExists) {
			t.Errorf("%s: %v", why, err)
		}
	}
	left.Version = first[1].Version + 1
	want := []dutylog.RosterPerson{left, {Name: "李娜", Standing: dutylog.Temporary, Version: first[1].Version}}
	if plan := must(db.PlanOf("SELECT max(c.id) FROM roster_changes c WHERE c.kind = 'person' AND c.subject = 'x'"))(t); !strings.Contains(plan, "roster_changes_of_person") {
		t.Errorf("the versions are looked for without their index: %s", plan)
	}
	if diff := cmp.Diff(want, must(db.RosterPeople(ctx))(t)); diff != "" {
		t.Error(diff)
	}
	days := must(dutylog.ParseHolidays(strings.NewReader("名称,开始,结束,类型\n元旦,2027-01-01,2027-01-03,放假\n"), 2027))(t)
	for _, source := range []string{"抄错了", "国办发明电〔2026〕9号"} {
		ok(t, db.SaveHolidays(ctx, dutylog.HolidayYear{Year: 2027, Source: source, Days: days}, leader))
	}
	c := must(db.Calendar(ctx))(t)
	if kind, _ := c.On("2027-01-02"); kind != dutylog.Holiday || c[2027].Source != "国办发明电〔2026〕9号" || c[2027].By != leader.Name || len(c) != 3 {
		t.Errorf("%+v", c[2027])
	}
	period := dutylog.SensitivePeriod{Span: dutylog.DateSpan{Name: "两会", First: "2027-03-03", Last: "2027-03-11"}}
	period = must(db.SavePeriod(ctx, period, leader))(t)
	period.Ended = "会议改期"
	period = must(db.SavePeriod(ctx, period, officer))(t)
	if diff := cmp.Diff([]dutylog.SensitivePeriod{period}, must(db.SensitivePeriods(ctx))(t)); diff != "" {
		t.Error(diff)
	}
	period.ID = 77
	if _, err := db.SavePeriod(ctx, period, leader); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("a period that is not there: %v", err)
	}
	if err := db.SaveHolidays(ctx, dutylog.HolidayYear{Year: 2028}, leader); err == nil {
		t.Error("holidays were taken without saying where they are from")
	}
}

func TestChangesOfTheRosterArePaged(t *testing.T) {
	db := open(t)
	old := published(t, db)
	for i, name := range []string{"李娜", "王强", "张伟"} {
		must(db.SwapShifts(ctx, dutylog.Swap{Give: dutylog.ShiftRef{From: old[0].From, Post: dutylog.PostOfficer, Name: []string{"张伟", "李娜", "王强"}[i]}, Name: name, Reason: fmt.Sprint(i)}, officer))(t)
	}
	var kinds []string
	q := dutylog.RosterQuery{Limit: 2}
	for {
		page, next, err := db.RosterChanges(ctx, q)
		ok(t, err)
		for _, c := range page {
			kinds = append(kinds, string(c.Kind)+c.Reason)
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	if got := strings.Join(kinds, " "); got != "swap2 swap1 swap0 publish12月值班表 draft" {
		t.Errorf("%s", got)
	}
	only, _, err := db.RosterChanges(ctx, dutylog.RosterQuery{Shifts: true, From: old[8].From, To: old[8].To})
	ok(t, err)
	if len(only) != 1 || only[0].Kind != dutylog.RosterPublished {
		t.Errorf("about the last day: %+v", only)
	}
	if _, _, err := db.RosterChanges(ctx, dutylog.RosterQuery{Cursor: "x"}); err == nil {
		t.Error("a cursor of nothing was taken")
	}
}

// Whoever writes into the file behind the log's back is found, in every list of the roster.
func TestEverythingOfTheRosterIsEvidence(t *testing.T) {
	fill := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "log.db")
		db := must(sqlite.Open(ctx, path, sqlite.Options{Now: newClock(noon).now}))(t)
		published(t, db)
		ok(t, db.SavePerson(ctx, dutylog.RosterPerson{Name: "老周", Standing: dutylog.Rehired}, leader))
		ok(t, db.SaveHolidays(ctx, dutylog.HolidayYear{Year: 2027, Source: "x"}, leader))
		must(db.SavePeriod(ctx, dutylog.SensitivePeriod{Span: dutylog.DateSpan{Name: "两会", First: "2027-03-03", Last: "2027-03-11"}}, leader))(t)
		must(db.SaveDraft(ctx, dutylog.RosterDraft{Month: "2027-01"}, officer))(t)
		must(db.File(ctx, dutylog.Filing{Kind: dutylog.FileMonth, Span: dutylog.DateSpan{Name: "2026-12", First: "2026-12-01", Last: "2026-12-31"}, SentTo: "市局", SentAt: noon}, officer))(t)
		must(db.Checkpoint(ctx, newKey(t), false))(t)
		ok(t, db.Close())
		return path
	}
	if r := verify(t, fill(t), sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || len(r.Findings) > 0 || r.Of("filing").Intact != 1 || r.Of("roster").Intact != 6 {
		t.Errorf("untouched: %s, %+v, %+v\n%s", r.Verdict(), r.Of("filing"), r.Of("roster"), findings(r))
	}
	for what, statement := range map[string]string{
		"roster":            "UPDATE shifts SET name = '别人' WHERE id = 1",
		"roster_people":     "UPDATE roster_people SET standing = 'regular'",
		"holiday_years":     "UPDATE holiday_years SET days = '[1]'",
		"sensitive_periods": "DELETE FROM sensitive_periods",
		"roster_drafts":     "UPDATE roster_drafts SET revision = 7",
		"filing 1":          "UPDATE roster_filings SET sent_at = 1",
		"roster 2":          "UPDATE roster_changes SET reason = '没说' WHERE id = 2",
	} {
		path := fill(t)
		outside(t, path, statement)
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Altered || !strings.Contains(findings(r), what) {
			t.Errorf("%s: %s\n%s", what, r.Verdict(), findings(r))
		}
	}
}

// A roster of ten years does not slow a call down: the index is bounded on both sides.
func TestWhoIsOnDutyIsFoundByAnIndex(t *testing.T) {
	db := open(t)
	for query, index := range map[string]string{
		"SELECT * FROM shifts WHERE from_at <= 9 AND from_at >= 1 AND to_at > 9 ORDER BY from_at, id":                                           "shifts_in_time",
		"SELECT * FROM shifts WHERE post = 'x' AND from_at > 5 ORDER BY from_at, id LIMIT 1":                                                    "shifts_in_time",
		"SELECT * FROM roster_changes WHERE kind IN ('import', 'publish', 'swap') ORDER BY id DESC LIMIT 51":                                    "roster_changes",
		"SELECT * FROM roster_filings WHERE last_day >= '2026-01-01' AND last_day <= '2027-09-01' AND first_day <= '2026-08-01' ORDER BY rowid": "roster_filings",
	} {
		if plan := must(db.PlanOf(query))(t); !strings.Contains(plan, index) {
			t.Errorf("%s\nwants %s:\n%s", query, index, plan)
		}
	}
}
