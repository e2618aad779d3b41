package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxRunPath keeps the control socket's path below the kernel's limit of 108 bytes.
const maxRunPath = 90

// Process is a running private Asterisk.
type Process struct {
	Settings Settings // complete: with the passwords that were made up

	cmd      *exec.Cmd
	exited   chan struct{} // closed when the process is gone
	exitErr  error         // valid after exited
	run      string        // folder of the control socket
	shortRun bool          // run is a temporary folder of ours
	stop     sync.Once
	logStart int64 // where this run's lines begin in the log
}

// Start renders the configuration, starts Asterisk and waits until it is ready to take
// calls. When it returns an error no process is left; the error holds the last error lines
// of Asterisk's log. The process outlives ctx: end it with Stop.
func Start(ctx context.Context, s Settings) (*Process, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	p := &Process{Settings: s, exited: make(chan struct{})}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	if err := p.launch(); err != nil {
		p.removeRun()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.StartWait)
	defer cancel()
	if err := p.waitReady(ctx); err != nil {
		return nil, errors.Join(err, p.Stop(3*time.Second))
	}
	return p, nil
}

// prepare chooses the run folder, renders and looks for what would certainly fail.
func (p *Process) prepare() error {
	s := &p.Settings
	p.run = filepath.Join(s.Dir, "run")
	if len(p.run) > maxRunPath {
		short, err := os.MkdirTemp("", "dutyline-asterisk-")
		if err != nil {
			return fmt.Errorf("make a folder for Asterisk's control socket: %w", err)
		}
		p.run, p.shortRun = short, true
	}
	if err := s.render(p.run); err != nil {
		return err
	}
	if err := p.checkNotRunning(); err != nil {
		return err
	}
	if info, err := os.Stat(p.logFile()); err == nil {
		p.logStart = info.Size()
	}
	return checkPorts(s)
}

func (p *Process) checkNotRunning() error {
	conn, err := net.Dial("unix", filepath.Join(p.run, "asterisk.ctl"))
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return fmt.Errorf("an Asterisk already runs in %s: stop it first, or choose another folder", p.Settings.Dir)
}

// checkPorts says which address is taken before Asterisk only hints at it in its log.
func checkPorts(s *Settings) error {
	l, err := net.Listen("tcp", s.HTTPAddress)
	if err != nil {
		return fmt.Errorf("ARI address %s cannot be opened: %w; stop the program that uses it or choose another port", s.HTTPAddress, err)
	}
	_ = l.Close()
	for _, t := range s.view("").Transports {
		u, err := net.ListenPacket("udp", t.Bind)
		if err != nil {
			return fmt.Errorf("SIP address %s (UDP) cannot be opened: %w; stop the program that uses it or choose another port", t.Bind, err)
		}
		_ = u.Close()
	}
	return nil
}

// launch starts the program. The starting thread lives as long as the process: the kernel
// counts the death of that thread as the death of the parent.
func (p *Process) launch() error {
	console, err := os.OpenFile(filepath.Join(p.Settings.Dir, "log", "console"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open Asterisk's console log: %w", err)
	}
	p.cmd = exec.Command(p.Settings.Binary, "-f", "-C", p.confFile())
	p.cmd.Dir = p.Settings.Dir
	p.cmd.Stdout, p.cmd.Stderr = console, console
	p.cmd.SysProcAttr = ownGroup()
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer console.Close()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.exitErr = p.cmd.Wait()
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start Asterisk %s: %w", p.Settings.Binary, err)
	}
	return nil
}

// Pid is the process id of Asterisk.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Exited is closed when the process is gone, by Stop or by itself.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Stop ends Asterisk: politely, so that recordings and the journal are finished, and by
// force after grace, with every process of its group. It may be called more than once.
func (p *Process) Stop(grace time.Duration) error {
	p.stop.Do(func() {
		_ = p.signal(syscall.SIGTERM)
		select {
		case <-p.exited:
		case <-time.After(grace):
		}
		_ = p.signal(syscall.SIGKILL)
	})
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		return fmt.Errorf("asterisk (pid %d) does not end: look at it with ps and end it with kill -9", p.Pid())
	}
	p.removeRun()
	return nil
}

// Kill ends Asterisk at once, as a power cut would. For tests of what survives.
func (p *Process) Kill() error { return p.Stop(0) }

// signal goes to the whole group; a group that is gone already is no fault.
func (p *Process) signal(sig syscall.Signal) error {
	return syscall.Kill(-p.Pid(), sig)
}

func (p *Process) removeRun() {
	if p.shortRun {
		_ = os.RemoveAll(p.run)
	}
}

func (p *Process) confFile() string { return filepath.Join(p.Settings.Dir, "etc", "asterisk.conf") }
func (p *Process) logFile() string  { return filepath.Join(p.Settings.Dir, "log", "messages") }

// CLI runs one command on Asterisk's console and returns what it prints.
func (p *Process) CLI(ctx context.Context, command string) (string, error) {
	out, err := exec.CommandContext(ctx, p.Settings.Binary, "-C", p.confFile(), "-rx", command).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("asterisk console command %q: %w: %s", command, err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
