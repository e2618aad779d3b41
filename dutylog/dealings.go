package dutylog

import (
	"context"
	"slices"
	"strings"
)

// ConcernWhy names why an open matter may concern whoever is on the telephone.
type ConcernWhy string

// The closed set of reasons, the strongest first.
const (
	ConcernsNumber ConcernWhy = "same_number"  // it came from the same number
	ConcernsNamed  ConcernWhy = "number_named" // the number stands in it
	ConcernsUnit   ConcernWhy = "same_unit"    // it came from the same unit
)

// Concern is a matter that is still to be dealt with, and why it may concern the other side of a call.
type Concern struct {
	Entry Entry
	Why   ConcernWhy
}

// PastCall is an earlier call with a number, in either direction, and the entry that it opened.
type PastCall struct {
	Call  Call
	Entry *Entry // nil: it opened none
}

// Dealings are what there was with the other side of an entry 来往: the last calls with its number,
// newest first, and what is still to be dealt with.
type Dealings struct {
	Calls []PastCall
	Open  []Concern
}

const (
	mostPastCalls = 10
	mostConcerns  = 9
)

// MostPastCalls is how many of the last calls with a number are shown.
func MostPastCalls() int { return mostPastCalls }

var concernOrder = []ConcernWhy{ConcernsNumber, ConcernsNamed, ConcernsUnit}

// Concerns ranks the open matters that may concern the other side of an entry: the strongest reason
// first, among equals the newest.
func Concerns(own Entry, open []Entry) []Concern {
	forms := longForms(own)
	var all []Concern
	for _, e := range open {
		if why := concernOf(own, e, forms); why != "" {
			all = append(all, Concern{Entry: e, Why: why})
		}
	}
	slices.SortStableFunc(all, func(a, b Concern) int {
		if c := slices.Index(concernOrder, a.Why) - slices.Index(concernOrder, b.Why); c != 0 {
			return c
		}
		if c := b.Entry.CallAt.Compare(a.Entry.CallAt); c != 0 {
			return c
		}
		return strings.Compare(a.Entry.ID, b.Entry.ID)
	})
	return all[:min(len(all), mostConcerns)]
}

// concernOf is empty for a matter that has nothing to do with the other side, as far as is known.
func concernOf(own, e Entry, forms []string) ConcernWhy {
	unit := oneLine(own.Values[CallerUnit])
	switch {
	case e.ID == own.ID || !e.Pending() || e.Kind == KindStep:
		return ""
	case !own.Number.Withheld() && !e.Number.Withheld() && sameNumber(own.Number, e.Number):
		return ConcernsNumber
	case namesOne(e, forms):
		return ConcernsNamed
	case unit != "" && unit == oneLine(e.Values[CallerUnit]):
		return ConcernsUnit
	}
	return ""
}

// DealingsStore knows what there was with somebody.
type DealingsStore interface {
	// Dealings lists what there was with the other side of an entry before it.
	Dealings(ctx context.Context, entryID string) (Dealings, error)
}
