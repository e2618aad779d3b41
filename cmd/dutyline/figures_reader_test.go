package main_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// readBare reads the switch's events as the daemon does, with its subscription and its filter,
// and throws them away: what that costs the switch, no watcher by ARI can save it.
func (l *loadBed) readBare(b *testing.B) (stop func()) {
	b.Helper()
	const app = "bare"
	s := l.sw.Settings
	login := http.Request{Header: http.Header{}}
	login.SetBasicAuth(s.ARIUser, s.ARIPassword)
	conn, _, err := websocket.Dial(b.Context(), "ws://"+s.HTTPAddress+"/ari/events?app="+app, &websocket.DialOptions{HTTPHeader: login.Header})
	if err != nil {
		b.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, r, err := conn.Reader(context.Background())
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				return // it was closed
			}
		}
	}()
	ask := func(method, path, body string) {
		b.Helper()
		req, err := http.NewRequestWithContext(b.Context(), method, "http://"+s.HTTPAddress+"/ari/applications/"+app+path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header = login.Header.Clone()
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		defer res.Body.Close()
		if said, _ := io.ReadAll(res.Body); res.StatusCode/100 != 2 {
			b.Fatalf("%s %s: %s %s", method, path, res.Status, said)
		}
	}
	ask(http.MethodPut, "/eventFilter", `{"disallowed":[{"type":"ChannelVarset"},{"type":"BridgeCreated"},{"type":"BridgeDestroyed"},{"type":"BridgeVideoSourceChanged"}]}`)
	ask(http.MethodPost, "/subscription?eventSource="+url.QueryEscape("bridge:,endpoint:PJSIP/"+s.DutyUser+",endpoint:PJSIP/"+s.Trunk), "")
	return func() {
		_ = conn.Close(websocket.StatusNormalClosure, "")
		<-done
	}
}
