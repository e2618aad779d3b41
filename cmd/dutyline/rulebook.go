package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// rulesEvery is how often the rule file is looked at.
const rulesEvery = 2 * time.Second

// ruleBook keeps the rules in force. A rule file that is changed is taken up while the daemon
// runs; one with a mistake is refused, and the last good rules go on, across a restart too.
type ruleBook struct {
	cfg    config.Config
	keep   string // where the last good rules are kept
	log    *sqlite.DB
	logger *slog.Logger

	rules   atomic.Pointer[alerts.Rules]
	refused atomic.Pointer[error] // why the file is not in force; nil when it is
	seen    []byte                // the file as it was looked at last
}

// newRuleBook takes the rules up; it never fails: the line is watched by whatever rules there are.
func newRuleBook(cfg config.Config, log *sqlite.DB, logger *slog.Logger) *ruleBook {
	b := &ruleBook{cfg: cfg, keep: keptRules(cfg), log: log, logger: logger}
	b.look()
	if b.rules.Load() != nil {
		return b
	}
	r, err := cfg.RulesIn(b.keep)
	which := "the last good ones"
	if err != nil {
		which = "the shipped ones"
		r, err = cfg.RulesIn("")
	}
	if err != nil {
		logger.Error("the shipped rules cannot be read: report this", "err", err) // a test reads them
	}
	b.rules.Store(&r)
	logger.Warn("the rules in force are "+which, "file", cfg.Alerts.Rules)
	return b
}

// Judge is what a change is worth telling by the rules in force.
func (b *ruleBook) Judge(ctx context.Context, ch telephony.Change) ([]alerts.Alert, error) {
	return b.rules.Load().Judge(ch, logView{ctx, b.log})
}

// Fault is why the rule file is not in force; nil when it is.
func (b *ruleBook) Fault() error {
	if err := b.refused.Load(); err != nil {
		return *err
	}
	return nil
}

// Run looks at the rule file until ctx ends.
func (b *ruleBook) Run(ctx context.Context) error {
	if b.cfg.Alerts.Rules == "" {
		return waitFor(ctx)
	}
	tick := time.NewTicker(rulesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			b.look()
		}
	}
}

// look takes the file up when it changed.
func (b *ruleBook) look() {
	if b.cfg.Alerts.Rules == "" {
		b.take(b.cfg.RulesIn(""))
		return
	}
	text, err := os.ReadFile(b.cfg.Alerts.Rules)
	if err != nil {
		_, err = b.cfg.RulesIn(b.cfg.Alerts.Rules) // says what to do
		if b.Fault() == nil && err != nil {
			b.take(alerts.Rules{}, err)
		}
		b.seen = nil
		return
	}
	if b.seen != nil && bytes.Equal(text, b.seen) {
		return
	}
	b.seen = text
	r, err := b.cfg.ParseRules(b.cfg.Alerts.Rules, text)
	b.take(r, err)
	if err != nil {
		return
	}
	if err := b.keepGood(text); err != nil {
		b.logger.Warn("the rules in force are not kept for a start at which their file is not good", "err", err)
	}
}

func (b *ruleBook) take(r alerts.Rules, err error) {
	if err != nil {
		b.refused.Store(&err)
		b.logger.Error("the rule file is refused; the last good rules go on", "err", err)
		b.tell(alerts.Refused(err, time.Now()))
		return
	}
	b.rules.Store(&r)
	b.refused.Store(nil)
	b.tell(alerts.Alert{At: time.Now(), Ends: []string{string(alerts.ReasonRulesRefused)}})
	if b.cfg.Alerts.Rules != "" {
		b.logger.Info("the rules of the file are in force", "file", b.cfg.Alerts.Rules)
	}
}

// tell shows on the page what the log file says, too.
func (b *ruleBook) tell(a alerts.Alert) {
	if err := b.log.Raise(context.Background(), a); err != nil {
		b.logger.Warn("whether the rule file is good is not told on the page", "err", err)
	}
}

// keepGood keeps a copy for a start at which the file is not good.
func (b *ruleBook) keepGood(text []byte) error {
	if err := os.WriteFile(b.keep+".new", text, 0o600); err != nil {
		return fmt.Errorf("keep a copy of the rules: %w; give the folder to the daemon's user", err)
	}
	return os.Rename(b.keep+".new", b.keep)
}

// logView is the duty log as the rules ask it.
type logView struct {
	ctx context.Context
	log *sqlite.DB
}

// Listed implements alerts.View.
func (v logView) Listed(n telephony.Number) (bool, error) { return v.log.Listed(v.ctx, n) }

// CallsFrom implements alerts.View.
func (v logView) CallsFrom(line string, n telephony.Number, from, to time.Time) ([]telephony.Call, error) {
	return v.log.CallsFrom(v.ctx, line, n, from, to)
}
