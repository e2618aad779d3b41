package ari_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/asterisk/asterisktest"
)

// told is what a tracker makes of all that the sink was given, in its order, once the time
// has passed after which a phone that is away is believed to be.
func (r *keeper) told(t *testing.T) telephony.State {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	tracker := telephony.NewTracker(lines)
	frames, snaps, at := r.frames, r.snaps, time.Time{}
	for _, what := range r.order {
		if what == "snapshot" {
			tracker.Resync(snaps[0])
			at, snaps = snaps[0].At, snaps[1:]
			continue
		}
		ev, err := ari.Decode(frames[0].Raw)
		if err != nil {
			t.Fatal(err)
		}
		tracker.Apply(ev)
		frames = frames[1:]
	}
	tracker.Tick(at.Add(time.Second))
	return tracker.States()[0].State
}

// TestAnAnswerOlderThanTheEventBeforeItIsNotBelieved has the phone change after the switch
// wrote its answer and before the answer is read: the event is here first, and is the last.
func TestAnAnswerOlderThanTheEventBeforeItIsNotBelieved(t *testing.T) {
	for _, c := range []struct {
		was, is string
		want    telephony.State
	}{{"offline", "online", telephony.Idle}, {"online", "offline", telephony.LineUnreachable}} {
		t.Run(c.is, func(t *testing.T) {
			f, sink := newFake(t), &keeper{}
			f.turns(c.was)
			socket := make(chan *websocket.Conn, 1)
			f.onOpen = func(_ context.Context, _ int, ws *websocket.Conn) { socket <- ws }
			f.onList = func(n int) {
				if n != 2 { // the first is for the subscription, the second for the snapshot
					return
				}
				f.turns(c.is)
				if err := (<-socket).Write(t.Context(), websocket.MessageText, f.dutyEvent()); err != nil {
					t.Error(err)
				}
				sink.await(t, 1, "frame EndpointStateChange")
			}
			config := f.config()
			config.AppCheck = time.Hour // only events count here
			run(t, ari.New(config, nil), sink)
			sink.await(t, 1, "snapshot")
			if diff := cmp.Diff([]string{"frame EndpointStateChange", "snapshot"}, sink.seen()); diff != "" {
				t.Fatalf("not the order that is tried here (-want +got):\n%s", diff)
			}
			if got := sink.told(t); got != c.want {
				t.Errorf("the line is %s, want %s: the phone is %s", got, c.want, c.is)
			}
		})
	}
}

// TestWhatNoEventToldIsFound has the phone change without an event.
func TestWhatNoEventToldIsFound(t *testing.T) {
	f, sink := newFake(t), &keeper{}
	var asked atomic.Int64
	f.onAsk = func() { asked.Add(1) }
	f.turns("offline")
	run(t, ari.New(f.config(), nil), sink)
	sink.await(t, 1, "snapshot")
	if got := sink.told(t); got != telephony.LineUnreachable {
		t.Fatalf("the line is %s", got)
	}
	f.turns("online")
	sink.await(t, 2, "snapshot")
	if got := sink.told(t); got != telephony.Idle {
		t.Errorf("the line is %s although the phone is online", got)
	}
	enough := asked.Load() + int64(4*len(f.config().Endpoints))
	asterisktest.Eventually(t, 10*time.Second, "the endpoints are compared again and again", func() bool { return asked.Load() >= enough })
	if diff := cmp.Diff([]string{"snapshot", "snapshot"}, sink.seen()); diff != "" {
		t.Errorf("the sink was told (-want +got):\n%s", diff)
	}
}
