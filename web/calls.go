package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

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
	Outcome  string `query:"outcome" maxLength:"40" doc:"Only calls that ended so"`
	Officer  string `query:"officer" maxLength:"40" doc:"Only calls of this officer, as figures by officer have them: who answered, as was said, else who was responsible. from is required, and to at most 100 days after it. 403: the visitor sees no other officers' figures than their own"`
	Shift    string `query:"shift" maxLength:"40" doc:"Only calls of the duty officers' shift in which this instant (RFC 3339) lies, until another one begins. 403: the visitor sees no figures by shift; 404: no shift is there"`
	WeekHour string `query:"week_hour" maxLength:"4" doc:"Only calls that came in this hour of this weekday, by the site's clock: 1 08 is Monday from eight to nine. from is required, and to at most 100 days after it"`
	Ring     string `query:"ring" maxLength:"9" doc:"Only answered calls whose bell rang for so many seconds, as figures have them: 10-15 from ten to less than fifteen, 60- a minute or more. from is required, and to at most 100 days after it"`
	Late     bool   `query:"late" doc:"Only calls that on_time counts as not in time after review: late, missed and rejected ones, without what was set aside, and borderline answers only where somebody decided so. from is required, and to at most 100 days after it"`
	Counted  bool   `query:"counted" doc:"Only calls that figures count: ended inbound ones, without test calls and the product's own"`
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
	q := dutylog.CallQuery{From: from, To: to, Line: in.Line, Outcome: telephony.Outcome(in.Outcome), Officer: in.Officer, Counted: in.Counted, Limit: in.Limit, Cursor: in.Cursor}
	if q.Outcome != "" && !slices.Contains(telephony.Outcomes(), q.Outcome) {
		return nil, invalid("query.outcome", "is no outcome; there are "+words(telephony.Outcomes()))
	}
	if err := a.narrow(ctx, &q, in.Shift); err != nil {
		return nil, err
	}
	if err := a.narrowAsDrawn(&q, in); err != nil {
		return nil, err
	}
	items, next, err := a.Log.Calls(ctx, q)
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

// narrow checks who asks for the calls of an officer or a shift, and takes the time of the shift for the list's.
func (a *app) narrow(ctx context.Context, q *dutylog.CallQuery, shift string) error {
	v := visitorOf(ctx)
	switch seesAll := v.can(seeOfficers); {
	case q.Officer != "" && !seesAll && !dutylog.SameName(q.Officer, v.account.Name):
		return newProblem(http.StatusForbidden, typeForbidden, "Calls by officer tell one officer from another: ask for your own.")
	case shift != "" && !seesAll:
		return newProblem(http.StatusForbidden, typeForbidden, "Shifts tell one officer from another: ask by time, or by officer for your own calls.")
	}
	if shift != "" {
		at, err := time.Parse(time.RFC3339, shift)
		if err != nil {
			return invalid("query.shift", "is no instant such as 2026-10-01T08:00:00+08:00")
		}
		shifts, err := a.Log.Shifts(ctx, at.Add(-dutylog.LongestShift), at.Add(dutylog.LongestShift))
		if err != nil {
			return problemOf(err)
		}
		span := dutylog.ShiftAt(shifts, at, a.Zone)
		if span.From.IsZero() {
			return problemOf(fmt.Errorf("a shift at %s: %w", shift, dutylog.ErrNotFound))
		}
		if q.From.Before(span.From) {
			q.From = span.From
		}
		if end := dutylog.ShiftEnds(shifts, span, a.Zone); q.To.IsZero() || end.Before(q.To) {
			q.To = end
		}
	}
	if q.Officer == "" {
		return nil
	}
	return a.shortEnough(q, "the calls of an officer are asked for by time")
}

// shortEnough refuses a time that is too long to be gone through.
func (a *app) shortEnough(q *dutylog.CallQuery, why string) error {
	end := q.To
	if end.IsZero() {
		end = a.Now()
	}
	if q.From.IsZero() || end.Sub(q.From) > dutylog.LongestOfficerSpan {
		return invalid("query.from", "is missing, or lies more than 100 days before to: "+why)
	}
	return nil
}

// narrowAsDrawn takes over by which cell of the map of the week, or which bar of the ring times, somebody asks.
func (a *app) narrowAsDrawn(q *dutylog.CallQuery, in *callsInput) (err error) {
	if in.WeekHour == "" && in.Ring == "" && !in.Late {
		return nil
	}
	if err := a.shortEnough(q, "calls by hour of the week or by ring time, and late ones, are asked for by time"); err != nil {
		return err
	}
	if q.To.IsZero() {
		q.To = a.Now()
	}
	q.Late = in.Late
	if q.WeekHour = in.WeekHour; q.WeekHour != "" {
		if _, known := dutylog.WeekHours(q.WeekHour, q.From, q.From, a.Zone); !known {
			return invalid("query.week_hour", "is no hour of the week: write 1 08 for Monday from eight to nine, up to 7 23")
		}
	}
	if in.Ring != "" {
		if q.Rang, err = dutylog.ParseRingSpan(in.Ring); err != nil {
			return inQuery(err)
		}
	}
	return nil
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
