package web

import (
	"context"
	"time"

	"dutyline/dutylog"
)

type dutyShareBody struct {
	Figure      dutylog.DutyFigure `json:"figure" enum:"reports_on_time,deliveries_on_time,incidents_opened_late,instructions_overdue,handovers_late,roster_uncovered,filings_late,missed_not_called_back"`
	Of          string             `json:"of" doc:"Deadline, recipient, channel or post; empty: there is but one. Of roster_uncovered the numbers are minutes"`
	Numerator   int                `json:"numerator"`
	Denominator int                `json:"denominator" doc:"What fell due in this time, and not after now"`
	Rate        *float64           `json:"rate" doc:"null with a denominator below 20: then the counts say more"`
	Gaps        []dutyGapBody      `json:"gaps" nullable:"false" doc:"Of roster_uncovered: when nobody held the post, the oldest first, at most 200"`
}

// dutyGapBody is a time in which nobody held a post.
type dutyGapBody struct {
	From stamp `json:"from"`
	To   stamp `json:"to"`
}

// mostGaps is how many gaps of a post are named; the minutes count them all.
const mostGaps = 200

type dutyFiguresBody struct {
	From  stamp           `json:"from"`
	To    stamp           `json:"to"`
	Items []dutyShareBody `json:"items" nullable:"false"`
}

type dutyFiguresInput struct {
	From string `query:"from" maxLength:"40" doc:"An instant (RFC 3339) or a day of the site (2026-10-01); absent: today"`
	To   string `query:"to" maxLength:"40" doc:"An instant that is not included, or a day that is; absent: the end of from's day; at most 400 days after from"`
}

type dutyFiguresOutput struct{ Body dutyFiguresBody }

// dutyFigures tells how the other work of the duty room was done.
func (a *app) dutyFigures(ctx context.Context, in *dutyFiguresInput) (*dutyFiguresOutput, error) {
	q, err := a.answeringQuery(&answeringInput{From: in.From, To: in.To})
	if err != nil {
		return nil, err
	}
	switch {
	case !q.From.Before(q.To):
		return nil, invalid("query.to", "is not after from: nothing lies between them")
	case q.To.Sub(q.From) > dutylog.LongestDutySpan+24*time.Hour:
		return nil, invalid("query.to", "is more than 400 days after from: ask for a shorter time")
	}
	facts, err := a.Log.DutyFacts(ctx, q.From, q.To, q.Now)
	if err != nil {
		return nil, problemOf(err)
	}
	body := dutyFiguresBody{From: stamp(q.From), To: stamp(q.To), Items: []dutyShareBody{}}
	for _, s := range dutylog.DutyFigures(facts, a.Allowance, q.From, q.To, q.Now) {
		item := dutyShareBody{Figure: s.Figure, Of: s.Of, Numerator: s.Numerator, Denominator: s.Denominator, Gaps: []dutyGapBody{}}
		for _, g := range s.Gaps[:min(len(s.Gaps), mostGaps)] {
			item.Gaps = append(item.Gaps, dutyGapBody{stamp(g.From), stamp(g.To)})
		}
		if rate, known := dutylog.Rate(s.Numerator, s.Denominator); known {
			item.Rate = &rate
		}
		body.Items = append(body.Items, item)
	}
	return &dutyFiguresOutput{body}, nil
}
