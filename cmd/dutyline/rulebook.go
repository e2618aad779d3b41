package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
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
	now    func() time.Time
	logger *slog.Logger

	rules   atomic.Pointer[alerts.Rules]
	refused atomic.Pointer[error] // why the file is not in force; nil when it is
	seen    []byte                // the file as it was looked at last

	mu      sync.Mutex
	running map[string]telephony.Change // the newest of each call that runs
}

// newRuleBook takes the rules up; it never fails: the line is watched by whatever rules there are.
func newRuleBook(cfg config.Config, log *sqlite.DB, now func() time.Time, logger *slog.Logger) *ruleBook {
	b := &ruleBook{running: map[string]telephony.Change{}, cfg: cfg, keep: keptRules(cfg), log: log, now: now, logger: logger}
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

// Judge is what a change is worth telling by the rules in force. It is called inside of the log's
// transactions and asks nothing but the view.
func (b *ruleBook) Judge(ch telephony.Change, v alerts.View) ([]alerts.Alert, error) {
	b.follow(ch)
	return b.rules.Load().Judge(ch, v)
}

// errIgnored is why an alert is not kept: by the site's policy nobody is told of it at this hour.
var errIgnored = errors.New("the site's policy ignores it now")

// Raise keeps what no change of a line tells: the line's health, a test call. It is weighed by the
// policy as everything else is; errIgnored when nobody is to be told now.
func (b *ruleBook) Raise(ctx context.Context, a alerts.Alert) error {
	a, told := b.rules.Load().Weigh(a, b.now())
	if !told {
		return errIgnored
	}
	return b.log.Raise(ctx, a)
}

// follow keeps the calls that run, for what is told while they do.
func (b *ruleBook) follow(ch telephony.Change) {
	if ch.Call == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if ch.Call.Ended() {
		delete(b.running, ch.Call.ID)
	} else {
		b.running[ch.Call.ID] = ch
	}
}

// resume follows the calls that ran when the last run stopped.
func (b *ruleBook) resume(open []telephony.Call) {
	for i := range open {
		b.follow(telephony.Change{Kind: telephony.CallUpdated, Line: open[i].Line, At: open[i].OfferedAt, Call: &open[i]})
	}
}

// overdue tells of the calls that occupy their line for too long now.
func (b *ruleBook) overdue(ctx context.Context, now time.Time) {
	b.mu.Lock()
	running := slices.Collect(maps.Values(b.running))
	b.mu.Unlock()
	for _, ch := range running {
		list, err := b.rules.Load().Running(ch, now, logView{ctx, b.log})
		for i := 0; i < len(list) && err == nil; i++ {
			err = b.log.Raise(ctx, list[i])
		}
		if err != nil && ctx.Err() == nil { // it is tried again at the next look, and when the call ends
			b.logger.Warn("that a call takes too long could not be told", "call", ch.Call.ID, "err", err)
		}
	}
}

// Fault is why the rule file is not in force; nil when it is.
func (b *ruleBook) Fault() error {
	if err := b.refused.Load(); err != nil {
		return *err
	}
	return nil
}

// Run looks at the rule file, and at the calls that run, until ctx ends. now is the switch's clock.
func (b *ruleBook) Run(ctx context.Context, now func() time.Time) error {
	tick := time.NewTicker(rulesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if b.cfg.Alerts.Rules != "" {
				b.look()
			}
			b.overdue(ctx, now())
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
		b.tell(alerts.Refused(err, b.now()))
		return
	}
	b.rules.Store(&r)
	b.refused.Store(nil)
	b.tell(alerts.Alert{At: b.now(), Ends: []string{string(alerts.ReasonRulesRefused)}})
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
