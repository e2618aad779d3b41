package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// frozenBody is a closed month.
type frozenBody struct {
	Month   dutylog.Month  `json:"month"`
	Zone    string         `json:"zone"`
	Calls   int            `json:"calls" doc:"How many were counted"`
	Digest  string         `json:"digest" doc:"SHA-256 of the list of these calls, each with how it ended"`
	By      personBody     `json:"by" doc:"Who closed it, and when"`
	Changed []dutylog.Date `json:"changed_days" nullable:"false" doc:"Days on which calls would be counted otherwise now"`

	BlindChanged bool `json:"blind_changed" doc:"Nobody saw the line for longer, or for less, than was frozen"`
}

func frozenOf(f dutylog.FrozenMonth) frozenBody {
	return frozenBody{Month: f.Month, Zone: f.Zone, Calls: f.Calls, Digest: f.Digest, By: personOf(f.By, f.At), Changed: append([]dutylog.Date{}, f.Changed...), BlindChanged: f.BlindChanged}
}

type shareBody struct {
	Numerator   int `json:"numerator"`
	Denominator int `json:"denominator"`
}

type correctionBody struct {
	Figure dutylog.Figure `json:"figure"`
	Set    string         `json:"set" enum:"measured,after_review"`
	Frozen shareBody      `json:"frozen"`
	Now    shareBody      `json:"now"`
}

type dayCorrectionBody struct {
	Day         dutylog.Date     `json:"day"`
	Corrections []correctionBody `json:"corrections" nullable:"false" doc:"Empty: numerators and denominators are the same, and something else of a call changed"`
}

type closedMonthBody struct {
	Month       frozenBody          `json:"closed"`
	Figures     answeringGroupBody  `json:"figures" doc:"As they were frozen"`
	Now         answeringGroupBody  `json:"now" doc:"As they would be counted now"`
	Corrections []correctionBody    `json:"corrections" nullable:"false" doc:"The figures that differ"`
	Days        []dayCorrectionBody `json:"days" nullable:"false" doc:"The days that changed, each with its figures that differ"`
}

type closedMonthInput struct {
	Month string `path:"month" maxLength:"7" doc:"For instance 2026-10"`
}

type closedMonthOutput struct{ Body closedMonthBody }

// closedMonth shows a closed month and its corrections.
func (a *app) closedMonth(ctx context.Context, in *closedMonthInput) (*closedMonthOutput, error) {
	c, err := a.correction(ctx, in.Month)
	if err != nil {
		return nil, err
	}
	c.Frozen.Changed, c.Frozen.BlindChanged = c.Days, c.Then.Blind != c.Now.Blind
	body := closedMonthBody{Month: frozenOf(c.Frozen), Figures: answeringGroupOf(c.Then), Now: answeringGroupOf(c.Now),
		Corrections: correctionsOf(dutylog.FigureChanges(&c.Then.Tally, &c.Now.Tally)), Days: []dayCorrectionBody{}}
	for i := range c.ByDay {
		body.Days = append(body.Days, dayCorrectionBody{c.ByDay[i].Day, correctionsOf(c.ByDay[i].Changes())})
	}
	return &closedMonthOutput{body}, nil
}

func (a *app) correction(ctx context.Context, month string) (c dutylog.MonthCorrection, err error) {
	m, err := dutylog.ParseMonth(month)
	if err != nil {
		return c, invalid("path.month", "is no month; write it like 2026-10")
	}
	if c, err = a.Log.MonthCorrection(ctx, m, a.Now()); err != nil {
		return c, problemOf(err)
	}
	return c, nil
}

func correctionsOf(changes []dutylog.FigureChange) []correctionBody {
	all := []correctionBody{}
	for _, x := range changes {
		b := correctionBody{Figure: x.Figure, Set: "measured", Frozen: shareBody{x.Then[0], x.Then[1]}, Now: shareBody{x.Now[0], x.Now[1]}}
		if x.AfterReview {
			b.Set = "after_review"
		}
		all = append(all, b)
	}
	return all
}

func (a *app) printCorrection(ctx context.Context, in *closedMonthInput) (*huma.StreamResponse, error) {
	return a.correctionSheet(ctx, in, printFigures, (*app).asPage)
}

func (a *app) exportCorrection(ctx context.Context, in *closedMonthInput) (*huma.StreamResponse, error) {
	return a.correctionSheet(ctx, in, exportFigures, (*app).asWorkbook)
}

// correctionSheet makes a sheet of what came after a month was closed. That somebody took it is noted before it leaves.
func (a *app) correctionSheet(ctx context.Context, in *closedMonthInput, p permission, as written) (*huma.StreamResponse, error) {
	c, err := a.correction(ctx, in.Month)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.Correction(frame, c)
	a.audit(ctx, p, sheet.Name)
	return as(a, sheet)
}
