package dutylog

import (
	"context"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
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
// their forms, who was on duty, its moments as the clocks and calendars of the site show them, and the names of
// what is ATTACHED. Its words are as SearchWords makes them.
func SearchText(e Entry, attached []string, zone *time.Location) string {
	return addLocalNumbers(joinedText(e, attached, zone))
}

// joinedText is SearchText without the numbers that other digits hide in it, and the texts in which those are.
func joinedText(e Entry, attached []string, zone *time.Location) (text string, written []string) {
	written = append(writtenTexts(e), attached...)
	texts := written
	for _, at := range moments(e) {
		texts = append(texts, momentForms(at.In(zone))...)
	}
	return searchText(texts), written
}

func addLocalNumbers(text string, written []string) string {
	for _, t := range written {
		for _, number := range localNumbers(t) {
			if !standsAlone(text, number) {
				text += "\n" + number
			}
		}
	}
	return text
}

// FoundBy reports whether every word occurs in an entry's SearchText. What people wrote is looked at first:
// most words stand there, and the forms of moments take time to make. So do numbers beside other digits, which only a
// number with its area needs.
func FoundBy(e Entry, words []string, zone *time.Location) bool {
	if Holds(searchText(writtenTexts(e)), words) {
		return true
	}
	text, written := joinedText(e, e.Attached, zone)
	return Holds(text, words) || slices.ContainsFunc(words, func(w string) bool { return localWord(w) != "" }) && Holds(addLocalNumbers(text, written), words)
}

// searchText is what is kept of several texts, each once.
func searchText(texts []string) string {
	kept := make([]string, 0, len(texts))
	for _, t := range texts {
		if t = searchable(t, true); t != "" && !slices.Contains(kept, t) {
			kept = append(kept, t)
		}
	}
	return strings.Join(kept, "\n")
}

// moments are when something of an entry was: its call or its coming, when it was written, what its fields say
// of times, when it was read back and completed, and its steps, with until when they are to be answered.
func moments(e Entry) []time.Time {
	all := []time.Time{e.CallAt, e.ReadBackAt, e.CompletedAt}
	if e.CallAt.IsZero() || e.Late != nil {
		all = append(all, e.OpenedAt)
	}
	for field, value := range e.Values {
		if !IsTime(field) {
			continue
		}
		if at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(value)); err == nil {
			all = append(all, at)
		}
	}
	for _, s := range e.Steps {
		all = append(all, s.At, s.Due)
	}
	all = slices.DeleteFunc(all, time.Time.IsZero)
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// momentForms are the ways in which an officer types a moment: 2026-11-23, 2026/11/23, 11-23, 2026年11月23日,
// 11月23日, 14:35, 14时35分, 14点35分.
func momentForms(at time.Time) []string {
	forms := []string{at.Format("2006-01-02"), at.Format("2006年1月2日"), at.Format("15:04"), at.Format("15时04分"), at.Format("15点04分")}
	if at.Month() < 10 || at.Day() < 10 {
		forms = append(forms, at.Format("2006-1-2"), at.Format("2006年01月02日"))
	}
	return forms
}

// writtenTexts are what people wrote and said, numbers in each of their forms, and who was on duty.
func writtenTexts(e Entry) []string {
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
	for _, s := range e.Steps {
		texts = append(texts, ChannelName(s.Channel))
	}
	slices.Sort(texts)
	texts = append(texts, e.Rostered, e.Responsible, e.EntryNumber.String())
	texts = append(texts, numberForms(e.Number)...)
	return append(texts, numberForms(telephony.ParseNumber(e.Values[ContactNumber], ""))...)
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

// prefixed is a number with the code of the country or of its area, whose groups blanks may part.
var prefixed = regexp.MustCompile(`(?:\+|\b0)[\d` + strings.ReplaceAll(signsApart, "-", `\-`) + `]{8,}\d`)

// joinNumbers writes the prefixed numbers of a query without what parts their groups. What hangs on a letter is a
// part of a text, and what a sign joins with digits before it a part of their number.
func joinNumbers(query string) string {
	var b strings.Builder
	done := 0
	for _, at := range prefixed.FindAllStringIndex(query, -1) {
		joined := strings.TrimRightFunc(query[:at[0]], func(r rune) bool { return strings.ContainsRune(signsApart, r) && !unicode.IsSpace(r) })
		before, _ := utf8.DecodeLastRuneInString(query[:at[0]])
		after, _ := utf8.DecodeRuneInString(query[at[1]:])
		if within := sharedDigits(digitsOf(query[at[0]:at[1]])); within != "" && !unicode.IsLetter(before) && !unicode.IsLetter(after) && !endsInDigit(joined) {
			b.WriteString(query[done:at[0]] + within)
			done = at[1]
		}
	}
	return b.String() + query[done:]
}

func endsInDigit(text string) bool {
	return text != "" && text[len(text)-1] >= '0' && text[len(text)-1] <= '9'
}

// sharedDigits are those of a whole number that all of its forms share: without the code of this country and the 0 of
// its area, or without the + or 00 before another country's; empty when it is none.
func sharedDigits(digits string) string {
	if len(digits) < len("1012345678") || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(telephony.ParseNumber(digits, "").E164, "+86"), "+")
}

// SearchWords are the words of a search. Letters and digits count, in whichever width and case;
// everything else parts words, but for the signs between the digits of a number (see signsApart), and the
// colon between those of a time.
//
// A whole number is looked for by the digits that all of its forms share: 0086 139 0401 5678, +86…, 013904015678
// and 024-2273 0099 by 13904015678 and 2422730099.
func SearchWords(query string) []string {
	words := strings.Fields(searchable(joinNumbers(strings.Map(halfWidth, query)), false))
	for i, w := range words {
		if within := sharedDigits(w); within != "" {
			words[i] = within
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// Holds reports whether every word occurs in a text that SearchText made; a landline's number also as people of its town
// write it, see localWord.
func Holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) && !holdsLocal(text, w) })
}

// localWord is a word that is a landline's whole number without the code of its area; empty for every other word. In what
// people wrote, and in the number to call back, it stands mostly so, and nobody said of which area it is.
func localWord(word string) string {
	if len(word) < len("102273000") || len(word) > len("41122730001") || strings.Trim(word, "0123456789") != "" {
		return ""
	}
	n := telephony.ParseNumber("0"+word, "")
	if n.E164 != "+86"+word {
		return ""
	}
	return localForm(n)
}

// holdsLocal reports whether a number stands in a text without its area, on its own: the same digits at the end of another
// number are that number.
func holdsLocal(text, word string) bool {
	const shortest = 7
	if len(word) < shortest || !strings.Contains(text, word[len(word)-shortest:]) {
		return false // as nearly always, without a closer look at what the word is
	}
	local := localWord(word)
	return local != "" && standsAlone(text, local)
}

// standsAlone reports whether a number stands in a text with no digit beside it.
func standsAlone(text, number string) bool {
	digit := func(at int) bool { return at >= 0 && at < len(text) && text[at] >= '0' && text[at] <= '9' }
	for from := 0; ; {
		at := strings.Index(text[from:], number)
		if at < 0 {
			return false
		}
		at += from
		if !digit(at-1) && !digit(at+len(number)) {
			return true
		}
		from = at + 1
	}
}

// ties are the signs that make digits on both sides of them one number: 6228-22730001.
const ties = "-－‐‑–—·"

// localNumbers are the landlines' numbers without an area in a text, also where other digits stand beside them, which
// searchable joins with them: 14:35 22730001, 22730001-801. What is a whole number together with its neighbours is none.
func localNumbers(text string) (found []string) {
	tied := false
	for {
		begin := strings.IndexFunc(text, isDigit)
		if begin < 0 {
			return found
		}
		tied = tied && strings.Trim(text[:begin], ties) == ""
		text = text[begin:]
		end := digitsEnd(text)
		if whole := telephoneEnd(text); whole > 0 {
			end = whole
		} else if !tied {
			end = max(end, localEnd(text))
			if number := digitsOf(narrowDigits(text[:end])); (len(number) == 7 || len(number) == 8) && number[0] >= '2' && number[0] <= '8' {
				found = append(found, number)
			}
		}
		text, tied = text[end:], true
	}
}

// searchable brings a text into the form in which it is compared. Within a kept text blanks
// between digits belong to a number; in a query they may as well part two words.
func searchable(text string, blanks bool) string {
	var b strings.Builder
	gap, number := false, false // since the last letter or digit; which was a digit, with nothing but signs of a number after it
	colon := false              // nothing but a colon stands since a digit
	for _, r := range text {
		if han(r) {
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap, number, colon = false, false, false
			b.WriteRune(r)
			continue
		}
		r = halfWidth(r)
		if r == ':' && !gap && number {
			gap, colon = true, true
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			gap, colon, number = true, false, number && !colon
			number = number && strings.ContainsRune(signsApart, r) && (blanks || !unicode.IsSpace(r))
			continue
		}
		digit := r >= '0' && r <= '9'
		switch {
		case colon && digit:
			b.WriteByte(':')
		case gap && b.Len() > 0 && !(number && digit && !colon):
			b.WriteByte(' ')
		}
		gap, number, colon = false, digit, false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// han reports whether r is one of the usual Chinese characters, of which most texts here consist: letters that
// have neither case nor width, so that nothing needs to be looked up for them.
func han(r rune) bool { return r >= '\u4e00' && r <= '\u9fff' }

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
// character, each two that follow one another in a word, each four digits, and each time such as 14:35. A word
// of any length is found by its pairs, with few that are not it; pairs of digits are in every number, so a
// number is found by its fours, and a time as a whole.
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
			if !yield(text[i:end]) || before >= 0 && !yield(text[before:end]) || digits >= 4 && !yield(text[end-4:end]) ||
				isClock(text[max(0, end-clockLength):end]) && !yield(text[end-clockLength:end]) {
				return
			}
			before = i
		}
	}
}

// LookedFor are the tokens by which a word is looked for. A landline's number ends as it stands without its area, so that
// the tokens of that end lead to both.
func LookedFor(word string) []string {
	if local := localWord(word); local != "" {
		word = local
	}
	runes := []rune(word)
	if len(runes) == 1 {
		return []string{word}
	}
	tokens := map[string]bool{}
	covered := 0 // up to here fours hold every pair
	for i := range len(runes) - 1 {
		if i+clockLength <= len(runes) && isClock(string(runes[i:i+clockLength])) {
			tokens[string(runes[i:i+clockLength])] = true
			covered = i + clockLength
		} else if isFour(runes, i) {
			tokens[string(runes[i:i+4])] = true
			covered = max(covered, i+4)
		} else if i+2 > covered {
			tokens[string(runes[i:i+2])] = true
		}
	}
	return slices.Sorted(maps.Keys(tokens))
}

// clockLength is how long a time such as 14:35 is.
const clockLength = 5

// isClock reports whether a text is two digits, a colon and two digits.
func isClock(text string) bool {
	return len(text) == clockLength && text[2] == ':' && strings.Trim(text[:2]+text[3:], "0123456789") == ""
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
