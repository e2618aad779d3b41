package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// refusedCodes tells a code that the dialplan does not have, of which SIP alone tells, from one
// that became a call and was refused further on: the call tells of that one. SIP and events come
// by two ways, so both are waited for. What waits is in the log: a kill does not lose it.
type refusedCodes struct {
	waiting []waitingCode
	placed  map[string]time.Time // line and number of the calls that were placed lately; the switch's clock
}

// waitingCode is told when it became no call until then.
type waitingCode struct {
	telephony.Change
	until time.Duration // uptime
}

const (
	// eventsBehindSIP is how far events can be behind SIP; 13 ms are usual at most.
	eventsBehindSIP = time.Second
	// journalBehindStart is how long after the start calls are heard of that the last run did not keep:
	// the switch's journal tells them.
	journalBehindStart = 30 * time.Second
	// ofOneDialling is how far the begin of a call and its refusal can be apart: a trunk may be asked for long.
	ofOneDialling = time.Minute
	mostWaiting   = 64
)

// refuse keeps a code for a moment, and gives what the log is to keep of it. Nobody dials so many;
// whoever is on this machine can make them up.
func (r *refusedCodes) refuse(ch telephony.Change, up time.Duration) []telephony.Change {
	if len(r.waiting) >= mostWaiting {
		return nil
	}
	r.waiting = append(r.waiting, waitingCode{ch, up + eventsBehindSIP})
	ch.Kind = telephony.CodeWaits
	return []telephony.Change{ch}
}

// resume takes up what waited when the last run ended, and the calls that were placed then.
func (r *refusedCodes) resume(waited []telephony.Change, calls []telephony.Call, up time.Duration) {
	for _, ch := range waited {
		r.waiting = append(r.waiting, waitingCode{ch, up + journalBehindStart})
	}
	for _, c := range calls {
		r.called(c)
	}
}

// heard notes the calls that were placed, as either eye tells them.
func (r *refusedCodes) heard(changes []telephony.Change) {
	for _, ch := range changes {
		if ch.Kind == telephony.CallOffered || ch.Kind == telephony.CallSettled {
			r.called(*ch.Call)
		}
	}
}

func (r *refusedCodes) called(c telephony.Call) {
	if c.Direction != telephony.Outbound {
		return
	}
	if r.placed == nil {
		r.placed = map[string]time.Time{}
	}
	maps.DeleteFunc(r.placed, func(_ string, at time.Time) bool { return c.OfferedAt.Sub(at) > 2*ofOneDialling })
	if key := c.Line + " " + c.Called.Raw; r.placed[key].Before(c.OfferedAt) { // the journal tells of calls again, later
		r.placed[key] = c.OfferedAt
	}
}

// due takes out what has waited long enough: it is told, or became a call and is forgotten.
func (r *refusedCodes) due(up time.Duration) (out []telephony.Change) {
	var left []waitingCode
	for _, w := range r.waiting {
		if at, placed := r.placed[w.Line+" "+w.Detail]; placed && w.At.Sub(at).Abs() <= ofOneDialling {
			w.Kind = telephony.CodeCalled
		} else if up < w.until {
			left = append(left, w)
			continue
		}
		out = append(out, w.Change)
	}
	r.waiting = left
	return out
}

// codeLog is what the duty log knows of codes that waited.
type codeLog interface {
	WaitingCodes(ctx context.Context) ([]telephony.Change, error)
	Calls(ctx context.Context, q dutylog.CallQuery) ([]dutylog.Call, string, error)
}

// resumeCodes takes up the codes that the last run had not told yet. One whose call is in the log is
// the call's to tell.
func (w *watcher) resumeCodes(ctx context.Context, log codeLog) error {
	waited, err := log.WaitingCodes(ctx)
	if err != nil {
		return fmt.Errorf("read the service codes that were refused as the last run ended: %w", err)
	}
	var calls []telephony.Call
	for _, ch := range waited {
		around, _, err := log.Calls(ctx, dutylog.CallQuery{Line: ch.Line, From: ch.At.Add(-ofOneDialling), To: ch.At.Add(ofOneDialling), Limit: 500})
		if err != nil {
			return fmt.Errorf("read the calls around a service code that was refused: %w", err)
		}
		for _, c := range around {
			calls = append(calls, c.Call)
		}
	}
	w.refused.resume(waited, calls, w.clock.Uptime())
	return nil
}
