package archive

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"dutyline/recorder"
)

// mostPeaks bounds the memory for waveforms: 8 bytes each, some seven hours of talk in all.
const mostPeaks = 1 << 20

// Peaks is the waveform of a call's sealed file; errors as Open. It is known from sealing, or
// decoded from the file, one file at a time: drawing must not starve what is being sealed.
func (a *Archive) Peaks(ctx context.Context, callID string) (recorder.Peaks, error) {
	file, r, err := a.Open(ctx, callID)
	if err != nil {
		return recorder.Peaks{}, err
	}
	defer file.Close()
	if p, ok := a.waves.get(r.Digest); ok {
		return p, nil
	}
	select {
	case a.waves.turn <- struct{}{}:
		defer func() { <-a.waves.turn }()
	case <-ctx.Done():
		return recorder.Peaks{}, ctx.Err()
	}
	if p, ok := a.waves.get(r.Digest); ok { // somebody else asked for the same
		return p, nil
	}
	sound, err := hearAll(ctx, file)
	if err != nil {
		return recorder.Peaks{}, fmt.Errorf("draw the recording of call %s: %w", callID, err)
	}
	p := sound.peaks()
	a.waves.put(r.Digest, p)
	return p, nil
}

// heard is what a whole stream sounds like.
type heard struct {
	duration time.Duration
	sides    [2]recorder.Meter
}

// hearAll decodes a whole stream and measures both sides on the way.
func hearAll(ctx context.Context, f io.ReadSeeker) (h heard, err error) {
	var block [blockSize]int16
	all, err := decode(ctx, f, func(sides [2][]int32) {
		for i, samples := range sides {
			for part := range slices.Chunk(samples, blockSize) {
				for j, s := range part {
					block[j] = int16(s)
				}
				h.sides[i].Add(block[:len(part)])
			}
		}
	})
	h.duration = samplesTime(int64(all.samples))
	return h, err
}

func (h *heard) peaks() recorder.Peaks {
	return recorder.Peaks{Duration: h.duration, PerSecond: recorder.PeaksPerSecond, Caller: h.sides[0].Peaks(), Officer: h.sides[1].Peaks()}
}

// waves keeps the waveforms asked for last.
type waves struct {
	mu    sync.Mutex
	turn  chan struct{}
	known map[recorder.Digest]recorder.Peaks
	order []recorder.Digest // oldest first
	held  int               // peaks in all
	most  int               // peaks that may be held
}

func newWaves() *waves {
	return &waves{most: mostPeaks, turn: make(chan struct{}, 1), known: make(map[recorder.Digest]recorder.Peaks)}
}

func (w *waves) get(d recorder.Digest) (recorder.Peaks, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.known[d]
	if ok {
		i := slices.Index(w.order, d)
		w.order = append(slices.Delete(w.order, i, i+1), d)
	}
	return p, ok
}

func (w *waves) put(d recorder.Digest, p recorder.Peaks) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.known[d]; ok || weight(p) > w.most {
		return
	}
	w.known[d], w.order, w.held = p, append(w.order, d), w.held+weight(p)
	for w.held > w.most {
		oldest := w.order[0]
		w.held -= weight(w.known[oldest])
		delete(w.known, oldest)
		w.order = w.order[1:]
	}
}

func weight(p recorder.Peaks) int { return len(p.Caller) + len(p.Officer) }
