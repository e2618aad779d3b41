package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
)

// journalRow is a record of the switch's journal.
const journalRow = `{"EventType":"CHAN_START","EventTime":"2026-11-23T20:17:59.603000+0800","UniqueID":"1795436279.0","LinkedID":"1795436279.0"}` + "\n"

var (
	journalRowAt = time.Date(2026, 11, 23, 12, 17, 59, 603_000_000, time.UTC)
	running      = func(context.Context, string) (bool, error) { return true, nil }
	stopped      = func(context.Context, string) (bool, error) { return false, nil }
	unknowable   = func(context.Context, string) (bool, error) { return false, errors.New("no switch") }
)

// logCall puts a call that ended into the log.
func (p *patient) logCall(t *testing.T, ended time.Time) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), p.cfg.Log.File, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := telephony.Call{ID: "1795436279.0", Line: "duty", Direction: telephony.Inbound, OfferedAt: ended.Add(-time.Minute), EndedAt: ended, Outcome: telephony.Missed}
	err = db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: ended, Line: "duty", Call: &c, State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: ended}}})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// What can be wrong with the second eye, on real files.
func TestDoctorOnTheJournal(t *testing.T) {
	for _, c := range []struct {
		name           string
		harm           func(t *testing.T, p *patient) error
		runs           moduleRuns
		detail, remedy string // no remedy: all is well
	}{
		{"none configured", func(_ *testing.T, p *patient) error { p.cfg.Journal.File = ""; return nil }, stopped, "none is configured (journal.file)", ""},
		{"written", func(_ *testing.T, p *patient) error {
			return os.WriteFile(p.cfg.Journal.File, []byte(journalRow), 0o600)
		}, running,
			"newest row: " + journalRowAt.Local().Format("2006-01-02 15:04:05 -07:00"), ""},
		{"written, and the switch cannot be asked", func(_ *testing.T, p *patient) error {
			return os.WriteFile(p.cfg.Journal.File, []byte(journalRow), 0o600)
		}, unknowable, "newest row: 2026", ""},
		{"nothing yet", func(*testing.T, *patient) error { return nil }, running, "makes it with the first call", ""},
		{"no folder", func(_ *testing.T, p *patient) error { return os.Remove(filepath.Dir(p.cfg.Journal.File)) }, running, "loses every record", "create it"},
		{"a folder in its place", func(_ *testing.T, p *patient) error { return os.Mkdir(p.cfg.Journal.File, 0o700) }, running, "is no file", "cel_custom.conf"},
		{"module not loaded", func(*testing.T, *patient) error { return nil }, stopped, "does not run cel_custom.so", "modules.conf"},
		{"not there although there were calls", func(t *testing.T, p *patient) error { p.logCall(t, journalRowAt); return nil }, running,
			"newest row: none", "cel show status"},
		{"not written any more", func(t *testing.T, p *patient) error {
			p.logCall(t, journalRowAt.Add(time.Hour))
			return os.WriteFile(p.cfg.Journal.File, []byte(journalRow), 0o600)
		}, running, "nothing of it (newest row: 2026", "place a test call"},
		{"the last call is in it", func(t *testing.T, p *patient) error {
			p.logCall(t, journalRowAt.Add(5*time.Second))
			return os.WriteFile(p.cfg.Journal.File, []byte(journalRow), 0o600)
		}, running, "newest row: 2026", ""},
		{"no duty log", func(_ *testing.T, p *patient) error {
			return errors.Join(os.Remove(p.cfg.Log.File), os.WriteFile(p.cfg.Journal.File, []byte(journalRow), 0o600))
		}, running, "newest row: 2026", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPatient(t)
			if err := c.harm(t, p); err != nil {
				t.Fatal(err)
			}
			before := contents(t, p.dir)
			got := checkJournal(t.Context(), p.cfg, c.runs)
			if got.Name != "journal" || got.OK != (c.remedy == "") || !strings.Contains(got.Detail, c.detail) || !strings.Contains(got.Remedy, c.remedy) || got.OK && got.Remedy != "" {
				t.Errorf("got %+v", got)
			}
			if after := contents(t, p.dir); len(after) != len(before) {
				t.Errorf("doctor made files: %v, before %v", after, before)
			}
		})
	}
}

func TestThatNoFileOfTheJournalMayBeReadIsNoMissingOne(t *testing.T) {
	p := newPatient(t)
	if err := os.WriteFile(p.cfg.Journal.File, []byte(journalRow), 0o000); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(p.cfg.Journal.File); !errors.Is(err, fs.ErrPermission) {
		if f.Close(); os.Geteuid() != 0 {
			t.Fatal("the file can be read")
		}
		return // root reads everything
	}
	if got := checkJournal(t.Context(), p.cfg, running); got.OK || !strings.Contains(got.Remedy, "common group") {
		t.Errorf("got %+v", got)
	}
}

// A real switch that runs without cel_custom.
func TestDoctorOnASwitchThatWritesNoJournal(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	s.Templates = faulty(t, s.Templates, map[string][2]string{"modules.conf.tmpl": {"load = cel_custom.so", "noload = cel_custom.so"}})
	p := newPatient(t).on(asterisktest.Start(t, s))
	wantFault(t, p.doctor(t), "journal", "does not run cel_custom.so", "deploy/asterisk")
}

// What the daemon may not write it can neither remove when it is over age nor blank when something is erased.
func TestAJournalThatMayNotBeWritten(t *testing.T) {
	p := newPatient(t)
	file := p.cfg.Journal.File
	if err := os.WriteFile(file, []byte(journalRow), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, locked := range []string{filepath.Dir(file), file, ""} {
		err := journalKept(file, func(path string) bool { return path != locked })
		if locked == "" && err != nil || locked != "" && (err == nil || !strings.Contains(err.Error(), "may not write "+locked+":")) {
			t.Errorf("%q may not be written: %v", locked, err)
		}
	}
	if err := journalKept(filepath.Join(p.dir, "not", "there"), func(string) bool { return false }); err != nil {
		t.Errorf("what is not there yet: %v", err)
	}
}
