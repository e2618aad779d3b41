package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
)

func TestCallsAboutAlerts(t *testing.T) {
	db := open(t)
	first := alerts.Call{ID: "dutyline.call.1", Channel: "call", AlertID: 7, Person: alerts.Person{Name: "陈刚", Phone: "13900000001"}, WaitedAt: noon, Outcome: alerts.CallTrunkInUse}
	second := alerts.Call{ID: "dutyline.call.2", Channel: "call", AlertID: 7, Person: alerts.Person{Name: "赵敏", Phone: "13900000002"}, Trunk: "PJSIP/trunk", At: noon.Add(time.Minute), EndedAt: noon.Add(2 * time.Minute), Outcome: alerts.CallFailed, Detail: "cause 34"}
	ok(t, db.KeepAlertCall(ctx, second))
	ok(t, db.KeepAlertCall(ctx, first))
	first.Trunk, first.At, first.Outcome = "PJSIP/trunk", noon.Add(5*time.Second), alerts.CallRuns
	ok(t, db.KeepAlertCall(ctx, first))
	ok(t, db.KeepAlertCall(ctx, alerts.Call{ID: "dutyline.call.test", Channel: "call", At: noon}))
	if diff := cmp.Diff([]alerts.Call{first, second}, must(db.AlertCalls(ctx, 7))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]alerts.Call{first, second}, must(db.PlacedAlertCalls(ctx, noon.Add(time.Second), noon.Add(time.Minute)))(t)); diff != "" {
		t.Errorf("placed in a minute (-want +got):\n%s", diff)
	}
	if got, found, err := db.AlertCall(ctx, second.ID); err != nil || !found || got != second {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
	if _, found, err := db.AlertCall(ctx, "dutyline.call.3"); err != nil || found {
		t.Errorf("one that is not there: %v, %v", found, err)
	}
}

// Nobody is called to say that something is over; what is due first comes first, and a line that is
// unwell is given a moment.
func TestTheOutboxOfAPhone(t *testing.T) {
	at := noon
	db := must(sqlite.Open(ctx, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return at }, Plan: alerts.Plan{Routes: []alerts.Route{{Channel: "call", Least: alerts.Critical, Calls: true}}}}))(t)
	defer db.Close()
	raise := func(reason alerts.Reason, key, call string) {
		ok(t, db.Raise(ctx, alerts.Alert{Key: key, Rule: string(reason), Reason: reason, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", CallID: call, At: noon}))
	}
	next := func() alerts.Delivery {
		t.Helper()
		d, waits, err := db.NextDelivery(ctx, "call")
		if ok(t, err); !waits {
			t.Fatal("nothing waits")
		}
		return d
	}
	raise(alerts.ReasonPhoneUnreachable, "phone_unreachable/duty", "")
	if d := next(); !d.NextTry.After(noon) || d.Moot() {
		t.Errorf("a line is given no moment: %+v", d)
	}
	raise(alerts.ReasonLimitPassed, "limit_passed/1.0", "1.0")
	d := next()
	if d.Alert.Key != "limit_passed/1.0" || d.NextTry.After(noon) {
		t.Errorf("a call that rings waits: %+v", d)
	}
	ok(t, db.SaveDelivery(ctx, d.Tried(false, alerts.ErrNotNow, noon)))
	if again := next(); again.Attempts != 0 || !again.NextTry.Equal(noon.Add(5*time.Second)) {
		t.Errorf("what must not be now counts as a try: %+v", again)
	}
	at = noon.Add(time.Second)
	ok(t, db.Raise(ctx, alerts.Alert{Line: "duty", At: at, Ends: []string{"limit_passed/1.0", "phone_unreachable/duty"}}))
	if d, waits, err := db.NextDelivery(ctx, "call"); err != nil || waits && !d.Moot() {
		t.Errorf("somebody would be called that it is over: %+v, %v", d, err)
	}
}
