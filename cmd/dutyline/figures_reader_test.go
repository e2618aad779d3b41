package main_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// readsBare tells this program, started once more, where to read a switch's events.
const readsBare = "DUTYLINE_READS_BARE"

// bareReader is a process of its own that reads the switch's events as the daemon does, with its
// subscription and its filter, and throws them away: what that costs the switch and the reader, no
// watcher by ARI can save.
type bareReader struct {
	cmd *exec.Cmd
	in  io.Closer
}

func (l *loadBed) readBare(b *testing.B) *bareReader {
	b.Helper()
	s := l.sw.Settings
	cmd := exec.Command(os.Args[0], "-test.run", "^TestReadBare$")
	cmd.Env = append(os.Environ(), readsBare+"="+strings.Join([]string{s.HTTPAddress, s.ARIUser, s.ARIPassword, s.DutyUser, s.Trunk}, " "))
	cmd.Stderr, cmd.SysProcAttr = os.Stderr, endsWithUs()
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if said, err := bufio.NewReader(out).ReadString('\n'); said != "reading\n" {
		b.Fatalf("the bare reader said %q, %v", said, err)
	}
	return &bareReader{cmd, in}
}

func (r *bareReader) used(b *testing.B) time.Duration {
	b.Helper()
	used, err := cpuOf(r.cmd.Process.Pid)
	if err != nil {
		b.Fatal(err)
	}
	return used
}

func (r *bareReader) stop(b *testing.B) {
	b.Helper()
	_ = r.in.Close()
	if err := r.cmd.Wait(); err != nil {
		b.Fatalf("the bare reader: %v", err)
	}
}

// TestReadBare is the bare reader, where the bench starts it; it ends with its standard input.
func TestReadBare(t *testing.T) {
	at := strings.Fields(os.Getenv(readsBare))
	if len(at) != 5 {
		return // nobody asked for it
	}
	const app = "bare"
	login := http.Request{Header: http.Header{}}
	login.SetBasicAuth(at[1], at[2])
	conn, _, err := websocket.Dial(t.Context(), "ws://"+at[0]+"/ari/events?app="+app, &websocket.DialOptions{HTTPHeader: login.Header})
	if err != nil {
		t.Fatal(err)
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
		askApp(t, login.Header, method, "http://"+at[0]+"/ari/applications/"+app+path, body)
	}
	ask(http.MethodPut, "/eventFilter", `{"disallowed":[{"type":"ChannelVarset"},{"type":"BridgeCreated"},{"type":"BridgeDestroyed"},{"type":"BridgeVideoSourceChanged"}]}`)
	ask(http.MethodPost, "/subscription?eventSource="+url.QueryEscape("bridge:,endpoint:PJSIP/"+at[3]+",endpoint:PJSIP/"+at[4]), "")
	_, _ = os.Stdout.WriteString("reading\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = conn.Close(websocket.StatusNormalClosure, "")
	<-done
}

func askApp(t *testing.T, login http.Header, method, address, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = login.Clone()
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(res.Body); res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s", method, address, res.Status, said)
	}
}
