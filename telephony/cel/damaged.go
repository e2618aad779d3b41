package cel

import (
	"bytes"

	"dutyline/telephony"
)

// damaged is what is left of a record that cannot be read; false when it was none of the switch's.
// An id is taken from its last member of that name: they stand behind what a caller can send.
// The switch writes no zeros: a power cut leaves them, where anything may have stood, of any call.
// The same holds for what is longer than a record.
func damaged(b []byte) (row telephony.Row, ours bool) {
	if len(b) > maxHeld || bytes.IndexByte(b, 0) >= 0 {
		return telephony.Row{Kind: telephony.RowDamaged}, true
	}
	lower := lowerASCII(b)
	for name := range usual {
		if ours = bytes.Contains(lower, []byte(`"`+name+`":`)); ours {
			break
		}
	}
	if !ours {
		return telephony.Row{}, false
	}
	row = telephony.Row{Kind: telephony.RowDamaged, LinkedID: leftOf(b, lower, "linkedid"), UniqueID: leftOf(b, lower, "uniqueid"), Channel: leftOf(b, lower, "channame")}
	return row.Bounded(), true
}

// lowerASCII leaves every byte where it is, as bytes.ToLower does not of what is no ASCII.
func lowerASCII(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// leftOf is the value of a member that is whole; else empty.
func leftOf(b, lower []byte, name string) string {
	at := bytes.LastIndex(lower, []byte(`"`+name+`":"`))
	if at < 0 {
		return ""
	}
	value, _, whole := bytes.Cut(b[at+len(name)+4:], []byte(`"`))
	if !whole {
		return ""
	}
	return string(value)
}
