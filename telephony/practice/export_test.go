package practice

import (
	"context"
	"log/slog"
	"net"
	"time"
)

// What the tests outside this package look at.
var (
	Judge       = judge
	DisplayName = displayName
	ReadWAV     = readWAV
	Resample    = resample
	Babble      = babble
	EncodeAlaw  = encodeAlaw
	AlawSquare  = alawSquare
	FarEnd      = farEnd
	Meaning     = meaning
	SocketPath  = socketPath
)

const (
	Stay, Bind, Aside, Retreat = stay, bind, aside, retreat
	SampleRate                 = sampleRate
	PacketSamples              = packetSamples
	SecondAfter                = secondAfter
)

func (c Call) Complete() (Call, error) { return c.complete() }

// Conversation is the sound of a call as the named speech program gives it.
func Conversation(ctx context.Context, program, folder string, c Call) (caller, officer []byte) {
	t := newStudio(program, folder, slog.New(slog.DiscardHandler)).conversation(ctx, c)
	return t.caller, t.officer
}

// Exchange sends a track from each of two sockets to the other for a while.
func Exchange(there, back []byte, d time.Duration) (Level, Level, error) {
	local := net.IPv4(127, 0, 0, 1)
	a, err := openAudio(local)
	if err != nil {
		return Level{}, Level{}, err
	}
	b, err := openAudio(local)
	if err == nil {
		err = b.accept(a.offer())
	}
	if err == nil {
		err = a.accept(b.offer())
	}
	if err != nil {
		return Level{}, Level{}, err
	}
	a.start(there)
	b.start(back)
	<-time.After(d)
	a.stop()
	b.stop()
	return a.end(), b.end(), nil
}

// Send paces a track to an address for a while.
func Send(track []byte, to *net.UDPAddr, d time.Duration) error {
	a, err := openAudio(net.IPv4(127, 0, 0, 1))
	if err != nil {
		return err
	}
	a.session.SetRemoteAddr(to)
	a.start(track)
	<-time.After(d)
	a.end()
	return nil
}

// Booking and Board are a call and where its far end finds it.
type (
	Booking = booking
	Board   = board
)

func NewBooking(id int) *Booking                 { return &booking{id: id} }
func (b *Booking) ID() int                       { return b.id }
func (b *Booking) Reach() func()                 { return b.reach() }
func (b *Booking) FarIs(l Leg)                   { b.update(func(r *Result) { r.Far = l }) }
func (b *Booking) Settle(d time.Duration) Result { return b.settle(d) }
func (p *Board) Post(key string, b *Booking)     { p.post(key, b) }
func (p *Board) Take(key string) *Booking        { return p.take(key) }
func (p *Board) Drop(key string, b *Booking)     { p.drop(key, b) }

// Scripts is what is said, as side and text.
func Scripts() (all [][][2]string) {
	for _, s := range append(scripts[:len(scripts):len(scripts)], outgoingScript) {
		var lines [][2]string
		for _, t := range s {
			lines = append(lines, [2]string{string(t.by), t.text})
		}
		all = append(all, lines)
	}
	return all
}

// Floor is the rule of who may call.
type Floor = floor

func (f *Floor) Enter(ctx context.Context) (func(), bool) { return f.enter(ctx) }
func (f *Floor) TryProgramme(ctx context.Context) (context.Context, func(), <-chan struct{}, bool) {
	return f.tryProgramme(ctx)
}
