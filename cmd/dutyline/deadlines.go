package main

import (
	"context"
	"errors"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
)

// deadlineLog is what the deadlines ask of the duty log.
type deadlineLog interface {
	Alerts(ctx context.Context, q alerts.Query) ([]alerts.Alert, string, error)
	Unfinished(ctx context.Context, since time.Time, ids []string) ([]dutylog.Unfinished, error)
}

// deadlines tells which entries are not complete in time. What was told is in the log, so that a
// restart neither forgets nor repeats.
type deadlines struct {
	log    deadlineLog
	alerts raiser
	within map[string]time.Duration // by line
	now    func() time.Time         // by the switch's clock, as the ends of calls are

	looked, next time.Time // when it looked last, and what is due first
	open         int       // entries that it read then
}

// lookEvery is how long what was written may wait to be looked at: a deadline is minutes long, and
// calls write many times a second when the line is busy.
const lookEvery = 2 * time.Second

// To read a thousand open entries takes some milliseconds, and a storm of calls leaves as many. So the
// more there are, the more rarely they are all read: for each of them so much later, and once one is
// due so much.
const (
	laterByOpen = 5 * time.Millisecond
	dueByOpen   = time.Millisecond
)

// soon looks, unless it did a moment ago and nothing is due; then it says when it will.
func (d *deadlines) soon(ctx context.Context) (next time.Time, err error) {
	now := d.now()
	again := d.looked.Add(max(lookEvery, time.Duration(d.open)*laterByOpen))
	if !d.next.IsZero() && d.next.Before(again) {
		again = d.next
		if soonest := d.looked.Add(time.Duration(d.open) * dueByOpen); again.Before(soonest) {
			again = soonest
		}
	}
	if now.Before(again) && !now.Before(d.looked) { // the clock may have been set
		return again, nil
	}
	if d.next, err = d.look(ctx); err == nil {
		d.looked = now
	}
	return d.next, err
}

// look tells what is due, and when the next entry is.
func (d *deadlines) look(ctx context.Context) (next time.Time, err error) {
	standing, ids, err := d.standing(ctx)
	if err != nil {
		return time.Time{}, err
	}
	now, longest := d.now(), time.Duration(0)
	for _, w := range d.within {
		longest = max(longest, w)
	}
	open, err := d.log.Unfinished(ctx, now.Add(-alerts.OverdueAge-longest), ids)
	if err != nil {
		return time.Time{}, err
	}
	d.open = len(open)
	told, next := alerts.Overdue(open, standing, d.within, now)
	for _, a := range told {
		if err := d.alerts.Raise(ctx, a); err != nil && !errors.Is(err, errIgnored) {
			return time.Time{}, err
		}
	}
	return next, nil
}

// standing are the alerts about entries that stand, and the entries.
func (d *deadlines) standing(ctx context.Context) (all []alerts.Alert, entries []string, err error) {
	cursor := ""
	for {
		page, next, err := d.log.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: 500, Cursor: cursor})
		if err != nil {
			return nil, nil, err
		}
		for _, a := range page {
			if id := alerts.OverdueEntry(a); id != "" {
				all, entries = append(all, a), append(entries, id)
			}
		}
		if cursor = next; cursor == "" {
			return all, entries, nil
		}
	}
}

// before looks at the deadlines each time before another thing that says when it is due again.
func (d *deadlines) before(advance func(context.Context) (time.Time, error)) func(context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		late, err := d.soon(ctx)
		if err != nil {
			return time.Time{}, err
		}
		next, err := advance(ctx)
		if next.IsZero() || !late.IsZero() && late.Before(next) {
			next = late
		}
		return next, err
	}
}
