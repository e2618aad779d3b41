package dutylog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
)

// The hours around a leap day, in which the rosters of these tests lie.
var (
	leapFrom = time.Date(2028, 2, 27, 16, 0, 0, 0, time.UTC) // midnight of the 28th in Shanghai
	leapTo   = leapFrom.Add(72 * time.Hour)
)

var someNames = []string{"张伟", "李娜", "王强", "刘芳"}

// anyRoster is a roster as somebody makes it who is very tired: gaps, overlaps, people on two posts.
func anyRoster(r *rand.Rand) (shifts []dutylog.Shift) {
	for range 4 + r.IntN(12) {
		from := leapFrom.Add(time.Duration(r.IntN(80)-6) * time.Hour)
		s := dutylog.Shift{From: from, To: from.Add(time.Duration(1+r.IntN(26)) * time.Hour), Post: dutylog.Posts()[r.IntN(3)], Name: someNames[r.IntN(len(someNames))], Phone: "1"}
		shifts = append(shifts, s)
	}
	return shifts
}

// heldAt is who holds a post in an hour: the definition, without any cleverness.
func heldAt(shifts []dutylog.Shift, p dutylog.Post, at time.Time) (names []string) {
	for _, s := range shifts {
		if s.Post == p && !s.From.After(at) && s.To.After(at) {
			names = append(names, s.Name)
		}
	}
	return names
}

// covers reports whether a finding of this kind lies over an hour.
func covers(found []dutylog.RosterFinding, at time.Time, such func(dutylog.RosterFinding) bool) bool {
	return slices.ContainsFunc(found, func(f dutylog.RosterFinding) bool { return such(f) && !f.From.After(at) && f.To.After(at) })
}

// Hour by hour the rules find what the definition says: no more, no less.
func TestTheRulesAgreeWithTheirDefinitionHourByHour(t *testing.T) {
	for seed := range uint64(300) {
		shifts := anyRoster(rand.New(rand.NewPCG(seed, 1)))
		found := dutylog.CheckRoster(shifts, nil, dutylog.RosterRule{}, leapFrom, leapTo)
		for at := leapFrom; at.Before(leapTo); at = at.Add(time.Hour) {
			posts := map[string][]dutylog.Post{}
			for _, p := range dutylog.Posts() {
				held := heldAt(shifts, p, at)
				for _, name := range held {
					if !slices.Contains(posts[name], p) {
						posts[name] = append(posts[name], p)
					}
				}
				gap := covers(found, at, func(f dutylog.RosterFinding) bool { return f.Reason == dutylog.RosterGap && f.Post == p })
				overlap := covers(found, at, func(f dutylog.RosterFinding) bool { return f.Reason == dutylog.RosterOverlap && f.Post == p })
				if gap != (len(held) == 0) || overlap != (len(held) > 1) {
					t.Fatalf("seed %d, %s at %s: held by %v, gap %v, overlap %v", seed, p, siteTime(at), held, gap, overlap)
				}
			}
			for _, name := range someNames {
				two := covers(found, at, func(f dutylog.RosterFinding) bool { return f.Reason == dutylog.RosterTwoPosts && f.Name == name })
				if two != (len(posts[name]) > 1) {
					t.Fatalf("seed %d: %s at %s is on %v, found %v", seed, name, siteTime(at), posts[name], two)
				}
			}
		}
	}
}

// The order in which a roster is written down says nothing.
func TestTheRulesDoNotDependOnTheOrderOfTheRows(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		shifts := anyRoster(r)
		want := dutylog.CheckRoster(shifts, staff, dutylog.DefaultRosterRule(), leapFrom, leapTo)
		r.Shuffle(len(shifts), func(i, j int) { shifts[i], shifts[j] = shifts[j], shifts[i] })
		if diff := cmp.Diff(want, dutylog.CheckRoster(shifts, staff, dutylog.DefaultRosterRule(), leapFrom, leapTo)); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
	}
}

// What is judged is left as it was, whoever goes on using it.
func TestJudgingChangesNothing(t *testing.T) {
	shifts := anyRoster(rand.New(rand.NewPCG(7, 7)))
	kept := slices.Clone(shifts)
	dutylog.CheckRoster(shifts, staff, dutylog.DefaultRosterRule(), leapFrom, leapTo)
	dutylog.CountDuty(shifts, dutylog.SeedCalendar(), dutylog.DefaultRestRule(), leapFrom, leapTo, shanghai)
	dutylog.RosterText(shifts)
	dutylog.ShiftsOf(shifts, dutylog.FileHoliday, dutylog.DateSpan{First: "2028-02-28", Last: "2028-02-29"}, shanghai)
	for _, s := range shifts {
		s.Days(shanghai)
	}
	if diff := cmp.Diff(kept, shifts); diff != "" {
		t.Error(diff)
	}
}

// A swap and its opposite leave the roster as it was; every swap keeps who works how long in sum.
func TestASwapCanBeTakenBack(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		shifts := anyRoster(r)
		dutylog.SortShifts(shifts)
		a, b := shifts[r.IntN(len(shifts))], shifts[r.IntN(len(shifts))]
		swap := dutylog.Swap{Give: ref(a), Take: ref(b)}
		before, after, err := swap.Apply(shifts, leapFrom.Add(-24*time.Hour))
		if err != nil {
			if a.Name != b.Name {
				t.Fatalf("seed %d: %v", seed, err)
			}
			continue
		}
		swapped := dutylog.With(shifts, before, after)
		back, again, err := dutylog.Swap{Give: ref(after[0]), Take: ref(after[1])}.Apply(swapped, leapFrom.Add(-24*time.Hour))
		if err != nil {
			t.Fatalf("seed %d: it cannot be taken back: %v", seed, err)
		}
		if got := dutylog.RosterText(dutylog.With(swapped, back, again)); got != dutylog.RosterText(shifts) && !ambiguous(shifts) && !ambiguous(swapped) {
			t.Fatalf("seed %d:\n%s\nbecame\n%s", seed, dutylog.RosterText(shifts), got)
		}
		if hours(shifts) != hours(swapped) || len(shifts) != len(swapped) {
			t.Fatalf("seed %d: hours were lost or won", seed)
		}
	}
}

// ambiguous reports whether one name stands twice at one post and moment: then a person who reads
// the roster cannot say which of the two is meant, either.
func ambiguous(shifts []dutylog.Shift) bool {
	seen := map[dutylog.ShiftRef]bool{}
	for _, s := range shifts {
		if seen[ref(s)] {
			return true
		}
		seen[ref(s)] = true
	}
	return false
}

func hours(shifts []dutylog.Shift) (sum time.Duration) {
	for _, s := range shifts {
		sum += s.To.Sub(s.From)
	}
	return sum
}

// Counts of a shift are those of the definition: each day of it once, on the day on which it begins.
func TestCountsAgreeWithTheirDefinition(t *testing.T) {
	calendar := dutylog.SeedCalendar().With([]dutylog.HolidayYear{{Year: 2028, Days: holidays(t, 2028, "名称,开始,结束,类型\n春节,2028-02-26,2028-02-28,放假\n春节,2028-03-04,,上班\n")}})
	rule := dutylog.DefaultRestRule()
	for seed := range uint64(200) {
		for _, s := range anyRoster(rand.New(rand.NewPCG(seed, 4))) {
			want := dutylog.DutyCount{Name: s.Name, Post: s.Post}
			countByHand(&want, s, calendar, rule)
			got := append(dutylog.CountDuty([]dutylog.Shift{s}, calendar, rule, leapFrom, leapTo, shanghai), dutylog.DutyCount{Name: s.Name, Post: s.Post})[0]
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d (-by hand +counted):\n%s", seed, diff)
			}
		}
	}
}

// countByHand goes hour by hour. The end of a shift that lies before the day goes with the night before it.
func countByHand(d *dutylog.DutyCount, s dutylog.Shift, c dutylog.Calendar, rule dutylog.RestRule) {
	type oneDay struct {
		from       time.Time
		day, night int
	}
	var days []oneDay
	for from := s.From; from.Before(s.To); from = from.Add(24 * time.Hour) {
		x := oneDay{from: from}
		for at := from; at.Before(s.To) && at.Before(from.Add(24*time.Hour)); at = at.Add(time.Hour) {
			if h := at.In(shanghai).Hour(); h >= 8 && h < 20 {
				x.day++
			} else {
				x.night++
			}
		}
		if h := from.In(shanghai).Hour(); len(days) > 0 && h > 0 && h < 8 && x.day < 4 {
			days[len(days)-1].day += x.day
			days[len(days)-1].night += x.night
			continue
		}
		days = append(days, x)
	}
	for _, x := range days {
		if x.from.Before(leapFrom) || !x.from.Before(leapTo) {
			continue
		}
		d.Shifts++
		d.Hours += float64(x.day + x.night)
		if x.day >= 4 {
			d.Day++
		}
		if x.night >= 4 {
			d.Night++
			d.Rest += rule.Night
		}
		switch kind, _ := c.On(dutylog.DateOf(x.from, shanghai)); {
		case x.day+x.night < 4:
		case kind == dutylog.Holiday:
			d.Holiday++
			d.Rest += rule.Holiday
		case kind == dutylog.Weekend:
			d.Weekend++
			d.Rest += rule.Weekend
		}
	}
}

// Whatever is joined or goes with the night before it, each hour of a roster is counted once, in whatever order the rows are.
func TestEachHourOfARosterIsCountedOnce(t *testing.T) {
	count := func(shifts []dutylog.Shift) []dutylog.DutyCount {
		return dutylog.CountDuty(shifts, dutylog.SeedCalendar(), dutylog.DefaultRestRule(), time.Time{}, leapTo.AddDate(1, 0, 0), shanghai)
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		shifts := anyRoster(r)
		counts, sum := count(shifts), 0.0
		for _, d := range counts {
			sum += d.Hours
		}
		if sum != hours(shifts).Hours() {
			t.Fatalf("seed %d: %g h of %g h are counted", seed, sum, hours(shifts).Hours())
		}
		r.Shuffle(len(shifts), func(i, j int) { shifts[i], shifts[j] = shifts[j], shifts[i] })
		if diff := cmp.Diff(counts, count(shifts)); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
	}
}

// A month's filing is due before the last working day of the month before, looked for day by day.
func TestTheDeadlineOfAMonthIsTheOneOfTheCalendar(t *testing.T) {
	c := dutylog.SeedCalendar()
	facts := dutylog.FilingFacts{Calendar: c, Zone: shanghai}
	for m := dutylog.Month("2025-02"); m <= "2026-12"; m = m.Next() {
		var last dutylog.Date
		for _, d := range dutylog.Dates(m.Before().First(), m.Before().Last()) {
			if kind, _ := c.On(d); kind == dutylog.Workday || kind == dutylog.MakeUpDay {
				last = d
			}
		}
		duties := facts.FilingDuties(m.First(), m.Last(), last.In(shanghai).Add(-time.Minute))
		at := slices.IndexFunc(duties, func(d dutylog.FilingDuty) bool { return d.Kind == dutylog.FileMonth })
		if at < 0 || !duties[at].Due.Equal(last.In(shanghai)) || duties[at].State != dutylog.FilingOpen {
			t.Errorf("%s: %+v, want before %s", m, duties, last)
		}
		duties = facts.FilingDuties(m.First(), m.Last(), last.In(shanghai))
		if duties[at].State != dutylog.FilingOverdue {
			t.Errorf("%s: at the deadline itself it is %s", m, duties[at].State)
		}
		for _, d := range duties {
			if d.Kind == dutylog.FileHoliday && d.Span.First.In(shanghai).Sub(d.Due) != 72*time.Hour {
				t.Errorf("%s is due %v ahead", d.Span.Name, d.Span.First.In(shanghai).Sub(d.Due))
			}
		}
	}
}

// Dates are written in one way only, and counting on from one to the next loses none.
func FuzzDates(f *testing.F) {
	for _, seed := range []string{"2028-02-29", "2026-12-31", "2026-02-29", "2100-02-28", "26-1-1", "2026-1-01", " 2026-01-01"} {
		f.Add(seed, 1)
	}
	f.Fuzz(func(t *testing.T, text string, by int) {
		d, err := dutylog.ParseDate(text)
		if err != nil {
			return
		}
		if string(d) != text {
			t.Errorf("%q is read as %q", text, d)
		}
		by %= 1000
		if again := d.Add(by).Add(-by); again != d {
			t.Errorf("%s, %d days on and back, is %s", d, by, again)
		}
		if by > 0 && d.Add(by) <= d || by < 0 && d.Add(by) >= d {
			t.Errorf("%s and %s are in the wrong order", d, d.Add(by))
		}
		if got := dutylog.DateOf(d.In(shanghai), shanghai); got != d {
			t.Errorf("the midnight of %s lies on %s", d, got)
		}
		m := dutylog.Month(d[:7])
		if d < m.First() || d > m.Last() || m.Next().Before() != m || m.Before().Next() != m {
			t.Errorf("%s does not lie in its month %s", d, m)
		}
	})
}

// A table of holidays that is written down from what was read is read the same.
func FuzzHolidays(f *testing.F) {
	f.Add("名称,开始,结束,类型\n元旦,2027-01-01,2027-01-03,放假\n元旦,2027-01-09,,上班\n")
	f.Add("name,from,to,kind\nx,2026-12-31,2027-01-02,holiday\n")
	f.Add("名称,开始,类型\n\"春,节\",2027-02-05,放假\n")
	f.Fuzz(func(t *testing.T, table string) {
		days, err := dutylog.ParseHolidays(strings.NewReader(table), 2027)
		if err != nil {
			return
		}
		var b strings.Builder
		b.WriteString("name,from,to,kind\n")
		for i, d := range days {
			if i > 0 && days[i-1].Date >= d.Date {
				t.Errorf("%s comes after %s", d.Date, days[i-1].Date)
			}
			fmt.Fprintf(&b, "%s,%s,,%s\n", `"`+strings.ReplaceAll(d.Name, `"`, `""`)+`"`, d.Date, d.Kind)
		}
		if len(days) == 0 {
			return
		}
		again, err := dutylog.ParseHolidays(strings.NewReader(b.String()), 2027)
		if err != nil {
			t.Fatalf("%v:\n%s", err, b.String())
		}
		if diff := cmp.Diff(days, again); diff != "" {
			t.Error(diff)
		}
	})
}
