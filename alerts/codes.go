package alerts

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Meaning is what a service code does at the exchange, the mobile network or the PBX.
type Meaning string

// The closed set of meanings.
const (
	ForwardsAll         Meaning = "forward_all"         // 无条件转移
	ForwardsBusy        Meaning = "forward_busy"        // 遇忙转移
	ForwardsNoAnswer    Meaning = "forward_no_answer"   // 无应答转移
	ForwardsUnreachable Meaning = "forward_unreachable" // 不可及转移
	CancelsForward      Meaning = "forward_cancel"
	QueriesForward      Meaning = "forward_query"
	DoNotDisturb        Meaning = "do_not_disturb" // 免打扰: callers meet the busy tone
	Alarm               Meaning = "alarm"          // 闹钟
	Hotline             Meaning = "hotline"        // 热线: the phone calls one number as it is picked up
	BarsOutgoing        Meaning = "bar_outgoing"   // 呼出限制
	OtherService        Meaning = "other"
)

var meanings = []Meaning{ForwardsAll, ForwardsBusy, ForwardsNoAnswer, ForwardsUnreachable, CancelsForward, QueriesForward,
	DoNotDisturb, Alarm, Hotline, BarsOutgoing, OtherService}

// Reason is how an alert about this code is named.
func (m Meaning) Reason() Reason {
	switch m {
	case ForwardsAll, ForwardsBusy, ForwardsNoAnswer, ForwardsUnreachable:
		return ReasonForwardCode
	case CancelsForward:
		return ReasonForwardCancel
	case QueriesForward:
		return ReasonForwardQuery
	}
	return ReasonFeatureCode
}

// Code is one service code as it is dialled. In a pattern N stands for a number of three digits
// or more, T for a time of day (four digits), B for one or two digits (a basic service, or seconds),
// and digits, * and # for themselves.
type Code struct {
	Pattern string
	Means   Meaning
	Style   string // whose code it is: exchange, mobile or pbx; of a site's own, what the site calls it
}

// Codes is a table of codes of which no two can mean the same dialling.
type Codes struct{ list []Code }

// NewCodes makes a table, or says all that is wrong with it.
func NewCodes(list []Code) (Codes, error) {
	var faults []error
	for i, c := range list {
		if err := c.check(); err != nil {
			faults = append(faults, err)
			continue
		}
		for _, before := range list[:i] {
			if before.check() == nil && before.Means != c.Means && overlap(before.elements(), c.elements()) {
				faults = append(faults, fmt.Errorf("code %q (%s) and code %q (%s) can be the same dialling: leave one of them out", before.Pattern, before.Means, c.Pattern, c.Means))
			}
		}
	}
	return Codes{slices.Clone(list)}, errors.Join(faults...)
}

// With is the table with a site's own codes, which take the place of those that overlap them.
func (t Codes) With(own []Code) (Codes, error) {
	if _, err := NewCodes(own); err != nil {
		return Codes{}, err
	}
	kept := slices.DeleteFunc(slices.Clone(t.list), func(c Code) bool {
		return slices.ContainsFunc(own, func(o Code) bool { return overlap(o.elements(), c.elements()) })
	})
	return NewCodes(append(kept, own...))
}

// Without is the table without the codes of some styles: an exchange's code may be something
// else at the PBX to which the phone is connected.
func (t Codes) Without(styles []string) Codes {
	return Codes{slices.DeleteFunc(slices.Clone(t.list), func(c Code) bool { return slices.Contains(styles, c.Style) })}
}

// Read finds the code that was dialled, and the number in it. What cannot be said of the phone's
// keys is looked past: see spelled. A phone may keep a last # to itself, because the key sends the
// number, and add one where the code has none; a digit may stand before the code that takes an
// outside line.
func (t Codes) Read(dialled string) (code Code, number string, ok bool) {
	keys := spelled(dialled)
	for _, tried := range []string{keys, keys + "#", strings.TrimSuffix(keys, "#"), inside(keys), inside(keys) + "#"} {
		for _, c := range t.list {
			if number, ok := match(c.elements(), tried); ok {
				return c, number, true
			}
		}
	}
	return Code{}, "", false
}

// betweenKeys are pauses and other signs that a phone's memory keys hold between digits.
const betweenKeys = " ,-.()pPwW+"

// escape is a byte of a SIP address that could not stand there as it is.
var escape = regexp.MustCompile("%[0-9A-Fa-f]{2}")

// spelled gives the keys of a dialling: escapes of SIP (RFC 3261 section 19.1.2) and signs of full width as what they
// stand for, and without pauses.
func spelled(dialled string) string {
	dialled = escape.ReplaceAllStringFunc(dialled, func(hex string) string {
		b, _ := strconv.ParseUint(hex[1:], 16, 8) // the pattern lets nothing else through
		return string([]byte{byte(b)})
	})
	return strings.Map(func(r rune) rune {
		if r > 0xFF00 && r < 0xFF5F { // full width forms of ASCII
			r -= 0xFEE0
		}
		if strings.ContainsRune(betweenKeys, r) {
			return -1
		}
		return r
	}, dialled)
}

// inside is a dialling without the digit that takes an outside line; one without a digit there has
// none, and is no code without its first key.
func inside(keys string) string {
	if len(keys) > 1 && isDigit(keys[0]) && (keys[1] == '*' || keys[1] == '#') {
		return keys[1:]
	}
	return ""
}

func (c Code) check() error {
	switch {
	case !slices.Contains(meanings, c.Means):
		return fmt.Errorf("code %q means %q, which is none of: %s", c.Pattern, c.Means, words(meanings))
	case c.Pattern == "" || strings.Trim(c.Pattern, "0123456789*#NTB") != "":
		return fmt.Errorf("code %q is no pattern: write it as it is dialled, with N for a number, T for a time and B for one or two digits", c.Pattern)
	case !strings.ContainsAny(c.Pattern, "*#"):
		return fmt.Errorf("code %q has neither * nor #, so it is a number like any other: give it to the misuse table", c.Pattern)
	case adjacent.MatchString(c.Pattern):
		return fmt.Errorf("code %q has a number or time right after another: where one ends cannot be told", c.Pattern)
	}
	for i := range len(c.Pattern) - 1 {
		if strings.IndexByte("NB", c.Pattern[i]) >= 0 && isDigit(c.Pattern[i+1]) {
			return fmt.Errorf("code %q has a digit right after a number: where the number ends cannot be told", c.Pattern)
		}
	}
	return nil
}

// adjacent are two runs of digits of which nobody can tell where one ends.
var adjacent = regexp.MustCompile("[NTB][NTB]")

func words[T ~string](all []T) string {
	list := make([]string, len(all))
	for i, w := range all {
		list[i] = string(w)
	}
	return strings.Join(list, ", ")
}

// element is one step of a pattern: a character, or any digit; the last digit of a number may
// come again.
type element struct {
	char   byte // 0: any digit
	again  bool
	maybe  bool // may be missing
	number bool // part of the number in the code
}

// leastNumber is the shortest number to which a call can be forwarded.
const leastNumber = 3

func (c Code) elements() []element {
	var out []element
	for i := range len(c.Pattern) {
		switch b := c.Pattern[i]; b {
		case 'N':
			for range leastNumber {
				out = append(out, element{number: true})
			}
			out[len(out)-1].again = true
		case 'T':
			out = append(out, element{}, element{}, element{}, element{})
		case 'B':
			out = append(out, element{}, element{maybe: true})
		default:
			out = append(out, element{char: b})
		}
	}
	return out
}

func (e element) takes(b byte) bool {
	if e.char == 0 {
		return isDigit(b) // the byte 0 itself is no digit
	}
	return e.char == b
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// match reads a dialling by a pattern. What comes after a number is no digit, so the number
// takes all the digits that there are.
func match(pattern []element, dialled string) (number string, ok bool) {
	var digits []byte
	at := 0
	for _, e := range pattern {
		taken := 0
		for ; at < len(dialled) && e.takes(dialled[at]) && (taken == 0 || e.again); at++ {
			if e.number {
				digits = append(digits, dialled[at])
			}
			taken++
		}
		if taken == 0 && !e.maybe {
			return "", false
		}
	}
	return string(digits), at == len(dialled)
}

// overlap reports whether one dialling fits both patterns: both are walked at once.
func overlap(a, b []element) bool {
	type place struct{ a, b int }
	seen := map[place]bool{}
	var walk func(p place) bool
	walk = func(p place) bool {
		if seen[p] {
			return false
		}
		seen[p] = true
		switch {
		case p.a < len(a) && a[p.a].maybe && walk(place{p.a + 1, p.b}), p.b < len(b) && b[p.b].maybe && walk(place{p.a, p.b + 1}):
			return true
		case p.a == len(a) || p.b == len(b):
			return p.a == len(a) && p.b == len(b)
		}
		x, y := a[p.a], b[p.b]
		if x.char != y.char && !(x.char == 0 && isDigit(y.char)) && !(y.char == 0 && isDigit(x.char)) {
			return false
		}
		return walk(place{p.a + 1, p.b + 1}) || x.again && walk(place{p.a, p.b + 1}) || y.again && walk(place{p.a + 1, p.b})
	}
	return walk(place{})
}
