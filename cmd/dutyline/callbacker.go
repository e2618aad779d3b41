package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"dutyline/telephony"
)

const (
	backRing = 15 * time.Second // the officer sits beside the phone; longer it must not keep it from callers
	backTime = 5 * time.Second  // for what is asked of the switch
)

// callBacker has the duty phone ring for a call back, as long as nobody calls. It sees every change on
// its way into the log.
type callBacker struct {
	lines  []telephony.Line
	sw     telephony.CallBacker
	now    func() time.Time
	logger *slog.Logger
	drops  chan string // ids of call backs that have to make way

	mu    sync.Mutex
	seen  map[string]*seenBack
	ended bool
}

// seenBack is a line as it is now.
type seenBack struct {
	state telephony.State
	calls map[string]bool // that run
	id    string          // of the call back for which the phone rings; empty: none
	until time.Time       // it rings at most
}

func newCallBacker(lines []telephony.Line, sw telephony.CallBacker, now func() time.Time, logger *slog.Logger) *callBacker {
	b := &callBacker{lines: lines, sw: sw, now: now, logger: logger, drops: make(chan string, 16), seen: map[string]*seenBack{}}
	for _, l := range lines {
		b.seen[l.Name] = &seenBack{state: telephony.LineStateUnknown, calls: map[string]bool{}}
	}
	return b
}

// Remember takes up what ran before a restart.
func (b *callBacker) Remember(open []telephony.Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range open {
		if s := b.seen[c.Line]; s != nil {
			s.calls[c.ID] = true
		}
	}
}

// Told sees what happens. A caller who comes while the phone rings for a call back comes first.
func (b *callBacker) Told(changes []telephony.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ch := range changes {
		s := b.seen[ch.Line]
		if s == nil {
			continue
		}
		if ch.State.State != "" {
			s.state = ch.State.State
		}
		if ch.Call == nil {
			continue
		}
		if ch.Call.Ended() {
			delete(s.calls, ch.Call.ID)
		} else {
			s.calls[ch.Call.ID] = true
		}
		switch {
		case ch.Call.ID == s.id:
			s.id = "" // it was picked up
		case s.id != "" && telephony.CallersFirst(ch, ch.Line):
			b.makeWay(s)
		}
	}
}

// makeWay never waits: changes are on their way into the log.
func (b *callBacker) makeWay(s *seenBack) {
	select {
	case b.drops <- s.id:
		s.id = ""
	default: // so many are being dropped already; it stops ringing by itself soon
	}
}

// CallBack lets the phone of a line ring; no name is the first line. The error may be a telephony.CallBackRefusal.
func (b *callBacker) CallBack(ctx context.Context, name, number string) (string, error) {
	line, known := b.line(name)
	if !known {
		return "", telephony.BackNoLine
	}
	digits, why := telephony.Dialable(telephony.ParseNumber(number, line.AreaCode), line)
	if why != "" {
		return "", why
	}
	ctx, cancel := context.WithTimeout(ctx, backTime)
	defer cancel()
	phone := line.Endpoints[0]
	if strings.Contains(phone, "*") {
		return "", telephony.BackNoPhone
	}
	used, err := b.sw.InUse(ctx, phone)
	switch {
	case errors.Is(err, telephony.ErrNotFound):
		return "", telephony.BackPhoneAway
	case err != nil:
		return "", err
	}
	id, err := b.begin(line.Name, used)
	if err != nil {
		return "", err
	}
	err = b.sw.CallBack(ctx, telephony.CallBack{ID: id, Phone: phone, Number: digits, Ring: backRing})
	if err != nil {
		b.forget(line.Name, id)
		return "", err
	}
	b.logger.Info("the duty phone rings for a call back", "line", line.Name, "call", id)
	if !b.rings(line.Name, id) { // somebody called meanwhile, and the switch may not have had it then
		return "", errors.Join(telephony.BackLineInUse, b.sw.DropCallBack(ctx, id))
	}
	return id, nil
}

// begin decides, and holds the phone for this one.
func (b *callBacker) begin(line string, used bool) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return "", telephony.BackStopping
	}
	s, now := b.seen[line], b.now()
	standing := telephony.Standing{State: s.state, Calls: len(s.calls), InUse: used, Ringing: s.id != "" && now.Before(s.until)}
	if why := standing.MayRing(); why != "" {
		return "", why
	}
	s.id, s.until = telephony.CallBackID(rand.Text()), now.Add(backRing)
	return s.id, nil
}

func (b *callBacker) forget(line, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.seen[line]; s.id == id {
		s.id = ""
	}
}

// rings reports whether no caller came meanwhile; one that was picked up at once is as good.
func (b *callBacker) rings(line, id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.seen[line]
	return s.id == id || s.calls[id]
}

func (b *callBacker) line(name string) (telephony.Line, bool) {
	for _, l := range b.lines {
		if l.Name == name || name == "" {
			return l, len(l.Endpoints) > 0
		}
	}
	return telephony.Line{}, false
}

// Run drops what has to make way, and at the end what still rings.
func (b *callBacker) Run(ctx context.Context) error {
	for {
		select {
		case id := <-b.drops:
			b.drop(ctx, id)
		case <-ctx.Done():
			for _, id := range b.end() {
				b.drop(context.WithoutCancel(ctx), id)
			}
			return nil
		}
	}
}

func (b *callBacker) end() (ringing []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	for _, s := range b.seen {
		if s.id != "" && b.now().Before(s.until) {
			ringing = append(ringing, s.id)
		}
	}
	return ringing
}

func (b *callBacker) drop(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, backTime)
	defer cancel()
	if err := b.sw.DropCallBack(ctx, id); err != nil {
		b.logger.Warn("the duty phone could not be freed of a call back; it stops ringing by itself", "call", id, "err", err)
		return
	}
	b.logger.Info("a call back made way", "call", id)
}
