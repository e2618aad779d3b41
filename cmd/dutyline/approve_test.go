package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

const twoPassword = "Duban-2739"

// twoHash is slow on purpose; one hash serves both persons.
var twoHash = sync.OnceValue(func() string { return web.HashPassword(twoPassword) })

// twoPeople adds a supervisor and a duty leader, who have changed their passwords.
func twoPeople(t *testing.T, file string) {
	t.Helper()
	db := openTestLog(t, file)
	for _, a := range []dutylog.Account{{Login: "sun", Name: "孙督查", Role: dutylog.Supervisor}, {Login: "chen", Name: "陈刚", Role: dutylog.Leader}} {
		a.PasswordHash = twoHash()
		if err := db.AddAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

var requestNumber = regexp.MustCompile(`as request (\d+)`)

// asked lets sun ask with a command, and gives the request's number.
func asked(t *testing.T, args ...string) string {
	t.Helper()
	out := works(t, twoPassword+"\n", append(args, "--by", "sun")...)
	found := requestNumber.FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no request: %s", out)
	}
	return found[1]
}

// approved lets chen approve what sun asked for with a command.
func approved(t *testing.T, file string, args ...string) string {
	t.Helper()
	n := asked(t, append(args, "--config", file)...)
	works(t, twoPassword+"\n", "approve", n, "--by", "chen", "--config", file)
	return n
}

// erased is an erasure by two persons, from asking to the end.
func erased(t *testing.T, file, entry, reason string, fields ...string) string {
	t.Helper()
	args := []string{"erase", entry, "--reason", reason}
	for _, f := range fields {
		args = append(args, "--field", f)
	}
	return works(t, "", "erase", "--request", approved(t, file, args...), "--config", file)
}

// approvalRoom is a log with an entry that somebody wrote, and two people.
func approvalRoom(t *testing.T) (s *vault, file string) {
	t.Helper()
	s = newVault(t)
	sealInto(t, s.db, s.cfg, s.keys, endedCall("1.0"))
	twoPeople(t, s.cfg.Log.File)
	return s, writeConfig(t, s.cfg, "")
}

// An erasure takes two persons, each with their own password; until the second one nothing happens.
func TestAnErasureTakesTwoPersons(t *testing.T) {
	s, file := approvalRoom(t)
	refused(t, "", "no password was given", "erase", "e-1.0", "--reason", "误录", "--by", "sun", "--config", file)
	refused(t, "wrong password\n", "the password is wrong", "erase", "e-1.0", "--reason", "误录", "--by", "sun", "--config", file)
	n := asked(t, "erase", "2026-000001", "--reason", "误录", "--config", file)
	refused(t, "", "waits for a second person", "erase", "--request", n, "--config", file)
	refused(t, twoPassword+"\n", "who asked for it cannot decide it", "approve", n, "--by", "sun", "--config", file)
	refused(t, twoPassword+"\n", "was asked for already", "erase", "e-1.0", "--reason", "误录", "--by", "chen", "--config", file)
	refused(t, "wrong password\n", "the password is wrong", "approve", n, "--by", "chen", "--config", file)
	refused(t, twoPassword+"\n", "--by nobody", "approve", n, "--by", "nobody", "--config", file)
	if e, err := s.db.Entry(t.Context(), "e-1.0"); err != nil || len(e.Erased) != 0 {
		t.Fatalf("before the second person: %+v, %v", e.Erased, err)
	}
	out := works(t, twoPassword+"\n", "approve", n, "--by", "chen", "--note", "同意", "--config", file)
	if !strings.Contains(out, "is approved") || !strings.Contains(out, "dutyline erase --request "+n) {
		t.Errorf("%s", out)
	}
	if out := works(t, "", "erase", "--request", n, "--config", file); !strings.Contains(out, "by decision 1") {
		t.Errorf("%s", out)
	}
	refused(t, "", "was carried out already", "erase", "--request", n, "--config", file)
	refused(t, twoPassword+"\n", "was decided already, by 陈刚", "approve", n, "--by", "chen", "--config", file)
	e, err := s.db.Entry(t.Context(), "e-1.0")
	if err != nil || len(e.Erased) != 1 || e.WrittenBy != "sun" {
		t.Errorf("%+v, %v", e, err)
	}
	a, err := s.db.Approval(t.Context(), 1)
	if err != nil || a.By.Name != "孙督查" || a.DecidedBy.Name != "陈刚" || a.Note != "同意" || a.Outcome != "1" || a.State(time.Now()) != dutylog.CarriedOut {
		t.Errorf("%+v, %v", a, err)
	}
}

// What was declined is not carried out, and can be asked for again.
func TestWhatWasDeclinedIsNotErased(t *testing.T) {
	_, file := approvalRoom(t)
	n := asked(t, "erase", "e-1.0", "--reason", "误录", "--field", "content", "--config", file)
	if out := works(t, twoPassword+"\n", "approve", n, "--by", "chen", "--decline", "--config", file); !strings.Contains(out, "is declined") || strings.Contains(out, "carry it out") {
		t.Errorf("%s", out)
	}
	refused(t, "", "was declined by 陈刚", "erase", "--request", n, "--config", file)
	if again := asked(t, "erase", "e-1.0", "--reason", "误录", "--field", "content", "--config", file); again == n {
		t.Errorf("the same request again")
	}
}

// A hold is released by the second person at once.
func TestAHoldIsReleasedByTwoPersons(t *testing.T) {
	s, file := approvalRoom(t)
	works(t, "", "hold", "e-1.0", "--reason", "诉讼保全", "--config", file)
	refused(t, "", "name who asks with --by", "hold", "e-1.0", "--release", "--reason", "结案", "--config", file)
	n := asked(t, "hold", "e-1.0", "--release", "--reason", "结案", "--config", file)
	held := func() bool {
		e, err := s.db.Entry(t.Context(), "e-1.0")
		if err != nil {
			t.Fatal(err)
		}
		return e.Hold != nil
	}
	if !held() {
		t.Error("one person released it")
	}
	refused(t, "", "waits for a second person", "erase", "--request", n, "--config", file)
	works(t, twoPassword+"\n", "approve", n, "--by", "chen", "--config", file)
	if held() {
		t.Error("two persons did not release it")
	}
	refused(t, twoPassword+"\n", "is not held", "hold", "e-1.0", "--release", "--reason", "x", "--by", "sun", "--config", file)
}

// Who may ask and who may decide is a matter of the role, at the machine as on the page.
func TestRolesOfTheTwoPersonsAtTheMachine(t *testing.T) {
	s, file := approvalRoom(t)
	for login, role := range map[string]dutylog.Role{"wang": dutylog.Officer, "he": dutylog.Auditor, "root": dutylog.Admin} {
		if err := s.db.AddAccount(t.Context(), dutylog.Account{Login: login, Name: login + "某", Role: role, PasswordHash: twoHash()}); err != nil {
			t.Fatal(err)
		}
	}
	for _, login := range []string{"wang", "he"} {
		refused(t, twoPassword+"\n", "is asked for by a supervisor", "erase", "e-1.0", "--reason", "误录", "--by", login, "--config", file)
	}
	out := works(t, twoPassword+"\n", "erase", "e-1.0", "--reason", "误录", "--by", "root", "--config", file)
	n := requestNumber.FindStringSubmatch(out)[1]
	for _, login := range []string{"wang", "he", "root"} {
		refused(t, twoPassword+"\n", "is decided by a supervisor", "approve", n, "--by", login, "--config", file)
	}
	if err := s.db.SetPassword(t.Context(), "chen", twoHash(), true); err != nil {
		t.Fatal(err)
	}
	refused(t, twoPassword+"\n", "was given by somebody else", "approve", n, "--by", "chen", "--config", file)
	if err := s.db.DisableAccount(t.Context(), "sun"); err != nil {
		t.Fatal(err)
	}
	refused(t, twoPassword+"\n", "the login is disabled", "approve", n, "--by", "sun", "--config", file)
	for _, bad := range []string{"x", "0", "-1", ""} {
		refused(t, "", "", "approve", bad, "--by", "chen", "--config", file)
	}
	refused(t, twoPassword+"\n", "99", "approve", "99", "--by", "wang", "--config", file)
	refused(t, "", "request 99", "erase", "--request", "99", "--config", file)
	refused(t, "", "name the entry, --reason and --by", "erase", "e-1.0", "--config", file)
	refused(t, "", "name the entry, --reason and --by", "erase", "--reason", "x", "--by", "sun", "--config", file)
}

// All of it is proved: verify finds what is changed behind the log's back.
func TestVerifyCoversTheTwoPersons(t *testing.T) {
	r := newProofRoom(t)
	twoPeople(t, r.cfg.Log.File)
	erased(t, r.file, "2026-000001", "误录", "content")
	r.sign()
	answers(t, 0, []string{"verify: intact"}, "--config", r.file)
	dir := filepath.Join(t.TempDir(), "exhibit")
	r.works("exhibit", "2026-000001", dir)
	answers(t, 0, []string{"verify: intact"}, "--exhibit", dir)
	r.withLog(func(db *sqlite.DB) {
		list, _, err := db.Approvals(t.Context(), dutylog.ApprovalQuery{EntryID: "e-" + r.call})
		if err != nil || len(list) != 1 || list[0].DecidedBy.Login != "chen" {
			t.Errorf("%+v, %v", list, err)
		}
		for _, k := range []audit.Kind{audit.Approval, audit.ApprovalStep} {
			if k.Changes() {
				t.Errorf("%s changes in the course of things", k)
			}
		}
	})
}
