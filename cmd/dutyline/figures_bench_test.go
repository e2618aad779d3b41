package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/web"
)

// bed is what production consists of: an Asterisk and the daemon beside it, each a process
// of its own, and somebody who is signed in and reads the events of the page.
type bed struct {
	asterisk *asterisk.Process
	daemon   *exec.Cmd
	exited   chan error
	url      string
	client   *http.Client
	feed     *feed
	stopped  bool
}

const benchPassword = "figures-officer"

// newBed starts everything on free ports; it is stopped when the benchmark ends. MORE goes into the
// configuration, with SWITCH as the switch's SIP address.
func newBed(b *testing.B, more ...string) *bed {
	b.Helper()
	tellf("building the daemon, starting it beside an Asterisk")
	program := filepath.Join(b.TempDir(), "dutyline")
	build := exec.Command("go", "build", "-o", program, "./cmd/dutyline")
	build.Dir = asterisktest.Root(b)
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build the daemon: %v\n%s", err, out)
	}
	settings := asterisktest.Settings(b)
	settings.SystemName = "bench"
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	e := &bed{asterisk: asterisktest.Start(b, settings), exited: make(chan error, 1), client: &http.Client{Jar: jar}}
	e.serve(b, program, strings.ReplaceAll(strings.Join(more, "\n"), "SWITCH", e.asterisk.Settings.SIPAddress))
	e.signIn(b)
	e.feed = readFeed(b, e)
	return e
}

// serve starts the daemon as in production and waits until it sees the switch.
func (e *bed) serve(b *testing.B, program, more string) {
	b.Helper()
	dir, address := b.TempDir(), asterisktest.FreeTCP(b)
	e.url = "http://" + address
	addOfficer(b, filepath.Join(dir, "log.db"))
	file := filepath.Join(dir, "dutyline.yaml")
	text := fmt.Sprintf(`
lines: [{name: duty, number: %q, endpoints: [PJSIP/%s], trunks: [PJSIP/%s]}]
ari: {url: %q, user: %s}
log: {file: %s/log.db}
archive: {folder: %[6]s/recordings}
tape: {folder: %[6]s/tape}
journal: {file: %[8]q}
web: {listen: %[7]q, tls_folder: %[6]s/tls}
`, e.asterisk.Settings.Number, e.asterisk.Settings.DutyUser, e.asterisk.Settings.Trunk, e.asterisk.Settings.ARI(), e.asterisk.Settings.ARIUser, dir, address, e.asterisk.Settings.Journal()) + more
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	words, err := os.Create(filepath.Join(dir, "daemon.log"))
	if err != nil {
		b.Fatal(err)
	}
	defer words.Close()
	e.daemon = exec.Command(program, "serve", "--config", file)
	e.daemon.Env = append(os.Environ(), "DUTYLINE_ARI_PASSWORD="+e.asterisk.Settings.ARIPassword)
	e.daemon.Stdout, e.daemon.Stderr = words, words
	if err := startWithUs(e.daemon, unitTimerSlack(b), func(err error) { e.exited <- err }); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		e.stop(b)
		if said, err := os.ReadFile(words.Name()); b.Failed() && err == nil {
			tellf("the daemon said:\n%s", said)
		}
	})
	asterisktest.Eventually(b, 20*time.Second, "the daemon is ready", func() bool {
		res, err := e.client.Get(e.url + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func addOfficer(b *testing.B, file string) {
	b.Helper()
	db, err := sqlite.Open(b.Context(), file, sqlite.Options{Location: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	officer := dutylog.Account{Login: "officer", Name: "officer", Role: dutylog.Officer, PasswordHash: web.HashPassword(benchPassword), CreatedAt: time.Now()}
	if err := db.AddAccount(b.Context(), officer); err != nil {
		b.Fatal(err)
	}
}

// stop ends the daemon and returns the CPU it used in its life.
func (e *bed) stop(b *testing.B) time.Duration {
	b.Helper()
	if !e.stopped {
		e.stopped = true
		_ = e.daemon.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case err := <-e.exited:
			if err != nil {
				b.Errorf("the daemon ended with %v", err)
			}
		case <-time.After(30 * time.Second):
			b.Error("the daemon did not stop within 30 s of SIGTERM")
			_ = e.daemon.Process.Kill()
			<-e.exited
		}
	}
	return e.daemon.ProcessState.UserTime() + e.daemon.ProcessState.SystemTime()
}

func (e *bed) signIn(b *testing.B) {
	b.Helper()
	body, err := json.Marshal(map[string]string{"username": "officer", "password": benchPassword})
	if err != nil {
		b.Fatal(err)
	}
	res, err := e.client.Post(e.url+"/api/v1/session", "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(res.Body)
		b.Fatalf("sign in: %s %s", res.Status, said)
	}
}

// call asks the API for one call.
func (e *bed) call(b *testing.B, id string) seenCall {
	b.Helper()
	res, err := e.client.Get(e.url + "/api/v1/calls/" + id)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	var c seenCall
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("call %s: %s %v", id, res.Status, err)
	}
	return c
}

// seenCall is what these figures need of a call in the API.
type seenCall struct {
	ID        string    `json:"id"`
	Caller    string    `json:"caller"`
	Outcome   string    `json:"outcome"`
	OfferedAt time.Time `json:"offered_at"`
	RangAt    time.Time `json:"rang_at"` // null leaves it zero
	EndedAt   time.Time `json:"ended_at"`
	Tags      []string  `json:"tags"`
	RingMS    *int64    `json:"ring_ms"`
	Findings  []string  `json:"findings"`
	Recording *struct {
		Status     string `json:"status"`
		Reason     string `json:"reason"`
		DurationMS int64  `json:"duration_ms"`
	} `json:"recording"`
}

func (c seenCall) sealed() bool { return c.Recording != nil && c.Recording.Status == "sealed" }

// await polls the feed until done, which is asked anew after each frame.
func (e *bed) await(b *testing.B, limit time.Duration, what string, done func() bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	for {
		news := e.feed.news()
		if done() {
			return
		}
		select {
		case <-news:
		case <-e.feed.ended:
			b.Fatalf("%s: the event stream ended: %v", what, e.feed.err)
		case err := <-e.exited:
			e.exited <- err
			b.Fatalf("%s: the daemon ended: %v", what, errors.Join(err, errors.New("see its log above")))
		case <-ctx.Done():
			b.Fatalf("%s: not within %v", what, limit)
		}
	}
}
