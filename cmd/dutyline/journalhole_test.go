package main

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

const unreadable = "rows of the switch's journal could not be read"

// The daemon was dead for eight hours. A damaged row ends a batch, or a file: the row that comes next
// says until when nothing is known, else when the file was written last; until then it is read again after a restart.
func TestAHoleLastsUntilTheNextRow(t *testing.T) {
	for _, then := range []string{"a row", "another damaged one, and a row", "nothing"} {
		synctest.Test(t, func(t *testing.T) {
			r := newReader(t)
			began := time.Now().Add(-8 * time.Hour)
			rows := callRows("1", began.Add(time.Minute))
			damaged := telephony.Row{Kind: telephony.RowDamaged}
			r.resume(telephony.Position{File: "cel.jsonl", Offset: 5, LastAt: began}, nil, nil, nil)
			give := func(offset int64, rows ...telephony.Row) {
				if err := r.Batch(t.Context(), cel.Batch{Rows: rows, Position: readTo(offset), Written: began.Add(30 * time.Second)}); err != nil {
					t.Fatal(err)
				}
			}
			want := telephony.Interval{Kind: telephony.JournalDown, From: began, To: rows[0].At, Cause: unreadable}
			give(6, damaged)
			if _, intervals, at := r.after(journalTick); len(intervals) != 0 || at != nil {
				t.Fatalf("%s: stated as %+v, and read up to %+v", then, intervals, at)
			}
			switch then {
			case "nothing":
				want.To = began.Add(30 * time.Second)
			case "a row":
				give(20, rows...)
			default:
				give(7, damaged)
				give(20, rows...)
			}
			if _, intervals, at := r.after(time.Minute); !slices.Equal(intervals, []telephony.Interval{want}) || at == nil {
				t.Errorf("%s: %+v, want %+v; read up to %+v", then, intervals, want, at)
			}
		})
	}
}

// The journal was read past the moment in which a call came that the live view saw, and has no row of it: they are lost.
func TestACallThatTheJournalLacksIsAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		seen := telephony.Call{ID: "1", Line: "duty", Outcome: telephony.Unknown, Findings: []telephony.Finding{telephony.SeenInPart}, OfferedAt: time.Now().Add(-8 * time.Second), EndedAt: time.Now()}
		r.Told([]telephony.Change{{Kind: telephony.CallEnded, Call: &seen}})
		if err := r.Batch(t.Context(), cel.Batch{Rows: callRows("2", seen.EndedAt.Add(12*time.Second)), Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		_, intervals, _ := r.after(time.Minute)
		if len(intervals) != 1 || intervals[0].Kind != telephony.JournalDown || !intervals[0].From.Equal(seen.OfferedAt) || !intervals[0].To.Equal(seen.EndedAt) {
			t.Errorf("intervals: %+v", intervals)
		}
	})
}

// A call came and ended while the daemon was dead, and the row that ends it is lost. The switch does not have it
// any more when it is seen again: it is settled as soon as no row of it can be under way, and not a day later.
func TestACallThatEndedUnseenWithoutItsLastRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		rows := callRows("1", time.Now().Add(-time.Hour))
		if err := r.Batch(t.Context(), cel.Batch{Rows: rows[:len(rows)-1], Position: readTo(13)}); err != nil {
			t.Fatal(err)
		}
		r.SwitchSeen(telephony.Snapshot{At: time.Now(), Started: time.Now().Add(-24 * time.Hour)})
		if calls, _, _ := r.after(journalLate - time.Second); len(calls) != 0 {
			t.Errorf("its last row may still be under way: %+v", calls)
		}
		calls, intervals, at := r.after(5 * time.Second)
		if len(calls) != 1 || !slices.Contains(calls[0].Findings, telephony.JournalInPart) || slices.Contains(calls[0].Findings, telephony.CutBySwitch) {
			t.Fatalf("settled %+v", calls)
		}
		if end := rows[len(rows)-1].At; len(intervals) != 1 || !intervals[0].From.Equal(rows[0].At) || !intervals[0].To.Equal(end) || at == nil || at.Place() != readTo(13).Place() {
			t.Errorf("intervals %+v, read up to %+v", intervals, at)
		}
	})
}
