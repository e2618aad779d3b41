package dutylog

import (
	"slices"
	"strings"
	"time"
)

// At is who is on duty at a moment. Where two shifts of one post overlap, the one that began
// later counts.
func At(shifts []Shift, t time.Time) OnDuty {
	on := OnDuty{}
	for _, s := range shifts {
		if s.From.After(t) || !s.To.After(t) {
			continue
		}
		if now, ok := on[s.Post]; !ok || !s.From.Before(now.From) {
			on[s.Post] = s
		}
	}
	return on
}

// NextShift is the shift of a post that begins next after a moment; false where the roster has none.
func NextShift(shifts []Shift, p Post, t time.Time) (next Shift, ok bool) {
	for _, s := range shifts {
		if s.Post == p && s.From.After(t) && (!ok || s.From.Before(next.From)) {
			next, ok = s, true
		}
	}
	return next, ok
}

// RosterMonths takes shifts apart by the month in which they begin.
func RosterMonths(shifts []Shift, loc *time.Location) (months []Month, by map[Month][]Shift) {
	by = map[Month][]Shift{}
	for _, s := range shifts {
		m := MonthOf(s.From, loc)
		if by[m] == nil {
			months = append(months, m)
		}
		by[m] = append(by[m], s)
	}
	slices.SortFunc(months, func(a, b Month) int { return strings.Compare(string(a), string(b)) })
	return months, by
}
