package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
	"dutyline/dutylog"
)

// The shipped rules come to a hundred points, and ask for what the regulation asks for.
func TestTheShippedScoringRules(t *testing.T) {
	r, err := config.ScoringIn("")
	if err != nil {
		t.Fatal(err)
	}
	if r.Most() != 1000 || r.Name == "" {
		t.Errorf("%q comes to %s points", r.Name, r.Most())
	}
	used := map[dutylog.Assessed]bool{}
	for _, i := range r.Items {
		used[i.Figure] = true
		if !strings.HasPrefix(i.Article, "第") {
			t.Errorf("%s names no article: %q", i.ID, i.Article)
		}
	}
	for _, f := range []dutylog.Assessed{dutylog.AssessOnTime, dutylog.AssessCalledBack, dutylog.AssessForwarding, dutylog.AssessMisuse, dutylog.AssessComplete, dutylog.AssessEntryInTime, dutylog.AssessHandovers,
		dutylog.AssessRoster, dutylog.AssessFilings, dutylog.AssessFirst, dutylog.AssessWritten, dutylog.AssessDetailed, dutylog.AssessTasks, dutylog.AssessSpotChecks, dutylog.AssessListening} {
		if !used[f] {
			t.Errorf("no shipped item uses %s", f)
		}
	}
	for _, f := range dutylog.AssessedFigures() {
		if !strings.Contains(string(config.ShippedScoring), string(f.Figure)) {
			t.Errorf("the shipped file does not say that there is %s", f.Figure)
		}
	}
	if again, err := config.ParseScoring("copy", config.ShippedScoring); err != nil || again.Digest() != r.Digest() {
		t.Errorf("a copy of the shipped rules is something else: %v", err)
	}
}

const (
	scoringHead = "name: 细则\nitems:\n"
	plainItem   = "  - {id: a, title: 甲, article: 第十二条, figure: on_time, points: 10, each: 2, evidence: call}\n"
)

// A mistake is told by its line, with what to do.
func TestScoringRulesThatAreWrong(t *testing.T) {
	row := func(words string) string { return scoringHead + plainItem + "  - {" + words + "}\n" }
	good := "id: b, title: 乙, article: 第一条, figure: answer_rate, points: 10, each: 1, evidence: call"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "f.yaml:1: the file says nothing; write it anew with dutyline assess rules, or name no file in assessment.rules: then the shipped ones hold"},
		{"no items", "name: 细则\n", "f.yaml:1: there is no item; write items and below it one row for each, as in the shipped rules (dutyline assess rules)"},
		{"no name", "items:\n" + plainItem, "f.yaml:1: the rules have no name, which stands above every sheet; write name and then for instance 值班值守工作月度考核评分细则"},
		{"unknown word", row(good + ", colour: red"), `f.yaml:4: unknown word "colour"; write one of: id, title, article, figure, points, each, within, bands, evidence`},
		{"a limit of another figure", row(good + ", within: 30"), "f.yaml:4: answer_rate knows no limit; take within out"},
		{"a limit in words", row(strings.Replace(good, "answer_rate", "missed_called_back", 1) + ", within: soon"), `f.yaml:4: "soon" are no minutes in which a missed caller is called back; write for instance 30`},
		{"a word without anything", scoringHead + "  - id: a\n    title:\n", "f.yaml:4: nothing stands after title; complete it, or take the line out"},
		{"no YAML", "items: [", "f.yaml:1: did not find expected node content; write it as in the shipped rules (dutyline assess rules)"},
		{"a text for a list", "name: x\nitems: many\n", `f.yaml:2: "many" where a list, each row with a dash belongs; write it as in the shipped rules (dutyline assess rules)`},
		{"two documents", scoringHead + plainItem + "---\nname: y\n", "f.yaml:4: a second document begins here, and nobody would read it; take out the line --- before it"},
		{"unknown figure", row(strings.Replace(good, "answer_rate", "beauty", 1)), `f.yaml:4: "beauty" is no figure; write one of: `},
		{"the same id", row(strings.Replace(good, "id: b", "id: a", 1)), "f.yaml:4: the item a stands in line 3 already; give this one another id"},
		{"no points", row(strings.Replace(good, "points: 10, ", "", 1)), "f.yaml:4: the item b is worth nothing; write its points, or take it out"},
		{"points in words", row(strings.Replace(good, "points: 10", "points: ten", 1)), `f.yaml:4: "ten" is no number of points; write for instance 5 or 0.5, at most 1000`},
		{"too fine", row(strings.Replace(good, "each: 1", "each: 0.25", 1)), `f.yaml:4: "0.25" is no number of points; write for instance 5 or 0.5, at most 1000`},
		{"no each", row(strings.Replace(good, "each: 1, ", "", 1)), "f.yaml:4: the item b does not say what one case takes away, or more than the item is worth; write each, which holds where fewer than 20 are counted"},
		{"no article", row(strings.Replace(good, "article: 第一条, ", "", 1)), "f.yaml:4: the item b names no article of the regulation; write for instance 第十二条"},
		{"evidence of another kind", row(strings.Replace(good, "evidence: call", "evidence: alert", 1)), "f.yaml:4: the evidence of answer_rate is call; write that, or none"},
		{"bands of cases", row("id: b, title: 乙, article: 第一条, figure: misuse_told, points: 10, each: 1, evidence: alert, bands: [{least: 90, gives: 10}]"), "f.yaml:4: misuse_told counts cases and has no percentage; take the bands out and write each"},
		{"minutes without bands", row("id: b, title: 乙, article: 第一条, figure: roster_covered, points: 10, each: 1, evidence: roster"), "f.yaml:4: roster_covered counts minutes, which are no cases; write bands"},
		{"the best band gives less", row(good + ", bands: [{least: 90, gives: 9}]"), "f.yaml:4: band 90 of the item b is the best and does not give all points of the item; give 10"},
		{"the worst first", row(good + ",\n    bands: [{least: 90, gives: 10},\n            {least: 95, gives: 5}]"), "f.yaml:6: band 95 of the item b is no worse than the one before it; begin with the best"},
		{"above a hundred", row(good + ", bands: [{least: 101, gives: 10}]"), "f.yaml:4: band 101 of the item b is above 100 percent; nobody reaches it"},
		{"more than it is worth", row(good + ", bands: [{least: 90, gives: 11}]"), "f.yaml:4: band 90 of the item b gives more than the item is worth; give at most 10"},
		{"several", scoringHead + strings.Replace(plainItem, "points: 10", "points: 0", 1) + "  - {" + strings.Replace(good, "answer_rate", "beauty", 1) + "}\n", "f.yaml:3: the item a is worth nothing; write its points, or take it out (and 1 more below it)"},
	} {
		_, err := config.ParseScoring("f.yaml", []byte(c.text))
		var faults *config.RuleFaults
		if !errors.As(err, &faults) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
	if r, err := config.ParseScoring("f.yaml", []byte(row(good))); err != nil || len(r.Items) != 2 {
		t.Errorf("%v", err)
	}
	back := strings.Replace(good, "answer_rate", "missed_called_back", 1)
	for text, want := range map[string]time.Duration{row(back): 30 * time.Minute, row(back + ", within: 45"): 45 * time.Minute, row(good): 0} {
		if r, err := config.ParseScoring("f.yaml", []byte(text)); err != nil || r.CallBackIn() != want {
			t.Errorf("called back in %s, want %s: %v", r.CallBackIn(), want, err)
		}
	}
}

func TestAScoringFileThatIsNotThere(t *testing.T) {
	if _, err := config.ScoringIn("/nowhere/scoring.yaml"); err == nil || !strings.Contains(err.Error(), "dutyline assess rules > /nowhere/scoring.yaml") {
		t.Errorf("%v", err)
	}
}

func TestTheResponsiblePersonsOfTheSite(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	c, err := config.Load(write(t, small+"\nassessment: {head: 孙志国, deputy: 周玉梅}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dutylog.Responsible{Head: "孙志国", Deputy: "周玉梅"}, c.Assess.Persons()); diff != "" {
		t.Error(diff)
	}
	if _, err := config.Load(write(t, small+"\nassessment: {heads: x}\n")); err == nil || !strings.Contains(err.Error(), "assessment.heads") {
		t.Errorf("%v", err)
	}
}
