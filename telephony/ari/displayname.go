package ari

import "strings"

// displayName takes the escapes out of a caller's name. Asterisk hands on the inside of SIP's
// quoted string as it came, and there a backslash stands before a quote, before a backslash
// and before whatever else of ASCII the sender chose to escape (quoted-pair, RFC 3261 section
// 25.1). A backslash that escapes nothing, because the name was cut behind it or is followed
// by what must not be escaped, stays: no character that the caller sent is lost.
func displayName(sent string) string {
	if strings.IndexByte(sent, '\\') < 0 {
		return sent // nearly every name
	}
	var b strings.Builder
	b.Grow(len(sent))
	for i := 0; i < len(sent); i++ {
		if sent[i] == '\\' && i+1 < len(sent) && escapable(sent[i+1]) {
			i++
		}
		b.WriteByte(sent[i])
	}
	return b.String()
}

// escapable: SIP lets all of ASCII but line breaks follow the backslash.
func escapable(c byte) bool { return c < 0x80 && c != '\n' && c != '\r' }
