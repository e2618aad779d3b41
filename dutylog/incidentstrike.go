package dutylog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// strikeable are the kinds of facts that may be struck out. What opened, closed or merged an incident is
// undone by a deed of its own, and a version of a report by the next one.
var strikeable = []FactKind{FactLinked, FactElements, FactClockMoved, FactReviewed, FactSigned, FactDelivered, FactCalledOut, FactScene,
	FactInstructed, FactConveyed, FactFedBack, FactInstrClosed}

func (i Incident) strikes(f *IncidentFact, _ IncidentBooks, _ time.Time) error {
	reason, err := CleanReason("reason", f.Body.Reason)
	f.Body = FactBody{Fact: f.Body.Fact, Reason: reason}
	if err != nil {
		return err
	}
	return i.WhyNotStruck(f.Body.Fact, f.By)
}

// WhyNotStruck says why somebody cannot strike out the fact of a number; nil: they can, with a reason.
func (i Incident) WhyNotStruck(n int, who Actor) error {
	if n < 1 || n > len(i.Facts) {
		return &InvalidError{Field: "fact", Reason: fmt.Sprintf("the incident has no fact %d", n)}
	}
	switch f := i.Facts[n-1]; {
	case f.Struck != nil:
		return &InvalidError{Field: "fact", Reason: "is struck out already"}
	case !slices.Contains(strikeable, f.Kind):
		return &InvalidError{Field: "fact", Reason: "cannot be struck out: what it says is undone by another deed"}
	case !i.mayStrike(f, who):
		return refuse(NotEntitled, "An approval is struck out by whoever gave it; one by telephone of which nothing was said yet by whoever noted it: that is %s.", i.strikerOf(f).Name)
	case f.Kind == FactLinked && len(i.Entries) == 1:
		return &InvalidError{Field: "fact", Reason: "is the only entry of the incident: link the right one first"}
	}
	return nil
}

// mayStrike reports whether somebody may strike a fact out: of an approval see strikerOf. In whose name it was noted
// denies it instead.
func (i Incident) mayStrike(f IncidentFact, who Actor) bool {
	if f.Kind != FactReviewed && f.Kind != FactSigned {
		return true
	}
	return strings.EqualFold(i.strikerOf(f).Login, who.Login)
}

// strikerOf is who may strike an approval out: who gave it; of one that was said by telephone who noted it, until the
// person has said anything of it.
func (i Incident) strikerOf(f IncidentFact) Actor {
	if f.Body.Login != "" && i.answered(f.Seq) {
		return Actor{Login: f.Body.Login, Name: f.Body.Name, Role: f.Body.Role}
	}
	return f.By
}

// answered reports whether the person confirmed or denied an approval that was noted in their name.
func (i Incident) answered(fact int) bool {
	return slices.ContainsFunc(i.Facts, func(f IncidentFact) bool {
		return (f.Kind == FactConfirmed || f.Kind == FactDenied) && f.Body.Fact == fact
	})
}

// denied reports whether somebody denied that they gave a part of the approval of a report by telephone.
func (i Incident) denied(report int, kind FactKind, login string) bool {
	return slices.ContainsFunc(i.Facts, func(f IncidentFact) bool {
		if f.Kind != FactDenied || f.Body.Report != report || !strings.EqualFold(f.By.Login, login) {
			return false
		}
		return f.Body.Fact > 0 && i.Facts[f.Body.Fact-1].Kind == kind
	})
}
