package dutylog

import (
	"slices"
	"strings"
	"time"
)

// ended says what to do in place of what an incident that is over does not take.
func (i Incident) ended(b IncidentBooks) error {
	switch {
	case i.State == IncidentMerged && b.Into != nil:
		return refuse(NotOpen, "Incident %s goes on as %s: do it there.", i.Number, b.Into.Number)
	case i.State == IncidentMerged:
		return refuse(NotOpen, "Incident %s goes on as another one: do it there.", i.Number)
	}
	return refuse(NotOpen, "Incident %s is %s: open it again first, with a reason.", i.Number, i.State)
}

// reopens lets the clocks run again. An entry of it that tells of another open incident by now stands in the way.
func (i Incident) reopens(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	reason, err := CleanReason("reason", f.Body.Reason)
	f.Body = FactBody{Reason: reason}
	switch {
	case i.State == IncidentOpen:
		return refuse(NotOpen, "Incident %s is open already.", i.Number)
	case i.State == IncidentMerged:
		return i.ended(b)
	case err != nil:
		return err
	}
	for _, e := range i.Entries { // an entry has one set of clocks
		if other := b.Elsewhere[e.EntryID]; other.ID != 0 && other.ID != i.ID {
			return refuse(LinkedElsewhere, "Entry %s tells of incident %s meanwhile: merge the two if they are one event, or strike that link out there first.", b.Entries[e.EntryID].EntryNumber, other.Number)
		}
	}
	return nil
}

// merges ends it as another one. One that was closed can be merged, too: it was the same event all along.
func (i Incident) merges(f *IncidentFact, b IncidentBooks, _ time.Time) error {
	reason, err := CleanReason("reason", f.Body.Reason)
	switch {
	case err != nil:
		return err
	case i.State == IncidentMerged:
		return i.ended(IncidentBooks{})
	case b.Into == nil || b.Into.ID == i.ID:
		return &InvalidError{Field: "merge_into", Reason: "is no other incident"}
	case b.Into.State != IncidentOpen:
		return refuse(NotOpen, "Incident %s is %s: an incident is merged into one that is open.", b.Into.Number, b.Into.State)
	}
	f.Body = FactBody{Incident: b.Into.ID, Reason: reason}
	return nil
}

// Absorb is what the other incident takes over from this one: its entries, what was reported of it and what had to
// be, and what is known. Where the two know different casualties both stay, for a person to decide.
func (i Incident) Absorb(into Incident) []FactDraft {
	if slices.ContainsFunc(into.Absorbed, func(a Absorbed) bool { return a.Incident == i.ID }) {
		return i.absorbAgain(into)
	}
	known, differ := map[Element]string{}, false
	for e, v := range i.Elements {
		theirs := into.Elements[e]
		switch {
		case blank(v):
		case blank(theirs):
			known[e] = v
		case e == ElementCasualties && v != theirs && !strings.Contains(theirs, v):
			known[e], differ = shortenTo(v+"；另据原记录："+theirs, middleText), true
		}
	}
	start := i.ClockStart
	drafts := []FactDraft{{Kind: FactAbsorbed, Body: FactBody{Incident: i.ID, Start: &start, Text: i.ClockReason, Sent: i.sentInto(into), Waiting: i.Waiting(), Told: i.toldOf(into), Elements: known, Essential: differ, Untold: i.untold(into)}}}
	for _, e := range i.Entries {
		if !into.Has(e.EntryID) {
			drafts = append(drafts, FactDraft{Kind: FactLinked, Body: FactBody{Entry: e.EntryID, Incident: i.ID, Intake: &e.Intake}})
		}
	}
	return drafts
}

// absorbAgain is what the other incident takes over when something was signed or struck out here after the two were
// merged: what was reported, and what nobody has told after all. None: nothing is otherwise than it knows.
func (i Incident) absorbAgain(into Incident) []FactDraft {
	var before Absorbed
	for _, a := range into.Absorbed {
		if a.Incident == i.ID {
			before = a
		}
	}
	sent, waiting, told := i.sentInto(into), i.Waiting(), i.toldOf(into)
	if slices.EqualFunc(before.Sent, sent, SentThat.same) && slices.EqualFunc(before.Waiting, waiting, WaitingApproval.same) && slices.Equal(before.Told, told) {
		return nil
	}
	untold := slices.DeleteFunc(i.untold(into), func(at time.Time) bool {
		return slices.ContainsFunc(into.Facts, func(f IncidentFact) bool {
			return f.Kind == FactAbsorbed && f.Body.Incident == i.ID && slices.ContainsFunc(f.Body.Untold, at.Equal)
		})
	})
	return []FactDraft{{Kind: FactAbsorbed, Body: FactBody{Incident: i.ID, Sent: sent, Waiting: waiting, Told: told, Untold: untold, Reason: "并入后更正"}}}
}

// absorbs is asked for by nobody but the merge itself.
func (i Incident) absorbs(_ *IncidentFact, _ IncidentBooks, _ time.Time) error { return nil }
