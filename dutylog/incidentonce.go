package dutylog

import (
	"slices"
	"strings"
	"time"
)

// SameDeed reports whether facts that were written are what the drafts ask for. Whoever did not get an answer asks
// for the same again, and gets what stands; who asks for something else under the same key has to be told.
func SameDeed(written []IncidentFact, drafts []FactDraft) bool {
	for n, d := range drafts {
		if n >= len(written) || !sameFact(written[n], d) {
			return false
		}
		if d.Kind == FactOpened || d.Kind == FactLinked {
			drafts = slices.DeleteFunc(slices.Clone(drafts), func(o FactDraft) bool { return o.Kind == FactElements })
			return slices.EqualFunc(written[n+1:min(len(drafts), len(written))], drafts[n+1:], sameFact) // what the entry says may have been changed meanwhile
		}
	}
	return true
}

func sameFact(f IncidentFact, d FactDraft) bool {
	if f.Kind != d.Kind {
		return false
	}
	b, o := f.Body, d.Body
	for _, pair := range [][2]string{{b.Entry, o.Entry}, {b.Category, o.Category}, {b.Trigger, tidyTriggers(o.Trigger)}, {b.Reason, o.Reason}, {b.Login, o.Login}, {b.Recipient, o.Recipient},
		{b.Channel, o.Channel}, {b.Receiver, o.Receiver}, {b.CallID, o.CallID}, {b.CallReason, neededReason(b, o)}, {b.Evidence, o.Evidence}, {b.Whom, o.Whom}, {b.Part, o.Part}, {b.Phone, o.Phone}, {b.Result, o.Result}, {b.Text, o.Text}} {
		if cleanAgain(pair[0]) != cleanAgain(pair[1]) {
			return false
		}
	}
	for e, v := range b.Elements { // those that said nothing new were left out
		if said, given := o.Elements[e]; !given || cleanAgain(said) != cleanAgain(v) {
			return false
		}
	}
	answers := f.Kind == FactConfirmed || f.Kind == FactDenied
	return b.Attachment == o.Attachment && b.Incident == o.Incident && b.Essential == o.Essential && (answers && o.Fact == 0 || b.Fact == o.Fact) &&
		(f.Kind == FactWritten && stageOf(b.Report) == stageOf(o.Report) || b.Report == o.Report) &&
		b.saidThen(b.Start, o.Start) && b.saidThen(b.Due, o.Due) && (d.At.IsZero() || o.CallID != "" || b.saidThen(&f.At, &d.At)) && (f.Kind != FactWritten || sameElements(b, o))
}

// neededReason is why a call proves something, as far as it was asked for: where its number was theirs, it was not kept.
func neededReason(kept, asked FactBody) string {
	if kept.CallWith == "" {
		return ""
	}
	return asked.CallReason
}

// sameElements reports whether a report says the same of every element.
func sameElements(b, o FactBody) bool {
	return !slices.ContainsFunc(allElements, func(e Element) bool { return cleanAgain(b.Elements[e]) != cleanAgain(o.Elements[e]) })
}

// cleanAgain is a text without what cleaning changes, whatever kind of field it is.
func cleanAgain(text string) string { return strings.Join(strings.Fields(CleanText(text)), "") }

// saidThen reports whether a moment that was kept is the one that is said, whatever the two clocks are apart by now.
func (b FactBody) saidThen(kept, said *time.Time) bool {
	if kept == nil || said == nil {
		return kept == said
	}
	return kept.Add(-b.Ahead.Duration()).Truncate(time.Minute).Equal(said.Truncate(time.Minute))
}
