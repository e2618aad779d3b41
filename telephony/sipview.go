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
			l.sendOn(ev.Forward)
			return
		}
	}
	if len(t.sentOn) >= maxSentOn {
		clear(t.sentOn)
		t.drop("sip_without_channel")
	}
	t.sentOn[strings.Clone(id)] = strings.Clone(ev.Forward)
}

// dialog notes the SIP dialog of a leg, and what was known of it before. The event in which a
// channel comes into being does not name it yet.
func (t *Tracker) dialog(l *leg, id string) {
	if id == "" || l.sip != "" {
		return
	}
	l.sip = strings.Clone(id)
	if to, ok := t.sentOn[l.sip]; ok {
		delete(t.sentOn, l.sip)
		l.sendOn(to)
	}
}

func (l *leg) sendOn(to string) {
	l.sentOn = printable(to, maxNumber)
	if l.call != nil {
		l.call.dirty = true
	}
}

// sentOnInSIP is where SIP shows that a duty phone sent the call; empty when it does not.
func (c *run) sentOnInSIP() string {
	for _, l := range c.legs {
		if l.sentOn != "" && l.isDuty() && !l.incoming {
			return l.sentOn
		}
	}
	return ""
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
