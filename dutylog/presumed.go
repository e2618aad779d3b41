package dutylog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// presumedMark stands behind the name of a holiday that is only presumed, wherever it is shown.
const presumedMark = "（推定）"

// fixedHolidays have their days by law (全国年节及纪念日放假办法, Art. 2, as it holds since 2025), whatever the notice of a
// year shifts beside them. Those that follow moon and sun (春节, 清明, 端午, 中秋) are not guessed.
var fixedHolidays = []struct{ name, first, last string }{{"元旦", "01-01", "01-01"}, {"劳动节", "05-01", "05-02"}, {"国庆节", "10-01", "10-03"}}

// presumed are the holidays of a year of which there is no table.
func presumed(year int) (spans []DateSpan) {
	for _, h := range fixedHolidays {
		day := func(of string) Date { return Date(fmt.Sprintf("%04d-%s", year, of)) }
		spans = append(spans, DateSpan{Name: h.name + presumedMark, First: day(h.first), Last: day(h.last)})
	}
	return spans
}

// presumedOn says what a day is of which no table says anything: one of the fixed holidays, or not known.
func presumedOn(d Date) (DayKind, string) {
	for _, h := range presumed(d.Year()) {
		if h.First <= d && d <= h.Last {
			return Holiday, h.Name
		}
	}
	return UnknownDayIs, ""
}

// PresumedWeekend reports whether a day of which no table says anything is a Saturday or Sunday.
func PresumedWeekend(kind DayKind, d Date) bool {
	return kind == UnknownDayIs && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
}

// noticeMonth is the one in which the State Council publishes the holidays of the next year.
const noticeMonth = time.November

// lawful are the holidays that the table of every year has, with or without 节.
var lawful = []string{"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}

// Lacks are the holidays that no row of a year's table names; of a year without a table all of them.
func (c Calendar) Lacks(year int) (names []string) {
	for _, name := range lawful {
		if !slices.ContainsFunc(c[year].Days, func(s SpecialDay) bool {
			return s.Kind == Holiday && strings.Contains(s.Name, strings.TrimSuffix(name, "节"))
		}) {
			names = append(names, name)
		}
	}
	return names
}

// Missing are the years whose table is to be put in by now, or to be completed: this one's, and from November on the
// next one's. next is when there may be another one.
func (c Calendar) Missing(now time.Time, loc *time.Location) (years []int, next time.Time) {
	now = now.In(loc)
	last := now.Year()
	if now.Month() >= noticeMonth {
		last++
	}
	for y := now.Year(); y <= last; y++ {
		if len(c.Lacks(y)) > 0 {
			years = append(years, y)
		}
	}
	return years, time.Date(last, noticeMonth, 1, 0, 0, 0, 0, loc)
}
