package dutylog_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// randomSnapshot is one of the many things that could be said of a call, in any order.
func randomSnapshot(r *rand.Rand) telephony.Call {
	c := inbound("02422730001")
	maybe := func(t *time.Time, d time.Duration) {
		if r.IntN(2) == 0 {
			*t = noon.Add(d)
		}
	}
	maybe(&c.RangAt, 30*time.Millisecond)
	maybe(&c.AnsweredAt, 7*time.Second)
	maybe(&c.EndedAt, 27*time.Second)
	if c.Ended() {
		outcomes := telephony.Outcomes()
		c.Outcome = outcomes[r.IntN(len(outcomes))]
	}
	if r.IntN(2) == 0 {
		c.CallerName = "沈河区应急局"
	}
	if r.IntN(2) == 0 {
		c.Findings = []telephony.Finding{telephony.BorderlineVerdict, telephony.NoRinging}[:1+r.IntN(2)]
	}
	if r.IntN(3) == 0 {
		c.OfferedAt = time.Time{}
	}
	return c
}

func stageOf(c telephony.Call) int {
	switch {
	case c.Ended():
		return 3
	case !c.AnsweredAt.IsZero():
		return 2
	case !c.RangAt.IsZero():
		return 1
	}
	return 0
}

// TestWhateverIsSaidACallOnlyMovesOn says random things of a call and checks after each what
// is promised of every call: it never goes back, and has one end.
func TestWhateverIsSaidACallOnlyMovesOn(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		kept := inbound("02422730001")
		for range 20 {
			said := randomSnapshot(r)
			next := dutylog.Advance(kept, said)
			if stageOf(next) < stageOf(kept) {
				t.Fatalf("seed %d: the call went back from %+v to %+v", seed, kept, next)
			}
			if kept.Ended() && (next.Outcome != kept.Outcome || !next.EndedAt.Equal(kept.EndedAt) || !next.AnsweredAt.Equal(kept.AnsweredAt)) {
				t.Fatalf("seed %d: a verdict changed from %+v to %+v", seed, kept, next)
			}
			if next.OfferedAt.IsZero() || !kept.RangAt.IsZero() && next.RangAt.IsZero() || kept.CallerName != "" && next.CallerName == "" {
				t.Fatalf("seed %d: something was forgotten between %+v and %+v", seed, kept, next)
			}
			if kept.Ended() && !containsAll(next.Findings, kept.Findings) {
				t.Fatalf("seed %d: a finding of an ended call was lost: %v, %v", seed, kept.Findings, next.Findings)
			}
			if again := dutylog.Advance(next, said); !cmp.Equal(next, again) {
				t.Fatalf("seed %d: saying it twice differs:\n%s", seed, cmp.Diff(next, again))
			}
			kept = next
		}
	}
}

func containsAll(all, some []telephony.Finding) bool {
	return !slices.ContainsFunc(some, func(f telephony.Finding) bool { return !slices.Contains(all, f) })
}

func TestAdvanceDoesNotShareLists(t *testing.T) {
	kept := ended(inbound("1"), telephony.Missed)
	kept.Findings = append(make([]telephony.Finding, 0, 8), telephony.BorderlineVerdict)
	one, two := kept, kept
	one.Findings, two.Findings = []telephony.Finding{telephony.NoRinging}, []telephony.Finding{telephony.InstantAnswer}
	first, second := dutylog.Advance(kept, one), dutylog.Advance(kept, two)
	if first.Findings[1] != telephony.NoRinging || second.Findings[1] != telephony.InstantAnswer {
		t.Errorf("two results share one list: %v, %v", first.Findings, second.Findings)
	}
}
