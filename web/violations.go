package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type violationFactBody struct {
	ID     int64                   `json:"id"`
	Says   dutylog.ViolationSays   `json:"says" enum:"stated,dismissed,proposed,confirmed,returned,reopened"`
	Result dutylog.ViolationResult `json:"result" enum:",upheld,not_upheld" doc:"Of proposed"`
	Text   string                  `json:"text"`
	By     personBody              `json:"by"`
}

type violationBody struct {
	ID       int64                   `json:"id"`
	Why      dutylog.SuspicionWhy    `json:"why" enum:"possible_unmanned,line_forwarded,report_late,report_omitted,roster_unfilled,instruction_late,opened_by_hand" doc:"All but the last the system suggested: it decides nothing"`
	Item     int                     `json:"item" doc:"Of Art. 32"`
	Line     string                  `json:"line" doc:"Empty: it is about no line"`
	At       stamp                   `json:"at" doc:"When it happened"`
	Text     string                  `json:"text" doc:"Of who opened it"`
	Evidence []evidenceLinkBody      `json:"evidence" nullable:"false"`
	By       personBody              `json:"by"`
	State    dutylog.ViolationState  `json:"state" enum:"open,awaits,upheld,not_upheld,dismissed"`
	Proposed dutylog.ViolationResult `json:"proposed" enum:",upheld,not_upheld" doc:"What the first decision says, as long as one counts"`
	Stated   bool                    `json:"stated" doc:"The duty room said something"`
	DueAt    stamp                   `json:"due_at" doc:"Until then nothing is upheld without a statement of the duty room"`
	Facts    []violationFactBody     `json:"facts" nullable:"false" doc:"Oldest first"`
	May      []dutylog.ViolationSays `json:"may" nullable:"false" doc:"What the visitor may say now"`
}

func (a *app) violationOf(v dutylog.Violation, by dutylog.Actor) violationBody {
	state, proposed, stated := v.Folded()
	body := violationBody{ID: v.ID, Why: v.Why, Item: v.Item, Line: v.Line, At: stamp(v.At), Text: v.Text, Evidence: evidenceLinksOf(v.Evidence), By: personOf(v.By, v.MadeAt), State: state,
		Stated: stated != nil, DueAt: stamp(v.DueAt(a.reviewRule())), Facts: []violationFactBody{}, May: v.MaySay(by)}
	if proposed != nil {
		body.Proposed = proposed.Result
	}
	for _, f := range v.Facts {
		body.Facts = append(body.Facts, violationFactBody{ID: f.ID, Says: f.Says, Result: f.Result, Text: f.Text, By: personOf(f.By, f.At)})
	}
	return body
}

type violationsInput struct {
	From   string `query:"from" maxLength:"40" doc:"That happened not before this instant (RFC 3339)"`
	To     string `query:"to" maxLength:"40" doc:"That happened before this instant (RFC 3339)"`
	State  string `query:"state" enum:",open,awaits,upheld,not_upheld,dismissed"`
	Item   int    `query:"item" minimum:"0" maximum:"5" doc:"Of Art. 32; 0: all"`
	Line   string `query:"line" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

type violationList struct {
	Items      []violationBody         `json:"items" nullable:"false" doc:"By when they happened, newest first; nothing ever leaves the register"`
	Open       int                     `json:"open" doc:"How many in all wait for a person"`
	Art32      []dutylog.ViolationItem `json:"art32" nullable:"false" doc:"The cases of Art. 32 in its own words"`
	NextCursor string                  `json:"next_cursor" doc:"Empty on the last page"`
}

type violationListOutput struct{ Body violationList }

func (a *app) violations(ctx context.Context, in *violationsInput) (*violationListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	items, open, next, err := a.Log.Violations(ctx, dutylog.ViolationQuery{From: from, To: to, State: dutylog.ViolationState(in.State), Item: in.Item, Line: in.Line, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, inQuery(err)
	}
	list := violationList{Items: []violationBody{}, Open: open, Art32: dutylog.ViolationItems(), NextCursor: next}
	for _, v := range items {
		list.Items = append(list.Items, a.violationOf(v, visitorOf(ctx).actor()))
	}
	return &violationListOutput{list}, nil
}

type violationInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type violationOutput struct{ Body violationBody }

func (a *app) oneViolation(ctx context.Context, in *violationInput) (*violationOutput, error) {
	v, err := a.violation(ctx, seeViolations, in.ID)
	if err != nil {
		return nil, err
	}
	a.audit(ctx, seeViolations, strconv.FormatInt(in.ID, 10))
	return &violationOutput{a.violationOf(v, visitorOf(ctx).actor())}, nil
}

type newViolationInput struct {
	Body struct {
		Item     int    `json:"item" minimum:"1" maximum:"5" doc:"Of Art. 32"`
		Line     string `json:"line,omitempty" maxLength:"64"`
		At       stamp  `json:"at" doc:"When it happened"`
		Text     string `json:"text" maxLength:"500" doc:"What happened"`
		Evidence []struct {
			Kind dutylog.EvidenceKind `json:"kind" enum:"call,entry,incident,spot_check"`
			ID   string               `json:"id" maxLength:"200"`
		} `json:"evidence,omitempty" maxItems:"40"`
	}
}

// openViolation registers what no machine can see, or did not.
func (a *app) openViolation(ctx context.Context, in *newViolationInput) (*violationOutput, error) {
	v := dutylog.Violation{Item: in.Body.Item, Line: in.Body.Line, At: time.Time(in.Body.At), Text: in.Body.Text, By: visitorOf(ctx).actor()}
	if v.Line != "" {
		if _, err := a.lineNamed(v.Line); err != nil {
			return nil, err
		}
	}
	for _, e := range in.Body.Evidence {
		v.Evidence = append(v.Evidence, dutylog.EvidenceLink{Kind: e.Kind, ID: e.ID, At: v.At})
	}
	v, err := v.CheckNew(a.Now())
	if err == nil {
		v, err = a.Log.OpenViolation(ctx, v)
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &violationOutput{a.violationOf(v, visitorOf(ctx).actor())}, nil
}

type sayViolationInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Says   dutylog.ViolationSays   `json:"says" enum:"stated,dismissed,proposed,confirmed,returned,reopened"`
		Result dutylog.ViolationResult `json:"result,omitempty" enum:",upheld,not_upheld" doc:"Of proposed"`
		Text   string                  `json:"text,omitempty" maxLength:"500" doc:"Required, but for confirmed"`
		Before int64                   `json:"before,omitempty" doc:"Number of the newest fact that was seen; absent: there was none"`
	}
}

// sayOfViolation keeps what somebody says of a suspected violation.
func (a *app) sayOfViolation(ctx context.Context, in *sayViolationInput) (*violationOutput, error) {
	v, err := a.violation(ctx, sayViolations, in.ID)
	if err != nil {
		return nil, err
	}
	by := visitorOf(ctx).actor()
	f := dutylog.ViolationFact{Says: in.Body.Says, Result: in.Body.Result, Text: in.Body.Text, By: by}
	refused := v.Refuses(f, a.reviewRule(), a.Now())
	if f, err = v.Check(f, a.reviewRule(), a.Now()); err == nil {
		v, err = a.Log.SayOfViolation(ctx, f, in.Body.Before)
	}
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody said something of this suspicion meanwhile: read it anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err)).because("violation", string(refused))
	}
	return &violationOutput{a.violationOf(v, by)}, nil
}

func (a *app) printViolations(ctx context.Context, in *spotSheetInput) (*huma.StreamResponse, error) {
	return a.violationPaper(ctx, in.Month, printViolations, (*app).asPage)
}

func (a *app) exportViolations(ctx context.Context, in *spotSheetInput) (*huma.StreamResponse, error) {
	return a.violationPaper(ctx, in.Month, takeViolations, (*app).asWorkbook)
}

// violationPaper is the register of a month.
func (a *app) violationPaper(ctx context.Context, month string, p permission, as written) (*huma.StreamResponse, error) {
	m, err := dutylog.ParseMonth(month)
	if err != nil {
		return nil, inQuery(err)
	}
	from, to := m.First().Start(a.Zone), m.Next().First().Start(a.Zone)
	list, err := everyPage(func(cursor string) ([]dutylog.Violation, string, error) {
		items, _, next, err := a.Log.Violations(ctx, dutylog.ViolationQuery{From: from, To: to, Limit: 500, Cursor: cursor})
		return items, next, err
	})
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.Violations(frame, m, list)
	a.audit(ctx, p, sheet.Name)
	return as(a, sheet)
}
