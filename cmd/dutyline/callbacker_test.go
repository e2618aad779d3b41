package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/telephony"
)

// switchboard is a switch that remembers what was asked of it.
type switchboard struct {
	mu      sync.Mutex
	placed  []telephony.CallBack
	dropped []string
	used    bool
	err     error
	during  func() // happens while it places a call
	told    chan string
}

func (s *switchboard) CallBack(_ context.Context, c telephony.CallBack) error {
	s.mu.Lock()
	s.placed = append(s.placed, c)
	during, err := s.during, s.err
	s.mu.Unlock()
	if during != nil {
		during()
	}
	return err
}

func (s *switchboard) DropCallBack(_ context.Context, id string) error {
	s.mu.Lock()
	s.dropped = append(s.dropped, id)
	s.mu.Unlock()
	if s.told != nil {
		s.told <- id
	}
	return s.err
}

func (s *switchboard) InUse(_ context.Context, endpoint string) (bool, error) {
	if endpoint != "PJSIP/duty" {
		return false, telephony.ErrNotFound
	}
	return s.used, nil
}

// backBench is a callBacker on an idle line.
type backBench struct {
	*callBacker
	t   *testing.T
	sw  *switchboard
	now time.Time
}

func newBackBench(t *testing.T) *backBench {
	b := &backBench{t: t, sw: &switchboard{}, now: time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)}
	lines := append(testLines(), telephony.Line{Name: "gone", Number: "02422739111", Endpoints: []string{"PJSIP/none"}, AreaCode: "024"},
		telephony.Line{Name: "many", Number: "02422739112", Endpoints: []string{"PJSIP/desk*"}, AreaCode: "024"})
	b.callBacker = newCallBacker(lines, b.sw, func() time.Time { return b.now }, slog.New(slog.DiscardHandler))
	for _, l := range lines {
		b.line1(l.Name, telephony.Idle)
	}
	return b
}

func (b *backBench) line1(line string, state telephony.State) {
	b.Told([]telephony.Change{{Kind: telephony.LineChanged, Line: line, State: telephony.LineState{Line: line, State: state}}})
}

func (b *backBench) call(kind telephony.ChangeKind, id string, d telephony.Direction, state telephony.State) {
	c := telephony.Call{ID: id, Line: "duty", Direction: d, OfferedAt: b.now}
	if kind == telephony.CallEnded {
		c.EndedAt = b.now
	}
	b.Told([]telephony.Change{{Kind: kind, Line: "duty", Call: &c, State: telephony.LineState{Line: "duty", State: state}}})
}

func (b *backBench) rung() string {
	b.t.Helper()
	id, err := b.CallBack(b.t.Context(), "", "13800001111")
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *backBench) refused(line, number string, want telephony.CallBackRefusal) {
	b.t.Helper()
	before := len(b.sw.placed)
	_, err := b.CallBack(b.t.Context(), line, number)
	var why telephony.CallBackRefusal
	if !errors.As(err, &why) || why != want || len(b.sw.placed) != before {
		b.t.Errorf("%s %q: %v, want %s", line, number, err, want)
	}
}

func TestTheDutyPhoneRingsForACallBack(t *testing.T) {
	b := newBackBench(t)
	id := b.rung()
	want := []telephony.CallBack{{ID: id, Phone: "PJSIP/duty", Number: "13800001111", Ring: 15 * time.Second}}
	if diff := cmp.Diff(want, b.sw.placed); diff != "" || !telephony.IsCallBack(id) {
		t.Errorf("%s (-want +got):\n%s", id, diff)
	}
	b.refused("duty", "13800002222", telephony.BackRinging)
	b.now = b.now.Add(16 * time.Second) // nobody picked up
	if again := b.rung(); again == id {
		t.Error("two calls have one id")
	}
}

func TestWhenNobodyIsCalledBack(t *testing.T) {
	b := newBackBench(t)
	b.refused("nowhere", "13800001111", telephony.BackNoLine)
	b.refused("gone", "13800001111", telephony.BackPhoneAway)
	b.refused("many", "13800001111", telephony.BackNoPhone)
	b.refused("", "", telephony.BackNoNumber)
	b.refused("", "*57*13900001111#", telephony.BackBadNumber)
	b.refused("", "22739110", telephony.BackOwnNumber)
	b.sw.used = true
	b.refused("", "13800001111", telephony.BackLineInUse)
	b.sw.used = false
	b.call(telephony.CallOffered, "1.1", telephony.Inbound, telephony.Idle)
	b.refused("", "13800001111", telephony.BackLineInUse)
	b.call(telephony.CallEnded, "1.1", telephony.Inbound, telephony.Idle)
	b.line1("duty", telephony.LineUnreachable)
	b.refused("", "13800001111", telephony.BackPhoneAway)
	b.line1("duty", telephony.LineStateUnknown)
	b.refused("", "13800001111", telephony.BackUnseen)
	b.line1("duty", telephony.Idle)
	b.Remember([]telephony.Call{{ID: "2.2", Line: "duty"}, {ID: "3.3", Line: "of another configuration"}})
	b.refused("", "13800001111", telephony.BackLineInUse)
	b.call(telephony.CallEnded, "2.2", telephony.Inbound, telephony.Idle)
	b.rung()
	b.end()
	b.refused("", "13800001111", telephony.BackStopping)
}

func TestACallBackMakesWayForACaller(t *testing.T) {
	b := newBackBench(t)
	b.sw.told = make(chan string, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	id := b.rung()
	b.call(telephony.CallOffered, "1.1", telephony.Inbound, telephony.Idle)
	if got := <-b.sw.told; got != id {
		t.Errorf("%s made way, want %s", got, id)
	}
	b.call(telephony.CallRang, "1.1", telephony.Inbound, telephony.Ringing)
	b.call(telephony.CallEnded, "1.1", telephony.Inbound, telephony.Idle)
	picked := b.rung()
	b.call(telephony.CallOffered, picked, telephony.Outbound, telephony.Talking)
	b.call(telephony.CallOffered, "4.4", telephony.Inbound, telephony.Talking) // engaged: what was picked up goes on
	b.call(telephony.CallEnded, "4.4", telephony.Inbound, telephony.Talking)
	b.call(telephony.CallEnded, picked, telephony.Outbound, telephony.Idle)
	last := b.rung()
	stop() // and what still rings at the end stops
	if got := <-b.sw.told; got != last {
		t.Errorf("%s stopped ringing, want %s", got, last)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{id, last}, b.sw.dropped); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The caller may come between the decision and the ring.
func TestACallerComesWhileTheSwitchIsAsked(t *testing.T) {
	b := newBackBench(t)
	b.sw.during = func() { b.call(telephony.CallOffered, "1.1", telephony.Inbound, telephony.Idle) }
	_, err := b.CallBack(t.Context(), "", "13800001111")
	if !errors.Is(err, telephony.BackLineInUse) || len(b.sw.dropped) != 1 || b.sw.dropped[0] != b.sw.placed[0].ID {
		t.Errorf("%v, dropped %v", err, b.sw.dropped)
	}
	b.sw.during = func() { b.call(telephony.CallOffered, b.sw.placed[1].ID, telephony.Outbound, telephony.Talking) } // picked up at once
	b.call(telephony.CallEnded, "1.1", telephony.Inbound, telephony.Idle)
	if id, err := b.CallBack(t.Context(), "", "13800001111"); err != nil || id != b.sw.placed[1].ID {
		t.Errorf("%s, %v", id, err)
	}
}

func TestASwitchThatRefusesLeavesThePhoneFree(t *testing.T) {
	b := newBackBench(t)
	b.sw.err = errors.New("the switch says no")
	if _, err := b.CallBack(t.Context(), "", "13800001111"); !errors.Is(err, b.sw.err) {
		t.Errorf("%v", err)
	}
	b.sw.err = nil
	b.rung()
}
