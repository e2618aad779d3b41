package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOnlyOrdinaryFilesAreOpened: a pipe that nobody writes into would be waited for without end.
func TestOnlyOrdinaryFilesAreOpened(t *testing.T) {
	dir := t.TempDir()
	place := func(name string) string { return filepath.Join(dir, name) }
	for name, make := range map[string]func(string) error{
		"a pipe":           func(at string) error { return unix.Mkfifo(at, 0o600) },
		"a socket":         func(at string) error { return unix.Mknod(at, unix.S_IFSOCK|0o600, 0) },
		"a folder":         func(at string) error { return os.Mkdir(at, 0o700) },
		"a link to a pipe": func(at string) error { return errors.Join(unix.Mkfifo(at+".pipe", 0o600), os.Symlink(at+".pipe", at)) },
	} {
		if err := make(place(name)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := readRegular(place(name)); !errors.Is(err, errNoFile) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := sumOf(place(name)); !errors.Is(err, errNoFile) {
			t.Errorf("the digest of %s: %v", name, err)
		}
	}
	if _, err := readRegular(place("nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if err := errors.Join(os.WriteFile(place("file"), []byte("text"), 0o600), os.Symlink(place("file"), place("link"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file", "link"} {
		if text, err := readRegular(place(name)); err != nil || string(text) != "text" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
