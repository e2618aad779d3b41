package hep_test

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony/hep"
)

var byValue = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })

func TestAFrameComesOutAsItWentIn(t *testing.T) {
	for name, p := range map[string]hep.Packet{
		"IPv4":       packet(pbx, desk, []byte("x")),
		"IPv6":       packet(netip.MustParseAddrPort("[2001:db8::1]:5060"), netip.MustParseAddrPort("[2001:db8::2]:49152"), []byte("y")),
		"over TCP":   {At: noon, From: pbx, To: desk, Transport: 6, Protocol: hep.ProtocolSIP, Payload: bytes.Repeat([]byte("z"), 60_000)},
		"RTCP":       {At: noon, From: pbx, To: desk, Transport: 17, Protocol: hep.ProtocolRTCP, Payload: []byte("{}")},
		"whole time": {At: time.Unix(0, 0).UTC(), From: pbx, To: desk, Transport: 17, Protocol: 1, Payload: []byte("x")},
	} {
		got, err := hep.Decode(encode(p))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(p, got, byValue); diff != "" {
			t.Errorf("%s (-sent +got):\n%s", name, diff)
		}
	}
}

// A socket for both kinds of address gives IPv4 ones in IPv6 clothes; ARI and SIP do not.
func TestAnIPv4AddressIsOneWhateverItsClothes(t *testing.T) {
	clothed := packet(netip.AddrPortFrom(netip.AddrFrom16(pbx.Addr().As16()), 5060), desk, []byte("x"))
	all := pieces(clothed)
	all = slices.DeleteFunc(all, func(p piece) bool { return p.kind == 6 })
	to := netip.AddrFrom16(desk.Addr().As16()).AsSlice()
	got, err := hep.Decode(frameOf(append(all, piece{0, 6, to})...))
	if err != nil || got.From != pbx || got.To != desk {
		t.Errorf("%v > %v, %v", got.From, got.To, err)
	}
}

func TestChunksThatWeDoNotKnowAreSkipped(t *testing.T) {
	p := packet(pbx, desk, []byte("x"))
	strange := []piece{{0, 16, []byte("compressed")}, {0, 0xffff, nil}, {0, 0, nil}, {7, 15, []byte("another vendor's")}, {0x8000, 3, []byte{1}}, {0, 14, []byte("secret")}}
	got, err := hep.Decode(frameOf(append(strange, append(pieces(p), strange...)...)...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got, byValue); diff != "" {
		t.Errorf("(-sent +got):\n%s", diff)
	}
}

func TestEveryRefusalHasItsReason(t *testing.T) {
	good := encode(packet(pbx, desk, []byte("x")))
	without := func(kind uint16) []byte {
		return frameOf(slices.DeleteFunc(pieces(packet(pbx, desk, []byte("x"))), func(p piece) bool { return p.kind == kind })...)
	}
	with := func(p piece) []byte { return frameOf(append(pieces(packet(pbx, desk, []byte("x"))), p)...) }
	instead := func(p piece) []byte {
		all := slices.DeleteFunc(pieces(packet(pbx, desk, []byte("x"))), func(o piece) bool { return o.kind == p.kind })
		return frameOf(append(all, p)...)
	}
	set := func(at int, b byte) []byte {
		f := bytes.Clone(good)
		f[at] = b
		return f
	}
	for _, c := range []struct {
		name  string
		frame []byte
		want  hep.Reason
		says  string
	}{
		{"nothing", nil, hep.NotHEP, "res_hep"},
		{"too short", []byte("HEP3\x00"), hep.NotHEP, "HEP version 3"},
		{"SIP itself", lines("OPTIONS sip:a@b SIP/2.0"), hep.NotHEP, "HEP version 3"},
		{"HEP version 2", append([]byte{2, 16}, good[2:]...), hep.NotHEP, "HEP version 3"},
		{"cut off", good[:len(good)-1], hep.BadLength, "it says"},
		{"something behind it", append(bytes.Clone(good), 0), hep.BadLength, "it says"},
		{"a total of nothing", set(5, 0), hep.BadLength, "it says 0 bytes"},
		{"a chunk shorter than its header", set(6+5, 5), hep.BadLength, "chunk 1 says 5 bytes"},
		{"a chunk of length zero would never end", set(6+5, 0), hep.BadLength, "chunk 1 says 0 bytes"},
		{"a chunk longer than the frame", set(6+4, 0xff), hep.BadLength, "are left"},
		{"half a chunk header", frameWithTail([]byte{0, 0, 0}), hep.BadLength, "3 bytes follow"},
		{"only a head", frameOf(), hep.Incomplete, "chunk 2 is missing"},
		{"no transport", without(2), hep.Incomplete, "chunk 2"},
		{"no source", without(3), hep.Incomplete, "one address each"},
		{"no destination", without(4), hep.Incomplete, "one address each"},
		{"no port", without(7), hep.Incomplete, "chunk 7"},
		{"no seconds", without(9), hep.Incomplete, "chunk 9"},
		{"no microseconds", without(10), hep.Incomplete, "chunk 10"},
		{"no protocol", without(11), hep.Incomplete, "chunk 11"},
		{"no payload", without(15), hep.Incomplete, "chunk 15"},
		{"an empty payload", instead(piece{0, 15, nil}), hep.Incomplete, "chunk 15"},
		{"two kinds of source", with(piece{0, 5, make([]byte, 16)}), hep.Incomplete, "one address each"},
		{"two payloads", with(piece{0, 15, []byte("another")}), hep.BadChunk, "chunk 15 is there twice"},
		{"an address of three bytes", instead(piece{0, 3, []byte{1, 2, 3}}), hep.BadChunk, "chunk 3 has 3 bytes"},
		{"a port of four bytes", instead(piece{0, 7, be32(5060)}), hep.BadChunk, "chunk 7 has 4 bytes"},
		{"a million microseconds", instead(piece{0, 10, be32(1_000_000)}), hep.BadChunk, "microseconds"},
	} {
		_, err := hep.Decode(c.frame)
		if got := reasonOf(t, err); got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		} else if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q does not say %q", c.name, err, c.says)
		}
	}
}

func frameWithTail(tail []byte) []byte {
	f := append(encode(packet(pbx, desk, []byte("x"))), tail...)
	f[4], f[5] = byte(len(f)>>8), byte(len(f))
	return f
}

// Every way to cut a frame off, and every bit of it turned over, gives a value or a refusal.
func TestADamagedFrameDoesNoHarm(t *testing.T) {
	good := encode(packet(pbx, desk, lines("SIP/2.0 180 Ringing", "Call-ID: a", "CSeq: 1 INVITE")))
	for i := range good {
		if _, err := hep.Decode(good[:i]); reasonOf(t, err) == "" {
			t.Errorf("the first %d of %d bytes were taken", i, len(good))
		}
		for bit := range 8 {
			damaged := bytes.Clone(good)
			damaged[i] ^= 1 << bit
			_, _ = read(damaged)
		}
	}
}

// Decoding allocates nothing, whatever lengths are announced.
func TestDecodingAllocatesNothing(t *testing.T) {
	good := encode(packet(pbx, desk, bytes.Repeat([]byte("x"), 1400)))
	if n := testing.AllocsPerRun(100, func() { _, _ = hep.Decode(good) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
