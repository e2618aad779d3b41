package ari

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// manyBytes in a second are those of four calls: more than any duty line brings.
	manyBytes = 128 << 10
	// readPause lets events gather where so many come, as a network card does with its interrupts:
	// to wake up for each costs more than the event itself.
	readPause = 50 * time.Millisecond
	// readAtOnce ends the pause before it is over, and is what a read takes: the switch must never
	// find its socket full, for it delays calls then.
	readAtOnce = 32 << 10
)

// moderated is the connection that the switch's events come on. On a duty line every read takes
// what is there at once; where many events come, it lets them gather first.
type moderated struct {
	net.Conn
	raw   syscall.RawConn
	pause time.Duration
	buf   []byte
	rest  []byte // of buf, not asked for yet

	second      time.Time // when the present second began
	now, before int       // bytes in it and in the one before
}

// dialModerated dials as d does.
func dialModerated(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newModerated(conn, readPause)
	}
}

func newModerated(conn net.Conn, pause time.Duration) (*moderated, error) {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("events cannot be read from a %T: it is no socket", conn)
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &moderated{Conn: conn, raw: raw, pause: pause, buf: make([]byte, readAtOnce)}, nil
}

func (m *moderated) Read(p []byte) (int, error) {
	if len(m.rest) == 0 {
		if max(m.now, m.before) > manyBytes {
			m.gather()
		}
		n, err := m.Conn.Read(m.buf)
		m.rest = m.buf[:n]
		m.count(n)
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// gather waits until readAtOnce bytes are there, the pause is over or the connection ends. The
// kernel does not wake us up for less (SO_RCVLOWAT); where it would not know that, the pause is
// over with the next event.
func (m *moderated) gather() {
	if m.SetReadDeadline(time.Now().Add(m.pause)) != nil {
		return // it is closed, and the read says so
	}
	waited := false
	_ = m.raw.Read(func(fd uintptr) bool { // to wait is all it is for: the read says what went wrong
		if waited {
			return true
		}
		wakeAt(fd, readAtOnce) // here, for it wakes us up at once where so much is there already
		waited = true
		return false
	})
	_ = m.raw.Control(func(fd uintptr) { wakeAt(fd, 1) })
	_ = m.SetReadDeadline(time.Time{})
}

func wakeAt(fd uintptr, bytes int) {
	_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVLOWAT, bytes)
}

func (m *moderated) count(n int) {
	if passed := time.Since(m.second); passed >= time.Second {
		m.second, m.before = time.Now(), m.now
		if m.now = 0; passed >= 2*time.Second {
			m.before = 0
		}
	}
	m.now += n
}
