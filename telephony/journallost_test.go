package telephony_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
)

// A call's lost first rows stood before rows of others that were written: the time that is stated
// as lost begins when the switch made the call.
func TestTheTimeOfLostFirstRowsBeginsWithTheCall(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	made, _, _ := strings.Cut(strings.TrimPrefix(rows[0].LinkedID, "test-"), ".")
	second, err := strconv.ParseInt(made, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	other := telephony.Row{Kind: telephony.RowHangup, UniqueID: "1.1", LinkedID: "1.1", At: rows[2].At}
	got := telephony.NewJournal(journalLine()).Read(append([]telephony.Row{other}, rows[3:]...), place(0), place(9), sceneStart, 0)
	if len(got) != 1 || !got[0].Lost.From.Equal(time.Unix(second, 0)) || got[0].Lost.To.Before(rows[len(rows)-1].At) {
		t.Errorf("made in second %d, the other row at %v: %+v", second, other.At, got)
	}
}

// A call came and ended while nobody looked, and its last row is lost. The switch lived on, and has no
// channel of it any more: it is known in part, and the switch did not cut it.
func TestACallThatIsNotOnTheSwitchAnyMoreIsSettledInPart(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	rows = rows[:len(rows)-1] // LINKEDID_END
	seen := rows[len(rows)-1].At
	j := telephony.NewJournal(journalLine())
	j.Read(rows, place(0), place(9), seen.Add(8*time.Hour), 0)
	if got := j.NotHere(seen, nil); len(got) != 0 {
		t.Fatalf("a row came since the switch was looked at: %+v", got)
	}
	if got := j.NotHere(seen.Add(time.Hour), map[string]bool{rows[0].UniqueID: true}); len(got) != 0 {
		t.Fatalf("it is on the switch: %+v", got)
	}
	got := j.NotHere(seen.Add(time.Hour), map[string]bool{"another": true})
	if len(got) != 1 || got[0].Call.Outcome != telephony.Unknown || !slices.Contains(got[0].Call.Findings, telephony.JournalInPart) ||
		slices.Contains(got[0].Call.Findings, telephony.CutBySwitch) || got[0].Call.EndedAt.After(seen) || got[0].Lost.To.After(seen) || j.Open() != 0 {
		t.Errorf("%d open, settled %+v", j.Open(), got)
	}
}

// Where a hole in the journal took its last rows, that hole is stated (torture seed 694874585).
func TestACallThatIsNotHereEndedInTheHole(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	j := telephony.NewJournal(journalLine())
	j.Read(rows[:len(rows)-3], place(0), place(9), sceneStart, 0)
	j.Broken()
	after := telephony.Row{Kind: telephony.RowHangup, UniqueID: "1.1", LinkedID: "1.1", At: rows[len(rows)-1].At.Add(2 * time.Second)}
	j.Read([]telephony.Row{after}, place(9), place(10), after.At, 0)
	got := j.NotHere(after.At.Add(time.Hour), nil)
	if len(got) == 0 || !got[0].Lost.To.Equal(after.At) {
		t.Errorf("%+v", got)
	}
}

// The machine's clock was a year ahead for a while, and is right again: calls from then on are not of a
// clock that is behind.
func TestAClockThatIsRightAgainIsNotBehind(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	moved := func(id string, by time.Duration) (out []telephony.Row) {
		for _, r := range rows {
			r.At, r.LinkedID, r.UniqueID = r.At.Add(by), id+r.LinkedID, id+r.UniqueID
			out = append(out, r)
		}
		return out
	}
	wrong, right := moved("1", 365*24*time.Hour), moved("2", time.Hour)
	from := place(9)
	from.LastAt = wrong[len(wrong)-1].At
	j := telephony.NewJournal(journalLine())
	j.Read(wrong, place(0), from, from.LastAt, 0)
	got := j.Read(right, from, place(18), right[len(right)-1].At, time.Hour)
	if len(got) != 1 || slices.Contains(got[0].Call.Findings, telephony.SwitchClockBehind) {
		t.Errorf("the clock is right: %+v", got)
	}
}

// What is read again of a settled call is no loss, once: a switch that begins anew may give its id to another.
func TestTheIDOfASettledCallMayComeAgain(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	j := telephony.NewJournal(journalLine())
	j.Settled([]string{rows[0].UniqueID})
	for n, want := range []int{0, 1} {
		if got := j.Read(rows[3:], place(int64(n)), place(int64(n+1)), sceneStart, 0); len(got) != want || want == 1 && got[0].Lost.Kind != telephony.JournalDown {
			t.Errorf("the last rows of it, time %d: %+v", n+1, got)
		}
	}
}

// Rows of a call are lost, the last of them among those. When the switch is started again much later, it was
// not under way until then: it ended in the hole, and no more than that is stated as lost.
func TestACallThatEndedInAHoleIsNotCutByALaterRestart(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	j := telephony.NewJournal(journalLine())
	j.Read(rows[:len(rows)-3], place(0), place(9), sceneStart, 0)
	j.Broken()
	after := telephony.Row{Kind: telephony.RowHangup, UniqueID: "1.1", LinkedID: "1.1", At: rows[len(rows)-1].At.Add(2 * time.Second)}
	odd := after // of a clock that was wrong: it ends no hole
	odd.At = after.At.AddDate(900, 0, 0)
	j.Read([]telephony.Row{odd, after}, place(9), place(10), after.At, 0)
	got := j.SwitchStarted(after.At.Add(time.Hour), nil)
	if len(got) == 0 || got[0].Lost.Kind != telephony.JournalDown || !got[0].Lost.To.Equal(after.At) || got[0].Call.EndedAt.After(after.At) ||
		slices.Contains(got[0].Call.Findings, telephony.CutBySwitch) {
		t.Errorf("%+v", got)
	}
}

// What a call lost in a hole between its first row and its last is lost in that hole, and in no more of its time.
func TestACallWithItsFirstAndLastRowLostNoMoreThanTheHole(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	j := telephony.NewJournal(journalLine())
	before, last := rows[:4], rows[len(rows)-1]
	j.Read(before, place(0), place(4), before[3].At, 0)
	j.Broken()
	after := telephony.Row{Kind: telephony.RowHangup, UniqueID: "1.1", LinkedID: "1.1", At: before[3].At.Add(time.Millisecond)}
	last.At = after.At.Add(time.Hour)
	got := j.Read([]telephony.Row{after, last}, place(9), place(10), last.At, 0)
	if len(got) != 1 || !got[0].Lost.From.Equal(before[3].At) || !got[0].Lost.To.Equal(after.At) {
		t.Errorf("the hole is from %v to %v: %+v", before[3].At, after.At, got)
	}
}
