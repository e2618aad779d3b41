package main

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// A journal that cannot be read is down; one that Asterisk has not begun yet is not.
func TestAJournalThatCannotBeReadIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		r.set(cel.Status{Problem: "the switch's journal does not exist", Unwritten: true})
		if _, intervals, _ := r.after(time.Minute); len(intervals) != 0 {
			t.Errorf("before the first call: %+v", intervals)
		}
		r.set(cel.Status{Problem: "the folder of the switch's journal does not exist"})
		since := time.Now()
		_, intervals, _ := r.after(time.Minute)
		if len(intervals) != 1 || intervals[0].Cause != "the folder of the switch's journal does not exist" || intervals[0].From.Sub(since) > time.Second {
			t.Errorf("intervals %+v", intervals)
		}
	})
}

// One that cannot be read when the daemon starts is down since the last run read it; once it is read on without a gap,
// nothing of it is lost.
func TestAJournalThatCannotBeReadAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		r.lastRun = time.Now().Add(-4 * time.Hour)
		r.set(cel.Status{Problem: "permission denied"})
		if _, intervals, _ := r.after(time.Second); len(intervals) != 1 || !intervals[0].From.Equal(r.lastRun) || !intervals[0].To.IsZero() {
			t.Fatalf("nobody reads it since %v: %+v", r.lastRun, intervals)
		}
		r.set(cel.Status{})
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("8", r.lastRun.Add(time.Hour)), Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if _, intervals, _ := r.after(15 * time.Second); len(intervals) != 1 || !intervals[0].To.Equal(r.lastRun) || r.Down() != "" {
			t.Errorf("all of it is read: %+v", intervals)
		}
	})
}

// A full disk leaves half a row, and the next one is written behind it: the journal is written again.
func TestAJournalIsUpAgainWithTheFirstRowBehindGarbage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		seen := telephony.Call{ID: "7", Line: "duty", Outcome: telephony.Missed, OfferedAt: time.Now().Add(-20 * time.Second), EndedAt: time.Now()}
		r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &seen}})
		r.after(journalLate + time.Second)
		back := time.Now()
		rows := append([]telephony.Row{{Kind: telephony.RowDamaged}}, callRows("8", back)...)
		if err := r.Batch(t.Context(), cel.Batch{Rows: rows, Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		_, intervals, _ := r.after(time.Minute)
		if !slices.ContainsFunc(intervals, func(i telephony.Interval) bool { return i.From.Equal(seen.OfferedAt) && i.To.Equal(back) }) || r.Down() != "" {
			t.Errorf("it is written again: %q, %+v", r.Down(), intervals)
		}
	})
}

// A disk that stands still holds the live view up, and what the switch told of a call's end waits behind it: the journal's word
// comes after that (torture seed 88458402).
func TestACallIsNotSettledBeforeALiveViewThatIsHeldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		r.holdsUp(5 * time.Second)
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("1", time.Now().Add(-8*time.Second)), Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		if calls, _, at := r.after(settleAfter + 4*time.Second); len(calls) != 0 || at != nil {
			t.Errorf("settled before the live view heard how it ended: %v, read up to %+v", calls, at)
		}
		if calls, _, _ := r.after(2 * time.Second); len(calls) != 1 {
			t.Errorf("settled %v", calls)
		}
		r.holdsUp(0)
	})
}
