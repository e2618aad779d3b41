package alerts_test

import (
	"fmt"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// redirected is what is told of a call that the duty phone sent on.
func redirected(id string, at time.Time) alerts.Alert {
	c := telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: at, EndedAt: at, Outcome: telephony.Forwarded,
		Reason: telephony.ReasonPhoneRedirected, ForwardedTo: "1380000" + id}
	for _, a := range (alerts.Rules{}).From(telephony.Change{Kind: telephony.CallEnded, At: at, Line: "duty", Call: &c}) {
		if len(a.Ends) == 0 {
			return a
		}
	}
	return alerts.Alert{}
}

// Several calls of one problem are one alert: it counts each call once, and points to the newest.
func TestCallsOfOneProblemAreGathered(t *testing.T) {
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	a := redirected("1.0", at)
	if a.Key != "phone_redirect/duty" || a.Times != 1 || !a.LastAt.Equal(at) || a.CallID != "1.0" {
		t.Fatalf("the first: %+v", a)
	}
	for n := range 3 {
		a = a.Gather(redirected(fmt.Sprintf("%d.0", n+1), at.Add(time.Duration(n)*time.Minute)))
	}
	if a.Times != 3 || a.CallID != "3.0" || a.Detail != "13800003.0" || !a.At.Equal(at) || !a.LastAt.Equal(at.Add(2*time.Minute)) {
		t.Errorf("three calls: %+v", a)
	}
	for n := range 4 { // the last one was not told yet
		if id := fmt.Sprintf("%d.0", n+1); a.Tells(id) != (n < 3) {
			t.Errorf("it tells of %s: %v", id, a.Tells(id))
		}
	}
	earlier := redirected("0.5", at.Add(time.Second))
	earlier.FoundAt = at.Add(time.Hour)
	a = a.Gather(earlier)
	if a.Times != 4 || a.CallID != "3.0" || !a.FoundAt.IsZero() || !a.Tells("0.5") {
		t.Errorf("one that was found afterwards: %+v", a)
	}
	late := redirected("9.0", at.Add(3*time.Minute))
	late.FoundAt = at.Add(time.Hour)
	if a = a.Gather(late); a.CallID != "9.0" || !a.FoundAt.Equal(late.FoundAt) {
		t.Errorf("the newest was found afterwards: %+v", a)
	}
}

// However many calls there are, the evidence stays bounded: the first one and the newest.
func TestGatheredEvidenceIsBounded(t *testing.T) {
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	a := redirected("0.0", at)
	for n := range 1000 {
		a = a.Gather(redirected(fmt.Sprintf("%d.0", n), at.Add(time.Duration(n)*time.Minute)))
	}
	if a.Times != 1000 || len(a.Evidence) > 120 || !a.Tells("0.0") || !a.Tells("999.0") || a.Tells("1.0") {
		t.Errorf("%d times, %d pieces of evidence", a.Times, len(a.Evidence))
	}
}

// A handset that is off its hook and a talk on which a caller finds the line engaged are two problems.
func TestTwoKindsOfEngagedAreTwoProblems(t *testing.T) {
	keys := map[string]bool{}
	for _, findings := range [][]telephony.Finding{nil, {telephony.BusyWithoutCall}} {
		c := telephony.Call{ID: "1.0", Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Engaged, Findings: findings}
		for _, a := range (alerts.Rules{}).From(telephony.Change{Kind: telephony.CallEnded, Line: "duty", Call: &c}) {
			if len(a.Ends) == 0 {
				keys[a.Key] = true
			}
		}
	}
	if len(keys) != 2 || !keys["engaged_refused/duty"] || !keys["engaged_refused/duty/busy_without_a_call"] {
		t.Errorf("keys %v", keys)
	}
}

// The journal's word is news where the log lacks the end, or knows only now what came of the call.
func TestWhatTheJournalSaysAnew(t *testing.T) {
	end := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	runs := telephony.Call{ID: "1.0"}
	ended := func(o telephony.Outcome) telephony.Call { return telephony.Call{ID: "1.0", Outcome: o, EndedAt: end} }
	for _, c := range []struct {
		before, after telephony.Call
		want          bool
	}{
		{telephony.Call{}, ended(telephony.Missed), true},
		{runs, ended(telephony.Missed), true},
		{ended(telephony.Unknown), ended(telephony.Missed), true},
		{ended(telephony.Unknown), ended(telephony.Unknown), false},
		{ended(telephony.Missed), ended(telephony.Missed), false},
		{runs, runs, false},
	} {
		if got := alerts.News(c.before, c.after); got != c.want {
			t.Errorf("%s → %s is news: %v", c.before.Outcome, c.after.Outcome, got)
		}
	}
}
