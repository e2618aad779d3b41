package dutylog

import (
	"fmt"
	"time"
)

// presumedMark stands behind the name of a holiday that is only presumed, wherever it is shown.
const presumedMark = "（推定）"

// fixedHolidays have their days by law, whatever the notice of a year shifts beside them. Those that follow the
// moon (春节, 清明, 端午, 中秋) are not guessed.
var fixedHolidays = []struct{ name, first, last string }{{"元旦", "01-01", "01-01"}, {"劳动节", "05-01", "05-01"}, {"国庆节", "10-01", "10-03"}}

// presumed are the holidays of a year of which there is no table.
func presumed(year int) (spans []DateSpan) {
	for _, h := range fixedHolidays {
		day := func(of string) Date { return Date(fmt.Sprintf("%04d-%s", year, of)) }
		spans = append(spans, DateSpan{Name: h.name + presumedMark, First: day(h.first), Last: day(h.last)})
	}
	return spans
}

// presumedOn says what a day is in a year without a table: one of the fixed holidays, or not known.
func presumedOn(d Date) (DayKind, string) {
	for _, h := range presumed(d.Year()) {
		if h.First <= d && d <= h.Last {
			return Holiday, h.Name
		}
	}
	return UnknownDayIs, ""
}

// presumedWeekend reports whether a day of which no table says anything is a Saturday or Sunday.
func presumedWeekend(kind DayKind, d Date) bool {
	return kind == UnknownDayIs && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
}

// noticeMonth is the one in which the State Council publishes the holidays of the next year.
const noticeMonth = time.November

// Missing are the years whose table is to be put in by now: this one's, and from November on the next one's.
// next is when there may be another one.
func (c Calendar) Missing(now time.Time, loc *time.Location) (years []int, next time.Time) {
	now = now.In(loc)
	last := now.Year()
	if now.Month() >= noticeMonth {
		last++
	}
	for y := now.Year(); y <= last; y++ {
		if _, ok := c[y]; !ok {
			years = append(years, y)
		}
	}
	return years, time.Date(last, noticeMonth, 1, 0, 0, 0, 0, loc)
}
