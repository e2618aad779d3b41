package main

import (
	"maps"
	"time"

	"dutyline/telephony"
)

// refusedCodes tells a code that the dialplan does not have, of which SIP alone tells, from one
// that became a call and was refused further on: the call tells of that one. SIP and events come
// by two ways, so both are waited for.
type refusedCodes struct {
	waiting []telephony.Change
	placed  map[string]time.Time // line and number of the calls that were placed lately; the switch's clock
}

const (
	// eventsBehindSIP is how far events can be behind SIP; 13 ms are usual at most.
	eventsBehindSIP = time.Second
	// ofOneDialling is how far the begin of a call and its refusal can be apart: a trunk may be asked for long.
	ofOneDialling = time.Minute
	mostWaiting   = 64
)

// refuse keeps a code for a moment. Nobody dials so many; whoever is on this machine can make them up.
func (r *refusedCodes) refuse(ch telephony.Change) {
	if len(r.waiting) < mostWaiting {
		r.waiting = append(r.waiting, ch)
	}
}

// heard notes the calls that were placed.
func (r *refusedCodes) heard(changes []telephony.Change) {
	for _, ch := range changes {
		if ch.Kind == telephony.CallOffered && ch.Call.Direction == telephony.Outbound {
			if r.placed == nil {
				r.placed = map[string]time.Time{}
			}
			maps.DeleteFunc(r.placed, func(_ string, at time.Time) bool { return ch.At.Sub(at) > 2*ofOneDialling })
			r.placed[ch.Line+" "+ch.Call.Called.Raw] = ch.At
		}
	}
}

// due takes out what has waited long enough and became no call.
func (r *refusedCodes) due(now time.Time) (out []telephony.Change) {
	var left []telephony.Change
	for _, ch := range r.waiting {
		at, placed := r.placed[ch.Line+" "+ch.Detail]
		switch {
		case now.Sub(ch.At) < eventsBehindSIP:
			left = append(left, ch)
		case !placed || ch.At.Sub(at).Abs() > ofOneDialling:
			out = append(out, ch)
		}
	}
	r.waiting = left
	return out
}
