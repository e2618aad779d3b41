package main_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/tape"
)

var updateScenarios = flag.Bool("update-scenarios", false, "write what the scenarios gave to testdata/sipp/golden.txt")

// recordJournals keeps what the switch's own journal said beside the calls.
var recordJournals = flag.String("record-journals", "", "write each scenario's journal to this folder, for instance ../../telephony/testdata/journal")

// scenarioLine is the line of the scenarios' dialplan: every phone that it dials.
func scenarioLine() telephony.Line {
	return telephony.Line{
		Name: "duty", Number: "12350", AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP,
		Endpoints: []string{"PJSIP/duty", "PJSIP/dutycore", "PJSIP/dutypj", "PJSIP/dutyx", "PJSIP/dutyq", "PJSIP/dutyreg", "PJSIP/duty1"},
		Trunks:    []string{"PJSIP/trunk", "PJSIP/trunkpai"},
	}
}

// differsFromTrace lists the scenarios whose live calls differ from the trace of the same
// name, with the reason. The traces were recorded with subscribeAll, which production must
// not use, and some by another phone.
var differsFromTrace = map[string]string{
	"90_mixed_30calls_3cps":          "the trace's phone was no sipp and is not in the folder; the mix here is ours",
	"92_mixed_uri_core_24calls_3cps": "the trace's phone was no sipp and is not in the folder; the mix here is ours",
}

// TestScenariosLive runs every SIP scenario through a real Asterisk, watches it with the
// production subscription, and compares the calls with what is expected of each and with
// what the recorded trace of the same scenario gives.
func TestScenariosLive(t *testing.T) {
	scenarios := readScenarios(t)
	got := runAll(t, scenarios)
	golden := filepath.Join("testdata", "sipp", "golden.txt")
	if *updateScenarios {
		writeGolden(t, golden, scenarios, got)
	}
	want := readGolden(t, golden)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			if diff := gocmp.Diff(want[s.name], got[s.name]); diff != "" {
				t.Errorf("calls differ from golden.txt (-want +got):\n%s", diff)
			}
			trace := filepath.Join("..", "..", "telephony", "testdata", "traces", s.name+".jsonl")
			if _, err := os.Stat(trace); err != nil {
				return
			}
			calls := slices.DeleteFunc(slices.Clone(got[s.name]), func(line string) bool { return strings.HasPrefix(line, "alert ") })
			diff := gocmp.Diff(replayed(t, trace), calls)
			if reason := differsFromTrace[s.name]; (diff != "") != (reason != "") {
				t.Errorf("trace and live call: listed reason %q, difference (-trace +live):\n%s", reason, diff)
			}
		})
	}
}

// workers is how many Asterisks run scenarios side by side: most of the time all wait.
const workers = 6

// runAll gives every scenario to one of the workers, long ones first.
func runAll(t *testing.T, scenarios []scenario) map[string][]string {
	queue := make(chan scenario, len(scenarios))
	ordered := slices.Clone(scenarios)
	slices.SortStableFunc(ordered, func(a, b scenario) int { return cmp.Compare(b.weight(), a.weight()) })
	for _, s := range ordered {
		queue <- s
	}
	close(queue)
	got := map[string][]string{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range workers {
		lab := newLab(t)
		all.Go(func() {
			for s := range queue {
				calls, journal := lab.run(t, s)
				keepJournal(t, s.name, journal)
				mu.Lock()
				got[s.name] = calls
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return got
}

// keepJournal writes a scenario's journal when that was asked for.
func keepJournal(t *testing.T, name string, journal []byte) {
	if *recordJournals == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*recordJournals, name+".jsonl"), journal, 0o644); err != nil {
		t.Error(err)
	}
}

// describe is what a scenario's outcome is compared by: everything but times and ids.
func describe(c telephony.Call) string {
	parts := []string{string(c.Direction), string(c.Outcome)}
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	add("by", string(c.HangupBy))
	if !c.RangAt.IsZero() {
		parts = append(parts, fmt.Sprintf("rings=%d", c.Rings))
	}
	if !c.AnsweredAt.IsZero() {
		parts = append(parts, "answered")
	}
	add("to", c.ForwardedTo)
	add("from", c.RedirectedFrom)
	if !strings.HasPrefix(c.Caller.Raw, "139000") || len(c.Caller.Raw) > 10 {
		add("caller", fmt.Sprintf("%q", c.Caller.Raw))
		add("name", fmt.Sprintf("%q", c.CallerName))
	}
	add("called", c.Called.Raw)
	for _, f := range c.Findings {
		parts = append(parts, "!"+string(f))
	}
	for _, tag := range c.Tags {
		parts = append(parts, "#"+string(tag))
	}
	return strings.Join(parts, " ")
}

// summary sorts and counts equal calls: "12× in answered_in_time …".
func summary(calls []telephony.Call) []string {
	texts := make([]string, len(calls))
	for i, c := range calls {
		texts[i] = describe(c)
	}
	return counted(texts, "")
}

func counted(texts []string, what string) (out []string) {
	count := map[string]int{}
	for _, text := range texts {
		count[text]++
	}
	for text, n := range count {
		out = append(out, fmt.Sprintf("%s%d× %s", what, n, text))
	}
	slices.Sort(out)
	return out
}

// replayed is the summary of a recorded trace.
func replayed(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tracker := telephony.NewTracker([]telephony.Line{scenarioLine()})
	var calls []telephony.Call
	for r := tape.NewReader(f); ; {
		record, err := r.Next()
		if err != nil {
			return summary(calls)
		}
		ev, err := ari.Decode(record.Raw)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		calls = append(calls, ended(tracker.Apply(ev))...)
	}
}

func ended(changes []telephony.Change) []telephony.Call {
	var out []telephony.Call
	for _, c := range changes {
		if c.Kind == telephony.CallEnded {
			out = append(out, *c.Call)
		}
	}
	return out
}

func writeGolden(t *testing.T, file string, scenarios []scenario, got map[string][]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# What each SIP scenario gives, live: calls and alerts, counted. See telephony and alerts for the words.\n")
	for _, s := range scenarios {
		b.WriteString(s.name + "\n")
		for _, line := range got[s.name] {
			b.WriteString("\t" + line + "\n")
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readGolden(t *testing.T, file string) map[string][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, name := map[string][]string{}, ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case strings.HasPrefix(line, "\t"):
			out[name] = append(out[name], line[1:])
		default:
			name = line
		}
	}
	return out
}

// quietFor is how long nothing may come before a scenario counts as over.
const quietFor = 200 * time.Millisecond

// calls waits until the switch has no channel and nothing comes any more.
func (l *lab) calls(t *testing.T) []string {
	asterisktest.Eventually(t, 40*time.Second, "the switch has no channel left", func() bool {
		s, err := l.client.Snapshot(t.Context())
		return err == nil && len(s.Channels) == 0
	})
	seen, since := -1, time.Now()
	asterisktest.Eventually(t, 20*time.Second, "events come to an end", func() bool {
		if n := l.sink.frames(); n != seen {
			seen, since = n, time.Now()
		}
		return time.Since(since) > quietFor
	})
	calls, told := l.sink.take()
	return append(summary(calls), counted(told, "alert ")...)
}
