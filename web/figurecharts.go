package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type chartInput struct {
	Chart dutylog.FigureChart `path:"chart" enum:"rings,heat,trend,officers" doc:"Ring times, weekday by hour, month by month, officers"`
	From  string              `query:"from" maxLength:"40" doc:"An instant (RFC 3339) at a whole hour of the site's clock, or a day of it (2026-10-01); absent: today"`
	To    string              `query:"to" maxLength:"40" doc:"An instant that is not included, or a day that is; absent: the end of from's day"`
	Line  string              `query:"line" maxLength:"100" doc:"Absent: all lines"`
}

// exportChart is the numbers of one chart as a workbook. That somebody took it is noted before it leaves.
func (a *app) exportChart(ctx context.Context, in *chartInput) (*huma.StreamResponse, error) {
	q, found, err := a.answeringFigures(ctx, &answeringInput{From: in.From, To: in.To, By: string(in.Chart.By()), Line: in.Line})
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.Chart(frame, in.Chart, paper.FiguresOf{From: q.From, To: q.To, By: q.By, Line: q.Line, Figures: found})
	a.audit(ctx, exportFigures, sheet.Name)
	return a.asWorkbook(sheet)
}
