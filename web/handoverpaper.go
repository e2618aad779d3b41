package web

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

func (a *app) printHandover(ctx context.Context, in *handoverInput) (*huma.StreamResponse, error) {
	return a.keptHandover(ctx, in.ID, printHandover, (*app).asPage)
}

func (a *app) exportHandover(ctx context.Context, in *handoverInput) (*huma.StreamResponse, error) {
	return a.keptHandover(ctx, in.ID, takeHandover, (*app).asWorkbook)
}

// keptHandover is the sheet of a handover as it was confirmed.
func (a *app) keptHandover(ctx context.Context, id int64, p permission, as written) (*huma.StreamResponse, error) {
	h, err := a.handover(ctx, p, id)
	if err != nil {
		return nil, err
	}
	sheet, err := h.Sheet()
	if err != nil {
		return nil, internal(err)
	}
	return a.handoverSheet(ctx, h, sheet, p, as)
}

func (a *app) printHandoverNow(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return a.handoverSheetNow(ctx, printHandover, (*app).asPage)
}

func (a *app) exportHandoverNow(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return a.handoverSheetNow(ctx, takeHandover, (*app).asWorkbook)
}

// handoverSheetNow is the sheet of this moment, which nobody has confirmed.
func (a *app) handoverSheetNow(ctx context.Context, p permission, as written) (*huma.StreamResponse, error) {
	last, err := a.Log.LastHandover(ctx, time.Time{})
	if err != nil {
		return nil, problemOf(err)
	}
	sheet, due, err := a.sheetShown(ctx, last)
	if err != nil {
		return nil, problemOf(err)
	}
	return a.handoverSheet(ctx, dutylog.Handover{Incoming: dutylog.Actor{Name: due.Expected}}, sheet, p, as)
}

// handoverSheet notes who takes the sheet before it leaves.
func (a *app) handoverSheet(ctx context.Context, h dutylog.Handover, s dutylog.Sheet, p permission, as written) (*huma.StreamResponse, error) {
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	v := visitorOf(ctx)
	if h.ID != 0 && !v.can(seeNames) {
		s = s.MaskConfirmed()
	}
	sheet := paper.Handover(frame, h, s)
	if !v.can(seeNames) {
		sheet.Notes = append(sheet.Notes, maskedNote)
	}
	if err := a.auditSheet(ctx, p, sheet.Name, s); err != nil {
		return nil, err
	}
	return as(a, sheet)
}

// auditSheet notes who reads or takes a sheet of a handover, with the entries of which it tells: its matters, and
// those of its incidents, whose elements are taken from them.
func (a *app) auditSheet(ctx context.Context, p permission, object string, s dutylog.Sheet) error {
	entries := s.EntryIDs()
	for _, open := range s.Incidents {
		i, err := a.Log.Incident(ctx, open.ID)
		if err != nil {
			return problemOf(err)
		}
		entries = append(entries, entriesOfIncident(i)...)
	}
	slices.Sort(entries)
	a.auditOf(ctx, p, object, slices.Compact(entries))
	return nil
}
