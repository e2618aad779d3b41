package alerts

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"dutyline/dutylog"
)

// Route says which alerts go out by a channel.
type Route struct {
	Channel string   // its name in the configuration
	Least   Severity // and what is worse
	Calls   bool     // it calls people: never to say that something is over, and nobody once somebody has taken it on
}

var severities = []Severity{Info, Warning, Critical}

// Severities lists them, the least first.
func Severities() []Severity { return slices.Clone(severities) }

// Takes reports whether an alert is bad enough for this channel.
func (r Route) Takes(a Alert) bool {
	return slices.Index(severities, a.Severity) >= slices.Index(severities, r.Least)
}

// Patience is how long an alert stands before it is told by this channel: nobody is called about a
// line that is well again before they have picked up. What happened, and a call that rings, waits for
// nothing.
func (r Route) Patience(a Alert) time.Duration {
	if a.Certainty == Weak && a.CallID != "" && a.State() == Open || r.Calls && a.Reason.Lasts() && a.CallID == "" {
		return patience
	}
	return 0
}

// patience is long enough for a short fault to pass, and for the journal to say what came of a call
// that was seen in part.
const patience = 15 * time.Second

// DeliveryState is where a delivery stands.
type DeliveryState string

// The closed set of states.
const (
	Waiting   DeliveryState = "waiting" // for its first or its next try
	Delivered DeliveryState = "delivered"
	GivenUp   DeliveryState = "given_up" // it is too old to be of use
	Needless  DeliveryState = "needless" // the problem was over, taken on or muted before it could be told
)

// Delivery is one alert on its way to one receiver, kept until it is delivered: at least once.
type Delivery struct {
	ID          int64
	Channel     string
	Alert       Alert
	EntryNumber string       // of the call's entry, when there is one
	Caller      string       // as the switch gave it, when there is a call
	Over        bool         // it tells that the problem is over
	Round       int          // of the alert
	Post        dutylog.Post // of the chain; empty: the channel takes such alerts by itself
	Person      Person       // who holds that post now
	Since       time.Time    // it was to be told
	State       DeliveryState
	Attempts    int
	NextTry     time.Time
	DoneAt      time.Time
	Error       string // of the last try in vain
}

// Notice is what goes out: rule, line, time and entry number, and what the reason is called. What
// more is known of it goes out by WithDetails only.
func (d Delivery) Notice() Notice {
	at, title := later(d.Alert.At, d.Alert.LastAt), d.Alert.Title()
	if d.Over {
		at = d.Alert.ResolvedAt
	}
	if !d.Alert.FoundAt.IsZero() {
		title += "（事后查明）" // it is no alarm of this moment
	}
	return Notice{
		ID: "dutyline-" + strconv.FormatInt(d.ID, 10), AlertID: strconv.FormatInt(d.Alert.ID, 10), Rule: d.Alert.Rule, Reason: d.Alert.Reason,
		Severity: d.Alert.Severity, Line: d.Alert.Line, At: at, EntryNumber: d.EntryNumber, Title: title, Over: d.Over,
		Attempt: d.Attempts, Again: d.Round > 0 && !d.Over, Post: d.Post, Person: d.Person,
	}
}

// Moot reports whether nobody need be called any more: it is over, or somebody has taken it on.
func (d Delivery) Moot() bool { return d.Over || d.Alert.State() != Open }

// WithDetails is the notice with what the site lets out by some channels only: the caller's number
// and the detail of the alert.
func (d Delivery) WithDetails() Notice {
	n := d.Notice()
	n.Text, n.Caller = d.Alert.Detail, d.Caller
	return n
}

// mostAge is after how long an alert that could not be told is of no use any more.
const mostAge = 24 * time.Hour

// The pauses after the first, second … try in vain.
var pauses = []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 3 * time.Minute, 10 * time.Minute, 30 * time.Minute}

// Pause is how long to wait after so many tries in vain.
func Pause(tries int) time.Duration { return pauses[min(max(tries, 1), len(pauses))-1] }

// notNowPause is how soon it is looked again whether it may be tried.
const notNowPause = 5 * time.Second

// Tried is the delivery after a try.
func (d Delivery) Tried(never bool, err error, now time.Time) Delivery {
	d.Attempts++
	switch {
	case err == nil:
		d.State, d.DoneAt, d.Error = Delivered, now, ""
	case errors.Is(err, ErrNotNow):
		d.Attempts--
		d.NextTry, d.Error = now.Add(notNowPause), err.Error()
	case now.Sub(later(d.Alert.At, d.Since)) > mostAge:
		d.State, d.DoneAt, d.Error = GivenUp, now, err.Error()
	case never: // until somebody mends something; one wrong answer of a receiver must not lose an alert for good
		d.NextTry, d.Error = now.Add(Pause(len(pauses))), err.Error()
	default:
		d.NextTry, d.Error = now.Add(Pause(d.Attempts)), err.Error()
	}
	return d
}

// Outbox keeps what is to be delivered; dutylog/sqlite implements it. Deliveries are written in
// the transaction of the step that they tell.
type Outbox interface {
	// NextDelivery is the one of a channel that is to be tried next; false when none waits. Of those
	// that are due it is one that was not tried yet, then a call that rings, then the worst, then the
	// oldest; where none is, the one that is due first: no message in trouble holds up another, but
	// that an alert is over never goes before the alert.
	NextDelivery(ctx context.Context, channel string) (Delivery, bool, error)
	// SaveDelivery keeps what came of a try. When it arrived, the receiver is well again: what was
	// tried in vain before is due at once, but for calls: who did not pick up is left his pause.
	SaveDelivery(ctx context.Context, d Delivery) error
	// Deliveries lists those of an alert, the oldest first.
	Deliveries(ctx context.Context, alert int64) ([]Delivery, error)
}
