package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/telephony/asterisk"
)

// practiceDesk is a practice run whose switch is not started.
func practiceDesk(t *testing.T) (*practiceRun, config.Config) {
	t.Helper()
	r := &practiceRun{flags: practiceFlags{dir: t.TempDir()}, ports: practicePorts{page: "127.0.0.1:8480", sip: "127.0.0.1:5160"}}
	return r, r.config(asterisk.Settings{Dir: r.flags.dir, DutyUser: "duty", Trunk: "trunk", HTTPAddress: "127.0.0.1:8488", ARIUser: "dutyline", ARIPassword: "x"})
}

func (r *practiceRun) adds(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(r.ownFile(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What a newcomer adds to the practice line is in force at each start, and is never written over.
func TestWhatIsAddedToThePracticeLineStays(t *testing.T) {
	r, made := practiceDesk(t)
	first, err := r.withOwn(made)
	if err != nil || len(first.Alerts.Channels) != 0 {
		t.Fatalf("nothing was added: %+v, %v", first.Alerts, err)
	}
	begins, err := os.ReadFile(r.ownFile())
	if err != nil || string(begins) != ownText {
		t.Errorf("the file begins as %q, %v", begins, err)
	}
	const own = `alerts:
  damping: 1m
  channels:
    - {name: mine, webhook: {url: "http://127.0.0.1:9999/", body: '{{json .Headline}}'}}
health: {page_after: 3m}
lines:
  - name: duty
    chain: {steps: [{post: duty_officer, channels: [mine], after: 30s}]}
`
	r.adds(t, own)
	for start := range 2 {
		told, err := r.withOwn(made)
		if err != nil {
			t.Fatalf("start %d: %v", start, err)
		}
		if len(told.Alerts.Channels) != 1 || told.Alerts.Channels[0].Name != "mine" || told.Alerts.Damping != time.Minute || told.Health.PageAfter != 3*time.Minute || told.Health.RosteredOfficer {
			t.Errorf("start %d: the daemon is told %+v, %+v", start, told.Alerts, told.Health)
		}
		if plan := told.AlertPlan(); len(plan.Lines["duty"].Chain.Steps) != 1 || told.Lines[0].Number != practiceNumber || told.Web.Listen != made.Web.Listen {
			t.Errorf("start %d: the line is %+v", start, told.Lines[0])
		}
		read, err := config.Load(r.configFile()) // by which alerts send, test and the others go
		if err != nil || len(read.Alerts.Channels) != 1 || len(read.Lines) != 1 {
			t.Errorf("start %d: the other commands are told %+v, %v", start, read.Alerts, err)
		}
		if kept, _ := os.ReadFile(r.ownFile()); string(kept) != own {
			t.Errorf("start %d: the file was changed to %q", start, kept)
		}
	}
}

// The example in the file is right once its signs are taken off.
func TestTheExampleOfTheOwnFileWorks(t *testing.T) {
	r, made := practiceDesk(t)
	var example strings.Builder
	for line := range strings.Lines(ownText) {
		if text := strings.TrimPrefix(line, "# "); strings.HasPrefix(text, " ") || strings.HasPrefix(text, "alerts:") || strings.HasPrefix(text, "lines:") {
			example.WriteString(text)
		}
	}
	r.adds(t, strings.Replace(example.String(), "  rules: my-rules.yaml", "  #", 1))
	told, err := r.withOwn(made)
	if err != nil || len(told.Alerts.Channels) != 1 || len(told.AlertPlan().Lines["duty"].Chain.Steps) != 1 {
		t.Errorf("%+v, %v; from\n%s", told.Alerts, err, example.String())
	}
}

// What cannot be added is said with the file and what to do; nothing is started.
func TestWhatCannotBeAddedToThePracticeLine(t *testing.T) {
	for own, want := range map[string]string{
		"web: {listen: \"0.0.0.0:80\"}":                         "web cannot be added to the practice line",
		"alerts: [":                                             "mend the YAML there",
		"alerts: yes":                                           "alerts: write words with a colon below it",
		"lines: {name: duty}":                                   "lines: write a list",
		"lines: [{name: fax, chain: {}}]":                       "has one line, write - name: duty",
		"lines: [{name: duty, number: \"1\"}]":                  "number of the practice line is made at each start",
		"alerts: {channels: [{name: a, no_such_kind: {}}]}":     "mend what you added in ",
		"lines: [{name: duty, chain: {steps: [{post: king}]}}]": "mend what you added in ",
	} {
		r, made := practiceDesk(t)
		r.adds(t, own)
		if _, err := r.withOwn(made); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), r.ownFile()) {
			t.Errorf("%s: %v, want %q and the file", own, err, want)
		}
	}
}
