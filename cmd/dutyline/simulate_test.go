package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// output may be read while a command writes it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func simulateWith(ctx context.Context, args ...string) (*output, func() error) {
	cmd := newSimulateCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	out := &output{}
	cmd.SetOut(out)
	cmd.SetErr(out)
	cmd.SetArgs(args)
	return out, func() error { return cmd.ExecuteContext(ctx) }
}

// One practice line as a newcomer starts it by hand, and calls placed on it from elsewhere.
func TestSimulateAndCallsFromElsewhere(t *testing.T) {
	t.Parallel()
	far := asterisktest.FreeUDP(t)
	settings := asterisktest.Settings(t)
	settings.TrunkContact = "sip:" + far
	p := asterisktest.Start(t, settings)
	var file practiceFile
	file.SIP.Address, file.SIP.Trunk.Address = p.Settings.SIPAddress, p.Settings.SIPAddress
	file.SIP.Duty.User, file.SIP.Duty.Password = p.Settings.DutyUser, p.Settings.DutyPassword
	file.SIP.Trunk.Number = p.Settings.Number
	b, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "practice.json")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	lineOut, run := simulateWith(ctx, "--practice", name, "--far-end", far, "--speech", "off", "--first", "1h")
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	asterisktest.Eventually(t, 10*time.Second, "the phone is registered", func() bool {
		return strings.Contains(lineOut.String(), "the simulated duty phone is registered")
	})
	for _, c := range []struct {
		args string
		want []string
	}{
		{"--from 02422730001 --name 沈河区应急局 --answer-after 300ms --talk 1s",
			[]string{"沈河区应急局 (02422730001) calls the duty phone", "it rings", "answered 0.3 s after the first ring",
				"the phone rang for 0.3 s, they talked for 1.0 s, the caller hung up"}},
		{"--from 02422730001 --answer-after 0s --talk 500ms --hangup officer", []string{"the officer hung up"}},
		{"--from 02422730001 --answer-after 100ms --talk 0s", []string{"the phone rang for 0.1 s, they talked for 0.0 s, the caller hung up"}},
		{"--from 02422730001 --answer-after 100ms --talk 0s --hangup officer", []string{"they talked for 0.0 s, the officer hung up"}},
		{"--anonymous --never-answer --give-up-after 300ms", []string{"an anonymous caller", "gives up", "nobody answered"}},
		{"--from 110 --busy", []string{"engaged (SIP 486", "the phone did not ring, it ended with SIP status 486"}},
		{"--from 110 --reject --answer-after 100ms", []string{"rejected (SIP 403", "the phone rejected it (SIP 603), which the switch tells whoever called as 403"}},
		{"--from 110 --forward-to 13800001111 --talk 500ms", []string{"the phone rang for 0.0 s, they talked for 0.5 s"}},
		{"--from 110 --forward-to 13800001111 --answer-after 700ms --talk 500ms", []string{"the phone rang for 0.7 s, they talked for 0.5 s"}},
		{"--from 110 --instant --talk 500ms", []string{"answered 0.0 s after it was placed"}},
		{"--to 13800001111 --answer-after 100ms --talk 500ms", []string{"the officer calls 13800001111", "the officer hung up"}},
	} {
		out, call := simulateWith(t.Context(), append([]string{"call", "--practice", name}, strings.Fields(c.args)...)...)
		if err := call(); err != nil {
			t.Errorf("simulate call %s: %v", c.args, err)
		}
		for _, w := range c.want {
			if !saysAbout(out.String(), w) {
				t.Errorf("simulate call %s said\n%swithout %q", c.args, out, w)
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("simulate ended with %v", err)
	}
	if !strings.Contains(lineOut.String(), "the simulated duty phone is gone") {
		t.Errorf("simulate did not un-register:\n%s", lineOut)
	}
}

var seconds = regexp.MustCompile(`(\d+\.\d) s\b`)

// saysAbout reports whether a text contains what is wanted, each number of seconds in it being as much, or a quarter of a
// second more or less: a busy machine lets a call wait.
func saysAbout(text, want string) bool {
	alike := regexp.QuoteMeta(seconds.ReplaceAllLiteralString(want, "\x00"))
	wanted := seconds.FindAllStringSubmatch(want, -1)
	for _, said := range regexp.MustCompile(strings.ReplaceAll(alike, "\x00", seconds.String())).FindAllStringSubmatch(text, -1) {
		near := true
		for i, w := range wanted {
			is, _ := strconv.ParseFloat(said[i+1], 64)
			should, _ := strconv.ParseFloat(w[1], 64)
			near = near && math.Abs(is-should) < 0.25
		}
		if near {
			return true
		}
	}
	return false
}

func TestSaysAboutComparesSeconds(t *testing.T) {
	for want, says := range map[string]bool{"rang for 0.3 s, talked for 1.0 s": true, "rang for 0.5 s, talked for 1.2 s": true, "rang for 0.7 s, talked for 1.0 s": false, "rang for 0.3 s, spoke": false, "rang": true} {
		if saysAbout("it rang for 0.4 s, talked for 1.1 s", want) != says {
			t.Errorf("%q: %v", want, !says)
		}
	}
}

func TestSimulateNamesWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	absent := filepath.Join(folder, "practice.json")
	damaged := filepath.Join(folder, "damaged.json")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"--practice " + absent, "does not exist: start make run first"},
		{"--practice " + damaged, "is damaged"},
		{"--programme maybe", "use on or off"},
		{"--practice " + absent + " extra", "unknown command"},
		{"--practice " + absent + " --sip-address 127.0.0.1:1", "does not exist"},
		{"call --practice " + absent + " --from 02422730001", "the practice line is not running: start it with make run or dutyline simulate"},
		{"call --practice " + absent, "caller's number is missing"},
		{"call --practice " + absent + " --from fire", "holds 'f'"},
		{"call --practice " + absent + " --from 1 --hangup nobody", "use officer or caller"},
		{"call --practice " + absent + " --from 1 --busy --reject", "none of the others can be"},
		{"call --practice " + absent + " --from 1 --talk soon", "invalid argument"},
		{"call --practice " + absent + " --from 1 --give-up-after 0s", "--give-up-after=0s: nobody gives up before"},
		{"call --practice " + absent + " --from 1 --talk -3s", "the talk cannot be -3s"},
	} {
		_, run := simulateWith(t.Context(), strings.Fields(c.args)...)
		if err := run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("simulate %s: %v, want %q in it", c.args, err, c.want)
		}
	}
}

func TestSimulateTakesFlagsBeforeTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DUTYLINE_DUTY_PASSWORD", "from-the-environment")
	f := simulateFlags{sipAddress: "192.0.2.1:5060", user: "desk", number: "110", programme: "off"}
	cfg, err := f.config()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.SIPAddress != "192.0.2.1:5060" || cfg.DutyUser != "desk" || cfg.Number != "110" || cfg.DutyPassword != "from-the-environment" || cfg.Programme {
		t.Errorf("%+v", cfg)
	}
	if cfg.Seed == 0 {
		t.Error("without --seed every run would be the same")
	}
}

func TestSummaryOfACall(t *testing.T) {
	at := func(s float64) time.Time { return time.UnixMilli(int64(1000 * s)) }
	for want, r := range map[string]practice.Result{
		"another phone rang, nobody answered": {
			GaveUp: true, Near: practice.Leg{RingAt: at(1), EndedAt: at(9), Status: 487}},
		"the phone did not ring, it ended with SIP status 404 (no such number: look at --to, and at the number of the line)":         {Near: practice.Leg{EndedAt: at(9), Status: 404}},
		"the phone did not ring, it ended with SIP status 486 (engaged: wait for the call that runs to end, or hang up the handset)": {Near: practice.Leg{EndedAt: at(9), Status: 486}},
		"the phone rang for 2.0 s, the phone rejected it (SIP 603), which the switch tells whoever called as 403": {
			Near: practice.Leg{RingAt: at(1), EndedAt: at(3), Status: 403}, Far: practice.Leg{InvitedAt: at(1), RingAt: at(1), EndedAt: at(3), Status: 603}},
		"the phone did not ring, it ended with SIP status 403 (refused: either another phone than the simulated one rejected it, or this account may not call that number; look at the phone, then at the dialplan's contexts)": {
			Near: practice.Leg{EndedAt: at(9), Status: 403}},
		"the phone did not ring, it ended with SIP status 599": {Near: practice.Leg{EndedAt: at(9), Status: 599}},
		"the phone sent the call on to 13800001111 (302), the phone did not ring, nobody answered": {
			Call: practice.Call{Does: practice.Forwards, ForwardTo: "13800001111"}, GaveUp: true,
			Near: practice.Leg{EndedAt: at(9), Status: 487}, Far: practice.Leg{InvitedAt: at(1), EndedAt: at(1), Status: 302}},
		"the phone did not ring, nobody answered": { // it was to send it on, and another phone than ours had the call
			Call: practice.Call{Does: practice.Forwards, ForwardTo: "13800001111"}, GaveUp: true, Near: practice.Leg{EndedAt: at(9), Status: 487}},
		"the phone rang for 7.0 s, they talked for 20.0 s, the caller hung up, whoever called heard -20 dB, who was called -22 dB": {
			HungUpBy: practice.Caller,
			Near:     practice.Leg{RingAt: at(1), AnsweredAt: at(8), EndedAt: at(28), Status: 200, Heard: practice.Level{Packets: 1000, Mean: -20}},
			Far:      practice.Leg{InvitedAt: at(1), RingAt: at(1), AnsweredAt: at(8), EndedAt: at(28), Status: 200, Heard: practice.Level{Packets: 1000, Mean: -22}}},
		"another phone rang, they talked for 20.0 s, the officer hung up, whoever called heard silence, who was called was not measured": {
			HungUpBy: practice.Officer,
			Near:     practice.Leg{RingAt: at(1), AnsweredAt: at(8), EndedAt: at(28), Status: 200, Heard: practice.Level{Packets: 1000, Mean: -100}}},
	} {
		if got := summary(r); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestPracticeFileIsFoundWhereMakeRunPutsIt(t *testing.T) {
	t.Chdir(t.TempDir())
	if got := findPracticeFile(""); got != filepath.Join("var", "practice.json") {
		t.Errorf("with nothing there: %s", got)
	}
	if _, err := usualPracticeFile(""); err == nil || !strings.Contains(err.Error(), "start make run first") {
		t.Errorf("with nothing there: %v", err)
	}
	if err := os.Mkdir("var", 0o700); err != nil {
		t.Fatal(err)
	}
	text := `{"url":"http://127.0.0.1:1","sip":{"address":"127.0.0.1:5160","duty":{"user":"duty","password":"secret"},"trunk":{"address":"127.0.0.1:5161","number":"110"}}}`
	if err := os.WriteFile("var/practice.json", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := simulateFlags{programme: "on", seed: 7}.config()
	if err != nil {
		t.Fatal(err)
	}
	want := practice.Config{
		SIPAddress: "127.0.0.1:5160", DutyUser: "duty", DutyPassword: "secret", TrunkAddress: "127.0.0.1:5161", Number: "110",
		CacheDir: "var/speech", Socket: "var/practice.sock", Programme: true, Seed: 7,
	}
	if cfg.SIPAddress != want.SIPAddress || cfg.DutyUser != want.DutyUser || cfg.DutyPassword != want.DutyPassword ||
		cfg.TrunkAddress != want.TrunkAddress || cfg.Number != want.Number || cfg.CacheDir != want.CacheDir ||
		cfg.Socket != want.Socket || cfg.Programme != want.Programme || cfg.Seed != want.Seed {
		t.Errorf("got %+v\nwant %+v", cfg, want)
	}
}

func TestProgressLinesNeverMix(t *testing.T) {
	out := &output{}
	tell := progressPrinter(out)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() { tell(practice.Note{At: time.Unix(0, 0), Call: i, Text: strings.Repeat("x", 200)}) })
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 20 {
		t.Fatalf("%d lines for 20 notes", len(lines))
	}
	for _, l := range lines {
		if !strings.HasSuffix(l, strings.Repeat("x", 200)) || strings.Count(l, "xx") > 100 {
			t.Errorf("a mixed line: %s", l)
		}
	}
}
