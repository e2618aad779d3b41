package main

import (
	"context"
	"sync"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/web"
)

// verifier verifies the log when somebody asks for it on the page, one run at a time, beside
// everything else: with one worker, so that the call path keeps its processors.
type verifier struct {
	check func(ctx context.Context, o sqlite.VerifyOptions) (*audit.Report, error)
	now   func() time.Time
	wake  chan struct{}

	mu      sync.Mutex
	state   web.Verification
	outside string // the checkpoint to compare with
}

func newVerifier(run verifyRun, now func() time.Time) *verifier {
	return &verifier{check: run.check, now: now, wake: make(chan struct{}, 1)}
}

// Start asks for a run; false when one goes on.
func (v *verifier) Start(by dutylog.Actor, outside string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.state.Running {
		return false
	}
	v.state, v.outside = web.Verification{Running: true, By: by, BeganAt: v.now(), Compared: outside != ""}, outside
	v.wake <- struct{}{} // it is empty: nothing runs
	return true
}

// State is how the run goes, or how the last one ended.
func (v *verifier) State() web.Verification {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.state
}

// Run verifies whenever it is asked for, until ctx ends.
func (v *verifier) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-v.wake:
			v.verify(ctx)
		}
	}
}

func (v *verifier) verify(ctx context.Context) {
	v.mu.Lock()
	outside := v.outside
	v.mu.Unlock()
	progress := func(done, total int64) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.state.Done, v.state.Total = done, total
	}
	report, err := v.check(ctx, sqlite.VerifyOptions{Outside: outside, Progress: progress, Workers: 1})
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state.Running, v.state.EndedAt, v.state.Report = false, v.now(), report
	if err != nil {
		v.state.Fault = err.Error()
	}
}
