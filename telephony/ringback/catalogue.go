package ringback

import "math"

// signal is a tone that exchanges send, as their standards write it.
type signal struct {
	kind      Kind
	name      string
	low, high float64   // Hz; high is 0 for a single frequency
	within    float64   // Hz, tolerance of each frequency
	cadence   []float64 // s: on, off, on, off …; nil: continuous
	needs     int       // bursts and pauses that must fit, each heard from edge to edge
}

// catalogue lists what a caller in China may hear. The Chinese ones are those of
// GF 002-9002.1; the foreign ones tell where a call went astray (ITU-T E.180, supplement 2).
//
// The Chinese ring-back may have 425 to 475 Hz, the European one 410 to 440 Hz, with the same
// cadence. Exchanges make their tones from a crystal and are never off by 10 Hz, so 430 Hz
// and less is the European one, 440 Hz and more the Chinese one; between them stands an
// entry of kind CannotTell.
var catalogue = []signal{
	{Standard, "China", 457.5, 0, 17.5, []float64{1, 4}, 2},
	{CannotTell, "a ring-back of China or of Europe: its frequency fits both", 435, 0, 5, []float64{1, 4}, 2},

	{Foreign, "Europe", 420, 0, 10, []float64{1, 4}, 2},
	{Foreign, "Europe (1/5)", 422, 0, 12, []float64{1, 5}, 2},
	{Foreign, "Spain", 425, 0, 10, []float64{1.5, 3}, 2},
	{Foreign, "France", 440, 0, 6, []float64{1.5, 3.5}, 2},
	{Foreign, "Belgium", 425, 0, 10, []float64{1, 3}, 2},
	{Foreign, "North America", 440, 480, 10, []float64{2, 4}, 2},
	{Foreign, "Taiwan", 440, 480, 10, []float64{1, 2}, 4},
	{Foreign, "Hong Kong", 440, 480, 10, []float64{0.4, 0.2, 0.4, 3}, 4},
	{Foreign, "United Kingdom", 400, 450, 10, []float64{0.4, 0.2, 0.4, 2}, 4},
	{Foreign, "Malaysia", 425, 0, 10, []float64{0.4, 0.2, 0.4, 2}, 4},

	{Busy, "China", 455, 0, 20, []float64{0.35, 0.35}, 6},
	{Busy, "Europe", 425, 0, 9, []float64{0.5, 0.5}, 6},
	{Busy, "Russia", 425, 0, 9, []float64{0.35, 0.35}, 6},
	{Busy, "North America", 480, 620, 10, []float64{0.5, 0.5}, 6},
	{Busy, "United Kingdom", 400, 0, 10, []float64{0.375, 0.375}, 6},
	{Congestion, "China", 455, 0, 20, []float64{0.7, 0.7}, 6},
	{Congestion, "North America", 480, 620, 10, []float64{0.25, 0.25}, 6},

	{Special, "unobtainable", 455, 0, 20, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4}, 16},
	{Special, "trunk offering", 455, 0, 20, []float64{0.2, 0.2, 0.2, 0.6}, 8},
	{Special, "call waiting", 455, 0, 20, []float64{0.4, 4}, 3},
	{Special, "special dial tone", 455, 0, 20, []float64{0.4, 0.04}, 8},
	{Special, "three-party warning", 1400, 0, 25, []float64{0.4, 10}, 2},
	{Special, "recording warning", 950, 0, 25, []float64{0.4, 10}, 2},
	{Special, "fax", 1100, 0, 38, []float64{0.5, 3}, 2},
	{Special, "dial tone", 455, 0, 20, nil, 0},
	{Special, "dial tone of Europe", 425, 0, 10, nil, 0},
	{Special, "dial tone of North America", 350, 440, 10, nil, 0},
	{Special, "howler", 950, 0, 25, nil, 0},
	{Special, "answer of a fax or modem", 2100, 0, 15, nil, 0},
}

func (s signal) String() string {
	if s.kind == CannotTell {
		return s.name
	}
	return s.kind.String() + " (" + s.name + ")"
}

// hole is the longest pause in s that is a loss of packets rather than part of the cadence.
func (s signal) hole() float64 {
	longest := maxHole
	for i := 1; i < len(s.cadence); i += 2 {
		longest = min(longest, 0.6*s.cadence[i])
	}
	return longest
}

// has says whether the signal has the frequencies of the tone.
func (s signal) has(t tone) bool {
	return math.Abs(t.low-s.low) <= s.within && (s.high == 0) == (t.high == 0) && math.Abs(t.high-s.high) <= s.within
}

// The special information tone goes up in three steps, each 330 ms long, before an
// announcement of the exchange.
var information = [3]float64{950, 1400, 1800}

// The two groups of frequencies that keys send (ITU-T Q.23), within 1.8 percent.
var keyLow, keyHigh = [4]float64{697, 770, 852, 941}, [4]float64{1209, 1336, 1477, 1633}
