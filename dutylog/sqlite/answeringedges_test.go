package sqlite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// callAt records an ended call of a moment, judged by a rule.
func callAt(t *testing.T, db *sqlite.DB, at time.Time, o telephony.Outcome, rule string) {
	t.Helper()
	c := inbound(0, "02422730001")
	c.ID, c.OfferedAt = fmt.Sprintf("edge-%d", at.Unix()), at.UTC()
	changes := story(c, o)
	changes[len(changes)-1].Call.Rule = rule
	ok(t, db.Record(ctx, changes))
}

// countsBy are the calls of each group, and of all, from one day of the site to another.
func countsBy(t *testing.T, db *sqlite.DB, by dutylog.Grouping, from, to dutylog.Date, zone *time.Location, now time.Time) (groups map[string]int, all dutylog.AnsweringFigures) {
	t.Helper()
	all = must(db.Answering(ctx, dutylog.AnsweringQuery{From: from.Start(zone), To: to.Start(zone), By: by, Now: now}))(t)
	groups = map[string]int{}
	for _, g := range all.Groups {
		if n := g.Tally.Calls(); n > 0 {
			groups[g.Key] = n
		}
	}
	return groups, all
}

// Closed months keep their figures over the end of a year, the leap day, summer time and a change of the ring
// rule in mid-month; asked for again they are the same, and what comes later is a correction of the one month
// to which it belongs.
func TestClosedMonthsKeepTheirFiguresOverEveryEdge(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "Europe/Berlin"} {
		t.Run(name, func(t *testing.T) {
			zone := must(time.LoadLocation(name))(t)
			local := func(text string) time.Time {
				return must(time.ParseInLocation("2006-01-02 15:04", text, zone))(t)
			}
			now := local("2028-12-20 12:00")
			db := openAt(t, filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: newClock(now).now, Location: zone})
			const three, four = "rings-3-on-1s-off-4s", "rings-4-on-1s-off-4s"
			for at, rule := range map[string]string{"2027-12-31 23:30": three, "2028-01-01 00:30": three, "2028-02-28 23:59": three, "2028-02-29 12:00": three, "2028-03-01 00:00": three,
				"2028-03-26 01:30": three, "2028-03-26 03:30": three, "2028-05-16 09:00": three, "2028-05-17 09:00": four, "2028-10-29 01:30": four, "2028-10-29 03:30": four} {
				callAt(t, db, local(at), telephony.AnsweredInTime, rule)
			}
			twice := local("2028-10-29 03:00").Add(-time.Hour) // in Berlin the second hour from two
			callAt(t, db, twice, telephony.AnsweredLate, four)
			callAt(t, db, twice.Add(-time.Hour), telephony.Missed, four)
			keepAll(t, db, now)
			months, before := countsBy(t, db, dutylog.ByMonth, "2027-12-01", "2028-12-01", zone, now)
			if want := map[string]int{"2027-12": 1, "2028-01": 1, "2028-02": 2, "2028-03": 3, "2028-05": 2, "2028-10": 4}; cmp.Diff(want, months) != "" || len(before.Frozen) != 0 {
				t.Fatalf("by month %v, %d closed", months, len(before.Frozen))
			}
			ok(t, db.FreezeMonths(ctx, now, dutylog.SeedCalendar(), 3))
			again, closed := countsBy(t, db, dutylog.ByMonth, "2027-12-01", "2028-12-01", zone, now)
			if diff := cmp.Diff(months, again); diff != "" || len(closed.Frozen) != 12 {
				t.Errorf("closed, %d months say (-before +after):\n%s", len(closed.Frozen), diff)
			}
			if rules := closed.Groups[5].Tally.Rules(); closed.Groups[5].Key != "2028-05" || !slices.Equal(rules, []string{three, four}) {
				t.Errorf("%s was judged by %q", closed.Groups[5].Key, rules)
			}
			hours, _ := countsBy(t, db, dutylog.ByHour, "2028-10-28", "2028-10-31", zone, now)
			days, _ := countsBy(t, db, dutylog.ByDay, "2028-10-28", "2028-10-31", zone, now)
			if want := map[string]int{"Asia/Shanghai": 3, "Europe/Berlin": 4}[name]; len(hours) != want || days["2028-10-29"] != 4 {
				t.Errorf("the day on which summer time ends has %v, by hour %v", days, hours)
			}
			leap, _ := countsBy(t, db, dutylog.ByDay, "2028-02-28", "2028-03-02", zone, now)
			if diff := cmp.Diff(map[string]int{"2028-02-28": 1, "2028-02-29": 1, "2028-03-01": 1}, leap); diff != "" {
				t.Errorf("about the leap day (-want +got):\n%s", diff)
			}

			callAt(t, db, local("2027-12-31 23:45"), telephony.Missed, three)
			callAt(t, db, local("2028-05-17 10:00"), telephony.AnsweredLate, four)
			late, found := countsBy(t, db, dutylog.ByMonth, "2027-12-01", "2028-12-01", zone, now)
			if diff := cmp.Diff(months, late); diff != "" {
				t.Errorf("what came later changed closed months:\n%s", diff)
			}
			changed := map[dutylog.Month][]dutylog.Date{}
			for _, f := range found.Frozen {
				if f.Changed != nil {
					changed[f.Month] = f.Changed
				}
			}
			if diff := cmp.Diff(map[dutylog.Month][]dutylog.Date{"2027-12": {"2027-12-31"}, "2028-05": {"2028-05-17"}}, changed); diff != "" {
				t.Errorf("corrections (-want +got):\n%s", diff)
			}
			c := must(db.MonthCorrection(ctx, "2027-12", now))(t)
			n, of := c.Now.Tally.Of(dutylog.FigureRules()[0], false)
			m, then := c.Then.Tally.Of(dutylog.FigureRules()[0], false)
			if n != 1 || of != 2 || m != 1 || then != 1 {
				t.Errorf("on time of December is %d/%d, was %d/%d", n, of, m, then)
			}
		})
	}
}
