package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dutyline/telephony"
)

const (
	aliveEvery = 5 * time.Second  // how often it is noted that the switch is seen
	readyAfter = 10 * time.Second // a switch that was started is ready by then, whenever somebody looks
)

// sight keeps account of what the live view did not see. The watcher's goroutine owns it.
type sight struct {
	down      *telephony.Interval // the live view is down
	started   time.Time           // the switch, as last seen, was started then
	journalAt func() time.Time    // of the newest row of the switch's journal
}

// take takes over an interval that went on when the last run ended.
func (s *sight) take(open []telephony.Interval) {
	for _, i := range open {
		if i.Kind == telephony.LiveDown && i.To.IsZero() {
			s.down = &i
		}
	}
}

// resume takes up the last run: since the switch was last seen then, nobody looked.
func (s *sight) resume(alive, started time.Time) []telephony.Change {
	s.started = started
	if alive.IsZero() {
		return nil // the first start: there is no time before it
	}
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

// seen ends it. A switch that was started since it was last seen was down: from its last sign
// of life until it was ready.
func (s *sight) seen(at, started time.Time) []telephony.Change {
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
		if last := s.journalAt(); last.After(from) && last.Before(started) {
			from = last
		}
		ready := started.Add(readyAfter)
		if at.Before(ready) {
			ready = at
		}
		if from.Before(ready) {
			out = append(out, intervalChange(telephony.Interval{Kind: telephony.SwitchDown, From: from, To: ready,
				Cause: "the switch ended and was started again"}))
		}
	}
	if !started.IsZero() {
		s.started = started
	}
	return out
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

// heartbeat notes in the duty log, every few seconds, that the switch is seen, so that the next
// start knows since when nobody looked.
type heartbeat struct {
	log interface {
		Alive(ctx context.Context, at, started time.Time) error
	}
	seen   func() bool
	now    func() time.Time
	logger *slog.Logger

	found   chan struct{} // the switch is seen (again); holds one
	mu      sync.Mutex
	started time.Time
	failed  bool
}

// switchStarted takes, as the switch is seen, when it was started. That is noted at once: a run that
// is killed soon was alive then.
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
	started := h.started
	h.mu.Unlock()
	err := h.log.Alive(ctx, h.now(), started)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && !h.failed && ctx.Err() == nil {
		h.logger.Warn("it could not be noted that the switch is seen: after a restart the interval without sight will be stated too long", "err", err)
	}
	h.failed = err != nil
}
