package main_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/emiago/diago"
	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"dutyline/recorder/recordertest"
	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// One-minute calls run side by side, begun one after the other, so that they end one after
// the other: the figure takes two minutes instead of twenty.
const (
	sealCalls = 24
	sealEvery = 2500 * time.Millisecond
	sealTalk  = time.Minute
)

// sealAfterHangup is from the caller's BYE to the page's first word of the sealed recording.
func (m *measurements) sealAfterHangup(b *testing.B) float64 {
	far := asterisktest.FreeUDP(b)
	e := newBed(b)
	phone := startDeskPhone(b, e)
	line := e.practice(b, practice.Config{FarEndAddress: far, NoPhone: true})
	tellf("placing %d calls of %v each, one every %v", sealCalls, sealTalk, sealEvery)
	w := watchMachine()
	results := placeStaggered(b, line)
	if err := phone.trouble(); err != nil {
		b.Fatal(err)
	}
	var late []time.Duration
	for _, r := range results {
		e.await(b, 30*time.Second, "the sealed recording of the call from "+r.Call.From, func() bool {
			return e.feed.ofCaller(r.Call.From).sealed()
		})
		late = append(late, e.judgeSeal(b, r))
	}
	tellf("from hang-up to seal: %s; %s", spread(late), w.stop())
	cpu := e.stop(b)
	tellf("the whole daemon, from its start on, took %.3f s of CPU per minute of talk", cpu.Seconds()/(sealCalls*sealTalk.Minutes()))
	return millis(percentile(late, 99))
}

// placeStaggered places all calls and waits for their ends.
func placeStaggered(b *testing.B, line *practice.Line) []practice.Result {
	results, faults := make([]practice.Result, sealCalls), make([]error, sealCalls)
	var calls sync.WaitGroup
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for i := range sealCalls {
		calls.Go(func() {
			call := practice.Call{From: fmt.Sprintf("0242275%04d", i), Talk: sealTalk, HangUp: practice.Caller}
			results[i], faults[i] = line.Call(b.Context(), call, nil)
		})
		<-tick.C
	}
	calls.Wait()
	for i, r := range results {
		if faults[i] != nil || !r.Answered() || r.HungUpBy != practice.Caller {
			b.Fatalf("call %d was not answered and hung up by the caller: %+v %v", i, r, faults[i])
		}
		if talk := r.Near.EndedAt.Sub(r.Near.AnsweredAt); talk < sealTalk || r.Near.Heard.Peak < -40 {
			b.Fatalf("call %d: %v of talk, of which the caller heard %+v", i, talk, r.Near.Heard)
		}
	}
	return results
}

// judgeSeal says how long after the hang-up the seal was visible; a recording that is not
// whole, or of one side only, is no measurement.
func (e *bed) judgeSeal(b *testing.B, r practice.Result) time.Duration {
	b.Helper()
	call := e.call(b, e.feed.ofCaller(r.Call.From).ID)
	_, sealed := e.feed.firstSeen(call.ID)
	if !call.sealed() || len(call.Findings) > 0 || call.Recording.DurationMS < sealTalk.Milliseconds()-500 {
		b.Fatalf("the recording of the call from %s is not whole: %+v %+v", r.Call.From, call, call.Recording)
	}
	return sealed.Sub(r.Near.EndedAt)
}

// deskPhone is a registered duty phone that takes every call and speaks in each of them.
type deskPhone struct {
	voice []byte // WAV

	mu    sync.Mutex
	fault error
}

// startDeskPhone registers the phone until the benchmark ends.
func startDeskPhone(b *testing.B, e *bed) *deskPhone {
	b.Helper()
	_, officer := recordertest.Dialogue(sealTalk + 10*time.Second)
	p := &deskPhone{voice: recordertest.WAV(officer)}
	quiet := slog.New(slog.DiscardHandler)
	s := e.asterisk.Settings
	ua, err := sipgo.NewUA(sipgo.WithUserAgent(s.DutyUser), sipgo.WithUserAgentHostname("127.0.0.1"),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(quiet)),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	b.Cleanup(func() {
		stop()
		_ = ua.Close()
	})
	phone := diago.NewDiago(ua, diago.WithLogger(quiet), diago.WithTransport(diago.Transport{Transport: "udp", BindHost: "127.0.0.1"}))
	if err := phone.ServeBackground(ctx, p.take); err != nil {
		b.Fatal(err)
	}
	at := netip.MustParseAddrPort(s.SIPAddress)
	registrar := sip.Uri{Scheme: "sip", User: s.DutyUser, Host: at.Addr().String(), Port: int(at.Port())}
	tx, err := phone.RegisterTransaction(ctx, registrar, diago.RegisterOptions{Username: s.DutyUser, Password: s.DutyPassword, Expiry: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	if err := tx.Register(ctx); err != nil {
		b.Fatalf("register the duty phone: %v", err)
	}
	return p
}

// take rings shortly, picks up and speaks until the caller hangs up.
func (p *deskPhone) take(in *diago.DialogServerSession) {
	if err := p.talk(in); err != nil && in.Context().Err() == nil {
		p.mu.Lock()
		p.fault = fmt.Errorf("the duty phone: %w", err)
		p.mu.Unlock()
	}
}

func (p *deskPhone) talk(in *diago.DialogServerSession) error {
	if err := in.Ringing(); err != nil {
		return fmt.Errorf("ring: %w", err)
	}
	select {
	case <-in.Context().Done():
		return nil
	case <-time.After(time.Second): // a shorter ring would be taken for a machine's answer
	}
	if err := in.Answer(); err != nil {
		return fmt.Errorf("pick up: %w", err)
	}
	voice, err := in.PlaybackCreate()
	if err != nil {
		return fmt.Errorf("speak: %w", err)
	}
	_, err = voice.Play(&untilDone{ctx: in.Context(), from: bytes.NewReader(p.voice)}, "audio/wav")
	<-in.Context().Done()
	return err
}

func (p *deskPhone) trouble() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// untilDone ends a reader with its context.
type untilDone struct {
	ctx  context.Context
	from io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, io.EOF
	}
	return u.from.Read(p)
}
