package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/config"
)

// verifyRoom checks the room's log with the program itself and returns what it says.
func (r *room) verifyRoom(code int, more ...string) string {
	r.t.Helper()
	p := start(r.t, append([]string{"verify", "--db", r.cfg.Log.File, "--archive", r.cfg.Archive.Folder}, more...)...)
	if got := p.exitCode(30 * time.Second); got != code {
		r.t.Errorf("dutyline verify ends with %d, want %d: %s", got, code, p.out.String())
	}
	return p.out.String()
}

// The whole way of the proof: a real call is logged, recorded, heard and read; the log is
// checked while the daemon runs and after it; the tail that the daemon signed at its end is
// covered; a checkpoint that was carried away finds what was cut off.
func TestSystemTheLogProvesItself(t *testing.T) {
	t.Parallel()
	away := t.TempDir()
	r := newRoom(t)
	r.again(func() { r.cfg.Proof = config.Evidence{CheckpointEvery: time.Minute, SendTo: away} })
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
	call := r.desk.settled(1)[0]
	r.checkRecording(call, callerTone, phoneTone)
	if e := r.desk.entry(call.EntryID); e.ID == "" {
		t.Errorf("%+v", e)
	}
	if said := r.verifyRoom(0); !strings.Contains(said, "verify: intact") || !strings.Contains(said, "recording files  1") {
		t.Error(said)
	}
	r.close()
	said := r.verifyRoom(0, "--list")
	for _, w := range []string{"intact: access ", "intact: recording " + call.ID, "intact: revision " + call.EntryID + "/1", "intact: rule ", "intact: user "} {
		if !strings.Contains(said, w) {
			t.Errorf("verify does not say %q:\n%s", w, said)
		}
	}
	if strings.Contains(said, "newer than the last checkpoint") {
		t.Errorf("the daemon did not sign at its end:\n%s", said)
	}
	r.open() // what was signed at the end is carried away at the next start
	r.awaitReady(10 * time.Second)
	r.close()
	files, err := filepath.Glob(filepath.Join(away, "*"+checkpointEnd))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing was carried away: %v", err)
	}
	newest := files[len(files)-1]
	r.verifyRoom(0, "--checkpoint", newest)
	if info, err := os.Stat(r.cfg.EvidenceKey()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v %v", info, err)
	}
}
