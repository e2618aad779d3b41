package web

import (
	"context"

	"dutyline/alerts"
)

type alertCallBody struct {
	Person   string             `json:"person"`
	Channel  string             `json:"channel" doc:"Of alerts.channels"`
	Trunk    string             `json:"trunk" doc:"Over which it went; empty while it waits"`
	WaitedAt stamp              `json:"waited_at" doc:"When it first had to wait for the only trunk; null: it had not"`
	At       stamp              `json:"at" doc:"When it was placed; null: it was not"`
	EndedAt  stamp              `json:"ended_at"`
	Outcome  alerts.CallOutcome `json:"outcome" enum:",acknowledged,answered,no_answer,busy,rejected,failed,lost,trunk_in_use,duty_phone" doc:"Empty: it runs. trunk_in_use: it waits; duty_phone: it is never called"`
	Detail   string             `json:"detail"`
}

type alertCallsOutput struct {
	Body struct {
		Items []alertCallBody `json:"items" nullable:"false"`
	}
}

// alertCalls lists whom the daemon called about an alert. They are no calls of a line.
func (a *app) alertCalls(ctx context.Context, in *alertIDInput) (*alertCallsOutput, error) {
	out := &alertCallsOutput{}
	out.Body.Items = []alertCallBody{}
	if a.AlertCalls == nil {
		return out, nil
	}
	list, err := a.AlertCalls.AlertCalls(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	for _, c := range list {
		out.Body.Items = append(out.Body.Items, alertCallBody{Person: c.Person.Name, Channel: c.Channel, Trunk: c.Trunk,
			WaitedAt: stamp(c.WaitedAt), At: stamp(c.At), EndedAt: stamp(c.EndedAt), Outcome: c.Outcome, Detail: c.Detail})
	}
	return out, nil
}

type alertIDInput struct {
	ID int64 `path:"id" minimum:"1"`
}
