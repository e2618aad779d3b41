package dutylog

import (
	"bytes"
	"embed" // the years that are known
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// The notices of the State Council that are known; the site replaces or adds years.
//
//go:embed holidays/*.csv
var holidayFiles embed.FS

// DayKind is what a day is for those who work in offices.
type DayKind string

// The closed set of kinds of days.
const (
	Workday      DayKind = "workday"
	Weekend      DayKind = "weekend"
	Holiday      DayKind = "holiday"         // 节假日, as the State Council's notice has it, shifted days of rest included
	MakeUpDay    DayKind = "make_up"         // 调休上班: a day of the weekend on which one works
	UnknownDayIs DayKind = "not_known"       // the year has no table
	holidayOff           = "放假"              // in a table of holidays
	holidayWork          = "上班"              //
	seedSource           = "国务院办公厅通知（随程序提供）" // where the years that come with the program are from
)

// SpecialDay is a day that is not what its weekday says.
type SpecialDay struct {
	Date Date
	Kind DayKind // Holiday or MakeUpDay
	Name string  // of the holiday to which it belongs
}

// HolidayYear is the table of one year, and where it is from.
type HolidayYear struct {
	Year   int
	Source string
	At     time.Time // when somebody put it in; zero: it came with the program
	By     string
	Days   []SpecialDay // in order
}

// Calendar says what each day is. What no table says of the fixed holidays is presumed, and marked as
// that: nobody guesses which other days of a year to come are holidays.
type Calendar map[int]HolidayYear

// DateSpan is a stretch of days, both ends included.
type DateSpan struct {
	Name        string
	First, Last Date
}

// SeedCalendar is what comes with the program: 2025 and 2026.
func SeedCalendar() Calendar {
	c := Calendar{}
	for _, year := range []int{2025, 2026} {
		text, err := holidayFiles.ReadFile(fmt.Sprintf("holidays/%d.csv", year))
		if err != nil {
			panic(err) // a mistake in this package
		}
		days, err := ParseHolidays(bytes.NewReader(text), year)
		if err != nil {
			panic(err) // a mistake in this package
		}
		c[year] = HolidayYear{Year: year, Source: seedSource, Days: days}
	}
	return c
}

// With is the calendar with years that replace those it has.
func (c Calendar) With(years []HolidayYear) Calendar {
	all := make(Calendar, len(c)+len(years))
	for y, table := range c {
		all[y] = table
	}
	for _, table := range years {
		all[table.Year] = table
	}
	return all
}

// On says what a day is, and the name of the holiday to which it belongs.
func (c Calendar) On(d Date) (DayKind, string) {
	for _, year := range []int{d.Year() + 1, d.Year()} { // a notice begins with the last days of the year before
		days := c[year].Days
		at, found := slices.BinarySearchFunc(days, d, func(s SpecialDay, d Date) int { return strings.Compare(string(s.Date), string(d)) })
		if found {
			return days[at].Kind, days[at].Name
		}
	}
	kind, name := presumedOn(d)
	if _, ok := c[d.Year()]; !ok || kind == Holiday { // a table that leaves a fixed holiday out takes it from nobody
		return kind, name
	}
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return Weekend, ""
	}
	return Workday, ""
}

// Knows reports whether every year between two days has its table.
func (c Calendar) Knows(first, last Date) bool {
	for y := first.Year(); y <= last.Year(); y++ {
		if _, ok := c[y]; !ok {
			return false
		}
	}
	return true
}

// LastWorkday is the last day of a month on which offices work; not known where the year is not.
// That of December needs the table of the next year, whose New Year may begin in December.
func (c Calendar) LastWorkday(m Month) (Date, bool) {
	if !c.Knows(m.First(), m.Next().First()) {
		return "", false
	}
	for d := m.Last(); d >= m.First(); d = d.Add(-1) {
		switch kind, _ := c.On(d); kind {
		case UnknownDayIs:
			return "", false
		case Workday, MakeUpDay:
			return d, true
		}
	}
	return "", false
}

// Holidays lists the holidays that touch the days from first to last, each as one span, also
// where it goes over New Year.
func (c Calendar) Holidays(first, last Date) (spans []DateSpan) {
	for y := first.Add(-longestHoliday).Year(); y <= last.Add(longestHoliday).Year(); y++ {
		for _, h := range presumed(y) {
			if _, name := c.On(h.First); name == h.Name {
				spans = append(spans, h)
			}
		}
		for _, s := range c[y].Days {
			n := len(spans)
			switch {
			case s.Kind != Holiday:
			case n > 0 && spans[n-1].Name == s.Name && spans[n-1].Last.Add(1) == s.Date:
				spans[n-1].Last = s.Date
			default:
				spans = append(spans, DateSpan{Name: s.Name, First: s.Date, Last: s.Date})
			}
		}
	}
	return slices.DeleteFunc(spans, func(s DateSpan) bool { return s.Last < first || s.First > last })
}

// The columns of a table of holidays: one row is one stretch of days.
var holidayColumns = []column{
	{names: []string{"name", "名称"}, required: true},
	{names: []string{"from", "开始"}, required: true},
	{names: []string{"to", "结束"}}, // empty: the one day
	{names: []string{"kind", "类型"}, required: true},
}

// What may be wrong with a row of it besides, see RowFault.
const (
	RowQuotes      RowFault = "quotation_marks"
	RowNoKind      RowFault = "no_kind"    // neither 放假 nor 上班
	RowOtherYear   RowFault = "other_year" // each year has a table of its own
	RowNoSpan      RowFault = "no_span"    // the wrong way round, or too long
	RowWorksAnyway RowFault = "works_anyway"
)

// The longest stretch that a row may have: a wrong year in it is a fault, not a year of holidays.
const longestHoliday = 15

// ParseHolidays reads the State Council's notice about a year as a table in CSV. The error is a
// *TableError with every fault; then nothing is to be taken.
func ParseHolidays(r io.Reader, year int) ([]SpecialDay, error) {
	bad := &TableError{}
	var days []SpecialDay
	first := map[Date]SpecialDay{}
	for _, row := range readTable(r, holidayColumns, bad) {
		for _, day := range row.specialDays(year, bad) {
			if had, twice := first[day.Date]; twice {
				bad.fault(row.at("from", RowTwice, string(day.Date)), "%s is there twice (%s, %s): a day is one thing", day.Date, had.Name, day.Name)
				continue
			}
			first[day.Date] = day
			days = append(days, day)
		}
	}
	slices.SortFunc(days, func(a, b SpecialDay) int { return strings.Compare(string(a.Date), string(b.Date)) })
	if err := bad.orNil(); err != nil {
		return nil, err
	}
	return days, nil
}

func (r tableRow) specialDays(year int, bad *TableError) (days []SpecialDay) {
	kind := map[string]DayKind{holidayOff: Holiday, holidayWork: MakeUpDay, "holiday": Holiday, "make_up": MakeUpDay}[r.cells["kind"]]
	if kind == "" && r.cells["kind"] != "" {
		bad.fault(r.at("kind", RowNoKind, r.cells["kind"]), "%q is neither 放假 nor 上班", r.cells["kind"])
	}
	first, last := r.day("from", bad), r.day("to", bad)
	if last == "" {
		last = first
	}
	switch {
	case first == "" || kind == "":
		return nil
	case first < Date(fmt.Sprintf("%d-12-25", year-1)) || last.Year() > year:
		bad.fault(r.at("from", RowOtherYear, string(first)), "%s to %s is not in %d: each year has a table of its own", first, last, year)
		return nil
	case last < first || last > first.Add(longestHoliday):
		bad.fault(r.at("to", RowNoSpan, string(last)), "%s to %s is no holiday of up to %d days", first, last, longestHoliday)
		return nil
	}
	for _, d := range Dates(first, last) {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if kind == MakeUpDay && !weekend {
			bad.fault(r.at("kind", RowWorksAnyway, string(d)), "%s is no Saturday or Sunday: one works on it anyway", d)
			continue
		}
		days = append(days, SpecialDay{Date: d, Kind: kind, Name: r.cells["name"]})
	}
	return days
}

func (r tableRow) day(key string, bad *TableError) Date {
	if r.cells[key] == "" {
		return ""
	}
	d, err := ParseDate(r.cells[key])
	if err != nil {
		bad.fault(r.at(key, RowNoDate, r.cells[key]), "%v", err)
	}
	return d
}

// at is a fault of one cell of a row.
func (r tableRow) at(key string, code RowFault, value string) RowError {
	return RowError{Row: r.number, Column: r.header[key], Code: code, Value: value}
}

// SensitivePeriod is a time for which a superior asks for more (Art. 9): a great meeting, say.
type SensitivePeriod struct {
	ID     int64
	Span   DateSpan
	Notice string    // the letter that asks for it
	Extra  string    // staff in reserve besides the roster, and for what
	At     time.Time // when it was entered, changed or ended last: the version that somebody saw
	By     Actor
	Ended  string // why it holds no more; empty: it holds
}

// Held are the days on which it asks for more: of one that was ended those up to the day on which that was said. One
// that was ended before it began never was.
func (p SensitivePeriod) Held(zone *time.Location) (days DateSpan, ever bool) {
	days = p.Span
	if p.Ended != "" {
		days.Last = min(days.Last, DateOf(p.At, zone))
	}
	return days, days.First <= days.Last
}

// Become checks a change of a period: what was due on the days that were is not changed any more.
func (p SensitivePeriod) Become(next SensitivePeriod, now time.Time, zone *time.Location) error {
	if p.Ended != "" && next.Ended != "" {
		return &InvalidError{Field: "ended", Reason: "it was ended already, and stays as it is: enter a new period"}
	}
	held, ever := p.Held(zone)
	held.Last = min(held.Last, DateOf(now, zone))
	switch {
	case !ever || held.Last < held.First:
		return nil
	case next.Span.First > held.First:
		return &InvalidError{Field: "first", Reason: "the period has begun, and its days so far stay: leave the first day as it is"}
	case next.Span.Last < held.Last:
		return &InvalidError{Field: "last", Reason: "the days of the period so far stay: let it end today or later"}
	}
	return nil
}

// The most characters that a note of the roster may have.
const longNote = 2000

// Check cleans a period and says what is wrong with it.
func (p SensitivePeriod) Check() (SensitivePeriod, error) {
	var err error
	if p.Span.Name, err = wantText("name", p.Span.Name, shortText); err != nil {
		return p, err
	}
	if p.Notice, err = cleanField("notice", p.Notice, shortText); err != nil {
		return p, err
	}
	if p.Extra, err = cleanField("extra", p.Extra, longNote); err != nil {
		return p, err
	}
	if p.Ended, err = cleanField("ended", strings.TrimSpace(p.Ended), shortText); err != nil {
		return p, err
	}
	if _, err := ParseDate(string(p.Span.First)); err != nil {
		return p, &InvalidError{Field: "first", Reason: err.Error()}
	}
	if _, err := ParseDate(string(p.Span.Last)); err != nil || p.Span.Last < p.Span.First || p.Span.Last > p.Span.First.Add(366) {
		return p, &InvalidError{Field: "last", Reason: "the last day comes after the first one, within a year; write it like 2026-10-01"}
	}
	return p, nil
}

// wantText cleans a text that must not be empty.
func wantText(field, text string, limit int) (string, error) {
	text, err := cleanField(field, text, limit)
	if err == nil && blank(text) {
		err = &InvalidError{Field: field, Reason: "is empty: write it down"}
	}
	return strings.TrimSpace(text), err
}
