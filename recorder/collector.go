package recorder

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	relook        = time.Second      // when the log fails, or only work under way is due
	longestIdle   = time.Minute      // a safety net: the log is looked at this often in any case
	defaultHands  = 2                // recordings worked on at once: a long one must not hold up a short one
	horizon       = 24 * time.Hour   // beyond every pause: "all that waits"
	leastTime     = 2 * time.Minute  // for one try: a stalled download must end some time
	talkPerSecond = 4                // seconds of talk that a slow link or disk still manages in a second
	heldBack      = 30 * time.Second // longest pause while a recording is still being written
)

// Collector fetches the recordings of ended calls from the switch, has them sealed, and
// removes the switch's originals after the seal was verified. What is to be done is in the
// rows of the Store, so it takes up after a crash where it stopped. A recording that cannot
// be sealed says why in its row and never stops the others.
type Collector struct {
	Store    Store
	Switch   Switch
	Archive  Archive
	Now      func() time.Time
	Wake     func() <-chan struct{} // closed when rows may have changed; nil: look every second
	Log      *slog.Logger           // nil: say nothing
	Parallel int                    // recordings worked on at once; 0 means 2
	By       By                     // who starts the recordings; empty: the dialplan
	// Lead is for how long a call was recorded before it was answered; nil: never.
	Lead func(callID string) time.Duration

	mu      sync.Mutex
	watched map[string]*watch
	hurried time.Time     // everything not tried since then is due; zero: only what is due
	away    bool          // the last fetch failed for another reason than "not found"
	nudge   chan struct{} // work ended or Hurry was called
	running sync.WaitGroup
}

// watch is what the collector remembers of one recording between tries. It is lost in a
// restart, which costs at most a few more seconds of waiting.
type watch struct {
	busy    bool
	tried   time.Time // when the last try began
	after   time.Time // the row could not be saved: not before
	sizes   [2]int64  // as last seen, to know when a cut file stops growing
	since   time.Time // when those sizes were first seen
	problem string    // why it waits
}

// Health says how many recordings wait after a try in vain or are being worked on, and why
// the worst of them waits.
type Health struct {
	Pending int
	Detail  string
}

// Health reports on the collector; it may be asked at any time.
func (c *Collector) Health() Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := Health{Pending: len(c.watched)}
	var worst string
	for id, w := range c.watched {
		if w.problem != "" && (worst == "" || id < worst) {
			worst, h.Detail = id, w.problem
		}
	}
	return h
}

// Hurry tries everything that waits at once: call it when the switch is back or when room
// was made on the disk.
func (c *Collector) Hurry() {
	c.mu.Lock()
	c.hurried = c.Now()
	c.mu.Unlock()
	c.poke()
}

// Run works until ctx ends and returns when nothing it started is left.
func (c *Collector) Run(ctx context.Context) error {
	c.init()
	defer c.running.Wait()
	for ctx.Err() == nil {
		var wake <-chan struct{}
		if c.Wake != nil {
			wake = c.Wake() // before looking, so that no change falls between
		}
		c.rest(ctx, c.round(ctx), wake)
	}
	return nil
}

func (c *Collector) init() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watched == nil {
		c.watched = make(map[string]*watch)
	}
	if c.nudge == nil {
		c.nudge = make(chan struct{}, 1)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Parallel <= 0 {
		c.Parallel = defaultHands
	}
}

func (c *Collector) poke() {
	c.mu.Lock()
	nudge := c.nudge
	c.mu.Unlock()
	select {
	case nudge <- struct{}{}: // nil before Run: hurry is remembered
	default:
	}
}

// rest turns the deadline into a timer.
func (c *Collector) rest(ctx context.Context, until time.Time, wake <-chan struct{}) {
	timer := time.NewTimer(max(until.Sub(c.Now()), 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	case <-c.nudge:
	}
}

// round starts what is due and says when to look again.
func (c *Collector) round(ctx context.Context) time.Time {
	now := c.Now()
	hurried := c.hurriedAt()
	until := now
	if !hurried.IsZero() {
		until = now.Add(horizon)
	}
	due, err := c.Store.DueRecordings(ctx, until)
	if err != nil {
		return c.storeFault(ctx, now, err)
	}
	slices.SortStableFunc(due, func(a, b Recording) int { return cmp.Compare(a.Attempts, b.Attempts) })
	if !slices.ContainsFunc(due, func(r Recording) bool { return !c.start(ctx, r, now) }) {
		c.hurriedThrough(hurried)
	}
	next, err := c.Store.NextRecording(ctx)
	if err != nil {
		return c.storeFault(ctx, now, err)
	}
	latest := longestIdle
	if c.Wake == nil {
		latest = relook
	}
	switch {
	case next.IsZero() || next.After(now.Add(latest)):
		return now.Add(latest)
	case !next.After(now): // under way or held back: its end is a nudge
		return now.Add(relook)
	}
	return next
}

func (c *Collector) hurriedAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hurried
}

// hurriedThrough ends a hurry after everything was started once.
func (c *Collector) hurriedThrough(since time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hurried.Equal(since) {
		c.hurried = time.Time{}
	}
}

func (c *Collector) storeFault(ctx context.Context, now time.Time, err error) time.Time {
	if ctx.Err() == nil {
		c.Log.Error("the duty log does not say which recordings are due; asking again in a second", "error", err)
	}
	return now.Add(relook)
}

// start works on one recording unless it is being worked on; false when all hands are busy.
func (c *Collector) start(ctx context.Context, r Recording, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.watched[r.CallID]
	if w == nil {
		w = &watch{}
	}
	tried := r.NextTry.After(now) && !w.tried.Before(c.hurried)
	if w.busy || tried || now.Before(w.after) {
		return true
	}
	busy := 0
	for _, other := range c.watched {
		if other.busy {
			busy++
		}
	}
	if busy >= c.Parallel {
		return false
	}
	w.busy, w.tried = true, now
	c.watched[r.CallID] = w
	c.running.Go(func() {
		defer c.poke()
		c.work(ctx, r.CallID, w)
	})
	return true
}

// work makes one try and lets go of the recording. It reads the row again: the list of due
// rows may be older than the end of the last try.
func (c *Collector) work(ctx context.Context, callID string, w *watch) {
	r, err := c.Store.Recording(ctx, callID)
	if err == nil && !r.NextTry.IsZero() {
		limited, cancel := context.WithTimeout(ctx, leastTime+r.Talk/talkPerSecond)
		r, err = c.try(limited, r, w)
		cancel()
	}
	if err != nil && ctx.Err() == nil {
		c.waits(r, w, fmt.Sprintf("the state of the recording could not be read or saved: %v", err))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w.busy = false
	if err != nil {
		w.after = c.Now().Add(relook)
	} else if r.NextTry.IsZero() {
		delete(c.watched, callID)
	}
}

// waits remembers why a recording waits and logs it when it is news.
func (c *Collector) waits(r Recording, w *watch, problem string) {
	c.mu.Lock()
	news := problem != w.problem
	w.problem = problem
	c.mu.Unlock()
	if news {
		c.Log.Warn("a recording waits", "call", r.CallID, "attempts", r.Attempts, "reason", problem)
	}
}
