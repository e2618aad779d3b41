package sqlite

import (
	"context"
	"sync"
	"time"

	"dutyline/dutylog"
)

// monthSums are sums of whole months that were made since the log was opened. Each stands as long as no day of its
// month changed: how often they changed tells that.
type monthSums struct {
	mu   sync.Mutex
	kept map[dutylog.Month]monthSum
}

type monthSum struct {
	dutylog.MonthSum
	state   monthState
	changed []dutylog.Date // of a closed month: days whose calls would be counted otherwise now
}

// monthState is by which a sum is known to stand.
type monthState struct {
	changes int64 // of all its days together; it only grows
	days    int   // that have a tally
	frozen  bool
}

const mostSums = 300 // months, about 50 kB each

func (s *monthSums) get(m dutylog.Month, state monthState) (monthSum, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum, known := s.kept[m]
	return sum, known && sum.state == state
}

func (s *monthSums) put(m dutylog.Month, sum monthSum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= mostSums {
		s.kept = map[dutylog.Month]monthSum{}
	}
	s.kept[m] = sum
}

// summed are the sums of the whole months of a time; a month of which a day has no tally has none.
func (db *DB) summed(ctx context.Context, from, to time.Time, frozen []dutylog.FrozenMonth) (map[dutylog.Month]monthSum, error) {
	zone, sums := db.options.Location, map[dutylog.Month]monthSum{}
	first, last := dutylog.MonthOf(from, zone), dutylog.MonthOf(to.Add(-1), zone)
	if first.First().Start(zone).Before(from) {
		first = first.Next()
	}
	if last.Next().First().Start(zone).After(to) {
		last = last.Before()
	}
	states, err := db.monthStates(ctx, first, last)
	if err != nil {
		return nil, err
	}
	for _, f := range frozen {
		if s, ok := states[f.Month]; ok {
			s.frozen = true
			states[f.Month] = s
		}
	}
	for m, state := range states {
		sum, known := db.sums.get(m, state)
		if !known {
			if sum, known, err = db.sumMonth(ctx, m, state); err != nil {
				return nil, err
			}
		}
		if known {
			sums[m] = sum
		}
	}
	return sums, nil
}

// monthStates are those of the months all days of which have a tally.
func (db *DB) monthStates(ctx context.Context, first, last dutylog.Month) (map[dutylog.Month]monthState, error) {
	states := map[dutylog.Month]monthState{}
	if last < first {
		return states, nil
	}
	rows, err := db.reading(ctx).Query("SELECT substr(day, 1, 7), sum(changes), count(*) FROM answer_days WHERE day BETWEEN ? AND ? AND tally IS NOT NULL GROUP BY 1", string(first.First()), string(last.Last()))
	type row struct {
		month dutylog.Month
		state monthState
	}
	found, err := all(rows, err, func(s scanner) (r row, err error) { return r, s.Scan(&r.month, &r.state.changes, &r.state.days) })
	for _, r := range found {
		if r.state.days == len(dutylog.Dates(r.month.First(), r.month.Last())) {
			states[r.month] = r.state
		}
	}
	return states, db.explain("look at the tallies of months", err)
}

// sumMonth makes the sum of a month, as it was frozen where it is closed. Its state was read before its tallies: one
// that changed in between is noticed the next time.
func (db *DB) sumMonth(ctx context.Context, m dutylog.Month, state monthState) (sum monthSum, made bool, err error) {
	days, err := db.keptTallies(ctx, m.First(), m.Last())
	if err != nil || len(days) != state.days { // of another zone, or one changed just now
		return sum, false, err
	}
	sum.state = state
	if state.frozen {
		if sum.changed, err = db.replaceFrozen(ctx, m, days); err != nil {
			return sum, false, err
		}
	}
	if sum.MonthSum, err = dutylog.SumMonth(days, db.options.Location); err != nil {
		return sum, false, db.explain("add up the tallies of "+string(m), err)
	}
	db.sums.put(m, sum)
	return sum, true, nil
}

// replaceFrozen puts the tallies of a closed month in the place of those of today.
func (db *DB) replaceFrozen(ctx context.Context, m dutylog.Month, days map[dutylog.Date][]byte) ([]dutylog.Date, error) {
	closed, err := db.frozenMonths(ctx, m, m, "tallies")
	if err != nil || len(closed) == 0 {
		return nil, err
	}
	return closed[0].Replace(days), nil
}

// SumMonths makes the sums of whole months that are missing, so that nobody who asks waits for them.
func (db *DB) SumMonths(ctx context.Context, now time.Time) error {
	zone := db.options.Location
	begin, err := db.firstCallDay(ctx)
	if err != nil || begin == "" {
		return err
	}
	last := dutylog.MonthOf(now, zone)
	frozen, err := db.FrozenMonths(ctx, dutylog.Month(begin[:7]), last)
	if err != nil {
		return err
	}
	if _, err = db.summed(ctx, dutylog.Month(begin[:7]).First().Start(zone), last.Next().First().Start(zone), frozen); err != nil {
		return err
	}
	return db.sumDuty(ctx, dutylog.MonthOf(now.Add(-dutylog.LongestDutySpan), zone), last)
}
