package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A real call, about which too much is written while the tape, the journal and the page are at
// work. It is erased beside the running daemon, in the middle of the next call.
func TestSystemErasureBesideTheRunningDaemon(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	twoPeople(t, r.cfg.Log.File)
	r.phone(400*time.Millisecond, 0, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02477770001", talk: time.Second, hertz: callerTone}).Must(t)
	c := r.desk.settled(1)[0]
	sealed := r.sealedFiles()
	e := r.desk.entry(c.EntryID)
	for n := range len(typed) / 6 { // as somebody types
		text := strings.ToValidUTF8(typed[:6*(n+1)], "")
		r.desk.want(200, "PATCH", "/api/v1/entries/"+e.ID, map[string]any{"revision": e.Revision, "content": text}, &e)
	}
	if len(r.spoken("02477770001", "绝密<甲>级")) == 0 || len(sealed) != 1 {
		t.Fatalf("nothing is there at first: %v", sealed)
	}
	stream := r.desk.follow("")
	talking := r.calls("caller", caller{number: "02488880001", talk: 12 * time.Second, hertz: callerTone})
	r.awaitTalk()
	file := writeConfig(t, r.cfg, "")
	p := start(t, "erase", "--request", approved(t, file, "erase", e.ID, "--reason", "误录涉密内容"), "--config", file)
	if code := p.exitCode(20 * time.Second); code != 0 {
		t.Fatalf("dutyline erase ends with %d", code)
	}
	if l := r.desk.line(); l.State != "talking" {
		t.Errorf("meanwhile the line became %s", l.State)
	}
	talking.Must(t)
	r.desk.settled(2)
	if where := r.spoken("02477770001", "绝密<甲>级", "今夜\"子时\"", c.ID+"-far"); len(where) > 0 {
		t.Errorf("still there:\n%s", strings.Join(where, "\n"))
	}
	for _, file := range sealed {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is there", file)
		}
	}
	if now := r.desk.call(c.ID); now.Caller != "" || now.Recording.Status != "erased" {
		t.Errorf("%+v", now)
	}
	awaitFrame(stream, "entry", "the page hears of it", func(v wireEntry) bool { return v.ID == e.ID && v.Content == "" })
	if h := r.desk.health(); !h.Log.OK {
		t.Errorf("%+v", h)
	}
	verified := start(t, "verify", "--config", writeConfig(t, r.cfg, ""))
	if code := verified.exitCode(20 * time.Second); code == exitAltered || !strings.Contains(verified.out.String(), "erased by") {
		t.Errorf("dutyline verify ends with %d", code)
	}
}

// sealedFiles are the files in the archive.
func (r *room) sealedFiles() (files []string) {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.cfg.Archive.Folder, "*", "*", "*", "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// spoken names every file of the daemon and of the switch's journal in which a text is.
func (r *room) spoken(texts ...string) (where []string) {
	r.t.Helper()
	for _, folder := range []string{filepath.Dir(r.cfg.Log.File), filepath.Dir(r.cfg.Journal.File)} {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			// By another process: to close a file of SQLite's would drop the daemon's locks on it, as
			// both are this process, and the next program beside it would take it for closed.
			content, err := exec.Command("cat", name).Output()
			for _, text := range texts {
				for _, s := range spellings(text) {
					if bytes.Contains(content, s) {
						where = append(where, fmt.Sprintf("%s: %q", name, s))
					}
				}
			}
			return err
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return where
}
