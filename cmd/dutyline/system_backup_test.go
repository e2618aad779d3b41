package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
)

// backUp runs the command as an administrator does, beside the daemon.
func (r *room) backUp(to string) string {
	r.t.Helper()
	p := start(r.t, "backup", to, "--data", filepath.Dir(r.cfg.Log.File), "--tape")
	if code := p.exitCode(20 * time.Second); code != 0 {
		r.t.Fatalf("dutyline backup ends with %d: %s", code, p.out.String())
	}
	return p.out.String()
}

// The whole way: real calls, backups while the daemon watches the next call, the loss of the
// disk, and a daemon on what was restored, with the same calls, entries and voices.
func TestSystemBackupAndRestore(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	to := filepath.Join(t.TempDir(), "backup")
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
	r.desk.settled(1)
	if out := r.backUp(to); !strings.Contains(out, "the duty log and 1 recordings") || !strings.Contains(out, "not in it: the keys (fingerprint ") {
		t.Error(out)
	}
	talking := r.calls("caller", caller{number: "02488880001", talk: 3 * time.Second, hertz: callerTone})
	r.awaitTalk()
	r.backUp(to)
	if l := r.desk.line(); l.State != "talking" {
		t.Errorf("during the backup the line became %s", l.State)
	}
	talking.Must(t)
	want := r.desk.settled(2)
	r.desk.await(10*time.Second, "the journal has settled both calls", func() bool {
		want = r.desk.allCalls()
		return !slices.ContainsFunc(want, func(c wireCall) bool { return c.SettledBy == "" })
	})
	e := r.desk.entry(want[0].EntryID)
	r.desk.want(200, "PATCH", "/api/v1/entries/"+e.ID, map[string]any{"revision": e.Revision, "content": "备份之前写的"}, nil)
	want = r.desk.allCalls()
	if out := r.backUp(to); !strings.Contains(out, "the duty log and 2 recordings") || !strings.Contains(out, "new are 1 recordings") {
		t.Error(out)
	}
	health := r.desk.health()
	if !health.Log.OK {
		t.Errorf("%+v", health)
	}

	r.close()
	keys := filepath.Join(filepath.Dir(r.cfg.Log.File), "keys")
	into := filepath.Join(t.TempDir(), "restored")
	if out := works(t, "", "restore", to, "--into", into); !strings.Contains(out, "evidence: intact") {
		t.Error(out)
	}
	r.cfg.Log, r.cfg.Archive, r.cfg.Tape.Folder = config.Log{File: filepath.Join(into, "log.db")}, config.Archive{Folder: filepath.Join(into, "recordings")}, filepath.Join(into, "tape")
	r.open()
	r.awaitReady(10 * time.Second)
	r.desk.want(401, "GET", "/api/v1/calls", nil, nil) // a backup opens no session
	r.desk.signIn("wang", officerPassword+"-changed")
	if diff := cmp.Diff(want, r.desk.allCalls()); diff != "" {
		t.Errorf("the calls after the restoration (-want +got):\n%s", diff)
	}
	if e := r.desk.entry(want[0].EntryID); e.Content != "备份之前写的" {
		t.Errorf("the entry after the restoration: %+v", e)
	}
	r.desk.want(503, "GET", "/api/v1/calls/"+want[0].ID+"/recording", nil, nil) // nor does it hold the key
	r.again(func() {
		if err := os.CopyFS(filepath.Join(into, "keys"), os.DirFS(keys)); err != nil { // from where it was kept
			t.Fatal(err)
		}
	})
	for _, c := range want {
		r.checkRecording(c, callerTone, phoneTone)
	}
	r.calls("caller", caller{number: "02488880007", talk: time.Second, hertz: callerTone}).Must(t)
	r.desk.settled(3) // life goes on
	if out := r.backUp(to); !strings.Contains(out, "the duty log and 3 recordings") || !strings.Contains(out, "new are 1 recordings") {
		t.Error(out)
	}
}
