package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

type spotCheckBody struct {
	Check     int64               `json:"check" readOnly:"true"`
	Version   int64               `json:"version,omitempty" doc:"Which version it is; a change says which one it was made against, and is refused when there is a newer one"`
	Direction telephony.Direction `json:"direction" enum:"in,out" doc:"in: this room was checked; out: it checked a unit"`
	Day       stamp               `json:"day" doc:"When the check was made"`
	Unit      string              `json:"unit" maxLength:"500" doc:"Who checked, or who was checked"`
	Inspector string              `json:"inspector" maxLength:"500" doc:"Who called"`
	Questions string              `json:"questions" maxLength:"500"`
	Result    dutylog.SpotResult  `json:"result" enum:"passed,partly,failed"`
	Findings  string              `json:"findings,omitempty" maxLength:"500" doc:"What was wrong, and what is done about it"`
	CallID    string              `json:"call_id,omitempty" maxLength:"200" doc:"By which it was made; one that came in gets the tag spot_check"`
	Change    string              `json:"change,omitempty" maxLength:"500" doc:"Of a later version: what is corrected and why"`
	Struck    bool                `json:"struck,omitempty" doc:"It was entered by mistake"`
	Confirmed bool                `json:"confirmed" readOnly:"true" doc:"A supervisor wrote this version. Otherwise it is registered, and counts for no month's sheet"`
	By        *personBody         `json:"by,omitempty" readOnly:"true"`
}

func spotCheckOf(s dutylog.SpotCheck) spotCheckBody {
	by := personOf(s.By, s.At)
	return spotCheckBody{Check: s.Check, Version: s.ID, Direction: s.Direction, Day: stamp(s.Day), Unit: s.Unit, Inspector: s.Inspector, Questions: s.Questions, Result: s.Result,
		Findings: s.Findings, CallID: s.CallID, Change: s.Change, Struck: s.Struck, Confirmed: s.Confirmed(), By: &by}
}

func (b spotCheckBody) check(number int64) dutylog.SpotCheck {
	return dutylog.SpotCheck{ID: b.Version, Check: number, Direction: b.Direction, Day: time.Time(b.Day), Unit: b.Unit, Inspector: b.Inspector, Questions: b.Questions, Result: b.Result,
		Findings: b.Findings, CallID: b.CallID, Change: b.Change, Struck: b.Struck}
}

type spotChecksInput struct {
	From      string `query:"from" maxLength:"40" doc:"Checks not before this instant (RFC 3339)"`
	To        string `query:"to" maxLength:"40" doc:"Checks before this instant (RFC 3339)"`
	Direction string `query:"direction" enum:",in,out"`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor    string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

type spotCheckList struct {
	Items        []spotCheckBody `json:"items" nullable:"false" doc:"Each as it stands now, newest first; struck ones are among them"`
	Unregistered []dutylog.Call  `json:"unregistered" nullable:"false" doc:"Calls of the last 100 days that somebody tagged as a spot check, and of which the register has nothing"`
	NextCursor   string          `json:"next_cursor" doc:"Empty on the last page"`
}

type spotCheckListOutput struct{ Body spotCheckList }

// mostUnregistered bounds what is offered to be registered.
const mostUnregistered = 20

// spotChecks lists the register.
func (a *app) spotChecks(ctx context.Context, in *spotChecksInput) (*spotCheckListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	items, next, err := a.Log.SpotChecks(ctx, dutylog.SpotCheckQuery{From: from, To: to, Direction: telephony.Direction(in.Direction), Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, inQuery(err)
	}
	waiting, err := a.Log.UnregisteredSpotChecks(ctx, a.Now().Add(-dutylog.ReviewsBack), mostUnregistered)
	if err != nil {
		return nil, problemOf(err)
	}
	list := spotCheckList{Items: []spotCheckBody{}, Unregistered: allListed(visitorOf(ctx), waiting), NextCursor: next}
	for _, s := range items {
		list.Items = append(list.Items, spotCheckOf(s))
	}
	return &spotCheckListOutput{list}, nil
}

type spotCheckInput struct {
	Check int64 `path:"check" minimum:"1"`
}

type newSpotCheckInput struct{ Body spotCheckBody }

type spotCheckChangeInput struct {
	Check int64 `path:"check" minimum:"1"`
	Body  spotCheckBody
}

type spotCheckOutput struct{ Body spotCheckBody }

type spotCheckVersions struct {
	Items []spotCheckBody `json:"items" nullable:"false" doc:"Every version, oldest first"`
}

type spotCheckVersionsOutput struct{ Body spotCheckVersions }

func (a *app) spotCheckVersions(ctx context.Context, in *spotCheckInput) (*spotCheckVersionsOutput, error) {
	versions, err := a.Log.SpotCheckVersions(ctx, in.Check)
	if err != nil {
		return nil, problemOf(err)
	}
	body := spotCheckVersions{Items: []spotCheckBody{}}
	for _, s := range versions {
		body.Items = append(body.Items, spotCheckOf(s))
	}
	return &spotCheckVersionsOutput{body}, nil
}

func (a *app) addSpotCheck(ctx context.Context, in *newSpotCheckInput) (*spotCheckOutput, error) {
	return a.saveSpotCheck(ctx, in.Body.check(0))
}

func (a *app) changeSpotCheck(ctx context.Context, in *spotCheckChangeInput) (*spotCheckOutput, error) {
	if in.Body.Version == 0 {
		return nil, invalid("body.version", "is missing: send the version that was read along with the change")
	}
	return a.saveSpotCheck(ctx, in.Body.check(in.Check))
}

func (a *app) saveSpotCheck(ctx context.Context, s dutylog.SpotCheck) (*spotCheckOutput, error) {
	s, err := a.Log.SaveSpotCheck(ctx, s, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody else changed this spot check meanwhile, or its call is in the register already: read it anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &spotCheckOutput{spotCheckOf(s)}, nil
}

type spotSheetInput struct {
	Month string `query:"month" required:"true" maxLength:"7" doc:"At the site, for instance 2026-11"`
}

func (a *app) printSpotChecks(ctx context.Context, in *spotSheetInput) (*huma.StreamResponse, error) {
	return a.spotSheet(ctx, in.Month, printSpotChecks, (*app).asPage)
}

func (a *app) exportSpotChecks(ctx context.Context, in *spotSheetInput) (*huma.StreamResponse, error) {
	return a.spotSheet(ctx, in.Month, takeSpotChecks, (*app).asWorkbook)
}

// spotSheet is the register of a month.
func (a *app) spotSheet(ctx context.Context, month string, p permission, as written) (*huma.StreamResponse, error) {
	m, err := dutylog.ParseMonth(month)
	if err != nil {
		return nil, inQuery(err)
	}
	from, to := m.Span(a.Zone)
	list, err := everyPage(func(cursor string) ([]dutylog.SpotCheck, string, error) {
		return a.Log.SpotChecks(ctx, dutylog.SpotCheckQuery{From: from, To: to, Limit: 500, Cursor: cursor})
	})
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := paper.SpotChecks(frame, m, list)
	a.audit(ctx, p, sheet.Name)
	return as(a, sheet)
}
