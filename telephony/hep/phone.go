package hep

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// phone is what is known of one duty phone beside its calls.
type phone struct {
	user  string
	last  Binding       // the registration that was made last
	known []Binding     // where it is registered now, the last one included; more than one where the AOR allows it
	lost  int           // OPTIONS in a row that had no answer
	heard time.Duration // uptime of the last answer to one
}

// What is kept of phones, at most: an AOR of a duty phone has one contact, seldom a few.
const (
	maxPhones   = 64 // of all patterns together
	maxBindings = 8  // of one phone
)

// question is a request that waits for its answer.
type question struct {
	Message
	user  string        // the duty phone's
	until time.Duration // uptime; after it an OPTIONS counts as unanswered and anything else is forgotten
}

// ours reports whether a SIP user is that of a duty phone.
func (v *View) ours(user string) bool {
	return slices.ContainsFunc(v.patterns, func(p string) bool {
		begin, open := strings.CutSuffix(p, "*")
		return user == p || open && strings.HasPrefix(user, begin)
	})
}

// phone is what is known of a duty phone. It comes into being with what the switch itself says,
// not with what anybody asks for; nil when there are too many.
func (v *View) phone(user string) *phone {
	if p := v.phones[user]; p != nil || len(v.phones) >= maxPhones {
		return p
	}
	v.phones[user] = &phone{user: user}
	return v.phones[user]
}

// register notes what a phone asks for; what comes of it, its answer tells.
func (v *View) register(m *Message) []Fact {
	if m.Request() {
		if v.ours(m.ToUser) {
			v.ask(m, m.ToUser, time.Minute)
		}
		return nil
	}
	q, ok := v.asked[m.CallID]
	if !ok || q.Method != m.Method || q.CSeq != m.CSeq || m.Status < 200 {
		return nil
	}
	delete(v.asked, m.CallID)
	if m.Status > 299 || len(q.Contacts) == 0 { // refused, asked for the password, or only a question where it is registered
		return nil
	}
	p := v.phone(q.user)
	if p == nil {
		v.stats.Dropped++
		return nil
	}
	return p.register(&q.Message, m)
}

// register is what a granted registration proves. The evidence is the phone's request.
func (p *phone) register(asked, granted *Message) []Fact {
	now := Binding{Source: asked.From, At: granted.At}
	for _, c := range asked.Contacts { // one request may take back one address and give another
		if now.Expires = lifetime(c, asked, granted); now.Expires != 0 {
			now.Contact = c
			break
		}
	}
	f := Fact{Phone: p.user, Before: p.last, Now: now, Evidence: *asked}
	if now.Contact.URI == "" {
		return p.unregister(f)
	}
	i := slices.IndexFunc(p.known, now.samePlace)
	came := len(p.known) == 0 && (!p.last.Source.IsValid() || now.samePlace(p.last)) // for the first time, or back
	moved := i < 0
	if len(granted.Contacts) < 2 || len(p.known) >= maxBindings { // the switch says that it has no other
		p.known, i = nil, -1
	}
	if i < 0 {
		p.known = append(p.known, now)
	}
	p.last = now
	switch {
	case came:
		f.Kind, f.Before = Registered, Binding{}
	case moved:
		f.Kind = RegistrationMoved
	default:
		return nil // the same one, renewed
	}
	return []Fact{f}
}

func (p *phone) unregister(f Fact) []Fact {
	before := len(p.known)
	p.known = slices.DeleteFunc(p.known, func(b Binding) bool {
		return slices.ContainsFunc(f.Evidence.Contacts, func(c Contact) bool { return c.URI == "*" || c.Host == b.Contact.Host && c.Port == b.Contact.Port })
	})
	if len(p.known) == before {
		return nil
	}
	f.Kind, f.Now = Unregistered, Binding{}
	return []Fact{f}
}

// lifetime is how long a contact was granted: the switch's word, else the phone's own.
func lifetime(c Contact, asked, granted *Message) int {
	said := c.Expires
	if said < 0 {
		said = asked.Expires
	}
	if said == 0 {
		return 0
	}
	for _, g := range granted.Contacts {
		if g.Host == c.Host && g.Port == c.Port && g.Expires >= 0 {
			return g.Expires
		}
	}
	return said
}

// options notes a question whether a phone is there, and its answer.
func (v *View) options(m *Message) []Fact {
	if m.Request() {
		if user, ok := v.askedPhone(m); ok {
			v.ask(m, user, v.limits.AnswerWithin)
		}
		return nil
	}
	q, ok := v.asked[m.CallID]
	if !ok || q.Method != m.Method || m.Status < 200 {
		return nil
	}
	delete(v.asked, m.CallID)
	p := v.phones[q.user]
	if p == nil {
		return nil
	}
	lost := p.lost
	p.lost, p.heard = 0, m.Up
	if lost == 0 {
		return nil
	}
	return []Fact{{Kind: AnswersAgain, Phone: p.user, Status: m.Status, Lost: lost, Evidence: *m}}
}

// askedPhone is the duty phone that an OPTIONS asks: the one that is registered where it goes,
// or, before a registration was seen, the one that it names.
func (v *View) askedPhone(m *Message) (user string, ok bool) {
	for _, p := range v.phones {
		if slices.ContainsFunc(p.known, func(b Binding) bool { return b.at(m.To) }) {
			return p.user, true
		}
	}
	p := v.phones[m.ToUser]
	return m.ToUser, v.ours(m.ToUser) && (p == nil || len(p.known) == 0)
}

// at reports whether what is sent to an address reaches the phone.
func (b Binding) at(to netip.AddrPort) bool {
	addr, err := netip.ParseAddr(strings.Trim(b.Contact.Host, "[]"))
	port := uint16(b.Contact.Port)
	if port == 0 {
		port = 5060 // SIP's own
	}
	return b.Source == to || err == nil && netip.AddrPortFrom(addr.Unmap(), port) == to
}

// ask keeps a question until its answer; the same one sent again waits no longer.
func (v *View) ask(m *Message, user string, within time.Duration) {
	if q, ok := v.asked[m.CallID]; ok && q.CSeq == m.CSeq {
		return
	}
	if len(v.asked) >= v.limits.Questions {
		v.stats.Dropped++
		return
	}
	v.asked[m.CallID] = question{Message: *m, user: user, until: m.Up + within}
}

// giveUp tells of the phones that left questions unanswered until now. Asterisk may ask a phone
// several times at once: one that has answered a later question is not silent.
func (v *View) giveUp(up time.Duration) []Fact {
	var late []question
	for id, q := range v.asked {
		if up >= q.until {
			delete(v.asked, id)
			late = append(late, q)
		}
	}
	slices.SortFunc(late, func(a, b question) int {
		return cmp.Or(cmp.Compare(a.Up, b.Up), strings.Compare(a.CallID, b.CallID))
	})
	var facts []Fact
	for _, q := range late {
		p := v.phone(q.user)
		if q.Method != "OPTIONS" || p == nil || p.heard >= q.Up {
			continue
		}
		if p.lost++; p.lost == 1 {
			facts = append(facts, Fact{Kind: Silent, Phone: p.user, Evidence: q.Message})
		}
	}
	return facts
}
