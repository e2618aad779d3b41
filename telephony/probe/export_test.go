package probe

import (
	"net/netip"

	"dutyline/telephony/ringback"
)

// Parse reads a message of the call with this Call-ID; nil: it is none.
func Parse(b []byte, callID string) any { return parse(b, callID) }

// SoundFrom is where a session description says that sound comes from.
func SoundFrom(body []byte) (netip.Addr, bool) { return soundFrom(body) }

// Sound is what the caller hears, without a socket.
type Sound struct{ s *sound }

// NewSound hears what comes from an address.
func NewSound(from netip.Addr) *Sound {
	s := &sound{heard: func(int, ringback.Verdict) {}}
	s.allow(from)
	return &Sound{s}
}

// Take takes one packet.
func (x *Sound) Take(b []byte, from netip.Addr) { x.s.take(b, from) }

// Kept is what was kept.
func (x *Sound) Kept() []byte { return x.s.alaw }

// Allow lets sound from an address be heard.
func (x *Sound) Allow(a netip.Addr) { x.s.allow(a) }

// Allowed is how many addresses may send it.
func (x *Sound) Allowed() int { return len(x.s.allowed) }

// StopKeeping ends what is kept.
func (x *Sound) StopKeeping() { x.s.stopKeeping() }

// Verdict is what the sound is.
func (x *Sound) Verdict() ringback.Verdict { return x.s.listener.Verdict() }
