package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// differsInJournal lists what the switch's journal alone cannot know of a scenario, as a
// replacement in the live view's words.
var differsInJournal = map[string][2]string{
	"03_busy_486": {" !busy_without_a_call", ""}, // whether the line had another call is beyond one call's rows
}

// onlyInJournal are calls that the live view does not see under the production subscription:
// the dialplan dials a Local channel, and the called number is not the line's.
var onlyInJournal = map[string][]string{
	"09_local_n_answered":         {`1× in answered_in_time by=caller rings=1 answered caller="13900001111" name="13900001111" called=12356`},
	"09_local_optimized_answered": {`1× in answered_in_time by=caller rings=1 answered caller="13900001111" name="13900001111" called=22356`},
}

// The journal of every scenario settles the same calls as the live view saw: one judge, two eyes.
func TestJournalsSettleWhatTheLiveViewSaw(t *testing.T) {
	want := readGolden(t, filepath.Join("testdata", "sipp", "golden.txt"))
	files, err := filepath.Glob(filepath.Join("..", "..", "telephony", "testdata", "journal", "[0-9]*.jsonl"))
	if err != nil || len(files) < 60 {
		t.Fatalf("only %d journals: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(asJournal(name, want[name]), summary(settledIn(t, b))); diff != "" {
				t.Errorf("calls differ (-live +journal):\n%s", diff)
			}
		})
	}
}

// asJournal puts the live view's words into the journal's.
func asJournal(name string, live []string) []string {
	if only, ok := onlyInJournal[name]; ok && live == nil {
		return only
	}
	var out []string
	for _, line := range live {
		if strings.HasPrefix(line, "alert ") { // told by the live view only
			continue
		}
		if r, ok := differsInJournal[name]; ok {
			line = strings.Replace(line, r[0], r[1], 1)
		}
		out = append(out, line)
	}
	return out
}

// settledIn is the calls of a journal as the product settles them.
func settledIn(t *testing.T, journal []byte) []telephony.Call {
	t.Helper()
	j := telephony.NewJournal([]telephony.Line{scenarioLine()})
	var rows []telephony.Row
	for line := range bytes.Lines(journal) {
		row, err := cel.DecodeIn(line, time.UTC)
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		rows = append(rows, row)
	}
	var calls []telephony.Call
	for _, s := range j.Read(rows, telephony.Position{}, telephony.Position{}, time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC), 0) {
		calls = append(calls, s.Call)
	}
	if j.Open() != 0 {
		t.Errorf("%d calls have no end in the journal", j.Open())
	}
	slices.SortFunc(calls, func(a, b telephony.Call) int { return a.OfferedAt.Compare(b.OfferedAt) })
	return calls
}
