package practice_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/telephony/asterisk/asterisktest"
	"dutyline/telephony/practice"
)

// A programme with a second caller during a call, an engaged phone and a call of the officer.
func TestProgrammeIsPerformed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	steps := []practice.Step{
		{Kind: practice.EngagedInCall, Rest: 1, Call: practice.Call{From: "02422730001", AnswerAfter: short, Talk: practice.SecondAfter + time.Second},
			Second: &practice.Call{From: "02423860012"}},
		{Kind: practice.EngagedIdle, Rest: 1, Call: practice.Call{From: "02486840033", Does: practice.Busy}},
		{Kind: practice.OutAnswered, Rest: 1, Call: practice.Call{To: "13800001111", AnswerAfter: short, Talk: talk}},
		{Kind: practice.AnonymousCall, Rest: 1, Call: practice.Call{Anonymous: true, AnswerAfter: short, Talk: talk, HangUp: practice.Officer}},
	}
	s.config.Programme, s.config.Steps = true, slices.Values(steps)
	s.config.First, s.config.Pause = time.Millisecond, time.Millisecond
	results := make(chan practice.Result, 10)
	s.config.OnResult = func(r practice.Result) { results <- r }
	s.run(t)
	var got []string
	for range 5 {
		select {
		case r := <-results:
			got = append(got, fmt.Sprintf("%s%s %d/%d %s", r.Call.From, r.Call.To, r.Near.Status, r.Far.Status, r.HungUpBy))
		case <-time.After(20 * time.Second):
			t.Fatalf("the programme stopped after %v", got)
		}
	}
	want := []string{"02423860012 486/486 ", "02422730001 200/200 caller", "02486840033 486/486 ", "13800001111 200/200 officer", " 200/200 officer"}
	if !slices.Equal(got, want) {
		t.Errorf("the programme gave\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// It is over; the line is still there for calls at will.
	if r, err := s.line.Call(t.Context(), practice.Call{From: "110", Does: practice.Busy}, nil); err != nil || r.Near.Status != 486 {
		t.Errorf("after the programme: %+v, %v", r, err)
	}
}

// Calls leave nothing behind: no goroutine, no socket, no memory of them.
func TestCallsDoNotPileUp(t *testing.T) {
	s := newStage(t)
	s.run(t)
	round := func(calls int) {
		for i := range calls {
			c := practice.Call{From: "02422730001", Talk: 100 * time.Millisecond}
			switch i % 4 {
			case 1:
				c.Does = practice.Busy
			case 2:
				c.Does, c.GiveUpAfter = practice.NeverAnswer, 50*time.Millisecond
			case 3:
				c = practice.Call{To: "13800001111", Talk: 100 * time.Millisecond}
			}
			if _, err := s.line.Call(t.Context(), c, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	round(4)
	goroutines, sockets := ourGoroutines(), openSockets(t)
	round(8)
	asterisktest.Eventually(t, 5*time.Second, "goroutines and sockets are as many as before", func() bool {
		return ourGoroutines() <= goroutines && openSockets(t) <= sockets
	})
}

// ourGoroutines leaves out those in which the SIP library alone waits for its timers.
func ourGoroutines() int {
	buf := make([]byte, 1<<20)
	n := 0
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "dutyline/telephony/practice.") {
			n++
		}
	}
	return n
}

// The two voices go through the switch to the recording of their own side.
func TestVoicesAreOnTheirOwnSide(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(t)
	call := practice.Call{From: "02422730001", AnswerAfter: short, Talk: 5 * time.Second}
	if _, err := s.line.Call(t.Context(), call, nil); err != nil {
		t.Fatal(err)
	}
	var far, officer []float64
	asterisktest.Eventually(t, 5*time.Second, "both sides are recorded", func() bool {
		far, officer = recorded(t, s, "far"), recorded(t, s, "officer")
		return len(far) > 4*practice.SampleRate && len(officer) > 4*practice.SampleRate
	})
	callerSays, officerSays := practice.Conversation(t.Context(), "off", "", call)
	for name, c := range map[string]struct {
		heard      []float64
		own, other []byte
	}{"far": {far, callerSays, officerSays}, "officer": {officer, officerSays, callerSays}} {
		own, other := alike(c.heard, c.own), alike(c.heard, c.other)
		if own < 0.6 || own < other+0.4 {
			t.Errorf("the side %s sounds %.2f like its own voice and %.2f like the other", name, own, other)
		}
	}
}

// recorded is the switch's recording of one side, full scale = 1.
func recorded(t *testing.T, s *stage, side string) []float64 {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.asterisk.Settings.Recording(), "*-"+side+".wav"))
	if err != nil || len(files) != 1 {
		return nil
	}
	b, err := os.ReadFile(files[0])
	if err != nil || len(b) < 44 {
		return nil
	}
	var pcm []float64
	for i := 44; i+1 < len(b); i += 2 {
		pcm = append(pcm, float64(int16(binary.LittleEndian.Uint16(b[i:])))/32768)
	}
	return pcm
}

// alike compares loudness over time, in steps of 20 ms, at the best of small delays: 1 is
// the same. Jitter buffers shift sound, they do not change when somebody speaks.
func alike(heard []float64, said []byte) float64 {
	var a, b []float64
	for i := 0; i+practice.PacketSamples <= len(heard); i += practice.PacketSamples {
		sum := 0.0
		for _, x := range heard[i : i+practice.PacketSamples] {
			sum += x * x
		}
		a = append(a, sum)
	}
	for i := 0; i+practice.PacketSamples <= len(said); i += practice.PacketSamples {
		sum := 0.0
		for _, x := range said[i : i+practice.PacketSamples] {
			sum += practice.AlawSquare[x]
		}
		b = append(b, sum)
	}
	a, b = smooth(a), smooth(b)
	best := 0.0
	for shift := -15; shift <= 15; shift++ {
		best = max(best, correlation(a, b, shift))
	}
	return best
}

// smooth leaves who speaks when, and takes away the syllables.
func smooth(v []float64) []float64 {
	const window = 10
	var out []float64
	for i := range max(0, len(v)-window) {
		sum := 0.0
		for _, x := range v[i : i+window] {
			sum += x
		}
		out = append(out, sum)
	}
	return out
}

func correlation(a, b []float64, shift int) float64 {
	var n, sa, sb, saa, sbb, sab float64
	for i := range a {
		if j := i + shift; j >= 0 && j < len(b) {
			x, y := a[i], b[j]
			n, sa, sb, saa, sbb, sab = n+1, sa+x, sb+y, saa+x*x, sbb+y*y, sab+x*y
		}
	}
	va, vb := n*saa-sa*sa, n*sbb-sb*sb
	if va <= 0 || vb <= 0 {
		return 0
	}
	c := (n*sab - sa*sb)
	return c * max(c, -c) / (va * vb) // signed square: only what is nearly the same comes near 1
}
