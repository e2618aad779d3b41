package main_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// victim is the daemon as a process of its own, which is killed and started again.
type victim struct {
	program, config, said string
	slack                 time.Duration // of its timers, as its unit has it
	env                   []string
	url                   string

	mu      sync.Mutex
	cmd     *exec.Cmd
	exited  chan struct{}
	wanted  bool     // it is not to run now: its end is no surprise
	trouble []string // ends that nobody wanted
}

// buildVictim makes the daemon; with the tag torture it lets a file move its clock.
func buildVictim(t testing.TB, dir, tags string) string {
	t.Helper()
	program := filepath.Join(dir, "dutyline")
	build := exec.Command("go", "build", "-tags", tags, "-o", program, "./cmd/dutyline")
	build.Dir = asterisktest.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the daemon: %v\n%s", err, out)
	}
	return program
}

// unitTimerSlack is what the daemon's systemd unit says of its timers.
func unitTimerSlack(t testing.TB) time.Duration {
	t.Helper()
	unit, err := os.ReadFile(filepath.Join(asterisktest.Root(t), "deploy", "dutyline.service"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(unit), "\nTimerSlackNSec=")
	text, _, _ := strings.Cut(rest, "\n")
	slack, err := time.ParseDuration(text)
	if !found || err != nil || slack <= 0 {
		t.Fatalf("dutyline.service says nothing usable of TimerSlackNSec: %q", text)
	}
	return slack
}

// newVictim writes its configuration; data is its data folder, ari the address where it
// reaches the switch.
func newVictim(t testing.TB, program, dir, data, ari string, s asterisk.Settings, env ...string) *victim {
	t.Helper()
	address := asterisktest.FreeTCP(t)
	text := fmt.Sprintf(`lines:
  - {name: duty, number: %q, endpoints: [PJSIP/%s], trunks: [PJSIP/%s], rule: {on: %v, off: %v, uncertainty: %v}}
`, s.Number, s.DutyUser, s.Trunk, ringOn, ringOff, ringUncertainty)
	text += fmt.Sprintf("ari: {url: \"http://%s/ari\", user: %s}\n", ari, s.ARIUser)
	text += fmt.Sprintf("log: {file: %[1]s/log.db}\narchive: {folder: %[1]s/recordings}\ntape: {folder: %[1]s/tape}\nweb: {listen: %[2]q, tls_folder: %[1]s/tls}\ndisk: {reserve_mb: 16}\n", data, address)
	text += fmt.Sprintf("journal: {file: %q}\n", s.Journal())
	v := &victim{program: program, slack: unitTimerSlack(t), config: filepath.Join(dir, "dutyline.yaml"), said: filepath.Join(dir, "daemon.log"), url: "http://" + address,
		env: append(append(os.Environ(), "DUTYLINE_ARI_PASSWORD="+s.ARIPassword), env...)}
	if err := os.WriteFile(v.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.kill() })
	return v
}

// start runs it; it is not ready yet.
func (v *victim) start() error {
	out, err := os.OpenFile(v.said, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(v.program, "serve", "--config", v.config)
	cmd.Env, cmd.Stdout, cmd.Stderr = v.env, out, out
	exited := make(chan struct{})
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cmd, v.exited, v.wanted = cmd, exited, true
	return startWithUs(cmd, v.slack, func(error) { // its state is read from the command
		v.mu.Lock()
		if v.wanted {
			v.trouble = append(v.trouble, fmt.Sprintf("the daemon ended by itself: %v (its words are in %s)", cmd.ProcessState, v.said))
		}
		v.mu.Unlock()
		close(exited)
	})
}

// startWithUs starts a program that the kernel ends should we die without a word, and tells when
// it is over. The kernel counts the end of the thread that started it as our death, so that
// thread lives as long as the program: else a thread that ends with something else sends a
// SIGTERM that nobody wanted (torture CALLS=5000 SEED=23: three daemons ended by themselves).
// Its timers are as exact as slack says, which a program has from the thread that starts it; 0 is as usual.
func startWithUs(cmd *exec.Cmd, slack time.Duration, over func(error)) error {
	cmd.SysProcAttr = endsWithUs()
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := setTimerSlack(slack)
		if err == nil {
			err = cmd.Start()
		}
		started <- err
		if err == nil {
			over(cmd.Wait())
		}
	}()
	return <-started
}

// command runs another of its commands beside it, with the same configuration.
func (v *victim) command(args ...string) ([]byte, error) {
	cmd := exec.Command(v.program, append(args, "--config", v.config)...)
	cmd.Env = v.env
	return cmd.CombinedOutput()
}

// end sends a signal and waits until it is gone.
func (v *victim) end(with syscall.Signal, within time.Duration) error {
	v.mu.Lock()
	cmd, exited := v.cmd, v.exited
	v.wanted = false
	v.mu.Unlock()
	if cmd == nil {
		return nil
	}
	_ = cmd.Process.Signal(with) // it may be gone already
	select {
	case <-exited:
		return nil
	case <-time.After(within):
		return fmt.Errorf("the daemon is still there %v after %v", within, with)
	}
}

func (v *victim) kill() error { return v.end(syscall.SIGKILL, time.Minute) }

// signal is for what it survives.
func (v *victim) signal(s syscall.Signal) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.cmd.Process.Signal(s)
}

func (v *victim) over() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.exited:
		return true
	default:
		return false
	}
}

// ready waits until it sees the switch and can write the log. One that ended by itself is
// started again, as a service manager would.
func (v *victim) ready(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	last := errors.New("it was not asked")
	for ctx.Err() == nil {
		if v.over() {
			if err := v.start(); err != nil {
				return err
			}
		}
		if last = v.asks(ctx); last == nil {
			return nil
		}
		pause(20 * time.Millisecond)
	}
	return fmt.Errorf("the daemon is not ready after %v: %w", within, last)
}

func (v *victim) asks(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(res.Body)
		return fmt.Errorf("it says %s: %s", res.Status, strings.TrimSpace(string(why)))
	}
	return nil
}

// troubles are the ends that nobody wanted.
func (v *victim) troubles() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.trouble)
}

// saidTimes counts a phrase in what it printed in all its lives.
func (v *victim) saidTimes(phrase string) int {
	b, _ := os.ReadFile(v.said)
	return strings.Count(string(b), phrase)
}

func TestTheEndOfAThreadEndsNoProgram(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	over, started := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // this thread ends with this function
		started <- startWithUs(cmd, 0, func(err error) { over <- err })
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	select {
	case err := <-over:
		t.Fatalf("it ended with the thread that asked for it: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("it ended with %v, want that it was killed", err)
	}
}
