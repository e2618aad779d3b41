package web

import (
	"context"
	"math"
	"strconv"
	"sync"
	"time"

	"dutyline/dutylog"
)

// Directory is what the pages of the directory need to know of the site.
type Directory struct {
	AreaCode   string
	Zone       *time.Location // nil: UTC
	StaleAfter time.Duration  // for how long a contact counts as confirmed; 0: 180 days
}

// finder keeps the directory ready to be searched, of the revision that was last asked for.
type finder struct {
	mu   sync.Mutex
	kept *dutylog.Finder
}

func (f *finder) of(ctx context.Context, log dutylog.DirectoryStore) (*dutylog.Finder, error) {
	revision, err := log.DirectoryRevision(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept != nil && f.kept.Revision == revision {
		return f.kept, nil
	}
	d, err := log.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if f.kept == nil {
		f.kept = dutylog.NewFinder(d)
	} else {
		f.kept = f.kept.Follow(d)
	}
	return f.kept, nil
}

type phoneBody struct {
	Kind   string `json:"kind" enum:"office,mobile,fax,other"`
	Number string `json:"number" maxLength:"100"`
}

// contactDoc is a contact as the page shows it.
type contactDoc struct {
	ID            int64       `json:"id"`
	Change        int64       `json:"change" doc:"Whoever edits says which version was on the screen"`
	Unit          string      `json:"unit"`
	Person        string      `json:"person"`
	Title         string      `json:"title"`
	Numbers       []phoneBody `json:"numbers" nullable:"false"`
	Superior      bool        `json:"superior" doc:"A superior duty room"`
	Remark        string      `json:"remark"`
	LastConfirmed string      `json:"last_confirmed" doc:"A day; empty: never"`
	ConfirmedBy   string      `json:"confirmed_by"`
	Stale         bool        `json:"stale" doc:"Nobody confirmed it for too long"`
}

func (a *app) contactDoc(c dutylog.Contact) contactDoc {
	d := contactDoc{ID: c.ID, Change: c.Change, Unit: c.Unit, Person: c.Person, Title: c.Title, Numbers: []phoneBody{}, Superior: c.Superior, Remark: c.Remark,
		LastConfirmed: c.Text(dutylog.ContactConfirmed), ConfirmedBy: c.ConfirmedBy, Stale: c.Stale(a.Now(), a.Directory.StaleAfter)}
	for _, n := range c.Numbers {
		d.Numbers = append(d.Numbers, phoneBody{string(n.Kind), n.Number.Raw})
	}
	return d
}

type directoryInput struct {
	Text   string `query:"q" maxLength:"100" doc:"Words that all must occur: Chinese, pinyin, initials, or a part of a number"`
	Stale  bool   `query:"stale" doc:"Only those that nobody confirmed for too long"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"20" doc:"next_cursor of the page before"`
}

type directoryList struct {
	Items      []contactDoc `json:"items" nullable:"false"`
	NextCursor string       `json:"next_cursor" doc:"Empty on the last page"`
	Found      int          `json:"found" doc:"How many there are on all pages"`
	Total      int          `json:"total" doc:"How many the directory has"`
	Stale      int          `json:"stale" doc:"How many of them nobody confirmed for too long"`
	StaleDays  int          `json:"stale_days" doc:"What too long is"`
	Revision   int64        `json:"revision" doc:"Of the directory as a whole"`
}

type directoryOutput struct{ Body directoryList }

// listDirectory searches the directory, or lists all of it.
func (a *app) listDirectory(ctx context.Context, in *directoryInput) (*directoryOutput, error) {
	from := 0
	if in.Cursor != "" {
		var err error
		if from, err = strconv.Atoi(in.Cursor); err != nil || from < 0 || from > math.MaxInt32 {
			return nil, invalid("query.cursor", "is no cursor of this list: begin with the first page")
		}
	}
	find, err := a.finder.of(ctx, a.Log)
	if err != nil {
		return nil, problemOf(err)
	}
	now := a.Now()
	q := dutylog.ContactQuery{Text: in.Text, StaleAfter: a.Directory.StaleAfter}
	if in.Stale {
		q.StaleSince = now
	}
	found := find.Find(q)
	body := directoryList{Items: []contactDoc{}, Found: len(found), Total: len(find.Contacts), StaleDays: int(a.Directory.StaleAfter / (24 * time.Hour)), Revision: find.Revision}
	for _, c := range find.Contacts {
		if c.Stale(now, a.Directory.StaleAfter) {
			body.Stale++
		}
	}
	to := min(from+in.Limit, len(found))
	for _, c := range found[min(from, to):to] {
		body.Items = append(body.Items, a.contactDoc(c))
	}
	if to < len(found) {
		body.NextCursor = strconv.Itoa(to)
	}
	return &directoryOutput{body}, nil
}

type contactInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type contactOutput struct{ Body contactDoc }

// contactFields is what a person writes of a contact.
type contactFields struct {
	Unit     string      `json:"unit" maxLength:"500"`
	Person   string      `json:"person" maxLength:"500"`
	Title    string      `json:"title" maxLength:"500"`
	Numbers  []phoneBody `json:"numbers" minItems:"1" maxItems:"20" nullable:"false"`
	Superior bool        `json:"superior"`
	Remark   string      `json:"remark" maxLength:"500"`
	Confirm  bool        `json:"confirm" doc:"Also says that all of it is right today"`
	Change   int64       `json:"change" required:"false" doc:"The version that was on the screen; a new contact has none"`
}

type newContactInput struct{ Body contactFields }

type editContactInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body contactFields
}

// set writes the fields into a contact, and takes its confirmation back where a number is new and nobody says that all is
// right; a number that cannot be read is named by its place.
func (a *app) set(c *dutylog.Contact, f contactFields, by dutylog.Actor) error {
	before := *c
	c.Unit, c.Person, c.Title, c.Superior, c.Remark = f.Unit, f.Person, f.Title, f.Superior, f.Remark
	c.Numbers = nil
	for i, n := range f.Numbers {
		number, ok := dutylog.ParseContactNumber(n.Number, a.Directory.AreaCode)
		if !ok {
			return invalid("body.numbers["+strconv.Itoa(i)+"].number", "is no telephone number: write it with its area code")
		}
		c.Numbers = append(c.Numbers, dutylog.ContactPhone{Kind: dutylog.NumberKind(n.Kind), Number: number})
	}
	*c = c.Renumbered(before)
	if f.Confirm {
		a.confirmed(c, by)
	}
	return nil
}

func (a *app) confirmed(c *dutylog.Contact, by dutylog.Actor) {
	c.LastConfirmed, c.ConfirmedBy = dutylog.DayOf(a.Now(), a.Directory.Zone), by.Name
}

func (a *app) addContact(ctx context.Context, in *newContactInput) (*contactOutput, error) {
	return a.saveContact(ctx, dutylog.Contact{}, in.Body, dutylog.ContactAdded)
}

func (a *app) editContact(ctx context.Context, in *editContactInput) (*contactOutput, error) {
	c, err := a.contact(ctx, editDirectory, in.ID)
	if err != nil {
		return nil, err
	}
	c.Change = in.Body.Change
	return a.saveContact(ctx, c, in.Body, dutylog.ContactEdited)
}

func (a *app) saveContact(ctx context.Context, c dutylog.Contact, f contactFields, how dutylog.ChangeHow) (*contactOutput, error) {
	by := visitorOf(ctx).actor()
	if err := a.set(&c, f, by); err != nil {
		return nil, err
	}
	return a.kept(ctx, c, how, by)
}

func (a *app) kept(ctx context.Context, c dutylog.Contact, how dutylog.ChangeHow, by dutylog.Actor) (*contactOutput, error) {
	c, err := a.Log.SaveContact(ctx, c, how, by)
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &contactOutput{a.contactDoc(c)}, nil
}

type seenContactInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Change int64 `json:"change" doc:"The version that was on the screen"`
	}
}

// confirmContact says that a contact is still right.
func (a *app) confirmContact(ctx context.Context, in *seenContactInput) (*contactOutput, error) {
	c, err := a.contact(ctx, confirmDirectory, in.ID)
	if err != nil {
		return nil, err
	}
	by := visitorOf(ctx).actor()
	c.Change = in.Body.Change
	a.confirmed(&c, by)
	return a.kept(ctx, c, dutylog.ContactStillRight, by)
}

type contactNumberInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Kind   string `json:"kind" enum:"office,mobile,fax,other"`
		Number string `json:"number" maxLength:"100"`
		Change int64  `json:"change" doc:"The version that was on the screen"`
	}
}

// addContactNumber adds a number that was seen in a call, and is to be confirmed; all else stays.
func (a *app) addContactNumber(ctx context.Context, in *contactNumberInput) (*contactOutput, error) {
	c, err := a.contact(ctx, confirmDirectory, in.ID)
	if err != nil {
		return nil, err
	}
	number, ok := dutylog.ParseContactNumber(in.Body.Number, a.Directory.AreaCode)
	if !ok {
		return nil, invalid("body.number", "is no telephone number: write it with its area code")
	}
	before := c
	c.Change = in.Body.Change
	c.Numbers = append(c.Numbers, dutylog.ContactPhone{Kind: dutylog.NumberKind(in.Body.Kind), Number: number})
	return a.kept(ctx, c.Renumbered(before), dutylog.ContactNumberAdded, visitorOf(ctx).actor())
}

type removeContactInput struct {
	ID     int64 `path:"id" minimum:"1"`
	Change int64 `query:"change" required:"true" doc:"The version that was on the screen"`
}

func (a *app) removeContact(ctx context.Context, in *removeContactInput) (*struct{}, error) {
	if _, err := a.contact(ctx, editDirectory, in.ID); err != nil {
		return nil, err
	}
	if err := a.Log.RemoveContact(ctx, in.ID, in.Change, visitorOf(ctx).actor()); err != nil {
		return nil, problemOf(err)
	}
	return &struct{}{}, nil
}

type contactChangeDoc struct {
	At      stamp                 `json:"at"`
	By      string                `json:"by" doc:"A name"`
	How     string                `json:"how" enum:"added,edited,confirmed,number_added,removed,imported,dropped,taken_over"`
	Changes []dutylog.FieldChange `json:"changes" nullable:"false" doc:"Field by field"`
}

type contactChangesOutput struct {
	Body struct {
		Items []contactChangeDoc `json:"items" nullable:"false" doc:"Newest first"`
	}
}

// contactChanges lists who changed what of a contact, also of one that was removed.
func (a *app) contactChanges(ctx context.Context, in *contactInput) (*contactChangesOutput, error) {
	changes, err := a.Log.ContactChanges(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	out := &contactChangesOutput{}
	out.Body.Items = []contactChangeDoc{}
	for _, c := range changes {
		d := contactChangeDoc{At: stamp(c.At), By: c.By.Name, How: string(c.How), Changes: []dutylog.FieldChange{}}
		var before, after dutylog.Contact
		if c.Before != nil {
			before = *c.Before
		}
		if c.After != nil {
			after = *c.After
		}
		d.Changes = append(d.Changes, before.Differences(after)...)
		out.Body.Items = append(out.Body.Items, d)
	}
	return out, nil
}
