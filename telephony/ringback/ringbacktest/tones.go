package ringbacktest

import (
	"math"
	"math/rand/v2"
)

// cadence is a tone of an exchange: its frequencies, then bursts and pauses in turn.
type cadence struct {
	hz    []float64
	beats []float64 // s; one burst without a pause: continuous
}

// play makes so many seconds of it, beginning anywhere in its period.
func (c cadence) play(r *rand.Rand, l line, seconds float64) []float64 {
	period := 0.0
	for _, b := range c.beats {
		period += b
	}
	start := r.Float64() * period
	return c.from(start, l, seconds)
}

func (c cadence) from(start float64, l line, seconds float64) []float64 {
	period := 0.0
	for _, b := range c.beats {
		period += b
	}
	out := make([]float64, int(seconds*rate))
	for i := range out {
		t := float64(i) / rate * (1 + l.drift)
		if len(c.beats) > 1 && !sounds(c.beats, math.Mod(start+t, period)) {
			continue
		}
		for k, hz := range c.hz {
			out[i] += math.Sin(2*math.Pi*hz*t+float64(k)) / float64(len(c.hz))
		}
	}
	return out
}

// square is the mean square of a burst.
func (c cadence) square() float64 { return 0.5 / float64(len(c.hz)) }

func sounds(beats []float64, at float64) bool {
	for i, b := range beats {
		if at < b {
			return i%2 == 0
		}
		at -= b
	}
	return false
}

var (
	standard  = cadence{[]float64{450}, []float64{1, 4}}
	busy      = cadence{[]float64{450}, []float64{0.35, 0.35}}
	congested = cadence{[]float64{450}, []float64{0.7, 0.7}}
)

// varied is the cadence as another exchange would make it, within the standard's tolerances.
func (c cadence) varied(r *rand.Rand, hz, share float64) cadence {
	v := cadence{}
	for _, f := range c.hz {
		v.hz = append(v.hz, f+hz*(2*r.Float64()-1))
	}
	for _, b := range c.beats {
		v.beats = append(v.beats, b*(1+share*(2*r.Float64()-1)))
	}
	return v
}

// exchange makes a recipe's sound of a cadence on a line.
func exchange(c cadence, seconds float64, on func(*rand.Rand) line, hz, share float64) func(*rand.Rand) []int16 {
	return func(r *rand.Rand) []int16 {
		l := on(r)
		v := c.varied(r, hz, share)
		return l.carry(r, v.play(r, l, seconds), v.square())
	}
}
