// Package alertstest proves the promise of alerts.Channel: every adapter runs the same suite
// against a real receiver on loopback.
package alertstest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
)

// Manner is how a receiver behaves.
type Manner string

// The closed set of manners.
const (
	Well     Manner = "well"     // takes every message
	Down     Manner = "down"     // listens no more
	Silent   Manner = "silent"   // takes the connection and never says anything
	Broken   Manner = "broken"   // says that the fault is on its side
	Busy     Manner = "busy"     // wants to be asked again later
	Garbage  Manner = "garbage"  // speaks no protocol that was agreed
	Cut      Manner = "cut"      // takes the message and hangs up in the middle of its answer
	Refusing Manner = "refusing" // says that it never takes it, and repeats the secrets it was given
)

// Taken is a message as a receiver took it: what tells a repeat, and what people read.
type Taken struct{ ID, Text string }

// Receiver is a real receiver of one kind on loopback.
type Receiver interface {
	Turn(Manner)              // how it behaves from the next connection on
	Arrived() <-chan struct{} // something comes out for every connection
	Taken() []Taken
}

// Bench is an adapter with its receiver.
type Bench struct {
	Start   func(t *testing.T) (alerts.Channel, Receiver)
	Secrets []string // of the channel: none may be seen in an error
}

// Notice is a message about a real alarm, as the default leaves the building.
func Notice() alerts.Notice {
	return alerts.Notice{
		ID: "limit_passed/1795436279.0→一号", AlertID: "limit_passed/1795436279.0", Rule: "limit_passed", Reason: alerts.ReasonLimitPassed,
		Severity: alerts.Critical, Line: "duty", At: time.Date(2026, 11, 23, 4, 17, 59, 603_000_000, time.UTC),
		EntryNumber: "2026-000123", Title: `值班电话响铃超过三声"无人接听"`,
	}
}

// Zone is the site's zone in tests, where the machine may have no table of zones.
var Zone = time.FixedZone("CST", 8*60*60)

// patience ends a test that would hang for ever; nothing is measured by it.
const patience = 30 * time.Second

// Run proves the promise.
func Run(t *testing.T, b Bench) {
	t.Run("a repeat is the same message", func(t *testing.T) { b.repeat(t) })
	t.Run("messages can be told apart", func(t *testing.T) { b.apart(t) })
	for m, never := range map[Manner]bool{Down: false, Broken: false, Busy: false, Garbage: false, Cut: false, Refusing: true} {
		t.Run(string(m), func(t *testing.T) { b.fails(t, m, never) })
	}
	t.Run("the deadline holds", func(t *testing.T) { b.deadline(t) })
	t.Run("it ends when it is told to", func(t *testing.T) { b.cancelled(t) })
	t.Run("nothing is kept between calls", func(t *testing.T) { b.recovers(t) })
}

func (b Bench) deliver(t *testing.T, ch alerts.Channel, n alerts.Notice) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := ch.Deliver(ctx, n)
	if ctx.Err() != nil {
		t.Fatalf("no end within %v: %v", patience, err)
	}
	return err
}

func (b Bench) mustDeliver(t *testing.T, ch alerts.Channel, n alerts.Notice) {
	t.Helper()
	if err := b.deliver(t, ch, n); err != nil {
		t.Fatal(err)
	}
}

func (b Bench) repeat(t *testing.T) {
	ch, r := b.Start(t)
	b.mustDeliver(t, ch, Notice())
	b.mustDeliver(t, ch, Notice())
	taken := r.Taken()
	if len(taken) != 2 {
		t.Fatalf("%d messages arrived, want 2", len(taken))
	}
	if diff := cmp.Diff(taken[0], taken[1]); diff != "" {
		t.Errorf("a repeat differs (-first +second):\n%s", diff)
	}
	if taken[0].ID == "" || !strings.Contains(taken[0].Text, "值班电话响铃超过三声") || !strings.Contains(taken[0].Text, "duty") {
		t.Errorf("a receiver reads %+v", taken[0])
	}
}

func (b Bench) apart(t *testing.T) {
	ch, r := b.Start(t)
	other, over, test := Notice(), Notice(), Notice()
	other.ID, other.At, other.EntryNumber = "another", other.At.Add(time.Minute), "2026-000124"
	over.ID, over.Over = "over", true
	test.ID, test.Test = "test", true
	for _, n := range []alerts.Notice{Notice(), other, over, test} {
		b.mustDeliver(t, ch, n)
	}
	seen := map[string]bool{}
	for _, m := range r.Taken() {
		seen[m.ID] = true
	}
	if len(seen) != 4 {
		t.Errorf("4 messages have only %d identities", len(seen))
	}
}

// fails has the receiver behave, and judges the error: whether it says never, and that it is
// a sentence without secrets.
func (b Bench) fails(t *testing.T, m Manner, never bool) {
	ch, r := b.Start(t)
	r.Turn(m)
	err := b.deliver(t, ch, Notice())
	if err == nil {
		t.Fatal("it says that the message was delivered")
	}
	if errors.Is(err, alerts.ErrNever) != never {
		t.Errorf("never is %v, want %v: %v", !never, never, err)
	}
	b.discreet(t, err)
}

func (b Bench) discreet(t *testing.T, err error) {
	t.Helper()
	for _, s := range b.Secrets {
		if strings.Contains(err.Error(), s) {
			t.Errorf("an error tells the secret %q: %v", s, err)
		}
	}
	if strings.ContainsAny(err.Error(), "\r\n\x00") {
		t.Errorf("an error is more than one line: %q", err)
	}
	t.Log(err)
}

func (b Bench) deadline(t *testing.T) {
	ch, r := b.Start(t)
	r.Turn(Silent)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := ch.Deliver(ctx, Notice())
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, alerts.ErrNever) {
		t.Fatalf("%v, want the deadline's own error, so that it is tried again", err)
	}
	b.discreet(t, err)
}

func (b Bench) cancelled(t *testing.T) {
	ch, r := b.Start(t)
	r.Turn(Silent)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- ch.Deliver(ctx, Notice()) }()
	select {
	case <-r.Arrived(): // it waits for an answer now
	case <-time.After(patience):
		t.Fatal("nothing arrived at the receiver")
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) || errors.Is(err, alerts.ErrNever) {
			t.Errorf("%v, want that it was cancelled", err)
		}
	case <-time.After(patience):
		t.Fatal("it waits on although it was cancelled")
	}
	r.Turn(Well)
	if err := ch.Deliver(ctx, Notice()); !errors.Is(err, context.Canceled) || len(r.Taken()) > 0 {
		t.Errorf("%v and %d messages after the end", err, len(r.Taken()))
	}
}

func (b Bench) recovers(t *testing.T) {
	ch, r := b.Start(t)
	for _, m := range []Manner{Broken, Cut, Refusing} {
		r.Turn(m)
		if err := b.deliver(t, ch, Notice()); err == nil {
			t.Fatalf("%s: delivered", m)
		}
	}
	r.Turn(Well)
	before := len(r.Taken())
	b.mustDeliver(t, ch, Notice())
	if got := len(r.Taken()) - before; got != 1 {
		t.Errorf("%d messages arrived once it was well again, want 1", got)
	}
}
