package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// incidentHouse is a log with an entry of a patrol at four, and a keeper that is made anew for each look, as
// after a restart.
type incidentHouse struct {
	t     *testing.T
	log   *sqlite.DB
	began time.Time
	now   time.Time
	deeds int
}

var fireOfficer = dutylog.Actor{Login: "zhangwei", Name: "张伟", Role: dutylog.Officer}

func newIncidentHouse(t *testing.T) (*incidentHouse, dutylog.Entry) {
	t.Helper()
	h := &incidentHouse{t: t, began: time.Date(2026, 11, 23, 15, 55, 0, 0, time.UTC)} // five minutes before midnight there
	h.now = h.began
	log, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	h.log = log
	e, err := log.Write(t.Context(), dutylog.Draft{Key: "0f3c9a77-1", Line: "duty", Kind: dutylog.KindFax}, fireOfficer, h.now)
	if err != nil {
		t.Fatal(err)
	}
	return h, e
}

func (h *incidentHouse) keeper() *incidentKeeper {
	return &incidentKeeper{log: h.log, alerts: h.log, line: "duty", now: func() time.Time { return h.now }}
}

func (h *incidentHouse) does(id int64, drafts ...dutylog.FactDraft) dutylog.Incident {
	h.t.Helper()
	h.deeds++
	i, _, err := h.log.DoIncident(h.t.Context(), dutylog.IncidentDeed{Incident: id, Key: fmt.Sprintf("deed-%06d", h.deeds), By: fireOfficer, Drafts: drafts})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// look is what stands after a look so many minutes after the intake, and when the next one is.
func (h *incidentHouse) look(k *incidentKeeper, minute int) string {
	h.t.Helper()
	h.now = h.began.Add(time.Duration(minute) * time.Minute)
	next, err := k.look(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	standing, _, err := h.log.Alerts(h.t.Context(), alerts.Query{States: []alerts.State{alerts.Open, alerts.Acknowledged}, Limit: 50})
	if err != nil {
		h.t.Fatal(err)
	}
	said := []string{}
	for _, a := range standing {
		said = append(said, fmt.Sprintf("%s@%d", a.Key, int(a.At.Sub(h.began).Minutes())))
	}
	if !next.IsZero() {
		said = append(said, fmt.Sprintf("next %d", int(next.Sub(h.began).Minutes())))
	}
	return strings.Join(said, " ")
}

func deliveredBy(report int, receiver string) dutylog.FactDraft {
	return dutylog.FactDraft{Kind: dutylog.FactDelivered, Body: dutylog.FactBody{Report: report, Recipient: "superior_bureau", Channel: "phone", Receiver: receiver}}
}

// Each thing is told once whatever is restarted, and is over when it was done.
func TestDeadlinesOfIncidentsAreTold(t *testing.T) {
	h, e := newIncidentHouse(t)
	h.now = h.began.Add(time.Minute)
	h.does(0, dutylog.Opening(e, "fire", "", dutylog.UsualSchedule())...)
	for _, c := range []struct {
		minute int
		want   string
	}{
		{2, "next 5"},
		{5, "report_due_soon/1/1@5 next 10"},
		{6, "report_due_soon/1/1@5 next 10"},
		{10, "report_overdue/1/1@10 next 45"},
		{11, "report_overdue/1/1@10 next 45"},
	} {
		if got := h.look(h.keeper(), c.minute); got != c.want {
			t.Errorf("minute %d: %s, want %s", c.minute, got, c.want)
		}
	}
	h.does(1, deliveredBy(1, "周敏"))
	if got := h.look(h.keeper(), 12); got != "sent_unapproved/1/1@11 recipient_lacking/1/1@11 next 45" {
		t.Error(got)
	}
	h.does(1, dutylog.FactDraft{Kind: dutylog.FactInstructed, Body: dutylog.FactBody{Whom: "孙局长", Text: "全力救治", Due: due(h.began.Add(20 * time.Minute))}})
	if got := h.look(h.keeper(), 20); got != "instruction_overdue/1/5@20 sent_unapproved/1/1@11 recipient_lacking/1/1@11 next 45" {
		t.Error(got)
	}
	start := h.began.Add(15 * time.Minute)
	h.does(1, dutylog.FactDraft{Kind: dutylog.FactClockMoved, Body: dutylog.FactBody{Start: &start, Reason: "此时确认有人员受伤"}})
	if got := h.look(h.keeper(), 21); !strings.HasPrefix(got, "clock_start_late/1/6@20 ") || !strings.HasSuffix(got, "next 25") {
		t.Error(got)
	}
	h.does(1, dutylog.FactDraft{Kind: dutylog.FactClosed, Body: dutylog.FactBody{Reason: "经核实为误报"}}) // unapproved and open instructions stay to be dealt with
	if got := h.look(h.keeper(), 90); got != "report_omitted/1/7@21 clock_start_late/1/6@20 instruction_overdue/1/5@20 sent_unapproved/1/1@11" {
		t.Error(got)
	}
}

func due(at time.Time) *time.Time { return &at }

// A keeper that goes on reads nothing as long as nothing was written and no deadline came; a clock that
// is set has it look again.
func TestTheKeeperOfIncidentsIsIdleBetween(t *testing.T) {
	h, e := newIncidentHouse(t)
	counted := &countedIncidents{incidentLog: h.log}
	k := h.keeper()
	k.log = counted
	steps := []struct {
		minute, reads int
		do            func()
	}{
		{1, 1, nil}, {2, 0, nil},
		{3, 1, func() { h.does(0, dutylog.Opening(e, "fire", "", dutylog.UsualSchedule())...) }},
		{4, 0, nil}, {5, 1, nil}, {6, 0, nil},
		{5, 1, nil}, // set back
		{10, 1, nil}, {11, 0, nil}, {12, 1, func() { h.does(1, deliveredBy(1, "周敏")) }}, {13, 0, nil},
	}
	for n, s := range steps {
		if s.do != nil {
			s.do()
		}
		before := counted.reads
		h.look(k, s.minute)
		if got := counted.reads - before; got != s.reads {
			t.Errorf("step %d, minute %d: %d reads, want %d", n, s.minute, got, s.reads)
		}
	}
}

type countedIncidents struct {
	incidentLog
	reads int
	err   error
}

func (c *countedIncidents) Alerts(ctx context.Context, q alerts.Query) ([]alerts.Alert, string, error) {
	c.reads++
	if c.err != nil {
		return nil, "", c.err
	}
	return c.incidentLog.Alerts(ctx, q)
}

// What cannot be told now is told at the next look; the rest waits for nothing else.
func TestIncidentsComeBeforeTheRest(t *testing.T) {
	h, e := newIncidentHouse(t)
	h.does(0, dutylog.Opening(e, "fire", "", dutylog.UsualSchedule())...)
	locked := errors.New("locked")
	broken := &countedIncidents{incidentLog: h.log, err: locked}
	k := h.keeper()
	k.log = broken
	later := h.began.Add(time.Hour)
	asked := 0
	turn := k.before(func(context.Context) (time.Time, error) { asked++; return later, nil })
	h.now = h.began.Add(5 * time.Minute)
	if next, err := turn(t.Context()); !errors.Is(err, locked) || !next.IsZero() || asked != 0 {
		t.Errorf("%v %v", next, err)
	}
	broken.err = nil
	if next, err := turn(t.Context()); err != nil || !next.Equal(h.began.Add(10*time.Minute)) || asked != 1 {
		t.Errorf("%v %v", next, err)
	}
	later = h.began.Add(6 * time.Minute)
	if next, err := turn(t.Context()); err != nil || !next.Equal(later) {
		t.Errorf("%v %v", next, err)
	}
}
