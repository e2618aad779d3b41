package dutylog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

var countCases = []struct {
	name, shifts string
	months       []dutylog.Month
}{
	{"a day, a night, a whole day in an ordinary week", `
2026-11-24 08:00 2026-11-24 20:00 officer 张伟
2026-11-24 20:00 2026-11-25 08:00 officer 李娜
2026-11-25 08:30 2026-11-26 08:30 officer 陈刚
2026-11-26 08:30 2026-11-26 17:30 officer 赵敏
2026-11-26 17:30 2026-11-27 08:30 officer 张伟`, []dutylog.Month{"2026-11"}},
	{"weekend, make-up Sunday and Saturday, National Day", `
2026-09-19 08:00 2026-09-20 08:00 officer 张伟
2026-09-20 08:00 2026-09-21 08:00 officer 李娜
2026-10-01 08:00 2026-10-02 08:00 officer 陈刚
2026-10-10 08:00 2026-10-11 08:00 officer 赵敏
2026-10-11 08:00 2026-10-12 08:00 officer 张伟`, []dutylog.Month{"2026-09", "2026-10"}},
	{"the night of a month's end belongs to the month in which it begins", `
2026-09-30 20:00 2026-10-01 08:00 officer 张伟
2026-10-31 20:00 2026-11-01 08:00 officer 李娜`, []dutylog.Month{"2026-09", "2026-10", "2026-11"}},
	{"over New Year: of 2027 New Year and weekends are presumed", `
2026-12-31 08:00 2027-01-01 08:00 officer 张伟
2027-01-01 08:00 2027-01-02 08:00 officer 张伟
2027-01-02 08:00 2027-01-03 08:00 officer 张伟`, []dutylog.Month{"2026-12", "2027-01"}},
	{"a leader for a week, over a month's end, is seven shifts", `
2026-04-27 08:00 2026-05-04 08:00 leader 陈刚`, []dutylog.Month{"2026-04", "2026-05"}},
	{"the leap day", `
2028-02-28 20:00 2028-02-29 08:00 chief 张伟
2028-02-29 08:00 2028-03-01 08:00 chief 李娜
2028-02-29 20:00 2028-03-01 08:00 officer 张伟`, []dutylog.Month{"2028-02", "2028-03"}},
	{"an hour here and there is neither a day nor a night", `
2026-11-24 19:00 2026-11-24 21:00 officer 张伟`, []dutylog.Month{"2026-11"}},
	{"a Saturday that changes hands after five minutes", `
2026-11-21 08:00 2026-11-21 08:05 officer 张伟
2026-11-21 08:05 2026-11-21 20:00 officer 李娜`, []dutylog.Month{"2026-11"}},
	{"a Friday's night, handed over at two and half an hour before its end", `
2026-11-20 20:00 2026-11-21 02:00 officer 张伟
2026-11-21 02:00 2026-11-21 07:30 officer 李娜
2026-11-21 07:30 2026-11-21 08:00 officer 陈刚`, []dutylog.Month{"2026-11"}},
	{"a Friday's night, handed over at midnight", `
2026-11-20 20:00 2026-11-21 00:00 officer 张伟
2026-11-21 00:00 2026-11-21 08:00 officer 李娜`, []dutylog.Month{"2026-11"}},
	{"three turns that change at midnight: the Saturday's night is the Saturday's", `
2026-11-20 16:00 2026-11-21 00:00 officer 张伟
2026-11-21 00:00 2026-11-21 08:00 officer 李娜
2026-11-21 08:00 2026-11-21 16:00 officer 陈刚
2026-11-21 16:00 2026-11-22 00:00 officer 李娜
2026-11-22 00:00 2026-11-22 08:00 officer 赵敏`, []dutylog.Month{"2026-11"}},
	{"a leader whose cell is merged over day and night of a Saturday, another in one row", `
2026-12-05 08:00 2026-12-05 20:00 leader 陈刚
2026-12-05 20:00 2026-12-06 08:00 leader 陈刚
2026-12-12 08:00 2026-12-13 08:00 leader 赵敏`, []dutylog.Month{"2026-12"}},
	{"a night and the day after it are two shifts", `
2026-11-20 20:00 2026-11-21 08:00 officer 张伟
2026-11-21 08:00 2026-11-21 20:00 officer 张伟`, []dutylog.Month{"2026-11"}},
	{"relieved for an hour of a Sunday", `
2026-11-22 08:00 2026-11-22 12:00 officer 张伟
2026-11-22 12:00 2026-11-22 13:00 officer 李娜
2026-11-22 13:00 2026-11-22 20:00 officer 张伟`, []dutylog.Month{"2026-11"}},
	{"New Year's Eve, handed over after midnight, is the old year's", `
2026-12-31 20:00 2027-01-01 02:00 officer 张伟
2027-01-01 02:00 2027-01-01 08:00 officer 李娜`, []dutylog.Month{"2026-12", "2027-01"}},
}

func TestWhatIsCountedPerPersonAndMonth(t *testing.T) {
	c := dutylog.SeedCalendar().With([]dutylog.HolidayYear{{Year: 2028}})
	var b strings.Builder
	for _, x := range countCases {
		fmt.Fprintf(&b, "# %s\n", x.name)
		for _, m := range x.months {
			from, to := m.Span(shanghai)
			for _, d := range dutylog.CountDuty(roster(t, x.shifts), c, dutylog.DefaultRestRule(), from, to, shanghai) {
				fmt.Fprintf(&b, "%s %s %s: %d shifts, %d day, %d night, %d weekend, %d holiday, %g h, rest %g, unknown %d\n",
					m, d.Name, d.Post, d.Shifts, d.Day, d.Night, d.Weekend, d.Holiday, d.Hours, d.Rest, d.Unknown)
			}
		}
	}
	goldenText(t, "duty_counts.golden.txt", b.String())
}

// Nothing is counted twice and nothing is lost where months meet.
func TestMonthsAddUpToTheYear(t *testing.T) {
	now := time.Date(2026, 12, 31, 12, 0, 0, 0, shanghai)
	shifts := dutylog.PracticeRoster(now, shanghai)
	count := func(from, to time.Time) (sum dutylog.DutyCount) {
		for _, d := range dutylog.CountDuty(shifts, dutylog.SeedCalendar(), dutylog.DefaultRestRule(), from, to, shanghai) {
			sum.Shifts, sum.Hours, sum.Night, sum.Unknown = sum.Shifts+d.Shifts, sum.Hours+d.Hours, sum.Night+d.Night, sum.Unknown+d.Unknown
		}
		return sum
	}
	var months dutylog.DutyCount
	for m := dutylog.Month("2026-11"); m <= "2027-02"; m = m.Next() {
		d := count(m.Span(shanghai))
		months.Shifts, months.Hours, months.Night, months.Unknown = months.Shifts+d.Shifts, months.Hours+d.Hours, months.Night+d.Night, months.Unknown+d.Unknown
	}
	whole := count(time.Time{}, now.AddDate(1, 0, 0))
	if months != whole || whole.Shifts != len(shifts) {
		t.Errorf("by months %+v, at once %+v, shifts %d", months, whole, len(shifts))
	}
}

// Whenever a shift changes hands, all of it stays in its month; both together are owed no less than one person would be, and
// no more than twice that; and who served twelve hours of a weekend or a holiday has a day of rest.
func TestAShiftThatChangesHandsIsOwedNoLessAndNoMoreThanTwice(t *testing.T) {
	for _, span := range []string{
		"2026-11-20 20:00 2026-11-21 08:00", "2026-11-20 08:00 2026-11-21 08:00", "2026-11-21 08:00 2026-11-21 20:00", "2026-11-21 08:30 2026-11-22 08:30",
		"2026-11-22 17:30 2026-11-23 08:30", "2026-09-30 20:00 2026-10-01 08:00", "2026-10-01 08:00 2026-10-02 08:00", "2026-10-31 20:00 2026-11-01 08:00", "2026-12-31 08:00 2027-01-01 08:00",
	} {
		whole := roster(t, span+" officer 张伟")[0]
		from, to := dutylog.MonthOf(whole.From, shanghai).Span(shanghai)
		count := func(shifts ...dutylog.Shift) []dutylog.DutyCount {
			return dutylog.CountDuty(shifts, dutylog.SeedCalendar(), dutylog.DefaultRestRule(), from, to, shanghai)
		}
		one := count(whole)[0]
		for at := whole.From.Add(time.Minute); at.Before(whole.To); at = at.Add(time.Minute) {
			first, second := whole, whole
			first.To, second.From, second.Name = at, at, "李娜"
			both := count(first, second)
			if len(both) != 2 {
				t.Fatalf("%s, handed over at %s: %+v", span, siteTime(at), both)
			}
			if rest := both[0].Rest + both[1].Rest; rest < one.Rest || rest > 2*one.Rest {
				t.Errorf("%s, handed over at %s: rest %g, want %g or a little more", span, siteTime(at), rest, one.Rest)
			}
			for _, d := range both {
				if d.Hours >= 12 && d.Weekend+d.Holiday < one.Weekend+one.Holiday {
					t.Errorf("%s, handed over at %s: %+v", span, siteTime(at), d)
				}
			}
		}
	}
}
