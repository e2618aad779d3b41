package probe

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/pion/rtp"

	"dutyline/telephony/ringback"
)

// Telephone sound: 8 kHz, A-law, usually packets of 20 ms.
const (
	sampleRate   = 8000
	payloadALaw  = 8
	alawSilence  = 0xD5
	judgeEvery   = 10 // packets: five times a second
	largestPause = 8 * sampleRate
)

// sound hears what the exchange sends before the answer, and keeps it.
type sound struct {
	conn  *net.UDPConn
	heard func(packets int, v ringback.Verdict)

	mu       sync.Mutex
	allowed  []netip.Addr // who may send it: others on the network could play us anything
	closed   bool         // what comes after the answer is somebody's talk
	alaw     []byte
	listener ringback.Listener
	packets  int
	source   uint32 // of the stream
	next     uint32 // time stamp of the sample that comes next
}

func (s *sound) address() *net.UDPAddr { return s.conn.LocalAddr().(*net.UDPAddr) }

// allow lets sound from an address be heard.
func (s *sound) allow(a netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.allowed) < 8 {
		s.allowed = append(s.allowed, a.Unmap())
	}
}

// stopKeeping ends what is heard and kept.
func (s *sound) stopKeeping() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// read takes packets until the socket is closed.
func (s *sound) read() {
	buf := make([]byte, 2048)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		s.take(buf[:n], from.Addr().Unmap())
	}
}

// take takes one packet; what is no sound of ours is dropped, and whatever the bytes make of the
// decoder, nothing more comes of it.
func (s *sound) take(b []byte, from netip.Addr) {
	defer func() { _ = recover() }()
	var p rtp.Packet
	if err := p.Unmarshal(b); err != nil || p.PayloadType != payloadALaw || len(p.Payload) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !slices.Contains(s.allowed, from) || len(s.alaw) >= int(soundLongest.Seconds())*sampleRate {
		return
	}
	s.place(p.SSRC, p.Timestamp, p.Payload)
	s.packets++
	if s.packets == 1 || s.packets%judgeEvery == 0 {
		s.heard(s.packets, s.listener.Verdict())
	}
}

// place puts the samples where their time stamp says. An exchange may send nothing in the pauses
// of a tone: they are silence. What comes too late is left out; the pause has its place.
func (s *sound) place(source, at uint32, payload []byte) {
	if s.packets == 0 || source != s.source {
		s.source, s.next = source, at
	}
	switch gap := int32(at - s.next); {
	case gap < 0:
		return
	case gap > 0 && gap <= largestPause:
		s.add(silence(int(gap)))
	}
	s.add(payload)
	s.next = at + uint32(len(payload))
}

func (s *sound) add(alaw []byte) {
	s.alaw = append(s.alaw, alaw...)
	s.listener.WriteALaw(alaw)
}

func silence(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = alawSilence
	}
	return b
}

// WAV makes a file of A-law sound that every player knows; nothing of nothing.
func WAV(alaw []byte) []byte {
	if len(alaw) == 0 {
		return nil
	}
	padded := len(alaw) + len(alaw)%2
	b := make([]byte, 0, 58+padded)
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(50+padded))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 18)
	for _, v := range []uint16{6, 1} { // A-law, one channel
		b = le.AppendUint16(b, v)
	}
	b = le.AppendUint32(b, sampleRate)
	b = le.AppendUint32(b, sampleRate)
	for _, v := range []uint16{1, 8, 0} { // one byte a sample, 8 bits, nothing more
		b = le.AppendUint16(b, v)
	}
	b = append(b, "fact"...)
	b = le.AppendUint32(b, 4)
	b = le.AppendUint32(b, uint32(len(alaw)))
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(len(alaw)))
	b = append(b, alaw...)
	for len(b) < 58+padded {
		b = append(b, alawSilence)
	}
	return b
}
