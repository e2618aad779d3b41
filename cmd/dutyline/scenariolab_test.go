package main_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// scenario is one folder entry: several sipp programs that make a call together.
type scenario struct {
	name  string
	parts []part
}

// part is one sipp program of a scenario.
type part struct{ file, who, number, calls, rate string }

// weight puts long scenarios first, so that no worker ends long after the others.
func (s scenario) weight() int {
	switch {
	case strings.HasPrefix(s.name, "03_port_closed"):
		return 3
	case strings.HasPrefix(s.name, "9"):
		return 2
	case strings.HasPrefix(s.name, "02_"):
		return 1
	}
	return 0
}

func readScenarios(t *testing.T) []scenario {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "sipp", "COMMANDS.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []scenario
	for sc := bufio.NewScanner(f); sc.Scan(); {
		c := strings.Fields(sc.Text())
		if len(c) != 6 || c[0] == "#" {
			continue
		}
		if len(out) == 0 || out[len(out)-1].name != c[0] {
			out = append(out, scenario{name: c[0]})
		}
		s := &out[len(out)-1]
		s.parts = append(s.parts, part{c[1], c[2], c[3], c[4], c[5]})
	}
	if len(out) < 50 {
		t.Fatalf("only %d scenarios are listed", len(out))
	}
	return out
}

// lab is one Asterisk with the scenarios' dialplan, watched as in production.
type lab struct {
	asterisk *asterisk.Process
	client   *ari.Client
	sink     *labSink
	ports    map[string]string // who → its port
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{ports: map[string]string{}}
	for _, who := range []string{"phone", "target", "caller", "second", "none"} {
		_, l.ports[who], _ = net.SplitHostPort(asterisktest.FreeUDP(t))
	}
	s := asterisktest.Settings(t)
	s.Templates = l.templates(t, s)
	l.asterisk = asterisktest.Start(t, s)
	line := scenarioLine()
	l.client = ari.New(ari.Config{
		URL: l.asterisk.Settings.ARI(), User: l.asterisk.Settings.ARIUser, Password: l.asterisk.Settings.ARIPassword,
		Endpoints: append(append([]string{}, line.Endpoints...), line.Trunks...),
	}, nil)
	l.sink = &labSink{tracker: telephony.NewTracker([]telephony.Line{line}), ready: make(chan struct{}),
		rules: alerts.Rules{Codes: map[string]alerts.Codes{"duty": alerts.ShippedCodes()}}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = l.client.Run(ctx, l.sink)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		if len(l.sink.broken) > 0 {
			t.Errorf("events that were not understood: %v", l.sink.broken)
		}
		if l.sink.gaps > 0 {
			t.Errorf("the connection broke %d times", l.sink.gaps)
		}
	})
	select {
	case <-l.sink.ready:
	case <-time.After(20 * time.Second):
		t.Fatalf("the switch cannot be seen: %s", l.client.Status().Detail)
	}
	return l
}

// templates is the scenarios' configuration over the shipped one, with our ports.
func (l *lab) templates(t *testing.T, s asterisk.Settings) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"asterisk", "ari", "http", "rtp", "logger", "indications", "acl", "ccss", "cli_permissions", "pjproject", "stasis", "udptl", "websocket_client", "cel", "cel_custom"} {
		b, err := fs.ReadFile(s.Templates, name+".conf.tmpl")
		if err != nil {
			t.Fatal(err)
		}
		out[name+".conf.tmpl"] = &fstest.MapFile{Data: b}
	}
	files, _ := filepath.Glob(filepath.Join("testdata", "sipp", "etc", "*.tmpl"))
	for _, file := range files {
		out[filepath.Base(file)] = &fstest.MapFile{Data: []byte(l.withPorts(t, file))}
	}
	dialplan, err := fs.ReadFile(s.Templates, "extensions.conf.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	with := out["extensions.conf.tmpl"]
	with.Data = []byte(withMarks(t, string(with.Data), string(dialplan)))
	return out
}

var firstStep = regexp.MustCompile(`(?m)^exten => ([^,]+),1,(.*)$`)

// withMarks puts the shipped dialplan's own journal rows around every extension of the
// scenarios, so that their journals read like production's.
func withMarks(t *testing.T, scenarios, shipped string) string {
	t.Helper()
	_, end, ok := strings.Cut(shipped, "[dutyline-end]")
	const push, start = "Set(CHANNEL(hangup_handler_push)=dutyline-end,s,1)", "TryExec(CELGenUserEvent(DL_START,${UNIQUEID}))"
	if !ok || !strings.Contains(shipped, push) || !strings.Contains(shipped, start) {
		t.Fatal("the shipped dialplan's steps for the journal have changed: follow them here")
	}
	marked := firstStep.ReplaceAllString(scenarios, "exten => $1,1,"+strings.ReplaceAll(push, "$", "$$")+
		"\n same => n,"+strings.ReplaceAll(start, "$", "$$")+"\n same => n,$2")
	return marked + "\n[dutyline-end]" + end
}

func (l *lab) withPorts(t *testing.T, file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for who, port := range l.ports {
		text = strings.ReplaceAll(text, "@"+who+"@", port)
	}
	return text
}

// run plays one scenario and returns what the tracker made of it, and what Asterisk wrote in its journal.
func (l *lab) run(t *testing.T, s scenario) (calls []string, journal []byte) {
	dir := t.TempDir()
	before := len(l.journal(t))
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	var waiting, calling sync.WaitGroup
	stop, end := context.WithCancel(ctx)
	defer end()
	for i, p := range s.parts {
		file := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(file, []byte(l.withPorts(t, filepath.Join("testdata", "sipp", p.file))), 0o600); err != nil {
			t.Error(err)
			return nil, nil
		}
		if strings.Contains(p.file, ".uac") {
			calling.Go(func() { l.sipp(ctx, t, s, p, file) })
			continue
		}
		waiting.Go(func() { l.sipp(stop, t, s, p, file) })
		asterisktest.Eventually(t, 5*time.Second, p.file+" listens", func() bool { return listensUDP(t, l.ports[p.who]) })
	}
	calling.Wait()
	calls = l.calls(t)
	end() // phones that no call ever reached wait for ever
	waiting.Wait()
	return calls, l.journal(t)[before:]
}

// listensUDP asks the kernel: a socket that tries the port would be in the way of who is to have it.
func listensUDP(t *testing.T, port string) bool {
	sockets, err := os.ReadFile("/proc/net/udp")
	n, bad := strconv.Atoi(port)
	if err := errors.Join(err, bad); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(sockets), fmt.Sprintf(":%04X 00000000:0000 ", n))
}

// journal is all that Asterisk has written so far; no file before the first row.
func (l *lab) journal(t *testing.T) []byte {
	b, err := os.ReadFile(l.asterisk.Settings.Journal())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	return b
}

// sipp runs one program. That it is stopped is no fault; what it complains about otherwise is logged,
// because the calls are what is judged.
func (l *lab) sipp(ctx context.Context, t *testing.T, s scenario, p part, file string) {
	args := []string{"-sf", file, "-i", "127.0.0.1", "-p", l.ports[p.who], "-nostdin", "-timeout", "60", "-s", p.number,
		"-trace_err", "-error_file", file + ".err"}
	if p.calls != "-" {
		args = append(args, "-m", p.calls)
	}
	if p.rate != "-" {
		args = append(args, "-r", p.rate, "-l", "200")
	}
	if strings.Contains(p.file, ".uac") {
		args = append(args, l.asterisk.Settings.SIPAddress)
	}
	cmd := exec.CommandContext(ctx, "sipp", args...)
	cmd.Dir = filepath.Dir(file)
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		t.Errorf("sipp is not installed: run make deps")
	}
	if complaint, _ := os.ReadFile(file + ".err"); err != nil && ctx.Err() == nil {
		t.Logf("%s: %s: %v %.400s", s.name, p.file, err, complaint)
	}
}

// labSink feeds a tracker, as the daemon does, and keeps the calls that ended.
type labSink struct {
	ready chan struct{}
	once  sync.Once

	mu      sync.Mutex
	tracker *telephony.Tracker
	rules   alerts.Rules
	keys    []string // of the alerts
	done    []telephony.Call
	told    []string // alerts
	count   int
	broken  []error
	gaps    int
}

func (s *labSink) Frame(f ari.Frame) {
	ev, err := ari.Decode(f.Raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	if err != nil {
		s.broken = append(s.broken, err)
		return
	}
	changes := s.tracker.Apply(ev)
	s.done = append(s.done, ended(changes)...)
	for _, ch := range changes {
		for _, a := range s.rules.From(ch) {
			if told := fmt.Sprintf("%s %s %s", a.Reason, a.Certainty, a.Severity); len(a.Ends) == 0 && !slices.Contains(s.keys, a.Key+" "+a.CallID) { // one problem of many calls, but each scenario is judged by itself
				s.keys, s.told = append(s.keys, a.Key+" "+a.CallID), append(s.told, told)
			}
		}
	}
}

func (s *labSink) Gap(from time.Time, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaps++
	s.tracker.Gap(from)
}

func (s *labSink) Snapshot(snap telephony.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tracker.Resync(snap)
	s.once.Do(func() { close(s.ready) })
}

func (s *labSink) frames() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

func (s *labSink) take() (calls []telephony.Call, told []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls, told = s.done, s.told
	s.done, s.told = nil, nil
	return calls, told
}
