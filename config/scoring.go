package config

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"dutyline/dutylog"
)

// ShippedScoring is the file of scoring rules that holds where the configuration names none.
//
//go:embed scoring.yaml
var ShippedScoring []byte

const shippedScoringName = "shipped scoring rules"

var scoringRules = kindOfRules{"dutyline assess rules", "name no file in assessment.rules: then the shipped ones hold", "or take the line out"}

// Assessment is how months are assessed 考核, and who is responsible (Art. 31).
type Assessment struct {
	Rules  string `mapstructure:"rules"`  // a file of scoring rules; empty: the shipped ones
	Head   string `mapstructure:"head"`   // 主要负责同志, 第一责任人
	Deputy string `mapstructure:"deputy"` // 分管领导, 直接责任人
}

// Persons are the responsible persons as far as the configuration names them.
func (a Assessment) Persons() dutylog.Responsible {
	return dutylog.Responsible{Head: a.Head, Deputy: a.Deputy}
}

// scoringFile is what a file of scoring rules may say.
type scoringFile struct {
	Name  ruleWord     `yaml:"name"`
	Items []scoringRow `yaml:"items"`
}

type scoringRow struct {
	ID       ruleWord  `yaml:"id"`
	Title    ruleWord  `yaml:"title"`
	Article  ruleWord  `yaml:"article"`
	Figure   ruleWord  `yaml:"figure"`
	Points   ruleWord  `yaml:"points"`
	Each     ruleWord  `yaml:"each"`
	Within   ruleWord  `yaml:"within"`
	Bands    []bandRow `yaml:"bands"`
	Evidence ruleWord  `yaml:"evidence"`
}

type bandRow struct {
	Least ruleWord `yaml:"least"`
	Gives ruleWord `yaml:"gives"`
}

// ScoringIn are the scoring rules of a file; the shipped ones when none is named.
func ScoringIn(file string) (dutylog.ScoringRules, error) {
	if file == "" {
		return ParseScoring(shippedScoringName, ShippedScoring)
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return dutylog.ScoringRules{}, fmt.Errorf("file of scoring rules %s does not exist: name the right one (the daemon's in assessment.rules), or make it: dutyline assess rules > %[1]s", file)
	}
	if err != nil {
		return dutylog.ScoringRules{}, fmt.Errorf("read the scoring rules: %w; give the daemon's user the right to read it", err)
	}
	return ParseScoring(file, text)
}

// ParseScoring reads a file of scoring rules. It holds as a whole: what it leaves out is not scored. The error
// is a *RuleFaults when the file says something wrong, or nothing.
func ParseScoring(name string, text []byte) (dutylog.ScoringRules, error) {
	faults, f := &RuleFaults{File: name}, scoringFile{}
	decodeRules(faults, text, &f, scoringRules)
	r := dutylog.ScoringRules{Name: strings.TrimSpace(f.Name.text), Items: []dutylog.ScoringItem{}}
	if len(faults.List) == 0 {
		r.Items = f.items(faults)
		if r.Name == "" {
			faults.add(max(f.Name.line, 1), "the rules have no name, which stands above every sheet; write name and then for instance 值班值守工作月度考核评分细则")
		}
	}
	if len(faults.List) > 0 {
		slices.SortStableFunc(faults.List, func(a, b RuleFault) int { return a.Line - b.Line })
		return dutylog.ScoringRules{}, faults
	}
	return r, nil
}

func (f scoringFile) items(faults *RuleFaults) (items []dutylog.ScoringItem) {
	if len(f.Items) == 0 {
		faults.add(1, "there is no item; write items and below it one row for each, as in the shipped rules (%s)", scoringRules.made)
	}
	lines := map[string]int{}
	for _, row := range f.Items {
		i := row.item(faults)
		if first := lines[i.ID]; first > 0 {
			faults.add(row.ID.line, "the item %s stands in line %d already; give this one another id", i.ID, first)
		}
		lines[i.ID] = row.ID.line
		items = append(items, i)
	}
	return items
}

// item reads a row; every fault of it is told at the line of its word.
func (row scoringRow) item(faults *RuleFaults) dutylog.ScoringItem {
	at := max(row.ID.line, 1)
	points := func(w ruleWord) dutylog.Points {
		if w.text == "" {
			return 0 // whether it may be absent, the item knows
		}
		p, err := dutylog.ParsePoints(w.text)
		if err != nil {
			faults.add(w.line, "%v", err)
		}
		return p
	}
	before := len(faults.List)
	i := dutylog.ScoringItem{ID: row.ID.text, Title: row.Title.text, Article: row.Article.text, Figure: dutylog.Assessed(row.Figure.text), Points: points(row.Points), Each: points(row.Each),
		Within: row.within(faults), Evidence: dutylog.EvidenceKind(row.Evidence.text)}
	words := map[string]ruleWord{"id": row.ID, "title": row.Title, "article": row.Article, "figure": row.Figure, "points": row.Points, "each": row.Each, "within": row.Within, "evidence": row.Evidence}
	for n, b := range row.Bands {
		i.Bands = append(i.Bands, dutylog.Band{Least: points(b.Least), Gives: points(b.Gives)})
		words[fmt.Sprintf("bands[%d]", n)] = ruleWord{line: max(b.Least.line, b.Gives.line)}
	}
	if len(row.Bands) > 0 {
		words["bands"] = ruleWord{line: max(row.Bands[0].Least.line, row.Bands[0].Gives.line)}
	}
	var wrong *dutylog.InvalidError
	if err := i.Check(); errors.As(err, &wrong) && len(faults.List) == before {
		if line := words[wrong.Field].line; line > 0 {
			at = line
		}
		faults.add(at, "%s", wrong.Reason)
	}
	return i
}

// within are the minutes of a call back in time; where the file says nothing of it, the customary ones.
func (row scoringRow) within(faults *RuleFaults) int {
	if row.Within.text == "" {
		if dutylog.Assessed(row.Figure.text) == dutylog.AssessCalledBack {
			return int(dutylog.LateCallBack.Minutes())
		}
		return 0
	}
	n, err := strconv.Atoi(row.Within.text)
	if err != nil || n < 1 {
		faults.add(row.Within.line, "%.20q are no minutes in which a missed caller is called back; write for instance 30", row.Within.text)
	}
	return n
}
