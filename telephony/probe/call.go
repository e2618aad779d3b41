package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/ringback"
	"dutyline/telephony/testcall"
)

// Line is the second line.
type Line struct{ cfg Config }

// New is the second line that a checked configuration describes.
func New(cfg Config) *Line { return &Line{cfg} }

// Call calls a number and follows the call to its end, which comes at the latest a few seconds
// after ctx ends. report is told whatever is new, from several goroutines, one at a time. The
// sound is what the caller heard before an answer, A-law at 8 kHz.
func (l *Line) Call(ctx context.Context, o testcall.Order, report func(testcall.Caller)) (met testcall.Caller, alaw []byte) {
	c := &call{report: report, says: o.Says, longest: o.Longest}
	if c.longest == 0 {
		c.longest = longest
	}
	c.met.InvitedAt = time.Now()
	if err := c.open(l.cfg, o.Number, o.Token); err != nil {
		c.update(func(m *testcall.Caller) { m.Fault, m.EndedAt = err.Error(), time.Now() })
		return c.met, nil
	}
	defer c.close()
	c.runSafely(ctx)
	c.sound.stopKeeping()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.met, c.sound.alaw
}

// call is one call. Its goroutines are run, which decides; one that reads the messages, and one
// that reads the sound.
type call struct {
	*dialog
	conn   *net.UDPConn
	server netip.AddrPort
	sound  *sound
	in     chan any // *sip.Response or *sip.Request, parsed and ours
	report func(testcall.Caller)
	mu     sync.Mutex
	met    testcall.Caller
	read   sync.WaitGroup
	done   chan struct{} // closed when nothing more is to be read or said

	says    []byte // to who answers
	longest time.Duration
	waiting *sip.Request // sent again until it is answered
	again   time.Duration
	retry   *time.Timer
	limit   *time.Timer // of what is waited for
	asked   bool        // to hang up
	heard   bool        // something came for the present INVITE: only then it can be cancelled
	tries   int         // at proving who we are
	success *sip.Response
	over    bool
}

func (c *call) open(cfg Config, number, token string) error {
	if !dialable(number) {
		return fmt.Errorf("%q cannot be dialled: write the duty number into lines[].number", number)
	}
	server, err := net.ResolveUDPAddr("udp", cfg.Server)
	if err != nil {
		return fmt.Errorf("the second line's server %s is not known: %w", cfg.Server, err)
	}
	local := &net.UDPAddr{IP: net.ParseIP(cfg.From)}
	if cfg.From == "" {
		way, err := net.DialUDP("udp", nil, server) // sends nothing
		if err != nil {
			return fmt.Errorf("the second line's server %s cannot be reached: %w", cfg.Server, err)
		}
		local.IP = way.LocalAddr().(*net.UDPAddr).IP
		_ = way.Close()
	}
	if c.conn, err = net.ListenUDP("udp", local); err != nil {
		return fmt.Errorf("no test can be made from %s: %w", local.IP, err)
	}
	rtp, err := net.ListenUDP("udp", local)
	if err != nil {
		return errors.Join(fmt.Errorf("no sound can be heard on %s: %w", local.IP, err), c.conn.Close())
	}
	_ = rtp.SetReadBuffer(1 << 20) // a busy machine reads late, and a lost packet is a hole in the tone
	c.server = netip.AddrPortFrom(server.AddrPort().Addr().Unmap(), server.AddrPort().Port())
	c.sound = &sound{conn: rtp, heard: func(packets int, v ringback.Verdict) {
		c.update(func(m *testcall.Caller) { m.Packets, m.Heard = packets, v })
	}}
	c.sound.allow(c.server.Addr())
	c.dialog = newDialog(cfg, c.conn.LocalAddr().(*net.UDPAddr), number, token)
	c.in = make(chan any, 16)
	return nil
}

// close waits until nothing of the call is left.
func (c *call) close() {
	_ = c.conn.Close()
	_ = c.sound.conn.Close()
	c.read.Wait()
}

func (c *call) update(change func(*testcall.Caller)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.met)
	c.report(c.met)
}

// runSafely makes of a mistake in here a call with a fault: the daemon has better to do than to
// end because of a test.
func (c *call) runSafely(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			c.end(0, fmt.Sprintf("the test call could not be followed: %v", p))
		}
	}()
	c.run(ctx)
}

// run follows the call until it is over.
func (c *call) run(ctx context.Context) {
	c.retry, c.limit = time.NewTimer(time.Hour), time.NewTimer(firstAnswer)
	defer c.retry.Stop()
	defer c.limit.Stop()
	c.done = make(chan struct{})
	defer close(c.done)
	c.read.Go(func() { c.listen(c.done) })
	c.read.Go(c.sound.read)
	c.send(c.invite(c.sound.address(), nil))
	stop := ctx.Done()
	for !c.over {
		select {
		case m := <-c.in:
			c.take(m)
		case <-c.retry.C:
			c.sendAgain()
		case <-stop:
			stop = nil
			c.hangUp()
		case <-c.limit.C:
			c.expire()
		}
	}
}

// send sends a request that is sent again until it is answered.
func (c *call) send(r *sip.Request) {
	c.waiting, c.again = r, sip.T1
	c.write(r)
	c.retry.Reset(c.again)
}

func (c *call) sendAgain() {
	if c.waiting == nil {
		return
	}
	c.write(c.waiting)
	c.again = min(2*c.again, sip.T2)
	c.retry.Reset(c.again)
}

// write sends once. What does not arrive is sent again, or nobody answers and the limit says so.
func (c *call) write(m interface{ String() string }) {
	_, _ = c.conn.WriteToUDPAddrPort([]byte(m.String()), c.server)
}

// hangUp ends the call in the way that its state allows. What was not heard of cannot be
// cancelled yet: the first word of the other side is waited for then.
func (c *call) hangUp() {
	if c.asked {
		return
	}
	c.asked = true
	c.limit.Reset(farewell)
	switch {
	case c.success != nil:
		c.bye()
	case c.heard:
		c.send(c.cancel())
	}
}

func (c *call) bye() { c.send(c.inside(sip.BYE, c.success, c.seq+1)) }

// expire is reached when the other side does not do what it should.
func (c *call) expire() {
	switch {
	case !c.asked && !c.heard:
		c.end(0, "the second line's server "+c.cfg.Server+" does not answer: look at its address, at the network and at the firewall")
	case !c.asked: // nobody ended it
		c.hangUp()
	case !c.heard:
		c.end(0, "the second line's server "+c.cfg.Server+" said nothing, so that the call could not be cancelled either")
	default:
		c.end(0, "")
	}
}

// end is the end of the call; a status of 0 leaves what is known.
func (c *call) end(status int, fault string) {
	c.over = true
	c.update(func(m *testcall.Caller) {
		m.EndedAt = time.Now()
		if status != 0 {
			m.Status = status
		}
		if m.Fault == "" {
			m.Fault = fault
		}
	})
}

// take takes one message; what does not belong here does nothing.
func (c *call) take(m any) {
	switch m := m.(type) {
	case *sip.Request:
		if m.Method != sip.BYE || c.success == nil {
			return
		}
		c.write(sip.NewResponseFromRequest(m, sip.StatusOK, "OK", nil))
		c.end(0, "")
	case *sip.Response:
		seq := m.CSeq()
		switch {
		case seq.MethodName == sip.INVITE && seq.SeqNo == c.seq:
			c.takeAnswer(m)
		case seq.MethodName == sip.CANCEL && seq.SeqNo == c.seq:
			if c.waiting != nil && c.waiting.Method == sip.CANCEL && !m.IsProvisional() {
				c.waiting = nil // the INVITE's own end follows
			}
		case seq.MethodName == sip.BYE && !m.IsProvisional() && c.asked:
			c.end(0, "")
		}
	}
}

// takeAnswer takes what is said of the call itself.
func (c *call) takeAnswer(m *sip.Response) {
	switch {
	case m.IsProvisional():
		c.progress(m)
	case m.IsSuccess():
		c.write(c.inside(sip.ACK, m, c.seq))
		if c.success == nil {
			c.answered(m)
		}
	case c.success != nil: // it has been answered: this is none
	default:
		c.write(c.refusedAck(m))
		c.refused(m)
	}
}

// progress is a word before the answer.
func (c *call) progress(m *sip.Response) {
	if c.success != nil {
		return
	}
	first := !c.heard
	c.heard = true
	if c.waiting != nil && c.waiting.Method == sip.INVITE {
		c.waiting = nil
	}
	if a, ok := soundFrom(m.Body()); ok {
		c.sound.allow(a)
	}
	c.update(func(met *testcall.Caller) {
		now := time.Now()
		if met.TakenAt.IsZero() {
			met.TakenAt = now
		}
		if m.StatusCode == sip.StatusRinging && met.RingingAt.IsZero() {
			met.RingingAt = now
		}
	})
	switch {
	case first && c.asked:
		c.send(c.cancel())
	case first:
		c.limit.Reset(c.longest)
	}
}

func (c *call) answered(m *sip.Response) {
	c.success, c.heard, c.waiting = m, true, nil
	c.sound.stopKeeping()
	c.update(func(met *testcall.Caller) {
		now := time.Now()
		if met.TakenAt.IsZero() {
			met.TakenAt = now
		}
		met.AnsweredAt, met.Status = now, m.StatusCode
	})
	if c.asked { // the answer crossed the hang-up
		c.bye()
		return
	}
	to, ok := soundTo(m.Body())
	if len(c.says) == 0 || !ok {
		c.limit.Reset(firstAnswer) // then it is hung up, whoever forgot to
		return
	}
	c.limit.Reset(c.longest)
	c.read.Go(func() { c.say(to, c.done) })
}

// refused is a final answer that is no success. A server that asks who calls is told, once and
// again where its question has grown old.
func (c *call) refused(m *sip.Response) {
	if asks := m.StatusCode == sip.StatusUnauthorized || m.StatusCode == sip.StatusProxyAuthRequired; asks && !c.asked && c.tries < 2 {
		if credentials, ok := c.credentials(m); ok {
			c.tries++
			c.seq++
			c.heard = false
			c.limit.Reset(firstAnswer)
			c.send(c.invite(c.sound.address(), credentials))
			return
		}
	}
	fault := ""
	switch m.StatusCode {
	case sip.StatusUnauthorized, sip.StatusProxyAuthRequired, sip.StatusForbidden:
		fault = fmt.Sprintf("the second line's server refuses the account (SIP %d): look at user and password of tests.second_line", m.StatusCode)
	}
	c.update(func(met *testcall.Caller) {
		if met.TakenAt.IsZero() {
			met.TakenAt = time.Now()
		}
	})
	c.end(m.StatusCode, fault)
}

// listen reads messages until the socket is closed, and hands on those of this call.
func (c *call) listen(done <-chan struct{}) {
	buf := make([]byte, maxDatagram)
	for range maxMessages {
		n, from, err := c.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue // a port that nobody listens on, for instance
		}
		if from.Addr().Unmap() != c.server.Addr() {
			continue
		}
		m := parse(bytes.Clone(buf[:n]), c.callID)
		if m == nil {
			continue
		}
		select {
		case c.in <- m:
		case <-done:
			return
		}
	}
}

// parse reads a message of this call; nil: it is none. Whatever the bytes make of the parser,
// nothing more comes of it.
func parse(b []byte, callID string) (ours any) {
	defer func() {
		if recover() != nil {
			ours = nil
		}
	}()
	m, err := sip.ParseMessage(b)
	if err != nil || m.CallID() == nil || m.CallID().Value() != callID || m.CSeq() == nil || m.From() == nil || m.To() == nil || m.Via() == nil {
		return nil
	}
	return m
}
