package alerts

import (
	"errors"
	"time"

	"dutyline/dutylog"
)

// Mute keeps a problem quiet for a while: it stays on the page and goes out by no channel. It
// belongs to the problem's key, so that a phone under repair stays quiet however often it comes
// and goes.
type Mute struct {
	Until  time.Time // zero: it is not muted
	Rule   bool      // everything of this rule on this line, also what comes
	Reason string
	By     dutylog.Actor
	At     time.Time
}

// MostMute is for how long a problem may be muted at most: who needs longer says so again.
const MostMute = 7 * 24 * time.Hour

// Why an alert is not muted, or is so no longer.
var (
	ErrRings   = errors.New("a call rings at this moment: such an alert is never muted")
	ErrMuteEnd = errors.New("a mute needs an end that is not past and at most 7 days away")
	ErrUnmuted = errors.New("the alert is not muted")
)

// Mute is the alert kept quiet; said again it is that instead. What is over needs it only for
// the rule.
func (a Alert) Mute(m Mute) (Alert, error) {
	switch {
	case a.Reason == ReasonRing3 || a.Reason == ReasonLimitPassed:
		return a, ErrRings
	case a.State() == Resolved && !m.Rule:
		return a, ErrOver
	case !m.Until.After(m.At) || m.Until.Sub(m.At) > MostMute:
		return a, ErrMuteEnd
	}
	a.Muted = m
	return a, nil
}

// Unmute ends a mute. What still stands then, and nobody took on, is told anew.
func (a Alert) Unmute(at time.Time, d Damping) Alert {
	a.Muted = Mute{}
	switch a.State() {
	case Open:
		a = a.NewRound(at, d)
	case Resolved:
		a.Due = at.Add(d.of(a))
	}
	return a
}
