package web

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type usedSheetBody struct {
	Sheet       string `json:"sheet"`
	EntryID     string `json:"entry_id"`
	EntryNumber string `json:"entry_number"`
}

type blankSheetsBody struct {
	ID    int64           `json:"id"`
	First string          `json:"first" doc:"The first number, for instance 000012"`
	Last  string          `json:"last"`
	At    stamp           `json:"at"`
	By    string          `json:"by"`
	Used  []usedSheetBody `json:"used" nullable:"false" doc:"Which of them are entries by now"`
}

func blankSheetsOf(p dutylog.PaperPrint) blankSheetsBody {
	b := blankSheetsBody{ID: p.ID, First: dutylog.SheetNumber(p.First), Last: dutylog.SheetNumber(p.Last), At: stamp(p.At), By: p.By.Name, Used: []usedSheetBody{}}
	for _, u := range p.Used {
		b.Used = append(b.Used, usedSheetBody{dutylog.SheetNumber(u.Sheet), u.EntryID, u.EntryNumber.String()})
	}
	return b
}

type blankSheetList struct {
	Items      []blankSheetsBody `json:"items" nullable:"false"`
	NextCursor string            `json:"next_cursor" doc:"Empty on the last page"`
}

type blankSheetListOutput struct{ Body blankSheetList }

type blankSheetsInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"400"`
}

func (a *app) blankSheets(ctx context.Context, in *blankSheetsInput) (*blankSheetListOutput, error) {
	found, next, err := a.Log.PaperPrints(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, inQuery(err)
	}
	list := blankSheetList{Items: []blankSheetsBody{}, NextCursor: next}
	for _, p := range found {
		list.Items = append(list.Items, blankSheetsOf(p))
	}
	return &blankSheetListOutput{list}, nil
}

type numberSheetsInput struct {
	Body struct {
		Count int `json:"count" doc:"How many sheets, 1 to 50"`
	}
}

type numberSheetsOutput struct{ Body blankSheetsBody }

// numberSheets takes the next numbers. They are printed afterwards, by a look at the address of the printing.
func (a *app) numberSheets(ctx context.Context, in *numberSheetsInput) (*numberSheetsOutput, error) {
	p, err := a.Log.PrintBlank(ctx, in.Body.Count, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &numberSheetsOutput{blankSheetsOf(p)}, nil
}

type printBlankInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// printBlankSheets gives the sheets of one printing, each a page of its own. Printed once more they are
// the same sheets: the numbers say so, and it is noted who took them.
func (a *app) printBlankSheets(ctx context.Context, in *printBlankInput) (*huma.StreamResponse, error) {
	p, err := a.Log.PaperPrint(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	a.audit(ctx, printBlank, "blank sheets "+strconv.FormatInt(p.ID, 10))
	return a.asPages(paper.Blank(frame, p)...)
}
