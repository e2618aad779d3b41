package web

import (
	"context"
	"net/http"
	"time"

	"dutyline/dutylog"
)

// LedgerState is how the comparing itself goes.
type LedgerState struct {
	At      time.Time // when calls, recordings and entries were last compared
	Problem string    // what could not be looked at then
}

type ledgerInput struct {
	State  string `query:"state" enum:"open,resolved" doc:"Only items in this state"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"6000" doc:"next_cursor of the page before"`
}

type ledgerList struct {
	Items      []dutylog.LedgerItem `json:"items" nullable:"false"`
	NextCursor string               `json:"next_cursor" doc:"Empty on the last page"`
	Open       int                  `json:"open" doc:"How many items are open, whatever is listed"`
	LookedAt   stamp                `json:"looked_at" doc:"When everything was last compared; null: not since the start"`
	Problem    string               `json:"problem" doc:"What could not be looked at then; of that nothing is said"`
}

type ledgerOutput struct{ Body ledgerList }

// ledger lists what does not agree between calls, recordings and entries.
func (a *app) ledger(ctx context.Context, in *ledgerInput) (*ledgerOutput, error) {
	return a.ledgerPage(ctx, dutylog.LedgerQuery{State: dutylog.LedgerState(in.State), Limit: in.Limit, Cursor: in.Cursor})
}

func (a *app) ledgerPage(ctx context.Context, q dutylog.LedgerQuery) (*ledgerOutput, error) {
	items, next, err := a.Log.Ledger(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	open, err := a.Log.OpenLedger(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	body := ledgerList{Items: items, NextCursor: next, Open: open}
	if a.Ledger != nil {
		state := a.Ledger()
		body.LookedAt, body.Problem = stamp(state.At), state.Problem
	}
	return &ledgerOutput{body}, nil
}

// reconcile compares now, and gives what is open.
func (a *app) reconcile(ctx context.Context, _ *struct{}) (*ledgerOutput, error) {
	if a.Reconcile == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "", "Nothing is compared here: this daemon only shows the log.")
	}
	if err := a.Reconcile(ctx); err != nil {
		return nil, problemOf(err)
	}
	return a.ledgerPage(ctx, dutylog.LedgerQuery{State: dutylog.LedgerOpen})
}
