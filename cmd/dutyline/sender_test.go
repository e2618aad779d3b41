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
	full    error // what the disk says to every write
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
	if o.full != nil {
		return o.full
	}
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
		to.set(nil)
		wants(40*time.Minute, "31m40s 来电被拒接") // somebody mended it
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := strings.Count(logs.String(), "level=WARN"); n != 2 {
			t.Errorf("the same trouble is told %d times:\n%s", n, logs.String())
		}
		if !strings.Contains(logs.String(), "until somebody mends this") {
			t.Errorf("nothing is said of what somebody has to mend:\n%s", logs.String())
		}
	})
}

// A log that can be read and not written knows nothing of what was sent: it is sent once all the
// same, and the rest waits for the log.
func TestALogThatTakesNothingMakesNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, box := &receiver{start: time.Now()}, &outbox{wake: make(chan struct{}), full: errors.New("disk full")}
		s := &sender{name: "group", channel: to, outbox: box, wake: box.Wake, now: time.Now, logger: slog.New(slog.DiscardHandler)}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		synctest.Wait()
		box.add(1, alerts.ReasonMissed, false)
		box.add(2, alerts.ReasonRejected, false)
		<-time.After(10 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]string{"0s 来电未接"}, to.arrived()); diff != "" {
			t.Errorf("while the disk is full (-want +got):\n%s", diff)
		}
		box.mu.Lock()
		box.full = nil
		box.mu.Unlock()
		<-time.After(20 * time.Second)
		synctest.Wait()
		if got := to.arrived(); len(got) != 1 || !strings.HasSuffix(got[0], "来电被拒接") {
			t.Errorf("when it is not any more: %v", got)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// While a receiver is away each alert is tried once as it comes; then one of them finds out that it
// is well again, and all the others follow at once, the worst first.
func TestNoMessageHoldsUpAnother(t *testing.T) {
	now := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	options := sqlite.Options{Location: time.UTC, Now: clock, Plan: alerts.Plan{Routes: []alerts.Route{{Channel: "group", Least: alerts.Info}}}}
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	raise := func(reason alerts.Reason, severity alerts.Severity) {
		t.Helper()
		if err := db.Raise(t.Context(), alerts.Alert{Key: string(reason), Rule: string(reason), Reason: reason, Certainty: alerts.Certain, Severity: severity, Line: "duty", At: now}); err != nil {
			t.Fatal(err)
		}
	}
	to := &receiver{start: now}
	s := &sender{name: "group", channel: to, outbox: db, wake: db.Wake, now: clock, logger: slog.New(slog.DiscardHandler)}
	play := func(lasts time.Duration) (arrived []string) {
		for end := now.Add(lasts); now.Before(end); {
			wait, _ := s.turn(t.Context())
			for _, a := range to.arrived() {
				_, what, _ := strings.Cut(a, " ") // the receiver's clock is the wall's
				arrived = append(arrived, now.Format("15:04:05 ")+what)
			}
			now = now.Add(wait)
		}
		return arrived
	}
	to.set(errors.New("the receiver answers 500"))
	for _, r := range []alerts.Reason{alerts.ReasonRedirected, alerts.ReasonForwardQuery, alerts.ReasonTransfer, alerts.ReasonPickup} {
		raise(r, alerts.Info)
	}
	raise(alerts.ReasonMissed, alerts.Critical)
	tries := play(45 * time.Minute)
	if len(tries) > 5+12 || !strings.HasPrefix(tries[0], "01:00:00 来电未接") {
		t.Errorf("%d tries while it was away:\n%s", len(tries), strings.Join(tries, "\n"))
	}
	to.set(nil)
	raise(alerts.ReasonForwardCode, alerts.Critical)
	got := play(10 * time.Second)
	if len(got) != 6 || !strings.HasSuffix(got[0], alerts.ReasonForwardCode.Title()) || !strings.HasSuffix(got[1], alerts.ReasonMissed.Title()) {
		t.Errorf("when it was well again:\n%s", strings.Join(got, "\n"))
	}
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
