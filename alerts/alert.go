// Package alerts decides what somebody must be told, from what the duty log says.
package alerts

import (
	"context"
	"encoding/json"
	"time"

	"dutyline/telephony"
)

// Reason names why an alert was raised.
type Reason string

// The closed set of reasons.
const (
	ReasonRing3         Reason = "ring_3"              // the last ring within the limit has begun
	ReasonLimitPassed   Reason = "limit_passed"        // still ringing after the limit
	ReasonMissed        Reason = "missed"              // it rang and nobody answered
	ReasonForwarded     Reason = "forwarded"           // the call went somewhere else
	ReasonElsewhere     Reason = "answered_elsewhere"  // a phone that is no duty phone answered
	ReasonMachine       Reason = "answered_by_machine" // no person answered
	ReasonEngaged       Reason = "engaged"             // a caller met the busy tone
	ReasonRejected      Reason = "rejected"            // the call was refused at the duty phone
	ReasonUnreached     Reason = "unreachable"         // a call came and the duty phone could not be rung
	ReasonUnknown       Reason = "unknown"             // the switch could not be seen during a call
	ReasonForwardCode   Reason = "forward_code"        // a code that sets up forwarding was dialled at the duty phone
	ReasonForwardCancel Reason = "forward_cancel_code" // one that cancels it
	ReasonForwardQuery  Reason = "forward_query_code"  // one that asks for it; no offence
	ReasonFeatureCode   Reason = "feature_code"        // another service code was dialled, or one that no table knows
	ReasonLineFault     Reason = "line_fault"          // the configuration would hide or lose calls
	ReasonFaultOver     Reason = "line_fault_over"
	ReasonLineDown      Reason = "line_unreachable" // no duty phone is registered
	ReasonLineBlind     Reason = "line_unknown"     // the switch cannot be seen
	ReasonLineBack      Reason = "line_back"        // the line can be reached and seen again
)

// Alert is one thing to tell.
type Alert struct {
	// Key makes it idempotent: one key per problem, for instance "limit_passed/1795436279.0"
	// or, for what lasts until it is over, "line_unreachable/duty".
	Key     string
	Reason  Reason
	Line    string
	CallID  string
	Finding telephony.Finding
	Detail  string
	At      time.Time
	// Ends lists the keys of the problems that are over with this. When none of them stands,
	// there is nothing to tell.
	Ends []string
}

// Store keeps alerts; dutylog/sqlite implements it.
type Store interface {
	// Raise writes the alert and its feed row; raising the same key again does nothing as
	// long as that problem is not over. An alert that ends problems is told only when one
	// of them stood.
	Raise(ctx context.Context, a Alert) error
}

// MarshalJSON writes the alert as event streams carry it.
func (a Alert) MarshalJSON() ([]byte, error) {
	var at *string
	if !a.At.IsZero() {
		s := a.At.UTC().Format("2006-01-02T15:04:05.000Z")
		at = &s
	}
	return json.Marshal(struct {
		Key     string            `json:"key"`
		Reason  Reason            `json:"reason"`
		Line    string            `json:"line"`
		CallID  string            `json:"call_id"`
		Finding telephony.Finding `json:"finding"`
		Detail  string            `json:"detail"`
		At      *string           `json:"at"`
	}{a.Key, a.Reason, a.Line, a.CallID, a.Finding, a.Detail, at})
}
