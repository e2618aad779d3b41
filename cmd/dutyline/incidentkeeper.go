package main

import (
	"context"
	"errors"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog"
)

// incidentLog is what the deadlines of incidents ask of the duty log.
type incidentLog interface {
	Alerts(ctx context.Context, q alerts.Query) ([]alerts.Alert, string, error)
	Incidents(ctx context.Context, q dutylog.IncidentQuery) ([]dutylog.Incident, string, error)
	Incident(ctx context.Context, id int64) (dutylog.Incident, error)
	IncidentMark(ctx context.Context) (int64, error)
}

// scheduleOf gives until when, and to whom, incidents that are opened now are to be reported here.
func scheduleOf(cfg config.Config, rules *ruleBook) func() dutylog.Schedule {
	return func() dutylog.Schedule {
		s := cfg.Incidents.Schedule()
		s.StopsClock = rules.inForce().StopsClock
		return s
	}
}

// recentIncidents is how many of the newest are looked at though they are closed: one may have been sent
// without approval and closed just before the daemon was killed.
const recentIncidents = 20

// incidentKeeper tells which reports of incidents are due, overdue or not approved. What was told is in
// the log, so that a restart neither forgets nor repeats.
type incidentKeeper struct {
	log    incidentLog
	alerts raiser
	line   string           // under which alerts of the whole room stand
	now    func() time.Time // by the switch's clock, as the intakes of calls are

	seen int64     // the newest fact that was looked at
	at   time.Time // when it was asked last; zero: never
	next time.Time // when something is due; zero: only a new fact changes something
}

// look tells what is due, and when something is next. It is asked at every commit, and reads nothing as
// long as no fact was written and no deadline came.
func (k *incidentKeeper) look(ctx context.Context) (time.Time, error) {
	mark, err := k.log.IncidentMark(ctx)
	if err != nil {
		return time.Time{}, err
	}
	now := k.now()
	if mark == k.seen && !k.at.IsZero() && !now.Before(k.at) && (k.next.IsZero() || now.Before(k.next)) {
		k.at = now
		return k.next, nil
	}
	standing, err := k.standing(ctx)
	if err != nil {
		return time.Time{}, err
	}
	all, err := k.incidents(ctx, standing)
	if err != nil {
		return time.Time{}, err
	}
	told, next := alerts.Incidents(all, standing, k.line, now)
	for _, a := range told {
		if err := k.alerts.Raise(ctx, a); err != nil && !errors.Is(err, errIgnored) {
			return time.Time{}, err
		}
	}
	k.seen, k.at, k.next = mark, now, next
	return next, nil
}

// standing are the alerts about incidents that stand.
func (k *incidentKeeper) standing(ctx context.Context) (all []alerts.Alert, err error) {
	cursor := ""
	for {
		page, next, err := k.log.Alerts(ctx, alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: 500, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			if alerts.IncidentOf(a) != 0 {
				all = append(all, a)
			}
		}
		if cursor = next; cursor == "" {
			return all, nil
		}
	}
}

// incidents are those that are open, or have an open instruction or an approval that waits, the newest ones, and those
// about which an alert stands.
func (k *incidentKeeper) incidents(ctx context.Context, standing []alerts.Alert) ([]dutylog.Incident, error) {
	all, _, err := k.log.Incidents(ctx, dutylog.IncidentQuery{Limit: recentIncidents})
	if err != nil {
		return nil, err
	}
	have := map[int64]bool{}
	for _, i := range all {
		have[i.ID] = true
	}
	for cursor := ""; ; {
		open, next, err := k.log.Incidents(ctx, dutylog.IncidentQuery{Pending: true, Limit: 500, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		for _, i := range open {
			if !have[i.ID] {
				have[i.ID], all = true, append(all, i)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	for _, a := range standing {
		if id := alerts.IncidentOf(a); !have[id] {
			i, err := k.log.Incident(ctx, id)
			if err != nil {
				return nil, err
			}
			have[id], all = true, append(all, i)
		}
	}
	return all, nil
}

// before looks at incidents each time before another thing that says when it is due again.
func (k *incidentKeeper) before(advance func(context.Context) (time.Time, error)) func(context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		due, err := k.look(ctx)
		if err != nil {
			return time.Time{}, err
		}
		next, err := advance(ctx)
		if next.IsZero() || !due.IsZero() && due.Before(next) {
			next = due
		}
		return next, err
	}
}
