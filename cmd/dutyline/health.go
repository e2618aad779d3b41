package main

import (
	"log/slog"
	"sync"
)

// watchHealth is what the watcher knows of itself; whether the switch can be seen is known
// to the switch's adapter.
type watchHealth struct {
	logger *slog.Logger

	mu   sync.Mutex
	tape error // why the tape cannot be written; nil when it can
	bad  int   // malformed frames so far
}

func (h *watchHealth) tapeWritten(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err != nil && h.tape == nil:
		h.logger.Error("the tape cannot be written; calls are still watched and logged", "err", err)
	case err == nil && h.tape != nil:
		h.logger.Info("the tape can be written again")
	}
	h.tape = err
}

func (h *watchHealth) malformed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bad++
	if h.bad == 1 || h.bad%1000 == 0 {
		h.logger.Warn("the switch sent a frame that is no event; it is on the tape", "err", err, "so_far", h.bad)
	}
}

// read returns why the tape cannot be written, and how many frames were malformed.
func (h *watchHealth) read() (tape error, malformed int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.tape, h.bad
}
