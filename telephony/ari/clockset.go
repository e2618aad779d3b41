package ari

import (
	"fmt"
	"time"
)

// clockSet is a type of event that stands on our tapes alone: the switch does not say it.
const clockSet = "DutylineClockSet"

// farthestSet is more than any clock was ever wrong.
const farthestSet = 100 * 365 * 24 * time.Hour

// ClockSet is what the watcher writes on the tape when it finds that the switch's clock was set,
// before the first event of the clock as it is from then on.
func ClockSet(by time.Duration) []byte {
	return fmt.Appendf(nil, `{"type":%q,"by_us":%d}`, clockSet, by.Microseconds())
}
