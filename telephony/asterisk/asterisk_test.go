package asterisk_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

func TestStartIsReadyAndStopLeavesNothing(t *testing.T) {
	t.Parallel()
	p := asterisktest.Start(t, asterisktest.Settings(t))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, err := p.CLI(ctx, "core waitfullybooted")
	if err != nil || !strings.Contains(out, "fully booted") {
		t.Fatalf("console said %q, %v", out, err)
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-p.Pid(), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process group %d is still there: %v", p.Pid(), err)
	}
	if err := p.Stop(time.Second); err != nil {
		t.Errorf("a second stop: %v", err)
	}
}

func TestStartLogsNoErrorsOfItsOwn(t *testing.T) {
	t.Parallel()
	p := asterisktest.Start(t, asterisktest.Settings(t))
	b, err := os.ReadFile(filepath.Join(p.Settings.Dir, "log", "messages"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, "ERROR") || strings.Contains(line, "WARNING") {
			t.Errorf("the shipped configuration makes Asterisk complain: %s", line)
		}
	}
}

func TestTwoRunBesideEachOther(t *testing.T) {
	t.Parallel()
	first := asterisktest.Start(t, asterisktest.Settings(t))
	second := asterisktest.Start(t, asterisktest.Settings(t))
	if first.Pid() == second.Pid() {
		t.Fatal("one process for two")
	}
	if err := first.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := second.CLI(ctx, "core show version"); err != nil {
		t.Errorf("stopping one hurt the other: %v", err)
	}
}

func TestStartNamesWhatIsWrong(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	takenTCP, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer takenTCP.Close()
	broken := t.TempDir()
	for _, c := range []struct {
		name   string
		change func(*asterisk.Settings)
		want   []string
	}{
		{"SIP port in use", func(s *asterisk.Settings) { s.SIPAddress = taken.LocalAddr().String() },
			[]string{"SIP address", "in use", "choose another port"}},
		{"ARI port in use", func(s *asterisk.Settings) { s.HTTPAddress = takenTCP.Addr().String() },
			[]string{"ARI address", "in use"}},
		{"no program", func(s *asterisk.Settings) { s.Binary = "/nowhere/bin/asterisk" },
			[]string{"/nowhere/bin/asterisk is not there", "fetch.sh"}},
		{"no templates", func(s *asterisk.Settings) { s.Templates = os.DirFS(broken) },
			[]string{"no Asterisk templates", "deploy/asterisk"}},
		{"a password that would break the file", func(s *asterisk.Settings) { s.DutyPassword = "abc;defgh" },
			[]string{"duty password", "without spaces"}},
		{"a name that would break the file", func(s *asterisk.Settings) { s.DutyUser = "a]\n[b" },
			[]string{"duty user", "letters, digits"}},
		{"an address without port", func(s *asterisk.Settings) { s.SIPAddress = "127.0.0.1" },
			[]string{"SIP address", "and a port"}},
		{"a name instead of an address for the copies of SIP", func(s *asterisk.Settings) { s.HEPAddress = "localhost:9060" },
			[]string{"HEP address", "and a port"}},
		{"a contact with options", func(s *asterisk.Settings) { s.TrunkContact = "sip:a@b;x" },
			[]string{"trunk contact"}},
		{"a match that is no address", func(s *asterisk.Settings) { s.TrunkMatch = []string{"everybody"} },
			[]string{"trunk match", "everybody"}},
		{"no RTP ports", func(s *asterisk.Settings) { s.RTPFrom, s.RTPTo = 20000, 20001 },
			[]string{"RTP ports", "at least ten"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := asterisktest.Settings(t)
			c.change(&s)
			p, err := asterisk.Start(t.Context(), s)
			if err == nil {
				_ = p.Stop(time.Second)
				t.Fatal("started all the same")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestStartNamesAMissingModule(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	s.Templates = with(t, s, "modules.conf.tmpl", func(text string) string {
		return text + "\nload = res_nothing.so\n"
	})
	_, err := asterisk.Start(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "res_nothing.so") {
		t.Fatalf("got %v, want the missing module named", err)
	}
}

func TestStartOfTheSameFolderTwiceIsRefused(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	s.Dir = filepath.Join(os.TempDir(), "dl-"+asterisk.NewPassword()[:8])
	t.Cleanup(func() { _ = os.RemoveAll(s.Dir) })
	asterisktest.Start(t, s)
	other := asterisktest.Settings(t)
	other.Dir = s.Dir
	if _, err := asterisk.Start(t.Context(), other); err == nil || !strings.Contains(err.Error(), "already runs") {
		t.Fatalf("got %v", err)
	}
}

func TestSecretsAreMadeUpAndKeptPrivate(t *testing.T) {
	s := asterisktest.Settings(t)
	if err := s.Render(); err != nil {
		t.Fatal(err)
	}
	if len(s.ARIPassword) < 20 || len(s.DutyPassword) < 20 || s.ARIPassword == s.DutyPassword {
		t.Errorf("weak passwords: %q %q", s.ARIPassword, s.DutyPassword)
	}
	err := filepath.WalkDir(filepath.Join(s.Dir, "etc"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// with is the shipped templates with one of them changed.
func with(t *testing.T, s asterisk.Settings, name string, change func(string) string) fs.FS {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, s.Templates); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(change(string(b))), 0o600); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}
