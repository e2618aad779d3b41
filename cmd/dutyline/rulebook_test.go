package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// library is a rule file beside a real duty log.
type library struct {
	t   *testing.T
	cfg config.Config
	log *sqlite.DB
	now time.Time
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	dir := t.TempDir()
	l := &library{t: t, cfg: roomConfig(dir), now: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)}
	l.cfg.Alerts.Rules = filepath.Join(dir, "rules.yaml")
	var err error
	if l.log, err = sqlite.Open(t.Context(), l.cfg.Log.File, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.log.Close() })
	return l
}

func (l *library) open() *ruleBook {
	return newRuleBook(l.cfg, l.log, func() time.Time { return l.now }, slog.New(slog.DiscardHandler))
}

func (l *library) write(text string) {
	l.t.Helper()
	if err := os.WriteFile(l.cfg.Alerts.Rules, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// told is what a call to 16899999 raises.
func (l *library) told(b *ruleBook) (reasons string) {
	l.t.Helper()
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	list, err := b.Judge(telephony.Change{Kind: telephony.CallOffered, Line: "duty", At: at,
		Call: &telephony.Call{ID: "1.0", Line: "duty", Direction: telephony.Outbound, OfferedAt: at, Called: telephony.ParseNumber("16899999", "024")}}, logView{l.t.Context(), l.log})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, a := range list {
		reasons += a.Rule + " "
	}
	return strings.TrimSpace(reasons)
}

// standing are the open alerts.
func (l *library) standing() (details []string) {
	l.t.Helper()
	list, _, err := l.log.Alerts(l.t.Context(), alerts.Query{States: []alerts.State{alerts.Open}})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, a := range list {
		details = append(details, string(a.Reason)+": "+a.Detail)
	}
	return details
}

const onlyCalls168 = "misuse:\n  numbers: [{starts: \"168\", digits: 8, means: other}]\n"

func TestAChangedRuleFileIsTakenUpAndABadOneRefused(t *testing.T) {
	l := newLibrary(t)
	l.write(onlyCalls168)
	b := l.open()
	if got := l.told(b); got != "misuse_number/other" || b.Fault() != nil {
		t.Fatalf("%q, %v", got, b.Fault())
	}
	l.write("misuse: {nevr: []}")
	b.rules.look(t.Context())
	if got := l.told(b); got != "misuse_number/other" || b.Fault() == nil || !strings.Contains(b.Fault().Error(), `rules.yaml:1: unknown word "nevr"`) {
		t.Errorf("the last good rules do not go on: %q, %v", got, b.Fault())
	}
	if got := l.standing(); len(got) != 1 || !strings.HasPrefix(got[0], "rules_refused: ") || !strings.Contains(got[0], "nevr") {
		t.Errorf("the page says %q", got)
	}
	if check := checkRules(l.cfg); check.OK || !strings.Contains(check.Detail, "nevr") {
		t.Errorf("doctor says %+v", check)
	}
	if got := l.told(l.open()); got != "misuse_number/other" { // started again with the bad file
		t.Errorf("after a restart the last good rules do not go on: %q", got)
	}
	if err := os.Remove(l.cfg.Alerts.Rules); err != nil {
		t.Fatal(err)
	}
	b.rules.look(t.Context())
	if got := l.told(b); got != "misuse_number/other" {
		t.Errorf("without the file: %q", got)
	}
	l.write("policy: [{reason: misuse_number, is: ignored}]\n" + onlyCalls168)
	b.rules.look(t.Context())
	if got := l.told(b); got != "" || b.Fault() != nil || len(l.standing()) != 0 {
		t.Errorf("the changed rules: %q, %v, %q", got, b.Fault(), l.standing())
	}
}

// A daemon whose rule file was never good watches by the shipped rules.
func TestWithoutAnyGoodRulesTheShippedOnesHold(t *testing.T) {
	l := newLibrary(t)
	l.write("nonsense")
	if got := l.told(l.open()); got != "misuse_number/premium" {
		t.Errorf("told %q", got)
	}
}

// A call that takes too long is told while it runs, once, also of a call that ran at the start.
func TestACallThatTakesTooLongIsToldWhileItRuns(t *testing.T) {
	l := newLibrary(t)
	l.write("misuse: {never: [\"119\"], longest: {out: 10m, in: 20m}}")
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	runs := func(id string, direction telephony.Direction, number string) telephony.Call {
		c := telephony.Call{ID: id, Line: "duty", Direction: direction, OfferedAt: at}
		if c.Direction == telephony.Outbound {
			c.Called = telephony.ParseNumber(number, "024")
		} else {
			c.Caller, c.AnsweredAt = telephony.ParseNumber(number, "024"), at.Add(time.Minute)
		}
		return c
	}
	b := l.open()
	b.resume([]telephony.Call{runs("1.0", telephony.Outbound, "13900001111")})
	for _, c := range []telephony.Call{runs("2.0", telephony.Inbound, "13900002222"), runs("3.0", telephony.Outbound, "119"), runs("4.0", telephony.Outbound, "13900003333")} {
		if _, err := b.Judge(telephony.Change{Kind: telephony.CallAnswered, Line: "duty", At: at, Call: &c}, logView{t.Context(), l.log}); err != nil {
			t.Fatal(err)
		}
	}
	over := runs("4.0", telephony.Outbound, "13900003333")
	over.EndedAt = at.Add(9 * time.Minute)
	if _, err := b.Judge(telephony.Change{Kind: telephony.CallEnded, Line: "duty", At: over.EndedAt, Call: &over}, logView{t.Context(), l.log}); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration][]string{
		9*time.Minute + 59*time.Second: nil,
		10 * time.Minute:               {"misuse_duration: 13900001111"},
		20 * time.Minute:               {"misuse_duration: 13900001111"},
		21 * time.Minute:               {"misuse_duration: 13900002222", "misuse_duration: 13900001111"},
		12 * time.Hour:                 {"misuse_duration: 13900002222", "misuse_duration: 13900001111"},
	} {
		other := newLibrary(t)
		other.cfg.Alerts.Rules = "" // the rules in force are given below
		fresh := newRuleBook(other.cfg, other.log, b.rules.now, b.rules.logger)
		fresh.running = b.running
		fresh.rules.inForce.Store(b.inForce())
		for range 2 { // told once, however often it is looked at
			fresh.overdue(t.Context(), at.Add(after))
		}
		if got := other.standing(); !slices.Equal(got, want) {
			t.Errorf("after %s: %q, want %q", after, got, want)
		}
	}
}

// What no change of a line tells is weighed by the policy, too, at the hour at which it is told: what
// is ignored in working hours and still stands after them is told then.
func TestThePolicyHoldsForTheLinesHealthToo(t *testing.T) {
	l := newLibrary(t)
	l.write("policy:\n  - {reason: silent_line, hours: \"08:00-18:00\", is: ignored}\n  - {reason: test_busy, is: demanded}\n")
	b := l.open()
	if err := b.Fault(); err != nil {
		t.Fatal(err)
	}
	raise := func(reason alerts.Reason) error {
		return b.Raise(t.Context(), alerts.Alert{Key: string(reason) + "/duty", Rule: string(reason), Reason: reason, Certainty: alerts.Weak, Severity: alerts.Warning, Line: "duty", At: l.now.Add(-time.Minute)})
	}
	if err := raise(alerts.ReasonSilentLine); !errors.Is(err, errIgnored) || len(l.standing()) != 0 { // it is noon there
		t.Errorf("in the hours in which it is ignored: %v, %v", err, l.standing())
	}
	l.now = l.now.Add(6 * time.Hour)
	if err := errors.Join(raise(alerts.ReasonSilentLine), raise(alerts.ReasonTestBusy)); err != nil {
		t.Error(err)
	}
	list, _, err := l.log.Alerts(t.Context(), alerts.Query{})
	if err != nil || len(list) != 2 || list[0].Severity != alerts.Info || list[0].Rule != "test_busy/demanded" || list[1].Severity != alerts.Warning {
		t.Errorf("after them: %+v, %v", list, err)
	}
}

// Whose getting a report stops its clock is taken from the rule file for each incident that is opened; a mistake in the
// file changes nothing.
func TestTheRecipientThatStopsAClockIsARule(t *testing.T) {
	l := newLibrary(t)
	l.write("incidents: {stops_clock: government}\n")
	b := l.open()
	schedule := scheduleOf(l.cfg, b)
	for _, text := range []string{"incidents: {stops_clock: government}\n", "incidents: {stops_clock: mayor}\n"} {
		l.write(text)
		b.rules.look(t.Context())
		if got := schedule(); got.StopsClock != "government" || got.Check() != nil || got.First != l.cfg.Incidents.Schedule().First {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if b.Fault() == nil || !strings.Contains(b.Fault().Error(), "unknown recipient") {
		t.Errorf("%v", b.Fault())
	}
	l.write("policy: []\n")
	b.rules.look(t.Context())
	if got := schedule().StopsClock; got != "superior_bureau" {
		t.Errorf("a file that does not say: %q", got)
	}
}
