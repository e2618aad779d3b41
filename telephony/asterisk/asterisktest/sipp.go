package asterisktest

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
)

//go:embed testdata/*.xml
var scenarios embed.FS

// Scenario writes one of the scenarios of this package (register, phone, caller, outgoing) to a file,
// with [key] replaced by its value. sipp replaces only keys that it knows in some places.
func Scenario(t testing.TB, name string, keys map[string]string) string {
	t.Helper()
	b, err := scenarios.ReadFile("testdata/" + name + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for k, v := range keys {
		text = strings.ReplaceAll(text, "["+k+"]", v)
	}
	file := filepath.Join(t.TempDir(), name+".xml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// SIPp is a running sipp.
type SIPp struct {
	name   string
	dir    string
	out    bytes.Buffer
	cmd    *exec.Cmd
	exited chan struct{}
	err    error
}

// StartSIPp runs a scenario from the local address until it has made one call, the test ends,
// or limit passes. to is the far address; empty for a scenario that waits for calls, which
// goes on until Finish: to sipp the questions whether it is there count as calls.
func StartSIPp(t testing.TB, scenario, local, to string, limit time.Duration, more ...string) *SIPp {
	t.Helper()
	host, port, err := net.SplitHostPort(local)
	if err != nil {
		t.Fatal(err)
	}
	s := &SIPp{name: filepath.Base(scenario), dir: t.TempDir(), exited: make(chan struct{})}
	args := []string{"-sf", scenario, "-i", host, "-p", port, "-nostdin", "-aa", "-mi", host,
		"-timeout", fmt.Sprintf("%dms", limit.Milliseconds()), "-timeout_error", "-trace_err", "-error_file", filepath.Join(s.dir, "errors")}
	args = append(args, more...)
	if to != "" {
		args = append(args, "-m", "1", to)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit+10*time.Second)
	s.cmd = exec.CommandContext(ctx, "sipp", args...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		cancel()
		t.Fatalf("sipp does not start: run make deps (%v)", err)
	}
	go func() {
		defer cancel()
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(func() {
		cancel()
		<-s.exited
	})
	return s
}

// Wait returns when the scenario is over; the error holds what sipp complained about.
func (s *SIPp) Wait() error {
	<-s.exited
	if s.err == nil {
		return nil
	}
	complaints, _ := os.ReadFile(filepath.Join(s.dir, "errors"))
	if len(complaints) == 0 {
		complaints = s.out.Bytes()[max(0, s.out.Len()-600):]
	}
	return fmt.Errorf("sipp %s: %w\n%s", s.name, s.err, complaints)
}

// Finish ends a scenario that waits for calls. The test fails when sipp complained of
// anything but the questions whether it is there, which it answers out of turn.
func (s *SIPp) Finish(t testing.TB) {
	t.Helper()
	s.Stop()
	complaints, _ := os.ReadFile(filepath.Join(s.dir, "errors"))
	for _, part := range strings.Split(string(complaints), "Automatic response mode for an unexpected") {
		if strings.Contains(part, "Aborting") || strings.Contains(part, "Unexpected") || strings.Contains(part, "Discarding") {
			t.Fatalf("sipp %s: %s", s.name, part)
		}
	}
}

// Stop ends a scenario whose course does not matter.
func (s *SIPp) Stop() {
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// Must waits and ends the test when the scenario failed.
func (s *SIPp) Must(t testing.TB) {
	t.Helper()
	if err := s.Wait(); err != nil {
		t.Fatal(err)
	}
}

// Register makes the program at the local address the duty phone; call it again to refresh.
func Register(t testing.TB, p *asterisk.Process, local string) {
	t.Helper()
	RegisterAs(t, p, local, p.Settings.DutyPassword).Must(t)
}

// RegisterAs tries to register as the duty phone with a password.
func RegisterAs(t testing.TB, p *asterisk.Process, local, password string) *SIPp {
	t.Helper()
	return StartSIPp(t, Scenario(t, "register", nil), local, p.Settings.SIPAddress, 10*time.Second,
		"-inf", login(t, p.Settings.DutyUser, password), "-s", p.Settings.DutyUser)
}

// login writes the file from which sipp takes a user and its password.
func login(t testing.TB, user, password string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "login.csv")
	text := fmt.Sprintf("SEQUENTIAL\n%s;[authentication username=%s password=%s]\n", user, user, password)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Phone registers and then plays a duty phone for one call: it rings, answers after ringFor
// and sends the sound file (raw A-law) until the caller hangs up.
func Phone(t testing.TB, p *asterisk.Process, ringFor time.Duration, voice string) *SIPp {
	t.Helper()
	return PhoneAt(t, p, "127.0.0.1", ringFor, voice)
}

// PhoneAt is Phone at another address of this machine.
func PhoneAt(t testing.TB, p *asterisk.Process, address string, ringFor time.Duration, voice string) *SIPp {
	t.Helper()
	_, port, _ := net.SplitHostPort(FreeUDP(t))
	local := net.JoinHostPort(address, port)
	Register(t, p, local)
	phone := StartSIPp(t, Scenario(t, "phone", map[string]string{"ring_ms": ms(ringFor), "voice": voice}),
		local, "", time.Minute, append(SoundPort(t), "-s", p.Settings.DutyUser)...)
	WaitOnline(t, p, p.Settings.DutyUser)
	return phone
}

// Call makes one call to number, talks for talk and hangs up.
func Call(t testing.TB, p *asterisk.Process, from, number string, talk time.Duration, voice string) *SIPp {
	t.Helper()
	rings := "180"
	if p.Settings.TrunkTone {
		rings = "183" // with the tone in it
	}
	return StartSIPp(t, Scenario(t, "caller", map[string]string{"talk_ms": ms(talk), "voice": voice, "from": from, "rings": rings}),
		FreeUDP(t), p.Settings.SIPAddress, time.Minute, append(SoundPort(t), "-s", number)...)
}

// Scene plays one of the scenarios without options (caller-cancels, caller-rejected) to its end.
func Scene(t testing.TB, p *asterisk.Process, name, number string) {
	t.Helper()
	StartSIPp(t, Scenario(t, name, nil), FreeUDP(t), p.Settings.SIPAddress, 20*time.Second, append(SoundPort(t), "-s", number)...).Must(t)
}

// FarEnd plays the other side of outgoing calls at Settings.TrunkContact, as Phone does.
func FarEnd(t testing.TB, local string, ringFor time.Duration, voice string) *SIPp {
	t.Helper()
	return StartSIPp(t, Scenario(t, "phone", map[string]string{"ring_ms": ms(ringFor), "voice": voice}),
		local, "", time.Minute, append(SoundPort(t), "-s", "far")...)
}

// CallOut makes one call from the duty phone, whose address need not be the registered one.
func CallOut(t testing.TB, p *asterisk.Process, number string, talk time.Duration, voice string) *SIPp {
	t.Helper()
	file := Scenario(t, "outgoing", map[string]string{"talk_ms": ms(talk), "voice": voice, "number": number})
	return StartSIPp(t, file, FreeUDP(t), p.Settings.SIPAddress, time.Minute,
		append(SoundPort(t), "-inf", login(t, p.Settings.DutyUser, p.Settings.DutyPassword))...)
}

func ms(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// SoundPort is sipp's option for where its sound goes: a port that is free, with those above
// it that sipp takes for several calls at once. They lie above the kernel's own choices and in a
// block of this test program, one after the other: nobody takes them before sipp does.
func SoundPort(t testing.TB) []string {
	t.Helper()
	for range soundPlaces {
		port := nextSound()
		if allFree(port, 10) {
			return []string{"-mp", strconv.Itoa(port)}
		}
	}
	t.Fatal("no ten free UDP ports in a row above 61000: stop some programs")
	return nil
}

func allFree(from, n int) bool {
	for port := from; port < from+n; port++ {
		c, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			return false
		}
		_ = c.Close()
	}
	return true
}

// WaitOnline returns when the endpoint's phone answers, at most 15 s later.
func WaitOnline(t testing.TB, p *asterisk.Process, endpoint string) {
	t.Helper()
	Eventually(t, 15*time.Second, "endpoint "+endpoint+" is online", func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Settings.ARI()+"/endpoints/PJSIP/"+endpoint, nil)
		if err != nil {
			return false
		}
		req.SetBasicAuth(p.Settings.ARIUser, p.Settings.ARIPassword)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		_, _ = b.ReadFrom(resp.Body)
		return strings.Contains(b.String(), `"state":"online"`)
	})
}

// Patience is how many times the time that a thing takes on an idle machine is waited for it on a busy one.
const Patience = 3

// Eventually polls until ok, and ends the test when that does not happen within the time, taken Patience times.
func Eventually(t testing.TB, within time.Duration, what string, ok func() bool) {
	t.Helper()
	within *= Patience
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("did not happen within %v: %s", within, what)
		case <-tick.C:
		}
	}
}
