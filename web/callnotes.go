package web

import (
	"context"
	"net/http"
	"time"

	"dutyline/dutylog"
)

type noteText struct {
	Line  string `json:"line,omitempty" maxLength:"64" doc:"That rang; the first one where none is named"`
	Text  string `json:"text" maxLength:"20000"`
	Edit  int64  `json:"edit" minimum:"1" doc:"Counts what was typed: an older one that comes late changes nothing"`
	AgoMS int64  `json:"ago_ms" minimum:"0" maximum:"86400000" doc:"How long ago the first character was typed"`

	EntryID string `json:"entry_id,omitempty" maxLength:"200" doc:"When it is taken: into which entry; absent: that of its call"`
}

type keepNoteInput struct {
	Key  string `path:"key" maxLength:"64"`
	Body noteText
}

type keptOutput struct {
	Body struct {
		Edit int64 `json:"edit" doc:"What is kept: as it was sent, or newer"`
	}
}

// note is what a page sends of a note.
func (a *app) note(ctx context.Context, key string, t noteText) (dutylog.CallNote, error) {
	n := dutylog.CallNote{Key: key, Device: visitorOf(ctx).device, Text: t.Text, Edit: t.Edit, BegunAt: a.SwitchNow().Add(-time.Duration(t.AgoMS) * time.Millisecond)}
	for _, l := range a.Lines {
		if l.Name == t.Line || t.Line == "" {
			n.Line = l.Name
			return n, nil
		}
	}
	return n, invalid("body.line", "there is no such line")
}

// keepNote keeps what somebody wrote on the locked screen. It is written and never read here: whoever has
// no session learns nothing but whether it was kept. Only computers are heard on which somebody signed in.
func (a *app) keepNote(ctx context.Context, in *keepNoteInput) (*keptOutput, error) {
	v := visitorOf(ctx)
	known := false
	if v.device != "" {
		var err error
		if known, err = a.Log.KnownDevice(ctx, v.device); err != nil {
			return nil, problemOf(err)
		}
	}
	if !known {
		return nil, newProblem(http.StatusForbidden, typeDevice, "Nobody signed in on this computer yet: the note stays in this browser until somebody does.")
	}
	if wait := a.attempts.note(a.Now(), v.device); wait > 0 {
		p := newProblem(http.StatusTooManyRequests, typeTooMany, "Too many notes at once: it is sent again by itself.")
		p.retryAfter = wait
		return nil, p
	}
	n, err := a.note(ctx, in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	if err := a.Log.KeepNote(ctx, n); err != nil {
		return nil, problemOf(inBody(err))
	}
	out := &keptOutput{}
	out.Body.Edit = in.Body.Edit
	return out, nil
}

type noteBody struct {
	Key     string `json:"key"`
	Line    string `json:"line"`
	BegunAt stamp  `json:"begun_at"`
	Text    string `json:"text"`
	Edit    int64  `json:"edit"`
	CallID  string `json:"call_id" doc:"Of the call that rang then; empty: not known"`
	EntryID string `json:"entry_id" doc:"Into which it goes; empty: somebody has to say"`
}

type noteList struct {
	Items      []noteBody `json:"items" nullable:"false" doc:"Oldest first"`
	NextCursor string     `json:"next_cursor" doc:"Always empty: there are few"`
}

type noteListOutput struct{ Body noteList }

// notes lists what waits on the visitor's computer.
func (a *app) notes(ctx context.Context, _ *struct{}) (*noteListOutput, error) {
	list := noteList{Items: []noteBody{}}
	v := visitorOf(ctx)
	if v.device == "" {
		return &noteListOutput{list}, nil
	}
	all, err := a.Log.Notes(ctx, v.device)
	for _, n := range all {
		b := noteBody{Key: n.Key, Line: n.Line, BegunAt: stamp(n.BegunAt), Text: n.Text, Edit: n.Edit, CallID: n.CallID}
		if n.CallID != "" {
			b.EntryID = dutylog.EntryIDFor(n.CallID)
		}
		list.Items = append(list.Items, b)
	}
	return &noteListOutput{list}, orProblem(err)
}

type takeNoteInput struct {
	Key  string `path:"key" maxLength:"64"`
	Body noteText
}

// takeNote writes a note into its entry, for whoever signed in on the same computer.
func (a *app) takeNote(ctx context.Context, in *takeNoteInput) (*entryOutput, error) {
	if in.Body.EntryID != "" {
		if _, err := a.entry(ctx, writeEntries, in.Body.EntryID); err != nil {
			return nil, err
		}
	}
	n, err := a.note(ctx, in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	if known, err := a.Log.KnownDevice(ctx, n.Device); err != nil || !known {
		return nil, newProblem(http.StatusConflict, typeDevice, "This computer is not known: copy the note into the entry by hand.")
	}
	e, err := a.Log.TakeNote(ctx, n, in.Body.EntryID, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &entryOutput{a.asRead(ctx, e)}, nil
}
