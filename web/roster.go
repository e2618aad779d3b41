package web

import (
	"context"
	"errors"
	"time"

	"dutyline/dutylog"
)

type rosterShiftBody struct {
	From  stamp        `json:"from"`
	To    stamp        `json:"to"`
	Post  dutylog.Post `json:"post" enum:"duty_officer,duty_section_chief,duty_leader"`
	Name  string       `json:"name" maxLength:"500"`
	Phone string       `json:"phone" maxLength:"500"`
}

type rosterFindingBody struct {
	Reason dutylog.RosterReason `json:"reason" enum:"gap,overlap,two_posts,not_regular,standing_unknown,people_unlisted,has_left,served,too_long,no_phone" doc:"The rule that found it"`
	Weight dutylog.RosterWeight `json:"weight" enum:"fault,info" doc:"fault: against the regulation"`
	From   stamp                `json:"from"`
	To     stamp                `json:"to"`
	Post   dutylog.Post         `json:"post"`
	Name   string               `json:"name"`
	Other  string               `json:"other" doc:"The other person, or the other post"`
}

type rosterDayBody struct {
	Date    string          `json:"date"`
	Kind    dutylog.DayKind `json:"kind" enum:"workday,weekend,holiday,make_up,not_known" doc:"not_known: the year has no table of holidays; of such a year holiday is one of the fixed days, with （推定） behind its name"`
	Name    string          `json:"name" doc:"Of the holiday to which it belongs"`
	Periods []string        `json:"periods" nullable:"false" doc:"Sensitive periods"`
}

type rosterDraftBody struct {
	Revision int                 `json:"revision" doc:"0: nobody makes one"`
	At       stamp               `json:"at"`
	By       string              `json:"by"`
	Shifts   []rosterShiftBody   `json:"shifts" nullable:"false"`
	Findings []rosterFindingBody `json:"findings" nullable:"false"`
	Reason   bool                `json:"wants_reason" doc:"It gives shifts that are in force to somebody else or other times, or takes them out: it is published with a reason"`
}

type dutyCountBody struct {
	Name    string       `json:"name"`
	Post    dutylog.Post `json:"post"`
	Shifts  int          `json:"shifts"`
	Day     int          `json:"day"`
	Night   int          `json:"night"`
	Weekend int          `json:"weekend"`
	Holiday int          `json:"holiday"`
	Hours   float64      `json:"hours"`
	Rest    float64      `json:"rest" doc:"Days of rest owed, by the site's rule"`
	Unknown int          `json:"unknown" doc:"Shifts in years without a table: their weekends and the fixed holidays are presumed, other holidays and make-up workdays are not known"`
}

type restRuleBody struct {
	Night   float64 `json:"night"`
	Weekend float64 `json:"weekend"`
	Holiday float64 `json:"holiday"`
}

type rosterMonthBody struct {
	Month    string              `json:"month"`
	Days     []rosterDayBody     `json:"days" nullable:"false"`
	Known    bool                `json:"known" doc:"Whether the month's public holidays are known"`
	Source   string              `json:"source" doc:"Where the year's holidays are from"`
	Shifts   []rosterShiftBody   `json:"shifts" nullable:"false" doc:"What is in force: shifts that touch the month"`
	Findings []rosterFindingBody `json:"findings" nullable:"false"`
	Draft    rosterDraftBody     `json:"draft"`
	Counts   []dutyCountBody     `json:"counts" nullable:"false"`
	Rest     restRuleBody        `json:"rest" doc:"Days of rest for a night, a weekend and a holiday"`
}

type rosterMonthOutput struct{ Body rosterMonthBody }

type monthInput struct {
	Month string `path:"month" maxLength:"7" doc:"For instance 2026-12"`
}

// rosterMonth gives everything about the roster of one month.
func (a *app) rosterMonth(ctx context.Context, in *monthInput) (*rosterMonthOutput, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inPath(err)
	}
	body, err := a.monthBody(ctx, m)
	if err != nil {
		return nil, problemOf(err)
	}
	return &rosterMonthOutput{body}, nil
}

func (a *app) monthBody(ctx context.Context, m dutylog.Month) (body rosterMonthBody, err error) {
	from, to := m.Span(a.Zone)
	around, err := a.Log.Shifts(ctx, from.Add(-dutylog.LongestShift), to.Add(dutylog.LongestShift))
	if err != nil {
		return body, err
	}
	people, err := a.Log.RosterPeople(ctx)
	if err != nil {
		return body, err
	}
	calendar, err := a.Log.Calendar(ctx)
	if err != nil {
		return body, err
	}
	periods, err := a.Log.SensitivePeriods(ctx)
	if err != nil {
		return body, err
	}
	draft, err := a.Log.Draft(ctx, m)
	if err != nil && !errors.Is(err, dutylog.ErrNotFound) {
		return body, err
	}
	judge := func(shifts []dutylog.Shift) []rosterFindingBody {
		return findingBodies(dutylog.CheckMonth(shifts, people, *a.Roster, from, to))
	}
	body = rosterMonthBody{Month: string(m), Days: dayBodies(m, calendar, periods, a.Zone), Known: calendar.Knows(m.First(), m.Last()), Source: calendar[m.First().Year()].Source,
		Shifts: shiftBodies(touching(around, from, to)), Findings: judge(around), Counts: []dutyCountBody{},
		Draft: rosterDraftBody{Shifts: []rosterShiftBody{}, Findings: []rosterFindingBody{}},
		Rest:  restRuleBody{Night: a.Roster.Rest.Night, Weekend: a.Roster.Rest.Weekend, Holiday: a.Roster.Rest.Holiday}}
	if draft.Revision > 0 {
		after := dutylog.Replace(around, draft.Shifts, from, to)
		found := append(dutylog.CheckMonth(after, people, *a.Roster, from, to), dutylog.ServedChanges(around, after, a.Now())...)
		body.Draft = rosterDraftBody{Revision: draft.Revision, At: stamp(draft.At), By: draft.By.Name, Shifts: shiftBodies(draft.Shifts),
			Findings: findingBodies(found), Reason: dutylog.WantsReason(around, after)}
	}
	for _, c := range dutylog.CountDuty(around, calendar, a.Roster.Rest, from, to, a.Zone) {
		body.Counts = append(body.Counts, dutyCountBody(c))
	}
	return body, nil
}

func touching(shifts []dutylog.Shift, from, to time.Time) (out []dutylog.Shift) {
	for _, s := range shifts {
		if s.To.After(from) && s.From.Before(to) {
			out = append(out, s)
		}
	}
	return out
}

func dayBodies(m dutylog.Month, c dutylog.Calendar, periods []dutylog.SensitivePeriod, zone *time.Location) []rosterDayBody {
	days := []rosterDayBody{}
	for _, d := range dutylog.Dates(m.First(), m.Last()) {
		kind, name := c.On(d)
		day := rosterDayBody{Date: string(d), Kind: kind, Name: name, Periods: []string{}}
		for _, p := range periods {
			if held, ever := p.Held(zone); ever && held.First <= d && d <= held.Last {
				day.Periods = append(day.Periods, p.Span.Name)
			}
		}
		days = append(days, day)
	}
	return days
}

func shiftBodies(shifts []dutylog.Shift) []rosterShiftBody {
	out := make([]rosterShiftBody, 0, len(shifts))
	for _, s := range shifts {
		out = append(out, rosterShiftBody{From: stamp(s.From), To: stamp(s.To), Post: s.Post, Name: s.Name, Phone: s.Phone})
	}
	return out
}

func shiftsOf(bodies []rosterShiftBody) []dutylog.Shift {
	out := make([]dutylog.Shift, 0, len(bodies))
	for _, s := range bodies {
		out = append(out, dutylog.Shift{From: time.Time(s.From), To: time.Time(s.To), Post: s.Post, Name: s.Name, Phone: s.Phone})
	}
	return out
}

func findingBodies(found []dutylog.RosterFinding) []rosterFindingBody {
	out := make([]rosterFindingBody, 0, len(found))
	for _, f := range found {
		out = append(out, rosterFindingBody{Reason: f.Reason, Weight: f.Weight(), From: stamp(f.From), To: stamp(f.To), Post: f.Post, Name: f.Name, Other: f.Other})
	}
	return out
}

type saveDraftInput struct {
	Month string `path:"month" maxLength:"7"`
	Body  struct {
		Revision int               `json:"revision" minimum:"0" doc:"Of the draft that the person saw; 0: there was none"`
		Shifts   []rosterShiftBody `json:"shifts" nullable:"false" maxItems:"2000" doc:"All shifts that begin in the month"`
	}
}

// saveDraft keeps a draft; what the rules find in it comes back with the month.
func (a *app) saveDraft(ctx context.Context, in *saveDraftInput) (*rosterMonthOutput, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inPath(err)
	}
	d := dutylog.RosterDraft{Month: m, Revision: in.Body.Revision, Shifts: shiftsOf(in.Body.Shifts)}
	if _, err := a.Log.SaveDraft(ctx, d, visitorOf(ctx).actor()); err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.rosterMonth(ctx, &monthInput{in.Month})
}

func (a *app) dropDraft(ctx context.Context, in *monthInput) (*rosterMonthOutput, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inPath(err)
	}
	if err := a.Log.DropDraft(ctx, m, visitorOf(ctx).actor()); err != nil {
		return nil, problemOf(err)
	}
	return a.rosterMonth(ctx, in)
}

type publishInput struct {
	Month string `path:"month" maxLength:"7"`
	Body  struct {
		Revision int    `json:"revision" minimum:"1"`
		Reason   string `json:"reason" maxLength:"500" doc:"Wanted where the draft says so"`
		TakeOn   string `json:"take_on,omitempty" maxLength:"500" doc:"Why people whom the list of people does not know are on this roster: they are entered there as regular staff, and the reason is kept; absent: they hinder it"`
	}
}

// publishDraft puts a draft into force.
func (a *app) publishDraft(ctx context.Context, in *publishInput) (*rosterMonthOutput, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inPath(err)
	}
	if _, err := a.Log.PublishDraft(ctx, m, in.Body.Revision, in.Body.Reason, in.Body.TakeOn, visitorOf(ctx).actor()); err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.rosterMonth(ctx, &monthInput{in.Month})
}

type shiftRefBody struct {
	From stamp        `json:"from"`
	Post dutylog.Post `json:"post" enum:"duty_officer,duty_section_chief,duty_leader"`
	Name string       `json:"name" maxLength:"500"`
}

func (b *shiftRefBody) ref() dutylog.ShiftRef {
	if b == nil {
		return dutylog.ShiftRef{}
	}
	return dutylog.ShiftRef{From: time.Time(b.From).UTC(), Post: b.Post, Name: b.Name}
}

type swapInput struct {
	Body struct {
		Give   shiftRefBody  `json:"give" doc:"The shift that somebody else takes"`
		Take   *shiftRefBody `json:"take,omitempty" doc:"The shift that comes back; absent: none does"`
		Name   string        `json:"name,omitempty" maxLength:"500" doc:"Who takes the shift, when none comes back"`
		Phone  string        `json:"phone,omitempty" maxLength:"500"`
		Reason string        `json:"reason" maxLength:"500"`
		TakeOn string        `json:"take_on,omitempty" maxLength:"500" doc:"Why somebody serves whom the list of people does not know: they are entered there as regular staff, and the reason is kept; only who may make the roster says it"`
		Try    bool          `json:"try,omitempty" doc:"Only say what the regulation has against it"`
	}
}

type swapOutput struct {
	Body struct {
		Forbidden []rosterFindingBody `json:"forbidden" nullable:"false" doc:"Why it was not done, or would not be"`
		Change    *rosterChangeBody   `json:"change" doc:"null: nothing was changed"`
	}
}

// swapShifts carries a swap out. What the regulation forbids is an answer: it names its reasons.
func (a *app) swapShifts(ctx context.Context, in *swapInput) (*swapOutput, error) {
	b := in.Body
	swap := dutylog.Swap{Give: b.Give.ref(), Take: b.Take.ref(), Name: b.Name, Phone: b.Phone, Reason: b.Reason, TakeOn: b.TakeOn}
	if v := visitorOf(ctx); b.TakeOn != "" && !v.can(writeRoster) {
		return nil, v.may(writeRoster).problem()
	}
	out := &swapOutput{}
	out.Body.Forbidden = []rosterFindingBody{}
	if b.Try {
		bad, err := a.Log.TrySwap(ctx, swap)
		if err != nil {
			return nil, problemOf(inBody(err))
		}
		out.Body.Forbidden = findingBodies(bad)
		return out, nil
	}
	c, err := a.Log.SwapShifts(ctx, swap, visitorOf(ctx).actor())
	var forbidden *dutylog.RosterError
	switch {
	case errors.As(err, &forbidden):
		out.Body.Forbidden = findingBodies(forbidden.Findings)
	case err != nil:
		return nil, problemOf(inBody(err))
	default:
		change := changeBody(c)
		out.Body.Change = &change
	}
	return out, nil
}

type rosterChangeBody struct {
	ID      int64                    `json:"id"`
	At      stamp                    `json:"at"`
	By      actorDoc                 `json:"by"`
	Kind    dutylog.RosterChangeKind `json:"kind" enum:"import,publish,swap,draft,person,holidays,period"`
	From    stamp                    `json:"from" doc:"The time that it is about"`
	To      stamp                    `json:"to"`
	Subject string                   `json:"subject" doc:"The month, the names, the year"`
	Reason  string                   `json:"reason"`
	Before  []rosterShiftBody        `json:"before" nullable:"false" doc:"Shifts that were changed or taken out: of a swap, or of a roster in force"`
	After   []rosterShiftBody        `json:"after" nullable:"false" doc:"What came for them; of a swap one for one"`
}

// changeBody leaves out what was only added, and drafts: a list of changes stays short.
func changeBody(c dutylog.RosterChange) rosterChangeBody {
	b := rosterChangeBody{ID: c.ID, At: stamp(c.At), By: actorDoc{Login: c.By.Login, Name: c.By.Name, Role: string(c.By.Role)}, Kind: c.Kind,
		From: stamp(c.From), To: stamp(c.To), Subject: c.Subject, Reason: c.Reason, Before: []rosterShiftBody{}, After: []rosterShiftBody{}}
	switch gone, came := dutylog.Changed(c.Before, c.After); {
	case c.Kind == dutylog.RosterSwapped:
		b.Before, b.After = shiftBodies(c.Before), shiftBodies(c.After)
	case len(gone) > 0 && (c.Kind == dutylog.RosterPublished || c.Kind == dutylog.RosterImported):
		b.Before, b.After = shiftBodies(gone), shiftBodies(came)
	}
	return b
}

type changesInput struct {
	Month  string `query:"month" maxLength:"7" doc:"Only changes of the roster of this month"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"200"`
}

type changesOutput struct {
	Body struct {
		Items      []rosterChangeBody `json:"items" nullable:"false"`
		NextCursor string             `json:"next_cursor"`
	}
}

// rosterChanges lists who changed what, the newest first.
func (a *app) rosterChanges(ctx context.Context, in *changesInput) (*changesOutput, error) {
	q := dutylog.RosterQuery{Limit: in.Limit, Cursor: in.Cursor}
	if in.Month != "" {
		m, err := dutylog.ParseMonth(in.Month)
		if err != nil {
			return nil, inQuery(err)
		}
		q.From, q.To = m.Span(a.Zone)
		q.Shifts = true
	}
	changes, next, err := a.Log.RosterChanges(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	out := &changesOutput{}
	out.Body.Items, out.Body.NextCursor = []rosterChangeBody{}, next
	for _, c := range changes {
		out.Body.Items = append(out.Body.Items, changeBody(c))
	}
	return out, nil
}

// inPath moves a complaint about a part of the address to where the reader finds it.
func inPath(err error) error {
	var wrong *dutylog.InvalidError
	if errors.As(err, &wrong) {
		return invalid("path."+wrong.Field, wrong.Reason)
	}
	return problemOf(err)
}
