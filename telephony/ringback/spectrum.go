package ringback

import "math"

// A frame is looked at through a Hann window of 64 ms: long enough to tell 440 from 480 Hz,
// short enough to fit into the 100 ms beeps of the unobtainable tone.
const (
	window  = 512
	hop     = 80                           // 10 ms
	binHz   = float64(sampleRate) / window // 15.625
	lowest  = 13                           // bin: 203 Hz. Below are hum and the offset of the line
	highest = 230                          // bin: 3594 Hz, the edge of the telephone band
	lobe    = 2                            // bins on each side of a peak that a steady tone fills

	// tornRun is so many equal samples in a row (10 ms): a packet was lost, or the sound of
	// the line was switched. Such a frame shows the edge, not the sound.
	tornRun = 80
)

// frame is what 64 ms sound like.
type frame struct {
	level float64 // dBm0 in the telephone band; -Inf: digital silence
	peaks [2]peak // the strongest one first
	torn  bool
}

// peak is a narrow band that stands out.
type peak struct {
	hz    float64
	share float64 // of all the energy in the telephone band
}

// tonality is the share of the energy that one or two narrow bands hold.
func (f frame) tonality() float64 { return f.peaks[0].share + f.peaks[1].share }

// hann is the weight of each sample of a window.
var hann = func() (w [window]float64) {
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window)
	}
	return w
}()

// turns are the roots e^(-2πik/window) of the transform.
var turns = func() (t [window / 2]complex128) {
	for k := range t {
		sin, cos := math.Sincos(-2 * math.Pi * float64(k) / window)
		t[k] = complex(cos, sin)
	}
	return t
}()

// spectrum is the energy by bin, a little wider than the band that counts.
type spectrum [highest + 2]float64

// analyse is a pure function of one window of samples.
func analyse(samples []int16) frame {
	var x [window]complex128
	for i, s := range samples {
		x[i] = complex(float64(s)*hann[i], 0)
	}
	transform(&x)
	var power spectrum
	total := 0.0
	for k := lowest - 1; k < len(power); k++ {
		power[k] = real(x[k])*real(x[k]) + imag(x[k])*imag(x[k])
		if k >= lowest && k <= highest {
			total += power[k]
		}
	}
	f := frame{level: decibels(total), torn: torn(samples)}
	if total == 0 {
		return f
	}
	var taken [len(power)]bool
	for i := range f.peaks {
		f.peaks[i] = strongest(&power, &taken, total)
	}
	return f
}

// strongest finds the highest peak of what is not taken yet, and takes its lobe. Its
// frequency follows from the two highest bins: for a steady tone under a Hann window their
// ratio gives it exactly.
func strongest(power *spectrum, taken *[highest + 2]bool, total float64) peak {
	top := lowest
	for k := lowest; k <= highest; k++ {
		if !taken[k] && (taken[top] || power[k] > power[top]) {
			top = k
		}
	}
	side := 1
	if power[top-1] > power[top+1] {
		side = -1
	}
	r := math.Sqrt(power[top+side] / max(power[top], 1e-9))
	p := peak{hz: binHz * (float64(top) + float64(side)*max(0, 2*r-1)/(1+r))}
	for k := max(lowest, top-lobe); k <= min(highest, top+lobe); k++ {
		if !taken[k] {
			p.share += power[k] / total
			taken[k] = true
		}
	}
	return p
}

// decibels turns the energy of half a spectrum into dBm0. A sine that fills the whole range
// of 16 bits would be 3.14 dBm0 (G.711).
func decibels(total float64) float64 {
	const windowEnergy = window * window * 3 / 8
	const fullScale = 32768 * 32768 / 2
	return 10*math.Log10(2*total/windowEnergy/fullScale) + 3.14
}

func torn(samples []int16) bool {
	run := 1
	for i := 1; i < len(samples); i++ {
		if samples[i] != samples[i-1] {
			run = 1
		} else if run++; run >= tornRun {
			return true
		}
	}
	return false
}

// transform is the discrete Fourier transform in place (radix 2).
func transform(x *[window]complex128) {
	for i, j := 1, 0; i < window; i++ {
		bit := window >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		if j ^= bit; i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < window; half *= 2 {
		for start := 0; start < window; start += 2 * half {
			for i := range half {
				a, b := x[start+i], x[start+i+half]*turns[i*(window/2/half)]
				x[start+i], x[start+i+half] = a+b, a-b
			}
		}
	}
}
