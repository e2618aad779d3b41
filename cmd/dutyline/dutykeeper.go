package main

import (
	"context"
	"errors"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// dutyAhead is how far ahead deadlines are looked for; roster and rules change until then.
const dutyAhead = 3 * 24 * time.Hour

// wireDuties adds what tells of late handovers and overdue duties. Deadlines become a timer as those
// of alerts do; what changes them by our own doing asks for another look.
func (a *app) wireDuties(lines []telephony.Line) {
	k := &dutyKeeper{log: a.log, alerts: a.rules, calendar: a.calendar, line: lines[0].Name, allowance: a.cfg.Handover.Allowance,
		now: a.clock.Now, told: map[string]time.Time{}}
	a.duties = &escalator{advance: k.Turn, wake: func() <-chan struct{} { return nil }, now: a.clock.Now, logger: a.logger,
		hurry: func(context.Context) error { return nil }, set: make(chan struct{}, 1)}
}

// dutyBooks is what the keeper reads of the log.
type dutyBooks interface {
	LastHandover(ctx context.Context, at time.Time) (*dutylog.Handover, error)
	TaskBooks(ctx context.Context, from, to time.Time) (dutylog.TaskBooks, error)
}

// dutyKeeper tells what the duty room is late with: a handover that the roster asks for, and dated
// duties that are overdue. The rules are in dutylog; an escalator makes its deadlines a timer.
type dutyKeeper struct {
	log       dutyBooks
	alerts    raiser
	calendar  dutylog.TaskCalendar
	line      string // under which alerts of the whole room stand
	allowance time.Duration
	now       func() time.Time
	told      map[string]time.Time // by key: when what stands began; zero: that it is over
}

// Turn tells what is new, and says when something may be due next.
func (k *dutyKeeper) Turn(ctx context.Context) (next time.Time, err error) {
	now := k.now()
	from, to := now.Add(-dutylog.TasksBack), now.Add(dutyAhead)
	books, err := k.log.TaskBooks(ctx, from, to)
	if err != nil {
		return next, err
	}
	last, err := k.log.LastHandover(ctx, time.Time{})
	if err != nil {
		return next, err
	}
	due := dutylog.DueHandover(books.Shifts, last, books.Begun(now), now, k.allowance)
	tasks := dutylog.Tasks(books, k.calendar, from, to, now)
	for _, a := range append(alerts.FromTasks(dutylog.Newest(books.Rules), tasks, k.line, now), alerts.FromHandover(due, k.line, now)) {
		err = errors.Join(err, k.tell(ctx, a))
	}
	next = dutylog.NextTurn(tasks, now)
	if due.Deadline.After(now) && (next.IsZero() || due.Deadline.Before(next)) {
		next = due.Deadline
	}
	return next, err
}

// tell says each thing once; what cannot be kept now, or is ignored at this hour, is said again.
func (k *dutyKeeper) tell(ctx context.Context, a alerts.Alert) error {
	key, at := a.Key, a.At
	if len(a.Ends) > 0 {
		key, at = a.Ends[0], time.Time{}
	}
	if was, said := k.told[key]; said && was.Equal(at) {
		return nil
	}
	switch err := k.alerts.Raise(ctx, a); {
	case errors.Is(err, errIgnored):
		return nil
	case err != nil:
		return err
	}
	k.told[key] = at
	return nil
}
