package main

import (
	"fmt"
	"os"
	"testing"
)

func TestSystemASecondDaemonOnTheSameLogIsRefused(t *testing.T) {
	c := roomConfig(t.TempDir())
	c.ARI.User, c.ARI.Password = "dutyline", "some-password"
	var logs output
	first, err := newApp(t.Context(), c, newLogger(&logs), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = newApp(t.Context(), c, newLogger(&logs), nil)
	wantSentence(t, err, "a daemon already runs on this log", fmt.Sprintf("pid %d", os.Getpid()), "stop it first")
	works(t, "Guanli-2739\n", "user", "add", "chief", "--role", "admin", "--db", c.Log.File) // commands may run beside it

	first.close()
	again, err := newApp(t.Context(), c, newLogger(&logs), nil)
	if err != nil {
		t.Fatalf("after the first daemon is gone: %v", err)
	}
	again.close()
}
