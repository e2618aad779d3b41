package alerts

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// LampBook remembers since when lamps are as they are, and what was told of them. It is a pure
// value: no I/O, no clock, not safe for use by two goroutines at once.
type LampBook struct {
	line  string
	rule  HealthRule
	lamps map[Lamp]LampState
	told  map[string]bool      // by key of an alert: it was raised, or ended
	begun map[string]time.Time // problems that stood before the daemon was started
}

// NewLampBook is a book for the alerts of a line. STANDING are the alerts that are not resolved:
// what lasts beyond a restart began before it.
func NewLampBook(line string, rule HealthRule, standing []Alert) *LampBook {
	b := &LampBook{line: line, rule: rule, lamps: map[Lamp]LampState{}, told: map[string]bool{}, begun: map[string]time.Time{}}
	for _, a := range standing {
		b.begun[a.Key] = a.At
	}
	return b
}

// Take takes what was found and gives what is to be told: alerts to raise, and problems that are
// over. What cannot be told any more is not over. Each is said once; see Untold.
func (b *LampBook) Take(found []Judgement, now time.Time) (tell []Alert) {
	for _, j := range found {
		c := causes[j.Cause]
		s := LampState{Judgement: j, Since: b.since(j, now)}
		b.lamps[c.lamp] = s
		key := b.key(j.Cause)
		if c.reason != "" && c.state == Bad && now.Sub(s.Since) >= b.rule.after(j.Cause) && b.say(key, true) {
			tell = append(tell, b.alert(s, key))
		}
		if c.state == NotKnown {
			continue
		}
		for _, over := range b.keysOf(c.lamp) {
			if over != key && b.say(over, false) {
				tell = append(tell, Alert{Line: b.line, At: now, Ends: []string{over}})
			}
		}
	}
	return tell
}

// since keeps the beginning as long as the cause is the same one. Where the cause itself says when
// it began, that is believed.
func (b *LampBook) since(j Judgement, now time.Time) time.Time {
	old, was := b.lamps[causes[j.Cause].lamp]
	began, stood := b.begun[b.key(j.Cause)]
	switch {
	case !j.At.IsZero() && !j.At.After(now):
		return j.At
	case was && old.Cause == j.Cause && !old.Since.After(now):
		return old.Since
	case stood && causes[j.Cause].state == Bad && (!was || old.Condition() == NotKnown) && !began.After(now):
		return began
	}
	return now
}

// say notes what is told under a key, and reports whether it is news.
func (b *LampBook) say(key string, stands bool) bool {
	told, known := b.told[key]
	b.told[key] = stands
	return !known || told != stands
}

// Untold takes back that something was told: it could not be kept and is to be told again.
func (b *LampBook) Untold(a Alert) {
	for _, key := range append([]string{a.Key}, a.Ends...) {
		delete(b.told, key)
	}
}

// key is that of the alert of a cause. Two causes of one lamp are two problems.
func (b *LampBook) key(c Cause) string {
	return string(causes[c].reason) + "/" + b.line + "/" + strings.TrimPrefix(string(c), string(causes[c].lamp)+"_")
}

func (b *LampBook) keysOf(l Lamp) (keys []string) {
	for _, c := range slices.Sorted(maps.Keys(causes)) {
		if causes[c].lamp == l && causes[c].reason != "" {
			keys = append(keys, b.key(c))
		}
	}
	return keys
}

func (b *LampBook) alert(s LampState, key string) Alert {
	c := causes[s.Cause]
	return Alert{Key: key, Rule: string(c.reason), Reason: c.reason, Certainty: standings[c.reason].certainty, Severity: c.badness(),
		Line: b.line, At: s.Since, Detail: s.Detail}
}

// Lamps are the lamps as they are now, in the order in which they were judged first.
func (b *LampBook) Lamps() []LampState {
	var out []LampState
	for _, l := range []Lamp{LampPhone, LampHook, LampEngaged, LampDevice, LampTrunk, LampProof, LampRecord, LampJournal, LampDisk, LampClock, LampPage, LampOfficer, LampBeat} {
		if s, ok := b.lamps[l]; ok {
			out = append(out, s)
		}
	}
	return out
}
