package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dutyline/dutylog"
	"dutyline/web"
)

// accessKeeper writes into the log who saw what, without letting anybody wait for the disk.
// While the log cannot be written it keeps what it has and tries again; what would be too
// much, or is left at the end, goes into the daemon's own log instead of being forgotten.
type accessKeeper struct {
	log interface {
		NoteAccess(ctx context.Context, a dutylog.Access) error
	}
	logger *slog.Logger

	mu      sync.Mutex
	waiting []dutylog.Access // oldest first
	wake    chan struct{}
}

const (
	mostAccesses = 10_000
	retryAccess  = time.Second
)

func newAccessKeeper(log interface {
	NoteAccess(ctx context.Context, a dutylog.Access) error
}, logger *slog.Logger) *accessKeeper {
	return &accessKeeper{log: log, logger: logger, wake: make(chan struct{}, 1)}
}

// Add takes one access without waiting.
func (k *accessKeeper) Add(_ context.Context, x web.Access) {
	a := dutylog.Access{By: x.Who, What: x.What, Object: x.Object, Address: x.Address, At: x.At, Entries: x.Entries, Part: x.Part}
	k.mu.Lock()
	full := len(k.waiting) >= mostAccesses
	if !full {
		k.waiting = append(k.waiting, a)
	}
	k.mu.Unlock()
	if full {
		k.tell(a)
	}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Run writes until ctx ends, then makes a last attempt.
func (k *accessKeeper) Run(ctx context.Context) error {
	retry := time.NewTimer(0)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			k.flush(last)
			for _, a := range k.take(mostAccesses) {
				k.tell(a)
			}
			return nil
		case <-k.wake:
		case <-retry.C:
		}
		if !k.flush(ctx) {
			retry.Reset(retryAccess)
		}
	}
}

// flush writes what waits and reports whether all of it was written.
func (k *accessKeeper) flush(ctx context.Context) bool {
	for {
		k.mu.Lock()
		if len(k.waiting) == 0 {
			k.mu.Unlock()
			return true
		}
		next := k.waiting[0]
		k.mu.Unlock()
		if err := k.log.NoteAccess(ctx, next); err != nil {
			return false
		}
		k.take(1)
	}
}

func (k *accessKeeper) take(n int) []dutylog.Access {
	k.mu.Lock()
	defer k.mu.Unlock()
	n = min(n, len(k.waiting))
	taken := k.waiting[:n:n]
	k.waiting = k.waiting[n:]
	return taken
}

func (k *accessKeeper) tell(a dutylog.Access) {
	k.logger.Error("an access could not be written into the duty log", "login", a.By.Login, "what", a.What, "object", a.Object, "address", a.Address, "at", a.At)
}
