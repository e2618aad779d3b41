// Package alerts decides what somebody must be told, from what the duty log says.
package alerts

import (
	"context"
	"time"

	"dutyline/telephony"
)

// Reason names why an alert was raised.
type Reason string

// The closed set of reasons so far.
const (
	ReasonRing3       Reason = "ring_3"       // the last ring within the limit has begun
	ReasonLimitPassed Reason = "limit_passed" // still ringing after the limit
	ReasonMissed      Reason = "missed"
	ReasonForwarded   Reason = "forwarded"
	ReasonLineFault   Reason = "line_fault"
)

// Alert is one thing to tell. Key makes it idempotent.
type Alert struct {
	Key     string // for instance "limit_passed/1795436279.0"
	Reason  Reason
	Line    string
	CallID  string
	Finding telephony.Finding
	Detail  string
	At      time.Time
}

// Store keeps alerts; dutylog/sqlite implements it.
type Store interface {
	// Raise writes the alert and its feed row; raising the same key again does nothing.
	Raise(ctx context.Context, a Alert) error
}
