package probe

import (
	_ "embed"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/pion/rtp"
)

const (
	packetTime    = 20 * time.Millisecond
	packetSamples = sampleRate / 50
	sayAgainAfter = 12 * time.Second // of silence, in which the officer may speak
)

// checkSound is what the officer hears who answers a spot check, as a WAV file that WAV made: so it can be
// played as it is. It was synthesised by espeak-ng from the sentence in doc.go.
//
//go:embed spotcheck.wav
var checkSound []byte

// wavHead is how many bytes of a file by WAV come before the sound.
const wavHead = 58

// CheckSound is the announcement of a spot check, A-law at 8 kHz.
func CheckSound() []byte { return checkSound[wavHead:] }

// say says to who answered what is to be said, over and over with a pause; the pause is sent as well, so
// that nothing on the way takes the call for dead.
func (c *call) say(to netip.AddrPort, done <-chan struct{}) {
	words := append(append([]byte{}, c.says...), silence(int(sayAgainAfter.Seconds())*sampleRate)...)
	words = words[:len(words)/packetSamples*packetSamples]
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: payloadALaw, SSRC: rand.Uint32(), SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(), Marker: true}}
	tick := time.NewTicker(packetTime)
	defer tick.Stop()
	for at := 0; ; at = (at + packetSamples) % len(words) {
		p.Payload = words[at : at+packetSamples]
		if b, err := p.Marshal(); err == nil {
			_, _ = c.sound.conn.WriteToUDPAddrPort(b, to) // who does not hear it says so
		}
		p.SequenceNumber++
		p.Timestamp += packetSamples
		p.Marker = false
		select {
		case <-tick.C:
		case <-done:
			return
		}
	}
}
