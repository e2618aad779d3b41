package web

import (
	"context"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type accessesInput struct {
	Entry  string `query:"entry" maxLength:"200" doc:"The id of an entry: who read, printed or exported it or took what is attached to it, who listened to its call, and who printed or exported its day or month"`
	Call   string `query:"call" maxLength:"200" doc:"The id of a call: who opened it and who listened to it"`
	User   string `query:"user" maxLength:"64" doc:"The login of a person"`
	Action string `query:"action" maxLength:"40" doc:"The permission that was used, for instance recording.play"`
	From   string `query:"from" maxLength:"40" doc:"Not before this instant (RFC 3339)"`
	To     string `query:"to" maxLength:"40" doc:"Before this instant (RFC 3339)"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

type accessBody struct {
	ID          int64    `json:"id"`
	At          stamp    `json:"at"`
	By          actorDoc `json:"by"`
	Action      string   `json:"action" doc:"The permission that was used; exhibit.make, backup.make and log.restore (the log is that of a backup, and what was written after it is not there) are commands"`
	Object      string   `json:"object" doc:"The id of an entry or call, the name of a sheet, or of a list"`
	Address     string   `json:"address" doc:"Of the person's computer; empty at the machine itself"`
	EntryID     string   `json:"entry_id" doc:"Of the entry that the object is or belongs to; empty: of none"`
	EntryNumber string   `json:"entry_number"`
	Shown       int      `json:"shown" doc:"How many entries the list, search, incident or handover sheet showed with their content; 0: none beside the object"`
}

type accessList struct {
	Items      []accessBody `json:"items" nullable:"false"`
	NextCursor string       `json:"next_cursor" doc:"Empty on the last page"`
}

type accessListOutput struct{ Body accessList }

// listOfAccesses is what a look at the access log itself is recorded under.
const listOfAccesses = "accesses"

// accessesTo answers who saw or took what. That somebody asked is in the log as well.
func (a *app) accessesTo(ctx context.Context, in *accessesInput) (*accessListOutput, error) {
	from, to, err := period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	q := dutylog.AccessQuery{Login: in.User, What: in.Action, From: from, To: to, Limit: in.Limit, Cursor: in.Cursor}
	if in.Entry != "" && in.Call != "" {
		return nil, invalid("query.call", "is one thing to ask about, the entry another: name one of them")
	}
	if in.Entry != "" {
		e, err := a.entry(ctx, seeAccesses, in.Entry)
		if err != nil {
			return nil, err
		}
		q.Entry, q.Objects, q.Sheets = e.ID, objectsOf(e), a.sheetsOf(e)
	}
	if in.Call != "" {
		c, err := a.call(ctx, seeAccesses, in.Call)
		if err != nil {
			return nil, err
		}
		q.Objects = []string{c.ID}
	}
	found, next, err := a.Log.Accesses(ctx, q)
	if err != nil {
		return nil, inQuery(err)
	}
	list := accessList{Items: make([]accessBody, len(found)), NextCursor: next}
	for i, x := range found {
		list.Items[i] = accessShown(x)
	}
	a.audit(ctx, seeAccesses, listOfAccesses)
	return &accessListOutput{list}, nil
}

// objectsOf is all by which an access to an entry is recorded, but for what shows it among others: itself and its call.
func objectsOf(e dutylog.Entry) []string {
	if e.CallID == "" {
		return []string{e.ID}
	}
	return []string{e.ID, e.CallID}
}

// sheetsOf are the sheets on which an entry stands now. Who took one noted what it showed only later on.
func (a *app) sheetsOf(e dutylog.Entry) []string {
	at := e.CallAt
	if at.IsZero() {
		at = e.OpenedAt
	}
	at = at.In(a.Sheets.Zone)
	return []string{paper.DayName(at), paper.MonthName(at)}
}

func accessShown(x dutylog.KeptAccess) accessBody {
	b := accessBody{ID: x.ID, At: stamp(x.At), By: actorDoc{x.By.Login, x.By.Name, string(x.By.Role)}, Action: x.What, Object: x.Object, Address: x.Address, EntryID: x.EntryID, Shown: len(x.Entries)}
	if x.EntryID != "" {
		b.EntryNumber = x.EntryNumber.String()
	}
	return b
}
