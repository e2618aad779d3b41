package alerts

import (
	"context"
	"errors"
	"time"

	"dutyline/dutylog"
)

// Severity is how bad a problem is.
type Severity string

// The closed set of severities.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Notice is one message about an alert for one receiver. What leaves the building is rule, line,
// time and entry number only; Text and Caller are empty unless the site turned them on for the
// channel.
type Notice struct {
	ID          string // of the delivery: the same again is the same message, a receiver may drop it
	AlertID     string
	Rule        string
	Reason      Reason
	Severity    Severity
	Line        string
	At          time.Time // of what happened; of its end, when it is over
	EntryNumber string    // e.g. 2026-000123; empty when there is no entry
	Title       string    // one line for people, in the site's language
	Text        string    // more for people
	Caller      string
	Over        bool         // the problem is over
	Again       bool         // it is told anew: it came back, or nobody took it on, or it was muted until now
	Post        dutylog.Post // of the chain whose turn it is; empty: the channel takes such alerts by itself
	Person      Person       // who holds that post, for a channel that calls them
	Attempt     int          // how often it was tried before: who calls people, calls the next one
	Test        bool         // somebody pressed the test button: it says so and is no alarm
}

// Channel carries notices out of the building. Deliver is called again with the same notice
// until it succeeds: at least once, never twice at a time. It takes no longer
// than ctx allows and keeps nothing between calls.
type Channel interface {
	Deliver(ctx context.Context, n Notice) error
}

// ErrNever is in the chain of an error after which another try soon is pointless: the receiver
// refused the message itself, or the channel's own settings are wrong, and somebody has to mend
// that first. It is tried again from time to time. Everything else is tried again sooner, where
// retries live: not in the channel.
var ErrNever = errors.New("no further try will help")
