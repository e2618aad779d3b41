package testcall

import (
	"strings"
	"time"

	"dutyline/telephony"
)

// NamePrefix begins the name that a test call shows; its token follows.
const NamePrefix = "Dutyline test "

// Recognition is by what a call that arrived was recognised as a test.
type Recognition string

// The closed set. The number alone is weaker: whoever shows the second line's number within the
// time of a test is taken for it.
const (
	ByToken  Recognition = "token"  // the number, and a name that nobody else can know
	ByNumber Recognition = "number" // the number and the time: the carrier keeps no names
)

// Expected is the one test call that may arrive.
type Expected struct {
	Line   string
	Number telephony.Number // the second line's, as it arrives
	Token  string           // of a spot check empty: only its number tells
	Check  bool             // it is a spot check
	From   time.Time        // the switch's clock
	Until  time.Time
}

// Recognise says whether an arriving call is the expected one; empty: it is not. The token is
// proof, whatever number comes with it; a name that belongs to another test disproves.
func (e Expected) Recognise(c telephony.Call) Recognition {
	if c.Direction != telephony.Inbound || c.Line != e.Line {
		return ""
	}
	token, named := strings.CutPrefix(c.CallerName, NamePrefix)
	switch {
	case named && e.Token != "" && token == e.Token:
		return ByToken
	case named, !e.Shows(c.Caller), c.OfferedAt.Before(e.From), c.OfferedAt.After(e.Until):
		return ""
	}
	return ByNumber
}

// Shows reports whether a number is the second line's.
func (e Expected) Shows(n telephony.Number) bool {
	return n.Raw != "" && n.Raw == e.Number.Raw || n.E164 != "" && n.E164 == e.Number.E164
}
