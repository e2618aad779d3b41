package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/alerts/phone"
	"dutyline/config"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// callCentre is the channel that calls people, on the real log and in synthetic time; its switch ends
// every call at once as it is told to. What a real switch does is proved in system_phone_test.go.
type callCentre struct {
	t      *testing.T
	db     *sqlite.DB
	sender *sender
	begin  time.Time
	now    time.Time
	busy   bool                // the trunk
	said   telephony.Announced // of the next calls
	placed []string            // "time number"
}

func (c *callCentre) Announce(_ context.Context, a telephony.Announcement) error {
	c.placed = append(c.placed, fmt.Sprintf("%v %s", c.now.Sub(c.begin), a.Number))
	return nil
}
func (c *callCentre) Announced(context.Context, string) (telephony.Announced, error) {
	return c.said, nil
}
func (c *callCentre) ForgetAnnounced(context.Context, string) error { return nil }
func (c *callCentre) InUse(context.Context, string) (bool, error)   { return c.busy, nil }

func newCallCentre(t *testing.T) *callCentre {
	t.Helper()
	c := &callCentre{t: t, begin: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), said: telephony.Announced{Known: true, Over: true, Cause: 19}}
	c.now = c.begin
	now := func() time.Time { return c.now }
	channel := config.Channel{Name: "call", Phone: &phone.Config{Via: []string{"PJSIP/trunk"}, People: []phone.Person{{Name: "陈刚", Phone: chiefPhone}, {Name: "赵敏", Phone: leaderPhone}}}}
	var err error
	c.db, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: now, Plan: alerts.Plan{Routes: []alerts.Route{channel.Route()}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.db.Close() })
	opened, err := openChannel(channel, phone.Deps{Switch: c, Book: c.db, Acknowledge: c.db.Acknowledge, Zone: time.UTC, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	c.sender = &sender{name: "call", channel: opened, calls: true, try: channel.TryTime(), outbox: c.db, wake: c.db.Wake, now: now, logger: slog.New(slog.DiscardHandler)}
	return c
}

func (c *callCentre) raise(n int) {
	c.t.Helper()
	err := c.db.Raise(c.t.Context(), alerts.Alert{Key: fmt.Sprintf("forward_code/%d.0", n), Rule: "forward_code", Reason: alerts.ReasonForwardCode, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: c.now})
	if err != nil {
		c.t.Fatal(err)
	}
}

// until lets the sender work until a time, and gives the calls that it had made.
func (c *callCentre) until(at time.Duration) []string {
	c.t.Helper()
	for c.now.Before(c.begin.Add(at)) {
		wait, _ := c.sender.turn(c.t.Context())
		c.now = c.now.Add(max(wait, time.Millisecond))
	}
	c.now = c.begin.Add(at)
	placed := c.placed
	c.placed = nil
	return placed
}

// At t this happens; between t1 and t2 these people are called.
func TestPeopleAreCalledAgainLaterAndLater(t *testing.T) {
	c := newCallCentre(t)
	c.raise(1)
	want := []string{"0s " + chiefPhone, "5s " + leaderPhone, "20s " + chiefPhone, "1m20s " + leaderPhone, "4m20s " + chiefPhone, "14m20s " + leaderPhone, "44m20s " + chiefPhone}
	if diff := cmp.Diff(want, c.until(time.Hour)); diff != "" {
		t.Errorf("nobody answers for an hour (-want +got):\n%s", diff)
	}
	c.busy = true
	if got := c.until(2 * time.Hour); len(got) > 0 {
		t.Errorf("the trunk carries a call: %v", got)
	}
	c.busy, c.said = false, telephony.Announced{Known: true, Over: true, Answered: true, Key: "1"}
	if got := c.until(3 * time.Hour); len(got) != 1 || !strings.HasPrefix(got[0], "2h0m") {
		t.Errorf("within 5 s of its end one call is made: %v", got)
	}
	if got := c.until(48 * time.Hour); len(got) > 0 {
		t.Errorf("the alert is somebody's: %v", got)
	}
	list, err := c.db.Deliveries(t.Context(), 1)
	if err != nil || len(list) != 1 || list[0].State != alerts.Delivered || list[0].Attempts != 8 {
		t.Errorf("%+v, %v: waiting for the trunk is no try", list, err)
	}
}

// Ten alerts at once are ten times the calls of one and not more, one after the other; who takes one
// on at the page is called about it no more, and with one key for each all is quiet.
func TestManyAlertsAreNoStormOfCalls(t *testing.T) {
	c := newCallCentre(t)
	for n := range 10 {
		c.raise(n)
	}
	if got := c.until(time.Hour); len(got) != 70 {
		t.Errorf("%d calls in an hour, want 7 for each alert", len(got))
	}
	for id := range int64(9) {
		if _, err := c.db.Acknowledge(t.Context(), id+1, dutylog.Actor{Login: "wang", Name: "王值班"}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.until(90 * time.Minute); len(got) != 1 {
		t.Errorf("one alert is left: %v", got)
	}
	c.said = telephony.Announced{Known: true, Over: true, Answered: true, Key: "1"}
	if got := c.until(48 * time.Hour); len(got) != 1 {
		t.Errorf("then somebody presses the key: %v", got)
	}
	if n, err := c.db.OpenAlerts(t.Context()); n != 0 || err != nil {
		t.Errorf("%d are open, %v", n, err)
	}
}

// An alert about which nobody answers does not hold up a new one.
func TestNobodysSilenceHoldsUpAnotherAlert(t *testing.T) {
	c := newCallCentre(t)
	c.raise(1)
	c.until(30 * time.Minute) // the next call about it is due at 44m20s
	c.raise(2)
	if got := c.until(31 * time.Minute); len(got) < 2 || got[0] != "30m0s "+chiefPhone {
		t.Errorf("%v", got)
	}
}
