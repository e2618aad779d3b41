package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dutyline/telephony/asterisk"
)

// restartPause is how long a private Asterisk that ended by itself stays away: long enough
// to be seen on the page, short enough for a practice line.
const restartPause = 2 * time.Second

// switchKeeper keeps the private Asterisk of a practice line running. When it goes away the
// daemon and its page stay: they show that the switch cannot be seen, and go on when it is back.
type switchKeeper struct {
	say    func(format string, args ...any)
	logger *slog.Logger

	mu      sync.Mutex
	process *asterisk.Process
}

func newSwitchKeeper(p *asterisk.Process, say func(string, ...any), logger *slog.Logger) *switchKeeper {
	return &switchKeeper{say: say, logger: logger, process: p}
}

func (k *switchKeeper) current() *asterisk.Process {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.process
}

// Run starts Asterisk again whenever it has ended by itself, until ctx ends.
func (k *switchKeeper) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-k.current().Exited():
		}
		k.say("Asterisk ended by itself; starting it again. Its last words are in %s", k.current().Settings.Dir+"/log/messages")
		if err := k.restart(ctx); err != nil {
			return err
		}
	}
}

// restart tries until it succeeds; each failure is said.
func (k *switchKeeper) restart(ctx context.Context) error {
	settings := k.current().Settings
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(restartPause):
		}
		p, err := asterisk.Start(ctx, settings)
		if err != nil {
			k.logger.Error("Asterisk does not start again", "err", err)
			continue
		}
		k.mu.Lock()
		k.process = p
		k.mu.Unlock()
		k.say("Asterisk runs again")
		return nil
	}
}

// stop ends Asterisk for good.
func (k *switchKeeper) stop() {
	if err := k.current().Stop(5 * time.Second); err != nil {
		k.logger.Error("stop Asterisk", "err", err)
	}
}
