package main

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
)

// standingRoster lists the roster's alerts that stand in the log.
func standingRoster(t *testing.T, db *sqlite.DB) string {
	t.Helper()
	found, _, err := db.Alerts(t.Context(), alerts.Query{States: []alerts.State{alerts.Open}})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, a := range found {
		keys = append([]string{strings.TrimPrefix(a.Key, string(a.Reason)+"/duty/")}, keys...)
	}
	return strings.Join(keys, " ")
}

func TestGapsAndFilingsOfTheRosterAreAlerts(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, zone)
	clock := func() time.Time { return now }
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock, Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var said bytes.Buffer
	newKeeper := func() *rosterKeeper {
		return &rosterKeeper{log: db, alerts: db, watch: alerts.DefaultRosterWatch(), line: "duty", now: clock, logger: slog.New(slog.NewTextHandler(&said, nil))}
	}
	k := newKeeper()
	look := func(want string) {
		t.Helper()
		if _, err := k.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := standingRoster(t, db); got != want {
			t.Errorf("at %s stands %q, want %q", now.Format(time.DateTime), got, want)
		}
	}
	look("") // no roster was ever kept here
	if err := db.ReplaceRoster(t.Context(), dutylog.PracticeRoster(now, zone)); err != nil {
		t.Fatal(err)
	}
	look("2027")                                    // its public holidays: it is November
	now = time.Date(2026, 11, 28, 0, 0, 0, 0, zone) // two days before the last working day begins
	look("2027 month/2026-12-01/open")
	now = time.Date(2026, 11, 30, 0, 0, 0, 0, zone)
	k = newKeeper() // a restart
	look("2027 month/2026-12-01/overdue")
	if _, err := db.File(t.Context(), dutylog.Filing{Kind: dutylog.FileMonth, Span: dutylog.DateSpan{Name: "2026-12", First: "2026-12-01", Last: "2026-12-31"}, SentTo: "市局", SentAt: now}, dutylog.SystemActor()); err != nil {
		t.Fatal(err)
	}
	look("2027")
	table := dutylog.HolidayYear{Year: 2027, Source: "通知", Days: []dutylog.SpecialDay{{Date: "2027-01-01", Kind: dutylog.Holiday, Name: "元旦"}}}
	if err := db.SaveHolidays(t.Context(), table, dutylog.SystemActor()); err != nil {
		t.Fatal(err)
	}
	look("2027") // the others are lacking
	for _, h := range []string{"2027-02-06 春节", "2027-04-05 清明节", "2027-05-01 劳动节", "2027-06-09 端午节", "2027-09-15 中秋节", "2027-10-01 国庆节"} {
		table.Days = append(table.Days, dutylog.SpecialDay{Date: dutylog.Date(h[:10]), Kind: dutylog.Holiday, Name: h[11:]})
	}
	if err := db.SaveHolidays(t.Context(), table, dutylog.SystemActor()); err != nil {
		t.Fatal(err)
	}
	look("")
	now = time.Date(2026, 12, 20, 12, 0, 0, 0, zone) // the practice roster ends on the 26th
	look("duty_officer/20261226T0000/ahead duty_section_chief/20261226T0000/ahead duty_leader/20261226T0000/ahead")
	next, err := k.look(t.Context())
	if err != nil || next.In(zone).Format(time.DateTime) != "2026-12-25 08:00:00" {
		t.Errorf("it is urgent from %v on, %v", next, err)
	}
	now = next
	look("duty_officer/20261226T0000/urgent duty_section_chief/20261226T0000/urgent duty_leader/20261226T0000/urgent")
	k.off = true
	look("")
	if said.Len() > 0 {
		t.Errorf("said %s", said.String())
	}
}

func TestTheRosterKeeperEndsAndSaysWhatFails(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		k := &rosterKeeper{log: db, alerts: db, line: "duty", now: time.Now, logger: slog.New(slog.NewTextHandler(&said, nil))}
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		if err := k.Run(ctx); err != nil {
			t.Error(err)
		}
		if n := strings.Count(said.String(), "tried again in a minute"); n != 3 {
			t.Errorf("said %d times:\n%s", n, said.String())
		}
	})
}
