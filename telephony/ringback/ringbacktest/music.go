package ringbacktest

import (
	"math"
	"math/rand/v2"
)

// instrument is how a note sounds.
type instrument struct {
	harmonics []float64 // amplitudes
	attack    float64   // s
	decay     float64   // 1/s; 0: sustained
	vibrato   float64   // Hz, up and down
	tremolo   float64   // share of the amplitude
	speed     float64   // Hz, of both
}

func anyInstrument(r *rand.Rand) instrument {
	in := instrument{attack: 0.005 + 0.04*r.Float64(), speed: 4 + 3*r.Float64()}
	for k := range 1 + r.IntN(6) {
		in.harmonics = append(in.harmonics, math.Pow(0.3+0.4*r.Float64(), float64(k)))
	}
	switch r.IntN(3) {
	case 0:
		in.decay = 1.5 + 5*r.Float64()
	case 1:
		in.vibrato = 3 + 9*r.Float64()
	}
	return in
}

// note adds a note to a piece.
func (in instrument) note(out []float64, hz, from, length, loud float64) {
	first := int(from * rate)
	n := int(length * rate)
	phase := 0.0
	for i := first; i < min(first+n, len(out)); i++ {
		t := float64(i-first) / rate
		swing := math.Sin(2 * math.Pi * in.speed * t)
		phase += 2 * math.Pi * (hz + in.vibrato*swing) / rate
		shape := min(1, t/in.attack, (length-t)/0.01) * math.Exp(-in.decay*t) * (1 - in.tremolo*(0.5+0.5*swing))
		for k, a := range in.harmonics {
			if h := float64(k + 1); h*hz < 3600 {
				out[i] += loud * a * shape * math.Sin(h*phase)
			}
		}
	}
}

// scale around A4 and Bb4 (440 and 466 Hz), where a ring-back tone lies.
var scale = []float64{349.2, 392, 440, 450, 466.2, 523.3, 587.3}

func melody(r *rand.Rand, out []float64, in instrument, loud float64) {
	for t := 0.0; t < float64(len(out))/rate; {
		length := 0.12 + 0.5*r.Float64()
		hz := scale[r.IntN(len(scale))]
		if r.IntN(3) == 0 {
			hz = 440 + 26.2*float64(r.IntN(2))
		}
		in.note(out, hz, t, length*(0.7+0.3*r.Float64()), loud)
		t += length
	}
}

func tune(r *rand.Rand, out []float64) { melody(r, out, anyInstrument(r), 1) }

// chords have A4, 450 Hz or Bb4 in them.
func chords(r *rand.Rand, out []float64, in instrument, loud float64) {
	beat := 0.4 + 1.6*r.Float64()
	for t := 0.0; t < float64(len(out))/rate; t += beat {
		root := []float64{440, 450, 466.2}[r.IntN(3)] * math.Pow(2, float64(-r.IntN(2)))
		for _, step := range [][]float64{{0, 4, 7}, {0, 3, 7}, {0, 5, 9}, {-5, 0, 4, 10}}[r.IntN(4)] {
			in.note(out, root*math.Pow(2, step/12), t, beat, loud)
		}
	}
}

// drums are bursts of noise on a beat.
func drums(r *rand.Rand, out []float64, loud float64) {
	beat := 0.25 + 0.3*r.Float64()
	for t := 0.0; t < float64(len(out))/rate; t += beat {
		for i := int(t * rate); i < min(int((t+beat)*rate), len(out)); i++ {
			out[i] += loud * r.NormFloat64() * math.Exp(-25*(float64(i)/rate-t))
		}
	}
}

// song is what most custom ring-backs are: melody, chords and a beat.
func song(r *rand.Rand, out []float64) {
	chords(r, out, anyInstrument(r), 0.2)
	melody(r, out, anyInstrument(r), 0.4)
	if r.IntN(2) == 0 {
		drums(r, out, 0.3)
	}
}

// loudest is the mean square of the loudest tenth of a second: what a level is said of.
func loudest(out []float64) float64 {
	most := 0.0
	for i := 0; i+800 <= len(out); i += 800 {
		sum := 0.0
		for _, x := range out[i : i+800] {
			sum += x * x
		}
		most = max(most, sum/800)
	}
	return most
}

// piece makes a recipe's sound of music.
func piece(seconds float64, play func(*rand.Rand, []float64)) func(*rand.Rand) []int16 {
	return func(r *rand.Rand) []int16 {
		l := rough(r)
		l.level = max(l.level, -30) // what a level means for music: its loudest moment
		out := make([]float64, int(seconds*rate))
		play(r, out)
		return l.carry(r, out, loudest(out))
	}
}

// held is one note at 450 Hz that never rests; it swings in pitch or loudness.
func held(r *rand.Rand, out []float64) {
	in := anyInstrument(r)
	in.decay, in.vibrato, in.speed = 0, 0, 3+4*r.Float64()
	if r.IntN(2) == 0 {
		in.vibrato = 5 + 15*r.Float64()
	} else {
		in.tremolo = 0.4 + 0.4*r.Float64()
	}
	in.note(out, 450, 0, float64(len(out))/rate, 1)
}

// overRing is music or speech while the ring-back tone goes on, up to 25 dB softer, but not
// lost in the noise.
func overRing(play func(*rand.Rand, []float64)) func(*rand.Rand) []int16 {
	return func(r *rand.Rand) []int16 {
		l := rough(r)
		l.level = max(l.level, -25)
		ring := standard.play(r, l, 12)
		sound := make([]float64, len(ring))
		play(r, sound)
		softer := 25 * r.Float64()
		if l.noise > 0 {
			softer = min(softer, l.noise-5)
		}
		gain := math.Sqrt(0.5/loudest(sound)) * math.Pow(10, -softer/20)
		for i := range ring {
			ring[i] += gain * sound[i]
		}
		return l.carry(r, ring, 0.5)
	}
}

// struck is a bell of 450 Hz in the cadence of the ring-back tone: only its decay tells.
func struck(r *rand.Rand, out []float64) {
	in := instrument{harmonics: []float64{1, 0.2 * r.Float64()}, attack: 0.005, decay: 2 + 4*r.Float64(), speed: 1}
	for t := 5*r.Float64() - 5; t < float64(len(out))/rate; t += 5 {
		if t > 0 {
			in.note(out, 450, t, 1, 1)
		}
	}
}

// slide is a pitch that goes up and down through 450 Hz.
func slide(r *rand.Rand, out []float64) {
	speed, width := 0.2+r.Float64(), 40+100*r.Float64()
	phase := 0.0
	for i := range out {
		phase += 2 * math.Pi * (450 + width*math.Sin(2*math.Pi*speed*float64(i)/rate)) / rate
		out[i] = math.Sin(phase)
	}
}
