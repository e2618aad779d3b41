package hep_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/hep"
)

// piece is one chunk of a frame that a test makes.
type piece struct {
	vendor, kind uint16
	value        []byte
}

func be16(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }
func be32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// frameOf puts chunks into a frame with right lengths.
func frameOf(pieces ...piece) []byte {
	b := []byte("HEP3\x00\x00")
	for _, p := range pieces {
		b = binary.BigEndian.AppendUint16(b, p.vendor)
		b = binary.BigEndian.AppendUint16(b, p.kind)
		b = binary.BigEndian.AppendUint16(b, uint16(6+len(p.value)))
		b = append(b, p.value...)
	}
	binary.BigEndian.PutUint16(b[4:], uint16(len(b)))
	return b
}

// pieces are the chunks in which Asterisk's res_hep sends a packet, in its order.
func pieces(p hep.Packet) []piece {
	family, src, dst := byte(2), uint16(3), uint16(4)
	if p.From.Addr().Is6() {
		family, src, dst = 10, 5, 6
	}
	return []piece{
		{0, 1, []byte{family}}, {0, 2, []byte{p.Transport}},
		{0, src, p.From.Addr().AsSlice()}, {0, dst, p.To.Addr().AsSlice()},
		{0, 7, be16(p.From.Port())}, {0, 8, be16(p.To.Port())},
		{0, 9, be32(uint32(p.At.Unix()))}, {0, 10, be32(uint32(p.At.Nanosecond() / 1000))},
		{0, 11, []byte{p.Protocol}}, {0, 12, be32(1234)},
		{0, 15, p.Payload}, {0, 17, []byte("a-correlation-id")},
	}
}

func encode(p hep.Packet) []byte { return frameOf(pieces(p)...) }

var (
	noon    = time.Date(2026, 11, 26, 12, 0, 0, 123456000, time.UTC)
	pbx     = netip.MustParseAddrPort("192.0.2.1:5060")
	desk    = netip.MustParseAddrPort("192.0.2.20:5062")
	gateway = netip.MustParseAddrPort("192.0.2.9:5060")
)

// lines makes a SIP message of its lines; those after an empty one are the body.
func lines(l ...string) []byte {
	text := strings.Join(l, "\r\n") + "\r\n"
	if !strings.Contains(text, "\r\n\r\n") {
		text += "\r\n"
	}
	return []byte(text)
}

func packet(from, to netip.AddrPort, payload []byte) hep.Packet {
	return hep.Packet{At: noon, From: from, To: to, Transport: 17, Protocol: hep.ProtocolSIP, Payload: payload}
}

// read decodes and parses a frame.
func read(frame []byte) (hep.Message, error) {
	p, err := hep.Decode(frame)
	if err != nil {
		return hep.Message{}, err
	}
	return hep.Parse(p, false)
}

// message reads one that must be readable, through a frame.
func message(t testing.TB, from, to netip.AddrPort, payload []byte) hep.Message {
	t.Helper()
	m, err := read(encode(packet(from, to, payload)))
	if err != nil {
		t.Fatalf("%v\n%s", err, payload)
	}
	return m
}

// reasonOf is the reason of a refusal; empty when the message was taken.
func reasonOf(t testing.TB, err error) hep.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	r, ok := errors.AsType[*hep.Refusal](err)
	if !ok {
		t.Fatalf("%v (%T) is no refusal", err, err)
	}
	return r.Reason
}

// recorded is one line of a trace: a mirrored message of a real Asterisk.
type recorded struct {
	TS, RX   time.Time
	Src, Dst string
	Proto    uint8
	Payload  string
	Chunk2   string // the IP protocol, in hexadecimal
}

// trace reads one recording as packets, each with the time since the first.
func trace(t testing.TB, name string) (packets []hep.Packet, ups []time.Duration) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata/traces", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	var first time.Time
	for sc.Buffer(nil, 1<<20); sc.Scan(); {
		var r recorded
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if first.IsZero() {
			first = r.RX
		}
		packets = append(packets, hep.Packet{
			At: r.TS, From: netip.MustParseAddrPort(r.Src), To: netip.MustParseAddrPort(r.Dst),
			Transport: 17, Protocol: r.Proto, Payload: []byte(r.Payload),
		})
		ups = append(ups, r.RX.Sub(first)+time.Second)
	}
	if sc.Err() != nil || len(packets) == 0 {
		t.Fatalf("trace %s: %d packets, %v", name, len(packets), sc.Err())
	}
	return packets, ups
}

// messagesOf are the SIP messages of a trace, each read from a frame.
func messagesOf(t testing.TB, name string) []hep.Message {
	t.Helper()
	packets, ups := trace(t, name)
	var all []hep.Message
	for i, p := range packets {
		m, err := read(encode(p))
		if reasonOf(t, err) == hep.OtherProtocol {
			continue // RTCP reports: the recording loaded res_hep_rtcp
		}
		if err != nil {
			t.Fatalf("%s, packet %d: %v\n%s", name, i, err, p.Payload)
		}
		m.Up = ups[i]
		all = append(all, m)
	}
	return all
}

// traceNames are the recordings, sorted.
func traceNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/traces/*.jsonl")
	if err != nil || len(files) < 25 {
		t.Fatalf("only %d traces: %v", len(files), err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".jsonl")
	}
	return files
}
