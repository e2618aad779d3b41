package dutylog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// RestRule says what a shift is worth in days of rest (补休): a rule of the site, Art. 28 only
// asks that it is arranged. A shift is counted on the day on which it begins, and one of
// several days is several.
type RestRule struct {
	DayFrom, DayTo time.Duration // the hours of the day, since midnight; the others are the night
	Least          time.Duration // that a shift must have of the day, or of the night, to count as one
	Night          float64       // days of rest for a night
	Weekend        float64       // for a shift that begins on a Saturday or Sunday, without a make-up workday
	Holiday        float64       // for one that begins on a public holiday, in place of the weekend's
}

// DefaultRestRule gives half a day for a night and a day for a weekend or a holiday.
func DefaultRestRule() RestRule {
	return RestRule{DayFrom: 8 * time.Hour, DayTo: 20 * time.Hour, Least: 4 * time.Hour, Night: 0.5, Weekend: 1, Holiday: 1}
}

// DutyCount is how often somebody was on one post.
type DutyCount struct {
	Name    string
	Post    Post
	Shifts  int // parts of at most 24 h
	Day     int
	Night   int
	Weekend int
	Holiday int
	Hours   float64
	Rest    float64 // days owed
	Unknown int     // shifts of years without a table: their weekends and fixed holidays are presumed, others are not in
}

// CountDuty counts the shifts that begin from one moment to another, by person and post.
func CountDuty(shifts []Shift, c Calendar, rule RestRule, from, to time.Time, loc *time.Location) []DutyCount {
	counts := []DutyCount{}
	for _, s := range shifts {
		for _, part := range s.Days(loc) {
			if part.From.Before(from) || !part.From.Before(to) {
				continue
			}
			at := slices.IndexFunc(counts, func(d DutyCount) bool { return SameName(d.Name, s.Name) && d.Post == s.Post })
			if at < 0 {
				at, counts = len(counts), append(counts, DutyCount{Name: PersonName(s.Name), Post: s.Post})
			}
			counts[at].add(part, c, rule, loc)
		}
	}
	slices.SortStableFunc(counts, func(a, b DutyCount) int {
		return cmp.Or(slices.Index(Posts(), a.Post)-slices.Index(Posts(), b.Post), strings.Compare(a.Name, b.Name))
	})
	return counts
}

// Days cuts a shift of several days at the time of day at which it begins.
func (s Shift) Days(loc *time.Location) (parts []Shift) {
	for from, n := s.From.In(loc), 1; from.Before(s.To); n++ {
		part := s
		part.From, part.To = from, earlier(s.From.In(loc).AddDate(0, 0, n), s.To)
		parts = append(parts, part)
		from = part.To
	}
	return parts
}

func (d *DutyCount) add(part Shift, c Calendar, rule RestRule, loc *time.Location) {
	d.Shifts++
	d.Hours += part.To.Sub(part.From).Hours()
	day := rule.daytime(part, loc)
	if day >= rule.Least {
		d.Day++
	}
	if part.To.Sub(part.From)-day >= rule.Least {
		d.Night++
		d.Rest += rule.Night
	}
	date := DateOf(part.From, loc)
	kind, _ := c.On(date)
	switch {
	case kind == Holiday:
		d.Holiday++
		d.Rest += rule.Holiday
	case kind == Weekend, PresumedWeekend(kind, date):
		d.Weekend++
		d.Rest += rule.Weekend
	}
	if !c.Knows(date, date) {
		d.Unknown++
	}
}

// daytime is how much of a part lies in the hours of the day.
func (r RestRule) daytime(part Shift, loc *time.Location) (sum time.Duration) {
	for _, d := range Dates(DateOf(part.From, loc), DateOf(part.To, loc)) {
		from, to := clockOn(d.In(loc), r.DayFrom), clockOn(d.In(loc), r.DayTo)
		if left := earlier(to, part.To).Sub(laterOf(from, part.From)); left > 0 {
			sum += left
		}
	}
	return sum
}
