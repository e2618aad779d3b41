package hep

import (
	"slices"
	"time"
)

// dialog is what is known of one Call-ID: its messages and what they prove.
type dialog struct {
	messages []Message // in the order in which they came, each once
	facts    []Fact
	touched  time.Duration // uptime of its last message
	bytes    int

	caller   string // the From tag of the first INVITE; empty when the beginning was not seen
	called   string // the To tag of its answer
	asked    string // whom the caller's last INVITE asked
	moved    bool   // a 3xx was not followed yet
	answered bool
	over     bool // refused, or hung up: nothing but repeats is to come
}

// again finds a message that was seen before. Repeats come within 32 s (64 × T1 of RFC 3261), so
// they are looked for among all that is kept.
func (d *dialog) again(m *Message) *Message {
	for i := range slices.Backward(d.messages) {
		if d.messages[i].same(m) {
			return &d.messages[i]
		}
	}
	return nil
}

// learn is what the next message proves; nothing that was proved before is said again.
func (d *dialog) learn(m *Message) (f Fact, ok bool) {
	if d.caller == "" && asksFirst(m) {
		d.caller = m.FromTag
	}
	f = Fact{By: d.sender(m), Status: m.Status, SDP: m.SDP}
	switch m.Method {
	case "INVITE":
		if m.Request() {
			return d.invite(m)
		}
		return d.reply(m, f)
	case "CANCEL":
		f.Kind = Cancelled
	case "BYE":
		f.Kind = HungUp
	case "REFER":
		f.Kind, f.Target = Referred, m.ReferTo
	}
	if !m.Request() || f.Kind == "" || !d.within(m) {
		return f, false
	}
	d.over = d.over || f.Kind == HungUp
	return f, true
}

// within reports whether a request's tags are those of the dialog, as far as they are known. One
// with others, which Asterisk answers 481, ends nothing: whoever learns a Call-ID can send it.
func (d *dialog) within(m *Message) bool {
	switch {
	case m.Method == "CANCEL":
		return m.FromTag == d.caller
	case d.caller == "" || d.called == "":
		return true
	}
	return m.FromTag == d.caller && m.ToTag == d.called || m.FromTag == d.called && m.ToTag == d.caller
}

// asksFirst reports whether the From tag is that of who began the dialog. Where the mirror lost
// the first INVITE these tell it, too: nobody rings, redirects or cancels within a call that stands.
func asksFirst(m *Message) bool {
	switch m.Method {
	case "INVITE":
		return m.Request() && m.ToTag == "" || m.Status > 100 && m.Status < 200 || m.Status >= 300 && m.Status < 400
	case "CANCEL":
		return true
	}
	return false
}

// sender says which side a message comes from. A response has its question's tags.
func (d *dialog) sender(m *Message) Side {
	asker := Called
	switch {
	case d.caller == "":
		return NoSide
	case m.FromTag == d.caller:
		asker = Caller
	}
	if m.Request() {
		return asker
	}
	return map[Side]Side{Caller: Called, Called: Caller}[asker]
}

// invite: the first one begins the dialog; a later one of the same caller that still has no
// To tag asks anew: the same address after a challenge, another one after a 3xx. One with a To tag changes the
// sound of a call that stands.
func (d *dialog) invite(m *Message) (f Fact, ok bool) {
	if m.ToTag != "" {
		d.answered = true // seen or not
		return f, false
	}
	first := len(d.messages) == 0
	// Another address than before is that of a 3xx, which the mirror may have lost.
	followed := m.FromTag == d.caller && (d.moved || d.asked != "" && d.asked != m.URI)
	d.asked, d.over, d.moved = m.URI, false, false
	switch {
	case followed:
		return Fact{Kind: Followed, By: Caller, Target: m.URI}, true
	case first && len(m.Diversion) > 0:
		return Fact{Kind: Diverted, By: Caller, Target: m.Diversion[0]}, true
	case first && len(m.HistoryInfo) > 1: // one entry only says whom the call is for
		return Fact{Kind: Diverted, By: Caller, Target: m.HistoryInfo[0]}, true
	}
	return f, false
}

// reply to an INVITE. After the answer only changes of the sound come, which tell nothing here.
func (d *dialog) reply(m *Message, f Fact) (Fact, bool) {
	if d.answered {
		return f, false
	}
	switch {
	case m.Status == 180:
		f.Kind = Rang
	case m.Status == 181:
		f.Kind = SendingOn
		if n := len(m.HistoryInfo); n > 0 {
			f.Target = m.HistoryInfo[n-1]
		}
	case m.Status == 183:
		f.Kind = EarlySound
	case m.Status < 200: // 100 Trying, 182 Queued, 199 Early Dialog Terminated
	case m.Status < 300:
		f.Kind, d.answered, d.called = Answered, true, m.ToTag
	case m.Status < 400:
		f.Kind, d.moved, d.over = Moved, true, true
		if len(m.Contacts) > 0 {
			f.Target = m.Contacts[0].URI
		}
	case m.Status == 401 || m.Status == 407: // asks for a password: the same call comes again with it
		d.over = true
	default:
		f.Kind, f.Target, d.over = Refused, d.asked, true
	}
	return f, f.Kind != ""
}
