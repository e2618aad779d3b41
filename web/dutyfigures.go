package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type dutyShareBody struct {
	Figure      dutylog.DutyFigure `json:"figure" enum:"reports_on_time,deliveries_on_time,incidents_opened_late,closed_unreported,instructions_overdue,handovers_late,roster_uncovered,filings_late,missed_not_called_back,others_not_called_back"`
	Of          string             `json:"of" doc:"Deadline, recipient (of deliveries_on_time: reports that reached it until their deadline; one that never did is late), channel (deliveries by it until the deadline), post or, of others_not_called_back, with which nobody is charged, outcome; empty: there is but one. Of roster_uncovered the numbers are minutes"`
	Numerator   int                `json:"numerator"`
	Denominator int                `json:"denominator" doc:"What fell due in this time, and not after now"`
	Rate        *float64           `json:"rate" doc:"null with a denominator below 20: then the counts say more"`

	BlindSeconds float64          `json:"blind_seconds" doc:"How long of this time nobody saw the line: calls may have come of which nothing is known"`
	Unknown      float64          `json:"unknown_seconds" doc:"Of roster_uncovered: how long no roster had been filed yet. Whether somebody was there is not known, and no gap"`
	Rule         []string         `json:"rule" nullable:"false" doc:"By which it was counted: of incidents the versions of their schedules"`
	Behind       []dutyBehindBody `json:"behind" nullable:"false" doc:"What counts against the duty room, newest first, at most 100"`
}

// dutyBehindBody leads to one thing behind a figure. Who may see that is asked when somebody goes there.
type dutyBehindBody struct {
	Kind  dutylog.BehindKind `json:"kind" enum:"incident,call,shift,filing"`
	ID    string             `json:"id" doc:"Of the incident or the call; of a shift the post, of a filing what is filed"`
	Name  string             `json:"name" doc:"The number of the incident"`
	Why   string             `json:"why" doc:"What whoever closed an incident without a report said"`
	At    stamp              `json:"at" doc:"When it fell due, came or began"`
	Until stamp              `json:"until" doc:"Of a gap of the roster"`

	Handover int64 `json:"handover" doc:"Of a late handover: the number of the one that settled it; 0: nobody confirmed this change of shifts"`
}

type dutyFiguresBody struct {
	From  stamp           `json:"from"`
	To    stamp           `json:"to"`
	Line  string          `json:"line" doc:"Of whose calls they are; empty: of the duty room"`
	Items []dutyShareBody `json:"items" nullable:"false"`

	LogSince stamp `json:"log_since" doc:"When the duty log began: the time before it counts as blind"`

	Frozen      []frozenDutyBody     `json:"frozen" nullable:"false" doc:"Closed months of this time: their part is as it was judged when they were closed. A month that an older program closed is not among them, nor, of one line, a month that was closed before lines were noted: its part is as it is now"`
	Corrections []dutyCorrectionBody `json:"corrections" nullable:"false" doc:"What of closed months would be counted otherwise now, within this time"`
}

type frozenDutyBody struct {
	Month dutylog.Month `json:"month"`
	By    personBody    `json:"by" doc:"Who closed it, and when"`
}

type dutyCorrectionBody struct {
	Month  dutylog.Month      `json:"month"`
	Figure dutylog.DutyFigure `json:"figure"`
	Of     string             `json:"of"`
	Frozen shareBody          `json:"frozen"`
	Now    shareBody          `json:"now"`
}

type dutyFiguresInput struct {
	From string `query:"from" maxLength:"40" doc:"An instant (RFC 3339) or a day of the site (2026-10-01); absent: today"`
	To   string `query:"to" maxLength:"40" doc:"An instant that is not included, or a day that is; absent: the end of from's day; at most 400 days after from"`
	Line string `query:"line" maxLength:"64" doc:"The figures of this line's calls alone: missed_not_called_back and others_not_called_back. All others are of the duty room as a whole, and only told without it. 404: there is no such line"`
}

type dutyFiguresOutput struct{ Body dutyFiguresBody }

// dutyFigures tells how the other work of the duty room was done.
func (a *app) dutyFigures(ctx context.Context, in *dutyFiguresInput) (*dutyFiguresOutput, error) {
	from, to, found, err := a.dutyShares(ctx, in)
	if err != nil {
		return nil, err
	}
	body := dutyFiguresBody{From: stamp(from), To: stamp(to), Line: in.Line, Items: []dutyShareBody{}, LogSince: stamp(found.Begun), Frozen: []frozenDutyBody{}, Corrections: []dutyCorrectionBody{}}
	for _, s := range found.Shares {
		body.Items = append(body.Items, dutyShareOf(s))
	}
	for _, f := range found.Frozen {
		body.Frozen = append(body.Frozen, frozenDutyBody{f.Month, personOf(f.By, f.At)})
	}
	for _, c := range found.Corrections {
		body.Corrections = append(body.Corrections, dutyCorrectionBody{c.Month, c.Figure, c.Of, shareBody{c.Then[0], c.Then[1]}, shareBody{c.Now[0], c.Now[1]}})
	}
	return &dutyFiguresOutput{body}, nil
}

func (a *app) dutyShares(ctx context.Context, in *dutyFiguresInput) (from, to time.Time, found dutylog.DutyAnswer, err error) {
	q, err := a.answeringQuery(&answeringInput{From: in.From, To: in.To, Line: in.Line})
	if err != nil {
		return from, to, found, err
	}
	switch {
	case !q.From.Before(q.To):
		return from, to, found, invalid("query.to", "is not after from: nothing lies between them")
	case q.To.Sub(q.From) > dutylog.LongestDutySpan+24*time.Hour:
		return from, to, found, invalid("query.to", "is more than 400 days after from: ask for a shorter time")
	}
	if found, err = a.Log.DutyFigures(ctx, dutylog.DutyQuery{From: q.From, To: q.To, Now: q.Now, Allowance: a.Allowance, Line: q.Line}); err != nil {
		return from, to, found, problemOf(err)
	}
	return q.From, q.To, found, nil
}

func dutyShareOf(s dutylog.DutyShare) dutyShareBody {
	item := dutyShareBody{Figure: s.Figure, Of: s.Of, Numerator: s.Numerator, Denominator: s.Denominator, BlindSeconds: s.Blind.Seconds(), Unknown: s.Unknown.Seconds(), Rule: append([]string{}, s.Rules...), Behind: []dutyBehindBody{}}
	if rate, known := dutylog.Rate(s.Numerator, s.Denominator); known {
		item.Rate = &rate
	}
	for _, b := range s.Behind {
		item.Behind = append(item.Behind, dutyBehindBody{b.Kind, b.ID, b.Name, b.Why, stamp(b.At), stamp(b.Until), b.Handover})
	}
	return item
}

// exportDutyFigures is the same as a workbook. That somebody took it is noted before it leaves.
func (a *app) exportDutyFigures(ctx context.Context, in *dutyFiguresInput) (*huma.StreamResponse, error) {
	from, to, found, err := a.dutyShares(ctx, in)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.DutyFigures(frame, from, to, in.Line, found)
	a.audit(ctx, exportFigures, sheet.Name)
	return a.asWorkbook(sheet)
}
