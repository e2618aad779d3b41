package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
	"dutyline/web"
)

// readyWithin is how long a start may take until everything answers.
const readyWithin = 40 * time.Second

// practises starts the practice line on free ports and waits until it says that it is ready.
func practises(t *testing.T, dir string, more ...string) *program {
	t.Helper()
	p := start(t, append([]string{"practice", "--var", dir, "--templates", filepath.Join(asterisktest.Root(t), "deploy", "asterisk"),
		"--asterisk", asterisktest.Binary(t), "--http-port", "0", "--sip-port", "0", "--programme", "off"}, more...)...)
	p.says(readyWithin, "ready: press Ctrl-C to stop everything")
	return p
}

func TestAPracticeCallKeepsNothingSaidAndZeroApart(t *testing.T) {
	zero, seven := time.Duration(0), 7*time.Second
	for name, c := range map[string]struct {
		asked web.PracticeCall
		want  practice.Call
	}{
		"nothing said: it is never answered": {web.PracticeCall{From: "110", Name: "局"},
			practice.Call{From: "110", Name: "局", Does: practice.NeverAnswer, GiveUpAfter: 30 * time.Second, Talk: 15 * time.Second}},
		"zero: at once, and hung up at once": {web.PracticeCall{AnswerAfter: &zero, Talk: &zero}, practice.Call{Anonymous: true}},
		"answered, the usual talk":           {web.PracticeCall{From: "110", AnswerAfter: &seven}, practice.Call{From: "110", AnswerAfter: seven, Talk: 15 * time.Second}},
	} {
		if diff := cmp.Diff(c.want, practiceCall(c.asked)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What was asked for wrongly is named before anybody looks at the switch.
func TestAPracticeCallThatCannotBePlacedNamesItsPart(t *testing.T) {
	line, err := practice.New(practice.Config{SIPAddress: "127.0.0.1:1", DutyPassword: "x", Speech: "off"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		call  web.PracticeCall
		field string
	}{
		"a line break in the name":     {web.PracticeCall{From: "110", Name: "沈河区\n应急局"}, "name"},
		"NUL in the name":              {web.PracticeCall{From: "110", Name: "a\x00"}, "name"},
		"a code for a caller's number": {web.PracticeCall{From: "*57#"}, "from"},
	} {
		err := (placer{line}).Place(t.Context(), c.call)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v, want an error about %s", name, err, c.field)
		}
	}
	if err := (placer{line}).Place(t.Context(), web.PracticeCall{From: "110", Name: "局"}); !errors.Is(err, practice.ErrNotRunning) {
		t.Errorf("a sound call on a line that does not run: %v", err)
	}
}

// wirePractice is practice.json, written down a second time: other programs read it.
type wirePractice struct {
	URL   string `json:"url"`
	Users []struct {
		Name     string `json:"name"`
		Password string `json:"password"`
		Role     string `json:"role"`
	} `json:"users"`
	SIP struct {
		Address string `json:"address"`
		Duty    struct {
			User     string `json:"user"`
			Password string `json:"password"`
		} `json:"duty"`
		Trunk struct {
			Address string `json:"address"`
			Number  string `json:"number"`
		} `json:"trunk"`
	} `json:"sip"`
}

// readPractice reads practice.json and insists on its exact shape and on who may read it.
func readPractice(t *testing.T, dir string) (w wirePractice) {
	t.Helper()
	name := filepath.Join(dir, "practice.json")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("practice.json has mode %v: it holds passwords and is for its owner alone", info.Mode())
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(&w); err != nil {
		t.Fatalf("practice.json: %v in %s", err, b)
	}
	var shape bytes.Buffer // written again it must be the same: nothing is missing
	out := json.NewEncoder(&shape)
	out.SetIndent("", "  ")
	if err := out.Encode(w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shape.String(), string(b)); diff != "" {
		t.Errorf("practice.json differs from its shape (-shape +file):\n%s", diff)
	}
	return w
}

// deskOf logs the user with a role in.
func (w wirePractice) deskOf(t *testing.T, role string) *desk {
	t.Helper()
	d := newDesk(t, func() string { return w.URL })
	for _, u := range w.Users {
		if u.Role == role {
			d.signIn(u.Name, u.Password)
			return d
		}
	}
	t.Fatalf("practice.json has no %s", role)
	return nil
}

// The newcomer's way: start, log in, a simulated call, a call from the page, a phone of one's
// own, Ctrl-C, and the same again, quicker.
func TestPracticeAsAProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := practises(t, dir)
	w := readPractice(t, dir)
	w.check(t)
	officer := w.deskOf(t, "officer")
	resp, body := officer.ask("GET", "/", nil)
	if resp.StatusCode != 200 || !strings.Contains(string(body), "<!doctype html") && !strings.Contains(string(body), "<!DOCTYPE html") {
		t.Errorf("the page answers %d: %.100s", resp.StatusCode, body)
	}
	simulated := start(t, "simulate", "call", "--practice", filepath.Join(dir, "practice.json"),
		"--from", "02422730001", "--name", "沈河区应急局", "--answer-after", "500ms", "--talk", "1s")
	if code := simulated.exitCode(30 * time.Second); code != 0 {
		t.Errorf("simulate call ended with %d", code)
	}
	c := officer.settled(1)[0]
	if c.CallerName != "沈河区应急局" || c.brief() != "in answered_in_time by=caller rings=1 recording=sealed" {
		t.Errorf("the simulated call: %q, %s", c.CallerName, c.brief())
	}
	if e := officer.entry(c.EntryID); e.Rostered == "" || e.CallerUnit == "" {
		t.Errorf("the practice directory and roster fill in nothing: %+v", e)
	}
	if code := start(t, "verify", "--config", filepath.Join(dir, "practice.yaml")).exitCode(30 * time.Second); code != 0 {
		t.Errorf("verify with the practice line's configuration ends with %d", code)
	}
	officer.want(202, "POST", "/api/v1/practice/calls", map[string]any{"from": "02422730002", "answer_after_ms": 1000, "talk_ms": 500}, nil)
	if got := officer.settled(2)[1].brief(); got != "in answered_in_time by=caller rings=1 recording=sealed" {
		t.Errorf("the call from the page's button: %s", got)
	}
	w.ownPhone(t, officer)
	// It vanished without a word, with its registration good for minutes; the switch sees it.
	p.says(45*time.Second, "does not answer the switch any more: the simulated duty phone is registered")
	officer.want(202, "POST", "/api/v1/practice/calls", map[string]any{"from": "02422730002", "answer_after_ms": 800, "talk_ms": 500}, nil)
	if got := officer.settled(4)[3].brief(); got != "in answered_in_time by=caller rings=1 recording=sealed" {
		t.Errorf("the call after one's own phone vanished: %s", got)
	}
	again := start(t, "practice", "--var", dir, "--templates", filepath.Join(asterisktest.Root(t), "deploy", "asterisk"), "--asterisk", asterisktest.Binary(t))
	if code := again.exitCode(10 * time.Second); code != 1 {
		t.Errorf("a second practice line in the same folder ends with %d, want 1", code)
	}
	if said := strings.TrimSpace(again.out.String()); strings.Contains(said, "\n") || !strings.Contains(said, "already runs in "+dir) {
		t.Errorf("a second practice line in the same folder says %q", said)
	}
	p.ends(syscall.SIGINT, 15*time.Second)
	if len(p.children) == 0 {
		t.Error("no process was below the practice line: where was its Asterisk?")
	}
	w.checkAgain(t, dir)
}

// check looks at what practice.json says.
func (w wirePractice) check(t *testing.T) {
	t.Helper()
	var roles []string
	for _, u := range w.Users {
		if u.Name == "" || len(u.Password) < 8 {
			t.Errorf("a login without name or with a weak password: %q", u.Name)
		}
		roles = append(roles, u.Role)
	}
	if diff := cmp.Diff([]string{"officer", "chief", "leader", "supervisor", "auditor", "admin", "reader", "officer"}, roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	if u, err := url.Parse(w.URL); err != nil || u.Hostname() != "127.0.0.1" || u.Scheme != "http" {
		t.Errorf("the page's address is %q, want loopback", w.URL)
	}
	if w.SIP.Duty.User != "duty" || len(w.SIP.Duty.Password) < 12 || w.SIP.Trunk.Number != "02422739110" {
		t.Errorf("the SIP part: user %q, number %q", w.SIP.Duty.User, w.SIP.Trunk.Number)
	}
	for _, a := range []string{w.SIP.Address, w.SIP.Trunk.Address} {
		if _, _, err := net.SplitHostPort(a); err != nil {
			t.Errorf("%q is no address", a)
		}
	}
}

// ownPhone registers another SIP program as the duty phone, with what practice.json says, and
// has a third one call it.
func (w wirePractice) ownPhone(t *testing.T, officer *desk) {
	t.Helper()
	r := &room{t: t, desk: officer, sw: &asterisk.Process{Settings: asterisk.Settings{
		SIPAddress: w.SIP.Address, DutyUser: w.SIP.Duty.User, DutyPassword: w.SIP.Duty.Password, Number: w.SIP.Trunk.Number}}}
	phone := r.phoneUnasked(400*time.Millisecond, 0, phoneTone)
	r.sw.Settings.SIPAddress = w.SIP.Trunk.Address
	r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
	c := officer.settled(3)[2]
	if c.Outcome != "answered_in_time" || phone.rang(t) == 0 {
		t.Errorf("a call to a phone of one's own: %s", c.brief())
	}
	r.checkRecording(c, callerTone, phoneTone)
	phone.Stop()
}

// checkAgain starts on the same folder: with the same passwords and the old calls.
func (w wirePractice) checkAgain(t *testing.T, dir string) {
	t.Helper()
	p := practises(t, dir)
	now := readPractice(t, dir)
	if diff := cmp.Diff(w.Users, now.Users); diff != "" {
		t.Error("the second start changed passwords or logins")
	}
	if now.SIP.Duty != w.SIP.Duty {
		t.Error("the second start changed the duty phone's account")
	}
	if n := len(now.deskOf(t, "officer").allCalls()); n != 4 {
		t.Errorf("%d calls are in the log after the second start, want 4", n)
	}
	p.ends(syscall.SIGTERM, 15*time.Second)
}

// When its Asterisk is killed the daemon goes on serving the log, says that the switch is
// away, and takes calls again once the switch is back.
func TestPracticeOutlivesItsAsterisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := practises(t, dir)
	officer := readPractice(t, dir).deskOf(t, "officer")
	killed := below(p.cmd.Process.Pid)
	if len(killed) == 0 {
		t.Fatal("no process is below the practice line: where is its Asterisk?")
	}
	for _, pid := range killed {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) { // ended with its parent
			t.Fatal(err)
		}
	}
	p.says(5*time.Second, "Asterisk ended by itself; starting it again")
	officer.want(200, "GET", "/api/v1/calls", nil, nil)
	asterisktest.Eventually(t, 10*time.Second, "the line's state is unknown while the switch is away", func() bool {
		_, body := officer.ask("GET", "/api/v1/line", nil)
		return strings.Contains(string(body), `"state":"unknown"`)
	})
	p.says(readyWithin, "Asterisk runs again")
	asterisktest.Eventually(t, readyWithin, "a call can be placed and reaches the phone again", func() bool {
		_, body := officer.ask("GET", "/api/v1/line", nil)
		return strings.Contains(string(body), `"state":"idle"`)
	})
	officer.want(202, "POST", "/api/v1/practice/calls", map[string]any{"from": "02422730002", "answer_after_ms": 1000, "talk_ms": 500}, nil)
	if got := officer.settled(1)[0].brief(); got != "in answered_in_time by=caller rings=1 recording=sealed" {
		t.Errorf("a call after the switch came back: %s", got)
	}
	p.ends(syscall.SIGINT, 15*time.Second)
}

// On another address SIP, sound and page listen there and callers on this machine still reach
// the trunk.
func TestPracticeOnAnotherAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := practises(t, dir, "--listen", "127.0.0.2")
	w := readPractice(t, dir)
	host := func(a string) string { h, _, _ := net.SplitHostPort(a); return h }
	if u, _ := url.Parse(w.URL); u.Hostname() != "127.0.0.2" || host(w.SIP.Address) != "127.0.0.2" || host(w.SIP.Trunk.Address) != "127.0.0.1" {
		t.Errorf("page %s, phone %s, trunk %s", w.URL, w.SIP.Address, w.SIP.Trunk.Address)
	}
	officer := w.deskOf(t, "officer")
	officer.want(202, "POST", "/api/v1/practice/calls", map[string]any{"from": "02422730002", "answer_after_ms": 1000, "talk_ms": 500}, nil)
	if got := officer.settled(1)[0].brief(); got != "in answered_in_time by=caller rings=1 recording=sealed" {
		t.Errorf("a practice call there: %s", got)
	}
	p.ends(syscall.SIGINT, 15*time.Second)
}

// What a newcomer may get wrong is one sentence that names the remedy.
func TestPracticeSaysWhatIsWrong(t *testing.T) {
	templates := filepath.Join(asterisktest.Root(t), "deploy", "asterisk")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, busy, _ := net.SplitHostPort(taken.Addr().String())
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "practice.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"an unknown programme", []string{"--programme", "maybe"}, []string{"use on or off"}},
		{"no templates", []string{"--templates", damaged}, []string{"no Asterisk templates", "--templates"}},
		{"no Asterisk", []string{"--templates", templates, "--asterisk", "/nonexistent/asterisk"}, []string{"/nonexistent/asterisk", "fetch"}},
		{"an address that is none", []string{"--templates", templates, "--listen", "here"}, []string{"LISTEN=here", "192.0.2.10"}},
		{"a port that is none", []string{"--templates", templates, "--sip-port", "70000"}, []string{"SIP port 70000"}},
		{"a damaged practice.json", []string{"--templates", templates, "--var", damaged}, []string{"is damaged", "delete it"}},
		{"a port in use", []string{"--templates", templates, "--asterisk", asterisktest.Binary(t), "--sip-port", "0", "--http-port", busy}, []string{"already uses 127.0.0.1:" + busy, "choose another port"}},
	} {
		_, _, err := command("", append([]string{"practice", "--var", t.TempDir()}, c.args...)...)
		t.Run(c.name, func(t *testing.T) { wantSentence(t, err, c.want...) })
	}
}
