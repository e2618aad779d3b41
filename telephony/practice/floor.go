package practice

import (
	"context"
	"sync"
)

// floor decides who may call: guests (calls placed at will, calls of other SIP programs) come
// at any time, the programme only while there is none. A guest ends the programme's call.
type floor struct {
	mu        sync.Mutex
	guests    int
	quiet     chan struct{}      // closed when no guest is there; nil: none is there
	programme context.CancelFunc // ends the programme's call; nil: none runs
	over      chan struct{}      // closed when the programme's call has ended
}

// enter announces a guest and waits until the programme's call has ended; waited tells
// whether there was one. leave must be called in any case.
func (f *floor) enter(ctx context.Context) (leave func(), waited bool) {
	f.mu.Lock()
	f.guests++
	if f.quiet == nil {
		f.quiet = make(chan struct{})
	}
	over := f.over
	if f.programme != nil {
		f.programme()
	}
	f.mu.Unlock()
	if over != nil {
		waited = true
		select {
		case <-over:
		case <-ctx.Done():
		}
	}
	return sync.OnceFunc(f.leave), waited
}

func (f *floor) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.guests--; f.guests == 0 {
		close(f.quiet)
		f.quiet = nil
	}
}

// tryProgramme gives the programme the floor: the context ends when a guest comes, release
// must be called when its call has ended. With a guest there ok is false and wait is closed
// when the last one has left.
func (f *floor) tryProgramme(ctx context.Context) (call context.Context, release func(), wait <-chan struct{}, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.guests > 0 {
		return nil, nil, f.quiet, false
	}
	call, f.programme = context.WithCancel(ctx)
	cancel, over := f.programme, make(chan struct{})
	f.over = over
	return call, func() {
		cancel()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.programme, f.over = nil, nil
		close(over)
	}, nil, true
}
