package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// It wakes for what is due, for every commit, and within a minute whatever the clock does; while
// the log cannot be written it asks again and says so once.
func TestTheEscalatorSleepsUntilSomethingIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, wake := time.Now(), make(chan struct{})
		answers := []struct {
			after time.Duration // of what is due next; 0: nothing is
			err   error
		}{{40 * time.Second, nil}, {10 * time.Hour, nil}, {0, nil}, {0, nil}, {0, errors.New("the disk is full")}, {0, errors.New("the disk is full")}, {0, nil}}
		var asked []time.Duration
		var logs bytes.Buffer
		hurried := 0
		e := &escalator{set: make(chan struct{}, 1), hurry: func(context.Context) error { hurried++; return nil }, now: time.Now, wake: func() <-chan struct{} { return wake }, logger: slog.New(slog.NewTextHandler(&logs, nil)),
			advance: func(context.Context) (time.Time, error) {
				a := answers[min(len(asked), len(answers)-1)]
				asked = append(asked, time.Since(begin))
				if a.after == 0 {
					return time.Time{}, a.err
				}
				return time.Now().Add(a.after), a.err
			}}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- e.Run(ctx) }()
		<-time.After(110 * time.Second) // synthetic
		synctest.Wait()
		old := wake
		wake = make(chan struct{})
		close(old) // a commit
		<-time.After(61500 * time.Millisecond)
		synctest.Wait()
		e.ClockSet()
		synctest.Wait()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []time.Duration{0, 40 * time.Second, 100 * time.Second, 110 * time.Second, 170 * time.Second, 171 * time.Second, 171500 * time.Millisecond}
		if diff := cmp.Diff(want, asked); diff != "" {
			t.Errorf("asked at (-want +got):\n%s", diff)
		}
		if hurried != 1 {
			t.Errorf("looked at everything again %d times", hurried)
		}
		if n := strings.Count(logs.String(), "nobody is told"); n != 1 {
			t.Errorf("said %d times:\n%s", n, logs.String())
		}
	})
}
