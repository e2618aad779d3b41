package web_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
)

// Whom the daemon called about an alert is shown by name, without the number.
func TestTheCallsAboutAnAlertAreShown(t *testing.T) {
	h := newHouse(t)
	at := time.Date(2026, 11, 23, 12, 17, 59, 500_000_000, time.UTC)
	for i, c := range []alerts.Call{
		{ID: "a", Channel: "call", AlertID: 7, Person: alerts.Person{Name: "陈刚", Phone: "13900000001"}, WaitedAt: at, At: at.Add(time.Second), EndedAt: at.Add(time.Minute), Trunk: "PJSIP/trunk", Outcome: alerts.CallBusy},
		{ID: "b", Channel: "call", AlertID: 7, Person: alerts.Person{Name: "赵敏", Phone: "13900000002"}, At: at.Add(2 * time.Minute), Trunk: "PJSIP/trunk"},
		{ID: "c", Channel: "call", AlertID: 8, At: at},
	} {
		if err := h.db.KeepAlertCall(t.Context(), c); err != nil {
			t.Fatal(i, err)
		}
	}
	want := `{"items":[{"person":"陈刚","channel":"call","trunk":"PJSIP/trunk","waited_at":"2026-11-23T12:17:59.500Z","at":"2026-11-23T12:18:00.500Z","ended_at":"2026-11-23T12:18:59.500Z","outcome":"busy","detail":""},` +
		`{"person":"赵敏","channel":"call","trunk":"PJSIP/trunk","waited_at":null,"at":"2026-11-23T12:19:59.500Z","ended_at":null,"outcome":"","detail":""}]}`
	if got := h.as("officer").get("/alerts/7/calls"); got.status != 200 || strings.TrimSpace(got.body) != want {
		t.Errorf("%v\n%s", got, want)
	}
	if got := h.as("admin").get("/alerts/9/calls"); got.status != 200 || strings.TrimSpace(got.body) != `{"items":[]}` {
		t.Errorf("%v", got)
	}
}
