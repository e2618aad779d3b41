package dutylog

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// localNumber is a landline without its area code in two groups: 8888-7709, 2273 0001 is two figures.
var localNumber = regexp.MustCompile(`^([2-8２-８][0-9０-９]{2,3})[-－‐‑–·.]([0-9０-９]{4})`)

// localEnd is where such a number ends with which a text begins; 0 where none does. A range of years, of
// amounts, or a part of a longer number is none.
func localEnd(text string) int {
	m := localNumber.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	rest := text[len(m[0]):]
	next, size := utf8.DecodeRuneInString(strings.TrimSpace(rest))
	year := func(group string) bool {
		group = narrowDigits(group)
		return len(group) == 4 && (strings.HasPrefix(group, "19") || strings.HasPrefix(group, "20"))
	}
	switch {
	case year(m[1]) && year(m[2]), size > 0 && strings.ContainsRune(amounts+"年", next), rest != "" && isDigit([]rune(rest)[0]):
		return 0
	}
	return len(m[0])
}
