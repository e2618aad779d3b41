package main

import "time"

const (
	// leastStep is by how much the switch's clock must have been set to be noticed. A stamp cannot
	// come before it was written, so one that is ahead is certain; less than this no verdict
	// depends on.
	leastStep = 200 * time.Millisecond
	// mostLate is how much older than the one before a stamp can be because threads of the switch
	// were late. 16 ms were measured; a busy machine may need more.
	mostLate = 2 * time.Second
	// roughly is how far the time of a snapshot can be from the switch's own.
	roughly = 4 * time.Second
)

// Stamps outside these are nobody's clock.
var (
	firstStamp = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	lastStamp  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// switchClock follows the switch's clock by our uptime, which nobody sets. The switch is as far
// ahead of the uptime as the least delayed of the last stamps that were heard.
type switchClock struct {
	ahead [64]time.Duration // stamp (since 1970) minus the uptime at which it came
	n     int
	last  time.Time     // the stamp heard last
	ours  time.Duration // the steps of our own clock until then
}

// hear takes a stamp that came at this uptime, when our own clock had been set by ours in all,
// and returns by how much the switch's clock was set since the stamp before; 0: it was not.
//
// A stamp that is behind may be late or of a clock that was set back. It is the latter when it
// is much older than the one before, or behind by just what our own clock was set: both may be
// of one machine.
func (c *switchClock) hear(stamp time.Time, up, ours time.Duration) (by time.Duration) {
	if stamp.Before(firstStamp) || stamp.After(lastStamp) {
		return 0
	}
	ahead := stamp.Sub(firstStamp) - up
	if c.n > 0 {
		off, moved := ahead-c.most(), ours-c.ours
		switch {
		case shared(off, moved, leastStep):
			by = moved // known to the millisecond, whatever this stamp's delay
		case off >= leastStep, c.last.Sub(stamp) > mostLate:
			by = off
		}
	}
	by = by.Truncate(time.Microsecond)
	c.move(by, ours)
	c.ahead[c.n%len(c.ahead)] = ahead
	c.n++
	c.last = stamp
	return by
}

// found is hear for the time of a snapshot, which is too rough to learn from.
func (c *switchClock) found(at time.Time, up, ours time.Duration) (by time.Duration) {
	if c.n == 0 || at.Before(firstStamp) || at.After(lastStamp) {
		return 0
	}
	off, moved := at.Sub(firstStamp)-up-c.most(), ours-c.ours
	switch {
	case shared(off, moved, roughly):
		by = moved
	case off.Abs() > roughly:
		by = off.Truncate(time.Microsecond)
	}
	c.move(by, ours)
	c.last = c.last.Add(by)
	return by
}

// shared reports whether a clock that is off by so much was set when ours was.
func shared(off, moved, tolerance time.Duration) bool {
	return moved.Abs() >= tolerance && (off-moved).Abs() < tolerance
}

// move takes into account by how much the switch's clock was set, and ours in all.
func (c *switchClock) move(by, ours time.Duration) {
	for i := range c.ahead {
		c.ahead[i] += by
	}
	c.ours = ours
}

// most is how far the switch is ahead of the uptime.
func (c *switchClock) most() time.Duration {
	most := c.ahead[0]
	for _, d := range c.ahead[:min(c.n, len(c.ahead))] {
		most = max(most, d)
	}
	return most
}
