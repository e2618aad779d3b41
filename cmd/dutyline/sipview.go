package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/hep"
)

// sipAgain is after how long the mirror is listened for again when it could not be.
const sipAgain = 10 * time.Second

// sipView hears the copies of the switch's SIP messages. They annotate calls and lines and decide
// nothing: whoever is on this machine could make them up. The watcher's goroutine owns the view.
type sipView struct {
	listener *hep.Listener
	view     *hep.View
	lines    []telephony.Line
	logger   *slog.Logger
}

// newSIPView is nil where no address is configured.
func newSIPView(cfg config.Config, lines []telephony.Line, now func() time.Time, up func() time.Duration, reg prometheus.Registerer, logger *slog.Logger) *sipView {
	if cfg.SIP.Address == "" {
		return nil
	}
	var phones []string
	for _, l := range lines {
		for _, e := range l.Endpoints {
			phones = append(phones, strings.TrimPrefix(e, "PJSIP/"))
		}
	}
	listener := hep.New(hep.Config{Address: cfg.SIP.Address, Log: logger, Now: now, Uptime: up}, reg)
	return &sipView{listener: listener, view: hep.NewView(phones, hep.Limits{}), lines: lines, logger: logger}
}

// Run listens until ctx ends. That it cannot be done now stops nothing.
func (v *sipView) Run(ctx context.Context, sink func(hep.Message)) error {
	for ctx.Err() == nil {
		if err := v.listener.Run(ctx, sink); err != nil && ctx.Err() == nil {
			v.logger.Warn("the copies of SIP messages cannot be heard; trying again until they are", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(sipAgain):
		}
	}
	return nil
}

// take gives what a message proves: an event about a call, or a change of which no event tells: a
// phone that moved, a code that the dialplan refused.
func (v *sipView) take(m hep.Message) (events []telephony.Event, changes []telephony.Change) {
	for _, f := range v.view.Take(m) {
		switch f.Kind {
		case hep.Moved, hep.SendingOn:
			if f.By == hep.Called {
				events = append(events, shown(telephony.EventSentOn, f, target(f)))
			}
		case hep.Referred:
			events = append(events, shown(telephony.EventReferred, f, f.Target))
		case hep.RegistrationMoved:
			if !f.Before.SameHost(f.Now) { // another port alone is a phone that was started again
				changes = append(changes, v.change(telephony.PhoneMoved, f, f.Phone, f.Phone+": "+f.Before.Source.Addr().String()+" → "+f.Now.Source.Addr().String()))
			}
		case hep.Refused:
			code := strings.ReplaceAll(m.ToUser, "%23", "#")
			if m.Status == http.StatusNotFound && strings.ContainsAny(code, "*#") && v.lineOf(m.FromUser) != "" {
				changes = append(changes, v.change(telephony.CodeRefused, f, m.FromUser, code))
			}
		}
	}
	return events, changes
}

// change is what a message proves of a phone's line.
func (v *sipView) change(kind telephony.ChangeKind, f hep.Fact, phone, detail string) telephony.Change {
	return telephony.Change{Kind: kind, At: f.Evidence.At, Line: v.lineOf(phone), Detail: detail,
		Proofs: []telephony.Proof{{Kind: telephony.SeenInSIP, Ref: f.Evidence.CallID, Text: f.Evidence.String(), At: f.Evidence.At}}}
}

// shown is what a message proves of the call whose dialog it is in.
func shown(kind telephony.EventKind, f hep.Fact, forward string) telephony.Event {
	return telephony.Event{Kind: kind, At: f.Evidence.At, Forward: forward, Said: f.Evidence.String(), Channel: telephony.Channel{SIPCallID: f.Evidence.CallID}}
}

// target is where the call was sent; a 181 does not say it.
func target(f hep.Fact) string {
	if f.Target == "" {
		return "181"
	}
	return f.Target
}

func (v *sipView) lineOf(phone string) string {
	for _, l := range v.lines {
		if l.IsDuty("PJSIP/" + phone) {
			return l.Name
		}
	}
	return ""
}

// runSIP is the part that listens.
func (a *app) runSIP(ctx context.Context) error {
	if a.watcher.sip == nil {
		return waitFor(ctx)
	}
	return a.watcher.sip.Run(ctx, func(m hep.Message) { a.watcher.send(message{sip: &m}) })
}
