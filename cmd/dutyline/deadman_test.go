package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The other machine is told once a minute as long as the daemon does its work: not while it is held
// back, and again afterwards. Whatever comes of a try, the next one comes in time.
func TestDeadmanTellsWhileTheDaemonWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mu sync.Mutex // of what stands here
		var told []time.Duration
		var held string
		var answer error
		d := &deadman{every: time.Minute, now: time.Now, logger: slog.New(slog.DiscardHandler), held: func() string {
			mu.Lock()
			defer mu.Unlock()
			return held
		},
			ping: func(ctx context.Context) error {
				mu.Lock()
				told = append(told, time.Since(began))
				err := answer
				mu.Unlock()
				if errors.Is(err, context.DeadlineExceeded) {
					<-ctx.Done() // it never answers
				}
				return err
			}}
		go func() { _ = d.Run(t.Context()) }()
		type seen struct {
			Held, Failed string
			Last         time.Duration // before now
		}
		// after waits until half a minute after the next try.
		after := func(h string, a error) seen {
			mu.Lock()
			held, answer = h, a
			mu.Unlock()
			time.Sleep(time.Minute) // of the bubble's clock
			synctest.Wait()
			f := d.Facts()
			if !f.Wanted {
				t.Error("nobody is to be told")
			}
			return seen{f.Held, f.Failed, time.Since(f.Last)}
		}
		time.Sleep(30 * time.Second)
		ago := 30 * time.Second
		for i, c := range []struct {
			held   string
			answer error
			want   seen
		}{
			{"", nil, seen{"", "", ago}},
			{"", nil, seen{"", "", ago}},
			{"the switch is away", nil, seen{"the switch is away", "", ago + time.Minute}},
			{"the switch is away", nil, seen{"the switch is away", "", ago + 2*time.Minute}},
			{"", errors.New("it answered 500"), seen{"", "it answered 500", ago + 3*time.Minute}},
			{"", context.DeadlineExceeded, seen{"", "context deadline exceeded", ago + 4*time.Minute}},
			{"", nil, seen{"", "", ago}},
		} {
			if diff := cmp.Diff(c.want, after(c.held, c.answer)); diff != "" {
				t.Errorf("minute %d (-want +got):\n%s", i+1, diff)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		want := []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 6 * time.Minute, 7 * time.Minute}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("it was told at other times (-want +got):\n%s", diff)
		}
	})
}

// Where nobody is to be told, nothing runs and nothing is claimed.
func TestDeadmanWithoutAnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		d := &deadman{every: time.Minute, held: func() string { return "" }, now: time.Now, logger: slog.New(slog.DiscardHandler)}
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(time.Hour)
		if f := d.Facts(); f.Wanted || !f.Last.IsZero() {
			t.Errorf("%+v", f)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
