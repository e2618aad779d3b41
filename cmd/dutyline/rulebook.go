package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"dutyline/alerts"
	"dutyline/config"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

// rulesEvery is how often the rule file is looked at.
const rulesEvery = 2 * time.Second

// ruleBook keeps the rules of alerts in force.
type ruleBook struct {
	rules goodFile[alerts.Rules]

	mu      sync.Mutex
	running map[string]telephony.Change // the newest of each call that runs
}

// newRuleBook takes the rules up; it never fails: the line is watched by whatever rules there are.
func newRuleBook(cfg config.Config, log *sqlite.DB, now func() time.Time, logger *slog.Logger) *ruleBook {
	b := &ruleBook{running: map[string]telephony.Change{}, rules: goodFile[alerts.Rules]{what: "rules", file: cfg.Alerts.Rules, keep: keptRules(cfg),
		key: string(alerts.ReasonRulesRefused), open: cfg.RulesIn, parse: cfg.ParseRules, log: log, now: now, logger: logger}}
	b.rules.begin(context.Background())
	return b
}

// inForce are the rules that judge now.
func (b *ruleBook) inForce() *alerts.Rules { return b.rules.inForce.Load() }

// Judge is what a change is worth telling by the rules in force. It is called inside of the log's
// transactions and asks nothing but the view.
func (b *ruleBook) Judge(ch telephony.Change, v alerts.View) ([]alerts.Alert, error) {
	b.follow(ch)
	return b.inForce().Judge(ch, v)
}

// errIgnored is why an alert is not kept: by the site's policy nobody is told of it at this hour.
var errIgnored = errors.New("the site's policy ignores it now")

// Raise keeps what no change of a line tells: the line's health, a test call. It is weighed by the
// policy as everything else is; errIgnored when nobody is to be told now.
func (b *ruleBook) Raise(ctx context.Context, a alerts.Alert) error {
	a, told := b.inForce().Weigh(a, b.rules.now())
	if !told {
		return errIgnored
	}
	return b.rules.log.Raise(ctx, a)
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
		list, err := b.inForce().Running(ch, now, logView{ctx, b.rules.log})
		for i := 0; i < len(list) && err == nil; i++ {
			err = b.rules.log.Raise(ctx, list[i])
		}
		if err != nil && ctx.Err() == nil { // it is tried again at the next look, and when the call ends
			b.rules.logger.Warn("that a call takes too long could not be told", "call", ch.Call.ID, "err", err)
		}
	}
}

// Fault is why the rule file is not in force; nil when it is.
func (b *ruleBook) Fault() error { return b.rules.fault() }

// Run looks at the rule file, and at the calls that run, until ctx ends. now is the switch's clock.
func (b *ruleBook) Run(ctx context.Context, now func() time.Time) error {
	tick := time.NewTicker(rulesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			b.rules.look(ctx)
			b.overdue(ctx, now())
		}
	}
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
