package ringback

import "time"

// The zero Listener is ready to hear. It has no clock and is not safe for concurrent use:
// time is what was written to it, 8000 samples for each second.
type Listener struct {
	pending []int16 // heard, not all analysed: less than one window
	frames  []frame
	heard   int64 // samples
}

const (
	sampleRate = 8000

	// remembered bounds the memory: the latest minute is judged. Nobody lets it ring longer.
	remembered = 6000
	// forgotten frames go at once, so that dropping them costs nothing per frame.
	forgotten = 1000
)

// Write hears linear samples, 8 kHz, one channel. How the sound is cut into writes does not
// change what is said about it.
func (l *Listener) Write(samples []int16) {
	l.heard += int64(len(samples))
	l.pending = append(l.pending, samples...)
	done := 0
	for ; len(l.pending)-done >= window; done += hop {
		if len(l.frames) == remembered+forgotten {
			l.frames = append(l.frames[:0], l.frames[forgotten:]...)
		}
		l.frames = append(l.frames, analyse(l.pending[done:done+window]))
	}
	l.pending = append(l.pending[:0], l.pending[done:]...)
}

// WriteALaw hears what a packet of G.711 A-law brings.
func (l *Listener) WriteALaw(b []byte) {
	samples := make([]int16, len(b))
	for i, x := range b {
		samples[i] = linear[x]
	}
	l.Write(samples)
}

// Verdict says what was heard until now. It may be asked at any time; asking changes nothing.
func (l *Listener) Verdict() Verdict {
	v := judge(l.frames)
	v.Heard = time.Duration(l.heard) * time.Second / sampleRate
	return v
}
