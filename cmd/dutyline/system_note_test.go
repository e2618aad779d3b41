package main

import (
	"net/http"
	"testing"
	"time"
)

// While it rings somebody writes on the locked screen; the daemon is stopped and started in mid-ring, and
// the session is over. Not one character is lost: what was kept before, what was typed while nobody
// answered and what came after are in the call's entry once the officer signed in by the short secret.
func TestSystemANoteOverARestartInMidRing(t *testing.T) {
	t.Parallel()
	r := newRoom(t, cadence(time.Second, 4*time.Second))
	r.phone(20*time.Second, 0, phoneTone)
	r.awaitLine("idle")
	r.desk.want(204, "PUT", "/api/v1/session/pin", map[string]string{"password": officerPassword + "-changed", "pin": "2739"}, nil)
	r.desk.want(204, "DELETE", "/api/v1/session", nil, nil)
	rings := r.calls("caller-gives-up", caller{number: "13800001111", ring: 9 * time.Second})
	begun := time.Now()
	r.desk.await(15*time.Second, "it rings", func() bool { return r.desk.line().State == "ringing" })
	const key = "/api/v1/call-notes/0f3c9a77-restart"
	note := func(text string, edit int) map[string]any {
		return map[string]any{"line": "duty", "text": text, "edit": edit, "ago_ms": time.Since(begun).Milliseconds()}
	}
	begun = time.Now()
	r.desk.want(200, "PUT", key, note("沈阳路", 3), nil)
	r.close()
	if resp, err := http.Get(r.app.URL() + "/readyz"); err == nil {
		resp.Body.Close()
		t.Error("the daemon still answers") // what is typed now stays in the browser
	}
	r.open()
	r.desk.await(15*time.Second, "the daemon answers again", func() bool { status, _ := r.readyz(); return status != 0 })
	r.desk.want(200, "PUT", key, note("沈阳路燃气泄漏", 7), nil)
	rings.Must(t)
	r.desk.want(200, "POST", "/api/v1/session/pin", map[string]string{"username": "wang", "pin": "2739"}, nil)
	calls := r.desk.settled(1)
	var e struct {
		ID, Content, Kind string
	}
	r.desk.want(200, "POST", key+"/take", note("沈阳路燃气泄漏，已疏散", 11), &e)
	if e.ID != calls[0].EntryID || e.Content != "沈阳路燃气泄漏，已疏散" || e.Kind != "missed" {
		t.Errorf("%+v of %+v", e, calls[0])
	}
	var left wireList[struct{ Key string }]
	r.desk.want(200, "GET", "/api/v1/call-notes", nil, &left)
	if len(left.Items) != 0 {
		t.Errorf("it still waits: %+v", left.Items)
	}
}
