package web

import (
	"context"
	"errors"
	"net/http"

	"dutyline/dutylog"
)

type missedBody struct {
	Call      dutylog.Call       `json:"call"`
	SettledAt stamp              `json:"settled_at" doc:"null: the caller is still to be called back"`
	Why       dutylog.SettledWhy `json:"why" doc:"Why nobody has to call back any more; empty: somebody has to"`
	ByCall    string             `json:"by_call" doc:"The call by which the caller was reached; empty: none"`
	Text      string             `json:"text"`
	By        *personBody        `json:"by" doc:"Who said it; the login system: the log found it out by itself"`
}

func missedOf(m dutylog.MissedCall) missedBody {
	body := missedBody{Call: m.Call, SettledAt: stamp(m.SettledAt), Why: m.Why, ByCall: m.ByCall, Text: m.Text}
	if !m.SettledAt.IsZero() {
		by := personOf(m.By, m.SettledAt)
		body.By = &by
	}
	return body
}

// listOfMissed is what a look at the missed callers is recorded under.
const listOfMissed = "missed-calls"

type missedInput struct {
	From    string `query:"from" maxLength:"40" doc:"Calls not before this instant (RFC 3339)"`
	To      string `query:"to" maxLength:"40" doc:"Calls before this instant (RFC 3339)"`
	Waiting bool   `query:"waiting" doc:"Only those whose caller was not called back"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor  string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

type missedList struct {
	Items      []missedBody         `json:"items" nullable:"false"`
	Waiting    int                  `json:"waiting" doc:"How many callers are still to be called back, in all"`
	Reasons    []dutylog.SettledWhy `json:"reasons" nullable:"false" doc:"What a person may say of one"`
	NextCursor string               `json:"next_cursor" doc:"Empty on the last page"`
}

type missedListOutput struct{ Body missedList }

// missedCalls lists who called in vain.
func (a *app) missedCalls(ctx context.Context, in *missedInput) (*missedListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	items, waiting, next, err := a.Log.MissedCalls(ctx, dutylog.MissedQuery{From: from, To: to, Waiting: in.Waiting, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, inQuery(err)
	}
	list := missedList{Items: []missedBody{}, Waiting: waiting, Reasons: dutylog.SettledByHand(), NextCursor: next}
	for _, m := range allListed(visitorOf(ctx), items) {
		list.Items = append(list.Items, missedOf(m))
	}
	a.audit(ctx, seeCalls, listOfMissed)
	return &missedListOutput{list}, nil
}

type settleInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Why  dutylog.SettledWhy `json:"why" enum:"other_phone,other_number,other_way,no_number,nobody_reached,not_needed"`
		Text string             `json:"text,omitempty" maxLength:"500" doc:"How the caller was reached, or why no call back is needed"`
	}
}

type missedOutput struct{ Body missedBody }

// settleMissed keeps what a person says of a missed call.
func (a *app) settleMissed(ctx context.Context, in *settleInput) (*missedOutput, error) {
	if _, err := a.call(ctx, writeEntries, in.ID); err != nil {
		return nil, err
	}
	m, err := a.Log.SettleMissed(ctx, in.ID, dutylog.Settlement{Why: in.Body.Why, Text: in.Body.Text}, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody settled this missed call meanwhile, or a call did: read the list anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &missedOutput{missedOf(m)}, nil
}
