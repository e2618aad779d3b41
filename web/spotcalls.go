package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// spotCallState is how the call of a spot check stands, for whoever began it.
type spotCallState string

// The closed set of states.
const (
	spotCalling  spotCallState = "calling"  // placed; nothing rings yet that is seen
	spotRinging  spotCallState = "ringing"  //
	spotAnswered spotCallState = "answered" // somebody picked up, and hears the announcement
	spotOver     spotCallState = "over"
)

type spotCallBody struct {
	ID       int64             `json:"id"`
	At       stamp             `json:"at" doc:"When it was begun"`
	EndedAt  stamp             `json:"ended_at" doc:"null: it runs"`
	Line     string            `json:"line"`
	By       string            `json:"by" doc:"Who began it"`
	State    spotCallState     `json:"state" enum:"calling,ringing,answered,over"`
	CallID   string            `json:"call_id" doc:"Of the call as it arrived; empty: none that is known to be this one did"`
	Rings    int               `json:"rings" doc:"Until now, or until the bell stopped"`
	RingMS   *int64            `json:"ring_ms" doc:"How long the bell rang until now, or until it stopped; null: it did not, or it is not known"`
	Answered bool              `json:"answered"`
	Outcome  telephony.Outcome `json:"outcome" doc:"Of the call; empty while it runs, or when it is not known"`
	HungUp   testcall.Why      `json:"hung_up" enum:",limit,asked,real_call,unseen,stopped" doc:"Why we hung up; empty: the other side did, or it runs"`
	Reason   testcall.Reason   `json:"reason" doc:"What is known of a call that did not arrive"`
	Detail   string            `json:"detail"`
}

type spotCallsInput struct{}

type spotCallsBody struct {
	Items      []spotCallBody `json:"items" nullable:"false" doc:"The last ten, newest first"`
	SecondLine bool           `json:"second_line" doc:"Whether there is a line to call from"`
	Number     string         `json:"number" doc:"Of the second line, as the duty phone shows it"`
}

type spotCallsOutput struct{ Body spotCallsBody }

// mostSpotCalls is how many of them whoever begins one wants to see.
const mostSpotCalls = 10

// spotCalls lists the calls of spot checks that were begun here. Only who may begin one sees it: the duty
// desk is not to know of one before it was answered.
func (a *app) spotCalls(ctx context.Context, _ *spotCallsInput) (*spotCallsOutput, error) {
	body := spotCallsBody{Items: []spotCallBody{}}
	if a.Tests == nil {
		return &spotCallsOutput{body}, nil
	}
	state := a.Tests.TestState()
	body.SecondLine, body.Number = state.SecondLine, state.Number
	items, err := a.Tests.Checks(ctx, mostSpotCalls)
	if err != nil {
		return nil, problemOf(err)
	}
	for _, r := range items {
		b, err := a.spotCall(ctx, r)
		if err != nil {
			return nil, problemOf(err)
		}
		body.Items = append(body.Items, b)
	}
	return &spotCallsOutput{body}, nil
}

// spotCall is one of them with what is known of its call: as it is seen now, or as the log has it.
func (a *app) spotCall(ctx context.Context, r testcall.Result) (spotCallBody, error) {
	b := spotCallBody{ID: r.ID, At: stamp(r.At), EndedAt: stamp(r.EndedAt), Line: r.Line, By: r.By, State: spotOver, CallID: r.CallID, HungUp: r.Why, Reason: r.Reason, Detail: r.Detail}
	if r.Running() {
		b.State = spotCalling
		if c := a.Tests.CheckCall(r.ID); c != nil {
			b.see(*c, a.ruleOf(c.Line), a.SwitchNow)
		}
		return b, nil
	}
	if r.CallID == "" {
		return b, nil
	}
	c, err := a.Log.Call(ctx, r.CallID)
	if err != nil {
		return b, err
	}
	b.see(c.Call, telephony.Rule{}, a.SwitchNow)
	b.State = spotOver
	return b, nil
}

// see takes what a call shows. While its bell rings, its rings are counted by the line's rule.
func (b *spotCallBody) see(c telephony.Call, rule telephony.Rule, now func() time.Time) {
	b.CallID, b.Rings, b.Answered, b.Outcome = c.ID, c.Rings, !c.AnsweredAt.IsZero(), c.Outcome
	rang, known := c.RingFor()
	switch {
	case b.Answered:
		b.State = spotAnswered
	case !c.RangAt.IsZero() && !c.Ended():
		b.State = spotRinging
		if rang = now().Sub(c.RangAt); !known && rang >= 0 {
			b.Rings, known = rule.Rings(rang), true
		}
	}
	if known {
		ms := rang.Milliseconds()
		b.RingMS = &ms
	}
}

func (a *app) ruleOf(line string) telephony.Rule {
	for _, l := range a.Lines {
		if l.Name == line {
			return l.Rule
		}
	}
	return telephony.DefaultRule()
}

type spotCallInput struct {
	Body *struct { // nil: nothing was sent
		Line     string `json:"line,omitempty" maxLength:"32" doc:"Which duty line to check; the first where none is named"`
		Incident bool   `json:"during_incident,omitempty" doc:"Also while an incident is open: whoever asks knows of it"`
	}
}

// startSpotCheck has the second line call the duty number until a person answers.
func (a *app) startSpotCheck(ctx context.Context, in *spotCallInput) (*probeOutput, error) {
	if a.Tests == nil {
		return nil, refusedCheck(testcall.NoSecondLine)
	}
	line, known := "", false
	if in.Body != nil {
		line, known = in.Body.Line, in.Body.Incident
	}
	if !known {
		open, _, err := a.Log.Incidents(ctx, dutylog.IncidentQuery{State: dutylog.IncidentOpen, Limit: 1})
		switch {
		case err != nil:
			return nil, problemOf(err)
		case len(open) > 0:
			return nil, newProblem(http.StatusConflict, typeSpotIncident, "An incident is open: the duty room has more urgent things to do. Begin the spot check later, or say that it is meant now (during_incident).")
		}
	}
	by := visitorOf(ctx).actor()
	name := by.Name
	if name == "" {
		name = by.Login
	}
	id, err := a.Tests.StartCheck(ctx, line, name)
	if refusal, ok := errors.AsType[testcall.Refusal](err); ok {
		return nil, refusedCheck(refusal)
	}
	if err != nil {
		return nil, problemOf(err)
	}
	out := &probeOutput{}
	out.Body.ID = id
	return out, nil
}

// refusedCheck is why no spot check is begun.
func refusedCheck(r testcall.Refusal) *Problem {
	p := refusedTest(r)
	p.Detail = "No spot check was begun: " + r.Error() + "."
	return p
}

type endSpotCallInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// endSpotCheck hangs up.
func (a *app) endSpotCheck(ctx context.Context, in *endSpotCallInput) (*struct{}, error) {
	if a.Tests == nil {
		return nil, problemOf(dutylog.ErrNotFound)
	}
	if err := a.Tests.EndCheck(ctx, in.ID); err != nil {
		return nil, problemOf(err)
	}
	return nil, nil
}
