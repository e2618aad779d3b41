package paper

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// stepWords are the handling steps of an entry, one a line in the order in which they were written. One
// that was struck out stands there, too, with who struck it and why.
func stepWords(f Frame, e dutylog.Entry) []string {
	var all []string
	for i, s := range e.Steps {
		words := spaced(s.Whom, s.Text)
		if words == "" && wasErased(e, dutylog.StepTexts) {
			words = "（已抹去）"
		}
		text := count(i+1) + ". " + spaced(f.minute(s.At), stepName(s), words) + stepDue(f, s) + "（" + stepHand(f, s) + "）"
		if s.Struck != nil {
			text += "【已由" + nameOr(s.Struck.By) + "于 " + f.minute(s.Struck.At) + " 划去：" + cmp.Or(s.Struck.Reason, "（原因已抹去）") + "】"
		}
		all = append(all, text)
	}
	return all
}

// stepName is what a step is, and by which way it went.
func stepName(s dutylog.Step) string {
	if way := dutylog.ChannelName(s.Channel); way != "" {
		return Word(StepNames, s.Kind) + "（" + way + "）"
	}
	return Word(StepNames, s.Kind)
}

// stepDue says until when a step is to be answered; empty where nobody said.
func stepDue(f Frame, s dutylog.Step) string {
	if s.Due.IsZero() {
		return ""
	}
	return "（时限 " + f.minute(s.Due) + "）"
}

// stepHand says who wrote a step, when that was later than it was done, and that a call was it.
func stepHand(f Frame, s dutylog.Step) string {
	hand := nameOr(s.By) + "记"
	if s.Afterwards() {
		hand = nameOr(s.By) + "于 " + f.minute(s.WrittenAt) + " 补记"
	}
	if s.CallID != "" && s.Channel == "" {
		return "电话，" + hand
	}
	return hand
}

// receiptPair says who confirmed to have received a warning that was passed on.
func receiptPair(f Frame, e dutylog.Entry) []pair {
	if e.Kind != dutylog.KindWarning {
		return nil
	}
	var got []string
	for _, s := range e.Steps {
		if s.Kind == dutylog.StepAcknowledged && s.Struck == nil {
			got = append(got, cmp.Or(s.Whom, "（已抹去）")+"（"+f.minute(s.At)+"）")
		}
	}
	return []pair{{name: "签收情况", value: cmp.Or(strings.Join(got, "、"), "尚无签收记录"), wide: true}}
}

// handlingPairs are what was done about the matter, and what was corrected of its record.
func handlingPairs(f Frame, x Single) []pair {
	pairs := receiptPair(f, x.Entry)
	if steps := stepWords(f, x.Entry); steps != nil {
		pairs = append(pairs, pair{name: Word(FieldNames, dutylog.StepTexts), value: strings.Join(steps, "\n"), wide: true})
	}
	var all []string
	for i, c := range corrections(f, x.Revisions) {
		text := count(i+1) + ". " + c.head(f)
		for _, ch := range c.changes {
			text += "\n　" + ch.name + "：「" + cmp.Or(ch.was, "空") + "」改为「" + cmp.Or(ch.is, "空") + "」"
		}
		all = append(all, text)
	}
	if all == nil {
		return pairs
	}
	return append(pairs, pair{name: "更正情况", value: strings.Join(all, "\n"), wide: true})
}

// handlingLines are the same in the narrow column of a day: of a correction it has what was changed, by
// whom, when and why; what stood there before is on the paper of the entry.
func handlingLines(f Frame, e dutylog.Entry, revisions []dutylog.Revision) string {
	all := stepWords(f, e)
	if all != nil {
		all = append([]string{Word(FieldNames, dutylog.StepTexts) + "："}, all...)
	}
	for _, c := range corrections(f, revisions) {
		names := make([]string, len(c.changes))
		for i, ch := range c.changes {
			names[i] = ch.name
		}
		all = append(all, "更正："+joinWords(c.head(f), strings.Join(names, "、")))
	}
	return strings.Join(all, "\n")
}

// correction is what one person changed of a complete entry, for one reason.
type correction struct {
	by      dutylog.Actor
	at      time.Time
	why     string
	changes []change
}

// change is what a field was, and is.
type change struct{ name, was, is string }

func (c correction) head(f Frame) string {
	return spaced(f.minute(c.at), nameOr(c.by)+"更正", "原因："+cmp.Or(c.why, "（已抹去）"))
}

// corrections finds them among the revisions, the oldest first. While an entry is open again it is saved
// as often as somebody pauses: what one person wrote then is one correction.
func corrections(f Frame, all []dutylog.Revision) []correction {
	var found []correction
	for i := 1; i < len(all); i++ {
		before, first := all[i-1].Entry, all[i]
		why, anew := first.Entry.Correction, before.State == dutylog.Complete
		if why == "" && !(anew && wasErased(first.Entry, dutylog.CorrectionText)) {
			continue
		}
		for i+1 < len(all) && all[i].Entry.State == dutylog.Open && all[i+1].Entry.Correction == why && all[i+1].By.Login == first.By.Login {
			i++
		}
		c := correction{by: first.By, at: all[i].At, why: why, changes: changesOf(f, before, all[i].Entry)}
		if c.changes != nil || anew && why != "" {
			found = append(found, c)
		}
	}
	return found
}

func changesOf(f Frame, before, after dutylog.Entry) []change {
	var all []change
	if before.Kind != after.Kind {
		all = append(all, change{"类型", Word(KindNames, before.Kind), Word(KindNames, after.Kind)})
	}
	if after.Late != nil && before.Late != nil {
		_, when, _ := Head(after, false)
		for _, c := range []change{{when, f.minute(before.CallAt), f.minute(after.CallAt)}, {"所补时段", f.covers(before), f.covers(after)}} {
			if c.was != c.is {
				all = append(all, c)
			}
		}
	}
	for _, field := range dutylog.Fields() {
		if was, is := f.said(before, field), f.said(after, field); was != is {
			all = append(all, change{FieldName(after.Kind, field), was, is})
		}
	}
	return all
}

func wasErased(e dutylog.Entry, field dutylog.Field) bool {
	return slices.ContainsFunc(e.Erased, func(x dutylog.Erasure) bool { return len(x.Fields) == 0 || slices.Contains(x.Fields, field) })
}

func nameOr(a dutylog.Actor) string { return cmp.Or(a.Name, a.Login) }

// spaced joins what there is of several texts on one line.
func spaced(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "　")
}
