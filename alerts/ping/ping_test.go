package ping_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dutyline/alerts/ping"
)

// The other machine is up, answers badly, points elsewhere, never answers, talks garbage or is gone:
// only a 2xx is a yes, and no error tells the address, which is a secret.
func TestOnlyAYesIsAYes(t *testing.T) {
	const secret = "/ping/0f3c9a77-secret"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"yes":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, ""},
		"500":       {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no luck with "+r.URL.Path, 500) }, "it answered 500"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, "it answered 302"},
		"never":     {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer in time"},
		"garbage": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "\x00\x01 no HTTP\r\n\r\n")
				_ = conn.Close()
			}
		}, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.Method + " " + r.URL.Path
				c.answer(w, r)
			}))
			defer server.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			err := ping.New(ping.Config{URL: server.URL + secret}).Ping(ctx)
			if asked != "GET "+secret {
				t.Errorf("asked %q", asked)
			}
			switch {
			case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("the error tells the address: %v", err)
			}
		})
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := gone.Addr().String()
	gone.Close()
	if err := ping.New(ping.Config{URL: "http://" + address + secret}).Ping(t.Context()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody is there: %v", err)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for _, c := range []struct {
		config ping.Config
		want   string
	}{
		{ping.DefaultConfig(), ""},
		{ping.Config{URL: "https://watch.example.cn/ping/1", Every: time.Minute}, ""},
		{ping.Config{URL: "watch.example.cn", Every: time.Minute}, "url: "},
		{ping.Config{URL: "ftp://watch.example.cn", Every: time.Minute}, "url: "},
		{ping.Config{}, "every: "},
	} {
		err := c.config.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
	}
}
