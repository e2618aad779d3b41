package alerts

import "time"

// SilenceRule says when no call for long is unusual. A line is judged against its own past only.
type SilenceRule struct {
	Days     int `mapstructure:"days"`     // so long the log must know the line
	Calls    int `mapstructure:"calls"`    // and so many calls it must have had in the last four weeks
	Expected int `mapstructure:"expected"` // so many calls would usually have come meanwhile
}

// DefaultSilence alarms when eight calls would usually have come and none did, and the silence is
// longer by half than any in four weeks. Where calls come by chance, none of eight is one silence in
// three thousand; the second condition spares lines whose calls come in bunches.
func DefaultSilence() SilenceRule { return SilenceRule{Days: 14, Calls: 30, Expected: 8} }

// SilenceWindow is how far back the line's past is looked at.
const SilenceWindow = 28 * 24 * time.Hour

// Past is what a line had of calls: real ones only, the oldest first.
type Past struct {
	Begun time.Time   // of the first call that the log has at all
	From  time.Time   // Calls are all since then
	Calls []time.Time // when each reached us
}

// Silent reports whether it is unusual that nothing came since ALIVE, the newest proof that the
// line works, be it a call or a test call. The past is counted by the hour of the day, working
// days and weekends apart, so that a night is quiet and a forenoon is not.
func (r SilenceRule) Silent(p Past, alive, now time.Time, zone *time.Location) bool {
	var before []time.Time
	for _, at := range p.Calls {
		if !at.After(alive) {
			before = append(before, at)
		}
	}
	if p.Begun.IsZero() || alive.Sub(p.Begun) < time.Duration(r.Days)*24*time.Hour || len(before) < r.Calls {
		return false // too little is known of this line
	}
	longest := time.Duration(0)
	for i := 1; i < len(before); i++ {
		longest = max(longest, before[i].Sub(before[i-1]))
	}
	if silence := now.Sub(alive); silence <= longest+longest/2 {
		return false
	}
	return usual(before, p.From, alive, now, zone) >= float64(r.Expected)
}

// hourOfWeek is what the hours of the past are counted by.
type hourOfWeek struct {
	weekend bool
	hour    int
}

func hourOf(t time.Time, zone *time.Location) hourOfWeek {
	t = t.In(zone)
	return hourOfWeek{t.Weekday() == time.Saturday || t.Weekday() == time.Sunday, t.Hour()}
}

// usual is how many calls came on average in times such as those between ALIVE and NOW.
func usual(calls []time.Time, from, alive, now time.Time, zone *time.Location) float64 {
	came, lasted := map[hourOfWeek]float64{}, map[hourOfWeek]time.Duration{}
	for _, at := range calls {
		came[hourOf(at, zone)]++
	}
	byHour(from, alive, zone, func(h hourOfWeek, part time.Duration) { lasted[h] += part })
	expected := 0.0
	byHour(alive, now, zone, func(h hourOfWeek, part time.Duration) {
		if lasted[h] > 0 {
			expected += came[h] * float64(part) / float64(lasted[h])
		}
	})
	return expected
}

// byHour cuts a time into its hours of the week. Zones are whole hours, or halves, from UTC: the
// cuts are made at full half hours.
func byHour(from, to time.Time, zone *time.Location, each func(hourOfWeek, time.Duration)) {
	for from.Before(to) {
		next := from.Truncate(30 * time.Minute).Add(30 * time.Minute)
		if next.After(to) {
			next = to
		}
		each(hourOf(from, zone), next.Sub(from))
		from = next
	}
}
