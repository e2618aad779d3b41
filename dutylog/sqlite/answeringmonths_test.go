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
	"dutyline/telephony"
)

// The usual calls are of November; in December it is closed.
var december = time.Date(2026, 12, 10, 4, 0, 0, 0, time.UTC)

// november is a figure of November as "numerator/denominator", with how many days changed since it was closed.
func november(t *testing.T, db *sqlite.DB, by dutylog.Grouping) (calls, groups, changed int, blind time.Duration) {
	t.Helper()
	m := dutylog.Month("2026-11")
	got := must(db.Answering(ctx, dutylog.AnsweringQuery{From: m.First().Start(shanghai), To: m.Next().First().Start(shanghai), By: by, Now: december}))(t)
	for _, f := range got.Frozen {
		changed += len(f.Changed)
	}
	return got.Total.Tally.Calls(), len(got.Groups), changed, got.Total.Blind
}

func blindFor(t *testing.T, db *sqlite.DB, from, to time.Time) {
	t.Helper()
	for _, kind := range []telephony.IntervalKind{telephony.LiveDown, telephony.JournalDown} {
		i := telephony.Interval{Kind: kind, From: from, To: to, Cause: "x"}
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: i.From, Interval: &i}}))
	}
}

func TestAClosedMonthKeepsItsFigures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	clock := newClock(december)
	db := openSince(t, dutylog.Month("2026-11").First().Start(shanghai), path, sqlite.Options{Now: clock.now})
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3)) // nothing yet, and so nothing to close
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	ok(t, db.Record(ctx, story(inbound(24*60, "02422730002"), telephony.Missed)))
	blindFor(t, db, noon, noon.Add(10*time.Minute))
	early := time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)
	ok(t, db.FreezeMonths(ctx, early, dutylog.SeedCalendar(), 3))
	if n := len(must(db.FrozenMonths(ctx, "2026-01", "2026-12"))(t)); n != 0 {
		t.Errorf("%d months are closed before their time", n)
	}
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3))
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3)) // said again it changes nothing
	list := must(db.FrozenMonths(ctx, "2026-01", "2026-12"))(t)
	if len(list) != 1 || list[0].Month != "2026-11" || list[0].Calls != 2 || len(list[0].Digest) != 64 || list[0].By.Login != "system" || !list[0].At.Equal(december) {
		t.Fatalf("%+v", list)
	}
	if c := must(db.MonthCorrection(ctx, "2026-11", december))(t); c.Differs() || c.Then.Tally.Calls() != 2 {
		t.Errorf("nothing came later, yet days %v differ", c.Days)
	}

	// What comes later is shown as a correction and changes nothing.
	ok(t, db.Record(ctx, story(inbound(60, "02422730003"), telephony.AnsweredLate)))
	blindFor(t, db, noon.Add(48*time.Hour), noon.Add(49*time.Hour))
	for _, by := range []dutylog.Grouping{dutylog.ByMonth, dutylog.ByDay, dutylog.ByOfficer, dutylog.ByShift, dutylog.ByLine, dutylog.ByWeekHour} {
		if by == dutylog.ByShift { // a month is as long as they are given for
			keepAll(t, db, december)
		}
		if calls, _, changed, blind := november(t, db, by); calls != 2 || changed != 1 || blind != 10*time.Minute {
			t.Errorf("by %s November has %d calls, %d days changed, blind for %v; it was closed with 2 calls and 10 minutes", by, calls, changed, blind)
		}
	}
	c := must(db.MonthCorrection(ctx, "2026-11", december))(t)
	if diff := cmp.Diff([]dutylog.Date{"2026-11-23"}, c.Days); diff != "" || !c.Differs() || c.Now.Tally.Calls() != 3 || c.Then.Tally.Calls() != 2 || c.Now.Blind != 70*time.Minute {
		t.Errorf("%s %d calls then, %d now, blind for %v now", diff, c.Then.Tally.Calls(), c.Now.Tally.Calls(), c.Now.Blind)
	}

	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if report := verify(t, path, sqlite.VerifyOptions{}); report.Verdict() != audit.Intact || report.Of("month").Intact != 1 {
		t.Errorf("%s %+v\n%s", report.Verdict(), report.Of("month"), findings(report))
	}
	outside(t, path, "UPDATE answer_months SET calls = 1")
	if report := verify(t, path, sqlite.VerifyOptions{}); report.Verdict() != audit.Altered || !strings.Contains(findings(report), "month 1") {
		t.Errorf("a figure was changed behind the log's back: %s\n%s", report.Verdict(), findings(report))
	}
}

func TestMonthsThatAreNotClosed(t *testing.T) {
	db := open(t)
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	if _, err := db.MonthCorrection(ctx, "2026-11", noon); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("the corrections of an open month: %v", err)
	}
	var invalid *dutylog.InvalidError
	if err := db.FreezeMonth(ctx, "2026-11", leader, noon); !errors.As(err, &invalid) {
		t.Errorf("a month that runs is closed: %v", err)
	}
	ok(t, db.FreezeMonth(ctx, "2026-11", leader, december)) // before its time, by the person who signs the assessment
	if err := db.FreezeMonth(ctx, "2026-11", leader, december); !errors.Is(err, dutylog.ErrExists) {
		t.Errorf("it is closed twice: %v", err)
	}
	if list := must(db.FrozenMonths(ctx, "2026-11", "2026-11"))(t); len(list) != 1 || list[0].By != leader {
		t.Errorf("%+v", list)
	}
}

// A closed month of which only the blind time is known better is said to have changed, too, in every answer that has a
// part of it which differs.
func TestOnlyTheBlindTimeOfAClosedMonthChanged(t *testing.T) {
	db := open(t)
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	blindFor(t, db, noon.Add(24*time.Hour), noon.Add(25*time.Hour))
	ok(t, db.FreezeMonth(ctx, "2026-11", leader, december))
	ask := func(by dutylog.Grouping, first, last dutylog.Date) dutylog.FrozenMonth {
		t.Helper()
		f := must(db.Answering(ctx, dutylog.AnsweringQuery{From: first.Start(shanghai), To: last.Add(1).Start(shanghai), By: by, Now: december}))(t)
		if len(f.Frozen) != 1 || len(f.Frozen[0].Changed) != 0 {
			t.Fatalf("%+v", f.Frozen)
		}
		return f.Frozen[0]
	}
	if ask(dutylog.ByMonth, "2026-11-01", "2026-11-30").BlindChanged {
		t.Error("nothing came since")
	}
	blindFor(t, db, noon.Add(48*time.Hour), noon.Add(49*time.Hour)) // on the 25th
	for _, by := range []dutylog.Grouping{dutylog.ByMonth, dutylog.ByDay, dutylog.ByHour} {
		if !ask(by, "2026-11-20", "2026-11-26").BlindChanged || ask(by, "2026-11-23", "2026-11-24").BlindChanged {
			t.Errorf("by %s it is not told where the blind time changed", by)
		}
	}
}

// byShift are the rows of a time by shift, as "shift: calls, blind for".
func byShift(t *testing.T, db *sqlite.DB, first, last dutylog.Date) (rows []string) {
	t.Helper()
	f := must(db.Answering(ctx, dutylog.AnsweringQuery{From: first.Start(shanghai), To: last.Add(1).Start(shanghai), By: dutylog.ByShift, Now: december}))(t)
	for _, g := range f.Groups {
		rows = append(rows, fmt.Sprintf("%s %s: %d, %v", g.Key, g.From.In(shanghai).Format("02 15:04"), g.Tally.Calls(), g.Blind))
	}
	return rows
}

// A closed month has the rows of its shifts as it had them when it was open, those too in which nobody called, also where
// only a part of it is asked for and where a shift goes over its end; what the roster becomes afterwards changes none.
func TestAClosedMonthKeepsShiftsWithoutCalls(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openSince(t, dutylog.Month("2026-11").First().Start(shanghai), path, sqlite.Options{Now: newClock(december).now})
	ok(t, db.Record(ctx, story(inbound(0, "02422730001"), telephony.AnsweredInTime)))
	blindFor(t, db, noon.Add(24*time.Hour), noon.Add(25*time.Hour))
	at := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, shanghai) }
	var roster []dutylog.Shift
	for d := 20; d < 34; d++ { // the last ones are of December
		roster = append(roster, dutylog.Shift{From: at(d, 8), To: at(d, 20), Post: dutylog.PostOfficer, Name: officer.Name}, dutylog.Shift{From: at(d, 20), To: at(d+1, 8), Post: dutylog.PostOfficer, Name: lina.Name})
	}
	ok(t, db.ReplaceRoster(ctx, roster))
	spans := [][2]dutylog.Date{{"2026-11-01", "2026-11-30"}, {"2026-11-24", "2026-11-26"}, {"2026-11-28", "2026-12-02"}, {"2026-12-01", "2026-12-02"}}
	var open [][]string
	for _, s := range spans {
		open = append(open, byShift(t, db, s[0], s[1]))
	}
	if len(open[0]) != 22 || len(open[1]) != 7 || len(open[2]) != 11 {
		t.Fatalf("%d, %d and %d rows:\n%s", len(open[0]), len(open[1]), len(open[2]), strings.Join(open[0], "\n"))
	}
	ok(t, db.FreezeMonth(ctx, "2026-11", leader, december))
	same := func(when string, spans [][2]dutylog.Date) {
		t.Helper()
		for n, s := range spans {
			if diff := cmp.Diff(open[n], byShift(t, db, s[0], s[1])); diff != "" {
				t.Errorf("%s, %v (-open +closed):\n%s", when, s, diff)
			}
		}
	}
	same("closed", spans)
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{{From: at(25, 0), To: at(26, 0), Post: dutylog.PostOfficer, Name: officer.Name}, {From: at(5, 8), To: at(5, 20), Post: dutylog.PostOfficer, Name: lina.Name}}))
	same("with another roster since", spans[:2])
	ok(t, db.Close())
	outside(t, path, "UPDATE answer_months SET duty = json_remove(duty, '$.shifts')") // as an older program froze it
	db = openAt(t, path, sqlite.Options{Now: newClock(december).now})
	if rows := byShift(t, db, "2026-11-01", "2026-11-30"); len(rows) != 1 {
		t.Errorf("nobody noted the shifts:\n%s", strings.Join(rows, "\n"))
	}
}
