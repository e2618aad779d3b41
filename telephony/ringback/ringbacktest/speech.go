package ringbacktest

import (
	"math"
	"math/rand/v2"
)

// formants of five vowels, Hz.
var vowels = [][3]float64{{730, 1090, 2440}, {530, 1840, 2480}, {270, 2290, 3010}, {570, 840, 2410}, {300, 870, 2240}}

// resonator is a filter of two poles, the model of one formant.
type resonator struct{ a, b, y1, y2 float64 }

func newResonator(hz, width float64) *resonator {
	radius := math.Exp(-math.Pi * width / rate)
	return &resonator{a: 2 * radius * math.Cos(2*math.Pi*hz/rate), b: -radius * radius}
}

func (f *resonator) filter(x float64) float64 {
	y := x + f.a*f.y1 + f.b*f.y2
	f.y1, f.y2 = y, f.y1
	return y
}

// talk is speech as a simple synthesizer makes it: syllables of a consonant and a vowel, a
// falling pitch in each, phrases with rests between them.
func talk(r *rand.Rand, out []float64) {
	pitch := 90 + 160*r.Float64()
	for t := 0.3 * r.Float64(); t < float64(len(out))/rate; {
		for range 3 + r.IntN(8) {
			t = syllable(r, out, t, pitch*(0.85+0.3*r.Float64()))
		}
		t += 0.2 + 0.5*r.Float64()
	}
}

func syllable(r *rand.Rand, out []float64, t, pitch float64) float64 {
	hiss, voice := 0.03+0.07*r.Float64(), 0.1+0.15*r.Float64()
	high := newResonator(2500+900*r.Float64(), 600)
	for i := int(t * rate); i < min(int((t+hiss)*rate), len(out)); i++ {
		out[i] += 0.03 * high.filter(r.NormFloat64())
	}
	t += hiss
	var mouth []*resonator
	for i, hz := range vowels[r.IntN(len(vowels))] {
		mouth = append(mouth, newResonator(hz, 60+40*float64(i)))
	}
	bend := 0.4 * (r.Float64() - 0.6)
	phase := 0.0
	for i := int(t * rate); i < min(int((t+voice)*rate), len(out)); i++ {
		at := (float64(i)/rate - t) / voice
		phase += pitch * (1 + bend*at) / rate
		x := 0.0
		if phase >= 1 { // one pulse of the glottis
			phase -= math.Floor(phase)
			x = 1
		}
		for _, m := range mouth {
			x = 0.3 * m.filter(x)
		}
		out[i] += 20 * x * math.Sin(math.Pi*min(1, max(0, at)))
	}
	return t + voice
}
