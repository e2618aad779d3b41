package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dutyline/telephony"
)

const (
	aliveEvery = 5 * time.Second  // how often it is noted that the switch is seen
	readyAfter = 10 * time.Second // a switch that was started is ready by then, whenever somebody looks
	// mostBacklog is how long the journal's word on when the switch was down is waited for.
	mostBacklog = time.Minute
)

// sight keeps account of what the live view did not see. The watcher's goroutine owns it.
type sight struct {
	down    *telephony.Interval  // the live view is down
	past    []telephony.Interval // that ended lately in the last run
	away    bool                 // nobody looked for a part of it: the daemon was not running
	started time.Time            // the switch, as last seen, was started then
	untold  []restart            // when it was down before is not told yet
	told    time.Time            // its start up to which all is told
	// lastSign is the switch's last sign of life in its journal before it was started, as asked for at
	// that uptime; nil: there is no journal.
	lastSign func(started time.Time, asked time.Duration) (last time.Time, known bool)
}

// restart is one of the switch. Until its journal is read nobody knows for how long it was down: with
// nobody looking it may have taken calls until just before.
type restart struct {
	from           time.Time // when the live view saw it last before
	away           bool
	started, ready time.Time
	asked          time.Duration // uptime
}

// take takes over an interval that went on when the last run ended, and those that had ended lately.
func (s *sight) take(lately []telephony.Interval) {
	for _, i := range lately {
		switch {
		case i.Kind != telephony.LiveDown:
		case i.To.IsZero():
			s.down = &i
		default:
			s.past = append(s.past, i)
		}
	}
}

// resume takes up the last run: since the switch was last seen then, nobody looked.
func (s *sight) resume(alive, started time.Time) []telephony.Change {
	s.started, s.told = started, started
	if alive.IsZero() {
		return nil // the first start: there is no time before it
	}
	s.away = true
	return s.lost(alive, "the daemon was not running or did not see the switch")
}

// lost begins an interval in which the live view sees nothing.
func (s *sight) lost(from time.Time, cause string) []telephony.Change {
	if s.down != nil {
		return nil
	}
	s.down = &telephony.Interval{Kind: telephony.LiveDown, From: from, Cause: cause}
	return []telephony.Change{intervalChange(*s.down)}
}

// seen ends it. A switch that was started since it was last seen was down.
func (s *sight) seen(at, started time.Time, up time.Duration) []telephony.Change {
	var out []telephony.Change
	from := at
	if s.down != nil {
		from = s.down.From
		over := *s.down
		over.To = later(at, over.From)
		out = append(out, intervalChange(over))
		s.down = nil
	}
	if s.anew(started) {
		for _, i := range s.past { // the last run ended before it told
			if from.After(started) && i.Overlaps(started, started) {
				from, at = i.From, i.To
			}
		}
		s.untold = append(s.untold, restart{from: sooner(from, started), away: s.away, started: started,
			ready: sooner(at, started.Add(readyAfter)), asked: up})
	}
	if s.away = false; !started.IsZero() {
		s.started = started
	}
	return append(out, s.restarts(up)...)
}

// restarts tells of those of which it is known by now that the switch was down: from its last sign of
// life until it was ready.
func (s *sight) restarts(up time.Duration) (out []telephony.Change) {
	s.untold = slices.DeleteFunc(s.untold, func(r restart) bool {
		from, known := s.downSince(r, up)
		if known && from.Before(r.ready) {
			out = append(out, intervalChange(telephony.Interval{Kind: telephony.SwitchDown, From: from, To: r.ready,
				Cause: "the switch ended and was started again"}))
		}
		return known
	})
	if len(s.untold) == 0 {
		s.told = s.started
	}
	return out
}

// downSince is when the switch ended before a restart. Without its journal's word a link that was lost
// is its end; of a time in which nobody looked, nothing is said but that it was started.
func (s *sight) downSince(r restart, up time.Duration) (from time.Time, known bool) {
	if !r.away && r.ready.Sub(r.from) < mostBacklog { // the link was lost with it: that is said at once, for this run may be killed soon
		from = r.from
		if s.lastSign != nil {
			last, _ := s.lastSign(r.started, r.asked) // as far as it is read
			from = later(from, last)
		}
		return from, true
	}
	if s.lastSign != nil {
		if last, known := s.lastSign(r.started, r.asked); known {
			return later(r.from, last), true
		}
		if up < r.asked+mostBacklog {
			return time.Time{}, false
		}
	}
	if r.away {
		return r.started, true
	}
	return r.from, true
}

// anew reports whether the switch is another run than the one last seen. Its start has a
// resolution of one second.
func (s *sight) anew(started time.Time) bool {
	return !s.started.IsZero() && !started.IsZero() && started.Sub(s.started) >= time.Second
}

func intervalChange(i telephony.Interval) telephony.Change {
	return telephony.Change{Kind: telephony.IntervalSeen, At: i.From, Interval: &i}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// heartbeat notes in the duty log, every few seconds, that the switch is seen, so that the next
// start knows since when nobody looked.
type heartbeat struct {
	log interface {
		Alive(ctx context.Context, at, started time.Time) error
	}
	seen   func() bool
	now    func() time.Time
	upTo   func(ctx context.Context) bool // waits until what was told by now is in the log
	logger *slog.Logger

	found   chan struct{} // the switch is seen (again); holds one
	mu      sync.Mutex
	started time.Time
	failed  bool
}

// switchStarted takes, as the switch is seen, its start up to which all is told. That is noted at
// once: a run that is killed soon was alive then.
func (h *heartbeat) switchStarted(at time.Time) {
	h.mu.Lock()
	h.started = at
	h.mu.Unlock()
	select {
	case h.found <- struct{}{}:
	default:
	}
}

// Run notes it until ctx ends, and once more then.
func (h *heartbeat) Run(ctx context.Context) error {
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	for {
		h.beat(ctx)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			h.beat(last)
			return nil
		case <-tick.C:
		case <-h.found:
		}
	}
}

func (h *heartbeat) beat(ctx context.Context) {
	if !h.seen() {
		return
	}
	h.mu.Lock()
	at, started := h.now(), h.started
	h.mu.Unlock()
	if !h.upTo(ctx) { // else a run that is killed now had seen what the log does not have
		return
	}
	err := h.log.Alive(ctx, at, started)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && !h.failed && ctx.Err() == nil {
		h.logger.Warn("it could not be noted that the switch is seen: after a restart the interval without sight will be stated too long", "err", err)
	}
	h.failed = err != nil
}
