package main

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
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
	homes    *homeKeeper
	logger   *slog.Logger
	heard    atomic.Int64 // uptime of the last message, ns; 0: none came
	answers  []hep.Fact   // answers of dialogs whose channel was not heard of yet
}

// newSIPView is nil where no address is configured.
func newSIPView(cfg config.Config, homes *homeKeeper, now func() time.Time, up func() time.Duration, reg prometheus.Registerer, logger *slog.Logger) *sipView {
	if cfg.SIP.Address == "" {
		return nil
	}
	var phones []string
	for _, l := range homes.lines {
		for _, e := range l.Endpoints {
			phones = append(phones, strings.TrimPrefix(e, "PJSIP/"))
		}
	}
	listener := hep.New(hep.Config{Address: cfg.SIP.Address, Log: logger, Now: now, Uptime: up}, reg)
	return &sipView{listener: listener, view: hep.NewView(phones, hep.Limits{}), homes: homes, logger: logger}
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
	v.heard.Store(int64(m.Up))
	for _, f := range v.view.Take(m) {
		switch f.Kind {
		case hep.Moved, hep.SendingOn:
			if f.By == hep.Called {
				events = append(events, shown(telephony.EventSentOn, f, target(f)))
			}
		case hep.Answered:
			if f.By == hep.Called && len(v.answers) < mostAnswers {
				v.answers = append(v.answers, f)
			}
		case hep.Referred:
			events = append(events, shown(telephony.EventReferred, f, f.Target))
		case hep.Registered, hep.RegistrationMoved:
			home := telephony.Home{Phone: f.Phone, Eye: telephony.HomeBySIP, Host: f.Now.Source.Addr().String()}
			changes = append(changes, v.homes.seen(home, f.Evidence.At, inSIP(f))...)
		case hep.Refused:
			if code := codeIn(f.Target, m.ToUser); code != "" && v.homes.lineOf(m.FromUser) != "" {
				changes = append(changes, v.change(telephony.CodeRefused, f, m.FromUser, code))
			}
		}
	}
	return events, changes
}

// codeIn is the service code that was dialled: whom the request asked says it, or its To. How it
// was refused does not matter: the code was dialled. Empty where there is none.
func codeIn(asked, to string) string {
	user, _, _ := strings.Cut(asked[strings.IndexByte(asked, ':')+1:], "@")
	for _, dialled := range []string{user, to} {
		if plain, err := url.PathUnescape(dialled); err == nil { // RFC 3261 section 25.1: # is always escaped
			dialled = plain
		}
		if strings.ContainsAny(dialled, "*#") {
			return dialled
		}
	}
	return ""
}

// change is what a message proves of a phone's line.
func (v *sipView) change(kind telephony.ChangeKind, f hep.Fact, phone, detail string) telephony.Change {
	return telephony.Change{Kind: kind, At: f.Evidence.At, Line: v.homes.lineOf(phone), Detail: detail,
		Proofs: []telephony.Proof{inSIP(f)}}
}

// inSIP is a message as proof.
func inSIP(f hep.Fact) telephony.Proof {
	return telephony.Proof{Kind: telephony.SeenInSIP, Ref: f.Evidence.CallID, Text: f.Evidence.String(), At: f.Evidence.At}
}

// shown is what a message proves of the call whose dialog it is in.
func shown(kind telephony.EventKind, f hep.Fact, forward string) telephony.Event {
	return telephony.Event{Kind: kind, At: f.Evidence.At, Forward: forward, Said: f.Evidence.String(), Channel: telephony.Channel{SIPCallID: f.Evidence.CallID}}
}

const (
	mostAnswers = 256             // that wait for their channel
	answerWaits = 5 * time.Second // the switch's events may be a little behind its SIP
)

// strangers gives the answers that came from another device than the registered duty phone: an
// event, and who it was. PHONE is the duty phone of a dialog. Where a phone sent the call on by
// itself, that is what is told.
func (v *sipView) strangers(up time.Duration, phone func(sipCallID string) string) (events []telephony.Event, who []string) {
	v.answers = slices.DeleteFunc(v.answers, func(f hep.Fact) bool {
		id := f.Evidence.CallID
		name, ours := strings.CutPrefix(phone(id), "PJSIP/")
		if !ours {
			return up-f.Evidence.Up > answerWaits
		}
		home, known := v.home(name)
		_, sentOn := v.view.SentOn(id)
		if from := f.Evidence.From.Addr(); known && !sentOn && from.String() != home {
			events = append(events, telephony.Event{Kind: telephony.EventStranger, At: f.Evidence.At, Channel: telephony.Channel{SIPCallID: id}})
			who = append(who, name+": "+from.String()+" ≠ "+home)
		}
		return true
	})
	return events, who
}

// home is the host where a phone is registered: as this run saw it, else as an earlier one did, if it
// is proved that it is there still.
func (v *sipView) home(phone string) (host string, known bool) {
	if home, ok := v.view.Home(phone); ok {
		return home.Source.Addr().String(), true
	}
	return v.homes.homes.Of(phone)
}

// target is where the call was sent; a 181 does not say it.
func target(f hep.Fact) string {
	if f.Target == "" {
		return "181"
	}
	return f.Target
}

// runSIP is the part that listens.
func (a *app) runSIP(ctx context.Context) error {
	if a.watcher.sip == nil {
		return waitFor(ctx)
	}
	return a.watcher.sip.Run(ctx, func(m hep.Message) { a.watcher.send(message{sip: &m}) })
}
