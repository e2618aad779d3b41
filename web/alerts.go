package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

type alertsInput struct {
	State  []string `query:"state" enum:"open,acknowledged,resolved" doc:"Only alerts in these states"`
	Line   string   `query:"line" maxLength:"32" doc:"Only of this line"`
	Muted  bool     `query:"muted" doc:"Only alerts that are muted now"`
	Limit  int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string   `query:"cursor" maxLength:"6000" doc:"next_cursor of the page before"`
}

type alertsBody struct {
	Items      []alerts.Alert `json:"items" nullable:"false"`
	NextCursor string         `json:"next_cursor" doc:"Empty on the last page"`
	Open       int            `json:"open" doc:"How many nobody has taken on, whatever is listed"`
	Callers    []alertCaller  `json:"callers" nullable:"false" doc:"Who called, of the alerts above that are about a call that came in; names and numbers are masked as in the list of calls"`
	Calls      bool           `json:"calls" doc:"Whether people are called about alerts: see /alerts/{id}/calls"`
}

// alertCaller is who called, for whoever has to call back. It is no part of the alert: erasing the call
// takes it away, and messages that leave the building never have it.
type alertCaller struct {
	CallID string `json:"call_id"`
	Number string `json:"number" doc:"Empty or anonymous: withheld"`
	Name   string `json:"name" doc:"As the exchange gave it"`
}

type alertsOutput struct{ Body alertsBody }

// alertList lists alerts.
func (a *app) alertList(ctx context.Context, in *alertsInput) (*alertsOutput, error) {
	q := alerts.Query{Line: in.Line, Muted: in.Muted, Limit: in.Limit, Cursor: in.Cursor}
	for _, s := range in.State {
		q.States = append(q.States, alerts.State(s))
	}
	slices.Sort(q.States)
	items, next, err := a.Alerts.Alerts(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	open, err := a.Alerts.OpenAlerts(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	callers, err := a.callersOf(ctx, items)
	if err != nil {
		return nil, err
	}
	return &alertsOutput{alertsBody{Items: allListed(visitorOf(ctx), items), NextCursor: next, Open: open, Callers: callers, Calls: a.AlertCalls != nil}}, nil
}

// callersOf names who called, as the list of calls does it for the same person.
func (a *app) callersOf(ctx context.Context, items []alerts.Alert) ([]alertCaller, error) {
	callers, v, seen := []alertCaller{}, visitorOf(ctx), map[string]bool{}
	if !v.can(seeCalls) {
		return callers, nil
	}
	for _, x := range items {
		if x.CallID == "" || seen[x.CallID] {
			continue
		}
		seen[x.CallID] = true
		c, err := a.Log.Call(ctx, x.CallID)
		switch {
		case errors.Is(err, dutylog.ErrNotFound):
		case err != nil:
			return nil, problemOf(err)
		case c.Direction == telephony.Inbound:
			c = listed(v, c)
			callers = append(callers, alertCaller{CallID: c.ID, Number: c.Caller.Raw, Name: c.CallerName})
		}
	}
	if len(callers) > 0 {
		a.audit(ctx, seeCalls, listOfCalls)
	}
	return callers, nil
}

type acknowledgeInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"200" doc:"What is being done about it"`
	}
}

type alertOutput struct{ Body alerts.Alert }

// acknowledge takes an alert on. The first who does stands; said again it changes nothing.
func (a *app) acknowledge(ctx context.Context, in *acknowledgeInput) (*alertOutput, error) {
	note, err := dutylog.CleanNote("note", in.Body.Note)
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	taken, err := a.Alerts.Acknowledge(ctx, in.ID, visitorOf(ctx).actor(), note)
	switch {
	case errors.Is(err, alerts.ErrOver):
		return nil, newProblem(http.StatusConflict, typeAlertOver, "The alert is resolved already, for its cause is gone: nobody has to take it on; read the list anew.")
	case errors.Is(err, alerts.ErrSupervisor):
		return nil, newProblem(http.StatusForbidden, typeForbidden, "%s.", upper(err.Error()))
	case err != nil:
		return nil, problemOf(err)
	}
	return &alertOutput{listed(visitorOf(ctx), taken)}, nil
}
