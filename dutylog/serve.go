package dutylog

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"dutyline/telephony"
)

// ServiceWhy names why an outgoing call may serve an entry.
type ServiceWhy string

// The closed set of reasons, the strongest first.
const (
	CalledBack  ServiceWhy = "same_number"  // it goes to who called: a call back
	NumberNamed ServiceWhy = "number_named" // it goes to a number that stands in the entry
	ToSuperior  ServiceWhy = "to_superior"  // it goes to a superior duty room: a report upwards
	Recent      ServiceWhy = "recent"       // the matter came in shortly before
)

// Service is an open entry that a call may serve, and as which step.
type Service struct {
	Entry Entry
	Why   ServiceWhy
	Step  StepKind
}

const (
	recently     = 2 * time.Hour
	mostServices = 9                   // one for each digit key
	oldestServed = 30 * 24 * time.Hour // what is open for longer is not what this call is about
)

var serviceOrder = []ServiceWhy{CalledBack, NumberNamed, ToSuperior, Recent}

// Serves ranks the entries of which an outgoing call may be a step: the strongest reason first, among
// equals what nobody reported yet, then the newest. OWN is the call's own entry.
func Serves(own Entry, open []Entry) []Service {
	superior := slices.ContainsFunc(own.Candidates, func(c Candidate) bool { return c.Superior })
	var all []Service
	for _, e := range open {
		if why := serviceOf(own, e, superior); why != "" {
			all = append(all, Service{Entry: e, Why: why, Step: stepOf(why, e)})
		}
	}
	slices.SortStableFunc(all, func(a, b Service) int {
		if c := slices.Index(serviceOrder, a.Why) - slices.Index(serviceOrder, b.Why); c != 0 {
			return c
		}
		if a.Why == ToSuperior && a.Entry.reported() != b.Entry.reported() {
			if a.Entry.reported() {
				return 1
			}
			return -1
		}
		if c := b.Entry.CallAt.Compare(a.Entry.CallAt); c != 0 {
			return c
		}
		return strings.Compare(a.Entry.ID, b.Entry.ID)
	})
	return all[:min(len(all), mostServices)]
}

// serviceOf is empty when the call cannot be about this entry, or nothing speaks for it.
func serviceOf(own, e Entry, superior bool) ServiceWhy {
	age := own.CallAt.Sub(e.CallAt)
	forms := longForms(own)
	switch {
	case e.ID == own.ID || age < 0 || age > oldestServed || !e.Pending() || slices.Contains(outgoing, e.Kind) || e.Kind == KindStep:
		return ""
	case own.Number.E164 != "" && own.Number.E164 == e.Number.E164, own.Number.Raw != "" && own.Number.Raw == e.Number.Raw:
		return CalledBack
	case namesOne(e, forms):
		return NumberNamed
	case superior:
		return ToSuperior
	case age <= recently:
		return Recent
	}
	return ""
}

// stepOf is what such a call usually is: the officer may say otherwise.
func stepOf(why ServiceWhy, e Entry) StepKind {
	switch {
	case why == CalledBack:
		return StepFedBack
	case why == ToSuperior:
		return StepReported
	}
	return StepPassedOn // among them an instruction that is conveyed
}

func (e Entry) reported() bool {
	return slices.ContainsFunc(e.Steps, func(s Step) bool { return s.Kind == StepReported && s.Struck == nil })
}

// shortest is the shortest number that is looked for in a text: service numbers such as 12345.
const shortest = 5

// longForms are the ways in which the call's number may stand in a text, digits only.
func longForms(own Entry) (forms []string) {
	for _, f := range append(numberForms(own.Number), localForm(own.Number)) {
		if f = strings.TrimPrefix(f, "+"); len(f) >= shortest && !slices.Contains(forms, f) {
			forms = append(forms, f)
		}
	}
	return forms
}

// localForm is a landline's number as people of the same town write it: without the area code, which
// has three digits in the largest towns and four elsewhere.
func localForm(n telephony.Number) string {
	within, ok := strings.CutPrefix(n.E164, "+86")
	switch {
	case !ok || strings.HasPrefix(within, "1") && len(within) == len("13800000000"), strings.HasPrefix(within, "400"), strings.HasPrefix(within, "800"):
		return ""
	case strings.HasPrefix(within, "10"), strings.HasPrefix(within, "2"):
		return within[2:]
	case len(within) > 3:
		return within[3:]
	}
	return ""
}

// namesOne reports whether a number stands in what was written of the entry.
func namesOne(e Entry, forms []string) bool {
	if len(forms) == 0 {
		return false
	}
	runs := strings.FieldsFunc(searchText(writtenTexts(e)), func(r rune) bool { return !unicode.IsDigit(r) })
	return slices.ContainsFunc(runs, func(run string) bool { return slices.Contains(forms, run) })
}

// BecomeStep gives the own entry of a call that is a step of another entry from now on, and the
// draft of that step with what the call's entry says, where the draft says nothing.
func (e Entry) BecomeStep(of Entry, d StepDraft, by Actor, now time.Time) (Entry, StepDraft, error) {
	switch {
	case e.Kind == KindStep && e.StepOf == of.ID:
		return e, d.fromCall(e), nil
	case e.Kind == KindStep:
		return Entry{}, d, &InvalidError{Field: "call_id", Reason: "the call is a step of another entry already: strike it out there first"}
	case e.Phase != Dialled && e.Phase != Connected:
		return Entry{}, d, &InvalidError{Field: "call_id", Reason: "is no outgoing call: an incoming one has an entry of its own, link the two"}
	case e.ID == of.ID:
		return Entry{}, d, &InvalidError{Field: "call_id", Reason: "is this entry's own call"}
	}
	next := e.clone()
	next.Kind, next.KindChosen, next.StepOf = KindStep, true, of.ID
	if e.State == Complete {
		next.Correction = fmt.Sprintf("作为 %s 的办理过程", of.EntryNumber)
	}
	next.setState(Complete, now)
	next.Revision++
	next.WrittenBy, next.BySystem = by.Login, false
	return next, d.fromCall(e), nil
}

// fromCall fills in what the call's entry knows.
func (d StepDraft) fromCall(own Entry) StepDraft {
	if blank(d.Whom) {
		d.Whom = own.Values[CalledWhom]
	}
	if blank(d.Whom) {
		d.Whom = own.Number.Raw
	}
	if blank(d.Text) {
		d.Text = own.Values[CalledWhy]
	}
	if blank(d.Text) && d.Kind == StepFedBack {
		d.Text = "电话回复"
	}
	if d.At.IsZero() {
		d.At = own.CallAt
	}
	return d
}

// LeaveStep gives the call's own entry back to itself, after its step was struck out.
func (e Entry) LeaveStep(by Actor, now time.Time) Entry {
	next := e.clone()
	next.Kind, next.KindChosen, next.StepOf, next.Correction = KindOutgoing, false, "", ""
	next.setState(Open, time.Time{})
	next.ReopenedAt = now
	next.Revision++
	next.WrittenBy, next.BySystem = by.Login, false
	return next
}
