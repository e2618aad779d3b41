package practice

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/zaf/g711"
)

// Telephone audio: 8 kHz, A-law, packets of 20 ms.
const (
	sampleRate    = 8000
	packetSamples = 160
	alawSilence   = 0xD5
)

// alawSquare is the energy of each A-law byte, full scale = 1.
var alawSquare = func() (t [256]float64) {
	for i := range t {
		x := float64(g711.DecodeAlawFrame(uint8(i))) / 32768
		t[i] = x * x
	}
	return t
}()

// mute is so many samples of A-law silence.
func mute(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = alawSilence
	}
	return b
}

// encodeAlaw brings speech to the usual loudness of a telephone and companders it.
func encodeAlaw(pcm []float64) []byte {
	peak := 0.0
	for _, x := range pcm {
		peak = max(peak, math.Abs(x))
	}
	gain := 0.0
	if peak > 1e-6 {
		gain = 0.5 / peak // -6 dB: loud, never clipped
	}
	out := make([]byte, len(pcm))
	for i, x := range pcm {
		out[i] = g711.EncodeAlawFrame(int16(x * gain * 32767))
	}
	return out
}

// readWAV takes the samples of a mono 16-bit WAV, full scale = 1. Programs that write to a
// pipe cannot know the length: whatever follows the header of the data is data.
func readWAV(b []byte) (pcm []float64, rate int, err error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, 0, errors.New("no WAV file")
	}
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:8]))
		b = b[8:]
		if name == "data" {
			if rate == 0 {
				return nil, 0, errors.New("WAV data before its format")
			}
			return pcm16(b[:min(size, len(b))]), rate, nil
		}
		if size > len(b) {
			break
		}
		if name == "fmt " && size >= 16 {
			format, channels, bits := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:]), binary.LittleEndian.Uint16(b[14:])
			if format != 1 || channels != 1 || bits != 16 {
				return nil, 0, fmt.Errorf("WAV format %d with %d channels of %d bits; one channel of 16-bit PCM is read", format, channels, bits)
			}
			if rate = int(binary.LittleEndian.Uint32(b[4:])); rate < sampleRate || rate > 192000 {
				return nil, 0, fmt.Errorf("WAV with %d samples a second; 8000 to 192000 are read", rate)
			}
		}
		b = b[min(len(b), size+size%2):]
	}
	return nil, 0, errors.New("WAV file without data")
}

func pcm16(b []byte) []float64 {
	pcm := make([]float64, len(b)/2)
	for i := range pcm {
		pcm[i] = float64(int16(binary.LittleEndian.Uint16(b[2*i:]))) / 32768
	}
	return pcm
}

// resample converts to 8 kHz through a windowed-sinc low-pass below the telephone's band edge.
func resample(in []float64, rate int) []float64 {
	if rate == sampleRate {
		return in
	}
	const reach = 24 // input samples on each side
	step := float64(rate) / sampleRate
	cut := min(1, 2*3600/float64(rate))
	out := make([]float64, int(float64(len(in))/step))
	for n := range out {
		at := float64(n) * step
		sum := 0.0
		for i := max(0, int(at)-reach); i <= min(len(in)-1, int(at)+reach); i++ {
			x := at - float64(i)
			window := 0.5 + 0.5*math.Cos(math.Pi*x/(reach+1))
			sum += in[i] * cut * sinc(cut*x) * window
		}
		out[n] = sum
	}
	return out
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// babble stands in for speech where there is no synthesizer: one vowel-like sound per
// character, a rest at each mark of punctuation, a deep voice for the officer and a high one
// for the caller. The same text always sounds the same.
func babble(text string, by Side) []float64 {
	pitch := 205.0
	if by == Officer {
		pitch = 118
	}
	const syllable, rest = 0.19, 0.30
	waves := map[[2]float64]*wave{}
	var pcm []float64
	phase := 0.0
	for _, r := range text {
		if r == '，' || r == '。' || r == '？' || r == '：' || r == '、' {
			pcm = append(pcm, make([]float64, int(rest*sampleRate))...)
			continue
		}
		tone := pitch * (1 + 0.05*float64(r%5-2))
		formant := 400 + 90*float64(r%8) // Hz, where this vowel is loudest
		w := waves[[2]float64{tone, formant}]
		if w == nil {
			w = vowel(tone, formant)
			waves[[2]float64{tone, formant}] = w
		}
		n := int(syllable * sampleRate)
		for i := range n {
			at := float64(i) / float64(n)
			phase += tone * (1 - 0.12*at) / sampleRate
			pcm = append(pcm, math.Sqrt(math.Sin(math.Pi*at))*w.at(phase))
		}
	}
	return pcm
}

// wave is one period of a sound.
type wave [512]float64

func (w *wave) at(phase float64) float64 {
	return w[int((phase-math.Floor(phase))*float64(len(w)))%len(w)]
}

// vowel is a harmonic sound of a tone, with its energy around the formant.
func vowel(tone, formant float64) *wave {
	var w wave
	for k := 1.0; k*tone < 3000; k++ {
		d := (k*tone - formant) / 350
		loud := 0.15/k + math.Exp(-d*d)
		for i := range w {
			w[i] += loud * math.Sin(2*math.Pi*k*float64(i)/float64(len(w)))
		}
	}
	return &w
}
