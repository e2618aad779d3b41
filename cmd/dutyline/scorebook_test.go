package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

const oneScore = "name: 试行\nitems:\n  - {id: a, title: 甲, article: 第十二条, figure: on_time, points: 10, each: 2, evidence: call}\n"

// A changed file is taken up, one with a mistake is refused and told, and the last good rules go on across a restart.
func TestTheScoreBook(t *testing.T) {
	dir := t.TempDir()
	cfg := roomConfig(dir)
	cfg.Assess.Rules = filepath.Join(dir, "scoring.yaml")
	log, err := sqlite.Open(t.Context(), cfg.Log.File, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	open := func() *scoreBook { return newScoreBook(cfg, log, time.Now, slog.New(slog.DiscardHandler)) }
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(cfg.Assess.Rules, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told := func() (said []string) {
		t.Helper()
		list, _, err := log.Alerts(t.Context(), alerts.Query{States: []alerts.State{alerts.Open}})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			said = append(said, a.Key+": "+a.Detail)
		}
		return said
	}
	b := open()
	if r, err := b.Rules(); err == nil || r.Most() != 1000 || len(told()) != 1 {
		t.Errorf("without the file the shipped rules hold, and that is told: %s %v %v", r.Most(), err, told())
	}
	write(oneScore)
	b.look(t.Context())
	if r, err := b.Rules(); err != nil || r.Name != "试行" || len(told()) != 0 {
		t.Errorf("%+v %v %v", r, err, told())
	}
	write(strings.Replace(oneScore, "points: 10", "points: ten", 1))
	b.look(t.Context())
	if r, err := b.Rules(); err == nil || !strings.Contains(err.Error(), "scoring.yaml:3: ") || r.Name != "试行" {
		t.Errorf("%+v %v", r, err)
	}
	if said := told(); len(said) != 1 || !strings.HasPrefix(said[0], "rules_refused/scoring: ") {
		t.Errorf("%v", said)
	}
	if r, err := open().Rules(); err == nil || r.Name != "试行" {
		t.Errorf("after a restart: %+v %v", r, err)
	}
	changes, err := log.ScoringChanges(t.Context())
	if err != nil || len(changes) != 2 || changes[1].Rules.Name != "试行" {
		t.Errorf("%+v %v", changes, err)
	}
}

// The command prints rules that it can read, and tells which frozen sheets others would change; it changes none.
func TestDutylineAssess(t *testing.T) {
	dir := t.TempDir()
	cfg := roomConfig(dir)
	file := writeConfig(t, cfg, "")
	shipped, _, err := command("", "assess", "rules")
	if err != nil || shipped != string(config.ShippedScoring) {
		t.Fatal(err)
	}
	rules, err := config.ParseScoring("x", []byte(oneScore))
	if err != nil {
		t.Fatal(err)
	}
	log, err := sqlite.Open(t.Context(), cfg.Log.File, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	facts := dutylog.AssessmentFacts{Month: "2026-10", Shares: map[dutylog.Assessed]dutylog.AssessedShare{dutylog.AssessOnTime: {Good: 3, Of: 4}}}
	f := dutylog.FrozenAssessment{Sheet: dutylog.Score(facts, rules), Facts: facts, Rules: rules}
	_, digest := f.Sheet.Freeze()
	if _, err := log.SayOfAssessment(t.Context(), dutylog.AssessmentFact{Month: "2026-10", Says: dutylog.AssessFrozen, Digest: digest}, &f, 0); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	try := func(text string, code int, want string) {
		t.Helper()
		changed := filepath.Join(dir, "changed.yaml")
		if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, _, err := command("", "assess", "test", changed, "--config", file)
		got, coded := 0, codedError{}
		if errors.As(err, &coded) {
			got = coded.code
		} else if err != nil {
			t.Fatal(err)
		}
		if got != code || strings.TrimSpace(out) != want {
			t.Errorf("status %d, want %d: %v\n%s", got, code, err, out)
		}
	}
	try(oneScore, 0, "0 of 1 frozen sheets would differ")
	try(strings.Replace(oneScore, "each: 2", "each: 3", 1), 1, "2026-10  8/10 -> 7/10\n  a  8/10 -> 7/10\n1 of 1 frozen sheets would differ")
	try(strings.Replace(oneScore, "each: 2", "each: many", 1), 2, "")
}

// What the log suggests stands in the register after one look, and after the next look still once.
func TestTheSuspector(t *testing.T) {
	cfg := roomConfig(t.TempDir())
	at := time.Date(2026, 11, 20, 19, 0, 0, 0, time.UTC)
	log, err := sqlite.Open(t.Context(), cfg.Log.File, sqlite.Options{Now: func() time.Time { return at.Add(-time.Hour) }}) // what was before the log, nobody knows
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	c := telephony.Call{ID: "1795436279.0", Line: "duty", Direction: telephony.Inbound, Outcome: telephony.Missed, OfferedAt: at, RangAt: at, EndedAt: at.Add(time.Minute), Caller: telephony.ParseNumber("02422730001", "024")}
	if err := log.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, Line: "duty", At: c.EndedAt, Call: &c}}); err != nil {
		t.Fatal(err)
	}
	s := &suspector{log: log, zone: time.FixedZone("UTC+8", 8*3600), now: func() time.Time { return at.Add(2 * time.Hour) }, logger: slog.New(slog.DiscardHandler)}
	for n, want := range []int{1, 0} {
		if added, err := s.look(t.Context()); err != nil || added != want {
			t.Errorf("look %d: %d %v", n, added, err)
		}
	}
	s.now = func() time.Time { return at.AddDate(0, 2, 0) }
	if added, err := s.look(t.Context()); err != nil || added != 0 {
		t.Errorf("months later: %d %v", added, err)
	}
}
