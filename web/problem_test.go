package web_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dutyline/web"
)

func TestRoutesThatAreNot(t *testing.T) {
	h := newHouse(t)
	visitor := h.visitor()
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/api/v1/nothing", 404, ""},
		{"GET", "/api/v2/line", 404, ""},
		{"GET", "/api/", 404, ""},
		{"POST", "/api/v1/line", 405, "GET, HEAD"},
		{"PUT", "/api/v1/session", 405, "DELETE, GET, HEAD, POST"},
		{"DELETE", "/api/v1/entries/e-1", 405, "GET, HEAD, PATCH"},
		{"POST", "/api/v1/calls/1.0/recording", 405, "GET, HEAD"},
		{"BREW", "/api/v1/calls", 405, "GET, HEAD"},
		{"OPTIONS", "/api/v1/calls", 405, "GET, HEAD"},
		{"POST", "/api/openapi.json", 405, "GET, HEAD"},
		{"POST", "/somewhere", 405, "GET, HEAD"},
		{"DELETE", "/", 405, "GET, HEAD"},
	} {
		got := visitor.do(c.method, c.path, "")
		got.problem(t)
		if got.status != c.status || got.header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %v (Allow %q), want %d (%q)", c.method, c.path, got, got.header.Get("Allow"), c.status, c.allow)
		}
	}
}

func TestBadBodies(t *testing.T) {
	h := newHouse(t)
	h.finished("1795436279.0", h.clock.Now())
	officer := h.as("officer")
	const entry, login = "/api/v1/entries/e-1795436279.0", "/api/v1/session"
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"unknown field", "PATCH", entry, `{"revision":1,"contents":"x"}`, 422, "body.contents"},
		{"fixed field", "PATCH", entry, `{"revision":1,"id":"e-2"}`, 422, "body.id"},
		{"unknown gap", "PATCH", entry, `{"revision":1,"gaps":{"shoe":{"why":"refused","reason":"x"}}}`, 422, "body.gaps.shoe"},
		{"no revision", "PATCH", entry, `{"content":"x"}`, 422, "body.revision"},
		{"wrong type", "PATCH", entry, `{"revision":"1"}`, 422, "body.revision"},
		{"null text", "PATCH", entry, `{"revision":1,"content":null}`, 422, "body.content"},
		{"twice", "PATCH", entry, `{"revision":1,"revision":2}`, 422, "body.revision"},
		{"too long", "PATCH", entry, `{"revision":1,"caller_unit":"` + strings.Repeat("长", 501) + `"}`, 422, "body.caller_unit"},
		{"not an object", "PATCH", entry, `[1]`, 422, "body"},
		{"cut", "PATCH", entry, `{"revision":1,`, 422, "body"},
		{"nothing", "PATCH", entry, ``, 400, "body"},
		{"unknown entry", "PATCH", "/api/v1/entries/e-none", `{"revision":1}`, 404, ""},
		{"cut login", "POST", login, `{"username":"a","password":`, 400, "body"},
		{"login with more", "POST", login, `{"username":"a","password":"b","remember":true}`, 422, "body.remember"},
		{"login without password", "POST", login, `{"username":"a"}`, 422, "password"},
		{"password is a number", "POST", login, `{"username":"a","password":123456}`, 422, "body.password"},
		{"huge login", "POST", login, `{"username":"` + strings.Repeat("a", 5000) + `","password":"b"}`, 422, "body.username"},
		{"not JSON at all", "POST", login, "\x00\xff\xfe", 400, "body"},
		{"practice call with a name for a number", "POST", "/api/v1/practice/calls", `{"from":"sip:x@y","answer_after_ms":1,"talk_ms":1}`, 422, "body.from"},
		{"practice call for ever", "POST", "/api/v1/practice/calls", `{"from":"110","answer_after_ms":1,"talk_ms":99999999999}`, 422, "body.talk_ms"},
	} {
		got := officer.do(c.method, c.path, c.body)
		p := got.problem(t)
		if got.status != c.status || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: got %v, want %d that says %q", c.name, got, c.status, c.says)
		}
		if strings.Contains(got.body, "123456") || strings.Contains(got.body, "长长") {
			t.Errorf("%s: the value is repeated: %s", c.name, got.body)
		}
	}
	var e web.EntryDoc
	officer.get("/entries/e-1795436279.0").into(t, &e)
	if e.Content != "" || e.State != "open" {
		t.Errorf("a refused patch left traces: %+v", e)
	}
}

func TestOtherContentTypes(t *testing.T) {
	h := newHouse(t)
	got := h.visitor().do("POST", "/api/v1/session", `username=a&password=b`, "Content-Type", "application/x-www-form-urlencoded")
	if p := got.problem(t); p.Status != 415 || !strings.Contains(p.Detail, "application/json") {
		t.Errorf("got %v", got)
	}
	got = h.visitor().do("POST", "/api/v1/session", `{"username":"officer","password":"`+password+`"}`, "Content-Type", "application/json; charset=utf-8")
	if got.status != 200 {
		t.Errorf("with a charset: %v", got)
	}
}

func TestTooLargeBodies(t *testing.T) {
	h := newHouse(t)
	h.finished("1795436279.0", h.clock.Now())
	officer := h.as("officer")
	large := `{"revision":1,"content":"` + strings.Repeat("x", 10<<20) + `"}`
	for _, path := range []string{"/api/v1/entries/e-1795436279.0", "/api/v1/nothing"} {
		got := officer.do("PATCH", path, large)
		if p := got.problem(t); p.Status != 413 {
			t.Errorf("%s: %v", path, got)
		}
	}
	// Without a stated length the daemon stops reading at the limit.
	req, err := http.NewRequest("PATCH", h.server.URL+"/api/v1/entries/e-1795436279.0", io.LimitReader(zeros{}, 10<<20))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := officer.http.Do(req)
	if err != nil {
		if !strings.Contains(err.Error(), "reset") && !strings.Contains(err.Error(), "broken pipe") {
			t.Fatal(err)
		}
		return // the connection was closed under the rest of the body: as good
	}
	res.Body.Close()
	if res.StatusCode != 413 {
		t.Errorf("chunked: %d", res.StatusCode)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestInternalErrorsTellNothing(t *testing.T) {
	h := newHouse(t)
	officer := h.as("officer")
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/calls", "/entries", "/session", "/calls/1.0/recording"} {
		got := officer.get(path)
		p := got.problem(t)
		if got.status != 500 || p.Type != "about:blank" {
			t.Errorf("%s: %v", path, got)
		}
		for _, inside := range []string{"sql", "database", "log.db", "goroutine", "/tmp"} {
			if strings.Contains(strings.ToLower(got.body), inside) {
				t.Errorf("%s tells of %q: %s", path, inside, got.body)
			}
		}
	}
	if log := h.logs.String(); !strings.Contains(log, "request failed") || !strings.Contains(log, "log.db") {
		t.Errorf("the daemon's own log does not say why:\n%s", log)
	}
}

// A page that is left while it still asks is no error of the daemon; a log that cannot be read is.
func TestWhoWentAwayIsNoFailure(t *testing.T) {
	h := newHouse(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	ask := func(ctx context.Context) string {
		request := httptest.NewRequestWithContext(ctx, "GET", "/api/v1/calls", nil)
		request.AddCookie(&http.Cookie{Name: "dutyline", Value: "whoever"})
		h.server.Config.Handler.ServeHTTP(httptest.NewRecorder(), request)
		return h.logs.String()
	}
	if log := ask(gone); strings.Contains(log, "request failed") {
		t.Errorf("who went away is an error:\n%s", log)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	if log := ask(t.Context()); !strings.Contains(log, "request failed") {
		t.Errorf("a log that cannot be read is not told:\n%s", log)
	}
}

func TestPanicIsAProblemAndALine(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) { d.Health = func() web.Health { panic("no health today") } })
	got := h.as("officer").get("/health")
	if p := got.problem(t); p.Status != 500 || strings.Contains(got.body, "no health") {
		t.Errorf("got %v", got)
	}
	if !strings.Contains(h.logs.String(), "no health today") {
		t.Error("the panic is not in the log")
	}
}

func TestStaleRevisionGivesTheCurrentEntry(t *testing.T) {
	h := newHouse(t)
	h.finished("1795436279.0", h.clock.Now())
	officer, leader := h.as("officer"), h.as("leader")
	var e web.EntryDoc
	officer.get("/entries/e-1795436279.0").into(t, &e)
	patch := func(c *client, content string) answer {
		b, err := json.Marshal(map[string]any{"revision": e.Revision, "content": content})
		if err != nil {
			t.Fatal(err)
		}
		return c.patch("e-1795436279.0", string(b))
	}
	var first web.EntryDoc
	patch(officer, "先写的").into(t, &first)
	got := patch(leader, "后写的")
	p := got.problem(t)
	if got.status != 409 || p.Type != "/problems/stale-revision" {
		t.Fatalf("got %v", got)
	}
	if p.Entry["content"] != "先写的" || p.Entry["revision"] != float64(first.Revision) || p.Entry["written_by"] != "officer" {
		t.Errorf("the current entry is %v", p.Entry)
	}
}
