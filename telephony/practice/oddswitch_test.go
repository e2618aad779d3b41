package practice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/practice"
)

// The calling end against a switch that does odd things.
func TestCallerAgainstAnOddSwitch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		giveUp time.Duration
		does   func(f *fakeSwitch, invite message)
		fault  string // in the error; else
		want   seen
	}{
		{"out of service", 0, func(f *fakeSwitch, m message) { f.answer(m, 503, "") }, "", seen{near: 503}},
		{"asks for a password", 0, func(f *fakeSwitch, m message) {
			f.answer(m, 401, "", sip.NewHeader("WWW-Authenticate", `Digest realm="x", nonce="y", algorithm=MD5`))
		}, "", seen{near: 401}},
		{"redirects", 0, func(f *fakeSwitch, m message) { f.answer(m, 302, "") }, "", seen{near: 302}},
		{"answers without a description of sound", 0, func(f *fakeSwitch, m message) {
			f.answer(m, 200, "")
			f.await(sip.ACK)
			f.answer(f.await(sip.BYE), 200, "")
		}, "no sound is possible", seen{}},
		{"answers with a codec that we do not speak", 0, func(f *fakeSwitch, m message) {
			f.answer(m, 200, sdp("18"))
			f.await(sip.ACK)
			f.answer(f.await(sip.BYE), 200, "")
		}, "no sound is possible", seen{}},
		{"answers twice because the ACK was lost", 0, func(f *fakeSwitch, m message) {
			f.answer(m, 200, sdp("8"))
			f.await(sip.ACK)
			f.answer(m, 200, sdp("8"))
			f.await(sip.ACK)
			f.answer(f.await(sip.BYE), 200, "")
		}, "", seen{near: 200, talk: true, hungUpBy: practice.Caller}},
		{"hangs up", 0, func(f *fakeSwitch, m message) {
			f.answer(m, 200, sdp("8"))
			ack := f.await(sip.ACK)
			f.send(bye(m, f), ack.from)
			f.awaitStatus(200)
		}, "", seen{near: 200, talk: true, hungUpBy: practice.Officer}},
		{"answers while the call is being cancelled", short, func(f *fakeSwitch, m message) {
			f.answer(m, 180, "")
			cancel := f.await(sip.CANCEL)
			f.answer(m, 200, sdp("8"))
			f.answer(cancel, 200, "")
			f.await(sip.ACK)
			f.answer(f.await(sip.BYE), 200, "")
		}, "", seen{near: 200, talk: true, gaveUp: true, hungUpBy: practice.Caller}},
		{"rings many times and confirms the cancellation", short, func(f *fakeSwitch, m message) {
			f.answer(m, 100, "")
			f.answer(m, 180, "")
			f.answer(m, 183, "")
			f.answer(f.await(sip.CANCEL), 200, "")
			f.answer(m, 487, "")
		}, "", seen{near: 487, gaveUp: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeSwitch(t)
			s := alone(t, f, false)
			s.run(t)
			end := s.calls(practice.Call{From: "02422730001", Talk: talk, GiveUpAfter: c.giveUp})
			c.does(f, f.await(sip.INVITE))
			r, err := end()
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("%v, want %q in it", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := seen{near: r.Near.Status, talk: r.Answered(), gaveUp: r.GaveUp, hungUpBy: r.HungUpBy}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// bye ends the dialog that the INVITE began, from the switch's side.
func bye(invite message, f *fakeSwitch) string {
	r := invite.request()
	if r == nil {
		return "the test has failed already"
	}
	return fmt.Sprintf("BYE %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-bye\nFrom: %s;tag=switch\nTo: %s\nCall-ID: %s\nCSeq: 7 BYE\nMax-Forwards: 70\nContent-Length: 0\n\n",
		r.Contact().Address.String(), f.address(), r.To().Value(), r.From().Value(), r.CallID().Value())
}

// The INVITE of a caller is what the network would send.
func TestInviteShowsTheCaller(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	s := alone(t, f, false)
	s.run(t)
	for _, c := range []struct {
		call             practice.Call
		user, name, host string
		privacy          bool
	}{
		{practice.Call{From: "02422730001", Name: "沈河区应急局"}, "02422730001", "沈河区应急局", "127.0.0.1", false},
		{practice.Call{From: "+8613912345678", Name: `say "hi" \o/`}, "+8613912345678", `say \"hi\" \\o/`, "127.0.0.1", false},
		{practice.Call{From: "110"}, "110", "", "127.0.0.1", false},
		{practice.Call{Anonymous: true}, "anonymous", "Anonymous", "anonymous.invalid", true},
		{practice.Call{From: "110", Name: strings.Repeat("长", 5000)}, "110", strings.Repeat("长", 5000), "127.0.0.1", false},
	} {
		end := s.calls(c.call)
		m := f.await(sip.INVITE)
		f.answer(m, 486, "")
		if _, err := end(); err != nil {
			t.Fatal(err)
		}
		from := m.request().From()
		if from.Address.User != c.user || from.DisplayName != c.name || from.Address.Host != c.host {
			t.Errorf("%v: From %.80s", c.call, from.Value())
		}
		if got := m.request().GetHeader("Privacy") != nil; got != c.privacy {
			t.Errorf("%v: privacy %v", c.call, got)
		}
		if to := m.request().Recipient.User; to != "02422739110" {
			t.Errorf("%v: called %q", c.call, to)
		}
		if body := string(m.request().Body()); !strings.Contains(body, "PCMA/8000") || !strings.Contains(body, "m=audio ") {
			t.Errorf("%v: offers %q", c.call, body)
		}
	}
}

// request writes a request to the far end as some switch might send it.
func request(method, number, branch, more, body string, f *fakeSwitch) string {
	return fmt.Sprintf("%s sip:%s@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s\nFrom: <sip:duty@127.0.0.1>;tag=f%s\nTo: <sip:%s@127.0.0.1>%s\nCall-ID: %s\nCSeq: 1 %s\nMax-Forwards: 70\nContent-Length: %d\n\n%s",
		method, number, f.address(), branch, branch, number, more, branch, method, len(body), body)
}

func (f *fakeSwitch) contact() string { return "\nContact: <sip:" + f.address() + ">" }

// The called end against requests that no good switch sends.
func TestFarEndAgainstOddRequests(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	s := alone(t, f, false)
	s.run(t)
	far := udp(t, s.config.FarEndAddress)
	for i, c := range []struct {
		name, method, number, more, body string
		want                             int
	}{
		{"is it there", "OPTIONS", "1", "", "", 200},
		{"hangs up a call that is not there", "BYE", "1", ";tag=x", "", 481},
		{"cancels a call that is not there", "CANCEL", "1", "", "", 481},
		{"renews a call that is not there", "INVITE", "1", ";tag=x" + f.contact(), sdp("8"), 481},
		{"calls without a contact", "INVITE", "1", "", sdp("8"), 400},
		{"calls without sound", "INVITE", "13800001111", f.contact(), "", 488},
		{"calls with foreign sound", "INVITE", "13800001111", f.contact(), sdp("18"), 488},
		{"calls an engaged number", "INVITE", "02422730486", f.contact(), sdp("8"), 486},
		{"subscribes", "SUBSCRIBE", "1", f.contact(), "", 405},
	} {
		branch := fmt.Sprintf("odd%d", i)
		f.send(request(c.method, c.number, branch, c.more, c.body, f), far)
		m := f.receive(5 * time.Second)
		for m.Message != nil && m.status() < 200 {
			m = f.receive(5 * time.Second)
		}
		if m.Message == nil || m.status() != c.want {
			t.Errorf("%s: answered %d, want %d", c.name, m.status(), c.want)
		}
		if c.method == "INVITE" && m.Message != nil {
			f.send(request("ACK", c.number, branch, c.more, "", f), far)
		}
	}
	for _, garbage := range []string{"", "hello", "INVITE\n\n", "INVITE sip:1 SIP/2.0\n\n", strings.Repeat("\x00\xff", 1000), "SIP/2.0 200 OK\nCSeq: x\n\n"} {
		f.send(garbage, far)
	}
	f.send(request("OPTIONS", "1", "alive", "", "", f), far)
	f.awaitStatus(200)
}

// A request that is repeated because its answer was lost is one call; a renewed session
// description is agreed to.
func TestFarEndRepeatsAndRenews(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	s := alone(t, f, false)
	s.run(t)
	far := udp(t, s.config.FarEndAddress)
	invite := request("INVITE", "13800001111", "one", f.contact(), sdp("8"), f)
	f.send(invite, far)
	f.awaitStatus(180)
	f.send(invite, far)
	f.awaitStatus(180)
	m := f.awaitStatus(200)
	if m.Message == nil {
		return
	}
	tag, _ := m.Message.(*sip.Response).To().Params.Get("tag")
	f.send(request("ACK", "13800001111", "one-ack", ";tag="+tag, "", f), far) // another Call-ID: not this call's
	f.send(dialog(request("ACK", "13800001111", "ack", ";tag="+tag, "", f)), far)
	f.send(strings.Replace(dialog(request("INVITE", "13800001111", "again", ";tag="+tag+f.contact(), sdp("8"), f)), "CSeq: 1", "CSeq: 2", 1), far)
	if again := f.awaitStatus(200); again.Message != nil && !strings.Contains(string(again.Message.(*sip.Response).Body()), "PCMA/8000") {
		t.Error("the renewed description is empty")
	}
	f.send(strings.Replace(dialog(request("BYE", "13800001111", "end", ";tag="+tag, "", f)), "CSeq: 1", "CSeq: 3", 1), far)
	f.awaitStatus(200)
	placed := 0
	for len(s.notes) > 0 {
		if n := <-s.notes; n.Kind == practice.CallPlaced {
			placed++
		}
	}
	if placed != 1 {
		t.Errorf("%d calls were seen, want 1", placed)
	}
}

// dialog gives a request the Call-ID and tag of the call "one".
func dialog(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "Call-ID:"):
			lines[i] = "Call-ID: one"
		case strings.HasPrefix(l, "From:"):
			lines[i] = l[:strings.Index(l, ";tag=")] + ";tag=fone"
		}
	}
	return strings.Join(lines, "\n")
}

func TestWithoutAPhoneOnlyCallersCall(t *testing.T) {
	t.Parallel()
	f := newFakeSwitch(t)
	s := alone(t, f, false)
	s.config.DutyPassword = ""
	s.run(t)
	if _, err := s.line.Call(t.Context(), practice.Call{To: "110"}, nil); err == nil || !strings.Contains(err.Error(), "no simulated phone") {
		t.Errorf("the officer called without a phone: %v", err)
	}
	if err := s.line.Place(t.Context(), practice.Call{From: "fire"}); err == nil || !strings.Contains(err.Error(), "holds 'f'") {
		t.Errorf("a bad call was accepted: %v", err)
	}
	if err := s.line.Place(t.Context(), practice.Call{From: "110"}); err != nil {
		t.Error(err)
	}
	f.answer(f.await(sip.INVITE), 404, "")
	s.awaitText(t, practice.CallRefused, "no phone is registered")
}

func (s *stage) awaitText(t *testing.T, kind practice.NoteKind, text string) {
	t.Helper()
	if n := s.await(t, kind); !strings.Contains(n.Text, text) {
		t.Errorf("said %q, want %q in it", n.Text, text)
	}
}

func TestSilentSwitchIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := alone(t, newFakeSwitch(t), false)
	s.run(t)
	if _, err := s.line.Call(t.Context(), practice.Call{From: "110"}, nil); err == nil || !strings.Contains(err.Error(), "does not answer the call") {
		t.Errorf("a call into the void: %v", err)
	}
	// The end of the line does not wait either.
	end := s.calls(practice.Call{From: "110"})
	s.await(t, practice.CallPlaced)
	s.await(t, practice.CallPlaced)
	begin := time.Now()
	s.end(t)
	if r, err := end(); err != nil || !r.GaveUp || time.Since(begin) > time.Second {
		t.Errorf("after %v: %+v, %v", time.Since(begin), r, err)
	}
}
