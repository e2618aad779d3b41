package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// readTables reads a file in which offices keep tables. The error is a *dutylog.FileError when the file
// is to blame.
func (a *app) readTables(name string, content []byte) ([]dutylog.Table, error) {
	if a.Sheets.Read == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "", "Nothing is imported here: this daemon only shows the log.")
	}
	return a.Sheets.Read(name, bytes.NewReader(content), int64(len(content)))
}

type rosterSheetInput struct {
	Month string `path:"month" maxLength:"7" doc:"For instance 2026-12"`
	Draft bool   `query:"draft" doc:"What the draft says; false: what is in force"`
}

func (a *app) printRoster(ctx context.Context, in *rosterSheetInput) (*huma.StreamResponse, error) {
	return a.rosterSheet(ctx, in, printRoster, (*app).asPage)
}

func (a *app) exportRoster(ctx context.Context, in *rosterSheetInput) (*huma.StreamResponse, error) {
	return a.rosterSheet(ctx, in, exportRoster, (*app).asWorkbook)
}

// rosterSheet is the roster of a month in its usual form.
func (a *app) rosterSheet(ctx context.Context, in *rosterSheetInput, p permission, as written) (*huma.StreamResponse, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inPath(err)
	}
	r := paper.RosterMonth{Month: m}
	from, to := m.Span(a.Zone)
	if r.Shifts, err = a.Log.Shifts(ctx, from, to); err != nil {
		return nil, problemOf(err)
	}
	if in.Draft {
		draft, err := a.Log.Draft(ctx, m)
		if err != nil {
			return nil, problemOf(err)
		}
		r.Shifts, r.Draft = dutylog.Replace(r.Shifts, draft.Shifts, from, to), draft.Revision
	}
	if r.Calendar, err = a.Log.Calendar(ctx); err != nil {
		return nil, problemOf(err)
	}
	if r.Periods, err = a.Log.SensitivePeriods(ctx); err != nil {
		return nil, problemOf(err)
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	frame.Zone = a.Zone
	a.audit(ctx, p, in.Month)
	return as(a, paper.Roster(frame, r))
}

type previewInput struct {
	Body struct {
		Name    string `json:"name" maxLength:"500" doc:"Of the file"`
		Content []byte `json:"content" doc:"The file, .xlsx or CSV, in base64"`
		Month   string `json:"month,omitempty" maxLength:"7" doc:"For a table whose title names no month"`
	}
}

type previewMonthBody struct {
	Month  string            `json:"month"`
	Shifts []rosterShiftBody `json:"shifts" nullable:"false" doc:"As the month's draft takes them"`
	// What the rules find in the month as it would be then: gaps with their from and to, temporary staff …
	Findings []rosterFindingBody `json:"findings" nullable:"false" doc:"What the rules find in the month as it would be then"`
	Draft    previewDraftBody    `json:"draft" doc:"Which these shifts would replace: save them on its revision, after whoever looks at the preview agreed"`
}

// previewDraftBody is the draft that a month has already.
type previewDraftBody struct {
	Revision int    `json:"revision" doc:"0: there is none"`
	At       stamp  `json:"at" doc:"When it was saved last"`
	By       string `json:"by" doc:"By whom"`
}

type cellFaultBody struct {
	Cell   string `json:"cell" doc:"As a spreadsheet names it; empty: the whole table"`
	Reason string `json:"reason" doc:"The named fault" enum:"date,weekday,month,header,post,column,name,time,phone,twice,sheets,empty,unread_sheet,formula,file"`
	Value  string `json:"value" doc:"What stands there, or the other cell, the sheets or the post that is meant; may be empty"`
	Detail string `json:"detail"`
	File   string `json:"file,omitempty" doc:"Why the file as a whole is no table, for programs"`
}

type rosterPreviewOutput struct {
	Body struct {
		Months []previewMonthBody `json:"months" nullable:"false" doc:"Empty where there is any fault"`
		Faults []cellFaultBody    `json:"faults" nullable:"false"`
	}
}

// previewRoster says what a file holds and what is wrong with it. Faults of the file are an answer,
// not a failure: whoever chose it reads them.
func (a *app) previewRoster(ctx context.Context, in *previewInput) (*rosterPreviewOutput, error) {
	month := dutylog.Month("")
	if in.Body.Month != "" {
		m, err := dutylog.ParseMonth(in.Body.Month)
		if err != nil {
			return nil, problemOf(inBody(err))
		}
		month = m
	}
	people, err := a.Log.RosterPeople(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	out := &rosterPreviewOutput{}
	out.Body.Months, out.Body.Faults = []previewMonthBody{}, []cellFaultBody{}
	tables, err := a.readTables(in.Body.Name, in.Body.Content)
	var refused *dutylog.FileError
	switch {
	case errors.As(err, &refused):
		out.Body.Faults = append(out.Body.Faults, cellFaultBody{Reason: "file", Detail: refused.Error(), File: string(refused.Fault)})
		return out, nil
	case err != nil:
		return nil, problemOf(err)
	}
	read := dutylog.ParseRosterTable(tables, month, people, a.Zone)
	for _, f := range read.Faults {
		out.Body.Faults = append(out.Body.Faults, cellFaultBody{Cell: f.Cell, Reason: string(f.Fault), Value: f.Value, Detail: f.Detail})
	}
	months, by := dutylog.RosterMonths(read.Shifts, a.Zone)
	for _, m := range months {
		found, err := a.foundIn(ctx, m, by[m], people)
		if err != nil {
			return nil, problemOf(err)
		}
		draft, err := a.Log.Draft(ctx, m)
		if err != nil && !errors.Is(err, dutylog.ErrNotFound) {
			return nil, problemOf(err)
		}
		out.Body.Months = append(out.Body.Months, previewMonthBody{Month: string(m), Shifts: shiftBodies(by[m]), Findings: findingBodies(found),
			Draft: previewDraftBody{Revision: draft.Revision, At: stamp(draft.At), By: draft.By.Name}})
	}
	return out, nil
}

// foundIn is what the rules find in a month that would have these shifts.
func (a *app) foundIn(ctx context.Context, m dutylog.Month, shifts []dutylog.Shift, people []dutylog.RosterPerson) ([]dutylog.RosterFinding, error) {
	from, to := m.Span(a.Zone)
	around, err := a.Log.Shifts(ctx, from.Add(-dutylog.LongestShift), to.Add(dutylog.LongestShift))
	if err != nil {
		return nil, err
	}
	return dutylog.CheckMonth(dutylog.Replace(around, shifts, from, to), people, *a.Roster, from, to), nil
}
