package main_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// fate is what is to happen to a call.
type fate string

const (
	fateAnswered   fate = "answered"        // after ring, hung up after talk
	fateGivenUp    fate = "caller gives up" // after ring
	fateBusy       fate = "busy"            // 486 at once
	fateDeclined   fate = "declined"        // 603 at once
	fateRejected   fate = "rejected"        // 603 after ring
	fateOutOfReach fate = "unavailable"     // 480 at once
	fateNobody     fate = "nobody answers"  // until the switch stops ringing
)

// plan is the script of one call. The peers keep to it as far as the switch lets them; what
// they then saw is the truth, not the plan.
type plan struct {
	caller  string // a number of its own, by which everybody knows the call
	fate    fate
	ring    time.Duration
	talk    time.Duration
	officer bool // who hangs up an answered call
	media   bool
}

// patience: how long a peer waits for a switch that says nothing.
const (
	firstResend  = 500 * time.Millisecond // T1 of SIP
	noAnswerFrom = 4 * time.Second
	overdue      = 8 * time.Second // beyond the plan
)

// placed is a call under way: both peers write into its truth.
type placed struct {
	plan
	mu    sync.Mutex
	truth truth
}

func (p *placed) note(f func(*truth)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.truth)
}

func (p *placed) seen() truth {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.truth
}

// stamp sets a time once.
func stamp(at *time.Time, now time.Time) {
	if at.IsZero() {
		*at = now
	}
}

// peers are the callers and the duty phone.
type peers struct {
	t       testing.TB
	number  string
	user    string
	secret  string
	switchA string
	callers *sipSocket
	phone   *sipSocket
	deaf    *mediaSocket // named in the offers of calls without sound

	mu    sync.Mutex
	calls map[string]*placed // by caller
	busy  sync.WaitGroup
}

// newPeers opens the sockets; register makes the phone known to the switch.
func newPeers(t testing.TB, switchAddress, number, user, password string) *peers {
	t.Helper()
	p := &peers{t: t, number: number, user: user, secret: password, switchA: switchAddress, calls: map[string]*placed{}}
	p.deaf = openMedia(t)
	t.Cleanup(p.deaf.close)
	p.callers = openSocket(t, switchAddress, refuseStray)
	p.phone = openSocket(t, switchAddress, p.invited)
	return p
}

// refuseStray answers a request that belongs to no call.
func refuseStray(s *sipSocket, m *sipText) {
	switch {
	case m.status() != 0 || m.method() == "ACK":
	case m.method() == "OPTIONS":
		s.send(m.answer(200, "OK", someToken(), ""))
	default:
		s.send(m.answer(481, "Call/Transaction Does Not Exist", someToken(), ""))
	}
}

// invited is the phone's door: a new INVITE begins a call, everything else is stray.
func (p *peers) invited(s *sipSocket, m *sipText) {
	if m.status() != 0 || m.method() != "INVITE" {
		refuseStray(s, m)
		return
	}
	p.mu.Lock()
	call := p.calls[userIn(m.get("from"))]
	p.mu.Unlock()
	if call == nil {
		s.send(m.answer(404, "Not Found", someToken(), ""))
		return
	}
	inbox := s.open(m.get("call-id"))
	p.busy.Go(func() { newCallee(p, call, m, inbox).run() })
}

// expect has the phone do this with a call that somebody else makes.
func (p *peers) expect(pl plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[pl.caller] = &placed{plan: pl, truth: truth{Caller: pl.caller, Plan: pl.fate}}
}

// place makes a call and returns when the caller's side of it is over.
func (p *peers) place(pl plan) *placed {
	call := &placed{plan: pl, truth: truth{Caller: pl.caller, Media: pl.media, Plan: pl.fate}}
	p.mu.Lock()
	p.calls[pl.caller] = call
	p.mu.Unlock()
	newCaller(p, call).run()
	return call
}

// truths is what happened to all calls, when both sides of all of them are over.
func (p *peers) truths() []truth {
	p.busy.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]truth, 0, len(p.calls))
	for _, c := range p.calls {
		all = append(all, c.seen())
	}
	return all
}

// forget lets go of all calls that are over.
func (p *peers) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.calls)
}

// register makes the phone known to the switch; it asks until it succeeds.
func (p *peers) register(within time.Duration) error {
	callID := someToken() + "@phone"
	inbox := p.phone.open(callID)
	defer p.phone.forget(callID)
	uri := "sip:" + p.switchA
	id := fmt.Sprintf("<sip:%s@%s>", p.user, p.switchA)
	req := sipRequest{uri: uri, from: id + ";tag=" + someToken(), to: id, callID: callID, local: p.phone.local()}
	more := []string{fmt.Sprintf("Contact: <sip:%s@%s>", p.user, p.phone.local()), "Expires: 3600"}
	deadline := time.After(within)
	auth := ""
	for cseq := 1; ; cseq++ {
		headers := more
		if auth != "" {
			headers = append(headers[:len(headers):len(headers)], "Authorization: "+auth)
		}
		p.phone.send(req.text("REGISTER", cseq, someToken(), "", headers...))
		select {
		case m := <-inbox:
			switch m.status() {
			case 200:
				return nil
			case 401:
				auth = digest(m.get("www-authenticate"), "REGISTER", uri, p.user, p.secret)
			default:
				<-time.After(100 * time.Millisecond) // the switch is still starting
			}
		case <-time.After(200 * time.Millisecond):
		case <-deadline:
			return fmt.Errorf("the duty phone could not register within %v", within)
		}
	}
}
