package telephony

import (
	"slices"
	"strings"
	"time"
)

// Gap says that the link to the switch is lost from this moment on: the state of every
// line is unknown, and every open call is seen in part only.
func (t *Tracker) Gap(at time.Time) []Change {
	t.out = nil
	t.advance(at)
	if !t.blind {
		t.blind, t.blindAt = true, at
	}
	for _, ln := range t.lines {
		ln.dirty = true
	}
	for _, c := range t.runs {
		c.find(SeenInPart)
	}
	t.settle(at)
	return t.out
}

// Adopt takes up calls that the log still holds as open, after a restart. What became of
// them is settled by the next Resync; until then the lines' states are unknown.
func (t *Tracker) Adopt(calls []Call) {
	t.blind = true
	for _, call := range calls {
		ln := t.lineNamed(call.Line)
		if ln == nil || call.Ended() || slices.ContainsFunc(t.runs, func(c *run) bool { return c.ID == call.ID }) {
			t.drop("adopted_call_unknown")
			continue
		}
		c := &run{Call: call, line: ln, loggedRang: call.RangAt, loggedAnswer: call.AnsweredAt}
		// An answer that was seen tells when the bell stopped.
		c.answerBound = !call.AnsweredAt.IsZero() && !call.RangAt.IsZero() && call.RangUntil.IsZero()
		c.Findings, c.Tags = slices.Clone(call.Findings), slices.Clone(call.Tags)
		c.find(SeenInPart)
		c.toldRang = !call.RangAt.IsZero()
		c.toldAnswer = !call.AnsweredAt.IsZero()
		c.toldAs = c.mark()
		t.runs = append(t.runs, c)
		ln.dirty = true
	}
}

// Resync takes up what exists on the switch now, at the start and after a gap. Calls
// whose channels are gone end: with the outcome that was certain before, else as unknown.
// Calls found running are taken up as they are.
func (t *Tracker) Resync(s Snapshot) []Change {
	t.out = nil
	t.advance(s.At)
	cut := t.blindAt
	if !t.blind {
		cut = s.At.Add(-5 * time.Second) // a check without a gap: spare what just began
	}
	found := t.resumeAll(s, cut)
	t.loseMissing(s, cut)
	for _, b := range s.Bridges {
		for _, id := range b.Channels {
			if l := t.legs[id]; l != nil {
				l.bridge = b.ID
				first(&l.bridged, s.At)
			}
		}
	}
	t.relink(found, s.At)
	for _, e := range s.Endpoints {
		for _, ln := range t.lines {
			if ln.IsDuty(e.Name) {
				delete(ln.phones, e.Name)
				ln.phones[e.Name] = &phone{online: e.Online, known: e.Known}
			}
		}
	}
	for _, e := range s.Meanwhile { // heard before and overwritten above by what may be older
		t.hear(e, s.At)
	}
	t.blind, t.blindAt = false, time.Time{}
	for _, ln := range t.lines {
		ln.dirty = true
	}
	t.settle(s.At)
	return t.out
}

// resumeAll takes up the channels in the order in which they came into being.
func (t *Tracker) resumeAll(s Snapshot, cut time.Time) []*leg {
	t.takingUp = true
	defer func() { t.takingUp = false }()
	channels := slices.Clone(s.Channels)
	slices.SortStableFunc(channels, func(a, b Channel) int { return a.Created.Compare(b.Created) })
	found := make([]*leg, 0, len(channels))
	for i := range channels {
		if l := t.resume(&channels[i], s.At, cut); l != nil {
			found = append(found, l)
		}
	}
	return found
}

// recordContext is the part of our dialplan that a dialled leg runs as it is answered, before it is
// joined to its caller: until then it is no more a caller than while it runs AppDial.
const recordContext = "dutyline-record"

// resume takes up one channel. What happened to it in the gap is dated as late as it can
// have been, and an answer is marked as not seen.
func (t *Tracker) resume(ch *Channel, at, cut time.Time) *leg {
	known := t.legs[ch.ID]
	l := t.leg(ch, at)
	if l == nil {
		return nil
	}
	l.seen = later(l.seen, at)
	since := cut
	l.linked, l.rangAfter, l.rangKnown = strings.Clone(ch.LinkedID), ch.RangAfter, ch.Rang
	if known == nil {
		since = l.created
		l.incoming = l.incoming || ch.State == "Up" && ch.App != "AppDial" && ch.Context != recordContext && !l.local
		l.number, l.name = strings.Clone(ch.Number), strings.Clone(ch.CallerName)
		l.watched = l.duty != nil || l.trunk
	}
	switch ch.State {
	case "Ringing":
		if l.rang.IsZero() {
			l.rang, l.alerting = l.created, true // within milliseconds; see rangFrom for better
		}
	case "Up":
		if l.up.IsZero() {
			l.up = at
			if !l.incoming {
				l.answered, l.answeredAfter = at, since
			}
		}
	}
	return l
}

// loseMissing ends the legs that are no longer on the switch.
func (t *Tracker) loseMissing(s Snapshot, cut time.Time) {
	here := make(map[string]bool, len(s.Channels))
	for _, ch := range s.Channels {
		here[ch.ID] = true
	}
	for id, l := range t.legs {
		if here[id] || l.seen.After(cut) {
			continue
		}
		if l.call == nil {
			t.forget(l)
			delete(t.legs, id)
			continue
		}
		if l.gone.IsZero() {
			l.gone, l.lost = s.At, true
			l.call.lostAt = s.At
			l.call.find(SeenInPart)
			l.call.dirty = true
		}
	}
	for _, c := range t.runs {
		if c.root == nil && !here[c.ID] {
			c.lostAt, c.dirty = s.At, true
		}
	}
}

// relink finds out who rings whom among channels of which no dial was seen.
func (t *Tracker) relink(found []*leg, at time.Time) {
	for _, c := range t.runs {
		if l := t.legs[c.ID]; c.root == nil && l != nil {
			c.root, c.dirty = l, true
			t.attach(c, l, 0)
		}
	}
	for _, l := range found {
		if l.incoming && l.call == nil && l.parent == nil && !l.local {
			t.consider(l, at)
			l.unseenStart()
		}
	}
	for _, l := range found {
		if l.incoming || l.call != nil || l.parent != nil || l.local || IsCallBack(l.id) {
			continue
		}
		if caller := t.dialler(l, found); caller != nil {
			caller.adopt(l)
			l.rangFrom(caller)
			t.place(caller, at)
			caller.top().unseenStart()
		}
	}
}

// rangFrom takes the ring start from the dialling leg, where the switch keeps how long
// the phone took to ring.
func (l *leg) rangFrom(caller *leg) {
	if caller.rangKnown {
		l.rang, l.alerting = l.created.Add(caller.rangAfter), true
	}
}

// unseenStart marks the call that begins with this leg as seen in part.
func (l *leg) unseenStart() {
	if l.call != nil {
		l.call.find(SeenInPart)
	}
}

// dialler is the channel that dials this one: the first of its call where the switch says
// so, else the one it is bridged with, else the youngest older one that runs Dial for
// this endpoint and has no such leg yet.
func (t *Tracker) dialler(l *leg, found []*leg) *leg {
	if first := t.legs[l.linked]; first != nil && first != l {
		return first
	}
	var best *leg
	for _, x := range found {
		if x == l || !x.incoming && !x.local {
			continue
		}
		if l.bridge != "" && x.bridge == l.bridge {
			return x
		}
		if x.created.After(l.created) || x.app != "Dial" && x.app != "Queue" || slices.ContainsFunc(x.children, (*leg).isDuty) {
			continue
		}
		if x.app == "Queue" || l.duty != nil && l.duty.dialsEndpoint(x.appData) || l.duty == nil && strings.Contains(x.appData, "@") {
			best = x
		}
	}
	return best
}
