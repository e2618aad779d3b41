package dutylog

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dutyline/telephony"
)

// What can be erased beside the fields that a person fills in.
const (
	StepTexts      Field = "steps"      // who was told and what was said in all handling steps
	CorrectionText Field = "correction" // why it was corrected
)

// Erasure says what was erased of an entry, by which decision. Who decided and why is kept
// with the decision.
type Erasure struct {
	Decision int64
	At       time.Time
	Fields   []Field // empty: everything that people said or that tells who called
}

// ErasureOrder is what somebody wants erased. Without fields it is everything: what was
// written, who called, and the recording.
type ErasureOrder struct {
	EntryID   string
	Fields    []Field
	Recording bool // the recording as well; always, when no fields are given
	Reason    string
	By        Actor
}

// Whole reports whether nothing is to be left but the fact of the call.
func (o ErasureOrder) Whole() bool { return len(o.Fields) == 0 }

// TakesRecording reports whether the recording goes, too.
func (o ErasureOrder) TakesRecording() bool { return o.Recording || o.Whole() }

// Check gives the order as it is carried out, or says why it is not: an unknown field, no
// reason, nobody who answers for it, a legal hold.
func (o ErasureOrder) Check(e Entry) (ErasureOrder, error) {
	for _, f := range o.Fields {
		if _, ok := ruleOf(f); !ok && f != StepTexts && f != CorrectionText {
			return o, &InvalidError{Field: "field", Reason: string(f) + " is no field of an entry; see GET /api/v1/entry-kinds for the fields"}
		}
	}
	var err error
	if o.Reason, err = CleanReason("reason", o.Reason); err != nil {
		return o, err
	}
	if blank(o.By.Login) {
		return o, &InvalidError{Field: "by", Reason: "name who decided it: it is kept with the decision for ever"}
	}
	if e.Hold != nil {
		return o, &InvalidError{Field: "hold", Reason: "the entry is under a legal hold (" + e.Hold.Reason + "): nothing of it may be erased before it is released"}
	}
	return o, nil
}

// Erase is what is left of the entry, or of one of its old revisions.
func (e Entry) Erase(x Erasure) Entry {
	e = e.clone()
	e.Erased = append(slices.Clone(e.Erased), x)
	if len(x.Fields) == 0 {
		clear(e.Values)
		clear(e.Gaps)
		e.Candidates, e.Number, e.Correction, e.Steps = nil, telephony.Number{}, "", takeSteps(e.Steps)
		return e
	}
	for _, f := range x.Fields {
		switch f {
		case StepTexts:
			e.Steps = takeSteps(e.Steps)
		case CorrectionText:
			e.Correction = ""
		}
		delete(e.Values, f)
		delete(e.Gaps, f)
	}
	return e
}

// takes reports whether an erasure takes one of these fields.
func (x Erasure) takes(fields ...Field) bool {
	return len(x.Fields) == 0 || slices.ContainsFunc(fields, func(f Field) bool { return slices.Contains(x.Fields, f) })
}

// TakesContent reports whether it takes what the call was about, of which a note of the locked screen is a part.
func (x Erasure) TakesContent() bool { return x.takes(Content) }

// ContentErased reports whether that was erased at a moment or later.
func (e Entry) ContentErased(since time.Time) bool {
	return slices.ContainsFunc(e.Erased, func(x Erasure) bool { return x.TakesContent() && !x.At.Before(since) })
}

// ReachesSteps reports whether it takes what a call brings along into another entry's handling steps.
func (x Erasure) ReachesSteps() bool { return x.takes(CalledWhom, CalledWhy) }

// EraseStep is what is left of an entry into which a call was taken as a step, when something of that
// call's own entry is erased: whom and why the step has from there.
func (e Entry) EraseStep(x Erasure, callID string) Entry {
	e = e.clone()
	e.Erased = append(slices.Clone(e.Erased), Erasure{Decision: x.Decision, At: x.At, Fields: []Field{StepTexts}})
	for i, s := range e.Steps {
		if s.CallID != callID {
			continue
		}
		if x.takes(CalledWhom) {
			e.Steps[i].Whom = ""
		}
		if x.takes(CalledWhy) {
			e.Steps[i].Text = ""
		}
	}
	return e
}

// Erase is what is left of a sheet that shows an entry of which something is erased; false when it shows
// nothing of that. told are the alerts of the entry's call whose details go. What the outgoing officer wrote of it is another
// thing, see Remarked.
func (s Sheet) Erase(x Erasure, entryID string, told func(OpenAlert) bool) (left Sheet, changed bool) {
	left = s.Whole()
	take := func(text *string, is bool) {
		if is && *text != "" {
			*text, changed = "", true
		}
	}
	for i := range left.Matters {
		if m := &left.Matters[i]; m.EntryID == entryID {
			take(&m.Who, x.takes(CallerUnit, CallerPerson, CallerTitle, CalledWhom))
			take(&m.What, x.takes(Content, CallBackResult, CheckResult, CalledWhy))
			take(&m.Number, x.takes(ContactNumber)) // or that of the call: what was frozen does not say which
		}
		for n := range left.Matters[i].Steps { // its own, and those of other entries that its call was
			step, own := &left.Matters[i].Steps[n], left.Matters[i].EntryID == entryID && x.takes(StepTexts)
			called := step.CallID != "" && EntryIDFor(step.CallID) == entryID
			take(&step.Whom, own || called && x.takes(CalledWhom))
			take(&step.Text, own || called && x.takes(CalledWhy))
		}
	}
	for i := range left.Alerts {
		take(&left.Alerts[i].Detail, x.takes() && told(left.Alerts[i]))
	}
	return left, changed
}

// RemarksErased stands in the remarks of a sheet where words of an entry stood that were erased.
const RemarksErased = "〔已抹去〕"

// How many characters words must have to be looked for in remarks: where the sheet does not show the
// entry, a name or a unit may stand there for another matter.
const (
	leastRemarked     = 4
	leastRemarkedElse = 8
)

// Remarked are those of the erased words of an entry that stand in the remarks of a sheet, the longest first.
func (s Sheet) Remarked(entryID string, words []string) (found []string) {
	least := leastRemarkedElse
	if slices.ContainsFunc(s.Matters, func(m Matter) bool { return m.EntryID == entryID }) {
		least = leastRemarked
	}
	for _, w := range words {
		if utf8.RuneCountInString(w) >= least && strings.Contains(s.Remarks, w) {
			found = append(found, w)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(b) - len(a) })
	return found
}

// Unremarked is the sheet without these words in its remarks.
func (s Sheet) Unremarked(word string) Sheet {
	s.Remarks = strings.ReplaceAll(s.Remarks, word, RemarksErased)
	return s
}

// erased reports whether the field's value was erased: it is not missing then.
func (e Entry) erased(f Field) bool {
	return slices.ContainsFunc(e.Erased, func(x Erasure) bool { return len(x.Fields) == 0 || slices.Contains(x.Fields, f) })
}

// Words are the texts of an entry that an order erases, each once: what must not be found
// anywhere afterwards.
func (e Entry) Words(o ErasureOrder) (words []string) {
	add := func(s string) {
		if !blank(s) && !slices.Contains(words, s) {
			words = append(words, s)
		}
	}
	for _, f := range Fields() {
		if !o.Whole() && !slices.Contains(o.Fields, f) || f == ReadBack {
			continue
		}
		if !IsTime(f) && (Words(f) == nil || f == Category) { // a moment or a common word would be found everywhere
			add(e.Values[f])
		}
		add(e.Gaps[f].Reason)
	}
	if o.Whole() || slices.Contains(o.Fields, StepTexts) {
		for _, text := range stepTexts(e.Steps) {
			add(text)
		}
	}
	if o.Whole() || slices.Contains(o.Fields, CorrectionText) {
		add(e.Correction)
	}
	return words
}
