package dutylog

import (
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// Known is what directory, roster and handovers know when an entry is opened.
type Known struct {
	Contacts []Contact // rows with the other side's number
	OnDuty   OnDuty    // when the call, or what is written, came
	// Responsible is who had taken over last by then (display name); empty when nobody ever did.
	Responsible string
}

// rostered is the officer by the roster.
func (k Known) rostered() string { return PersonName(k.OnDuty[PostOfficer].Name) }

// responsible is the officer by the last confirmed handover; before the first one, by the roster.
func (k Known) responsible() string {
	if k.Responsible != "" {
		return k.Responsible
	}
	return k.rostered()
}

// EntryIDFor is the id of the entry that a call opens.
func EntryIDFor(callID string) string { return "e-" + callID }

// OtherSide is the number at the far end: the caller, or whom the officer called.
func OtherSide(c telephony.Call) telephony.Number {
	if c.Direction == telephony.Outbound {
		return c.Called
	}
	return c.Caller
}

// OurSide is the number at our end: the duty number that was called, or from which the officer called.
func OurSide(c telephony.Call) telephony.Number {
	if c.Direction == telephony.Outbound {
		return c.Caller
	}
	return c.Called
}

// OpensEntry reports whether a call belongs into the log as an entry. Test calls and our
// own alert calls do not.
func OpensEntry(c telephony.Call) bool {
	return !slices.Contains(c.Tags, telephony.TagTest) && !slices.Contains(c.Tags, telephony.TagSystem)
}

// OpenEntry is the entry that a call opens, filled in as far as directory and roster know.
func OpenEntry(c telephony.Call, k Known, now time.Time) Entry {
	phase := PhaseOf(c)
	e := Entry{
		ID: EntryIDFor(c.ID), CallID: c.ID, Line: c.Line, Phase: phase, Kind: phase.rule().preset, State: Open, Revision: 1,
		CallAt: c.OfferedAt, OpenedAt: now, BySystem: true, Rostered: k.rostered(), Responsible: k.responsible(),
	}
	e.know(OtherSide(c), k.Contacts)
	return e
}

// Follow brings an entry up to what its call became, and reports whether that is a new
// revision; the phase follows without one. Contacts are the directory's rows for the call's
// number; they count only when the number is another than before. What a person wrote is
// never touched: then only the call's own facts follow, and the kind, unless a person chose it.
func (e Entry) Follow(c telephony.Call, contacts []Contact) (Entry, bool) {
	next := e.clone()
	if !c.OfferedAt.IsZero() {
		next.CallAt = c.OfferedAt
	}
	if n := OtherSide(c); n != e.Number {
		next.know(n, contacts)
	}
	if phase := PhaseOf(c); phase != e.Phase {
		next.enter(phase)
	}
	if next.same(e) {
		e.Phase = next.Phase
		return e, false
	}
	if e.State == Complete {
		next.Correction = "" // nobody corrects anything
	}
	next.Revision++
	next.BySystem = true
	return next, true
}

// enter takes the entry into the next phase of its call. Its kind follows as long as it is
// the system's own. An entry in which somebody wrote is not taken for missed only because
// the switch was not seen. What was completed before, and now lacks something, is open again.
func (e *Entry) enter(p Phase) {
	before := e.Phase.rule()
	e.Phase = p
	ours := !e.KindChosen && e.Kind == before.preset
	if ours && (p != Unclear || e.untouched()) {
		e.Kind = p.rule().preset
	}
	e.reopen()
}

// untouched reports that only the system wrote this entry so far.
func (e Entry) untouched() bool { return e.WrittenBy == "" }

// know takes over a number and what the directory says of it. Exactly one row fills the
// form; several are offered, never silently chosen.
func (e *Entry) know(n telephony.Number, contacts []Contact) {
	e.Number, e.Candidates = n, candidates(contacts)
	if !e.untouched() {
		return
	}
	e.Values = map[Field]string{}
	if e.Kind == KindOutgoing && ServiceCode(n) {
		e.prefill(CalledWhom, ServiceCodeWords)
		e.prefill(CalledWhy, "拨打"+ServiceCodeWords+" "+n.Raw)
		return
	}
	if !n.Withheld() {
		e.prefill(ContactNumber, n.Raw)
	}
	if len(e.Candidates) != 1 {
		return
	}
	only := e.Candidates[0]
	if e.Kind == KindOutgoing {
		e.prefill(CalledWhom, strings.Join(strings.Fields(only.Unit+" "+only.Person+" "+only.Title), " "))
		return
	}
	e.prefill(CallerUnit, only.Unit)
	e.prefill(CallerPerson, only.Person)
	e.prefill(CallerTitle, only.Title)
}

// ServiceCodeWords stand in place of whom an outgoing call reached that was a service code.
const ServiceCodeWords = "业务代码"

// ServiceCode reports whether what was dialled is a code of exchange or switch, such as *57*…# or #57#: it
// reaches nobody, so nobody is asked whom it reached. No telephone number has * or # in it.
func ServiceCode(dialled telephony.Number) bool {
	raw := strings.NewReplacer("＊", "*", "＃", "#", "%23", "#", "%2A", "*", "%2a", "*").Replace(NarrowText(dialled.Raw))
	return strings.ContainsAny(raw, "*#") && strings.Trim(raw, "0123456789*#,pwPW+ -") == ""
}

func (e *Entry) prefill(f Field, value string) {
	rule, _ := ruleOf(f)
	if value, err := cleanField(string(f), value, rule.limit); err == nil && !blank(value) {
		e.Values[f] = value
	}
}

func candidates(contacts []Contact) []Candidate {
	all := make([]Candidate, 0, len(contacts))
	for _, c := range contacts {
		all = append(all, Candidate{ContactID: c.ID, Unit: c.Unit, Person: c.Person, Title: c.Title,
			Number: c.Match.Number.Raw, Superior: c.Superior, Reason: c.Match.Reason, Taken: c.Match.Taken})
	}
	return all
}
