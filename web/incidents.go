package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"dutyline/dutylog"
)

type incidentsInput struct {
	State  string `query:"state" enum:"open,closed,all" default:"all" doc:"Those that were merged are among the closed"`
	Entry  string `query:"entry" maxLength:"200" doc:"To which this entry is linked"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	Cursor string `query:"cursor" maxLength:"200"`
}

type incidentList struct {
	Items      []incidentListed `json:"items" nullable:"false" doc:"The newest first; what entries and reports say in words, and the facts, one incident alone has"`
	NextCursor string           `json:"next_cursor" doc:"Empty on the last page"`
}

type incidentListOutput struct{ Body incidentList }

type incidentInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type incidentOutput struct{ Body incidentBody }

type openIncidentInput struct {
	Body struct {
		Key      string `json:"key" maxLength:"40" doc:"Made anew for each deed; the same again does nothing and gives the same answer"`
		EntryID  string `json:"entry_id" minLength:"1" maxLength:"200"`
		Category string `json:"category" maxLength:"40" doc:"See GET /incidents/terms"`
		Trigger  string `json:"trigger,omitempty" maxLength:"80" doc:"Of several, their codes with commas between them"`
	}
}

type changeIncidentInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Key         string     `json:"key" maxLength:"40"`
		Category    *string    `json:"category,omitempty" maxLength:"40"`
		Trigger     *string    `json:"trigger,omitempty" maxLength:"80" doc:"Empty: none; of several, their codes with commas between them"`
		Elements    elementMap `json:"elements,omitempty" doc:"What is known now; an empty text says that it is not known after all"`
		Essential   bool       `json:"essential,omitempty" doc:"What changed has to be reported at once; other casualties have in any case"`
		ClockStart  string     `json:"clock_start,omitempty" maxLength:"40" doc:"When the matter became reportable, RFC 3339; takes a reason"`
		ClockReason string     `json:"clock_reason,omitempty"`
		State       string     `json:"state,omitempty" enum:"open,closed"`
		MergeInto   int64      `json:"merge_into,omitempty" minimum:"0" doc:"The incident that is the same event"`
		Reason      string     `json:"reason,omitempty" doc:"Why it is opened again or merged, or closed without a final report"`
	}
}

type linkIncidentInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Key     string `json:"key" maxLength:"40"`
		EntryID string `json:"entry_id" minLength:"1" maxLength:"200"`
	}
}

// listOfIncidents is what an access to many incidents at once is recorded under.
const listOfIncidents = "incidents"

// incidents lists them.
func (a *app) incidents(ctx context.Context, in *incidentsInput) (*incidentListOutput, error) {
	state := dutylog.IncidentState(in.State)
	if in.State == "all" {
		state = ""
	}
	found, next, err := a.Log.Incidents(ctx, dutylog.IncidentQuery{State: state, EntryID: in.Entry, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, inQuery(err)
	}
	list := incidentList{Items: make([]incidentListed, len(found)), NextCursor: next}
	if found, err = a.shownIncidents(ctx, found); err != nil {
		return nil, err
	}
	for n, i := range found {
		list.Items[n] = incidentInList(i, a.SwitchNow())
	}
	return &incidentListOutput{list}, nil
}

// oneIncident gives all of it.
func (a *app) oneIncident(ctx context.Context, in *incidentInput) (*incidentOutput, error) {
	i, err := a.incident(ctx, seeIncidents, in.ID)
	if err != nil {
		return nil, err
	}
	return a.wholeIncident(ctx, i)
}

// wholeIncident is all of an incident, with what its entries say: that it was read is kept.
func (a *app) wholeIncident(ctx context.Context, i dutylog.Incident) (*incidentOutput, error) {
	a.auditOf(ctx, seeIncidents, "incident-"+strconv.FormatInt(i.ID, 10), entriesOfIncident(i))
	i, shown, err := a.shownIncident(ctx, i)
	if err != nil {
		return nil, err
	}
	entries := make([]dutylog.Entry, 0, len(i.Entries))
	for _, l := range i.Entries {
		e, err := a.Log.Entry(ctx, l.EntryID)
		if err != nil {
			return nil, problemOf(err)
		}
		entries = append(entries, dutylog.Spoken(shown(e), a.Zone))
	}
	v := visitorOf(ctx)
	whole := incidentWhole(i, entries, a.SwitchNow(), func(fact int) bool { return v.can(writeIncidents) && i.WhyNotStruck(fact, v.actor()) == nil })
	numbers := map[int64]string{}
	if err := a.numbersOf(ctx, i, numbers); err != nil {
		return nil, problemOf(err)
	}
	for _, id := range slices.Sorted(maps.Keys(numbers)) {
		whole.Others = append(whole.Others, incidentName{id, numbers[id]})
	}
	return &incidentOutput{whole}, nil
}

// openIncident opens one out of an entry.
func (a *app) openIncident(ctx context.Context, in *openIncidentInput) (*incidentOutput, error) {
	b := in.Body
	e, err := a.entry(ctx, writeIncidents, b.EntryID)
	if err != nil {
		return nil, err
	}
	return a.deed(ctx, 0, b.Key, dutylog.Opening(dutylog.Spoken(e, a.Zone), b.Category, b.Trigger, a.schedule())...)
}

// changeIncident takes everything that is asked for, or nothing of it.
func (a *app) changeIncident(ctx context.Context, in *changeIncidentInput) (*incidentOutput, error) {
	i, err := a.incident(ctx, writeIncidents, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	var drafts []dutylog.FactDraft
	if b.Category != nil || b.Trigger != nil {
		said := dutylog.FactBody{Category: i.Category, Trigger: i.Trigger}
		if b.Category != nil {
			said.Category = *b.Category
		}
		if b.Trigger != nil {
			said.Trigger = *b.Trigger
		}
		drafts = append(drafts, dutylog.FactDraft{Kind: dutylog.FactClassified, Body: said})
	}
	if len(b.Elements) > 0 {
		drafts = append(drafts, dutylog.FactDraft{Kind: dutylog.FactElements, Body: dutylog.FactBody{Elements: b.Elements, Essential: b.Essential}})
	}
	if b.ClockStart != "" || b.ClockReason != "" {
		start, err := instant("body.clock_start", b.ClockStart)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, dutylog.FactDraft{Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: &start, Reason: b.ClockReason}})
	}
	if b.State != "" {
		kind := map[string]dutylog.FactKind{"open": dutylog.FactReopened, "closed": dutylog.FactClosed}[b.State]
		drafts = append(drafts, dutylog.FactDraft{Kind: kind, Body: dutylog.FactBody{Reason: b.Reason}})
	}
	if b.MergeInto != 0 {
		drafts = append(drafts, dutylog.FactDraft{Kind: dutylog.FactMerged, Body: dutylog.FactBody{Incident: b.MergeInto, Reason: b.Reason}})
	}
	if len(drafts) == 0 {
		return nil, invalid("body", "asks for nothing: say what is to change")
	}
	return a.deed(ctx, i.ID, b.Key, drafts...)
}

// linkIncident says that another entry tells of the same event.
func (a *app) linkIncident(ctx context.Context, in *linkIncidentInput) (*incidentOutput, error) {
	i, err := a.incident(ctx, writeIncidents, in.ID)
	if err != nil {
		return nil, err
	}
	e, err := a.entry(ctx, writeIncidents, in.Body.EntryID)
	if err != nil {
		return nil, err
	}
	return a.deed(ctx, i.ID, in.Body.Key, i.Linking(dutylog.Spoken(e, a.Zone))...)
}

// deed does something with an incident and gives it as it stands then.
func (a *app) deed(ctx context.Context, id int64, key string, drafts ...dutylog.FactDraft) (*incidentOutput, error) {
	after, _, err := a.Log.DoIncident(ctx, dutylog.IncidentDeed{Incident: id, Key: key, By: visitorOf(ctx).actor(), Drafts: drafts, AreaCode: a.Directory.AreaCode, Ahead: a.switchAhead()})
	if err != nil {
		return nil, incidentProblem(err)
	}
	return a.wholeIncident(ctx, after)
}

// switchAhead is how far the switch's clock is ahead of ours.
func (a *app) switchAhead() time.Duration { return a.SwitchNow().Sub(a.Now()) }

// incidentProblem says why a deed was not done.
func incidentProblem(err error) error {
	var refused *dutylog.IncidentError
	if !errors.As(err, &refused) {
		return problemOf(inBody(err))
	}
	status := http.StatusConflict
	switch refused.Reason {
	case dutylog.NotEntitled:
		status = http.StatusForbidden
	case dutylog.LacksElements, dutylog.NothingWritten, dutylog.NotFinished, dutylog.CallMismatch:
		status = http.StatusUnprocessableEntity
	}
	return newProblem(status, problemBase+"incident-"+string(refused.Reason), "%s", refused.Detail)
}

// schedule is until when incidents are to be reported here.
func (a *app) schedule() dutylog.Schedule {
	if a.Schedule == nil {
		return dutylog.UsualSchedule()
	}
	return a.Schedule()
}

// incidentFrame tells a page of an incident of which something was written: what a list says of it. Its words are those of
// the entries TOLD.
func (a *app) incidentFrame(ctx context.Context, subject string) (head IncidentHead, told []string, err error) {
	id, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return head, nil, err
	}
	i, err := a.incident(ctx, seeIncidents, id)
	if err != nil {
		return head, nil, err
	}
	if i, _, err = a.shownIncident(ctx, i); err != nil {
		return head, nil, err
	}
	return incidentShown(i, a.SwitchNow()), entriesOfIncident(i), nil
}
