package dutylog

import (
	"context"
	"time"
)

// Relation is why two entries belong together. It holds both ways.
type Relation string

// The closed set of relations.
const (
	SameMatter Relation = "same_matter" // the same caller, the same matter
	SameEvent  Relation = "same_event"  // others tell of the same event
)

// Relations lists the closed set.
func Relations() []Relation { return []Relation{SameMatter, SameEvent} }

// Link is another entry that belongs to one, and who said so. What is linked over others belongs
// to it as well: links of one relation make a set.
type Link struct {
	Relation Relation
	Entry    Entry
	Direct   bool // false: over other entries only
	By       Actor
	At       time.Time
}

// LinkOrder links two entries, or undoes that.
type LinkOrder struct {
	A, B     string // ids
	Relation Relation
	Undo     bool
	Reason   string // of an undo
	By       Actor
}

// Check gives the order as it is kept: the smaller id first, for it holds both ways.
func (o LinkOrder) Check() (LinkOrder, error) {
	switch {
	case o.Relation != SameMatter && o.Relation != SameEvent:
		return o, &InvalidError{Field: "relation", Reason: "is neither same_matter nor same_event"}
	case o.A == o.B:
		return o, &InvalidError{Field: "with", Reason: "is this entry itself"}
	}
	if o.A > o.B {
		o.A, o.B = o.B, o.A
	}
	var err error
	if o.Undo {
		o.Reason, err = CleanReason("reason", o.Reason)
	} else {
		o.Reason, err = CleanNote("reason", o.Reason)
	}
	return o, err
}

// LinkStore keeps which entries belong together. Who linked and who undid is kept for ever.
type LinkStore interface {
	// Links lists what belongs to an entry, the newest first.
	Links(ctx context.Context, id string) ([]Link, error)
	// Link links two entries or undoes it; said again it changes nothing.
	Link(ctx context.Context, o LinkOrder) error
}
