package main_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// bells is what calls that rang showed: how late the page was, and how wrong the ring time.
type bells struct{ late, wrong []time.Duration }

// bellCalls is how many calls are placed; the goal is judged over at least 100.
const bellCalls = 120

// bellToPage is from the phone's 180 to the page's ringing frame.
func (m *measurements) bellToPage(b *testing.B) float64 {
	late := m.bells.get(b, measureBells).late
	tellf("bell to page: %s", spread(late))
	return millis(percentile(late, 99))
}

// ringError is how far the API's ring time is from that between the phone's 180 and its 200.
func (m *measurements) ringError(b *testing.B) float64 {
	wrong := m.bells.get(b, measureBells).wrong
	tellf("ring error: %s", spread(wrong))
	return millis(percentile(wrong, 99))
}

// measureBells places calls one after the other; the simulated duty phone rings for some
// tenths of a second, is answered and hung up.
func measureBells(b *testing.B) bells {
	far := asterisktest.FreeUDP(b)
	e := newBed(b)
	line := e.practice(b, practice.Config{FarEndAddress: far, Speech: "off"})
	var results []practice.Result
	tellf("placing %d calls that ring shortly", bellCalls)
	for i := range bellCalls {
		_, phase := math.Modf(float64(i) * math.Phi) // even, without a rhythm
		call := practice.Call{
			From: fmt.Sprintf("0242274%04d", i), Talk: 100 * time.Millisecond,
			AnswerAfter: 60*time.Millisecond + time.Duration(phase*float64(600*time.Millisecond)),
		}
		r, err := line.Call(b.Context(), call, nil)
		if err != nil || !r.Answered() || r.Phone().RingAt.IsZero() {
			b.Fatalf("call %d was not answered after ringing: %+v %v", i, r, err)
		}
		results = append(results, r)
	}
	var all bells
	for _, r := range results {
		e.await(b, 10*time.Second, "the end of the call from "+r.Call.From+" in the log", func() bool {
			return e.feed.ofCaller(r.Call.From).Outcome != ""
		})
		late, wrong := e.judgeBell(b, r)
		all.late, all.wrong = append(all.late, late), append(all.wrong, wrong)
	}
	return all
}

// judgeBell compares one call as the phone and as the daemon saw it.
func (e *bed) judgeBell(b *testing.B, r practice.Result) (late, wrong time.Duration) {
	b.Helper()
	call := e.call(b, e.feed.ofCaller(r.Call.From).ID)
	rang, _ := e.feed.firstSeen(call.ID)
	if rang.IsZero() || call.RingMS == nil || call.Outcome != "answered_in_time" {
		b.Fatalf("the call from %s rang and was answered, the daemon says %+v, ringing frame at %v", r.Call.From, call, rang)
	}
	wrong = time.Duration(*call.RingMS)*time.Millisecond - r.RingFor()
	return rang.Sub(r.Phone().RingAt), wrong.Abs()
}

// practice runs a practice line at the bed's switch until the benchmark ends.
func (e *bed) practice(b *testing.B, cfg practice.Config) *practice.Line {
	b.Helper()
	s := e.asterisk.Settings
	cfg.SIPAddress, cfg.DutyUser, cfg.DutyPassword, cfg.Number = s.SIPAddress, s.DutyUser, s.DutyPassword, s.Number
	line, err := practice.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- line.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Errorf("the practice line: %v", err)
		}
	})
	select {
	case <-line.Ready():
	case <-time.After(20 * time.Second):
		b.Fatal("the practice line is not ready after 20 s")
	}
	return line
}
