package config

import (
	"strings"
	"time"
)

// checkHealth looks at the rules by which a line counts as well, and at the heartbeat.
func (c *Config) checkHealth(f *Faults) {
	h := c.Health
	for _, d := range []struct {
		key   string
		value time.Duration
	}{
		{"off_hook_after", h.OffHookAfter}, {"trunk_after", h.TrunkAfter}, {"record_after", h.RecordAfter},
		{"page_after", h.PageAfter}, {"officer_after", h.OfficerAfter},
	} {
		if d.value < 0 {
			f.add("health."+d.key, "is %s; write a length of time that is not negative, for instance 2m", d.value)
		}
	}
	for _, n := range []struct {
		key   string
		value int
	}{{"days", h.Silence.Days}, {"calls", h.Silence.Calls}, {"expected", h.Silence.Expected}} {
		if n.value < 1 {
			f.add("health.silence."+n.key, "is %d; write at least 1", n.value)
		}
	}
	if err := c.Heartbeat.Validate(); err != nil {
		for fault := range strings.SplitSeq(err.Error(), "\n") {
			key, words, _ := strings.Cut(fault, ": ")
			f.add("heartbeat."+key, "%s", words)
		}
	}
}
