package dutylog

import (
	"fmt"
	"time"
)

// expand lists what one version of a rule asks for in [from, to), as long as it is in force.
func (r TaskRule) expand(b TaskBooks, c TaskCalendar, from, to, now time.Time) []Task {
	from = later(from, r.At)
	if !r.until.IsZero() && r.until.Before(to) {
		to = r.until
	}
	var all []Task
	add := func(key, title string, due, lapses time.Time) {
		if !due.Before(from) && due.Before(to) {
			all = append(all, Task{Rule: r, Key: key, Title: title, DueAt: due.UTC(), Opens: due.Add(-r.Lead).UTC(), Lapses: lapses})
		}
	}
	switch r.When.Every {
	case EveryMonthFiling, EverySpecialFiling:
		return r.filings(b.Filing, from, to, now)
	case EveryShift:
		for _, s := range b.Shifts {
			if s.Post == PostOfficer && s.To.Sub(s.From) >= r.When.After { // who takes over a shift's last minutes is over before it is due
				add(s.From.UTC().Format(time.RFC3339), r.Title, s.From.Add(r.When.After), s.To)
			}
		}
	case EveryAbsence:
		for _, a := range b.Absences {
			for _, step := range a.steps(b.Absences, r.When.After) {
				add(step.key, r.Title+"："+step.title, step.due, time.Time{})
			}
		}
	default:
		r.eachDay(b.Zone, c, from, to, add)
	}
	return all
}

// eachDay goes through the days of the site's calendar. A day is counted by its date, not by 24
// hours: so neither a month's end nor a leap day nor a change of the clock skips or doubles one.
func (r TaskRule) eachDay(zone *time.Location, c TaskCalendar, from, to time.Time, add func(key, title string, due, lapses time.Time)) {
	at, err := time.Parse(clockLayout, r.When.Clock)
	if err != nil || !from.Before(to) {
		return
	}
	y, m, d := from.In(zone).Date()
	for ; ; d++ {
		day := time.Date(y, m, d, 12, 0, 0, 0, zone) // noon is on this day whatever the clock does
		if time.Date(y, m, d, 0, 0, 0, 0, zone).After(to) {
			return
		}
		if r.When.falls(day, c) {
			yy, mm, dd := day.Date()
			add(day.Format(time.DateOnly), r.Title, time.Date(yy, mm, dd, at.Hour(), at.Minute(), 0, 0, zone), time.Time{})
		}
	}
}

// falls reports whether something is due on a day.
func (w Recurrence) falls(day time.Time, c TaskCalendar) bool {
	next := func(n int) time.Time { return day.AddDate(0, 0, n) }
	special := func(day time.Time) bool { return c.IsHoliday(day) || c.SensitivePeriod(day) }
	switch w.Every {
	case EveryDay:
		return true
	case Once:
		return day.Format(time.DateOnly) == w.Date
	case EveryWeek:
		return int(day.Weekday()) == w.Weekday
	case EveryMonth:
		return day.Day() == w.Day || day.Day() < w.Day && next(1).Day() == 1
	case EverySpecialDay:
		return special(day)
	case EveryHolidaysEnd:
		return c.IsHoliday(day) && !c.IsHoliday(next(1))
	case BeforeSpecial:
		return special(next(w.Day)) && !special(next(w.Day-1))
	case BeforeMonthsLastWork:
		return c.IsWorkday(day) && monthsLastWork(nextWork(day, c), c)
	}
	return false
}

// mostOff bounds how many days in a row nobody works.
const mostOff = 31

// nextWork is the workday after a day.
func nextWork(day time.Time, c TaskCalendar) time.Time {
	for n := 1; n <= mostOff; n++ {
		if d := day.AddDate(0, 0, n); c.IsWorkday(d) {
			return d
		}
	}
	return day
}

// monthsLastWork reports whether a workday is the last one of its month.
func monthsLastWork(day time.Time, c TaskCalendar) bool {
	for n := 1; day.AddDate(0, 0, n).Month() == day.Month(); n++ {
		if c.IsWorkday(day.AddDate(0, 0, n)) {
			return false
		}
	}
	return true
}

// Absence is one version of an absence of the unit's head 主要负责同志外出 (Art. 10).
type Absence struct {
	ID           int64 // of this version; the log gives it
	Absence      int64 // the same in all versions
	Person       string
	Why          string
	Place        string
	LeavesAt     time.Time
	ReturnsAt    time.Time
	StandIn      string // who is in charge meanwhile
	StandInTitle string
	Change       string // what changed and why; empty in the first version
	By           Actor
	At           time.Time
}

// absenceStep is one report that an absence asks for.
type absenceStep struct {
	key, title string
	due        time.Time
}

// steps are the reports that a version asks for by itself: the first one that somebody leaves, each
// later one that something changed, and the newest one that they are back. after is how soon
// "at once" 及时 is. Who leaves reports before, so that no grace is given there: before the departure of the newest
// version that was written while the one before it was still to come. The versions are the oldest first.
func (a Absence) steps(versions []Absence, after time.Duration) (steps []absenceStep) {
	first, newest, leaves := true, true, a.LeavesAt
	for _, o := range versions {
		if o.Absence == a.Absence {
			first, newest = first && o.ID >= a.ID, newest && o.ID <= a.ID
			if o.At.Before(leaves) {
				leaves = o.LeavesAt
			}
		}
	}
	if first {
		steps = append(steps, absenceStep{fmt.Sprintf("%d/leave", a.Absence), a.Person + "外出", leaves})
	} else {
		steps = append(steps, absenceStep{fmt.Sprintf("%d/change/%d", a.Absence, a.ID), a.Person + "行程变化", a.At.Add(after)})
	}
	if newest {
		steps = append(steps, absenceStep{fmt.Sprintf("%d/return", a.Absence), a.Person + "返回销假", a.ReturnsAt.Add(after)})
	}
	return steps
}

// Check says what is wrong with an absence, and gives it as it is kept. Everything that Art. 10 asks
// for has to be there.
func (a Absence) Check() (Absence, error) {
	for _, f := range []struct {
		name string
		text *string
	}{{"person", &a.Person}, {"why", &a.Why}, {"place", &a.Place}, {"stand_in", &a.StandIn}, {"stand_in_title", &a.StandInTitle}} {
		var err error
		if *f.text, err = CleanNote(f.name, *f.text); err != nil {
			return a, err
		}
		if *f.text == "" {
			return a, &InvalidError{Field: f.name, Reason: "is missing: the report has to say it (Art. 10)"}
		}
	}
	var err error
	if a.Change, err = CleanNote("change", a.Change); err != nil {
		return a, err
	}
	switch {
	case a.LeavesAt.IsZero() || !a.ReturnsAt.After(a.LeavesAt):
		return a, &InvalidError{Field: "returns_at", Reason: "is not after the departure"}
	case a.Absence != 0 && a.Change == "":
		return a, &InvalidError{Field: "change", Reason: "say what changed and why: that is reported, too (Art. 10)"}
	}
	return a, checkWhen("leaves_at", a.LeavesAt, a.LeavesAt, 0, "") // how far ahead it may lie, the log says
}
