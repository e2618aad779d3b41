package probe_test

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"dutyline/telephony/probe"
	"dutyline/telephony/ringback"
)

var exchangeAt = netip.MustParseAddr("127.0.0.1")

// packet is 20 ms of a stream: its samples are all of one value, so that their place can be seen.
func packet(source, at uint32, value byte) []byte {
	b := make([]byte, 12, 172)
	b[0], b[1] = 0x80, 8
	binary.BigEndian.PutUint32(b[4:], at)
	binary.BigEndian.PutUint32(b[8:], source)
	for range 160 {
		b = append(b, value)
	}
	return b
}

// heard is what was kept, one letter for each 20 ms: the value of the samples, or . for silence.
func heard(alaw []byte) string {
	var s []byte
	for i := 0; i+160 <= len(alaw); i += 160 {
		letter := alaw[i]
		if letter == 0xD5 {
			letter = '.'
		}
		s = append(s, letter)
	}
	return string(s)
}

// An exchange may send nothing in the pauses, lose packets, send them late or twice, or go on with
// another stream: the tone's cadence has to stay what it was.
func TestSoundHasItsPlace(t *testing.T) {
	type sent struct {
		source, at uint32
		value      byte
	}
	for name, c := range map[string]struct {
		packets []sent
		want    string
	}{
		"as it should be":         {[]sent{{1, 1000, 'a'}, {1, 1160, 'b'}, {1, 1320, 'c'}}, "abc"},
		"a pause without packets": {[]sent{{1, 0, 'a'}, {1, 640, 'b'}}, "a...b"},
		"one is lost":             {[]sent{{1, 0, 'a'}, {1, 320, 'c'}}, "a.c"},
		"one comes too late":      {[]sent{{1, 0, 'a'}, {1, 320, 'c'}, {1, 160, 'b'}, {1, 480, 'd'}}, "a.cd"},
		"one comes twice":         {[]sent{{1, 0, 'a'}, {1, 0, 'a'}, {1, 160, 'b'}}, "ab"},
		"another stream":          {[]sent{{1, 0, 'a'}, {2, 900_000, 'b'}, {2, 900_160, 'c'}}, "abc"},
		"the stamps wrap around":  {[]sent{{1, 1<<32 - 160, 'a'}, {1, 0, 'b'}, {1, 320, 'd'}}, "ab.d"},
		"a leap of hours is none": {[]sent{{1, 0, 'a'}, {1, 1 << 28, 'b'}}, "ab"},
	} {
		s := probe.NewSound(exchangeAt)
		for _, p := range c.packets {
			s.Take(packet(p.source, p.at, p.value), exchangeAt)
		}
		if got := heard(s.Kept()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What is no sound of the exchange is not heard, whatever it is.
func TestForeignSoundIsNotHeard(t *testing.T) {
	s := probe.NewSound(exchangeAt)
	s.Take(packet(1, 0, 'x'), netip.MustParseAddr("127.0.0.9"))
	video := packet(1, 0, 'x')
	video[1] = 99
	for _, b := range [][]byte{nil, {0x80}, video, packet(1, 0, 'x')[:12], {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}} {
		s.Take(b, exchangeAt)
	}
	if kept := s.Kept(); len(kept) != 0 {
		t.Errorf("it heard %q", heard(kept))
	}
	s.Take(packet(1, 0, 'a'), exchangeAt)
	s.StopKeeping()
	s.Take(packet(1, 160, 'b'), exchangeAt)
	if got := heard(s.Kept()); got != "a" {
		t.Errorf("after the answer it went on: %q", got)
	}
	for i := range uint32(64) {
		s.Allow(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
	}
	if n := s.Allowed(); n > 8 {
		t.Errorf("%d addresses may send sound", n)
	}
}

// However long somebody sends, so much is kept and no more.
func TestSoundIsBounded(t *testing.T) {
	s := probe.NewSound(exchangeAt)
	for i := range uint32(60 * 50) {
		s.Take(packet(1, i*160, 'a'), exchangeAt)
	}
	if n := len(s.Kept()); n < 39*8000 || n > 41*8000 {
		t.Errorf("%d samples of a minute are kept", n)
	}
	leaps := probe.NewSound(exchangeAt)
	for i := range uint32(50) {
		leaps.Take(packet(1, i*60_000, 'a'), exchangeAt) // pauses of 7 s between them
	}
	if n := len(leaps.Kept()); n > 50*8000 {
		t.Errorf("%d samples are kept of a stream that is mostly pauses", n)
	}
}

// A standard tone of which the exchange sends the bursts only is a standard tone.
func TestAToneWithoutItsPausesIsHeard(t *testing.T) {
	s := probe.NewSound(exchangeAt)
	tone := standardTone(12)
	for i := 0; i+160 <= len(tone); i += 160 {
		loud := false
		b := make([]byte, 12, 172)
		b[0], b[1] = 0x80, 8
		binary.BigEndian.PutUint32(b[4:], uint32(i))
		binary.BigEndian.PutUint32(b[8:], 1)
		for _, v := range tone[i : i+160] {
			loud = loud || v > 200
			b = append(b, alaw(v))
		}
		if loud {
			s.Take(b, exchangeAt)
		}
	}
	if v := s.Verdict(); v.Kind != ringback.Standard {
		t.Errorf("%+v", v)
	}
}
