package asterisktest

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Tone writes a raw A-law file with one steady tone, so that a test can tell whose voice is
// on which side of a recording.
func Tone(t testing.TB, hertz float64, length time.Duration) string {
	t.Helper()
	b := make([]byte, int(length.Seconds()*8000))
	for i := range b {
		b[i] = alaw(int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/8000)))
	}
	file := filepath.Join(t.TempDir(), "tone.al")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// alaw encodes one sample as G.711 A-law.
func alaw(s int16) byte {
	sign, v := byte(0x80), int(s)
	if v < 0 {
		sign, v = 0, -v-1
	}
	segment := 0
	for limit := 256; segment < 7 && v >= limit; segment++ {
		limit <<= 1
	}
	shift := max(segment, 1) + 3
	return (sign | byte(segment<<4) | byte(v>>shift)&0x0f) ^ 0x55
}

// ToneShare is how much of the sound's energy lies at one frequency, from 0 to 1 (Goertzel).
func ToneShare(samples []int16, hertz float64) float64 {
	var energy, s1, s2 float64
	w := 2 * math.Cos(2*math.Pi*hertz/8000)
	for _, x := range samples {
		v := float64(x)
		energy += v * v
		s1, s2 = v+w*s1-s2, s1
	}
	if energy == 0 {
		return 0
	}
	return (s1*s1 + s2*s2 - w*s1*s2) / (energy * float64(len(samples)) / 2)
}
