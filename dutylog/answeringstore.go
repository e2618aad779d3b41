package dutylog

import (
	"context"
	"time"
)

// AnsweringQuery asks how the line was answered.
type AnsweringQuery struct {
	From, To time.Time // whole hours of the site's clock: [From, To)
	By       Grouping
	Line     string // empty: all of them
	Live     bool   // closed months too as they would be counted now, as the calls are that are read beside it
	Now      time.Time
}

// AnsweringFigures is the answer, for every group and for all of them together.
type AnsweringFigures struct {
	Groups []AnsweringGroup
	Total  AnsweringGroup
	Begun  time.Time     // when the log began: the time before it counts as blind
	Frozen []FrozenMonth // closed months of the time: their figures are as they were frozen, unless Live was asked for
}

// AnsweringStore tells how the line was answered. Tallies of days that are over are kept, so that a
// long time costs little; whatever they were made of throws them away when it changes.
type AnsweringStore interface {
	// Answering gives the figures of a span; the error is an *InvalidError for one that cannot be told.
	Answering(ctx context.Context, q AnsweringQuery) (AnsweringFigures, error)
	// CountedReviews tells, by call, what reviews made of some calls, as figures take it.
	CountedReviews(ctx context.Context, calls []string) (map[string]CountedReview, error)
}

// CountedReview is what a review makes of a call, and whom it concerns; empty: nobody decided otherwise
// than was measured, and nobody is known.
type CountedReview struct {
	Officer string
	Result  ReviewResult
}
