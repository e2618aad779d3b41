package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// witness sleeps a millisecond over and over and notes when the machine let it wait longer:
// what it notes is the work of other programs, or too little machine, not ours.
type witness struct {
	end    chan struct{}
	result chan hold
}

// hold is how long the machine let a waiting program wait.
type hold struct {
	watched, lost, longest time.Duration // lost: the sum of all waits that count
}

// countsFrom is the shortest wait beyond the asked for that counts.
const countsFrom = 5 * time.Millisecond

// watchMachine begins; stop ends it.
func watchMachine() *witness {
	w := &witness{end: make(chan struct{}), result: make(chan hold, 1)}
	go func() {
		const nap = time.Millisecond
		var h hold
		began := time.Now()
		tick := time.NewTimer(nap)
		defer tick.Stop()
		for last := began; ; {
			select {
			case <-w.end:
				h.watched = time.Since(began)
				w.result <- h
				return
			case <-tick.C:
			}
			h.note(time.Since(last) - nap)
			tick.Reset(nap)
			last = time.Now()
		}
	}()
	return w
}

func (h *hold) note(late time.Duration) {
	if late >= countsFrom {
		h.lost += late
		h.longest = max(h.longest, late)
	}
}

func (w *witness) stop() hold {
	close(w.end)
	return <-w.result
}

// share is the part of the time in which the machine was not there.
func (h hold) share() float64 {
	if h.watched <= 0 {
		return 0
	}
	return h.lost.Seconds() / h.watched.Seconds()
}

func (h hold) String() string {
	return fmt.Sprintf("the machine held programs up for %.2f %% of the time, %.0f ms at most", 100*h.share(), millis(h.longest))
}

func TestAHoldUpIsNoted(t *testing.T) {
	var h hold
	for _, late := range []time.Duration{0, 4 * time.Millisecond, 10 * time.Millisecond, 30 * time.Millisecond} {
		h.note(late)
	}
	h.watched = time.Second
	if want := "the machine held programs up for 4.00 % of the time, 30 ms at most"; h.String() != want {
		t.Errorf("got %q, want %q", h, want)
	}
	if (hold{}).share() != 0 {
		t.Error("what was not watched was not held up")
	}
	if got := watchMachine().stop(); got.watched <= 0 || !strings.Contains(got.String(), "%") {
		t.Errorf("a real watch gave %+v", got)
	}
}
