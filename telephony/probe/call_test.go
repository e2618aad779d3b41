package probe_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/probe"
	"dutyline/telephony/ringback"
	"dutyline/telephony/testcall"
)

func ever(testcall.Caller) bool           { return false }
func whenRinging(c testcall.Caller) bool  { return !c.RingingAt.IsZero() }
func whenAnswered(c testcall.Caller) bool { return !c.AnsweredAt.IsZero() }
func whenHeard(c testcall.Caller) bool    { return c.Heard.Kind != ringback.CannotTell }
func atOnce(c testcall.Caller) bool       { return c.Packets > 0 }
func sdp(more ...string) []string {
	return append([]string{"Content-Type", "application/sdp"}, more...)
}
func (x *exchange) trying(r *sip.Request)  { x.say(r, 100, "Trying") }
func (x *exchange) ringing(r *sip.Request) { x.say(r, 180, "Ringing") }

// The whole of a test that goes well: the tone is heard as early sound, the call is cancelled,
// and the exchange confirms it.
func TestACallThatRings(t *testing.T) {
	x := newExchange(t, func(x *exchange, r *sip.Request) {
		switch r.Method {
		case sip.INVITE:
			x.trying(r)
			x.say(r, 183, "Session Progress", sdp()...)
			x.ringing(r)
			go x.play(soundPort(x.t, r), standardTone(8))
		case sip.CANCEL:
			x.cancelled(r)
		}
	})
	met, sound := x.call(probe.Config{}, whenHeard)
	if met.Status != 487 || met.Fault != "" || met.RingingAt.IsZero() || !met.AnsweredAt.IsZero() || met.EndedAt.IsZero() || met.Heard.Kind != ringback.Standard {
		t.Errorf("the call ended as %+v", met)
	}
	if len(sound) < 6*8000 || len(sound) > 9*8000 {
		t.Errorf("%d samples were kept of 8 s", len(sound))
	}
	x.awaitRequests("INVITE CANCEL ACK")
	from := x.called().From()
	if from.DisplayName != "Dutyline test 7f3a" || from.Address.User != "02422739119" || x.called().Recipient.User != "02422739110" {
		t.Errorf("the call shows %s to %s", from, x.called().Recipient.String())
	}
}

func TestCallsEndAsTheExchangeSays(t *testing.T) {
	for name, c := range map[string]struct {
		on       func(x *exchange, r *sip.Request)
		until    func(testcall.Caller) bool
		status   int
		answered bool
		fault    string
		requests string
	}{
		"busy": {on: func(x *exchange, r *sip.Request) {
			if r.Method == sip.INVITE {
				x.trying(r)
				x.say(r, 486, "Busy Here")
			}
		}, until: ever, status: 486, requests: "INVITE ACK"},
		"answered": {on: func(x *exchange, r *sip.Request) {
			switch r.Method {
			case sip.INVITE:
				x.ringing(r)
				x.say(r, 200, "OK", "Contact", "<sip:far@127.0.0.1:9>", "Record-Route", "<sip:127.0.0.1:9;lr>")
			case sip.BYE:
				x.say(r, 200, "OK")
			}
		}, until: whenAnswered, status: 200, answered: true, requests: "INVITE ACK BYE"},
		"answered, and hung up there": {on: func(x *exchange, r *sip.Request) {
			switch r.Method {
			case sip.INVITE:
				x.say(r, 200, "OK")
			case sip.ACK:
				x.raw([]byte("BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\nFrom: " + x.called().To().Value() +
					";tag=far\r\nTo: " + x.called().From().Value() + "\r\nCall-ID: " + x.called().CallID().Value() + "\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"))
			}
		}, until: ever, status: 200, answered: true, requests: "INVITE ACK"},
		"the answer crosses the hang-up": {on: func(x *exchange, r *sip.Request) {
			switch r.Method {
			case sip.INVITE:
				x.ringing(r)
			case sip.CANCEL:
				x.say(r, 200, "OK")
				x.say(x.called(), 200, "OK")
			case sip.BYE:
				x.say(r, 200, "OK")
			}
		}, until: whenRinging, status: 200, answered: true, requests: "INVITE CANCEL ACK BYE"},
		"the account is refused": {on: func(x *exchange, r *sip.Request) {
			if r.Method == sip.INVITE {
				x.say(r, 403, "Forbidden")
			}
		}, until: ever, status: 403, fault: "refuses the account", requests: "INVITE ACK"},
		"a cancelled call that only its CANCEL confirms": {on: func(x *exchange, r *sip.Request) {
			switch r.Method {
			case sip.INVITE:
				x.ringing(r)
			case sip.CANCEL:
				x.say(r, 200, "OK")
			}
		}, until: whenRinging, requests: "INVITE CANCEL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, c.on)
			met, _ := x.call(probe.Config{}, c.until)
			if met.Status != c.status || met.AnsweredAt.IsZero() == c.answered || !strings.Contains(met.Fault, c.fault) || (met.Fault == "") != (c.fault == "") || met.EndedAt.IsZero() {
				t.Errorf("the call ended as %+v", met)
			}
			x.awaitRequests(c.requests)
		})
	}
}

// A hang-up before the exchange has said a word: nothing can be cancelled yet, so its first word
// is waited for. Otherwise the phone would ring with nobody there to stop it.
func TestAHangUpBeforeTheFirstWordStillEndsTheCall(t *testing.T) {
	hungUp := make(chan struct{})
	x := newExchange(t, func(x *exchange, r *sip.Request) {
		switch r.Method {
		case sip.INVITE:
			go x.play(soundPort(x.t, r), standardTone(0.2)) // which tells the caller to hang up
			<-hungUp
			x.ringing(r)
		case sip.CANCEL:
			x.cancelled(r)
		}
	})
	once := false
	met, _ := x.call(probe.Config{}, func(c testcall.Caller) bool {
		if atOnce(c) && !once {
			once = true
			close(hungUp)
		}
		return once
	})
	if met.Status != 487 || met.Fault != "" {
		t.Errorf("the call ended as %+v", met)
	}
	x.awaitRequests("INVITE CANCEL ACK")
}

func TestAnAccountProvesItself(t *testing.T) {
	challenge := `Digest realm="exchange", nonce="abc", algorithm=md5, qop="auth"`
	x := newExchange(t, func(x *exchange, r *sip.Request) {
		switch credentials := r.GetHeader("Proxy-Authorization"); {
		case r.Method == sip.INVITE && credentials == nil:
			x.say(r, 407, "Proxy Authentication Required", "Proxy-Authenticate", challenge)
		case r.Method == sip.INVITE && strings.Contains(credentials.Value(), `username="probe"`) && !strings.Contains(credentials.Value(), "hush"):
			x.ringing(r)
		case r.Method == sip.CANCEL:
			x.cancelled(r)
		}
	})
	met, _ := x.call(probe.Config{User: "probe", Password: "hush", Domain: "example.cn", Prefix: "9"}, whenRinging)
	if met.Status != 487 || met.Fault != "" {
		t.Errorf("the call ended as %+v", met)
	}
	if to := x.called().Recipient.String(); to != "sip:902422739110@example.cn" {
		t.Errorf("it called %s", to)
	}
	never := newExchange(t, func(x *exchange, r *sip.Request) {
		if r.Method == sip.INVITE {
			x.say(r, 401, "Unauthorized", "WWW-Authenticate", challenge)
		}
	})
	if met, _ := never.call(probe.Config{User: "probe", Password: "wrong"}, ever); met.Status != 401 || !strings.Contains(met.Fault, "password") {
		t.Errorf("a password that is never taken ends as %+v", met)
	}
}

// A server that is away, or deaf, ends the call with a sentence and within its bounds.
func TestAServerThatSaysNothing(t *testing.T) {
	x := newExchange(t, func(*exchange, *sip.Request) {})
	began := time.Now()
	met, sound := x.call(probe.Config{}, ever)
	if !strings.Contains(met.Fault, "does not answer") || len(sound) != 0 || !met.TakenAt.IsZero() || time.Since(began) > 20*time.Second {
		t.Errorf("after %v the call ended as %+v", time.Since(began), met)
	}
	met, _ = probe.New(probe.Config{Server: "nowhere.invalid:5060", Number: "1"}).Call(t.Context(), testcall.Order{Number: "110", Token: "x"}, func(testcall.Caller) {})
	if !strings.Contains(met.Fault, "not known") {
		t.Errorf("a name that nobody knows: %+v", met)
	}
	met, _ = probe.New(probe.Config{Server: "127.0.0.1:9", Number: "1"}).Call(t.Context(), testcall.Order{Number: "x\r\ny", Token: "x"}, func(testcall.Caller) {})
	if !strings.Contains(met.Fault, "cannot be dialled") {
		t.Errorf("a number that cannot be dialled: %+v", met)
	}
}

// Whatever comes back, the call ends and nothing else happens: random bytes, messages that lack
// what every message has, broken answers to this very call, broken sound.
func TestHostileAnswers(t *testing.T) {
	torment := [][]byte{nil, []byte("SIP/2.0 200 OK\r\n\r\n"), []byte("SIP/2.0 999999999999 X\r\nCSeq: -1 INVITE\r\n\r\n"),
		[]byte("INVITE"), []byte("\r\n\r\n"), []byte("BYE sip: SIP/2.0\r\nVia: \r\nFrom: \r\nTo: \r\nCall-ID: \r\nCSeq: \r\n\r\n")}
	for seed := range uint64(12) {
		x := newExchange(t, func(x *exchange, r *sip.Request) {
			random := rand.New(rand.NewPCG(seed, uint64(r.CSeq().SeqNo)))
			if r.Method != sip.INVITE {
				x.raw(bytesOf(random, 300))
				x.say(r, 200, "OK")
				return
			}
			for range 40 {
				x.raw(bytesOf(random, 1+random.IntN(1400)))
				x.raw(torment[random.IntN(len(torment))])
				x.raw(mangled(random, r))
			}
			to := soundPort(x.t, r)
			for range 40 {
				_, _ = x.conn.WriteToUDP(bytesOf(random, random.IntN(400)), to)
			}
			x.say(r, 603, "Decline")
		})
		met, _ := x.call(probe.Config{Password: "hush"}, ever)
		if met.EndedAt.IsZero() {
			t.Errorf("seed %d: the call did not end: %+v", seed, met)
		}
	}
}

func bytesOf(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// mangled is an answer to the request with some bytes of it replaced.
func mangled(random *rand.Rand, r *sip.Request) []byte {
	statuses := []int{100, 180, 183, 199, 401, 407, 302}
	res := sip.NewResponseFromRequest(r, statuses[random.IntN(len(statuses))], "So", nil)
	res.AppendHeader(sip.NewHeader("WWW-Authenticate", string(bytesOf(random, random.IntN(60)))))
	b := []byte(res.String())
	for range random.IntN(6) {
		b[random.IntN(len(b))] = byte(random.Uint32())
	}
	return b
}

// Whether the server is there can be asked without calling anybody; a refusal is an answer, too.
func TestReach(t *testing.T) {
	x := newExchange(t, func(x *exchange, r *sip.Request) { x.say(r, 403, "Forbidden") })
	cfg := probe.Config{Server: x.conn.LocalAddr().String(), Number: "02422739119"}
	if err := probe.New(cfg).Reach(t.Context()); err != nil {
		t.Error(err)
	}
	x.awaitRequests("OPTIONS")
	deaf := newExchange(t, func(*exchange, *sip.Request) {})
	cfg.Server = deaf.conn.LocalAddr().String()
	if err := probe.New(cfg).Reach(t.Context()); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("a deaf server: %v", err)
	}
}
