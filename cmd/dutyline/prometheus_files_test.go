package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/telephony/asterisk/asterisktest"
)

// ruleFile is what the tests read of a file of rules.
type ruleFile struct {
	Groups []struct {
		Rules []struct {
			Record, Alert, Expr, For string
			Labels, Annotations      map[string]string
		}
	}
}

// dashboardFile is what they read of the dashboard.
type dashboardFile struct {
	Title      string
	Templating struct {
		List []struct{ Name, Type string }
	}
	Panels []struct {
		ID          int
		Type        string
		Title       string
		Description string
		FieldConfig struct {
			Defaults struct {
				Unit     string
				Mappings []struct{ Type string }
			}
			Overrides []struct {
				Properties []struct {
					ID    string
					Value any
				}
			}
		}
		Datasource *struct{ UID string }
		GridPos    struct{ X, Y, W, H int }
		Targets    []struct{ Expr, LegendFormat string }
	}
}

const (
	rulesFile  = "deploy/prometheus/dutyline.rules.yml"
	alertsFile = "deploy/prometheus/dutyline.alerts.yml"
	dashFile   = "deploy/grafana/dutyline.json"
)

func rulesIn(t *testing.T, name string) (f ruleFile) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(document(t, name)), &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func dashboard(t *testing.T) (d dashboardFile) {
	t.Helper()
	if err := json.Unmarshal([]byte(document(t, dashFile)), &d); err != nil {
		t.Fatalf("%s: %v", dashFile, err)
	}
	return d
}

// asks runs one of Prometheus' own tools and insists on its consent.
func asks(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is not here: run make deps, and the tests with make test (or after: . deploy/env.sh)", program)
	}
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestPrometheusTakesTheShippedFiles(t *testing.T) {
	t.Parallel()
	root := asterisktest.Root(t)
	in := func(names ...string) (paths []string) {
		for _, name := range names {
			paths = append(paths, filepath.Join(root, name))
		}
		return paths
	}
	asks(t, "promtool", append([]string{"check", "rules"}, in(rulesFile, alertsFile)...)...)
	asks(t, "promtool", "check", "config", in("deploy/prometheus/prometheus.yml")[0])
	asks(t, "amtool", "check-config", in("deploy/prometheus/alertmanager.yml")[0])
	said := asks(t, "promtool", append([]string{"test", "rules"}, in("deploy/prometheus/dutyline.rules.test.yml", "deploy/prometheus/dutyline.alerts.test.yml")...)...)
	if n := strings.Count(said, "SUCCESS"); n != 2 {
		t.Errorf("%d files of tests passed, want 2:\n%s", n, said)
	}
	for severity, want := range map[string]string{"critical": "operators-at-once", "warning": "operators"} {
		said := asks(t, "amtool", "config", "routes", "test", "--config.file="+in("deploy/prometheus/alertmanager.yml")[0], "alertname=DutylineDown", "severity="+severity)
		if words := strings.Fields(said); len(words) == 0 || words[len(words)-1] != want { // its warnings come before
			t.Errorf("what is %s goes to %q, want %s", severity, said, want)
		}
	}
}

// A rule that no test of the rules names could be wrong for years.
func TestEveryRuleHasATestOfItsOwn(t *testing.T) {
	tests := document(t, "deploy/prometheus/dutyline.rules.test.yml") + document(t, "deploy/prometheus/dutyline.alerts.test.yml")
	seen := map[string]bool{}
	for _, name := range []string{rulesFile, alertsFile} {
		for _, g := range rulesIn(t, name).Groups {
			for _, r := range g.Rules {
				rule := r.Record + r.Alert
				if seen[rule] {
					t.Errorf("%s is there twice", rule)
				}
				seen[rule] = true
				if !regexp.MustCompile(`\b` + regexp.QuoteMeta(rule) + `\b`).MatchString(tests) {
					t.Errorf("no test of the rules names %s", rule)
				}
				if r.Alert == "" {
					continue
				}
				if s := r.Labels["severity"]; s != "critical" && s != "warning" {
					t.Errorf("%s has the severity %q", rule, s)
				}
				if !regexp.MustCompile(`^\p{Han}`).MatchString(r.Annotations["summary"]) || r.Annotations["description"] == "" {
					t.Errorf("%s does not say in Chinese first what is wrong, and what to do: %v", rule, r.Annotations)
				}
			}
		}
	}
	if len(seen) < 25 {
		t.Errorf("only %d rules were looked at", len(seen))
	}
}

// What Grafana would only show as an empty or hidden panel.
func TestTheDashboardIsWhole(t *testing.T) {
	d := dashboard(t)
	if !slices.ContainsFunc(d.Templating.List, func(v struct{ Name, Type string }) bool { return v.Name == "line" && v.Type == "query" }) {
		t.Error("there is no variable line")
	}
	ids, cells := map[int]string{}, map[string]string{}
	for _, p := range d.Panels {
		if other, twice := ids[p.ID]; twice || p.ID == 0 {
			t.Errorf("%s has the id %d of %s", p.Title, p.ID, other)
		}
		ids[p.ID] = p.Title
		if g := p.GridPos; g.W < 1 || g.H < 1 || g.X < 0 || g.X+g.W > 24 {
			t.Errorf("%s stands beside the page: %+v", p.Title, g)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				cell := fmt.Sprintf("%d/%d", x, y)
				if other, taken := cells[cell]; taken {
					t.Fatalf("%s covers %s", p.Title, other)
				}
				cells[cell] = p.Title
			}
		}
		if !regexp.MustCompile(`\p{Han}`).MatchString(p.Title) {
			t.Errorf("the title %q has no Chinese", p.Title)
		}
		if p.Type == "row" {
			continue
		}
		if p.Datasource == nil || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
			t.Errorf("%s asks nothing, or not the chosen source", p.Title)
		}
		for _, q := range p.Targets {
			if q.LegendFormat == "" {
				t.Errorf("%s: %q has no legend", p.Title, q.Expr)
			}
			if regexp.MustCompile(`\b(line:dutyline_|dutyline_(calls|call|figure|alerts|recordings?|lamp|line|missed|test|reconciliation)_)\w*`).MatchString(q.Expr) && !strings.Contains(q.Expr, `line=~"$line`) {
				t.Errorf("%s: %q does not follow the variable line", p.Title, q.Expr)
			}
		}
	}
}

// Whoever looks at a panel for the first time reads in its title what it shows, in both languages, has a sentence
// that says what is counted, and numbers that have a unit.
func TestEveryPanelSaysWhatItShows(t *testing.T) {
	// What a metric's name ends with, and the units in which Grafana shows it.
	units := map[string][]string{"_seconds": {"s"}, "_bytes": {"bytes"}, ":ratio1d": {"percentunit"}, "_total": {"short"}}
	title := regexp.MustCompile(`^\p{Han}[^A-Za-z]*[A-Z][A-Za-z ,()0-9]+$`)
	named := regexp.MustCompile(`\b(?:\w+:)?(?:dutyline|process)_\w+(?::\w+)?`)
	for _, p := range dashboard(t).Panels {
		if p.Type == "row" {
			continue
		}
		unit := p.FieldConfig.Defaults.Unit
		if !title.MatchString(p.Title) {
			t.Errorf("%q is no title in Chinese and English", p.Title)
		}
		if !regexp.MustCompile(`\p{Han}.*。$`).MatchString(p.Description) {
			t.Errorf("%s: %q does not say in a sentence what is shown", p.Title, p.Description)
		}
		if unit == "" {
			t.Errorf("%s has no unit", p.Title)
		}
		if g := p.GridPos; g.W < 3 || g.H < 5 || p.Type == "timeseries" && g.W < 5 {
			t.Errorf("%s is too small to be read: %+v", p.Title, g)
		}
		shown := []string{unit}
		for _, o := range p.FieldConfig.Overrides {
			for _, x := range o.Properties {
				if x.ID == "unit" {
					shown = append(shown, fmt.Sprint(x.Value))
				}
			}
		}
		for _, q := range p.Targets {
			for _, m := range named.FindAllString(q.Expr, -1) {
				for ends, fitting := range units {
					plain := !strings.Contains(q.Expr, "rate(") && !strings.Contains(q.Expr, "increase(") && !strings.Contains(q.Expr, "_bucket")
					if plain && strings.HasSuffix(m, ends) && !slices.ContainsFunc(fitting, func(u string) bool { return slices.Contains(shown, u) }) {
						t.Errorf("%s shows %s in %v", p.Title, m, shown)
					}
				}
			}
		}
	}
}

// selector is a metric with its labels, as the rules and the dashboard write it.
var selector = regexp.MustCompile(`(?:\w+:)?\b(?:dutyline_\w+(?::\w+)?|up\b)(?:\{[^}]*\})?`)

// queries are what a Prometheus must have an answer to, with who asks: of an alerting rule, which is
// silent while all is well, its series.
func queries(t *testing.T) map[string]string {
	t.Helper()
	fill := strings.NewReplacer("$line", "duty", "$__rate_interval", "1m", "$__interval", "1m", "$__range", "5m")
	all := map[string]string{}
	for _, p := range dashboard(t).Panels {
		for _, q := range p.Targets {
			all[fill.Replace(q.Expr)] = "panel " + p.Title
		}
	}
	for _, g := range rulesIn(t, rulesFile).Groups {
		for _, r := range g.Rules {
			all[r.Expr], all[r.Record] = "rule "+r.Record, "rule "+r.Record
		}
	}
	for _, g := range rulesIn(t, alertsFile).Groups {
		for _, r := range g.Rules {
			named := selector.FindAllString(r.Expr, -1)
			if len(named) == 0 {
				t.Errorf("%s asks for nothing: %s", r.Alert, r.Expr)
			}
			for _, s := range named {
				all[s] = "alert " + r.Alert
			}
		}
	}
	if len(all) < 60 {
		t.Fatalf("only %d queries were found", len(all))
	}
	return all
}

func TestTheQueriesAreFound(t *testing.T) {
	all := queries(t)
	for _, want := range []string{`up{job="dutyline"}`, "dutyline_heartbeat_timestamp_seconds", `dutyline_line_state{state="unreachable"}`,
		"line:dutyline_calls_on_time:ratio1d", `dutyline_figure_undecided{line=~"duty", span="24h"}`, `dutyline_recordings_total{status=~"missing|failed"}`, `dutyline_line_state{line=~"duty"} == 1`} {
		if all[want] == "" {
			t.Errorf("%s is not among them", want)
		}
	}
	for q := range all {
		if strings.Contains(q, "$") {
			t.Errorf("%s is not filled in", q)
		}
	}
}

// A word that is misspelt between others would only make a figure too small.
func TestTheQueriesNameWhatThereIs(t *testing.T) {
	known := map[string][]string{"outcome": words(telephony.Outcomes()), "severity": words(alerts.Severities()), "kind": words(dutylog.LedgerKinds()),
		"figure": figureNames(), "set": {"measured", "after_review"}, "span": {"today", "24h", "month"},
		"status": words([]recorder.Status{recorder.Sealed, recorder.Missing, recorder.Failed}),
		"state":  append(words(alerts.States()), words([]telephony.State{telephony.Idle, telephony.Ringing, telephony.Talking, telephony.LineUnreachable, telephony.LineStateUnknown})...),
	}
	named := regexp.MustCompile(`\b(outcome|severity|kind|status|state|figure|set|span)(=~|!~|!=|=)"([^"]*)"`)
	seen := 0
	for _, name := range []string{rulesFile, alertsFile, dashFile} {
		for _, m := range named.FindAllStringSubmatch(strings.ReplaceAll(document(t, name), `\"`, `"`), -1) {
			for word := range strings.SplitSeq(m[3], "|") {
				seen++
				pattern := regexp.MustCompile("^(?:" + word + ")$")
				if !slices.ContainsFunc(known[m[1]], pattern.MatchString) {
					t.Errorf("%s asks for %s, and there is no %s %q", name, m[0], m[1], word)
				}
			}
		}
	}
	if seen < 25 {
		t.Errorf("only %d words were looked at", seen)
	}
}

func figureNames() (names []string) {
	for _, r := range dutylog.FigureRules() {
		names = append(names, string(r.Figure))
	}
	return append(names, words(dutylog.DutyFigureNames())...)
}

func words[T ~string](list []T) (out []string) {
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

// A rate is of the figures that the duty log gives, measured or after review, and there is none below the number of
// calls that page and API demand.
func TestTheRatesCountWhatTheirDefinitionsSay(t *testing.T) {
	rules := map[string]string{}
	for _, g := range rulesIn(t, rulesFile).Groups {
		for _, r := range g.Rules {
			rules[r.Record] = r.Expr
		}
	}
	for rule, of := range map[string][2]string{
		"line:dutyline_calls_on_time:ratio1d":          {string(dutylog.FigureOnTime), "measured"},
		"line:dutyline_calls_on_time_reviewed:ratio1d": {string(dutylog.FigureOnTime), "after_review"},
		"line:dutyline_calls_answered:ratio1d":         {string(dutylog.FigureAnswerRate), "measured"},
	} {
		part := func(name string) string {
			return fmt.Sprintf(`sum by (instance, line) (dutyline_figure_%s{figure="%s", set="%s", span="24h"})`, name, of[0], of[1])
		}
		want := fmt.Sprintf("%s / (%s >= %d)", part("numerator"), part("denominator"), dutylog.FewestForRate)
		if got := strings.Join(strings.Fields(rules[rule]), " "); got != want {
			t.Errorf("%s is\n%s, want\n%s", rule, got, want)
		}
	}
	for _, p := range dashboard(t).Panels {
		for _, q := range p.Targets {
			if strings.Contains(q.Expr, "dutyline_calls_total") && strings.Contains(q.Expr, "answered_late") {
				t.Errorf("%s counts late calls by itself: there borderline ones are late before anybody decided", p.Title)
			}
			if strings.Contains(q.Expr, "dutyline_calls_total") && strings.Contains(q.Expr, `outcome="missed"`) {
				t.Errorf("%s counts missed calls by itself: the log tells them by the one definition", p.Title)
			}
			if strings.Contains(q.Expr, `dutyline_alerts_`) && strings.Contains(q.Expr, `line=~"$line"`) {
				t.Errorf("%s leaves out alerts that belong to no line", p.Title)
			}
		}
	}
	for rule, expr := range rules {
		if strings.HasSuffix(rule, ":ratio1d") && strings.Contains(expr, "dutyline_calls_total") {
			t.Errorf("%s counts calls by itself: there borderline ones are late before anybody decided", rule)
		}
	}
}
