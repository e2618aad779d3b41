package main

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// starts opens everything as the daemon does at its start, and gives what it says.
func (p *patient) starts(t *testing.T, also func(*app)) string {
	t.Helper()
	var said output
	a, err := newApp(t.Context(), p.cfg, slog.New(slog.NewTextHandler(&said, nil)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if also != nil {
		also(a)
	}
	a.sayStructure(t.Context())
	a.close()
	return said.String()
}

func (p *patient) behindTheBack(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+p.cfg.Log.File)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // some statements set how the next are taken
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestTheStartNamesAnAlteredStructure, goes on all the same, and doctor shows it.
func TestTheStartNamesAnAlteredStructure(t *testing.T) {
	p := newPatient(t)
	if said := p.starts(t, nil); strings.Contains(said, "level=ERROR") {
		t.Errorf("an honest log: %s", said)
	}
	if c := p.doctor(t)["structure of the log"]; !c.OK || !strings.Contains(c.Detail, "as dutyline makes it") {
		t.Errorf("%+v", c)
	}
	p.behindTheBack(t, "DROP TRIGGER revisions_stand", "DROP TRIGGER records_stay", "DROP TRIGGER records_stand", "CREATE VIEW more AS SELECT 1")
	said := p.starts(t, func(a *app) {
		if err := a.log.Healthy(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"trigger revisions_stand", "trigger records_stay", "trigger records_stand", "view more"} {
		if !strings.Contains(said, "structure of the log: "+name) {
			t.Errorf("%s is not named:\n%s", name, said)
		}
	}
	if strings.Count(said, "level=ERROR") != 4 || !strings.Contains(said, "dutyline restore") {
		t.Errorf("said %s", said)
	}
	wantFault(t, p.doctor(t), "structure of the log", "trigger records_stand, trigger records_stay, trigger revisions_stand; and 1 more", "dutyline verify")
	p.behindTheBack(t, "PRAGMA legacy_alter_table = on", "ALTER TABLE entries RENAME TO kept", "CREATE VIEW entries AS SELECT * FROM kept")
	if said := p.starts(t, nil); !strings.Contains(said, "structure of the log: view entries") || !strings.Contains(said, "structure of the log: table entries") {
		t.Errorf("said %s", said)
	}
	answers(t, exitAltered, []string{"altered: structure of the log: view entries", "nothing else was checked", "verify: altered"}, "--config", p.file)
	if err := os.Remove(p.cfg.Log.File); err != nil {
		t.Fatal(err)
	}
	if c := checkStructure(t.Context(), p.cfg); !c.OK || !strings.Contains(c.Detail, "first start") {
		t.Errorf("%+v", c)
	}
}

// TestTheStartLeavesACallThatNothingVouchesFor: before, it was taken up, settled and written into the
// evidence, with a false interval from its forged time on.
func TestTheStartLeavesACallThatNothingVouchesFor(t *testing.T) {
	p := newPatient(t)
	p.withLog(t, endedCall("").EndedAt, func(db *sqlite.DB) {
		c := endedCall("1.1")
		if err := db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c}}); err != nil {
			t.Fatal(err)
		}
	})
	p.starts(t, nil)
	p.behindTheBack(t, "CREATE TEMP TABLE forged AS SELECT * FROM calls", "UPDATE forged SET id = '9.9', ended_at = NULL, outcome = '', entry_id = '', offered_at = offered_at - 3600000000",
		"INSERT INTO calls SELECT * FROM forged")
	said := p.starts(t, func(a *app) {
		left, err := a.log.Remainder(t.Context(), time.Time{})
		if err != nil || len(left.Running) > 0 {
			t.Errorf("taken up: %+v, %v", left.Running, err)
		}
	})
	if !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "call=9.9") || !strings.Contains(said, "nothing was opened by it") || !strings.Contains(said, "dutyline verify") {
		t.Errorf("said %s", said)
	}
	answers(t, exitAltered, []string{"altered: running call 9.9: it is running by the table, but nothing was opened by it"}, "--db", p.cfg.Log.File)
}

// TestALogThatBeginsAnewSaysSo takes the log away in several ways from beside its keys and recordings.
func TestALogThatBeginsAnewSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wipe func(t *testing.T, p *patient)
		left string
	}{
		"gone": {func(*testing.T, *patient) {}, "the key that signs it"},
		"empty": {func(t *testing.T, p *patient) {
			if err := os.WriteFile(p.cfg.Log.File, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "the key that signs it"},
		"its tables made, and nothing in them": {func(t *testing.T, p *patient) { p.withLog(t, endedCall("").EndedAt, func(*sqlite.DB) {}) }, "the key that signs it"},
		"recordings only": {func(t *testing.T, p *patient) {
			if err := os.RemoveAll(p.cfg.KeysFolder()); err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join(p.cfg.Archive.Folder, "2026", "11", "23")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "1.1.flac.age"), []byte("x"), 0o400); err != nil {
				t.Fatal(err)
			}
		}, "sealed recordings"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPatient(t)
			for range 2 { // the first start of a new log, and the next one
				if said := p.starts(t, nil); strings.Contains(said, "earlier one") {
					t.Errorf("a first log: %s", said)
				}
			}
			if c := p.doctor(t)["beginning of the log"]; !c.OK {
				t.Errorf("%+v", c)
			}
			for _, side := range []string{"", "-wal", "-shm"} {
				if err := os.RemoveAll(p.cfg.Log.File + side); err != nil {
					t.Fatal(err)
				}
			}
			c.wipe(t, p)
			wantFault(t, p.doctor(t), "beginning of the log", "an earlier one left "+c.left, "dutyline restore")
			if of, err := os.Stat(p.cfg.Log.File); err == nil && of.Size() > 0 {
				answers(t, exitCannotTell, []string{"verify: cannot tell; the duty log ", "is empty, yet an earlier one left " + c.left}, "--config", p.file)
			}
			said := p.starts(t, nil)
			if !strings.Contains(said, "level=WARN") || !strings.Contains(said, "is empty, yet an earlier one left "+c.left) || !strings.Contains(said, "dutyline restore") || !strings.Contains(said, "file that a new log begins") {
				t.Errorf("said %s", said)
			}
			wantFault(t, p.doctor(t), "beginning of the log", "beside what an earlier one had left ("+c.left+")", "dutyline restore")
			kept := filepath.Join(t.TempDir(), "kept")
			works(t, "", "checkpoint", "--out", kept, "--config", p.file)
			answers(t, exitCannotTell, []string{"verify: cannot tell; this log began at ", "what was before is not in it", "dutyline restore", "--checkpoint FILE"}, "--config", p.file)
			answers(t, 0, []string{"verify: intact, but this log began at ", "what was before is not in it"}, "--config", p.file, "--checkpoint", kept)
			p.behindTheBack(t, "DROP TRIGGER accesses_stay", "DELETE FROM accesses")
			answers(t, exitAltered, []string{"access 1"}, "--config", p.file) // nobody takes it out again
		})
	}
}

// The same with a switch and its journal: the forged call stays what it is, and no interval begins in its
// time, while real calls go on.
func TestSystemAForgedCallIsNotSettled(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
	r.desk.settled(1)
	p := &patient{cfg: r.cfg}
	r.again(func() {
		p.behindTheBack(t, "CREATE TEMP TABLE forged AS SELECT * FROM calls", "UPDATE forged SET id = '9.9', ended_at = NULL, outcome = '', settled_by = '', entry_id = '', offered_at = offered_at - 3600000000",
			"INSERT INTO calls SELECT * FROM forged")
	})
	r.calls("caller", caller{number: "02488880007", talk: time.Second, hertz: callerTone}).Must(t)
	db, err := openReadOnly(r.cfg.Log.File)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ask := func(query string) (n int) {
		if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	r.desk.await(30*time.Second, "the real call after the start is settled", func() bool {
		return ask("SELECT count(*) FROM calls WHERE caller = '02488880007' AND settled_by <> ''") == 1
	})
	for query, want := range map[string]int{
		"SELECT count(*) FROM calls WHERE id = '9.9' AND ended_at IS NULL AND settled_by = '' AND entry_id = ''": 1,
		"SELECT count(*) FROM records WHERE subject = '9.9'":                                                     0,
		"SELECT count(*) FROM entries WHERE call_id = '9.9'":                                                     0,
		"SELECT count(*) FROM intervals WHERE from_at < (SELECT min(offered_at) FROM calls WHERE id <> '9.9')":   0,
	} {
		if got := ask(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if said := r.logs.String(); !strings.Contains(said, "call=9.9") {
		t.Errorf("it is not named: %s", said)
	}
}

// A call of years before the log began is of a switch whose clock was wrong, also when no row was read before it.
func TestACallOfBeforeTheLogBeganIsNamed(t *testing.T) {
	p := newPatient(t)
	said := p.starts(t, func(a *app) {
		for _, at := range []time.Time{time.Date(2001, 1, 1, 0, 3, 0, 0, time.UTC), time.Now()} {
			a.journal.take(cel.Batch{Rows: callRows(fmt.Sprintf("%d.1", at.Unix()), at), Position: readTo(1)})
		}
	})
	if !strings.Contains(said, "finding=switch_clock_behind call=978307380.1 offered=2001-01-01T00:03:00") || strings.Count(said, "switch_clock_behind") != 1 || !strings.Contains(said, "time service") {
		t.Errorf("said %s", said)
	}
}
