package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk/asterisktest"
)

var servedAt = regexp.MustCompile(`msg=serving page=(\S+)`)

// page is the address that the daemon names in its log.
func (p *program) page() string {
	p.t.Helper()
	p.says(10*time.Second, "msg=serving")
	found := servedAt.FindStringSubmatch(p.out.String())
	if found == nil {
		p.t.Fatalf("the log does not name the page's address: %s", p.out.String())
	}
	return found[1]
}

// writeConfig writes the configuration file of a daemon, as an administrator would.
func writeConfig(t *testing.T, c config.Config, more string) string {
	t.Helper()
	dir := t.TempDir()
	secret := filepath.Join(dir, "ari.password")
	if err := os.WriteFile(secret, []byte(c.ARI.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`site: {name: 值班室, area_code: "024"}
lines:
  - name: duty
    number: "02422739110"
    endpoints: [PJSIP/duty]
    trunks: [PJSIP/trunk]
    rule: {on: 200ms, off: 300ms, uncertainty: 50ms}
ari: {url: %q, user: %q, password_file: %q}
log: {file: %q}
archive: {folder: %q}
tape: {folder: %q}
journal: {file: %q}
web: {listen: %q}
%s`, c.ARI.URL, c.ARI.User, secret, c.Log.File, c.Archive.Folder, c.Tape.Folder, c.Journal.File, c.Web.Listen, more)
	file := filepath.Join(dir, "dutyline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The daemon as an administrator runs it: logins from the command line, no practice line, a
// session that ends at once, a stop that takes a moment.
func TestServeAsAProcess(t *testing.T) {
	t.Parallel()
	r := &room{t: t, cfg: roomConfig(t.TempDir()), sw: asterisktest.Start(t, asterisktest.Settings(t))}
	r.cfg.Journal.File = r.sw.Settings.Journal()
	r.cfg.ARI = config.ARI{URL: r.sw.Settings.ARI(), User: r.sw.Settings.ARIUser, Password: r.sw.Settings.ARIPassword}
	file := writeConfig(t, r.cfg, "")
	works(t, officerPassword+"\n", "user", "add", "wang", "--role", "officer", "--config", file)
	works(t, "Guanli-2739\n", "user", "add", "chief", "--role", "admin", "--config", file)
	p := start(t, "serve", "--config", file)
	base := p.page()
	visitor := newDesk(t, func() string { return base })
	visitor.await(10*time.Second, "the daemon is ready", func() bool {
		resp, _ := visitor.ask("GET", "/readyz", nil)
		return resp.StatusCode == 200
	})
	checkNoPractice(t, visitor)
	visitor.want(401, "GET", "/api/v1/calls", nil, nil)

	d := newDesk(t, func() string { return base })
	d.want(200, "POST", "/api/v1/session", map[string]string{"username": "wang", "password": officerPassword}, nil)
	var refused wireProblem
	d.want(403, "GET", "/api/v1/calls", nil, &refused)
	if !strings.HasSuffix(refused.Type, "/password-change-required") {
		t.Errorf("before the password is changed a new login hears %+v", refused)
	}
	d.want(204, "POST", "/api/v1/session/password", map[string]string{"old": officerPassword, "new": officerPassword + "-new"}, nil)
	d.want(200, "GET", "/api/v1/calls", nil, nil)
	d.want(404, "POST", "/api/v1/practice/calls", map[string]any{"from": "110", "answer_after_ms": 1, "talk_ms": 1}, nil)

	stream := d.follow("")
	awaitFrame(stream, "line", "the open stream shows the line", func(l wireLine) bool { return l.Number == practiceNumber })
	if out := works(t, "", "user", "disable", "wang", "--config", file); !strings.Contains(out, "disabled and logged out") {
		t.Errorf("user disable prints %q", out)
	}
	d.want(401, "GET", "/api/v1/calls", nil, nil)
	d.await(10*time.Second, "the disabled officer's open stream ends", stream.over)
	d.want(401, "POST", "/api/v1/session", map[string]string{"username": "wang", "password": officerPassword + "-new"}, nil)

	visitor.follow("") // an open page must not hold up the stop
	p.ends(syscall.SIGTERM, 8*time.Second)
	if strings.Contains(p.out.String(), "level=ERROR") {
		t.Errorf("an ordinary run logs errors")
	}
	for _, secret := range []string{officerPassword, r.cfg.ARI.Password} {
		if strings.Contains(p.out.String(), secret) {
			t.Errorf("a password is in the log")
		}
	}
}

// checkNoPractice insists that the practice line does not exist here.
func checkNoPractice(t *testing.T, d *desk) {
	t.Helper()
	var practice struct{ Enabled bool }
	d.want(200, "GET", "/api/v1/practice", nil, &practice)
	if practice.Enabled {
		t.Error("a production daemon says that it has a practice line")
	}
}

// The daemon is killed in the middle of a call, as by a power cut, and started again.
func TestServeKilledDuringACallLosesNothing(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	s.Qualify = time.Second
	r := &room{t: t, cfg: roomConfig(t.TempDir()), sw: asterisktest.Start(t, s)}
	r.cfg.ARI = config.ARI{URL: r.sw.Settings.ARI(), User: r.sw.Settings.ARIUser, Password: r.sw.Settings.ARIPassword}
	r.furnish()
	file := writeConfig(t, r.cfg, "")
	p := start(t, "serve", "--config", file)
	base := p.page()
	r.desk = newDesk(t, func() string { return base })
	r.desk.signIn("wang", officerPassword)
	r.phone(600*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	call := r.calls("caller", caller{number: "02422730001", talk: 4 * time.Second, hertz: callerTone})
	r.awaitTalk()
	e := r.desk.entry(r.desk.allCalls()[0].EntryID)
	r.desk.want(200, "PATCH", "/api/v1/entries/"+e.ID, map[string]any{"revision": e.Revision, "content": "写到一半"}, nil)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	call.Must(t)

	again := start(t, "serve", "--config", file)
	base = again.page()
	c := r.theCallOf("02422730001", 1) // the session is still good
	r.checkSeenInPart(c, "answered_in_time", "sealed")
	r.checkEndNotSeen(c)
	r.checkRecording(c, callerTone, phoneTone)
	if e := r.desk.entry(c.EntryID); e.Content != "写到一半" || e.CallerUnit != "沈河区应急局" {
		t.Errorf("the entry after the power cut: %+v", e)
	}
	again.ends(syscall.SIGTERM, 8*time.Second)
}

// What an administrator may get wrong: one clear complaint on standard error and exit code 1.
func TestServeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := roomConfig(t.TempDir())
	c.ARI.User, c.ARI.Password = "dutyline", "some-password"
	busy := c
	busy.Web.Listen = taken.Addr().String()
	for _, x := range []struct {
		name, file string
		want       []string
	}{
		{"no configuration", filepath.Join(t.TempDir(), "absent.yaml"), []string{"absent.yaml does not exist", "--config"}},
		{"an unknown key", writeConfig(t, c, "recordngs: {folder: /tmp}\n"), []string{"recordngs: unknown key", "deploy/dutyline.yaml"}},
		{"a port in use", writeConfig(t, busy, ""), []string{"already uses " + busy.Web.Listen, "choose another port"}},
	} {
		p := start(t, "serve", "--config", x.file)
		if code := p.exitCode(10 * time.Second); code != 1 {
			t.Errorf("%s: exit code %d, want 1", x.name, code)
		}
		said := p.out.String()
		for _, w := range x.want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: it says\n%swithout %q", x.name, said, w)
			}
		}
		if lines := strings.Count(strings.TrimSpace(said), "\n") + 1; lines > 2 || !strings.HasPrefix(said, "dutyline: ") {
			t.Errorf("%s: %d lines:\n%s", x.name, lines, said)
		}
	}
}
