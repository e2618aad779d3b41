package dutylog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText removes control characters other than newline and tab, and makes invalid UTF-8
// visible as U+FFFD. It does not trim: the page saves while somebody is still typing.
func CleanText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
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
