package dutylog_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// blindTimes are closed times in a week in which summer time ends, none overlaps another.
func blindTimes(r *rand.Rand, from, to time.Time) (all []telephony.Interval) {
	for at := from.Add(-3 * time.Hour); at.Before(to); {
		at = at.Add(time.Duration(1+r.IntN(20_000)) * time.Second)
		end := at.Add(time.Duration(1+r.IntN(9000)) * time.Second)
		all = append(all, telephony.Interval{Kind: telephony.BlindInterval, From: at, To: end})
		at = end
	}
	return all
}

// However the time is cut, nobody saw the same seconds of it: hours and days, and weekdays with hours, add up.
func TestBlindTimeAddsUp(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"} {
		loc := zone(t, name)
		from, to := dutylog.Date("2026-10-22").Start(loc), dutylog.Date("2026-10-29").Start(loc)
		span := dutylog.AnsweringSpan{From: from, To: to, Zone: loc, Blind: blindTimes(rand.New(rand.NewPCG(4, 4)), from, to)}
		for _, by := range []dutylog.Grouping{dutylog.ByHour, dutylog.ByDay, dutylog.ByMonth, dutylog.ByWeekHour} {
			groups, total := dutylog.NewAnswering(span, by, "").Groups()
			var sum time.Duration
			for _, g := range groups {
				sum += g.Blind
				if g.Blind < 0 || by != dutylog.ByWeekHour && g.Blind > g.To.Sub(g.From) {
					t.Errorf("%s by %s: %s was blind for %v of %v", name, by, g.Key, g.Blind, g.To.Sub(g.From))
				}
			}
			if sum != total.Blind || sum == 0 {
				t.Errorf("%s by %s: the groups were blind for %v, all of it for %v", name, by, sum, total.Blind)
			}
		}
	}
}

// Groups of the calendar are there when nobody called; those of people and lines are not.
func TestGroupsWithoutCalls(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	span := dutylog.AnsweringSpan{From: dutylog.Date("2026-10-30").Start(loc), To: dutylog.Date("2026-11-02").Start(loc), Zone: loc}
	for by, want := range map[dutylog.Grouping]int{dutylog.ByHour: 72, dutylog.ByDay: 3, dutylog.ByMonth: 2, dutylog.ByWeekHour: 168, dutylog.ByShift: 0, dutylog.ByOfficer: 0, dutylog.ByLine: 0} {
		groups, total := dutylog.NewAnswering(span, by, "").Groups()
		if len(groups) != want || total.Tally.Calls() != 0 {
			t.Errorf("by %s there are %d groups with %d calls, want %d", by, len(groups), total.Tally.Calls(), want)
		}
	}
	groups, _ := dutylog.NewAnswering(span, dutylog.ByMonth, "").Groups()
	if groups[0].Key != "2026-10" || !groups[0].From.Equal(span.From) || !groups[1].To.Equal(span.To) {
		t.Errorf("a month of which only a part was asked for is %v to %v", groups[0].From, groups[1].To)
	}
}

// One line's figures and those of the others add up to all.
func TestLinesAddUp(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	cells := dutylog.Cells{}
	for _, f := range someCalls(rand.New(rand.NewPCG(8, 1)), 800, loc) {
		cells.Add(f, loc)
	}
	code := cells.Encode()
	calls := func(line string) int {
		a := dutylog.NewAnswering(dutylog.AnsweringSpan{From: dutylog.Date("2026-10-01").Start(loc), To: dutylog.Date("2026-12-01").Start(loc), Zone: loc}, dutylog.ByOfficer, line)
		if err := a.AddDay(code); err != nil {
			t.Fatal(err)
		}
		groups, total := a.Groups()
		sum := 0
		for _, g := range groups {
			sum += g.Tally.Calls()
		}
		if sum != total.Tally.Calls() {
			t.Errorf("officers of line %q have %d calls, the line %d", line, sum, total.Tally.Calls())
		}
		return sum
	}
	if all := calls(""); all != calls("duty")+calls("fire") || all != 800 || calls("other") != 0 {
		t.Errorf("%d calls, of which %d and %d", all, calls("duty"), calls("fire"))
	}
}

func TestWhatDiffersFromAClosedMonth(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	one := func(day int, outcome telephony.Outcome) []byte {
		f := rang(outcome, 5*time.Second)
		f.Call.OfferedAt = time.Date(2026, 11, day, 9, 0, 0, 0, loc)
		cells := dutylog.Cells{}
		cells.Add(f, loc)
		return cells.Encode()
	}
	frozen := dutylog.FrozenMonth{Month: "2026-11", Tallies: map[dutylog.Date][]byte{"2026-11-03": one(3, telephony.Missed), "2026-11-04": one(4, telephony.AnsweredInTime)}}
	now := map[dutylog.Date][]byte{"2026-11-03": one(3, telephony.AnsweredLate), "2026-11-04": one(4, telephony.AnsweredInTime)}
	c, err := frozen.Corrects(now, nil, loc)
	if err != nil || !c.Differs() || !slices.Equal(c.Days, []dutylog.Date{"2026-11-03"}) {
		t.Fatalf("%v differ, %v", c.Days, err)
	}
	if then, today := shares(&c.Then.Tally, dutylog.FigureOnTime), shares(&c.Now.Tally, dutylog.FigureOnTime); then != "1/2 1/2" || today != "1/2 1/2" || c.Then.Tally.Outcomes()[telephony.Missed] != 1 {
		t.Errorf("on time was %s and is %s", then, today)
	}
	if len(c.ByDay) != 1 || c.ByDay[0].Day != "2026-11-03" || !slices.Contains(c.ByDay[0].Changes(), dutylog.FigureChange{Figure: dutylog.FigureMissed, Then: [2]int{1, 1}, Now: [2]int{0, 1}}) {
		t.Errorf("day by day: %+v", c.ByDay)
	}
	same, err := frozen.Corrects(map[dutylog.Date][]byte{"2026-11-03": frozen.Tallies["2026-11-03"], "2026-11-04": frozen.Tallies["2026-11-04"]}, nil, loc)
	if err != nil || same.Differs() {
		t.Errorf("nothing came later, yet %v differ; %v", same.Days, err)
	}
	if changed := frozen.Replace(now); !slices.Equal(changed, []dutylog.Date{"2026-11-03"}) || string(now["2026-11-03"]) != string(frozen.Tallies["2026-11-03"]) {
		t.Errorf("%v were put back", changed)
	}
	if _, err := frozen.Corrects(map[dutylog.Date][]byte{"2026-11-03": {9, 9}}, nil, loc); err == nil || !strings.Contains(err.Error(), "2026-11") {
		t.Errorf("a tally that is not readable: %v", err)
	}
}

func TestReasonsByWhichACallerWasReached(t *testing.T) {
	var reached []dutylog.SettledWhy
	for _, w := range append([]dutylog.SettledWhy{dutylog.SettledByCallBack, dutylog.SettledByCaller, dutylog.SettledByEntry, dutylog.NeverMissed, ""}, dutylog.SettledByHand()...) {
		if dutylog.BackOf(time.Unix(1, 0), w) == dutylog.BackReached {
			reached = append(reached, w)
		}
	}
	if diff := cmp.Diff([]dutylog.SettledWhy{"called_back", "called_again", "other_phone", "other_number", "other_way"}, reached); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
