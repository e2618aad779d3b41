package practice

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Behaviour is what the phone that is called does with a call.
type Behaviour string

// What a called phone can do.
const (
	Answers     Behaviour = "answers"      // rings, is picked up after AnswerAfter
	NeverAnswer Behaviour = "never"        // rings until the caller gives up
	Busy        Behaviour = "busy"         // 486 at once: a handset left off the hook
	Rejects     Behaviour = "rejects"      // 603, after ringing for AnswerAfter
	Forwards    Behaviour = "forwards"     // 302 to ForwardTo, after ringing for AnswerAfter
	Instant     Behaviour = "instant"      // 200 without ringing: a machine on the line
	Unavailable Behaviour = "unavailable"  // 480 at once: do not disturb
	NoBell      Behaviour = "without_bell" // nothing but 100, until the caller gives up
)

// Side is one end of a call.
type Side string

// The two ends, as the duty log names them.
const (
	Caller  Side = "caller"  // the far end: who calls, or whom the officer calls
	Officer Side = "officer" // the duty phone
)

// Call is one call to be placed on the practice line.
type Call struct {
	From      string `json:"from,omitempty"` // the caller's number; digits with an optional +
	Name      string `json:"name,omitempty"` // the caller's display name, any length
	Anonymous bool   `json:"anonymous,omitempty"`
	To        string `json:"to,omitempty"` // a number: then the officer calls it

	Does        Behaviour     `json:"does,omitempty"`          // default Answers
	AnswerAfter time.Duration `json:"answer_after,omitempty"`  // counted from the first ring
	ForwardTo   string        `json:"forward_to,omitempty"`    // with Forwards
	Talk        time.Duration `json:"talk"`                    // from the answer; 0: hung up at once (see DefaultTalk)
	HangUp      Side          `json:"hang_up,omitempty"`       // who ends the talk; default whoever called
	GiveUpAfter time.Duration `json:"give_up_after,omitempty"` // from placing it; default 90 s
}

// DefaultTalk is how long they talk when nobody said how long. Who takes the call's plan from
// somebody puts it in: a talk of no time is a plan, too.
const DefaultTalk = 15 * time.Second

// Limits of a call. The longest name is what one SIP message over UDP carries with room to spare.
const (
	maxNumber  = 64
	maxName    = 16 << 10 // bytes
	maxTime    = time.Hour
	defGiveUp  = 90 * time.Second
	withheldID = "anonymous"
)

// PlanError says which part of a call, by its name in JSON, cannot be placed and why. Other
// errors of placing a call are trouble with the switch or the phone.
type PlanError struct {
	Part   string
	Reason string
}

func (e *PlanError) Error() string { return e.Reason }

func wrong(part, format string, args ...any) error {
	return &PlanError{Part: part, Reason: fmt.Sprintf(format, args...)}
}

// complete fills in the defaults and refuses what cannot be placed.
func (c Call) complete() (Call, error) {
	if c.Does == "" {
		c.Does = Answers
	}
	if c.HangUp == "" {
		c.HangUp = Caller
		if c.Outgoing() {
			c.HangUp = Officer
		}
	}
	if c.GiveUpAfter == 0 {
		c.GiveUpAfter = defGiveUp
	}
	return c, errors.Join(c.checkNumbers(), c.checkName(), c.checkPlan())
}

// Outgoing tells whether the officer places the call.
func (c Call) Outgoing() bool { return c.To != "" }

func (c Call) checkNumbers() error {
	switch {
	case c.Outgoing() && c.From != "":
		return wrong("to", "a call is either from a number or to a number: leave one of them out")
	case c.Outgoing():
		return checkNumber("to", "number to call", c.To, "*#")
	case c.Anonymous && c.From != "":
		return wrong("from", "an anonymous caller shows no number: leave out the number or the word anonymous")
	case c.Anonymous:
		return nil
	}
	return checkNumber("from", "caller's number", c.From, "")
}

func (c Call) checkName() error {
	for _, r := range c.Name {
		if r == '\r' || r == '\n' || r == 0 {
			return wrong("name", "the caller's name %.40q holds a line break or NUL, which no SIP message can carry: leave it out", c.Name)
		}
	}
	if len(c.Name) > maxName {
		return wrong("name", "the caller's name is %d bytes long: %d are the most that fit into one message", len(c.Name), maxName)
	}
	if !utf8.ValidString(c.Name) {
		return wrong("name", "the caller's name %.40q is not UTF-8", c.Name)
	}
	return nil
}

func (c Call) checkPlan() error {
	switch c.Does {
	case Answers, NeverAnswer, Busy, Rejects, Instant, Unavailable, NoBell:
	case Forwards:
		if c.Outgoing() {
			return wrong("does", "a call of the officer cannot be forwarded by the duty phone")
		}
		if err := checkNumber("forward_to", "number to forward to", c.ForwardTo, "*#"); err != nil {
			return err
		}
	default:
		return wrong("does", "%q is nothing a phone does: use one of answers, never, busy, rejects, forwards, instant, unavailable, without_bell", c.Does)
	}
	if c.HangUp != Caller && c.HangUp != Officer {
		return wrong("hang_up", "%q cannot hang up: use caller or officer", c.HangUp)
	}
	for _, t := range []struct {
		part, what string
		d          time.Duration
	}{
		{"answer_after", "time until the answer", c.AnswerAfter}, {"talk", "talk", c.Talk},
		{"give_up_after", "time until the caller gives up", c.GiveUpAfter},
	} {
		if t.d < 0 || t.d > maxTime {
			return wrong(t.part, "the %s cannot be %v: use something between 0s and %v", t.what, t.d, maxTime)
		}
	}
	return nil
}

// checkNumber accepts what telephone networks carry: digits with a + before them at most,
// and the extra characters, if any.
func checkNumber(part, what, number, extra string) error {
	digits := strings.TrimPrefix(number, "+")
	if digits == "" {
		return wrong(part, "the %s is missing: give digits such as 02422730001", what)
	}
	if len(number) > maxNumber {
		return wrong(part, "the %s is %d characters long: %d are the most", what, len(number), maxNumber)
	}
	for _, r := range digits {
		if (r < '0' || r > '9') && !strings.ContainsRune(extra, r) {
			return wrong(part, "the %s %.40q holds %q: give digits such as 02422730001, with a + before them at most", what, number, r)
		}
	}
	return nil
}

// key is under what the phone that is called finds its plan.
func (c Call) key() string {
	switch {
	case c.Outgoing():
		return c.To
	case c.Anonymous:
		return withheldID
	}
	return c.From
}

// String says what will happen, for progress lines.
func (c Call) String() string {
	who := c.From
	switch {
	case c.Outgoing():
		return "the officer calls " + c.To
	case c.Anonymous:
		who = "an anonymous caller"
	case c.Name != "":
		who = shorten(c.Name, 30) + " (" + c.From + ")"
	}
	return who + " calls the duty phone"
}

func shorten(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return string(r[:limit]) + "…"
}
