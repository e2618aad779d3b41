package alerts_test

import (
	"slices"
	"strings"
	"testing"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

func tested(v testcall.Verdict, why testcall.Reason, heard testcall.Ringback) testcall.Result {
	return testcall.Result{ID: 12, Line: "duty", At: noon, EndedAt: noon.Add(9e9), Verdict: v, Reason: why, Ringback: heard, CallID: "1.0"}
}

// proved is what a test tells, as a person would write it down.
func proved(r testcall.Result) string {
	var all []string
	for _, a := range alerts.FromTest(r) {
		if len(a.Ends) > 0 {
			ends := slices.Clone(a.Ends)
			slices.Sort(ends)
			all = append(all, "ends "+strings.ReplaceAll(strings.Join(ends, " "), "/duty", ""))
			continue
		}
		all = append(all, "raises "+string(a.Reason)+" "+string(a.Certainty)+" "+string(a.Severity)+" "+a.Detail)
	}
	return strings.Join(all, "; ")
}

func TestWhatATestTells(t *testing.T) {
	for name, c := range map[string]struct {
		r    testcall.Result
		want string
	}{
		"all is well": {tested(testcall.Reachable, testcall.RangHere, testcall.RingbackStandard),
			"ends test_busy test_custom_ringback test_forwarded test_no_ring test_unclear"},
		"it rings, of the ring-back nothing is known": {tested(testcall.Reachable, testcall.RangHere, testcall.RingbackOpen),
			"ends test_busy test_forwarded test_no_ring test_unclear"},
		"music": {tested(testcall.CustomRingback, testcall.HeardMusic, testcall.RingbackCustom),
			"ends test_busy test_forwarded test_no_ring test_unclear; raises test_custom_ringback proved_by_test critical #12"},
		"it comes out elsewhere": {tested(testcall.Forwarded, testcall.AnsweredElsewhere, testcall.RingbackStandard),
			"ends test_busy test_no_ring test_unclear; raises test_forwarded proved_by_test critical #12"},
		"no ring": {tested(testcall.NoRing, testcall.NothingHeard, testcall.RingbackOpen),
			"ends test_busy test_forwarded test_unclear; raises test_no_ring proved_by_test critical #12"},
		"busy": {tested(testcall.Busy, testcall.BusyElsewhere, testcall.RingbackOpen),
			"ends test_forwarded test_no_ring test_unclear; raises test_busy proved_by_test critical #12"},
		"the second line is broken":        {tested(testcall.CannotTell, testcall.SecondLine, testcall.RingbackOpen), "raises test_unclear weak warning #12"},
		"a real call came":                 {tested(testcall.CannotTell, testcall.RealCall, testcall.RingbackOpen), ""},
		"the daemon was stopped":           {tested(testcall.CannotTell, testcall.Stopped, testcall.RingbackOpen), ""},
		"a real call came after the bell":  {tested(testcall.Reachable, testcall.RangHere, testcall.RingbackUnclear), "ends test_busy test_forwarded test_no_ring test_unclear"},
		"it runs, and nothing is told yet": {testcall.Result{ID: 12, Line: "duty", At: noon}, ""},
	} {
		if got := proved(c.r); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The call that was refused because of a test is told as what it is, and the test itself never.
func TestACallerWhoWasRefusedBecauseOfATest(t *testing.T) {
	refused := telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: noon, Call: call(func(c *telephony.Call) {
		c.Outcome, c.EndedAt, c.Findings = telephony.Engaged, noon, []telephony.Finding{telephony.RefusedByTest}
	})}
	got := alerts.Rules{}.From(refused)
	i := slices.IndexFunc(got, func(a alerts.Alert) bool { return a.Reason == alerts.ReasonTestRefused })
	if i < 0 || got[i].Severity != alerts.Critical || got[i].CallID != refused.Call.ID || got[i].Certainty != alerts.Certain {
		t.Errorf("told is %+v", got)
	}
	for _, o := range telephony.Outcomes() {
		own := telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: noon, Call: over(o)}
		own.Call.Tags = []telephony.Tag{telephony.TagTest}
		if got := (alerts.Rules{}).From(own); len(got) != 0 {
			t.Errorf("a test call that ended as %s tells %+v", o, got)
		}
	}
}
