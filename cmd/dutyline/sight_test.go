package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/telephony"
)

// TestSight: what the live view did not see, and when the switch itself was down.
func TestSight(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	const live, dead = telephony.LiveDown, telephony.SwitchDown
	interval := func(kind telephony.IntervalKind, from, to int) telephony.Interval {
		i := telephony.Interval{Kind: kind, From: at(from)}
		if to > 0 {
			i.To = at(to)
		}
		return i
	}
	for _, tt := range []struct {
		name    string
		alive   time.Time // last run: when the switch was last seen
		started time.Time // and when it had been started
		rows    []int     // of the journal
		lost    time.Time // in this run; zero: not at all
		seen    time.Time
		anew    time.Time // when the switch, as seen now, was started
		want    []telephony.Interval
	}{
		{name: "the first start", seen: at(5), anew: at(-900)},
		{name: "the daemon was stopped", alive: at(0), started: at(-900), seen: at(60), anew: at(-900),
			want: []telephony.Interval{interval(live, 0, 0), interval(live, 0, 60)}},
		{name: "the link was lost", started: at(-900), lost: at(10), seen: at(12), anew: at(-900),
			want: []telephony.Interval{interval(live, 10, 0), interval(live, 10, 12)}},
		{name: "the switch was restarted in sight", started: at(-900), lost: at(10), seen: at(14), anew: at(12),
			want: []telephony.Interval{interval(live, 10, 0), interval(live, 10, 14), interval(dead, 10, 14)}},
		{name: "the switch was restarted while nobody looked: its journal is the last sign of life", alive: at(0), started: at(-900),
			rows: []int{-20, 30}, seen: at(600), anew: at(40),
			want: []telephony.Interval{interval(live, 0, 0), interval(live, 0, 600), interval(dead, 30, 50)}},
		{name: "rows of after the restart are none", alive: at(0), started: at(-900), rows: []int{30, 100}, seen: at(600), anew: at(40),
			want: []telephony.Interval{interval(live, 0, 0), interval(live, 0, 600), interval(dead, 30, 50)}},
		{name: "a row of the very second of the start may be of before it", alive: at(0), started: at(-900), rows: []int{40}, seen: at(600), anew: at(40),
			want: []telephony.Interval{interval(live, 0, 0), interval(live, 0, 600), interval(dead, 40, 50)}},
		{name: "a clock that was set back gives rows of before the restart late", alive: at(0), started: at(-900), rows: []int{3600, 20, 100}, seen: at(600), anew: at(40),
			want: []telephony.Interval{interval(live, 0, 0), interval(live, 0, 600), interval(dead, 20, 50)}},
		{name: "our clock is ahead of the switch's", alive: at(300), started: at(-900), seen: at(600), anew: at(40),
			want: []telephony.Interval{interval(live, 300, 0), interval(live, 300, 600), interval(dead, 40, 50)}},
		{name: "a switch that does not say when it was started", started: at(-900), lost: at(10), seen: at(12),
			want: []telephony.Interval{interval(live, 10, 0), interval(live, 10, 12)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var signs signsOfLife
			for _, row := range tt.rows {
				signs.add(at(row), at(row))
			}
			s := sight{lastSign: func(started time.Time, _ time.Duration) (time.Time, bool) { return signs.before(started), true }}
			changes := s.resume(tt.alive, tt.started)
			if !tt.lost.IsZero() {
				changes = append(changes, s.lost(tt.lost, "x")...)
				changes = append(changes, s.lost(tt.lost.Add(time.Second), "again")...)
			}
			changes = append(changes, s.seen(tt.seen, tt.anew, 0)...)
			var got []telephony.Interval
			for _, ch := range changes {
				got = append(got, *ch.Interval)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(telephony.Interval{}, "Cause")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if more := s.seen(tt.seen.Add(time.Minute), tt.anew, time.Minute); len(more) != 0 {
				t.Errorf("seen again without a loss: %v", more)
			}
		})
	}
}

// An interval that went on when the last run ended is ended, not begun anew.
func TestAnIntervalOutlivesARestart(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	var s sight
	s.take([]telephony.Interval{{Kind: telephony.JournalDown, From: noon}, {Kind: telephony.LiveDown, From: noon, Cause: "x"}})
	if begun := s.resume(noon.Add(time.Minute), time.Time{}); len(begun) != 0 {
		t.Errorf("begun anew: %v", begun)
	}
	got := s.seen(noon.Add(time.Hour), time.Time{}, 0)
	if len(got) != 1 || !got[0].Interval.From.Equal(noon) || !got[0].Interval.To.Equal(noon.Add(time.Hour)) {
		t.Errorf("ended: %+v", got)
	}
}

// The journal is taken out of the configuration while the daemon is down: nobody will read what was written since the last run.
func TestTheTimeBeforeAStartWithoutAJournalIsBlind(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	alive := now.Add(-4 * time.Hour)
	var s sight
	changes := slices.Concat(s.resume(alive, alive.Add(-time.Hour))[1:], s.seen(now, alive.Add(-time.Hour), time.Second), withoutJournal(nil, alive))
	var facts []telephony.Interval
	for _, ch := range changes {
		facts = append(facts, *ch.Interval)
	}
	if blind := telephony.Blind(facts); len(blind) != 1 || blind[0].Length(now) != 4*time.Hour {
		t.Errorf("blind %+v, of %+v", blind, facts)
	}
}
