package ringback

import (
	"math"
	"slices"
)

const (
	margin  = 6   // frames beside a tone: what is heard there is partly the tone
	stretch = 100 // frames: other sound is judged in pieces of at most a second
	tooFew  = 8   // frames that show nothing
	lag     = 7   // frames: two windows that do not overlap

	noisy     = 0.40 // noise has no more of its energy in two narrow bands
	noiseStep = 1.4  // dB: noise does not change its level by more from window to window,
	noiseLeap = 3.0  // dB: and hardly ever by more than this
	noiseStay = 0.40 // share of windows whose strongest band stays: chance, in noise
	stayHz    = 10.0
	quiet     = -40.0 // dBm0: noise below it is the line's own, or comfort noise
)

// residue is what is heard beside steady tones.
type residue struct {
	other, noise, loud float64 // s; loud is the part of the noise that would hide a tone
	notes              float64 // s of steady tones besides the main one
	first              float64 // s: when other sound or a note is heard first; +Inf: never
	feel               feel
}

// all that no exchange sends.
func (r residue) all() float64 { return r.other + r.notes }

func (r *residue) addNotes(tones []tone) {
	r.notes += total(tones)
	for _, t := range tones {
		r.first = min(r.first, t.from)
	}
}

// name tells music from speech where it can. Steady notes are music.
func (r residue) name() string {
	if r.notes > r.other {
		return "music"
	}
	return r.feel.name()
}

// feel is by what noise, music and speech differ.
type feel struct {
	share float64 // mean tonality
	step  float64 // median change of the level between windows, dB
	leap  float64 // the change that nine of ten do not exceed, dB
	stay  float64 // share of windows that keep the strongest frequency of the one before
}

// listenBeside judges all frames that belong to no tone.
func listenBeside(frames []frame, tones []tone) residue {
	r := residue{first: math.Inf(1)}
	var others []int
	usable := make([]bool, len(frames))
	for i, f := range frames {
		usable[i] = !f.torn
	}
	for _, t := range tones {
		for i := max(0, t.first-margin); i <= min(len(frames)-1, t.last+margin); i++ {
			usable[i] = false
		}
	}
	for i := 0; i < len(frames); {
		var piece []int
		for ; i < len(frames) && usable[i] && len(piece) < stretch; i++ {
			piece = append(piece, i)
		}
		others = append(others, r.add(frames, piece)...)
		if len(piece) == 0 {
			i++
		}
	}
	r.feel = feelOf(frames, others)
	return r
}

// add judges one piece and returns its frames of other sound.
func (r *residue) add(frames []frame, piece []int) []int {
	piece = slices.DeleteFunc(piece, func(i int) bool { return frames[i].level < floor })
	if len(piece) < tooFew {
		return nil
	}
	seconds := float64(len(piece)*hop) / sampleRate
	f := feelOf(frames, piece)
	if f.share <= noisy && f.step <= noiseStep && f.leap <= noiseLeap && f.stay <= noiseStay {
		r.noise += seconds
		if meanLevel(frames, piece) > quiet {
			r.loud += seconds
		}
		return nil
	}
	r.other += seconds
	r.first = min(r.first, at(piece[0]))
	return piece
}

func meanLevel(frames []frame, piece []int) (sum float64) {
	for _, i := range piece {
		sum += frames[i].level / float64(len(piece))
	}
	return sum
}

// feelOf measures the frames of the indices given.
func feelOf(frames []frame, piece []int) (f feel) {
	var steps []float64
	kept := 0.0
	for n, i := range piece {
		f.share += frames[i].tonality() / float64(len(piece))
		if n < lag || piece[n-lag] != i-lag {
			continue
		}
		steps = append(steps, math.Abs(frames[i].level-frames[i-lag].level))
		if math.Abs(frames[i].peaks[0].hz-frames[i-lag].peaks[0].hz) <= stayHz {
			kept++
		}
	}
	if len(steps) > 0 {
		slices.Sort(steps)
		f.step, f.leap = steps[len(steps)/2], steps[len(steps)*9/10]
		f.stay = kept / float64(len(steps))
	}
	return f
}

// name tells speech from music where it can. Measured: recorded music has stay 0.25 to 1.0 and
// step 0.4 to 5.2 dB, recorded speech stay 0.05 to 0.17 and step 6 to 12 dB.
func (f feel) name() string {
	switch {
	case f.stay < 0.22 && f.step > 4:
		return "speech"
	case f.stay > 0.30 && f.step < 4:
		return "music"
	}
	return ""
}
