package sqlite_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/recorder"
	"dutyline/telephony"
)

// settles says that the journal has the call so.
func settles(c telephony.Call) telephony.Change {
	c.SettledBy = telephony.SettledByJournal
	return telephony.Change{Kind: telephony.CallSettled, At: c.EndedAt, Line: c.Line, Call: &c}
}

// heard is a call that was answered after 3 s and ended after 30.
func heard(n int) telephony.Call {
	c := inbound(n, "02422730001")
	c.RangAt, c.AnsweredAt, c.EndedAt = c.OfferedAt.Add(5*time.Millisecond), c.OfferedAt.Add(3*time.Second), c.OfferedAt.Add(30*time.Second)
	c.RangUntil, c.Outcome, c.Reason, c.Rings, c.HangupBy = c.AnsweredAt, telephony.AnsweredInTime, telephony.ReasonAnswered, 1, telephony.ByCaller
	return c
}

func interval(kind telephony.IntervalKind, from, to time.Time) telephony.Change {
	return telephony.Change{Kind: telephony.IntervalSeen, At: from, Interval: &telephony.Interval{Kind: kind, From: from, To: to, Cause: "x"}}
}

// What was not seen to its end is settled by the journal: outcome, end, entry and recording
// follow, and saying it again changes nothing.
func TestTheJournalSettlesACallThatWasNotSeenToItsEnd(t *testing.T) {
	db := open(t)
	whole := heard(1)
	unseen := whole
	unseen.Outcome, unseen.Reason, unseen.AnsweredAt, unseen.RangUntil, unseen.Rings, unseen.HangupBy =
		telephony.Unknown, telephony.ReasonNotSeenToEnd, time.Time{}, time.Time{}, 0, ""
	unseen.EndedAt, unseen.Findings = whole.EndedAt.Add(time.Minute), []telephony.Finding{telephony.SeenInPart, telephony.EndNotSeen}
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallEnded, At: unseen.EndedAt, Line: "duty", Call: &unseen}}))
	if r := must(db.Recording(ctx, unseen.ID))(t); r.Status != recorder.Pending || r.Talk != 0 {
		t.Fatalf("what may have been answered: %+v", r)
	}
	if left := must(db.Remainder(ctx, whole.OfferedAt))(t).Unsettled; len(left) != 1 {
		t.Fatalf("%d calls wait to be settled", len(left))
	}
	ok(t, db.Record(ctx, []telephony.Change{settles(whole)}))
	got := must(db.Call(ctx, whole.ID))(t)
	if got.Outcome != telephony.AnsweredInTime || !got.EndedAt.Equal(whole.EndedAt) || got.SettledBy != telephony.SettledByJournal ||
		!cmp.Equal(got.Findings, []telephony.Finding{telephony.SeenInPart}) {
		t.Errorf("settled: %+v", got.Call)
	}
	if e := must(db.Entry(ctx, got.EntryID))(t); e.Kind != "duty" {
		t.Errorf("its entry is %s", e.Kind)
	}
	if r := must(db.Recording(ctx, unseen.ID))(t); r.Talk != 27*time.Second {
		t.Errorf("its recording is checked against %v", r.Talk)
	}
	before := last(t, db)
	ok(t, db.Record(ctx, []telephony.Change{settles(whole)}))
	later := whole
	later.Outcome, later.Rule = telephony.AnsweredLate, "a newer rule" // a verdict once given never changes
	ok(t, db.Record(ctx, []telephony.Change{settles(later)}))
	if after := last(t, db); after != before {
		t.Errorf("said again: %v", topics(since(t, db, before)))
	}
	if left := must(db.Remainder(ctx, whole.OfferedAt))(t).Unsettled; len(left) != 0 {
		t.Errorf("%d calls still wait", len(left))
	}
}

// The collector looks at the files of a call of which nobody knows yet that it was answered, finds nothing in
// them and removes them; then the journal has the answer. Before, the row said "none" and gave no reason.
func TestARecordingThatWasLookedAtTooSoonSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		ended func(*telephony.Call) // as the live view saw it
		late  bool                  // the collector's word comes after the journal's
	}{
		"taken for unanswered": {func(c *telephony.Call) {
			c.Outcome, c.Reason = telephony.AbandonedEarly, telephony.ReasonCallerLeftEarly
		}, false},
		"not known": {func(c *telephony.Call) { c.Outcome, c.Reason = telephony.Unknown, telephony.ReasonNotSeenToEnd }, false},
		"taken for unanswered, meanwhile": {func(c *telephony.Call) {
			c.Outcome, c.Reason = telephony.AbandonedEarly, telephony.ReasonCallerLeftEarly
		}, true},
		"not known, meanwhile": {func(c *telephony.Call) { c.Outcome, c.Reason = telephony.Unknown, telephony.ReasonNotSeenToEnd }, true},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			whole := heard(1)
			part := whole
			part.AnsweredAt, part.RangUntil, part.Findings = time.Time{}, part.EndedAt, []telephony.Finding{telephony.SeenInPart}
			c.ended(&part)
			ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.CallEnded, At: part.EndedAt, Line: "duty", Call: &part}}))
			swept := must(db.Recording(ctx, part.ID))(t)
			swept.Status, swept.Reason, swept.NextTry, swept.Attempts = recorder.None, "", time.Time{}, 0
			deeds := []func(){
				func() { ok(t, db.SaveRecording(ctx, swept)) },
				func() { ok(t, db.Record(ctx, []telephony.Change{settles(whole)})) },
			}
			if c.late {
				slices.Reverse(deeds)
			}
			for _, do := range deeds {
				do()
			}
			r := must(db.Recording(ctx, part.ID))(t)
			if r.Status != recorder.Missing || r.Talk != 27*time.Second || r.Cause() != recorder.CauseNoAudio || !strings.Contains(r.Reason, "before anybody knew") ||
				!slices.Contains(r.Findings, telephony.RecordingMissing) || !r.NextTry.IsZero() {
				t.Errorf("%+v", r)
			}
			if got := must(db.Call(ctx, part.ID))(t); got.Outcome != telephony.AnsweredInTime {
				t.Errorf("%+v", got.Call)
			}
		})
	}
}

// A call of which the live view saw nothing comes from the journal alone. That is a finding
// only when the live view should have seen it.
func TestACallThatOnlyTheJournalHas(t *testing.T) {
	db := open(t)
	down, up := heard(1), heard(2)
	down.OfferedAt, up.OfferedAt = noon, noon.Add(time.Hour)
	for _, c := range []*telephony.Call{&down, &up} {
		c.EndedAt = c.OfferedAt.Add(30 * time.Second)
	}
	ok(t, db.Record(ctx, []telephony.Change{interval(telephony.LiveDown, noon.Add(-time.Minute), noon.Add(time.Minute)), settles(down), settles(up)}))
	for _, tt := range []struct {
		call telephony.Call
		want []telephony.Finding
	}{{down, nil}, {up, []telephony.Finding{telephony.OnlyInJournal}}} {
		got := must(db.Call(ctx, tt.call.ID))(t)
		if diff := cmp.Diff(tt.want, got.Findings, cmpopts.EquateEmpty()); diff != "" || got.EntryID == "" || got.Recording.Status != recorder.Pending {
			t.Errorf("%s: entry %q, recording %s, findings (-want +got):\n%s", tt.call.ID, got.EntryID, got.Recording.Status, diff)
		}
	}
}

// An id that the switch gives again after its clock was set back is another call.
func TestAnIDThatComesAgainIsAnotherCall(t *testing.T) {
	db := open(t)
	first := heard(1)
	again := first
	again.OfferedAt, again.EndedAt, again.Outcome = first.OfferedAt.Add(600*time.Millisecond), first.EndedAt.Add(time.Second), telephony.AnsweredLate
	third := again
	third.OfferedAt = first.OfferedAt.Add(900 * time.Millisecond)
	changes := []telephony.Change{settles(first), settles(again), settles(third)}
	ok(t, db.Record(ctx, changes))
	ok(t, db.Record(ctx, changes))
	for id, outcome := range map[string]telephony.Outcome{first.ID: telephony.AnsweredInTime, first.ID + "~2": telephony.AnsweredLate, first.ID + "~3": telephony.AnsweredLate} {
		got := must(db.Call(ctx, id))(t)
		if got.Outcome != outcome || got.EntryID != "e-"+id {
			t.Errorf("%s: %s, entry %s", id, got.Outcome, got.EntryID)
		}
	}
	// The switch kept the files of the last one alone.
	for id, want := range map[string]recorder.Status{first.ID: recorder.Missing, first.ID + "~2": recorder.Missing, first.ID + "~3": recorder.Pending} {
		got := must(db.Recording(ctx, id))(t)
		if got.Status != want || want == recorder.Missing && (!got.NextTry.IsZero() || !slices.Contains(got.Findings, telephony.RecordingMissing) || !strings.Contains(got.Reason, "a later one")) {
			t.Errorf("the recording of %s: %+v", id, got)
		}
	}
	sealed := func(id string) recorder.Recording {
		r := must(db.Recording(ctx, id))(t)
		r.Status, r.Digest, r.SealedAt, r.NextTry = recorder.Sealed, "076b", noon, time.Time{}
		return r
	}
	ok(t, db.SaveRecording(ctx, sealed(first.ID))) // it was sealed at the same moment
	ok(t, db.SaveRecording(ctx, sealed(first.ID+"~3")))
	if got := must(db.Recording(ctx, first.ID+"~3"))(t); got.Status != recorder.Missing || got.Digest != "" || !strings.Contains(got.Reason, "whose recording it is") {
		t.Errorf("one sound for two calls: %+v", got)
	}
	if name := recorder.StoredName(first.ID+"~2", recorder.Far); name != first.ID+"-far" {
		t.Errorf("on the switch it is recorded as %s", name)
	}
}

// Intervals are kept once, end once, and blind ones follow from them.
func TestIntervals(t *testing.T) {
	db := open(t)
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	ok(t, db.Record(ctx, []telephony.Change{
		interval(telephony.LiveDown, at(0), time.Time{}), interval(telephony.JournalDown, at(2), at(9)), interval(telephony.LiveDown, at(0), at(5)),
		interval(telephony.LiveDown, at(0), at(7)), interval(telephony.LiveDown, at(0), time.Time{}), interval(telephony.SwitchDown, at(20), at(21)),
	}))
	describe := func(from, to time.Time) (out []string) {
		for _, i := range must(db.Intervals(ctx, from, to))(t) {
			out = append(out, string(i.Kind)+" "+i.From.Sub(noon).String()+" "+i.To.Sub(noon).String())
		}
		slices.Sort(out)
		return out
	}
	want := []string{"blind 2m0s 5m0s", "journal_down 2m0s 9m0s", "live_down 0s 5m0s", "switch_down 20m0s 21m0s"}
	if diff := cmp.Diff(want, describe(time.Time{}, time.Time{})); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[3:], describe(at(10), at(30))); diff != "" {
		t.Errorf("of a part (-want +got):\n%s", diff)
	}
}

// Where reading of the journal stands is kept with what was read.
func TestWhereTheJournalStands(t *testing.T) {
	db := open(t)
	if _, known, err := db.JournalPosition(ctx); known || err != nil {
		t.Fatalf("known %v, %v", known, err)
	}
	if whole, err := db.JournalBegun(ctx, true); whole || err != nil {
		t.Errorf("a journal that was there before the first start: %v %v", whole, err)
	}
	for range 2 {
		if whole, err := db.JournalBegun(ctx, false); !whole || err != nil {
			t.Errorf("one that was not: %v %v", whole, err)
		}
	}
	if whole, err := db.JournalBegun(ctx, true); !whole || err != nil {
		t.Errorf("the same at the next start, when it is there: %v %v", whole, err)
	}
	want := telephony.Position{File: "cel.jsonl", Inode: 7, Offset: 1234, Mark: "m", LastAt: noon}
	ok(t, db.Record(ctx, []telephony.Change{{Kind: telephony.JournalRead, At: noon, Journal: &want}}))
	got, known, err := db.JournalPosition(ctx)
	if diff := cmp.Diff(want, got); diff != "" || !known || err != nil {
		t.Errorf("known %v, %v (-want +got):\n%s", known, err, diff)
	}
	ok(t, db.Alive(ctx, noon, noon.Add(-time.Hour)))
	ok(t, db.Alive(ctx, noon.Add(time.Minute), time.Time{}))
	at, started, err := db.LastAlive(ctx)
	if !at.Equal(noon.Add(time.Minute)) || !started.Equal(noon.Add(-time.Hour)) || err != nil {
		t.Errorf("alive %v, started %v, %v", at, started, err)
	}
}
