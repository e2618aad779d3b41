// Package asterisktest starts private Asterisks for tests, on free ports.
package asterisktest

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
)

// Settings is a complete configuration on free loopback ports, in a folder of its own, with
// the templates that are shipped. The test fails, with the remedy, when no Asterisk is there.
func Settings(t testing.TB) asterisk.Settings {
	t.Helper()
	// Below the ports that tests are given: sound would take one between here and its use. Asterisk looks for free ones by itself.
	const sound, mostSound = 200, 2000 // a test with many calls widens it
	from := 10000 + 2*rand.IntN((firstPort-mostSound-10000)/2)
	return asterisk.Settings{
		Binary:      Binary(t),
		Dir:         t.TempDir(),
		Templates:   os.DirFS(filepath.Join(Root(t), "deploy", "asterisk")),
		SystemName:  "test",
		SIPAddress:  FreeUDP(t),
		HTTPAddress: FreeTCP(t),
		RTPFrom:     from,
		RTPTo:       from + sound - 1,
	}
}

// Start runs an Asterisk until the test ends.
func Start(t testing.TB, s asterisk.Settings) *asterisk.Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	p, err := asterisk.Start(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(10 * time.Second); err != nil {
			t.Error(err)
		}
	})
	return p
}

// Binary is the Asterisk that tests use: ASTERISK, or the private one under var.
func Binary(t testing.TB) string {
	t.Helper()
	if b := os.Getenv("ASTERISK"); b != "" {
		return b
	}
	vars := os.Getenv("VAR")
	if vars == "" || !filepath.IsAbs(vars) {
		vars = filepath.Join(Root(t), orVar(vars))
	}
	b := filepath.Join(vars, "asterisk", "bin", "asterisk")
	if _, err := os.Stat(b); err != nil {
		t.Fatalf("no Asterisk for the tests: run make deps, or set ASTERISK to an installed one (%v)", err)
	}
	return b
}

func orVar(v string) string {
	if v == "" {
		return "var"
	}
	return v
}

// Root is the project's folder: the one above the test's that holds go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
}

// FreeUDP is a loopback address that no UDP socket uses now.
func FreeUDP(t testing.TB) string {
	return free(t, func(address string) (io.Closer, error) { return net.ListenPacket("udp", address) })
}

// FreeTCP is a loopback address that no TCP socket uses now.
func FreeTCP(t testing.TB) string {
	return free(t, func(address string) (io.Closer, error) { return net.Listen("tcp", address) })
}
