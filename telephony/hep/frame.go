package hep

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"
)

// Packet is one mirrored message as its frame tells it.
type Packet struct {
	// At is the switch's clock. Asterisk stamps what it sends in µs and what it receives in whole
	// ms, cut off: an answer can seem up to 1 ms older than its question. Order is that of arrival.
	At        time.Time
	From, To  netip.AddrPort
	Transport uint8  // the IP protocol number: 6 TCP (and TLS, WebSocket), 17 UDP
	Protocol  uint8  // what the payload is: 1 SIP, 5 RTCP as JSON
	Payload   []byte // part of the frame, not a copy
}

// What the payload of a frame is.
const (
	ProtocolSIP  = 1
	ProtocolRTCP = 5 // res_hep_rtcp sends it; it tells nothing about a duty line
)

// The chunks of HEP version 3 that we read, all of vendor 0. Others are skipped.
const (
	chunkTransport = 2
	chunkFromIPv4  = 3
	chunkToIPv4    = 4
	chunkFromIPv6  = 5
	chunkToIPv6    = 6
	chunkFromPort  = 7
	chunkToPort    = 8
	chunkSeconds   = 9
	chunkMicros    = 10
	chunkProtocol  = 11
	chunkPayload   = 15
	chunkKinds     = 16
)

// chunkSizes are the sizes of those whose size is fixed; 0 is any.
var chunkSizes = [chunkKinds]int{
	chunkTransport: 1, chunkFromIPv4: 4, chunkToIPv4: 4, chunkFromIPv6: 16, chunkToIPv6: 16,
	chunkFromPort: 2, chunkToPort: 2, chunkSeconds: 4, chunkMicros: 4, chunkProtocol: 1,
}

// chunkHeader is vendor, kind and length, two bytes each; the length counts the header, too.
const chunkHeader = 6

// Decode reads one frame: "HEP3", the length of the whole, then chunks. The result points into
// the frame and nothing is allocated. The error is a *Refusal.
func Decode(frame []byte) (Packet, error) {
	if len(frame) < chunkHeader || string(frame[:4]) != "HEP3" {
		return Packet{}, refuse(NotHEP, "it does not begin as HEP version 3; let only Asterisk's res_hep send to this address")
	}
	if said := int(binary.BigEndian.Uint16(frame[4:])); said != len(frame) {
		return Packet{}, refuse(BadLength, "it says %d bytes and has %d", said, len(frame))
	}
	var chunks [chunkKinds][]byte
	for rest := frame[chunkHeader:]; len(rest) > 0; {
		if len(rest) < chunkHeader {
			return Packet{}, refuse(BadLength, "%d bytes follow its last chunk", len(rest))
		}
		vendor, kind, size := binary.BigEndian.Uint16(rest), binary.BigEndian.Uint16(rest[2:]), int(binary.BigEndian.Uint16(rest[4:]))
		if size < chunkHeader || size > len(rest) {
			return Packet{}, refuse(BadLength, "chunk %d says %d bytes where %d are left", kind, size, len(rest))
		}
		value := rest[chunkHeader:size]
		rest = rest[size:]
		if vendor != 0 || !known(kind) {
			continue
		}
		if want := chunkSizes[kind]; want != 0 && len(value) != want {
			return Packet{}, refuse(BadChunk, "chunk %d has %d bytes, not %d", kind, len(value), want)
		}
		if chunks[kind] != nil {
			return Packet{}, refuse(BadChunk, "chunk %d is there twice", kind)
		}
		chunks[kind] = value
	}
	return assemble(chunks)
}

func known(kind uint16) bool {
	return kind == chunkPayload || kind < chunkKinds && chunkSizes[kind] != 0
}

// assemble makes a packet of its chunks and refuses one that lacks what evidence needs.
func assemble(chunks [chunkKinds][]byte) (Packet, error) {
	for _, kind := range []int{chunkTransport, chunkFromPort, chunkToPort, chunkSeconds, chunkMicros, chunkProtocol, chunkPayload} {
		if len(chunks[kind]) == 0 {
			return Packet{}, refuse(Incomplete, "chunk %d is missing", kind)
		}
	}
	from, okFrom := address(chunks[chunkFromIPv4], chunks[chunkFromIPv6], chunks[chunkFromPort])
	to, okTo := address(chunks[chunkToIPv4], chunks[chunkToIPv6], chunks[chunkToPort])
	if !okFrom || !okTo {
		return Packet{}, refuse(Incomplete, "source and destination need one address each")
	}
	micros := binary.BigEndian.Uint32(chunks[chunkMicros])
	if micros >= 1_000_000 {
		return Packet{}, refuse(BadChunk, "%d is no number of microseconds in a second", micros)
	}
	return Packet{
		At:        time.Unix(int64(binary.BigEndian.Uint32(chunks[chunkSeconds])), int64(micros)*1000).UTC(),
		From:      from,
		To:        to,
		Transport: chunks[chunkTransport][0],
		Protocol:  chunks[chunkProtocol][0],
		Payload:   chunks[chunkPayload],
	}, nil
}

// address takes the one address that is given. An IPv4 address in IPv6 clothes, as a socket for
// both gives it, is the IPv4 address.
func address(v4, v6, port []byte) (netip.AddrPort, bool) {
	given := v4
	if v4 == nil {
		given = v6
	}
	addr, ok := netip.AddrFromSlice(given)
	return netip.AddrPortFrom(addr.Unmap(), binary.BigEndian.Uint16(port)), ok && (v4 == nil || v6 == nil)
}

// Reason names why a datagram was refused, for metrics.
type Reason string

// The closed set of reasons.
const (
	Stranger      Reason = "stranger"       // its sender may not send here
	NotHEP        Reason = "not_hep"        // no frame of HEP version 3
	BadLength     Reason = "bad_length"     // a length that does not fit
	BadChunk      Reason = "bad_chunk"      // a chunk of the wrong size, or twice
	Incomplete    Reason = "incomplete"     // time, addresses or payload are missing
	OtherProtocol Reason = "other_protocol" // a frame, but not of SIP
	NotSIP        Reason = "not_sip"        // its payload is no SIP message
	Oversized     Reason = "oversized"      // what identifies the message is too long to be kept
	ParserFailed  Reason = "parser_failed"  // the SIP parser broke down over it: a fault to be reported
)

var reasons = []Reason{Stranger, NotHEP, BadLength, BadChunk, Incomplete, OtherProtocol, NotSIP, Oversized, ParserFailed}

// Refusal is why a datagram gave no message.
type Refusal struct {
	Reason Reason
	Why    string
}

// Error says it in one sentence.
func (r *Refusal) Error() string {
	return "mirrored message is refused (" + string(r.Reason) + "): " + r.Why
}

func refuse(reason Reason, why string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Why: fmt.Sprintf(why, args...)}
}
