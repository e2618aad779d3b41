package hep_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/hep"
)

// post is a listener that runs until the test ends, and a socket that sends to it.
type post struct {
	t        *testing.T
	listener *hep.Listener
	registry *prometheus.Registry
	socket   net.Conn
	log      lockedBuffer
	stop     func() error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newPost(t *testing.T, c hep.Config, sink func(hep.Message)) *post {
	t.Helper()
	p := &post{t: t, registry: prometheus.NewRegistry()}
	if c.Address == "" {
		c.Address = "127.0.0.1:0"
	}
	c.Log = slog.New(slog.NewTextHandler(&p.log, nil))
	p.listener = hep.New(c, p.registry)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.listener.Run(ctx, sink) }()
	p.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-p.listener.Ready():
	case err := <-ended:
		t.Fatal(err)
	}
	socket, err := net.Dial("udp", p.listener.Status().Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	p.socket = socket
	return p
}

func (p *post) send(frame []byte) {
	p.t.Helper()
	if _, err := p.socket.Write(frame); err != nil {
		p.t.Fatal(err)
	}
}

// figure is the value of a metric, of one reason where one is given.
func (p *post) figure(name, reason string) float64 {
	p.t.Helper()
	families, err := p.registry.Gather()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "dutyline_sip_mirror_"+name {
			continue
		}
		for _, m := range f.GetMetric() {
			if reason == "" || len(m.GetLabel()) == 1 && m.GetLabel()[0].GetValue() == reason {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	p.t.Fatalf("no figure %s of reason %q", name, reason)
	return 0
}

func TestMessagesComeInOrderWithTheirEvidence(t *testing.T) {
	got := make(chan hep.Message, 200)
	p := newPost(t, hep.Config{KeepRaw: true}, func(m hep.Message) { got <- m })
	var last time.Duration
	for i := range 100 {
		payload := invite(fmt.Sprint("Call-ID: n", i))
		p.send(encode(packet(pbx, desk, payload)))
		m := <-got
		if m.CallID != fmt.Sprint("n", i) || m.From != pbx || !m.At.Equal(noon) || m.Up < last || !bytes.Equal(m.Raw, payload) {
			t.Fatalf("message %d: %+v", i, m)
		}
		last = m.Up
	}
	s := p.listener.Status()
	if s.Received != 100 || s.Decoded != 100 || s.Refused != 0 || s.Lost != 0 || s.Problem != "" || s.Last.IsZero() {
		t.Errorf("%+v", s)
	}
	if p.figure("received_total", "") != 100 || p.figure("decoded_total", "") != 100 || p.figure("listening", "") != 1 {
		t.Error("the figures say something else than the state")
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if s := p.listener.Status(); s.Address != "" || !strings.Contains(s.Problem, "is not open") || p.figure("listening", "") != 0 {
		t.Errorf("after the end: %+v", s)
	}
}

func TestGarbageIsCountedByReasonAndStopsNothing(t *testing.T) {
	got := make(chan hep.Message, 1)
	p := newPost(t, hep.Config{}, func(m hep.Message) { got <- m })
	rtcp := packet(pbx, desk, []byte("{}"))
	rtcp.Protocol = hep.ProtocolRTCP
	for range 3 {
		p.send([]byte("garbage"))
		p.send(encode(rtcp))
		p.send(encode(packet(pbx, desk, []byte("no SIP"))))
		p.send(frameOf(piece{0, 15, []byte("x")}))
	}
	p.send(encode(packet(pbx, desk, invite())))
	if m := <-got; m.CallID != "c" || m.Raw != nil {
		t.Errorf("%+v", m)
	}
	for _, r := range []hep.Reason{hep.NotHEP, hep.OtherProtocol, hep.NotSIP, hep.Incomplete} {
		if n := p.figure("refused_total", string(r)); n != 3 {
			t.Errorf("%v refused as %s", n, r)
		}
		if n := strings.Count(p.log.String(), "("+string(r)+")"); n != 1 {
			t.Errorf("%s was logged %d times:\n%s", r, n, p.log.String())
		}
	}
	if s := p.listener.Status(); s.Received != 13 || s.Refused != 12 || s.Decoded != 1 {
		t.Errorf("%+v", s)
	}
}

// A sink that hangs delays nobody: what does not fit is lost and counted, and what waits comes
// when the sink goes on.
func TestWhatDoesNotFitIsLostAndCounted(t *testing.T) {
	for name, c := range map[string]hep.Config{
		"by number": {Queue: 10},
		"by bytes":  {QueueBytes: 10 * len(encode(packet(pbx, desk, invite("Call-ID: 00"))))},
	} {
		t.Run(name, func(t *testing.T) {
			entered, goOn, got := make(chan bool), make(chan bool), make(chan hep.Message, 100)
			first := true
			p := newPost(t, c, func(m hep.Message) {
				if first {
					first = false
					entered <- true
					<-goOn
				}
				got <- m
			})
			p.send(encode(packet(pbx, desk, invite("Call-ID: 00"))))
			<-entered
			for i := range 50 {
				p.send(encode(packet(pbx, desk, invite(fmt.Sprintf("Call-ID: %02d", i+1)))))
			}
			asterisktest.Eventually(t, 10*time.Second, "all 51 datagrams are read", func() bool { return p.listener.Status().Received == 51 })
			asterisktest.Eventually(t, 10*time.Second, "40 of them are lost", func() bool { return p.listener.Status().Lost == 40 })
			close(goOn)
			for i := range 11 {
				if m := <-got; m.CallID != fmt.Sprintf("%02d", i) {
					t.Errorf("message %d is %s", i, m.CallID)
				}
			}
			if n := p.figure("lost_total", ""); n != 40 || strings.Count(p.log.String(), "are lost") != 1 {
				t.Errorf("%v lost, the log says\n%s", n, p.log.String())
			}
			p.send(encode(packet(pbx, desk, invite("Call-ID: 99"))))
			if m := <-got; m.CallID != "99" {
				t.Errorf("afterwards %s came", m.CallID)
			}
		})
	}
}

// What the kernel drops because nobody took it in time is counted with the next one that comes:
// every datagram that was sent is among those that came or those that are lost.
func TestWhatTheKernelDropsIsCounted(t *testing.T) {
	p := newPost(t, hep.Config{Senders: []netip.Addr{netip.MustParseAddr("127.0.0.2")}}, func(hep.Message) {}) // ours are refused at once: no queue
	sent, large := uint64(0), make([]byte, 60_000)                                                             // a few of them fill the kernel's buffer
	asterisktest.Eventually(t, 30*time.Second, "the kernel drops some", func() bool {
		for range 500 {
			p.send(large)
			sent++
		}
		return p.listener.Status().Lost > 0
	})
	asterisktest.Eventually(t, 10*time.Second, "all are accounted for", func() bool {
		if s := p.listener.Status(); s.Received+s.Lost == sent {
			return true
		}
		p.send([]byte("the next one")) // with it the kernel says what it dropped last
		sent++
		return false
	})
	if lost := p.figure("lost_total", ""); lost != float64(p.listener.Status().Lost) || strings.Count(p.log.String(), "are lost") != 1 {
		t.Errorf("%v lost, the log says\n%s", lost, p.log.String())
	}
}

// Only loopback may send, or else only who is named.
func TestStrangersMayNotSend(t *testing.T) {
	for _, c := range []struct {
		name    string
		senders []netip.Addr
		trusted bool
	}{
		{"loopback", nil, true},
		{"named", []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1")}, true},
		{"another one is named", []netip.Addr{netip.MustParseAddr("127.0.0.2")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make(chan hep.Message, 1)
			p := newPost(t, hep.Config{Senders: c.senders}, func(m hep.Message) { got <- m })
			p.send(encode(packet(pbx, desk, invite())))
			if c.trusted {
				<-got
				return
			}
			asterisktest.Eventually(t, 10*time.Second, "the stranger is refused", func() bool { return p.listener.Status().Refused == 1 })
			if p.figure("refused_total", string(hep.Stranger)) != 1 || len(got) != 0 || !strings.Contains(p.log.String(), "127.0.0.1 may not send") {
				t.Errorf("%+v\n%s", p.listener.Status(), p.log.String())
			}
		})
	}
}

func TestAnAddressThatIsTakenIsNamedWithTheRemedy(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	l := hep.New(hep.Config{Address: taken.LocalAddr().String()}, nil)
	err = l.Run(t.Context(), func(hep.Message) {})
	if err == nil || !strings.Contains(err.Error(), "in use") || !strings.Contains(err.Error(), "capture_address") {
		t.Errorf("%v", err)
	}
	if s := l.Status(); s.Problem == "" || s.Remedy == "" {
		t.Errorf("%+v", s)
	}
	_ = taken.Close() // the remedy was followed: now it can be heard
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx, func(hep.Message) {}) }()
	<-l.Ready()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestSilenceIsAProblem(t *testing.T) {
	var mu sync.Mutex
	up := time.Hour
	set := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); up = d }
	uptime := func() time.Duration { mu.Lock(); defer mu.Unlock(); return up }
	got := make(chan hep.Message)
	p := newPost(t, hep.Config{Uptime: uptime, Quiet: time.Minute}, func(m hep.Message) { got <- m })
	says := func(want string) {
		t.Helper()
		s := p.listener.Status()
		if want == "" && s.Problem != "" || !strings.Contains(s.Problem, want) || (s.Remedy == "") != (want == "") {
			t.Errorf("%q, %q; want %q", s.Problem, s.Remedy, want)
		}
	}
	says("")
	set(time.Hour + 2*time.Minute)
	says("not sent a copy of any SIP message yet")
	p.send(encode(packet(pbx, desk, invite())))
	if m := <-got; m.Up != time.Hour+2*time.Minute {
		t.Errorf("stamped %v", m.Up)
	}
	says("")
	set(time.Hour + 4*time.Minute)
	says("no copy of a SIP message for 2m0s")
	p.send([]byte("garbage")) // is no sign of life
	asterisktest.Eventually(t, 10*time.Second, "it is refused", func() bool { return p.listener.Status().Refused == 1 })
	says("no copy of a SIP message for 2m0s")
}
