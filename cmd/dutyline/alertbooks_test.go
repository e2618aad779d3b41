package main_test

import (
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// toldAlert is an alert as the duty log's file has it.
type toldAlert struct {
	Reason alerts.Reason
	Key    string
	CallID string
	Times  int // of how many calls it tells; 0 of one

	Certainty alerts.Certainty
	Withdrawn bool // what was not sure proved to be otherwise; see alerts.Alert.Withdrawn
}

// readAlerts reads them from the file itself, like readDutyLog.
func readAlerts(file string) (all []toldAlert, err error) {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_query_only=on&_busy_timeout=5000")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.Query(`SELECT reason, key, call_id, times, certainty, over_at IS NOT NULL AND acknowledged_at IS NULL AND certainty = 'weak' AND reason <> 'unknown'
		FROM alerts ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a toldAlert
		if err := rows.Scan(&a.Reason, &a.Key, &a.CallID, &a.Times, &a.Certainty, &a.Withdrawn); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// ofNoOrdinaryCall are the reasons that say that calls were sent elsewhere, that another device
// answered, or that the line was misused. No ordinary call, however it ends, may raise one.
var ofNoOrdinaryCall = map[alerts.Reason]bool{
	alerts.ReasonPhoneRedirect: true, alerts.ReasonFeatureForward: true, alerts.ReasonPickup: true, alerts.ReasonTransfer: true,
	alerts.ReasonMachine: true, alerts.ReasonRedirected: true, alerts.ReasonMoved: true, alerts.ReasonWrongDevice: true,
	alerts.ReasonForwardCode: true, alerts.ReasonForwardCancel: true, alerts.ReasonForwardQuery: true, alerts.ReasonFeatureCode: true,
	alerts.ReasonTestForwarded: true, alerts.ReasonTestRingback: true, alerts.ReasonTestNoRing: true, alerts.ReasonTestBusy: true,
	alerts.ReasonTestUnclear: true, alerts.ReasonTestRefused: true, alerts.ReasonSilentLine: true,
	alerts.ReasonMisuseNumber: true, alerts.ReasonMisuseDuration: true, alerts.ReasonNuisanceCaller: true,
}

// owedByOutcome is what the end of a call alone makes an alert of its own.
var owedByOutcome = map[string]alerts.Reason{"missed": alerts.ReasonMissed, "rejected": alerts.ReasonRejected, "unreachable": alerts.ReasonUnreached}

// alertsAgainst says what is wrong with the alerts of these calls: each call that was missed, rejected or
// could not ring has its own exactly once, no other call has one of these, and nothing says that calls
// went elsewhere or that the line was misused, unless it was not sure and was withdrawn since.
func alertsAgainst(calls []logged, told []toldAlert) (complaints []string) {
	owed := map[string]int{}
	for _, c := range calls {
		if reason := owedByOutcome[c.Outcome]; reason != "" {
			owed[string(reason)+" of "+c.ID]++
		}
	}
	for _, a := range told {
		if a.Withdrawn {
			continue
		}
		if ofNoOrdinaryCall[a.Reason] {
			complaints = append(complaints, fmt.Sprintf("the alert %s (%s) is about an ordinary call", a.Key, a.Certainty))
		}
		if slices.Contains(slices.Collect(maps.Values(owedByOutcome)), a.Reason) {
			owed[string(a.Reason)+" of "+a.CallID]--
		}
	}
	for _, what := range slices.Sorted(maps.Keys(owed)) {
		switch n := owed[what]; {
		case n > 0:
			complaints = append(complaints, "no alert: "+what)
		case n < 0:
			complaints = append(complaints, fmt.Sprintf("%d alerts too many: %s", -n, what))
		}
	}
	return complaints
}

// bellAlertsAgainst compares what was told while it rang with how long it rang, for calls that were seen
// live. NEAR a limit both are right: an answer and the ring that begins cross each other.
func bellAlertsAgainst(calls []logged, told []toldAlert, near time.Duration) (complaints []string) {
	got := map[string]int{}
	for _, a := range told {
		got[string(a.Reason)+" of "+a.CallID]++
	}
	limits := map[alerts.Reason]time.Duration{alerts.ReasonRing3: ringLimit - ringOn - ringOff, alerts.ReasonLimitPassed: ringLimit}
	for _, c := range calls {
		rang := time.Duration(0)
		if !c.RangAt.IsZero() {
			rang = c.RangUntil.Sub(c.RangAt)
		}
		for _, reason := range []alerts.Reason{alerts.ReasonRing3, alerts.ReasonLimitPassed} {
			n := got[string(reason)+" of "+c.ID]
			switch limit := limits[reason]; {
			case rang > limit+near && n != 1, rang < limit-near && n != 0, n > 1:
				complaints = append(complaints, fmt.Sprintf("call %s (%s) rang for %v and raised %s %d times", c.ID, c.Outcome, rang, reason, n))
			}
		}
	}
	return complaints
}

func TestTheBenchJudgesAlerts(t *testing.T) {
	call := func(id, outcome string, rang float64) logged {
		l := logged{ID: id, Outcome: outcome}
		if rang > 0 {
			l.RangAt, l.RangUntil = after(0), after(rang)
		}
		return l
	}
	of := func(reason alerts.Reason, id string) toldAlert {
		return toldAlert{Reason: reason, Key: string(reason) + "/" + id, CallID: id, Certainty: alerts.Certain}
	}
	weak := func(withdrawn bool) toldAlert {
		a := of("feature_forward", "b")
		a.Certainty, a.Withdrawn = alerts.Weak, withdrawn
		return a
	}
	calls := []logged{call("a", "missed", 2), call("b", "answered_in_time", 0.3), call("c", "rejected", 0.5), call("d", "engaged", 0), call("e", "answered_late", 1.9)}
	right := []toldAlert{of("missed", "a"), of("ring_3", "a"), of("limit_passed", "a"), of("rejected", "c"), of("engaged_refused", "d"), of("ring_3", "e"), of("limit_passed", "e")}
	for what, c := range map[string]struct {
		told       []toldAlert
		ends, bell []string
	}{
		"all is told once": {right, nil, nil},
		"nothing is told": {nil, []string{"no alert: missed of a", "no alert: rejected of c"}, []string{
			"call a (missed) rang for 2s and raised ring_3 0 times", "call a (missed) rang for 2s and raised limit_passed 0 times",
			"call e (answered_late) rang for 1.9s and raised ring_3 0 times", "call e (answered_late) rang for 1.9s and raised limit_passed 0 times"}},
		"one is told twice":      {append(slices.Clone(right), of("missed", "a")), []string{"1 alerts too many: missed of a"}, nil},
		"a ring is too many":     {append(slices.Clone(right), of("ring_3", "b")), nil, []string{"call b (answered_in_time) rang for 300ms and raised ring_3 1 times"}},
		"one of no call":         {append(slices.Clone(right), of("missed", "x")), []string{"1 alerts too many: missed of x"}, nil},
		"a forwarding":           {append(slices.Clone(right), of("phone_redirect", "duty")), []string{"the alert phone_redirect/duty (certain) is about an ordinary call"}, nil},
		"one that is not sure":   {append(slices.Clone(right), weak(false)), []string{"the alert feature_forward/b (weak) is about an ordinary call"}, nil},
		"one withdrawn":          {append(slices.Clone(right), weak(true)), nil, nil},
		"the owed one withdrawn": {append(slices.Clone(right[1:]), toldAlert{Reason: "missed", Key: "missed/a", CallID: "a", Withdrawn: true}), []string{"no alert: missed of a"}, nil},
	} {
		if diff := cmp.Diff(c.ends, alertsAgainst(calls, c.told)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		if diff := cmp.Diff(c.bell, bellAlertsAgainst(calls, c.told, 200*time.Millisecond)); diff != "" {
			t.Errorf("%s, the bell (-want +got):\n%s", what, diff)
		}
	}
	for _, rang := range []float64{0.85, 0.95, 1.05, 1.15} { // at the third ring both are right
		for _, told := range [][]toldAlert{nil, {of("ring_3", "n")}} {
			if got := bellAlertsAgainst([]logged{call("n", "answered_in_time", rang)}, told, 200*time.Millisecond); got != nil {
				t.Errorf("after %v s: %q", rang, got)
			}
		}
	}
}

// Every reason is either one that ordinary calls may raise, or none; a new one has to be put somewhere.
func TestEveryReasonIsOrdinaryOrNot(t *testing.T) {
	ordinary := []alerts.Reason{
		alerts.ReasonMissed, alerts.ReasonEngagedRefused, alerts.ReasonRejected, alerts.ReasonUnreached, alerts.ReasonUnknown, alerts.ReasonRing3,
		alerts.ReasonLimitPassed, alerts.ReasonLineFault, alerts.ReasonPhoneUnreachable, alerts.ReasonLineBlind, alerts.ReasonOffHook, alerts.ReasonTrunk,
		alerts.ReasonRecorder, alerts.ReasonDisk, alerts.ReasonClock, alerts.ReasonJournal, alerts.ReasonPage, alerts.ReasonOfficer, alerts.ReasonBeat,
		alerts.ReasonOverdue, alerts.ReasonRosterGap, alerts.ReasonFilingDue, alerts.ReasonNoHolidays, alerts.ReasonRulesRefused, alerts.ReasonHandoverLate, alerts.ReasonDutyOverdue,
		alerts.ReasonReportSoon, alerts.ReasonReportLate, alerts.ReasonUnapproved, alerts.ReasonInstructionLate, alerts.ReasonClockLate, alerts.ReasonLacking, alerts.ReasonUnproved, alerts.ReasonOmitted,
		alerts.ReasonMismatch, alerts.ReasonUnconfirmed, alerts.ReasonEntryDiffers,
	}
	for _, r := range alerts.Reasons() {
		if slices.Contains(ordinary, r) == ofNoOrdinaryCall[r] {
			t.Errorf("%s: say here whether an ordinary call may raise it", r)
		}
	}
}

func TestTheBenchReadsAlerts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range []string{"1.0", "2.0"} {
		ch := telephony.Change{Kind: telephony.CallEnded, At: after(1), Line: "duty",
			Call: &telephony.Call{ID: c, Line: "duty", Direction: telephony.Inbound, OfferedAt: after(0), EndedAt: after(1), Outcome: telephony.Engaged}}
		if err := db.RecordAndTell(t.Context(), []telephony.Change{ch}, alerts.Rules{}.Judge); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readAlerts(file)
	want := []toldAlert{{Reason: "engaged_refused", Key: "engaged_refused/duty", CallID: "2.0", Times: 2}}
	if err != nil || len(got) != 1 || got[0].Times != want[0].Times || got[0].Key != want[0].Key {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	if _, err := readAlerts(filepath.Join(t.TempDir(), "none.db")); err == nil {
		t.Error("a log that is not there was read")
	}
}
