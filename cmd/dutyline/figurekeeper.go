package main

import (
	"context"
	"log/slog"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

const (
	figureLooks = time.Minute
	figureDays  = 20 // whose tallies are made before somebody else may write
)

// figureKeeper makes the tallies of days that are over, so that figures of years cost little, and closes
// months whose time has come.
type figureKeeper struct {
	log      *sqlite.DB
	calendar func() dutylog.SiteCalendar
	workdays int
	now      func() time.Time
	logger   *slog.Logger
}

// Run looks until ctx ends. A log of years has much to be made after an update: days are made one after
// the other then, with a breath in between.
func (k *figureKeeper) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		left, err := k.look(ctx)
		if err != nil && ctx.Err() == nil {
			k.logger.Warn("figures could not be made ready; it is tried again in a minute", "err", err)
		}
		wait := figureLooks
		if left && err == nil {
			wait = 100 * time.Millisecond
		}
		rest(ctx, wait)
	}
	return nil
}

// look makes some days ready; left says whether more are to be made. Months are closed and added up when all days are.
func (k *figureKeeper) look(ctx context.Context) (left bool, err error) {
	if left, err = k.log.KeepTallies(ctx, k.now(), figureDays); left || err != nil {
		return left, err
	}
	if err := k.log.FreezeMonths(ctx, k.now(), k.calendar().Years, k.workdays); err != nil {
		return false, err
	}
	return false, k.log.SumMonths(ctx, k.now())
}
