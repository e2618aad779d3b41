package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dutyline/dutylog"
)

// calendarAge is how old what was read of the calendar may be.
const calendarAge = time.Minute

// logCalendar is the site's calendar as the log has it, read anew once a minute. Where the log cannot
// be read, what was read before goes on; before that, weekends are known.
type logCalendar struct {
	log interface {
		Calendar(ctx context.Context) (dutylog.Calendar, error)
		SensitivePeriods(ctx context.Context) ([]dutylog.SensitivePeriod, error)
	}
	now    func() time.Time
	logger *slog.Logger

	mu   sync.Mutex
	is   dutylog.SiteCalendar
	read time.Time
}

var _ dutylog.TaskCalendar = (*logCalendar)(nil)

func (c *logCalendar) current() dutylog.SiteCalendar {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if age := now.Sub(c.read); !c.read.IsZero() && age >= 0 && age < calendarAge {
		return c.is
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	years, err := c.log.Calendar(ctx)
	if err == nil {
		var periods []dutylog.SensitivePeriod
		if periods, err = c.log.SensitivePeriods(ctx); err == nil {
			c.is = dutylog.SiteCalendar{Years: years, Periods: periods}
		}
	}
	if err != nil {
		c.logger.Warn("the calendar cannot be read; what was read before goes on", "err", err)
	}
	c.read = now
	return c.is
}

// IsHoliday implements dutylog.TaskCalendar.
func (c *logCalendar) IsHoliday(day time.Time) bool { return c.current().IsHoliday(day) }

// IsWorkday implements dutylog.TaskCalendar.
func (c *logCalendar) IsWorkday(day time.Time) bool { return c.current().IsWorkday(day) }

// SensitivePeriod implements dutylog.TaskCalendar.
func (c *logCalendar) SensitivePeriod(day time.Time) bool { return c.current().SensitivePeriod(day) }
