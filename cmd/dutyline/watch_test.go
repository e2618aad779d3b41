package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/tape"
)

func testLines() []telephony.Line {
	return []telephony.Line{{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"},
		AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP}}
}

// memoryTape counts what was written; refuse makes it fail like a full disk.
type memoryTape struct {
	refuse  error
	records int

	flushRefuse error
	closed      bool
}

func (t *memoryTape) Write(tape.Record) error { t.records++; return t.refuse }
func (t *memoryTape) Flush() error            { return errors.Join(t.refuse, t.flushRefuse) }
func (t *memoryTape) Close() error            { t.closed = true; return nil }

// changes collects what the watcher commits.
type changes struct {
	mu  sync.Mutex
	all []telephony.Change
}

func (c *changes) add(more []telephony.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, more...)
}

func (c *changes) kinds() []telephony.ChangeKind {
	c.mu.Lock()
	defer c.mu.Unlock()
	var kinds []telephony.ChangeKind
	for _, ch := range c.all {
		if ch.Call != nil {
			kinds = append(kinds, ch.Kind)
		}
	}
	return kinds
}

// frame writes an ARI event as Asterisk does; the switch's clock is ahead of ours by skew.
func frame(t *testing.T, w *watcher, skew time.Duration, kind string, fields map[string]any) ari.Frame {
	t.Helper()
	now := time.Now()
	fields["type"], fields["timestamp"] = kind, now.Add(skew).UTC().Format("2006-01-02T15:04:05.000+0000")
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return ari.Frame{Received: now, Up: w.clock.Uptime(), Raw: raw}
}

const dutyChannel = "PJSIP/duty-00000002"

func channel(id, name, state string) map[string]any {
	plan := map[string]any{"context": "from-trunk", "exten": "02422739110", "app_name": "Dial", "app_data": "PJSIP/duty,120"}
	if name == dutyChannel {
		plan = map[string]any{"context": "from-duty", "exten": "s", "app_name": "AppDial", "app_data": "(Outgoing Line)"}
	}
	return map[string]any{"id": id, "name": name, "state": state, "caller": map[string]any{"number": "02422730001", "name": ""}, "dialplan": plan}
}

func ring(t *testing.T, w *watcher, skew time.Duration) {
	t.Helper()
	trunk, duty := channel("1.0", "PJSIP/trunk-00000001", "Ring"), channel("1.1", dutyChannel, "Ringing")
	w.Frame(frame(t, w, skew, "ChannelCreated", map[string]any{"channel": trunk}))
	w.Frame(frame(t, w, skew, "ChannelCreated", map[string]any{"channel": channel("1.1", dutyChannel, "Down")}))
	w.Frame(frame(t, w, skew, "Dial", map[string]any{"caller": trunk, "peer": duty, "dialstatus": "", "dialstring": "duty"}))
	w.Frame(frame(t, w, skew, "Dial", map[string]any{"caller": trunk, "peer": duty, "dialstatus": "RINGING"}))
}

func startWatcher(t *testing.T, tp *memoryTape, skew time.Duration) (*watcher, *changes, func()) {
	t.Helper()
	var got changes
	w := newWatcher(testLines(), tp, got.add, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	w.Snapshot(telephony.Snapshot{At: time.Now().Add(skew), Endpoints: []telephony.Endpoint{{Name: "PJSIP/duty", Online: true, Known: true}}})
	return w, &got, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// The warnings come from the clock alone: nothing is heard of the call after the bell began.
func TestWarningsComeWhileItStillRings(t *testing.T) {
	for _, skew := range []time.Duration{0, time.Hour, -time.Hour} {
		t.Run(fmt.Sprintf("the switch's clock is ahead by %s", skew), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, got, stop := startWatcher(t, &memoryTape{}, skew)
				defer stop()
				ring(t, w, skew)
				want := []telephony.ChangeKind{telephony.CallOffered, telephony.CallRang}
				<-time.After(9990 * time.Millisecond) // synthetic time
				synctest.Wait()
				if diff := cmp.Diff(want, got.kinds()); diff != "" {
					t.Errorf("before ring 3 (-want +got):\n%s", diff)
				}
				<-time.After(20 * time.Millisecond) // synthetic time
				synctest.Wait()
				want = append(want, telephony.CallRing3)
				if diff := cmp.Diff(want, got.kinds()); diff != "" {
					t.Errorf("at ring 3 (-want +got):\n%s", diff)
				}
				<-time.After(5 * time.Second) // synthetic time
				synctest.Wait()
				want = append(want, telephony.CallLimit)
				if diff := cmp.Diff(want, got.kinds()); diff != "" {
					t.Errorf("after the limit (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A write that only reaches a buffer is no proof that the disk has room again.
func TestAFullDiskIsNotCalledMendedByABuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tp := &memoryTape{flushRefuse: errors.New("no space left on device")}
		w, _, stop := startWatcher(t, tp, 0)
		defer stop()
		for range 3 {
			ring(t, w, 0)
			<-time.After(2 * flushEvery) // synthetic time
			synctest.Wait()
			ring(t, w, 0)
			synctest.Wait()
			if err, _ := w.health.read(); err == nil {
				t.Fatal("the tape reads as written while every flush fails")
			}
		}
		tp.flushRefuse = nil
		ring(t, w, 0)
		<-time.After(2 * flushEvery) // synthetic time
		synctest.Wait()
		if err, _ := w.health.read(); err != nil {
			t.Errorf("the tape reads as failed (%v) after a good flush", err)
		}
	})
}

func TestAFullDiskOrAMalformedFrameNeverStopsTheWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tp := &memoryTape{refuse: errors.New("no space left on device")}
		w, got, stop := startWatcher(t, tp, 0)
		w.Frame(ari.Frame{Received: time.Now(), Up: w.clock.Uptime(), Raw: []byte(`{"type":"Dial","timestamp":`)})
		ring(t, w, 0)
		synctest.Wait()
		if diff := cmp.Diff([]telephony.ChangeKind{telephony.CallOffered, telephony.CallRang}, got.kinds()); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
		tapeErr, malformed := w.health.read()
		if tapeErr == nil || malformed != 1 {
			t.Errorf("health says tape %v, %d malformed; want the disk's fault and 1", tapeErr, malformed)
		}
		stop()
		if tp.records != 5 || !tp.closed {
			t.Errorf("%d records, closed %v: every frame belongs on the tape, also a malformed one", tp.records, tp.closed)
		}
	})
}

func TestAfterAGapTheLineIsUnknownUntilTheSwitchIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, stop := startWatcher(t, &memoryTape{}, 0)
		defer stop()
		synctest.Wait()
		if s := w.tracker.States()[0].State; s != telephony.Idle {
			t.Fatalf("state %q, want idle", s)
		}
		w.Gap(time.Now(), errors.New("connection reset"))
		synctest.Wait()
		if s := w.tracker.States()[0].State; s != telephony.LineStateUnknown {
			t.Errorf("state after a gap %q, want unknown", s)
		}
	})
}

func TestAFaultMendedWhileWeWereAwayIsCleared(t *testing.T) {
	fault := telephony.AuditEndpoint("duty", "PJSIP/duty", telephony.EndpointSettings{Known: true, RedirectMethod: "uri_pjsip", QualifyFrequency: "10"})
	other := telephony.AuditEndpoint("duty", "PJSIP/duty", telephony.EndpointSettings{Known: true, RedirectMethod: "user", QualifyFrequency: "0"})
	var got changes
	w := newWatcher(testLines(), &memoryTape{}, got.add, slog.New(slog.DiscardHandler))
	w.resume(nil, []dutylog.LineStatus{{LineState: telephony.LineState{Line: "duty"},
		Faults: []dutylog.LineFault{{Finding: fault[0].Finding, Detail: fault[0].Detail}}}})
	got.all = nil
	w.take(message{faults: other})
	var kinds []string
	for _, ch := range got.all {
		kinds = append(kinds, string(ch.Kind)+" "+string(ch.Finding))
	}
	if diff := cmp.Diff([]string{"fault qualify_off", "fault_cleared redirect_method_uri_pjsip"}, kinds); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	got.all = nil
	w.take(message{faults: other})
	if len(got.all) != 0 {
		t.Errorf("the same audit again said %v, want nothing", got.all)
	}
}
