package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dutyline/telephony"
)

const (
	stepFrom  = 500 * time.Millisecond // a smaller difference is a clock that is steered, or a machine that is busy
	torn      = 50 * time.Millisecond  // the two clocks were read too far apart to be compared
	clockTick = time.Second            // how soon a step is noticed when nobody asks for the time
	stepTold  = time.Hour              // for how long a step stands as a fault of the lines
	leap      = time.Hour              // a step after which the time of day is doubted
	doubtFor  = 24 * time.Hour         // for how long; somebody has a day to see what is said of it
	mostAway  = 31 * 24 * time.Hour    // a start so long after the last sign of life is doubted as well
)

// clock is the daemon's one wall clock: whatever stamps something is given its Now. Somebody
// may set the machine's clock at any moment, so it is compared with the monotonic one, which
// nobody sets; a difference that comes at once is a step. Durations are never taken from Now:
// they come from the monotonic clock, or from the switch's own stamps.
type clock struct {
	wall func() time.Time     // the time of day
	run  func() time.Duration // since some moment; never set

	mu      sync.Mutex
	begun   bool
	ahead   time.Duration // the wall clock minus the monotonic one, when last compared
	stepped time.Duration // the sum of all steps
	untold  []time.Duration
	doubt   time.Duration // the time of day is doubted until this uptime
}

// newClock is the machine's clock. In a binary built with the tag torture its time of day is
// moved by what a file says (see clock_torture.go).
func newClock() *clock {
	start := time.Now()
	c := &clock{wall: timeOfDay(), run: func() time.Duration { return time.Since(start) }}
	c.Now()
	return c
}

// Now is the time of day.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.run()
	now := c.wall()
	if run := c.run(); run-before < torn {
		c.compare(now.Sub(time.Unix(0, 0)) - run)
	}
	return now
}

func (c *clock) compare(ahead time.Duration) {
	if by := ahead - c.ahead; c.begun && by.Abs() >= stepFrom {
		c.stepped += by
		c.untold = append(c.untold, by)
		if by.Abs() >= leap {
			c.doubt = c.run() + doubtFor
		}
	}
	c.ahead, c.begun = ahead, true
}

// Uptime is for how long the clock has run; nobody sets it.
func (c *clock) Uptime() time.Duration { return c.run() }

// Trusted reports whether the time of day is good enough to delete by: nobody set it far lately.
func (c *clock) Trusted() bool {
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run() >= c.doubt
}

// since takes when the last run was alive. A start long after that, or before it, is of a clock
// that was wrong then or is now, or of a machine that nobody used: nobody knows.
func (c *clock) since(alive time.Time) {
	if alive.IsZero() {
		return // the first start: nothing is old
	}
	if off := c.Now().Sub(alive); off > mostAway || off < -leap {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.doubt = c.run() + doubtFor
	}
}

// Stepped is by how much the clock was set since the start, all steps together.
func (c *clock) Stepped() time.Duration {
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stepped
}

// steps gives each step once.
func (c *clock) steps() []time.Duration {
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	steps := c.untold
	c.untold = nil
	return steps
}

// clockWatch looks at the clock and tells of its steps.
type clockWatch struct {
	clock  *clock
	lines  []telephony.Line
	logger *slog.Logger
	told   func() // called after each step: what waits for a time of day is looked at anew

	mu    sync.Mutex
	last  time.Duration
	since time.Time // monotonic; when the last step was seen
}

// Run tells of steps until ctx ends.
func (w *clockWatch) Run(ctx context.Context) error {
	tick := time.NewTicker(clockTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			w.look()
		}
	}
}

func (w *clockWatch) look() {
	for _, by := range w.clock.steps() {
		w.logger.Warn("the machine's clock was set; calls keep the switch's times and durations are not affected: look at the machine's time service",
			"finding", telephony.ClockStepped, "by", by.Round(time.Millisecond), "now", w.clock.Now().UTC())
		w.mu.Lock()
		w.last, w.since = by, time.Now()
		w.mu.Unlock()
		w.told()
	}
}

// Faults is the last step for as long as it is news.
func (w *clockWatch) Faults() []telephony.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() || time.Since(w.since) > stepTold {
		return nil
	}
	var faults []telephony.Fault
	for _, l := range w.lines {
		faults = append(faults, telephony.Fault{Line: l.Name, Finding: telephony.ClockStepped, Detail: fmt.Sprintf(
			"the clock of the machine that runs Dutyline was set by %v: look at its time service", w.last.Round(time.Millisecond))})
	}
	return faults
}
