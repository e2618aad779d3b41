package dutylog

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// TaskCalendar says what kind of day a day is. A day is any moment of it, in the site's time zone.
type TaskCalendar interface {
	// IsHoliday reports whether it is a day off of a public holiday 法定节假日. A plain weekend is none.
	IsHoliday(day time.Time) bool
	// IsWorkday reports whether people work: a weekday that is no day off, or a make-up workday.
	IsWorkday(day time.Time) bool
	// SensitivePeriod reports whether it lies in a sensitive period 重要敏感时期.
	SensitivePeriod(day time.Time) bool
}

// Weekends is a calendar that knows nothing but weekends.
type Weekends struct{}

// IsHoliday implements TaskCalendar: none is known.
func (Weekends) IsHoliday(time.Time) bool { return false }

// IsWorkday implements TaskCalendar.
func (Weekends) IsWorkday(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// SensitivePeriod implements TaskCalendar: none is known.
func (Weekends) SensitivePeriod(time.Time) bool { return false }

// Every is how a rule comes again.
type Every string

// The closed set of recurrences.
const (
	EveryDay             Every = "day"
	EveryWeek            Every = "week"               // on Weekday
	EveryMonth           Every = "month"              // on Day, or the month's last day where it has no such day
	EverySpecialDay      Every = "special_day"        // each day of holidays and sensitive periods (Art. 9)
	EveryHolidaysEnd     Every = "holidays_end"       // the last day of a holiday (Art. 9)
	BeforeSpecial        Every = "before_special"     // so many Days before a holiday or sensitive period begins (Art. 9)
	BeforeMonthsLastWork Every = "before_months_last" // the workday before the month's last one (Art. 8)
	EveryMonthFiling     Every = "month_filing"       // until a month's roster is filed (Art. 8), see FilingDuty
	EverySpecialFiling   Every = "special_filing"     // until that of a holiday or sensitive period is (Art. 9)
	EveryShift           Every = "shift"              // After the beginning of each officer's shift (Art. 23)
	EveryAbsence         Every = "absence"            // of the unit's head (Art. 10): at its steps
	Once                 Every = "once"               // on Date
)

// Recurrences lists them in the order in which they are offered.
func Recurrences() []Every {
	return []Every{Once, EveryDay, EveryWeek, EveryMonth, EverySpecialDay, EveryHolidaysEnd, BeforeSpecial, BeforeMonthsLastWork, EveryMonthFiling, EverySpecialFiling, EveryShift, EveryAbsence}
}

// Recurrence is when a rule asks for something, as data.
type Recurrence struct {
	Every   Every         `json:"every"`
	Clock   string        `json:"clock"`    // "14:00", by the site's clock; of shifts, absences and filings empty
	Weekday int           `json:"weekday"`  // 0 is Sunday
	Day     int           `json:"day"`      // of the month, or days before
	Date    string        `json:"date"`     // of what is due once: "2026-11-30"
	After   time.Duration `json:"after_ns"` // of shifts and absences: how long after their moment
}

// TaskRule is one version of a rule. It is in force from At on, until the next version of the same
// rule; what was due before stays as it was asked for then.
type TaskRule struct {
	ID     int64  // of this version; the log gives it
	Rule   int64  // of the rule; the same in all versions
	Seed   string // the name of one that the product brings along; empty: a rule of the site's own
	Title  string
	Basis  string // on what it rests, for instance 规范第九条
	Post   Post   // who does it
	When   Recurrence
	Lead   time.Duration // how long before its time it is due
	Checks []string      // what has to be ticked
	Ended  bool          // from At on nothing is due any more
	By     Actor
	At     time.Time

	until time.Time // when the next version began; zero: it is the newest
}

const clockLayout = "15:04"

// SeededRules are the dated duties of the regulation. A site may change or end them.
func SeededRules() []TaskRule {
	return []TaskRule{
		{Seed: "daily_report", Title: "报送当日城市安全运行工作情况", Basis: "规范第九条（四）", Post: PostOfficer, When: Recurrence{Every: EverySpecialDay, Clock: "14:00"}, Lead: 6 * time.Hour},
		{Seed: "holiday_summary", Title: "书面报告节假日期间总体情况", Basis: "规范第九条（四）", Post: PostOfficer, When: Recurrence{Every: EveryHolidaysEnd, Clock: "14:00"}, Lead: 24 * time.Hour},
		{Seed: "holiday_filing", Title: "报送节假日、敏感时期值班安排", Basis: "规范第九条（二）", Post: PostChief, When: Recurrence{Every: EverySpecialFiling}, Lead: 48 * time.Hour},
		{Seed: "roster_filing", Title: "报备每月值班安排表", Basis: "规范第八条", Post: PostChief, When: Recurrence{Every: EveryMonthFiling}, Lead: 72 * time.Hour},
		{Seed: "equipment", Title: "检查值班设备", Basis: "规范第二十三条", Post: PostOfficer, When: Recurrence{Every: EveryShift, After: time.Hour}, Lead: time.Hour,
			Checks: []string{"值班电话", "应急手台", "卫星电话", "传真机", "视频调度系统", "国家应急指挥综合业务系统"}},
		{Seed: "absence", Title: "主要负责同志外出报备", Basis: "规范第十条", Post: PostChief, When: Recurrence{Every: EveryAbsence, After: 2 * time.Hour}, Lead: 24 * time.Hour},
	}
}

// inForce gives every version the time until which it held, and leaves out those that say that
// nothing is due any more.
func inForce(versions []TaskRule) []TaskRule {
	var out []TaskRule
	for i, r := range versions {
		if r.Ended {
			continue
		}
		for _, next := range versions[i+1:] {
			if next.Rule == r.Rule {
				r.until = next.At
				break
			}
		}
		out = append(out, r)
	}
	return out
}

// Newest are the rules as they are now, ended ones included, in the order in which they were first made.
func Newest(versions []TaskRule) []TaskRule {
	out := []TaskRule{}
	for _, r := range versions {
		if at := slices.IndexFunc(out, func(o TaskRule) bool { return o.Rule == r.Rule }); at >= 0 {
			out[at] = r
			continue
		}
		out = append(out, r)
	}
	return out
}

// Check says what is wrong with a rule, and gives it as it is kept.
func (r TaskRule) Check() (TaskRule, error) {
	var err error
	if r.Title, err = CleanNote("title", r.Title); err != nil {
		return r, err
	}
	if r.Basis, err = CleanNote("basis", r.Basis); err != nil {
		return r, err
	}
	switch {
	case r.Title == "":
		return r, &InvalidError{Field: "title", Reason: "is missing: say what has to be done"}
	case utf8.RuneCountInString(r.Title) > 100:
		return r, &InvalidError{Field: "title", Reason: "is too long: at most 100 characters fit into the list"}
	case r.Post != PostOfficer && r.Post != PostChief && r.Post != PostLeader:
		return r, &InvalidError{Field: "post", Reason: "is none: use duty_officer, duty_section_chief or duty_leader"}
	case r.Lead < 0 || r.Lead > 31*24*time.Hour:
		return r, &InvalidError{Field: "lead", Reason: "is between 0 and 31 days"}
	case len(r.Checks) > 30:
		return r, &InvalidError{Field: "checks", Reason: "has too many items: at most 30"}
	}
	seen := map[string]bool{}
	for i, item := range r.Checks {
		if r.Checks[i], err = CleanNote("checks", item); err != nil {
			return r, err
		}
		if blank(r.Checks[i]) || seen[r.Checks[i]] {
			return r, &InvalidError{Field: "checks", Reason: "has an empty item, or one that is there twice"}
		}
		seen[r.Checks[i]] = true
	}
	return r, r.When.check()
}

func (w Recurrence) check() error {
	timed := w.Every != EveryShift && w.Every != EveryAbsence && !w.files()
	_, clockErr := time.Parse(clockLayout, w.Clock)
	_, dateErr := time.Parse(time.DateOnly, w.Date)
	switch {
	case !slices.Contains(Recurrences(), w.Every):
		return &InvalidError{Field: "every", Reason: fmt.Sprintf("%q is none", w.Every)}
	case timed && clockErr != nil:
		return &InvalidError{Field: "clock", Reason: "is no time of the day, for instance 14:00"}
	case w.Every == Once && dateErr != nil:
		return &InvalidError{Field: "date", Reason: "is no day, for instance 2026-11-30"}
	case w.Every == EveryWeek && (w.Weekday < 0 || w.Weekday > 6):
		return &InvalidError{Field: "weekday", Reason: "is 0 (Sunday) to 6"}
	case (w.Every == EveryMonth || w.Every == BeforeSpecial) && (w.Day < 1 || w.Day > 31):
		return &InvalidError{Field: "day", Reason: "is 1 to 31"}
	case !timed && (w.After < 0 || w.After > 24*time.Hour):
		return &InvalidError{Field: "after", Reason: "is between 0 and 24 hours"}
	}
	return nil
}
