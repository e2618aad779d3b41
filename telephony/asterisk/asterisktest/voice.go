package asterisktest

import (
	"encoding/binary"
	"net"
	"time"
)

// Voice is what a handset says, and how its packets are numbered. RTP leaves the first number to
// the sender, and a phone that opens a new stream begins anew.
type Voice struct {
	Sound []byte // raw A-law, over and over
	First uint16 // number of the first packet after the answer
	Early bool   // sound goes out while it rings, too: early media, numbered from 0
}

// speak sends packets of 20 ms until stop is closed.
func (v Voice) speak(to net.PacketConn, far net.Addr, first uint16, stream uint32, stop <-chan struct{}) {
	const samples = 160
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 0; len(v.Sound) >= samples; n++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		p := make([]byte, 12, 12+samples)
		p[0], p[1] = 0x80, 8
		if n == 0 {
			p[1] |= 0x80 // marker
		}
		binary.BigEndian.PutUint16(p[2:], first+uint16(n))
		binary.BigEndian.PutUint32(p[4:], uint32(n*samples))
		binary.BigEndian.PutUint32(p[8:], stream)
		at := n * samples % (len(v.Sound) - samples + 1)
		_, _ = to.WriteTo(append(p, v.Sound[at:at+samples]...), far) // what is lost here is lost as on any network
	}
}
