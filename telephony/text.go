package telephony

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest texts kept from the network, in characters. Callers can send thousands.
const (
	maxNumber = 64
	maxName   = 128
)

// printable makes a text from the network safe to store and show: invalid UTF-8 becomes
// U+FFFD, control characters, line breaks and direction marks go, the rest is cut to
// so many characters. The result does not share memory with the input.
func printable(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return strings.Clone(strings.TrimSpace(s))
	}
	var b strings.Builder
	n := 0
	for _, r := range s { // an invalid byte reads as U+FFFD
		if n == limit {
			break
		}
		if r != utf8.RuneError && !unicode.IsPrint(r) && r != '　' {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSpace(b.String())
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
