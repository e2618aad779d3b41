package telephony

import (
	"regexp"
	"strings"
)

// Number is a telephone number as received and in one comparable form.
// The zero value is "no number given".
type Number struct {
	Raw  string // verbatim from the network, made printable
	E164 string // "+8613900001111"; empty when the raw form cannot be normalized
}

// Withheld reports whether the caller gave no number at all: nothing, "anonymous", a bare word.
func (n Number) Withheld() bool { return !strings.ContainsAny(n.Raw, "0123456789") }

// Same reports whether two numbers are one telephone, however each is written: 22730001, 024-22730001 and
// +86 24 2273 0001. What no plan knows, such as an extension, is compared by its digits. A withheld number is nobody's.
func (n Number) Same(o Number) bool {
	if n.E164 != "" || o.E164 != "" {
		return n.E164 == o.E164
	}
	digits, _, ok := dialled(n.Raw)
	others, _, known := dialled(o.Raw)
	return ok && known && digits == others
}

// The numbering plan of mainland China, without the leading 0 of the area code.
var (
	mobile   = regexp.MustCompile(`^1[3-9]\d{9}$`)
	fixed    = regexp.MustCompile(`^(10|2\d)[2-8]\d{6,7}$|^[3-9]\d{2}[2-8]\d{6,7}$`)
	local    = regexp.MustCompile(`^[2-8]\d{6,7}$`)
	national = regexp.MustCompile(`^[48]00\d{7}$`) // the callee pays or shares
	// Service numbers such as 110, 12345, 95598, 96xxx, 10086, 106… senders.
	service = regexp.MustCompile(`^1[012]\d$|^1[012]\d{3}$|^9[56]\d{3,6}$|^106\d{5,17}$`)
	foreign = regexp.MustCompile(`^[1-9]\d{6,14}$`)
	country = "86"
)

// ParseNumber normalizes a number as it comes from the network. The area code is the
// site's, with or without its leading 0 ("024"): bare local numbers are completed with it.
// Whatever cannot be normalized keeps its raw form and gets no E.164.
func ParseNumber(raw, areaCode string) Number {
	n := Number{Raw: printable(raw, maxNumber)}
	digits, plus, ok := dialled(n.Raw)
	if !ok {
		return n
	}
	area := strings.TrimPrefix(areaCode, "0")
	switch {
	case plus:
		n.E164 = international(digits)
	case strings.HasPrefix(digits, "00"):
		n.E164 = international(digits[2:])
	case strings.HasPrefix(digits, "0"):
		n.E164 = domestic(digits[1:])
	case local.MatchString(digits) && area != "":
		n.E164 = domestic(area + digits)
	default:
		n.E164 = bare(digits, area)
	}
	return n
}

// dialled strips what people and programs put around a number and tells whether digits
// with an optional leading plus are left.
func dialled(raw string) (digits string, plus, ok bool) {
	s := strings.ToLower(strings.TrimSpace(raw))
	for _, scheme := range []string{"tel:", "sips:", "sip:"} {
		s = strings.TrimPrefix(s, scheme)
	}
	if cut := strings.IndexAny(s, ";@"); cut >= 0 {
		s = s[:cut] // URI parameters, host
	}
	s = strings.ReplaceAll(s, "%2b", "+")
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/\u00a0", r) {
			return -1
		}
		return r
	}, s)
	s = strings.ReplaceAll(s, "%20", "")
	s, plus = strings.CutPrefix(s, "+")
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return "", false, false
		}
	}
	return s, plus, s != ""
}

// international reads what stands after "+" or "00".
func international(digits string) string {
	if rest, ok := strings.CutPrefix(digits, country); ok {
		// "+86 024 …" is common though wrong.
		return domestic(strings.TrimPrefix(rest, "0"))
	}
	if foreign.MatchString(digits) {
		return "+" + digits
	}
	return ""
}

// domestic reads a national number without its leading 0.
func domestic(digits string) string {
	if fixed.MatchString(digits) || arealess(digits) {
		return "+" + country + digits
	}
	return ""
}

// arealess reports whether digits are a number without an area code, dialled alike everywhere.
func arealess(digits string) bool {
	return mobile.MatchString(digits) || national.MatchString(digits) || service.MatchString(digits)
}

// bare reads digits without any prefix that are no local number.
func bare(digits, area string) string {
	if arealess(digits) {
		return "+" + country + digits
	}
	if rest, ok := strings.CutPrefix(digits, country); ok && len(rest) >= 9 {
		return domestic(strings.TrimPrefix(rest, "0"))
	}
	if area != "" && strings.HasPrefix(digits, area) && fixed.MatchString(digits) {
		return "+" + country + digits // a gateway dropped the 0 of the area code
	}
	return ""
}

// Core is what every spelling of a normalized number ends with once the punctuation is out: of a
// fixed line in China the number without its area code, of others all behind the country's code.
// It is empty where nothing could be normalized.
func (n Number) Core() string {
	digits, chinese := strings.CutPrefix(n.E164, "+"+country)
	switch {
	case !chinese:
		return strings.TrimPrefix(n.E164, "+")
	case national.MatchString(digits) || !fixed.MatchString(digits):
		return digits
	case strings.HasPrefix(digits, "10"), strings.HasPrefix(digits, "2"): // areas of two digits
		return digits[2:]
	}
	return digits[3:]
}
