package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// tellsYet is how long after a start the switch and its journal may take to tell of the call of a spot
// check that the last run did not see to its end.
const tellsYet = 30 * time.Second

// resumeCheck lets the watch know the calls that earlier runs placed, the newest first. A spot check whose
// run was killed in the middle cannot be taken back: it is followed to its end, and nobody speaks. Of
// several, which only a damaged log can have, all but the newest are closed as they are.
func (p *prober) resumeCheck(placed []testcall.Result) {
	number := func(r testcall.Result) telephony.Number {
		line, _ := p.line(r.Line)
		return telephony.ParseNumber(r.Number, line.AreaCode)
	}
	running := p.watch.Remember(placed, number)
	i := slices.IndexFunc(placed, func(r testcall.Result) bool { return r.Cause == testcall.SpotCheck && r.Running() })
	if running == nil || i < 0 {
		return
	}
	line, _ := p.line(placed[i].Line)
	p.cut = &aTest{prober: p, line: line, seen: running, result: placed[i], news: running.news, done: make(chan struct{})}
	p.check = p.cut
}

// follow waits until the call of a spot check that was cut is over, as far as it ever came, and keeps what
// is known of it.
func (t *aTest) follow(stopping context.Context) {
	defer close(t.done)
	give := time.NewTimer(tellsYet)
	defer give.Stop()
	for waiting := true; waiting; {
		if here := t.watch.Shown(t.seen); here != nil && here.Ended() {
			break
		}
		select {
		case <-t.news:
		case <-give.C:
			waiting = t.watch.Shown(t.seen) != nil // it runs: its end comes
		case <-stopping.Done():
			return // the next run takes it up again
		}
	}
	f, _, _ := t.watch.Seen(t.seen)
	f.Why = testcall.WhyStopped
	t.watch.End(t.seen)
	t.judge(f)
	t.keep(stopping)
}

// StartCheck implements web.Tests.
func (p *prober) StartCheck(ctx context.Context, line, by string) (int64, error) {
	return p.Start(ctx, line, testcall.SpotCheck, by)
}

// EndCheck implements web.Tests.
func (p *prober) EndCheck(_ context.Context, id int64) error {
	t := p.checkNow(id)
	if t == nil || t.order.Longest == 0 { // one that was cut: nobody has hold of its call
		return fmt.Errorf("spot check %d does not run, or its call cannot be taken back: %w", id, dutylog.ErrNotFound)
	}
	t.mu.Lock()
	t.asked = true
	t.mu.Unlock()
	select {
	case t.news <- struct{}{}:
	default:
	}
	return nil
}

// checkNow is the spot check of that number, if it runs.
func (p *prober) checkNow(id int64) *aTest {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.check == nil || p.check.result.ID != id {
		return nil
	}
	select {
	case <-p.check.done:
		return nil
	default:
		return p.check
	}
}

// Checks implements web.Tests.
func (p *prober) Checks(ctx context.Context, limit int) ([]testcall.Result, error) {
	return p.store.Checks(ctx, limit)
}

// CheckCall implements web.Tests.
func (p *prober) CheckCall(id int64) *telephony.Call {
	if t := p.checkNow(id); t != nil {
		return t.watch.Shown(t.seen)
	}
	return nil
}
