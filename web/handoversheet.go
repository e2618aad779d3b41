package web

import (
	"context"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/telephony"
)

// mostTests is among how many the last test call that is over is looked for.
const mostTests = 200

// perPage is how many of a list are read at once until all are counted.
const perPage = 500

// dutyAhead is how far ahead the roster is looked at for the next handover.
const dutyAhead = 3 * 24 * time.Hour

// sheetShown is the sheet of this moment as the visitor may see it: nobody confirmed it yet, so it is a list.
func (a *app) sheetShown(ctx context.Context, last *dutylog.Handover) (s dutylog.Sheet, due dutylog.HandoverDue, err error) {
	v := visitorOf(ctx)
	s, due, err = a.sheetNow(ctx, last, func(e dutylog.Entry) dutylog.Entry { return listed(v, e) })
	return listed(v, s), due, err
}

// whole is an entry as it is.
func whole(e dutylog.Entry) dutylog.Entry { return e }

// sheetNow makes the sheet of this moment out of what the log says, and what the roster asks for. SHOWN is
// what of an entry stands on it.
func (a *app) sheetNow(ctx context.Context, last *dutylog.Handover, shown func(dutylog.Entry) dutylog.Entry) (s dutylog.Sheet, due dutylog.HandoverDue, err error) {
	now := a.Now()
	on, err := a.Log.OnDuty(ctx, now)
	if err != nil {
		return s, due, err
	}
	from := dutylog.ShiftBegan(last, on, now)
	s.From = telephony.JSONTime(from)
	if last != nil {
		s.Outgoing = last.Incoming.Name
	}
	books, err := a.Log.TaskBooks(ctx, now.Add(-dutylog.TasksBack), now.Add(dutyAhead))
	if err != nil {
		return s, due, err
	}
	due = dutylog.DueHandover(books.Shifts, last, books.Begun(now), now, a.Allowance)
	s.Duties = openDuties(dutylog.Tasks(books, a.calendar(), now.Add(-dutylog.TasksBack), now.Add(dutyAhead), now), from)
	open, err := a.Log.OpenMatters(ctx, dutylog.MostMatters)
	if err != nil {
		return s, due, err
	}
	s.Matters = open.Matters(shown)
	if s.Incidents, err = a.pendingIncidents(ctx); err != nil {
		return s, due, err
	}
	if s.Counts, err = a.Log.CountShift(ctx, from, now); err != nil {
		return s, due, err
	}
	s.Counts.Waiting = open.Callers
	if s.Blind, s.Down, err = a.unseen(ctx, from, now); err != nil {
		return s, due, err
	}
	if s.Alerts, err = a.standing(ctx); err != nil {
		return s, due, err
	}
	s.Lamps = a.lampsSeen()
	s.Test, err = a.lastTest(ctx)
	return s.Fit(open.Total).Whole(), due, err
}

// pendingIncidents are all that are open, or have an open instruction.
func (a *app) pendingIncidents(ctx context.Context) ([]dutylog.OpenIncident, error) {
	var found []dutylog.Incident
	for q := (dutylog.IncidentQuery{Pending: true, Limit: perPage}); ; {
		page, next, err := a.Log.Incidents(ctx, q)
		if found = append(found, page...); err != nil || next == "" {
			return dutylog.OnSheet(found), err
		}
		q.Cursor = next
	}
}

// openDuties are those that wait, and those that this shift let pass.
func openDuties(tasks []dutylog.Task, from time.Time) []dutylog.OpenDuty {
	var open []dutylog.OpenDuty
	for _, t := range tasks {
		if t.State.Waits() || t.State == dutylog.TaskMissed && t.Lapses.After(from) {
			open = append(open, dutylog.OpenDuty{Rule: t.Rule.Rule, Key: t.Key, Title: t.Title, DueAt: telephony.JSONTime(t.DueAt), State: string(t.State)})
		}
	}
	return open
}

// unseen are the times in which nobody saw, and those in which nobody could call.
func (a *app) unseen(ctx context.Context, from, to time.Time) (blind, down []dutylog.Unseen, err error) {
	all, err := a.unseenBetween(ctx, from, to)
	for _, i := range all {
		u := dutylog.Unseen{From: telephony.JSONTime(i.From), To: telephony.JSONTime(i.To), Cause: i.Cause}
		switch i.Kind {
		case telephony.BlindInterval:
			blind = append(blind, u)
		case telephony.SwitchDown:
			down = append(down, u)
		}
	}
	return blind, down, err
}

// standing are all alerts that stand, the newest first.
func (a *app) standing(ctx context.Context) (open []dutylog.OpenAlert, err error) {
	q := alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: perPage}
	list, next, err := a.Alerts.Alerts(ctx, q)
	for err == nil && next != "" {
		var more []alerts.Alert
		q.Cursor = next
		more, next, err = a.Alerts.Alerts(ctx, q)
		list = append(list, more...)
	}
	for _, x := range list {
		by := x.AcknowledgedBy.Name
		if by == "" {
			by = x.AcknowledgedBy.Login
		}
		open = append(open, dutylog.OpenAlert{ID: x.ID, Reason: string(x.Reason), Title: x.Reason.Title(), Severity: string(x.Severity), State: string(x.State()),
			Line: x.Line, Detail: x.Detail, At: telephony.JSONTime(x.At), By: by})
	}
	return open, err
}

// lampsSeen is how everything is; what a lamp says beside changes by the second and is left out. So are
// who sits at the page and whether it sounds: the handover itself changes that.
func (a *app) lampsSeen() (seen []dutylog.LampSeen) {
	if a.Lamps == nil {
		return nil
	}
	for _, l := range a.Deps.Lines {
		for _, s := range a.Lamps(l.Name).Lamps {
			if s.Lamp() == alerts.LampPage || s.Lamp() == alerts.LampOfficer {
				continue
			}
			seen = append(seen, dutylog.LampSeen{Line: l.Name, Lamp: string(s.Lamp()), State: string(s.Condition()), Cause: string(s.Cause)})
		}
	}
	return seen
}

func (a *app) lastTest(ctx context.Context) (*dutylog.LastTest, error) {
	if a.Tests == nil {
		return nil, nil
	}
	list, err := a.Tests.Tests(ctx, mostTests)
	for _, r := range list {
		if !r.Running() {
			return &dutylog.LastTest{ID: r.ID, At: telephony.JSONTime(r.At), Line: r.Line, Verdict: string(r.Verdict), Ringback: string(r.Ringback)}, err
		}
	}
	return nil, err
}

// calendar is what kind of day a day is; weekends only, where nothing better was given.
func (a *app) calendar() dutylog.TaskCalendar {
	if a.Calendar == nil {
		return dutylog.Weekends{}
	}
	return a.Calendar
}
