package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog/sqlite"
)

// receiver is where notices arrive, and how it is; the time of each is kept.
type receiver struct {
	mu    sync.Mutex
	start time.Time
	fault error
	got   []string
}

func (r *receiver) Deliver(_ context.Context, n alerts.Notice) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := fmt.Sprintf("%s %s", time.Since(r.start).Round(time.Second), alerts.Headline(n))
	if said := n.Caller + n.Text; said != "" {
		line += " " + said
	}
	if r.fault != nil {
		line += " in vain"
	}
	r.got = append(r.got, line)
	return r.fault
}

func (r *receiver) set(fault error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = fault
}

func (r *receiver) arrived() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// outbox is the log's, without its file: what a real one keeps is proved with the log.
type outbox struct {
	mu      sync.Mutex
	waiting []alerts.Delivery
	done    []alerts.Delivery
	wake    chan struct{}
}

func (o *outbox) add(id int64, reason alerts.Reason, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = append(o.waiting, alerts.Delivery{ID: id, Channel: "group", State: alerts.Waiting, NextTry: time.Now(), Over: over,
		Alert: alerts.Alert{ID: id, Reason: reason, Rule: string(reason), Line: "duty", At: time.Now()}})
	close(o.wake)
	o.wake = make(chan struct{})
}

func (o *outbox) Wake() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.wake
}

func (o *outbox) NextDelivery(context.Context, string) (alerts.Delivery, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return alerts.Delivery{}, false, nil
	}
	return o.waiting[0], true, nil
}

func (o *outbox) SaveDelivery(_ context.Context, d alerts.Delivery) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d.State == alerts.Waiting {
		o.waiting[0] = d
		return nil
	}
	o.waiting, o.done = o.waiting[1:], append(o.done, d)
	return nil
}

func (o *outbox) Deliveries(context.Context, int64) ([]alerts.Delivery, error) { return nil, nil }

// At t this happens; between t1 and t2 the receiver gets that.
func TestAReceiverThatIsAwayGetsEverythingLaterAndNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, box := &receiver{start: time.Now()}, &outbox{wake: make(chan struct{})}
		var logs bytes.Buffer
		s := &sender{name: "group", channel: to, outbox: box, wake: box.Wake, now: time.Now, logger: slog.New(slog.NewTextHandler(&logs, nil))}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		until := func(at time.Duration) []string {
			<-time.After(at - time.Since(to.start)) // synthetic
			synctest.Wait()
			return to.arrived()
		}
		wants := func(at time.Duration, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, until(at)); diff != "" {
				t.Errorf("until %v (-want +got):\n%s", at, diff)
			}
		}
		synctest.Wait()
		box.add(1, alerts.ReasonMissed, false)
		wants(10*time.Second, "0s 来电未接")
		to.set(errors.New("the receiver answers 500"))
		box.add(2, alerts.ReasonForwardCode, false)
		box.add(3, alerts.ReasonPhoneUnreachable, false)
		box.add(4, alerts.ReasonPhoneUnreachable, true)
		wants(40*time.Second, "10s 值班话机拨打了呼叫转移代码 in vain", "15s 值班话机拨打了呼叫转移代码 in vain", "30s 值班话机拨打了呼叫转移代码 in vain")
		to.set(nil)
		wants(100*time.Second, "1m30s 值班话机拨打了呼叫转移代码", "1m31s 值班话机离线，来电打不进来", "1m32s 已解除：值班话机离线，来电打不进来")
		to.set(fmt.Errorf("the key is refused: %w", alerts.ErrNever))
		box.add(5, alerts.ReasonRejected, false)
		wants(10*time.Minute, "1m40s 来电被拒接 in vain")
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := strings.Count(logs.String(), "level=WARN"); n != 1 {
			t.Errorf("the same trouble is told %d times:\n%s", n, logs.String())
		}
		if !strings.Contains(logs.String(), "is not tried again") {
			t.Errorf("nothing is said of what was given up:\n%s", logs.String())
		}
	})
}

// What is known of the caller leaves the building only where the site lets it.
func TestDetailsGoOutOnlyWhereTheyMay(t *testing.T) {
	for _, details := range []bool{false, true} {
		to, box := &receiver{start: time.Now()}, &outbox{wake: make(chan struct{})}
		box.add(1, alerts.ReasonMissed, false)
		box.waiting[0].Caller, box.waiting[0].Alert.Detail = "02422730001", "5 rings"
		s := &sender{name: "group", channel: to, details: details, outbox: box, wake: box.Wake, now: time.Now, logger: slog.New(slog.DiscardHandler)}
		s.turn(t.Context())
		want := "0s 来电未接"
		if details {
			want += " 024227300015 rings"
		}
		if diff := cmp.Diff([]string{want}, to.arrived()); diff != "" {
			t.Errorf("details %v (-want +got):\n%s", details, diff)
		}
	}
}

// What was to be told is told after a restart, through the real log.
func TestAnAlertIsDeliveredAfterARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	options := sqlite.Options{Location: time.UTC, Plan: alerts.Plan{Routes: []alerts.Route{{Channel: "group", Least: alerts.Critical}}}}
	open := func() *sqlite.DB {
		db, err := sqlite.Open(t.Context(), file, options)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	err := db.Raise(t.Context(), alerts.Alert{Key: "missed/1.0", Rule: "missed", Reason: alerts.ReasonMissed, Certainty: alerts.Certain, Severity: alerts.Critical, Line: "duty", At: time.Now()})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	db = open()
	defer db.Close()
	to := &receiver{start: time.Now()}
	s := &sender{name: "group", channel: to, outbox: db, wake: db.Wake, now: time.Now, logger: slog.New(slog.DiscardHandler)}
	if wait, idle := s.turn(t.Context()); wait != sendPause || idle {
		t.Errorf("after a delivery: rest %v, idle %v", wait, idle)
	}
	if _, idle := s.turn(t.Context()); !idle {
		t.Error("it is sent twice")
	}
	if diff := cmp.Diff([]string{"0s 来电未接"}, to.arrived()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	list, err := db.Deliveries(t.Context(), 1)
	if err != nil || len(list) != 1 || list[0].State != alerts.Delivered || list[0].DoneAt.IsZero() || list[0].Attempts != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}
