package dutylog

import (
	"context"
	"strings"
	"time"
)

// Hold is a legal hold on an entry: nothing that belongs to it expires or is erased until it
// is released.
type Hold struct {
	Reason string
	By     Actor
	At     time.Time
}

// HoldStore sets holds. Who did it and why is kept for ever. A hold is released by two persons, see
// ApprovalStore.
type HoldStore interface {
	// SetHold puts an entry under a legal hold.
	SetHold(ctx context.Context, entryID, reason string, by Actor) (Entry, error)
}

// CheckHold says whether a hold may be set (on) or released, and gives the reason as it is kept.
func (e Entry) CheckHold(on bool, reason string) (string, error) {
	reason, err := CleanReason("reason", reason)
	switch {
	case err != nil:
		return "", err
	case on && e.Hold != nil:
		return "", &InvalidError{Field: "hold", Reason: "the entry is held already, since " + e.Hold.At.UTC().Format(time.DateOnly) + " by " + e.Hold.By.Login}
	case !on && e.Hold == nil:
		return "", &InvalidError{Field: "hold", Reason: "the entry is not held"}
	}
	return reason, nil
}

// CleanNote is a few words as they are kept; none are allowed.
func CleanNote(field, note string) (string, error) {
	note, err := cleanField(field, note, shortText)
	return strings.TrimSpace(note), err
}

// CleanReason is a reason as it is kept; a decision without one is refused.
func CleanReason(field, reason string) (string, error) {
	reason, err := cleanField(field, reason, shortText)
	if err == nil && blank(reason) {
		err = &InvalidError{Field: field, Reason: "say why in a few words: it is kept with the decision for ever"}
	}
	return reason, err
}
