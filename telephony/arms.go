package telephony

import (
	"strings"
	"time"
)

// leg finds or makes the leg of a channel; nil for a channel of a call that is over or our own.
func (t *Tracker) leg(ch *Channel, at time.Time) *leg {
	if l, ok := t.legs[ch.ID]; ok {
		t.observe(l, ch, at)
		return l
	}
	if ch.ID == "" || t.buried.ids[ch.ID] || OwnCall(ch.ID) {
		return nil
	}
	if len(t.legs) >= maxLegs {
		t.sweep(at)
	}
	l := &leg{
		id: strings.Clone(ch.ID), endpoint: strings.Clone(EndpointOf(ch.Name)), created: ch.Created,
		exten: printable(ch.Exten, maxNumber), number: strings.Clone(ch.Number), name: strings.Clone(ch.CallerName),
	}
	if l.created.IsZero() {
		l.created = at
	}
	base, second, local := localPair(ch.Name)
	l.local = local
	l.incoming = ch.State == "Ring" && !local // whichever event shows it first: its creation may be from before we listened
	for _, ln := range t.lines {
		l.trunk = l.trunk || !local && ln.IsTrunk(l.endpoint)
		if !local && l.duty == nil && ln.IsDuty(l.endpoint) {
			l.duty = ln
		}
	}
	t.legs[l.id] = l
	if local {
		t.join(l, strings.Clone(base), second)
	}
	t.observe(l, ch, at)
	return l
}

// justCreated is how far a channel's creation and the news of it can be apart; 1 ms is usual.
const justCreated = time.Second

// join hangs the second half of a Local channel under the first.
func (t *Tracker) join(l *leg, base string, second bool) {
	l.pair = base
	half := 0
	if second {
		half = 1
	}
	halves := t.locals[base]
	halves[half] = l
	t.locals[base] = halves
	if halves[0] != nil && halves[1] != nil {
		halves[0].adopt(halves[1])
		t.place(halves[0], l.seen)
	}
}

// observe takes what every event tells of a channel by the way.
func (t *Tracker) observe(l *leg, ch *Channel, at time.Time) {
	l.seen = later(l.seen, at)
	l.state = ch.State
	if IsCallBack(l.id) && ch.Exten != "" { // what it dials is told only once the phone was picked up
		l.exten = printable(ch.Exten, maxNumber)
	}
	t.dialog(l, ch.SIPCallID)
	if l.call != nil {
		l.call.dirty = true
	}
	again := at.Before(l.appAt) || ch.App == l.appWas && at.Equal(l.appWasAt) // an older event
	if ch.App != l.app && ch.App != "" && !again {
		l.appWas, l.appWasAt = l.app, l.appAt
		l.app, l.appData, l.appAt = strings.Clone(ch.App), strings.Clone(ch.AppData), at
		t.ran(l, at)
	}
	if l.number == "" && !l.incoming { // of a dialled leg: whom it calls
		l.number = strings.Clone(ch.Number)
	}
	// The redirecting number of an incoming call is there before anything is dialled.
	if ch.RDNIS != "" && l.rdnis == "" && l.incoming && !l.hasDialled() {
		l.rdnis = strings.Clone(ch.RDNIS)
	}
}

func (l *leg) hasDialled() bool {
	for _, c := range l.children {
		if !c.dialled.IsZero() || c.over() || !c.rang.IsZero() {
			return true
		}
	}
	return false
}

// redirecting weighs a redirecting number on a dialled leg: before its phone can have
// said anything it is the caller's, afterwards it is the phone sending the call on.
func (l *leg) redirecting(rdnis string, early bool) {
	switch {
	case rdnis == "" || rdnis == l.rdnis || l.incoming:
	case early && l.rang.IsZero() && l.hungUp.IsZero():
		l.rdnis = strings.Clone(rdnis)
	case l.parent != nil && rdnis == l.top().rdnis:
		l.rdnis = strings.Clone(rdnis)
	default:
		l.diverted = true
	}
}

func (t *Tracker) onCreated(ev *Event) {
	l := t.leg(&ev.Channel, ev.At)
	if l == nil {
		return
	}
	l.watched = true
	if ev.At.Sub(l.created).Abs() > justCreated { // the switch's clock was set in between
		l.created = ev.At
	}
	t.consider(l.top(), ev.At)
}

func (t *Tracker) onState(ev *Event) {
	l := t.leg(&ev.Channel, ev.At)
	if l == nil {
		return
	}
	l.redirecting(ev.Channel.RDNIS, false)
	switch ev.Channel.State {
	case "Ringing":
		if l.up.IsZero() && !l.incoming {
			first(&l.rang, ev.At)
			l.alerting = true
			t.takeIn(l, ev.At)
		}
	case "Up":
		if l.up.IsZero() && l.call != nil && l.call.root == l {
			l.call.rootUp(ev.At)
		}
		first(&l.up, ev.At)
		t.takeIn(l, ev.At)
	}
}

func (t *Tracker) onCaller(ev *Event) {
	l := t.leg(&ev.Channel, ev.At)
	if l == nil {
		return
	}
	if l.incoming && l.answered.IsZero() {
		l.number, l.name = strings.Clone(ev.Channel.Number), strings.Clone(ev.Channel.CallerName)
	}
	l.redirecting(ev.Channel.RDNIS, ev.Channel.State == "Down")
}

func (t *Tracker) onConnected(ev *Event) {
	if l := t.leg(&ev.Channel, ev.At); l != nil {
		l.redirecting(ev.Channel.RDNIS, ev.Channel.State == "Down")
	}
}

func (t *Tracker) onApp(ev *Event) {
	if l := t.leg(&ev.Channel, ev.At); l != nil {
		l.redirecting(ev.Channel.RDNIS, ev.Channel.State == "Down")
	}
}

// ran notes that a leg began to run another dialplan application.
func (t *Tracker) ran(l *leg, at time.Time) {
	switch {
	case l.app == "Dial" || l.app == "Queue":
		first(&l.triedAt, at)
		if l.call == nil && l.parent == nil && !t.takingUp {
			t.consider(l, at)
		}
	case machineApps[l.app]:
		first(&l.machineAt, at)
		if l.call != nil && l.call.root == l && !l.up.IsZero() {
			l.call.machine(at)
		}
	}
}

// machineApps are dialplan applications that talk to the caller instead of a person.
var machineApps = map[string]bool{
	"VoiceMail": true, "VoiceMailMain": true, "MinivmRecord": true, "MinivmGreet": true, "Record": true,
	"Playback": true, "BackGround": true, "Background": true, "ControlPlayback": true, "Read": true,
	"Festival": true, "SayDigits": true, "SayNumber": true, "SayAlpha": true, "Directory": true,
	"DISA": true, "Echo": true, "MusicOnHold": true, "AGI": true,
}

func (t *Tracker) onHangupRequest(ev *Event) {
	l := t.leg(&ev.Channel, ev.At)
	if l == nil || ev.Soft || l.incoming && refusal(ev.TechCause) {
		return
	}
	l.redirecting(ev.Channel.RDNIS, false)
	if l.status == "" {
		l.blame(ev)
	}
	t.takeIn(l, ev.At)
	if l.hungUp.IsZero() && l.call != nil {
		t.checkBusy(l)
	}
	first(&l.hungUp, ev.At)
}

// refusal reports whether the switch itself refused who called it: the dialplan came to its
// end without an answer. A caller who gives up shows as 487.
func refusal(tech int) bool { return tech >= 400 && tech != 487 }

// blame keeps the first cause that says something.
func (l *leg) blame(ev *Event) {
	if l.tech == 0 && l.cause == 0 {
		l.cause, l.tech = ev.Cause, ev.TechCause
	}
}

func (t *Tracker) onDestroyed(ev *Event) {
	l, ok := t.legs[ev.Channel.ID]
	if !ok {
		return
	}
	t.observe(l, &ev.Channel, ev.At)
	if l.status != "CANCEL" {
		l.blame(ev)
	}
	l.proveRedirect(ev)
	t.takeIn(l, ev.At)
	if l.gone.IsZero() && l.call != nil {
		t.checkBusy(l)
	}
	if l.lost {
		l.gone, l.lost = time.Time{}, false // its end was seen after all
	}
	first(&l.gone, ev.At)
	if l.call != nil {
		l.call.line.dirty = true
		t.handOver(l.call)
		return
	}
	if top := l.top(); top.call == nil && top.allGone(0) && !top.mayBeLate() {
		t.buryTree(top, 0)
	}
}

// mayBeLate reports whether the dial that made this leg may still be told: a phone that
// refuses at once can be gone before. The next sweep forgets it.
func (l *leg) mayBeLate() bool { return !l.incoming && (l.duty != nil || l.trunk) }

// allGone reports whether this leg and all that it dialled have ended.
func (l *leg) allGone(hops int) bool {
	if l.gone.IsZero() || hops > maxHops {
		return false
	}
	for _, c := range l.children {
		if !c.allGone(hops + 1) {
			return false
		}
	}
	return true
}

// buryTree forgets legs that never belonged to a duty call.
func (t *Tracker) buryTree(l *leg, hops int) {
	t.forget(l)
	delete(t.legs, l.id)
	t.buried.bury(l.id)
	for _, c := range l.children {
		if c.call == nil && hops < maxHops {
			t.buryTree(c, hops+1)
		}
	}
}

func (t *Tracker) forget(l *leg) {
	if l.pair == "" {
		return
	}
	halves := t.locals[l.pair]
	for i := range halves {
		if halves[i] == l {
			halves[i] = nil
		}
	}
	if halves[0] == nil && halves[1] == nil {
		delete(t.locals, l.pair)
	} else {
		t.locals[l.pair] = halves
	}
}

func (t *Tracker) onDial(ev *Event) {
	peer := t.leg(&ev.Peer, ev.At)
	if peer == nil {
		return
	}
	var caller *leg
	if ev.Channel.ID != "" {
		caller = t.leg(&ev.Channel, ev.At)
	}
	if ev.Forwarded.ID != "" {
		if l := t.leg(&ev.Forwarded, ev.At); l != nil {
			l.redirected = true
		}
	}
	if caller != nil {
		if ev.DialStatus == "ANSWER" {
			t.pickUp(caller, peer, ev.At)
		}
		caller.adopt(peer)
		t.place(caller, ev.At)
	}
	if peer.local && ev.DialStatus != "" && ev.DialStatus != "RINGING" && ev.DialStatus != "PROGRESS" {
		t.takeInRest(peer, ev.At)
	}
	peer.redirecting(ev.Peer.RDNIS, ev.DialStatus == "" && ev.Peer.State == "Down")
	t.dialStep(peer, ev)
}

// dialStep takes what a dial event says of the leg that is dialled.
func (t *Tracker) dialStep(peer *leg, ev *Event) {
	switch ev.DialStatus {
	case "":
		if peer.dialled.IsZero() && peer.call != nil {
			peer.call.dialBegun(peer, ev.At)
		}
		first(&peer.dialled, ev.At)
		if peer.dialString == "" {
			peer.dialString = strings.Clone(ev.DialString)
		}
	case "RINGING":
		first(&peer.rang, ev.At)
		peer.alerting = true
	case "PROGRESS":
		first(&peer.rang, ev.At)
	case "ANSWER":
		first(&peer.answered, ev.At)
		peer.status = "ANSWER"
	default:
		if ev.Forward != "" && peer.forward == "" {
			peer.forward = printable(ev.Forward, maxName)
		}
		peer.proveDial(ev)
		if peer.status == "" {
			peer.status = strings.Clone(ev.DialStatus)
			if peer.call != nil {
				t.checkBusy(peer)
			}
		}
		first(&peer.ended, ev.At)
	}
	if peer.call != nil {
		peer.call.dirty = true
	}
}

func (t *Tracker) onEntered(ev *Event) {
	l := t.leg(&ev.Channel, ev.At)
	if l == nil || ev.Bridge == "" { // else all that are in no bridge would meet in it
		return
	}
	l.bridge = strings.Clone(ev.Bridge)
	first(&l.bridged, ev.At)
	t.greet(l, ev.At)
	t.meet(l, ev.At)
}

func (t *Tracker) onLeft(ev *Event) {
	if l := t.leg(&ev.Channel, ev.At); l != nil && l.bridge == ev.Bridge {
		l.bridge = ""
	}
}

func (t *Tracker) onBlindTransfer(ev *Event) {
	t.transfer(t.leg(&ev.Channel, ev.At), ev)
	t.leg(&ev.Peer, ev.At)
}

func (t *Tracker) onAttendedTransfer(ev *Event) {
	t.transfer(t.leg(&ev.Channel, ev.At), ev)
	t.transfer(t.leg(&ev.Second, ev.At), ev)
}

// transfer notes that a leg handed its call on, or tried to.
func (t *Tracker) transfer(l *leg, ev *Event) {
	if l == nil || l.call == nil {
		return
	}
	l.proveTransfer(ev)
	if !ev.OK {
		l.call.find(TransferAttempted)
		return
	}
	l.away = true
	l.call.find(TransferredAfter)
}

func (t *Tracker) onEndpoint(ev *Event) { t.hear(ev.Endpoint, ev.At) }

func (t *Tracker) hear(e Endpoint, at time.Time) {
	for _, ln := range t.lines {
		if ln.IsDuty(e.Name) {
			ln.heard(e, at)
			ln.dirty = true
		}
	}
}
