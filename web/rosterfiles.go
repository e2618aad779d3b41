package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
)

// Tables reads and writes the files in which offices keep tables. The error of Read is a
// *dutylog.FileError when the file is to blame.
type Tables interface {
	Read(name string, content []byte) ([]dutylog.Table, error)
	WritePaper(w io.Writer, p dutylog.Paper) error
}

const spreadsheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

var errNoTables = newProblem(http.StatusNotFound, "", "Files of tables are neither read nor written here.")

// rosterTable gives the roster of a month as a workbook: numbers as text, and nothing is a formula.
func (a *app) rosterTable(ctx context.Context, in *monthInput) (*huma.StreamResponse, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inPath(err)
	}
	if a.Tables == nil {
		return nil, errNoTables
	}
	from, to := m.Span(a.Zone)
	shifts, err := a.Log.Shifts(ctx, from, to)
	if err != nil {
		return nil, problemOf(err)
	}
	calendar, err := a.Log.Calendar(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	paper := dutylog.RosterPaper(a.Unit, m, shifts, calendar, a.Zone)
	var file bytes.Buffer
	if err := a.Tables.WritePaper(&file, paper); err != nil {
		return nil, internal(err)
	}
	a.audit(ctx, exportRoster, in.Month)
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", spreadsheetType)
		hctx.SetHeader("Cache-Control", "no-store")
		hctx.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="roster-%s.xlsx"; filename*=UTF-8''%s`, m, url.PathEscape(paper.Title+".xlsx")))
		_, _ = hctx.BodyWriter().Write(file.Bytes())
	}}, nil
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
}

type cellFaultBody struct {
	Cell   string `json:"cell" doc:"As a spreadsheet names it; empty: the whole table"`
	Reason string `json:"reason" doc:"The named fault" enum:"date,weekday,month,header,post,name,time,phone,twice,empty,file"`
	Detail string `json:"detail"`
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
	if a.Tables == nil {
		return nil, errNoTables
	}
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
	tables, err := a.Tables.Read(in.Body.Name, in.Body.Content)
	var refused *dutylog.FileError
	switch {
	case errors.As(err, &refused):
		out.Body.Faults = append(out.Body.Faults, cellFaultBody{Reason: "file", Detail: refused.Error()})
		return out, nil
	case err != nil:
		return nil, problemOf(err)
	}
	read := dutylog.ParseRosterTable(tables, month, people, a.Zone)
	for _, f := range read.Faults {
		out.Body.Faults = append(out.Body.Faults, cellFaultBody{Cell: f.Cell, Reason: string(f.Fault), Detail: f.Detail})
	}
	months, by := dutylog.RosterMonths(read.Shifts, a.Zone)
	for _, m := range months {
		out.Body.Months = append(out.Body.Months, previewMonthBody{Month: string(m), Shifts: shiftBodies(by[m])})
	}
	return out, nil
}
