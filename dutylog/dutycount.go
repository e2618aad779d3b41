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
	Least          time.Duration // that somebody must have of the day, of the night, or of a weekend's or holiday's shift to count as one
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
	Shifts  int // one of several days is several, and what somebody served of one shift is one
	Day     int
	Night   int
	Weekend int
	Holiday int
	Hours   float64
	Rest    float64 // days owed
	Unknown int     // shifts of years without a table: their weekends and fixed holidays are presumed, others are not in
}

// CountDuty counts the shifts that begin from one moment to another, by person and post. It is given all shifts
// around: one that changed hands counts on the day on which the first of them began it.
func CountDuty(shifts []Shift, c Calendar, rule RestRule, from, to time.Time, loc *time.Location) []DutyCount {
	counts := []DutyCount{}
	for _, s := range rule.served(shifts, loc) {
		if s.began.Before(from) || !s.began.Before(to) {
			continue
		}
		at := slices.IndexFunc(counts, func(d DutyCount) bool { return d.Post == s.post && SameName(d.Name, s.name) })
		if at < 0 {
			at, counts = len(counts), append(counts, DutyCount{Name: PersonName(s.name), Post: s.post})
		}
		counts[at].add(s, DateOf(s.began, loc), c, rule)
	}
	slices.SortStableFunc(counts, func(a, b DutyCount) int {
		return cmp.Or(slices.Index(Posts(), a.Post)-slices.Index(Posts(), b.Post), strings.Compare(a.Name, b.Name))
	})
	return counts
}

// servedShift is what one person served of one shift: the rows and parts of it, a short break between them or none.
type servedShift struct {
	name       string
	post       Post
	began, to  time.Time // of the shift, whoever began it; of the last part
	whole, day time.Duration
}

// served joins what one person served of one shift: a cell merged over 白班 and 夜班 is two rows, and who was relieved for an
// hour has two parts. A break of less than a shift's least hours is none.
func (r RestRule) served(shifts []Shift, loc *time.Location) (all []servedShift) {
	var parts []Shift
	for _, s := range shifts {
		parts = append(parts, s.Days(loc)...)
	}
	SortShifts(parts)
	for _, part := range parts {
		began := r.began(part, parts, loc)
		at := slices.IndexFunc(all, func(s servedShift) bool {
			return s.post == part.Post && DateOf(s.began, loc) == DateOf(began, loc) && part.From.Sub(s.to) < r.Least && SameName(s.name, part.Name)
		})
		if at < 0 {
			at, all = len(all), append(all, servedShift{name: part.Name, post: part.Post, began: began})
		}
		s := &all[at]
		s.to, s.whole, s.day = laterOf(s.to, part.To), s.whole+part.To.Sub(part.From), s.day+r.daytime(part, loc)
	}
	return all
}

// began is when the shift began of which a part is. Who takes over before the day goes on with the night that another began, but
// where the part has enough of the day, too. At midnight a shift of its own begins where the post changes then day by day.
func (r RestRule) began(part Shift, parts []Shift, loc *time.Location) time.Time {
	midnight := DateOf(part.From, loc).In(loc)
	if !part.From.Before(clockOn(midnight, r.DayFrom)) || r.daytime(part, loc) >= r.Least {
		return part.From
	}
	before := -1
	for i, p := range parts {
		switch {
		case p.Post != part.Post:
		case part.From.Equal(midnight) && (p.From.Equal(midnight.AddDate(0, 0, -1)) || p.From.Equal(midnight.AddDate(0, 0, 1))):
			return part.From
		case p.To.Equal(part.From):
			before = i
		}
	}
	if before < 0 {
		return part.From
	}
	return r.began(parts[before], parts, loc)
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

func (d *DutyCount) add(s servedShift, began Date, c Calendar, rule RestRule) {
	d.Shifts++
	d.Hours += s.whole.Hours()
	if s.day >= rule.Least {
		d.Day++
	}
	if s.whole-s.day >= rule.Least {
		d.Night++
		d.Rest += rule.Night
	}
	kind, _ := c.On(began)
	switch {
	case s.whole < rule.Least: // minutes of a weekend are no day of rest
	case kind == Holiday:
		d.Holiday++
		d.Rest += rule.Holiday
	case kind == Weekend, PresumedWeekend(kind, began):
		d.Weekend++
		d.Rest += rule.Weekend
	}
	if !c.Knows(began, began) {
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
