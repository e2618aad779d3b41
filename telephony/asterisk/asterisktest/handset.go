package asterisktest

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
	"github.com/zaf/g711"
)

// Manners are what a handset does with one call.
type Manners struct {
	Status  int           // answer with this SIP status instead of taking the call; 0: it is taken
	To      string        // of a 302: the number that the call is sent to
	Silent  bool          // rings for ever
	After   time.Duration // rings so long before that
	Key     string        // pressed once it heard Listen
	Info    bool          // the key goes by SIP INFO and not by RFC 4733
	HangUp  bool          // it hangs up after Listen (and its key, if any)
	Listen  time.Duration // of sound before it does anything
	Pressed func()        // told right before the key
	Voice   Voice         // what it says
}

// Rung is one call as the handset had it.
type Rung struct {
	Number, From string
	Heard        []int16 // 8 kHz, since the answer
	Answered     bool
	Over         bool
}

// Handset is a real SIP phone behind the trunk: it is called, hears and presses keys. What it does
// with the call of each number is decided when it comes.
type Handset struct {
	t       testing.TB
	dialogs *sipgo.DialogServerCache
	manners func(number string) Manners
	running sync.WaitGroup
	end     chan struct{}

	mu   sync.Mutex
	rung []*Rung
}

// StartHandset listens at Settings.TrunkContact's address until the test ends.
func StartHandset(t testing.TB, local string, manners func(number string) Manners) *Handset {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	host, port, _ := net.SplitHostPort(local)
	ua, err := sipgo.NewUA(sipgo.WithUserAgent("handset"), sipgo.WithUserAgentHostname(host),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(quiet)), sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sipgo.NewServer(ua, sipgo.WithServerLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	client, err := sipgo.NewClient(ua, sipgo.WithClientLogger(quiet), sipgo.WithClientConnectionAddr(local))
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(port)
	h := &Handset{t: t, manners: manners, end: make(chan struct{})}
	h.dialogs = sipgo.NewDialogServerCache(client, sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "handset", Host: host, Port: number}})
	server.OnInvite(func(req *sip.Request, tx sip.ServerTransaction) {
		h.running.Add(1)
		defer h.running.Done()
		h.invited(req, tx, host)
	})
	server.OnAck(func(req *sip.Request, tx sip.ServerTransaction) { _ = h.dialogs.ReadAck(req, tx) })
	server.OnBye(func(req *sip.Request, tx sip.ServerTransaction) { _ = h.dialogs.ReadBye(req, tx) })
	server.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil))
	})
	socket, err := net.ListenPacket("udp", local)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.ServeUDP(socket) // ends when the socket is closed
	}()
	t.Cleanup(func() {
		close(h.end)
		h.running.Wait()
		_ = ua.Close()
		_ = socket.Close()
		<-served
	})
	return h
}

// Rung lists the calls that came, the oldest first.
func (h *Handset) Rung() []Rung {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []Rung
	for _, r := range h.rung {
		all = append(all, *r)
	}
	return all
}

func (h *Handset) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// invited sees to one call until it is over.
func (h *Handset) invited(req *sip.Request, tx sip.ServerTransaction, host string) {
	d, err := h.dialogs.ReadInvite(req, tx)
	if err != nil {
		return
	}
	defer d.Close()
	r := &Rung{Number: req.Recipient.User, From: req.From().Address.User}
	h.set(func() { h.rung = append(h.rung, r) })
	defer h.set(func() { r.Over = true })
	m := h.manners(r.Number)
	if d.Respond(sip.StatusRinging, "Ringing", nil) != nil {
		return
	}
	l, err := openLeg(d, host)
	if err != nil {
		h.t.Error(err)
		return
	}
	defer l.Close()
	rung := make(chan struct{})
	answered := sync.OnceFunc(func() { close(rung) })
	defer answered()
	if m.Voice.Early {
		if d.Respond(sip.StatusSessionInProgress, "Session Progress", []byte(l.offer), sip.NewHeader("Content-Type", "application/sdp")) != nil {
			return
		}
		go m.Voice.speak(l, l.far, 0, 0xea51, rung)
	}
	wait := time.NewTimer(m.After)
	defer wait.Stop()
	due := wait.C
	if m.Silent {
		due = nil
	}
	select {
	case <-d.Context().Done():
		return
	case <-h.end:
		return
	case <-due:
	}
	answered()
	if m.Status != 0 {
		var headers []sip.Header
		if m.To != "" {
			headers = append(headers, &sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: m.To, Host: host}})
		}
		_ = d.Respond(m.Status, "No", nil, headers...)
		return
	}
	h.talk(d, r, m, l)
}

var rtpPort = regexp.MustCompile(`m=audio (\d+)`)

// leg is the sound of one call.
type leg struct {
	net.PacketConn
	far   net.Addr
	offer string // what it says of itself
}

func openLeg(d *sipgo.DialogServerSession, host string) (*leg, error) {
	found := rtpPort.FindStringSubmatch(string(d.InviteRequest.Body()))
	if found == nil {
		return nil, fmt.Errorf("the offer has no sound: %s", d.InviteRequest.Body())
	}
	far, err := net.ResolveUDPAddr("udp", net.JoinHostPort(host, found[1]))
	if err != nil {
		return nil, err
	}
	sound, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	return &leg{sound, far, fmt.Sprintf("v=0\r\no=h 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n",
		host, host, sound.LocalAddr().(*net.UDPAddr).Port)}, nil
}

// talk answers, listens and does what it is to do.
func (h *Handset) talk(d *sipgo.DialogServerSession, r *Rung, m Manners, l *leg) {
	if d.RespondSDP([]byte(l.offer)) != nil {
		return
	}
	over := make(chan struct{})
	defer close(over)
	go m.Voice.speak(l, l.far, m.Voice.First, 0x7a1c, over)
	h.set(func() { r.Answered = true })
	heard := make(chan struct{})
	go h.listen(l, r, int(m.Listen.Seconds()*8000), heard)
	select {
	case <-heard:
	case <-d.Context().Done():
		return
	case <-h.end:
		return
	}
	h.act(d, m, l, l.far)
	select {
	case <-d.Context().Done():
	case <-h.end:
	}
}

// act presses the key, and hangs up.
func (h *Handset) act(d *sipgo.DialogServerSession, m Manners, sound net.PacketConn, far net.Addr) {
	if m.Pressed != nil {
		m.Pressed()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	switch {
	case m.Key != "" && m.Info:
		req := sip.NewRequest(sip.INFO, d.InviteRequest.Contact().Address)
		req.AppendHeader(sip.NewHeader("Content-Type", "application/dtmf-relay"))
		req.SetBody([]byte("Signal=" + m.Key + "\r\nDuration=160\r\n"))
		if res, err := d.Do(ctx, req); err != nil || res.StatusCode != sip.StatusOK {
			h.t.Errorf("SIP INFO: %v, %v", res, err)
		}
	case m.Key != "":
		press(sound, far, m.Key)
	}
	if m.HangUp {
		_ = d.Bye(ctx)
	}
}

// listen keeps what is heard and tells when it is enough.
func (h *Handset) listen(sound net.PacketConn, r *Rung, enough int, heard chan struct{}) {
	b := make([]byte, 2048)
	told := false
	for {
		n, _, err := sound.ReadFrom(b)
		if err != nil {
			return
		}
		if n <= 12 || b[1]&0x7f != 8 {
			continue
		}
		var length int
		h.set(func() {
			for _, x := range b[12:n] {
				r.Heard = append(r.Heard, g711.DecodeAlawFrame(x))
			}
			length = len(r.Heard)
		})
		if length >= enough && !told {
			told = true
			close(heard)
		}
	}
}

// press sends a key as RFC 4733 has it: the event as long as it is held, its end three times.
func press(sound net.PacketConn, far net.Addr, key string) {
	const held = 800 // samples: 100 ms
	event := strings.Index("0123456789*#", key)
	for i := range 8 {
		p := make([]byte, 16)
		p[0], p[1] = 0x80, 101
		if i == 0 {
			p[1] |= 0x80 // marker
		}
		binary.BigEndian.PutUint16(p[2:], uint16(1000+i))
		binary.BigEndian.PutUint32(p[4:], 160000)
		binary.BigEndian.PutUint32(p[8:], 0x5ec7)
		p[12], p[13] = byte(event), 10
		binary.BigEndian.PutUint16(p[14:], uint16(min(held, 160*(i+1))))
		if i >= 5 {
			p[13] |= 0x80
		}
		_, _ = sound.WriteTo(p, far) // what is lost here is lost as on any network
	}
}
