package ringbacktest

import (
	"math"
	"math/rand/v2"

	"github.com/zaf/g711"
)

// line is what lies between the source of a sound and the caller's ear.
type line struct {
	level   float64 // dBm0 of the sound
	noise   float64 // dB below the sound; 0: none
	pink    bool    // the noise falls with the frequency
	comfort float64 // dBm0 of noise where the sound pauses; 0: none
	drift   float64 // share by which the source's clock is fast
	offset  float64 // DC, in steps of 16 bits
	hum     float64 // amplitude of the mains, in steps of 16 bits
	losses  float64 // lost packets per second
	alaw    bool
}

// rough is a line as it may be: everything within what a listener must bear.
func rough(r *rand.Rand) line {
	l := line{level: -40 + 37*r.Float64(), alaw: r.IntN(4) > 0, drift: 4e-4 * (r.Float64() - 0.5)}
	switch r.IntN(5) {
	case 0:
		l.noise, l.pink = 15+20*r.Float64(), r.IntN(2) == 0
	case 1:
		l.comfort = -50 - 15*r.Float64()
	case 2:
		l.offset, l.hum = 600*(r.Float64()-0.5), 60*r.Float64()
	case 3:
		l.losses = 0.1 + 0.9*r.Float64()
	}
	return l
}

// clean is a line without fault.
func clean(r *rand.Rand) line { return line{level: -25 + 15*r.Float64(), alaw: true} }

// carry makes what the caller hears of a sound in [-1, 1] whose loudest parts have the mean
// square given.
func (l line) carry(r *rand.Rand, sound []float64, square float64) []int16 {
	gain := rms(l.level) / math.Sqrt(square)
	noise, comfort := 0.0, 0.0
	if l.noise > 0 {
		noise = rms(l.level - l.noise)
	}
	if l.comfort < 0 {
		comfort = rms(l.comfort)
	}
	hiss := noiseSource(r, l.pink)
	out := make([]int16, len(sound))
	quiet := 0
	for i, x := range sound {
		y := gain*x + noise*hiss() + l.offset + l.hum*math.Sin(2*math.Pi*50*float64(i)/rate)
		if quiet++; x != 0 {
			quiet = 0
		}
		if quiet > 20 {
			y += comfort * hiss()
		}
		v := int16(max(-32767, min(32767, math.Round(y))))
		if l.alaw {
			v = g711.DecodeAlawFrame(g711.EncodeAlawFrame(v))
		}
		out[i] = v
	}
	l.lose(r, out)
	return out
}

// lose makes packets of 20 ms silent, one to three in a row.
func (l line) lose(r *rand.Rand, out []int16) {
	packets := len(out) / 160
	for p := 0; p < packets; p++ {
		if r.Float64() < l.losses/50 {
			end := min(packets, p+1+r.IntN(3))
			clear(out[p*160 : end*160])
			p = end
		}
	}
}

// rms is the amplitude of a level: 0 dBm0 is 3.14 dB below a sine that fills 16 bits.
func rms(dBm0 float64) float64 {
	return 32768 / math.Sqrt2 * math.Pow(10, (dBm0-3.14)/20)
}

// noiseSource gives noise of mean square 1.
func noiseSource(r *rand.Rand, pink bool) func() float64 {
	if !pink {
		return r.NormFloat64
	}
	var slow, middle float64 // two low-pass filters approximate the fall of 3 dB per octave
	return func() float64 {
		w := r.NormFloat64()
		slow = 0.97*slow + 0.22*w
		middle = 0.75*middle + 0.4*w
		return 0.75 * (slow + middle + 0.25*w)
	}
}
