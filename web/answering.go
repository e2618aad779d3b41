package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

// figureBody is one figure, never without what it rests on.
type figureBody struct {
	Numerator    int      `json:"numerator"`
	Denominator  int      `json:"denominator"`
	Rate         *float64 `json:"rate" doc:"null with a denominator below 20: then the counts say more"`
	BlindSeconds float64  `json:"blind_seconds" doc:"How long of this time nobody saw: calls may have come of which nothing is known"`
	Rule         []string `json:"rule" nullable:"false" doc:"Every version of the ring rule by which these calls were judged"`
}

type timesBody struct {
	Calls int     `json:"calls"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50" doc:"Percentiles are nearest rank"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	Max   float64 `json:"max"`
}

type answeringGroupBody struct {
	Key          string                        `json:"key" doc:"Hour with its offset, day, month, shift as from/to, officer, line, or weekday (1: Monday) and hour"`
	From         stamp                         `json:"from" doc:"What of the group lies in the time asked for"`
	To           stamp                         `json:"to"`
	Calls        int                           `json:"calls" doc:"Ended inbound calls, without test calls and the product's own"`
	Outcomes     map[telephony.Outcome]int     `json:"outcomes" nullable:"false"`
	Unknown      int                           `json:"unknown" doc:"Calls of which the end was not seen: in no figure"`
	Undecided    int                           `json:"undecided" doc:"Late by less than the line's uncertainty, and nobody decided: not counted late"`
	Reviewed     map[dutylog.ReviewResult]int  `json:"reviewed" nullable:"false"`
	BlindSeconds float64                       `json:"blind_seconds"`
	Rule         []string                      `json:"rule" nullable:"false"`
	Measured     map[dutylog.Figure]figureBody `json:"measured" nullable:"false"`
	AfterReview  map[dutylog.Figure]figureBody `json:"after_review" nullable:"false" doc:"The same, with what reviews decided"`
	Ring         timesBody                     `json:"ring_seconds" doc:"Of answered calls, the bell's clock, in tenths rounded down"`
	Entering     timesBody                     `json:"entry_seconds" doc:"From the call's end until its entry was complete the first time"`
	CalledBack   timesBody                     `json:"call_back_seconds" doc:"From a missed call's end until its caller was reached, where a call of the log shows it"`
	BackStated   int                           `json:"call_back_stated" doc:"Of called_back: missed callers who were reached by what a person says alone. When that was is not measured, so they are not in call_back_seconds"`
}

type ringBinBody struct {
	Seconds float64 `json:"seconds" doc:"In tenths, rounded down"`
	Calls   int     `json:"calls"`
}

// definitionBody is one row of the table outcome × figure.
type definitionBody struct {
	Figure      dutylog.Figure      `json:"figure"`
	Judges      bool                `json:"judges_officer" doc:"A borderline answer and what a review set aside count nowhere in it"`
	Of          string              `json:"of" doc:"Only calls with it are counted; empty: all"`
	With        string              `json:"with" doc:"Only calls with it are in the numerator; empty: all"`
	Numerator   []telephony.Outcome `json:"numerator" nullable:"false"`
	Denominator []telephony.Outcome `json:"denominator" nullable:"false"`
}

type answeringBody struct {
	From        stamp                `json:"from"`
	To          stamp                `json:"to"`
	Zone        string               `json:"zone" doc:"In which days, hours and months begin"`
	By          dutylog.Grouping     `json:"by"`
	Line        string               `json:"line" doc:"Empty: all lines"`
	Unit        string               `json:"unit" doc:"Whose duty room it is, as it stands above every sheet"`
	Total       answeringGroupBody   `json:"total"`
	Groups      []answeringGroupBody `json:"groups" nullable:"false"`
	Rings       []ringBinBody        `json:"rings" nullable:"false" doc:"How long the answered calls rang, all together"`
	Definitions []definitionBody     `json:"definitions" nullable:"false"`
	LogSince    stamp                `json:"log_since" doc:"When the duty log began: the time before it counts as blind, for nobody knows whether calls came"`
	Frozen      []frozenBody         `json:"frozen" nullable:"false" doc:"Closed months of this time, oldest first: their figures stand as they were"`
}

type answeringInput struct {
	From string `query:"from" maxLength:"40" doc:"An instant (RFC 3339) at a whole hour of the site's clock, or a day of it (2026-10-01); absent: today"`
	To   string `query:"to" maxLength:"40" doc:"An instant that is not included, or a day that is; absent: the end of from's day"`
	By   string `query:"by" maxLength:"20" default:"day" doc:"hour, day, shift, officer, month, line or week_hour"`
	Line string `query:"line" maxLength:"100" doc:"Absent: all lines"`
}

// Resolve refuses a grouping that is named and empty: the day would be nobody's choice.
func (in *answeringInput) Resolve(ctx huma.Context) []error {
	if u := ctx.URL(); u.Query().Has("by") && u.Query().Get("by") == "" {
		return []error{&huma.ErrorDetail{Location: "query.by", Message: "is empty: leave it out for days, or choose " + words(dutylog.Groupings())}}
	}
	return nil
}

type answeringOutput struct{ Body answeringBody }

// answering tells how the line was answered. Who may not see the figures of others gets their own.
func (a *app) answering(ctx context.Context, in *answeringInput) (*answeringOutput, error) {
	q, found, err := a.answeringFigures(ctx, in)
	if err != nil {
		return nil, err
	}
	body := answeringBody{From: stamp(q.From), To: stamp(q.To), Zone: a.Sheets.Zone.String(), By: q.By, Line: q.Line, Unit: a.Sheets.Unit,
		Total: answeringGroupOf(found.Total), Groups: []answeringGroupBody{}, Rings: ringBins(&found.Total.Tally), Definitions: definitions(), LogSince: stamp(found.Begun), Frozen: []frozenBody{}}
	for _, f := range found.Frozen {
		body.Frozen = append(body.Frozen, frozenOf(f))
	}
	for _, g := range found.Groups {
		body.Groups = append(body.Groups, answeringGroupOf(g))
	}
	return &answeringOutput{body}, nil
}

// answeringFigures reads figures as far as the visitor may see them.
func (a *app) answeringFigures(ctx context.Context, in *answeringInput) (q dutylog.AnsweringQuery, found dutylog.AnsweringFigures, err error) {
	v := visitorOf(ctx)
	if q, err = a.answeringQuery(in); err != nil {
		return q, found, err
	}
	if q.By == dutylog.ByShift && !v.can(seeOfficers) {
		return q, found, newProblem(http.StatusForbidden, typeForbidden, "Shifts tell one officer from another: ask by day, or by officer for your own figures.")
	}
	if found, err = a.Log.Answering(ctx, q); err != nil {
		return q, found, inQuery(err)
	}
	if q.By == dutylog.ByOfficer && !v.can(seeOfficers) {
		found.Groups = slices.DeleteFunc(found.Groups, func(g dutylog.AnsweringGroup) bool { return !dutylog.SameName(g.Key, v.account.Name) })
	}
	return q, found, nil
}

func (a *app) printFigures(ctx context.Context, in *answeringInput) (*huma.StreamResponse, error) {
	return a.figureSheet(ctx, in, printFigures, (*app).asPage)
}

func (a *app) exportFigures(ctx context.Context, in *answeringInput) (*huma.StreamResponse, error) {
	return a.figureSheet(ctx, in, exportFigures, (*app).asWorkbook)
}

// figureSheet makes a sheet of figures. That somebody took it is noted before it leaves.
func (a *app) figureSheet(ctx context.Context, in *answeringInput, p permission, as written) (*huma.StreamResponse, error) {
	q, found, err := a.answeringFigures(ctx, in)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.Figures(frame, paper.FiguresOf{From: q.From, To: q.To, By: q.By, Line: q.Line, Figures: found})
	a.audit(ctx, p, sheet.Name)
	return as(a, sheet)
}

func (a *app) answeringQuery(in *answeringInput) (q dutylog.AnsweringQuery, err error) {
	q = dutylog.AnsweringQuery{By: dutylog.Grouping(in.By), Line: in.Line, Now: a.Now()}
	if _, err = a.lineNamed(in.Line); err != nil { // of one that there is not, nothing is known: that is not zero calls
		return q, err
	}
	if in.From == "" {
		in.From = string(dutylog.DateOf(q.Now, a.Sheets.Zone))
	}
	if q.From, _, err = a.edge("query.from", in.From); err != nil {
		return q, err
	}
	if in.To == "" {
		in.To = string(dutylog.DateOf(q.From, a.Sheets.Zone))
	}
	_, q.To, err = a.edge("query.to", in.To)
	return q, err
}

// edge reads an instant, or a day as its beginning and its end.
func (a *app) edge(location, text string) (begin, end time.Time, err error) {
	if d, err := dutylog.ParseDate(text); err == nil {
		return d.Start(a.Sheets.Zone), d.Add(1).Start(a.Sheets.Zone), nil
	}
	t, err := instant(location, text)
	if err != nil {
		return t, t, invalid(location, "is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T00:00:00+08:00 (write the + as %2B)")
	}
	return t, t, nil
}

func answeringGroupOf(g dutylog.AnsweringGroup) answeringGroupBody {
	t, blind := &g.Tally, g.Blind.Seconds()
	body := answeringGroupBody{Key: g.Key, From: stamp(g.From), To: stamp(g.To), Calls: t.Calls(), Outcomes: t.Outcomes(), Undecided: t.Undecided(),
		Reviewed: t.Reviewed(), BlindSeconds: blind, Rule: append([]string{}, t.Rules()...), Measured: map[dutylog.Figure]figureBody{}, AfterReview: map[dutylog.Figure]figureBody{},
		Ring: timesOf(&t.Rings, 10), Entering: timesOf(&t.Entering, 1), CalledBack: timesOf(&t.CalledBack, 1), BackStated: t.BackStated()}
	body.Unknown = body.Outcomes[telephony.Unknown]
	for _, r := range dutylog.FigureRules() {
		body.Measured[r.Figure] = figureOf(t, r, false, blind, body.Rule)
		body.AfterReview[r.Figure] = figureOf(t, r, true, blind, body.Rule)
	}
	return body
}

func figureOf(t *dutylog.Tally, r dutylog.FigureRule, afterReview bool, blind float64, rules []string) figureBody {
	n, d := t.Of(r, afterReview)
	body := figureBody{Numerator: n, Denominator: d, BlindSeconds: blind, Rule: rules}
	if rate, known := dutylog.Rate(n, d); known {
		body.Rate = &rate
	}
	return body
}

func timesOf(s *dutylog.Spread, perSecond float64) timesBody {
	sum := s.Summary()
	in := func(n int32) float64 { return float64(n) / perSecond }
	return timesBody{Calls: sum.N, Mean: sum.Mean / perSecond, P50: in(sum.P50), P90: in(sum.P90), P95: in(sum.P95), Max: in(sum.Max)}
}

func ringBins(t *dutylog.Tally) []ringBinBody {
	at, n := t.Rings.Bins()
	bins := make([]ringBinBody, len(at))
	for i := range at {
		bins[i] = ringBinBody{float64(at[i]) / 10, n[i]}
	}
	return bins
}

func definitions() (all []definitionBody) {
	for _, r := range dutylog.FigureRules() {
		d := definitionBody{Figure: r.Figure, Judges: r.Judges, Of: r.Of.String(), With: r.With.String(), Numerator: []telephony.Outcome{}, Denominator: []telephony.Outcome{}}
		for _, o := range telephony.Outcomes() {
			if r.Places[o] == dutylog.Above {
				d.Numerator = append(d.Numerator, o)
			}
			if r.Places[o] != dutylog.Nowhere {
				d.Denominator = append(d.Denominator, o)
			}
		}
		all = append(all, d)
	}
	return all
}
