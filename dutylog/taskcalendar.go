package dutylog

import "time"

// SiteCalendar is what kind of day a day is by the tables of holidays and the sensitive periods of
// the roster. In a year without a table only weekends are known.
type SiteCalendar struct {
	Years   Calendar
	Periods []SensitivePeriod
}

// IsHoliday implements TaskCalendar.
func (c SiteCalendar) IsHoliday(day time.Time) bool {
	kind, _ := c.Years.On(DateOf(day, day.Location()))
	return kind == Holiday
}

// IsWorkday implements TaskCalendar.
func (c SiteCalendar) IsWorkday(day time.Time) bool {
	switch kind, _ := c.Years.On(DateOf(day, day.Location())); kind {
	case Workday, MakeUpDay:
		return true
	case UnknownDayIs:
		return Weekends{}.IsWorkday(day)
	}
	return false
}

// SensitivePeriod implements TaskCalendar. One that was ended holds no more; the days before stay what they were.
func (c SiteCalendar) SensitivePeriod(day time.Time) bool {
	d := DateOf(day, day.Location())
	for _, p := range c.Periods {
		if held, ever := p.Held(day.Location()); ever && held.First <= d && d <= held.Last {
			return true
		}
	}
	return false
}
