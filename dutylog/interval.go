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
	// LogSince is when the log began: of the time before it nothing is known, though no interval says so. Zero: it does
	// not say.
	LogSince(ctx context.Context) (time.Time, error)
}

// BeforeLog is the part of a time before the log began, as blind as any other time that nobody saw; false: there is none.
func BeforeLog(since, from, to time.Time) (telephony.Interval, bool) {
	i := telephony.Interval{Kind: telephony.BlindInterval, From: from, To: earlier(since, to), Cause: "the duty log did not exist yet"}
	return i, i.From.Before(i.To)
}
