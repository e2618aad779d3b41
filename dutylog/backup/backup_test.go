package backup_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/backup"
	"dutyline/recorder"
)

func TestEveryRunAddsAGenerationAndCopiesOnlyWhatIsNew(t *testing.T) {
	b := newBench(t)
	first, m, copied, err := b.try()
	ok(t, err)
	if first != "20261123T051759.000Z" || copied != 3 || m.Recordings.Count != 3 || m.Recordings.Bytes != 37 || m.Program != "v1" || m.Schema != 7 || len(m.Problems) != 0 {
		t.Errorf("%s, %d copied, %+v", first, copied, m)
	}
	b.log = "the log, a day later"
	b.record("4.0", "what was said today")
	second, m, copied, err := b.try()
	ok(t, err)
	if copied != 1 || m.Recordings.Count != 4 {
		t.Errorf("%d copied, %+v", copied, m.Recordings)
	}
	if diff := cmp.Diff([]string{first, second}, b.generations()); diff != "" {
		t.Error(diff)
	}
	b.sound(first)
	b.sound(second)
	if left := hidden(t, b.dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTheBackupIsItsOwnersOnlyAndReadOnly(t *testing.T) {
	b := newBench(t)
	ok(t, os.WriteFile(filepath.Join(b.tape, "2026-11-23.jsonl"), []byte("{}\n"), 0o600))
	b.run()
	ok(t, filepath.WalkDir(b.dir, func(name string, e fs.DirEntry, err error) error {
		ok(t, err)
		info, err := e.Info()
		ok(t, err)
		switch mode := info.Mode().Perm(); {
		case e.IsDir() && mode != 0o700, !e.IsDir() && mode != 0o400 && e.Name() != ".lock":
			t.Errorf("%s has mode %v", name, mode)
		}
		return nil
	}))
}

// The list can be checked with what every system has.
func TestTheListIsReadBySha256sum(t *testing.T) {
	b := newBench(t)
	name, _ := b.run()
	cmd := exec.Command("sha256sum", "--check", "--strict", filepath.Join(b.dir, "generations", name, "recordings.sha256"))
	cmd.Dir = filepath.Join(b.dir, "recordings")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 3 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTwoBackupsInOneInstant(t *testing.T) {
	b := newBench(t)
	first, _ := b.run()
	b.at = noon
	second, _ := b.run()
	b.at = noon
	third, _ := b.run()
	if diff := cmp.Diff([]string{first, first + "-2", first + "-3"}, []string{first, second, third}); diff != "" {
		t.Error(diff)
	}
	if newest, err := b.open().Generation(""); err != nil || newest != third {
		t.Errorf("%s, %v", newest, err)
	}
}

// What is wrong with one recording is said and never hinders the others.
func TestWhatCannotBeCopiedIsSaid(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(b *bench)
		says string
	}{
		{"altered in the archive", func(b *bench) { harm(b.t, filepath.Join(b.archive, b.rows[1].Path), flip) }, "altered in the archive"},
		{"cut in the archive", func(b *bench) {
			harm(b.t, filepath.Join(b.archive, b.rows[1].Path), func(text []byte) []byte { return text[:3] })
		}, "altered in the archive"},
		{"gone from the archive", func(b *bench) { ok(b.t, os.Remove(filepath.Join(b.archive, b.rows[1].Path))) }, "gone from the archive"},
		{"a folder in its place", func(b *bench) {
			name := filepath.Join(b.archive, b.rows[1].Path)
			ok(b.t, os.Remove(name))
			ok(b.t, os.Mkdir(name, 0o700))
		}, "cannot be read in the archive"},
		{"a link out of the archive", func(b *bench) {
			name := filepath.Join(b.archive, b.rows[1].Path)
			ok(b.t, os.Remove(name))
			ok(b.t, os.Symlink("/etc/passwd", name))
		}, "cannot be read in the archive"},
		{"a row that leads out", func(b *bench) { b.rows[1].Path = "2026/../../../etc/passwd" }, "cannot be one of the archive"},
		{"a row that names a hidden file", func(b *bench) { b.rows[1].Path = "2026/11/23/.2.0.flac.part" }, "cannot be one of the archive"},
		{"a row with a line end", func(b *bench) { b.rows[1].Path = "2026/11/23/a\nb.flac" }, "cannot be one of the archive"},
		{"a row without a digest", func(b *bench) { b.rows[1].Digest = "" }, "cannot be one of the archive"},
		{"a row that names another call's file", func(b *bench) { b.rows[1].Path, b.rows[1].Digest = b.rows[0].Path, b.rows[0].Digest }, "file of another call"},
		{"another file in the backup", func(b *bench) {
			name := filepath.Join(b.dir, "recordings", b.rows[1].Path)
			ok(b.t, os.MkdirAll(filepath.Dir(name), 0o700))
			ok(b.t, os.WriteFile(name, []byte("something else"), 0o400))
			ok(b.t, os.WriteFile(filepath.Join(b.dir, "dutyline-backup.json"), []byte(`{"format":1,"log":"`+identity+`"}`), 0o400))
		}, "the backup has another file under this name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.harm(b)
			name, m, _, err := b.try()
			ok(t, err)
			if len(m.Problems) != 1 || !strings.Contains(m.Problems[0].Why, c.says) || m.Recordings.Count != 2 {
				t.Fatalf("%+v", m)
			}
			b.sound(name)
			_, again, copied, err := b.try()
			ok(t, err)
			if diff := cmp.Diff(m.Problems, again.Problems); diff != "" || copied != 0 {
				t.Errorf("the next run, %d copied:\n%s", copied, diff)
			}
		})
	}
}

func TestAConflictIsLeftAsItIs(t *testing.T) {
	b := newBench(t)
	b.run()
	name := filepath.Join(b.dir, "recordings", b.rows[0].Path)
	b.rows[0].Digest = digest("resealed with other audio")
	_, m, _, err := b.try()
	ok(t, err)
	if len(m.Problems) != 1 || !strings.Contains(m.Problems[0].Why, "left as it is") && !strings.Contains(m.Problems[0].Why, "left as it was") {
		t.Errorf("%+v", m.Problems)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "what was said first" {
		t.Errorf("%q, %v", text, err)
	}
}

// A run that ends anywhere, by a kill or by a full disk, leaves the earlier generation whole;
// the next run repairs what is left and finishes.
func TestCutOffAnywhere(t *testing.T) {
	for _, how := range []error{errKilled, syscall.ENOSPC} {
		for stop := 0; ; stop++ {
			b := newBench(t)
			ok(t, os.WriteFile(filepath.Join(b.tape, "day.jsonl"), []byte("{}\n"), 0o600))
			first, _ := b.run()
			b.record("4.0", "new")
			b.record("5.0", "also new")
			b.log = "later"
			ok(t, os.WriteFile(filepath.Join(b.tape, "day.jsonl"), []byte("{}\n{}\n"), 0o600))
			steps := 0
			b.fault = func(step, name string) error {
				if steps++; steps > stop {
					return fmt.Errorf("%s %s: %w", step, name, how)
				}
				return nil
			}
			_, _, _, err := b.try()
			b.fault = nil
			if err == nil {
				if stop < 10 {
					t.Fatalf("only %d steps were stopped: this test judges nothing", stop)
				}
				break
			}
			if how == syscall.ENOSPC {
				says(t, err, "is full", "make room")
				if left := hidden(t, b.dir); len(left) > 0 {
					t.Errorf("left behind on a full disk: %v", left)
				}
			}
			if diff := cmp.Diff([]string{first}, b.generations()); diff != "" {
				t.Fatal(diff)
			}
			b.sound(first)
			second, _ := b.run()
			b.sound(second)
			if left := hidden(t, b.dir); len(left) > 0 {
				t.Errorf("stop %d: left behind: %v", stop, left)
			}
		}
	}
}

func TestOnlyOneAtATime(t *testing.T) {
	b := newBench(t)
	f, err := backup.Create(b.dir, identity)
	ok(t, err)
	_, err = backup.Create(b.dir, identity)
	says(t, err, "another backup works in", "wait until it has ended")
	ok(t, f.Close())
	b.run()
}

func TestFoldersThatAreNoBackups(t *testing.T) {
	b := newBench(t)
	_, err := backup.Open(filepath.Join(t.TempDir(), "none"))
	says(t, err, "there is no backup folder", "is its disk mounted?")
	_, err = backup.Open(t.TempDir())
	says(t, err, "is not a backup folder")
	file := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(file, nil, 0o600))
	_, err = backup.Open(file)
	says(t, err, "is no folder")

	full := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o600))
	_, err = backup.Create(full, identity)
	says(t, err, "holds other things (letter.txt)", "empty folder")
	b.run()
	_, err = backup.Create(b.dir, "another log")
	says(t, err, "backup of another duty log")

	mark := filepath.Join(b.dir, "dutyline-backup.json")
	harm(t, mark, func([]byte) []byte { return []byte(`{"format":9,"log":"x"}`) })
	_, err = backup.Open(b.dir)
	says(t, err, "newer dutyline", "install the newer version")
	harm(t, mark, func(text []byte) []byte { return text[:4] })
	_, err = backup.Open(b.dir)
	says(t, err, "is damaged", "generations may still be whole")
}

func TestAnEmptyDiskIsTaken(t *testing.T) {
	b := newBench(t)
	b.dir = t.TempDir()
	ok(t, os.Mkdir(filepath.Join(b.dir, "lost+found"), 0o700))
	_, err := b.open2()
	says(t, err, "is not a backup folder")
	b.run()
	if _, err := b.open().Generation("2027"); err == nil || !strings.Contains(err.Error(), "0 generations") {
		t.Errorf("%v", err)
	}
}

func (b *bench) open2() (*backup.Folder, error) { return backup.Open(b.dir) }

// A tape grows: each of its states is kept once, under its digest.
func TestGrowingFiles(t *testing.T) {
	b := newBench(t)
	day := filepath.Join(b.tape, "2026-11-23.jsonl")
	ok(t, os.WriteFile(day, []byte("{}\n"), 0o600))
	ok(t, os.Mkdir(filepath.Join(b.tape, "no file"), 0o700))
	first, m := b.run()
	b.run()
	ok(t, os.WriteFile(day, []byte("{}\n{}\n"), 0o600))
	last, _ := b.run()
	if len(m.Kept) != 1 || m.Kept[0].Name != "tape/2026-11-23.jsonl" {
		t.Errorf("%+v", m.Kept)
	}
	if kept := tree(t, filepath.Join(b.dir, "files")); len(kept) != 2 {
		t.Errorf("%d states are kept, want 2", len(kept))
	}
	for generation, want := range map[string]string{first: "{}\n", last: "{}\n{}\n"} {
		to := b.target()
		ok(t, b.restore(generation, to))
		if text, err := os.ReadFile(filepath.Join(to.Kept["tape"], "2026-11-23.jsonl")); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", generation, text, err)
		}
	}
	b.tape = filepath.Join(b.tape, "none")
	if _, m := b.run(); len(m.Kept) != 0 || len(m.Problems) != 0 {
		t.Errorf("%+v", m)
	}
}

func TestPruneKeepsTheNewest(t *testing.T) {
	b := newBench(t)
	day := filepath.Join(b.tape, "day.jsonl")
	var names []string
	for _, text := range []string{"1", "12", "123"} {
		ok(t, os.WriteFile(day, []byte(text), 0o600))
		name, _ := b.run()
		names = append(names, name)
	}
	f := b.open()
	if gone, err := f.Prune(0); err != nil || len(gone) > 0 {
		t.Errorf("%v, %v", gone, err)
	}
	gone, err := f.Prune(2)
	if err != nil || len(gone) != 1 || gone[0] != names[0] {
		t.Errorf("%v, %v", gone, err)
	}
	if diff := cmp.Diff(names[1:], b.generations()); diff != "" {
		t.Error(diff)
	}
	if kept := tree(t, filepath.Join(b.dir, "files")); len(kept) != 2 {
		t.Errorf("%v", kept)
	}
	b.sound(names[1])
	b.sound(names[2])
	// With a manifest that cannot be read nothing that it may name is removed.
	harm(t, filepath.Join(b.dir, "generations", names[2], "manifest.json"), flip)
	if _, err := f.Prune(1); err == nil {
		t.Error("the damaged manifest is not said")
	}
	if kept := tree(t, filepath.Join(b.dir, "files")); len(kept) != 2 {
		t.Errorf("%v", kept)
	}
}

func TestAnErasedRecordingIsForgottenWithTheLastGenerationThatListsIt(t *testing.T) {
	b := newBench(t)
	first, _ := b.run()
	erased := b.rows[:2]
	b.rows = b.rows[1:] // the second one is still listed: the log was told of its erasure after this picture
	second, _ := b.run()
	f := b.open()
	for _, n := range []int{0, 1} {
		gone, err := f.Forget(slices.Concat(erased, []recorder.Recording{{Path: "../generations/" + second + "/manifest.json", Digest: digest("")}}))
		if want := []string{erased[0].Path}[:n]; err != nil || !slices.Equal(gone, want) {
			t.Errorf("gone are %v, want %v: %v", gone, want, err)
		}
		if _, err := f.Prune(1); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{second}, b.generations()); diff != "" || first == second {
		t.Error(diff)
	}
	b.sound(second)
	harm(t, filepath.Join(b.dir, "generations", second, "recordings.sha256"), func(list []byte) []byte { return list[:len(list)-1] })
	if gone, err := f.Forget(erased[1:]); err == nil || len(gone) > 0 {
		t.Errorf("with a list that cannot be read: %v, %v", gone, err)
	}
}
