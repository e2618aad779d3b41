package ringback

import (
	"cmp"
	"math"
	"slices"
)

const (
	floor = -58.0 // dBm0: what is softer is silence; A-law's own noise lies near -66

	tonal    = 0.85  // share of energy of a tone: 0.97 at 15 dB above noise, speech and chords less
	minimum  = 3     // frames of a tone: a beep of 85 ms
	steadyHz = 3.0   // a telephone's tone stays within; a voice or a vibrato does not
	steadyDB = 1.5   // likewise
	reach    = 12    // frames: so far from the steady part an edge is looked for
	sameHz   = 6.0   // two beeps of one generator
	maxHole  = 0.085 // s: so long a loss of packets is bridged; beeps are 0.1 s apart
	dip      = 6.0   // dB: a pause between two tones
	second   = 0.12  // of the energy makes the second frequency count
)

// tone is a stretch of one steady tone of one or two frequencies. Its edges are good to about
// 5 ms.
type tone struct {
	low, high   float64 // Hz; high is 0 for a single frequency
	level       float64 // dBm0
	from, to    float64 // s
	first, last int     // frames of the steady part
	begun       bool    // was there already when listening began
	open        bool    // goes on still
}

func (t tone) length() float64 { return t.to - t.from }

// alike says that two tones may come from one generator.
func (t tone) alike(o tone) bool {
	return math.Abs(t.low-o.low) <= sameHz && math.Abs(t.high-o.high) <= sameHz
}

// at is the middle of a frame.
func at(i int) float64 { return float64(i*hop+window/2) / sampleRate }

// pitch are the frequencies of a frame in rising order, the second 0 where there is but one.
func (f frame) pitch() (low, high float64) {
	a, b := f.peaks[0], f.peaks[1]
	if b.share < second*f.tonality() {
		return a.hz, 0
	}
	return min(a.hz, b.hz), max(a.hz, b.hz)
}

// findTones returns the steady tones in order of time.
func findTones(frames []frame) []tone {
	var found []tone
	for i := 0; i < len(frames); {
		t, ok := steady(frames, i)
		if !ok {
			i++
			continue
		}
		i = t.last + 1
		found = append(found, edges(frames, t))
	}
	return found
}

// steady reads the tone that begins with frame i.
func steady(frames []frame, i int) (tone, bool) {
	t := tone{first: i, last: i - 1}
	n := 0.0
	for j := i; j < len(frames); j++ {
		f := frames[j]
		if f.level < floor || f.tonality() < tonal {
			break
		}
		low, high := f.pitch()
		if n > 0 && (math.Abs(f.level-t.level) > steadyDB || math.Abs(low-t.low) > tolerance(high) || math.Abs(high-t.high) > tolerance(high)) {
			break
		}
		n++
		t.low += (low - t.low) / n
		t.high += (high - t.high) / n
		t.level += (f.level - t.level) / n
		t.last = j
	}
	return t, n >= minimum
}

// tolerance is wider for two frequencies: each one's lobe disturbs the other's.
func tolerance(high float64) float64 {
	if high > 0 {
		return 2 * steadyHz
	}
	return steadyHz
}

// edges looks for the moments at which the tone's level has fallen by 3 dB: there it fills
// half of the window.
func edges(frames []frame, t tone) tone {
	half := t.level - 3
	t.from, t.to = at(t.first), at(t.last)
	for i := t.first; i > max(0, t.first-reach); i-- {
		if frames[i-1].level < half {
			t.from = crossing(frames, i-1, half)
			break
		}
	}
	for i := t.last; i < min(len(frames)-1, t.last+reach); i++ {
		if frames[i+1].level < half {
			t.to = crossing(frames, i, half)
			break
		}
	}
	if t.first == 0 {
		t.from, t.begun = 0, true
	}
	if t.last == len(frames)-1 {
		t.to, t.open = at(t.last)+float64(window/2)/sampleRate, true
	}
	return t
}

// crossing is when the level passes the mark between frames i and i+1.
func crossing(frames []frame, i int, mark float64) float64 {
	a, b := max(frames[i].level, floor-40), max(frames[i+1].level, floor-40)
	return at(i) + (mark-a)/(b-a)*float64(hop)/sampleRate
}

// bridged joins what lost packets have torn: pieces of one tone with holes between them that
// are not longer than hole, in seconds.
func bridged(tones []tone, hole float64) []tone {
	var all []tone
	for i, t := range tones {
		if last := len(all) - 1; i > 0 && t.from-all[last].to <= hole && t.alike(all[last]) && math.Abs(t.level-all[last].level) <= 2*steadyDB {
			all[last].to, all[last].last, all[last].open = t.to, t.last, t.open
			continue
		}
		all = append(all, t)
	}
	return all
}

// families sorts tones by generator, the one with the most sound first.
func families(tones []tone) [][]tone {
	var all [][]tone
next:
	for _, t := range tones {
		for i := range all {
			if all[i][0].alike(t) {
				all[i] = append(all[i], t)
				continue next
			}
		}
		all = append(all, []tone{t})
	}
	slices.SortStableFunc(all, func(a, b []tone) int {
		return cmp.Compare(total(b), total(a))
	})
	return all
}

// swings counts how often a tone goes on with another pitch or loudness and no pause between,
// not even a short one: an instrument does so, an exchange never. A lost packet is no swing.
func swings(frames []frame, tones []tone) (n int) {
	for i := 1; i < len(tones); i++ {
		a, b := tones[i-1], tones[i]
		if b.first-a.last > reach {
			continue
		}
		n++
		for _, f := range frames[a.last:b.first] {
			if f.torn || f.level < min(a.level, b.level)-dip {
				n--
				break
			}
		}
	}
	return n
}

func total(tones []tone) (sum float64) {
	for _, t := range tones {
		sum += t.length()
	}
	return sum
}
