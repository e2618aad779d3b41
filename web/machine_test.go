package web_test

import (
	"bufio"
	"errors"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/web"
)

// figure reads one metric as Prometheus would; 0 when it is not there.
func (h *house) figure(name string) float64 {
	h.t.Helper()
	for scanner := bufio.NewScanner(strings.NewReader(h.visitor().do("GET", "/metrics", "").body)); scanner.Scan(); {
		if value, ok := strings.CutPrefix(scanner.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				h.t.Fatal(err)
			}
			return n
		}
	}
	return 0
}

func TestFigures(t *testing.T) {
	h := newHouse(t)
	c := h.as("officer")
	c.get("/calls/1.0")
	c.get("/calls/2.0")
	c.do("BREW", "/api/v1/calls", "")
	h.visitor().login("officer", "wrong password")
	for name, want := range map[string]float64{
		`dutyline_http_requests_total{method="GET",route="GET /api/v1/calls/{id}",status="404"}`: 2,
		`dutyline_http_requests_total{method="other",route="/api/",status="405"}`:                1,
		`dutyline_http_request_seconds_count{route="GET /api/v1/calls/{id}"}`:                    2,
		`dutyline_logins_total{result="accepted"}`:                                               1,
		`dutyline_logins_total{result="refused"}`:                                                1,
	} {
		if got := h.figure(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func TestProbes(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	if got := c.do("GET", "/healthz", ""); got.status != 200 || got.body != "ok\n" {
		t.Errorf("healthz: %v", got)
	}
	if got := c.do("GET", "/readyz", ""); got.status != 200 {
		t.Errorf("readyz: %v", got)
	}
	h.health.Switch = web.SwitchHealth{Detail: "connection refused"}
	h.health.Log = web.LogHealth{Detail: "disk full"}
	got := c.do("GET", "/readyz", "")
	if got.status != 503 || !strings.Contains(got.body, "the switch is away: connection refused\nthe duty log cannot be written: disk full") {
		t.Errorf("readyz: %v", got)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := c.do("GET", "/readyz", ""); got.status != 503 || !strings.Contains(got.body, "cannot be read") {
		t.Errorf("readyz without a log: %v", got)
	}
	if got := c.do("GET", "/healthz", ""); got.status != 200 {
		t.Errorf("healthz without a log: %v", got)
	}
}

func TestProbesAreForThisMachineOrTheToken(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		name, from, header, value string
		status                    int
	}{
		{"this machine", "127.0.0.1:9", "", "", 200},
		{"this machine, IPv6", "[::1]:9", "", "", 200},
		{"another", "192.0.2.7:9", "", "", 403},
		{"another with the token", "192.0.2.7:9", "Authorization", "Bearer scrape-me", 200},
		{"another with a wrong token", "192.0.2.7:9", "Authorization", "Bearer scrape-mf", 403},
		{"another with an empty token", "192.0.2.7:9", "Authorization", "Bearer ", 403},
		{"through a proxy on this machine", "127.0.0.1:9", "X-Forwarded-For", "192.0.2.7", 403},
		{"a lie about where it comes from", "192.0.2.7:9", "X-Forwarded-For", "127.0.0.1", 403},
		{"an address that is none", "@", "", "", 403},
	} {
		for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
			r := httptest.NewRequest("GET", path, nil)
			r.RemoteAddr = c.from
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			h.server.Config.Handler.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("%s, %s: %d, want %d", c.name, path, w.Code, c.status)
			}
		}
	}
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	h.health.Switch.Since = time.Time{}
	h.health.Journal = web.JournalHealth{Detail: "the folder does not exist; create it", LastRow: time.Date(2026, 11, 23, 20, 17, 59, 603_400_000, time.FixedZone("", 8*3600)), Configured: true}
	h.health.Recorder = web.RecorderHealth{Pending: 2, Detail: "waiting for the switch"}
	got := h.as("admin").get("/health").body
	want := `{"switch":{"connected":true,"since":null,"detail":"Asterisk 22"},"log":{"ok":true,"detail":""},` +
		`"recorder":{"pending":2,"detail":"waiting for the switch"},"practice":true,"version":"1.2.3","tape":{"ok":false,"bytes":0,"detail":""},"disk":{"room":"plenty","free_bytes":4096,"reserve_bytes":512,"days":-1,"detail":""},` +
		`"journal":{"ok":false,"detail":"the folder does not exist; create it","last_row":"2026-11-23T12:17:59.603Z","configured":true}}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPracticeCall(t *testing.T) {
	h := newHouse(t)
	if got := h.visitor().get("/practice").body; got != `{"enabled":true}`+"\n" {
		t.Errorf("got %s", got)
	}
	c := h.as("officer")
	got := c.post("/practice/calls", `{"from":"02422730001","name":"沈河区应急局","answer_after_ms":7000,"talk_ms":20000}`)
	after := func(d time.Duration) *time.Duration { return &d }
	want := []web.PracticeCall{{From: "02422730001", Name: "沈河区应急局", AnswerAfter: after(7 * time.Second), Talk: after(20 * time.Second)}}
	if diff := cmp.Diff(want, h.practice.placed); got.status != 202 || diff != "" {
		t.Errorf("%v (-want +got):\n%s", got, diff)
	}
	// Nothing said is something else than zero, and the description says so.
	if doc := h.visitor().do("GET", "/api/openapi.json", "").body; !strings.Contains(doc, "absent: the call is never answered") || !strings.Contains(doc, "absent: 15 seconds") {
		t.Error("the description does not say what an absent answer_after_ms or talk_ms means")
	}
	c.post("/practice/calls", `{"from":"110"}`)
	c.post("/practice/calls", `{"from":"110","answer_after_ms":0,"talk_ms":0}`)
	want = []web.PracticeCall{{From: "110"}, {From: "110", AnswerAfter: after(0), Talk: after(0)}}
	if diff := cmp.Diff(want, h.practice.placed[1:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h.practice.err = errors.New("the practice line is busy; wait until the call has ended")
	if got := c.post("/practice/calls", `{"from":"","answer_after_ms":0,"talk_ms":0}`); got.status != 503 || !strings.Contains(got.problem(t).Detail, "busy") {
		t.Errorf("got %v", got)
	}
}

func TestAPracticeCallThatNobodyCouldPlaceIsTheAskersFault(t *testing.T) {
	h := newHouse(t)
	h.practice.err = &dutylog.InvalidError{Field: "name", Reason: "holds a line break: leave it out"}
	got := h.as("officer").post("/practice/calls", `{"from":"110","name":"a\nb"}`)
	p := got.problem(t)
	if got.status != 422 || p.Type != "/problems/invalid-value" || len(p.Errors) != 1 || p.Errors[0].Location != "body.name" || !strings.Contains(p.Detail, "leave it out") {
		t.Errorf("got %v, want 422 about body.name", got)
	}
	if said := h.logs.String(); strings.Contains(said, "not placed") {
		t.Errorf("the daemon's own log complains: %s", said)
	}
}

func TestOutsidePracticeModeThereIsNoPracticeLine(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Practice = nil })
	if got := h.visitor().get("/practice").body; got != `{"enabled":false}`+"\n" {
		t.Errorf("got %s", got)
	}
	got := h.as("officer").post("/practice/calls", `{"from":"02422730001","answer_after_ms":7000,"talk_ms":20000}`)
	if p := got.problem(t); p.Status != 404 || p.Type != "/problems/no-practice-line" {
		t.Errorf("got %v", got)
	}
}
