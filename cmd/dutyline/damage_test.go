package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// refusedJournal has the reader of the journal set these lines aside, as a daemon does, and gives
// what it wrote.
func refusedJournal(t *testing.T, lines ...string) string {
	t.Helper()
	journal, aside := filepath.Join(t.TempDir(), "cel.jsonl"), filepath.Join(t.TempDir(), "refused-journal.jsonl")
	whole := journalLine("duty-9.9", 1, "12345") // between them, so that each is a piece of its own
	if err := os.WriteFile(journal, []byte(whole+strings.Join(lines, whole)+whole), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	bad, asked := 0, false
	tail := cel.New(cel.Config{Path: journal, Zone: time.UTC, Interval: time.Millisecond, Quarantine: cel.NewQuarantine(aside, 1<<20)}, nil)
	err := tail.Run(ctx, telephony.Position{}, func(_ context.Context, b cel.Batch) error {
		if asked {
			cancel() // what came with the batch before was set aside
		}
		if bad += b.Bad; bad < len(lines) || asked {
			return nil
		}
		asked = true
		f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString(whole)
			err = errors.Join(err, f.Close())
		}
		return err
	})
	kept, errRead := os.ReadFile(aside)
	if errRead != nil || bytes.Count(kept, []byte("\n")) != len(lines) {
		t.Fatalf("%v, %v: %d of %d lines were set aside:\n%s", err, errRead, bad, len(lines), kept)
	}
	return string(kept)
}

func blanked(s string) string { return string(blankOf([]byte(s))) }

// contentIs compares a file that was swept.
func contentIs(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Errorf("%s, %v (-want +got):\n%s", filepath.Base(name), err, diff)
	}
}

// TestDamagedLinesOfAnErasedCallGo: half a row does not say of which call it is, and nobody may
// find the caller's number in it; whole rows of the caller's other call stay.
func TestDamagedLinesOfAnErasedCallGo(t *testing.T) {
	o := newOffice(t)
	id, number := o.call.ID, o.call.Caller.Raw
	row := func(num string) string { return journalLine(id, 1, num) }
	upTo := func(s, words string) string { return s[:strings.Index(s, words)] }
	begun := upTo(row(number), `,"exten"`) + "\n"               // cut before its ids
	ended := row(number)[strings.Index(row(number), number)-3:] // and one that lost its beginning
	ended = upTo(ended, `,"uniqueid"`) + "\n"                   // …
	otherwise := upTo(row("+86 (24) 2273-0001"), `,"exten"`)    // without a line end: the next row is written behind it
	inTheNumber := upTo(row(number), number[7:]) + "\n"         // cut in the middle of the number
	named := upTo(strings.Replace(row("1"), `"name":""`, `"name":"`+whoCalled+`"`, 1), `,"exten"`) + "\n"
	kept := journalLine("duty-1795436279.10", 2, number)
	foreign := upTo(journalLine("duty-1795436279.10", 3, "13800001111"), `,"exten"`) + "\n"

	o.ok(os.WriteFile(o.journal, []byte(begun+kept+ended+foreign+otherwise+kept+inTheNumber+named+kept), 0o640))
	gone := refusedJournal(t, begun, ended, otherwise+"\n", inTheNumber, named)
	stays := refusedJournal(t, foreign)
	change, err := json.Marshal(telephony.Change{Kind: telephony.CallEnded, Call: &telephony.Call{ID: "duty-1795436279.10", Caller: o.call.Caller}})
	o.ok(err)
	aside := filepath.Join(filepath.Dir(o.cfg.Log.File), "refused-journal.jsonl")
	changes := filepath.Join(filepath.Dir(aside), "refused-changes.jsonl")
	for _, name := range []string{aside, aside + ".1"} {
		o.ok(os.WriteFile(name, []byte(gone+stays), 0o600))
	}
	o.ok(os.WriteFile(changes, append(change, '\n'), 0o600))

	out := o.erase()
	contentIs(t, o.journal, blanked(begun)+kept+blanked(ended)+foreign+blanked(otherwise)+kept+blanked(inTheNumber)+blanked(named)+kept)
	for _, name := range []string{aside, aside + ".1"} {
		contentIs(t, name, blanked(gone)+stays)
	}
	contentIs(t, changes, string(change)+"\n")
	if !strings.Contains(out, "blanked: 5 line(s) of "+aside+"\n") {
		t.Error(out)
	}
}

// TestAnErasedFieldIsInNoDamagedLine: with --field only the words go; the number of the caller
// stays, in damaged lines too.
func TestAnErasedFieldIsInNoDamagedLine(t *testing.T) {
	o := newOffice(t)
	number, unit := o.call.Caller.Raw, `"甲"组` // quoted again by whoever set the line aside
	o.write("e-"+o.call.ID, dutylog.CallerUnit, unit)
	half := `{"eventtype":"USER_DEFINED","eventenum":"USER_DEFINED","name":"","num":"1","userfield":"` + strings.ReplaceAll(typed, `"`, `\"`) + `","uni` + "\n"
	short := `{"eventtype":"USER_DEFINED","userfield":"` + strings.ReplaceAll(unit, `"`, `\"`) + "\n"
	other := `{"eventtype":"ANSWER","num":"` + number + `","exten":"12` + "\n"
	o.ok(os.WriteFile(o.journal, []byte(half+short+other), 0o640))
	gone, stays := refusedJournal(t, half, short), refusedJournal(t, other)
	aside := filepath.Join(filepath.Dir(o.cfg.Log.File), "refused-journal.jsonl")
	o.ok(os.WriteFile(aside, []byte(gone+stays), 0o600))
	out := o.erase("--field", "电话内容", "--field", "来电单位")
	contentIs(t, o.journal, blanked(half)+blanked(short)+other)
	contentIs(t, aside, blanked(gone)+stays)
	if found := o.everywhere(typed, "绝密<甲>级", "转移𠮷号", unit); len(found) > 0 {
		t.Errorf("still there:\n%s\n%s", strings.Join(found, "\n"), out)
	}
}

func TestANumberIsFoundInEverySpellingOfADamagedLine(t *testing.T) {
	s := newSweep(sqlite.Traces{CallID: "duty-1.1", Names: []string{"02422730001", "+862422730001", "李雷"}}, true, tapeCloser{})
	for line, want := range map[string]bool{
		`"num":"02422730001","ex`: true, `"num":"+862422730001`: true, `"num":"0086 24 2273 0001"`: true, `"num":"(024)2273-0001`: true, `"num":"22730001"`: true,
		`sip:024%202273.0001@host`: true, `"num":"24 2273/0001`: true, `"num":"0242273`: true, `30001","exten":"1`: false, `2730001","exten":"1`: true,
		`"num":"022730"`: false, `"num":"227300019"`: false, `"num":"13800001111"`: false, `"name":"李雷"`: true, `"linkedid":"duty-1.1"`: true, `"linkedid":"duty-1.10"`: false,
		`"num":"0242273{"eventtype":"ANSWER"`: true, "\"num\":\"0242273\x00\x00\n": true, ``: false,
	} {
		if _, got := s.clean([]byte(line)); got != want {
			t.Errorf("%q goes: %v", line, got)
		}
	}
}
