package main

import (
	"context"
	"log/slog"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// suspectorLooks is how often the log is looked through for what a person should look at.
const suspectorLooks = 10 * time.Minute

// suspector writes what the log suggests into the register of suspected violations. It decides nothing: what
// is suspected, dutylog.Suspicions says, and persons do the rest.
type suspector struct {
	log    *sqlite.DB
	zone   *time.Location
	now    func() time.Time
	logger *slog.Logger
}

// Run looks until ctx ends.
func (s *suspector) Run(ctx context.Context) error {
	for ; ctx.Err() == nil; rest(ctx, suspectorLooks) {
		added, err := s.look(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.logger.Warn("the log could not be looked through for suspected violations; it is tried again in ten minutes", "err", err)
		case added > 0:
			s.logger.Info("suspected violations wait in the register for a person", "new", added)
		}
	}
	return nil
}

// look goes through this month and the one before: what is older is assessed already.
func (s *suspector) look(ctx context.Context) (int, error) {
	now := s.now()
	from := dutylog.MonthOf(now, s.zone).Before().First().Start(s.zone)
	books, err := s.log.SuspicionBooks(ctx, from, now)
	if err != nil {
		return 0, err
	}
	return s.log.Suspect(ctx, dutylog.Suspicions(books, from, now))
}
