package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var errDisk = errors.New("no space left on device")

// brokenLog is a real duty log with faults: it fails some times, refuses what is poisonous,
// or does not come back until it is let go.
type brokenLog struct {
	*sqlite.DB
	mu       sync.Mutex
	fail     int // so many writes fail, whatever they are
	poison   func(telephony.Change) bool
	refusal  error         // what is said of what is poisonous
	hold     chan struct{} // a write waits until this is closed
	turns    chan struct{} // each write takes one of these
	recorded []string      // what was written, in order, once each
}

func (b *brokenLog) broken() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail > 0 {
		b.fail--
		return errDisk
	}
	return nil
}

func (b *brokenLog) Record(ctx context.Context, changes []telephony.Change) error {
	return b.RecordAndTell(ctx, changes, nil)
}

func (b *brokenLog) RecordAndTell(ctx context.Context, changes []telephony.Change, judge alerts.Judge) error {
	if b.hold != nil {
		<-b.hold
	}
	if b.turns != nil {
		<-b.turns
	}
	if err := b.broken(); err != nil {
		return err
	}
	for _, ch := range changes {
		if b.poison != nil && b.poison(ch) {
			if b.refusal != nil {
				return b.refusal
			}
			return errors.New("constraint failed")
		}
	}
	if err := b.DB.RecordAndTell(ctx, changes, judge); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ch := range changes {
		b.recorded = append(b.recorded, nameOf(ch))
	}
	return nil
}

func (b *brokenLog) Healthy(ctx context.Context) error {
	if err := b.broken(); err != nil {
		return err
	}
	return b.DB.Healthy(ctx)
}

func (b *brokenLog) names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.recorded...)
}

func nameOf(ch telephony.Change) string {
	if ch.Call == nil {
		return string(ch.Kind)
	}
	return ch.Call.ID + " " + string(ch.Kind)
}

// commitRoom is a committer at work on a log that may be broken.
type commitRoom struct {
	t     *testing.T
	log   *brokenLog
	c     *committer
	aside string
	stop  context.CancelFunc
	ended chan error
}

func newCommitRoom(t *testing.T, b *brokenLog) *commitRoom {
	t.Helper()
	dir := t.TempDir()
	db, err := sqlite.Open(context.Background(), filepath.Join(dir, "log.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b.DB = db
	r := &commitRoom{t: t, log: b, aside: filepath.Join(dir, "refused-changes.jsonl"), ended: make(chan error, 1)}
	r.c = newCommitter(b, alerts.Rules{}.Judge, r.aside, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.ended <- r.c.Run(ctx) }()
	return r
}

// finish stops the committer; the log stays open for a last look and is closed by done.
func (r *commitRoom) finish() error {
	r.stop()
	return <-r.ended
}

func (r *commitRoom) done() {
	if err := r.log.DB.Close(); err != nil {
		r.t.Error(err)
	}
}

// keeps insists on what the log holds of each call, and on what the committer says of itself.
func (r *commitRoom) keeps(calls map[string]telephony.Outcome) {
	r.t.Helper()
	page, _, err := r.log.Calls(context.Background(), dutylog.CallQuery{Limit: 100})
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[string]telephony.Outcome{}
	for _, c := range page {
		got[c.ID] = c.Outcome
	}
	if diff := cmp.Diff(calls, got); diff != "" {
		r.t.Errorf("calls in the log (-want +got):\n%s", diff)
	}
}

func (r *commitRoom) health(failing bool, waiting int) {
	r.t.Helper()
	if err, n := r.c.Health(); (err != nil) != failing || n != waiting {
		r.t.Errorf("health: %v, %d wait; want failing %v, %d", err, n, failing, waiting)
	}
}

// asideNames are the changes that were set aside.
func (r *commitRoom) asideNames() []string {
	r.t.Helper()
	b, err := os.ReadFile(r.aside)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		var ch struct {
			Kind string
			Call struct {
				ID string `json:"id"`
			}
		}
		if err := json.Unmarshal([]byte(line), &ch); err != nil {
			r.t.Errorf("a line that was set aside is no JSON: %v", err)
		}
		names = append(names, ch.Call.ID+" "+ch.Kind)
	}
	return names
}

// missedCall is what the tracker says of one missed call: three changes and their alerts.
func missedCall(id string) []telephony.Change {
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	c := telephony.Call{ID: id, Line: "duty", Direction: telephony.Inbound, OfferedAt: at, Caller: telephony.ParseNumber("02422730001", "024")}
	change := func(kind telephony.ChangeKind, at time.Time) telephony.Change {
		said := c
		return telephony.Change{Kind: kind, At: at, Line: "duty", Call: &said, State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: at}}
	}
	offered := change(telephony.CallOffered, at)
	c.RangAt = at.Add(time.Second)
	rang := change(telephony.CallRang, c.RangAt)
	c.EndedAt, c.Outcome, c.HangupBy = at.Add(20*time.Second), telephony.Missed, telephony.ByCaller
	return []telephony.Change{offered, rang, change(telephony.CallEnded, c.EndedAt)}
}

func namesOf(changes ...[]telephony.Change) (names []string) {
	for _, some := range changes {
		for _, ch := range some {
			names = append(names, nameOf(ch))
		}
	}
	return names
}

func TestADiskThatIsFullForAWhileLosesNothingAndKeepsTheOrder(t *testing.T) {
	for _, failures := range []int{1, 2, 3, 7, 20} {
		t.Run(fmt.Sprintf("%d writes fail", failures), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newCommitRoom(t, &brokenLog{fail: failures})
				defer r.done()
				a, b := missedCall("a"), missedCall("b")
				r.c.Add(a)
				synctest.Wait()
				if failures > 3 {
					r.health(true, 3)
				}
				r.c.Add(b)
				<-time.After(time.Minute) // synthetic time
				synctest.Wait()
				r.health(false, 0)
				r.keeps(map[string]telephony.Outcome{"a": telephony.Missed, "b": telephony.Missed})
				if diff := cmp.Diff(namesOf(a, b), r.log.names()); diff != "" {
					t.Errorf("written (-want +got):\n%s", diff)
				}
				if names := r.asideNames(); names != nil {
					t.Errorf("set aside although nothing is wrong with it: %q", names)
				}
				if err := r.finish(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAPoisonousChangeIsSetAsideAndTheRestGoesOn(t *testing.T) {
	for _, poison := range []string{"a offered", "b rang", "c ended"} {
		t.Run(poison, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newCommitRoom(t, &brokenLog{poison: func(ch telephony.Change) bool { return nameOf(ch) == poison }})
				defer r.done()
				all := [][]telephony.Change{missedCall("a"), missedCall("b"), missedCall("c")}
				r.c.Add(all[0])
				r.c.Add(all[1])
				synctest.Wait()
				r.c.Add(all[2])
				<-time.After(gatherFor) // synthetic
				synctest.Wait()
				r.health(false, 0)
				want := namesOf(all...)
				for i := range want {
					if want[i] == poison {
						want = append(want[:i], want[i+1:]...)
						break
					}
				}
				if diff := cmp.Diff(want, r.log.names()); diff != "" {
					t.Errorf("written (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{poison}, r.asideNames()); diff != "" {
					t.Errorf("set aside (-want +got):\n%s", diff)
				}
				if info, err := os.Stat(r.aside); err == nil && info.Mode().Perm() != 0o600 {
					t.Errorf("what was set aside can be read by others: %v", info.Mode())
				}
				if err := r.finish(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A single change that is refused must not wait for company before it is set aside.
func TestAPoisonousChangeAloneIsSetAsideToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newCommitRoom(t, &brokenLog{poison: func(telephony.Change) bool { return true }})
		defer r.done()
		r.c.Add(missedCall("a")[:1])
		synctest.Wait()
		r.health(false, 0)
		if diff := cmp.Diff([]string{"a offered"}, r.asideNames()); diff != "" {
			t.Errorf("set aside (-want +got):\n%s", diff)
		}
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatCanNeitherBeWrittenNorSetAsideIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &brokenLog{poison: func(ch telephony.Change) bool { return nameOf(ch) == "a rang" }}
		r := newCommitRoom(t, b)
		defer r.done()
		if err := os.Mkdir(r.aside, 0o700); err != nil { // nothing can be written there
			t.Fatal(err)
		}
		r.c.Add(missedCall("a"))
		r.c.Add(missedCall("b"))
		<-time.After(gatherFor) // synthetic
		synctest.Wait()
		r.health(true, 1)
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed, "b": telephony.Missed})
		if err := os.Remove(r.aside); err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * retryCommit) // synthetic time
		synctest.Wait()
		r.health(false, 0)
		if diff := cmp.Diff([]string{"a rang"}, r.asideNames()); diff != "" {
			t.Errorf("set aside (-want +got):\n%s", diff)
		}
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

// A log that does not come back holds up nobody who adds, and its silence is a fault.
func TestALogThatHangsIsSaidAndHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		r := newCommitRoom(t, &brokenLog{hold: hold})
		defer r.done()
		r.c.Add(missedCall("a"))
		synctest.Wait()
		r.c.Add(missedCall("b")) // comes back at once
		r.health(false, 6)
		<-time.After(slowCommit + time.Second) // synthetic time
		r.health(true, 6)
		close(hold)
		synctest.Wait()
		r.health(false, 0)
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed, "b": telephony.Missed})
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

// Stopping in the middle of an outage: what waits is tried once more; what still fails is said.
func TestTheLastFlush(t *testing.T) {
	for _, c := range []struct {
		name   string
		lasts  bool
		left   string
		missed map[string]telephony.Outcome
	}{
		{"the disk has room again", false, "", map[string]telephony.Outcome{"a": telephony.Missed}},
		{"the disk is still full", true, "3 changes could not be written", map[string]telephony.Outcome{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newCommitRoom(t, &brokenLog{fail: 1 << 20})
				defer r.done()
				r.c.Add(missedCall("a"))
				synctest.Wait()
				r.health(true, 3)
				if !c.lasts {
					r.log.mu.Lock()
					r.log.fail = 0
					r.log.mu.Unlock()
				}
				err := r.finish()
				if (err == nil) != (c.left == "") || err != nil && !strings.Contains(err.Error(), c.left) {
					t.Errorf("stopping says %v, want %q", err, c.left)
				}
				r.keeps(c.missed)
				if names := r.asideNames(); names != nil {
					t.Errorf("stopping set aside %q", names)
				}
			})
		})
	}
}

// A write that is cut by the stop is no poison: it is written by the last flush.
func TestAStopDuringAWriteLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		r := newCommitRoom(t, &brokenLog{hold: hold})
		defer r.done()
		r.c.Add(missedCall("a"))
		synctest.Wait()
		r.stop()
		synctest.Wait()
		close(hold)
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed})
		if names := r.asideNames(); names != nil {
			t.Errorf("stopping set aside %q", names)
		}
	})
}

// The alerts of a change are told with it, once, also when the change was written before.
func TestAlertsComeWithTheirChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newCommitRoom(t, &brokenLog{fail: 5})
		defer r.done()
		r.c.Add(missedCall("a"))
		<-time.After(time.Minute) // synthetic time
		r.c.Add(missedCall("a"))
		synctest.Wait()
		items, err := r.log.Since(context.Background(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, it := range items {
			if it.Topic == dutylog.TopicAlert {
				told = append(told, it.Subject)
			}
		}
		if diff := cmp.Diff([]string{"missed/a"}, told); diff != "" {
			t.Errorf("alerts (-want +got):\n%s", diff)
		}
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

// While the rules cannot look into the log, the change waits, and is told when they can.
func TestAlertsWaitForRulesThatCannotLookIntoTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &brokenLog{}
		r := newCommitRoom(t, b)
		defer r.done()
		looked, from := 0, r.c.judge
		r.c.judge = func(ch telephony.Change, v alerts.View) ([]alerts.Alert, error) {
			if looked++; looked <= 2 {
				return nil, errDisk
			}
			return from(ch, v)
		}
		r.c.Add(missedCall("a"))
		<-time.After(time.Minute) // synthetic time
		synctest.Wait()
		list, _, err := b.Alerts(context.Background(), alerts.Query{})
		if err != nil || len(list) != 1 || list[0].Key != "missed/a" || len(list[0].Evidence) == 0 {
			t.Errorf("told %+v, %v", list, err)
		}
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed})
		r.health(false, 0)
		if names := r.asideNames(); names != nil {
			t.Errorf("set aside although nothing is wrong with it: %q", names)
		}
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}

// Alerts that cannot be kept do not cost the log its call: the change is in it, and aside as well.
func TestAlertsThatAreRefusedCostNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newCommitRoom(t, &brokenLog{})
		defer r.done()
		from := r.c.judge
		r.c.judge = func(ch telephony.Change, v alerts.View) ([]alerts.Alert, error) {
			if nameOf(ch) == "a ended" {
				return nil, errors.New("this rule fails")
			}
			return from(ch, v)
		}
		r.c.Add(append(missedCall("a"), missedCall("b")...))
		<-time.After(time.Minute) // synthetic time
		synctest.Wait()
		r.keeps(map[string]telephony.Outcome{"a": telephony.Missed, "b": telephony.Missed})
		if diff := cmp.Diff([]string{"a ended"}, r.asideNames()); diff != "" {
			t.Errorf("set aside (-want +got):\n%s", diff)
		}
		list, _, err := r.log.Alerts(context.Background(), alerts.Query{})
		if err != nil || len(list) != 1 || list[0].Key != "missed/b" {
			t.Errorf("told %+v, %v", list, err)
		}
		if err := r.finish(); err != nil {
			t.Error(err)
		}
	})
}
