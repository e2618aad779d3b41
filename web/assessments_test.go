package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/web"
)

type itemDoc struct {
	ID, Title, Article, Figure, Why string
	Gets, Points, Each              float64
	Numerator, Denominator          int
	Unknown, More                   int
	Evidence                        []struct{ Kind, ID, At, What string }
}

type assessmentDoc struct {
	Month, Line, State string
	Sheet              struct {
		Items          []itemDoc
		Gets, Of, Most float64
		OfHundred      *float64 `json:"of_hundred"`
		Persons        struct{ Head, Deputy, Duty string }
		Digest         string
		Undecided      int
	}
	Said []struct {
		ID    int64
		Says  string
		Holds bool
	}
	May         []string
	Corrections []struct{ ID string }
	FrozenBy    *person `json:"frozen_by"`
	RulesFault  string  `json:"rules_fault"`
}

func (d assessmentDoc) item(id string) itemDoc {
	for _, i := range d.Sheet.Items {
		if i.ID == id {
			return i
		}
	}
	return itemDoc{}
}

func (d assessmentDoc) before() (id int64) {
	for _, f := range d.Said {
		id = f.ID
	}
	return id
}

// shippedScoring assesses by the shipped rules.
func shippedScoring(d *web.Deps) {
	d.Scoring = func() (dutylog.ScoringRules, error) { return config.ScoringIn("") }
	d.Responsible = dutylog.Responsible{Head: "孙志国"}
}

// partly reads what a test looks at, and leaves the rest.
func (a answer) partly(t *testing.T, v any) {
	t.Helper()
	if a.status/100 != 2 {
		t.Fatalf("got %v", a)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v: %v", err, a)
	}
}

// sayAssessed says something of the sheet as it was read.
func (c *client) sayAssessed(d assessmentDoc, says, more string) answer {
	c.t.Helper()
	return c.post("/assessments/"+d.Month+"/facts?line="+d.Line, fmt.Sprintf(`{"says":%q,"digest":%q,"before":%d%s}`, says, d.Sheet.Digest, d.before(), more))
}

// A month is looked at, its persons named, signed by two, frozen; what comes later stands beside it.
func TestAMonthIsAssessed(t *testing.T) {
	rules := dutylog.ScoringRules{}
	h := newHouse(t, shippedScoring, func(d *web.Deps) {
		shipped := d.Scoring
		d.Scoring = func() (dutylog.ScoringRules, error) {
			if rules.Items != nil {
				return rules, nil
			}
			return shipped()
		}
	})
	october := time.Date(2026, 10, 20, 2, 0, 0, 0, time.UTC)
	h.clock.Add(time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	h.finished("1.0", october)
	supervisor, leader := h.as("supervisor"), h.as("leader")
	var list struct {
		Room  string
		Rules string
		Fault string `json:"rules_fault"`
		Items []struct {
			Month, State string
			Gets         *float64
		}
	}
	supervisor.get("/assessments").partly(t, &list)
	if list.Room == "" || list.Rules == "" || list.Fault != "" || len(list.Items) != 2 || list.Items[0].State != "running" || list.Items[1].Month != "2026-10" || list.Items[1].State != "open" {
		t.Fatalf("%+v", list)
	}
	var d assessmentDoc
	h.as("officer").get("/assessments/2026-10").partly(t, &d)
	if d.State != "open" || len(d.May) != 0 || d.item("on_time").Denominator != 1 || d.Sheet.Persons.Head != "孙志国" || d.Sheet.OfHundred == nil {
		t.Errorf("%+v", d)
	}
	if i := d.item("report_first"); i.Why != "nothing" || i.Gets != 0 || i.Evidence == nil {
		t.Errorf("%+v", i)
	}
	supervisor.sayAssessed(d, "named", `,"persons":{"head":"","deputy":"周玉梅","duty":""}`).partly(t, &d)
	if p := d.Sheet.Persons; p.Head != "孙志国" || p.Deputy != "周玉梅" {
		t.Errorf("%+v", p)
	}
	old := d
	supervisor.sayAssessed(d, "signed", "").partly(t, &d)
	if d.State != "signed" || !d.Said[1].Holds {
		t.Errorf("%+v", d)
	}
	if p := supervisor.sayAssessed(d, "frozen", "").problem(t); p.Status != 422 || p.Errors[0].Location != "body.says" {
		t.Errorf("%+v", p)
	}
	if got := leader.sayAssessed(old, "signed", ""); got.status != 409 {
		t.Errorf("against an older state: %v", got)
	}
	leader.sayAssessed(d, "signed", "").partly(t, &d)
	if d.State != "ready" {
		t.Errorf("%+v", d)
	}
	supervisor.sayAssessed(d, "frozen", "").partly(t, &d)
	if d.State != "frozen" || d.FrozenBy == nil || len(d.Corrections) != 0 {
		t.Errorf("%+v", d)
	}
	frozen := d.Sheet.Digest
	h.finished("2.0", october.Add(time.Hour)) // found later
	supervisor.get("/assessments/2026-10").partly(t, &d)
	if d.Sheet.Digest != frozen || len(d.Corrections) == 0 || d.item("on_time").Denominator != 1 {
		t.Errorf("%d corrections, %s, was %s", len(d.Corrections), d.Sheet.Digest, frozen)
	}
	page := supervisor.get("/assessments/2026-10/sheet")
	for _, words := range []string{"2026年10月值班值守考核表", "值班室 ", "第一责任人", "孙志国", "周玉梅", "定稿后的更正", frozen, "签名校验点", "本月没有此类事项，不计分"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("%s is not on paper", words)
		}
	}
	if book := h.as("auditor").get("/assessments/2026-10/workbook"); book.status != 200 || !strings.HasPrefix(book.body, "PK") || !strings.Contains(book.header.Get("Content-Disposition"), "2026-10.xlsx") {
		t.Errorf("%v", book.header)
	}
	all := *h.accesses
	if last := all[len(all)-1]; last.What != "assessment.export" || last.Object != "值班值守考核表-2026-10" {
		t.Errorf("%+v", last)
	}
	var diff struct {
		Looked int
		Items  []struct {
			Month     string
			Then, Now struct{ Gets, Of float64 }
			Changes   []struct{ ID string }
		}
	}
	supervisor.get("/assessments/differences").partly(t, &diff)
	if diff.Looked != 1 || len(diff.Items) != 0 {
		t.Errorf("by the same rules: %+v", diff)
	}
	rules, _ = config.ScoringIn("")
	rules.Items = rules.Items[1:]
	supervisor.get("/assessments/differences").partly(t, &diff)
	if len(diff.Items) != 1 || diff.Items[0].Then.Of-diff.Items[0].Now.Of != 18 || len(diff.Items[0].Changes) != 1 || diff.Items[0].Changes[0].ID != "on_time" {
		t.Errorf("without an item: %+v", diff)
	}
	supervisor.get("/assessments").partly(t, &list)
	if row := list.Items[1]; row.State != "frozen" || row.Gets == nil || *row.Gets != d.Sheet.Gets {
		t.Errorf("%+v", row)
	}
}

func TestWhatAnAssessmentRefuses(t *testing.T) {
	h := newHouse(t, shippedScoring)
	supervisor := h.as("supervisor")
	for path, status := range map[string]int{"/assessments/2026-13": 422, "/assessments/2099-01": 404, "/assessments/2026-10?line=nothing": 404, "/assessments?line=nothing": 422, "/violations/9": 404, "/violations?state=x": 422, "/violations?cursor=rubbish": 422} {
		if got := supervisor.get(path); got.status != status {
			t.Errorf("%s: %v", path, got)
		}
	}
	for who, path := range map[string]string{"admin": "/assessments", "reader": "/violations"} {
		if got := h.as(who).get(path); got.status != 403 {
			t.Errorf("%s %s: %v", who, path, got)
		}
	}
	if got := h.as("officer").post("/assessments/2026-10/facts", `{"says":"signed"}`); got.status != 403 {
		t.Errorf("%v", got)
	}
	if got := h.as("auditor").post("/violations", `{"item":2,"at":"2026-11-01T00:00:00Z","text":"x"}`); got.status != 403 {
		t.Errorf("%v", got)
	}
}

// A file with a mistake is told on the sheet; the last good rules go on.
func TestRefusedScoringRulesAreTold(t *testing.T) {
	h := newHouse(t, func(d *web.Deps) {
		d.Scoring = func() (dutylog.ScoringRules, error) {
			r, _ := config.ScoringIn("")
			return r, fmt.Errorf("scoring.yaml:7: unknown word")
		}
	})
	var d assessmentDoc
	h.as("supervisor").get("/assessments/"+h.clock.Now().In(site).Format("2006-01")).partly(t, &d)
	if d.RulesFault != "scoring.yaml:7: unknown word" || len(d.Sheet.Items) == 0 || d.State != "running" {
		t.Errorf("%+v", d)
	}
}

// A sheet that reviews hold up says how many they are; of which calls, a colleague is not told.
func TestASheetTellsAColleagueOfNoReview(t *testing.T) {
	h := newHouse(t, shippedScoring)
	h.clock.Add(time.Date(2026, 10, 30, 4, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	h.late("1.0", "王officer")
	h.clock.Add(72 * time.Hour)
	h.account("colleague", dutylog.Officer, false)
	for login, items := range map[string]int{"officer": 1, "colleague": 0} {
		var seen struct {
			Open struct {
				Total int
				Items []struct{}
			} `json:"open_reviews"`
		}
		h.as(login).get("/assessments/2026-10").partly(t, &seen)
		if seen.Open.Total != 1 || len(seen.Open.Items) != items {
			t.Errorf("%s: %+v", login, seen.Open)
		}
	}
}

// While an officer has the word about a call of the month, its sheet may be looked at and is not signed; who is refused
// is told which call it is.
func TestASheetIsNotSignedBeforeItsReviews(t *testing.T) {
	h := newHouse(t, shippedScoring)
	h.clock.Add(time.Date(2026, 10, 30, 4, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	h.over(h.call("1.0", h.clock.Now()), telephony.Missed) // on a Friday: its officer has until Wednesday, 4 November
	h.clock.Add(72 * time.Hour)
	type openDoc struct {
		assessmentDoc
		OpenReviews struct {
			Total int
			Items []struct {
				CallID string `json:"call_id"`
				State  string
			}
		} `json:"open_reviews"`
	}
	var d openDoc
	supervisor := h.as("supervisor")
	supervisor.get("/assessments/2026-10").partly(t, &d)
	if d.OpenReviews.Total != 1 || d.OpenReviews.Items[0].CallID != "1.0" || d.OpenReviews.Items[0].State != "awaits_officer" || strings.Contains(strings.Join(d.May, " "), "signed") {
		t.Errorf("%+v", d)
	}
	p := supervisor.sayAssessed(d.assessmentDoc, "signed", "").problem(t)
	if p.Status != 422 || p.Type != "/problems/assessment-reviews_open" || !strings.Contains(p.Detail, "(1: 1.0 of 10-30 ") {
		t.Errorf("%+v", p)
	}
	h.clock.Add(72 * time.Hour)
	supervisor = h.as("supervisor")
	d = openDoc{}
	supervisor.get("/assessments/2026-10").partly(t, &d)
	if got := supervisor.sayAssessed(d.assessmentDoc, "signed", ""); d.OpenReviews.Total != 0 || got.status != 200 {
		t.Errorf("the officer's days are over: %v", got)
	}
}

// A duty room has one sheet a month, of the calls of all its lines, which it tells apart; a line that nobody called is
// told too. What an older program froze of one line stays as it was, by its own name, and is the only one of its month.
func TestASheetIsOfTheDutyRoom(t *testing.T) {
	h := newHouse(t, shippedScoring)
	september := time.Date(2026, 9, 20, 2, 0, 0, 0, time.UTC)
	h.clock.Add(time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC).Sub(h.clock.Now()))
	for id, at := range map[string]time.Time{"1.0": september, "2.0": september.AddDate(0, 1, 0), "3.0": september.AddDate(0, 1, 1)} {
		c := h.call(id, at)
		c.Line = map[bool]string{true: "duty", false: "fire"}[id == "2.0"]
		h.over(c, telephony.AnsweredInTime)
	}
	type linesDoc struct {
		assessmentDoc
		Sheet struct {
			Room, Digest string
			Items        []itemDoc
			Lines        []struct {
				Line   string
				Calls  int
				OnTime struct{ Numerator, Denominator int } `json:"on_time"`
			}
		}
	}
	ask := func(path string) (d linesDoc) {
		t.Helper()
		h.as("supervisor").get("/assessments/"+path).partly(t, &d)
		return d
	}
	if d := ask("2026-10"); d.Line != "" || d.Sheet.Room == "" || fmt.Sprint(d.Sheet.Lines) != "[{duty 1 {1 1}} {fire 1 {1 1}}]" || d.Sheet.Items[0].Denominator != 2 {
		t.Errorf("%+v", d)
	}
	if page := h.as("supervisor").get("/assessments/2026-10/sheet"); !strings.Contains(page.body, "各专线接听情况（复核后）") || !strings.Contains(page.body, "02422739119") || !strings.Contains(page.body, "全部专线合计") {
		t.Errorf("%v", page)
	}
	rules, _ := config.ScoringIn("")
	old := dutylog.AssessmentFacts{Month: "2026-09", Line: "fire", From: september, To: september.AddDate(0, 0, 9), Calls: 7, Shares: map[dutylog.Assessed]dutylog.AssessedShare{}}
	frozen := dutylog.FrozenAssessment{Sheet: dutylog.Score(old, rules), Facts: old, Rules: rules}
	_, frozen.Digest = frozen.Sheet.Freeze()
	if _, err := h.db.SayOfAssessment(t.Context(), dutylog.AssessmentFact{Month: "2026-09", Line: "fire", Says: dutylog.AssessFrozen, Digest: frozen.Digest, By: dutylog.Actor{Login: "supervisor", Name: "王supervisor", Role: dutylog.Supervisor}}, &frozen, 0); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"2026-09", "2026-09?line=fire"} {
		if d := ask(path); d.State != "frozen" || d.Line != "fire" || d.Sheet.Digest != frozen.Digest || d.Sheet.Room != "" || len(d.May) != 1 {
			t.Errorf("%s: %+v", path, d)
		}
	}
	if got := h.as("supervisor").get("/assessments/2026-09?line=duty"); got.status != 404 {
		t.Errorf("nobody froze one of this line: %v", got)
	}
	if page := h.as("supervisor").get("/assessments/2026-09/sheet"); !strings.Contains(page.body, "值班专线 02422739119") || strings.Contains(page.body, "各专线接听情况") || strings.Contains(page.body, "全部专线合计") {
		t.Errorf("%v", page)
	}
	var list struct {
		Items []struct{ Month, Line, State string }
	}
	h.as("supervisor").get("/assessments").partly(t, &list)
	if got := fmt.Sprint(list.Items); got != "[{2026-11  running} {2026-10  open} {2026-09 fire frozen}]" {
		t.Errorf("%s", got)
	}
}
