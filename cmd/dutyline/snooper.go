package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// snoopHands is how many calls are begun to be recorded at once. One takes some milliseconds.
const snoopHands = 4

// snooper records calls from beside, where the dialplan does not. What is to be recorded is
// decided by recorder.Snoops; here it is only done, behind the back of the watcher, which
// never waits for it.
type snooper struct {
	sw     telephony.Snooper
	logger *slog.Logger

	mu     sync.Mutex
	snoops recorder.Snoops
	queue  []recorder.Begin
	ready  chan struct{} // holds one token while something is queued
}

func newSnooper(sw telephony.Snooper, logger *slog.Logger) *snooper {
	return &snooper{sw: sw, logger: logger, ready: make(chan struct{}, 1)}
}

// wireSnooper adds it, where this daemon is to record.
func (a *app) wireSnooper() {
	a.collector.By = a.cfg.RecordedBy()
	if a.collector.By != recorder.BySnoop {
		return
	}
	a.snooper = newSnooper(a.sw, a.logger)
	a.collector.Lead = a.snooper.Lead
}

func (a *app) runSnooper(ctx context.Context) error {
	if a.snooper == nil {
		return waitFor(ctx)
	}
	return a.snooper.Run(ctx)
}

// sink is who hears what the switch says: the watcher, and before it the snooper what exists,
// so that it knows what the last run began before the watcher tells of the calls.
func (a *app) sink() ari.Sink {
	if a.snooper == nil {
		return a.watcher
	}
	return snoopSink{watcher: a.watcher, snooper: a.snooper}
}

type snoopSink struct {
	*watcher
	snooper *snooper
}

// Snapshot implements ari.Sink.
func (s snoopSink) Snapshot(now telephony.Snapshot) {
	s.snooper.Seen(now.Channels)
	s.watcher.Snapshot(now)
}

func (s *snooper) resume(open []telephony.Call) { s.snoops.Resume(open) }

// Told takes what the watcher tells the log; it never waits.
func (s *snooper) Told(changes []telephony.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(s.snoops.Told(changes))
}

// Seen takes what exists on the switch after a gap.
func (s *snooper) Seen(channels []telephony.Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(s.snoops.Seen(channels))
}

// put is called with the lock held.
func (s *snooper) put(begin []recorder.Begin) {
	if len(begin) == 0 {
		return
	}
	s.queue = append(s.queue, begin...)
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// Lead is for how long a call was recorded before it was answered.
func (s *snooper) Lead(callID string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snoops.Lead(callID)
}

// Run begins recordings until ctx ends. Those that run go on without it.
func (s *snooper) Run(ctx context.Context) error {
	var hands sync.WaitGroup
	defer hands.Wait()
	free := make(chan struct{}, snoopHands)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.ready:
		}
		for b, ok := s.next(); ok; b, ok = s.next() {
			select {
			case <-ctx.Done():
				return nil
			case free <- struct{}{}:
			}
			hands.Go(func() {
				s.begin(ctx, b)
				<-free
			})
		}
	}
}

// next is the oldest that is still worth it.
func (s *snooper) next() (recorder.Begin, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) > 0 {
		b := s.queue[0]
		s.queue = s.queue[1:]
		if s.snoops.Wanted(b.CallID) {
			return b, true
		}
	}
	return recorder.Begin{}, false
}

// begin is one try. What the switch refuses is not tried again; what failed because it could
// not be asked is, when it is seen anew. Either way the call goes on, and one that was answered
// ends with the finding that its recording is missing.
func (s *snooper) begin(ctx context.Context, b recorder.Begin) {
	since, err := s.sw.Snoop(ctx, b.Taps)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !since.IsZero() {
		s.snoops.Began(b.CallID, since)
	}
	switch over := !s.snoops.Wanted(b.CallID) || errors.Is(err, telephony.ErrNotFound); {
	case err == nil || ctx.Err() != nil || over:
	case ari.ReasonOf(err) == ari.Refused:
		s.logger.Error("a call is not recorded", "call", b.CallID, "reason", b.Reason, "err", err)
	default:
		s.logger.Error("a call is not recorded; it is tried again when the switch is seen anew", "call", b.CallID, "reason", b.Reason, "err", err)
		s.snoops.Failed(b)
	}
}
