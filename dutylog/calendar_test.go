package dutylog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
)

// Every day of 2025 and 2026 that is not what its weekday says, and the last working days.
func TestTheHolidaysThatComeWithTheProgram(t *testing.T) {
	var b strings.Builder
	c := dutylog.SeedCalendar()
	week := []string{"日", "一", "二", "三", "四", "五", "六"}
	for _, d := range dutylog.Dates("2025-01-01", "2026-12-31") {
		if kind, name := c.On(d); kind == dutylog.Holiday || kind == dutylog.MakeUpDay {
			fmt.Fprintf(&b, "%s 周%s %-7s %s\n", d, week[d.Weekday()], kind, name)
		}
	}
	for m := dutylog.Month("2025-01"); m <= "2027-01"; m = m.Next() {
		day, known := c.LastWorkday(m)
		fmt.Fprintf(&b, "last workday of %s: %s %v\n", m, day, known)
	}
	goldenText(t, "holidays.golden.txt", b.String())
}

// Between two tables each working day is one of 5 a week, less holidays, plus make-up days: the
// notices shift days of rest, they take no weekend away. 2025 and 2026 have 13 days of the law
// each, of which 2025's Mid-Autumn is one with the National Day's.
func TestMakeUpDaysBalanceTheShiftedOnes(t *testing.T) {
	c := dutylog.SeedCalendar()
	for year, working := range map[int]int{2025: 248, 2026: 248} {
		n := 0
		for _, d := range dutylog.Dates(dutylog.Date(fmt.Sprintf("%d-01-01", year)), dutylog.Date(fmt.Sprintf("%d-12-31", year))) {
			if kind, _ := c.On(d); kind == dutylog.Workday || kind == dutylog.MakeUpDay {
				n++
			}
		}
		if n != working {
			t.Errorf("%d has %d working days, want %d", year, n, working)
		}
	}
}

// Of a year without a table the days that the law fixes are presumed, and say so; nothing else is guessed. From
// November on the next year's table is missing.
func TestAYearWithoutATableIsPresumed(t *testing.T) {
	c := dutylog.SeedCalendar()
	var b strings.Builder
	for _, d := range dutylog.Dates("2027-01-01", "2027-12-31") {
		if kind, name := c.On(d); kind != dutylog.UnknownDayIs {
			fmt.Fprintf(&b, "%s %s %s\n", d, kind, name)
		}
	}
	for _, span := range [][2]dutylog.Date{{"2026-12-01", "2026-12-31"}, {"2027-01-01", "2027-01-31"}, {"2027-02-01", "2027-04-30"}, {"2027-10-02", "2027-10-02"}, {"2027-01-01", "2028-02-29"}} {
		fmt.Fprintf(&b, "holidays %s to %s: %v\n", span[0], span[1], c.Holidays(span[0], span[1]))
	}
	site := dutylog.SiteCalendar{Years: c}
	for _, d := range []dutylog.Date{"2027-01-01", "2027-01-02", "2027-01-04", "2027-05-01", "2027-05-03", "2027-10-01", "2027-10-04"} {
		fmt.Fprintf(&b, "%s: holiday %v, workday %v\n", d, site.IsHoliday(d.In(shanghai)), site.IsWorkday(d.In(shanghai)))
	}
	for _, at := range []string{"2026-10-31 23:59", "2026-11-01 00:00", "2026-12-31 23:59", "2027-01-01 00:00", "2027-11-01 00:00"} {
		now, err := time.ParseInLocation("2006-01-02 15:04", at, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		years, next := c.Missing(now, shanghai)
		fmt.Fprintf(&b, "missing at %s: %v, again at %s\n", at, years, next.Format("2006-01-02 15:04"))
	}
	goldenText(t, "presumed.golden.txt", b.String())
	if years, _ := c.With([]dutylog.HolidayYear{{Year: 2027, Days: dutylog.SeedCalendar()[2026].Days}}).Missing(time.Date(2026, 12, 1, 0, 0, 0, 0, shanghai), shanghai); len(years) > 0 {
		t.Errorf("with a table %v are missing", years)
	}
}

func TestAYearWithATableIsNotPresumed(t *testing.T) {
	c := dutylog.SeedCalendar()
	if c.Knows("2026-12-31", "2027-01-01") || !c.Knows("2025-01-01", "2026-12-31") {
		t.Error("it says that it knows a year without a table")
	}
	with := c.With([]dutylog.HolidayYear{{Year: 2027, Days: holidays(t, 2027, "名称,开始,结束,类型\n元旦,2027-01-01,2027-01-03,放假\n")}})
	if kind, name := with.On("2027-01-02"); kind != dutylog.Holiday || name != "元旦" {
		t.Errorf("with a table it is %s %s", kind, name)
	}
	if kind, name := with.On("2027-05-01"); kind != dutylog.Holiday || name != "劳动节（推定）" {
		t.Errorf("Labour Day of 2027, of which its table says nothing, is %s %s", kind, name)
	}
	if kind, _ := with.On("2027-05-08"); kind != dutylog.Weekend {
		t.Errorf("a Saturday of 2027 is %s", kind)
	}
	if got := strings.Join(with.Lacks(2027), " "); got != "春节 清明节 劳动节 端午节 中秋节 国庆节" || len(with.Lacks(2026)) != 0 {
		t.Errorf("its table lacks %s; that of 2026 %v", got, with.Lacks(2026))
	}
	if _, had := c[2027]; had {
		t.Error("the calendar that was given has changed")
	}
}

func TestAHolidayOverNewYearIsOne(t *testing.T) {
	c := dutylog.SeedCalendar().With([]dutylog.HolidayYear{
		{Year: 2028, Days: holidays(t, 2028, "名称,开始,结束,类型\n元旦,2027-12-31,2028-01-02,放假\n")},
	})
	if kind, name := c.On("2027-12-31"); kind != dutylog.Holiday || name != "元旦" {
		t.Errorf("its first day is %s %s", kind, name)
	}
	if day, known := c.LastWorkday("2027-12"); known {
		t.Errorf("of 2027 nothing is known, but its last workday is %s", day)
	}
	for _, days := range [][2]dutylog.Date{{"2027-12-01", "2027-12-31"}, {"2028-01-01", "2028-01-31"}} {
		if got := fmt.Sprint(c.Holidays(days[0], days[1])); got != "[{元旦 2027-12-31 2028-01-02}]" {
			t.Errorf("%v: %s", days, got)
		}
	}
}

func TestATableOfHolidaysWithFaultsIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		table, says string
		code        dutylog.RowFault
		row         int
	}{
		"another year":        {"元旦,2026-12-24,2027-01-02,放假", "is not in 2027", dutylog.RowOtherYear, 2},
		"no such day":         {"春节,2027-02-30,,放假", "is no day", dutylog.RowNoDate, 2},
		"the wrong way round": {"春节,2027-02-10,2027-02-06,放假", "is no holiday", dutylog.RowNoSpan, 2},
		"a whole month":       {"春节,2027-02-01,2027-03-01,放假", "is no holiday", dutylog.RowNoSpan, 2},
		"work on a Monday":    {"春节,2027-02-01,,上班", "no Saturday or Sunday", dutylog.RowWorksAnyway, 2},
		"neither":             {"春节,2027-02-06,,调休", "neither", dutylog.RowNoKind, 2},
		"a day twice":         {"春节,2027-02-06,2027-02-08,放假\n\n情人节,2027-02-07,,放假", "twice", dutylog.RowTwice, 4},
		"no name":             {",2027-02-06,,放假", "is empty", dutylog.RowMissing, 2},
		"no first day":        {"春节,,,放假", "is empty", dutylog.RowMissing, 2},
		"a cell too many":     {"元旦,2027-01-01,,放假\n春节,2027-02-06,2027-02-08,放假,三天", "5 cells under 4", dutylog.RowBesideColumns, 3},
		"half a quotation":    {"元旦,2027-01-01,,放假\n\"春节,2027-02-06,,放假", "quotation marks", dutylog.RowQuotes, 3},
	} {
		_, err := dutylog.ParseHolidays(strings.NewReader("名称,开始,结束,类型\n"+c.table+"\n"), 2027)
		var table *dutylog.TableError
		if !errors.As(err, &table) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		} else if r := table.Rows[0]; r.Code != c.code || r.Row != c.row {
			t.Errorf("%s: it is %q in row %d", name, r.Code, r.Row)
		}
	}
}

func TestMonthsAndDays(t *testing.T) {
	if m := dutylog.Month("2028-02"); m.Last() != "2028-02-29" || m.Next() != "2028-03" || m.Before() != "2028-01" {
		t.Errorf("February of a leap year: %s %s %s", m.Last(), m.Next(), m.Before())
	}
	if m := dutylog.Month("2026-12"); m.Next() != "2027-01" || m.Last() != "2026-12-31" {
		t.Errorf("December: %s %s", m.Next(), m.Last())
	}
	if m := dutylog.Month("2027-01"); m.Before() != "2026-12" || m.Next() != "2027-02" {
		t.Errorf("January: %s %s", m.Before(), m.Next())
	}
	// 16:00 in UTC is midnight in Shanghai.
	if d := dutylog.DateOf(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), shanghai); d != "2027-01-01" {
		t.Errorf("the day is %s", d)
	}
	from, to := dutylog.Month("2027-01").Span(shanghai)
	if from.UTC().Format(time.RFC3339) != "2026-12-31T16:00:00Z" || to.Sub(from) != 31*24*time.Hour {
		t.Errorf("January is from %s to %s", from, to)
	}
	for _, text := range []string{"2026-13", "2026-1", "26-01", "", "2026-01-01", "1999-01", "２０２６-01"} {
		if m, err := dutylog.ParseMonth(text); err == nil {
			t.Errorf("%q is the month %s", text, m)
		}
	}
	for _, text := range []string{"2026-02-29", "2026-2-1", "", "20260201", "2200-01-01"} {
		if d, err := dutylog.ParseDate(text); err == nil {
			t.Errorf("%q is the day %s", text, d)
		}
	}
	if len(dutylog.Dates("2028-02-27", "2028-03-01")) != 4 || len(dutylog.Dates("2028-03-01", "2028-02-01")) != 0 {
		t.Error("the days between two are miscounted")
	}
}

func TestASensitivePeriodIsCleaned(t *testing.T) {
	p := dutylog.SensitivePeriod{Span: dutylog.DateSpan{Name: " 全国两会 ", First: "2027-03-03", Last: "2027-03-11"}, Notice: "沈应急〔2027〕5号", Extra: "备勤 2 人"}
	good, err := p.Check()
	if err != nil || good.Span.Name != "全国两会" {
		t.Errorf("%+v %v", good, err)
	}
	for field, change := range map[string]func(*dutylog.SensitivePeriod){
		"name":   func(p *dutylog.SensitivePeriod) { p.Span.Name = " " },
		"first":  func(p *dutylog.SensitivePeriod) { p.Span.First = "3月3日" },
		"last":   func(p *dutylog.SensitivePeriod) { p.Span.Last = "2027-03-02" },
		"notice": func(p *dutylog.SensitivePeriod) { p.Notice = strings.Repeat("文", 501) },
		"extra":  func(p *dutylog.SensitivePeriod) { p.Extra = strings.Repeat("文", 2001) },
	} {
		bad := p
		change(&bad)
		var wrong *dutylog.InvalidError
		if _, err := bad.Check(); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
