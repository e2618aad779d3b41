package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dutyline/alerts"
)

// pingTime is how long the other machine is waited for; nothing else waits with it.
const pingTime = 10 * time.Second

// deadman tells another machine, as long as the daemon does its work, that it does. A daemon that
// does not see the switch or cannot write is silent, so that somebody comes and looks.
type deadman struct {
	ping   func(context.Context) error // nil: nobody is told
	every  time.Duration
	held   func() string // why it is silent
	now    func() time.Time
	logger *slog.Logger

	mu    sync.Mutex
	facts alerts.BeatFacts
}

// Run tells until ctx ends.
func (d *deadman) Run(ctx context.Context) error {
	if d.ping == nil {
		return waitFor(ctx)
	}
	tick := time.NewTicker(d.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			d.beat(ctx)
		}
	}
}

// beat tells once, or says why it does not.
func (d *deadman) beat(ctx context.Context) {
	before := d.Facts()
	after := alerts.BeatFacts{Wanted: true, Last: before.Last, Held: d.held()}
	if after.Held == "" {
		limited, cancel := context.WithTimeout(ctx, pingTime)
		err := d.ping(limited)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			after.Failed = err.Error()
		} else {
			after.Last = d.now()
		}
	}
	d.mu.Lock()
	d.facts = after
	d.mu.Unlock()
	switch {
	case after.Failed != "" && before.Failed == "":
		d.logger.Warn("the heartbeat did not arrive; it is sent again", "err", after.Failed)
	case after.Held != "" && before.Held == "":
		d.logger.Warn("the heartbeat is held back", "why", after.Held)
	}
}

// Facts is how it goes.
func (d *deadman) Facts() alerts.BeatFacts {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.facts
	f.Wanted = d.ping != nil
	return f
}
