package hep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config says where the mirror is heard.
type Config struct {
	// Address is where capture_address of Asterisk's hep.conf points; default 127.0.0.1:9060.
	Address string
	// Senders may send here; default: this machine, over loopback. Anybody else could make up
	// evidence.
	Senders    []netip.Addr
	Queue      int           // datagrams that wait to be read; default 4096
	QueueBytes int           // their bytes; default 8 MiB
	KeepRaw    bool          // keep each message as it came, up to 16 KiB, as evidence
	Quiet      time.Duration // without a message it is a problem after so long; default 2 min, 0 < Quiet
	Log        *slog.Logger  // default slog.Default()
	Now        func() time.Time
	Uptime     func() time.Duration // of the daemon; nobody sets it. Default: since New
}

// Status is whether the mirror is heard now, for health.
type Status struct {
	Address  string    // where we listen; empty while we do not
	Last     time.Time // our clock when the last message came
	Received uint64    // datagrams
	Decoded  uint64    // of them, SIP messages
	Refused  uint64    // of them, those that were none
	Lost     uint64    // those that found our queue full, or the kernel's; the kernel tells with the next one that comes
	Problem  string    // empty while messages come
	Remedy   string
}

// Listener hears the mirror. It is safe for concurrent use; one Run at a time.
type Listener struct {
	config  Config
	metrics *metrics
	queue   chan datagram
	waiting atomic.Int64 // bytes in the queue
	ready   chan struct{}
	opened  sync.Once

	mu      sync.Mutex
	status  Status
	since   time.Duration   // uptime of the last message, or of the start
	refused map[Reason]bool // those that were logged
}

// datagram is one as it came.
type datagram struct {
	up  time.Duration
	raw []byte
}

// New prepares a listener; it opens nothing. Figures go to reg when it is not nil.
func New(c Config, reg prometheus.Registerer) *Listener {
	if c.Address == "" {
		c.Address = "127.0.0.1:9060"
	}
	if c.Queue == 0 {
		c.Queue = 4096
	}
	if c.QueueBytes == 0 {
		c.QueueBytes = 8 << 20
	}
	if c.Quiet == 0 {
		c.Quiet = 2 * time.Minute
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Uptime == nil {
		began := time.Now()
		c.Uptime = func() time.Duration { return time.Since(began) }
	}
	return &Listener{
		config: c, metrics: newMetrics(reg), queue: make(chan datagram, c.Queue),
		ready: make(chan struct{}), refused: map[Reason]bool{}, since: c.Uptime(),
	}
}

// Ready is closed when the address was open for the first time.
func (l *Listener) Ready() <-chan struct{} { return l.ready }

// Run hears until the context ends and hands each message to sink, in order, from one goroutine.
// A slow sink delays neither Asterisk nor the reading: what does not fit into the queue is lost
// and counted. The error says that the address cannot be heard, and what to do; Run may be called
// again then.
func (l *Listener) Run(ctx context.Context, sink func(Message)) error {
	socket, err := l.open(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.hand(ctx, sink)
	}()
	err = l.read(socket)
	ended := ctx.Err() != nil
	cancel()
	<-done
	_ = socket.Close()
	l.mu.Lock()
	l.status.Address = ""
	l.mu.Unlock()
	l.metrics.listening.Set(0)
	if ended {
		return nil
	}
	return fmt.Errorf("hear the mirror of SIP messages on %s: %w; look at the network of this machine", l.config.Address, err)
}

func (l *Listener) open(ctx context.Context) (*net.UDPConn, error) {
	packets, err := new(net.ListenConfig).ListenPacket(ctx, "udp", l.config.Address)
	if err != nil {
		return nil, fmt.Errorf("hear the mirror of SIP messages on %s: %w; give a free UDP address and port here and as capture_address in Asterisk's hep.conf", l.config.Address, err)
	}
	socket := packets.(*net.UDPConn)
	_ = socket.SetReadBuffer(1 << 20) // as much of it as the kernel allows; 1 MiB is some 800 messages
	countDrops(socket)
	l.mu.Lock()
	l.status.Address, l.since = socket.LocalAddr().String(), l.config.Uptime()
	l.mu.Unlock()
	l.metrics.listening.Set(1)
	l.opened.Do(func() { close(l.ready) })
	return socket, nil
}

// read does nothing but take datagrams off the socket.
func (l *Listener) read(socket *net.UDPConn) error {
	buffer := make([]byte, 64<<10) // no datagram is longer
	beside := make([]byte, ancillary)
	var known uint32 // how many the kernel has dropped; it wraps around
	for {
		n, said, _, from, err := socket.ReadMsgUDPAddrPort(buffer, beside)
		if err != nil {
			return err
		}
		if drops, ok := dropped(beside[:said]); ok {
			l.lost(uint64(drops - known))
			known = drops
		}
		l.count()
		if !l.trusted(from.Addr().Unmap()) {
			l.refuse(refuse(Stranger, "%s may not send here; name it among the senders if it is your Asterisk", from.Addr()))
			continue
		}
		l.put(datagram{up: l.config.Uptime(), raw: bytes.Clone(buffer[:n])})
	}
}

func (l *Listener) count() {
	l.metrics.received.Inc()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status.Received++
}

func (l *Listener) trusted(from netip.Addr) bool {
	if len(l.config.Senders) == 0 {
		return from.IsLoopback()
	}
	return slices.ContainsFunc(l.config.Senders, func(a netip.Addr) bool { return a.Unmap() == from })
}

// put never waits.
func (l *Listener) put(d datagram) {
	size := int64(len(d.raw))
	if l.waiting.Add(size) <= int64(l.config.QueueBytes) {
		select {
		case l.queue <- d:
			return
		default:
		}
	}
	l.waiting.Add(-size)
	l.lost(1)
}

func (l *Listener) lost(n uint64) {
	if n == 0 {
		return
	}
	l.metrics.lost.Add(float64(n))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.status.Lost += n; l.status.Lost == n {
		l.config.Log.Warn("copies of SIP messages are lost: they come faster than they are read; what they show may be missing in the log")
	}
}

// hand decodes what waits and gives it to the sink.
func (l *Listener) hand(ctx context.Context, sink func(Message)) {
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-l.queue:
			l.waiting.Add(-int64(len(d.raw)))
			m, err := l.message(d)
			if err != nil {
				l.refuse(err)
				continue
			}
			l.heard(d.up)
			sink(m)
		}
	}
}

func (l *Listener) message(d datagram) (Message, error) {
	p, err := Decode(d.raw)
	if err != nil {
		return Message{}, err
	}
	m, err := Parse(p, l.config.KeepRaw)
	m.Up = d.up
	return m, err
}

func (l *Listener) heard(up time.Duration) {
	now := l.config.Now()
	l.metrics.decoded.Inc()
	l.metrics.last.Set(float64(now.UnixMilli()) / 1000)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status.Decoded++
	l.status.Last, l.since = now, max(l.since, up)
}

// refuse counts, and logs the first of each kind: whoever sends garbage must not fill the log.
func (l *Listener) refuse(err error) {
	reason := NotHEP
	if r, ok := errors.AsType[*Refusal](err); ok {
		reason = r.Reason
	}
	l.metrics.refused.WithLabelValues(string(reason)).Inc()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status.Refused++
	if !l.refused[reason] {
		l.refused[reason] = true
		l.config.Log.Warn(err.Error(), "note", "further ones of this kind are only counted")
	}
}

// Status is whether the mirror is heard now.
func (l *Listener) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.status
	quiet := l.config.Uptime() - l.since
	switch {
	case s.Address == "":
		s.Problem, s.Remedy = "the mirror of SIP messages is not heard: "+l.config.Address+" is not open", "see the daemon's log for the reason; calls are watched without it"
	case quiet > l.config.Quiet && s.Decoded == 0:
		s.Problem = "Asterisk has not sent a copy of any SIP message yet"
		s.Remedy = "load res_hep and res_hep_pjsip in modules.conf and let capture_address of hep.conf be " + s.Address
	case quiet > l.config.Quiet:
		// A qualified phone is asked every few seconds whether it is there, so silence is a fault.
		s.Problem = fmt.Sprintf("Asterisk has sent no copy of a SIP message for %v", quiet.Round(time.Second))
		s.Remedy = "look whether Asterisk runs and res_hep_pjsip is loaded: asterisk -rx 'module show like hep'"
	}
	return s
}
