package telephony

import "strings"

// maxSentOn bounds what is kept of dialogs whose channel was not heard of yet.
const maxSentOn = 256

// onSentOn takes what only SIP shows: that the phone of a dialog sent the call elsewhere. ARI says
// nothing of it where the switch follows by itself (redirect_method = uri_pjsip). It annotates the
// call; what became of it is the other events' to say.
func (t *Tracker) onSentOn(ev *Event) {
	id := ev.Channel.SIPCallID
	if id == "" {
		return
	}
	for _, l := range t.legs {
		if l.sip == id {
			l.sendOn(ev)
			return
		}
	}
	if len(t.sentOn) >= maxSentOn {
		clear(t.sentOn)
		t.drop("sip_without_channel")
	}
	t.sentOn[strings.Clone(id)] = Event{At: ev.At, Forward: strings.Clone(ev.Forward), Said: strings.Clone(ev.Said)}
}

// onReferred takes that a duty phone asked for a transfer. The switch tells of one that it carries
// out; of one to a number that it does not know there is nothing but the phone's request.
func (t *Tracker) onReferred(ev *Event) {
	for _, l := range t.legs {
		if l.sip == ev.Channel.SIPCallID && l.sip != "" && l.isDuty() && l.call != nil {
			l.call.referred = true
			l.call.proveSIP(l.sip, ev.Said, ev.At)
			return
		}
	}
}

// dialog notes the SIP dialog of a leg, and what was known of it before. The event in which a
// channel comes into being does not name it yet.
func (t *Tracker) dialog(l *leg, id string) {
	if id == "" || l.sip != "" {
		return
	}
	l.sip = strings.Clone(id)
	if ev, ok := t.sentOn[l.sip]; ok {
		delete(t.sentOn, l.sip)
		l.sendOn(&ev)
	}
}

func (l *leg) sendOn(ev *Event) {
	l.sentOn, l.sentOnSaid, l.sentOnAt = printable(ev.Forward, maxNumber), strings.Clone(ev.Said), ev.At
	if l.call != nil {
		l.call.dirty = true
	}
}

// sentOnInSIP is the leg of which SIP shows that its duty phone sent the call on; nil without one.
func (c *run) sentOnInSIP() *leg {
	for _, l := range c.legs {
		if l.sentOn != "" && l.isDuty() && !l.incoming {
			return l
		}
	}
	return nil
}

// DialledPhone is the duty phone whose leg has a SIP dialog; empty when the dialog is not known, or
// is another one's.
func (t *Tracker) DialledPhone(sipCallID string) string {
	for _, l := range t.legs {
		if sipCallID != "" && l.sip == sipCallID && l.isDuty() && !l.incoming && l.call != nil {
			return l.endpoint
		}
	}
	return ""
}

// onStranger takes that another device than the registered phone answered in a dialog.
func (t *Tracker) onStranger(ev *Event) {
	for _, l := range t.legs {
		if ev.Channel.SIPCallID != "" && l.sip == ev.Channel.SIPCallID && l.isDuty() && !l.incoming && !l.stranger {
			l.stranger = true
			if l.call != nil {
				l.call.dirty = true
			}
		}
	}
}
