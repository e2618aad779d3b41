package web

import (
	"context"
	"time"

	"dutyline/dutylog"
)

type writeInput struct {
	RawBody []byte `contentType:"application/json"`
}

type stepInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Kind    string `json:"kind" maxLength:"40" doc:"See GET /entry-kinds"`
		At      string `json:"at,omitempty" maxLength:"40" doc:"When it was done, RFC 3339; now when absent"`
		Whom    string `json:"whom,omitempty" maxLength:"500" doc:"To whom or by whom"`
		Text    string `json:"text,omitempty" maxLength:"2000"`
		Channel string `json:"channel,omitempty" maxLength:"40" doc:"Of a report upwards, by which way it went: phone, wechat, fax or system; a call is the telephone"`
		Due     string `json:"due,omitempty" maxLength:"40" doc:"Until when it is to be answered, RFC 3339; of reported, instructed and passed_on"`
		CallID  string `json:"call_id,omitempty" maxLength:"200" doc:"The outgoing call that was it"`
	}
}

type strikeInput struct {
	ID     string `path:"id" maxLength:"200"`
	Number int    `path:"number" minimum:"1" maximum:"100"`
	Reason string `query:"reason" required:"true" minLength:"1" maxLength:"500" doc:"Why; kept with the step for ever"`
}

type readBackInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		AgoMS int64 `json:"ago_ms,omitempty" minimum:"0" maximum:"600000" doc:"How long ago it began: the message may have waited for the connection"`
	}
}

type serviceBody struct {
	Entry dutylog.Entry `json:"entry"`
	Why   string        `json:"why" enum:"same_number,number_named,to_superior,recent"`
	Step  string        `json:"step" enum:"reported,passed_on,fed_back" doc:"What such a call usually is"`
}

type serviceList struct {
	Items []serviceBody `json:"items" nullable:"false" doc:"At most nine"`
}

type serviceListOutput struct{ Body serviceList }

// write opens an entry of what did not come by telephone. Its body is read by the duty log's own
// strict parser, as that of a patch.
func (a *app) write(ctx context.Context, in *writeInput) (*entryOutput, error) {
	d, err := dutylog.ParseDraft(in.RawBody)
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	line, err := a.lineNamed(d.Line)
	if err != nil {
		return nil, invalid("body.line", "is no line of this daemon: leave it out for the first one")
	}
	ahead := a.switchAhead()
	d.Line, d.Ahead = line.Name, &ahead
	e, err := a.Log.Write(ctx, d, visitorOf(ctx).actor(), a.Now())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	if e.Revision > 1 { // it was written before, and then something else into it
		e = a.asRead(ctx, e)
	}
	return &entryOutput{e}, nil
}

func (a *app) addStep(ctx context.Context, in *stepInput) (*entryOutput, error) {
	before, err := a.entry(ctx, writeEntries, in.ID)
	if err != nil {
		return nil, err
	}
	at, err := instant("body.at", in.Body.At)
	if err != nil {
		return nil, err
	}
	due, err := instant("body.due", in.Body.Due)
	if err != nil {
		return nil, err
	}
	if in.Body.CallID != "" { // its own entry changes, too
		if _, err := a.entry(ctx, writeEntries, dutylog.EntryIDFor(in.Body.CallID)); err != nil {
			return nil, invalid("body.call_id", "the log has no such call with an entry")
		}
	}
	d := dutylog.StepDraft{Kind: dutylog.StepKind(in.Body.Kind), At: at, Whom: in.Body.Whom, Text: in.Body.Text, Channel: in.Body.Channel, Due: due, CallID: in.Body.CallID}
	e, err := a.Log.AddStep(ctx, in.ID, d, visitorOf(ctx).actor(), a.Now())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return a.afterChange(ctx, before, e), nil
}

func (a *app) strikeStep(ctx context.Context, in *strikeInput) (*entryOutput, error) {
	if _, err := a.entry(ctx, writeEntries, in.ID); err != nil {
		return nil, err
	}
	e, err := a.Log.StrikeStep(ctx, in.ID, in.Number, in.Reason, visitorOf(ctx).actor(), a.Now())
	if err != nil {
		return nil, inQuery(err)
	}
	return &entryOutput{e}, nil
}

// beginReadBack keeps the moment by the switch's clock: the recording's times are the switch's.
func (a *app) beginReadBack(ctx context.Context, in *readBackInput) (*entryOutput, error) {
	if _, err := a.entry(ctx, writeEntries, in.ID); err != nil {
		return nil, err
	}
	at := a.SwitchNow().Add(-time.Duration(in.Body.AgoMS) * time.Millisecond)
	e, err := a.Log.BeginReadBack(ctx, in.ID, at, visitorOf(ctx).actor())
	if err != nil {
		return nil, problemOf(inBody(err))
	}
	return &entryOutput{e}, nil
}

func (a *app) services(ctx context.Context, in *entryInput) (*serviceListOutput, error) {
	if _, err := a.entry(ctx, seeEntries, in.ID); err != nil {
		return nil, err
	}
	found, err := a.Log.Services(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	out := serviceList{Items: []serviceBody{}}
	for _, s := range found {
		if _, err := a.entry(ctx, seeEntries, s.Entry.ID); err == nil {
			out.Items = append(out.Items, serviceBody{Entry: listed(visitorOf(ctx), visitorOf(ctx).own(s.Entry)), Why: string(s.Why), Step: string(s.Step)})
		}
	}
	var shown []string
	for _, s := range out.Items {
		shown = append(shown, s.Entry.ID)
	}
	a.auditOf(ctx, seeEntries, listOfEntries, shown)
	return &serviceListOutput{out}, nil
}
