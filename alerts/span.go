package alerts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Span is a set of whole numbers as they are dialled: those that begin so and have so many
// digits. Length tells apart what shares a beginning: 168 with eight digits is an information
// service, 168 with eleven would be a mobile.
type Span struct {
	Starts      string // digits; X stands for any of them
	Least, Most int    // digits in all
}

// maxDialled is the longest number in any plan, with prefixes.
const maxDialled = 24

// Check says what is wrong with a span.
func (s Span) Check() error {
	switch {
	case s.Starts == "" || strings.Trim(s.Starts, "0123456789X") != "":
		return fmt.Errorf("%q is no beginning of a number: write digits, and X for any digit", s.Starts)
	case s.Least < len(s.Starts) || s.Most < s.Least || s.Most > maxDialled:
		return fmt.Errorf("a number that begins with %s cannot have %d-%d digits: write at least %d and at most %d", s.Starts, s.Least, s.Most, len(s.Starts), maxDialled)
	}
	return nil
}

// takesAny reports whether a number is one of the span's in any of its spellings.
func (s Span) takesAny(dialled string) bool { return slices.ContainsFunc(spellings(dialled), s.takes) }

// takes reports whether a number is one of the span's.
func (s Span) takes(digits string) bool {
	return len(digits) >= s.Least && len(digits) <= s.Most && fits(s.Starts, digits)
}

// fits reports whether digits begin like a pattern, as far as both go.
func fits(starts, digits string) bool {
	for i := range min(len(starts), len(digits)) {
		if starts[i] != digits[i] && starts[i] != 'X' && digits[i] != 'X' {
			return false
		}
	}
	return true
}

// Overlaps reports whether one number is in both.
func (s Span) Overlaps(o Span) bool {
	return max(s.Least, o.Least) <= min(s.Most, o.Most) && fits(s.Starts, o.Starts)
}

var (
	byOtherCarrier = regexp.MustCompile(`^179\d\d(\d{3,})$`) // 17951 and the like: the call goes by another network
	withAreaCode   = regexp.MustCompile(`^0(?:10|2\d|[3-9]\d{2})(\d{3,})$`)
	mobileNumber   = regexp.MustCompile(`^1[3-9]\d{9}$`)
)

// spellings are the ways in which a table may have a number that was dialled: without the prefix
// of another carrier, without our country's code, with and without an area code. It is empty for
// what is no number.
func spellings(dialled string) []string {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/\u00a0", r) {
			return -1
		}
		return r
	}, dialled)
	if rest, plus := strings.CutPrefix(s, "+"); plus {
		s = "00" + rest
	}
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return nil
	}
	if m := byOtherCarrier.FindStringSubmatch(s); m != nil && !mobileNumber.MatchString(s) {
		s = m[1]
	}
	if rest, ours := strings.CutPrefix(s, "0086"); ours && len(rest) > 2 {
		s = strings.TrimPrefix(rest, "0")
		if !mobileNumber.MatchString(s) {
			s = "0" + s // an area code follows, or a service number that has none
			return append(alike(s), s[1:])
		}
	}
	return alike(s)
}

func alike(s string) []string {
	all := []string{s}
	if m := withAreaCode.FindStringSubmatch(s); m != nil {
		all = append(all, m[1])
	}
	if rest, long := strings.CutPrefix(s, "0"); long && mobileNumber.MatchString(rest) {
		all = append(all, rest) // the long-distance form of a mobile
	}
	return all
}
