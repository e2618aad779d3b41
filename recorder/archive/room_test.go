package archive_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
)

func TestBelowTheReserveNothingIsArchived(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(time.Second)
	old := b.sealed("old.0", far, officer)
	full, err := archive.New(b.folder, archive.Options{Keys: b.keys, Reserve: 1 << 60}, b.rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	enough := b.Archive
	b.Archive = full
	if _, err := b.receive("new.0", recorder.Far, recordertest.WAV(far)); err == nil || !strings.Contains(err.Error(), "disk.reserve_mb") || !strings.Contains(err.Error(), "goes on by itself") {
		t.Errorf("receive: %v", err)
	}
	if len(b.files()) != 3 {
		t.Errorf("files %v", b.files())
	}
	if err := b.Verify(t.Context(), old); err != nil {
		t.Errorf("what is there stays of use: %v", err)
	}
	b.Archive = enough
	b.sealed("new.0", far, officer)
}

// TestOnADiskOfThreeMegabytes fills a real small disk, in a mount namespace of its own: the
// archive stops at the reserve, deletes nothing, and goes on when there is room.
func TestOnADiskOfThreeMegabytes(t *testing.T) {
	const inside = "DUTYLINE_TINY_DISK"
	if folder := os.Getenv(inside); folder != "" {
		tinyDisk(t, folder)
		return
	}
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "unshare", "-Urm", "sh", "-c",
		`mount -t tmpfs -o size=3m none "$1" || exit 77; exec "$2" -test.run='^TestOnADiskOfThreeMegabytes$' -test.v`, "sh", folder, os.Args[0])
	cmd.Env = append(os.Environ(), inside+"="+folder)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 77 || strings.Contains(string(out), "unshare failed")) {
		t.Fatalf("not run: the kernel gives this user no disk of its own: run the tests as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1): %s", out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func tinyDisk(t *testing.T, folder string) {
	b := &bed{t: t, folder: folder, rows: &recordertest.Store{}, keys: newKeys(t, "")}
	open := func(reserve uint64) {
		a, err := archive.New(folder, archive.Options{Keys: b.keys, Reserve: reserve}, b.rows, nil)
		if err != nil {
			t.Fatal(err)
		}
		b.Archive = a
		t.Cleanup(func() { a.Close() })
	}
	far, officer := recordertest.Dialogue(20 * time.Second) // 640 KB of WAV in the intake
	open(1 << 20)
	old := b.sealed("old.0", far, officer)
	if err := b.Discard(t.Context(), "old.0"); err != nil {
		t.Fatal(err)
	}
	ballast := folder + "/ballast"
	if err := os.WriteFile(ballast, make([]byte, 1900<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.receive("new.0", recorder.Far, recordertest.WAV(far)); err == nil || !strings.Contains(err.Error(), "less than the reserve") {
		t.Errorf("below the reserve: %v", err)
	}
	open(0) // without a reserve the disk itself is the limit
	var err error
	for _, s := range recorder.Sides() {
		if err == nil {
			_, err = b.receive("new.0", s, recordertest.WAV(far))
		}
	}
	if err == nil {
		err = os.WriteFile(folder+"/more", make([]byte, 400<<10), 0o600)
		_, err = b.Seal(t.Context(), row("new.0"))
	}
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the archive's disk is full") {
		t.Errorf("on a full disk: %v", err)
	}
	if err := b.Verify(t.Context(), old); err != nil {
		t.Errorf("what was sealed before: %v", err)
	}
	if err := errors.Join(os.Remove(ballast), os.RemoveAll(folder+"/more")); err != nil {
		t.Fatal(err)
	}
	open(64 << 10)
	fresh := b.sealed("new.0", far, officer)
	if err := errors.Join(b.Verify(t.Context(), fresh), b.Verify(t.Context(), old)); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for _, f := range b.files() {
		if strings.HasSuffix(f, ".part") {
			t.Errorf("%s was left behind", f)
		}
	}
}
