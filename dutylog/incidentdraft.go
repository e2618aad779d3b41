package dutylog

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// Spoken is an entry with its moments as a report says them in the site's time, for what is made of it for an
// incident: a field has them for machines.
func Spoken(e Entry, zone *time.Location) Entry {
	at, err := time.Parse(time.RFC3339, e.Values[HappenedAt])
	if err != nil {
		return e
	}
	e.Values = maps.Clone(e.Values)
	at = at.In(zone)
	e.Values[HappenedAt] = fmt.Sprintf("%d月%d日%d时%02d分", at.Month(), at.Day(), at.Hour(), at.Minute())
	return e
}

// ElementsOf is what an entry says of the elements of a report.
func ElementsOf(e Entry) map[Element]string {
	said := map[Element]string{}
	for element, f := range elementFields {
		if v := strings.TrimSpace(e.Values[f]); v != "" {
			said[element] = v
		}
	}
	return said
}

// Difference is an element of which what is known, and entries about the same event, do not say the same.
type Difference struct {
	Element Element
	Known   string       // of the incident; empty: nothing is
	Values  []EntryValue // of those entries that say something of it, in their order
}

// EntryValue is what an entry says of an element.
type EntryValue struct{ EntryID, Value string }

// Differences compares what entries say with each other and with what is known, in the order of the regulation. What
// all say alike is none, and so is what only one says of that of which nothing is known.
func Differences(known map[Element]string, entries []Entry) []Difference {
	all := []Difference{}
	for _, element := range allElements {
		d := Difference{Element: element, Values: sayOf(entries, element)}
		if k := known[element]; !blank(k) && k != RemarksErased {
			d.Known = k
		}
		said := map[string]bool{}
		for _, v := range d.Values {
			said[sameWords(shortenTo(v.Value, middleText))] = true
		}
		if d.Known != "" && len(d.Values) > 0 {
			said[sameWords(d.Known)] = true
		}
		if len(said) > 1 {
			all = append(all, d)
		}
	}
	return all
}

// sayOf is what entries say of an element, in their order.
func sayOf(entries []Entry, element Element) (all []EntryValue) {
	for _, e := range entries {
		if v := ElementsOf(e)[element]; v != "" {
			all = append(all, EntryValue{e.ID, v})
		}
	}
	return all
}

// sameWords is a text without what makes no difference: blanks.
func sameWords(text string) string { return strings.Join(strings.Fields(text), "") }

// Draft is what a report begins with: its newest version, else what is known now.
func (i Incident) Draft(r Report) map[Element]string {
	if r.Version > 0 {
		return maps.Clone(r.Elements)
	}
	return maps.Clone(i.Elements)
}

// DraftText is the text with which a report begins: that of its newest version, else that of the report that was sent
// last, from which whoever writes goes on.
func (i Incident) DraftText(r Report) string {
	if r.Version > 0 {
		return r.Text
	}
	if last := i.LastSent(r); last != nil {
		return last.Text
	}
	return ""
}

// Drawn is an element that a draft has from an entry, because nobody has said it of the incident.
type Drawn struct {
	Element Element
	EntryID string
	Differs bool // other entries say otherwise: a person decides
}

// DraftFrom is what a report begins with, with what nobody has set taken from the linked entries as they stand: of
// several, what the earliest says. Drawn are those elements.
func (i Incident) DraftFrom(r Report, entries []Entry) (draft map[Element]string, drawn []Drawn) {
	draft = i.Draft(r)
	if r.Version > 0 {
		return draft, nil
	}
	for _, element := range allElements {
		said := sayOf(entries, element)
		if _, set := i.Elements[element]; set || len(said) == 0 { // what a person took out is set, too
			continue
		}
		d := Drawn{Element: element, EntryID: said[0].EntryID}
		for _, v := range said {
			d.Differs = d.Differs || sameWords(v.Value) != sameWords(said[0].Value)
		}
		draft[element], drawn = shortenTo(said[0].Value, middleText), append(drawn, d)
	}
	return draft, drawn
}

// ChangedIn are the elements that a draft of a report says otherwise than the one that was sent last before it;
// of the first one, none.
func (i Incident) ChangedIn(r Report, draft map[Element]string) []Element {
	last := i.LastSent(r)
	if last == nil {
		return []Element{}
	}
	return ChangedElements(last.Elements, draft)
}
