package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"dutyline/dutylog"
	"dutyline/telephony"
)

type entriesInput struct {
	PageQuery
	State    string `query:"state" enum:"open,complete"`
	Kind     string `query:"kind" enum:"duty,missed,wrong_number,nuisance,spot_check,outgoing,non_duty,step,fax,wechat,visit,patrol,warning"`
	Handling string `query:"handling" enum:"pending,received,reported,instructed,passed_on,fed_back,closed" doc:"How far the matter is by its steps; pending: what is still to be dealt with, that is, an entry that is open or whose handling is not closed"`
	Text     string `query:"q" maxLength:"100" doc:"Words that all must occur in the entry: what was written, a number in any form, who was on duty. The newest number comes first, whatever the order"`
	Unit     string `query:"unit" maxLength:"100" doc:"A part of the name of the caller's unit. With this, officer, outcome or category the newest come first, and a page examines at most 20000 entries: it may be short or empty, and next_cursor goes on from there"`
	Officer  string `query:"officer" maxLength:"100" doc:"The name or login of somebody who wrote a revision of it, was on duty by the roster, or had the duty by the handovers"`
	Outcome  string `query:"outcome" enum:"answered_in_time,answered_late,missed,abandoned_early,engaged,rejected,unreachable,forwarded,answered_elsewhere,answered_by_machine,unknown,placed_answered,placed_unanswered,placed_failed" doc:"How its call ended"`
	Category string `query:"category" maxLength:"100" doc:"One of the categories of GET /entry-kinds"`
	Order    string `query:"order" enum:"unfinished,newest" default:"unfinished" doc:"unfinished: open entries first, each newest first, unless handling is given; newest: newest first"`
}

// listOfEntries is what an access to many entries at once is recorded under.
const listOfEntries = "entries"

type entryInput struct {
	ID string `path:"id" maxLength:"200"`
}

type oneEntryInput struct {
	ID    string `path:"id" maxLength:"200"`
	Shown bool   `query:"shown" doc:"It comes up by itself, because its call rings or the page is loaded anew. Believed of who is on duty, while the entry is unfinished or its call was just now"`
}

type amendInput struct {
	ID      string `path:"id" maxLength:"200"`
	RawBody []byte `contentType:"application/json"`
}

type entryOutput struct{ Body dutylog.Entry }

type entryList struct {
	Items      []dutylog.Entry `json:"items" nullable:"false"`
	NextCursor string          `json:"next_cursor" doc:"Empty on the last page"`
	Unread     int64           `json:"unread,omitempty" doc:"Of a search: so many changes of the log it does not know yet, so that there may be more"`
}

type entryListOutput struct{ Body entryList }

type revisionList struct {
	Items      []dutylog.Revision `json:"items" nullable:"false"`
	NextCursor string             `json:"next_cursor"`
}

type revisionListOutput struct{ Body revisionList }

type kindList struct {
	Items           []dutylog.KindRule `json:"items" nullable:"false"`
	Categories      []string           `json:"categories" nullable:"false"`
	Urgencies       []string           `json:"urgencies" nullable:"false"`
	Classifications []string           `json:"classifications" nullable:"false"`
	WarningLevels   []string           `json:"warning_levels" nullable:"false"`
	Written         []dutylog.Kind     `json:"written" nullable:"false" doc:"Kinds that a person opens: see POST /entries"`
	Steps           []dutylog.StepRule `json:"steps" nullable:"false" doc:"Kinds of handling steps, and what they have to say"`
}

type kindListOutput struct{ Body kindList }

func (a *app) entries(ctx context.Context, in *entriesInput) (*entryListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	q := visitorOf(ctx).scoped(dutylog.EntryQuery{
		From: from, To: to, Line: in.Line, State: dutylog.EntryState(in.State), Kind: dutylog.Kind(in.Kind), Handling: dutylog.Handling(in.Handling),
		UnitPart: strings.TrimSpace(in.Unit), Officer: strings.TrimSpace(in.Officer), Outcome: telephony.Outcome(in.Outcome), Category: in.Category,
		Text: in.Text, Limit: in.Limit, Cursor: in.Cursor, UnfinishedFirst: in.Order != "newest",
	})
	if in.Text != "" {
		return a.search(ctx, q)
	}
	if in.Order == "newest" && a.Search != nil && len(q.FilterWords()) > 0 && q.Narrowed() {
		// By unit or category alone the index leads to what is rare. Where it is being made, or the cursor is the
		// list's, the list is read.
		if found, err := a.Search.Search(ctx, q); err == nil && found.Missing == 0 {
			return a.found(ctx, found), nil
		}
	}
	items, next, err := a.Log.Entries(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	a.auditOf(ctx, seeEntries, listOfEntries, idsOf(items))
	return &entryListOutput{entryList{Items: visitorOf(ctx).entries(items), NextCursor: next}}, nil
}

// search finds entries by words; that somebody read what was found is kept as it is of a list.
func (a *app) search(ctx context.Context, q dutylog.EntryQuery) (*entryListOutput, error) {
	if a.Search == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "", "Entries cannot be searched: the daemon's log says why at its start.")
	}
	found, err := a.Search.Search(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	return a.found(ctx, found), nil
}

// found notes that somebody read what a search found.
func (a *app) found(ctx context.Context, found dutylog.Found) *entryListOutput {
	a.auditOf(ctx, seeEntries, listOfEntries, idsOf(found.Items))
	return &entryListOutput{entryList{Items: visitorOf(ctx).entries(found.Items), NextCursor: found.NextCursor, Unread: found.Missing}}
}

// oneEntry gives an entry. That it was looked up is kept, and apart from it that it came up by itself.
func (a *app) oneEntry(ctx context.Context, in *oneEntryInput) (*entryOutput, error) {
	e, err := a.entry(ctx, seeEntries, in.ID)
	if err != nil {
		return nil, err
	}
	what := seeEntries
	if in.Shown && visitorOf(ctx).can(writeEntries) && e.ComesUp(a.Now()) {
		what = permission(dutylog.ShownOnDuty) // no permission of its own: what is noted
	}
	a.audit(ctx, what, in.ID)
	return &entryOutput{visitorOf(ctx).own(e)}, nil
}

// asRead is an entry as whoever opens it is shown it, where the answer to something else shows all of it: that it was read
// is kept all the same.
func (a *app) asRead(ctx context.Context, e dutylog.Entry) dutylog.Entry {
	a.audit(ctx, seeEntries, e.ID)
	return visitorOf(ctx).own(e)
}

// afterChange is the answer to a change of an entry. What somebody writes tells by itself that they had it open. Where nothing
// changed, and of who may change a single field only, the reading is kept.
func (a *app) afterChange(ctx context.Context, before, e dutylog.Entry) *entryOutput {
	if e.Revision == before.Revision || !visitorOf(ctx).can(writeEntries) {
		e = a.asRead(ctx, e)
	}
	return &entryOutput{e}
}

func (a *app) revisions(ctx context.Context, in *entryInput) (*revisionListOutput, error) {
	if _, err := a.entry(ctx, seeEntries, in.ID); err != nil {
		return nil, err
	}
	all, err := a.revisionsOf(ctx, seeEntries, in.ID)
	if err != nil {
		return nil, err
	}
	a.audit(ctx, seeEntries, in.ID)
	return &revisionListOutput{revisionList{Items: all}}, nil
}

// revisionsOf reads the versions of an entry that are the visitor's to see: that it was once taken
// for another unit's is not a reading account's.
func (a *app) revisionsOf(ctx context.Context, p permission, id string) ([]dutylog.Revision, error) {
	all, err := a.Log.Revisions(ctx, id)
	if err != nil {
		return nil, problemOf(err)
	}
	v, theirs := visitorOf(ctx), []dutylog.Revision{}
	for _, r := range all {
		if v.mayWith(p, object{kind: anEntry, entry: r.Entry}) == allowed {
			r.Entry = v.own(r.Entry)
			theirs = append(theirs, r)
		}
	}
	return theirs, nil
}

// amend changes an entry. The body is read by the duty log's own strict parser: an unknown
// field, a field that is there twice or a wrong type is named, nothing is ignored.
func (a *app) amend(ctx context.Context, in *amendInput) (*entryOutput, error) {
	patch, unread := dutylog.ParsePatch(in.RawBody)
	before, err := one(ctx, amendEntries, func() (dutylog.Entry, error) { return a.Log.Entry(ctx, in.ID) },
		func(e dutylog.Entry) object { return object{kind: anEntry, entry: e, naming: patch.OnlyNames()} })
	if err != nil {
		return nil, err
	}
	if unread != nil {
		return nil, problemOf(inBody(unread))
	}
	if err := a.mayName(ctx, before, patch); err != nil {
		return nil, problemOf(inBody(err))
	}
	patch.Ahead = a.switchAhead()
	e, err := a.Log.Amend(ctx, in.ID, patch, visitorOf(ctx).actor(), a.Now())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.afterChange(ctx, before, e), nil
}

// mayName asks whether the visitor may say that somebody else answered than is recorded. A patch against another
// revision is not judged here: it is refused anyway.
func (a *app) mayName(ctx context.Context, e dutylog.Entry, p dutylog.EntryPatch) error {
	name, another := e.NamesAnother(p)
	if !another || p.Revision != e.Revision {
		return nil
	}
	known, err := a.knownPerson(ctx, e, name)
	if err != nil {
		return err
	}
	c, err := a.Log.ReviewCase(ctx, e.CallID)
	if err != nil && !errors.Is(err, dutylog.ErrNotFound) {
		return err
	}
	return e.MayName(name, visitorOf(ctx).actor(), dutylog.Naming{Known: known, Decided: err == nil && c.Folded().Decision != nil})
}

// knownPerson reports whether a name is somebody's who has an account, is a person of the roster, or had the duty.
func (a *app) knownPerson(ctx context.Context, e dutylog.Entry, name string) (bool, error) {
	if dutylog.SameName(name, e.Responsible) || dutylog.SameName(name, e.Rostered) {
		return true, nil
	}
	accounts, err := a.Log.Accounts(ctx)
	if err != nil || slices.ContainsFunc(accounts, func(x dutylog.Account) bool { return dutylog.SameName(x.Name, name) }) {
		return err == nil, err
	}
	people, err := a.Log.RosterPeople(ctx)
	return slices.ContainsFunc(people, func(x dutylog.RosterPerson) bool { return dutylog.SameName(x.Name, name) }), err
}

func (a *app) entryKinds(context.Context, *struct{}) (*kindListOutput, error) {
	return &kindListOutput{kindList{Items: dutylog.Kinds(), Categories: dutylog.Categories(), Urgencies: dutylog.Urgencies(),
		Classifications: dutylog.Classifications(), WarningLevels: dutylog.WarningLevels(), Written: dutylog.Written(), Steps: dutylog.StepRules()}}, nil
}
