package hep

import (
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"
)

// headers are those of one message, in order and unread.
type headers []sip.Header

// lines are a header's lines. compact is its short name, if it has one: both mean the same, also
// in one message.
func (h headers) lines(name, compact string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range h {
			is := line.Name()
			if is != "" && (strings.EqualFold(is, name) || strings.EqualFold(is, compact)) && !yield(line.Value()) {
				return
			}
		}
	}
}

// first is the header's whole first line, "" when there is none.
func (h headers) first(name, compact string) string {
	for line := range h.lines(name, compact) {
		return line
	}
	return ""
}

// values are a header's values in the order in which they stand, at most maxValues: several
// lines and several values in one line mean the same.
func (h headers) values(name, compact string) []string {
	var all []string
	for rest := range h.lines(name, compact) {
		for rest != "" && len(all) < maxValues {
			var value string
			if value, rest = nextValue(rest); value != "" {
				all = append(all, value)
			}
		}
	}
	return all
}

// party is the user and the tag of From or To; empty when they cannot be read, for a name that is
// written oddly changes nothing about what the message does.
func (h headers) party(name, compact string) (user, tag string) {
	uri, params, ok := nameAddr(h.first(name, compact))
	if !ok {
		return "", ""
	}
	return text(userOf(uri)), param(params, "tag")
}

// nextValue cuts the first value off at a comma that stands outside of quotes and brackets.
func nextValue(s string) (value, rest string) {
	quoted, bracketed := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++ // the next character is no quote, whatever it is
		case c == '"' && !bracketed:
			quoted = !quoted
		case quoted:
		case c == '<':
			bracketed = true
		case c == '>':
			bracketed = false
		case c == ',' && !bracketed:
			return strings.TrimSpace(s[:i]), s[i+1:]
		}
	}
	return strings.TrimSpace(s), ""
}

// nameAddr reads an address as From, To, Contact and Refer-To carry it.
func nameAddr(s string) (sip.Uri, sip.HeaderParams, bool) {
	var uri sip.Uri
	var params sip.HeaderParams
	if _, err := sip.ParseAddressValue(s, &uri, &params); err != nil {
		return sip.Uri{}, nil, false
	}
	uri.Password = "" // obsolete, and no business of a log
	return uri, params, true
}

// userOf is the part before the @, or the number of a tel: address.
func userOf(uri sip.Uri) string {
	if uri.Raw() != "" {
		number, _, _ := strings.Cut(uri.Raw(), ";")
		return number
	}
	return uri.User
}

// branch is the transaction's name in the topmost Via.
func (h headers) branch() string {
	top, _ := nextValue(h.first("via", "v"))
	via, err := readVia(nil, top)
	if v, ok := via.(*sip.ViaHeader); ok && err == nil {
		return param(v.Params, "branch")
	}
	return ""
}

var readVia = sip.DefaultHeadersParser()["via"]

// contact reads one address; of one that cannot be read the text is kept, for it may be where a
// call was sent on to.
func contact(value string) Contact {
	uri, params, ok := nameAddr(value)
	switch {
	case !ok:
		return Contact{URI: text(value), Expires: -1}
	case uri.Wildcard:
		return Contact{URI: "*", Expires: -1}
	}
	return Contact{URI: text(uri.String()), Host: text(uri.Host), Port: uri.Port, Expires: seconds(param(params, "expires"))}
}

// param is a parameter's value; names are the same in capitals.
func param(params sip.HeaderParams, name string) string {
	for _, kv := range params {
		if strings.EqualFold(strings.TrimSpace(kv.K), name) {
			return strings.TrimSpace(kv.V)
		}
	}
	return ""
}

// seconds reads a time to live; -1 when it is none. RFC 3261 ends them at 2^32-1.
func seconds(s string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return -1
	}
	return int(n)
}

func texts(values []string) []string {
	for i := range values {
		values[i] = text(values[i])
	}
	return values
}

// text makes a value safe to keep and to show: what cannot be printed goes, bytes that are no
// UTF-8 become U+FFFD, the rest is cut to maxText characters. It shares no memory with s.
func text(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s { // an invalid byte reads as U+FFFD
		if n == maxText {
			break
		}
		if r == utf8.RuneError || unicode.IsPrint(r) {
			b.WriteRune(r)
			n++
		}
	}
	return strings.TrimSpace(b.String())
}
