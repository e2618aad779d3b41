package asterisktest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
)

// OwnClock gives an Asterisk a clock of its own, which set moves: by libfaketime, for that
// program alone. The machine's clock belongs to everybody.
func OwnClock(t testing.TB, s *asterisk.Settings) (set func(ahead time.Duration)) {
	t.Helper()
	library := fakeTime(t)
	dir, root := t.TempDir(), filepath.Dir(filepath.Dir(s.Binary))
	file, program := filepath.Join(dir, "ahead"), filepath.Join(dir, "bin", "asterisk")
	set = func(ahead time.Duration) {
		t.Helper()
		if err := os.WriteFile(file+".new", fmt.Appendf(nil, "%+.3f\n", ahead.Seconds()), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil { // it is read at any moment
			t.Fatal(err)
		}
	}
	set(0)
	// Its modules are looked for beside the program's folder.
	if err := os.Mkdir(filepath.Dir(program), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"moddir", "root", "lib", "lib64", "share", "var"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	script := fmt.Sprintf("#!/bin/sh\nexport LD_PRELOAD=%q FAKETIME_TIMESTAMP_FILE=%q FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1\nexec %q \"$@\"\n",
		library, file, s.Binary)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	s.Binary = program
	return set
}

// fakeTime is the library of the package libfaketime, installed or unpacked under var.
func fakeTime(t testing.TB) string {
	t.Helper()
	for _, root := range []string{"/", filepath.Join(Root(t), orVar(os.Getenv("VAR")), "debian"), filepath.Join(os.Getenv("VAR"), "debian")} {
		found, err := filepath.Glob(filepath.Join(root, "usr", "lib", "*", "faketime", "libfaketimeMT.so.1"))
		if err == nil && len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("libfaketime is missing: run make deps")
	return ""
}
