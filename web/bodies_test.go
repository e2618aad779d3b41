package web_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// bodied are the routes that read a body.
var bodied = []struct{ method, path string }{
	{"POST", "/session"}, {"POST", "/session/password"}, {"PATCH", "/entries/e-1.0"}, {"POST", "/practice/calls"},
	{"POST", "/entries"}, {"POST", "/entries/e-1.0/steps"}, {"POST", "/entries/e-1.0/links"}, {"POST", "/entries/e-1.0/read-back"},
	{"POST", "/incidents"}, {"PATCH", "/incidents/1"}, {"POST", "/incidents/1/reports"}, {"POST", "/incidents/1/reports/1/deliveries"}, {"POST", "/incidents/1/instructions"},
}

// FuzzBodies: whatever a body holds, the answer is a good one or a problem that says what is
// wrong, never a fault of ours; an entry changes by whole revisions or not at all; and nothing
// that somebody sent is in the daemon's log.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `0`, `"`, `{"username":"officer","password":"wrong password 1"}`, `{"username":"\u0000","password":"\ud800"}`,
		`{"username":"officer' OR 1=1 --","password":"x","more":1}`, `{"old":"x","new":"y"}`, `{"old":"not my password","new":"12345678"}`,
		`{"revision":1,"content":"火情"}`, `{"revision":1,"gaps":{"caller_title":{"why":"refused","reason":"x"}}}`, `{"revision":-1}`, `{"revision":1e400}`,
		`{"revision":1,"revision":2}`, `{"revision":1,"content":"\u202e\u0007"}`, `{"revision":1,"state":"complete"}`, "{\"revision\":1,\"content\":\"\xff\xfe\"}",
		`{"from":"02422730001","answer_after_ms":1,"talk_ms":1}`, `{"from":"1","answer_after_ms":9999999999999999999,"talk_ms":-1}`,
		`{"key":"0f3c9a77-1","kind":"fax","content":"通知"}`, `{"kind":"reported","channel":"phone","whom":"市局","at":"2026-11-23T12:17:59Z"}`, `{"kind":"closed","call_id":"1.0"}`,
		`{"with":"e-1.0","relation":"same_event"}`, `{"ago_ms":-1}`, `{"revision":2,"reason":"x","state":"open"}`,
		`{"key":"0f3c9a77-5","stage":"first","elements":{"cause":"\u0000"},"text":"\ud800"}`, `{"key":"0f3c9a77-6","elements":{"":""},"clock_start":"2026-11-27T25:00:00Z","merge_into":-1}`,
		`{"key":"0f3c9a77-7","recipient":"government","channel":"phone","receiver":"x","at":"2026-11-27"}`, `{"key":"0f3c9a77-8","whom":"x","text":"x","due":"9999-12-31T23:59:59Z"}`,
		strings.Repeat(`{"a":`, 2000), `{"revision":1,"content":"` + strings.Repeat("长", 30_000) + `"}`,
	} {
		for i := range bodied {
			f.Add(uint8(i), []byte(seed))
		}
	}
	h := newHouse(f)
	h.sealed("1.0")
	h.as("officer").does("POST", "", `{"entry_id":"e-1.0","category":"fire"}`)
	officer, visitor := h.as("officer"), h.visitor()
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		route := bodied[int(which)%len(bodied)]
		c := *officer
		if route.path == "/session" {
			c = *visitor
		}
		c.t = t
		before := revisionOf(t, c, officer)
		got := c.do(route.method, "/api/v1"+route.path, string(body))
		after := revisionOf(t, c, officer)
		if got.status >= 500 || !utf8.ValidString(got.body) {
			t.Fatalf("%s %s with %q: %v", route.method, route.path, body, got)
		}
		if got.status >= 400 {
			got.problem(t)
		}
		amended := route.method == "PATCH" && got.status == 200
		amended = amended || got.status == 200 && strings.HasPrefix(route.path, "/entries/e-1.0/")
		if after != before && !(amended && after == before+1) {
			t.Fatalf("%q is answered with %d; the entry had revision %d, now %d", body, got.status, before, after)
		}
		if logs := h.logs.String(); strings.Contains(logs, "panic") || len(body) > 20 && strings.Contains(logs, string(body)) {
			t.Fatalf("after %q the log says %s", body, logs)
		}
	})
}

// revisionOf reads the entry anew, which proves that it can be read.
func revisionOf(t *testing.T, c client, officer *client) int {
	t.Helper()
	reader := *officer
	reader.t = c.t
	var e struct{ Revision int }
	got := reader.get("/entries/e-1.0")
	if err := json.Unmarshal([]byte(got.body), &e); err != nil || got.status != 200 || e.Revision < 1 {
		t.Fatalf("the entry cannot be read: %v", got)
	}
	return e.Revision
}
