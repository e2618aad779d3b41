package web

import (
	"context"
	"net/http"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

type ruleBody struct {
	OnMS     int64  `json:"on_ms" doc:"Length of one burst"`
	OffMS    int64  `json:"off_ms" doc:"Silence between bursts"`
	OffsetMS int64  `json:"offset_ms" doc:"How long the bell rang before the switch saw it"`
	Limit    int    `json:"limit" doc:"Rings allowed"`
	Version  string `json:"version"`
}

type lineBody struct {
	Line   string               `json:"line"`
	Number *string              `json:"number,omitempty" doc:"Only for who is signed in"`
	State  telephony.State      `json:"state" enum:"idle,ringing,talking,unreachable,unknown"`
	Since  stamp                `json:"since"`
	CallID string               `json:"call_id" doc:"Of the call that rings or talks; empty otherwise"`
	RangAt stamp                `json:"rang_at" doc:"While it rings: when the bell began"`
	Ring   *int                 `json:"ring" doc:"While it rings: which ring it is now, from 1"`
	Limit  int                  `json:"limit"`
	Rule   ruleBody             `json:"rule"`
	Now    stamp                `json:"now" doc:"The daemon's clock when this was written"`
	Switch stamp                `json:"switch_now" doc:"The switch's clock then: the times of calls and the deadlines of incidents are by it"`
	Logged bool                 `json:"logged" doc:"false: the duty log does not have this state yet, because it cannot be written in time"`
	Faults *[]dutylog.LineFault `json:"faults,omitempty" doc:"Configuration faults that stand now; only for who is signed in"`
}

type lineInput struct {
	Line string `query:"line" maxLength:"64" doc:"Name of the line; the first one when absent"`
}

type lineOutput struct{ Body lineBody }

type lineList struct {
	Items      []lineBody `json:"items" nullable:"false"`
	NextCursor string     `json:"next_cursor"`
}

type lineListOutput struct{ Body lineList }

func (a *app) line(ctx context.Context, in *lineInput) (*lineOutput, error) {
	line, err := a.lineNamed(in.Line)
	if err != nil {
		return nil, err
	}
	all, err := a.lineBodies(ctx, visitorOf(ctx), a.Unlogged())
	if err != nil {
		return nil, err
	}
	for _, body := range all {
		if body.Line == line.Name {
			return &lineOutput{body}, nil
		}
	}
	return nil, errNoLine(in.Line)
}

func (a *app) allLines(ctx context.Context, _ *struct{}) (*lineListOutput, error) {
	all, err := a.lineBodies(ctx, visitorOf(ctx), a.Unlogged())
	if err != nil {
		return nil, err
	}
	return &lineListOutput{lineList{Items: all}}, nil
}

// lineNamed finds a configured line; the first one when no name is given.
func (a *app) lineNamed(name string) (telephony.Line, error) {
	for _, l := range a.Lines {
		if name == "" || l.Name == name {
			return l, nil
		}
	}
	return telephony.Line{}, errNoLine(name)
}

func errNoLine(name string) *Problem {
	return newProblem(http.StatusNotFound, "", "There is no line %q; GET /api/v1/lines lists them.", name)
}

// lineBodies gives every configured line as the visitor may see it. A line of which the log
// knows nothing yet is unknown; a state that waits for the log goes before the one in it. The
// caller takes u before this reads the log, so that no state falls between the two.
func (a *app) lineBodies(ctx context.Context, v visitor, u Unlogged) ([]lineBody, error) {
	states, err := a.Log.LineStates(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	known := make(map[string]dutylog.LineStatus, len(states))
	for _, s := range states {
		known[s.Line] = s
	}
	all := make([]lineBody, 0, len(a.Lines))
	for _, l := range a.Lines {
		status, ok := known[l.Name]
		if !ok {
			status.State = telephony.LineStateUnknown
		}
		waits, unlogged := u.Lines[l.Name]
		if unlogged {
			status.LineState = waits
		}
		body := a.lineFor(v, l, status)
		body.Logged = !unlogged
		all = append(all, body)
	}
	return all, nil
}

// lineFor is the one form in which a line is shown. Who is not signed in sees what it does,
// never whom it is about.
func (a *app) lineFor(v visitor, l telephony.Line, s dutylog.LineStatus) lineBody {
	r, now := l.Rule, a.SwitchNow()
	body := lineBody{
		Line: l.Name, State: s.State, Since: stamp(s.Since), CallID: s.CallID, Limit: r.Limit, Now: stamp(a.Now()), Switch: stamp(now), Logged: true,
		Rule: ruleBody{OnMS: r.On.Milliseconds(), OffMS: r.Off.Milliseconds(), OffsetMS: r.Offset.Milliseconds(),
			Limit: r.Limit, Version: r.Version()},
	}
	if s.State == telephony.Ringing && !s.RangAt.IsZero() {
		ring := r.Rings(max(0, now.Sub(s.RangAt))) // what it said first may be a little ahead of what we make of its clock
		body.RangAt, body.Ring = stamp(s.RangAt), &ring
	}
	if v.can(seeLineDetail) {
		faults := append([]dutylog.LineFault{}, s.Faults...)
		body.Number, body.Faults = &l.Number, &faults
	}
	return body
}

type shiftBody struct {
	Name  string `json:"name"`
	Phone string `json:"phone" doc:"Empty for reading accounts"`
	From  stamp  `json:"from"`
	To    stamp  `json:"to"`
}

type dutyBody struct {
	Officer *shiftBody `json:"duty_officer" doc:"null: nobody is on this post"`
	Chief   *shiftBody `json:"duty_section_chief"`
	Leader  *shiftBody `json:"duty_leader"`

	Responsible *personBody `json:"responsible" doc:"The officer by the last confirmed handover, and since when; null: nobody took over yet, the rostered one is"`
}

type dutyOutput struct{ Body dutyBody }

// duty says who is on duty now. There is one roster for all lines. Who is told no numbers of the duty room has the
// names alone, without how they log in.
func (a *app) duty(ctx context.Context, in *lineInput) (*dutyOutput, error) {
	if _, err := a.lineNamed(in.Line); err != nil {
		return nil, err
	}
	on, err := a.Log.OnDuty(ctx, a.Now())
	if err != nil {
		return nil, problemOf(err)
	}
	numbers := visitorOf(ctx).can(seeDutyNumbers)
	at := func(p dutylog.Post) *shiftBody {
		s, ok := on[p]
		if !ok {
			return nil
		}
		shift := &shiftBody{Name: s.Name, Phone: s.Phone, From: stamp(s.From), To: stamp(s.To)}
		if !numbers {
			shift.Phone = ""
		}
		return shift
	}
	body := dutyBody{Officer: at(dutylog.PostOfficer), Chief: at(dutylog.PostChief), Leader: at(dutylog.PostLeader)}
	last, err := a.Log.LastHandover(ctx, time.Time{})
	if err != nil {
		return nil, problemOf(err)
	}
	if last != nil {
		p := personOf(last.Incoming, last.At)
		if !numbers {
			p.Login = ""
		}
		body.Responsible = &p
	}
	return &dutyOutput{body}, nil
}
