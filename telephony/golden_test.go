package telephony_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// golden is the form of the golden files: the calls of one trace, one JSON line each, in
// the order in which they ended, each after a comment with its reason.
func golden(t *testing.T, calls []telephony.Call) string {
	t.Helper()
	var b bytes.Buffer
	for _, c := range calls {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("# " + string(c.Reason) + "\n")
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// Every recorded trace gives the calls that were looked at and found right.
func TestTracesGiveTheirGoldenCalls(t *testing.T) {
	for _, name := range traceNames(t) {
		t.Run(name, func(t *testing.T) {
			got := golden(t, ended(play(lines(), trace(t, name))))
			file := filepath.Join("testdata/golden", name+".jsonl")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("calls differ from the golden file (-golden +now):\n%s", diff)
			}
		})
	}
}

// testdata/outcomes.txt says in one line a trace what its calls have to come to, derived by
// hand from the rules; the golden files must agree with it.
func TestGoldenCallsAgreeWithTheRules(t *testing.T) {
	seen := map[string]bool{}
	for name, want := range byHand(t, "testdata/outcomes.txt") {
		seen[name] = true
		if diff := cmp.Diff(want, outcomeWords(ended(play(lines(), trace(t, name))))); diff != "" {
			t.Errorf("%s: outcomes (-rules +tracker):\n%s", name, diff)
		}
	}
	for _, name := range traceNames(t) {
		if !seen[name] && !strings.HasPrefix(name, "9") {
			t.Errorf("trace %s has no line in outcomes.txt", name)
		}
	}
}

// Under the subscription of production Local channels, and phones that are not of the line,
// do not show; the outcome is the same as when everything shows.
func TestTheProductionSubscriptionGivesTheSameOutcomes(t *testing.T) {
	names := byHand(t, "testdata/production.txt")
	everything := byHand(t, "testdata/outcomes.txt")
	for name, want := range names {
		changes := play(lines(), eventsIn(t, "testdata/production/"+name+".jsonl"))
		checkInvariants(t, changes)
		if diff := cmp.Diff(want, outcomeWords(ended(changes))); diff != "" {
			t.Errorf("%s: outcomes (-rules +tracker):\n%s", name, diff)
		}
		if other, ok := everything[name]; ok && !slices.Equal(other, want) {
			t.Errorf("%s: %v is wanted here, %v where everything shows", name, want, other)
		}
	}
	if len(names) < 9 {
		t.Errorf("only %d traces are listed", len(names))
	}
}

// byHand reads a list of outcomes that were derived by hand: "name: outcome findings; outcome".
func byHand(t *testing.T, file string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		text, _, _ := strings.Cut(line, "#")
		name, rest, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok {
			continue
		}
		out[name] = slices.DeleteFunc(strings.Split(strings.TrimSpace(rest), "; "), func(s string) bool { return s == "" })
		slices.Sort(out[name])
	}
	return out
}

// outcomeWords is what the list says of each call, sorted.
func outcomeWords(calls []telephony.Call) []string {
	out := []string{}
	for _, c := range calls {
		out = append(out, strings.TrimSpace(string(c.Outcome)+" "+joinFindings(c.Findings)))
	}
	slices.Sort(out)
	return out
}

func joinFindings(fs []telephony.Finding) string {
	words := make([]string, len(fs))
	for i, f := range fs {
		words[i] = string(f)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// A call in a mixed trace is known by its SIP scenario: what the phone did decides.
func TestMixedTracesCountRight(t *testing.T) {
	tests := []struct {
		trace string
		want  map[telephony.Outcome]int
	}{
		{"90_mixed_30calls_3cps", map[telephony.Outcome]int{
			"engaged": 9, "rejected": 4, "placed_answered": 3, "forwarded": 5, "answered_in_time": 13,
			"abandoned_early": 1, "unreachable": 2, "missed": 4,
		}},
		{"92_mixed_uri_core_24calls_3cps", map[telephony.Outcome]int{
			"engaged": 4, "unreachable": 4, "placed_answered": 3, "answered_in_time": 7, "forwarded": 6, "missed": 3,
		}},
	}
	for _, tt := range tests {
		got := map[telephony.Outcome]int{}
		for _, c := range ended(play(lines(), trace(t, tt.trace))) {
			got[c.Outcome]++
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.trace, diff)
		}
	}
}
