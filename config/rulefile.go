package config

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// ShippedRules is the rule file that holds where the configuration names none.
//
//go:embed rules.yaml
var ShippedRules []byte

// shippedName is how faults name it.
const shippedName = "shipped rules"

// ruleFile is what a rule file may say.
type ruleFile struct {
	Codes struct {
		Without []ruleWord `yaml:"without"`
		Own     []codeRow  `yaml:"own"`
	} `yaml:"codes"`
	Misuse struct {
		Never    []ruleWord  `yaml:"never"`
		Numbers  []numberRow `yaml:"numbers"`
		OddHours []ruleWord  `yaml:"odd_hours"`
		CallBack ruleTime    `yaml:"call_back"`
		Longest  struct {
			Out ruleTime `yaml:"out"`
			In  ruleTime `yaml:"in"`
		} `yaml:"longest"`
		Nuisance struct {
			Marked ruleCount `yaml:"marked"`
			Within ruleTime  `yaml:"within"`
			Calls  ruleCount `yaml:"calls"`
			Each   ruleTime  `yaml:"each"`
		} `yaml:"nuisance"`
	} `yaml:"misuse"`
	Incidents struct {
		StopsClock ruleWords `yaml:"stops_clock"`
	} `yaml:"incidents"`
	Policy []policyRow `yaml:"policy"`
}

// The rows know where they stand, for faults.

type ruleWord struct {
	text string
	line int
}

func (w *ruleWord) UnmarshalYAML(n *yaml.Node) error {
	*w = ruleWord{n.Value, n.Line} // 110 is a text here, whatever YAML makes of it
	if n.Kind != yaml.ScalarNode {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: a list or a group where one word belongs", n.Line)}}
	}
	return nil
}

// ruleWords are one word, or a list of them.
type ruleWords struct {
	words []ruleWord
	line  int
}

func (w *ruleWords) UnmarshalYAML(n *yaml.Node) error {
	*w = ruleWords{line: n.Line}
	if n.Kind == yaml.SequenceNode {
		return n.Decode(&w.words)
	}
	w.words = make([]ruleWord, 1)
	return w.words[0].UnmarshalYAML(n)
}

type ruleTime = ruleValue[time.Duration]

type ruleCount = ruleValue[int]

type ruleValue[T time.Duration | int] struct {
	is   T
	line int
}

func (v *ruleValue[T]) UnmarshalYAML(n *yaml.Node) error {
	v.line = n.Line
	return n.Decode(&v.is)
}

func (v ruleValue[T]) notNegative(faults *RuleFaults) T {
	if v.is < 0 {
		faults.add(v.line, "%v is less than nothing; write 0 where there is to be no bound", v.is)
	}
	return v.is
}

type codeRow struct {
	Code  ruleWord `yaml:"code"`
	Means string   `yaml:"means"`
}

type numberRow struct {
	Starts ruleWord `yaml:"starts"`
	Digits string   `yaml:"digits"`
	Means  string   `yaml:"means"`
}

type policyRow struct {
	Reason   ruleWord   `yaml:"reason"`
	Lines    []ruleWord `yaml:"lines"`
	Days     []string   `yaml:"days"`
	Hours    string     `yaml:"hours"`
	To       []ruleWord `yaml:"to"`
	Is       string     `yaml:"is"`
	Severity string     `yaml:"severity"`
}

// RuleFaults is everything that is wrong with a rule file.
type RuleFaults struct {
	File string
	List []RuleFault
}

// RuleFault is one mistake: where it stands, and a sentence with the remedy.
type RuleFault struct {
	Line int
	Text string
}

// Error is one sentence about the first fault.
func (f *RuleFaults) Error() string {
	s := fmt.Sprintf("%s:%d: %s", f.File, f.List[0].Line, f.List[0].Text)
	if more := len(f.List) - 1; more > 0 {
		s += fmt.Sprintf(" (and %d more below it)", more)
	}
	return s
}

func (f *RuleFaults) add(line int, format string, args ...any) {
	f.List = append(f.List, RuleFault{line, fmt.Sprintf(format, args...)})
}

// Rules are the rules of a configuration that was checked, from its rule file or the shipped one.
func (c Config) Rules() (alerts.Rules, error) { return c.RulesIn(c.Alerts.Rules) }

// RulesIn are the rules of a file; of the shipped one when none is named.
func (c Config) RulesIn(file string) (alerts.Rules, error) {
	if file == "" {
		return c.ParseRules(shippedName, ShippedRules)
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return alerts.Rules{}, fmt.Errorf("rule file %s does not exist: name the right one (the daemon's in alerts.rules), or make it: dutyline alerts rules > %[1]s", file)
	}
	if err != nil {
		return alerts.Rules{}, fmt.Errorf("read the rule file: %w; give the daemon's user the right to read it", err)
	}
	return c.ParseRules(file, text)
}

// ParseRules reads a rule file for the lines and the site of this configuration. What the file
// leaves out is as in the shipped rules: half a file must not end half of the alerts. The error is
// a *RuleFaults when the file says something wrong, or nothing.
func (c Config) ParseRules(name string, text []byte) (alerts.Rules, error) {
	faults := &RuleFaults{File: name}
	f := ruleFile{}
	parseRuleFile(&RuleFaults{File: shippedName}, ShippedRules, &f) // what the file leaves out stays as shipped
	parseRuleFile(faults, text, &f)
	r := alerts.Rules{Zone: c.Site.Location(), Area: c.Site.AreaCode, Misuse: f.misuse(faults), StopsClock: f.stopsClock(faults), Policy: f.policies(faults, c.Lines)}
	base := f.codes(faults)
	r.Codes = map[string]alerts.Codes{}
	for _, l := range c.Lines {
		r.Codes[l.Name], _ = l.codesOver(base) // what is wrong there was said when the configuration was loaded
	}
	if len(faults.List) > 0 {
		slices.SortStableFunc(faults.List, func(a, b RuleFault) int { return a.Line - b.Line })
		return alerts.Rules{}, faults
	}
	return r, nil
}

// kindOfRules is how faults speak of a kind of rule file: the command that prints the shipped one, what holds
// without a file, and what holds for a word that is left out.
type kindOfRules struct{ made, without, absent string }

var alertRules = kindOfRules{"dutyline alerts rules", "name no file in alerts.rules: then the shipped rules hold", "or take the line out: then it is as in the shipped rules"}

var atLine = regexp.MustCompile(`(?:yaml: )?line (\d+): (.*)`)

func parseRuleFile(faults *RuleFaults, text []byte, f *ruleFile) {
	decodeRules(faults, text, f, alertRules)
}

// decodeRules reads one document into what its type has words for.
func decodeRules[T any](faults *RuleFaults, text []byte, f *T, kind kindOfRules) {
	var doc, second yaml.Node
	from := yaml.NewDecoder(bytes.NewReader(text))
	err := from.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF) || err == nil && doc.Content[0].Tag == nullTag:
		faults.add(1, "the file says nothing; write it anew with %s, or %s", kind.made, kind.without)
		return
	case err == nil:
		knownWords(faults, doc.Content[0], reflect.TypeFor[T](), kind)
		err = doc.Decode(f)
	}
	if err == nil {
		if again := from.Decode(&second); !errors.Is(again, io.EOF) {
			faults.add(max(second.Line, 1), "a second document begins here, and nobody would read it; take out the line --- before it")
		}
		return
	}
	said := []string{err.Error()}
	if wrong := new(yaml.TypeError); errors.As(err, &wrong) {
		said = wrong.Errors
	}
	for _, s := range said {
		line := 1
		if m := atLine.FindStringSubmatch(s); m != nil {
			line, _ = strconv.Atoi(m[1])
			s = m[2]
		}
		faults.add(line, "%s; write it as in the shipped rules (%s)", plainly(s), kind.made)
	}
}

var cannot = regexp.MustCompile("^cannot unmarshal !!([a-z]+)(?: `(.*)`)? into (.*)$")

// plainly says without the words of a programmer what stands where something else belongs.
func plainly(fault string) string {
	m := cannot.FindStringSubmatch(fault)
	if m == nil {
		return fault
	}
	found := map[string]string{"map": "a group", "seq": "a list"}[m[1]]
	if found == "" {
		found = strconv.Quote(m[2])
	}
	belongs := "a group of words with a colon"
	switch {
	case strings.HasPrefix(m[3], "[]"):
		belongs = "a list, each row with a dash"
	case m[3] == "time.Duration":
		belongs = "a time, for instance 10m"
	case m[3] == "int":
		belongs = "a whole number"
	case m[3] == "string":
		belongs = "one word"
	}
	return found + " where " + belongs + " belongs"
}

// nullTag is YAML's for nothing: an empty value, ~ or null.
const nullTag = "!!null"

// noneOf is how to write that there is to be none.
func noneOf(field reflect.Type) string {
	switch {
	case field.Kind() == reflect.Slice:
		return "write [] where there is to be none of it, "
	case field == reflect.TypeFor[ruleTime]():
		return "write 0s where there is to be none of it, "
	}
	return "complete it, "
}

// knownWords says of every word that no rule has, or after which nothing stands, where it is.
func knownWords(faults *RuleFaults, n *yaml.Node, want reflect.Type, kind kindOfRules) {
	switch {
	case want.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for _, child := range n.Content {
			if child.ShortTag() == nullTag {
				faults.add(child.Line, "a row with nothing in it; complete it, or take it out")
			}
			knownWords(faults, child, want.Elem(), kind)
		}
	case want.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		fields := map[string]reflect.Type{}
		var words []string
		for i := range want.NumField() {
			if word := want.Field(i).Tag.Get("yaml"); word != "" {
				fields[word], words = want.Field(i).Type, append(words, word)
			}
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			field, known := fields[key.Value]
			switch value := n.Content[i+1]; {
			case !known:
				faults.add(key.Line, "unknown word %q; write one of: %s", key.Value, strings.Join(words, ", "))
			case value.ShortTag() == nullTag: // whose rows were taken out: whether there is to be none is not said
				faults.add(key.Line, "nothing stands after %s; %s%s", key.Value, noneOf(field), kind.absent)
			default:
				knownWords(faults, value, field, kind)
			}
		}
	}
}

// codes is the table for all lines.
func (f ruleFile) codes(faults *RuleFaults) alerts.Codes {
	var without []string
	for _, style := range f.Codes.Without {
		if !slices.Contains(codeStyles, style.text) {
			faults.add(style.line, "unknown style %q; write one of: %s", style.text, strings.Join(codeStyles, ", "))
		}
		without = append(without, style.text)
	}
	var own []alerts.Code
	for _, row := range f.Codes.Own {
		code := alerts.Code{Pattern: row.Code.text, Means: alerts.Meaning(row.Means), Style: "own"}
		_, err := alerts.NewCodes([]alerts.Code{code})
		for i := 0; i < len(own) && err == nil; i++ {
			_, err = alerts.NewCodes([]alerts.Code{own[i], code})
		}
		if err != nil {
			faults.add(max(row.Code.line, 1), "%v", err)
			continue
		}
		own = append(own, code)
	}
	codes, err := alerts.ShippedCodes().Without(without).With(own)
	if err != nil {
		faults.add(1, "%v", err)
	}
	return codes
}

// stopsClock are the recipients who all have to get a report of an incident for its clock to stop.
func (f ruleFile) stopsClock(faults *RuleFaults) string {
	to := f.Incidents.StopsClock
	var named, codes []string
	for _, w := range dutylog.Recipients() {
		codes = append(codes, w.Code)
	}
	for _, w := range to.words {
		if !slices.Contains(codes, w.text) {
			faults.add(max(w.line, 1), "unknown recipient %q; write one of: %s", w.text, join(codes))
		}
		if !slices.Contains(named, w.text) {
			named = append(named, w.text)
		}
	}
	if len(named) == 0 {
		faults.add(max(to.line, 1), "no recipient stands in stops_clock; write one or more of: %s", join(codes))
	}
	return strings.Join(named, ",")
}

func (f ruleFile) misuse(faults *RuleFaults) alerts.Misuse {
	in := f.Misuse
	n := in.Nuisance
	m := alerts.Misuse{CallBack: in.CallBack.notNegative(faults),
		Longest: alerts.Longest{Out: in.Longest.Out.notNegative(faults), In: in.Longest.In.notNegative(faults)},
		Nuisance: alerts.Nuisance{Marked: n.Marked.notNegative(faults), Within: n.Within.notNegative(faults),
			Calls: n.Calls.notNegative(faults), Each: n.Each.notNegative(faults)}}
	if n.Marked.is > 0 && n.Within.is == 0 {
		faults.add(n.Marked.line, "%d marked calls, but in which time is not said; write within, for instance 720h", n.Marked.is)
	}
	if n.Calls.is > 0 && n.Each.is == 0 {
		faults.add(n.Calls.line, "%d calls, but in which time is not said; write each, for instance 10m", n.Calls.is)
	}
	for _, never := range in.Never {
		s := alerts.Span{Starts: never.text, Least: len(never.text), Most: len(never.text)}
		if err := s.Check(); err != nil {
			faults.add(never.line, "%v", err)
		}
		m.Never = append(m.Never, s)
	}
	for i, row := range in.Numbers {
		told, err := row.told()
		for j := 0; j < i && err == nil; j++ {
			if before, wrong := in.Numbers[j].told(); wrong == nil && before.Overlaps(told.Span) {
				err = fmt.Errorf("numbers that begin with %s overlap those of line %d (%s): the same number cannot be both, give one other digits", told.Starts, in.Numbers[j].Starts.line, before.Starts)
			}
		}
		if err != nil {
			faults.add(max(row.Starts.line, 1), "%v", err)
		}
		m.Numbers = append(m.Numbers, told)
	}
	for _, text := range in.OddHours {
		h, err := alerts.ParseHours(text.text, nil)
		if err != nil {
			faults.add(text.line, "%v", err)
		}
		m.OddHours = append(m.OddHours, h)
	}
	return m
}

// told is a row of numbers; digits are one length, or the least and the most.
func (row numberRow) told() (alerts.ToldNumber, error) {
	t := alerts.ToldNumber{Span: alerts.Span{Starts: row.Starts.text}, Means: alerts.NumberKind(row.Means)}
	if !slices.Contains(alerts.NumberKinds(), t.Means) {
		return t, fmt.Errorf("unknown kind of number %q; write one of: %s", row.Means, join(alerts.NumberKinds()))
	}
	t.Least, t.Most = len(t.Starts), len(t.Starts)
	if row.Digits != "" {
		least, most, two := strings.Cut(row.Digits, "-")
		if !two {
			most = least
		}
		var err1, err2 error
		t.Least, err1 = strconv.Atoi(least)
		if t.Most, err2 = strconv.Atoi(most); err1 != nil || err2 != nil {
			return t, fmt.Errorf("digits %q are no length; write for instance 8 or 5-10", row.Digits)
		}
	}
	return t, t.Check()
}

func (f ruleFile) policies(faults *RuleFaults, lines []Line) (out []alerts.Policy) {
	for _, row := range f.Policy {
		p, err := row.policy(lines)
		if err != nil {
			faults.add(max(row.Reason.line, 1), "%v", err)
		}
		out = append(out, p)
	}
	return out
}

func (row policyRow) policy(lines []Line) (alerts.Policy, error) {
	p := alerts.Policy{Reason: alerts.Reason(row.Reason.text), Stance: alerts.Stance(row.Is), Severity: alerts.Severity(row.Severity)}
	reasons := alerts.Reasons()
	slices.Sort(reasons)
	switch {
	case !slices.Contains(reasons, p.Reason):
		return p, fmt.Errorf("unknown reason %q; write one of: %s", p.Reason, join(reasons))
	case row.Is == "" && row.Severity == "":
		return p, fmt.Errorf("the row about %s says nothing; write is: (%s), or severity: (%s)", p.Reason, join(alerts.Stances()), join(alerts.Severities()))
	case row.Is != "" && !slices.Contains(alerts.Stances(), p.Stance):
		return p, fmt.Errorf("unknown word %q after is; write one of: %s", row.Is, join(alerts.Stances()))
	case row.Severity != "" && !slices.Contains(alerts.Severities(), p.Severity):
		return p, fmt.Errorf("unknown severity %q; write one of: %s", row.Severity, join(alerts.Severities()))
	case row.Hours != "" || len(row.Days) > 0:
		h, err := alerts.ParseHours(cmp.Or(row.Hours, "00:00-24:00"), row.Days)
		if err != nil {
			return p, err
		}
		p.Hours = []alerts.Hours{h}
	}
	for _, l := range row.Lines {
		if !slices.ContainsFunc(lines, func(x Line) bool { return x.Name == l.text }) {
			return p, fmt.Errorf("there is no line %q; the configuration names the lines", l.text)
		}
		p.Lines = append(p.Lines, l.text)
	}
	for _, to := range row.To {
		if strings.Trim(to.text, "+0123456789-") != "" || to.text == "" {
			return p, fmt.Errorf("%q is no number to which calls can be forwarded; write its digits", to.text)
		}
		p.To = append(p.To, to.text)
	}
	return p, nil
}

func join[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return strings.Join(list, ", ")
}
