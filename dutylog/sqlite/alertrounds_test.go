package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// forwardedInPart is a call of which the live view saw the rest only, as something that the switch sent on.
func forwardedInPart(c telephony.Call) telephony.Change {
	steps := story(c, telephony.Forwarded)
	end := steps[len(steps)-1]
	end.Call.Reason, end.Call.ForwardedTo, end.Call.Findings = telephony.ReasonDialplanForwarded, "13800001111", []telephony.Finding{telephony.SeenInPart}
	return end
}

// What the journal contradicts is withdrawn before anybody outside hears of it; what it confirms is certain,
// goes out at once, and a second reading changes nothing.
func TestTheJournalConfirmsOrWithdraws(t *testing.T) {
	clock := newClock(noon.Add(2 * time.Minute))
	path := filepath.Join(t.TempDir(), "log.db")
	db := openAt(t, path, sqlite.Options{Now: clock.now, Plan: plainPlan})
	judge := alerts.Rules{}.Judge
	wrong, right := inbound(1, "02422730001"), inbound(2, "02422730002")
	ok(t, db.RecordAndTell(ctx, []telephony.Change{forwardedInPart(wrong), forwardedInPart(right)}, judge))
	wantTold(t, db, "feature_forward/"+wrong.ID+" open of 1", "feature_forward/"+right.ID+" open of 1")
	confirmed := settledAs(right, telephony.Forwarded)
	confirmed.Call.Reason, confirmed.Call.ForwardedTo = telephony.ReasonDialplanForwarded, "13800001111"
	for range 2 {
		ok(t, db.RecordAndTell(ctx, []telephony.Change{settledAs(wrong, telephony.AnsweredInTime), confirmed}, judge))
		wantTold(t, db, "feature_forward/"+wrong.ID+" resolved of 1", "feature_forward/"+right.ID+" open of 1")
	}
	list, _, err := db.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open}})
	if ok(t, err); len(list) != 1 || list[0].Certainty != alerts.Certain || list[0].CallID != right.ID {
		t.Errorf("%+v", list)
	}
	if d, waits, err := db.NextDelivery(ctx, "group"); err != nil || !waits || d.Alert.CallID != right.ID || d.NextTry.After(clock.now()) {
		t.Errorf("told first: %+v %v %v", d, waits, err)
	}
	all, _, err := db.Alerts(ctx, alerts.Query{})
	ok(t, err)
	for _, d := range must(db.Deliveries(ctx, all[1].ID))(t) {
		if d.Alert.CallID == wrong.ID && d.State != alerts.Needless {
			t.Errorf("what was withdrawn waits for %s: %+v", d.Channel, d)
		}
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
}

// A message that waits for its receiver becomes one of the new round: it keeps its tries, and there is one.
func TestWhatWaitsIsToldWithTheNewestCall(t *testing.T) {
	now := noon
	db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return now }, Plan: plainPlan})
	sent := func(n int, to string) {
		t.Helper()
		a := alerts.Alert{Key: "phone_redirect/duty", Rule: "phone_redirect", Reason: alerts.ReasonPhoneRedirect, Certainty: alerts.Certain, Severity: alerts.Critical,
			Line: "duty", CallID: inbound(n, "1").ID, At: now, LastAt: now, Times: 1, Detail: to}
		a.Evidence = []alerts.Evidence{{Kind: alerts.EvidenceCall, Ref: a.CallID, Text: to, At: now}}
		ok(t, db.Raise(ctx, a))
	}
	sent(1, "111")
	d, _, err := db.NextDelivery(ctx, "group")
	ok(t, err)
	ok(t, db.SaveDelivery(ctx, d.Tried(false, errors.New("away"), now)))
	for n, to := range []string{"111", "222", "111"} {
		now = noon.Add(time.Duration(n+1) * 10 * time.Minute)
		sent(n+2, to)
	}
	list := must(db.Deliveries(ctx, d.Alert.ID))(t)
	if len(list) != 1 || list[0].ID != d.ID || list[0].Attempts != 1 || list[0].Round == 0 || list[0].State != alerts.Waiting {
		t.Errorf("%+v", list)
	}
	if next, waits, err := db.NextDelivery(ctx, "group"); err != nil || !waits || next.Alert.Times != 4 || next.Alert.Detail != "111" {
		t.Errorf("%+v %v %v", next.Alert, waits, err)
	}
	if _, err := db.Acknowledge(ctx, d.Alert.ID, dutylog.Actor{Login: "li", Role: dutylog.Leader}, ""); err != nil {
		t.Error(err)
	}
}
