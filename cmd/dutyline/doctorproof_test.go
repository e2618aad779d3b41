package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

func (p *patient) withLog(t *testing.T, now time.Time, do func(*sqlite.DB)) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), p.cfg.Log.File, sqlite.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	do(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// signed makes a key and lets it sign the log at a moment.
func (p *patient) signed(t *testing.T, at time.Time) (fingerprint string) {
	t.Helper()
	p.withLog(t, at, func(db *sqlite.DB) {
		key, _, err := openEvidenceKey(t.Context(), p.cfg.EvidenceKey(), db)
		if err == nil {
			_, err = db.Checkpoint(t.Context(), key, false)
		}
		if err != nil {
			t.Fatal(err)
		}
		fingerprint = key.Fingerprint()
	})
	return fingerprint
}

func TestDoctorOnTheEvidenceKey(t *testing.T) {
	good := func(t *testing.T, p *patient, words string) {
		t.Helper()
		if c := p.doctor(t)["evidence key"]; !c.OK || !strings.Contains(c.Detail, words) {
			t.Errorf("%+v, want %q", c, words)
		}
	}
	p := newPatient(t)
	good(t, p, "is made at the first start")
	print := p.signed(t, time.Now())
	good(t, p, "fingerprint "+print+", which signed the log")

	key := p.cfg.EvidenceKey()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(os.Chmod(key, 0o644))
	wantFault(t, p.doctor(t), "evidence key", "read by others", "chmod 600")
	ok(os.Chmod(key, 0o600))
	ok(os.Rename(key, key+".away"))
	wantFault(t, p.doctor(t), "evidence key", "nothing more is signed", "bring the file back")
	ok(os.WriteFile(key, []byte("no key\n"), 0o600))
	wantFault(t, p.doctor(t), "evidence key", key, "bring the file back")
	ok(os.Remove(key))
	ok(makeEvidenceKey(key))
	wantFault(t, p.doctor(t), "evidence key", print+" did", "checkpoint --new-key")
	p.withLog(t, time.Now(), func(db *sqlite.DB) { // what checkpoint --new-key does
		made, err := readEvidenceKey(key)
		ok(err)
		ok(db.Introduce(t.Context(), made))
	})
	second := p.signed(t, time.Now())
	good(t, p, "fingerprint "+second)
	ok(os.Rename(key+".away", key))
	wantFault(t, p.doctor(t), "evidence key", "an older key (fingerprint "+print+"); the log was last signed by "+second, "bring the file back")
	ok(os.WriteFile(p.cfg.Log.File, []byte("no database"), 0o600))
	good(t, p, "not compared")
}

func TestDoctorOnBackups(t *testing.T) {
	p := newPatient(t)
	backed := func(age time.Duration, name string) {
		p.withLog(t, time.Now(), func(db *sqlite.DB) {
			if err := db.AddBackup(t.Context(), dutylog.Backup{Generation: name, At: time.Now().Add(-age), Path: "/mnt/" + name, Manifest: "ab"}); err != nil {
				t.Fatal(err)
			}
		})
	}
	check := func(ok bool, words ...string) {
		t.Helper()
		c := p.doctor(t)["backup"]
		for _, w := range words {
			if c.OK != ok || !strings.Contains(c.Detail, w) || !strings.Contains(c.Remedy, "dutyline backup DIR") {
				t.Errorf("%+v, want %v, %q", c, ok, w)
			}
		}
	}
	check(true, "none was made yet", "retention.require_backup")
	p.signed(t, time.Now().Add(-staleBackup-time.Hour)) // the log is that old
	check(false, "none was ever made", "nothing is deleted whose days are over")
	p.cfg.Retain.RequireBackup = false
	if c := checkBackup(p.cfg, proofFacts{began: time.Unix(0, 0)}, nil, time.Now()); c.OK || strings.Contains(c.Detail, "retention") {
		t.Errorf("%+v", c)
	}
	backed(10*24*time.Hour, "old")
	check(false, "the newest of 1 is 10 days old", filepath.Join("/mnt", "old"))
	backed(5*time.Hour, "new")
	check(true, "the newest of 2 is 5 hours old, in /mnt/new")
	p.withLog(t, time.Now(), func(db *sqlite.DB) {
		if err := db.RemoveBackup(t.Context(), "/mnt/new", "new"); err != nil {
			t.Fatal(err)
		}
	})
	check(false, "10 days old")
}
