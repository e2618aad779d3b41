package telephony_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

func blindAt(minute int) time.Time { return time.Date(2026, 11, 23, 3, minute, 0, 0, time.UTC) }

// unseen is an interval in minutes; a negative end goes on.
func unseen(kind telephony.IntervalKind, from, to int, cause string) telephony.Interval {
	i := telephony.Interval{Kind: kind, From: blindAt(from), Cause: cause}
	if to >= 0 {
		i.To = blindAt(to)
	}
	return i
}

func TestBlindCountsNoMomentTwice(t *testing.T) {
	live := func(from, to int) telephony.Interval { return unseen(telephony.LiveDown, from, to, "live") }
	journal := func(from, to int) telephony.Interval { return unseen(telephony.JournalDown, from, to, "journal") }
	blind := func(from, to int) telephony.Interval {
		return unseen(telephony.BlindInterval, from, to, "live; journal")
	}
	for _, c := range []struct {
		name  string
		facts []telephony.Interval
		want  []telephony.Interval
	}{
		{"the journal is down for two reasons at once", []telephony.Interval{live(0, 20), journal(2, 10), journal(5, 15)}, []telephony.Interval{blind(2, 15)}},
		{"and for one that goes on", []telephony.Interval{live(0, -1), journal(2, -1), journal(5, 15)}, []telephony.Interval{blind(2, -1)}},
		{"one reason after the other", []telephony.Interval{live(0, 20), journal(2, 5), journal(5, 8), journal(10, 12)}, []telephony.Interval{blind(2, 8), blind(10, 12)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, telephony.Blind(c.facts)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever the facts are, a minute is blind exactly when both eyes were down and the switch was
// not, and is so once.
func TestEveryMinuteIsBlindOnceOrNot(t *testing.T) {
	kinds := []telephony.IntervalKind{telephony.LiveDown, telephony.JournalDown, telephony.SwitchDown}
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 2000 {
		var facts []telephony.Interval
		for range r.IntN(9) {
			from := r.IntN(50)
			to := from + 1 + r.IntN(10)
			if r.IntN(8) == 0 {
				to = -1
			}
			facts = append(facts, unseen(kinds[r.IntN(3)], from, to, "x"))
		}
		got := telephony.Blind(facts)
		for minute := range 60 {
			at := blindAt(minute).Add(30 * time.Second)
			in := map[telephony.IntervalKind]int{}
			for _, i := range append(facts, got...) {
				if i.Overlaps(at, at) {
					in[i.Kind]++
				}
			}
			want := 0
			if in[telephony.LiveDown] > 0 && in[telephony.JournalDown] > 0 && in[telephony.SwitchDown] == 0 {
				want = 1
			}
			if in[telephony.BlindInterval] != want {
				t.Fatalf("run %d: minute %d is in %d blind intervals, want %d:\n%+v\nof %+v", n, minute, in[telephony.BlindInterval], want, got, facts)
			}
		}
	}
}
