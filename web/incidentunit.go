package web

import (
	"context"

	"dutyline/dutylog"
)

type calloutInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Key    string `json:"key" maxLength:"40"`
		Whom   string `json:"whom"`
		Part   string `json:"part" maxLength:"40" doc:"See GET /incidents/terms"`
		Number string `json:"number,omitempty"`
		Result string `json:"result" maxLength:"40"`
		CallID string `json:"call_id,omitempty" maxLength:"200"`
		At     string `json:"at,omitempty" maxLength:"40" doc:"RFC 3339; absent: now"`
	}
}

type sceneInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Key    string `json:"key" maxLength:"40"`
		Kind   string `json:"kind" maxLength:"40" doc:"on_scene, feedback or back"`
		Whom   string `json:"whom"`
		Text   string `json:"text,omitempty"`
		CallID string `json:"call_id,omitempty" maxLength:"200"`
		At     string `json:"at,omitempty" maxLength:"40" doc:"RFC 3339; absent: now"`
	}
}

type instructionInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Key        string `json:"key" maxLength:"40"`
		Whom       string `json:"whom" doc:"Who instructed"`
		Text       string `json:"text,omitempty"`
		Attachment int64  `json:"attachment,omitempty" minimum:"0" doc:"A photo of it, attached to a linked entry"`
		At         string `json:"at,omitempty" maxLength:"40" doc:"RFC 3339; absent: now"`
		Due        string `json:"due,omitempty" maxLength:"40" doc:"RFC 3339; absent: none"`
	}
}

type instructionStepInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Number int   `path:"number" minimum:"1"`
	Body   struct {
		Key  string `json:"key" maxLength:"40"`
		Kind string `json:"kind" enum:"conveyed,fed_back,closed"`
		Whom string `json:"whom,omitempty" doc:"To whom it was conveyed, or who fed back"`
		Text string `json:"text,omitempty"`
		At   string `json:"at,omitempty" maxLength:"40" doc:"RFC 3339; absent: now"`
	}
}

type strikeFactInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Fact int   `path:"number" minimum:"1" doc:"Its number (seq)"`
	Body struct {
		Key    string `json:"key" maxLength:"40"`
		Reason string `json:"reason" doc:"Why; kept for ever"`
	}
}

// happened appends one fact that somebody of the duty room writes down.
func (a *app) happened(ctx context.Context, id int64, key string, kind dutylog.FactKind, at string, body dutylog.FactBody) (*incidentOutput, error) {
	i, err := a.incident(ctx, writeIncidents, id)
	if err != nil {
		return nil, err
	}
	when, err := instant("body.at", at)
	if err != nil {
		return nil, err
	}
	return a.deed(ctx, i.ID, key, dutylog.FactDraft{Kind: kind, At: when, Body: body})
}

func (a *app) callOut(ctx context.Context, in *calloutInput) (*incidentOutput, error) {
	b := in.Body
	return a.happened(ctx, in.ID, b.Key, dutylog.FactCalledOut, b.At, dutylog.FactBody{Whom: b.Whom, Part: b.Part, Phone: b.Number, Result: b.Result, CallID: b.CallID})
}

func (a *app) scene(ctx context.Context, in *sceneInput) (*incidentOutput, error) {
	b := in.Body
	return a.happened(ctx, in.ID, b.Key, dutylog.FactScene, b.At, dutylog.FactBody{Whom: b.Whom, Part: b.Kind, Text: b.Text, CallID: b.CallID})
}

func (a *app) instruct(ctx context.Context, in *instructionInput) (*incidentOutput, error) {
	b := in.Body
	body := dutylog.FactBody{Whom: b.Whom, Text: b.Text, Attachment: b.Attachment}
	if b.Due != "" {
		due, err := instant("body.due", b.Due)
		if err != nil {
			return nil, err
		}
		body.Due = &due
	}
	return a.happened(ctx, in.ID, b.Key, dutylog.FactInstructed, b.At, body)
}

func (a *app) followInstruction(ctx context.Context, in *instructionStepInput) (*incidentOutput, error) {
	b := in.Body
	kind := map[string]dutylog.FactKind{"conveyed": dutylog.FactConveyed, "fed_back": dutylog.FactFedBack, "closed": dutylog.FactInstrClosed}[b.Kind]
	return a.happened(ctx, in.ID, b.Key, kind, b.At, dutylog.FactBody{Fact: in.Number, Whom: b.Whom, Text: b.Text})
}

// strikeFact strikes a fact out; it stays readable, with who did so and why.
func (a *app) strikeFact(ctx context.Context, in *strikeFactInput) (*incidentOutput, error) {
	return a.happened(ctx, in.ID, in.Body.Key, dutylog.FactStruck, "", dutylog.FactBody{Fact: in.Fact, Reason: in.Body.Reason})
}
