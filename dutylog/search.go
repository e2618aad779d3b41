package dutylog

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dutyline/telephony"
)

// Found is one page of what a search finds, the newest number first.
type Found struct {
	Items      []Entry
	NextCursor string // empty on the last page
	// Missing is how many changes of entries the search does not know yet, because its index is
	// being made: what is found is right, but there may be more.
	Missing int64
}

// Searcher finds entries by words.
type Searcher interface {
	// Search finds the entries in which every word of q.Text occurs; the other fields of q hold as
	// for a list. An *InvalidError says that there is no word in it.
	Search(ctx context.Context, q EntryQuery) (Found, error)
}

// SearchText is all of an entry by which it can be found: what people wrote, numbers in each of
// their forms, and who was on duty. Its words are as SearchWords makes them.
func SearchText(e Entry) string {
	var texts []string
	for field, value := range e.Values {
		if field != ReadBack && !IsTime(field) { // a mark and a moment are no text
			texts = append(texts, value)
		}
	}
	for _, g := range e.Gaps {
		texts = append(texts, g.Reason)
	}
	texts = append(append(texts, stepTexts(e.Steps)...), e.Correction)
	slices.Sort(texts)
	texts = append(texts, e.Rostered, e.Responsible, e.EntryNumber.String())
	texts = append(texts, numberForms(e.Number)...)
	texts = append(texts, numberForms(telephony.ParseNumber(e.Values[ContactNumber], ""))...)
	for i, t := range texts {
		texts[i] = searchable(t, true)
	}
	return strings.Join(texts, "\n")
}

// numberForms are the ways in which somebody may look for a number: as it came, with the code of
// the country, and as it is dialled within the country.
func numberForms(n telephony.Number) []string {
	forms := []string{n.Raw, n.E164}
	if within, ok := strings.CutPrefix(n.E164, "+86"); ok {
		if !strings.HasPrefix(within, "1") || len(within) != len("13800000000") {
			within = "0" + within
		}
		forms = append(forms, within)
	}
	return forms
}

// SearchWords are the words of a search. Letters and digits count, in whichever width and case;
// everything else parts words, but for the signs between the digits of a number (see signsApart).
func SearchWords(query string) []string {
	words := strings.Fields(searchable(query, false))
	slices.Sort(words)
	return slices.Compact(words)
}

// Holds reports whether every word occurs in a text that SearchText made.
func Holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// searchable brings a text into the form in which it is compared. Within a kept text blanks
// between digits belong to a number; in a query they may as well part two words.
func searchable(text string, blanks bool) string {
	var b strings.Builder
	gap, number := false, false // since the last letter or digit; which was a digit, with nothing but signs of a number after it
	for _, r := range text {
		r = halfWidth(r)
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			gap = true
			number = number && strings.ContainsRune(signsApart, r) && (blanks || !unicode.IsSpace(r))
			continue
		}
		digit := r >= '0' && r <= '9'
		if gap && b.Len() > 0 && !(number && digit) {
			b.WriteByte(' ')
		}
		gap, number = false, digit
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// halfWidth is the usual form of a character that Chinese input may write as wide as a Chinese one.
func halfWidth(r rune) rune {
	switch {
	case r == '\u3000':
		return ' '
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	}
	return r
}

// SearchTokens are what an index keeps of a text, in the order in which they stand there: each
// character, each two that follow one another in a word, and each four digits. A word of any length
// is found by its pairs, with few that are not it; pairs of digits are in every number, so a number
// is found by its fours.
func SearchTokens(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		before, digits := -1, 0 // where the character before begins, within the word; how many digits there are up to here
		for i, r := range text {
			if r == ' ' || r == '\n' {
				before, digits = -1, 0
				continue
			}
			if digits++; r < '0' || r > '9' {
				digits = 0
			}
			end := i + utf8.RuneLen(r)
			if !yield(text[i:end]) || before >= 0 && !yield(text[before:end]) || digits >= 4 && !yield(text[end-4:end]) {
				return
			}
			before = i
		}
	}
}

// LookedFor are the tokens by which a word is looked for.
func LookedFor(word string) []string {
	runes := []rune(word)
	if len(runes) == 1 {
		return []string{word}
	}
	tokens := map[string]bool{}
	covered := 0 // up to here fours hold every pair
	for i := range len(runes) - 1 {
		if isFour(runes, i) {
			tokens[string(runes[i:i+4])] = true
			covered = i + 4
		} else if i+2 > covered {
			tokens[string(runes[i:i+2])] = true
		}
	}
	return slices.Sorted(maps.Keys(tokens))
}

// isFour reports whether four digits stand at i.
func isFour(runes []rune, i int) bool {
	if i+4 > len(runes) {
		return false
	}
	for _, r := range runes[i : i+4] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
