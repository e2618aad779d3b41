package sqlite_test

import (
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

// dutyText tells the figures of which something fell due, as "figure of n/m".
func dutyText(shares []dutylog.DutyShare) (lines []string) {
	for _, s := range shares {
		if s.Denominator > 0 {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %d/%d %v", s.Figure, s.Of, s.Numerator, s.Denominator, s.Rules)))
		}
	}
	return lines
}

func dutyOf(t *testing.T, db *sqlite.DB, from, to dutylog.Date) dutylog.DutyAnswer {
	t.Helper()
	return dutyOn(t, db, from, to, "")
}

func dutyOn(t *testing.T, db *sqlite.DB, from, to dutylog.Date, line string) dutylog.DutyAnswer {
	t.Helper()
	return must(db.DutyFigures(ctx, dutylog.DutyQuery{From: from.Start(shanghai), To: to.Add(1).Start(shanghai), Now: december.AddDate(0, 0, 5), Allowance: 15 * time.Minute, Line: line}))(t)
}

// The figures of calls are told of one line, too: as they were frozen, if the lines were noted then, and otherwise as
// they are now. All other work is the room's.
func TestWhoWaitsOnALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	clock := newClock(noon)
	db := openAt(t, path, sqlite.Options{Now: clock.now})
	for n, line := range []string{"duty", "fire", "fire", "fire"} {
		c := inbound(n*10, fmt.Sprintf("0242273000%d", n+1))
		c.Line = line
		ok(t, db.Record(ctx, story(c, []telephony.Outcome{telephony.Missed, telephony.Missed, telephony.Missed, telephony.Engaged}[n])))
	}
	ask := func(line string) string {
		a := dutyOn(t, db, "2026-11-01", "2026-11-30", line)
		text := fmt.Sprintf("%d closed, %d changed\n", len(a.Frozen), len(a.Corrections))
		for _, s := range a.Shares {
			if s.Figure.OfCalls() || line != "" {
				text += fmt.Sprintf("%s %s %d/%d, %d behind\n", s.Figure, s.Of, s.Numerator, s.Denominator, len(s.Behind))
			}
		}
		return text
	}
	same := func(when, first string) {
		t.Helper()
		for line, want := range map[string]string{"": "missed_not_called_back  3/3, 3 behind\nothers_not_called_back engaged 1/1, 1 behind\n", "duty": "missed_not_called_back  1/1, 1 behind\n",
			"fire": "missed_not_called_back  2/2, 2 behind\nothers_not_called_back engaged 1/1, 1 behind\n"} {
			if got := ask(line); got != first+want {
				t.Errorf("%s, line %q:\n%swant\n%s", when, line, got, first+want)
			}
		}
	}
	same("as it is", "0 closed, 0 changed\n")
	clock.advance(december.Sub(noon))
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3))
	same("closed", "1 closed, 0 changed\n")
	back := outbound(15*24*60, "02422730002") // 8 December
	ok(t, db.Record(ctx, back))
	if got := ask("fire"); !strings.HasPrefix(got, "1 closed, 1 changed\nmissed_not_called_back  2/2") {
		t.Errorf("a caller was reached after the month was closed:\n%s", got)
	}
	if got := ask("duty"); !strings.HasPrefix(got, "1 closed, 0 changed\nmissed_not_called_back  1/1") {
		t.Errorf("it was on the other line:\n%s", got)
	}
	ok(t, db.Close())
	outside(t, path, "UPDATE answer_months SET duty = replace(duty, '\"by_line\":true', '\"by_line\":false')") // as an older program froze it
	db = openAt(t, path, sqlite.Options{Now: clock.now})                                                       // what is frozen is counted once while the log is open
	if got := ask("fire"); !strings.HasPrefix(got, "0 closed, 0 changed\nmissed_not_called_back  1/2") {
		t.Errorf("nobody noted the lines:\n%s", got)
	}
}

// A closed month keeps the figures of all its work: what is done, rostered, filed and confirmed later, and by what a
// handover is judged later, changes none of them and stands beside them.
func TestAClosedMonthKeepsItsDutyFigures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	clock := newClock(noon)
	db := openAt(t, path, sqlite.Options{Now: clock.now, Allowance: 30 * time.Minute})
	for n := range 2 {
		ok(t, db.Record(ctx, story(inbound(n*10, fmt.Sprintf("0242273000%d", n+1)), telephony.Missed)))
	}
	day := dutylog.DateOf(noon, shanghai) // 23 November
	at := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, shanghai) }
	clock.advance(at(25, 7, 0).Sub(noon))
	first := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	clock.advance(25*time.Hour + 20*time.Minute) // 08:20 on the next day: late by 15 minutes, in time by 30
	must(db.AddHandover(ctx, handed(officer, lina, ""), first.ID))(t)
	roster := []dutylog.Shift{{From: at(25, 8, 0), To: at(26, 8, 0), Post: dutylog.PostOfficer, Name: officer.Name}, {From: at(26, 8, 0), To: at(27, 8, 0), Post: dutylog.PostOfficer, Name: lina.Name}}
	ok(t, db.ReplaceRoster(ctx, roster))
	clock.advance(december.Sub(clock.now()))
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3))
	spans := [][2]dutylog.Date{{"2026-11-01", "2026-11-30"}, {day, day}, {"2026-11-26", "2026-11-26"}, {"2026-11-20", "2026-12-05"}}
	var then []dutylog.DutyAnswer
	for _, s := range spans {
		a := dutyOf(t, db, s[0], s[1])
		if len(a.Frozen) != 1 || a.Frozen[0].Month != "2026-11" || len(a.Corrections) != 0 {
			t.Errorf("%v: closed %v, corrections %+v", s, a.Frozen, a.Corrections)
		}
		then = append(then, a)
	}
	whole := strings.Join(dutyText(then[0].Shares), "\n")
	for _, want := range []string{"missed_not_called_back  2/2 [called-back-or-reached]", "roster_uncovered duty_officer 5280/6700", "handovers_late  0/1 [handover-allowance-30m]"} {
		if !strings.Contains(whole, want) {
			t.Errorf("%q is not in\n%s", want, whole)
		}
	}
	ok(t, db.Record(ctx, outbound(15*24*60, "02422730001"))) // 8 December: the caller is reached
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{{From: at(1, 0, 0), To: at(31, 0, 0), Post: dutylog.PostOfficer, Name: officer.Name}}))
	for n, s := range spans {
		a := dutyOf(t, db, s[0], s[1])
		if n < 3 { // of the last one a part is not closed
			if diff := cmp.Diff(dutyText(then[n].Shares), dutyText(a.Shares)); diff != "" {
				t.Errorf("%v changed after the month was closed (-then +now):\n%s", s, diff)
			}
		}
		if n != 2 && len(a.Corrections) == 0 { // nothing of that day's changed
			t.Errorf("%v: nothing is said of what changed", s)
		}
	}
	want := []string{"roster_uncovered duty_officer [5280 6700] [0 6700]", "missed_not_called_back  [2 2] [1 2]"}
	var got []string
	for _, c := range dutyOf(t, db, "2026-11-01", "2026-11-30").Corrections {
		if c.Figure != dutylog.HandoversLate { // of a roster of one officer none is left
			got = append(got, fmt.Sprintf("%s %s %v %v", c.Figure, c.Of, c.Then, c.Now))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("corrections (-want +got):\n%s", diff)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Intact {
		t.Errorf("%s\n%s", v.Verdict(), findings(v))
	}
	outside(t, path, "UPDATE answer_months SET duty = replace(duty, '\"in\":true', '\"in\":false')")
	if v := verify(t, path, sqlite.VerifyOptions{}); v.Verdict() != audit.Altered {
		t.Errorf("somebody changed what was frozen: %s", v.Verdict())
	}
}

// The parts of a closed month add up to the month, wherever they are cut.
func TestDaysOfAClosedMonthAddUp(t *testing.T) {
	clock := newClock(december)
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now})
	for n := range 12 {
		ok(t, db.Record(ctx, story(inbound(n*11*60, fmt.Sprintf("024227300%02d", n)), telephony.Missed)))
	}
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{{From: noon, To: noon.Add(40 * time.Hour), Post: dutylog.PostOfficer, Name: officer.Name}}))
	ok(t, db.FreezeMonths(ctx, december, dutylog.SeedCalendar(), 3))
	sum := map[string][2]int{}
	for _, d := range dutylog.Dates("2026-11-01", "2026-11-30") {
		for _, s := range dutyOf(t, db, d, d).Shares {
			n := sum[string(s.Figure)+s.Of]
			sum[string(s.Figure)+s.Of] = [2]int{n[0] + s.Numerator, n[1] + s.Denominator}
		}
	}
	for _, s := range dutyOf(t, db, "2026-11-01", "2026-11-30").Shares {
		if got := sum[string(s.Figure)+s.Of]; got != [2]int{s.Numerator, s.Denominator} {
			t.Errorf("%s %s: the days have %v, the month %d/%d", s.Figure, s.Of, got, s.Numerator, s.Denominator)
		}
	}
}

// A change shortly before midnight that is confirmed after it is in time, whether one asks for its day or for two.
func TestAHandoverOverMidnight(t *testing.T) {
	at := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, shanghai) }
	clock := newClock(at(20, 0, 0))
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock.now})
	first := must(db.AddHandover(ctx, handed(dutylog.Actor{}, officer, ""), 0))(t)
	clock.advance(24*time.Hour + 2*time.Minute)
	must(db.AddHandover(ctx, handed(officer, lina, ""), first.ID))(t)
	ok(t, db.ReplaceRoster(ctx, []dutylog.Shift{{From: at(20, 0, 0), To: at(20, 23, 50), Post: dutylog.PostOfficer, Name: officer.Name}, {From: at(20, 23, 50), To: at(21, 23, 50), Post: dutylog.PostOfficer, Name: lina.Name}}))
	for _, to := range []dutylog.Date{"2026-11-20", "2026-11-21"} {
		text := strings.Join(dutyText(dutyOf(t, db, "2026-11-20", to).Shares), "\n")
		if !strings.Contains(text, "handovers_late  0/1 ") {
			t.Errorf("until %s:\n%s", to, text)
		}
	}
}
