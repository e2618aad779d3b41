package main_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// disk is what the daemon's data folder lies on: a file system of its own, so that it can be
// slow, stand still or be full without harm to anybody else.
type disk struct {
	dir     string // the data folder
	noFull  string // why it cannot be full
	noStall string // why it cannot stand still
}

// mountDisk makes the disk: an ext4 in a file where the kernel allows it (root), else a file
// system in memory (in a user namespace), else an ordinary folder that cannot be hurt. The
// mount is undone when the benchmark ends, by the kernel at the latest: see torture.sh.
func mountDisk(t testing.TB, folder string, megabytes int) *disk {
	t.Helper()
	d := &disk{dir: filepath.Join(folder, "data")}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	image := filepath.Join(folder, "disk.img")
	err := errors.Join(os.WriteFile(image, nil, 0o600), os.Truncate(image, int64(megabytes)<<20))
	if err == nil {
		err = command("mkfs.ext4", "-q", "-m", "0", image)
	}
	if err == nil {
		err = command("mount", "-o", "loop", image, d.dir)
	}
	if err != nil {
		_ = os.Remove(image)
		d.noStall = fmt.Sprintf("an ext4 in a file cannot be mounted here, run it as root: %v", err)
		if err := command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "none", d.dir); err != nil {
			d.noFull = fmt.Sprintf("no file system can be mounted here, not even in memory: %v", err)
			return d
		}
	} else if _, err := exec.LookPath("fsfreeze"); err != nil {
		d.noStall = "there is no program fsfreeze: install util-linux"
	}
	t.Cleanup(func() {
		if err := command("umount", d.dir); err != nil {
			t.Logf("the bench's disk stays mounted: %v", err)
		}
		_ = os.Remove(image)
	})
	return d
}

// command runs a program; what it complains about is in the error.
func command(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%s: %w: %s", name, err, first)
	}
	return nil
}

// stall lets the disk stand still for so long. An independent process thaws it should this
// one not be able to: it is started before the freeze.
func (d *disk) stall(length time.Duration) error {
	watchdog := exec.Command("sh", "-c", `sleep "$1"; exec fsfreeze -u "$2"`, "thaw", fmt.Sprint(int(length.Seconds())+10), d.dir)
	watchdog.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := watchdog.Start(); err != nil {
		return fmt.Errorf("the watchdog that thaws the disk: %w", err)
	}
	defer func() {
		_ = syscall.Kill(-watchdog.Process.Pid, syscall.SIGKILL)
		_ = watchdog.Wait()
	}()
	if err := command("fsfreeze", "-f", d.dir); err != nil {
		return err
	}
	pause(length)
	return command("fsfreeze", "-u", d.dir)
}

// fill leaves no byte on the disk; empty gives the room back.
func (d *disk) fill() (empty func() error, err error) {
	name := filepath.Join(d.dir, "ballast")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	empty = func() error { return os.Remove(name) }
	for size := 1 << 20; size > 0; {
		_, err := f.Write(make([]byte, size))
		switch {
		case err == nil:
		case errors.Is(err, syscall.ENOSPC):
			size /= 16
		default:
			return nil, errors.Join(err, empty())
		}
	}
	return empty, nil
}

// pause waits: what is hurt stays hurt for that long.
func pause(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}
