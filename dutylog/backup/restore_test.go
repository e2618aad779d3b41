package backup_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog/backup"
)

func TestRestoreGivesBackEverything(t *testing.T) {
	b := newBench(t)
	ok(t, os.WriteFile(filepath.Join(b.tape, "day.jsonl"), []byte("{}\n"), 0o600))
	first, _ := b.run()
	b.log = "later"
	b.record("4.0", "later")
	second, _ := b.run()
	to := b.target()
	ok(t, b.restore(second, to))
	want := tree(t, b.archive)
	if diff := cmp.Diff(want, tree(t, to.Recordings)); diff != "" {
		t.Errorf("recordings (-want +got):\n%s", diff)
	}
	for name, text := range map[string]string{to.Log: "later", to.Config: "site: {}\n", filepath.Join(to.Kept["tape"], "day.jsonl"): "{}\n"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	for _, folder := range []string{filepath.Dir(to.Log), to.Recordings} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", folder, info.Mode(), err)
		}
	}
	if left := hidden(t, filepath.Dir(to.Log)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	older := b.target()
	ok(t, b.restore(first, older))
	if got := tree(t, older.Recordings); len(got) != 3 {
		t.Errorf("the older generation gives %d recordings, want 3", len(got))
	}
}

func TestRestoreNeverOverwrites(t *testing.T) {
	b := newBench(t)
	name, _ := b.run()
	for _, side := range []string{"", "-wal"} {
		to := b.target()
		ok(t, os.MkdirAll(filepath.Dir(to.Log), 0o700))
		ok(t, os.WriteFile(to.Log+side, []byte("what is there"), 0o600))
		says(t, b.restore(name, to), "there is a duty log already", "nothing was touched", "move it aside")
		if diff := cmp.Diff(map[string]string{"log.db" + side: "what is there"}, tree(t, filepath.Dir(to.Log))); diff != "" {
			t.Errorf("%s", diff)
		}
	}
	to := b.target()
	there := filepath.Join(to.Recordings, b.rows[0].Path)
	ok(t, os.MkdirAll(filepath.Dir(there), 0o700))
	ok(t, os.WriteFile(there, []byte("another recording"), 0o444))
	says(t, b.restore(name, to), "1 recording(s) that differ", b.rows[0].Path, "nothing was touched")
	if got := tree(t, filepath.Dir(to.Log)); len(got) != 1 {
		t.Errorf("touched: %v", got)
	}

	to = b.target()
	ok(t, os.MkdirAll(filepath.Dir(to.Config), 0o700))
	ok(t, os.WriteFile(to.Config, []byte("mine"), 0o600))
	says(t, b.restore(name, to), "differs from the backup's", "move it aside")
	if _, err := os.Stat(to.Log); err == nil {
		t.Error("the log counts although the restoration failed")
	}
}

// A log that appears while the restoration runs stays as well.
func TestRestoreDoesNotReplaceALogThatAppears(t *testing.T) {
	b := newBench(t)
	name, _ := b.run()
	to := b.target()
	b.fault = func(step, file string) error {
		if step == "rename" && file == "log.db" {
			ok(t, os.WriteFile(to.Log, []byte("new"), 0o600))
		}
		return nil
	}
	if err := b.restore(name, to); err == nil {
		t.Error("no error")
	}
	if text, err := os.ReadFile(to.Log); err != nil || string(text) != "new" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestRestoreCutOffAnywhere(t *testing.T) {
	b := newBench(t)
	ok(t, os.WriteFile(filepath.Join(b.tape, "day.jsonl"), []byte("{}\n"), 0o600))
	name, _ := b.run()
	for stop := 0; ; stop++ {
		to, steps := b.target(), 0
		b.fault = func(step, file string) error {
			if steps++; steps > stop {
				return fmt.Errorf("%s %s: %w", step, file, syscall.ENOSPC)
			}
			return nil
		}
		err := b.restore(name, to)
		b.fault = nil
		if err == nil {
			if stop < 10 {
				t.Fatalf("only %d steps were stopped: this test judges nothing", stop)
			}
			return
		}
		says(t, err, "is full", "make room")
		if _, err := os.Stat(to.Log); err == nil {
			t.Fatalf("stop %d: the log counts already", stop)
		}
		ok(t, b.restore(name, to))
		if diff := cmp.Diff(tree(t, b.archive), tree(t, to.Recordings)); diff != "" {
			t.Errorf("stop %d:\n%s", stop, diff)
		}
		if left := hidden(t, filepath.Dir(to.Log)); len(left) > 0 {
			t.Errorf("stop %d: left behind: %v", stop, left)
		}
	}
}

// Whatever is changed in a backup is found before anything is restored.
func TestADamagedBackup(t *testing.T) {
	own := func(name string) func(b *bench, generation string) string {
		return func(b *bench, generation string) string { return filepath.Join(b.dir, "generations", generation, name) }
	}
	recording := func(b *bench, _ string) string { return filepath.Join(b.dir, "recordings", b.rows[1].Path) }
	kept := func(b *bench, _ string) string {
		d := string(digest("{}\n"))
		return filepath.Join(b.dir, "files", d[:2], d)
	}
	for _, c := range []struct {
		name  string
		file  func(b *bench, generation string) string
		lacks bool // the rest can be restored
		says  string
	}{
		{"log", own("log.db"), false, "log.db"},
		{"configuration", own("dutyline.yaml"), false, "dutyline.yaml"},
		{"list", own("recordings.sha256"), false, "recordings.sha256"},
		{"manifest", own("manifest.json"), false, "manifest"},
		{"recording", recording, true, "recordings/2026/11/23/2.0.flac"},
		{"tape", kept, true, "tape/day.jsonl"},
	} {
		for how, change := range map[string]func(t *testing.T, name string){
			"flipped": func(t *testing.T, name string) { harm(t, name, flip) },
			"cut":     func(t *testing.T, name string) { harm(t, name, func(text []byte) []byte { return text[:len(text)-1] }) },
			"empty":   func(t *testing.T, name string) { harm(t, name, func([]byte) []byte { return nil }) },
			"gone":    func(t *testing.T, name string) { ok(t, os.Remove(name)) },
		} {
			t.Run(c.name+" "+how, func(t *testing.T) {
				b := newBench(t)
				ok(t, os.WriteFile(filepath.Join(b.tape, "day.jsonl"), []byte("{}\n"), 0o600))
				b.run()
				b.log = "another"
				b.record("9.0", "the second one")
				generation, _ := b.run()
				change(t, c.file(b, generation))
				_, lacks, err := b.open().Check(ctx, generation, quiet)
				if !c.lacks {
					says(t, err, c.says, generation, "take another generation")
					return
				}
				ok(t, err)
				if len(lacks) != 1 || lacks[0].Name != c.says {
					t.Fatalf("%+v", lacks)
				}
				to := b.target()
				ok(t, b.restore(generation, to)) // without what lacks
				if got := len(tree(t, to.Recordings)) + len(tree(t, filepath.Dir(to.Log))); got < 4 {
					t.Errorf("%d files are restored", got)
				}
			})
		}
	}
}

func TestAGenerationOfAnotherLog(t *testing.T) {
	b, other := newBench(t), newBench(t)
	b.run()
	name, _ := other.run()
	mark := filepath.Join(b.dir, "dutyline-backup.json")
	harm(t, mark, func([]byte) []byte { return []byte(`{"format":1,"log":"feed"}`) })
	_, _, err := b.open().Manifest(name)
	says(t, err, "a backup of another duty log")
}

func TestTheBeginningOfANameIsEnough(t *testing.T) {
	b := newBench(t)
	first, _ := b.run()
	second, _ := b.run()
	f := b.open()
	for begin, want := range map[string]string{"": second, first: first, "20261123T05": first, "20261123T06": second} {
		if got, err := f.Generation(begin); err != nil || got != want {
			t.Errorf("%q: %s, %v", begin, got, err)
		}
	}
	_, err := f.Generation("2026")
	says(t, err, "2 generations", first+", "+second)
	empty, err := backup.Create(filepath.Join(t.TempDir(), "new"), identity)
	ok(t, err)
	defer empty.Close()
	_, err = empty.Generation("")
	says(t, err, "no finished backup yet")
}

// A real small disk: a folder in memory of one megabyte, in a world of its own.
func TestARealFullDisk(t *testing.T) {
	const asChild = "BACKUP_TEST_SMALL_DISK"
	if small := os.Getenv(asChild); small != "" {
		if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=1m"); err != nil {
			fmt.Println("NO SMALL DISK:", err)
			return
		}
		b := newBench(t)
		b.dir = filepath.Join(small, "backup")
		name, _ := b.run()
		big := b.record("7.0", strings.Repeat("x", 2<<20))
		_, _, _, err := b.try()
		says(t, err, "is full", "make room there or take a larger disk", big.Path)
		if len(hidden(t, b.dir)) > 0 || len(b.generations()) != 1 {
			t.Errorf("left behind: %v, generations %v", hidden(t, b.dir), b.generations())
		}
		b.sound(name)
		b.rows = b.rows[:3]
		b.dir = filepath.Join(t.TempDir(), "elsewhere")
		b.rows = append(b.rows, big)
		name, _ = b.run()
		to := b.target()
		to.Recordings = filepath.Join(small, "restored")
		says(t, b.restore(name, to), "GB free, the backup needs", "nothing was touched")

		if err := syscall.Mount("", small, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		b.dir = filepath.Join(small, "backup")
		_, _, _, err = b.try()
		says(t, err, "cannot be used by this user", "mount it writable")
		b.dir = filepath.Join(small, "another")
		_, _, _, err = b.try()
		says(t, err, "make backup folder", "mount it writable")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestARealFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), asChild+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "NO SMALL DISK") {
		t.Logf("not run: the kernel gives no small disk: %s", out)
	}
}
