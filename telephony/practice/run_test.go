package practice_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// await reads notes until one of the kind comes.
func (s *stage) await(t *testing.T, kind practice.NoteKind) practice.Note {
	t.Helper()
	deadline := time.After(25 * time.Second)
	for {
		select {
		case n := <-s.notes:
			if n.Kind == kind {
				return n
			}
		case <-deadline:
			t.Fatalf("%s did not happen within 25 s", kind)
		}
	}
}

// forget drops the notes that were not read.
func (s *stage) forget() {
	for {
		select {
		case <-s.notes:
		default:
			return
		}
	}
}

func TestPhoneStepsAsideForARealOneAndReturns(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(t)
	s.await(t, practice.PhoneRegistered)
	tone := asterisktest.Tone(t, 700, 10*time.Second)
	real := asterisktest.Phone(t, s.asterisk, short, tone)
	if n := s.await(t, practice.PhoneAside); !strings.Contains(n.Text, "real phone") {
		t.Errorf("said %q", n.Text)
	}
	// The person at the real phone is reached, and heard.
	r, err := s.line.Call(t.Context(), practice.Call{From: "02422730001", AnswerAfter: time.Minute, Talk: time.Second}, nil)
	if err != nil || r.Near.Status != 200 || !r.Far.InvitedAt.IsZero() || r.Near.Heard.Mean < -40 {
		t.Fatalf("the real phone was not reached: %+v, %v", r, err)
	}
	// The real phone calls out: somebody answers at the far end, though nobody announced the call.
	asterisktest.CallOut(t, s.asterisk, "13800001111", time.Second, tone).Must(t)
	if n := s.await(t, practice.CallPlaced); !strings.Contains(n.Text, "02422730001") {
		t.Errorf("first our call, got %q", n.Text)
	}
	if n := s.await(t, practice.CallPlaced); !strings.Contains(n.Text, "the duty phone calls \"13800001111\"") {
		t.Errorf("then the real phone's, got %q", n.Text)
	}
	// It is still the real phone's turn, many looks later.
	if bindings := contacts(t, s); strings.Contains(bindings, "dutyline-practice") {
		t.Errorf("the simulated phone took the registration back: %s", bindings)
	}
	real.Finish(t)
	unregister(t, s)
	s.await(t, practice.PhoneRegistered)
	r, err = s.line.Call(t.Context(), practice.Call{From: "02422730001", Talk: talk}, nil)
	if err != nil || r.Far.Status != 200 {
		t.Errorf("after the return: %+v, %v", r, err)
	}
}

// A real phone whose plug is pulled stays registered for as long as it asked. The switch finds
// out that it does not answer, and what it finds out counts.
func TestPhoneReturnsWhenTheRealOneVanishes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.config.SeePhone = func(context.Context) (telephony.Endpoint, error) {
		out, err := s.asterisk.CLI(t.Context(), "pjsip show endpoint duty")
		return telephony.Endpoint{Known: err == nil, Online: !strings.Contains(out, "Unavail")}, err
	}
	s.run(t)
	s.await(t, practice.PhoneRegistered)
	asterisktest.Register(t, s.asterisk, asterisktest.FreeUDP(t)) // for 120 s; then nobody is there any more
	s.await(t, practice.PhoneAside)
	n := s.await(t, practice.PhoneRegistered)
	if !strings.Contains(n.Text, "does not answer the switch any more") {
		t.Errorf("said %q", n.Text)
	}
	r, err := s.line.Call(t.Context(), practice.Call{From: "02422730001", Talk: talk}, nil)
	if err != nil || r.Far.Status != 200 {
		t.Errorf("the simulated phone does not ring: %+v, %v", r, err)
	}
}

// contacts is what the switch has registered for the duty phone.
func contacts(t *testing.T, s *stage) string {
	t.Helper()
	out, err := s.asterisk.CLI(t.Context(), "pjsip show contacts")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// unregister takes every registration of the duty phone away, as a phone does that is switched off.
func unregister(t *testing.T, s *stage) {
	t.Helper()
	b, err := os.ReadFile("testdata/unregister.xml")
	if err != nil {
		t.Fatal(err)
	}
	login := "[authentication username=" + s.asterisk.Settings.DutyUser + " password=" + s.asterisk.Settings.DutyPassword + "]"
	file := filepath.Join(t.TempDir(), "unregister.xml")
	if err := os.WriteFile(file, bytes.ReplaceAll(b, []byte("[login]"), []byte(login)), 0o600); err != nil {
		t.Fatal(err)
	}
	asterisktest.StartSIPp(t, file, asterisktest.FreeUDP(t), s.asterisk.Settings.SIPAddress, 10*time.Second,
		"-s", s.asterisk.Settings.DutyUser, "-au", s.asterisk.Settings.DutyUser).Must(t)
}

func TestProgrammeMakesRoomForGuests(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.config.Programme, s.config.Seed = true, 1
	s.config.First, s.config.Pause = time.Millisecond, 100*time.Millisecond
	s.config.Unplanned = practice.Call{AnswerAfter: short, Talk: time.Minute}
	s.run(t)
	programmes := s.await(t, practice.CallRinging)
	// A call of another SIP program finds the phone free.
	stranger := asterisktest.Call(t, s.asterisk, "13800009999", s.asterisk.Settings.Number, time.Second, asterisktest.Tone(t, 700, 10*time.Second))
	if n := s.await(t, practice.CallGivenUp); n.Call != programmes.Call || !strings.Contains(n.Text, "taken back") {
		t.Errorf("the programme's call %d should be taken back, got %+v", programmes.Call, n)
	}
	stranger.Must(t)
	// Then the programme goes on, until a call is placed at will.
	programmes = s.await(t, practice.CallRinging)
	if err := s.line.Place(t.Context(), practice.Call{From: "02422730001", AnswerAfter: short, Talk: talk}); err != nil {
		t.Fatal(err)
	}
	if n := s.await(t, practice.CallGivenUp); n.Call != programmes.Call {
		t.Errorf("the programme's call %d should be taken back, got %+v", programmes.Call, n)
	}
	if n := s.await(t, practice.CallWaiting); n.Call == programmes.Call {
		t.Errorf("the guest should say what it waited for, got %+v", n)
	}
	s.await(t, practice.CallAnswered)
	s.await(t, practice.CallEnded)
	s.await(t, practice.CallPlaced)
}

func TestEndOfTheLineLeavesNothing(t *testing.T) {
	s := newStage(t)
	s.config.Programme, s.config.First = true, time.Hour
	s.config.Socket = filepath.Join(t.TempDir(), practice.SocketName)
	sockets := openSockets(t)
	s.run(t)
	results := make(chan practice.Result, 3)
	place := func(c practice.Call, kind practice.NoteKind) {
		go func() {
			r, err := s.line.Call(context.Background(), c, nil)
			if err != nil {
				t.Errorf("%v: %v", c, err)
			}
			results <- r
		}()
		s.await(t, kind)
	}
	place(practice.Call{From: "02422730001", Talk: time.Minute}, practice.CallAnswered)
	place(practice.Call{To: "13800001111", Does: practice.NeverAnswer}, practice.CallRinging)
	begin := time.Now()
	s.end(t)
	if d := time.Since(begin); d > 3*time.Second {
		t.Errorf("the end took %v", d)
	}
	for range 2 {
		r := <-results
		if r.Call.Outgoing() && !r.GaveUp || !r.Call.Outgoing() && r.HungUpBy != practice.Caller {
			t.Errorf("not ended politely: %+v", r)
		}
	}
	if bindings := contacts(t, s); strings.Contains(bindings, "dutyline-practice") {
		t.Errorf("still registered: %s", bindings)
	}
	asterisktest.Eventually(t, 5*time.Second, "no goroutine is left", func() bool { return leftOver() == "" })
	if stack := leftOver(); stack != "" {
		t.Error(stack)
	}
	asterisktest.Eventually(t, 5*time.Second, "every socket is closed", func() bool { return openSockets(t) <= sockets })
	if _, err := os.Stat(s.config.Socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the control socket is still there: %v", err)
	}
	if _, err := s.line.Call(t.Context(), practice.Call{From: "1"}, nil); !errors.Is(err, practice.ErrNotRunning) {
		t.Errorf("a call after the end: %v", err)
	}
	asterisktest.Eventually(t, 5*time.Second, "the switch has no call left", func() bool {
		out, err := s.asterisk.CLI(t.Context(), "core show channels count")
		return err == nil && strings.Contains(out, "0 active channels")
	})
}

// leftOver is the stack of a goroutine that the line or its SIP library left behind.
func leftOver() string {
	buf := make([]byte, 1<<20)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		ours := strings.Contains(stack, "dutyline/telephony/practice.") || strings.Contains(stack, "emiago/")
		if ours && !strings.Contains(stack, "practice_test.") {
			return stack
		}
	}
	return ""
}

func openSockets(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, fd := range fds {
		if target, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			n++
		}
	}
	return n
}

func TestControlSocketPlacesCalls(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.config.Socket = filepath.Join(t.TempDir(), practice.SocketName)
	s.run(t)
	if info, err := os.Stat(s.config.Socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the control socket is %v, %v", info, err)
	}
	var kinds []practice.NoteKind
	r, err := practice.CallOver(t.Context(), s.config.Socket, practice.Call{From: "02422730001", Name: "沈河区应急局", AnswerAfter: short, Talk: talk},
		func(n practice.Note) { kinds = append(kinds, n.Kind) })
	if err != nil {
		t.Fatal(err)
	}
	check(t, r, seen{near: 200, far: 200, ring: short, talk: true, hungUpBy: practice.Caller})
	want := []practice.NoteKind{practice.CallPlaced, practice.CallRinging, practice.CallAnswered, practice.CallEnded}
	if len(kinds) != len(want) || kinds[0] != want[0] || kinds[3] != want[3] {
		t.Errorf("told %v, want %v", kinds, want)
	}
	// Whoever asked goes away: the call is taken back.
	ctx, cancel := context.WithCancel(t.Context())
	_, err = practice.CallOver(ctx, s.config.Socket, practice.Call{From: "02422730001", Does: practice.NeverAnswer}, func(n practice.Note) {
		if n.Kind == practice.CallRinging {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a call that was taken back ended with %v", err)
	}
	s.await(t, practice.CallGivenUp)
	for name, c := range map[string]struct {
		request, want string
	}{
		"no JSON":             {"hello\n", "no call"},
		"a bad number":        {`{"from":"fire"}` + "\n", "holds 'f'"},
		"no word on the talk": {`{"from":"02422730001","does":"busy"}` + "\n", `"talk":15000000000`},
		"too much":            {`{"name":"` + strings.Repeat("x", 70<<10) + `"}` + "\n", "no call"},
	} {
		if got := ask(t, s.config.Socket, c.request); !strings.Contains(got, c.want) {
			t.Errorf("%s: answered %q, want %q in it", name, got, c.want)
		}
	}
	second, err := practice.New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "another practice line") {
		t.Errorf("a second line on the same addresses: %v", err)
	}
}

func ask(t *testing.T, socket, request string) string {
	t.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Write([]byte(request)); err != nil && !strings.Contains(err.Error(), "broken pipe") {
		t.Fatal(err)
	}
	all, _ := io.ReadAll(conn) // a request that was not read to its end resets the connection
	return string(all)
}

func TestFaultsAreNamed(t *testing.T) {
	if _, err := practice.CallOver(t.Context(), filepath.Join(t.TempDir(), "none.sock"), practice.Call{From: "1"}, nil); !errors.Is(err, practice.ErrNotRunning) {
		t.Errorf("without a line: %v", err)
	}
	if _, err := practice.SocketPath("/" + strings.Repeat("long/", 40)); err == nil || !strings.Contains(err.Error(), "shorter path") {
		t.Errorf("a long path: %v", err)
	}
	good := practice.Config{SIPAddress: asterisktest.FreeUDP(t), DutyPassword: "secret", FarEndAddress: asterisktest.FreeUDP(t)}
	for name, c := range map[string]struct {
		change func(*practice.Config)
		want   string
	}{
		"no password":    {func(c *practice.Config) { c.DutyPassword = "" }, "password is missing"},
		"no address":     {func(c *practice.Config) { c.SIPAddress = "" }, "SIP address"},
		"no port":        {func(c *practice.Config) { c.FarEndAddress = "127.0.0.1" }, "far end address"},
		"no number":      {func(c *practice.Config) { c.Number = "duty" }, "duty number"},
		"negative pause": {func(c *practice.Config) { c.Pause = -1 }, "positive time"},
		"bad plan":       {func(c *practice.Config) { c.Unplanned.Does = "sings" }, "unplanned calls"},
	} {
		cfg := good
		c.change(&cfg)
		if _, err := practice.New(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
	taken, err := net.ListenPacket("udp", good.FarEndAddress)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	line, err := practice.New(good)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := line.Call(t.Context(), practice.Call{From: "1"}, nil); !errors.Is(err, practice.ErrNotRunning) {
		t.Errorf("before Run: %v", err)
	}
	if err := line.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be opened") {
		t.Errorf("with its port taken: %v", err)
	}
}

func TestWrongPasswordAndSilentSwitchAreSaid(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	password := s.config.DutyPassword
	s.config.DutyPassword = "not-the-password"
	line, err := practice.New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- line.Run(ctx) }()
	if n := s.await(t, practice.PhoneUnregistered); !strings.Contains(n.Text, "refuses user duty") {
		t.Errorf("with a wrong password it said %q", n.Text)
	}
	if _, err := line.Call(t.Context(), practice.Call{From: "1"}, nil); !errors.Is(err, practice.ErrNotReady) {
		t.Errorf("a call while nothing is registered: %v", err)
	} else if !strings.Contains(err.Error(), "refuses user duty") {
		t.Errorf("the reason is missing: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	// The switch goes away and comes back: the phone says so and registers again.
	s.forget()
	s.config.DutyPassword = password
	s.run(t)
	s.await(t, practice.PhoneRegistered)
	settings := s.asterisk.Settings
	if err := s.asterisk.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if n := s.await(t, practice.PhoneUnregistered); !strings.Contains(n.Text, "does not answer") {
		t.Errorf("without a switch it said %q", n.Text)
	}
	s.asterisk = asterisktest.Start(t, settings)
	s.await(t, practice.PhoneRegistered)
}
