package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// lockLog makes sure that one daemon runs on a duty log. The lock goes with the process, however
// that ends; the file beside the log stays, and names who has it. Commands need no lock.
func lockLog(log string) (*os.File, error) {
	name := log + ".lock"
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the duty log: %w; give its folder to the daemon's user", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		pid, _ := os.ReadFile(name) // only for the sentence
		_ = f.Close()
		return nil, fmt.Errorf("a daemon already runs on this log (%s, pid %s): stop it first", log, strings.TrimSpace(string(pid)))
	case err == nil:
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = fmt.Fprintln(f, os.Getpid())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the duty log with %s: %w", name, err), f.Close())
	}
	return f, nil
}

// unlockLog gives the log free. Closing the file alone would not while a program that is just being
// started holds a copy of it.
func unlockLog(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close() // nothing was kept in it
}
