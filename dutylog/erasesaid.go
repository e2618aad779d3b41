package dutylog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// SaidErasure is what goes from what people said of calls beside their entries, when something of an entry is
// erased: in reviews 复核 and listening reviews 录音抽评, in the register 抽查登记, and of a call back. Who said
// it and when, the reason that was chosen from a list, marks and decisions stay: figures rest on them.
type SaidErasure struct {
	CallID string   // of the entry; empty: it has none
	Whole  bool     // everything goes: of this very call whatever was said in words
	Words  []string // that go from what was said of this call, the longest first; long ones from wherever they stand
}

// Of is what is left of the texts of one thing that was said of a call, one word after the other, the last of
// them without any; nil: it says nothing of that. In place of what went stands RemarksErased.
func (x SaidErasure) Of(callID string, texts []string) (left [][]string) {
	own := x.CallID != "" && callID == x.CallID
	keep := func(how func(string) string) {
		next := slices.Clone(texts)
		for i, text := range next {
			if text != "" {
				next[i] = how(text)
			}
		}
		if !slices.Equal(next, texts) {
			texts, left = next, append(left, next)
		}
	}
	if own && x.Whole {
		keep(func(string) string { return RemarksErased })
		return left
	}
	for _, w := range x.Words {
		if own || utf8.RuneCountInString(w) >= leastRemarkedElse {
			keep(func(text string) string { return strings.ReplaceAll(text, w, RemarksErased) })
		}
	}
	return left
}
