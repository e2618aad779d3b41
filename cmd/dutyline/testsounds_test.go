package main

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

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
