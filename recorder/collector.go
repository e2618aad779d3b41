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
	relook        = time.Second           // when the log fails, or only work under way is due
	longestIdle   = time.Minute           // a safety net: the log is looked at this often in any case
	defaultHands  = 8                     // recordings worked on at once: most of a hand's time is waiting for the switch and for the log
	leastTime     = 2 * time.Minute       // for one try: a stalled download must end some time
	talkPerSecond = 4                     // seconds of talk that a slow link or disk still manages in a second
	heldBack      = 30 * time.Second      // longest pause while a recording is still being written
	tempo         = 20 * time.Millisecond // tries that are due one shortly after the other are looked up together
)

// always is beyond every next try, also one of a clock that was ahead and was set back since:
// "all that waits".
const always = 100 * 365 * 24 * time.Hour

// Collector fetches the recordings of ended calls from the switch, has them sealed, and
// removes the switch's originals after the seal was verified. What is to be done is in the
// rows of the Store, so it takes up after a crash where it stopped. A recording that cannot
// be sealed says why in its row and never stops the others.
type Collector struct {
	Store    Store
	Switch   Switch
	Archive  Archive
	Now      func() time.Time
	Uptime   func() time.Duration   // nobody sets it; nil: by Now
	Wake     func() <-chan struct{} // closed when a recording may have become due; nil: look every second
	Log      *slog.Logger           // nil: say nothing
	Parallel int                    // recordings worked on at once; 0 means 8
	By       By                     // who starts the recordings; empty: the dialplan
	// Lead is for how long a call was recorded before it was answered; nil: never.
	Lead func(callID string) time.Duration

	mu      sync.Mutex
	watched map[string]*watch
	busy    int           // hands
	queue   []Recording   // due when the log was looked at, and waiting for a free hand; Run's alone
	looked  time.Time     // when that was; Run's alone
	hurry   time.Time     // hurried at that time; Run's alone
	begun   bool          // something of that queue was started; Run's alone
	next    time.Time     // when the log is to be looked at again
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
	seen    bool
	since   time.Duration // uptime when those sizes were first seen
	problem string        // why it waits
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

// Run works until ctx ends and returns when nothing it started is left. The log is looked at
// when something becomes due; the end of a try only starts what was seen to be due then.
func (c *Collector) Run(ctx context.Context) error {
	c.init()
	defer c.running.Wait()
	for look := true; ctx.Err() == nil; {
		var wake <-chan struct{}
		if c.Wake != nil {
			wake = c.Wake() // before looking, so that no change falls between
		}
		if look {
			c.look(ctx)
		}
		if look = c.begin(ctx); !look {
			look = c.rest(ctx, wake)
		}
	}
	return nil
}

func (c *Collector) init() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watched == nil {
		c.watched = make(map[string]*watch)
	}
	if c.Uptime == nil {
		start := c.Now()
		c.Uptime = func() time.Duration { return c.Now().Sub(start) }
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

// rest waits for something to do, and says whether the log is to be looked at for that.
func (c *Collector) rest(ctx context.Context, wake <-chan struct{}) (look bool) {
	next, _ := c.state()
	if soonest := c.looked.Add(tempo); next.Before(soonest) {
		next = soonest
	}
	timer := time.NewTimer(max(next.Sub(c.Now()), 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-wake:
		return true
	case <-ctx.Done():
	case <-c.nudge:
	}
	_, hurried := c.state()
	return !hurried.Equal(c.hurry)
}

func (c *Collector) state() (next, hurried time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.next, c.hurried
}

// look reads what is due and when to look again.
func (c *Collector) look(ctx context.Context) {
	now := c.Now()
	latest := longestIdle
	if c.Wake == nil {
		latest = relook
	}
	c.mu.Lock()
	c.next, c.hurry = now.Add(latest), c.hurried // before asking: what ends meanwhile tells when it is due
	c.mu.Unlock()
	c.looked, c.begun = now, false
	until := now
	if !c.hurry.IsZero() {
		until = now.Add(always)
	}
	var next time.Time
	due, err := c.Store.DueRecordings(ctx, until)
	if err == nil {
		next, err = c.Store.NextRecording(ctx)
	}
	switch {
	case err != nil:
		c.storeFault(ctx, err)
		next = now.Add(relook)
	case !next.IsZero() && !next.After(now): // under way or held back: its end tells when it is due
		next = now.Add(relook)
	}
	slices.SortStableFunc(due, func(a, b Recording) int { return cmp.Compare(a.Attempts, b.Attempts) })
	c.queue = due
	c.dueAt(next)
}

// dueAt has the log looked at when something is due.
func (c *Collector) dueAt(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !at.IsZero() && at.Before(c.next) {
		c.next = at
	}
}

// begin starts what is due while a hand is free, and says whether the log is to be looked at
// once more: it does not list all that waits at once, and a hurry is over when it lists
// nothing that was not tried.
func (c *Collector) begin(ctx context.Context) (look bool) {
	now := c.Now()
	for ; len(c.queue) > 0; c.queue = c.queue[1:] {
		started, full := c.start(ctx, c.queue[0], now)
		if full {
			return false
		}
		c.begun = c.begun || started
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.hurried.Equal(c.hurry): // again, meanwhile
		return true
	case c.hurry.IsZero() || c.begun:
		return !c.hurry.IsZero()
	}
	c.hurried, c.hurry = time.Time{}, time.Time{}
	return false
}

func (c *Collector) storeFault(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.Log.Error("the duty log does not say which recordings are due; asking again in a second", "error", err)
	}
}

// start works on one recording unless it is being worked on; full when all hands are busy.
func (c *Collector) start(ctx context.Context, r Recording, now time.Time) (started, full bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.watched[r.CallID]
	if w == nil {
		w = &watch{}
	}
	due := !r.NextTry.After(now)
	tried := !due && !w.tried.Before(c.hurry) && !w.tried.After(now) // a later one is of a clock that was set back
	held := now.Before(w.after) && w.after.Sub(now) <= relook
	if w.busy || tried || held {
		return false, false
	}
	if c.busy >= c.Parallel {
		return false, true
	}
	c.busy++
	w.busy, w.tried = true, now
	c.watched[r.CallID] = w
	c.running.Go(func() {
		defer c.poke()
		c.work(ctx, r.CallID, due, w)
	})
	return true, false
}

// work makes one try and lets go of the recording. It reads the row again: the list of due
// rows may be older than the end of the last try.
func (c *Collector) work(ctx context.Context, callID string, due bool, w *watch) {
	r, err := c.Store.Recording(ctx, callID)
	if err == nil && !r.NextTry.IsZero() && !(due && r.NextTry.After(c.Now())) {
		limited, cancel := context.WithTimeout(ctx, leastTime+r.Talk/talkPerSecond)
		r, err = c.try(limited, r, w)
		cancel()
	}
	if err != nil && ctx.Err() == nil {
		c.waits(r, w, fmt.Sprintf("the state of the recording could not be read or saved: %v", err))
	}
	next := r.NextTry
	c.mu.Lock()
	w.busy = false
	c.busy--
	if err != nil {
		w.after = c.Now().Add(relook)
		next = w.after
	} else if r.NextTry.IsZero() {
		delete(c.watched, callID)
	}
	c.mu.Unlock()
	c.dueAt(next)
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
