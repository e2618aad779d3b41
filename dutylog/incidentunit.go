package dutylog

import (
	"fmt"
	"strings"
	"time"
)

// texts cleans what a fact says in words, each by its name in the API.
func (f *IncidentFact) texts(must ...string) (err error) {
	b := &f.Body
	if b.Whom, err = CleanNote("whom", b.Whom); err != nil {
		return err
	}
	if b.Phone, err = CleanNote("number", b.Phone); err != nil {
		return err
	}
	if b.Text, err = cleanField("text", b.Text, middleText); err != nil {
		return err
	}
	b.Text = strings.TrimSpace(b.Text)
	for _, name := range must {
		if value := map[string]string{"whom": b.Whom, "text": b.Text}[name]; value == "" {
			return &InvalidError{Field: name, Reason: map[string]string{"whom": "is missing: say who it was", "text": "is missing: say in words what was ordered, done or told"}[name]}
		}
	}
	return nil
}

// knownCall makes sure of a call that is named.
func knownCall(id string, b IncidentBooks) error {
	if _, known := b.Calls[id]; id != "" && !known {
		return &InvalidError{Field: "call_id", Reason: "is no call of the log"}
	}
	return nil
}

// saidBefore reports whether somebody says that a fact happened before a moment; times are given to the minute. What
// happens now does so whatever our clock says, which may have been set back.
func (f *IncidentFact) saidBefore(at time.Time) bool {
	return !f.isNow() && f.At.Before(at.Truncate(time.Minute))
}

// isNow reports whether nobody says when it was: it happens as it is written down.
func (f *IncidentFact) isNow() bool { return f.At.Equal(f.WrittenAt.Truncate(time.Millisecond)) }

// sinceBegun refuses what is said to have happened before anything was known of the incident.
func (i Incident) sinceBegun(f *IncidentFact) error {
	from, _ := i.setBack(f.WrittenAt)
	if from.IsZero() {
		from = i.ClockNatural
	}
	if f.saidBefore(from) {
		return &InvalidError{Field: "at", Reason: "lies before the first entry of the incident: nothing was known of it then"}
	}
	return nil
}

// callsOut keeps that somebody of the unit was told.
func (i Incident) callsOut(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	if err := f.texts("whom"); err != nil {
		return err
	}
	if err := checkCode("part", CalloutRoles(), f.Body.Part); err != nil {
		return err
	}
	if err := checkCode("result", CalloutResults(), f.Body.Result); err != nil {
		return err
	}
	f.Body = FactBody{Whom: f.Body.Whom, Part: f.Body.Part, Phone: f.Body.Phone, Result: f.Body.Result, CallID: f.Body.CallID}
	if c, known := b.Calls[f.Body.CallID]; known {
		if c.AnsweredAt.IsZero() && f.Body.Result != "no_answer" {
			return &InvalidError{Field: "call_id", Reason: "was not answered: nobody was told by it; choose the call in which they were, or that nobody answered"}
		}
		f.At = c.OfferedAt.Truncate(time.Millisecond) // the switch saw it
		if !c.AnsweredAt.IsZero() {
			f.At = c.AnsweredAt.Truncate(time.Millisecond)
		}
	}
	if err := i.sinceBegun(f); err != nil {
		return err
	}
	return knownCall(f.Body.CallID, b)
}

// hearsFromScene keeps who arrived, who came back, and what was told from there.
func (i Incident) hearsFromScene(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	must := []string{"whom"}
	if f.Body.Part == "feedback" {
		must = append(must, "text")
	}
	if err := f.texts(must...); err != nil {
		return err
	}
	if err := checkCode("kind", SceneKinds(), f.Body.Part); err != nil {
		return err
	}
	f.Body = FactBody{Whom: f.Body.Whom, Part: f.Body.Part, Text: f.Body.Text, CallID: f.Body.CallID}
	if c, known := b.Calls[f.Body.CallID]; known {
		if c.AnsweredAt.IsZero() {
			return &InvalidError{Field: "call_id", Reason: "was not answered: nothing was told by it; choose the call in which it was"}
		}
		f.At = c.AnsweredAt.Truncate(time.Millisecond) // the switch saw it
	}
	return knownCall(f.Body.CallID, b)
}

// isInstructed keeps what a leader ordered.
func (i Incident) isInstructed(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	if err := f.texts("whom"); err != nil {
		return err
	}
	switch due := f.Body.Due; {
	case f.Body.Text == "" && f.Body.Attachment == 0:
		return &InvalidError{Field: "text", Reason: "is missing: write the instruction down, or name the attached photo of it"}
	case due != nil && !due.After(f.At):
		return &InvalidError{Field: "due", Reason: "is not later than the instruction itself"}
	case len(i.Instructions) >= mostInstructions:
		return &InvalidError{Field: "text", Reason: "is one too many: an incident has at most 100 instructions"}
	}
	f.Body = FactBody{Whom: f.Body.Whom, Text: f.Body.Text, Attachment: f.Body.Attachment, Due: f.Body.Due}
	if err := i.sinceBegun(f); err != nil {
		return err
	}
	return i.attached(f.Body.Attachment, b)
}

// followsInstruction keeps to whom an instruction was conveyed, what was fed back, and that it is done.
func (i Incident) followsInstruction(f *IncidentFact, _ IncidentBooks, _ time.Time) error {
	x, there := i.Instruction(f.Body.Fact)
	must := map[FactKind][]string{FactConveyed: {"whom"}, FactFedBack: {"text"}}[f.Kind]
	switch {
	case !there:
		return fmt.Errorf("instruction %d of incident %s: %w", f.Body.Fact, i.Number, ErrNotFound)
	case !x.ClosedAt.IsZero():
		return refuse(NotOpen, "The instruction was closed already: strike that out first if it goes on.")
	}
	if f.saidBefore(x.At) {
		return &InvalidError{Field: "at", Reason: "lies before the instruction was given"}
	}
	err := f.texts(must...)
	f.Body = FactBody{Fact: x.Number, Whom: f.Body.Whom, Text: f.Body.Text}
	return err
}
