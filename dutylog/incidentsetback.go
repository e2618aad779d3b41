package dutylog

import "time"

// setBack finds whether the clock was set back after something was known of the incident: then a fact was written, or is
// written now, at a time before the first intake, by more than two clocks may differ. What the clock shows before that intake is later than all that was
// written until then, the newest of it at BEFORE. SHOWN is the earliest time that it showed since; zero: it was not set
// back, as far as can be seen.
func (i Incident) setBack(now time.Time) (shown, before time.Time) {
	for n := 0; n <= len(i.Facts); n++ {
		at := now
		if n < len(i.Facts) {
			at = i.Facts[n].WrittenAt
		}
		switch {
		case at.Add(early).Before(i.ClockNatural) && (shown.IsZero() || at.Before(shown)):
			shown = at
		case shown.IsZero():
			before = laterOf(before, at)
		}
	}
	return shown, before
}

// begun is from when on a call can have been about the incident: from its first intake. Where the clock was set back since,
// what it shows is not the order of what was: then from the time for a first report before the earliest that it showed.
func (i Incident) begun(now time.Time) time.Time {
	if shown, _ := i.setBack(now); !shown.IsZero() {
		return shown.Add(-i.Schedule.First.Duration())
	}
	return i.ClockNatural
}

// afterStep gives what is said of the minute of the first intake, or happens while the clock shows an earlier time, a
// moment that lies after what is known to have been before it: so a report goes out after the intake, and after what
// had been written by then.
func (i Incident) afterStep(f *IncidentFact) {
	shown, before := i.setBack(f.WrittenAt)
	switch {
	case !f.At.Before(i.ClockNatural):
	case shown.IsZero():
		f.At = i.ClockNatural
	default:
		f.At = laterOf(i.ClockNatural, before).Truncate(time.Millisecond)
	}
}
