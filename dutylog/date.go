package dutylog

import (
	"fmt"
	"time"
)

// Date is a day of the site's calendar, written 2026-10-01; so dates compare as texts do.
type Date string

// DateOf is the day in loc on which t falls.
func DateOf(t time.Time, loc *time.Location) Date { return Date(t.In(loc).Format(time.DateOnly)) }

// ParseDate reads the one spelling of a day; there must be such a day.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2199 {
		return "", fmt.Errorf("%q is no day; write it like 2026-10-01", CleanText(text))
	}
	return Date(text), nil
}

// In is the midnight with which the day begins in loc.
func (d Date) In(loc *time.Location) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), loc) // a Date is one that was parsed or made
	return t
}

// Add is the day so many days later.
func (d Date) Add(days int) Date {
	return Date(d.In(time.UTC).AddDate(0, 0, days).Format(time.DateOnly))
}

// Weekday is which day of the week it is.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// Year is the year in which the day lies.
func (d Date) Year() int { return d.In(time.UTC).Year() }

// Month is a month of the site's calendar, written 2026-10.
type Month string

// MonthOf is the month in loc in which t falls.
func MonthOf(t time.Time, loc *time.Location) Month { return Month(t.In(loc).Format("2006-01")) }

// ParseMonth reads the one spelling of a month.
func ParseMonth(text string) (Month, error) {
	if _, err := ParseDate(text + "-01"); err != nil {
		return "", &InvalidError{Field: "month", Reason: fmt.Sprintf("%q is no month; write it like 2026-10", CleanText(text))}
	}
	return Month(text), nil
}

// First is the first day of the month.
func (m Month) First() Date { return Date(m + "-01") }

// Last is the last day of the month.
func (m Month) Last() Date { return m.Next().First().Add(-1) }

// Next is the month after it.
func (m Month) Next() Month { return Month(m.First().Add(31)[:7]) }

// Before is the month before it.
func (m Month) Before() Month { return Month(m.First().Add(-1)[:7]) }

// Span is the time of the month in loc: [from, to).
func (m Month) Span(loc *time.Location) (from, to time.Time) {
	return m.First().In(loc), m.Next().First().In(loc)
}

// Dates lists the days from one to another, both included; none when the last is before the first.
func Dates(first, last Date) (days []Date) {
	for d := first; d <= last; d = d.Add(1) {
		days = append(days, d)
	}
	return days
}
