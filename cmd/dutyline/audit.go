package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"dutyline/telephony"
)

// auditEvery is how often the switch's configuration is looked at between connections.
const auditEvery = 10 * time.Minute

// auditor asks the switch how the duty endpoints are configured: a setting that would hide a
// redirect or a dead phone is a fault that must be seen before it matters.
type auditor struct {
	sw     telephony.Switch
	lines  []telephony.Line
	report func(message)
	logger *slog.Logger
	ask    chan struct{}
	also   func() []telephony.Fault // what stands besides; may be nil
	now    func() time.Time         // by the switch's clock
	up     func() time.Duration
	trunks *trunkBook // told whether the switch asks them if they are there; may be nil
}

func newAuditor(sw telephony.Switch, lines []telephony.Line, report func(message), logger *slog.Logger) *auditor {
	return &auditor{sw: sw, lines: lines, report: report, logger: logger, ask: make(chan struct{}, 1),
		now: time.Now, up: func() time.Duration { return 0 }}
}

// Ask asks for an audit soon; it never waits.
func (a *auditor) Ask() {
	select {
	case a.ask <- struct{}{}:
	default:
	}
}

// Run audits when asked and every ten minutes.
func (a *auditor) Run(ctx context.Context) error {
	ticker := time.NewTicker(auditEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.ask:
		case <-ticker.C:
		}
		if faults, err := a.look(ctx); err != nil {
			a.logger.Warn("the lines' configuration could not be audited", "err", err)
		} else {
			a.report(message{faults: faults})
		}
		if contacts := a.contacts(ctx); contacts != nil {
			a.report(message{contacts: contacts})
		}
	}
}

func (a *auditor) look(ctx context.Context) ([]telephony.Fault, error) {
	faults := []telephony.Fault{}
	if a.also != nil {
		faults = append(faults, a.also()...)
	}
	for _, line := range a.lines {
		if err := a.lookAtTrunks(ctx, line); err != nil {
			return nil, err
		}
		for _, endpoint := range line.Endpoints {
			found, err := a.lookAt(ctx, line.Name, endpoint)
			if err != nil {
				return nil, err
			}
			faults = append(faults, found...)
		}
	}
	return faults, nil
}

// contacts asks where the duty phones are registered. The switch says by itself when that changes;
// what changed while we were away only its answer tells. One that does not say it is no fault.
func (a *auditor) contacts(ctx context.Context) (all []registration) {
	for _, line := range a.lines {
		for _, endpoint := range line.Endpoints {
			r := registration{phone: strings.TrimPrefix(endpoint, "PJSIP/"), at: a.now(), up: a.up()}
			var err error
			if r.contacts, err = a.sw.EndpointSetting(ctx, endpoint, "contact"); err == nil && r.contacts != "" {
				all = append(all, r)
			}
		}
	}
	return all
}

// lookAtTrunks is no audit: not every gateway answers such questions. But without them nobody
// knows whether it is there.
func (a *auditor) lookAtTrunks(ctx context.Context, line telephony.Line) error {
	if a.trunks == nil {
		return nil
	}
	for _, trunk := range line.Trunks {
		qualify, err := a.sw.EndpointSetting(ctx, trunk, "qualify_frequency")
		if err != nil && !errors.Is(err, telephony.ErrNotFound) {
			return err
		}
		a.trunks.Asked(trunk, telephony.Qualifies(qualify))
	}
	return nil
}

func (a *auditor) lookAt(ctx context.Context, line, endpoint string) ([]telephony.Fault, error) {
	redirect, err := a.sw.EndpointSetting(ctx, endpoint, "redirect_method")
	if errors.Is(err, telephony.ErrNotFound) {
		return telephony.AuditEndpoint(line, endpoint, telephony.EndpointSettings{}), nil
	}
	if err != nil {
		return nil, err
	}
	qualify, err := a.sw.EndpointSetting(ctx, endpoint, "qualify_frequency")
	if err != nil && !errors.Is(err, telephony.ErrNotFound) {
		return nil, err
	}
	return telephony.AuditEndpoint(line, endpoint, telephony.EndpointSettings{Known: true, RedirectMethod: redirect, QualifyFrequency: qualify}), nil
}

// faultBook remembers which faults stand, to tell what is new and what is mended.
type faultBook struct{ standing map[telephony.Fault]bool }

// apply takes all faults that stand now and returns the changes against before.
func (b *faultBook) apply(now []telephony.Fault, at time.Time, states []telephony.LineState) []telephony.Change {
	state := map[string]telephony.LineState{}
	for _, s := range states {
		state[s.Line] = s
	}
	change := func(kind telephony.ChangeKind, f telephony.Fault) telephony.Change {
		return telephony.Change{Kind: kind, At: at, Line: f.Line, State: state[f.Line], Finding: f.Finding, Detail: f.Detail}
	}
	var changes []telephony.Change
	standing := map[telephony.Fault]bool{}
	for _, f := range now {
		standing[f] = true
		if !b.standing[f] {
			changes = append(changes, change(telephony.LineFault, f))
		}
	}
	for f := range b.standing {
		if !standing[f] {
			changes = append(changes, change(telephony.LineFaultEnd, f))
		}
	}
	b.standing = standing
	return changes
}
