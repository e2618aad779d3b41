package dutylog

import (
	"strconv"
	"time"
)

// Instruction is what a leader ordered about an incident 批示, and what became of it (Art. 21).
type Instruction struct {
	Number     int // the fact that began it
	Whom       string
	At         time.Time
	Text       string
	Attachment int64 // a photo of it, attached to a linked entry
	Due        time.Time
	By         Actor // who wrote it down
	Conveyed   []InstructionStep
	Feedback   []InstructionStep
	ClosedAt   time.Time
	ClosedText string
}

// InstructionStep is that an instruction was conveyed to somebody, or what somebody said of it.
type InstructionStep struct {
	Fact       int
	Whom, Text string
	At         time.Time
	By         Actor
}

// Overdue reports whether its time is over and it is not closed.
func (x Instruction) Overdue(now time.Time) bool {
	return x.ClosedAt.IsZero() && !x.Due.IsZero() && !now.Before(x.Due)
}

func (i *Incident) takeInstruction(f IncidentFact) {
	b := f.Body
	if f.Kind == FactInstructed {
		x := Instruction{Number: f.Seq, Whom: b.Whom, At: f.At, Text: b.Text, Attachment: b.Attachment, By: f.By}
		if b.Due != nil {
			x.Due = *b.Due
		}
		i.Instructions = append(i.Instructions, x)
		return
	}
	step := InstructionStep{Fact: f.Seq, Whom: b.Whom, Text: b.Text, At: f.At, By: f.By}
	for n := range i.Instructions {
		x := &i.Instructions[n]
		switch {
		case x.Number != b.Fact:
		case f.Kind == FactConveyed:
			x.Conveyed = append(x.Conveyed, step)
		case f.Kind == FactFedBack:
			x.Feedback = append(x.Feedback, step)
		default:
			x.ClosedAt, x.ClosedText = f.At, b.Text
		}
	}
}

// OpenInstructions are those that are not closed.
func (i Incident) OpenInstructions() (open []Instruction) {
	for _, x := range i.Instructions {
		if x.ClosedAt.IsZero() {
			open = append(open, x)
		}
	}
	return open
}

// Instruction finds one by its number.
func (i Incident) Instruction(number int) (Instruction, bool) {
	for _, x := range i.Instructions {
		if x.Number == number {
			return x, true
		}
	}
	return Instruction{}, false
}

func itoa(n int) string { return strconv.Itoa(n) }
