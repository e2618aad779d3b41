package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
)

// watching is Debian's own, with the shipped files, on a port that the kernel gives.
type watching struct {
	t    *testing.T
	base string
}

// hurried are the shipped files as a test has time for them: it asks every half second, and a rule
// waits for one second only.
func hurried(t *testing.T, target string) (config string) {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, name := range []string{rulesFile, alertsFile} {
		put(filepath.Base(name), regexp.MustCompile(`\bfor: \w+`).ReplaceAllString(document(t, name), "for: 1s"))
	}
	shipped := document(t, "deploy/prometheus/prometheus.yml")
	alerting := regexp.MustCompile(`(?s)alerting:.*?\n\n`) // nobody is told by a test
	text := strings.NewReplacer("_interval: 15s", "_interval: 500ms", "127.0.0.1:8480", target).Replace(alerting.ReplaceAllString(shipped, ""))
	if strings.Count(text, "500ms") != 2 || !strings.Contains(text, target) || strings.Contains(text, "9093") {
		t.Fatalf("the shipped configuration is not what this test knows:\n%s", text)
	}
	return put("prometheus.yml", text)
}

func startPrometheus(t *testing.T, target string) *watching {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatal("prometheus is not here: run make deps, and the tests with make test (or after: . deploy/env.sh)")
	}
	cmd := exec.CommandContext(t.Context(), program, "--config.file="+hurried(t, target), "--storage.tsdb.path="+t.TempDir(), "--web.listen-address=127.0.0.1:0")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // the test's context, which ends before, has killed it
	told := bufio.NewReader(said)
	address := regexp.MustCompile(`msg="Listening on" address=(127\.0\.0\.1:[0-9]+)`)
	for {
		line, err := told.ReadString('\n')
		if at := address.FindStringSubmatch(line); at != nil {
			go io.Copy(io.Discard, told)
			return &watching{t: t, base: "http://" + at[1]}
		}
		if err != nil {
			t.Fatalf("prometheus ended: %v", err)
		}
	}
}

// sample is one series of an answer.
type sample struct {
	Metric map[string]string
	Value  [2]any // when, and a number as text
}

// ask gives the answer to a query; one that does not parse fails the test.
func (p *watching) ask(query string) []sample {
	p.t.Helper()
	res, err := http.Get(p.base + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct{ Result []sample }
	}
	if res.StatusCode == http.StatusServiceUnavailable { // it has not begun yet
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.Status != "success" {
		p.t.Fatalf("%s: %s %s %v", query, res.Status, answer.Error, err)
	}
	return answer.Data.Result
}

// number is the value of the only series that a query has; -1 while there is none.
func (p *watching) number(query string) any {
	p.t.Helper()
	if found := p.ask(query); len(found) == 1 {
		return found[0].Value[1]
	}
	return -1
}

func (p *watching) awaitAlert(within time.Duration, name string) map[string]string {
	p.t.Helper()
	var found []sample
	asterisktest.Eventually(p.t, within, "Prometheus raises "+name, func() bool {
		found = p.ask(`ALERTS{alertname="` + name + `", alertstate="firing"}`)
		return len(found) > 0
	})
	return found[0].Metric
}

// A real Prometheus watches the running daemon with the shipped files. It raises what is wrong with the
// line, takes it back, and has an answer to everything that dashboard and rules ask.
func TestSystemPrometheusWatchesTheDaemon(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	p := startPrometheus(t, strings.TrimPrefix(r.app.URL(), "http://"))
	if on := p.awaitAlert(20*time.Second, "DutylinePhoneUnreachable"); on["line"] != "duty" || on["severity"] != "critical" { // nobody has plugged it in
		t.Errorf("the alert says %v", on)
	}
	r.phone(600*time.Millisecond, time.Second, phoneTone)
	r.awaitLine("idle")
	r.calls("caller", caller{number: "02422730001", talk: time.Second, hertz: callerTone}).Must(t)
	r.calls("caller-waits", caller{number: "02422730004", hertz: callerTone}).Must(t) // the phone says busy
	asterisktest.Eventually(t, 10*time.Second, "the alert of the phone is over", func() bool {
		return len(p.ask(`ALERTS{alertname="DutylinePhoneUnreachable"}`)) == 0
	})
	r.busyDay(dutylog.FewestForRate)
	for outcome, want := range map[string]string{"answered_in_time": "21", "answered_late": "1", "engaged": "1", "missed": "0", "unknown": "0"} {
		asterisktest.Eventually(t, 15*time.Second, "Prometheus counts "+want+" of "+outcome, func() bool {
			return p.number(`dutyline_calls_total{line="duty", outcome="`+outcome+`"}`) == want
		})
	}
	if got := p.number(`dutyline_call_ring_seconds_count{outcome="answered_in_time"}`); got != "21" {
		t.Errorf("%v rings were measured", got)
	}
	// The late one was borderline, and nobody decided: it is in no rate, as on the page.
	for query, want := range map[string]string{
		`dutyline_figure_numerator{line="duty", figure="on_time", set="measured", span="24h"}`:       "21",
		`dutyline_figure_denominator{line="duty", figure="on_time", set="measured", span="24h"}`:     "21",
		`dutyline_figure_denominator{line="duty", figure="on_time", set="after_review", span="24h"}`: "21",
		`dutyline_figure_undecided{line="duty", span="24h"}`:                                         "1",
		`line:dutyline_calls_on_time:ratio1d{line="duty"}`:                                           "1",
	} {
		asterisktest.Eventually(t, 20*time.Second, query+" is "+want, func() bool { return p.number(query) == want })
	}
	p.answersAll(queries(t))
	lintFigures(t, r)

	if err := r.sw.Kill(); err != nil {
		t.Fatal(err)
	}
	p.awaitAlert(15*time.Second, "DutylineSwitchUnseen")
}

// busyDay puts so many calls into the log that were answered in time an hour ago, and one that was late within the
// line's uncertainty.
func (r *room) busyDay(calls int) {
	r.t.Helper()
	at := time.Now().Add(-time.Hour)
	for n := range calls + 1 {
		c := telephony.Call{ID: fmt.Sprintf("busy-%d", n), Line: "duty", Direction: telephony.Inbound, Caller: telephony.ParseNumber("02422730001", "024"),
			OfferedAt: at.Add(time.Duration(n) * time.Minute), Outcome: telephony.AnsweredInTime, Rings: 1, SettledBy: telephony.SettledByJournal, Rule: r.cfg.TelephonyLines()[0].Rule.Version()}
		c.RangAt, c.AnsweredAt, c.RangUntil, c.EndedAt = c.OfferedAt, c.OfferedAt.Add(time.Second), c.OfferedAt.Add(time.Second), c.OfferedAt.Add(5*time.Second)
		if n == calls {
			c.Outcome, c.Findings = telephony.AnsweredLate, []telephony.Finding{telephony.BorderlineVerdict}
		}
		state := telephony.LineState{Line: c.Line, State: telephony.Idle, Since: c.EndedAt}
		if err := r.app.log.Record(r.t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c, State: state}}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// answersAll waits until every query has a series; some need two scrapes, or a recording rule first.
func (p *watching) answersAll(all map[string]string) {
	p.t.Helper()
	waiting := slices.Sorted(maps.Keys(all))
	defer func() {
		for _, q := range waiting {
			p.t.Errorf("%s: %s has no series", all[q], q)
		}
	}()
	asterisktest.Eventually(p.t, 20*time.Second, "every query has a series", func() bool {
		waiting = slices.DeleteFunc(waiting, func(q string) bool { return len(p.ask(q)) > 0 })
		return len(waiting) == 0
	})
}

// lintFigures judges everything that the daemon shows: by the conventions, and that nothing in a
// label could be a caller, a call or a person.
func lintFigures(t *testing.T, r *room) {
	t.Helper()
	families, err := r.app.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		if strings.HasPrefix(problem.Metric, "dutyline_") {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
	// Each is a closed set, or as many as the configuration has lines.
	bounded := []string{"line", "outcome", "reason", "severity", "state", "status", "finding", "kind", "lamp", "type", "cause", "route", "method", "version", "result", "figure", "set", "span", "rule", "of", "post", "channel"}
	personal := regexp.MustCompile(`[0-9]{7}|\p{Han}`)
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "dutyline_") {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if !slices.Contains(bounded, l.GetName()) {
					t.Errorf("%s has a label %s: is it bounded?", f.GetName(), l.GetName())
				}
				if personal.MatchString(l.GetValue()) {
					t.Errorf("%s shows %s=%q", f.GetName(), l.GetName(), l.GetValue())
				}
			}
		}
	}
}
