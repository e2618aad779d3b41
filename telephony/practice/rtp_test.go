package practice_test

import (
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"dutyline/telephony/practice"
)

// What is sent is what telephones expect: one packet every 20 ms, numbered and stamped
// without a gap, the track from its beginning, over and over.
func TestRTPAsATelephoneExpectsIt(t *testing.T) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const d = 1200 * time.Millisecond
	track := make([]byte, 10*practice.PacketSamples) // repeats every 200 ms
	for i := range track {
		track[i] = byte(i / practice.PacketSamples)
	}
	sent := make(chan error, 1)
	go func() { sent <- practice.Send(track, conn.LocalAddr().(*net.UDPAddr), d) }()

	var packets []rtp.Packet
	var at []time.Time
	_ = conn.SetReadDeadline(time.Now().Add(d + 500*time.Millisecond))
	for {
		buf := make([]byte, 1500)
		n, err := conn.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var p rtp.Packet
		if err := p.Unmarshal(buf[:n]); err != nil {
			t.Fatal(err)
		}
		packets, at = append(packets, p), append(at, time.Now())
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if len(packets) < 56 || len(packets) > 62 {
		t.Fatalf("%d packets in %v", len(packets), d)
	}
	for i, p := range packets {
		first := packets[0]
		if p.SequenceNumber != first.SequenceNumber+uint16(i) || p.Timestamp != first.Timestamp+uint32(i*practice.PacketSamples) || p.SSRC != first.SSRC {
			t.Fatalf("packet %d: sequence %d, timestamp %d, source %d after %+v", i, p.SequenceNumber, p.Timestamp, p.SSRC, first.Header)
		}
		if p.PayloadType != 8 || len(p.Payload) != practice.PacketSamples || p.Marker != (i == 0) || p.Payload[0] != byte(i%10) {
			t.Fatalf("packet %d: %+v with %d bytes that begin with %d", i, p.Header, len(p.Payload), p.Payload[0])
		}
	}
	// The pace holds over the whole time, whatever single packets suffer on a busy machine.
	var late []time.Duration
	for i := range at {
		late = append(late, at[i].Sub(at[0])-time.Duration(i)*20*time.Millisecond)
	}
	slices.Sort(late)
	if median, spread := late[len(late)/2], late[len(late)*9/10]-late[len(late)/10]; median < -20*time.Millisecond || median > 20*time.Millisecond || spread > 20*time.Millisecond {
		t.Errorf("the pace is off by %v in the middle and spreads over %v", median, spread)
	}
}
