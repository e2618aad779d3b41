package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// patient is a set-up that doctor looks at: a switch, a configuration, the daemon's data.
type patient struct {
	cfg  config.Config
	dir  string // of the data
	file string
}

// newPatient makes the data as a daemon would leave it; the switch is added by on.
func newPatient(t *testing.T) *patient {
	t.Helper()
	p := &patient{dir: t.TempDir()}
	p.cfg = roomConfig(p.dir)
	p.cfg.ARI.URL, p.cfg.ARI.Password = "http://127.0.0.1:1/ari", "no-switch-here"
	p.cfg.Journal.File = filepath.Join(p.dir, "cel-custom", "cel.jsonl")
	for _, folder := range append(p.cfg.DataFolders(), filepath.Dir(p.cfg.Journal.File)) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sqlite.Open(t.Context(), p.cfg.Log.File, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *patient) on(sw *asterisk.Process) *patient {
	p.cfg.ARI = config.ARI{URL: sw.Settings.ARI(), User: sw.Settings.ARIUser, Password: sw.Settings.ARIPassword}
	return p
}

// doctor runs the checks, insists that they made and changed nothing, and gives them by name.
func (p *patient) doctor(t *testing.T) map[string]telephony.Check {
	t.Helper()
	p.file = writeConfig(t, p.cfg, "")
	before := contents(t, p.dir)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	found := map[string]telephony.Check{}
	for _, c := range diagnose(ctx, p.file) {
		if !c.OK && c.Remedy == "" || c.Detail == "" || strings.Contains(c.Remedy, "\n") {
			t.Errorf("check %q says %q without one line of remedy: %q", c.Name, c.Detail, c.Remedy)
		}
		found[c.Name] = c
	}
	if diff := cmp.Diff(before, contents(t, p.dir)); diff != "" {
		t.Errorf("doctor made or changed what is the daemon's (-before +after):\n%s", diff)
	}
	return found
}

// contents is every file below a folder, with its mode, size and time.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			all[name] = info.Mode().String() + " " + info.ModTime().String()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func failedNames(checks map[string]telephony.Check) (names []string) {
	for name, c := range checks {
		// What the machine itself lacks (a time service, room) is no fault of the set-up.
		if !c.OK && name != "clock" && !strings.HasSuffix(c.Detail, "GB free") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestDoctorOnAGoodSetUp(t *testing.T) {
	t.Parallel()
	r := newRoom(t) // the daemon runs meanwhile, as it should
	r.phone(time.Second, 0, phoneTone)
	p := &patient{cfg: r.cfg, dir: t.TempDir()}
	checks := p.doctor(t)
	if names := failedNames(checks); len(names) > 0 {
		for _, n := range names {
			t.Errorf("%s: %+v", n, checks[n])
		}
	}
	folder := filepath.Dir(r.cfg.Log.File)
	want := []string{"ARI rights", "Asterisk", "backup", "beginning of the log", "clock", "clock of the switch", "configuration", "dialplan", "duty log", "evidence key",
		"folder " + folder, "folder " + r.cfg.Archive.Folder, "folder " + r.cfg.Tape.Folder,
		"journal", "logins", "modules of the switch", "phone PJSIP/duty", "recording key", "recordings on the switch", "room on the disk", "roster", "structure of the log", "test calls 拨测", "trunk PJSIP/trunk"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(checks))); diff != "" {
		t.Errorf("what is looked at (-want +got):\n%s", diff)
	}
	if !strings.Contains(checks["dialplan"].Detail, r.sw.Settings.Recording()) {
		t.Errorf("dialplan: %+v", checks["dialplan"])
	}
	if strings.Contains(command1(t, "doctor", "--config", p.file), r.cfg.ARI.Password) {
		t.Error("doctor prints the password")
	}
	r.awaitReady(5 * time.Second) // and it did the running daemon no harm
}

// command1 runs a command whose success depends on the machine and gives what it prints.
func command1(t *testing.T, args ...string) string {
	t.Helper()
	out, _, err := command("", args...)
	if err != nil && !errors.Is(err, errDoctor) {
		t.Errorf("dutyline %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// faulty is the shipped configuration of Asterisk with one text replaced in each file.
func faulty(t *testing.T, from fs.FS, faults map[string][2]string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(from, "*.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(from, name)
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := faults[name]; ok {
			if !bytes.Contains(b, []byte(f[0])) {
				t.Fatalf("%s has no %q", name, f[0])
			}
			b = bytes.ReplaceAll(b, []byte(f[0]), []byte(f[1]))
		}
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

// wantFault insists that a check failed, and on words of what it found and of the remedy.
func wantFault(t *testing.T, checks map[string]telephony.Check, name, detail, remedy string) {
	t.Helper()
	c, ok := checks[name]
	if !ok || c.OK || !strings.Contains(c.Detail, detail) || !strings.Contains(c.Remedy, remedy) {
		t.Errorf("%s: found %+v, want a fault with %q and the remedy %q", name, c, detail, remedy)
	}
}

// A switch on which everything is set wrongly that can be: each is found, with its remedy.
func TestDoctorOnAFaultySwitch(t *testing.T) {
	t.Parallel()
	s := asterisktest.Settings(t)
	s.Templates = faulty(t, s.Templates, map[string][2]string{
		"ari.conf.tmpl":        {"read_only = no", "read_only = yes"},
		"extensions.conf.tmpl": {"DL_RECORDING = ", "DL_OTHER = "},
		"modules.conf.tmpl":    {"load = app_mixmonitor.so", "noload = app_mixmonitor.so"},
		"pjsip.conf.tmpl":      {"redirect_method = user", "redirect_method = uri_pjsip"},
	})
	p := newPatient(t).on(asterisktest.Start(t, s))
	p.cfg.Lines[0].Endpoints = []string{"PJSIP/duty", "PJSIP/nobody"}
	p.cfg.Lines[0].Trunks = []string{"PJSIP/trunk", "PJSIP/nowhere"}
	// writeConfig writes the usual names; here they are others.
	checks := map[string]telephony.Check{}
	for _, c := range checksOf(t, p) {
		checks[c.Name] = c
	}
	wantFault(t, checks, "ARI rights", "may only read", "read_only = no")
	wantFault(t, checks, "dialplan", "DL_RECORDING is not set", "dialplan reload")
	wantFault(t, checks, "modules of the switch", "app_mixmonitor.so", "modules.conf")
	wantFault(t, checks, "phone PJSIP/duty", "redirect_method_uri_pjsip", "redirect_method=user")
	wantFault(t, checks, "phone PJSIP/nobody", "endpoint_missing", "correct the line's endpoints")
	wantFault(t, checks, "trunk PJSIP/nowhere", "not known", "correct the line's trunks")
}

// checksOf looks at the switch with endpoints that the usual configuration file does not name.
func checksOf(t *testing.T, p *patient) []telephony.Check {
	t.Helper()
	file := writeConfig(t, p.cfg, "")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), "[PJSIP/duty]", "["+strings.Join(p.cfg.Lines[0].Endpoints, ", ")+"]")
	text = strings.ReplaceAll(text, "[PJSIP/trunk]", "["+strings.Join(p.cfg.Lines[0].Trunks, ", ")+"]")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return diagnose(ctx, file)
}

func TestDoctorOnAPhoneThatIsAwayAndAWrongPassword(t *testing.T) {
	t.Parallel()
	p := newPatient(t).on(asterisktest.Start(t, asterisktest.Settings(t)))
	wantFault(t, p.doctor(t), "phone PJSIP/duty", "no phone is registered", "switch the phone on")
	p.cfg.ARI.Password = "not-the-password"
	wantFault(t, p.doctor(t), "Asterisk", "user or password is wrong", "ari.conf")
}

// What can be wrong with the daemon's own folders, one at a time. No switch is there: that is
// found as well and hides nothing.
func TestDoctorOnTheDaemonsOwnFiles(t *testing.T) {
	fail := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name           string
		harm           func(t *testing.T, p *patient)
		check          func(p *patient) string
		detail, remedy string
	}{
		{"recordings without a duty log", func(t *testing.T, p *patient) {
			fail(t, errors.Join(os.Remove(p.cfg.Log.File), os.Mkdir(filepath.Join(p.cfg.Archive.Folder, "2026"), 0o700)))
		}, func(*patient) string { return "duty log" }, "is not there", "restore the last backup"},
		{"a folder in place of the duty log", func(t *testing.T, p *patient) {
			fail(t, errors.Join(os.Remove(p.cfg.Log.File), os.Mkdir(p.cfg.Log.File, 0o700)))
		}, func(*patient) string { return "duty log" }, "is no file", "move away"},
		{"a log that others can read", func(t *testing.T, p *patient) { fail(t, os.Chmod(p.cfg.Log.File, 0o644)) },
			func(*patient) string { return "duty log" }, "read by others", "chmod 600"},
		{"something else in place of the log", func(t *testing.T, p *patient) {
			fail(t, os.WriteFile(p.cfg.Log.File, bytes.Repeat([]byte("no database "), 1000), 0o600))
		}, func(*patient) string { return "duty log" }, "damaged or no duty log", "restore the last backup"},
		{"a damaged log", func(t *testing.T, p *patient) {
			f, err := os.OpenFile(p.cfg.Log.File, os.O_WRONLY, 0)
			fail(t, err)
			_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, 3*4096), 4096)
			fail(t, errors.Join(err, f.Close()))
		}, func(*patient) string { return "duty log" }, "damaged", "do not delete it"},
		{"an empty log", func(t *testing.T, p *patient) { fail(t, os.Truncate(p.cfg.Log.File, 0)) },
			func(*patient) string { return "duty log" }, "no duty log", "restore the last backup"},
		{"a file in place of the tape's folder", func(t *testing.T, p *patient) {
			fail(t, errors.Join(os.Remove(p.cfg.Tape.Folder), os.WriteFile(p.cfg.Tape.Folder, nil, 0o600)))
		}, func(p *patient) string { return "folder " + p.cfg.Tape.Folder }, "is a file", "move the file away"},
		{"a folder below a file", func(t *testing.T, p *patient) {
			p.cfg.Archive.Folder = filepath.Join(p.cfg.Log.File, "recordings")
		}, func(p *patient) string { return "folder " + p.cfg.Archive.Folder }, "not a directory", "what is in the way"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPatient(t)
			c.harm(t, p)
			checks := p.doctor(t)
			wantFault(t, checks, c.check(p), c.detail, c.remedy)
			wantFault(t, checks, "Asterisk", "no Asterisk answers", "start Asterisk")
			if len(failedNames(checks)) != 2 {
				t.Errorf("found also: %q", failedNames(checks))
			}
		})
	}
}

func TestDoctorOnAFolderThatCannotBeMade(t *testing.T) {
	closed := filepath.Join(t.TempDir(), "closed")
	if err := errors.Join(os.Mkdir(closed, 0o555), os.Chmod(filepath.Dir(filepath.Dir(closed)), 0o755)); err != nil {
		t.Fatal(err)
	}
	var c telephony.Check
	asNobody(t, func() { c = checkFolder(filepath.Join(closed, "dutyline", "recordings"), 1) })
	if c.OK || !strings.Contains(c.Detail, "cannot be made in "+closed) || !strings.Contains(c.Remedy, "sudo install -d -o dutyline") {
		t.Errorf("%+v", c)
	}
}

func TestDoctorOnADiskThatIsNearlyFull(t *testing.T) {
	if c := checkFolder(t.TempDir(), 1<<62); c.OK || !strings.Contains(c.Remedy, "larger disk") {
		t.Errorf("%+v", c)
	}
	if c := checkFolder(t.TempDir(), 1); !c.OK || c.Remedy != "" {
		t.Errorf("%+v", c)
	}
}

func TestDoctorBeforeTheFirstStart(t *testing.T) {
	p := newPatient(t)
	for _, file := range []string{p.cfg.Log.File, p.cfg.Archive.Folder, p.cfg.Tape.Folder} {
		if err := os.RemoveAll(file); err != nil {
			t.Fatal(err)
		}
	}
	checks := p.doctor(t)
	if names := failedNames(checks); len(names) != 1 || names[0] != "Asterisk" {
		t.Errorf("on a new site these fail: %q", names)
	}
	for name, words := range map[string]string{
		"duty log": "made at the first start", "folder " + p.cfg.Archive.Folder: "made at the first start",
		"logins": "no login can write the log", "roster": "no roster for today", "room on the disk": "are free",
	} {
		if !strings.Contains(checks[name].Detail, words) {
			t.Errorf("%s: %+v does not say %q", name, checks[name], words)
		}
	}
	var out bytes.Buffer
	if err := printChecks(&out, []telephony.Check{checks["roster"]}); err != nil || !strings.HasPrefix(out.String(), "WARN  roster") || !strings.Contains(out.String(), "→ import one") {
		t.Errorf("%v\n%s", err, out.String())
	}
	refused(t, "", "there is no key yet", "keys", "show", "--config", p.file)
}

func TestDoctorPrintsTheRemedyBelowTheFault(t *testing.T) {
	var out bytes.Buffer
	err := printChecks(&out, []telephony.Check{
		{Name: "good", OK: true, Detail: "fine", Remedy: "never shown"},
		{Name: "bad", Detail: "broken", Remedy: "mend it"},
	})
	want := "ok    good                         fine\nFAIL  bad                          broken\n      → mend it\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || !errors.Is(err, errDoctor) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if err := printChecks(&out, []telephony.Check{{Name: "good", OK: true}}); err != nil {
		t.Errorf("all is well, yet: %v", err)
	}
}

func TestDoctorOnAnUnknownKey(t *testing.T) {
	c := roomConfig(t.TempDir())
	c.ARI.User, c.ARI.Password = "dutyline", "some-password"
	out, _, err := command("", "doctor", "--config", writeConfig(t, c, "tapes: {days: 3}\n"))
	if !errors.Is(err, errDoctor) || !strings.Contains(out, "tapes: unknown key") || !strings.Contains(out, "→") {
		t.Errorf("%v\n%s", err, out)
	}
}

// asNobody runs something without root's rights, also where the tests run as root, who may
// write everywhere: on a thread of its own, whose effective user is changed.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	const nobody, same = 65534, ^uintptr(0)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	become := func(uid uintptr) {
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, same, uid, same); errno != 0 {
			t.Fatal(errno)
		}
	}
	become(nobody)
	defer become(0)
	do()
}
