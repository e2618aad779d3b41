package telephony

import (
	"errors"
	"fmt"
	"time"
)

// Rule is how a line counts rings and what it allows (Art. 12: within three rings).
// The default is the Chinese exchange ring: 1 s on, 4 s off, so the fourth ring begins at 15 s.
type Rule struct {
	On    time.Duration // length of one burst
	Off   time.Duration // silence between bursts
	Limit int           // rings allowed
	// Offset is how long the bell had rung before the switch saw it (behind FXO gateways 1 to
	// 5 s), so it is added to what the switch saw. Who writes rings = floor((t − offset)/cycle)+1
	// means by offset when the bell began, counted from what the switch saw: the same with the
	// other sign.
	Offset      time.Duration
	Uncertainty time.Duration // an answer this close to the limit is borderline
}

// DefaultRule is the cadence of Chinese exchanges with the limit of Art. 12.
func DefaultRule() Rule {
	return Rule{On: time.Second, Off: 4 * time.Second, Limit: 3, Uncertainty: 100 * time.Millisecond}
}

// Validate says in one sentence what is wrong with the rule, and what would be right.
func (r Rule) Validate() error {
	switch {
	case r.On < 100*time.Millisecond || r.On > time.Minute:
		return fmt.Errorf("ring rule: on is %v; give the length of one burst between 100ms and 1m, usually 1s", r.On)
	case r.Off < 0 || r.Off > time.Minute:
		return fmt.Errorf("ring rule: off is %v; give the silence between bursts between 0s and 1m, usually 4s", r.Off)
	case r.Limit < 1 || r.Limit > 100:
		return fmt.Errorf("ring rule: limit is %d; give the number of rings allowed, 1 to 100, usually 3", r.Limit)
	case r.Uncertainty < 0 || r.Uncertainty > r.cycle():
		return fmt.Errorf("ring rule: uncertainty is %v; give 0s to one ring cycle (%v), usually 100ms", r.Uncertainty, r.cycle())
	case r.Offset < 0:
		return fmt.Errorf("ring rule: offset is %v; it says how long the bell rang before the switch saw it and cannot be negative", r.Offset)
	case r.Offset >= r.cycle()*time.Duration(r.Limit):
		return errors.New("ring rule: the offset eats the whole limit; give a smaller offset (behind FXO gateways 1s to 5s) or a higher limit")
	}
	return nil
}

// Version names the rule, stably and readably; it is stored with every verdict.
func (r Rule) Version() string {
	v := fmt.Sprintf("rings-%d-on-%v-off-%v", r.Limit, r.On, r.Off)
	if r.Offset != 0 {
		v += fmt.Sprintf("-offset-%v", r.Offset)
	}
	if r.Uncertainty != 0 {
		v += fmt.Sprintf("-pm-%v", r.Uncertainty)
	}
	return v
}

// Rings is how many bursts have begun when the switch has seen the phone ring for so long.
// What the bell rang before the switch saw it (Offset) counts: the burst that the switch
// sees first is then not the first one.
func (r Rule) Rings(elapsed time.Duration) int {
	if elapsed < 0 || r.cycle() <= 0 {
		return 0
	}
	return int((elapsed+r.Offset)/r.cycle()) + 1
}

// Ring3At is when, after the ring start, the last ring allowed begins: pick up now.
// With the default rule it is ring 3, 10 s after the start.
func (r Rule) Ring3At() time.Duration {
	return max(0, r.cycle()*time.Duration(r.Limit-1)-r.Offset)
}

// LimitAt is when, after the ring start, one ring too many begins.
func (r Rule) LimitAt() time.Duration {
	return max(0, r.cycle()*time.Duration(r.Limit)-r.Offset)
}

// InTime reports whether an answer after so long a ring keeps the limit.
func (r Rule) InTime(elapsed time.Duration) bool { return elapsed < r.LimitAt() }

// Borderline reports whether an answer after so long a ring is too close to the limit to be sure.
func (r Rule) Borderline(elapsed time.Duration) bool {
	return (elapsed - r.LimitAt()).Abs() <= r.Uncertainty
}

func (r Rule) cycle() time.Duration { return r.On + r.Off }
