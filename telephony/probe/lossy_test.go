package probe_test

import (
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/probe"
	"dutyline/telephony/testcall"
)

// Over a network that loses things a call still ends as it should: each request is sent until it
// is answered, and an answer that comes again is confirmed again.
func TestMessagesThatAreLost(t *testing.T) {
	for name, lost := range map[string]sip.RequestMethod{"the call": sip.INVITE, "the cancelling": sip.CANCEL, "the hang-up": sip.BYE} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen atomic.Int32
			x := newExchange(t, func(x *exchange, r *sip.Request) {
				if r.Method == lost && seen.Add(1) == 1 {
					return
				}
				switch r.Method {
				case sip.INVITE:
					x.ringing(r)
					if lost == sip.BYE {
						x.say(r, 200, "OK")
					}
				case sip.CANCEL:
					x.cancelled(r)
				case sip.BYE:
					x.say(r, 200, "OK")
				}
			})
			until := whenRinging
			if lost == sip.BYE {
				until = whenAnswered
			}
			met, _ := x.call(probe.Config{}, until)
			if met.Fault != "" || seen.Load() < 2 || lost != sip.BYE && met.Status != 487 {
				t.Errorf("%d times; the call ended as %+v", seen.Load(), met)
			}
		})
	}
}

func TestAnAnswerThatComesAgainIsConfirmedAgain(t *testing.T) {
	var acks atomic.Int32
	x := newExchange(t, func(x *exchange, r *sip.Request) {
		switch r.Method {
		case sip.INVITE:
			for range 3 {
				x.say(r, 200, "OK")
			}
		case sip.ACK:
			acks.Add(1)
		case sip.BYE:
			x.say(r, 200, "OK")
		}
	})
	twice := false
	x.call(probe.Config{}, func(c testcall.Caller) bool {
		twice = twice || !c.AnsweredAt.IsZero()
		return twice
	})
	if acks.Load() == 0 {
		t.Error("an answer was not confirmed")
	}
	bye := x.last(sip.BYE)
	if bye == nil || bye.CSeq().SeqNo != 2 || !strings.Contains(bye.To().Value(), ";tag=") {
		t.Errorf("the hang-up is %v", bye)
	}
}

// Whoever placed the call forgets it: it is hung up all the same.
func TestAnAnsweredCallDoesNotLastForEver(t *testing.T) {
	x := newExchange(t, func(x *exchange, r *sip.Request) {
		switch r.Method {
		case sip.INVITE:
			x.say(r, 200, "OK")
		case sip.BYE:
			x.say(r, 200, "OK")
		}
	})
	began := time.Now()
	met, _ := x.call(probe.Config{}, ever)
	if took := time.Since(began); took > 15*time.Second || met.AnsweredAt.IsZero() || met.Fault != "" {
		t.Errorf("after %v: %+v", took, met)
	}
	x.awaitRequests("INVITE ACK BYE")
}

// Messages of another call, or of a request that was never sent, change nothing of this one.
func TestMessagesOfOthersChangeNothing(t *testing.T) {
	x := newExchange(t, func(x *exchange, r *sip.Request) {
		switch r.Method {
		case sip.INVITE:
			of := sip.NewResponseFromRequest(r, 486, "Busy Here", nil)
			x.raw([]byte(strings.ReplaceAll(of.String(), r.CallID().Value(), "another"))) // of another call
			stale := strings.Replace(of.String(), "CSeq: 1 INVITE", "CSeq: 9 INVITE", 1)
			x.raw([]byte(stale)) // of a request that was never sent
			x.raw([]byte(strings.Replace(of.String(), "CSeq: 1 INVITE", "CSeq: 1 NOTIFY", 1)))
			x.ringing(r)
		case sip.CANCEL:
			x.cancelled(r)
		}
	})
	met, _ := x.call(probe.Config{}, whenRinging)
	if met.Status != 487 {
		t.Errorf("the call ended as %+v", met)
	}
}

func TestWhereSoundComesFrom(t *testing.T) {
	for body, want := range map[string]string{
		"v=0\r\nc=IN IP4 192.0.2.7\r\nm=audio 9 RTP/AVP 8\r\n": "192.0.2.7",
		"v=0\nc=IN IP6 2001:db8::7\n":                          "2001:db8::7",
		"c=IN IP4 media.example.cn\r\n":                        "",
		"c=IN IP4\r\n":                                         "",
		"":                                                     "",
		"v=0\r\nm=audio 9 RTP/AVP 8\r\n":                       "",
	} {
		got, ok := probe.SoundFrom([]byte(body))
		if ok != (want != "") || ok && got != netip.MustParseAddr(want) {
			t.Errorf("%q: %v %v, want %q", body, got, ok, want)
		}
	}
}
