package backup_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog/backup"
	"dutyline/recorder"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 23, 4, 17, 59, 0, time.UTC)
)

const identity = "0123456789abcdef"

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// bench is a system to back up: a log's copy, an archive, a tape, and where backups go.
type bench struct {
	t       *testing.T
	dir     string // of the backup
	archive string
	tape    string
	rows    []recorder.Recording
	log     string // what the copy of the log holds
	fault   func(step, name string) error
	at      time.Time
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, dir: filepath.Join(t.TempDir(), "backup"), archive: t.TempDir(), tape: t.TempDir(), log: "the log", at: noon}
	b.record("1.0", "what was said first")
	b.record("2.0", "what was said then")
	b.record("3.0", "")
	return b
}

// record adds a sealed recording.
func (b *bench) record(call, said string) recorder.Recording {
	b.t.Helper()
	r := recorder.Recording{CallID: call, Status: recorder.Sealed, Path: "2026/11/23/" + call + ".flac", Size: int64(len(said)), Digest: digest(said)}
	name := filepath.Join(b.archive, r.Path)
	ok(b.t, os.MkdirAll(filepath.Dir(name), 0o750))
	ok(b.t, os.WriteFile(name, []byte(said), 0o444))
	b.rows = append(b.rows, r)
	return r
}

func digest(text string) recorder.Digest {
	h := sha256.Sum256([]byte(text))
	return recorder.Digest(hex.EncodeToString(h[:]))
}

// try makes a generation, as the command does, and says what of it was new.
func (b *bench) try() (name string, m backup.Manifest, copied int, err error) {
	b.t.Helper()
	b.at = b.at.Add(time.Hour)
	f, err := backup.Create(b.dir, identity)
	if err != nil {
		return "", m, 0, err
	}
	defer f.Close()
	f.SetFault(b.fault)
	d, err := f.Begin(b.at, "v1", 7)
	if err != nil {
		return "", m, 0, err
	}
	name, m, err = b.fill(d)
	if err != nil && !errors.Is(err, errKilled) {
		err = errors.Join(err, d.Abandon())
	}
	return name, m, d.Copied, err
}

// errKilled stands for a kill: nothing is taken back.
var errKilled = errors.New("killed here")

func (b *bench) fill(d *backup.Draft) (string, backup.Manifest, error) {
	if err := os.WriteFile(d.Path(backup.LogName), []byte(b.log), 0o600); err != nil {
		return "", backup.Manifest{}, err
	}
	archive, err := os.OpenRoot(b.archive)
	if err != nil {
		return "", backup.Manifest{}, err
	}
	defer archive.Close()
	for _, r := range b.rows {
		if _, err := d.Recording(ctx, archive, r); err != nil {
			return "", backup.Manifest{}, err
		}
	}
	for _, err := range []error{d.Add(ctx, backup.LogName), d.AddText(ctx, backup.ConfigName, "site: {}\n"), d.KeepAll(ctx, b.tape, "tape")} {
		if err != nil {
			return "", backup.Manifest{}, err
		}
	}
	name, _, m, err := d.Finish(ctx, "", []string{"the keys"})
	return name, m, err
}

func (b *bench) run() (string, backup.Manifest) {
	b.t.Helper()
	name, m, _, err := b.try()
	ok(b.t, err)
	return name, m
}

func (b *bench) open() *backup.Folder {
	b.t.Helper()
	f, err := backup.Open(b.dir)
	ok(b.t, err)
	b.t.Cleanup(func() { f.Close() })
	return f
}

func quiet(string, int64, int64) {}

// sound insists that a generation is whole.
func (b *bench) sound(generation string) {
	b.t.Helper()
	f := b.open()
	_, lacks, err := f.Check(ctx, generation, quiet)
	if err != nil || len(lacks) > 0 {
		b.t.Fatalf("generation %s: %v, lacks %v", generation, err, lacks)
	}
}

func (b *bench) generations() []string {
	b.t.Helper()
	all, err := b.open().Generations()
	ok(b.t, err)
	return all
}

// target is a new place.
func (b *bench) target() backup.Target {
	dir := filepath.Join(b.t.TempDir(), "new", "place")
	in := func(name string) string { return filepath.Join(dir, name) }
	return backup.Target{Log: in("log.db"), Recordings: in("recordings"), Kept: map[string]string{"tape": in("tape")}, Config: in("dutyline.yaml")}
}

// restore brings a generation to a target.
func (b *bench) restore(generation string, t backup.Target) error {
	f := b.open()
	f.SetFault(b.fault)
	m, lacks, err := f.Check(ctx, generation, quiet)
	if err != nil {
		return err
	}
	r, err := f.Restore(ctx, generation, m, lacks, t)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Run(ctx, quiet); err != nil {
		return err
	}
	return r.Finish()
}

// tree is every file below a folder with its text.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[rel] = string(text)
		return err
	})
	ok(t, err)
	return files
}

// hidden names files and folders that begin with a dot, but for the lock.
func hidden(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	ok(t, filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), ".") && e.Name() != ".lock" {
			found = append(found, name)
		}
		return err
	}))
	slices.Sort(found)
	return found
}

// harm changes one file of a backup, whatever its mode.
func harm(t *testing.T, name string, change func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(name)
	ok(t, err)
	ok(t, os.Chmod(name, 0o600))
	ok(t, os.WriteFile(name, change(bytes.Clone(text)), 0o600))
}

func flip(text []byte) []byte {
	text[len(text)/2] ^= 1
	return text
}
