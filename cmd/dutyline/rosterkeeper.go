package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// rosterLooks is how often the roster is looked at, whatever it says: people change it, and clocks
// are set.
const rosterLooks = time.Minute

// rosterKeeper tells of gaps that come near and of rosters that are to be filed. The rules are in
// dutylog and alerts; here facts are read.
type rosterKeeper struct {
	log    *sqlite.DB
	alerts raiser
	watch  alerts.RosterWatch
	off    bool
	line   string
	now    func() time.Time
	logger *slog.Logger

	book *alerts.RosterBook
}

// Run looks until ctx ends.
func (k *rosterKeeper) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		next, err := k.look(ctx)
		if err != nil && ctx.Err() == nil {
			k.logger.Warn("the roster could not be looked at; it is tried again in a minute", "err", err)
		}
		wait := rosterLooks
		if left := next.Sub(k.now()); err == nil && !next.IsZero() && left > 0 && left < wait {
			wait = left
		}
		rest(ctx, wait)
	}
	return nil
}

// look judges once; next is when something becomes due without anybody's doing.
func (k *rosterKeeper) look(ctx context.Context) (next time.Time, err error) {
	if k.book == nil {
		standing, _, err := k.log.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: 500})
		if err != nil {
			return next, err
		}
		k.book = alerts.NewRosterBook(standing)
	}
	now := k.now()
	var stand []alerts.Alert
	if !k.off {
		facts, err := k.facts(ctx, now)
		if err != nil {
			return next, err
		}
		stand, next = k.watch.Judge(facts, k.line, now)
	}
	for _, a := range k.book.Take(stand, k.line, now) {
		if err := k.alerts.Raise(ctx, a); err != nil {
			k.book.Untold(a)
			if !errors.Is(err, errIgnored) {
				return next, err
			}
		}
	}
	return next, nil
}

func (k *rosterKeeper) facts(ctx context.Context, now time.Time) (f alerts.RosterFacts, err error) {
	if f.Since, err = k.log.RosterFiled(ctx); err != nil || f.Since.IsZero() {
		return f, err
	}
	// A gap is known by when it begins, also one that lasts: so the look goes back and ahead as far as a shift may.
	f.From, f.To = now.Add(-dutylog.LongestShift), now.Add(k.watch.GapAhead+dutylog.LongestShift)
	shifts, err := k.log.Shifts(ctx, f.From, f.To)
	if err != nil {
		return f, err
	}
	f.Findings = dutylog.RosterGaps(shifts, f.From, f.To)
	first := now.Add(-31 * 24 * time.Hour)
	last := now.Add(k.watch.FileAhead + 62*24*time.Hour) // a month's roster is due a month before its last day
	return f, k.duties(ctx, &f, first, last, now)
}

func (k *rosterKeeper) duties(ctx context.Context, f *alerts.RosterFacts, from, to, now time.Time) error {
	zone := k.log.Zone()
	first, last := dutylog.DateOf(from, zone), dutylog.DateOf(to, zone)
	facts, err := k.log.FilingFacts(ctx, first, last)
	f.Zone, f.Duties, f.Calendar = zone, facts.FilingDuties(first, last, now), facts.Calendar
	return err
}
