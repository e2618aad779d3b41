package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
	"dutyline/telephony"
)

// rowLine is a line of the switch's journal as it writes them.
func rowLine(event, linked, unique, at string) string {
	return fmt.Sprintf(`{"eventenum":%q,"eventtime":%q,"linkedid":%q,"uniqueid":%q,"channame":"PJSIP/duty-1","eventextra":""}`+"\n", event, at, linked, unique)
}

func writeRows(t *testing.T, name, text string, written time.Time) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, written, written); err != nil {
		t.Fatal(err)
	}
}

func kinds(rows []telephony.Row) []string {
	names := []string{}
	for _, r := range rows {
		names = append(names, r.Kind.String())
	}
	return names
}

// The rows of a call are found across rotation, by their times, and those of other calls are not.
func TestTheRowsOfACall(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "cel.jsonl")
	at := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	writeRows(t, journal+".2", rowLine("CHAN_START", "7.0", "7.0", "2026-11-27T00:00:00.000000+0000"), at.Add(-time.Hour))
	writeRows(t, journal+".1", rowLine("CHAN_START", "7.0", "7.0", "2026-11-27T01:00:00.000000+0000")+rowLine("CHAN_START", "7.01", "7.01", "2026-11-27T01:00:00.000000+0000"), at.Add(time.Minute))
	writeRows(t, journal, "rubbish\n"+rowLine("HANGUP", "7.0", "7.1", "2026-11-27T01:01:20.000000+0000")+rowLine("ANSWER", "7.0", "7.1", "2026-11-27T01:00:15.500000+0000"), at.Add(time.Hour))
	read := switchRows(config.Journal{File: journal})
	for _, id := range []string{"7.0", "7.0~2"} {
		rows, err := read(t.Context(), id, at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"chan_start", "answer", "hangup"}, kinds(rows)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		if !rows[1].At.Equal(at.Add(15500 * time.Millisecond)) {
			t.Errorf("answered at %v", rows[1].At)
		}
	}
	if rows, err := read(t.Context(), "8.0", at); err != nil || len(rows) != 0 {
		t.Errorf("a call that it does not have: %v, %v", rows, err)
	}
	// What was written to its end before the call came is not opened: it has a row of this id from an older life.
	if rows, err := read(t.Context(), "7.0", at.Add(-2*time.Hour)); err != nil || len(rows) != 4 {
		t.Errorf("with the older file: %v, %v", kinds(rows), err)
	}
}

func TestAJournalThatCannotBeRead(t *testing.T) {
	if switchRows(config.Journal{}) != nil {
		t.Error("there is a journal where none is configured")
	}
	missing := switchRows(config.Journal{File: filepath.Join(t.TempDir(), "nowhere", "cel.jsonl")})
	if rows, err := missing(t.Context(), "7.0", time.Now()); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v", rows, err)
	}
	broken := filepath.Join(t.TempDir(), "cel.jsonl")
	writeRows(t, broken+".1.gz", "no gzip", time.Now().Add(time.Hour))
	if _, err := switchRows(config.Journal{File: broken})(t.Context(), "7.0", time.Now()); err == nil {
		t.Error("a file that cannot be unpacked is taken for empty")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	whole := filepath.Join(t.TempDir(), "cel.jsonl")
	writeRows(t, whole, rowLine("ANSWER", "7.0", "7.1", "2026-11-27T01:00:15.500000+0000"), time.Now().Add(time.Hour))
	if _, err := switchRows(config.Journal{File: whole})(ctx, "7.0", time.Now()); err == nil {
		t.Error("it reads on for somebody who has gone")
	}
}
