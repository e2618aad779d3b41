package main_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/zaf/g711"
)

// mediaSocket sends the sound of one side of a call; what it is sent is left unread.
type mediaSocket struct {
	conn *net.UDPConn
	stop chan struct{}
	once sync.Once
	busy sync.WaitGroup
}

func openMedia(t testing.TB) *mediaSocket {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Errorf("open a socket for sound: %v", err)
		panic(err) // no port to offer: the bench is worth nothing
	}
	_ = conn.SetReadBuffer(4 << 10)
	m := &mediaSocket{conn: conn, stop: make(chan struct{})}
	return m
}

func (m *mediaSocket) port() int { return m.conn.LocalAddr().(*net.UDPAddr).Port }

func (m *mediaSocket) close() {
	m.once.Do(func() {
		close(m.stop)
		m.busy.Wait()
		_ = m.conn.Close()
	})
}

// hum is a second of a tone in A-law: loud enough not to be silence.
var hum = func() []byte {
	b := make([]byte, 8000)
	for i := range b {
		b[i] = g711.EncodeAlawFrame(int16(8000 * math.Sin(2*math.Pi*440*float64(i)/8000)))
	}
	return b
}()

// talk sends for so long in the background, or until close.
func (m *mediaSocket) talk(port int, length time.Duration) {
	if port == 0 {
		return
	}
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	m.busy.Go(func() {
		const packet, samples = 20 * time.Millisecond, 160
		tick := time.NewTicker(packet)
		defer tick.Stop()
		buf := make([]byte, 12+samples)
		buf[0], buf[1] = 0x80, 8
		seq, at, source := uint16(rand.Uint32()), rand.Uint32(), rand.Uint32()
		began := time.Now()
		for sent := 0; time.Duration(sent)*packet < length; {
			for ; time.Duration(sent)*packet <= time.Since(began); sent++ { // catches up after a hold-up
				binary.BigEndian.PutUint16(buf[2:], seq)
				binary.BigEndian.PutUint32(buf[4:], at)
				binary.BigEndian.PutUint32(buf[8:], source)
				copy(buf[12:], hum[sent%50*samples:])
				_, _ = m.conn.WriteToUDP(buf, to)
				seq, at = seq+1, at+samples
			}
			select {
			case <-m.stop:
				return
			case <-tick.C:
			}
		}
	})
}
