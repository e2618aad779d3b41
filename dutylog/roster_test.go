package dutylog_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// Posts as the tests of the roster write them.
var shortPosts = map[string]dutylog.Post{"officer": dutylog.PostOfficer, "chief": dutylog.PostChief, "leader": dutylog.PostLeader}

func localTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// roster reads one shift a line: "2026-12-31 20:00 2027-01-01 08:00 officer 张伟 13900001111".
func roster(t *testing.T, text string) (shifts []dutylog.Shift) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) < 6 {
			t.Fatalf("%q is no shift", line)
		}
		s := dutylog.Shift{From: localTime(t, f[0]+" "+f[1]).UTC(), To: localTime(t, f[2]+" "+f[3]).UTC(), Post: shortPosts[f[4]], Name: f[5]}
		if len(f) > 6 {
			s.Phone = f[6]
		}
		shifts = append(shifts, s)
	}
	return shifts
}

func siteTime(at time.Time) string {
	if at.IsZero() {
		return "unknown         "
	}
	return at.In(shanghai).Format("2006-01-02 15:04")
}

var staff = []dutylog.RosterPerson{
	{Name: "张伟", Phone: "1", Standing: dutylog.Regular}, {Name: "李娜", Phone: "2", Standing: dutylog.Regular},
	{Name: "陈刚", Phone: "3", Standing: dutylog.Regular}, {Name: "赵敏", Phone: "4", Standing: dutylog.Regular},
	{Name: "临时工", Phone: "5", Standing: dutylog.Temporary}, {Name: "老周", Phone: "6", Standing: dutylog.Rehired},
	{Name: "调走的", Phone: "7", Standing: dutylog.Regular, Left: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)},
}

// whole is one day and night that breaks no rule, from a moment on.
const whole = `
2026-11-30 08:00 2026-12-01 08:00 officer 张伟
2026-11-30 08:00 2026-12-01 08:00 chief 李娜
2026-11-30 08:00 2026-12-01 08:00 leader 陈刚
`

var ruleCases = []struct{ name, from, to, shifts string }{
	{"whole day over a month's end", "2026-11-30 08:00", "2026-12-01 08:00", whole},
	{"no roster at all over New Year", "2026-12-31 00:00", "2027-01-02 00:00", "2026-12-30 08:00 2026-12-31 00:00 officer 张伟"},
	{"one minute nobody is there, at midnight of a leap day", "2028-02-28 08:00", "2028-03-01 08:00", `
2028-02-28 08:00 2028-02-28 23:59 officer 张伟
2028-02-29 00:00 2028-03-01 08:00 officer 李娜
2028-02-28 08:00 2028-03-01 08:00 chief 陈刚
2028-02-28 08:00 2028-03-01 08:00 leader 赵敏`},
	{"the day before is not judged, the shift that comes from it counts", "2026-12-01 00:00", "2026-12-01 08:00", whole},
	{"two on one post", "2026-11-30 08:00", "2026-12-01 08:00", whole + "2026-11-30 20:00 2026-12-01 08:00 officer 赵敏"},
	{"a short shift inside a long one", "2026-11-30 08:00", "2026-12-01 08:00", whole + "2026-11-30 10:00 2026-11-30 11:00 leader 赵敏"},
	{"duty officer and duty leader at once (Art. 8)", "2026-11-30 08:00", "2026-12-01 08:00", `
2026-11-30 08:00 2026-12-01 08:00 officer 张伟
2026-11-30 08:00 2026-12-01 08:00 chief 李娜
2026-11-30 08:00 2026-12-01 08:00 leader 张伟`},
	{"one post after the other is not at once", "2026-11-30 08:00", "2026-12-01 08:00", `
2026-11-30 08:00 2026-11-30 20:00 officer 张伟
2026-11-30 20:00 2026-12-01 08:00 officer 赵敏
2026-11-30 08:00 2026-11-30 20:00 chief 李娜
2026-11-30 20:00 2026-12-01 08:00 chief 张伟
2026-11-30 08:00 2026-12-01 08:00 leader 陈刚`},
	{"before somebody left nothing is wrong with a shift", "2026-11-30 07:00", "2026-11-30 08:00", `
2026-11-30 07:00 2026-11-30 08:00 officer 调走的
2026-11-30 07:00 2026-11-30 08:00 chief 李娜
2026-11-30 07:00 2026-11-30 08:00 leader 陈刚`},
	{"somebody who leaves within a shift, from then on", "2026-11-30 07:00", "2026-12-02 08:00", `
2026-11-30 07:00 2026-11-30 08:30 officer 赵敏
2026-11-30 08:30 2026-12-02 08:00 officer 张伟
2026-11-30 07:00 2026-12-02 08:00 chief 李娜
2026-11-29 08:00 2026-12-02 08:00 leader 调走的`},
	{"temporary and re-hired staff (Art. 8), somebody who left, somebody unknown", "2026-11-30 08:00", "2026-12-01 08:00", `
2026-11-30 08:00 2026-11-30 20:00 officer 临时工
2026-11-30 20:00 2026-12-01 08:00 officer 老周
2026-11-30 08:00 2026-12-01 08:00 chief 调走的
2026-11-30 08:00 2026-12-01 08:00 leader 没听说过`},
	{"the leader with his rank is the chief without", "2026-11-30 08:00", "2026-12-01 08:00", `
2026-11-30 08:00 2026-12-01 08:00 officer 张伟
2026-11-30 08:00 2026-12-01 08:00 chief 李娜（副科长）
2026-11-30 08:00 2026-12-01 08:00 leader 李娜局长`},
	{"an officer for 36 hours; chiefs and leaders may", "2026-12-30 08:00", "2026-12-31 20:00", `
2026-12-30 08:00 2026-12-31 08:00 officer 张伟
2026-12-31 08:00 2026-12-31 20:00 officer 张伟
2026-12-30 08:00 2026-12-31 20:00 chief 李娜
2026-12-30 08:00 2026-12-31 20:00 leader 陈刚`},
	{"twelve hours on, twelve off is no row", "2026-12-30 08:00", "2026-12-31 20:00", `
2026-12-30 08:00 2026-12-30 20:00 officer 张伟
2026-12-30 20:00 2026-12-31 08:00 officer 赵敏
2026-12-31 08:00 2026-12-31 20:00 officer 张伟
2026-12-30 08:00 2026-12-31 20:00 chief 李娜
2026-12-30 08:00 2026-12-31 20:00 leader 陈刚`},
}

func TestEveryRuleOfTheRosterHasItsReason(t *testing.T) {
	var b strings.Builder
	for _, c := range ruleCases {
		fmt.Fprintf(&b, "# %s\n", c.name)
		found := dutylog.CheckRoster(roster(t, c.shifts), staff, dutylog.DefaultRosterRule(), localTime(t, c.from), localTime(t, c.to))
		for _, f := range found {
			line := fmt.Sprintf("%s – %s  %-5s %s %s %s %s", siteTime(f.From), siteTime(f.To), f.Weight(), f.Reason, f.Post, f.Name, f.Other)
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		if len(found) == 0 {
			b.WriteString("nothing\n")
		}
	}
	goldenText(t, "roster_rules.golden.txt", b.String())
}

func TestARosterWithoutAListOfPeopleSaysSoOnce(t *testing.T) {
	found := dutylog.CheckRoster(roster(t, whole), nil, dutylog.RosterRule{}, localTime(t, "2026-11-30 08:00"), localTime(t, "2026-12-01 08:00"))
	said := map[dutylog.RosterReason]int{}
	for _, f := range found {
		said[f.Reason]++
	}
	if len(said) != 2 || said[dutylog.RosterNoPhone] != 3 || said[dutylog.RosterNoPeople] != 1 {
		t.Errorf("found %v, want that three shifts have no number, and once that there is no list", said)
	}
}

// Every minute of a roster is covered, or lies in a gap: checked minute by minute.
func TestGapsAreTheMinutesThatNobodyHolds(t *testing.T) {
	from, to := localTime(t, "2028-02-28 00:00"), localTime(t, "2028-03-02 00:00")
	shifts := roster(t, `
2028-02-27 20:00 2028-02-28 08:00 officer 张伟
2028-02-28 08:30 2028-02-28 20:00 officer 李娜
2028-02-28 19:00 2028-02-29 08:00 officer 陈刚
2028-02-29 12:00 2028-02-29 13:00 officer 赵敏
2028-02-29 12:15 2028-02-29 12:30 officer 张伟
2028-03-01 08:00 2028-03-05 08:00 officer 李娜`)
	found := dutylog.CheckRoster(shifts, nil, dutylog.RosterRule{}, from, to)
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		_, held := dutylog.At(shifts, at)[dutylog.PostOfficer]
		gap := false
		for _, f := range found {
			gap = gap || f.Reason == dutylog.RosterGap && f.Post == dutylog.PostOfficer && !at.Before(f.From) && at.Before(f.To)
		}
		if held == gap {
			t.Fatalf("at %s held %v, in a gap %v", siteTime(at), held, gap)
		}
	}
}

func TestWhoIsOnDutyAndWhoComesNext(t *testing.T) {
	shifts := roster(t, `
2026-12-31 08:00 2026-12-31 20:00 officer 张伟
2026-12-31 20:00 2027-01-01 08:00 officer 李娜
2027-01-01 08:00 2027-01-01 20:00 officer 陈刚
2026-12-31 08:00 2027-01-03 08:00 leader 赵敏`)
	for _, c := range []struct{ at, officer, next, leader string }{
		{"2026-12-31 07:59", "", "张伟", ""},
		{"2026-12-31 08:00", "张伟", "李娜", "赵敏"},
		{"2026-12-31 19:59", "张伟", "李娜", "赵敏"},
		{"2026-12-31 20:00", "李娜", "陈刚", "赵敏"},
		{"2027-01-01 00:00", "李娜", "陈刚", "赵敏"},
		{"2027-01-01 20:00", "", "", "赵敏"},
	} {
		at := localTime(t, c.at)
		on := dutylog.At(shifts, at)
		next, _ := dutylog.NextShift(shifts, dutylog.PostOfficer, at)
		if on[dutylog.PostOfficer].Name != c.officer || on[dutylog.PostLeader].Name != c.leader || next.Name != c.next {
			t.Errorf("%s: officer %q, leader %q, next %q; want %+v", c.at, on[dutylog.PostOfficer].Name, on[dutylog.PostLeader].Name, next.Name, c)
		}
	}
	if _, ok := dutylog.NextShift(shifts, dutylog.PostLeader, localTime(t, "2027-01-01 20:00")); ok {
		t.Error("a leader comes next although the roster has none")
	}
}

func ref(s dutylog.Shift) dutylog.ShiftRef {
	return dutylog.ShiftRef{From: s.From, Post: s.Post, Name: s.Name}
}

func TestASwapChangesTwoShiftsAndNoMore(t *testing.T) {
	shifts := roster(t, `
2026-12-31 20:00 2027-01-01 08:00 officer 张伟 1
2027-01-03 20:00 2027-01-04 08:00 officer 李娜 2
2027-01-04 20:00 2027-01-05 08:00 officer 陈刚 3`)
	before, after, err := dutylog.Swap{Give: ref(shifts[0]), Take: ref(shifts[1])}.Apply(shifts, localTime(t, "2026-12-31 20:00"))
	if err != nil {
		t.Fatal(err)
	}
	want := roster(t, `
2026-12-31 20:00 2027-01-01 08:00 officer 李娜 2
2027-01-03 20:00 2027-01-04 08:00 officer 张伟 1
2027-01-04 20:00 2027-01-05 08:00 officer 陈刚 3`)
	if diff := cmp.Diff(want, dutylog.With(shifts, before, after)); diff != "" {
		t.Error(diff)
	}
	before, after, err = dutylog.Swap{Give: ref(shifts[2]), Name: " 赵敏 ", Phone: "4"}.Apply(shifts, localTime(t, "2026-12-31 21:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got := dutylog.With(shifts, before, after)[2]; got.Name != "赵敏" || got.Phone != "4" || !got.From.Equal(shifts[2].From) {
		t.Errorf("taken over: %+v", got)
	}
}

// Hours that were served stay with who served them: a running shift changes hands from the swap's minute on.
func TestASwapOfARunningShiftLeavesWhatWasServed(t *testing.T) {
	shifts := roster(t, `
2026-12-31 20:00 2027-01-01 08:00 officer 张伟 1
2026-12-31 08:00 2027-01-01 08:00 chief 杨秀英 2
2027-01-03 20:00 2027-01-04 08:00 officer 李娜 3`)
	at := localTime(t, "2027-01-01 02:36").Add(20 * time.Second)
	before, after, err := dutylog.Swap{Give: ref(shifts[0]), Take: ref(shifts[2])}.Apply(shifts, at)
	if err != nil {
		t.Fatal(err)
	}
	want := roster(t, `
2026-12-31 08:00 2027-01-01 08:00 chief 杨秀英 2
2026-12-31 20:00 2027-01-01 02:37 officer 张伟 1
2027-01-01 02:37 2027-01-01 08:00 officer 李娜 3
2027-01-03 20:00 2027-01-04 08:00 officer 张伟 1`)
	now := dutylog.With(shifts, before, after)
	if diff := cmp.Diff(want, now); diff != "" {
		t.Error(diff)
	}
	if on := dutylog.At(now, localTime(t, "2026-12-31 23:00"))[dutylog.PostOfficer]; on.Name != "张伟" {
		t.Errorf("who was on duty at eleven is %s by now", on.Name)
	}
	before, after, err = dutylog.Swap{Give: ref(shifts[0]), Name: "赵敏"}.Apply(shifts, localTime(t, "2027-01-01 02:37"))
	if got := dutylog.With(shifts, before, after); err != nil || got[2].Name != "赵敏" || !got[2].From.Equal(localTime(t, "2027-01-01 02:37")) || got[1].Name != "张伟" {
		t.Errorf("somebody stands in for the rest: %v %+v", err, got)
	}
	// Of two that run, both are cut; the other post is not touched.
	shifts[1].Post, shifts[1].Name = dutylog.PostChief, "周科长"
	_, after, err = dutylog.Swap{Give: ref(shifts[0]), Take: ref(shifts[1])}.Apply(shifts, at)
	if err != nil || len(after) != 4 || !after[0].From.Equal(after[2].To) || !after[1].From.Equal(after[3].To) || after[3].Name != "周科长" || after[1].Name != "张伟" {
		t.Errorf("%v %+v", err, after)
	}
	var wrong *dutylog.InvalidError
	for field, w := range map[string]dutylog.Swap{"give": {Give: ref(shifts[0]), Name: "赵敏"}, "take": {Give: ref(shifts[2]), Take: ref(shifts[0])}} {
		if _, _, err := w.Apply(shifts, localTime(t, "2027-01-01 07:59").Add(time.Second)); !errors.As(err, &wrong) || wrong.Field != field || !strings.Contains(wrong.Reason, "swap the next one") {
			t.Errorf("in the last minute: %v", err)
		}
	}
}

func TestASwapThatMakesNoSenseIsRefused(t *testing.T) {
	shifts := roster(t, `
2026-12-31 20:00 2027-01-01 08:00 officer 张伟
2027-01-03 20:00 2027-01-04 08:00 officer 李娜
2027-01-05 20:00 2027-01-06 08:00 officer 张伟`)
	later := localTime(t, "2027-01-01 08:00")
	gone := dutylog.ShiftRef{From: shifts[0].From, Post: dutylog.PostOfficer, Name: "王强"}
	for name, c := range map[string]struct {
		swap  dutylog.Swap
		field string
	}{
		"a shift that is not there":       {dutylog.Swap{Give: gone, Name: "赵敏"}, "give"},
		"one that is over":                {dutylog.Swap{Give: ref(shifts[0]), Name: "赵敏"}, "give"},
		"to take one that is not there":   {dutylog.Swap{Give: ref(shifts[1]), Take: gone}, "take"},
		"to take one that is over":        {dutylog.Swap{Give: ref(shifts[1]), Take: ref(shifts[0])}, "take"},
		"with oneself":                    {dutylog.Swap{Give: ref(shifts[2]), Take: ref(shifts[2])}, "take"},
		"to nobody":                       {dutylog.Swap{Give: ref(shifts[1])}, "name"},
		"to who has it":                   {dutylog.Swap{Give: ref(shifts[1]), Name: "李娜"}, "name"},
		"to a name that is much too long": {dutylog.Swap{Give: ref(shifts[1]), Name: strings.Repeat("长", 501)}, "name"},
	} {
		var wrong *dutylog.InvalidError
		if _, _, err := c.swap.Apply(shifts, later); !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: %v, want a complaint about %s", name, err, c.field)
		}
	}
}

func TestAFaultThatStandsHindersNobodyFromMendingAnother(t *testing.T) {
	old := roster(t, whole+"2026-11-30 20:00 2026-12-01 08:00 officer 赵敏")
	from, to := localTime(t, "2026-11-30 08:00"), localTime(t, "2026-12-01 08:00")
	check := func(shifts []dutylog.Shift) []dutylog.RosterFinding {
		return dutylog.CheckRoster(shifts, staff, dutylog.DefaultRosterRule(), from, to)
	}
	give := dutylog.Swap{Give: ref(old[1]), Name: "陈刚"} // who is the leader already
	before, after, err := give.Apply(old, from)
	if err != nil {
		t.Fatal(err)
	}
	bad := dutylog.NewlyForbidden(check(old), check(dutylog.With(old, before, after)))
	if len(bad) != 1 || bad[0].Reason != dutylog.RosterTwoPosts || bad[0].Name != "陈刚" {
		t.Errorf("newly forbidden: %+v, want two posts of 陈刚 and not the overlap that was there", bad)
	}
	if err := (&dutylog.RosterError{Findings: bad}); !strings.Contains(err.Error(), "two_posts 陈刚") {
		t.Errorf("the error does not name the fault: %v", err)
	}
	give.Name = "赵敏"
	if before, after, err = give.Apply(old, from); err != nil {
		t.Fatal(err)
	}
	if bad := dutylog.NewlyForbidden(check(old), check(dutylog.With(old, before, after))); len(bad) != 1 || bad[0].Reason != dutylog.RosterTwoPosts {
		t.Errorf("赵敏 is an officer in that night: %+v", bad)
	}
}

func TestADraftBeginsInItsMonth(t *testing.T) {
	good := roster(t, "2026-12-31 20:00 2027-01-01 08:00 officer 张伟")
	for name, c := range map[string]struct {
		month  dutylog.Month
		shifts []dutylog.Shift
		field  string
	}{
		"the night over New Year":     {"2026-12", good, ""},
		"is not January's":            {"2027-01", good, "shifts"},
		"no name":                     {"2026-12", []dutylog.Shift{{From: good[0].From, To: good[0].To, Post: dutylog.PostOfficer}}, "shifts[0].name"},
		"no post":                     {"2026-12", []dutylog.Shift{{From: good[0].From, To: good[0].To, Name: "张伟"}}, "shifts[0].post"},
		"it ends before it begins":    {"2026-12", []dutylog.Shift{{From: good[0].To, To: good[0].From, Post: dutylog.PostOfficer, Name: "张伟"}}, "shifts[0].to"},
		"it is longer than any month": {"2026-12", []dutylog.Shift{{From: good[0].From, To: good[0].From.AddDate(0, 2, 0), Post: dutylog.PostOfficer, Name: "张伟"}}, "shifts[0].to"},
		"far too many":                {"2026-12", make([]dutylog.Shift, 2001), "shifts"},
	} {
		_, err := dutylog.RosterDraft{Month: c.month, Shifts: c.shifts}.Check(shanghai)
		var wrong *dutylog.InvalidError
		if field := ""; errors.As(err, &wrong) {
			if field = wrong.Field; field != c.field {
				t.Errorf("%s: a complaint about %s, want %q", name, field, c.field)
			}
		} else if err != nil || c.field != "" {
			t.Errorf("%s: %v, want a complaint about %q", name, err, c.field)
		}
	}
}

func TestReplacingAMonthLeavesItsNeighboursAlone(t *testing.T) {
	old := roster(t, `
2026-11-30 20:00 2026-12-01 08:00 officer 张伟
2026-12-01 08:00 2026-12-01 20:00 officer 李娜
2027-01-01 08:00 2027-01-01 20:00 officer 陈刚`)
	from, to := dutylog.Month("2026-12").Span(shanghai)
	got := dutylog.Replace(old, roster(t, "2026-12-31 20:00 2027-01-01 08:00 officer 赵敏"), from, to)
	want := roster(t, `
2026-11-30 20:00 2026-12-01 08:00 officer 张伟
2026-12-31 20:00 2027-01-01 08:00 officer 赵敏
2027-01-01 08:00 2027-01-01 20:00 officer 陈刚`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAPersonOfTheRosterIsCleaned(t *testing.T) {
	good, err := dutylog.RosterPerson{Name: " 张伟\x00 ", Phone: "139", Standing: dutylog.Regular}.Check()
	if err != nil || good.Name != "张伟" {
		t.Errorf("%+v, %v", good, err)
	}
	for field, p := range map[string]dutylog.RosterPerson{
		"name": {Standing: dutylog.Regular}, "standing": {Name: "张伟", Standing: "friend"},
		"phone": {Name: "张伟", Phone: strings.Repeat("1", 501), Standing: dutylog.Regular},
	} {
		var wrong *dutylog.InvalidError
		if _, err := p.Check(); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// The holidays of a notice, as the office writes them down.
func holidays(t *testing.T, year int, text string) []dutylog.SpecialDay {
	t.Helper()
	days, err := dutylog.ParseHolidays(bytes.NewReader([]byte(text)), year)
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// What an import would change is told by what is other afterwards: a shift that stays as it is, is no change.
func TestAnImportIsPlannedByItsDays(t *testing.T) {
	before := roster(t, `
2026-12-31 20:00 2027-01-01 08:00 officer 张伟 1
2027-01-01 08:00 2027-01-01 20:00 officer 李娜 2
2027-01-01 20:00 2027-01-02 08:00 officer 王强 3`)
	rows := roster(t, `
2027-01-01 08:00 2027-01-01 20:00 officer 李娜 2
2027-01-01 20:00 2027-01-02 08:00 officer 刘芳 4`)
	gone, added, after := dutylog.PlanRoster(before, rows, shanghai)
	if diff := cmp.Diff(before[2:], gone); diff != "" {
		t.Errorf("what goes: %s", diff)
	}
	if diff := cmp.Diff(rows[1:], added); diff != "" {
		t.Errorf("what comes: %s", diff)
	}
	if diff := cmp.Diff(append(before[:1:1], rows...), after); diff != "" {
		t.Errorf("afterwards: %s", diff)
	}
	if gone, added, after := dutylog.PlanRoster(before, nil, shanghai); gone != nil || added != nil || len(after) != 3 {
		t.Errorf("nothing changes nothing: %v %v %v", gone, added, after)
	}
}

// Every finding says what to do about it.
func TestEveryFindingOfTheRosterHasARemedy(t *testing.T) {
	said := map[string]bool{}
	for _, r := range []dutylog.RosterReason{dutylog.RosterGap, dutylog.RosterOverlap, dutylog.RosterTwoPosts, dutylog.RosterNotRegular, dutylog.RosterUnknown, dutylog.RosterNoPeople, dutylog.RosterLeft, dutylog.RosterServed, dutylog.RosterTooLong, dutylog.RosterNoPhone} {
		remedy := dutylog.RosterFinding{Reason: r}.Remedy()
		if len(remedy) < 20 || said[remedy] {
			t.Errorf("%s: %q", r, remedy)
		}
		said[remedy] = true
	}
}

// A shift in force that changes hands or times, or goes, is told with a reason; one that is new or has another number is not.
func TestWhichChangesOfARosterWantAReason(t *testing.T) {
	const first = "2026-12-10 08:00 2026-12-11 08:00 officer 李娜 139"
	for name, c := range map[string]struct {
		after string
		want  bool
	}{
		"nothing":        {first, false},
		"another number": {"2026-12-10 08:00 2026-12-11 08:00 officer 李娜 138", false},
		"one more":       {first + "\n2026-12-11 08:00 2026-12-12 08:00 officer 王强 139", false},
		"another one":    {"2026-12-10 08:00 2026-12-11 08:00 officer 王强 139", true},
		"another time":   {"2026-12-10 08:00 2026-12-10 20:00 officer 李娜 139", true},
		"another post":   {"2026-12-10 08:00 2026-12-11 08:00 leader 李娜 139", true},
		"none":           {"", true},
	} {
		before, after := roster(t, first), roster(t, c.after)
		if got := dutylog.WantsReason(before, after); got != c.want || (dutylog.CheckReason(before, after, " ") != nil) != c.want || dutylog.CheckReason(before, after, "病假") != nil {
			t.Errorf("%s: %t", name, got)
		}
	}
}
