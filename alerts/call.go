package alerts

import (
	"context"
	"errors"
	"strings"
	"time"

	"dutyline/telephony"
)

// ErrNotNow is in the chain of an error when nothing was tried, because it must not be now: the
// only trunk carries a call. It is tried soon again, and counts as no try.
var ErrNotNow = errors.New("not now")

// CallOutcome is what came of calling somebody.
type CallOutcome string

// The closed set of outcomes.
const (
	CallRuns       CallOutcome = ""             // it is not over
	CallTaken      CallOutcome = "acknowledged" // answered, and the key pressed: the alert is theirs
	CallHeard      CallOutcome = "answered"     // answered, and no key that takes it on
	CallNoAnswer   CallOutcome = "no_answer"
	CallBusy       CallOutcome = "busy"
	CallRejected   CallOutcome = "rejected"
	CallFailed     CallOutcome = "failed"       // the network or the switch did not take it
	CallLost       CallOutcome = "lost"         // what came of it is not known: the switch was started anew meanwhile
	CallTrunkInUse CallOutcome = "trunk_in_use" // it was not called: the only trunk carries a call; it is called after that
	CallDutyPhone  CallOutcome = "duty_phone"   // it was not called: the number is a duty phone's
)

// CallOutcomes lists them, but for that of a call that runs.
func CallOutcomes() []CallOutcome {
	return []CallOutcome{CallTaken, CallHeard, CallNoAnswer, CallBusy, CallRejected, CallFailed, CallLost, CallTrunkInUse, CallDutyPhone}
}

// Call is one call of the daemon's own to a person about an alert. Its tag is "system": it is no call
// of a line, has no entry and is in nobody's figures.
type Call struct {
	ID       string // of its channel; the same try of the same delivery has the same
	Channel  string // by which the alert goes out
	AlertID  int64  // 0: it was a test
	Person   Person
	Trunk    string
	WaitedAt time.Time // when it first had to wait for the trunk; zero: it had not
	At       time.Time // when it was placed; zero: it was not
	EndedAt  time.Time
	Outcome  CallOutcome
	Detail   string // of what failed
}

// CallBook keeps the calls; dutylog/sqlite implements it.
type CallBook interface {
	// AlertCall is the one of that id; false when there is none.
	AlertCall(ctx context.Context, id string) (Call, bool, error)
	// KeepAlertCall keeps how a call stands now.
	KeepAlertCall(ctx context.Context, c Call) error
	// AlertCalls lists those about an alert, the oldest first.
	AlertCalls(ctx context.Context, alert int64) ([]Call, error)
}

// DutyLine is the line at whose duty phone a number would ring, dialled in whatever way: it is a duty
// number if it ends with one, without its area code. An extension of a PBX is too short for that:
// many a mobile number ends with the same digits.
func DutyLine(number string, lines []telephony.Line) (name string, is bool) {
	digits := onlyDigits(number)
	for _, l := range lines {
		core := telephony.ParseNumber(l.Number, l.AreaCode).Core()
		if core == "" {
			core = onlyDigits(l.Number)
		}
		if core != "" && strings.HasSuffix(digits, core) && (len(core) >= leastSubscriber || len(digits) <= len(core)+outside) {
			return l.Name, true
		}
	}
	return "", false
}

const (
	leastSubscriber = 7 // digits of a subscriber's number in China, at least
	outside         = 2 // digits that a PBX may want before an extension, at most
)

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
