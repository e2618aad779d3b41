package tape_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/telephony/tape"
)

// samples are values and what only looks like one.
var samples = []string{
	``, ` `, `{}`, `[]`, `{"a":1}`, `{"a":1,"b":[1,2,{"c":null}]}`, ` { "a" : [ true , false ] } `, "\t{\r\n}\n",
	`{`, `}`, `[`, `]`, `{]`, `[}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `{1:2}`, `{"a":1 "b":2}`, `[1 2]`, `{}{}`, `{} x`,
	`""`, `"`, `"a`, `"\"`, `"\""`, `"\\"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u12aF"`, `"\ud800"`, "\"\x01\"", "\"\x1f\"", "\"\x7f\"", "\"\xff\xfe\"", `"沈阳"`, "\"a\nb\"",
	`0`, `-0`, `-`, `01`, `1.`, `.5`, `1.5`, `1e`, `1e5`, `1E+5`, `1e-`, `1e-7`, `-12.50e+3`, `1.5.5`, `+1`, `0x1`, `1e5e5`, `--1`,
	`true`, `tru`, `truex`, `false`, `null`, `nul`, `True`, `NaN`,
	strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999), strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
	strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001), strings.Repeat("[", 50_000),
}

func TestWholeIsWhatTheLibraryCallsValid(t *testing.T) {
	valid := 0
	for _, s := range samples {
		want := json.Valid([]byte(s))
		if tape.Whole([]byte(s)) != want {
			t.Errorf("%.60q: got %v, want %v", s, !want, want)
		}
		if want {
			valid++
		}
	}
	if valid < 20 || valid > len(samples)-20 {
		t.Errorf("%d of %d samples are valid: they judge little", valid, len(samples))
	}
}

// Every event that a switch sent is whole, and it is not when it was cut anywhere.
func TestEventsAreWholeUntilTheyAreCut(t *testing.T) {
	events := traced(t)
	for i, raw := range events {
		if !tape.Whole(raw) {
			t.Errorf("%.80s", raw)
		}
		for cut := i % 7; cut < len(raw); cut += 7 {
			if tape.Whole(raw[:cut]) {
				t.Errorf("cut to %d bytes: %.80s", cut, raw)
			}
		}
	}
}

func traced(t testing.TB) (events [][]byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "traces", "01_answered_caller_hangup.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			events = append(events, line)
		}
	}
	if len(events) < 20 {
		t.Fatalf("only %d events: they judge little", len(events))
	}
	return events
}

// FuzzWhole: whatever the bytes are, both give one answer.
func FuzzWhole(f *testing.F) {
	for _, s := range samples {
		if len(s) < 100 {
			f.Add([]byte(s))
		}
	}
	f.Add(traced(f)[0])
	f.Fuzz(func(t *testing.T, text []byte) {
		if want := json.Valid(text); tape.Whole(text) != want {
			t.Errorf("%q: got %v, want %v", text, !want, want)
		}
	})
}

func BenchmarkWhole(b *testing.B) {
	events := traced(b)
	for name, check := range map[string]func([]byte) bool{"whole": tape.Whole, "json.Valid": json.Valid} {
		b.Run(name, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				if !check(events[n%len(events)]) {
					b.Fatal("not whole")
				}
			}
		})
	}
}
