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

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// answeredOn records a call at noon of every day from first to last.
func answeredOn(t *testing.T, db *sqlite.DB, first, last dutylog.Date, zone *time.Location) {
	t.Helper()
	for _, d := range dutylog.Dates(first, last) {
		c := telephony.Call{ID: string(d), Line: "duty", Direction: telephony.Inbound, OfferedAt: d.In(zone).Add(12 * time.Hour), Outcome: telephony.Missed}
		c.EndedAt = c.OfferedAt.Add(time.Minute)
		if err := db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFiguresAreMadeReadyAndMonthsClosed(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 4, 12, 0, 0, 0, zone)
	clock := func() time.Time { return now }
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: clock, Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	k := &figureKeeper{log: db, calendar: func() dutylog.SiteCalendar { return dutylog.SiteCalendar{Years: dutylog.SeedCalendar()} }, workdays: 3, now: clock, logger: slog.Default()}
	look := func(wantLeft bool, closed ...dutylog.Month) {
		t.Helper()
		left, err := k.look(t.Context())
		if err != nil || left != wantLeft {
			t.Errorf("at %v: more is left: %v, %v", now, left, err)
		}
		list, err := db.FrozenMonths(t.Context(), "2026-01", "2026-12")
		if err != nil || len(list) != len(closed) {
			t.Fatalf("at %v %d months are closed, want %v; %v", now, len(list), closed, err)
		}
		for i, f := range list {
			if f.Month != closed[i] {
				t.Errorf("%s is closed, want %s", f.Month, closed[i])
			}
		}
	}
	look(false) // an empty log
	answeredOn(t, db, "2026-10-10", "2026-10-31", zone)
	look(true) // 25 days are over, 20 are made
	look(false)
	now = now.Add(12 * time.Hour) // three working days are over
	look(false, "2026-10")
	look(false, "2026-10")
}

// What cannot be made is said, and tried again a minute later.
func TestFiguresThatCannotBeMadeAreTriedAgain(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		k := &figureKeeper{log: db, calendar: func() dutylog.SiteCalendar { return dutylog.SiteCalendar{} }, now: time.Now, logger: slog.New(slog.NewTextHandler(&said, nil))}
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		if err := k.Run(ctx); err != nil {
			t.Error(err)
		}
		if n := strings.Count(said.String(), "figures could not be made ready"); n != 3 {
			t.Errorf("in two minutes and a half it is said %d times:\n%s", n, said.String())
		}
	})
}
