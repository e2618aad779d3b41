package web

import (
	"context"

	"dutyline/dutylog"
)

type linkBody struct {
	Relation string        `json:"relation" enum:"same_matter,same_event" doc:"same_matter: the same caller, the same matter"`
	Entry    dutylog.Entry `json:"entry"`
	Direct   bool          `json:"direct" doc:"false: it belongs to this entry over others"`
	By       actorDoc      `json:"by"`
	At       stamp         `json:"at"`
}

type linkList struct {
	Items []linkBody `json:"items" nullable:"false" doc:"At most 50"`
}

type linkListOutput struct{ Body linkList }

type linkInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		With     string `json:"with" maxLength:"200" doc:"The other entry's id"`
		Relation string `json:"relation" enum:"same_matter,same_event"`
	}
}

type unlinkInput struct {
	ID       string `path:"id" maxLength:"200"`
	With     string `query:"with" required:"true" maxLength:"200"`
	Relation string `query:"relation" required:"true" enum:"same_matter,same_event"`
	Reason   string `query:"reason" required:"true" minLength:"1" maxLength:"500" doc:"Why; kept for ever"`
}

func (a *app) links(ctx context.Context, in *entryInput) (*linkListOutput, error) {
	if _, err := a.entry(ctx, seeEntries, in.ID); err != nil {
		return nil, err
	}
	found, err := a.Log.Links(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	out := linkList{Items: []linkBody{}}
	for _, l := range found {
		if _, err := a.entry(ctx, seeEntries, l.Entry.ID); err != nil {
			continue // not theirs to see
		}
		out.Items = append(out.Items, linkBody{Relation: string(l.Relation), Entry: listed(visitorOf(ctx), visitorOf(ctx).own(l.Entry)), Direct: l.Direct,
			By: actorDoc{l.By.Login, l.By.Name, string(l.By.Role)}, At: stamp(l.At)})
	}
	var shown []string
	for _, l := range out.Items {
		shown = append(shown, l.Entry.ID)
	}
	a.auditOf(ctx, seeEntries, in.ID, shown)
	return &linkListOutput{out}, nil
}

func (a *app) link(ctx context.Context, in *linkInput) (*linkListOutput, error) {
	return a.setLink(ctx, dutylog.LinkOrder{A: in.ID, B: in.Body.With, Relation: dutylog.Relation(in.Body.Relation)}, inBody)
}

func (a *app) unlink(ctx context.Context, in *unlinkInput) (*linkListOutput, error) {
	return a.setLink(ctx, dutylog.LinkOrder{A: in.ID, B: in.With, Relation: dutylog.Relation(in.Relation), Undo: true, Reason: in.Reason}, inQuery)
}

// setLink links or undoes it, and gives what belongs to the entry then. Both entries must be theirs to write.
func (a *app) setLink(ctx context.Context, o dutylog.LinkOrder, where func(error) error) (*linkListOutput, error) {
	for _, id := range []string{o.A, o.B} {
		if _, err := a.entry(ctx, writeEntries, id); err != nil {
			return nil, err
		}
	}
	o.By = visitorOf(ctx).actor()
	if err := a.Log.Link(ctx, o); err != nil {
		return nil, problemOf(where(err))
	}
	return a.links(ctx, &entryInput{ID: o.A})
}
