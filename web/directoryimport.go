package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// maxTable is the most bytes of a file with a table, as many as are read of one: 50,000 contacts fit.
const maxTable = 16 << 20

// maxTableBody is the most that a request with such a file may carry: it comes in base64, within JSON.
const maxTableBody = (maxTable+2)/3*4 + maxBody

var tablePaths = []string{prefix + "/directory/preview", prefix + "/directory/import", prefix + "/roster/imports"}

// bringsTable reports whether a request brings a file with a table.
func bringsTable(r *http.Request) bool {
	return r.Method == http.MethodPost && slices.Contains(tablePaths, r.URL.Path)
}

// maxFaults is how many faults of a table are told at once.
const maxFaults = 1000

type tableBody struct {
	Name    string `json:"name" maxLength:"300" doc:"Of the file, for messages"`
	Content []byte `json:"content" doc:"The file, in base64"`
	Remove  bool   `json:"remove" doc:"Remove the contacts that the table does not name"`
	Token   string `json:"token" required:"false" maxLength:"100" doc:"To import: that of the preview which was looked at"`
}

type tableInput struct{ Body tableBody }

// plannedDoc is what becomes of one contact.
type plannedDoc struct {
	Kind    string                `json:"kind" enum:"added,changed,removed"`
	Row     int                   `json:"row" doc:"Of the table; 0: it is not in it"`
	Reason  string                `json:"reason" enum:",same_id,same_key,same_person,same_number" doc:"Why the row is taken for this contact"`
	Name    string                `json:"name" doc:"Unit, person and title as they are now, or will be"`
	Changes []dutylog.FieldChange `json:"changes" nullable:"false" doc:"Field by field; of a new contact all that it says"`
}

type previewBody struct {
	Token     string       `json:"token" doc:"Names this table and the directory as it stands: an import with it does exactly this, or nothing"`
	Added     int          `json:"added"`
	Changed   int          `json:"changed"`
	Removed   int          `json:"removed"`
	Unchanged int          `json:"unchanged"`
	Kept      int          `json:"kept" doc:"Not in the table, and left as they are"`
	Items     []plannedDoc `json:"items" nullable:"false" doc:"Everything that changes, in the order of added, changed, removed"`
}

type previewOutput struct{ Body previewBody }

// previewDirectory shows exactly what an import would do.
func (a *app) previewDirectory(ctx context.Context, in *tableInput) (*previewOutput, error) {
	plan, token, err := a.plan(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &previewOutput{previewOf(plan, token)}, nil
}

// importDirectory does what a preview showed, when table and directory are still the same.
func (a *app) importDirectory(ctx context.Context, in *tableInput) (*previewOutput, error) {
	plan, token, err := a.plan(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	if token != in.Body.Token {
		return nil, problemOf(&dutylog.DirectoryMovedError{What: "the directory or the file"})
	}
	if err := a.Log.ImportDirectory(ctx, plan, visitorOf(ctx).actor()); err != nil {
		return nil, problemOf(err)
	}
	return &previewOutput{previewOf(plan, token)}, nil
}

// plan reads a table and compares it with the directory. The token names both, and what is asked.
func (a *app) plan(ctx context.Context, t tableBody) (plan dutylog.DirectoryPlan, token string, err error) {
	tables, err := a.readTables(t.Name, t.Content)
	if err != nil {
		return plan, "", tableProblem(err)
	}
	table, err := dutylog.ParseDirectory(tables, a.Directory.AreaCode)
	if err != nil {
		return plan, "", tableProblem(err)
	}
	now, err := a.Log.Directory(ctx)
	if err != nil {
		return plan, "", problemOf(err)
	}
	if plan, err = dutylog.PlanDirectory(now, table, t.Remove); err != nil {
		return plan, "", tableProblem(err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %v %d", sha256.Sum256(t.Content), t.Remove, plan.Revision))
	return plan, hex.EncodeToString(sum[:]), nil
}

func previewOf(plan dutylog.DirectoryPlan, token string) previewBody {
	b := previewBody{Token: token, Added: plan.Count(dutylog.PlanAdded), Changed: plan.Count(dutylog.PlanChanged), Removed: plan.Count(dutylog.PlanRemoved),
		Unchanged: plan.Count(dutylog.PlanUnchanged), Kept: plan.Count(dutylog.PlanKept), Items: []plannedDoc{}}
	for _, i := range plan.Items {
		d := plannedDoc{Kind: string(i.Kind), Row: i.Row, Reason: string(i.Reason), Changes: []dutylog.FieldChange{}}
		switch i.Kind {
		case dutylog.PlanAdded:
			d.Name = i.After.Name()
			d.Changes = append(d.Changes, dutylog.Contact{}.Differences(*i.After)...)
		case dutylog.PlanChanged:
			d.Name = i.Before.Name()
			d.Changes = append(d.Changes, i.Changes...)
		case dutylog.PlanRemoved:
			d.Name = i.Before.Name()
			d.Changes = append(d.Changes, i.Before.Differences(dutylog.Contact{})...)
		default:
			continue
		}
		b.Items = append(b.Items, d)
	}
	return b
}

// TableFault is what is wrong with one cell of a table.
type TableFault struct {
	Row    int    `json:"row"`
	Column string `json:"column" doc:"As the header names it"`
	Cell   string `json:"cell" doc:"As a spreadsheet names it; empty when the whole row is meant"`
	Code   string `json:"code" doc:"The kind of fault, for programs"`
	Value  string `json:"value" doc:"What stands there, or the other row that is meant"`
	Reason string `json:"reason" doc:"In words"`
}

// tableProblem says everything that is wrong with a table; nothing of it was taken.
func tableProblem(err error) *Problem {
	var file *dutylog.FileError
	var cells *dutylog.TableError
	switch {
	case errors.As(err, &file):
		p := newProblem(http.StatusUnprocessableEntity, typeBadTable, "%s", file.Error())
		p.File = string(file.Fault)
		return p
	case errors.As(err, &cells):
		p := newProblem(http.StatusUnprocessableEntity, typeBadTable, "Nothing was imported: the table has %d fault(s).", len(cells.Rows))
		p.Faults, p.FaultCount = tableFaults(cells)
		return p
	}
	return problemOf(err)
}

// tableFaults are the faults of a table as a problem lists them, and how many there are in all.
func tableFaults(e *dutylog.TableError) (faults []TableFault, count int) {
	for _, r := range e.Rows[:min(len(e.Rows), maxFaults)] {
		faults = append(faults, TableFault{Row: r.Row, Column: r.Column, Cell: r.Cell, Code: string(r.Code), Value: r.Value, Reason: r.Reason})
	}
	return faults, len(e.Rows)
}

// exportDirectory gives the whole directory as a table that imports back unchanged; that somebody
// took it is kept.
func (a *app) exportDirectory(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	d, err := a.Log.Directory(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	a.audit(ctx, exportOfDirectory, "directory")
	return a.asWorkbook(paper.Directory(d.Contacts))
}
