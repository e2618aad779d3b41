package dutylog

import (
	"slices"
	"strings"
	"time"
)

// change is something of which the superiors have to know at once, and how a report is known to tell of it.
type change struct {
	at     time.Time
	fact   int                // by which the incident knows
	now    map[Element]string // what is said of it since; none: that the incident goes on
	before map[Element]string // what was said until then
	since  time.Time          // from when on it was owed, where that is later: what the first report left out
}

// toldBy reports whether what was sent after the change tells of it. A text that was drafted before it says what
// was known before, whenever it was sent; what was said by telephone without a text is taken to have told it.
func (c change) toldBy(r Report) bool {
	return !r.gotBy(func(d Delivery) bool {
		if d.At.Before(c.at) {
			return false
		}
		v := slices.IndexFunc(r.Versions, func(f IncidentFact) bool { return f.Body.Version == d.Version })
		return v < 0 || c.toldIn(r.Versions[v])
	}).IsZero()
}

// toldIn reports whether a version says what changed: in the same words, or, written afterwards, otherwise than before.
func (c change) toldIn(version IncidentFact) bool {
	later := version.Seq > c.fact
	for e, now := range c.now {
		said := version.Body.Elements[e]
		same := !blank(now) && now != RemarksErased && (said == now || strings.Contains(version.Body.Text, now))
		if !same && (!later || blank(said) || said == c.before[e] && said != now) {
			return false
		}
	}
	return later || len(c.now) > 0
}

// essential are the changes of which the superiors have to know at once: the casualties, what somebody marked, and
// that an incident of which the final report was sent was opened again. What changed before anything was told goes
// into the first report; from then on it has to be told at once, and does not wait for the written one.
func (i *Incident) essential(said map[int]Report, final time.Time) (all []change) {
	begun := firstSent(said, StageFirst, StageWritten, StageDetailed)
	known := knowledge{}
	for _, f := range i.Facts {
		if f.Struck != nil {
			continue
		}
		switch f.Kind {
		case FactElements, FactWritten:
			before, news := known.take(f)
			_, hurt := news[ElementCasualties]
			hurt = hurt && !nobodyHurt(before[ElementCasualties], news[ElementCasualties]) && !i.toldBefore(f.Seq)
			switch after := !begun.IsZero() && !f.At.Before(begun); {
			case !after:
			case f.Body.Essential:
				all = append(all, change{at: f.At, fact: f.Seq, now: news, before: before})
			case hurt:
				all = append(all, change{at: f.At, fact: f.Seq, now: map[Element]string{ElementCasualties: news[ElementCasualties]}, before: before})
			}
		case FactDiffers:
			worse := map[Element]string{ElementCasualties: f.Body.Elements[ElementCasualties]}
			if !begun.IsZero() && i.worse[f.Seq] && !i.toldBefore(f.Seq) {
				all = append(all, change{at: f.At, fact: f.Seq, now: worse, before: map[Element]string{ElementCasualties: known.of(ElementCasualties)}, since: begun})
			}
		case FactAbsorbed:
			before, news := known.take(f)
			for e := range news {
				if e != ElementCasualties {
					delete(news, e)
				}
			}
			if !final.IsZero() && i.wentOnAfter(final) && f.Body.Start != nil && !f.At.Before(final) {
				all = append(all, change{at: f.At, fact: f.Seq})
			}
			for _, at := range f.Body.Untold {
				all = append(all, change{at: at, fact: f.Seq, now: news, before: before})
			}
			if f.Body.Essential && !begun.IsZero() && !f.At.Before(begun) { // the two had told different things
				all = append(all, change{at: f.At, fact: f.Seq, now: news, before: before})
			}
		case FactReopened:
			if !final.IsZero() && !f.At.Before(final) {
				all = append(all, change{at: f.At, fact: f.Seq})
			}
		}
	}
	return all
}

// nobodyHurt reports whether what is said of the casualties is nothing to tell: that it is not known after all, or, of
// what was not known, that there are none.
func nobodyHurt(before, now string) bool {
	none := slices.ContainsFunc([]string{"无", "没有", "暂无", "未见"}, func(w string) bool { return strings.HasPrefix(strings.TrimSpace(now), w) })
	return blank(now) || none && blank(before) && casualtiesOf(now) == [5]int{} // 无生命体征 is the worst of all
}

// firstSent is when the first report of some stages was sent; zero: none was.
func firstSent(said map[int]Report, stages ...Stage) (at time.Time) {
	for _, s := range stages {
		if sent := said[ReportNumber(s, 1)].SentAt; !sent.IsZero() && (at.IsZero() || sent.Before(at)) {
			at = sent
		}
	}
	return at
}

// toldBefore reports whether an incident that was merged into this one had told the casualties of a fact.
func (i *Incident) toldBefore(fact int) bool {
	return slices.ContainsFunc(i.Absorbed, func(a Absorbed) bool { return slices.Contains(a.Told, fact) })
}

// toldCasualties are what the recipients were told of the casualties: by the text that went out; by telephone before
// there was one, what was known then. What an incident had told that was merged into this one is told, too.
func (i Incident) toldCasualties() map[string]bool {
	told := map[string]bool{}
	for _, r := range i.Reports {
		for _, d := range r.Deliveries {
			said := i.knownOf(ElementCasualties, d.At)
			if d.Version > 0 && d.Version <= len(r.Versions) {
				said = r.Versions[d.Version-1].Body.Elements[ElementCasualties]
			}
			told[sameWords(said)] = !r.gotBy(func(o Delivery) bool { return o.Version == d.Version }).IsZero() || told[sameWords(said)]
		}
	}
	for _, f := range i.Facts {
		told[sameWords(f.Body.Elements[ElementCasualties])] = i.toldBefore(f.Seq) || told[sameWords(f.Body.Elements[ElementCasualties])]
	}
	delete(told, "")
	return told
}

// knownOf is what was known of an element at a moment.
func (i Incident) knownOf(e Element, at time.Time) (said string) {
	known := knowledge{}
	for _, f := range i.Facts {
		if f.Struck == nil && !f.At.After(at) {
			if _, news := known.take(f); news[e] != "" {
				said = news[e]
			}
		}
	}
	return said
}

// toldOf are the facts of the incident into which this one is merged that say of the casualties what was told here: of
// them nobody has to be told once more. What was learned there after the merge is another matter.
func (i Incident) toldOf(into Incident) (facts []int) {
	told := i.toldCasualties()
	for _, f := range into.Facts {
		if f.Kind == FactAbsorbed && f.Body.Incident == i.ID {
			break
		}
		if told[sameWords(f.Body.Elements[ElementCasualties])] {
			facts = append(facts, f.Seq)
		}
	}
	return facts
}

// untold are the moments of those changes that no report tells yet, of this incident or of the other one.
func (i Incident) untold(other Incident) (at []time.Time) {
	there := other.toldCasualties()
	said := i.reportsSaid()
	for _, c := range i.essential(said, i.lastFinal(said, Report{})) {
		told := len(c.now) == 1 && there[sameWords(c.now[ElementCasualties])]
		for _, r := range said {
			told = told || c.toldBy(r)
		}
		if !told {
			at = append(at, c.at)
		}
	}
	return at
}

// knowledge is what is known of each element, and what was known of it before and is not true any more.
type knowledge map[Element]*struct {
	now  string
	past map[string]bool
}

// take learns what a fact says; news is what that changes, before what stood there until then. A report that
// repeats what was known before, because it was drafted then, does not make it known again.
func (k knowledge) take(f IncidentFact) (before, news map[Element]string) {
	before, news = map[Element]string{}, map[Element]string{}
	if f.Kind == FactDiffers {
		return before, news // an entry says it, and nobody has adopted it
	}
	for e, v := range f.Body.Elements {
		x := k[e]
		if x == nil {
			x = &struct {
				now  string
				past map[string]bool
			}{past: map[string]bool{}}
			k[e] = x
		}
		erased := v == RemarksErased && f.Kind == FactElements // that something was new stays so when what it was is erased
		if v == x.now && !erased || f.Kind == FactWritten && x.past[v] {
			continue
		}
		before[e], news[e] = x.now, v
		x.past[x.now], x.now = true, v
		delete(x.past, v)
	}
	return before, news
}
