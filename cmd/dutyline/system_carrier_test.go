package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/zaf/g711"

	"dutyline/telephony/probe"
	"dutyline/telephony/ringback/ringbacktest"
	"dutyline/telephony/testcall"
)

// carrier is the exchange between the second line and the duty line, which can be made to
// misbehave: it takes the test's call, passes one on to the duty exchange or does not, and plays
// what its caller hears meanwhile.
type carrier struct {
	t    *testing.T
	conn *net.UDPConn
	duty string // SIP address of the duty exchange

	mu      sync.Mutex
	habit   habit
	invite  *sip.Request
	peer    *net.UDPAddr
	onward  context.CancelFunc // ends what was made of the present call
	relayed int                // the last that was said of it
	working sync.WaitGroup
}

// habit is what a carrier does with a call.
type habit struct {
	passOn  bool    // the duty line is called
	status  int     // said to the caller at once: 180, 183, 486, 200; 0: nothing but 100
	plays   []int16 // what the caller hears
	relays  bool    // what the duty line says is said to the caller
	rubbish bool    // it answers with what is no SIP
	numbers string  // what the call shows on the duty line; empty: as it came
}

// The sounds of carriers.
func chinaRing() []int16 {
	return ringbacktest.Play([]float64{450}, []float64{1, 4}, 0, 20, -15)
}
func music() []int16 { // a melody, which is what a custom ring-back is
	var all []int16
	for i := range 60 {
		hz := []float64{523.25, 659.25, 783.99, 659.25, 880, 783.99, 659.25, 587.33}[i%8]
		all = append(all, ringbacktest.Play([]float64{hz, 2 * hz}, []float64{1, 0}, 0, 0.3, -14-float64(i%3)*2)...)
	}
	return all
}

func newCarrier(t *testing.T) *carrier {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	c := &carrier{t: t, conn: conn, onward: func() {}}
	c.working.Go(c.read)
	t.Cleanup(func() {
		conn.Close()
		c.mu.Lock()
		c.onward()
		c.mu.Unlock()
		c.working.Wait()
	})
	return c
}

func (c *carrier) address() string { return c.conn.LocalAddr().String() }

func (c *carrier) behaves(h habit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.habit = h
}

func (c *carrier) read() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := c.conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		m, err := sip.ParseMessage(append([]byte{}, buf[:n]...))
		if r, ok := m.(*sip.Request); ok && err == nil {
			c.take(r, from)
		}
	}
}

func (c *carrier) take(r *sip.Request, from *net.UDPAddr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch r.Method {
	case sip.INVITE:
		if c.invite != nil && c.invite.CallID().Value() == r.CallID().Value() {
			return // sent again
		}
		c.invite, c.peer = r, from
		c.begin(r)
	case sip.CANCEL:
		c.say(r, 200, "OK")
		c.say(c.invite, 487, "Request Terminated")
		c.onward()
	case sip.BYE:
		c.say(r, 200, "OK")
		c.onward()
	}
}

func (c *carrier) begin(r *sip.Request) {
	ctx, stop := context.WithCancel(context.Background())
	c.onward = stop
	h := c.habit
	c.relayed = 0
	if h.rubbish {
		random := rand.New(rand.NewPCG(1, 2))
		for range 200 {
			b := make([]byte, 1+random.IntN(900))
			for i := range b {
				b[i] = byte(random.Uint32())
			}
			_, _ = c.conn.WriteToUDP(b, c.peer)
		}
		_, _ = c.conn.WriteToUDP([]byte("SIP/2.0 200 OK\r\nCall-ID: "+r.CallID().Value()+"\r\nCSeq: x\r\n\r\n"), c.peer)
		c.say(r, 500, "Server Error")
		return
	}
	c.say(r, 100, "Trying")
	if h.passOn {
		token := strings.TrimPrefix(r.From().DisplayName, testcall.NamePrefix)
		number := r.From().Address.User
		if h.numbers != "" {
			number = h.numbers
		}
		dialled := r.Recipient.User
		c.working.Go(func() {
			probe.New(probe.Config{Server: c.duty, Number: number}).Call(ctx, testcall.Order{Number: dialled, Token: token}, func(met testcall.Caller) {
				if h.relays {
					c.relay(r, met)
				}
			})
		})
	}
	if h.status != 0 {
		c.say(r, h.status, map[int]string{180: "Ringing", 183: "Session Progress", 486: "Busy Here", 200: "OK"}[h.status])
	}
	if len(h.plays) > 0 {
		_, after, _ := strings.Cut(string(r.Body()), "m=audio ")
		var port int
		_, _ = fmt.Sscan(after, &port)
		c.working.Go(func() { c.play(ctx, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, h.plays) })
	}
}

func (c *carrier) say(r *sip.Request, status int, reason string) {
	res := sip.NewResponseFromRequest(r, status, reason, nil)
	if to := res.To(); status > 100 && !to.Params.Has("tag") {
		to.Params.Add("tag", "carrier")
	}
	_, _ = c.conn.WriteToUDP([]byte(res.String()), c.peer)
}

// relay says to the caller what the duty line says, each thing once.
func (c *carrier) relay(r *sip.Request, met testcall.Caller) {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := 0
	switch {
	case met.Over() && met.Status >= 300:
		status = met.Status
	case !met.AnsweredAt.IsZero():
		status = 200
	case !met.RingingAt.IsZero():
		status = 180
	}
	if status > c.relayed {
		c.relayed = status
		c.say(r, status, "Relayed")
	}
}

// play sends sound as it would be heard, a packet each 20 ms.
func (c *carrier) play(ctx context.Context, to *net.UDPAddr, samples []int16) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	began, sent := time.Now(), 0
	for {
		for ; sent*160+160 <= len(samples) && time.Since(began) >= time.Duration(sent)*20*time.Millisecond; sent++ {
			packet := make([]byte, 12, 172)
			packet[0], packet[1] = 0x80, 8
			binary.BigEndian.PutUint16(packet[2:], uint16(sent))
			binary.BigEndian.PutUint32(packet[4:], uint32(sent*160))
			binary.BigEndian.PutUint32(packet[8:], 7)
			for _, s := range samples[sent*160 : sent*160+160] {
				packet = append(packet, g711.EncodeAlawFrame(s))
			}
			_, _ = c.conn.WriteToUDP(packet, to)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
