package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// Callers who send what no telephone should: each call is in the log like every other, with a
// name that can be shown, and the daemon goes on.
func TestSystemWhatCallersMaySend(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	const at = "@[local_ip]:[local_port]>"
	long := strings.Repeat("沈", 1300) + strings.Repeat("A", 100)
	callers := []struct {
		name, from, number string
		tag                string // that the call must have
	}{
		{"control characters", "\"\x01\x07\x1b(B\x7fAB\" <sip:02488880000" + at, "02488880000", ""},
		{"4,000 bytes of name", `"` + long + `" <sip:02488880000` + at, "02488880000", ""},
		{"a script", `"<script>alert(1)</script>" <sip:02488880000` + at, "02488880000", ""},
		{"bytes that are no text", "\"\xff\xfe\xc3\x28\" <sip:02488880000" + at, "02488880000", ""},
		{"an anonymous caller", `"Anonymous" <sip:anonymous@anonymous.invalid>`, "", "withheld"},
		{"no user", `<sip:[local_ip]:[local_port]>`, "", "withheld"},
		{"a number of 200 digits", "<sip:" + strings.Repeat("7", 200) + at, "", ""},
		{"a Chinese name", `"沈河区应急局" <sip:02488880000` + at, "02488880000", ""},
	}
	for i, c := range callers {
		r.calls("caller", caller{from: c.from, talk: 200 * time.Millisecond, hertz: callerTone}).Must(t)
		call := r.desk.settled(i + 1)[i]
		if call.Outcome != "answered_in_time" || call.recording() != "sealed" || c.number != "" && call.Caller != c.number {
			t.Errorf("%s: caller %q, %s", c.name, call.Caller, call.brief())
		}
		if c.tag != "" && !strings.Contains(call.brief(), "#"+c.tag) {
			t.Errorf("%s: the call is not tagged %s: %s", c.name, c.tag, call.brief())
		}
		checkShown(t, c.name, call.CallerName)
		e := r.desk.entry(call.EntryID)
		checkShown(t, c.name, e.ContactNumber)
		if i == len(callers)-1 && call.CallerName != "沈河区应急局" {
			t.Errorf("the Chinese name became %q", call.CallerName)
		}
	}
	r.awaitReady(5 * time.Second)
}

// checkShown insists on text that a page can show: valid, printable, of a sane length.
func checkShown(t *testing.T, who, text string) {
	t.Helper()
	odd := strings.IndexFunc(text, func(c rune) bool { return unicode.IsControl(c) })
	if !utf8.ValidString(text) || odd >= 0 || utf8.RuneCountInString(text) > 500 {
		t.Errorf("%s: the log shows %q", who, text)
	}
}

// A wrong password does not keep the daemon from serving the log; it says what to compare.
func TestSystemAWrongARIPasswordIsSaid(t *testing.T) {
	t.Parallel()
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) { c.ARI.Password = "not-the-password" })
	r.awaitComplaint("the ARI user or password is wrong", "ari.conf")
	if l := r.desk.line(); l.State != "unknown" {
		t.Errorf("the line is shown as %s while nobody can see it", l.State)
	}
}

// awaitComplaint waits until /readyz and /health both say all these words.
func (r *room) awaitComplaint(words ...string) {
	r.t.Helper()
	holds := func(text string) bool {
		for _, w := range words {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	}
	r.desk.await(15*time.Second, "the daemon says: "+strings.Join(words, " … "), func() bool {
		status, text := r.readyz()
		h := r.desk.health()
		return status == 503 && holds(text) && !h.Switch.Connected && holds(h.Switch.Detail) && h.Log.OK
	})
	if resp, _ := newDesk(r.t, r.app.URL).ask("GET", "/healthz", nil); resp.StatusCode != 200 {
		r.t.Errorf("/healthz answers %d although the daemon lives", resp.StatusCode)
	}
}

// Without any Asterisk the daemon starts, serves and waits for it; a switch that comes later
// is seen without another start.
func TestSystemAsteriskIsAbsentAtTheStart(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	s.ARIPassword = "absent-at-first"
	r := &room{t: t, cfg: roomConfig(t.TempDir())}
	r.cfg.ARI = config.ARI{URL: "http://" + s.HTTPAddress + "/ari", User: "dutyline", Password: s.ARIPassword}
	r.open()
	r.furnish()
	defer r.close()
	r.desk = newDesk(t, func() string { return r.app.URL() })
	r.desk.signIn("wang", officerPassword)
	r.awaitComplaint("no Asterisk answers", "start Asterisk", "ari.url")
	if got := r.desk.allCalls(); len(got) != 0 {
		t.Errorf("calls in a new log: %+v", got)
	}
	r.sw = asterisktest.Start(t, s)
	r.awaitReady(15 * time.Second)
	r.awaitLine("unreachable") // no phone has registered
}

func TestSystemAPortInUseIsOneSentence(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := roomConfig(t.TempDir())
	c.ARI.Password = "any"
	c.Web.Listen = taken.Addr().String()
	var logs output
	_, err = newApp(t.Context(), c, newLogger(&logs), nil)
	wantSentence(t, err, c.Web.Listen, "already uses", "choose another port")
	if logs.String() != "" {
		t.Errorf("beside the sentence the log says %s", logs.String())
	}
}

func TestSystemAFileInTheWayIsOneSentence(t *testing.T) {
	dir := t.TempDir()
	c := roomConfig(dir)
	c.ARI.Password = "any"
	if err := os.WriteFile(filepath.Join(dir, "recordings"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var logs output
	_, err := newApp(t.Context(), c, newLogger(&logs), nil)
	wantSentence(t, err, filepath.Join(dir, "recordings"), "give it to the daemon's user")
}

// wantSentence insists on one line that holds these words.
func wantSentence(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("it works, want a complaint with %q", words)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("this is more than one sentence: %v", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}
