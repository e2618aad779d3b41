package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

const documentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

type reportPaperInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Number int   `path:"number" minimum:"1" doc:"Of the report"`
}

func (a *app) printReport(ctx context.Context, in *reportPaperInput) (*huma.StreamResponse, error) {
	file, report, frame, err := a.reportPaper(ctx, printIncidents, in)
	if err != nil {
		return nil, err
	}
	sheet := noted(visitorOf(ctx), paper.Report(frame, file, report))
	a.auditOf(ctx, printIncidents, sheet.Name, entriesOfIncident(file.Incident))
	return a.asPage(sheet)
}

// exportReport gives the report as .docx. It is made in memory before the first byte leaves: a broken
// template is one sentence, and the page to print is there all the same.
func (a *app) exportReport(ctx context.Context, in *reportPaperInput) (*huma.StreamResponse, error) {
	file, report, frame, err := a.reportPaper(ctx, takeIncidents, in)
	if err != nil {
		return nil, err
	}
	if a.Sheets.Document == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "", "Nothing is exported here: this daemon only shows the log; print the report instead.")
	}
	name := paper.Report(frame, file, report).Name
	document, err := a.Sheets.Document(paper.ReportWords(frame, file, report))
	if err != nil {
		a.Logger.ErrorContext(ctx, "a report cannot be written as a document", "report", name, "err", err)
		return nil, newProblem(http.StatusServiceUnavailable, problemBase+"report-template",
			"The report is kept and can be printed, but no Word document was made: %s. Have site.report_template mended, or remove it and the shipped template is used.", err)
	}
	a.auditOf(ctx, takeIncidents, name, entriesOfIncident(file.Incident))
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", documentType)
		hctx.SetHeader("Content-Disposition", attachmentNamed(name+".docx"))
		_, _ = hctx.BodyWriter().Write(document)
	}}, nil
}

func (a *app) printCourse(ctx context.Context, in *incidentInput) (*huma.StreamResponse, error) {
	file, err := a.incidentFile(ctx, printIncidents, in.ID)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	sheet := noted(visitorOf(ctx), paper.Course(frame, file))
	a.auditOf(ctx, printIncidents, sheet.Name, entriesOfIncident(file.Incident))
	return a.asPage(sheet)
}

func (a *app) reportPaper(ctx context.Context, p permission, in *reportPaperInput) (file paper.IncidentFile, r dutylog.Report, f paper.Frame, err error) {
	if file, err = a.incidentFile(ctx, p, in.ID); err != nil {
		return file, r, f, err
	}
	r, there := file.Incident.Report(in.Number)
	if !there {
		return file, r, f, problemOf(dutylog.ErrNotFound)
	}
	f, err = a.frame(ctx)
	return file, r, f, err
}

// incidentFile is an incident with the entries and calls that its papers name, as this visitor may see them.
func (a *app) incidentFile(ctx context.Context, p permission, id int64) (paper.IncidentFile, error) {
	i, err := a.incident(ctx, p, id)
	if err != nil {
		return paper.IncidentFile{}, err
	}
	x := paper.IncidentFile{Entries: map[string]dutylog.Entry{}, Calls: map[string]dutylog.Call{}, Numbers: map[int64]string{}}
	if len(a.Lines) > 0 {
		x.Phone = a.Lines[0].Number
	}
	if x.Duty, err = a.Log.OnDuty(ctx, i.ClockNatural); err != nil {
		return x, problemOf(err)
	}
	if x.Merged, err = a.mergedInto(ctx, p, i); err != nil {
		return x, problemOf(err)
	}
	if x.Incident, err = a.named(ctx, x, i); err != nil {
		return x, problemOf(err)
	}
	for n, o := range x.Merged {
		if x.Merged[n], err = a.named(ctx, x, o); err != nil {
			return x, problemOf(err)
		}
	}
	return x, nil
}

// named is an incident as this visitor may see it; what its facts name comes into the file.
func (a *app) named(ctx context.Context, x paper.IncidentFile, i dutylog.Incident) (dutylog.Incident, error) {
	i, shown, err := a.shownIncident(ctx, i)
	if err != nil {
		return i, err
	}
	if err := a.numbersOf(ctx, i, x.Numbers); err != nil {
		return i, err
	}
	for _, f := range i.Facts {
		if err := a.nameEntry(ctx, shown, x, f.Body.Entry); err != nil {
			return i, err
		}
		if err := a.nameCall(ctx, x, f.Body.CallID); err != nil {
			return i, err
		}
	}
	return i, nil
}

// mergedInto are the incidents that were merged into one, and into those before: their papers are its papers now.
func (a *app) mergedInto(ctx context.Context, p permission, i dutylog.Incident) (all []dutylog.Incident, err error) {
	have := map[int64]bool{i.ID: true}
	for queue := i.Absorbed; len(queue) > 0; queue = queue[1:] {
		id := queue[0].Incident
		if have[id] {
			continue
		}
		have[id] = true
		o, err := a.incident(ctx, p, id)
		if err != nil {
			return nil, err
		}
		all, queue = append(all, o), append(slices.Clone(queue), o.Absorbed...)
	}
	return all, nil
}

// numbersOf adds how people call the incidents that one names.
func (a *app) numbersOf(ctx context.Context, i dutylog.Incident, numbers map[int64]string) error {
	named := []int64{i.MergedInto}
	for _, f := range i.Facts {
		named = append(named, f.Body.Incident)
	}
	for _, id := range named {
		if _, known := numbers[id]; known || id == 0 {
			continue
		}
		o, err := a.Log.Incident(ctx, id)
		if err != nil {
			return err
		}
		numbers[id] = o.Number.String()
	}
	return nil
}

func (a *app) nameEntry(ctx context.Context, shown func(dutylog.Entry) dutylog.Entry, x paper.IncidentFile, id string) error {
	if _, known := x.Entries[id]; known || id == "" {
		return nil
	}
	e, err := a.Log.Entry(ctx, id)
	if err != nil {
		return err
	}
	x.Entries[id] = shown(e)
	return a.nameCall(ctx, x, e.CallID)
}

// nameCall reads a call. One that the log does not have any more is left out: what was written of it stays.
func (a *app) nameCall(ctx context.Context, x paper.IncidentFile, id string) error {
	if _, known := x.Calls[id]; known || id == "" {
		return nil
	}
	c, err := a.Log.Call(ctx, id)
	if err != nil {
		if errors.Is(err, dutylog.ErrNotFound) {
			return nil
		}
		return err
	}
	x.Calls[id] = listed(visitorOf(ctx), c)
	return nil
}
