package practice

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/emiago/diago/media"
	"github.com/emiago/diago/media/sdp"
	"github.com/pion/rtp"
)

// packetTime is what one RTP packet lasts.
const packetTime = 20 * time.Millisecond

// audio is the RTP of one leg: a socket from the offer on, sound from the answer on.
type audio struct {
	session *media.MediaSession
	running sync.WaitGroup
	stop    context.CancelFunc // nil before start

	mu    sync.Mutex
	sum   float64 // of the squares of all samples heard
	peak  float64 // mean square of the loudest packet
	count int
}

// openAudio opens a socket for one leg on a port that the kernel chooses.
func openAudio(local net.IP) (*audio, error) {
	s := &media.MediaSession{
		Codecs: []media.Codec{media.CodecAudioAlaw, media.CodecTelephoneEvent8000},
		Mode:   sdp.ModeSendrecv,
		Laddr:  net.UDPAddr{IP: local},
	}
	if err := s.Init(); err != nil {
		return nil, fmt.Errorf("open a socket for sound on %s: %w", local, err)
	}
	return &audio{session: s}, nil
}

// offer is our session description; after accept it is the answer.
func (a *audio) offer() []byte { return a.session.LocalSDP() }

// accept takes the other side's session description.
func (a *audio) accept(body []byte) error {
	if err := a.session.RemoteSDP(body); err != nil {
		return fmt.Errorf("no sound is possible with the other side: %w", err)
	}
	return nil
}

// start sends the track over and over and listens, until end. Call it after accept.
func (a *audio) start(track []byte) {
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	a.running.Add(2)
	go func() { defer a.running.Done(); a.send(ctx, track) }()
	go func() { defer a.running.Done(); a.listen() }()
}

// end closes the socket and tells what was heard; nothing at all when there was no talk.
func (a *audio) end() Level {
	if a.stop == nil {
		_ = a.session.Close()
		return Level{}
	}
	a.stop()
	_ = a.session.Close()
	a.running.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count == 0 {
		return Level{Mean: silence, Peak: silence}
	}
	return Level{Packets: a.count, Mean: decibel(a.sum / float64(a.count*packetSamples)), Peak: decibel(a.peak)}
}

// send paces by absolute deadlines: a late packet does not delay those after it. After a
// stall (the machine slept) it starts anew instead of sending a burst.
func (a *audio) send(ctx context.Context, track []byte) {
	pkt := rtp.Packet{Header: rtp.Header{
		Version: 2, Marker: true, PayloadType: media.CodecAudioAlaw.PayloadType,
		SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(), SSRC: rand.Uint32(),
	}}
	next := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for at := 0; ; at += packetSamples {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if at+packetSamples > len(track) {
			at = 0
		}
		pkt.Payload = track[at : at+packetSamples]
		_ = a.session.WriteRTP(&pkt) // a closed port on the other side is not our fault; SIP tells the end
		pkt.Marker = false
		pkt.SequenceNumber++
		pkt.Timestamp += packetSamples
		next = next.Add(packetTime)
		if late := time.Since(next); late > 10*packetTime {
			next = next.Add(late)
		}
		timer.Reset(time.Until(next))
	}
}

// listen measures until the socket is closed.
func (a *audio) listen() {
	buf := make([]byte, media.RTPBufSize)
	var pkt rtp.Packet
	for {
		_, err := a.session.ReadRTP(buf, &pkt)
		if err != nil {
			if isNetwork(err) {
				return // end closed the socket
			}
			continue // no RTP
		}
		if pkt.PayloadType == media.CodecAudioAlaw.PayloadType && len(pkt.Payload) > 0 {
			a.measure(pkt.Payload)
		}
	}
}

func (a *audio) measure(payload []byte) {
	sum := 0.0
	for _, b := range payload {
		sum += alawSquare[b]
	}
	mean := sum / float64(len(payload))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	a.sum += mean * packetSamples
	a.peak = max(a.peak, mean)
}
