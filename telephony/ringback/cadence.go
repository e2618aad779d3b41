package ringback

import (
	"math"
	"slices"
	"time"
)

const (
	nominal = 0.10  // standards allow a burst or pause to be a tenth longer or shorter
	blur    = 0.025 // s: edges are measured to 5 ms, and a lost packet may hide one
	nearly  = 1.5   // times the tolerance: too near to a standard to call it another tone
	spoilt  = 5     // one in so many bursts and pauses may be spoilt by lost packets

	continuous = 5.0  // s: no cadence has a burst half as long
	unlisted   = 4.0  // s of one cadence before it is called another tone
	fewHoles   = 0.05 // of a tone may be lost packets, or nothing is said of a cadence on no list
)

// beat is a burst or a pause. A burst comes first, then they alternate.
type beat struct {
	length float64 // s
	begun  bool    // its beginning was not heard
	open   bool    // it goes on
}

func (b beat) whole() bool { return !b.begun && !b.open }

// beatsOf lists bursts and pauses of one tone until the end of what was heard. Silence before
// the first burst belongs to no cadence: a call is set up in silence.
func beatsOf(tones []tone, end float64) []beat {
	var all []beat
	for i, t := range tones {
		all = append(all, beat{t.length(), t.begun, t.open})
		next := beat{end - t.to, false, true}
		if i+1 < len(tones) {
			next = beat{tones[i+1].from - t.to, false, false}
		}
		if !t.open {
			all = append(all, next)
		}
	}
	return all
}

// follows tries every phase of the cadence and counts the bursts and pauses that fit, heard
// from edge to edge. A few may be spoilt. slack widens the tolerance.
func (s signal) follows(beats []beat, slack float64) (fits int, ok bool) {
	for phase := 0; phase < len(s.cadence); phase += 2 {
		f, misses := s.from(phase, beats, slack)
		if misses*spoilt <= f && (f > fits || !ok) {
			fits, ok = f, true
		}
	}
	return fits, ok
}

func (s signal) from(phase int, beats []beat, slack float64) (fits, misses int) {
	for i, b := range beats {
		want := s.cadence[(phase+i)%len(s.cadence)]
		off := b.length - want
		near := math.Abs(off) <= slack*(nominal*want+blur)
		switch {
		case near && b.whole():
			fits++
		case !near && (off > 0 || b.whole()):
			misses++
		}
	}
	return fits, misses
}

// regular says that bursts are of one length and pauses of one length.
func regular(beats []beat) bool {
	on, off := medians(beats)
	fits, misses := 0, 0
	for i, b := range beats {
		want := []float64{on, off}[i%2]
		switch {
		case !b.whole():
		case math.Abs(b.length-want) <= nominal*want+blur:
			fits++
		default:
			misses++
		}
	}
	return on > 0 && off > 0 && fits >= 3 && misses*spoilt <= fits
}

// medians of the bursts and of the pauses that were heard as a whole; 0: there is none.
func medians(beats []beat) (on, off float64) {
	var lengths [2][]float64
	for i, b := range beats {
		if b.whole() {
			lengths[i%2] = append(lengths[i%2], b.length)
		}
	}
	var m [2]float64
	for i, all := range lengths {
		if len(all) > 0 {
			slices.Sort(all)
			m[i] = all[len(all)/2]
		}
	}
	return m[0], m[1]
}

func duration(s float64) time.Duration {
	return time.Duration(math.Round(s*1000)) * time.Millisecond
}
