package main

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/tape"
)

// stampHeard is a stamp of the switch: said and heard at these uptimes, when its clock and ours had
// been set by so much since the start.
type stampHeard struct {
	said, up  time.Duration
	its, ours time.Duration
}

func TestASetSwitchClockIsTakenForWhatItIs(t *testing.T) {
	start := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	const s, ms = time.Second, time.Millisecond
	for what, c := range map[string]struct {
		heard []stampHeard
		want  []time.Duration
		now   time.Duration // how far its clock is known to be ahead at the end
	}{
		"nothing happens":                          {[]stampHeard{{s, s, 0, 0}, {2 * s, 2*s + ms, 0, 0}, {900 * s, 900 * s, 0, 0}}, nil, 0},
		"set forward":                              {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, 8 * time.Hour, 0}}, []time.Duration{8 * time.Hour}, 8 * time.Hour},
		"set back":                                 {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, -8 * time.Hour, 0}}, []time.Duration{-8 * time.Hour}, -8 * time.Hour},
		"set forward with ours":                    {[]stampHeard{{s, s, 0, 0}, {2 * s, 2*s + 90*ms, time.Hour, time.Hour}}, []time.Duration{time.Hour}, time.Hour},
		"set back with ours":                       {[]stampHeard{{s, s, 0, 0}, {2 * s, 2*s + 90*ms, -time.Hour, -time.Hour}}, []time.Duration{-time.Hour}, -time.Hour},
		"set back with ours after a long quiet":    {[]stampHeard{{s, s, 0, 0}, {9000 * s, 9000 * s, -time.Hour, -time.Hour}}, []time.Duration{-time.Hour}, -time.Hour},
		"set forth and back":                       {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, time.Hour, 0}, {3 * s, 3 * s, 0, 0}}, []time.Duration{time.Hour, -time.Hour}, 0},
		"only ours is set forward":                 {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, 0, 26 * time.Hour}, {3 * s, 3 * s, 0, 0}}, nil, 0},
		"only ours is set back":                    {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, 0, -time.Hour}, {3 * s, 3 * s, 0, 0}}, nil, 0},
		"we stood still for half a minute":         {[]stampHeard{{s, s, 0, 0}, {2 * s, 32 * s, 0, 0}, {3 * s, 32 * s, 0, 0}, {33 * s, 33 * s, 0, 0}}, nil, 0},
		"the first stamps are late":                {[]stampHeard{{s, s + 700*ms, 0, 0}, {2 * s, 2 * s, 0, 0}}, nil, 0},
		"the machine's, by a second":               {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, s, s}, {3 * s, 3 * s, s, s}}, []time.Duration{s}, s},
		"the machine's, back by a second":          {[]stampHeard{{s, s, 0, 0}, {2 * s, 2*s + 900*ms, -s, -s}, {3 * s, 3*s + ms, -s, -s}}, []time.Duration{-s}, -s},
		"ours back by a second":                    {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, 0, -s}, {3 * s, 3 * s, 0, -s}}, nil, 0},
		"ours back, and a stamp as late as that":   {[]stampHeard{{s, s, 0, 0}, {2 * s, 3 * s, 0, -s}, {3 * s, 3 * s, 0, -s}}, []time.Duration{-s, s}, 0},
		"threads of the switch are late":           {[]stampHeard{{3 * s, 3 * s, 0, 0}, {s, 3 * s, 0, 0}}, nil, 0},
		"a stamp of the year 1 is nobody's":        {[]stampHeard{{s, s, 0, 0}, {2 * s, 2 * s, -time.Duration(1<<62) - time.Duration(1<<61), 0}, {3 * s, 3 * s, 0, 0}}, nil, 0},
		"two clocks that differ, one is set right": {[]stampHeard{{s, s, time.Hour, 0}, {2 * s, 2 * s, 0, 0}}, []time.Duration{-time.Hour}, 0},
	} {
		t.Run(what, func(t *testing.T) {
			var clock switchClock
			var got []time.Duration
			for _, h := range c.heard {
				if by := clock.hear(start.Add(h.said).Add(h.its), h.up, h.ours); by != 0 {
					got = append(got, by)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("set by (-want +got):\n%s", diff)
			}
			up := c.heard[len(c.heard)-1].up
			if now := firstStamp.Add(clock.most() + up); now.Sub(start.Add(up)) != c.now {
				t.Errorf("its clock is ahead by %v, want %v", now.Sub(start.Add(up)), c.now)
			}
		})
	}
	// A daemon that stood still right after the start hears late stamps alone: what the snapshot
	// said bounds how late.
	late := switchClock{}
	late.found(start, 0, 0)
	for i := range 200 {
		if by := late.hear(start.Add(s+time.Duration(i)*ms), 30*s, 0); by != 0 {
			t.Fatalf("stamps of half a minute ago: set by %v", by)
		}
	}
	if by := late.hear(start.Add(31*s), 31*s, 0); by != 0 {
		t.Errorf("after stamps of half a minute ago a fresh one: set by %v", by)
	}
	for what, c := range map[string]struct{ its, ours, want time.Duration }{
		"as it was": {3 * s, 0, 0}, "set forward": {time.Hour, 0, time.Hour}, "set back": {-8 * time.Hour, 0, -8 * time.Hour},
		"set back with ours": {-time.Hour + 3*s, -time.Hour, -time.Hour}, "only ours": {0, time.Hour, 0},
	} {
		clock := switchClock{}
		clock.hear(start, 0, 0)
		if by := clock.found(start.Add(s).Add(c.its), s, c.ours); by != c.want {
			t.Errorf("a snapshot of a clock %s: set by %v, want %v", what, by, c.want)
		}
		if by := clock.hear(start.Add(2*s).Add(c.want), 2*s, c.ours); by != 0 {
			t.Errorf("a snapshot of a clock %s: afterwards it was set by %v", what, by)
		}
	}
	fresh := switchClock{}
	fresh.found(start, time.Minute, 0)
	if now := firstStamp.Add(fresh.now() + time.Minute); !now.Equal(start) {
		t.Errorf("after a snapshot alone its clock is taken for %v, it said %v", now, start)
	}
	if by := new(switchClock).found(start, time.Hour, 0); by != 0 {
		t.Errorf("the first snapshot says that the clock was set by %v", by)
	}
}

// setOurs moves the watcher's own clock.
func setOurs(w *watcher, ahead time.Duration) {
	c := w.clock.(*clock)
	c.mu.Lock()
	defer c.mu.Unlock()
	machine := c.wall
	c.wall = func() time.Time { return machine().Add(ahead) }
}

// Somebody sets a clock while it rings, ours, the switch's or that of the machine with both:
// each warning comes at its moment, and the call is judged by how long it rang.
func TestACallIsJudgedByHowLongItRangWhoeverSetsAClock(t *testing.T) {
	for what, by := range map[string]struct{ ours, its time.Duration }{
		"ours forward": {time.Hour, 0}, "ours back": {-time.Hour, 0}, "the switch's forward": {0, 8 * time.Hour},
		"the switch's back": {0, -8 * time.Hour}, "both forward": {time.Hour, time.Hour}, "both back": {-8 * time.Hour, -8 * time.Hour},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box := &keptTape{}
				w, got, stop := startWatcher(t, &box.memoryTape, 0)
				defer stop()
				w.tape = box
				moved := time.Duration(0)
				w.clockSet = func(by time.Duration) { moved += by }
				ring(t, w, 0)
				synctest.Wait()
				<-time.After(5 * time.Second) // synthetic time
				setOurs(w, by.ours)
				trunk, duty := channel("1.0", "PJSIP/trunk-00000001", "Ring"), channel("1.1", dutyChannel, "Ringing")
				w.Frame(frame(t, w, by.its, "ChannelConnectedLine", map[string]any{"channel": trunk})) // as some other event
				<-time.After(4990 * time.Millisecond)                                                  // synthetic time
				synctest.Wait()
				want := []telephony.ChangeKind{telephony.CallOffered, telephony.CallRang}
				if by.its != 0 {
					want = append(want, telephony.CallUpdated) // it says that the clock was set
				}
				if diff := cmp.Diff(want, got.kinds()); diff != "" {
					t.Errorf("before ring 3 (-want +got):\n%s", diff)
				}
				<-time.After(20 * time.Millisecond) // synthetic time
				synctest.Wait()
				if diff := cmp.Diff(append(want, telephony.CallRing3), got.kinds()); diff != "" {
					t.Errorf("at ring 3 (-want +got):\n%s", diff)
				}
				duty["state"], trunk["state"] = "Up", "Up"
				w.Frame(frame(t, w, by.its, "Dial", map[string]any{"caller": trunk, "peer": duty, "dialstatus": "ANSWER"}))
				for _, ch := range []map[string]any{duty, trunk} {
					w.Frame(frame(t, w, by.its, "ChannelEnteredBridge", map[string]any{"channel": ch, "bridge": map[string]any{"id": "b"}}))
				}
				w.Frame(frame(t, w, by.its, "ChannelDestroyed", map[string]any{"channel": duty}))
				w.Frame(frame(t, w, by.its, "ChannelDestroyed", map[string]any{"channel": trunk}))
				synctest.Wait()
				call := got.last()
				if rang, _ := call.RingFor(); rang != 10010*time.Millisecond || call.Rings != 3 || call.Outcome != telephony.AnsweredInTime {
					t.Errorf("rang for %v, %d rings, %s", rang, call.Rings, call.Outcome)
				}
				if moved != by.its {
					t.Errorf("the journal was told that the switch's clock was set by %v, want %v", moved, by.its)
				}
				if diff := cmp.Diff(call, box.replay(t)); diff != "" {
					t.Errorf("replayed from the tape (-live +replayed):\n%s", diff)
				}
			})
		})
	}
}

// keptTape keeps what is written to it.
type keptTape struct {
	memoryTape
	raw [][]byte
}

func (k *keptTape) Write(r tape.Record) error {
	k.raw = append(k.raw, r.Raw)
	return nil
}

// replay is the call as the tape has it.
func (k *keptTape) replay(t *testing.T) telephony.Call {
	t.Helper()
	tracker := telephony.NewTracker(testLines())
	var got changes
	for _, raw := range k.raw {
		ev, err := ari.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		got.add(tracker.Apply(ev))
	}
	return got.last()
}

// last is the last call that ended.
func (c *changes) last() (call telephony.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.all {
		if ch.Kind == telephony.CallEnded {
			call = *ch.Call
		}
	}
	return call
}

// Only our own tape says that the switch's clock was set: from the switch it is no event.
func TestTheSwitchCannotSayThatItsClockWasSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, got, stop := startWatcher(t, &memoryTape{}, 0)
		defer stop()
		ring(t, w, 0)
		raw, err := json.Marshal(map[string]any{"type": "DutylineClockSet", "by_us": -3600e6})
		if err != nil {
			t.Fatal(err)
		}
		w.Frame(ari.Frame{Received: time.Now(), Up: w.clock.Uptime(), Raw: raw})
		synctest.Wait()
		if diff := cmp.Diff([]telephony.ChangeKind{telephony.CallOffered, telephony.CallRang}, got.kinds()); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}
