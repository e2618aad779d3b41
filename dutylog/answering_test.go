package dutylog_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// The one table outcome × figure: ● numerator and denominator, ○ denominator only, · in neither.
func TestFiguresAreDefinedOnce(t *testing.T) {
	marks := map[dutylog.FigurePlace]string{dutylog.Nowhere: "·", dutylog.Below: "○", dutylog.Above: "●"}
	var text strings.Builder
	inbound := telephony.Outcomes()
	for _, r := range dutylog.FigureRules() {
		fmt.Fprintf(&text, "%s", r.Figure)
		if r.Judges {
			text.WriteString("  judges the officer: borderline and set aside count nowhere")
		}
		if r.Of != dutylog.AnyCall {
			fmt.Fprintf(&text, "  of: %s", r.Of)
		}
		if r.With != dutylog.AnyCall {
			fmt.Fprintf(&text, "  with: %s", r.With)
		}
		text.WriteString("\n")
		for _, o := range inbound {
			fmt.Fprintf(&text, "  %s %s\n", marks[r.Places[o]], o)
		}
	}
	goldenText(t, "answering.golden.txt", text.String())
}

// unknown and what was placed stand in no figure; every other outcome stands in some.
func TestNoFigureCountsWhatNobodySaw(t *testing.T) {
	for _, o := range telephony.Outcomes() {
		in := 0
		for _, r := range dutylog.FigureRules() {
			if r.Places[o] != dutylog.Nowhere {
				in++
			}
		}
		outgoing := strings.HasPrefix(string(o), "placed_")
		if wanted := o != telephony.Unknown && !outgoing; (in > 0) != wanted {
			t.Errorf("%s is in %d figures", o, in)
		}
	}
}

var nineOClock = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// rang is a call of an outcome that rang so long.
func rang(o telephony.Outcome, ring time.Duration, findings ...telephony.Finding) dutylog.CallFact {
	c := telephony.Call{ID: "1.1", Line: "duty", Direction: telephony.Inbound, Outcome: o, OfferedAt: nineOClock, Rule: "r1", Findings: findings, EndedAt: nineOClock.Add(time.Minute)}
	if o != telephony.Engaged && o != telephony.Unreachable {
		c.RangAt = nineOClock.Add(time.Second)
		c.RangUntil = c.RangAt.Add(ring)
	}
	if o == telephony.AnsweredInTime || o == telephony.AnsweredLate {
		c.AnsweredAt = c.RangUntil
	}
	return dutylog.CallFact{Call: c, Officer: "张伟"}
}

func tally(facts ...dutylog.CallFact) *dutylog.Tally {
	t := &dutylog.Tally{}
	for _, f := range facts {
		t.Add(f)
	}
	return t
}

// shares shows a figure as "numerator/denominator", measured and after review.
func shares(t *dutylog.Tally, f dutylog.Figure) string {
	rules := dutylog.FigureRules()
	r := rules[slices.IndexFunc(rules, func(r dutylog.FigureRule) bool { return r.Figure == f })]
	n, d := t.Of(r, false)
	rn, rd := t.Of(r, true)
	return fmt.Sprintf("%d/%d %d/%d", n, d, rn, rd)
}

func reviewed(f dutylog.CallFact, as dutylog.ReviewResult) dutylog.CallFact {
	f.Review = as
	return f
}

func TestWhatReviewsMakeOfFigures(t *testing.T) {
	border := telephony.BorderlineVerdict
	late := rang(telephony.AnsweredLate, 20*time.Second)
	line := rang(telephony.AnsweredLate, 15*time.Second, border)
	in := rang(telephony.AnsweredInTime, 8*time.Second)
	tight := rang(telephony.AnsweredInTime, 14950*time.Millisecond, border)
	for _, c := range []struct {
		name                  string
		facts                 []dutylog.CallFact
		onTime, missed, reach string
		undecided             int
	}{
		{"plain", []dutylog.CallFact{in, late, rang(telephony.Missed, 40*time.Second), rang(telephony.Rejected, time.Second)}, "1/4 1/4", "1/4 1/4", "2/4 2/4", 0},
		{"a borderline answer is not late until somebody decides", []dutylog.CallFact{in, line}, "1/1 1/1", "0/1 0/1", "2/2 2/2", 1},
		{"decided late", []dutylog.CallFact{in, reviewed(line, dutylog.ReviewCountsLate)}, "1/1 1/2", "0/1 0/2", "2/2 2/2", 0},
		{"decided in time", []dutylog.CallFact{in, reviewed(line, dutylog.ReviewCountsInTime)}, "1/1 2/2", "0/1 0/2", "2/2 2/2", 0},
		{"borderline, yet in time, counts in time", []dutylog.CallFact{tight}, "1/1 1/1", "0/1 0/1", "1/1 1/1", 0},
		{"set aside: the line's own figure stays", []dutylog.CallFact{in, reviewed(late, dutylog.ReviewSetAside)}, "1/2 1/1", "0/2 0/1", "2/2 2/2", 0},
		{"a missed call set aside", []dutylog.CallFact{in, reviewed(rang(telephony.Missed, 40*time.Second), dutylog.ReviewSetAside)}, "1/2 1/1", "1/2 0/1", "1/2 1/2", 0},
		{"a borderline one set aside", []dutylog.CallFact{reviewed(line, dutylog.ReviewSetAside)}, "0/0 0/0", "0/0 0/0", "1/1 1/1", 0},
		{"nothing that nobody saw", []dutylog.CallFact{in, rang(telephony.Unknown, 0)}, "1/1 1/1", "0/1 0/1", "1/1 1/1", 0},
		{"who gives up early is nobody's fault", []dutylog.CallFact{in, rang(telephony.AbandonedEarly, 4*time.Second)}, "1/1 1/1", "0/1 0/1", "1/1 1/1", 0},
		{"engaged counts against the line only", []dutylog.CallFact{in, rang(telephony.Engaged, 0)}, "1/1 1/1", "0/1 0/1", "1/2 1/2", 0},
	} {
		sum := tally(c.facts...)
		got := []string{shares(sum, dutylog.FigureOnTime), shares(sum, dutylog.FigureMissed), shares(sum, dutylog.FigureAnswerRate)}
		if diff := cmp.Diff([]string{c.onTime, c.missed, c.reach}, got); diff != "" || sum.Undecided() != c.undecided {
			t.Errorf("%s: %d undecided, want %d (-want +got):\n%s", c.name, sum.Undecided(), c.undecided, diff)
		}
	}
}

func TestWhichCallsFiguresCount(t *testing.T) {
	base := rang(telephony.AnsweredInTime, time.Second).Call
	out, test, system, runs, check := base, base, base, base, base
	out.Direction = telephony.Outbound
	test.Tags, system.Tags, check.Tags = []telephony.Tag{telephony.TagTest}, []telephony.Tag{telephony.TagSystem}, []telephony.Tag{telephony.TagSpotCheck, telephony.TagNuisance}
	runs.EndedAt = time.Time{}
	for _, c := range []struct {
		call telephony.Call
		want dutylog.Counting
	}{{base, dutylog.CallCounts}, {check, dutylog.CallCounts}, {out, dutylog.CallGoesOut}, {test, dutylog.CallIsTest}, {system, dutylog.CallIsSystem}, {runs, dutylog.CallRuns}} {
		if got := dutylog.CountingOf(c.call); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.call.Direction, c.call.Tags, got, c.want)
		}
		if n := tally(dutylog.CallFact{Call: c.call}).Calls(); (n == 1) != (c.want == dutylog.CallCounts) {
			t.Errorf("%s: %d calls were counted", c.want, n)
		}
	}
}

func TestTraitsOfCalls(t *testing.T) {
	early, slow := rang(telephony.AnsweredInTime, 13900*time.Millisecond), rang(telephony.AnsweredInTime, 14*time.Second) // and a second before the bell
	early.Verified, early.Complete, early.Entered, early.NotGiven = true, true, 95*time.Second, true
	slow.Refused = true // without a complete entry it is no value yet
	missed := rang(telephony.Missed, 30*time.Second)
	missed.CalledBack, missed.BackAfter = true, 61900*time.Millisecond
	back := early
	back.Call.AnsweredAt = nineOClock.Add(-time.Minute) // the clock was set back
	back.Verified, back.Complete = false, false
	sum := tally(early, slow, missed, back)
	for f, want := range map[dutylog.Figure]string{
		dutylog.FigureWithin15: "1/4 1/4", dutylog.FigureRecorded: "1/3 1/3", dutylog.FigureCalledBack: "1/1 1/1",
		dutylog.FigureComplete: "1/4 1/4", dutylog.FigureNotGiven: "1/1 1/1", dutylog.FigureValueRefused: "0/1 0/1",
	} {
		if got := shares(sum, f); got != want {
			t.Errorf("%s is %s, want %s", f, got, want)
		}
	}
	if diff := cmp.Diff(dutylog.SpreadSummary{N: 2, Mean: 139.5, P50: 139, P90: 140, P95: 140, Max: 140}, sum.Rings.Summary()); diff != "" {
		t.Errorf("rings, without the one that the clock made negative (-want +got):\n%s", diff)
	}
	if s := sum.CalledBack.Summary(); s.N != 1 || s.Max != 61 {
		t.Errorf("called back after %+v", s)
	}
	if s := sum.Entering.Summary(); s.N != 1 || s.Mean != 95 {
		t.Errorf("entered after %+v", s)
	}
}

func TestRateNeedsTwenty(t *testing.T) {
	if _, known := dutylog.Rate(19, 19); known {
		t.Error("19 of 19 is shown as a rate")
	}
	if r, known := dutylog.Rate(19, 20); !known || r != 0.95 {
		t.Errorf("19 of 20 is %v, %v", r, known)
	}
}

// Nearest rank: of a hundred values 1 to 100, P90 is the ninetieth.
func TestPercentilesAreNearestRank(t *testing.T) {
	var facts []dutylog.CallFact
	for n := range 100 {
		facts = append(facts, rang(telephony.AnsweredInTime, time.Duration(100-n)*100*time.Millisecond+99*time.Millisecond))
	}
	want := dutylog.SpreadSummary{N: 100, Mean: 50.5, P50: 50, P90: 90, P95: 95, Max: 100}
	if diff := cmp.Diff(want, tally(facts...).Rings.Summary()); diff != "" {
		t.Error(diff)
	}
	want = dutylog.SpreadSummary{N: 1, Mean: 7, P50: 7, P90: 7, P95: 7, Max: 7}
	if diff := cmp.Diff(want, tally(rang(telephony.AnsweredInTime, 700*time.Millisecond)).Rings.Summary()); diff != "" {
		t.Error(diff)
	}
	if got := tally().Rings.Summary(); got != (dutylog.SpreadSummary{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestDaysAndHoursOfTheSitesClock(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		hours     []string // the first and last ones, and how many
		length    time.Duration
	}{
		{"Asia/Shanghai", "2026-10-25", []string{"2026-10-25T00:00:00+08:00", "2026-10-25T23:00:00+08:00", "24"}, 24 * time.Hour},
		{"Europe/Berlin", "2026-10-25", []string{"2026-10-25T00:00:00+02:00", "2026-10-25T23:00:00+01:00", "25"}, 25 * time.Hour},
		{"Europe/Berlin", "2026-03-29", []string{"2026-03-29T00:00:00+01:00", "2026-03-29T23:00:00+02:00", "23"}, 23 * time.Hour},
		{"Australia/Lord_Howe", "2026-04-05", []string{"2026-04-05T00:00:00+11:00", "2026-04-05T23:00:00+10:30", "25"}, 24*time.Hour + 30*time.Minute},
		{"America/Sao_Paulo", "2018-11-04", []string{"2018-11-04T01:00:00-02:00", "2018-11-04T23:00:00-02:00", "23"}, 23 * time.Hour}, // it has no midnight
		{"America/Havana", "2026-11-01", []string{"2026-11-01T00:00:00-04:00", "2026-11-01T23:00:00-05:00", "25"}, 25 * time.Hour},    // it has two
		{"Asia/Kathmandu", "2026-01-01", []string{"2026-01-01T00:00:00+05:45", "2026-01-01T23:00:00+05:45", "24"}, 24 * time.Hour},
	} {
		loc, d := zone(t, c.zone), dutylog.Date(c.day)
		span := dutylog.AnsweringSpan{From: d.Start(loc), To: d.Add(1).Start(loc), Zone: loc}
		if got := span.To.Sub(span.From); got != c.length {
			t.Errorf("%s has a %s of %v, want %v", c.zone, c.day, got, c.length)
		}
		if err := span.Check(dutylog.ByHour); err != nil {
			t.Errorf("%s: %v", c.zone, err)
		}
		groups, _ := dutylog.NewAnswering(span, dutylog.ByHour, "").Groups()
		got := []string{groups[0].Key, groups[len(groups)-1].Key, fmt.Sprint(len(groups))}
		if diff := cmp.Diff(c.hours, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.zone, diff)
		}
		for i, g := range groups[1:] {
			if !g.From.Equal(groups[i].To) {
				t.Errorf("%s: %s ends at %v, %s begins at %v", c.zone, groups[i].Key, groups[i].To, g.Key, g.From)
			}
		}
	}
}

func TestSpansThatCannotBeTold(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(hour int) time.Time { return time.Date(2026, 11, 1, hour, 0, 0, 0, loc) }
	for _, c := range []struct {
		from, to time.Time
		by       dutylog.Grouping
		field    string
	}{
		{at(0), at(24), "week", "by"},
		{at(5), at(5), dutylog.ByDay, "to"},
		{at(5).Add(time.Minute), at(8), dutylog.ByDay, "from"},
		{at(5), at(8).Add(time.Second), dutylog.ByDay, "to"},
		{at(0), at(9*24 + 1), dutylog.ByHour, "to"},
		{at(0), at(8 * 24), dutylog.ByHour, ""},
		{at(0), at(400 * 24), dutylog.ByDay, ""},
		{at(0), at(402 * 24), dutylog.ByDay, "to"},
		{at(0), at(3000 * 24), dutylog.ByMonth, ""},
	} {
		err := dutylog.AnsweringSpan{From: c.from, To: c.to, Zone: loc}.Check(c.by)
		var invalid *dutylog.InvalidError
		if got := errors.As(err, &invalid); got != (c.field != "") || got && invalid.Field != c.field {
			t.Errorf("%v to %v by %s: %v, want a fault of %q", c.from, c.to, c.by, err, c.field)
		}
	}
}

func TestShiftOfACall(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, loc) }
	shifts := []dutylog.Shift{
		{From: at(1, 8), To: at(4, 8), Post: dutylog.PostOfficer, Name: "张伟"}, // three days
		{From: at(1, 0), To: at(9, 0), Post: dutylog.PostLeader, Name: "赵振华"},
		{From: at(3, 20), To: at(4, 8), Post: dutylog.PostOfficer, Name: "李娜"}, // joins for a night
		{From: at(3, 20), To: at(4, 2), Post: dutylog.PostOfficer, Name: "王磊"}, // and one for half of it
	}
	for _, c := range []struct {
		at   time.Time
		want dutylog.ShiftSpan
	}{
		{at(1, 7), dutylog.ShiftSpan{}},
		{at(1, 8), dutylog.ShiftSpan{From: at(1, 8), To: at(2, 8)}},
		{at(2, 8), dutylog.ShiftSpan{From: at(2, 8), To: at(3, 8)}},
		{at(3, 21), dutylog.ShiftSpan{From: at(3, 20), To: at(4, 2)}},
		{at(4, 3), dutylog.ShiftSpan{From: at(3, 20), To: at(4, 8)}},
		{at(4, 8), dutylog.ShiftSpan{}},
	} {
		got := dutylog.ShiftAt(shifts, c.at, loc)
		if !got.From.Equal(c.want.From) || !got.To.Equal(c.want.To) {
			t.Errorf("at %v: %v, want %v", c.at, got, c.want)
		}
	}
}

// someCalls are calls of every kind over a few weeks.
func someCalls(r *rand.Rand, n int, loc *time.Location) (facts []dutylog.CallFact) {
	begin := time.Date(2026, 10, 12, 0, 0, 0, 0, loc)
	inbound := telephony.Outcomes()[:11]
	for range n {
		f := rang(inbound[r.IntN(len(inbound))], time.Duration(r.IntN(40_000))*time.Millisecond)
		shift := begin.Add(time.Duration(r.IntN(21*24*3600)) * time.Second).Sub(f.Call.OfferedAt)
		for _, at := range []*time.Time{&f.Call.OfferedAt, &f.Call.RangAt, &f.Call.AnsweredAt, &f.Call.EndedAt} {
			if !at.IsZero() {
				*at = at.Add(shift)
			}
		}
		f.Call.Line, f.Officer, f.Call.Rule = []string{"duty", "fire"}[r.IntN(2)], []string{"", "张伟", "李娜"}[r.IntN(3)], []string{"", "r1", "r2"}[r.IntN(3)]
		f.Complete, f.Entered, f.Verified, f.CalledBack = r.IntN(2) == 0, time.Duration(r.IntN(9000))*time.Second, r.IntN(2) == 0, r.IntN(2) == 0
		f.Review = []dutylog.ReviewResult{"", "", dutylog.ReviewSetAside, dutylog.ReviewCountsLate, dutylog.ReviewCountsInTime}[r.IntN(5)]
		if r.IntN(3) == 0 {
			f.Shift = dutylog.ShiftSpan{From: begin, To: begin.Add(12 * time.Hour)}
		}
		facts = append(facts, f)
	}
	return facts
}

// everything of a tally that can be read.
func everything(t *dutylog.Tally) map[string]any {
	all := map[string]any{"outcomes": t.Outcomes(), "calls": t.Calls(), "rules": t.Rules(), "reviewed": t.Reviewed(), "undecided": t.Undecided(),
		"rings": t.Rings.Summary(), "entering": t.Entering.Summary(), "back": t.CalledBack.Summary()}
	for _, r := range dutylog.FigureRules() {
		all[string(r.Figure)] = shares(t, r.Figure)
	}
	return all
}

// However calls are grouped, the groups add up to the same; and a tally that was written down says what it said.
func TestSumsOfGroupsAreTheWhole(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	facts := someCalls(rand.New(rand.NewPCG(1, 7)), 3000, loc)
	days, direct := map[dutylog.Date]dutylog.Cells{}, &dutylog.Tally{}
	from, to := dutylog.Date("2026-10-20").Start(loc), dutylog.Date("2026-10-27").Start(loc)
	for _, f := range facts {
		d := dutylog.DateOf(f.Call.OfferedAt, loc)
		if days[d] == nil {
			days[d] = dutylog.Cells{}
		}
		days[d].Add(f, loc)
		if at := f.Call.OfferedAt; !at.Before(from) && at.Before(to) {
			direct.Add(f)
		}
	}
	want := everything(direct)
	for _, by := range dutylog.Groupings() {
		a := dutylog.NewAnswering(dutylog.AnsweringSpan{From: from, To: to, Zone: loc}, by, "")
		for _, cells := range days {
			if err := a.AddDay(cells.Encode()); err != nil {
				t.Fatal(err)
			}
		}
		_, total := a.Groups()
		if diff := cmp.Diff(want, everything(&total.Tally)); diff != "" {
			t.Errorf("by %s (-counted +added up):\n%s", by, diff)
		}
	}
}

func TestTheOrderOfCallsDoesNotMatter(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	r := rand.New(rand.NewPCG(3, 9))
	facts := someCalls(r, 500, loc)
	one, other := dutylog.Cells{}, dutylog.Cells{}
	for _, f := range facts {
		one.Add(f, loc)
	}
	r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	for _, f := range facts {
		other.Add(f, loc)
	}
	if string(one.Encode()) != string(other.Encode()) {
		t.Error("the same calls in another order are written down otherwise")
	}
}

func FuzzTalliesAreReadOrRefused(f *testing.F) {
	cells := dutylog.Cells{}
	loc := zone(f, "Asia/Shanghai")
	for _, c := range someCalls(rand.New(rand.NewPCG(5, 5)), 40, loc) {
		cells.Add(c, loc)
	}
	whole := cells.Encode()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(dutylog.Cells{}.Encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, code []byte) {
		again := dutylog.Cells{}
		err := dutylog.AddCells(code, func(k dutylog.CellKey) *dutylog.Tally {
			if again[k] == nil {
				again[k] = &dutylog.Tally{}
			}
			return again[k]
		})
		if err != nil {
			return
		}
		more := dutylog.Cells{}
		if err := dutylog.AddCells(again.Encode(), func(k dutylog.CellKey) *dutylog.Tally { more[k] = &dutylog.Tally{}; return more[k] }); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if string(more.Encode()) != string(again.Encode()) {
			t.Error("written down twice it is not the same")
		}
	})
}
