package main

import (
	"slices"
	"time"

	"dutyline/telephony"
)

const (
	farewells     = 3 * time.Second // after the end of a call: its last SIP messages are mirrored by then
	mostWitnesses = 1024            // that are remembered at once
	atLast        = time.Duration(1<<63 - 1)
)

// witnesses remembers of each call how the clocks stood as it came, and which SIP dialogs it had, until
// that is told to the log. The watcher's goroutine owns it.
type witnesses struct {
	running map[string]telephony.Witness // by call
	ended   []callOver                   // oldest first
}

// callOver is a call whose last messages are waited for.
type callOver struct {
	seen    telephony.Witness
	line    string
	at      time.Time // the switch's clock
	dialogs []telephony.Dialog
	due     time.Duration // uptime
}

// note takes what is new of calls. CLOCK is how the clocks stand now.
func (w *witnesses) note(changes []telephony.Change, up time.Duration, clock func() telephony.Witness) {
	for _, ch := range changes {
		if ch.Call == nil || ch.Kind == telephony.CallSettled || ch.Call.ID == "" {
			continue
		}
		seen, known := w.running[ch.Call.ID]
		if !known {
			seen = clock()
			seen.CallID = ch.Call.ID
		}
		switch {
		case ch.Kind == telephony.CallEnded:
			delete(w.running, ch.Call.ID)
			if len(w.ended) < mostWitnesses {
				w.ended = append(w.ended, callOver{seen, ch.Line, ch.At, ch.Dialogs, up + farewells})
			}
		case !known && len(w.running) < mostWitnesses:
			if w.running == nil {
				w.running = map[string]telephony.Witness{}
			}
			w.running[ch.Call.ID] = seen
		}
	}
}

// due gives those whose time has come. SIP is what was mirrored of a dialog; nil: nothing is mirrored.
func (w *witnesses) due(up time.Duration, sip func(telephony.Dialog) []telephony.SIPMoment) (out []telephony.Change) {
	for len(w.ended) > 0 && w.ended[0].due <= up {
		e := w.ended[0]
		w.ended = w.ended[1:]
		if sip != nil {
			e.seen.Heard = true
			for _, d := range e.dialogs {
				e.seen.SIP = append(e.seen.SIP, sip(d)...)
			}
			slices.SortStableFunc(e.seen.SIP, byMillisecond)
		}
		out = append(out, telephony.Change{Kind: telephony.WitnessHeard, At: e.at, Line: e.line, Witness: &e.seen})
	}
	return out
}

// clocks is how the clocks stand now.
func (w *watcher) clocks() telephony.Witness {
	seen := telephony.Witness{Error: -1}
	if w.ahead.Load() == 0 {
		return seen // nothing was heard of the switch's
	}
	seen.ClockAt = w.clock.Now()
	seen.Ahead = w.SwitchNow().Sub(seen.ClockAt)
	seen.Machine, seen.Error = clockKept()
	return seen
}

// tellWitnesses commits what is due of calls that are over; all of it as the run ends.
func (w *watcher) tellWitnesses(up time.Duration) {
	var sip func(telephony.Dialog) []telephony.SIPMoment
	if w.sip != nil && w.sip.heard.Load() != 0 {
		sip = w.sip.view.Moments
	}
	w.tellAlso(w.witnesses.due(up, sip))
}

// byMillisecond keeps the order of a dialog's messages within a millisecond: Asterisk stamps what it receives
// in whole ones, so that an answer may look older than the question that it sent in the same.
func byMillisecond(a, b telephony.SIPMoment) int {
	return a.At.Truncate(time.Millisecond).Compare(b.At.Truncate(time.Millisecond))
}
