package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony/testcall"
)

// What a test heard is not readable on the disk, is the same when it is played, and is refused
// when somebody changed it.
func TestWhatATestHeardIsKeptSealed(t *testing.T) {
	keys, err := archive.MakeKeys(t.TempDir(), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := &testSounds{folder: t.TempDir() + "/tests", keys: keys}
	wav := bytes.Repeat([]byte("RIFF"), 1000)
	digest, err := s.Keep(7, wav)
	if err != nil {
		t.Fatal(err)
	}
	r := testcall.Result{ID: 7, Sound: digest}
	if got, err := s.Open(r); err != nil || !bytes.Equal(got, wav) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	sealed, err := os.ReadFile(s.name(7))
	if err != nil || bytes.Contains(sealed, wav[:64]) {
		t.Errorf("it lies open on the disk, %v", err)
	}
	if _, err := s.Open(testcall.Result{ID: 8}); !errors.Is(err, recorder.ErrNoRecording) {
		t.Errorf("a test that heard nothing: %v", err)
	}
	if err := os.Chmod(s.name(7), 0o600); err != nil {
		t.Fatal(err)
	}
	sealed[len(sealed)-1] ^= 1
	if err := os.WriteFile(s.name(7), sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(r); !errors.Is(err, recorder.ErrAltered) {
		t.Errorf("a changed file: %v", err)
	}
	if err := os.Remove(s.name(7)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(r); !errors.Is(err, recorder.ErrNoRecording) {
		t.Errorf("a file that is gone: %v", err)
	}
	none := &testSounds{folder: t.TempDir(), keys: archive.NoKeys(errors.New("lost"))}
	if _, err := none.Keep(1, wav); !errors.Is(err, recorder.ErrNoKey) {
		t.Errorf("without a key it is kept open, or: %v", err)
	}
}

// hear gives the log a test call that heard something, and what of it lies on the disk.
func (r *proofRoom) hear() (file string) {
	r.t.Helper()
	keys, err := archive.ReadKeys(r.cfg.KeysFolder(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	s := &testSounds{folder: soundsBeside(r.cfg.Log.File), keys: keys}
	r.withLog(func(db *sqlite.DB) {
		x := testcall.Result{At: time.Now(), Line: "duty", Cause: testcall.OnDemand, By: "张伟", Token: "7f3a", Number: "02422739119", RangAfter: -1, BellFor: -1}
		if x.ID, err = db.BeginTest(r.t.Context(), x); err != nil {
			r.t.Fatal(err)
		}
		x.EndedAt, x.Verdict, x.Reason, x.Ringback = time.Now(), testcall.Reachable, testcall.RangHere, testcall.RingbackStandard
		if x.Sound, err = s.Keep(x.ID, []byte("RIFF")); err != nil {
			r.t.Fatal(err)
		}
		if err := db.EndTest(r.t.Context(), x); err != nil {
			r.t.Fatal(err)
		}
		file = s.name(x.ID)
	})
	r.sign()
	return file
}

func TestVerifyProvesWhatTestsHeard(t *testing.T) {
	r := newProofRoom(t)
	r.sign()
	answers(t, 0, []string{"verify: intact"}, "--config", r.file) // no test heard anything, and there is no folder
	file := r.hear()
	answers(t, 0, []string{"test sounds      1", "verify: intact"}, "--config", r.file)
	if err := errors.Join(os.Chmod(file, 0o600), os.WriteFile(file, []byte("forged"), 0o600)); err != nil {
		t.Fatal(err)
	}
	answers(t, 1, []string{"altered: what test call 1 heard: the sealed file was altered: 000001.wav.age is not what was kept"}, "--config", r.file)
	if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	answers(t, 1, []string{"000001.wav.age is gone; put it back from the backup"}, "--config", r.file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	answers(t, 1, []string{"000001.wav.age is gone; put it back from the backup"}, "--config", r.file)
	if err := os.Remove(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	answers(t, 2, []string{"the folder of what test calls heard is not here"}, "--config", r.file)
}

func TestABackupBringsBackWhatTestsHeard(t *testing.T) {
	r := newProofRoom(t)
	file := r.hear()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	to, into := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "new")
	if out := r.works("backup", to); !strings.Contains(out, "not in it: the files that the configuration names (alerts.rules, ") {
		t.Errorf("it does not say that the rule file is not in it:\n%s", out)
	}
	works(t, "", "restore", to, "--into", into)
	if after, err := os.ReadFile(filepath.Join(into, soundsName, filepath.Base(file))); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it did not come back: %v", err)
	}
	answers(t, 0, []string{"test sounds      1", "verify: intact"}, "--db", filepath.Join(into, "log.db"))

	if err := errors.Join(os.Chmod(file, 0o600), os.WriteFile(file, []byte("forged"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if out, _, err := command("", "backup", to, "--config", r.file); err == nil || !strings.Contains(out, "not in the backup: tests/000001.wav.age: it was altered") {
		t.Errorf("a forged one: %v\n%s", err, out)
	}
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	if out, _, err := command("", "backup", to, "--config", r.file); err == nil || !strings.Contains(out, "not in the backup: tests/000001.wav.age: it is gone") {
		t.Errorf("one that is gone: %v\n%s", err, out)
	}
}
