package web

import (
	"context"
	"slices"
	"strings"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// PageQuery is how every list is cut into pages. It is exported only for the library that reads it.
type PageQuery struct {
	From   string `query:"from" maxLength:"40" doc:"Not before this instant (RFC 3339)"`
	To     string `query:"to" maxLength:"40" doc:"Before this instant (RFC 3339)"`
	Line   string `query:"line" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

type callsInput struct {
	PageQuery
	Outcome string `query:"outcome" maxLength:"40" doc:"Only calls that ended so"`
}

// listOfCalls is what an access to many calls at once is recorded under.
const listOfCalls = "calls"

type callInput struct {
	ID string `path:"id" maxLength:"200"`
}

type callOutput struct{ Body dutylog.Call }

type callList struct {
	Items      []dutylog.Call `json:"items" nullable:"false"`
	NextCursor string         `json:"next_cursor" doc:"Empty on the last page"`
	// Reviewed has borderline answers too of which nobody decided: what is not there is not for the visitor.
	Reviewed map[string]dutylog.ReviewResult `json:"reviewed" nullable:"false" doc:"By call, what a review made of it as figures count it; empty text: nobody decided otherwise than was measured. Only of calls whose reviews the visitor may see"`
}

type callListOutput struct{ Body callList }

func (a *app) calls(ctx context.Context, in *callsInput) (*callListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	outcome := telephony.Outcome(in.Outcome)
	if outcome != "" && !slices.Contains(telephony.Outcomes(), outcome) {
		return nil, invalid("query.outcome", "is no outcome; there are "+words(telephony.Outcomes()))
	}
	items, next, err := a.Log.Calls(ctx, dutylog.CallQuery{From: from, To: to, Line: in.Line, Outcome: outcome, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, inQuery(err)
	}
	reviewed, err := a.reviewedCalls(ctx, items)
	if err != nil {
		return nil, problemOf(err)
	}
	a.audit(ctx, seeCalls, listOfCalls)
	return &callListOutput{callList{allListed(visitorOf(ctx), items), next, reviewed}}, nil
}

// reviewedCalls is what reviews made of calls that want one, as far as the visitor may see these reviews.
func (a *app) reviewedCalls(ctx context.Context, items []dutylog.Call) (map[string]dutylog.ReviewResult, error) {
	v, ids, seen := visitorOf(ctx), []string{}, map[string]dutylog.ReviewResult{}
	for _, c := range items {
		if dutylog.WantsReview(c.Call) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 || !v.can(seeReviews) {
		return seen, nil
	}
	found, err := a.Log.CountedReviews(ctx, ids)
	for id, r := range found {
		if v.mayWith(seeReviews, object{kind: aReview, officer: r.Officer}) == allowed {
			seen[id] = r.Result
		}
	}
	return seen, err
}

func (a *app) oneCall(ctx context.Context, in *callInput) (*callOutput, error) {
	c, err := a.call(ctx, seeCalls, in.ID)
	if err != nil {
		return nil, err
	}
	a.audit(ctx, seeCalls, in.ID)
	return &callOutput{c}, nil
}

func (a *app) setSpotCheck(ctx context.Context, in *callInput) (*callOutput, error) {
	return a.tag(ctx, in.ID, true)
}

func (a *app) clearSpotCheck(ctx context.Context, in *callInput) (*callOutput, error) {
	return a.tag(ctx, in.ID, false)
}

func (a *app) tag(ctx context.Context, id string, on bool) (*callOutput, error) {
	if _, err := a.call(ctx, tagCalls, id); err != nil {
		return nil, err
	}
	c, err := a.Log.SetTag(ctx, id, telephony.TagSpotCheck, on, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(err)
	}
	return &callOutput{c}, nil
}

func words[T ~string](all []T) string {
	s := make([]string, len(all))
	for i, w := range all {
		s[i] = string(w)
	}
	return strings.Join(s, ", ")
}
