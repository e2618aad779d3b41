package dutylog

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// IncidentErasure is what goes from the facts of incidents when something of an entry is erased of which
// they tell: what was copied from the entry, and what people wrote of it into reports and instructions.
type IncidentErasure struct {
	Words  []string             // that go wherever they stand in a text, the longest first
	Values map[Element][]string // what the entry ever said of an element that is erased
	Told   map[string][]string  // by call: the texts of the handling step that it was
}

// leastNamed is how many characters a name must have to be looked for in what was written of an incident:
// where the whole incident is about the entry, a short name stands for nobody else. Other words need
// leastRemarked, for what was typed of them so far was kept at each pause.
const leastNamed = 2

// named are the fields of which also a short value is taken out of every text.
var named = []Field{CallerUnit, CallerPerson, CalledWhom, ContactNumber, Place}

// ErasureOfIncidents is what an order takes from the incidents of an entry. REVISIONS are all of the entry's,
// oldest first; names are those of the other party, where everything goes.
func ErasureOfIncidents(o ErasureOrder, revisions []Entry, names []string) IncidentErasure {
	x := IncidentErasure{Values: map[Element][]string{}, Told: map[string][]string{}}
	takes := Erasure{Fields: o.Fields}
	words := map[string]bool{}
	for n, e := range revisions {
		for _, w := range e.Words(o) {
			words[w] = utf8.RuneCountInString(w) >= leastRemarked
		}
		for element, f := range elementFields {
			if v := strings.TrimSpace(e.Values[f]); v != "" && takes.takes(f) && !slices.Contains(x.Values[element], v) {
				x.Values[element] = append(x.Values[element], v)
			}
		}
		if n == len(revisions)-1 {
			names = append(slices.Clone(names), e.namesTaken(takes)...)
		}
		for _, s := range e.Steps {
			if s.CallID != "" && takes.takes(StepTexts) {
				x.Told[s.CallID] = append(x.Told[s.CallID], s.Whom, s.Text)
			}
		}
	}
	for _, w := range names {
		words[w] = words[w] || utf8.RuneCountInString(w) >= leastNamed
	}
	maps.DeleteFunc(words, func(_ string, goes bool) bool { return !goes })
	x.Words = slices.Sorted(maps.Keys(words))
	slices.SortStableFunc(x.Words, func(a, b string) int { return len(b) - len(a) })
	return x
}

// namesTaken are the names that an erasure takes from the entry as it stands.
func (e Entry) namesTaken(x Erasure) (names []string) {
	for _, f := range named {
		if v := e.Values[f]; v != "" && x.takes(f) {
			names = append(names, v)
		}
	}
	return names
}

// Of is what is left of what a fact says, one word or value after the other, the last of them without any;
// none: it says nothing of that. In place of what went stands RemarksErased.
func (x IncidentErasure) Of(f IncidentFact) (left []FactBody) {
	b := f.Body
	keep := func(next FactBody, changed bool) {
		if changed {
			b = next
			left = append(left, b)
		}
	}
	for element, v := range b.Elements {
		if slices.ContainsFunc(x.Values[element], func(w string) bool { return saysJust(v, w) }) {
			keep(b.changed(func(text string) string { return RemarksErased }, func(e Element) bool { return e == element }, false))
		}
	}
	for _, told := range x.Told[b.CallID] {
		keep(b.changed(func(text string) string {
			if utf8.RuneCountInString(text) >= leastNamed && strings.Contains(told, text) {
				return RemarksErased
			}
			return text
		}, func(Element) bool { return false }, true))
	}
	for _, w := range x.Words {
		keep(b.changed(func(text string) string { return strings.ReplaceAll(text, w, RemarksErased) }, func(Element) bool { return true }, true))
	}
	return left
}

// saysJust reports whether a value is what an entry said, as a whole or shortened.
func saysJust(value, said string) bool {
	begin, short := strings.CutSuffix(value, "…")
	return value == said || short && strings.HasPrefix(said, begin)
}

// changed is what a fact says with its texts changed: those of some elements, and its own.
func (b FactBody) changed(how func(string) string, of func(Element) bool, own bool) (FactBody, bool) {
	differs := false
	change := func(text *string) {
		if after := how(*text); *text != "" && after != *text {
			*text, differs = after, true
		}
	}
	b.Elements = maps.Clone(b.Elements)
	for e, v := range b.Elements {
		if of(e) {
			change(&v)
			b.Elements[e] = v
		}
	}
	if own {
		for _, text := range []*string{&b.Reason, &b.Text, &b.Receiver, &b.Evidence, &b.Whom, &b.Phone, &b.CallWith, &b.CallReason} {
			change(text)
		}
	}
	return b, differs
}

// EraseIncidents is what is left of a sheet that shows incidents of whose facts something is erased: their
// titles, and the beginnings of their instructions, as far as they tell it. False: it shows nothing of that.
func (s Sheet) EraseIncidents(x IncidentErasure, incidents []int64) (left Sheet, changed bool) {
	left = s.Whole()
	take := func(text *string) {
		tells := slices.ContainsFunc(x.Words, func(w string) bool { return strings.Contains(*text, w) }) || strings.HasSuffix(*text, "…")
		for _, values := range x.Values {
			tells = tells || slices.ContainsFunc(values, func(v string) bool { return utf8.RuneCountInString(v) >= leastNamed && strings.Contains(*text, v) })
		}
		if tells && *text != RemarksErased {
			*text, changed = RemarksErased, true
		}
	}
	for n := range left.Incidents {
		i := &left.Incidents[n]
		if !slices.Contains(incidents, i.ID) {
			continue
		}
		take(&i.Title)
		for k := range i.Instructions {
			take(&i.Instructions[k].Whom)
			take(&i.Instructions[k].Text)
		}
	}
	return left, changed
}
