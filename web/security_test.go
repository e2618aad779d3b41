package web_test

import (
	"strings"
	"testing"
)

// TestOtherSitesCannotChangeAnything sends what a browser sends when another site's page
// makes it: by Sec-Fetch-Site, and by Origin for browsers that do not know that one yet.
func TestOtherSitesCannotChangeAnything(t *testing.T) {
	h := newHouse(t)
	h.finished("1.0", h.clock.Now())
	officer := h.as("officer")
	own := h.server.URL
	for _, c := range []struct {
		name    string
		headers []string
		refused bool
	}{
		{"this page", []string{"Sec-Fetch-Site", "same-origin", "Origin", own}, false},
		{"this page in an old browser", []string{"Origin", own}, false},
		{"a program", nil, false},
		{"another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, true},
		{"another host of this site", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://other.127.0.0.1"}, true},
		{"another site in an old browser", []string{"Origin", "https://evil.example"}, true},
		{"another port in an old browser", []string{"Origin", "http://127.0.0.1:1"}, true},
		{"a sandboxed frame", []string{"Origin", "null"}, true},
	} {
		for _, change := range [][3]string{
			{"PATCH", "/api/v1/entries/e-1.0", `{"revision":1}`},
			{"POST", "/api/v1/session", `{"username":"officer","password":"` + password + `"}`},
			{"DELETE", "/api/v1/session", ""},
			{"PUT", "/api/v1/calls/1.0/tags/spot_check", ""},
			{"POST", "/api/v1/practice/calls", `{"from":"110","answer_after_ms":1,"talk_ms":1}`},
		} {
			if change[0] == "DELETE" && !c.refused {
				continue // would sign out
			}
			got := officer.do(change[0], change[1], change[2], c.headers...)
			if refused := got.status == 403; refused != c.refused {
				t.Errorf("%s: %s %s: %v", c.name, change[0], change[1], got)
			}
			if c.refused && got.problem(t).Type != "/problems/cross-site-request" {
				t.Errorf("%s: %v", c.name, got)
			}
		}
	}
	if got := officer.get("/session", "Sec-Fetch-Site", "cross-site"); got.status != 200 {
		t.Errorf("a link from elsewhere: %v", got)
	}
	if len(h.practice.placed) != 3 {
		t.Errorf("%d practice calls were placed, want the 3 of this page and the program", len(h.practice.placed))
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	h := newHouse(t)
	h.sealed("1.0")
	officer := h.as("officer")
	for _, path := range []string{"/", "/api/v1/line", "/api/v1/nothing", "/api/v1/calls/1.0/recording", "/api/openapi.json", "/assets/none.js", "/healthz", "/api/v1/entries/e-1.0"} {
		got := officer.do("GET", path, "")
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := got.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		policy := got.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "style-src 'self' 'unsafe-inline'", "media-src 'self' blob:", "connect-src 'self'", "object-src 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, part)
			}
		}
		if strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe-eval") {
			t.Errorf("%s: the policy lets foreign scripts in: %q", path, policy)
		}
	}
	if got := officer.get("/calls").header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("answers of the API may be kept: %q", got)
	}
}

func TestHeadersOfRequestsAreNotBelieved(t *testing.T) {
	h := newHouse(t)
	c := h.visitor()
	for range 10 {
		c.do("POST", "/api/v1/session", `{"username":"a`+c.t.Name()+`","password":"x"}`, "X-Forwarded-For", "198.51.100.1")
	}
	// A new address in a header is no new address.
	got := c.do("POST", "/api/v1/session", `{"username":"atest","password":"x"}`, "X-Forwarded-For", "198.51.100.2", "X-Real-Ip", "198.51.100.3")
	statuses := got.status
	for i := 0; i < 12 && statuses != 429; i++ {
		statuses = c.do("POST", "/api/v1/session", `{"username":"b`+strings.Repeat("x", i)+`","password":"x"}`, "X-Forwarded-For", "198.51.100."+strings.Repeat("1", i%3+1)).status
	}
	if statuses != 429 {
		t.Error("whoever invents addresses may try for ever")
	}
}
