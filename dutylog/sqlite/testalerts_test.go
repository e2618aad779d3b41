package sqlite_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/telephony/testcall"
)

// The life of what tests prove, as a person would tell it: at t this test is made, and then these
// alerts stand. Nothing is raised twice, and a restart repeats nothing.
func TestTheLifeOfWhatTestsProve(t *testing.T) {
	db := open(t)
	at := noon
	standing := func() string {
		list, _, err := db.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: 50})
		ok(t, err)
		var reasons []string
		for _, a := range list {
			reasons = append(reasons, string(a.Reason))
		}
		slices.Sort(reasons)
		return strings.Join(reasons, " ")
	}
	raise := func(r testcall.Result) {
		for _, a := range alerts.FromTest(r) {
			ok(t, db.Raise(ctx, a))
		}
	}
	type test struct {
		verdict  testcall.Verdict
		reason   testcall.Reason
		ringback testcall.Ringback
		stand    string
	}
	good := test{testcall.Reachable, testcall.RangHere, testcall.RingbackStandard, ""}
	story := []test{
		good,
		{testcall.CustomRingback, testcall.HeardMusic, testcall.RingbackCustom, "test_custom_ringback"},
		{testcall.CustomRingback, testcall.HeardMusic, testcall.RingbackCustom, "test_custom_ringback"},
		{testcall.Reachable, testcall.RangHere, testcall.RingbackUnclear, "test_custom_ringback"},
		{testcall.CannotTell, testcall.RealCall, testcall.RingbackOpen, "test_custom_ringback"},
		{testcall.CannotTell, testcall.SecondLine, testcall.RingbackOpen, "test_custom_ringback test_unclear"},
		{testcall.Forwarded, testcall.AnsweredElsewhere, testcall.RingbackStandard, "test_custom_ringback test_forwarded"},
		{testcall.NoRing, testcall.NothingHeard, testcall.RingbackOpen, "test_custom_ringback test_no_ring"},
		{testcall.Busy, testcall.BusyElsewhere, testcall.RingbackOpen, "test_busy test_custom_ringback"},
		good,
		{testcall.Forwarded, testcall.TakenHere, testcall.RingbackStandard, "test_forwarded"},
		good,
	}
	for i, step := range story {
		at = at.Add(time.Hour)
		r := testcall.Result{ID: int64(i + 1), Line: "duty", At: at, EndedAt: at.Add(9 * time.Second), Verdict: step.verdict, Reason: step.reason, Ringback: step.ringback}
		for range 2 { // the second time as after a restart
			raise(r)
			if got := standing(); got != step.stand {
				t.Errorf("after test %d (%s, ring-back %s) stand %q, want %q", i+1, step.verdict, step.ringback, got, step.stand)
			}
		}
		other := r
		other.Line, other.Verdict, other.Reason, other.Ringback = "second", testcall.Reachable, testcall.RangHere, testcall.RingbackStandard
		raise(other) // of another line, which is well
	}
	list, _, err := db.Alerts(ctx, alerts.Query{Limit: 50})
	ok(t, err)
	count := map[alerts.Reason]int{}
	for _, a := range list {
		count[a.Reason]++
		if a.Certainty != alerts.ProvedByTest && a.Reason != alerts.ReasonTestUnclear {
			t.Errorf("%+v", a)
		}
	}
	if count[alerts.ReasonTestRingback] != 1 || count[alerts.ReasonTestForwarded] != 2 || len(list) != 6 {
		t.Errorf("raised in all: %v", count)
	}
}
