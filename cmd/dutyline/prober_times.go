package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"dutyline/telephony/testcall"
)

const (
	lookAtTimes = time.Minute     // the clock may be set at any moment
	makeRoom    = 2 * time.Minute // after a test that made room for a call, or found the line in use
	roomTries   = 5
)

// resume takes up the last run: a test that it did not finish proved nothing, and what one proved
// is told, if that run did not come to it.
func (p *prober) resume(ctx context.Context) error {
	unfinished, err := p.store.RunningTests(ctx)
	if err != nil {
		return err
	}
	for _, r := range unfinished {
		if r.Cause == testcall.SpotCheck {
			continue // its call goes on without us
		}
		r.EndedAt, r.Verdict, r.Reason, r.Ringback, r.Why = p.now(), testcall.CannotTell, testcall.Stopped, testcall.RingbackOpen, testcall.WhyStopped
		if r.EndedAt.Before(r.At) {
			r.EndedAt = r.At
		}
		if err := p.store.EndTest(ctx, r); err != nil {
			return err
		}
	}
	tests, err := p.store.Tests(ctx, keptTests)
	if err != nil {
		return err
	}
	checks, err := p.store.Checks(ctx, keptTests)
	if err != nil {
		return err
	}
	p.resumeCheck(slices.SortedFunc(slices.Values(slices.Concat(tests, checks)), func(a, b testcall.Result) int { return cmp.Compare(b.ID, a.ID) }))
	told := map[string]bool{}
	for _, r := range tests { // the newest of each line
		if !told[r.Line] {
			told[r.Line] = true
			if err := p.tell(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Run makes the tests that are due until ctx ends; then the one that runs is hung up, and its
// result kept.
func (p *prober) Run(ctx context.Context) error {
	p.mu.Lock()
	p.stopping = ctx
	p.mu.Unlock()
	defer p.running.Wait()
	defer func() {
		p.mu.Lock()
		p.stopping = nil
		p.mu.Unlock()
	}()
	if p.cut != nil {
		p.running.Go(func() { p.cut.follow(ctx) })
	}
	p.keepTimes(ctx)
	<-ctx.Done()
	return nil
}

// keepTimes makes the tests of the timetable. One that was due while nobody ran is not made up
// for: the next one is never far.
func (p *prober) keepTimes(ctx context.Context) {
	if p.second == nil {
		return
	}
	for last := p.now(); ctx.Err() == nil; {
		due, cause, any := p.times.Next(last)
		if !any {
			return
		}
		wait := min(lookAtTimes, due.Sub(p.now()))
		if wait > 0 {
			rest(ctx, wait)
			if now := p.now(); now.Before(last) { // the clock was set back
				last = now
			}
			continue
		}
		last = due
		for _, l := range p.lines {
			p.insist(ctx, l.Name, cause)
		}
		if now := p.now(); now.After(last) {
			last = now
		}
	}
}

// insist makes a test, later where the line is in use or a real call interrupts it.
func (p *prober) insist(ctx context.Context, line string, cause testcall.Cause) {
	for try := 1; ctx.Err() == nil; try++ {
		t, err := p.begin(ctx, line, cause, "")
		if err == nil {
			<-t.done
			if t.result.Why != testcall.WhyRealCall {
				return
			}
		}
		var refusal testcall.Refusal
		if err != nil && !errors.As(err, &refusal) || try == roomTries {
			p.logger.Warn("a test call that was due could not be made", "line", line, "tries", try, "err", err)
			return
		}
		rest(ctx, makeRoom)
	}
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
