package main

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icholy/digest"

	"dutyline/config"
	"dutyline/telephony/asterisk"
	"dutyline/telephony/asterisk/asterisktest"
)

// socket is the network side of a phone that is registered: it answers the switch when it asks
// whether it is there, until somebody pulls a cable.
type socket struct {
	t       *testing.T
	address string
	conn    net.PacketConn
	silent  atomic.Bool
	asked   atomic.Int64 // OPTIONS that came
	replies chan string  // what the switch answered to it
	done    chan struct{}
}

// plugIn opens the socket.
func plugIn(t *testing.T, address string) *socket {
	t.Helper()
	s := &socket{t: t, address: address, replies: make(chan string, 8)}
	s.open()
	t.Cleanup(s.unplug)
	return s
}

func (s *socket) open() {
	s.t.Helper()
	conn, err := net.ListenPacket("udp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.conn, s.done = conn, make(chan struct{})
	go s.answer()
}

// unplug closes the port: whoever sends to it is told by the kernel that nobody is there.
func (s *socket) unplug() {
	_ = s.conn.Close()
	<-s.done
}

func (s *socket) answer() {
	defer close(s.done)
	buf := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if bytes.HasPrefix(buf[:n], []byte("SIP/2.0 ")) {
			select {
			case s.replies <- string(buf[:n]):
			default: // nobody asked
			}
		}
		if !bytes.HasPrefix(buf[:n], []byte("OPTIONS ")) {
			continue
		}
		s.asked.Add(1)
		if s.silent.Load() {
			continue
		}
		var b strings.Builder
		b.WriteString("SIP/2.0 200 OK\r\n")
		for line := range strings.SplitSeq(string(buf[:n]), "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			switch strings.ToLower(name) {
			case "via", "from", "call-id", "cseq":
				b.WriteString(line + "\r\n")
			case "to":
				b.WriteString(line + ";tag=here\r\n")
			}
		}
		b.WriteString("Content-Length: 0\r\n\r\n")
		_, _ = s.conn.WriteTo([]byte(b.String()), from)
	}
}

// register registers the duty phone at this very socket, so that there is no moment in which the switch knows
// where it is and nobody answers there.
func (s *socket) register(p *asterisk.Process) {
	s.t.Helper()
	server, err := net.ResolveUDPAddr("udp", p.Settings.SIPAddress)
	if err != nil {
		s.t.Fatal(err)
	}
	who, uri, login := fmt.Sprintf("<sip:%s@%s>", p.Settings.DutyUser, server), "sip:"+server.String(), ""
	for n := range 2 { // without the password, which the switch refuses with a challenge, and with it
		request := fmt.Sprintf("REGISTER %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\nFrom: %s;tag=here\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d REGISTER\r\nContact: <sip:%s@%s>\r\nExpires: 3600\r\n%sContent-Length: 0\r\n\r\n",
			uri, s.address, strings.ReplaceAll(s.address, ":", "."), n, who, who, s.address, n+1, p.Settings.DutyUser, s.address, login)
		if _, err := s.conn.WriteTo([]byte(request), server); err != nil {
			s.t.Fatal(err)
		}
		var reply string
		select {
		case reply = <-s.replies:
		case <-time.After(5 * time.Second * asterisktest.Patience):
			s.t.Fatal("the switch does not answer a registration")
		}
		if strings.HasPrefix(reply, "SIP/2.0 200") {
			return
		}
		_, asked, _ := strings.Cut(reply, "WWW-Authenticate: ")
		asked, _, _ = strings.Cut(asked, "\r\n")
		challenge, err := digest.ParseChallenge(asked)
		if err != nil {
			s.t.Fatalf("no challenge: %v\n%s", err, reply)
		}
		answer, err := digest.Digest(challenge, digest.Options{Method: "REGISTER", URI: uri, Username: p.Settings.DutyUser, Password: p.Settings.DutyPassword})
		if err != nil {
			s.t.Fatal(err)
		}
		login = "Authorization: " + answer.String() + "\r\n"
	}
	s.t.Fatal("the switch does not take the duty phone's password")
}

// wireAlert is an alert as other programs read it.
type wireAlert struct {
	Reason     string         `json:"reason"`
	Certainty  string         `json:"certainty"`
	Severity   string         `json:"severity"`
	State      string         `json:"state"`
	CallID     string         `json:"call_id"`
	Detail     string         `json:"detail"`
	Evidence   []wireEvidence `json:"evidence"`
	OpenedAt   *time.Time     `json:"opened_at"`
	ResolvedAt *time.Time     `json:"resolved_at"`
	FoundAt    *time.Time     `json:"found_at"`
	Times      int            `json:"times"`
	Reopened   int            `json:"reopened"`
}

// alertsOf lists the alerts of a reason, the newest first.
func (d *desk) alertsOf(reason string) (found []wireAlert) {
	d.t.Helper()
	var l wireList[wireAlert]
	d.want(200, "GET", "/api/v1/alerts?limit=500", nil, &l)
	for _, a := range l.Items {
		if a.Reason == reason {
			found = append(found, a)
		}
	}
	return found
}

type wireLamp struct {
	Lamp     string     `json:"lamp"`
	State    string     `json:"state"`
	Severity string     `json:"severity"`
	Since    *time.Time `json:"since"`
	Cause    string     `json:"cause"`
	Detail   string     `json:"detail"`
	Why      string     `json:"why"`
}

type wireLamps struct {
	Line  string     `json:"line"`
	State string     `json:"state"`
	At    *time.Time `json:"at"`
	Lamps []wireLamp `json:"lamps"`
}

func (d *desk) lamp(name string) wireLamp {
	d.t.Helper()
	var l wireLamps
	d.want(200, "GET", "/api/v1/health/line", nil, &l)
	for _, lamp := range l.Lamps {
		if lamp.Lamp == name {
			return lamp
		}
	}
	return wireLamp{}
}

// awaitLamp waits until a lamp has a cause.
func (d *desk) awaitLamp(within time.Duration, name, cause string) (l wireLamp) {
	d.t.Helper()
	defer func() {
		if l.Cause != cause {
			d.t.Logf("the lamp %s is %+v", name, l)
		}
	}()
	d.await(within, "the lamp "+name+" shows "+cause, func() bool {
		l = d.lamp(name)
		return l.Cause == cause
	})
	return l
}

// A real phone is unplugged, first so that its port is closed, then so that it is silent: each time
// the alert comes within twice the qualify interval and a second, by the switch's own clock, once,
// and is over when the phone is back. Then another machine registers in its place: one alert says so,
// however often it registers again, and nothing else flaps.
func TestSystemPhoneUnplugged(t *testing.T) {
	t.Parallel()
	const qualify = 4 * time.Second
	r := newRoom(t, func(s *asterisk.Settings, c *config.Config) {
		s.Qualify = qualify
		c.Alerts.Damping = 0 // each time is an alert of its own
		c.SIP.Address = asterisktest.FreeUDP(t)
		s.HEPAddress = c.SIP.Address
	})
	address := asterisktest.FreeUDP(t)
	asterisktest.Register(t, r.sw, address)
	phone := plugIn(t, address)
	r.desk.await(4*qualify, "the phone is asked twice", func() bool { return phone.asked.Load() >= 2 }) // whoever registered for it is gone since
	r.awaitLine("idle")
	before := len(r.desk.alertsOf("phone_unreachable"))
	if l := r.desk.awaitLamp(10*time.Second, "phone", "phone_ok"); l.State != "good" || l.Since == nil {
		t.Errorf("the phone is well and its lamp says %+v", l)
	}
	for i, c := range []struct {
		how      string
		away, in func()
	}{
		{"its port closed", phone.unplug, phone.open},
		{"silent", func() { phone.silent.Store(true) }, func() { phone.silent.Store(false) }},
	} {
		asked := phone.asked.Load()
		r.desk.await(4*qualify, "the phone was asked once more", func() bool { return phone.asked.Load() > asked })
		began := time.Now()
		c.away()
		r.awaitAlerts(4*qualify, "phone_unreachable", before+i+1, "open")
		a := r.desk.alertsOf("phone_unreachable")[0]
		if after := a.OpenedAt.Sub(began); after > 2*qualify+time.Second || a.Severity != "critical" || a.Certainty != "certain" {
			t.Errorf("unplugged, %s: the alert is of %v after, at most %v are allowed: %+v", c.how, after, 2*qualify+time.Second, a)
		} else {
			t.Logf("unplugged, %s: the alert is of %v after, and on the page after %v", c.how, after.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
		}
		if l := r.desk.awaitLamp(10*time.Second, "phone", "phone_offline"); l.State != "bad" || l.Severity != "critical" || l.Since.Sub(*a.OpenedAt).Abs() > time.Second {
			t.Errorf("unplugged, %s: the lamp says %+v, the alert is of %v", c.how, l, a.OpenedAt)
		}
		c.in()
		r.awaitAlerts(4*qualify, "phone_unreachable", before+i+1, "resolved")
		r.desk.awaitLamp(10*time.Second, "phone", "phone_ok")
	}
	moved := strings.Replace(asterisktest.FreeUDP(t), "127.0.0.1", "127.0.0.3", 1)
	asterisktest.Register(t, r.sw, moved)
	other := plugIn(t, moved)
	r.awaitAlerts(10*time.Second, "registration_moved", 1, "open")
	r.desk.awaitLamp(10*time.Second, "device", "device_moved")
	r.desk.await(8*qualify, "the other phone is asked several times", func() bool { return other.asked.Load() >= 3 })
	// This phone listens only after it registered: the switch's first question may be lost, and the second comes as late as the alert.
	if moves, away := r.desk.alertsOf("registration_moved"), r.desk.alertsOf("phone_unreachable"); len(moves) != 1 || len(away) > before+3 || away[0].State != "resolved" || !strings.Contains(moves[0].Detail, "127.0.0.1 → 127.0.0.3") {
		t.Errorf("after the phone registered from another address: moved %+v, unreachable %+v", moves, away)
	}
}

// awaitAlerts waits until there are n alerts of a reason and the newest is in a state.
func (r *room) awaitAlerts(within time.Duration, reason string, n int, state string) {
	r.t.Helper()
	var found []wireAlert
	defer func() {
		if len(found) != n {
			r.t.Logf("%s: %+v", reason, found)
		}
	}()
	r.desk.await(within, "an alert "+reason+" is "+state, func() bool {
		found = r.desk.alertsOf(reason)
		return len(found) == n && (n == 0 || found[0].State == state)
	})
}

// The duty phone is registered here, and a device at another address answers its calls: to Asterisk's
// events and journal it is the duty phone. SIP shows the stranger, and one critical alert names it.
// Where the phone itself answers there is none, whether it stays or registers from elsewhere.
func TestSystemAnotherDeviceAnswers(t *testing.T) {
	t.Parallel()
	stranger := strings.Replace(asterisktest.FreeUDP(t), "127.0.0.1", "127.0.0.3", 1)
	for name, c := range map[string]struct {
		alter   bool
		strange int
	}{"stranger": {true, 1}, "phone": {false, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t, func(s *asterisk.Settings, cfg *config.Config) {
				cfg.SIP.Address = asterisktest.FreeUDP(t)
				s.HEPAddress = cfg.SIP.Address
				if c.alter {
					asterisktest.Rewrite(t, s, "Dial(PJSIP/{{.DutyUser}},", "Dial(PJSIP/{{.DutyUser}}/sip:{{.DutyUser}}@"+stranger+",")
				}
			})
			tone := asterisktest.Tone(t, 600, time.Second)
			phone := asterisktest.FreeUDP(t)
			asterisktest.Register(t, r.sw, phone)
			if c.alter {
				plugIn(t, phone)
				phone = stranger
			}
			answers := asterisktest.FarEnd(t, phone, 300*time.Millisecond, tone)
			asterisktest.WaitOnline(t, r.sw, "duty")
			r.awaitLine("idle")
			r.calls("caller", caller{number: "02488882000", talk: time.Second, hertz: callerTone}).Must(t)
			answers.Finish(t)
			call := r.desk.settled(1)[0]
			if call.Outcome != "answered_in_time" || slices.Contains(call.Findings, "wrong_device") != c.alter {
				t.Errorf("the call is %s", call.brief())
			}
			r.awaitAlerts(5*time.Second, "wrong_device", c.strange, "open")
			for _, a := range r.desk.alertsOf("wrong_device") {
				if a.Certainty != "certain" || a.Severity != "critical" || a.CallID != call.ID || a.Detail != "duty: 127.0.0.3 ≠ 127.0.0.1" {
					t.Errorf("the alert is %+v", a)
				}
				r.desk.awaitLamp(10*time.Second, "device", "device_strange")
			}
			if c.strange == 0 {
				r.desk.awaitLamp(10*time.Second, "device", "device_ok")
			}
			r.desk.awaitLamp(10*time.Second, "proof", "proof_call")
			r.desk.awaitLamp(10*time.Second, "record", "record_ok")
		})
	}
}
