package telephony_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// clockSetAt is what the switch would have said, had somebody set its clock before the k-th
// event: stamps are of the new clock from then on, the creation of a channel stays as it was
// written down.
func clockSetAt(events []telephony.Event, k int, by time.Duration) []telephony.Event {
	from := events[k].At
	out := append(slices.Clone(events[:k]), telephony.Event{Kind: telephony.EventClockSet, By: by})
	for _, ev := range events[k:] {
		ev.At = ev.At.Add(by)
		for _, ch := range []*telephony.Channel{&ev.Channel, &ev.Peer, &ev.Second, &ev.Forwarded} {
			if !ch.Created.IsZero() && !ch.Created.Before(from) {
				ch.Created = ch.Created.Add(by)
			}
		}
		out = append(out, ev)
	}
	return out
}

// told is what does not depend on what the clock says: the verdict and all durations.
type told struct {
	ID               string
	Outcome          telephony.Outcome
	Rings            int
	Offer, Ring      time.Duration
	Talk             time.Duration
	HangupBy         telephony.Party
	Findings         []telephony.Finding
	Forwarded, Found string
}

func withoutClock(calls []telephony.Call) (out []told, set int) {
	for _, c := range calls {
		t := told{ID: c.ID, Outcome: c.Outcome, Rings: c.Rings, HangupBy: c.HangupBy, Forwarded: c.ForwardedTo, Found: c.RedirectedFrom,
			Offer: c.EndedAt.Sub(c.OfferedAt).Round(10 * time.Millisecond)} // a channel's creation and the news of it are 1 ms apart
		t.Ring, _ = c.RingFor()
		if !c.AnsweredAt.IsZero() {
			t.Talk = c.EndedAt.Sub(c.AnsweredAt)
		}
		for _, f := range c.Findings {
			if f == telephony.SwitchClockStepped {
				set++
			} else {
				t.Findings = append(t.Findings, f)
			}
		}
		out = append(out, t)
	}
	return out, set
}

// Whenever the switch's clock is set, no verdict and no duration changes: of every recorded
// trace, at five moments, forward and back.
func TestASetClockChangesNoVerdictAndNoDuration(t *testing.T) {
	marked := 0
	for _, name := range traceNames(t) {
		events := slices.DeleteFunc(trace(t, name), func(ev telephony.Event) bool { return ev.At.IsZero() })
		if len(events) == 0 {
			continue
		}
		run := func(events []telephony.Event) []telephony.Call {
			tracker := telephony.NewTracker(lines())
			var changes []telephony.Change
			for _, ev := range events {
				changes = append(changes, tracker.Apply(ev)...)
			}
			return ended(append(changes, tracker.Finish(events[len(events)-1].At)...))
		}
		want, _ := withoutClock(run(events))
		for part := 1; part <= 5; part++ {
			k := len(events) * part / 6
			for _, by := range []time.Duration{8 * time.Hour, -time.Hour} {
				got, set := withoutClock(run(clockSetAt(events, k, by)))
				marked += set
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, set by %v before event %d (-want +got):\n%s", name, by, k, diff)
				}
			}
		}
	}
	if marked < 200 {
		t.Errorf("only %d calls say that the clock was set", marked)
	}
}

// Rows of a clock that was set back in mid-call prove no duration.
func TestAJournalOfTwoClocksSettlesNoVerdict(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	whole := telephony.Settle(journalLine(), rows, time.Time{})
	answered := slices.IndexFunc(rows, func(r telephony.Row) bool { return r.Kind == telephony.RowAnswer })
	for i := answered; i < len(rows); i++ {
		rows[i].At = rows[i].At.Add(-time.Hour)
	}
	got := telephony.Settle(journalLine(), rows, time.Time{})
	if len(got) != 1 || got[0].Outcome != telephony.Unknown || !slices.Contains(got[0].Findings, telephony.SwitchClockStepped) {
		t.Fatalf("%+v", got)
	}
	live := whole[0]
	live.SettledBy, live.Findings = "", []telephony.Finding{telephony.SwitchClockStepped}
	for _, journal := range []telephony.Call{got[0], whole[0]} {
		out := telephony.Reconcile(live, journal)
		if out.Outcome != live.Outcome || out.SettledBy != telephony.SettledByARI || len(out.Findings) != 1 {
			t.Errorf("the live view saw all of it: %+v", out)
		}
	}
	moved := live
	moved.OfferedAt = moved.OfferedAt.Add(-time.Hour)
	if !telephony.OfOneCall(moved, got[0]) {
		t.Error("a call whose clock was set is taken for another one under the same id")
	}
}

// After the clock was set back, a new row still shows that the journal is written.
func TestTheNewestRowMayBeOlderThanTheOneBefore(t *testing.T) {
	rows := journal(t, "01_answered_caller_hangup")
	j := telephony.NewJournal(journalLine())
	now := rows[len(rows)-1].At
	j.Read(rows, place(0), place(1), now, 0)
	back := now.Add(-time.Hour)
	j.Read([]telephony.Row{{Kind: telephony.RowChanStart, UniqueID: "x", LinkedID: "x", At: back}}, place(1), place(2), back, time.Second)
	if !j.LastAt().Equal(back) {
		t.Errorf("the newest row is of %v, want %v", j.LastAt(), back)
	}
}
