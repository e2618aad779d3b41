package main

import (
	"context"
	"time"

	"dutyline/telephony"
	"dutyline/telephony/probe"
	"dutyline/telephony/testcall"
	"dutyline/web"
)

// wireProber makes what places test calls. Without a second line it only says so.
func (a *app) wireProber(lines []telephony.Line) {
	a.prober = &prober{
		lines: lines, number: a.cfg.Tests.SecondLine.Number, times: a.cfg.Tests.Timetable(a.cfg.Site.Location()), limits: testcall.CheckLimits{Ring: a.cfg.Tests.CheckRing}, store: a.log, alerts: a.rules,
		sounds: &testSounds{folder: soundsBeside(a.cfg.Log.File), keys: a.keys}, watch: newTestWatch(lines, a.watcher.SwitchNow), now: a.clock.Now, logger: a.logger,
	}
	if a.cfg.Tests.SecondLine.Set() {
		a.prober.second = probe.New(a.cfg.Tests.SecondLine)
	}
}

// StartTest implements web.Tests.
func (p *prober) StartTest(ctx context.Context, line, by string) (int64, error) {
	return p.Start(ctx, line, testcall.OnDemand, by)
}

// Tests implements web.Tests.
func (p *prober) Tests(ctx context.Context, limit int) ([]testcall.Result, error) {
	return p.store.Tests(ctx, limit)
}

// TestNear implements web.Tests.
func (p *prober) TestNear(ctx context.Context, line string, at time.Time) (*testcall.Result, error) {
	return p.store.TestNear(ctx, line, at)
}

// TestSound implements web.Tests.
func (p *prober) TestSound(ctx context.Context, id int64) ([]byte, testcall.Result, error) {
	r, err := p.store.Test(ctx, id)
	if err != nil {
		return nil, r, err
	}
	wav, err := p.sounds.Open(r)
	return wav, r, err
}

// TestState implements web.Tests.
func (p *prober) TestState() web.TestState {
	s := web.TestState{SecondLine: p.second != nil, Number: p.number}
	if p.second != nil {
		s.Next, _, _ = p.times.Next(p.now())
	}
	return s
}

var _ web.Tests = (*prober)(nil)
