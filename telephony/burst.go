package telephony

import (
	"fmt"
	"strings"
	"time"
)

// Burst is one ring of the bell, counted from when the switch saw the bell begin. Behind an FXO gateway
// the first ones began before that: From is below zero then.
type Burst struct {
	Number   int
	From, To time.Duration
	Allowed  bool // it is one of those within which the rule wants an answer
}

// mostBursts bounds what is drawn of a bell that nobody stopped.
const mostBursts = 60

// Bursts draws the bell as the rule has it for a phone that rang so long, as the switch saw it. The last
// one is cut where the bell stopped.
func (r Rule) Bursts(rang time.Duration) []Burst {
	all := []Burst{}
	for n := 0; n < mostBursts && r.cycle() > 0; n++ {
		from := time.Duration(n)*r.cycle() - r.Offset
		if from >= rang && n > 0 {
			break
		}
		all = append(all, Burst{Number: n + 1, From: from, To: max(from, min(from+r.On, rang)), Allowed: n < r.Limit})
	}
	return all
}

// ParseRule reads the version of a rule back, in the one spelling that Version gives. A version of an
// older program that was spelled otherwise is false.
func ParseRule(version string) (Rule, bool) {
	var r Rule
	if n, _ := fmt.Sscanf(version, "rings-%d-", &r.Limit); n != 1 {
		return Rule{}, false
	}
	for mark, span := range map[string]*time.Duration{"-on-": &r.On, "-off-": &r.Off, "-offset-": &r.Offset, "-pm-": &r.Uncertainty} {
		_, rest, found := strings.Cut(version, mark)
		if !found {
			continue
		}
		text, _, _ := strings.Cut(rest, "-")
		var err error
		if *span, err = time.ParseDuration(text); err != nil {
			return Rule{}, false
		}
	}
	return r, r.Version() == version && r.Validate() == nil
}
