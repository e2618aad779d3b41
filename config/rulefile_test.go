package config_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/telephony"
)

// site is one line in Shenyang.
func site() config.Config {
	c := config.Default()
	c.Lines = []config.Line{{Name: "duty", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"}}}
	return c
}

// knows is what the duty log says of one number.
type knows struct {
	words string
	at    time.Time
}

func (k knows) Listed(telephony.Number) (bool, error) {
	return strings.Contains(k.words, "listed"), nil
}

func (k knows) CallsFrom(_ string, _ telephony.Number, from, to time.Time) (calls []telephony.Call, _ error) {
	add := func(before time.Duration, tags ...telephony.Tag) {
		if at := k.at.Add(-before); !at.Before(from) && at.Before(to) {
			calls = append(calls, telephony.Call{ID: fmt.Sprint("earlier ", before), OfferedAt: at, Tags: tags, Outcome: telephony.AnsweredInTime})
		}
	}
	if strings.Contains(k.words, "called") {
		add(time.Hour)
	}
	if strings.Contains(k.words, "marked") {
		add(24*time.Hour, telephony.TagNuisance)
		add(600*time.Hour, telephony.TagNuisance)
		add(800*time.Hour, telephony.TagNuisance)
	}
	return calls, nil
}

// one is a call as it is offered and as it ends, answered after a second.
func one(direction, number string, at time.Time, lasts time.Duration) []telephony.Change {
	c := telephony.Call{ID: "1795436279.0", Line: "duty", Direction: telephony.Direction(direction), OfferedAt: at}
	n := telephony.ParseNumber(number, "024")
	if c.Direction == telephony.Outbound {
		c.Called = n
	} else {
		c.Caller = n
	}
	if strings.ContainsAny(number, "*#") {
		c.Findings = []telephony.Finding{telephony.FeatureCode}
	}
	over := c
	over.AnsweredAt, over.EndedAt, over.Outcome = at.Add(time.Second), at.Add(lasts), telephony.PlacedAnswered
	if c.Direction == telephony.Inbound {
		over.Outcome = telephony.AnsweredInTime
	}
	return []telephony.Change{{Kind: telephony.CallOffered, Line: "duty", At: at, Call: &c}, {Kind: telephony.CallEnded, Line: "duty", At: over.EndedAt, Call: &over}}
}

// judged are the alerts about changes, each once: rule, certainty, severity.
func judged(t *testing.T, r alerts.Rules, v alerts.View, changes []telephony.Change) (told []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, ch := range changes {
		list, err := r.Judge(ch, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if len(a.Ends) > 0 || seen[a.Key] {
				continue
			}
			seen[a.Key] = true
			told = append(told, fmt.Sprintf("%s %s %s", a.Rule, a.Certainty, a.Severity))
			if len(a.Evidence) == 0 || a.Evidence[0].Kind != alerts.EvidenceCall {
				t.Errorf("%s rests on %+v", a.Rule, a.Evidence)
			}
		}
	}
	slices.Sort(told)
	return told
}

func TestTheShippedRulesSayWhatMisuseIs(t *testing.T) {
	rules, err := site().Rules()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("testdata/rules/misuse.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comment, in.FieldsPerRecord = ';', 6
	rows, err := in.ReadAll()
	if err != nil || len(rows) < 40 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		at, err1 := time.ParseInLocation("2006-01-02 15:04", "2026-11-23 "+row[2], rules.Zone)
		lasts, err2 := time.ParseDuration(row[3])
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(judged(t, rules, knows{row[4], at}, one(row[0], row[1], at.UTC(), lasts)), "; ")
		if got != row[5] {
			t.Errorf("%v\n want %q\n got  %q", row[:5], row[5], got)
		}
	}
}

// One place demands in working hours what another forbids, and a third does not care.
func TestPolicyIsWhatTheSiteWantsAtThisTime(t *testing.T) {
	rules, err := site().ParseRules("rules.yaml", []byte(`
policy:
  - {reason: forward_code, lines: [duty], days: [mon, tue, wed, thu, fri], hours: "08:30-17:30", to: ["13800001111"], is: demanded}
  - {reason: forward_code, hours: "22:00-06:00", severity: warning}
  - {reason: feature_code, is: ignored}
  - {reason: forward_query_code, is: forbidden}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ code, at, want string }{
		{"*57*13800001111#", "2026-11-23 09:00", "forward_code/demanded informative info"}, // a Monday
		{"*57*008613800001111#", "2026-11-23 08:30", "forward_code/demanded informative info"},
		{"*57*13800002222#", "2026-11-23 09:00", "forward_code certain critical"}, // to somebody else
		{"*57*13800001111#", "2026-11-23 17:30", "forward_code certain critical"}, // after work
		{"*57*13800001111#", "2026-11-22 09:00", "forward_code certain critical"}, // on Sunday
		{"*57*13800002222#", "2026-11-23 23:00", "forward_code certain warning"},  // at night
		{"*57*13800002222#", "2026-11-23 05:59", "forward_code certain warning"},
		{"*88#", "2026-11-23 09:00", ""},
		{"*#57#", "2026-11-23 09:00", "forward_query_code/forbidden certain critical"},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, rules.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(judged(t, rules, knows{}, one("out", c.code, at, 5*time.Second)), "; "); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.code, c.at, got, c.want)
		}
	}
}

// A rule file with a mistake is refused with one sentence: file, line, remedy.
func TestABadRuleFileIsRefusedWithOneSentence(t *testing.T) {
	for text, want := range map[string]string{
		"misuse:\n  nuisance: {marked: 2, within: 0s}":                                            `rules.yaml:2: 2 marked calls, but in which time is not said; write within, for instance 720h`,
		"misuse:\n  nuisance:\n    calls: 3\n":                                                    `rules.yaml:3: 3 calls, but in which time is not said; write each, for instance 10m`,
		"misuse:\n  longest:\n    in: -5m\n":                                                      `rules.yaml:3: -5m0s is less than nothing; write 0 where there is to be no bound`,
		"misuse:\n  nuisance: {marked: -1, within: 1h}":                                           `rules.yaml:2: -1 is less than nothing; write 0 where there is to be no bound`,
		"misuse:\n  numbers:\n  odd_hours: []":                                                    `rules.yaml:2: nothing stands after numbers; write [] where there is to be none of it, or take the line out: then it is as in the shipped rules`,
		"misuse:\n  numbers:\n    # - {starts: \"160\", digits: 8, means: premium}\n  odd_hours:": `rules.yaml:2: nothing stands after numbers; write [] where there is to be none of it, or take the line out: then it is as in the shipped rules (and 1 more below it)`,
		"misuse:\n  never: ~":                                                                     `rules.yaml:2: nothing stands after never; write [] where there is to be none of it, or take the line out: then it is as in the shipped rules`,
		"misuse:\n  call_back:":                                                                   `rules.yaml:2: nothing stands after call_back; write 0s where there is to be none of it, or take the line out: then it is as in the shipped rules`,
		"misuse:\n  nuisance:":                                                                    `rules.yaml:2: nothing stands after nuisance; complete it, or take the line out: then it is as in the shipped rules`,
		"codes:\n  own:\npolicy: []":                                                              `rules.yaml:2: nothing stands after own; write [] where there is to be none of it, or take the line out: then it is as in the shipped rules`,
		"policy:":                                                                                 `rules.yaml:1: nothing stands after policy; write [] where there is to be none of it, or take the line out: then it is as in the shipped rules`,
		"misuse:\n  odd_hours:\n    -":                                                            `rules.yaml:3: a row with nothing in it; complete it, or take it out`,
		"misuse:\n  nevr: []":                                                                     `rules.yaml:2: unknown word "nevr"; write one of: never, numbers, odd_hours, call_back, longest, nuisance`,
		"policy:\n  - {reason: missed, is: demanded, hour: x}":                                    `rules.yaml:2: unknown word "hour"; write one of: reason, lines, days, hours, to, is, severity`,
		"codes:\n  own:\n    - {code: \"*57N\", means: forward}":                                  `rules.yaml:3: code "*57N" means "forward", which is none of: forward_all,`,
		"codes:\n  own:\n    - {code: \"*7a\", means: forward_all}":                               `rules.yaml:3: code "*7a" is no pattern: write it as it is dialled, with N for a number, T for a time and B for one or two digits`,
		"codes:\n  without: [pabx]":                                                               `rules.yaml:2: unknown style "pabx"; write one of: exchange, mobile, pbx`,
		"misuse:\n  never: [12Y]":                                                                 `rules.yaml:2: "12Y" is no beginning of a number: write digits, and X for any digit`,
		"misuse:\n  odd_hours: [\"25:00-05:00\"]":                                                 `rules.yaml:2: "25:00-05:00" are no hours: write for instance 08:30-17:30, and 00:00-24:00 for the whole day`,
		"misuse:\n  nuisance: {marked: often}":                                                    `rules.yaml:2: "often" where a whole number belongs; write it as in the shipped rules (dutyline alerts rules)`,
		"misuse:\n  longest: {out: 30}":                                                           `rules.yaml:2: "30" where a time, for instance 10m belongs; write it as in the shipped rules (dutyline alerts rules)`,
		"policy: {}":                                                                              `rules.yaml:1: a group where a list, each row with a dash belongs; write it as`,
		"misuse: []":                                                                              `rules.yaml:1: a list where a group of words with a colon belongs; write it as`,
		"policy:\n  - {reason: missed, is: [ignored]}":                                            `rules.yaml:2: a list where one word belongs; write it as`,
		"":                                  `rules.yaml:1: the file says nothing; write it anew with dutyline alerts rules, or name no file`,
		"# all gone\n":                      `rules.yaml:1: the file says nothing;`,
		"---\npolicy: []\n---\npolici: 1\n": `rules.yaml:3: a second document begins here, and nobody would read it; take out`,
		"misuse: [\n":                       "rules.yaml:1: did not find expected node content; write it as in the shipped rules (dutyline alerts rules)",
		"policy:\n  - {reason: forwarded, is: ignored}":                                                                                `rules.yaml:2: unknown reason "forwarded"; write one of: answered_by_machine, `,
		"policy:\n  - {reason: missed}":                                                                                                `rules.yaml:2: the row about missed says nothing; write is: (demanded, forbidden, ignored), or severity: (info, warning, critical)`,
		"policy:\n  - {reason: missed, is: wanted}":                                                                                    `rules.yaml:2: unknown word "wanted" after is; write one of: demanded, forbidden, ignored`,
		"policy:\n  - {reason: missed, severity: bad}":                                                                                 `rules.yaml:2: unknown severity "bad"; write one of: info, warning, critical`,
		"policy:\n  - {reason: missed, is: ignored, lines: [fax]}":                                                                     `rules.yaml:2: there is no line "fax"; the configuration names the lines`,
		"policy:\n  - {reason: missed, is: ignored, days: [monday]}":                                                                   `rules.yaml:2: "monday" is no day: write mon, tue, wed, thu, fri, sat or sun`,
		"policy:\n  - {reason: transfer, is: demanded, to: [x]}":                                                                       `rules.yaml:2: "x" is no number to which calls can be forwarded; write its digits`,
		"misuse:\n  numbers: [{starts: \"168\", digits: 8, means: bad}]":                                                               `rules.yaml:2: unknown kind of number "bad"; write one of: premium, international, service, other`,
		"misuse:\n  numbers: [{starts: \"168\", digits: 2, means: other}]":                                                             `rules.yaml:2: a number that begins with 168 cannot have 2-2 digits: write at least 3 and at most 24`,
		"misuse:\n  numbers:\n    - {starts: \"168\", digits: 5-10, means: premium}\n    - {starts: \"16X\", digits: 8, means: other}": `rules.yaml:4: numbers that begin with 16X overlap those of line 3 (168): the same number cannot be both, give one other digits`,
		"codes:\n  own:\n    - {code: \"*72N\", means: forward_all}\n    - {code: \"*721N\", means: forward_cancel}":                   `rules.yaml:4: code "*72N" (forward_all) and code "*721N" (forward_cancel) can be the same dialling: leave one of them out`,
		"misuse:\n  never: [x]\npolicy:\n  - {reason: y}":                                                                              `rules.yaml:2: "x" is no beginning of a number: write digits, and X for any digit (and 1 more below it)`,
	} {
		_, err := site().ParseRules("rules.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\n want %s\n got  %v", text, want, err)
		}
	}
	_, err := site().RulesIn(filepath.Join(t.TempDir(), "none.yaml"))
	if err == nil || !strings.Contains(err.Error(), "none.yaml does not exist: name the right one (the daemon's in alerts.rules), or make it: dutyline alerts rules > ") {
		t.Errorf("%v", err)
	}
}

// What a file leaves out is as shipped; what it empties is told no more.
func TestWhatARuleFileLeavesOutIsAsShipped(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	premium, long, code := "misuse_number/premium certain warning", "misuse_duration certain warning", "forward_code certain critical"
	for text, want := range map[string][]string{
		"policy: []":                   {long, premium, code},
		"misuse: {never: [\"110\"]}":   {long, premium, code},
		"misuse: {numbers: []}":        {long, code},
		"misuse: {longest: {out: 0s}}": {premium, code},
		"misuse: {numbers: [], longest: {out: 0s}}\ncodes: {without: [exchange]}": {"feature_code certain warning"},
	} {
		rules, err := site().ParseRules("rules.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got := slices.Concat(judged(t, rules, knows{}, one("out", "16899999", at, time.Hour)), judged(t, rules, knows{}, one("out", "*57*13800001111#", at, time.Second)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// What the file adds to the codes holds on every line; what a line says itself comes first.
func TestCodesOfTheFileHoldUnlessTheLineSaysMore(t *testing.T) {
	c := site()
	c.Lines = append(c.Lines, config.Line{Name: "fax", Codes: config.Codes{Own: []config.Code{{Code: "*72N", Means: "other"}}}})
	rules, err := c.ParseRules("rules.yaml", []byte("codes: {own: [{code: \"*72N\", means: forward_cancel}]}"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]alerts.Meaning{"duty": alerts.CancelsForward, "fax": alerts.OtherService} {
		if code, _, ok := rules.Codes[line].Read("*7213800001111"); !ok || code.Means != want {
			t.Errorf("%s: %+v, want %s", line, code, want)
		}
	}
}

// Whatever a rule file holds, reading it ends with rules or with one sentence that names file and
// line; and the rules that it gives judge any call without a fault.
func FuzzRules(f *testing.F) {
	f.Add(config.ShippedRules, "16899999")
	for _, seed := range []string{
		"", "codes: {own: [{code: \"*72N\", means: forward_all}]}", "misuse: {never: [110, 1e3, 0x10, ~]}", "misuse: {odd_hours: [22:00-06:00]}",
		"policy: [{reason: missed, is: ignored}]", "misuse: &a {numbers: *a}", "misuse: {longest: {out: 1h}, nuisance: {marked: -1}}", "- a", "codes: null",
		"policy: [{reason: forward_code, to: [\"13800001111\"], days: [sun], hours: \"23:59-00:00\", is: demanded}]", "? [a]\n: b", "misuse:\n  never:\n    - {a: b}",
		"misuse: {numbers: [{starts: X, digits: 1-24, means: other}]}", "\ufeffcodes: {}", "codes: !!binary aGk=", "misuse: {call_back: 99999999999999h}",
	} {
		f.Add([]byte(seed), "*57*13900001111#")
	}
	at := time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte, number string) {
		rules, err := site().ParseRules("rules.yaml", text)
		if err != nil {
			if s := err.Error(); !strings.HasPrefix(s, "rules.yaml:") || strings.HasPrefix(s, "rules.yaml:0:") || strings.Contains(strings.TrimSpace(s), "\n") {
				t.Fatalf("%q: %q", text, s)
			}
			return
		}
		for _, direction := range []string{"in", "out"} {
			first := judged(t, rules, knows{"marked called", at}, one(direction, number, at, time.Hour))
			if diff := cmp.Diff(first, judged(t, rules, knows{"marked called", at}, one(direction, number, at, time.Hour))); diff != "" {
				t.Fatalf("%q of %q: twice the same call, told otherwise:\n%s", text, number, diff)
			}
		}
	})
}
