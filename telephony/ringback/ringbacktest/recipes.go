package ringbacktest

import (
	"math/rand/v2"

	"dutyline/telephony/ringback"
)

// recipes are the rows of the table. Where one occurs often, more of its samples are made.
func recipes() []recipe {
	list := signals()
	list = append(list, foreign()...)
	return append(list, others()...)
}

func signals() []recipe {
	const s, b, c = ringback.Standard, ringback.Busy, ringback.Congestion
	return []recipe{
		{"standard, clean", s, "China", true, exchange(standard, 12, clean, 0, 0)},
		{"standard, clean, 10 % off", s, "China", true, exchange(standard, 12, clean, 8, 0.08)},
		{"standard, noise", s, "China", true, exchange(standard, 12, noisy, 5, 0.05)},
		{"standard, comfort noise", s, "China", true, exchange(standard, 12, comforted, 5, 0.05)},
		{"standard, lost packets", s, "China", false, exchange(standard, 12, lossy, 5, 0.03)},
		{"standard, rough line", s, "China", false, exchange(standard, 12, rough, 5, 0.05)},
		{"standard, from its beginning, 6.5 s", s, "China", true, beginning(6.5)},
		{"standard after set-up in silence", s, "China", true, late},
		{"busy, clean", b, "China", true, exchange(busy, 6, clean, 8, 0.05)},
		{"busy, rough line", b, "China", false, exchange(busy, 6, rough, 8, 0.05)},
		{"congestion, clean", c, "China", true, exchange(congested, 8, clean, 8, 0.05)},
		{"congestion, rough line", c, "China", false, exchange(congested, 8, rough, 8, 0.05)},
		special("unobtainable", 450, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4),
		special("trunk offering", 450, 0.2, 0.2, 0.2, 0.6),
		special("call waiting", 450, 0.4, 4),
		special("special dial tone", 450, 0.4, 0.04),
		special("dial tone", 450, 1),
		special("fax", 1100, 0.5, 3),
		{"special information tone", ringback.Special, "special information", false, information},
		{"keys", ringback.Special, "keys", false, keys},
	}
}

func special(name string, hz float64, beats ...float64) recipe {
	return recipe{"special: " + name, ringback.Special, name, false, exchange(cadence{[]float64{hz}, beats}, 12, rough, 3, 0.03)}
}

func foreign() []recipe {
	var list []recipe
	for _, f := range []struct {
		name  string
		hz    []float64
		beats []float64
	}{
		{"North America", []float64{440, 480}, []float64{2, 4}},
		{"Europe", []float64{425}, []float64{1, 4}},
		{"Europe (1/5)", []float64{425}, []float64{1, 5}},
		{"United Kingdom", []float64{400, 450}, []float64{0.4, 0.2, 0.4, 2}},
		{"Hong Kong", []float64{440, 480}, []float64{0.4, 0.2, 0.4, 3}},
		{"France", []float64{440}, []float64{1.5, 3.5}},
	} {
		list = append(list, recipe{"foreign: " + f.name, ringback.Foreign, f.name, false, exchange(cadence{f.hz, f.beats}, 14, rough, 2, 0.02)})
	}
	return append(list, recipe{"busy: North America", ringback.Busy, "North America", false,
		exchange(cadence{[]float64{480, 620}, []float64{0.5, 0.5}}, 8, rough, 2, 0.02)})
}

func others() []recipe {
	const c = ringback.Custom
	return []recipe{
		{"450 Hz, wrong cadence", ringback.OtherTone, "", false, wrongCadence},
		{"music: song", c, "music", false, piece(10, song)},
		{"music: melody at A4 and Bb4", c, "music", false, piece(10, tune)},
		{"music: pure melody", c, "music", false, piece(10, func(r *rand.Rand, out []float64) {
			melody(r, out, instrument{harmonics: []float64{1}, attack: 0.01}, 1)
		})},
		{"music: chords", c, "music", false, piece(10, func(r *rand.Rand, out []float64) { chords(r, out, anyInstrument(r), 1) })},
		{"music: 450 Hz, vibrato or tremolo", c, "music", false, piece(10, held)},
		{"music: slide through 450 Hz", c, "music", false, piece(10, slide)},
		{"music: bell of 450 Hz, 1/4 s", c, "music", false, piece(16, struck)},
		{"song over the standard tone", c, "music", false, overRing(song)},
		{"melody over the standard tone", c, "music", false, overRing(tune)},
		{"speech over the standard tone", c, "", false, overRing(talk)},
		{"speech", c, "speech", false, piece(10, talk)},
		{"silence", ringback.Silence, "", true, func(r *rand.Rand) []int16 {
			l := line{offset: 200 * (r.Float64() - 0.5), alaw: r.IntN(2) == 0}
			return l.carry(r, make([]float64, 8*rate), 1)
		}},
		{"comfort noise", ringback.Silence, "", true, func(r *rand.Rand) []int16 {
			l := line{comfort: -44 - 21*r.Float64(), alaw: r.IntN(2) == 0}
			return l.carry(r, make([]float64, 8*rate), 1)
		}},
	}
}

func noisy(r *rand.Rand) line {
	return line{level: -40 + 37*r.Float64(), noise: 15 + 10*r.Float64(), pink: r.IntN(2) == 0, alaw: true, drift: 4e-4 * (r.Float64() - 0.5)}
}

func comforted(r *rand.Rand) line {
	return line{level: -35 + 32*r.Float64(), comfort: -50 - 15*r.Float64(), alaw: true, offset: 200 * (r.Float64() - 0.5)}
}

func lossy(r *rand.Rand) line {
	return line{level: -35 + 32*r.Float64(), losses: 0.2 + 1.3*r.Float64(), alaw: true}
}

// beginning hears the tone from its first moment, not much longer than a period.
func beginning(seconds float64) func(*rand.Rand) []int16 {
	return func(r *rand.Rand) []int16 {
		l := clean(r)
		return l.carry(r, standard.varied(r, 5, 0.05).from(0, l, seconds), 0.5)
	}
}

// late is the tone after a call was set up in silence.
func late(r *rand.Rand) []int16 {
	l := comforted(r)
	out := make([]float64, int((0.5+5*r.Float64())*rate))
	return l.carry(r, append(out, standard.from(0, l, 7)...), 0.5)
}

// wrongCadence is a tone of the right pitch that no exchange sends.
func wrongCadence(r *rand.Rand) []int16 {
	beats := [][]float64{{0.25, 0.25}, {0.5, 0.5}, {1, 1}, {2, 2}, {1, 2}, {0.5, 2}, {2, 4}, {1.5, 4}, {1, 3}, {0.6, 3.4}, {0.2, 1}, {1, 5.5}}[r.IntN(12)]
	l := rough(r)
	c := cadence{[]float64{450}, beats}.varied(r, 5, 0.02)
	return l.carry(r, c.play(r, l, 16), c.square())
}

func information(r *rand.Rand) []int16 {
	l := rough(r)
	out := make([]float64, 6*rate)
	for i, hz := range []float64{950, 1400, 1800} {
		instrument{harmonics: []float64{1}, attack: 0.001, speed: 1}.note(out, hz, 0.5+0.33*float64(i), 0.33, 1)
	}
	if r.IntN(2) == 0 {
		talk(r, out[2*rate:])
	}
	return l.carry(r, out, 0.5)
}

func keys(r *rand.Rand) []int16 {
	l := rough(r)
	out := make([]float64, 6*rate)
	in := instrument{harmonics: []float64{0.5}, attack: 0.001, speed: 1}
	for t := 0.2; t < 5; t += 0.25 {
		in.note(out, []float64{697, 770, 852, 941}[r.IntN(4)], t, 0.12, 1)
		in.note(out, []float64{1209, 1336, 1477}[r.IntN(3)], t, 0.12, 1)
	}
	return l.carry(r, out, 0.25)
}
