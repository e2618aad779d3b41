package hep_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/hep"
)

// register is what a phone sends; granted what the switch answers.
func register(call, seq, contact string, more ...string) []byte {
	changes := []string{"Call-ID: " + call, "CSeq: " + seq + " REGISTER", "From: <sip:duty@pbx>;tag=r", "To: <sip:duty@pbx>"}
	if contact != "" {
		changes = append(changes, "Contact: "+contact)
	}
	return ask("REGISTER sip:pbx SIP/2.0", append(changes, more...)...)
}

func granted(call, seq string, status int, contact string) []byte {
	changes := []string{"Call-ID: " + call, "CSeq: " + seq + " REGISTER", "To: <sip:duty@pbx>;tag=s"}
	if contact != "" {
		changes = append(changes, "Contact: "+contact)
	}
	return ask(fmt.Sprintf("SIP/2.0 %d x", status), changes...)
}

func TestRegistrationsAreFollowed(t *testing.T) {
	elsewhere := netip.MustParseAddrPort("198.51.100.7:5060")
	p := newPlayer(t, hep.Limits{})
	sign := func(from netip.AddrPort, call, contact, expires string, lists string) {
		t.Helper()
		p.say(from, pbx, register(call, "1", contact, "Expires: "+expires))
		p.say(pbx, from, granted(call, "1", 401, ""))
		p.say(from, pbx, register(call, "2", contact, "Expires: "+expires))
		p.say(pbx, from, granted(call, "2", 200, lists))
	}
	at, far := "<sip:duty@192.0.2.20:5062>", "<sip:duty@198.51.100.7>"
	sign(desk, "1", at, "120", at+";expires=60")
	p.expect("registered phone=duty now=(sip:duty@192.0.2.20:5062 from 192.0.2.20:5062 for 60 s)")
	sign(desk, "2", at, "120", at+";expires=60")
	p.expect()
	// Somebody else with the password takes the bell; then the phone has it back.
	sign(elsewhere, "3", far, "120", far+";expires=60")
	p.expect("registration_moved phone=duty before=(sip:duty@192.0.2.20:5062 from 192.0.2.20:5062 for 60 s) now=(sip:duty@198.51.100.7 from 198.51.100.7:5060 for 60 s)")
	sign(desk, "4", at, "120", at+";expires=60")
	p.expect("registration_moved phone=duty before=(sip:duty@198.51.100.7 from 198.51.100.7:5060 for 60 s) now=(sip:duty@192.0.2.20:5062 from 192.0.2.20:5062 for 60 s)")
	// Where both may be registered, the second one coming is told once and renewals are not.
	sign(elsewhere, "5", far, "120", at+";expires=50, "+far+";expires=60")
	p.told = nil
	sign(desk, "6", at, "120", at+";expires=60, "+far+";expires=50")
	sign(elsewhere, "7", far, "120", at+";expires=50, "+far+";expires=60")
	p.expect()
	sign(desk, "8", "*", "0", "")
	p.expect("unregistered phone=duty before=(sip:duty@198.51.100.7 from 198.51.100.7:5060 for 60 s)")
	sign(elsewhere, "9", far, "120", far+";expires=60")
	p.expect("registered phone=duty now=(sip:duty@198.51.100.7 from 198.51.100.7:5060 for 60 s)")
	sign(elsewhere, "9b", far, "0", "")
	p.told = nil
	sign(desk, "9c", at, "120", at+";expires=60")
	p.expect("registration_moved phone=duty before=(sip:duty@198.51.100.7 from 198.51.100.7:5060 for 60 s) now=(sip:duty@192.0.2.20:5062 from 192.0.2.20:5062 for 60 s)")
	// A wrong password, a question where it is registered, and an answer without a question.
	p.say(desk, pbx, register("10", "1", at))
	p.say(pbx, desk, granted("10", "1", 403, ""))
	p.say(desk, pbx, register("11", "1", ""))
	p.say(pbx, desk, granted("11", "1", 200, far))
	p.say(pbx, desk, granted("12", "1", 200, at))
	p.say(elsewhere, pbx, register("12", "2", far))
	p.say(pbx, elsewhere, granted("12", "1", 200, far))
	// Others are not ours.
	p.say(desk, pbx, ask("REGISTER sip:pbx SIP/2.0", "Call-ID: 13", "To: <sip:somebody@pbx>", "Contact: "+at))
	p.say(pbx, desk, ask("SIP/2.0 200 OK", "Call-ID: 13", "CSeq: 1 REGISTER", "To: <sip:somebody@pbx>", "Contact: "+at))
	p.expect()
}

func TestOneRequestMayTakeBackAndGive(t *testing.T) {
	p := newPlayer(t, hep.Limits{})
	p.say(desk, pbx, register("1", "1", "<sip:duty@192.0.2.20:5062>;expires=0, <sip:duty@192.0.2.20:7000>;expires=300"))
	p.say(pbx, desk, granted("1", "1", 200, "<sip:duty@192.0.2.20:7000>;expires=200"))
	p.expect("registered phone=duty now=(sip:duty@192.0.2.20:7000 from 192.0.2.20:5062 for 200 s)")
}

func TestBindingsAreComparedByHostAndByPort(t *testing.T) {
	at := func(host string, port int, source string) hep.Binding {
		return hep.Binding{Contact: hep.Contact{Host: host, Port: port}, Source: netip.MustParseAddrPort(source)}
	}
	base := at("192.0.2.20", 5060, "192.0.2.20:5060")
	if !base.SameHost(at("192.0.2.20", 7000, "192.0.2.20:49152")) {
		t.Error("another port is another host")
	}
	if base.SameHost(at("192.0.2.20", 5060, "198.51.100.7:5060")) || base.SameHost(at("192.0.2.21", 5060, "192.0.2.20:5060")) {
		t.Error("another address is the same host")
	}
}

func TestASilentPhoneIsToldOnce(t *testing.T) {
	p := newPlayer(t, hep.Limits{})
	n := 0
	qualify := func() string {
		n++
		call := fmt.Sprintf("q%d", n)
		p.say(pbx, desk, ask("OPTIONS sip:anything@192.0.2.20:5062 SIP/2.0", "Call-ID: "+call, "To: <sip:anything@192.0.2.20>"))
		return call
	}
	replyTo := func(call string) {
		p.say(desk, pbx, ask("SIP/2.0 200 OK", "Call-ID: "+call, "CSeq: 1 OPTIONS"))
	}
	qualify() // where the phone is was not seen yet, and the name tells nothing
	p.wait(time.Minute)
	p.expect()
	p.say(desk, pbx, register("r", "1", "<sip:duty@192.0.2.20:5062>", "Expires: 60"))
	p.say(pbx, desk, granted("r", "1", 200, "<sip:duty@192.0.2.20:5062>;expires=60"))
	p.told = nil
	replyTo(qualify())
	p.wait(time.Minute)
	p.expect()
	for range 3 {
		qualify()
		p.wait(10 * time.Second)
	}
	p.expect("silent phone=duty")
	replyTo(qualify())
	p.expect("answers_again 200 phone=duty lost=3")
	// Two at once, of which the later one is answered: it is there.
	qualify()
	replyTo(qualify())
	p.wait(time.Minute)
	p.expect()
	// A phone that asks whether the switch is there is not asked itself.
	p.say(desk, pbx, ask("OPTIONS sip:pbx SIP/2.0", "Call-ID: k", "To: <sip:duty@pbx>"))
	p.wait(time.Minute)
	p.expect()
}

// Behind a router the phone is asked where its registration came from; elsewhere where it said,
// on SIP's own port when it named none.
func TestAPhoneIsAskedWhereItIs(t *testing.T) {
	for to, silent := range map[string]bool{"192.0.2.20:5060": true, "198.51.100.1:40000": true, "192.0.2.20:5061": false} {
		p := newPlayer(t, hep.Limits{})
		router := netip.MustParseAddrPort("198.51.100.1:40000")
		p.say(router, pbx, register("r", "1", "<sip:x@192.0.2.20>", "Expires: 60"))
		p.say(pbx, router, granted("r", "1", 200, "<sip:x@192.0.2.20>"))
		p.told = nil
		p.say(pbx, netip.MustParseAddrPort(to), ask("OPTIONS sip:x@h SIP/2.0", "To: <sip:x@h>"))
		p.wait(time.Minute)
		if (len(p.told) == 1) != silent {
			t.Errorf("asked at %s: %q", to, p.told)
		}
	}
}

// Where no registration was seen the phone's user in To tells.
func TestAPhoneIsKnownByItsNameUntilItRegisters(t *testing.T) {
	p := newPlayer(t, hep.Limits{AnswerWithin: time.Second})
	p.say(pbx, desk, ask("OPTIONS sip:duty@192.0.2.20 SIP/2.0", "To: <sip:duty@192.0.2.20>"))
	if p.view.Deadline() != p.up+time.Second {
		t.Errorf("deadline %v at %v", p.view.Deadline(), p.up)
	}
	p.wait(999 * time.Millisecond)
	p.expect()
	p.wait(time.Millisecond)
	p.expect("silent phone=duty")
	if p.view.Deadline() != 0 {
		t.Errorf("a deadline %v is left", p.view.Deadline())
	}
}

// Phones may be given by how their names begin. What strangers ask for takes no room for them.
func TestPhonesMayBeGivenByTheirBeginning(t *testing.T) {
	p := &player{t: t, view: hep.NewView([]string{"desk-*"}, hep.Limits{})}
	sign := func(user string, status int) {
		to := "To: <sip:" + user + "@pbx>"
		p.say(desk, pbx, ask("REGISTER sip:pbx SIP/2.0", "Call-ID: "+user, to, "Contact: <sip:x@h:"+fmt.Sprint(5000+len(p.told))+">"))
		p.say(pbx, desk, ask(fmt.Sprintf("SIP/2.0 %d x", status), "Call-ID: "+user, "CSeq: 1 REGISTER", to))
	}
	sign("desk", 200)
	for i := range 200 {
		sign(fmt.Sprint("desk-x", i), 403)
	}
	p.expect()
	for i := range 70 {
		sign(fmt.Sprint("desk-", i), 200)
	}
	if s := p.view.Stats(); len(p.told) != 64 || s.Dropped != 6 || !strings.HasPrefix(p.told[0], "registered phone=desk-0 ") {
		t.Errorf("%d registered, %+v\n%q", len(p.told), s, p.told[:1])
	}
}
