package web

import (
	"context"

	"dutyline/dutylog"
)

type pastCallBody struct {
	Call  dutylog.Call   `json:"call"`
	Entry *dutylog.Entry `json:"entry" doc:"The entry that it opened; null: none"`
}

type concernBody struct {
	Entry dutylog.Entry `json:"entry"`
	Why   string        `json:"why" enum:"same_number,number_named,same_unit"`
}

type dealingsBody struct {
	Calls []pastCallBody `json:"calls" nullable:"false" doc:"The last calls from and to the number before this one, newest first"`
	Open  []concernBody  `json:"open" nullable:"false" doc:"What is still to be dealt with and may concern the caller, the likeliest first"`
}

type dealingsOutput struct{ Body dealingsBody }

// dealings shows what there was with the other side of an entry. Each entry among it is asked for by
// itself, so that nobody sees more here than elsewhere; it is a list, in which who called may be masked.
func (a *app) dealings(ctx context.Context, in *entryInput) (*dealingsOutput, error) {
	if _, err := a.entry(ctx, seeEntries, in.ID); err != nil {
		return nil, err
	}
	d, err := a.Log.Dealings(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	v := visitorOf(ctx)
	body := dealingsBody{Calls: []pastCallBody{}, Open: []concernBody{}}
	for _, c := range d.Calls {
		if !v.can(seeCalls) {
			break
		}
		if c.Entry != nil {
			if _, err := a.entry(ctx, seeEntries, c.Entry.ID); err != nil {
				c.Entry = nil
			} else {
				shown := v.entries([]dutylog.Entry{*c.Entry})[0]
				c.Entry = &shown
			}
		}
		body.Calls = append(body.Calls, pastCallBody{listed(v, c.Call), c.Entry})
	}
	for _, c := range d.Open {
		if _, err := a.entry(ctx, seeEntries, c.Entry.ID); err == nil {
			body.Open = append(body.Open, concernBody{v.entries([]dutylog.Entry{c.Entry})[0], string(c.Why)})
		}
	}
	var shown []string
	for _, c := range body.Calls {
		if c.Entry != nil {
			shown = append(shown, c.Entry.ID)
		}
	}
	for _, c := range body.Open {
		shown = append(shown, c.Entry.ID)
	}
	a.auditOf(ctx, seeEntries, listOfEntries, shown)
	return &dealingsOutput{body}, nil
}
