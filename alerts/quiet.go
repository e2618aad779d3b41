package alerts

import "time"

// Quiet are the hours of a day, by the site's clock, in which a line's alerts are held back unless
// they are critical. What still stands when they end goes out then.
type Quiet struct {
	From, To time.Duration // since midnight; To before From: until the next morning. Both equal: never
}

// Until is when an alert of this severity may go out: the zero time when it may now.
func (q Quiet) Until(s Severity, now time.Time, zone *time.Location) time.Time {
	if q.From == q.To || s == Critical {
		return time.Time{}
	}
	now = now.In(zone)
	for _, day := range []int{-1, 0} { // those of yesterday may last until this morning
		from, to := clockOn(now, day, q.From), clockOn(now, day, q.To)
		if q.To < q.From {
			to = clockOn(now, day+1, q.To)
		}
		if !now.Before(from) && now.Before(to) {
			return to.UTC()
		}
	}
	return time.Time{}
}

// clockOn is what the wall clock shows so many days from now; a day on which it is set is no exception.
func clockOn(now time.Time, days int, clock time.Duration) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+days, 0, int(clock/time.Minute), 0, 0, now.Location())
}
