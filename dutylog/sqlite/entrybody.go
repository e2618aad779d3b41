package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// entryBody is how an entry is stored, in entries and in revisions alike. It is not the
// API's form: times keep their full precision and nothing in it is computed.
type entryBody struct {
	ID          string                        `json:"id"`
	CallID      string                        `json:"call_id,omitempty"`
	Line        string                        `json:"line"`
	Kind        dutylog.Kind                  `json:"kind"`
	KindChosen  bool                          `json:"kind_chosen,omitempty"`
	State       dutylog.EntryState            `json:"state"`
	Revision    int                           `json:"revision"`
	Values      map[dutylog.Field]string      `json:"values,omitempty"`
	Gaps        map[dutylog.Field]dutylog.Gap `json:"gaps,omitempty"`
	Candidates  []dutylog.Candidate           `json:"candidates,omitempty"`
	Number      telephony.Number              `json:"number"`
	Rostered    string                        `json:"rostered,omitempty"`
	Responsible string                        `json:"responsible,omitempty"`
	WrittenBy   string                        `json:"written_by,omitempty"`
	BySystem    bool                          `json:"by_system,omitempty"`
	ReadBackBy  string                        `json:"read_back_by,omitempty"`
	Changed     bool                          `json:"changed_after_read_back,omitempty"`
	CallAt      int64                         `json:"call_at"` // µs since 1970; 0: did not happen
	ReadBackAt  int64                         `json:"read_back_at,omitempty"`
	OpenedAt    int64                         `json:"opened_at"`
	CompletedAt int64                         `json:"completed_at,omitempty"`
	Erased      []erasedBody                  `json:"erased,omitempty"`
	ReopenedAt  int64                         `json:"reopened_at,omitempty"`
	Correction  string                        `json:"correction,omitempty"`
	Handling    dutylog.Handling              `json:"handling,omitempty"` // what the steps come to; for lists
	Steps       []stepBody                    `json:"steps,omitempty"`
	StepOf      string                        `json:"step_of,omitempty"`
	ReadBackBeg int64                         `json:"read_back_began_at,omitempty"`
	Late        *lateBody                     `json:"late,omitempty"`
	AheadMS     *int64                        `json:"switch_ahead_ms,omitempty"`
}

type lateBody struct {
	Blind int64 `json:"blind,omitempty"`
}

type stepBody struct {
	Kind      dutylog.StepKind `json:"kind"`
	At        int64            `json:"at"`
	Whom      string           `json:"whom,omitempty"`
	Text      string           `json:"text,omitempty"`
	Channel   string           `json:"channel,omitempty"`
	Due       int64            `json:"due,omitempty"`
	CallID    string           `json:"call_id,omitempty"`
	By        byBody           `json:"by"`
	WrittenAt int64            `json:"written_at"`
	Struck    *strikeBody      `json:"struck,omitempty"`
}

type strikeBody struct {
	Reason string `json:"reason,omitempty"`
	By     byBody `json:"by"`
	At     int64  `json:"at"`
}

type byBody struct {
	Login string       `json:"login"`
	Name  string       `json:"name"`
	Role  dutylog.Role `json:"role"`
}

type erasedBody struct {
	Decision int64           `json:"decision"`
	At       int64           `json:"at"`
	Fields   []dutylog.Field `json:"fields,omitempty"`
}

func encodeEntry(e dutylog.Entry) (string, error) {
	var erased []erasedBody
	for _, x := range e.Erased {
		erased = append(erased, erasedBody{x.Decision, plainMicros(x.At), x.Fields})
	}
	var late *lateBody
	if e.Late != nil {
		late = &lateBody{plainMicros(e.Late.Blind)}
	}
	var ahead *int64
	if e.Ahead != nil {
		ms := e.Ahead.Milliseconds()
		ahead = &ms
	}
	text, err := json.Marshal(entryBody{
		ID: e.ID, CallID: e.CallID, Line: e.Line, Kind: e.Kind, KindChosen: e.KindChosen, State: e.State, Revision: e.Revision,
		Values: e.Values, Gaps: e.Gaps, Candidates: e.Candidates, Number: e.Number, Rostered: e.Rostered,
		Responsible: e.Responsible, WrittenBy: e.WrittenBy, BySystem: e.BySystem, ReadBackBy: e.ReadBackBy, Changed: e.ChangedAfterReadBack,
		CallAt: plainMicros(e.CallAt), ReadBackAt: plainMicros(e.ReadBackAt),
		OpenedAt: plainMicros(e.OpenedAt), CompletedAt: plainMicros(e.CompletedAt), Erased: erased,
		ReopenedAt: plainMicros(e.ReopenedAt), Correction: e.Correction, Handling: e.Handling(), Steps: encodeSteps(e.Steps), StepOf: e.StepOf,
		ReadBackBeg: plainMicros(e.ReadBackBeganAt), Late: late, AheadMS: ahead,
	})
	return string(text), err
}

func decodeEntry(text string) (dutylog.Entry, error) {
	var b entryBody
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return dutylog.Entry{}, fmt.Errorf("a stored entry is not readable: %w", err)
	}
	var erased []dutylog.Erasure
	for _, x := range b.Erased {
		erased = append(erased, dutylog.Erasure{Decision: x.Decision, At: fromMicros(x.At), Fields: x.Fields})
	}
	var late *dutylog.Late
	if b.Late != nil {
		late = &dutylog.Late{Blind: fromMicros(b.Late.Blind)}
	}
	var ahead *time.Duration
	if b.AheadMS != nil {
		d := time.Duration(*b.AheadMS) * time.Millisecond
		ahead = &d
	}
	return dutylog.Entry{
		ID: b.ID, CallID: b.CallID, Line: b.Line, Kind: b.Kind, KindChosen: b.KindChosen, State: b.State, Revision: b.Revision,
		Values: b.Values, Gaps: b.Gaps, Candidates: b.Candidates, Number: b.Number, Rostered: b.Rostered,
		Responsible: b.Responsible, WrittenBy: b.WrittenBy, BySystem: b.BySystem, ReadBackBy: b.ReadBackBy, ChangedAfterReadBack: b.Changed,
		CallAt: fromMicros(b.CallAt), ReadBackAt: fromMicros(b.ReadBackAt),
		OpenedAt: fromMicros(b.OpenedAt), CompletedAt: fromMicros(b.CompletedAt), Erased: erased,
		ReopenedAt: fromMicros(b.ReopenedAt), Correction: b.Correction, Steps: decodeSteps(b.Steps), StepOf: b.StepOf,
		ReadBackBeganAt: fromMicros(b.ReadBackBeg), Late: late, Ahead: ahead,
	}, nil
}

// encodeSteps keeps steps in the order of their numbers, which are their places.
func encodeSteps(steps []dutylog.Step) (kept []stepBody) {
	for _, s := range steps {
		b := stepBody{Kind: s.Kind, At: plainMicros(s.At), Whom: s.Whom, Text: s.Text, Channel: s.Channel, Due: plainMicros(s.Due), CallID: s.CallID, By: byBody(s.By), WrittenAt: plainMicros(s.WrittenAt)}
		if s.Struck != nil {
			b.Struck = &strikeBody{s.Struck.Reason, byBody(s.Struck.By), plainMicros(s.Struck.At)}
		}
		kept = append(kept, b)
	}
	return kept
}

func decodeSteps(kept []stepBody) (steps []dutylog.Step) {
	for i, b := range kept {
		s := dutylog.Step{Number: i + 1, Kind: b.Kind, At: fromMicros(b.At), Whom: b.Whom, Text: b.Text, Channel: b.Channel, Due: fromMicros(b.Due), CallID: b.CallID, By: dutylog.Actor(b.By), WrittenAt: fromMicros(b.WrittenAt)}
		if b.Struck != nil {
			s.Struck = &dutylog.Strike{Reason: b.Struck.Reason, By: dutylog.Actor(b.Struck.By), At: fromMicros(b.Struck.At)}
		}
		steps = append(steps, s)
	}
	return steps
}
