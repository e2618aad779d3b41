package dutylog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// SaidErasure is what goes from what people said of calls and entries beside them, when something of an entry is
// erased: in reviews 复核 and listening reviews 录音抽评, in the register 抽查登记, of a call back, of dated duties
// 定期事项, of suspected violations 疑似违规, of links, and of what the reconciliation found. Who said it and when, the
// reason that was chosen from a list, marks and decisions stay: figures rest on them.
type SaidErasure struct {
	Whole bool     // everything goes: of this very entry and its call whatever was said in words
	Words []string // that go from what was said of them, the longest first; long ones from wherever they stand
}

// Of is what is left of the texts of one thing that was said, one word after the other, the last of them without
// any; nil: it says nothing of that. OWN says that it was said of the entry or its call. In place of what went stands
// RemarksErased.
func (x SaidErasure) Of(own bool, texts []string) (left [][]string) {
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
