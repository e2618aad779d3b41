package web

import (
	"context"
)

type setHoldInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body holdOrderBody
}

type holdOrderBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why; kept with the hold for ever"`
}

// setHold puts an entry under a legal hold: nothing that belongs to it expires or is erased.
func (a *app) setHold(ctx context.Context, in *setHoldInput) (*entryOutput, error) {
	if _, err := a.entry(ctx, holdEntries, in.ID); err != nil {
		return nil, err
	}
	e, err := a.Log.SetHold(ctx, in.ID, in.Body.Reason, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &entryOutput{a.asRead(ctx, e)}, nil
}
