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

// Difference is an element of which entries about the same event do not say the same.
type Difference struct {
	Element Element
	Values  []EntryValue // of those entries that say something of it, in their order
}

// EntryValue is what an entry says of an element.
type EntryValue struct{ EntryID, Value string }

// Differences compares what entries say, in the order of the regulation. What only one of them says, or
// all say alike, is none.
func Differences(entries []Entry) []Difference {
	all := []Difference{}
	for _, element := range allElements {
		d, differs := Difference{Element: element}, false
		for _, e := range entries {
			v := ElementsOf(e)[element]
			if v == "" {
				continue
			}
			differs = differs || len(d.Values) > 0 && sameWords(d.Values[0].Value) != sameWords(v)
			d.Values = append(d.Values, EntryValue{e.ID, v})
		}
		if differs {
			all = append(all, d)
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

// ChangedIn are the elements that a report says otherwise than the one that was sent last before it;
// of the first one, none.
func (i Incident) ChangedIn(r Report) []Element {
	last := i.LastSent(r)
	if last == nil {
		return []Element{}
	}
	return ChangedElements(last.Elements, i.Draft(r))
}
