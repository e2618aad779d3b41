package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

// command runs dutyline with this input and returns what it prints.
func command(input string, args ...string) (stdout, stderr string, err error) {
	root := newRootCommand()
	var out, errs bytes.Buffer
	root.SetArgs(args)
	root.SetIn(strings.NewReader(input))
	root.SetOut(&out)
	root.SetErr(&errs)
	err = root.ExecuteContext(context.Background())
	return out.String(), errs.String(), err
}

// works runs a command that has to work.
func works(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, errs, err := command(input, args...)
	if err != nil {
		t.Fatalf("dutyline %s: %v\n%s", strings.Join(args, " "), err, errs)
	}
	return out
}

// refused runs a command that has to fail with these words, and checks that the secrets
// typed in are in none of its output.
func refused(t *testing.T, input string, words string, args ...string) {
	t.Helper()
	out, errs, err := command(input, args...)
	if err == nil {
		t.Errorf("dutyline %s works:\n%s", strings.Join(args, " "), out)
	} else if !strings.Contains(err.Error(), words) {
		t.Errorf("dutyline %s: %q does not say %q", strings.Join(args, " "), err, words)
	}
	if secret := strings.TrimSpace(input); secret != "" && err != nil && strings.Contains(out+errs+err.Error(), secret) {
		t.Errorf("dutyline %s prints the password", strings.Join(args, " "))
	}
}

func openTestLog(t *testing.T, file string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(context.Background(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestUserFromTheFirstToTheLast(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	works(t, "correct horse\n", "user", "add", "boss", "--role", "admin", "--db", file)
	works(t, "battery staple", "user", "add", "zhangwei", "--name", "张伟", "--role", "officer", "--db", file)

	db := openTestLog(t, file) // the daemon runs beside it
	a, err := db.Account(t.Context(), "zhangwei")
	if err != nil || a.Name != "张伟" || a.Role != dutylog.Officer || !a.MustChange || !web.CheckPassword(a.PasswordHash, "battery staple") {
		t.Fatalf("%+v, %v", a, err)
	}
	if boss, err := db.Account(t.Context(), "boss"); err != nil || boss.Name != "boss" || !web.CheckPassword(boss.PasswordHash, "correct horse") {
		t.Errorf("%+v, %v", boss, err)
	}

	loggedIn := func() bool {
		_, found, err := db.Sessions().Find("token")
		return found && err == nil
	}
	logIn := func() {
		t.Helper()
		until := time.Now().Add(time.Hour)
		data, err := scs.GobCodec{}.Encode(until, map[string]any{dutylog.SessionLogin: "zhangwei"})
		if err == nil {
			err = db.Sessions().Commit("token", data, until)
		}
		if err != nil || !loggedIn() {
			t.Fatalf("cannot log in: %v", err)
		}
	}
	logIn()
	if err := db.SetPassword(t.Context(), "zhangwei", a.PasswordHash, false); err != nil {
		t.Fatal(err)
	}
	works(t, "another secret\r\n", "user", "passwd", "zhangwei", "--db", file)
	if loggedIn() {
		t.Error("whoever knew the old password is still logged in")
	}
	if a, err = db.Account(t.Context(), "zhangwei"); err != nil || !a.MustChange || !web.CheckPassword(a.PasswordHash, "another secret") {
		t.Errorf("%+v, %v", a, err)
	}

	logIn()
	if out := works(t, "", "user", "disable", "zhangwei", "--db", file); loggedIn() || !strings.Contains(out, "zhangwei is disabled and logged out") {
		t.Errorf("%q", out)
	}
	out := works(t, "", "user", "list", "--db", file)
	for _, line := range []string{`(?m)^boss +admin +must change the password +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00 +boss$`, `(?m)^zhangwei +officer +disabled +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00 +张伟$`} {
		if !regexp.MustCompile(line).MatchString(out) {
			t.Errorf("no line like %s in\n%s", line, out)
		}
	}
	refused(t, "", "this is the last enabled administrator: add another one first", "user", "disable", "boss", "--db", file)
}

func TestADisabledLoginIsEnabledAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	works(t, "correct horse\n", "user", "add", "boss", "--role", "admin", "--db", file)
	works(t, "battery staple\n", "user", "add", "zhangwei", "--role", "officer", "--db", file)
	works(t, "", "user", "disable", "zhangwei", "--db", file)
	for range 2 { // twice does no harm
		out := works(t, "", "user", "enable", "zhangwei", "--db", file)
		if !strings.Contains(out, "zhangwei is enabled and can log in with its old password") {
			t.Errorf("%q", out)
		}
	}
	a, err := openTestLog(t, file).Account(t.Context(), "zhangwei")
	if err != nil || a.Disabled || !a.MustChange || !web.CheckPassword(a.PasswordHash, "battery staple") {
		t.Errorf("%+v, %v", a, err)
	}
	if out := works(t, "", "user", "list", "--db", file); strings.Contains(out, "disabled") {
		t.Errorf("still disabled:\n%s", out)
	}
}

func TestAMadePasswordIsPrintedOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	for _, args := range [][]string{
		{"user", "add", "zhangwei", "--role", "officer", "--generate", "--db", file},
		{"user", "passwd", "zhangwei", "--generate", "--db", file},
	} {
		out, errs, err := command("", args...)
		login, password, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(out, "password of ")), ": ")
		if err != nil || login != "zhangwei" || len(password) < 20 || strings.Contains(errs, password) {
			t.Fatalf("%q, %q, %v", out, errs, err)
		}
		a, err := openTestLog(t, file).Account(t.Context(), "zhangwei")
		if err != nil || !web.CheckPassword(a.PasswordHash, password) {
			t.Errorf("the printed password does not open the login: %v", err)
		}
	}
	if out := works(t, "", "user", "list", "--db", file); strings.Contains(out, "argon2id") {
		t.Errorf("a list shows hashes:\n%s", out)
	}
}

func TestUserRefusals(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "log.db")
	works(t, "correct horse\n", "user", "add", "boss", "--role", "admin", "--db", file)
	add := func(login, role string) []string {
		return []string{"user", "add", login, "--role", role, "--db", file}
	}
	refused(t, "correct horse\n", `"king" is none: use officer, chief, leader, supervisor, auditor, admin or reader`, add("x", "king")...)
	refused(t, "correct horse\n", "1 to 64 letters", add("two words", "officer")...)
	refused(t, "correct horse\n", "the daemon itself", add("system", "admin")...)
	refused(t, "correct horse\n", `login "boss" is there already`, add("boss", "officer")...)
	refused(t, "correct horse\n", `login "BOSS" is there already`, add("BOSS", "officer")...)
	refused(t, "七个字不够长\n", "at least 8", add("x", "officer")...)
	refused(t, "Password1\n", "take a few words that do not belong together, or let --generate make one", add("x", "officer")...)
	refused(t, "Zhang-Wei\n", "is the login name", add("zhang-wei", "officer")...)
	refused(t, "87654321\n", "a common password", "user", "passwd", "boss", "--db", file)
	refused(t, "", "no password was given", add("x", "officer")...)
	refused(t, "", `required flag(s) "role"`, "user", "add", "x", "--db", file)
	refused(t, "", "write dutyline user add LOGIN", "user", "add", "x", "secret", "--role", "officer", "--db", file)
	refused(t, "correct horse\n", `login "x": not in the duty log`, "user", "passwd", "x", "--db", file)
	refused(t, "", `login "x": not in the duty log`, "user", "disable", "x", "--db", file)
	refused(t, "", `login "x": not in the duty log`, "user", "enable", "x", "--db", file)
	refused(t, "", "--config FILE", "user", "list")
	refused(t, "", "none of the others can be", "user", "list", "--db", file, "--config", file)
	refused(t, "", "does not exist", "user", "list", "--config", filepath.Join(folder, "none.yaml"))

	if _, errs, err := command("correct horse\n", "user", "add", "wang", "--name", "王伟", "--role", "admin", "--db", file); err != nil ||
		!strings.Contains(errs, "login wang (admin, 王伟) added; the first login changes the password") {
		t.Errorf("%v: %s", err, errs)
	}
	for login, name := range map[string]string{"wang2": "王　伟", "wang3": "王伟民"} {
		if _, errs, err := command("correct horse\n", "user", "add", login, "--name", name, "--role", "officer", "--db", file); err != nil ||
			strings.Contains(errs, "login wang has the same name") != (login == "wang2") {
			t.Errorf("%s: %v: %s", login, err, errs)
		}
	}
	fresh := filepath.Join(folder, "fresh.db")
	refused(t, "short\n", "at least 8", "user", "add", "x", "--role", "officer", "--db", fresh)
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a refused password left a new log")
	}
	refused(t, "correct horse\n", "there is no folder", "user", "add", "x", "--role", "officer", "--db", filepath.Join(folder, "no", "log.db"))

	none := filepath.Join(folder, "misspelt.db")
	refused(t, "", "there is no duty log", "user", "list", "--db", none)
	if _, err := os.Stat(none); err == nil {
		t.Error("listing a misspelt log made one")
	}
}

func TestPasswordsAreNoArguments(t *testing.T) {
	for _, sub := range newUserCommand().Commands() {
		for _, name := range []string{"password", "pass", "pw", "secret"} {
			if sub.Flags().Lookup(name) != nil {
				t.Errorf("user %s takes a password as --%s, which others can see", sub.Name(), name)
			}
		}
	}
}

func TestUserReadsTheDaemonsConfiguration(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "log.db")
	yaml, err := os.ReadFile("../../deploy/dutyline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(yaml), "/var/lib/dutyline", folder)
	config := filepath.Join(folder, "dutyline.yaml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	works(t, "correct horse\n", "user", "add", "boss", "--role", "admin", "--config", config)
	if out := works(t, "", "user", "list", "--db", file); !strings.Contains(out, "boss") {
		t.Errorf("the log that the configuration names has no boss:\n%s", out)
	}
}

// A reading account is made with the unit to which it is limited, and the list says so.
func TestAReadingAccountIsMadeForAUnit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	refused(t, "correct horse\n", "a reading account sees the entries of one unit", "user", "add", "shenhe", "--role", "reader", "--db", file)
	refused(t, "correct horse\n", "only a reading account", "user", "add", "li", "--role", "officer", "--unit", "沈河区应急局", "--db", file)
	if _, err := os.Stat(file); err == nil {
		t.Error("a log was made for a login that is refused")
	}
	works(t, "correct horse\n", "user", "add", "shenhe", "--name", "沈河区", "--role", "reader", "--unit", "沈河区应急局", "--db", file)
	works(t, "correct horse\n", "user", "add", "li", "--name", "李娜", "--role", "officer", "--db", file)
	a, err := openTestLog(t, file).Account(t.Context(), "shenhe")
	if err != nil || a.Role != dutylog.Reader || a.Unit != "沈河区应急局" {
		t.Errorf("%+v, %v", a, err)
	}
	list := works(t, "", "user", "list", "--db", file)
	if !strings.Contains(list, "沈河区 (沈河区应急局)") || strings.Contains(list, "李娜 (") {
		t.Errorf("%s", list)
	}
}
