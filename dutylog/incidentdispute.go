package dutylog

import (
	"slices"
	"strings"
	"time"
)

// Dispute 说法不一 is that a linked entry says of the casualties, the place or the time otherwise than is known, and that
// nobody has decided yet which is so. Whoever sits elsewhere would not see it, so it is told.
type Dispute struct {
	Element Element
	EntryID string
	Entry   string // how people call the entry, for instance 2026-015
	Value   string // what it says
	Known   string // what was known when it said so; empty: nothing was
	Worse   bool   // more casualties than that: this has to be reported at once, adopted or not
	Fact    int    // that says so
	At      time.Time
}

// disputed are the elements of which callers must not differ without anybody knowing (Art. 18): a cause or a measure is
// told in many words by many callers, and a person reads them side by side.
var disputed = []Element{ElementTime, ElementPlace, ElementCasualties}

// nearlyFull is how many facts leave the rest of an incident to people.
const nearlyFull = mostFacts - 200

// Disagreement is what an entry says otherwise than is known, and has not said so before; where it says so no longer,
// that. False: there is nothing of that to write down. What is not known is no disagreement, for each draft takes it
// from the entries; once something was reported, casualties are.
func (i Incident) Disagreement(e Entry) (FactDraft, bool) {
	b := FactBody{Entry: e.ID, From: e.EntryNumber.String(), Elements: map[Element]string{}}
	if i.State != IncidentOpen || !i.Has(e.ID) || len(i.Facts) >= nearlyFull {
		return FactDraft{}, false
	}
	out := slices.ContainsFunc(i.Reports, Report.isOut)
	said := ElementsOf(e)
	for _, element := range disputed {
		now, before, known := shortenTo(said[element], middleText), i.saidOf(e.ID, element), i.Elements[element]
		worse := element == ElementCasualties && WorseCasualties(known, now)
		other := !blank(now) && (!blank(known) && known != RemarksErased && !amongWords(known, now) || worse && out)
		switch {
		case other && sameWords(now) != sameWords(before):
			b.Elements[element] = now
			b.Essential = b.Essential || worse
		case !other && before != "":
			b.Elements[element] = ""
		}
	}
	return FactDraft{Kind: FactDiffers, Body: b}, len(b.Elements) > 0
}

// saidOf is what an entry last said of an element otherwise than was known; empty: nothing, or no longer.
func (i Incident) saidOf(entry string, element Element) (said string) {
	for _, f := range i.Facts {
		if v, of := f.Body.Elements[element]; of && f.Kind == FactDiffers && f.Body.Entry == entry {
			said = v
		}
	}
	return said
}

// amongWords reports whether a text, or one of its parts, is the other one: what two records say may stand side by side.
func amongWords(text, other string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("；：;", r) })
	return slices.ContainsFunc(append(parts, text), func(p string) bool { return sameWords(p) == sameWords(other) })
}

// differs is asked for by nobody but the log itself, when an entry is linked or changed.
func (i Incident) differs(_ *IncidentFact, _ IncidentBooks, _ time.Time) error { return nil }

// setDisputes follows what entries said otherwise until somebody decided: whoever says anew what is known of an element
// has decided about all that was said of it. What said of the casualties that they are worse stands, and has to be
// reported, until somebody decided otherwise or the entry says so no longer.
func (i *Incident) setDisputes() {
	known := knowledge{}
	i.worse = map[int]bool{}
	end := func(gone func(Dispute) bool, adopted string) {
		i.Disputes = slices.DeleteFunc(i.Disputes, func(d Dispute) bool {
			if gone(d) && d.Worse {
				i.worse[d.Fact] = !blank(adopted) && amongWords(adopted, d.Value)
			}
			return gone(d)
		})
	}
	for _, f := range i.Facts {
		if f.Struck != nil {
			continue
		}
		before := i.knownNow(known)
		_, news := known.take(f)
		for _, element := range disputed {
			v, said := f.Body.Elements[element]
			_, new := news[element]
			switch {
			case f.Kind == FactDiffers && said:
				end(func(d Dispute) bool { return d.EntryID == f.Body.Entry && d.Element == element }, "")
				i.dispute(f, element, before[element])
			case new || said && f.Kind == FactElements:
				end(func(d Dispute) bool { return d.Element == element }, v)
			}
		}
	}
	end(func(d Dispute) bool { return !i.Has(d.EntryID) }, "")
}

func (k knowledge) of(e Element) string {
	if x := k[e]; x != nil {
		return x.now
	}
	return ""
}

// knownNow is what is known of the elements about which entries may differ.
func (i *Incident) knownNow(k knowledge) map[Element]string {
	now := map[Element]string{}
	for _, e := range disputed {
		now[e] = k.of(e)
	}
	return now
}

// dispute begins one, as a fact says it. That it was worse was judged when it was written: an erased text says it no more.
func (i *Incident) dispute(f IncidentFact, element Element, known string) {
	v := f.Body.Elements[element]
	if blank(v) {
		return
	}
	worse := element == ElementCasualties && f.Body.Essential
	i.worse[f.Seq] = i.worse[f.Seq] || worse
	i.Disputes = append(i.Disputes, Dispute{element, f.Body.Entry, f.Body.From, v, known, worse, f.Seq, f.At})
}

// inDispute reports whether nobody has decided yet what is so.
func (i Incident) inDispute(e Element) bool {
	return slices.ContainsFunc(i.Disputes, func(d Dispute) bool { return d.Element == e })
}

// DisputeSettles is how long an entry says the same before anybody is told that it says otherwise than is known: an entry
// is kept at each pause of the typing, and half a word is no news. What is worse is due from the moment it was said.
const DisputeSettles = time.Minute

// Told are the facts by which somebody is told of disputes, and those: of more casualties every one, of the rest the
// oldest of its element, for ten callers tell one place in ten ways.
func (i Incident) Told() (told [][]Dispute) {
	seen := map[Element]bool{}
	for _, d := range i.Disputes {
		if i.State != IncidentOpen || !d.Worse && seen[d.Element] {
			continue
		}
		seen[d.Element] = seen[d.Element] || !d.Worse
		if last := len(told) - 1; last >= 0 && told[last][0].Fact == d.Fact {
			told[last] = append(told[last], d)
		} else {
			told = append(told, []Dispute{d})
		}
	}
	return told
}

// Words say it in a line, for instance 接报 2026-015 称伤亡“1人死亡”，现采用“无”.
func (d Dispute) Words() string {
	w, _ := wordOf(Elements(), string(d.Element))
	known := "，尚未采用"
	if !blank(d.Known) {
		known = "，现采用“" + shortened(d.Known, matterText) + "”"
	}
	return "接报 " + d.Entry + " 称" + w.Short + "“" + shortened(d.Value, matterText) + "”" + known
}
