package dutylog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText removes control characters other than newline and tab, and characters that nobody sees and
// that make a text another one than it looks like: signs of no width, and those that turn the direction
// of writing. What holds a character together stays where it does so: the joiners of an emoji, of Arabic,
// Indic and Mongolian letters, and the selector of the variant of a character in a name. Invalid UTF-8
// becomes visible as U+FFFD. It does not trim: the page saves while somebody is still typing.
func CleanText(s string) string {
	s = strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD"))
	if !strings.ContainsFunc(s, binds) {
		return s
	}
	runes := []rune(s)
	kept := make([]rune, 0, len(runes))
	for i, r := range runes {
		var before, after rune
		if len(kept) > 0 {
			before = kept[len(kept)-1]
		}
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		if !binds(r) || bound(r, before, after) {
			kept = append(kept, r)
		}
	}
	return string(kept)
}

// visible is what becomes of a character whatever stands beside it; -1: nothing.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r < 0x80 && r >= ' ' && r != 0x7F:
		return r
	case r == '\u2028' || r == '\u2029': // line and paragraph, as word processors write them
		return '\n'
	case binds(r):
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return -1
	case r == '\u034F', r == '\u115F', r == '\u1160', r == '\u3164', r == '\uFFA0', r == '\u17B4', r == '\u17B5':
		return -1 // no format characters by their class, and just as invisible
	}
	return r
}

const (
	nonJoiner, joiner = '\u200C', '\u200D'
	vowelSeparator    = '\u180E' // Mongolian
	blackFlag         = '\U0001F3F4'
)

func selector(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF || r >= 0x180B && r <= 0x180D || r == 0x180F
}

// tag reports whether it is a letter of a flag such as that of Scotland.
func tag(r rune) bool { return r >= 0xE0020 && r <= 0xE007F }

// binds reports whether a character is invisible and may hold others together.
func binds(r rune) bool {
	return r == nonJoiner || r == joiner || r == vowelSeparator || selector(r) || tag(r)
}

// bound reports whether it does so between these two; 0 is the beginning or the end.
func bound(r, before, after rune) bool {
	switch {
	case selector(r):
		return before > ' ' && !binds(before) && !unicode.IsSpace(before)
	case tag(r):
		return before == blackFlag || tag(before)
	case r == joiner && emoji(before):
		return emoji(after) && !selector(after)
	}
	return joins(before) && joins(after)
}

// emoji reports whether it is a picture, or what colours one.
func emoji(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF || r == 0xFE0F
}

var joining = []*unicode.RangeTable{unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati,
	unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Phags_Pa}

// joins reports whether it is a letter of a script whose letters join; a mark on one counts as the letter.
func joins(r rune) bool {
	return !binds(r) && slices.ContainsFunc(joining, func(t *unicode.RangeTable) bool { return unicode.Is(t, r) })
}

// cleanField cleans a value of a field and checks its length.
func cleanField(name string, s string, limit int) (string, error) {
	s = CleanText(s)
	if n := utf8.RuneCountInString(s); n > limit {
		return "", &InvalidError{Field: name, Reason: fmt.Sprintf("has %d characters; at most %d can be kept, shorten it", n, limit)}
	}
	return s, nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
