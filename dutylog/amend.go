package dutylog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// ReadBackDone is the only value of read_back; anything else is a gap or nothing.
const ReadBackDone = "done"

// Missing lists the required values that have neither a value nor a gap.
func (e Entry) Missing() []Field {
	missing := []Field{}
	for _, f := range Required(e.Kind) {
		if _, gap := e.Gaps[f]; !gap && blank(e.Values[f]) && !e.erased(f) {
			missing = append(missing, f)
		}
	}
	if e.Late != nil && blank(e.Values[LateReason]) && !e.erased(LateReason) {
		missing = append(missing, LateReason)
	}
	if e.lacksScan() {
		missing = append(missing, PaperScan)
	}
	return missing
}

// Amend applies what a person asks for and gives the next revision; the entry itself is not
// changed. A patch that changes nothing gives the entry as it is. Everything or nothing of a
// patch is taken. Errors are *StaleError, *InvalidError or *IncompleteError.
//
// A complete entry is amended by a correction, which carries a reason: every revision is kept. It
// stays complete as long as nothing required is missing and its kind fits the call, else it is
// open again.
func (e Entry) Amend(p EntryPatch, by Actor, now time.Time) (Entry, error) {
	if p.Revision != e.Revision {
		return Entry{}, &StaleError{Current: e}
	}
	next := e.clone()
	if err := next.setKind(p.Kind); err != nil {
		return Entry{}, err
	}
	if err := next.setValues(p.Values, now); err != nil {
		return Entry{}, err
	}
	if err := next.cameAt(p.Late); err != nil {
		return Entry{}, err
	}
	if err := next.setGaps(p.Gaps, p.Values); err != nil {
		return Entry{}, err
	}
	if err := next.checkReadBack(p.Values); err != nil {
		return Entry{}, err
	}
	next.noteReadBack(e, p.Values, by, now)
	if err := next.settle(p.State, now); err != nil {
		return Entry{}, err
	}
	if next.same(e) {
		return e, nil
	}
	if err := next.correct(e, p.Reason, now); err != nil {
		return Entry{}, err
	}
	next.Revision++
	next.WrittenBy, next.BySystem = by.Login, false
	return next, nil
}

// correct keeps why something is changed that was complete before.
func (e *Entry) correct(before Entry, reason string, now time.Time) error {
	reason, err := CleanNote("reason", reason)
	switch {
	case err != nil:
		return err
	case before.State != Complete && reason != "":
		return &InvalidError{Field: "reason", Reason: "the entry is open: it is changed without a reason, leave it out"}
	case before.State != Complete:
		return nil // what is corrected keeps its reason until it is complete again
	case reason == "":
		return &InvalidError{Field: "reason", Reason: "the entry is complete: say in a few words why it is corrected; that is kept with what changes"}
	}
	e.Correction = reason
	if e.State == Open {
		e.ReopenedAt = now
	}
	return nil
}

// setKind takes the kind that a person chooses. Going back to what the entry would be anyway,
// as after a wrong key, gives the kind back to the call.
func (e *Entry) setKind(k *Kind) error {
	if k == nil {
		return nil
	}
	if !k.Valid() {
		return &InvalidError{Field: "kind", Reason: fmt.Sprintf("%q is no kind of entry", *k)}
	}
	if *k == e.Kind {
		return nil
	}
	switch {
	case *k == KindStep:
		return &InvalidError{Field: "kind", Reason: "a call becomes a step where the entry that it serves is told so: POST /entries/{id}/steps with its call_id"}
	case e.Kind == KindStep:
		return &InvalidError{Field: "kind", Reason: "the call is a step of entry " + e.StepOf + ": strike the step out there first"}
	}
	if err := e.Phase.fit(*k); err != nil {
		return err
	}
	e.Kind, e.KindChosen = *k, *k != e.Phase.rule().preset
	return nil
}

// setValues goes through the fields in a fixed order, so that the first error is always the same.
func (e *Entry) setValues(values map[Field]string, now time.Time) error {
	for _, f := range slices.Sorted(maps.Keys(values)) {
		rule, ok := ruleOf(f)
		if !ok {
			return unknownField(string(f))
		}
		value, err := cleanField(string(f), values[f], rule.limit)
		if err != nil {
			return err
		}
		if ofLate(f) && e.Late == nil && value != "" {
			return &InvalidError{Field: string(f), Reason: "belongs to a late entry, and this one was written when it came: leave it out"}
		}
		if value, err = checkWord(f, value, now); err != nil {
			return err
		}
		if value == "" {
			delete(e.Values, f)
			continue
		}
		e.Values[f] = value
		if !blank(value) {
			delete(e.Gaps, f) // a value ends its gap
		}
	}
	return nil
}

// checkWord refuses other words in a field that has a closed set of them, and gives a moment in the
// one spelling in which it is kept.
func checkWord(f Field, value string, now time.Time) (string, error) {
	words := Words(f)
	switch {
	case value == "":
	case f == ReadBack && value != ReadBackDone:
		return "", &InvalidError{Field: string(f), Reason: `is "done" or ""; when it was not possible, give a gap with the reason`}
	case words != nil && !slices.Contains(words, value):
		return "", &InvalidError{Field: string(f), Reason: fmt.Sprintf(`%.40q is no %s: choose %s, or "" for none`, value, f, orList(words))}
	case IsTime(f):
		return checkMoment(f, value, now)
	case f == PaperSheet:
		return cleanSheet(value)
	}
	return value, nil
}

// setGaps sets and clears gaps. A gap stands in place of a value and clears it.
func (e *Entry) setGaps(gaps map[Field]*Gap, values map[Field]string) error {
	for _, f := range slices.Sorted(maps.Keys(gaps)) {
		rule, ok := ruleOf(f)
		if !ok {
			return unknownField("gaps." + string(f))
		}
		gap := gaps[f]
		if gap == nil {
			delete(e.Gaps, f)
			continue
		}
		if ofLate(f) && e.Late == nil {
			return &InvalidError{Field: "gaps." + string(f), Reason: "belongs to a late entry, and this one was written when it came: leave it out"}
		}
		if !blank(values[f]) {
			return &InvalidError{Field: "gaps." + string(f), Reason: "a value and a gap at once: send one of them"}
		}
		reason, err := rule.checkGap(*gap)
		if err != nil {
			return err
		}
		e.Gaps[f] = Gap{Why: gap.Why, Reason: reason}
		delete(e.Values, f)
	}
	return nil
}

func (r fieldRule) checkGap(g Gap) (reason string, err error) {
	name := "gaps." + string(r.field)
	if len(r.gaps) == 0 {
		return "", &InvalidError{Field: name, Reason: "this field has no gap: give its value"}
	}
	if !slices.Contains(r.gaps, g.Why) {
		words := make([]string, len(r.gaps))
		for i, w := range r.gaps {
			words[i] = string(w)
		}
		return "", &InvalidError{Field: name + ".why", Reason: fmt.Sprintf("%q is not allowed here; allowed: %s", g.Why, strings.Join(words, ", "))}
	}
	reason, err = cleanField(name+".reason", g.Reason, shortText)
	if err == nil && blank(reason) {
		err = &InvalidError{Field: name + ".reason", Reason: "say in a few words why there is no value"}
	}
	return reason, err
}

// What is read back to the caller.
var readBackFields = []Field{Content, CallerUnit, CallerPerson, CallerTitle, ContactNumber}

// checkReadBack refuses a read-back to nobody.
func (e *Entry) checkReadBack(values map[Field]string) error {
	if rule := e.Phase.rule(); e.saysReadBack(values) && !rule.talked {
		return &InvalidError{Field: string(ReadBack), Reason: "nothing can have been read back in " + rule.words + ": " + rule.instead}
	}
	return nil
}

// saysReadBack reports whether the patch with these values says that it was read back.
func (e *Entry) saysReadBack(values map[Field]string) bool {
	_, said := values[ReadBack]
	return said && e.Values[ReadBack] == ReadBackDone
}

// noteReadBack keeps who read back and when: the first who said so of what stands. When that
// is changed later the read-back is in doubt, until it is said again.
func (e *Entry) noteReadBack(before Entry, values map[Field]string, by Actor, now time.Time) {
	changed := before.ChangedAfterReadBack || slices.ContainsFunc(readBackFields, func(f Field) bool {
		return e.Values[f] != before.Values[f] || e.Gaps[f] != before.Gaps[f]
	})
	switch {
	case e.Values[ReadBack] != ReadBackDone:
		e.ReadBackBy, e.ReadBackAt, e.ChangedAfterReadBack = "", time.Time{}, false
	case before.Values[ReadBack] != ReadBackDone, changed && e.saysReadBack(values):
		e.ReadBackBy, e.ReadBackAt, e.ChangedAfterReadBack = by.Login, now, false
	default:
		e.ChangedAfterReadBack = changed
	}
}

// settle decides open or complete, after everything else of the patch was taken.
func (e *Entry) settle(want *EntryState, now time.Time) error {
	missing, early := e.Missing(), e.unfit()
	switch {
	case want != nil && *want != Open && *want != Complete:
		return &InvalidError{Field: "state", Reason: fmt.Sprintf("%q is neither open nor complete", *want)}
	case want != nil && *want == Complete && early != nil:
		return early
	case want != nil && *want == Complete && len(missing) > 0:
		return &IncompleteError{EntryID: e.ID, Missing: missing}
	case want != nil:
		e.setState(*want, now)
	default:
		e.reopen()
	}
	return nil
}

// unfit says why an entry of this kind cannot be complete as its call stands, whatever was
// filled in: the kind does not fit, or the call decides first what the kind asks for.
func (e Entry) unfit() error {
	rule := e.Phase.rule()
	if err := e.Phase.fit(e.Kind); err != nil {
		return &InvalidError{Field: "state", Reason: "the entry cannot be completed: its kind " + err.Reason}
	}
	if slices.Contains(rule.undecided, e.Kind) {
		return &InvalidError{Field: "state", Reason: fmt.Sprintf(
			"a %s entry of %s cannot be completed: complete it after the answer or the end, or choose wrong_number or nuisance", e.Kind, rule.words)}
	}
	return nil
}

// reopen opens a complete entry that is not complete any more.
func (e *Entry) reopen() {
	if e.State == Complete && (len(e.Missing()) > 0 || e.unfit() != nil) {
		e.setState(Open, time.Time{})
	}
}

func (e *Entry) setState(s EntryState, now time.Time) {
	if s == e.State {
		return
	}
	e.State, e.CompletedAt = s, time.Time{}
	if s == Complete {
		e.CompletedAt = now
	}
}

// clone copies what the next revision may change; maps are never nil afterwards.
func (e Entry) clone() Entry {
	values, gaps := make(map[Field]string, len(e.Values)), make(map[Field]Gap, len(e.Gaps))
	maps.Copy(values, e.Values)
	maps.Copy(gaps, e.Gaps)
	e.Values, e.Gaps = values, gaps
	e.Candidates, e.Steps, e.Attached = slices.Clone(e.Candidates), slices.Clone(e.Steps), slices.Clone(e.Attached)
	return e
}

// same compares what a revision can change, not its number nor its author.
func (e Entry) same(o Entry) bool {
	return e.Kind == o.Kind && e.State == o.State && e.ChangedAfterReadBack == o.ChangedAfterReadBack && e.Number == o.Number && e.CallAt.Equal(o.CallAt) &&
		maps.Equal(e.Values, o.Values) && maps.Equal(e.Gaps, o.Gaps) && slices.Equal(e.Candidates, o.Candidates)
}

func unknownField(name string) error {
	return &InvalidError{Field: name, Reason: "is no field that can be changed; see GET /api/v1/entry-kinds for the fields"}
}
