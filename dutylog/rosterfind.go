package dutylog

import "time"

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
