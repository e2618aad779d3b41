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
	n := f.Body.Fact
	f.Body = FactBody{Fact: n, Reason: reason}
	switch {
	case err != nil:
		return err
	case n < 1 || n > len(i.Facts):
		return &InvalidError{Field: "fact", Reason: fmt.Sprintf("the incident has no fact %d", n)}
	case i.Facts[n-1].Struck != nil:
		return &InvalidError{Field: "fact", Reason: "is struck out already"}
	case !slices.Contains(strikeable, i.Facts[n-1].Kind):
		return &InvalidError{Field: "fact", Reason: "cannot be struck out: what it says is undone by another deed"}
	case !i.Facts[n-1].mayBeStruckBy(f.By):
		return refuse(NotEntitled, "An approval is struck out by whoever gave it, or by telephone whoever noted it: that is %s.", i.Facts[n-1].By.Name)
	case i.Facts[n-1].Kind == FactLinked && len(i.Entries) == 1:
		return &InvalidError{Field: "fact", Reason: "is the only entry of the incident: link the right one first"}
	}
	return nil
}

// mayBeStruckBy reports whether somebody may strike a fact out: of an approval only who gave it or, said by telephone, who
// noted it. In whose name it was noted denies it instead.
func (f IncidentFact) mayBeStruckBy(who Actor) bool {
	return f.Kind != FactReviewed && f.Kind != FactSigned || strings.EqualFold(f.By.Login, who.Login)
}
