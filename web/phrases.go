package web

import (
	"context"
	"errors"
	"net/http"

	"dutyline/dutylog"
)

type phraseBody struct {
	Phrase   int64         `json:"phrase" readOnly:"true"`
	Version  int64         `json:"version,omitempty" doc:"Which version it is; a change says which one it was made against, and is refused when there is a newer one"`
	Field    dutylog.Field `json:"field" enum:"content,call_back_result,check_result,called_why" doc:"Into which it is inserted"`
	Category string        `json:"category" doc:"What the matter is about; empty: whatever it is"`
	Code     string        `json:"code" maxLength:"10" doc:"A few letters by which it is inserted"`
	Title    string        `json:"title" maxLength:"50"`
	Text     string        `json:"text" maxLength:"2000" doc:"With blanks 〔…〕 it is a template"`
	Ended    bool          `json:"ended" doc:"Nobody is offered it any more"`
	By       *personBody   `json:"by,omitempty" readOnly:"true" doc:"Who changed it last"`
}

func phraseOf(p dutylog.Phrase) phraseBody {
	by := personOf(p.By, p.At)
	return phraseBody{Phrase: p.Phrase, Version: p.ID, Field: p.Field, Category: p.Category, Code: p.Code, Title: p.Title, Text: p.Text, Ended: p.Ended, By: &by}
}

type phraseList struct {
	Items      []phraseBody    `json:"items" nullable:"false" doc:"In the order in which they are offered"`
	Fields     []dutylog.Field `json:"fields" nullable:"false" doc:"That have phrases"`
	NextCursor string          `json:"next_cursor" doc:"Always empty: there are few"`
}

type phraseListOutput struct{ Body phraseList }

// phrases lists all of them, also those that ended.
func (a *app) phrases(ctx context.Context, _ *struct{}) (*phraseListOutput, error) {
	all, err := a.Log.Phrases(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	list := phraseList{Items: []phraseBody{}, Fields: dutylog.PhraseFields()}
	for _, p := range all {
		list.Items = append(list.Items, phraseOf(p))
	}
	return &phraseListOutput{list}, nil
}

type newPhraseInput struct{ Body phraseBody }

type phraseInput struct {
	Phrase int64 `path:"phrase" minimum:"1"`
	Body   phraseBody
}

type phraseOutput struct{ Body phraseBody }

func (a *app) addPhrase(ctx context.Context, in *newPhraseInput) (*phraseOutput, error) {
	return a.savePhrase(ctx, 0, in.Body)
}

func (a *app) changePhrase(ctx context.Context, in *phraseInput) (*phraseOutput, error) {
	if in.Body.Version == 0 {
		return nil, invalid("body.version", "is missing: send the version that was read along with the change")
	}
	return a.savePhrase(ctx, in.Phrase, in.Body)
}

func (a *app) savePhrase(ctx context.Context, number int64, b phraseBody) (*phraseOutput, error) {
	p, err := a.Log.SavePhrase(ctx, dutylog.Phrase{Phrase: number, ID: b.Version, Field: b.Field, Category: b.Category, Code: b.Code, Title: b.Title, Text: b.Text, Ended: b.Ended}, visitorOf(ctx).actor())
	if errors.Is(err, dutylog.ErrExists) {
		return nil, newProblem(http.StatusConflict, typeMoved, "Somebody else changed this phrase meanwhile: read it anew, then change it.")
	}
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &phraseOutput{phraseOf(p)}, nil
}
