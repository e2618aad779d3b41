package sqlite_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// How long nobody saw is the same however short the time is that is asked for: that the switch
// was down before is taken out of it too.
func TestBlindIntervalsDoNotDependOnTheQuestion(t *testing.T) {
	db := open(t)
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 3, minute, 0, 0, time.UTC) }
	for _, i := range []telephony.Interval{
		{Kind: telephony.LiveDown, From: at(0), To: at(30), Cause: "a"},
		{Kind: telephony.JournalDown, From: at(0), Cause: "b"},
		{Kind: telephony.SwitchDown, From: at(5), To: at(10), Cause: "c"},
	} {
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: i.From, Interval: &i}}))
	}
	blind := func(from, to time.Time) (all []telephony.Interval) {
		for _, i := range must(db.Intervals(ctx, from, to))(t) {
			if i.Kind == telephony.BlindInterval {
				all = append(all, i)
			}
		}
		return all
	}
	first := telephony.Interval{Kind: telephony.BlindInterval, From: at(0), To: at(5), Cause: "a; b"}
	second := telephony.Interval{Kind: telephony.BlindInterval, From: at(10), To: at(30), Cause: "a; b"}
	for _, c := range []struct {
		from, to time.Time
		want     []telephony.Interval
	}{
		{time.Time{}, time.Time{}, []telephony.Interval{first, second}},
		{at(20), at(25), []telephony.Interval{second}},
		{at(1), at(2), []telephony.Interval{first}},
		{at(6), at(7), nil},
		{at(40), time.Time{}, nil},
	} {
		if diff := cmp.Diff(c.want, blind(c.from, c.to)); diff != "" {
			t.Errorf("%v to %v (-want +got):\n%s", c.from, c.to, diff)
		}
	}
}

// What a second hole behind the same last row adds is stated behind the first: none is made longer.
func TestAnIntervalThatIsKnownToBeLongerGoesOn(t *testing.T) {
	db := open(t)
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 3, minute, 0, 0, time.UTC) }
	down := func(from, to int) telephony.Interval {
		return telephony.Interval{Kind: telephony.JournalDown, From: at(from), To: at(to), Cause: "b"}
	}
	for _, to := range []int{5, 20, 5, 20, 10} {
		i := down(0, to)
		ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.IntervalSeen, At: i.From, Interval: &i}}))
	}
	if diff := cmp.Diff([]telephony.Interval{down(0, 5), down(5, 20)}, must(db.Intervals(ctx, time.Time{}, time.Time{}))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
