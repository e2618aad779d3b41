package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
)

// A leader mutes an alert with a reason and an end, everybody sees it, and it can be ended early.
func TestAnAlertIsMuted(t *testing.T) {
	h := newHouse(t)
	now := h.clock.Now()
	raise := func(reason alerts.Reason, key string) {
		h.raise(alerts.Alert{Key: key, Rule: string(reason), Reason: reason, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: now})
	}
	raise(alerts.ReasonPhoneUnreachable, "phone_unreachable/duty")
	raise(alerts.ReasonMissed, "missed/1.0")
	raise(alerts.ReasonLimitPassed, "limit_passed/2.0")
	officer, leader := h.as("officer"), h.as("leader")
	body := func(after time.Duration, reason, more string) string {
		return fmt.Sprintf(`{"until":%q,"reason":%q%s}`, now.Add(after).UTC().Format(time.RFC3339), reason, more)
	}
	wants := func(what string, got answer, status int, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(got.body, w) {
				t.Errorf("%s lacks %s: %v", what, w, got)
			}
		}
		if got.status != status {
			t.Errorf("%s: %v", what, got)
		}
	}
	wants("muted", leader.do("POST", "/api/v1/alerts/1/mute", body(2*time.Hour, " 话机检修 ", "")), 200, `"muted_reason":"话机检修"`, `"muted_by":"`, `"state":"open"`, `"muted_rule":false`)
	wants("seen by others", officer.get("/alerts?muted=true"), 200, `"id":1,`, `"muted_until":"`+now.Add(2*time.Hour).UTC().Format("2006-01-02T15:04"))
	if got := officer.get("/alerts?muted=true"); strings.Contains(got.body, "missed/1.0") {
		t.Errorf("what is not muted: %v", got)
	}
	wants("ended early", leader.do("DELETE", "/api/v1/alerts/1/mute", ""), 200, `"muted_until":null`, `"muted_reason":""`)
	wants("ended twice", leader.do("DELETE", "/api/v1/alerts/1/mute", ""), 409, "not muted", "read the list anew", "/problems/alert-unmuted")
	wants("its rule", leader.do("POST", "/api/v1/alerts/2/mute", body(time.Hour, "演练", `,"rule":true`)), 200, `"muted_rule":true`)
	raise(alerts.ReasonMissed, "missed/3.0")
	wants("what came since", officer.get("/alerts?muted=true"), 200, "missed/3.0", "演练")
	wants("a call that rings", leader.do("POST", "/api/v1/alerts/3/mute", body(time.Hour, "吵", "")), 409, "rings at this moment", "/problems/alert-rings")
	wants("what is over", leader.do("POST", "/api/v1/alerts/2/acknowledge", `{}`), 200, `"state":"resolved"`)
	wants("what is over", leader.do("POST", "/api/v1/alerts/2/mute", body(time.Hour, "演练", "")), 409, "resolved already", "/problems/alert-over")
	wants("without a reason", leader.do("POST", "/api/v1/alerts/1/mute", body(time.Hour, " ", "")), 422, "body.reason")
	wants("an end that is past", leader.do("POST", "/api/v1/alerts/1/mute", body(-time.Hour, "检修", "")), 422, "body.until")
	wants("an end too far away", leader.do("POST", "/api/v1/alerts/1/mute", body(8*24*time.Hour, "检修", "")), 422, "body.until")
	wants("no end", leader.do("POST", "/api/v1/alerts/1/mute", `{"reason":"检修"}`), 422, "until")
	wants("none of that number", leader.do("POST", "/api/v1/alerts/99/mute", body(time.Hour, "检修", "")), 404)
	wants("an officer", officer.do("POST", "/api/v1/alerts/1/mute", body(time.Hour, "检修", "")), 403)
	wants("an officer", officer.do("DELETE", "/api/v1/alerts/1/mute", ""), 403)
}
