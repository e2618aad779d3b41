package web

import (
	"context"

	"dutyline/dutylog"
)

// frozenBody is a closed month.
type frozenBody struct {
	Month   dutylog.Month  `json:"month"`
	Zone    string         `json:"zone"`
	Calls   int            `json:"calls" doc:"How many were counted"`
	Digest  string         `json:"digest" doc:"SHA-256 of the list of these calls, each with how it ended"`
	By      personBody     `json:"by" doc:"Who closed it, and when"`
	Changed []dutylog.Date `json:"changed_days" nullable:"false" doc:"Days on which calls would be counted otherwise now"`
}

func frozenOf(f dutylog.FrozenMonth) frozenBody {
	return frozenBody{Month: f.Month, Zone: f.Zone, Calls: f.Calls, Digest: f.Digest, By: personOf(f.By, f.At), Changed: append([]dutylog.Date{}, f.Changed...)}
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

type closedMonthBody struct {
	Month       frozenBody         `json:"closed"`
	Figures     answeringGroupBody `json:"figures" doc:"As they were frozen"`
	Now         answeringGroupBody `json:"now" doc:"As they would be counted now"`
	Corrections []correctionBody   `json:"corrections" nullable:"false" doc:"The figures that differ"`
}

type closedMonthInput struct {
	Month string `path:"month" maxLength:"7" doc:"For instance 2026-10"`
}

type closedMonthOutput struct{ Body closedMonthBody }

// closedMonth shows a closed month and its corrections.
func (a *app) closedMonth(ctx context.Context, in *closedMonthInput) (*closedMonthOutput, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, invalid("path.month", "is no month; write it like 2026-10")
	}
	c, err := a.Log.MonthCorrection(ctx, m, a.Now())
	if err != nil {
		return nil, problemOf(err)
	}
	c.Frozen.Changed = c.Days
	body := closedMonthBody{Month: frozenOf(c.Frozen), Figures: answeringGroupOf(c.Then), Now: answeringGroupOf(c.Now), Corrections: []correctionBody{}}
	for _, r := range dutylog.FigureRules() {
		for after, set := range []string{"measured", "after_review"} {
			var x correctionBody
			x.Figure, x.Set = r.Figure, set
			x.Frozen.Numerator, x.Frozen.Denominator = c.Then.Tally.Of(r, after == 1)
			x.Now.Numerator, x.Now.Denominator = c.Now.Tally.Of(r, after == 1)
			if x.Frozen != x.Now {
				body.Corrections = append(body.Corrections, x)
			}
		}
	}
	return &closedMonthOutput{body}, nil
}
