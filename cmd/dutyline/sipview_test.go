package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/hep"
)

var (
	itsSwitch = netip.MustParseAddrPort("192.0.2.1:5060")
	itsPhone  = netip.MustParseAddrPort("192.0.2.20:5062")
	samePlace = netip.MustParseAddrPort("192.0.2.20:49152") // another port of the phone
	elsewhere = netip.MustParseAddrPort("198.51.100.7:5060")
)

// mirror is a SIP view that a test feeds.
type mirror struct {
	t      *testing.T
	view   *sipView
	up     time.Duration
	known  map[string]string // dialogs whose channel was heard of: the phone, or somebody else
	events []string
}

func newMirror(t *testing.T) *mirror {
	v := &sipView{view: hep.NewView([]string{"duty"}, hep.Limits{}), homes: newHomeKeeper([]telephony.Line{{Name: "duty", Endpoints: []string{"PJSIP/duty"}}})}
	return &mirror{t: t, view: v, known: map[string]string{}}
}

// say is one message; what it proves of strangers is kept.
func (m *mirror) say(from, to netip.AddrPort, msg hep.Message) {
	m.t.Helper()
	m.up += time.Millisecond
	msg.From, msg.To, msg.Up, msg.Expires = from, to, m.up, 60
	m.view.take(msg)
	m.look()
}

func (m *mirror) look() {
	events, who := m.view.strangers(m.up, func(id string) string { return m.known[id] })
	for i, ev := range events {
		if ev.Kind != telephony.EventStranger {
			m.t.Errorf("an event of another kind: %+v", ev)
		}
		m.events = append(m.events, ev.Channel.SIPCallID+" "+who[i])
	}
}

func (m *mirror) registers(from netip.AddrPort, call string) {
	at := []hep.Contact{{URI: "sip:duty@" + from.String(), Host: from.Addr().String(), Port: int(from.Port()), Expires: -1}}
	m.say(from, itsSwitch, hep.Message{Method: "REGISTER", CallID: call, CSeq: 1, ToUser: "duty", Contacts: at})
	m.say(itsSwitch, from, hep.Message{Method: "REGISTER", Status: 200, CallID: call, CSeq: 1, ToUser: "duty", Contacts: at})
}

// registersAs is a registration from an address, and what it proves.
func (m *mirror) registersAs(address, call string, when time.Time) []telephony.Change {
	from := netip.MustParseAddrPort(address)
	at := []hep.Contact{{URI: "sip:duty@" + address, Host: from.Addr().String(), Port: int(from.Port()), Expires: -1}}
	m.up += time.Millisecond
	asks := hep.Message{Method: "REGISTER", CallID: call, CSeq: 1, ToUser: "duty", Contacts: at, From: from, To: itsSwitch, Up: m.up, At: when, Expires: 60}
	granted := asks
	granted.Status, granted.From, granted.To = 200, itsSwitch, from
	m.view.take(asks)
	_, changes := m.view.take(granted)
	return changes
}

// answered is a call of the switch that somebody answers.
func (m *mirror) answered(call string, by netip.AddrPort) {
	m.say(itsSwitch, by, hep.Message{Method: "INVITE", URI: "sip:duty@x", CallID: call, CSeq: 1, FromTag: "s", Branch: call})
	m.say(by, itsSwitch, hep.Message{Method: "INVITE", Status: 200, CallID: call, CSeq: 1, FromTag: "s", ToTag: "p", Branch: call, SDP: true})
}

func (m *mirror) want(when string, events ...string) {
	m.t.Helper()
	if diff := cmp.Diff(events, m.events); diff != "" {
		m.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
	m.events = nil
}

// A stranger is whoever answers for the duty phone from another machine than the one that is
// registered. It is told once, also when the switch's events are a little late.
func TestWhoAnswersForTheDutyPhone(t *testing.T) {
	m := newMirror(t)
	m.known["1"] = "PJSIP/duty"
	m.answered("1", elsewhere)
	m.want("before a registration was seen nobody knows where the phone is")
	m.registers(itsPhone, "r1")
	for call, by := range map[string]netip.AddrPort{"2": itsPhone, "3": samePlace} {
		m.known[call] = "PJSIP/duty"
		m.answered(call, by)
	}
	m.want("the phone itself")
	m.known["4"] = "PJSIP/duty"
	m.answered("4", elsewhere)
	m.look()
	m.want("a stranger", "4 duty: 198.51.100.7 ≠ 192.0.2.20")
	m.answered("5", elsewhere)
	m.want("a stranger whose channel was not heard of yet")
	m.known["5"] = "PJSIP/duty"
	m.look()
	m.want("a moment later", "5 duty: 198.51.100.7 ≠ 192.0.2.20")
	m.answered("6", elsewhere)
	m.up += answerWaits + time.Second
	m.look()
	m.known["6"] = "PJSIP/duty"
	m.look()
	m.want("much later: that channel is nobody's")
	m.registers(elsewhere, "r2")
	m.known["7"] = "PJSIP/duty"
	m.answered("7", elsewhere)
	m.want("the phone that registered from elsewhere; that it moved is told by itself")
}

// A call that the phone sent on by itself is no stranger's: what it did is told.
func TestWhoWasSentThereIsNoStranger(t *testing.T) {
	m := newMirror(t)
	m.registers(itsPhone, "r1")
	m.known["1"] = "PJSIP/duty"
	m.say(itsSwitch, itsPhone, hep.Message{Method: "INVITE", URI: "sip:duty@x", CallID: "1", CSeq: 1, FromTag: "s", Branch: "a"})
	m.say(itsPhone, itsSwitch, hep.Message{Method: "INVITE", Status: 302, CallID: "1", CSeq: 1, FromTag: "s", ToTag: "p", Branch: "a",
		Contacts: []hep.Contact{{URI: "sip:13800001111@198.51.100.7", Host: "198.51.100.7", Expires: -1}}})
	m.say(itsSwitch, elsewhere, hep.Message{Method: "INVITE", URI: "sip:13800001111@198.51.100.7", CallID: "1", CSeq: 2, FromTag: "s", Branch: "b"})
	m.say(elsewhere, itsSwitch, hep.Message{Method: "INVITE", Status: 200, CallID: "1", CSeq: 2, FromTag: "s", ToTag: "q", Branch: "b", SDP: true})
	m.want("after a 302")
}

// Answers that belong to no channel, such as those of a shared switch's other calls, are let go.
func TestAnswersOfOthersAreLetGo(t *testing.T) {
	m := newMirror(t)
	m.registers(itsPhone, "r1")
	for i := range 3 * mostAnswers {
		m.answered(fmt.Sprint("other", i), elsewhere)
	}
	if n := len(m.view.answers); n > mostAnswers {
		t.Errorf("%d answers wait", n)
	}
	m.up += answerWaits + time.Second
	m.look()
	if len(m.view.answers) > 0 || len(m.events) > 0 {
		t.Errorf("%d answers wait, told %v", len(m.view.answers), m.events)
	}
	if got := time.Duration(m.view.heard.Load()); got == 0 {
		t.Error("nothing was heard")
	}
	if !slices.Equal(m.view.homes.lines[0].Endpoints, []string{"PJSIP/duty"}) || m.view.homes.lineOf("duty") != "duty" || m.view.homes.lineOf("nobody") != "" {
		t.Error("a phone belongs to another line")
	}
}

// A code that was refused is told however it was refused, and whether the request or its To has it.
func TestARefusedCodeIsToldHoweverItWasRefused(t *testing.T) {
	for name, c := range map[string]struct {
		asked, to, from string
		status          int
		want            string // the code that is told
	}{
		"no such extension":     {"sip:*57*13800001111%23@x", "*57*13800001111%23", "duty", 404, "*57*13800001111#"},
		"not complete":          {"sip:*72@x", "*72", "duty", 484, "*72"},
		"forbidden":             {"sip:%2A21%2A138%23@x", "%2A21%2A138%23", "duty", 403, "*21*138#"},
		"declined":              {"sip:*72@x", "*72", "duty", 603, "*72"},
		"only the request":      {"sip:*73@x;transport=udp", "02422739110", "duty", 484, "*73"},
		"only the To":           {"sip:x", "*73", "duty", 404, "*73"},
		"a number":              {"sip:13800001111@x", "13800001111", "duty", 404, ""},
		"somebody else's phone": {"sip:*72@x", "*72", "guest", 404, ""},
		"asked for a password":  {"sip:*72@x", "*72", "duty", 401, ""},
	} {
		v := newMirror(t).view
		say := func(from, to netip.AddrPort, m hep.Message) []telephony.Change {
			m.From, m.To, m.Method, m.CallID, m.CSeq, m.FromTag, m.FromUser, m.ToUser = from, to, "INVITE", "1", 1, "s", c.from, c.to
			_, changes := v.take(m)
			return changes
		}
		told := say(itsPhone, itsSwitch, hep.Message{URI: c.asked, Branch: "a"})
		told = append(told, say(itsSwitch, itsPhone, hep.Message{Status: c.status, ToTag: "p", Branch: "a"})...)
		var got string
		for _, ch := range told {
			got += string(ch.Kind) + " " + ch.Line + " " + ch.Detail
		}
		if want := strings.TrimSpace(strings.Repeat("code_refused duty "+c.want, min(1, len(c.want)))); got != want {
			t.Errorf("%s: told %q, want %q", name, got, want)
		}
	}
}
