package alerts_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
)

func clockAt(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// rosterStory is a roster that ends at the end of a leap February, a filing of March that is due
// before the 28th (a Monday; the 29th is February's last working day), and one that was changed.
func rosterStory(t *testing.T, now time.Time) alerts.RosterFacts {
	at := func(text string) time.Time { return clockAt(t, text).UTC() }
	shift := func(from, to string, p dutylog.Post) dutylog.Shift {
		return dutylog.Shift{From: at(from), To: at(to), Post: p, Name: string(p)}
	}
	shifts := []dutylog.Shift{
		shift("2028-01-30 08:00", "2028-02-28 20:00", dutylog.PostOfficer), shift("2028-02-29 08:00", "2028-04-29 08:00", dutylog.PostOfficer),
		shift("2028-01-30 08:00", "2028-03-01 00:00", dutylog.PostChief), shift("2028-01-30 08:00", "2028-04-01 00:00", dutylog.PostLeader),
	}
	calendar := dutylog.Calendar{2028: {Year: 2028}}
	filed := dutylog.Filing{ID: 1, Kind: dutylog.FileMonth, Span: dutylog.DateSpan{Name: "2028-02", First: "2028-02-01", Last: "2028-02-29"}, SentAt: at("2028-01-20 08:00"), Shifts: shifts[:1]}
	facts := dutylog.FilingFacts{Calendar: calendar, Filings: []dutylog.Filing{filed}, Shifts: shifts, Zone: shanghai}
	from, to := now.Add(-dutylog.LongestShift), now.Add(alerts.DefaultRosterWatch().GapAhead+dutylog.LongestShift)
	around := slices.DeleteFunc(slices.Clone(shifts), func(s dutylog.Shift) bool { return !s.To.After(from) || !s.From.Before(to) })
	return alerts.RosterFacts{Since: at("2028-01-01 00:00"), From: from, To: to, Zone: shanghai, Calendar: calendar, Findings: dutylog.RosterGaps(around, from, to),
		Duties: facts.FilingDuties("2028-02-01", "2028-03-31", now)}
}

// What stands at which moment, and when it is to be looked at again: over a month's end and a leap
// day, and with a clock that is set back.
func TestWhatIsToldOfARosterAndWhen(t *testing.T) {
	var b strings.Builder
	book := alerts.NewRosterBook(nil)
	for _, moment := range []string{"2028-02-20 12:00", "2028-02-21 20:00", "2028-02-26 23:59", "2028-02-27 00:00", "2028-02-27 20:00", "2028-02-28 19:59",
		"2028-02-29 00:00", "2028-02-27 12:00", "2028-02-29 08:00", "2028-03-01 00:00", "2028-04-01 08:00"} {
		now := clockAt(t, moment)
		stand, next := alerts.DefaultRosterWatch().Judge(rosterStory(t, now), "duty", now)
		fmt.Fprintf(&b, "# %s, again at %s\n", moment, next.In(shanghai).Format("2006-01-02 15:04"))
		for _, a := range stand {
			fmt.Fprintf(&b, "stands %-8s %s: %s\n", a.Severity, a.Key, a.Detail)
		}
		for _, a := range book.Take(stand, "duty", now) {
			fmt.Fprintf(&b, "told %s over %v\n", a.Key, a.Ends)
		}
	}
	const file = "testdata/roster.golden.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-golden +now); run with -update when this is meant:\n%s", file, diff)
	}
}

// From November on the table of the next year is missing, until somebody puts it in.
func TestAMissingTableOfHolidaysIsTold(t *testing.T) {
	c := dutylog.SeedCalendar()
	for _, step := range []struct {
		at   string
		with []dutylog.HolidayYear
		want string
	}{
		{"2026-10-31 23:59", nil, "[]"},
		{"2026-11-01 00:00", nil, "[holidays_missing/duty/2027 warning 2027 · 元旦、5月1日至2日、10月1日至3日为推定]"},
		{"2026-11-20 08:00", []dutylog.HolidayYear{{Year: 2027, Days: c[2026].Days}}, "[]"},
		{"2026-11-20 09:00", []dutylog.HolidayYear{{Year: 2027, Days: c[2026].Days[:20]}}, "[holidays_missing/duty/2027 warning 2027 · 已录入的表中没有：端午节、中秋节、国庆节]"},
		{"2027-01-05 08:00", nil, "[holidays_missing/duty/2027 warning 2027 · 元旦、5月1日至2日、10月1日至3日为推定]"},
	} {
		now, got := clockAt(t, step.at), []string{}
		stand, _ := alerts.DefaultRosterWatch().Judge(alerts.RosterFacts{Since: now.AddDate(-1, 0, 0), Zone: shanghai, Calendar: c.With(step.with)}, "duty", now)
		for _, a := range stand {
			got = append(got, fmt.Sprint(a.Key, " ", a.Severity, " ", a.Detail))
		}
		if fmt.Sprint(got) != step.want {
			t.Errorf("at %s: %v, want %s", step.at, got, step.want)
		}
	}
}

func TestWhereNoRosterIsKeptNothingIsToldOfIt(t *testing.T) {
	now := clockAt(t, "2028-02-28 23:00")
	f := rosterStory(t, now)
	f.Since = time.Time{}
	if stand, next := alerts.DefaultRosterWatch().Judge(f, "duty", now); len(stand) > 0 || !next.IsZero() {
		t.Errorf("%v at %v", stand, next)
	}
	f.Since = now // what was due before is nobody's fault
	stand, _ := alerts.DefaultRosterWatch().Judge(f, "duty", now)
	if slices.ContainsFunc(stand, func(a alerts.Alert) bool { return strings.HasSuffix(a.Key, "overdue") }) {
		t.Errorf("%v", stand)
	}
}

func TestAfterARestartTheSameAlertsStand(t *testing.T) {
	now := clockAt(t, "2028-02-28 23:00")
	stand, _ := alerts.DefaultRosterWatch().Judge(rosterStory(t, now), "duty", now)
	other := alerts.Alert{Key: "disk_low/duty", Reason: alerts.ReasonDisk}
	if tell := alerts.NewRosterBook(append(stand, other)).Take(stand, "duty", now); len(tell) > 0 {
		t.Errorf("told again: %v", tell)
	}
	book := alerts.NewRosterBook(append(stand, other))
	over := book.Take(nil, "duty", now)
	if len(over) != 1 || len(over[0].Ends) != len(stand) || slices.Contains(over[0].Ends, other.Key) {
		t.Fatalf("%+v", over)
	}
	book.Untold(over[0]) // it could not be kept
	if again := book.Take(nil, "duty", now); len(again) != 1 || !slices.Equal(again[0].Ends, over[0].Ends) {
		t.Errorf("%+v", again)
	}
	tell := book.Take(stand[:1], "duty", now)
	book.Untold(tell[0])
	if again := book.Take(stand[:1], "duty", now); len(again) != 1 || again[0].Key != stand[0].Key {
		t.Errorf("what could not be kept is not told again: %v", again)
	}
}

// Whatever stands from moment to moment, and whatever cannot be kept, the log is told each alert
// once and its end once.
func TestTheBookOfTheRosterAgreesWithWhatStands(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		book := alerts.NewRosterBook(nil)
		kept := map[string]bool{} // in the log
		for range 40 {
			now := clockAt(t, "2028-02-20 12:00").Add(time.Duration(r.IntN(1000)) * time.Hour)
			var stand []alerts.Alert
			for i := range 5 {
				if r.IntN(2) == 0 {
					stand = append(stand, alerts.Alert{Key: fmt.Sprint("roster_gap/duty/", i), Reason: alerts.ReasonRosterGap})
				}
			}
			broken := r.IntN(4) == 0 // the log cannot be written
			for _, a := range book.Take(stand, "duty", now) {
				if broken {
					book.Untold(a)
					continue
				}
				if a.Key != "" && kept[a.Key] {
					t.Fatalf("seed %d: %s is raised twice", seed, a.Key)
				}
				for _, key := range a.Ends {
					if !kept[key] {
						t.Fatalf("seed %d: %s ends and was never told", seed, key)
					}
					delete(kept, key)
				}
				if a.Key != "" {
					kept[a.Key] = true
				}
			}
			if broken {
				continue
			}
			if len(kept) != len(stand) {
				t.Fatalf("seed %d: the log holds %v, and %v stands", seed, kept, stand)
			}
			for _, a := range stand {
				if !kept[a.Key] {
					t.Fatalf("seed %d: the log has not %s", seed, a.Key)
				}
			}
		}
	}
}

// A gap goes from one stage to the next as it comes near, and never back while the clock goes on.
func TestAGapBecomesUrgentOnce(t *testing.T) {
	last := ""
	changes := 0
	for now := clockAt(t, "2028-02-21 00:00"); now.Before(clockAt(t, "2028-02-29 08:00")); now = now.Add(17 * time.Minute) {
		stand, next := alerts.DefaultRosterWatch().Judge(rosterStory(t, now), "duty", now)
		stage := ""
		for _, a := range stand {
			if strings.Contains(a.Key, "duty_officer") {
				stage = a.Key[strings.LastIndexByte(a.Key, '/')+1:]
				if (stage == "urgent") != (a.Severity == alerts.Critical) {
					t.Fatalf("%s is %s", a.Key, a.Severity)
				}
			}
		}
		if stage != last {
			changes++
		}
		last = stage
		if !next.IsZero() && !next.After(now) {
			t.Fatalf("at %s it is to be looked at again at %s", now, next)
		}
	}
	if changes != 2 || last != "urgent" {
		t.Errorf("it changed %d times and ends %q, want ahead and then urgent", changes, last)
	}
}

// A second hole within the days that are watched is an alert of its own: the first one does not hide it, and
// when the first one is over, or was filled, the second stands as it stood.
func TestEachHoleOfARosterIsToldByItself(t *testing.T) {
	at := func(text string) time.Time { return clockAt(t, text).UTC() }
	shift := func(from, to string) dutylog.Shift {
		return dutylog.Shift{From: at(from), To: at(to), Post: dutylog.PostOfficer, Name: "张伟"}
	}
	shifts := []dutylog.Shift{shift("2026-11-20 08:00", "2026-11-28 20:00"), shift("2026-11-29 08:00", "2026-11-30 20:00"), shift("2026-12-01 08:00", "2026-12-20 08:00")}
	judge := func(moment string, shifts []dutylog.Shift) string {
		now := clockAt(t, moment)
		from, to := now.Add(-dutylog.LongestShift), now.Add(alerts.DefaultRosterWatch().GapAhead+dutylog.LongestShift)
		f := alerts.RosterFacts{Since: at("2026-11-01 00:00"), From: from, To: to, Zone: shanghai}
		for _, gap := range dutylog.RosterGaps(shifts, from, to) {
			if gap.Post == dutylog.PostOfficer {
				f.Findings = append(f.Findings, gap)
			}
		}
		stand, _ := alerts.DefaultRosterWatch().Judge(f, "duty", now)
		var all []string
		for _, a := range stand {
			all = append(all, strings.TrimPrefix(a.Key, "roster_gap/duty/duty_officer/")+" "+a.Detail)
		}
		return strings.Join(all, "; ")
	}
	const second = "20261130T1200/ahead 值班员 11-30 20:00 – 12-01 08:00"
	for _, c := range []struct {
		moment string
		shifts []dutylog.Shift
		want   string
	}{
		{"2026-11-27 12:00", shifts, "20261128T1200/ahead 值班员 11-28 20:00 – 11-29 08:00; " + second},
		{"2026-11-28 12:00", shifts, "20261128T1200/urgent 值班员 11-28 20:00 – 11-29 08:00; " + second},
		{"2026-11-29 03:17", shifts, "20261128T1200/urgent 值班员 11-28 20:00 – 11-29 08:00; " + second}, // it lasts, and is the same one
		{"2026-11-29 08:00", shifts, second},
		{"2026-11-27 12:00", append([]dutylog.Shift{shift("2026-11-28 20:00", "2026-11-29 08:00")}, shifts...), second},
		{"2026-12-15 12:00", shifts[2:], "20261220T0000/ahead 值班员 12-20 08:00 –"}, // nobody knows until when
	} {
		if got := judge(c.moment, c.shifts); got != c.want {
			t.Errorf("%s: %q, want %q", c.moment, got, c.want)
		}
	}
}
