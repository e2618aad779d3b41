package alerts_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/telephony"
	"dutyline/telephony/ari"
)

const traceFolder = "../telephony/testdata/traces"

// traceNames lists what was recorded of a real switch.
func traceNames(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob(traceFolder + "/*.jsonl")
	if err != nil || len(files) < 90 {
		t.Fatalf("only %d traces found (%v)", len(files), err)
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".jsonl"))
	}
	return names
}

// trace decodes one of them.
func trace(t *testing.T, name string) (events []telephony.Event) {
	t.Helper()
	f, err := os.Open(filepath.Join(traceFolder, name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewReader(f); ; {
		raw, err := lines.ReadBytes('\n')
		if len(raw) > 1 {
			ev, err := ari.Decode(raw)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			events = append(events, ev)
		}
		if err != nil {
			return events
		}
	}
}

// dutyLine is the line of the traces.
func dutyLine() telephony.Line {
	return telephony.Line{Name: "duty", Endpoints: []string{"PJSIP/duty*"}, Trunks: []string{"PJSIP/trunk*"},
		AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP}
}

// watch feeds events to a tracker and finishes it.
func watch(events []telephony.Event) (changes []telephony.Change) {
	tracker := telephony.NewTracker([]telephony.Line{dutyLine()})
	var last time.Time
	for _, ev := range events {
		changes = append(changes, tracker.Apply(ev)...)
		if ev.At.After(last) {
			last = ev.At
		}
	}
	return append(changes, tracker.Finish(last)...)
}

// ofTheBell are the reasons that say how a call was answered, or not: ordinary calls raise them.
var ofTheBell = []alerts.Reason{alerts.ReasonMissed, alerts.ReasonEngagedRefused, alerts.ReasonRejected, alerts.ReasonUnreached, alerts.ReasonUnknown,
	alerts.ReasonRing3, alerts.ReasonLimitPassed, alerts.ReasonPhoneUnreachable, alerts.ReasonLineBlind}

// told is what the rules say of events, one key of one call once, without what is of the bell.
func told(r alerts.Rules, events []telephony.Event) (list []alerts.Alert) {
	seen := map[string]bool{}
	for _, ch := range watch(events) {
		for _, a := range r.From(ch) {
			if len(a.Ends) == 0 && !seen[a.Key+a.CallID] && !slices.Contains(ofTheBell, a.Reason) {
				seen[a.Key+a.CallID] = true
				list = append(list, a)
			}
		}
	}
	return list
}

// testdata/ladder.txt says in one line a trace which rungs of the ladder it is, derived by hand
// from design and traces. A trace that has no line is an ordinary call.
func TestEachTraceIsItsRungOfTheLadder(t *testing.T) {
	want := ladder(t)
	for _, name := range traceNames(t) {
		got := []string{}
		for _, a := range told(rules(), trace(t, name)) {
			got = append(got, fmt.Sprintf("%s %s %s", a.Reason, a.Certainty, a.Severity))
			checkEvidence(t, name, a)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want[name], got); diff != "" && (want[name] != nil || len(got) > 0) {
			t.Errorf("%s (-by hand +rules):\n%s", name, diff)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("ladder.txt has a line for %s, of which there is no trace", name)
	}
}

// ladder reads ladder.txt.
func ladder(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/ladder.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for row := range strings.Lines(string(text)) {
		row, _, _ = strings.Cut(row, "#")
		if name, rungs, ok := strings.Cut(strings.TrimSpace(row), ": "); ok {
			want[name] = strings.Split(rungs, "; ")
			slices.Sort(want[name])
		}
	}
	return want
}

// checkEvidence wants the call, and what the switch said of it; the recording where one is.
func checkEvidence(t *testing.T, name string, a alerts.Alert) {
	t.Helper()
	var kinds []alerts.EvidenceKind
	for _, e := range a.Evidence {
		kinds = append(kinds, e.Kind)
		if e.Ref == "" || e.At.IsZero() || e.Kind == alerts.EvidenceEvent && e.Text == "" {
			t.Errorf("%s: %s: evidence without what it says: %+v", name, a.Reason, e)
		}
	}
	if len(kinds) < 2 || kinds[0] != alerts.EvidenceCall || a.Evidence[0].Ref != a.CallID || kinds[1] != alerts.EvidenceEvent {
		t.Errorf("%s: %s rests on %v only: %+v", name, a.Reason, kinds, a.Evidence)
	}
}
