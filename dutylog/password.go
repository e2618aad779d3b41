package dutylog

import (
	_ "embed" // the common passwords
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// ShortestPassword is how many characters a password has at least.
const ShortestPassword = 8

//go:embed password/common.txt
var commonPasswords string

// CheckPassword says what is wrong with a password that a login is to get: whoever guesses
// tries first what is refused here. The page says the same before it asks
// (web/page/src/logic/password.ts); testdata/passwords.json keeps the two together.
func CheckPassword(login, password string) error {
	low := strings.ToLower(strings.TrimSpace(password))
	switch n := utf8.RuneCountInString(password); {
	case n < ShortestPassword:
		return &InvalidError{Field: "password", Reason: fmt.Sprintf("has %d characters: take at least %d", n, ShortestPassword)}
	case login != "" && low == strings.ToLower(strings.TrimSpace(login)):
		return &InvalidError{Field: "password", Reason: "is the login name: take something that others do not know"}
	case plainRow([]rune(low)) || repeats([]rune(low)) || common(low):
		return &InvalidError{Field: "password",
			Reason: "is a plain row, a repetition or a common password, which everybody tries first: take a few words that do not belong together"}
	}
	return nil
}

// plainRow: every character is the same, or each is one more or one less than the one before.
func plainRow(text []rune) bool {
	for i := 1; i < len(text); i++ {
		step := text[i] - text[i-1]
		if step != text[1]-text[0] || step < -1 || step > 1 {
			return false
		}
	}
	return true
}

// repeats: one to four characters over and over, such as 12121212 or 88668866.
func repeats(text []rune) bool {
	for piece := 1; piece <= 4 && piece < len(text); piece++ {
		if len(text)%piece == 0 && slices.Equal(text[piece:], text[:len(text)-piece]) {
			return true
		}
	}
	return false
}

// common: a word of the list; up to four digits or signs before and behind it change nothing.
func common(low string) bool {
	words := strings.Fields(commonPasswords)
	return slices.Contains(words, low) || slices.Contains(words, bare(low))
}

func bare(low string) string {
	text := []rune(low)
	for n := 0; n < 4 && len(text) > 0 && !asciiLetter(text[0]); n++ {
		text = text[1:]
	}
	for n := 0; n < 4 && len(text) > 0 && !asciiLetter(text[len(text)-1]); n++ {
		text = text[:len(text)-1]
	}
	return string(text)
}

func asciiLetter(r rune) bool { return 'a' <= r && r <= 'z' }
