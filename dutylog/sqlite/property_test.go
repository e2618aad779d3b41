package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// randomPatch asks for one to three things, sensible or not.
func randomPatch(r *rand.Rand, revision int) dutylog.EntryPatch {
	p := dutylog.EntryPatch{Revision: revision, Values: values{}, Gaps: map[dutylog.Field]*dutylog.Gap{}}
	fields, kinds := dutylog.Fields(), dutylog.Kinds()
	for range 1 + r.IntN(3) {
		f := fields[r.IntN(len(fields))]
		switch r.IntN(6) {
		case 0:
			p.Kind = &kinds[r.IntN(len(kinds))].Kind
		case 1:
			s := []dutylog.EntryState{dutylog.Open, dutylog.Complete}[r.IntN(2)]
			p.State = &s
		case 2:
			why := []dutylog.GapWhy{dutylog.NotGiven, dutylog.Refused, dutylog.NotPossible}[r.IntN(3)]
			p.Gaps[f] = &dutylog.Gap{Why: why, Reason: []string{"", "对方不愿说"}[r.IntN(2)]}
		case 3:
			p.Gaps[f] = nil
		case 4:
			p.Values[f] = []string{"", " "}[r.IntN(2)]
		default:
			p.Values[f] = fmt.Sprintf("文字 %d", r.IntN(5))
			if words := dutylog.Words(f); words != nil {
				p.Values[f] = words[r.IntN(len(words))]
			}
			switch {
			case f == dutylog.ReadBack:
				p.Values[f] = dutylog.ReadBackDone
			case dutylog.IsTime(f):
				p.Values[f] = noon.Add(time.Duration(r.IntN(5)) * time.Hour).Format(time.RFC3339Nano)
			}
		}
	}
	return p
}

// TestWhateverIsAskedTheEntryStaysSound asks random things of one entry and checks after each
// that what is promised of an entry holds, in memory and in the file.
func TestWhateverIsAskedTheEntryStaysSound(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 11))
		db := withPractice(t, open(t))
		c := inbound(0, []string{"02422730001", "02423860012", "anonymous"}[r.IntN(3)])
		steps := story(c, []telephony.Outcome{telephony.Missed, telephony.AnsweredInTime, telephony.AnsweredElsewhere}[r.IntN(3)])
		ok(t, db.Record(ctx, steps[:1]))
		id := "e-" + c.ID
		stands := must(db.Entry(ctx, id))(t)
		for i := range 120 {
			if i%40 == 39 && len(steps) > 1 { // the call goes on meanwhile
				steps = steps[1:]
				ok(t, db.Record(ctx, steps[:1]))
				followed := must(db.Entry(ctx, id))(t)
				sound(t, stands, followed)
				stands = followed
			}
			stands = step(t, db, r, id, stands, noon.Add(time.Duration(i)*time.Second))
		}
		history := must(db.Revisions(ctx, id))(t)
		if len(history) != stands.Revision {
			t.Errorf("seed %d: %d revisions are kept of %d", seed, len(history), stands.Revision)
		}
		if diff := cmp.Diff(stands, history[len(history)-1].Entry, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("seed %d: the last revision is not what stands:\n%s", seed, diff)
		}
	}
}

type amender interface {
	dutylog.EntryStore
	dutylog.CallStore
}

func step(t *testing.T, db amender, r *rand.Rand, id string, before dutylog.Entry, now time.Time) dutylog.Entry {
	t.Helper()
	p := randomPatch(r, before.Revision)
	if before.State == dutylog.Complete {
		p.Reason = []string{"", "更正", "更正"}[r.IntN(3)]
	}
	after, err := db.Amend(ctx, id, p, officer, now)
	if err != nil {
		invalid, incomplete := (*dutylog.InvalidError)(nil), (*dutylog.IncompleteError)(nil)
		if !errors.As(err, &invalid) && !errors.As(err, &incomplete) {
			t.Fatalf("%+v: %v", p, err)
		}
		after = before
	}
	kept := must(db.Entry(ctx, id))(t)
	if diff := cmp.Diff(after, kept, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%+v: answered and kept differ (-answered +kept):\n%s", p, diff)
	}
	sound(t, before, after)
	shown := must(db.Call(ctx, after.CallID))(t).Tags
	for _, tag := range []telephony.Tag{telephony.TagWrongNumber, telephony.TagNuisance, telephony.TagSpotCheck} {
		if has := strings.Contains(fmt.Sprint(shown), string(tag)); has != (after.Kind.Tag() == tag) {
			t.Fatalf("an entry of kind %s, a call tagged %q", after.Kind, shown)
		}
	}
	return after
}

// sound checks what is promised of every revision.
func sound(t *testing.T, before, e dutylog.Entry) {
	t.Helper()
	if e.Revision != before.Revision && e.Revision != before.Revision+1 {
		t.Fatalf("revision %d after %d", e.Revision, before.Revision)
	}
	if e.State == dutylog.Complete && len(e.Missing()) > 0 {
		t.Fatalf("complete, and %v is missing", e.Missing())
	}
	if e.State == dutylog.Complete && !slices.Contains(e.Phase.Fits(), e.Kind) {
		t.Fatalf("complete as %s, though only %v fit a call that is %s", e.Kind, e.Phase.Fits(), e.Phase)
	}
	if e.State == dutylog.Complete && e.Phase == dutylog.Waiting && (e.Kind == dutylog.KindDuty || e.Kind == dutylog.KindMissed) {
		t.Fatalf("complete as %s while the call waits", e.Kind)
	}
	if before.State == dutylog.Complete && e.Revision > before.Revision && e.Correction == "" {
		t.Fatal("what was complete was changed without a reason")
	}
	if (e.State == dutylog.Complete) == e.CompletedAt.IsZero() {
		t.Fatalf("state %s, completed at %v", e.State, e.CompletedAt)
	}
	if (e.Values[dutylog.ReadBack] == dutylog.ReadBackDone) == e.ReadBackAt.IsZero() {
		t.Fatalf("read back %q, at %v", e.Values[dutylog.ReadBack], e.ReadBackAt)
	}
	if e.ChangedAfterReadBack && e.ReadBackAt.IsZero() {
		t.Fatal("changed after it was read back, which it was not")
	}
	for f, g := range e.Gaps {
		if strings.TrimSpace(e.Values[f]) != "" {
			t.Fatalf("%s has the value %q and a gap", f, e.Values[f])
		}
		if strings.TrimSpace(g.Reason) == "" {
			t.Fatalf("%s has a gap without a reason", f)
		}
	}
	for f, v := range e.Values {
		if v == "" {
			t.Fatalf("%s has an empty value", f)
		}
	}
	if e.CallID != before.CallID || e.Number != before.Number || !e.CallAt.Equal(before.CallAt) || !e.OpenedAt.Equal(before.OpenedAt) {
		t.Fatalf("a person changed what the system knows: %+v", e)
	}
}

func TestTheCallEndsWhileSomebodyWrites(t *testing.T) {
	db := open(t)
	for i := range 30 {
		c := inbound(i, "13900001111")
		steps := story(c, telephony.Missed)
		ok(t, db.Record(ctx, steps[:2]))
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := db.Record(ctx, steps[2:]); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			for revision := 1; ; {
				_, err := db.Amend(ctx, "e-"+c.ID, patch(revision, values{"content": "火情"}), officer, noon)
				var stale *dutylog.StaleError
				if !errors.As(err, &stale) {
					if err != nil {
						t.Error(err)
					}
					return
				}
				revision = stale.Current.Revision
			}
		})
		wg.Wait()
		// Whoever came first: it asks for a call-back, and the text is there.
		e := must(db.Entry(ctx, "e-"+c.ID))(t)
		if history := must(db.Revisions(ctx, e.ID))(t); len(history) != 3 || e.Values["content"] != "火情" || e.Kind != dutylog.KindMissed || e.WrittenBy != officer.Login {
			t.Errorf("%d revisions, the second by %s: %+v", len(history), history[1].By.Login, e)
		}
		if call := must(db.Call(ctx, c.ID))(t); !call.Ended() {
			t.Error("the call has not ended")
		}
	}
}

func TestTheLargestEntryComesBackWhole(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	want := values{}
	for _, f := range dutylog.Fields() {
		want[f] = strings.Repeat("值\"\\<>&\n\t", 62)
	}
	for _, f := range dutylog.Fields() {
		if words := dutylog.Words(f); words != nil {
			want[f] = words[0]
		} else if dutylog.IsTime(f) {
			want[f] = "2026-11-23T04:17:59.603Z"
		}
	}
	want[dutylog.Content] = strings.Repeat("𠀀火灾\U0001F525", 5000)
	want[dutylog.ReadBack] = dutylog.ReadBackDone
	delete(want, dutylog.LateReason) // of late entries, which have no call
	delete(want, dutylog.PaperSheet)
	must(db.Amend(ctx, "e-"+c.ID, patch(1, want), officer, noon))(t)
	if diff := cmp.Diff(want, must(db.Entry(ctx, "e-"+c.ID))(t).Values); diff != "" {
		t.Errorf("(-saved +kept):\n%s", diff)
	}
}

func TestTimesKeepTheirMicroseconds(t *testing.T) {
	db := open(t)
	c := inbound(0, "1")
	c.OfferedAt = time.Date(2026, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	got := must(db.Call(ctx, c.ID))(t)
	want := *story(c, telephony.AnsweredInTime)[3].Call
	if diff := cmp.Diff(want, got.Call); diff != "" {
		t.Errorf("(-said +kept):\n%s", diff)
	}
	saved := time.Date(2027, 1, 1, 0, 0, 0, 1000, shanghai)
	e := must(db.Amend(ctx, "e-"+c.ID, patch(1, values{"read_back": "done"}), officer, saved))(t)
	kept := must(db.Entry(ctx, e.ID))(t)
	if !kept.ReadBackAt.Equal(saved) || kept.ReadBackAt.Location() != time.UTC || !kept.CallAt.Equal(c.OfferedAt) {
		t.Errorf("read back at %v, call at %v", kept.ReadBackAt, kept.CallAt)
	}
	// The year's edge is the site's: the call came in the morning of January 1 there.
	items, _, err := db.Calls(ctx, dutylog.CallQuery{From: time.Date(2027, 1, 1, 0, 0, 0, 0, shanghai), To: time.Date(2027, 1, 2, 0, 0, 0, 0, shanghai)})
	if err != nil || len(items) != 1 {
		t.Errorf("%d calls on January 1 in Shanghai, %v", len(items), err)
	}
}
