package main_test

import (
	"fmt"
	"net"
	"testing"
	"time"
)

// standIn plays the switch to the bench's own peers, to see that they keep their books right.
type standIn struct {
	t    *testing.T
	conn *net.UDPConn
}

func newStandIn(t *testing.T) (*standIn, *peers) {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &standIn{t, conn}, newPeers(t, conn.LocalAddr().String(), "02422739110", "duty", "secret")
}

// hears waits for one message: a method, or a status.
func (s *standIn) hears(want string) (*sipText, *net.UDPAddr) {
	s.t.Helper()
	_ = s.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 64<<10)
	n, from, err := s.conn.ReadFromUDP(buf)
	if err != nil {
		s.t.Fatalf("waiting for %s: %v", want, err)
	}
	m, ok := parseSIP(string(buf[:n]))
	if !ok || m.status() == 0 && m.method() != want || m.status() != 0 && fmt.Sprint(m.status()) != want {
		s.t.Fatalf("heard %q, want %s", m.start, want)
	}
	return m, from
}

func (s *standIn) says(to *net.UDPAddr, text string) {
	if _, err := s.conn.WriteToUDP([]byte(text), to); err != nil {
		s.t.Error(err)
	}
}

func begin(p *peers, pl plan) <-chan truth {
	done := make(chan truth, 1)
	go func() { done <- p.place(pl).seen() }()
	return done
}

// What a switch that hears badly or never answers does to a call is in the books.
func TestACallerCountsWhatItHadToSayAgain(t *testing.T) {
	s, p := newStandIn(t)
	over := begin(p, plan{caller: "110", fate: fateBusy})
	s.hears("INVITE") // the first one goes unheard
	m, from := s.hears("INVITE")
	s.says(from, m.answer(100, "Trying", "", ""))
	s.says(from, m.answer(486, "Busy Here", "x", ""))
	s.hears("ACK")
	if got := <-over; got.Retransmits != 1 || got.Status != 486 || got.TryingAt.Sub(got.InvitedAt) < firstResend || got.Cut {
		t.Errorf("an INVITE that was heard the second time: %+v", got)
	}
	over = begin(p, plan{caller: "111", fate: fateAnswered})
	for range 4 {
		s.hears("INVITE")
	}
	if got := <-over; got.Retransmits != 3 || got.reached() || !got.failed() || !got.Cut {
		t.Errorf("a switch that never answered: %+v", got)
	}
}

func TestACallerHangsUpAndIsHungUpOn(t *testing.T) {
	s, p := newStandIn(t)
	answer := func(over <-chan truth) (*sipText, *net.UDPAddr) {
		m, from := s.hears("INVITE")
		s.says(from, m.answer(180, "Ringing", "x", ""))
		s.says(from, m.answer(200, "OK", "x", sdp(9), "Contact: <sip:"+s.conn.LocalAddr().String()+">"))
		s.hears("ACK")
		return m, from
	}
	over := begin(p, plan{caller: "110", fate: fateAnswered, talk: 50 * time.Millisecond})
	answer(over)
	m, from := s.hears("BYE")
	s.says(from, m.answer(200, "OK", "", ""))
	if got := <-over; got.HungUpBy != "caller" || got.HungUpAt.Sub(got.AnsweredAt) < 50*time.Millisecond || got.RingingAt.IsZero() || got.Cut {
		t.Errorf("a caller who hung up: %+v", got)
	}
	over = begin(p, plan{caller: "111", fate: fateAnswered, officer: true, talk: time.Minute})
	m, from = answer(over)
	req := sipRequest{uri: uriIn(m.get("contact")), from: m.get("to") + ";tag=x", to: m.get("from"), callID: m.get("call-id"), local: s.conn.LocalAddr().String()}
	s.says(from, req.text("BYE", 1, "z", ""))
	s.hears("200")
	if got := <-over; got.HungUpBy != "officer" {
		t.Errorf("a caller who was hung up on: %+v", got)
	}
	over = begin(p, plan{caller: "112", fate: fateGivenUp, ring: 50 * time.Millisecond})
	m, from = s.hears("INVITE")
	s.says(from, m.answer(180, "Ringing", "x", ""))
	c, _ := s.hears("CANCEL")
	s.says(from, c.answer(200, "OK", "x", ""))
	s.says(from, m.answer(487, "Request Terminated", "x", ""))
	s.hears("ACK")
	if got := <-over; got.LeftAt.Sub(got.RingingAt) < 50*time.Millisecond || got.Status != 487 {
		t.Errorf("a caller who gave up: %+v", got)
	}
}

func TestThePhoneKeepsToThePlan(t *testing.T) {
	s, p := newStandIn(t)
	phone := p.phone.conn.LocalAddr().(*net.UDPAddr)
	call := &placed{plan: plan{caller: "110", fate: fateAnswered, ring: 50 * time.Millisecond, talk: 50 * time.Millisecond, officer: true}}
	p.calls["110"] = call
	req := sipRequest{uri: "sip:duty@" + phone.String(), from: "<sip:110@x>;tag=a", to: "<sip:duty@x>", callID: "c1", local: s.conn.LocalAddr().String()}
	invite := req.text("INVITE", 1, "b1", sdp(9), "Contact: <sip:sw@"+s.conn.LocalAddr().String()+">")
	s.says(phone, invite)
	s.hears("180")
	s.says(phone, invite) // said again: answered again, not a second call
	s.hears("180")
	m, _ := s.hears("200")
	req.to = m.get("to")
	s.says(phone, req.text("ACK", 1, "b2", ""))
	bye, _ := s.hears("BYE")
	s.says(phone, bye.answer(200, "OK", "", ""))
	p.busy.Wait()
	got := call.seen()
	if got.PhoneInvited != 1 || got.PhoneStatus != 200 || got.HungUpBy != "officer" || got.PhoneFinalAt.Sub(got.PhoneRangAt) < 50*time.Millisecond {
		t.Errorf("the phone's books: %+v", got)
	}
	strange := req
	strange.from, strange.callID, strange.to = "<sip:999@x>;tag=a", "c2", "<sip:duty@x>"
	s.says(phone, strange.text("INVITE", 1, "b3", ""))
	s.hears("404")
	s.says(phone, strange.text("OPTIONS", 2, "b4", ""))
	s.hears("200")
}
