package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

type drawBody struct {
	ID         int64        `json:"id"`
	Month      string       `json:"month"`
	Seed       string       `json:"seed" doc:"Who has it and the calls of the month draws the same ones again"`
	Named      bool         `json:"named" doc:"A person named the seed; otherwise the system drew it"`
	PerOfficer int          `json:"per_officer"`
	Officers   []sampleBody `json:"officers" nullable:"false"`
	By         personBody   `json:"by"`
}

type sampleBody struct {
	Officer    string `json:"officer" doc:"Empty: nobody knows who answered"`
	Population int    `json:"population" doc:"Of how many calls that can be heard"`
	Drawn      int    `json:"drawn"`
}

// seenIn is whether the visitor may see what was drawn of an officer's calls.
func seenIn(v visitor, p permission, officer string) bool {
	return v.mayWith(p, object{kind: aReview, officer: officer}) == allowed
}

func drawOf(d dutylog.Draw, v visitor, p permission) drawBody {
	body := drawBody{ID: d.ID, Month: string(d.Month), Seed: d.Seed, Named: d.Named, PerOfficer: d.PerOfficer, Officers: []sampleBody{}, By: personOf(d.By, d.At)}
	for _, s := range d.Samples {
		if seenIn(v, p, s.Officer) {
			body.Officers = append(body.Officers, sampleBody{s.Officer, s.Population, len(s.Calls)})
		}
	}
	return body
}

type drawsInput struct {
	Month string `query:"month" required:"true" maxLength:"7" doc:"At the site, for instance 2026-10"`
}

type drawList struct {
	Items []drawBody `json:"items" nullable:"false" doc:"Newest first; an officer sees what was drawn of their own calls"`
	Over  bool       `json:"over" doc:"The month is over, and can be drawn from"`
}

type drawListOutput struct{ Body drawList }

// draws lists the samples that were drawn of a month.
func (a *app) draws(ctx context.Context, in *drawsInput) (*drawListOutput, error) {
	m, err := dutylog.ParseMonth(in.Month)
	if err != nil {
		return nil, inQuery(err)
	}
	all, err := a.Log.Draws(ctx, m)
	if err != nil {
		return nil, problemOf(err)
	}
	_, end := m.Span(a.Zone)
	list := drawList{Items: []drawBody{}, Over: !a.Now().Before(end)}
	for _, d := range all {
		list.Items = append(list.Items, drawOf(d, visitorOf(ctx), seeListening))
	}
	return &drawListOutput{list}, nil
}

type newDrawInput struct {
	Body struct {
		Month      string `json:"month" maxLength:"7"`
		PerOfficer int    `json:"per_officer" minimum:"1" maximum:"20"`
		Seed       string `json:"seed,omitempty" maxLength:"64" doc:"An inspector may name it; absent: the system draws one"`
	}
}

type drawOutput struct{ Body drawBody }

// addDraw draws a sample and keeps it with its seed: drawing until it pleases shows.
func (a *app) addDraw(ctx context.Context, in *newDrawInput) (*drawOutput, error) {
	v := visitorOf(ctx)
	d := dutylog.Draw{Month: dutylog.Month(in.Body.Month), PerOfficer: in.Body.PerOfficer, Seed: in.Body.Seed, Named: in.Body.Seed != "", By: v.actor()}
	if !d.Named {
		seed := make([]byte, 8)
		if _, err := rand.Read(seed); err != nil {
			return nil, internal(err)
		}
		d.Seed = hex.EncodeToString(seed)
	}
	d, err := d.Check(a.Now(), a.Zone)
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	calls, err := a.Log.Listenables(ctx, d.Month)
	if err != nil {
		return nil, problemOf(err)
	}
	if len(calls) == 0 {
		return nil, invalid("body.month", "has no answered call with a recording: there is nothing to draw from")
	}
	d.Samples = dutylog.Sample(d.Seed, d.Month, d.PerOfficer, calls)
	if d, err = a.Log.KeepDraw(ctx, d); err != nil {
		return nil, problemOf(err)
	}
	return &drawOutput{drawOf(d, v, drawListening)}, nil
}

type listeningFactBody struct {
	ID    int64                 `json:"id"`
	Says  dutylog.ListeningSays `json:"says" enum:"reviewed,answered"`
	Marks *dutylog.Marks        `json:"marks" doc:"Of a review; each good, partly, poor or none"`
	Text  string                `json:"text"`
	By    personBody            `json:"by"`
}

type listenedBody struct {
	Call    dutylog.Call            `json:"call"`
	Officer string                  `json:"officer"`
	Facts   []listeningFactBody     `json:"facts" nullable:"false" doc:"What was said, oldest first; the newest of its kind counts"`
	May     []dutylog.ListeningSays `json:"may" nullable:"false" doc:"What the visitor may say now"`
}

type listenedList struct {
	Draw  drawBody       `json:"draw"`
	Items []listenedBody `json:"items" nullable:"false"`
}

type listenedOutput struct{ Body listenedList }

type drawInput struct {
	Draw int64 `path:"draw" minimum:"1"`
}

// listened reads a draw and those of its calls that the visitor may see.
func (a *app) listened(ctx context.Context, p permission, id int64) (dutylog.Draw, []dutylog.Listened, error) {
	d, facts, err := a.Log.Draw(ctx, id)
	if err != nil {
		return d, nil, problemOf(err)
	}
	seen := []dutylog.Listened{}
	for _, l := range d.Listened(facts) {
		if seenIn(visitorOf(ctx), p, l.Officer) {
			seen = append(seen, l)
		}
	}
	return d, seen, nil
}

func (a *app) listenedOf(ctx context.Context, l dutylog.Listened) (listenedBody, error) {
	v := visitorOf(ctx)
	c, err := a.Log.Call(ctx, l.CallID)
	if err != nil {
		return listenedBody{}, problemOf(err)
	}
	body := listenedBody{Call: listed(v, c), Officer: l.Officer, Facts: []listeningFactBody{}, May: l.MaySay(v.actor())}
	for _, f := range l.Facts {
		x := listeningFactBody{ID: f.ID, Says: f.Says, Text: f.Text, By: personOf(f.By, f.At)}
		if f.Says == dutylog.ListenReviewed {
			x.Marks = &f.Marks
		}
		body.Facts = append(body.Facts, x)
	}
	return body, nil
}

// oneDraw shows a draw with what was said of its calls. That somebody listens is noted when they play.
func (a *app) oneDraw(ctx context.Context, in *drawInput) (*listenedOutput, error) {
	d, seen, err := a.listened(ctx, seeListening, in.Draw)
	if err != nil {
		return nil, err
	}
	list := listenedList{Draw: drawOf(d, visitorOf(ctx), seeListening), Items: []listenedBody{}}
	for _, l := range seen {
		body, err := a.listenedOf(ctx, l)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, body)
	}
	return &listenedOutput{list}, nil
}

type sayOfCallInput struct {
	Draw int64 `path:"draw" minimum:"1"`
	Body struct {
		CallID string                `json:"call_id" maxLength:"200"`
		Says   dutylog.ListeningSays `json:"says" enum:"reviewed,answered"`
		Marks  *dutylog.Marks        `json:"marks,omitempty" doc:"Of a review; each good, partly, poor, or none where it does not apply"`
		Text   string                `json:"text,omitempty" maxLength:"500"`
		Before int64                 `json:"before,omitempty" doc:"Number of the newest fact of this call that was seen; absent: there was none"`
	}
}

type listenedOneOutput struct{ Body listenedBody }

// sayOfCall keeps what a supervisor heard in a call that was drawn, or what its officer answers.
func (a *app) sayOfCall(ctx context.Context, in *sayOfCallInput) (*listenedOneOutput, error) {
	l, err := a.listenedCall(ctx, in.Draw, in.Body.CallID)
	if err != nil {
		return nil, err
	}
	f := dutylog.ListeningFact{Draw: in.Draw, Says: in.Body.Says, Text: in.Body.Text, By: visitorOf(ctx).actor()}
	if in.Body.Marks != nil {
		f.Marks = *in.Body.Marks
	}
	if f, err = l.Check(f); err == nil {
		_, err = a.Log.SayOfCall(ctx, f, in.Body.Before)
	}
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody said something of this recording meanwhile: read it anew.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	if l, err = a.listenedCall(ctx, in.Draw, in.Body.CallID); err != nil {
		return nil, err
	}
	body, err := a.listenedOf(ctx, l)
	return &listenedOneOutput{body}, err
}

func (a *app) listenedCall(ctx context.Context, draw int64, callID string) (dutylog.Listened, error) {
	_, seen, err := a.listened(ctx, sayListening, draw)
	if err != nil {
		return dutylog.Listened{}, err
	}
	for _, l := range seen {
		if l.CallID == callID {
			return l, nil
		}
	}
	return dutylog.Listened{}, problemOf(dutylog.ErrNotFound)
}

// printDraw is a draw as a page to print, with its seed and what was said.
func (a *app) printDraw(ctx context.Context, in *drawInput) (*huma.StreamResponse, error) {
	d, seen, err := a.listened(ctx, printListening, in.Draw)
	if err != nil {
		return nil, err
	}
	frame, err := a.frame(ctx)
	if err != nil {
		return nil, err
	}
	x := paper.Drawn{Draw: d, Calls: seen, At: map[string]dutylog.Call{}}
	for _, l := range seen {
		if x.At[l.CallID], err = a.Log.Call(ctx, l.CallID); err != nil {
			return nil, problemOf(err)
		}
	}
	sheet := paper.Listening(frame, x)
	a.audit(ctx, printListening, sheet.Name)
	return a.asPage(sheet)
}
