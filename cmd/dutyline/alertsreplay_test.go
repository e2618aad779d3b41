package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// trial is a configuration with a rule file in force, a changed one, and a duty log.
type trial struct {
	t       *testing.T
	config  string
	rules   string // in force
	changed string
	log     string
}

func newTrial(t *testing.T, inForce, changed string) *trial {
	t.Helper()
	dir := t.TempDir()
	c := &trial{t: t, rules: filepath.Join(dir, "rules.yaml"), changed: filepath.Join(dir, "changed.yaml"), log: filepath.Join(dir, "log.db")}
	cfg := roomConfig(dir)
	c.config = writeConfig(t, cfg, "alerts: {rules: "+c.rules+"}\n")
	for file, text := range map[string]string{c.rules: inForce, c.changed: changed} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// wants runs the command and compares its status and what it printed.
func (c *trial) wants(code int, want string, args ...string) {
	c.t.Helper()
	out, errs, err := command("", append([]string{"alerts", "test", c.changed, "--config", c.config}, args...)...)
	got := 0
	var coded codedError
	if errors.As(err, &coded) {
		got = coded.code
	} else if err != nil {
		got = -1
	}
	if got != code {
		c.t.Errorf("status %d, want %d: %v\n%s", got, code, err, errs)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(strings.TrimSpace(out), "\n")); diff != "" {
		c.t.Errorf("(-want +printed):\n%s", diff)
	}
}

// fill writes calls into the duty log, and a directory.
func (c *trial) fill(calls ...telephony.Call) {
	c.t.Helper()
	db, err := sqlite.Open(c.t.Context(), c.log, sqlite.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	var changes []telephony.Change
	for i := range calls {
		changes = append(changes, telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: calls[i].EndedAt, Call: &calls[i]})
	}
	if err := db.Record(c.t.Context(), changes); err != nil {
		c.t.Fatal(err)
	}
	if err := db.ReplaceDirectory(c.t.Context(), []dutylog.Contact{{Unit: "沈河区应急局", Numbers: []dutylog.ContactPhone{{Kind: dutylog.NumberMobile, Number: telephony.ParseNumber("13800003333", "024")}}}}, dutylog.SystemActor()); err != nil {
		c.t.Fatal(err)
	}
}

// placedTo is a call from the duty phone, answered after two seconds.
func placedTo(id, number, at string, lasts time.Duration) telephony.Call {
	begun, err := time.ParseInLocation("2006-01-02 15:04", at, time.FixedZone("CST", 8*3600))
	if err != nil {
		panic(err)
	}
	begun = begun.UTC()
	return telephony.Call{ID: id, Line: "duty", Direction: telephony.Outbound, Called: telephony.ParseNumber(number, "024"), OfferedAt: begun,
		AnsweredAt: begun.Add(2 * time.Second), EndedAt: begun.Add(lasts), Outcome: telephony.PlacedAnswered, Reason: telephony.ReasonFarAnswered}
}

const nightly = "misuse: {numbers: [], odd_hours: [\"22:00-06:00\"], longest: {out: 30m}}\n"

func TestATrialSaysWhatChangedRulesWouldTellOfTheLog(t *testing.T) {
	c := newTrial(t, nightly, `
misuse:
  numbers: [{starts: "168", digits: 8, means: premium}]
  longest: {out: 10m}
policy: [{reason: misuse_duration, severity: critical}]
`)
	c.fill(
		placedTo("1.0", "16899999", "2026-11-20 14:00", 20*time.Second),
		placedTo("2.0", "13800001111", "2026-11-20 23:00", 20*time.Second),
		placedTo("3.0", "13800001111", "2026-11-21 10:00", 15*time.Minute),
		placedTo("4.0", "13800001111", "2026-11-21 11:00", time.Hour),
		placedTo("5.0", "13800003333", "2026-11-21 23:00", time.Hour), // in the directory
		placedTo("6.0", "16899999", "2026-11-25 14:00", 20*time.Second),
	)
	c.wants(1, `+ 2026-11-20 14:00:00 duty misuse_number/premium certain warning 16899999
- 2026-11-20 23:00:00 duty misuse_number/odd_hours informative info 13800001111
+ 2026-11-21 10:10:00 duty misuse_duration certain critical 13800001111
~ 2026-11-21 11:10:00 duty misuse_duration certain critical 13800001111 (was misuse_duration certain warning)
0 alerts as before, 2 more, 1 no more, 1 otherwise`, "--from", "2026-11-20", "--to", "2026-11-24")
	c.wants(1, `+ 2026-11-25 14:00:00 duty misuse_number/premium certain warning 16899999
0 alerts as before, 1 more, 0 no more, 0 otherwise`, "--from", "2026-11-25", "--to", "2026-11-25")
	c.wants(0, "0 alerts as before, 0 more, 0 no more, 0 otherwise", "--from", "2026-11-01", "--to", "2026-11-19")
}

// What was told of the log by the tracker's own words is told again: rings and outcomes.
func TestATrialTellsRingsAndOutcomesAgain(t *testing.T) {
	c := newTrial(t, "", "policy: [{reason: missed, is: ignored}, {reason: limit_passed, severity: warning}]")
	missed := endedCall("7.0")
	missed.AnsweredAt, missed.Outcome, missed.Reason = time.Time{}, telephony.Missed, telephony.ReasonCallerLeftLate
	missed.RangUntil, missed.EndedAt = missed.RangAt.Add(8*time.Second), missed.RangAt.Add(8*time.Second)
	c.fill(missed, endedCall("8.0"))
	c.wants(1, `~ 2026-11-23 12:18:00 duty limit_passed certain warning (was limit_passed certain critical)
- 2026-11-23 12:18:07 duty missed certain critical
2 alerts as before, 0 more, 1 no more, 1 otherwise`, "--from", "2026-11-23", "--to", "2026-11-23")
}

// What the daemon found afterwards in the switch's journal it told, but not that it rings.
func TestATrialAgreesWithWhatWasFoundAfterwards(t *testing.T) {
	c := newTrial(t, "", "policy: [{reason: missed, is: ignored}]")
	missed := endedCall("7.0")
	missed.AnsweredAt, missed.Outcome, missed.Reason = time.Time{}, telephony.Missed, telephony.ReasonCallerLeftLate
	missed.RangUntil, missed.EndedAt, missed.SettledBy = missed.RangAt.Add(8*time.Second), missed.RangAt.Add(8*time.Second), telephony.SettledByJournal // the room's limit is one second
	down := telephony.Interval{Kind: telephony.LiveDown, From: missed.RangAt.Add(900 * time.Millisecond), To: missed.RangAt.Add(time.Hour), Cause: "killed"}
	db, err := sqlite.Open(t.Context(), c.log, sqlite.Options{})
	if err == nil {
		err = errors.Join(db.RecordAndTell(t.Context(), []telephony.Change{{Kind: telephony.IntervalSeen, Interval: &down},
			{Kind: telephony.CallSettled, Line: "duty", At: missed.EndedAt, Call: &missed}}, alerts.Rules{}.Judge), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	c.wants(1, `- 2026-11-23 12:18:07 duty missed certain critical
0 alerts as before, 0 more, 1 no more, 0 otherwise`, "--from", "2026-11-23", "--to", "2026-11-23")
}

func TestATrialReplaysATape(t *testing.T) {
	c := newTrial(t, "", "policy: [{reason: phone_redirect, to: [\"13800001111\"], is: demanded}]")
	trace := func(name string) string { return "../../telephony/testdata/traces/" + name + ".jsonl" }
	c.wants(1, `~ 2026-11-23 20:21:15 duty phone_redirect/demanded informative info 13800001111 (was phone_redirect certain critical)
0 alerts as before, 0 more, 0 no more, 1 otherwise`, "--tape", trace("05_302_user"))
	c.wants(0, "3 alerts as before, 0 more, 0 no more, 0 otherwise", "--tape", trace("03_busy_486"), "--tape", trace("01_answered_caller_hangup"))
}

// Where the answer is not known it is said, with a status of its own.
func TestATrialThatCannotTell(t *testing.T) {
	c := newTrial(t, nightly, "misuse:\n  nevr: []")
	_, _, err := command("", "alerts", "test", c.changed, "--config", c.config)
	if coded := new(codedError); !errors.As(err, coded) || coded.code != exitCannotTell || !strings.Contains(err.Error(), `changed.yaml:2: unknown word "nevr"`) {
		t.Errorf("a mistake in the file: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "sealed.age")
	if err := os.WriteFile(empty, []byte("age-encryption.org/v1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for words, args := range map[string][]string{
		"there is no duty log":           {c.rules, "--config", c.config},
		"no event on it":                 {c.rules, "--config", c.config, "--tape", empty},
		"read a tape":                    {c.rules, "--config", c.config, "--tape", empty + ".none"},
		"does not exist: name the right": {c.rules + ".none", "--config", c.config},
	} {
		_, _, err := command("", append([]string{"alerts", "test"}, args...)...)
		if coded := new(codedError); !errors.As(err, coded) || coded.code != exitCannotTell || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
	c.fill()
	for words, args := range map[string][]string{
		`"yesterday" is no day`: {"--from", "yesterday"},
		"is after --to":         {"--from", "2026-11-03", "--to", "2026-11-01"},
	} {
		_, _, err := command("", append([]string{"alerts", "test", c.rules, "--config", c.config}, args...)...)
		if coded := new(codedError); !errors.As(err, coded) || coded.code != exitCannotTell || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// The rules that are printed are the rules in force where none are named.
func TestTheRulesThatArePrintedChangeNothing(t *testing.T) {
	c := newTrial(t, "", works(t, "", "alerts", "rules"))
	c.config = writeConfig(t, roomConfig(filepath.Dir(c.log)), "")
	c.fill(placedTo("1.0", "16899999", "2026-11-20 14:00", time.Hour), placedTo("2.0", "110", "2026-11-20 03:00", time.Minute))
	c.wants(0, "2 alerts as before, 0 more, 0 no more, 0 otherwise", "--from", "2026-11-20", "--to", "2026-11-20")
}
