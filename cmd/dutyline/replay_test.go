package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/tape"
)

const replayTraces = "../../telephony/testdata/traces"

// replay runs the command and returns what it printed.
func replay(t *testing.T, args ...string) (out []telephonyCall, complaints string, err error) {
	t.Helper()
	cmd := newReplayCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	var stdout, stderr bytes.Buffer
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	cmd.SetArgs(args)
	err = cmd.Execute()
	for line := range strings.Lines(stdout.String()) {
		var c telephonyCall
		if jerr := json.Unmarshal([]byte(line), &c); jerr != nil {
			t.Fatalf("%q: %v", line, jerr)
		}
		out = append(out, c)
	}
	return out, stderr.String(), err
}

type telephonyCall struct {
	ID, Line, Direction, Caller, Called, Outcome string
	RingMS                                       *int64 `json:"ring_ms"`
	Findings                                     []string
}

func trace(name string) string { return filepath.Join(replayTraces, name+".jsonl") }

func TestReplayPrintsCallsAsTheyEnd(t *testing.T) {
	calls, complaints, err := replay(t, trace("01_answered_caller_hangup"), trace("12_second_call_waiting_rings"), trace("11_qualify_up_down"))
	if err != nil || complaints != "" {
		t.Fatalf("%v\n%s", err, complaints)
	}
	var got []string
	for _, c := range calls {
		got = append(got, c.Caller+" "+c.Outcome)
	}
	want := []string{"13900001111 answered_in_time", "13700002222 abandoned_early", "13900001111 answered_in_time"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if calls[0].RingMS == nil || *calls[0].RingMS != 3003 {
		t.Errorf("ring_ms %v, want 3003", calls[0].RingMS)
	}
}

// The golden files of the tracker are what the command prints.
func TestReplayAgreesWithTheGoldenFiles(t *testing.T) {
	names, err := filepath.Glob(replayTraces + "/*.jsonl")
	if err != nil || len(names) == 0 {
		t.Fatal("no traces", err)
	}
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join("../../telephony/testdata/golden", filepath.Base(name)))
		if err != nil {
			t.Fatal(err)
		}
		var stdout bytes.Buffer
		if err := replayFiles(replayLines(), []string{name}, &stdout, os.Stderr); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(string(want)) {
			if !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
		if diff := cmp.Diff(strings.Join(lines, ""), stdout.String()); diff != "" {
			t.Errorf("%s (-golden +printed):\n%s", name, diff)
		}
	}
}

func TestReplayUnfinishedCallsAreUnknown(t *testing.T) {
	data, err := os.ReadFile(trace("01_answered_caller_hangup"))
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(t.TempDir(), "half.jsonl")
	lines := bytes.SplitAfter(data, []byte("\n"))
	if err := os.WriteFile(half, bytes.Join(lines[:len(lines)/2], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	calls, _, err := replay(t, half)
	if err != nil || len(calls) != 1 || calls[0].Outcome != "unknown" {
		t.Errorf("%+v, %v", calls, err)
	}
}

// A tape that dutyline wrote replays like the bare trace.
func TestReplayOfATape(t *testing.T) {
	data, err := os.ReadFile(trace("05_302_user"))
	if err != nil {
		t.Fatal(err)
	}
	folder := tapeFolder(t.TempDir())
	w := tape.NewWriter(folder, tape.Policy{MaxBytes: 1 << 20})
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for line := range bytes.Lines(data) {
		if err := w.Write(tape.Record{At: at, Raw: line}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := folder.List()
	if err != nil || len(files) != 1 || files[0].Size < int64(len(data)) {
		t.Fatalf("%v, %v", files, err)
	}
	calls, _, err := replay(t, filepath.Join(string(folder), files[0].Name))
	if err != nil || len(calls) != 1 || calls[0].Outcome != "forwarded" {
		t.Errorf("%+v, %v", calls, err)
	}
	if err := folder.Remove(files[0].Name); err != nil {
		t.Error(err)
	}
	if files, err = folder.List(); err != nil || len(files) != 0 {
		t.Errorf("after the removal: %v, %v", files, err)
	}
}

// A bad line is named and skipped and the rest is replayed: the end of a black box is often
// cut. A file that cannot be read fails the command, after the others were replayed.
func TestReplayBadLines(t *testing.T) {
	good, err := os.ReadFile(trace("03_busy_486"))
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	text := "{\"type\":\"Dial\"}\nnonsense\n" + string(good) + "{\"type\":\"ChannelCreated\"\n{\"type\":\"ChannelTeleported\"}\n"
	if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing.jsonl")
	calls, complaints, err := replay(t, missing, bad)
	if len(calls) != 1 || calls[0].Outcome != string(telephony.Engaged) {
		t.Errorf("calls %+v", calls)
	}
	if err == nil || !strings.Contains(err.Error(), "1 files") {
		t.Errorf("error %v", err)
	}
	for _, want := range []string{"missing.jsonl", "bad.jsonl:1:", "bad.jsonl:2:", "cut off", "is no time", "no JSON object"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("complaints lack %q:\n%s", want, complaints)
		}
	}
	if _, _, err := replay(t, bad); err != nil {
		t.Errorf("bad lines alone failed the command: %v", err)
	}
	marked := filepath.Join(t.TempDir(), "marked.jsonl")
	if err := os.WriteFile(marked, append([]byte("\xef\xbb\xbf"), good...), 0o600); err != nil {
		t.Fatal(err)
	}
	if calls, complaints, err := replay(t, marked); len(calls) != 1 || complaints != "" || err != nil {
		t.Errorf("with a byte order mark: %+v, %q, %v", calls, complaints, err)
	}
}

func TestReplayNeedsFiles(t *testing.T) {
	if _, _, err := replay(t); err == nil {
		t.Error("no file is no error")
	}
	if _, _, err := replay(t, "--config", filepath.Join(t.TempDir(), "none.toml"), trace("03_busy_486")); err == nil {
		t.Error("a missing configuration is no error")
	}
}
