package dutylog

import (
	"slices"
	"time"

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
