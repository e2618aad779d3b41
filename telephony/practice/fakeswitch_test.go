package practice_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// fakeSwitch is a UDP socket in the place of Asterisk, for what a good switch never does.
type fakeSwitch struct {
	t    *testing.T
	conn *net.UDPConn
}

func newFakeSwitch(t *testing.T) *fakeSwitch {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &fakeSwitch{t: t, conn: conn}
}

func (f *fakeSwitch) address() string { return f.conn.LocalAddr().String() }

// message is what was received, and from where.
type message struct {
	sip.Message
	from *net.UDPAddr
}

func (m message) request() *sip.Request { r, _ := m.Message.(*sip.Request); return r }
func (m message) status() int {
	if r, ok := m.Message.(*sip.Response); ok {
		return r.StatusCode
	}
	return 0
}

// receive waits for the next message; the zero message when none comes in time.
func (f *fakeSwitch) receive(within time.Duration) message {
	f.t.Helper()
	buf := make([]byte, 1<<16)
	_ = f.conn.SetReadDeadline(time.Now().Add(within))
	n, from, err := f.conn.ReadFromUDP(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
		return message{}
	}
	if err != nil {
		f.t.Error(err)
		return message{}
	}
	msg, err := sip.ParseMessage(buf[:n])
	if err != nil {
		f.t.Errorf("what was sent is no SIP: %v\n%s", err, buf[:n])
		return message{}
	}
	return message{msg, from}
}

// await is the next request of a method; others are passed over.
func (f *fakeSwitch) await(method sip.RequestMethod) message {
	f.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		if m := f.receive(time.Until(deadline)); m.Message != nil && m.request() != nil && m.request().Method == method {
			return m
		}
	}
	f.t.Errorf("no %s came within 10 s", method)
	return message{}
}

// awaitStatus is the next response with a status; others are passed over.
func (f *fakeSwitch) awaitStatus(status int) message {
	f.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		if m := f.receive(time.Until(deadline)); m.Message != nil && m.status() == status {
			return m
		}
	}
	f.t.Errorf("no answer %d came within 10 s", status)
	return message{}
}

// answer responds to a request; the tag makes all responses to it one dialog.
func (f *fakeSwitch) answer(m message, status int, body string, headers ...sip.Header) {
	f.t.Helper()
	if m.request() == nil {
		return // the test has failed already
	}
	res := sip.NewResponseFromRequest(m.request(), status, "As The Test Says", nil)
	res.To().Params.Remove("tag")
	res.To().Params.Add("tag", "switch")
	host, port, _ := sip.ParseAddr(f.address())
	if status < 300 && m.request().IsInvite() {
		res.AppendHeader(&sip.ContactHeader{Address: sip.Uri{Scheme: "sip", Host: host, Port: port}})
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if body != "" {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody([]byte(body))
	}
	f.send(res.String(), m.from)
}

// send sends a message as it is written, with line ends as SIP has them.
func (f *fakeSwitch) send(text string, to *net.UDPAddr) {
	f.t.Helper()
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	if _, err := f.conn.WriteToUDP([]byte(text), to); err != nil {
		f.t.Error(err)
	}
}

// sdp offers a port on which nobody listens, with a codec.
func sdp(codec string) string {
	return strings.ReplaceAll("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP "+codec+"\na=sendrecv\n", "\n", "\r\n")
}

// alone is a line on a fake switch: only callers unless the phone is wanted.
func alone(t *testing.T, f *fakeSwitch, phone bool) *stage {
	t.Helper()
	s := &stage{notes: make(chan practice.Note, 1000)}
	s.config = practice.Config{
		SIPAddress: f.address(), DutyPassword: "secret", FarEndAddress: asterisktest.FreeUDP(t), Speech: "off",
		NoPhone: !phone, PollEvery: 30 * time.Millisecond, OnNote: func(n practice.Note) { s.notes <- n },
		Unplanned: practice.Call{AnswerAfter: short, Talk: time.Minute},
	}
	return s
}

// calls places a call in the background; the function returned waits for its end.
func (s *stage) calls(c practice.Call) func() (practice.Result, error) {
	var result practice.Result
	var err error
	var done sync.WaitGroup
	done.Go(func() { result, err = s.line.Call(context.Background(), c, nil) })
	return func() (practice.Result, error) { done.Wait(); return result, err }
}

func udp(t *testing.T, address string) *net.UDPAddr {
	t.Helper()
	a, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
