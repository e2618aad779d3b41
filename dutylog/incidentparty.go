package dutylog

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"dutyline/telephony"
)

// Party is with whom a call was that is to prove something, as far as directory and roster say.
type Party struct {
	Listed []Candidate // superiors under its number: those whom its own entry was offered, else whom the directory has now
}

// Other is the number of the other party of a call.
func (c Call) Other() telephony.Number {
	if c.Direction == telephony.Outbound {
		return c.Called
	}
	return c.Caller
}

// Superiors are those of some candidates to whom reports go.
func Superiors(all []Candidate) (found []Candidate) {
	for _, k := range all {
		if k.Superior {
			found = append(found, k)
		}
	}
	return found
}

// SuperiorContacts are those contacts to whom reports go, as candidates.
func SuperiorContacts(all []Contact) (found []Candidate) {
	for _, k := range all {
		if k.Superior {
			found = append(found, Candidate{ContactID: k.ID, Unit: k.Unit, Person: k.Person, Title: k.Title, Superior: true})
		}
	}
	return found
}

// isOf reports whether a recipient is reached under the number of a call: one of the superiors there belongs to it, or
// to whom they belong cannot be told by their names, and the officer says it.
func (p Party) isOf(recipient string) bool {
	return slices.ContainsFunc(p.Listed, func(k Candidate) bool {
		to := recipientsOf([]string{k.Unit})
		return len(to) == 0 || slices.Contains(to, recipient)
	})
}

// name is what is known of the other party, for a person: the number as it was dialled or shown, and whose it is.
func (p Party) name(c Call) string {
	number := c.Other().Raw
	if c.Other().Withheld() {
		number = "号码未显示"
	}
	if len(p.Listed) == 0 {
		return number
	}
	return number + "（" + p.Listed[0].Unit + "）"
}

// leastTalk is how long a talk has to be to prove anything: in less nobody said a report, or took it.
const leastTalk = 5 * time.Second

// ShortTalk is how it begins what is said of a call whose talk was too short to prove anything.
const ShortTalk = "通话仅 "

// TalkTooShort says how short the talk of a call was, where that proves nothing; empty: it was long enough, or is not over.
func TalkTooShort(c Call) string {
	talk := c.EndedAt.Sub(c.AnsweredAt)
	if c.AnsweredAt.IsZero() || c.EndedAt.IsZero() || talk >= leastTalk {
		return ""
	}
	return ShortTalk + strconv.FormatFloat(max(talk.Seconds(), 0), 'f', 1, 64) + " 秒"
}

// withWhom judges whether the call that a fact names was with whom it has to be, and long enough. Where directory and
// roster do not say so, the officer is told, and may insist with a reason; both stay with the fact.
func (f *IncidentFact) withWhom(fits bool, c Call, with, whom string) error {
	reason, err := CleanNote("call_reason", f.Body.CallReason)
	f.Body.CallWith, f.Body.CallReason = "", ""
	short := TalkTooShort(c)
	switch {
	case f.Body.CallID == "" || fits && short == "":
		return nil
	case err != nil:
		return err
	case reason == "" && !fits:
		return refuse(CallMismatch, "The number of this call, %s, is not known as that of %s: choose the call with them, or say why this one proves it.", with, whom)
	case reason == "":
		return refuse(CallMismatch, "The talk of this call was over at once (%s): choose the call in which it was said, or say why this one proves it.", short)
	case saysNothing(reason):
		return &InvalidError{Field: "call_reason", Reason: "says nothing: it is kept for ever why this call proves it though its number is not theirs, or it was over at once; say it in a word of two characters or five letters at least"}
	case fits:
		with = short
	case short != "":
		with += "，" + short
	}
	f.Body.CallWith, f.Body.CallReason = with, reason
	return nil
}

// The least a reason has: a word of Chinese, or a short one of letters.
const (
	leastHan     = 2
	leastLetters = 5
)

// saysNothing reports whether what is given as a reason gives none: a word for nothing, or hardly a word at all.
func saysNothing(reason string) bool {
	han, letters := 0, 0
	for _, r := range reason {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return han < leastHan && letters < leastLetters || slices.Contains(noReasons, strings.Trim(strings.ToLower(reason), " 　。.，,、-—"))
}

// saidBy judges the call in which somebody is said to have approved a report.
func (f *IncidentFact) saidBy(whose Actor, b IncidentBooks) error {
	c := b.Calls[f.Body.CallID]
	fits := slices.ContainsFunc(b.Numbers[whose.Login], func(n telephony.Number) bool { return n.Same(c.Other()) })
	return f.withWhom(fits, c, b.Parties[f.Body.CallID].name(c), whose.Name)
}

// takenBy judges the call by which a report is said to have gone to a recipient.
func (f *IncidentFact) takenBy(recipient string, b IncidentBooks) error {
	c, to := b.Calls[f.Body.CallID], b.Parties[f.Body.CallID]
	w, _ := wordOf(Recipients(), recipient)
	return f.withWhom(to.isOf(recipient), c, to.name(c), w.Words)
}
