package asterisk_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// TestMain lets the test program play the daemon that dies: with ORPHAN_DIR set it starts an
// Asterisk there, prints its process id and waits to be killed.
func TestMain(m *testing.M) {
	dir := os.Getenv("ORPHAN_DIR")
	if dir == "" {
		os.Exit(m.Run())
	}
	p, err := asterisk.Start(context.Background(), asterisk.Settings{
		Binary: os.Getenv("ORPHAN_BINARY"), Dir: dir, Templates: os.DirFS(os.Getenv("ORPHAN_TEMPLATES")),
		SIPAddress: os.Getenv("ORPHAN_SIP"), HTTPAddress: os.Getenv("ORPHAN_HTTP"),
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.Pid())
	<-p.Exited()
}

func TestAsteriskDoesNotOutliveADaemonThatIsKilled(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	daemon := exec.Command(os.Args[0])
	daemon.Env = append(os.Environ(), "ORPHAN_DIR="+s.Dir, "ORPHAN_BINARY="+s.Binary, "ORPHAN_SIP="+s.SIPAddress, "ORPHAN_HTTP="+s.HTTPAddress,
		"ORPHAN_TEMPLATES="+asterisktest.Root(t)+"/deploy/asterisk")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
		t.Fatalf("it said %q", line)
	}
	if err := daemon.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = daemon.Wait()
	asterisktest.Eventually(t, 15*time.Second, "Asterisk ends", func() bool { return gone(pid) })
}

// gone reports whether a process has ended; one that nobody has waited for yet has ended, too.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(b), ") Z ")
}
