package ari_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"dutyline/recorder"
	"dutyline/telephony/ari"
)

// oddNames is what somebody may have managed to call a recording, or a call.
var oddNames = []string{
	"../../etc/passwd", "..", ".", "/etc/passwd", "a/b/../../c", "x?mode=live", "x#fragment", "50%", "%2e%2e%2f", "a b\tc",
	"nul\x00byte", "line\r\nHost: elsewhere", "值班", "\xff\xfe", "'; DROP TABLE calls; --", "-rf", strings.Repeat("n", 4000),
}

// Whatever a recording is called, the switch is asked for exactly that name, in one place of
// the path: no name reaches another resource or adds a header.
func TestOddNamesStayOneName(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.RequestURI)
		if r.URL.RawQuery != "" || r.Host == "elsewhere" || r.Header.Get("Host") != "" {
			t.Errorf("%s asks %s of %s", r.Method, r.URL, r.Host)
		}
	}))
	defer server.Close()
	c := ari.New(ari.Config{URL: server.URL + "/ari", User: "u", Password: "p"}, nil)
	for _, id := range oddNames {
		for _, side := range recorder.Sides() {
			name := recorder.StoredName(id, side)
			asked = nil
			if _, err := c.FetchRecording(t.Context(), name, &bytes.Buffer{}); err != nil {
				t.Errorf("%.40q: %v", name, err)
			}
			if err := c.RemoveRecording(t.Context(), name); err != nil {
				t.Errorf("%.40q: %v", name, err)
			}
			want := "/ari/recordings/stored/" + url.PathEscape(name)
			if len(asked) != 2 || asked[0] != "GET "+want+"/file" || asked[1] != "DELETE "+want || strings.Count(want, "/") != 4 {
				t.Errorf("%.40q: asked for %.200q", name, asked)
			}
		}
	}
}
