package web

import (
	"context"

	"dutyline/dutylog"
)

type approvalBody struct {
	ID          int64           `json:"id"`
	Kind        string          `json:"kind" enum:"erase,release_hold"`
	State       string          `json:"state" enum:"waiting,approved,declined,expired,done"`
	EntryID     string          `json:"entry_id"`
	EntryNumber string          `json:"entry_number"`
	Fields      []dutylog.Field `json:"fields" nullable:"false" doc:"To erase; empty: everything"`
	Recording   bool            `json:"recording"`
	Reason      string          `json:"reason"`
	By          actorDoc        `json:"by" doc:"Who asked"`
	At          stamp           `json:"at"`
	Until       stamp           `json:"until" doc:"When it expires, unless something comes of it before"`
	DecidedBy   *actorDoc       `json:"decided_by" doc:"null: nobody yet"`
	DecidedAt   stamp           `json:"decided_at"`
	Note        string          `json:"note" doc:"Of who decided"`
	DoneAt      stamp           `json:"done_at" doc:"When it was carried out"`
	Outcome     string          `json:"outcome" doc:"The number of the decision that erased"`
	Mine        bool            `json:"mine" doc:"The reader asked for it, and cannot decide it"`
}

type approvalOutput struct{ Body approvalBody }

type approvalList struct {
	Items      []approvalBody `json:"items" nullable:"false"`
	NextCursor string         `json:"next_cursor" doc:"Empty on the last page"`
}

type approvalListOutput struct{ Body approvalList }

type approvalsInput struct {
	Entry  string `query:"entry" maxLength:"200" doc:"The id of an entry"`
	State  string `query:"state" enum:"waiting,all" default:"all" doc:"waiting: what somebody has to decide or to carry out"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"200"`
}

type askInput struct {
	Body struct {
		Kind      string          `json:"kind" enum:"erase,release_hold"`
		EntryID   string          `json:"entry_id" minLength:"1" maxLength:"200"`
		Fields    []dutylog.Field `json:"fields,omitempty" maxItems:"60" doc:"To erase; absent: everything, the recording as well"`
		Recording bool            `json:"recording,omitempty" doc:"Erase the recording as well"`
		Reason    string          `json:"reason" minLength:"1" maxLength:"500" doc:"Why, without what is erased; kept for ever"`
	}
}

type decideInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Approve bool   `json:"approve"`
		Note    string `json:"note,omitempty" maxLength:"500"`
	}
}

func (a *app) approvalShown(v visitor, x dutylog.Approval) approvalBody {
	b := approvalBody{ID: x.ID, Kind: string(x.Kind), State: string(x.State(a.Now())), EntryID: x.EntryID, EntryNumber: x.EntryNumber.String(),
		Fields: append([]dutylog.Field{}, x.Fields...), Recording: x.Recording, Reason: x.Reason, By: actorDoc{x.By.Login, x.By.Name, string(x.By.Role)}, At: stamp(x.At),
		Until: stamp(x.Until()), DecidedAt: stamp(x.DecidedAt), Note: x.Note, DoneAt: stamp(x.DoneAt), Outcome: x.Outcome,
		Mine: x.By.Login == v.account.Login || dutylog.SameName(x.By.Name, v.account.Name)}
	if !x.DecidedAt.IsZero() {
		b.DecidedBy = &actorDoc{x.DecidedBy.Login, x.DecidedBy.Name, string(x.DecidedBy.Role)}
	}
	return b
}

func (a *app) approvals(ctx context.Context, in *approvalsInput) (*approvalListOutput, error) {
	found, next, err := a.Log.Approvals(ctx, dutylog.ApprovalQuery{EntryID: in.Entry, Waiting: in.State == "waiting", Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, inQuery(err)
	}
	list := approvalList{Items: make([]approvalBody, len(found)), NextCursor: next}
	for i, x := range found {
		list.Items[i] = a.approvalShown(visitorOf(ctx), x)
	}
	return &approvalListOutput{list}, nil
}

// ask keeps what one person alone may not do, for another to decide.
func (a *app) ask(ctx context.Context, in *askInput) (*approvalOutput, error) {
	b, v := in.Body, visitorOf(ctx)
	if _, err := a.entry(ctx, askApprovals, b.EntryID); err != nil {
		return nil, err
	}
	kept, err := a.Log.Ask(ctx, dutylog.Approval{Kind: dutylog.ApprovalKind(b.Kind), EntryID: b.EntryID, Fields: b.Fields, Recording: b.Recording, Reason: b.Reason, By: v.actor()})
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &approvalOutput{a.approvalShown(v, kept)}, nil
}

// decide is what the second person does.
func (a *app) decide(ctx context.Context, in *decideInput) (*approvalOutput, error) {
	x, err := a.Log.Decide(ctx, in.ID, in.Body.Approve, in.Body.Note, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &approvalOutput{a.approvalShown(visitorOf(ctx), x)}, nil
}
