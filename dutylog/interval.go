package dutylog

import (
	"context"
	"time"

	"dutyline/telephony"
)

// IntervalStore tells what was not seen: no figure is shown without it.
type IntervalStore interface {
	// Intervals lists what was not seen between two moments: the facts that are kept, and the
	// blind intervals that follow from them, whole also where they reach beyond. A zero moment
	// is open.
	Intervals(ctx context.Context, from, to time.Time) ([]telephony.Interval, error)
}
