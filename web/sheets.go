package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/paper"
)

// Sheets is what the print pages and workbooks need beside the log.
type Sheets struct {
	Unit string         // whose duty room it is, as it stands above every sheet
	Zone *time.Location // of the site: its midnights part the days
	// Workbook writes a sheet as .xlsx; nil: nothing is exported.
	Workbook func(w io.Writer, s paper.Sheet) error
	// Document writes the words of a report, by the name of their field, into the site's template; nil: nothing is exported.
	Document func(words map[string]string) ([]byte, error)
	// Read reads a file of tables; nil: nothing is imported.
	Read func(name string, r io.ReaderAt, size int64) ([]dutylog.Table, error)
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// mostOnPaper is how many rows one sheet holds; more are printed in parts, and more than mostAtOnce by day.
const (
	mostOnPaper = 5000
	mostAtOnce  = 20_000
)

type daySheetInput struct {
	Day  string `query:"day" required:"true" maxLength:"10" doc:"At the site, for instance 2026-11-27"`
	Line string `query:"line" maxLength:"64" doc:"Absent: all lines"`
}

type monthSheetInput struct {
	Month string `query:"month" required:"true" maxLength:"7" doc:"At the site, for instance 2026-11"`
	Line  string `query:"line" maxLength:"64" doc:"Absent: all lines"`
}

// written is how a sheet leaves the building: as a page to print, or as a workbook to keep.
type written func(a *app, s paper.Sheet) (*huma.StreamResponse, error)

func (a *app) printDay(ctx context.Context, in *daySheetInput) (*huma.StreamResponse, error) {
	return a.daySheet(ctx, in, printLog, (*app).asPage)
}

func (a *app) exportDay(ctx context.Context, in *daySheetInput) (*huma.StreamResponse, error) {
	return a.daySheet(ctx, in, exportLog, (*app).asWorkbook)
}

func (a *app) daySheet(ctx context.Context, in *daySheetInput, p permission, as written) (*huma.StreamResponse, error) {
	from, err := time.ParseInLocation(time.DateOnly, in.Day, a.Sheets.Zone)
	if err != nil {
		return nil, invalid("query.day", "is no day: write it like 2026-11-27")
	}
	return a.periodSheet(ctx, paper.Period{From: from, To: from.AddDate(0, 0, 1), Line: in.Line}, paper.Day, p, as)
}

func (a *app) printMonth(ctx context.Context, in *monthSheetInput) (*huma.StreamResponse, error) {
	return a.monthSheet(ctx, in, printLog, (*app).asPage)
}

func (a *app) exportMonth(ctx context.Context, in *monthSheetInput) (*huma.StreamResponse, error) {
	return a.monthSheet(ctx, in, exportLog, (*app).asWorkbook)
}

func (a *app) monthSheet(ctx context.Context, in *monthSheetInput, p permission, as written) (*huma.StreamResponse, error) {
	from, err := time.ParseInLocation("2006-01", in.Month, a.Sheets.Zone)
	if err != nil {
		return nil, invalid("query.month", "is no month: write it like 2026-11")
	}
	return a.periodSheet(ctx, paper.Period{From: from, To: from.AddDate(0, 1, 0), Line: in.Line}, paper.Month, p, as)
}

// periodSheet makes a sheet of the log. That somebody took it is noted before it leaves.
func (a *app) periodSheet(ctx context.Context, period paper.Period, make func(paper.Frame, paper.Period) paper.Sheet, p permission, as written) (*huma.StreamResponse, error) {
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.fill(ctx, &period); err != nil {
		return nil, err
	}
	v := visitorOf(ctx)
	if period.Revisions, err = a.corrected(ctx, p, period.Entries); err != nil {
		return nil, err
	}
	period.Entries, period.Calls = allListed(v, period.Entries), allListed(v, period.Calls)
	sheet := noted(v, make(frame, period))
	a.auditOf(ctx, p, sheet.Name, append([]string{}, idsOf(period.Entries)...)) // that it showed none is said, too
	return as(a, sheet)
}

// corrected are the revisions of the entries of a sheet, as the visitor sees them, by entry: what was
// corrected stands in no other place. An entry that was written once has nothing corrected.
func (a *app) corrected(ctx context.Context, p permission, entries []dutylog.Entry) (map[string][]dutylog.Revision, error) {
	all := map[string][]dutylog.Revision{}
	for _, e := range entries {
		if e.Revision == 1 {
			continue
		}
		revisions, err := a.revisionsOf(ctx, p, e.ID)
		if err != nil {
			return nil, err
		}
		all[e.ID] = allListed(visitorOf(ctx), revisions)
	}
	return all, nil
}

// frame is what stands around every sheet that this visitor prints now.
func (a *app) frame(ctx context.Context) (paper.Frame, error) {
	e, err := a.Log.Evidence(ctx)
	if err != nil {
		return paper.Frame{}, problemOf(err)
	}
	f := paper.Frame{Unit: a.Sheets.Unit, Zone: a.Sheets.Zone, Now: a.Now(), By: visitorOf(ctx).actor(), Lines: map[string]string{}, Ahead: a.switchAhead()}
	for _, l := range a.Lines {
		f.Lines[l.Name] = l.Number
	}
	if e.Latest != nil {
		f.Proof = paper.Proof{Size: e.Latest.Size, At: e.Latest.At, Root: audit.RootOf(e.Latest.Note)}
	}
	return f, nil
}

// fill reads what the log holds of the period.
func (a *app) fill(ctx context.Context, p *paper.Period) (err error) {
	entries := func(cursor string) (items []dutylog.Entry, next string, err error) {
		return a.Log.Entries(ctx, dutylog.EntryQuery{From: p.From, To: p.To, Line: p.Line, Limit: 500, Cursor: cursor})
	}
	calls := func(cursor string) (items []dutylog.Call, next string, err error) {
		return a.Log.Calls(ctx, dutylog.CallQuery{From: p.From, To: p.To, Line: p.Line, Limit: 500, Cursor: cursor})
	}
	if p.Entries, err = everyPage(entries); err != nil {
		return err
	}
	if p.Calls, err = everyPage(calls); err != nil {
		return err
	}
	if p.Shifts, err = a.Log.Shifts(ctx, p.From, p.To); err != nil {
		return problemOf(err)
	}
	if p.Unseen, err = a.unseenBetween(ctx, p.From, p.To); err != nil {
		return problemOf(err)
	}
	return nil
}

// everyPage reads a whole list, as long as it fits on paper.
func everyPage[T any](read func(cursor string) ([]T, string, error)) (all []T, err error) {
	for cursor := ""; ; {
		var items []T
		if items, cursor, err = read(cursor); err != nil {
			return nil, problemOf(err)
		}
		if all = append(all, items...); len(all) > mostAtOnce {
			return nil, newProblem(http.StatusUnprocessableEntity, typeTooLong, "There is more than is printed or exported at once (%d); choose a day, or one line.", mostAtOnce)
		}
		if cursor == "" {
			return all, nil
		}
	}
}

func (a *app) printEntry(ctx context.Context, in *entryInput) (*huma.StreamResponse, error) {
	return a.entrySheet(ctx, in.ID, printEntries, (*app).asPage)
}

func (a *app) exportEntry(ctx context.Context, in *entryInput) (*huma.StreamResponse, error) {
	return a.entrySheet(ctx, in.ID, exportEntries, (*app).asWorkbook)
}

func (a *app) entrySheet(ctx context.Context, id string, p permission, as written) (*huma.StreamResponse, error) {
	e, err := a.entry(ctx, p, id)
	if err != nil {
		return nil, err
	}
	x := paper.Single{Entry: e}
	if e.CallID != "" {
		if x.Call, err = a.Log.Call(ctx, e.CallID); err != nil {
			return nil, problemOf(err)
		}
	}
	if x.Revisions, err = a.revisionsOf(ctx, p, id); err != nil {
		return nil, err
	}
	if x.Attached, err = a.Log.Attachments(ctx, id); err != nil {
		return nil, problemOf(err)
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	v := visitorOf(ctx)
	x.Attached = filesShown(v, x.Entry, x.Attached)
	x.Entry, x.Call, x.Revisions = listed(v, v.own(x.Entry)), listed(v, x.Call), allListed(v, x.Revisions)
	a.audit(ctx, p, id)
	return as(a, noted(v, paper.Entry(frame, x)))
}

// noted says on a sheet that something on it is masked.
func noted(v visitor, s paper.Sheet) paper.Sheet {
	if !v.can(seeNames) {
		s.Notes = append(s.Notes, maskedNote)
	}
	return s
}

// asPage answers with a page to print; a long sheet is cut into parts.
func (a *app) asPage(s paper.Sheet) (*huma.StreamResponse, error) {
	return a.asPages(s.Parts(mostOnPaper)...)
}

// asPages answers with several sheets, each with pages of its own.
func (a *app) asPages(sheets ...paper.Sheet) (*huma.StreamResponse, error) {
	body, policy, err := sheetPage(sheets...)
	if err != nil {
		return nil, internal(fmt.Errorf("write the sheet %s: %w", sheets[0].Name, err))
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", "text/html; charset=utf-8")
		hctx.SetHeader("Content-Security-Policy", policy)
		_, _ = hctx.BodyWriter().Write(body)
	}}, nil
}

// asWorkbook answers with an .xlsx to keep. It is made in memory before the first byte leaves, so
// that what fails is said and no half file is kept.
func (a *app) asWorkbook(s paper.Sheet) (*huma.StreamResponse, error) {
	if a.Sheets.Workbook == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "", "Nothing is exported here: this daemon only shows the log; print the sheet instead.")
	}
	var b bytes.Buffer
	if err := a.Sheets.Workbook(&b, s); err != nil {
		return nil, internal(fmt.Errorf("write the workbook %s: %w", s.Name, err))
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", workbookType)
		hctx.SetHeader("Content-Disposition", attachmentNamed(s.File()+".xlsx"))
		_, _ = hctx.BodyWriter().Write(b.Bytes())
	}}, nil
}

// attachmentNamed tells the browser to keep a file, under a name that may be Chinese (RFC 6266).
func attachmentNamed(name string) string {
	return "attachment; filename*=UTF-8''" + url.PathEscape(name)
}
