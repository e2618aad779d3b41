package main

import (
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"dutyline/alerts"
	"dutyline/telephony"
)

// homeKeeper follows where the duty phones are registered. The watcher's goroutine owns it.
type homeKeeper struct {
	lines  []telephony.Line
	homes  *telephony.Homes
	said   map[string]time.Duration // uptime of the switch's last word on a phone's contact
	proved atomic.Pointer[map[string]bool]
}

func newHomeKeeper(lines []telephony.Line) *homeKeeper {
	return &homeKeeper{lines: lines, homes: telephony.NewHomes(nil), said: map[string]time.Duration{}}
}

// registration is what the switch keeps of a phone's contacts, as it was asked.
type registration struct {
	phone    string
	contacts string
	at       time.Time
	up       time.Duration // when it was asked
}

// hear takes what the switch says of a contact.
func (k *homeKeeper) hear(ev telephony.Event, up time.Duration) []telephony.Change {
	phone := strings.TrimPrefix(ev.Endpoint.Name, "PJSIP/")
	if ev.Contact.URI == "" || k.lineOf(phone) == "" {
		return nil
	}
	k.said[phone] = up
	home := telephony.Home{Phone: phone, Eye: telephony.HomeByContact, Host: telephony.ContactHost(ev.Contact.URI), URI: ev.Contact.URI}
	switch {
	case ev.Contact.Gone:
		k.homes.Gone(home)
		k.prove(phone)
	case ev.Contact.Made, ev.Contact.Answers && !k.homes.Anywhere(phone, home.Eye):
		return k.seen(home, ev.At, telephony.SawEvent(ev.Endpoint.Name, telephony.Said{Name: telephony.SaidContact, Event: ev.Type, URI: ev.Contact.URI}, ev.At))
	}
	return nil
}

// asked takes what the switch answered. What it said by itself meanwhile is newer.
func (k *homeKeeper) asked(r registration) (changes []telephony.Change) {
	if said, ok := k.said[r.phone]; ok && said >= r.up {
		return nil
	}
	var now []telephony.Home
	for uri := range strings.SplitSeq(r.contacts, ",") {
		now = append(now, telephony.Home{Phone: r.phone, Eye: telephony.HomeByContact, Host: telephony.ContactHost(uri), URI: strings.TrimSpace(uri)})
	}
	moved := k.homes.Among(now)
	k.prove(r.phone)
	for _, home := range moved {
		proof := telephony.SawEvent("PJSIP/"+r.phone, telephony.Said{Name: telephony.SaidContacts, URI: r.contacts}, r.at)
		changes = append(changes, k.seen(home, r.at, proof)...)
	}
	return changes
}

// seen is what is to be kept and told of a registration.
func (k *homeKeeper) seen(home telephony.Home, at time.Time, proof telephony.Proof) []telephony.Change {
	from, news := k.homes.Seen(home, at)
	k.prove(home.Phone)
	if !news {
		return nil
	}
	ch := telephony.Change{Kind: telephony.PhoneFound, At: at, Line: k.lineOf(home.Phone), Home: &home, Detail: home.Phone + ": " + home.Host + " (" + string(home.Eye) + ")"}
	if from != "" {
		ch.Kind, ch.Detail, ch.Proofs = telephony.PhoneMoved, home.Phone+": "+from+" → "+home.Host, []telephony.Proof{proof}
	}
	return []telephony.Change{ch}
}

// prove keeps for other goroutines whether it is proved where a phone is.
func (k *homeKeeper) prove(phone string) {
	proved := map[string]bool{}
	if old := k.proved.Load(); old != nil {
		maps.Copy(proved, *old)
	}
	_, proved[phone] = k.homes.Of(phone)
	k.proved.Store(&proved)
}

// Registered reports whether it is proved where a phone of each endpoint of a line is. Any goroutine
// may ask.
func (k *homeKeeper) Registered(line telephony.Line) bool {
	proved := map[string]bool{}
	if now := k.proved.Load(); now != nil {
		proved = *now
	}
	for _, endpoint := range line.Endpoints {
		one := false
		for phone, is := range proved {
			one = one || is && telephony.MatchEndpoint(endpoint, "PJSIP/"+phone)
		}
		if !one {
			return false
		}
	}
	return len(line.Endpoints) > 0
}

func (k *homeKeeper) lineOf(phone string) string {
	for _, l := range k.lines {
		if l.IsDuty("PJSIP/" + phone) {
			return l.Name
		}
	}
	return ""
}

// sipFacts is whether SIP shows who answers the calls of a line.
func (a *app) sipFacts(line telephony.Line) alerts.SIPFacts {
	v := a.watcher.sip
	if v == nil {
		return alerts.SIPFacts{}
	}
	last := time.Duration(v.heard.Load())
	return alerts.SIPFacts{Wanted: true, Heard: last != 0 && a.clock.Uptime()-last < sipLately, Registered: a.watcher.homes.Registered(line)}
}
