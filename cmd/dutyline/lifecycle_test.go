package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// journal notes the order in which parts stop.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(s string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, s)
}

func (j *journal) part(name string, stopTakes time.Duration) part {
	return part{name: name, run: func(ctx context.Context) error {
		<-ctx.Done()
		<-time.After(stopTakes) // synthetic time
		j.note(name)
		return nil
	}}
}

func TestPartsStopInReverseOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			done <- runParts(ctx, slog.New(slog.DiscardHandler), j.part("log", 0), j.part("watch", time.Second), j.part("page", 2*time.Second))
		}()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"page", "watch", "log"}, j.lines); diff != "" {
			t.Errorf("order of stopping (-want +got):\n%s", diff)
		}
	})
}

func TestAFailingPartStopsTheRestAndIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		broken := part{name: "page", run: func(context.Context) error { return errors.New("address in use") }}
		err := runParts(context.Background(), slog.New(slog.DiscardHandler), j.part("log", 0), broken)
		if err == nil || !strings.Contains(err.Error(), "page: address in use") {
			t.Errorf("got %v, want the part and its reason", err)
		}
		if diff := cmp.Diff([]string{"log"}, j.lines); diff != "" {
			t.Errorf("stopped parts (-want +got):\n%s", diff)
		}
	})
}

func TestAPartThatHangsIsLeftBehindAfterItsGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		release := make(chan struct{})
		hung := part{name: "hung", grace: 3 * time.Second, run: func(context.Context) error { <-release; return nil }}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		start := time.Now()
		if err := runParts(ctx, slog.New(slog.DiscardHandler), j.part("log", 0), hung); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("stopping took %s, want the grace of 3s", took)
		}
		if diff := cmp.Diff([]string{"log"}, j.lines); diff != "" {
			t.Errorf("the others must still stop (-want +got):\n%s", diff)
		}
		close(release)
	})
}

// What need not be done at once waits until the switch is seen, or soon; and it need not begin to be ended.
func TestWhatCanWaitWaitsForTheSwitch(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(f firstSight, stop func())
		runs bool
		took time.Duration
	}{
		{"the switch is seen", func(f firstSight, _ func()) { f.here(); f.here() }, true, time.Second},
		{"it is not", func(firstSight, func()) {}, true, soonAnyway},
		{"the daemon ends", func(_ firstSight, stop func()) { stop() }, false, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFirstSight()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			time.AfterFunc(time.Second, func() { c.do(f, stop) })
			began, ran := time.Now(), false
			err := f.then(func(context.Context) error { ran = true; return nil })(ctx)
			if took := time.Since(began); err != nil || ran != c.runs || took != c.took {
				t.Errorf("%s: ran %v after %v, %v", c.name, ran, took, err)
			}
		})
	}
}
