package web

import (
	"context"
	"time"

	"dutyline/alerts"
)

// Lamps is how a line is, by everything on which it depends.
type Lamps struct {
	At    time.Time // when it was judged
	Lamps []alerts.LampState
}

type lampsBody struct {
	Line  string             `json:"line"`
	State alerts.Condition   `json:"state" enum:"good,bad,unknown" doc:"The worst of the lamps; good only when all are"`
	At    stamp              `json:"at" doc:"When it was judged; null: it is not judged now, and nothing is known"`
	Now   stamp              `json:"now" doc:"The daemon's clock when this was written"`
	Lamps []alerts.LampState `json:"lamps" nullable:"false" doc:"Of the line first, then of the house"`
}

type lampsOutput struct{ Body lampsBody }

// lampDoc describes, for /api/openapi.json, what alerts.LampState writes itself.
type lampDoc struct {
	Lamp     string `json:"lamp" enum:"phone,hook,engaged,device,trunk,proof,record,journal,disk,clock,page,officer,beat"`
	State    string `json:"state" enum:"good,bad,unknown" doc:"What cannot be told is unknown, never good"`
	Severity string `json:"severity" enum:",warning,critical" doc:"Of a bad one"`
	Since    stamp  `json:"since" doc:"Of the present cause, as far as it is known"`
	Cause    string `json:"cause" doc:"Names why, for instance phone_offline"`
	Detail   string `json:"detail" doc:"Who, which or how much; nothing of callers"`
	Why      string `json:"why" doc:"One sentence: what it means and what to do"`
}

// lampList says how a line is.
func (a *app) lampList(ctx context.Context, in *lineInput) (*lampsOutput, error) {
	line, err := a.lineNamed(in.Line)
	if err != nil {
		return nil, err
	}
	body := lampsBody{Line: line.Name, State: alerts.NotKnown, Now: stamp(a.Now()), Lamps: []alerts.LampState{}}
	if a.Lamps == nil {
		return &lampsOutput{body}, nil
	}
	if l := a.Lamps(line.Name); len(l.Lamps) > 0 {
		body.At, body.Lamps, body.State = stamp(l.At), l.Lamps, worst(l.Lamps)
	}
	return &lampsOutput{body}, nil
}

func worst(lamps []alerts.LampState) alerts.Condition {
	state := alerts.Good
	for _, l := range lamps {
		switch c := l.Condition(); {
		case c == alerts.Bad:
			return alerts.Bad
		case c == alerts.NotKnown:
			state = alerts.NotKnown
		}
	}
	return state
}
