package sqlite_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// bareFiling is one filing that the regulation asks for, as somebody would note it on paper.
type bareFiling struct {
	kind, name, first, last string
	sent, noted             time.Time // zero: never
	changed                 bool      // the roster is another one since: a supplement is owed
	text                    string    // what was sent, as the log keeps it
}

// Holidays of three years as if the State Council had published them: first and last day. The New Year
// of 2028 begins in 2027, and the last day of September 2028 is a Saturday on which one works.
var (
	restDays = [][3]string{{"劳动节", "2026-05-01", "2026-05-05"}, {"国庆节", "2026-10-01", "2026-10-07"}, {"元旦", "2027-01-01", "2027-01-03"}, {"劳动节", "2027-05-01", "2027-05-03"}, {"国庆节", "2027-10-01", "2027-10-05"},
		{"元旦", "2027-12-31", "2028-01-02"}, {"劳动节", "2028-05-01", "2028-05-03"}, {"国庆节", "2028-10-01", "2028-10-06"}, {"元旦", "2029-01-01", "2029-01-02"}}
	workDays = []string{"2028-09-30"}
)

// midnight is where a day begins on the clock of a zone.
func midnight(day string, zone *time.Location) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		panic(err) // a mistake in this file
	}
	return at
}

// bareHolidays are the same as the tables of the years that a site puts in.
func bareHolidays() (years []dutylog.HolidayYear) {
	for y := 2026; y < 2030; y++ {
		table := dutylog.HolidayYear{Year: y, Source: "notice"}
		for _, h := range restDays {
			if !strings.HasPrefix(h[2], fmt.Sprint(y)) {
				continue
			}
			for day := midnight(h[1], time.UTC); !day.After(midnight(h[2], time.UTC)); day = day.AddDate(0, 0, 1) {
				table.Days = append(table.Days, dutylog.SpecialDay{Date: dutylog.Date(day.Format(time.DateOnly)), Kind: dutylog.Holiday, Name: h[0]})
			}
		}
		for _, day := range workDays {
			if strings.HasPrefix(day, fmt.Sprint(y)) {
				table.Days = append(table.Days, dutylog.SpecialDay{Date: dutylog.Date(day), Kind: dutylog.MakeUpDay, Name: "国庆节"})
			}
		}
		slices.SortFunc(table.Days, func(a, b dutylog.SpecialDay) int { return strings.Compare(string(a.Date), string(b.Date)) })
		years = append(years, table)
	}
	return years
}

// newBareFilings are those of every month and holiday of the three years: sent around the deadline of one zone, so that the
// other one judges some of them otherwise; some never, some noted days later, some of a roster that was changed since.
func newBareFilings(r *rand.Rand, shifts [][2]time.Time) (all []bareFiling) {
	for month := midnight("2026-03-01", time.UTC); month.Before(threeYears[1]); month = month.AddDate(0, 1, 0) {
		all = append(all, bareFiling{kind: "month", name: month.Format("2006-01"), first: month.Format(time.DateOnly), last: month.AddDate(0, 1, -1).Format(time.DateOnly)})
	}
	for _, h := range restDays {
		all = append(all, bareFiling{kind: "holiday", name: h[0], first: h[1], last: h[2]})
	}
	for i := range all {
		f := &all[i]
		if r.IntN(5) == 0 {
			continue
		}
		f.sent = f.deadline(time.UTC).Add(time.Duration(r.IntN(60)-45) * time.Hour)
		f.noted = f.sent.Add(time.Duration(r.IntN(2)*r.IntN(60)) * time.Hour)
		f.changed = r.IntN(5) == 0
		f.text = f.roster(shifts)
	}
	return all
}

// roster is what was sent: of a month the shifts that begin in it, of a holiday those that touch it. They begin at 0 and
// 12 UTC, which in both zones is well within the days.
func (f bareFiling) roster(shifts [][2]time.Time) string {
	from, to, sent := midnight(f.first, time.UTC), midnight(f.last, time.UTC).AddDate(0, 0, 1), []dutylog.Shift{}
	if f.kind == "holiday" {
		from = from.Add(-12 * time.Hour)
	}
	for _, s := range shifts {
		if !s[0].Before(from) && s[0].Before(to) {
			sent = append(sent, dutylog.Shift{From: s[0], To: s[1], Post: "duty_officer", Name: "某某"})
		}
	}
	if f.changed {
		sent = append(sent, dutylog.Shift{From: from, To: to, Post: "duty_leader", Name: "某某"})
	}
	text, err := json.Marshal(sent)
	if err != nil {
		panic(err) // a mistake in this file
	}
	return string(text)
}

// deadline is before the last working day of the month before begins; of a holiday before the third day ahead of it.
func (f bareFiling) deadline(zone *time.Location) time.Time {
	day := midnight(f.first, zone)
	if f.kind == "holiday" {
		return day.AddDate(0, 0, -3)
	}
	for day = day.AddDate(0, 0, -1); ; day = day.AddDate(0, 0, -1) {
		name := day.Format(time.DateOnly)
		rest := slices.ContainsFunc(restDays, func(h [3]string) bool { return h[1] <= name && name <= h[2] }) || day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if !rest || slices.Contains(workDays, name) {
			return day
		}
	}
}

// late reports whether a filing counts as late. Nobody says of one whose deadline was before a roster was kept here, nor of
// one that is said to have been in time and was noted after the deadline, more than half a day later.
func (f bareFiling) late(zone *time.Location) (late, known bool) {
	due := f.deadline(zone)
	switch {
	case due.Before(rosterKept):
		return false, false
	case f.sent.IsZero() || !f.sent.Before(due):
		return true, true
	}
	return false, f.noted.Before(due) || f.noted.Sub(f.sent) <= 12*time.Hour || f.changed
}
