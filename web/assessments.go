package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type assessmentInput struct {
	Month string `path:"month" maxLength:"7" doc:"For instance 2026-10"`
	Line  string `query:"line" maxLength:"64" doc:"Only of a sheet that an older program froze for one line; absent: the duty room's"`
}

type assessmentOutput struct{ Body assessmentBody }

// scoring are the rules in force, and why their file is not.
func (a *app) scoring() (dutylog.ScoringRules, error) {
	if a.Scoring == nil {
		return dutylog.ScoringRules{}, errors.New("this daemon has no scoring rules")
	}
	return a.Scoring()
}

// assessmentCase makes a month's sheet as it stands now: of a frozen one by the rules that were frozen with it.
func (a *app) assessmentCase(ctx context.Context, month, line string) (c dutylog.AssessmentCase, err error) {
	m, err := dutylog.ParseMonth(month)
	if err != nil {
		return c, invalid("path.month", "is no month; write it like 2026-10")
	}
	now := a.Now()
	if m > dutylog.MonthOf(now, a.Zone) {
		return c, problemOf(dutylog.ErrNotFound)
	}
	rules, fault := a.scoring()
	c.Allowed = fault == nil || len(rules.Items) > 0
	frozen, err := a.Log.FrozenAssessments(ctx, m, m)
	if err != nil {
		return c, problemOf(err)
	}
	for n := range frozen {
		if c.Frozen == nil && (line == "" || line == frozen[n].Sheet.Line) { // the room's comes first, then one that an older program froze
			c.Frozen, rules = &frozen[n], frozen[n].Rules
		}
	}
	switch {
	case c.Frozen != nil:
		line = c.Frozen.Sheet.Line
	case line != "":
		return c, problemOf(dutylog.ErrNotFound)
	}
	if c.Said, err = a.Log.AssessmentFacts(ctx, m, line); err != nil {
		return c, problemOf(err)
	}
	books, err := a.Log.AssessmentBooks(ctx, m, line, a.calendar(), now)
	if err != nil {
		return c, problemOf(err)
	}
	books.Room, books.BackIn, books.Allowance, books.Persons = a.room(line), rules.CallBackIn(), a.Allowance, c.Persons().Or(a.Responsible)
	if c.Over = !now.Before(books.To); c.Over && c.Frozen == nil {
		q := dutylog.ReviewQuery{From: books.From, To: books.To, Line: line, Waits: dutylog.HoldsSheetUp, Over: a.reviewRule().Over(now), SpeakNow: books.Frozen, Limit: dutylog.MostOpenReviews}
		if c.Open, c.OpenOf, _, err = a.Log.ReviewCases(ctx, q); err != nil {
			return c, problemOf(err)
		}
	}
	c.Facts = books.Facts(m, line, now)
	c.Rules = rules
	c.Sheet = dutylog.Score(c.Facts, rules)
	return c, nil
}

// room is what the duty room is called; an older sheet of one line has no name of it.
func (a *app) room(line string) string {
	if line != "" {
		return ""
	}
	return a.Sheets.Unit
}

func (a *app) assessment(ctx context.Context, in *assessmentInput) (*assessmentOutput, error) {
	c, err := a.assessmentCase(ctx, in.Month, in.Line)
	if err != nil {
		return nil, err
	}
	a.audit(ctx, seeAssessments, strings.TrimSuffix(string(c.Sheet.Month)+"/"+c.Sheet.Line, "/"))
	body, err := a.assessmentOf(ctx, c)
	return &assessmentOutput{body}, err
}

func (a *app) assessmentOf(ctx context.Context, c dutylog.AssessmentCase) (assessmentBody, error) {
	shown := c.Sheet
	body := assessmentBody{Month: shown.Month, Line: shown.Line, State: c.State(), Said: []assessmentFactBody{}, May: c.MaySay(visitorOf(ctx).actor()), Corrections: itemChangesOf(c.Corrections()),
		RulesBefore: []scoringChangeBody{}, OpenReviews: a.openReviewsOf(c, visitorOf(ctx).actor())}
	if c.Frozen != nil {
		by := personOf(c.Frozen.By, c.Frozen.At)
		shown, body.FrozenBy = c.Frozen.Sheet, &by
	}
	body.Sheet = assessmentSheetOf(shown)
	for _, f := range c.Said {
		body.Said = append(body.Said, assessmentFactBody{ID: f.ID, Says: f.Says, Digest: f.Digest, Holds: f.Digest == body.Sheet.Digest, Text: f.Text, By: personOf(f.By, f.At)})
	}
	if _, fault := a.scoring(); fault != nil {
		body.RulesFault = fault.Error()
	}
	changes, err := a.Log.ScoringChanges(ctx)
	if err != nil {
		return body, problemOf(err)
	}
	for n, r := range changes {
		if n > 0 && r.At.After(c.Facts.From) && r.At.Before(c.Facts.To) {
			body.RulesBefore = append(body.RulesBefore, scoringChangeBody{r.Rules.Name, r.Digest, stamp(r.At)})
		}
	}
	return body, nil
}

type assessmentRowBody struct {
	Month     dutylog.Month           `json:"month"`
	Line      string                  `json:"line" doc:"Of a sheet that an older program froze for one line; empty: it is the duty room's"`
	State     dutylog.AssessmentState `json:"state" enum:"running,open,signed,frozen" doc:"signed: somebody signed; whether the signatures still hold, its sheet says"`
	Gets      *float64                `json:"gets" doc:"Of a frozen one"`
	Of        *float64                `json:"of"`
	OfHundred *float64                `json:"of_hundred"`
}

type assessmentList struct {
	Room   string              `json:"room" doc:"What the duty room is called"`
	Rules  string              `json:"rules" doc:"Name of the scoring rules in force"`
	Digest string              `json:"rules_digest"`
	Fault  string              `json:"rules_fault" doc:"Why their file is not in force; empty: it is"`
	Items  []assessmentRowBody `json:"items" nullable:"false" doc:"Every month since the log began, newest first, at most 240"`
}

type assessmentListOutput struct{ Body assessmentList }

// mostMonths bounds the list: twenty years.
const mostMonths = 240

// assessments lists the months with how far each is.
func (a *app) assessments(ctx context.Context, _ *struct{}) (*assessmentListOutput, error) {
	rules, fault := a.scoring()
	list := assessmentList{Room: a.Sheets.Unit, Rules: rules.Name, Digest: rules.Digest(), Items: []assessmentRowBody{}}
	if fault != nil {
		list.Fault = fault.Error()
	}
	running := dutylog.MonthOf(a.Now(), a.Zone)
	first, err := a.Log.FirstMonth(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	if first == "" || first > running {
		first = running
	}
	frozen, err := a.Log.FrozenAssessments(ctx, first, running)
	if err != nil {
		return nil, problemOf(err)
	}
	for m := running; m >= first && len(list.Items) < mostMonths; m = m.Before() {
		rows, err := a.assessmentRows(ctx, m, m == running, frozen)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, rows...)
	}
	return &assessmentListOutput{list}, nil
}

// assessmentRows is the row of a month: of a frozen one its sheet, or those of lines that an older program froze.
func (a *app) assessmentRows(ctx context.Context, m dutylog.Month, runs bool, frozen []dutylog.FrozenAssessment) (rows []assessmentRowBody, err error) {
	for _, f := range frozen {
		if f.Sheet.Month != m {
			continue
		}
		gets, of := points(f.Sheet.Gets), points(f.Sheet.Of)
		row := assessmentRowBody{Month: m, Line: f.Sheet.Line, State: dutylog.AssessmentFrozen, Gets: &gets, Of: &of}
		if h, ok := f.Sheet.OfHundred(); ok {
			hundred := points(h)
			row.OfHundred = &hundred
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		return rows, nil
	}
	row := assessmentRowBody{Month: m, State: dutylog.AwaitsSigning}
	if runs {
		row.State = dutylog.MonthRuns
		return []assessmentRowBody{row}, nil
	}
	said, err := a.Log.AssessmentFacts(ctx, m, "")
	if err != nil {
		return nil, problemOf(err)
	}
	if slices.ContainsFunc(said, func(f dutylog.AssessmentFact) bool { return f.Says == dutylog.AssessSigned }) {
		row.State = dutylog.SignedOnce
	}
	return []assessmentRowBody{row}, nil
}

type sayAssessmentInput struct {
	Month string `path:"month" maxLength:"7"`
	Line  string `query:"line" maxLength:"64" doc:"Only of a sheet that an older program froze for one line"`
	Body  struct {
		Says    dutylog.AssessmentSays `json:"says" enum:"named,signed,frozen,noted"`
		Digest  string                 `json:"digest,omitempty" maxLength:"100" doc:"Of signed and frozen: of the sheet that was seen"`
		Persons *responsibleBody       `json:"persons,omitempty" doc:"Of named"`
		Text    string                 `json:"text,omitempty" maxLength:"500"`
		Before  int64                  `json:"before,omitempty" doc:"Number of the newest fact that was seen; absent: there was none"`
	}
}

// sayOfAssessment keeps what somebody says of a month's sheet: who is responsible, a signature, that it is frozen.
func (a *app) sayOfAssessment(ctx context.Context, in *sayAssessmentInput) (*assessmentOutput, error) {
	c, err := a.assessmentCase(ctx, in.Month, in.Line)
	if err != nil {
		return nil, err
	}
	f := dutylog.AssessmentFact{Says: in.Body.Says, Digest: in.Body.Digest, Text: in.Body.Text, By: visitorOf(ctx).actor()}
	if in.Body.Persons != nil {
		f.Persons = dutylog.Responsible(*in.Body.Persons)
	}
	refused := c.May(f.Says, f.By)
	if f, err = c.Check(f); err == nil {
		_, err = a.Log.SayOfAssessment(ctx, f, a.toFreeze(c, f), in.Body.Before)
	}
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "The sheet, or what was said of it, changed meanwhile: read it anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err)).because("assessment", string(refused))
	}
	if c, err = a.assessmentCase(ctx, in.Month, in.Line); err != nil {
		return nil, err
	}
	body, err := a.assessmentOf(ctx, c)
	return &assessmentOutput{body}, err
}

// toFreeze is the sheet that a fact freezes; nil: it freezes none.
func (a *app) toFreeze(c dutylog.AssessmentCase, f dutylog.AssessmentFact) *dutylog.FrozenAssessment {
	if f.Says != dutylog.AssessFrozen {
		return nil
	}
	return &dutylog.FrozenAssessment{Sheet: c.Sheet, Facts: c.Facts, Rules: c.Rules, Digest: f.Digest}
}

type retriedBody struct {
	Month   dutylog.Month    `json:"month"`
	Line    string           `json:"line" doc:"Of a sheet that an older program froze for one line"`
	Then    shareOfPoints    `json:"then" doc:"As it was frozen"`
	Now     shareOfPoints    `json:"now" doc:"By the rules in force, of the facts that were frozen with it"`
	Changes []itemChangeBody `json:"changes" nullable:"false"`
}

type shareOfPoints struct {
	Gets float64 `json:"gets"`
	Of   float64 `json:"of"`
}

type differencesBody struct {
	Rules  string        `json:"rules"`
	Digest string        `json:"rules_digest"`
	Looked int           `json:"looked" doc:"How many frozen sheets there are"`
	Items  []retriedBody `json:"items" nullable:"false" doc:"Those that would differ, newest first. None of them is changed"`
}

type differencesOutput struct{ Body differencesBody }

// assessmentDifferences tries the rules in force on the frozen sheets.
func (a *app) assessmentDifferences(ctx context.Context, _ *struct{}) (*differencesOutput, error) {
	rules, _ := a.scoring()
	frozen, err := a.Log.FrozenAssessments(ctx, "2000-01", "2199-12")
	if err != nil {
		return nil, problemOf(err)
	}
	body := differencesBody{Rules: rules.Name, Digest: rules.Digest(), Looked: len(frozen), Items: []retriedBody{}}
	for _, f := range frozen {
		now, changes := f.Retried(rules)
		if len(changes) == 0 {
			continue
		}
		body.Items = append(body.Items, retriedBody{Month: f.Sheet.Month, Line: f.Sheet.Line, Then: shareOfPoints{points(f.Sheet.Gets), points(f.Sheet.Of)}, Now: shareOfPoints{points(now.Gets), points(now.Of)}, Changes: itemChangesOf(changes)})
	}
	return &differencesOutput{body}, nil
}

func (a *app) printAssessment(ctx context.Context, in *assessmentInput) (*huma.StreamResponse, error) {
	return a.assessmentPaper(ctx, in, printAssessments, (*app).asPage)
}

func (a *app) exportAssessment(ctx context.Context, in *assessmentInput) (*huma.StreamResponse, error) {
	return a.assessmentPaper(ctx, in, takeAssessments, (*app).asWorkbook)
}

// assessmentPaper is a month's sheet in the customary form.
func (a *app) assessmentPaper(ctx context.Context, in *assessmentInput, p permission, as written) (*huma.StreamResponse, error) {
	c, err := a.assessmentCase(ctx, in.Month, in.Line)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.Assessment(frame, c)
	a.audit(ctx, p, sheet.Name)
	return as(a, sheet)
}
