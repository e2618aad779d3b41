// Package alerts decides what somebody must be told, from what the duty log says.
package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// State is where an alert stands.
type State string

// The life of an alert. One whose cause comes again soon after it was resolved is open again (see
// Damping), later it is a new one.
const (
	Open         State = "open"
	Acknowledged State = "acknowledged" // somebody has taken it on
	Resolved     State = "resolved"     // its cause is gone, or there is nothing that could go and somebody has taken it on
)

// States lists them.
func States() []State { return []State{Open, Acknowledged, Resolved} }

// Event is a step in the life of an alert, as the log keeps it for evidence.
type Event string

// The closed set of events. The first ones are states, too.
const (
	Opens       Event = "open"
	TakenOn     Event = "acknowledged"
	Ends        Event = "resolved"
	Returns     Event = "reopened"
	Mutes       Event = "muted"
	Unmutes     Event = "unmuted"
	OnceMore    Event = "once_more" // a call, or a move, more of the same problem
	Tells       Event = "told"      // a post of the chain
	BeginsAgain Event = "again"     // the chain, because nobody took it on
)

// Alert is one problem.
type Alert struct {
	ID int64 // the log gives it; 0 before
	// Key makes it idempotent: one key per problem, for instance "limit_passed/1795436279.0"
	// or, for what lasts until it is over, "phone_unreachable/duty".
	Key       string
	Rule      string // which one raised it: for the built-in ones the reason's name
	Reason    Reason
	Certainty Certainty
	Severity  Severity
	Line      string
	CallID    string
	Finding   telephony.Finding
	Detail    string
	Evidence  []Evidence // what it rests on
	At        time.Time  // of what happened
	FoundAt   time.Time  // when that was found in the switch's journal; zero: it was told as it happened

	// Of a problem that is told of several calls, or moves of a phone: how many they are, and when the
	// newest was. Then CallID and Detail are of that one.
	Times  int
	LastAt time.Time

	AcknowledgedAt time.Time
	AcknowledgedBy dutylog.Actor
	Note           string // what they said
	ResolvedAt     time.Time
	Reopened       int       // how often it came back
	ReopenedAt     time.Time // the last time

	Muted   Mute
	Round   int       // of telling it, from the first receiver on
	RoundAt time.Time // when that began, by our clock as all that follows
	Reached Reached
	Coming  Coming
	Due     time.Time // when it is decided again what is to be told; zero: not before something happens

	// Ends lists the keys of the problems that are over with this. Then it is no problem itself.
	Ends []string
}

// State is where it stands.
func (a Alert) State() State {
	switch {
	case !a.ResolvedAt.IsZero():
		return Resolved
	case !a.AcknowledgedAt.IsZero():
		return Acknowledged
	}
	return Open
}

// ErrOver is why an alert is not acknowledged: its cause is gone.
var ErrOver = errors.New("the alert is resolved already")

// ErrSupervisor is why an alert is not acknowledged: it tells the supervisor what the duty room did.
var ErrSupervisor = errors.New("only a supervisor takes this on: it tells of what the duty room decided itself")

// forSupervisor are the reasons of alerts that only a supervisor takes on.
var forSupervisor = []Reason{ReasonClockLate, ReasonOmitted, ReasonUnproved, ReasonMismatch, ReasonUnconfirmed}

// Acknowledge is the alert with somebody who has taken it on. The first one stands; said again
// it changes nothing.
func (a Alert) Acknowledge(by dutylog.Actor, note string, at time.Time) (Alert, error) {
	switch {
	case !a.AcknowledgedAt.IsZero():
		return a, nil
	case !a.ResolvedAt.IsZero():
		return a, ErrOver
	case slices.Contains(forSupervisor, a.Reason) && by.Role != dutylog.Supervisor:
		return a, ErrSupervisor
	}
	a.AcknowledgedAt, a.AcknowledgedBy, a.Note = at, by, note
	a.Coming = Coming{}
	if !a.Reason.Lasts() {
		a.ResolvedAt = at
	}
	return a, nil
}

// Query selects alerts, the newest first.
type Query struct {
	States []State // none: all
	Line   string  // empty: all
	Muted  bool    // only those that are muted now
	Limit  int
	Cursor string
}

// Store keeps alerts; dutylog/sqlite implements it. Each step of an alert's life is evidence.
type Store interface {
	// Raise writes the alert and its feed row; raising the same key again does nothing as long
	// as that problem is not over, and opens it again soon after. One that ends problems resolves
	// those that stand.
	Raise(ctx context.Context, a Alert) error
	// Alerts lists them, and gives the cursor of the next page; empty on the last one.
	Alerts(ctx context.Context, q Query) ([]Alert, string, error)
	// OpenAlerts is how many are open.
	OpenAlerts(ctx context.Context) (int, error)
	// Acknowledge keeps who took an alert on; see Alert.Acknowledge. dutylog.ErrNotFound when
	// there is none of that number.
	Acknowledge(ctx context.Context, id int64, by dutylog.Actor, note string) (Alert, error)
	// Mute keeps a problem, or all of its rule on its line, quiet; see Alert.Mute. The time is the store's.
	Mute(ctx context.Context, id int64, m Mute) (Alert, error)
	// Unmute ends that early; ErrUnmuted when there is nothing to end.
	Unmute(ctx context.Context, id int64, by dutylog.Actor) (Alert, error)
	// Advance tells what is due by now, and says when something is due next; the zero time when nothing is.
	Advance(ctx context.Context) (time.Time, error)
}

// MarshalJSON writes the alert as the API and event streams carry it.
func (a Alert) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID             int64             `json:"id"`
		Key            string            `json:"key"`
		Rule           string            `json:"rule"`
		Reason         Reason            `json:"reason"`
		Certainty      Certainty         `json:"certainty"`
		Severity       Severity          `json:"severity"`
		State          State             `json:"state"`
		Line           string            `json:"line"`
		CallID         string            `json:"call_id"`
		Finding        telephony.Finding `json:"finding"`
		Detail         string            `json:"detail"`
		Evidence       []Evidence        `json:"evidence"`
		OpenedAt       *string           `json:"opened_at"`
		FoundAt        *string           `json:"found_at"`
		Times          int               `json:"times"`
		LastAt         *string           `json:"last_at"`
		AcknowledgedAt *string           `json:"acknowledged_at"`
		AcknowledgedBy string            `json:"acknowledged_by"`
		Note           string            `json:"note"`
		ResolvedAt     *string           `json:"resolved_at"`
		Reopened       int               `json:"reopened"`
		ReopenedAt     *string           `json:"reopened_at"`
		MutedUntil     *string           `json:"muted_until"`
		MutedRule      bool              `json:"muted_rule"`
		MutedBy        string            `json:"muted_by"`
		MutedReason    string            `json:"muted_reason"`
		ToldPost       dutylog.Post      `json:"told_post"`
		ToldPerson     string            `json:"told_person"`
		ToldAt         *string           `json:"told_at"`
		NextPost       dutylog.Post      `json:"next_post"`
		NextAt         *string           `json:"next_at"`
	}{a.ID, a.Key, a.Rule, a.Reason, a.Certainty, a.Severity, a.State(), a.Line, a.CallID, a.Finding, a.Detail, append([]Evidence{}, a.Evidence...), telephony.JSONTime(a.At),
		telephony.JSONTime(a.FoundAt), a.Times, telephony.JSONTime(a.LastAt),
		telephony.JSONTime(a.AcknowledgedAt), nameOf(a.AcknowledgedBy), a.Note, telephony.JSONTime(a.ResolvedAt),
		a.Reopened, telephony.JSONTime(a.ReopenedAt), telephony.JSONTime(a.Muted.Until), a.Muted.Rule, nameOf(a.Muted.By), a.Muted.Reason,
		a.Reached.Post, a.Reached.Person, telephony.JSONTime(a.Reached.At), a.Coming.Post, telephony.JSONTime(a.Coming.At)})
}

func nameOf(a dutylog.Actor) string {
	if a.Name != "" {
		return a.Name
	}
	return a.Login
}
