package probe_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/probe"
	"dutyline/telephony/ringback/ringbacktest"
	"dutyline/telephony/testcall"
)

// exchange is the far side of a call, which does what a test wants: on is told each request and
// answers by say.
type exchange struct {
	t    *testing.T
	conn *net.UDPConn
	on   func(x *exchange, r *sip.Request)

	mu     sync.Mutex
	peer   *net.UDPAddr
	got    []*sip.Request
	invite *sip.Request
}

func newExchange(t *testing.T, on func(x *exchange, r *sip.Request)) *exchange {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	x := &exchange{t: t, conn: conn, on: on}
	var reading sync.WaitGroup
	reading.Go(x.read)
	t.Cleanup(func() { conn.Close(); reading.Wait() })
	return x
}

func (x *exchange) read() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := x.conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		m, err := sip.ParseMessage(append([]byte{}, buf[:n]...))
		r, ok := m.(*sip.Request)
		if err != nil || !ok {
			continue
		}
		x.mu.Lock()
		x.peer = from
		x.got = append(x.got, r)
		if r.Method == sip.INVITE {
			x.invite = r
		}
		x.mu.Unlock()
		x.on(x, r)
	}
}

// say answers a request.
func (x *exchange) say(r *sip.Request, status int, reason string, more ...string) {
	res := sip.NewResponseFromRequest(r, status, reason, nil)
	if to := res.To(); status > 100 && !to.Params.Has("tag") {
		to.Params.Add("tag", "far")
	}
	for i := 0; i+1 < len(more); i += 2 {
		res.AppendHeader(sip.NewHeader(more[i], more[i+1]))
	}
	x.raw([]byte(res.String()))
}

func (x *exchange) raw(b []byte) {
	x.mu.Lock()
	peer := x.peer
	x.mu.Unlock()
	_, _ = x.conn.WriteToUDP(b, peer) // a peer that has gone is no fault of the exchange
}

// requests are the methods that came, in order, without repetitions of the one before.
func (x *exchange) requests() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all []string
	for i, r := range x.got {
		if i == 0 || x.got[i-1].Method != r.Method {
			all = append(all, string(r.Method))
		}
	}
	return strings.Join(all, " ")
}

// awaitRequests waits until the exchange was sent just these.
func (x *exchange) awaitRequests(any ...string) {
	x.t.Helper()
	asterisktest.Eventually(x.t, 2*time.Second, "the exchange was sent "+strings.Join(any, " or "), func() bool {
		return slices.Contains(any, x.requests())
	})
}

// called is the call as the exchange saw it.
func (x *exchange) called() *sip.Request {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.invite
}

// cancelled answers a CANCEL as an exchange does.
func (x *exchange) cancelled(r *sip.Request) {
	x.say(r, 200, "OK")
	x.say(x.called(), 487, "Request Terminated")
}

// soundPort is where the caller wants to hear.
func soundPort(t *testing.T, r *sip.Request) *net.UDPAddr {
	t.Helper()
	_, after, found := strings.Cut(string(r.Body()), "m=audio ")
	var port int
	if _, err := fmt.Sscan(after, &port); !found || err != nil {
		t.Errorf("no port for sound in %s", r.Body())
	}
	return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
}

// play sends sound as RTP, ten times as fast as it would be heard: the time stamps say when it was.
func (x *exchange) play(to *net.UDPAddr, samples []int16) {
	for i := 0; i+160 <= len(samples); i += 160 {
		packet := make([]byte, 12, 172)
		packet[0], packet[1] = 0x80, 8
		binary.BigEndian.PutUint16(packet[2:], uint16(i/160))
		binary.BigEndian.PutUint32(packet[4:], uint32(i))
		binary.BigEndian.PutUint32(packet[8:], 7)
		for _, s := range samples[i : i+160] {
			packet = append(packet, alaw(s))
		}
		_, _ = x.conn.WriteToUDP(packet, to)
		<-time.After(2 * time.Millisecond) // the socket's buffer is not without end, and the machine may be busy
	}
}

// alaw compands a sample.
func alaw(s int16) byte {
	sign, v := byte(0xD5), int(s)>>3
	if v < 0 {
		sign, v = 0x55, -v-1
	}
	exponent, top := 0, 0x1F
	for exponent < 7 && v > top {
		exponent, top = exponent+1, top<<1|1
	}
	mantissa := v >> 1
	if exponent > 1 {
		mantissa = v >> exponent
	}
	return (byte(exponent)<<4 | byte(mantissa)&0x0F) ^ sign
}

// standardTone is the ring-back of China for so many seconds.
func standardTone(seconds float64) []int16 {
	return ringbacktest.Play([]float64{450}, []float64{1, 4}, 0, seconds, -15)
}

// follow collects what is reported of a call, and hangs up when told.
type follow struct {
	mu     sync.Mutex
	latest testcall.Caller
	until  func(testcall.Caller) bool
	hangUp context.CancelFunc
}

func (f *follow) report(c testcall.Caller) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latest = c
	if f.until != nil && f.until(c) {
		f.hangUp()
	}
}

// call places a call to the exchange and hangs up when until says so.
func (x *exchange) call(cfg probe.Config, until func(testcall.Caller) bool) (testcall.Caller, []byte) {
	x.t.Helper()
	ctx, cancel := context.WithCancel(x.t.Context())
	defer cancel()
	f := &follow{until: until, hangUp: cancel}
	cfg.Server = x.conn.LocalAddr().String()
	if cfg.Number == "" {
		cfg.Number = "02422739119"
	}
	if err := cfg.Validate(); err != nil {
		x.t.Fatal(err)
	}
	return probe.New(cfg).Call(ctx, testcall.Order{Number: "02422739110", Token: "7f3a"}, f.report)
}

// last is the last request of a kind; nil: none came.
func (x *exchange) last(method sip.RequestMethod) *sip.Request {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range slices.Backward(x.got) {
		if r.Method == method {
			return r
		}
	}
	return nil
}
