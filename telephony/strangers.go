package telephony

import (
	"slices"
	"time"
)

// Legs of which no dial was seen: the dialling half of a Local channel may lie outside the
// subscription, and a queue does not tell that another phone picked its caller up.

// takeIn finds the call of a phone or trunk leg that nobody is known to have dialled. It is
// the one call of the line that waits behind a Local channel; if two do, nothing is sure.
func (t *Tracker) takeIn(l *leg, at time.Time) {
	if l.local || l.incoming || IsCallBack(l.id) || l.call != nil || l.parent != nil || !l.dialled.IsZero() || l.duty == nil && !l.trunk {
		return
	}
	var via *leg
	for _, c := range t.runs {
		for _, x := range c.legs {
			if c.Direction == Inbound && c.mayUse(l) && x.waitsForDial() {
				if via != nil {
					return
				}
				via = x
			}
		}
	}
	if via == nil {
		return
	}
	if slices.ContainsFunc(via.call.legs, (*leg).redirects) { // it is where the phone sent the call
		l.redirected = true
		l.dialString = l.number
	}
	via.adopt(l)
	t.place(via, at)
}

// takeInRest looks, as a Local channel comes to its end, for what was dialled behind it and
// never said a word.
func (t *Tracker) takeInRest(via *leg, at time.Time) {
	if via.call == nil || !via.waitsForDial() {
		return
	}
	for _, l := range t.legs {
		if l.gone.IsZero() || at.Sub(l.gone) < disorder {
			t.takeIn(l, at)
		}
	}
}

// disorder is more than the events of different channels come out of order.
const disorder = 50 * time.Millisecond

// mayUse reports whether a leg is a phone or a trunk of the call's line.
func (c *run) mayUse(l *leg) bool {
	return c.line == l.duty || l.duty == nil && c.line.IsTrunk(l.endpoint)
}

// waitsForDial reports whether a Local channel is under way with nothing dialled behind it.
func (l *leg) waitsForDial() bool {
	return l.local && !l.over() && l.answered.IsZero() &&
		!slices.ContainsFunc(l.children, func(c *leg) bool { return !c.over() })
}

// greet gives a leg without a call to the unanswered call with which it shares a bridge.
func (t *Tracker) greet(l *leg, at time.Time) {
	if l.call != nil && l.call.takenByPhone() {
		return
	}
	for _, x := range t.legs {
		if x != l && x.bridge == l.bridge && x.gone.IsZero() {
			t.introduce(l, x, at)
			t.introduce(x, l, at)
		}
	}
}

// introduce lets a stranger answer the call of a leg that it met in a bridge. Helpers of the
// switch, such as announcers, are no strangers: they neither call nor are they duty phones.
func (t *Tracker) introduce(known, stranger *leg, at time.Time) {
	c := known.call
	if c == nil || c.Direction != Inbound || c.takenByPhone() || stranger.parent != nil || stranger.local ||
		stranger.trunk && stranger.incoming || stranger.watched && !stranger.incoming && !stranger.isDuty() {
		return
	}
	t.pickUp(known, stranger, at)
	if stranger.call != nil && stranger.call != c {
		return
	}
	if stranger.answeredAt().IsZero() {
		stranger.answered = at
	}
	known.adopt(stranger)
	t.place(known, at)
}

// takenByPhone reports whether somebody is known to have answered; a Local channel is nobody.
func (c *run) takenByPhone() bool {
	w, taken := c.winner()
	return taken && (w.leg == nil || !w.leg.local)
}
