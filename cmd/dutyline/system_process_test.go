package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
)

// asProgram makes the test program behave as dutyline itself, so that tests can start, signal
// and kill the real thing as a process of its own.
const asProgram = "DUTYLINE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program is dutyline running as a process.
type program struct {
	t        *testing.T
	cmd      *exec.Cmd
	out      output
	exited   chan struct{}
	children []int // every process below it, as last looked
}

// start runs dutyline with these arguments until it ends or the test does.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.Command(os.Args[0], args...), exited: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // the exit code is read from ProcessState
	}()
	t.Cleanup(func() {
		if !p.over() {
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
			select {
			case <-p.exited:
			case <-time.After(20 * time.Second):
				_ = p.cmd.Process.Kill()
				<-p.exited
			}
		}
		if t.Failed() {
			t.Logf("dutyline %s said:\n%s", strings.Join(args, " "), p.out.String())
		}
	})
	return p
}

func (p *program) over() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// says waits until the program has printed these words.
func (p *program) says(within time.Duration, words string) {
	p.t.Helper()
	asterisktest.Eventually(p.t, within, "dutyline prints "+strconv.Quote(words), func() bool {
		if p.over() && !strings.Contains(p.out.String(), words) {
			p.t.Fatalf("dutyline ended with %d before it printed %q", p.cmd.ProcessState.ExitCode(), words)
		}
		return strings.Contains(p.out.String(), words)
	})
}

// ends sends a signal, waits for the end and insists on exit code 0 and on nothing left.
func (p *program) ends(sig syscall.Signal, within time.Duration) {
	p.t.Helper()
	p.children = below(p.cmd.Process.Pid)
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
	if code := p.exitCode(within); code != 0 {
		p.t.Errorf("after %v dutyline ended with %d, want 0", sig, code)
	}
	asterisktest.Eventually(p.t, 5*time.Second, fmt.Sprintf("no process that dutyline started is left (of %v)", p.children), func() bool {
		return !slices.ContainsFunc(p.children, alive)
	})
}

func (p *program) exitCode(within time.Duration) int {
	p.t.Helper()
	within *= asterisktest.Patience
	select {
	case <-p.exited:
	case <-time.After(within):
		p.t.Fatalf("dutyline is still there after %v", within)
	}
	return p.cmd.ProcessState.ExitCode()
}

// below lists the processes that a process started, and those that they started.
func below(pid int) (all []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range tasks {
		b, _ := os.ReadFile(file)
		for child := range strings.FieldsSeq(string(b)) {
			if n, err := strconv.Atoi(child); err == nil {
				all = append(append(all, n), below(n)...)
			}
		}
	}
	return all
}

// alive reports whether a process runs; one that has ended but was not waited for does not.
func alive(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}
