package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"dutyline/dutylog"
)

// readCalendar is a log whose calendar may change, or not be readable.
type readCalendar struct {
	years   dutylog.Calendar
	periods []dutylog.SensitivePeriod
	err     error
	reads   int
}

func (r *readCalendar) Calendar(context.Context) (dutylog.Calendar, error) {
	r.reads++
	return r.years, r.err
}

func (r *readCalendar) SensitivePeriods(context.Context) ([]dutylog.SensitivePeriod, error) {
	return r.periods, r.err
}

// A table that somebody puts in holds within a minute; a log that cannot be read takes nothing away;
// and a clock that is set back does not keep an old one.
func TestTheCalendarOfTheLogIsReadAnew(t *testing.T) {
	now := time.Date(2026, 9, 30, 4, 0, 0, 0, time.UTC)
	log := &readCalendar{err: errors.New("locked")}
	c := &logCalendar{log: log, now: func() time.Time { return now }, logger: slog.New(slog.DiscardHandler)}
	national := time.Date(2026, 10, 5, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))
	if c.IsHoliday(national) || !c.IsWorkday(national) || !c.IsHoliday(national.AddDate(0, 0, -4)) {
		t.Error("before anything was read more than the weekday and the fixed holidays is known")
	}
	log.years, log.err = dutylog.SeedCalendar(), nil
	now = now.Add(calendarAge)
	if !c.IsHoliday(national) || c.IsWorkday(national) || c.SensitivePeriod(national) {
		t.Error("what stands in the log does not hold")
	}
	before := log.reads
	for range 100 {
		c.IsHoliday(national)
	}
	if log.reads != before {
		t.Errorf("it was read %d times within a minute", log.reads-before)
	}
	log.err = errors.New("locked")
	now = now.Add(calendarAge)
	if !c.IsHoliday(national) {
		t.Error("a log that is locked takes the holidays away")
	}
	log.err, log.periods = nil, []dutylog.SensitivePeriod{{Span: dutylog.DateSpan{Name: "国庆", First: "2026-09-28", Last: "2026-10-08"}}}
	now = now.Add(-24 * time.Hour) // somebody sets the clock
	if !c.SensitivePeriod(national) {
		t.Error("after the clock was set back nothing is read any more")
	}
}
