package recorder

import (
	"math"
	"time"
)

// SampleRate of a telephone call, per side.
const SampleRate = 8000

// PeaksPerSecond is how finely a waveform is drawn. One peak covers one measuring window.
const PeaksPerSecond = 20

// Silence is the level of digital silence, and the floor of every level.
const Silence = -96.0

// Audible is the level from which a window counts as sound. A quiet talker on an analog line
// is some 10 dB above it, the idle noise of a telephone line 10 dB and more below.
const Audible = -50.0

const window = SampleRate / PeaksPerSecond // 50 ms

// Level describes how loud one side is.
type Level struct {
	Duration time.Duration // of the side as it was recorded, without padding
	Loudest  float64       // loudest 50 ms, dBFS
	Audible  time.Duration // how long it was louder than Audible
}

// Meter measures one side in one pass, in windows of 50 ms. The zero value is ready.
type Meter struct {
	samples int64
	filled  int // samples in the present window
	energy  float64
	peak    int // largest magnitude in the present window
	loudest float64
	audible int // windows
	peaks   []float64
}

// Add measures the next samples.
func (m *Meter) Add(samples []int16) {
	for _, s := range samples {
		v := int(s)
		m.energy += float64(v * v)
		m.peak = max(m.peak, v, -v)
		if m.filled++; m.filled == window {
			m.closeWindow()
		}
	}
	m.samples += int64(len(samples))
}

func (m *Meter) closeWindow() {
	power := m.energy / window // a last, shorter window counts as if silence filled it
	m.loudest = max(m.loudest, power)
	if decibels(power) >= Audible {
		m.audible++
	}
	m.peaks = append(m.peaks, math.Round(float64(m.peak)/32768*1000)/1000)
	m.filled, m.energy, m.peak = 0, 0, 0
}

// Level is the result; nothing may be added afterwards.
func (m *Meter) Level() Level {
	m.finish()
	return Level{
		Duration: duration(m.samples),
		Loudest:  decibels(m.loudest),
		Audible:  time.Duration(m.audible) * time.Second / PeaksPerSecond,
	}
}

// Peaks are the largest magnitudes of each window, 0 to 1; nothing may be added afterwards.
func (m *Meter) Peaks() []float64 {
	m.finish()
	return m.peaks
}

func (m *Meter) finish() {
	if m.filled > 0 {
		m.closeWindow()
	}
}

func decibels(power float64) float64 {
	if power <= 0 {
		return Silence
	}
	return max(10*math.Log10(power/(32768*32768)), Silence)
}

func duration(samples int64) time.Duration {
	return time.Duration(samples) * time.Second / SampleRate
}

// Peaks is the waveform of both sides, for drawing.
type Peaks struct {
	Duration  time.Duration
	PerSecond int
	Caller    []float64 // left: the far side, 0 to 1
	Officer   []float64 // right
}
