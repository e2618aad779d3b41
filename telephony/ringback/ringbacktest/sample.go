// Package ringbacktest makes sounds of which is known what they are, as a caller would hear
// them before the answer, and counts how many of them a Listener names rightly.
package ringbacktest

import (
	"fmt"
	"math/rand/v2"

	"dutyline/telephony/ringback"
)

const rate = 8000

// Sample is a sound with its label.
type Sample struct {
	Name  string // the condition, and the number of the sample
	Group string // the row of the table
	Want  ringback.Kind
	Whose string // the name that the verdict must give; "": any
	Plain bool   // nothing excuses a listener that cannot tell
	Sound []int16
}

// recipe makes one kind of sound; every call another one.
type recipe struct {
	group string
	want  ringback.Kind
	whose string
	plain bool
	make  func(*rand.Rand) []int16
}

// Samples makes n sounds, all recipes in turn. The same seed gives the same sounds.
func Samples(seed uint64, n int) []Sample {
	all := make([]Sample, n)
	list := recipes()
	for i := range all {
		r := list[i%len(list)]
		all[i] = Sample{
			Name:  fmt.Sprintf("%s, seed %d number %d", r.group, seed, i),
			Group: r.group, Want: r.want, Whose: r.whose, Plain: r.plain,
			Sound: r.make(rand.New(rand.NewPCG(seed, uint64(i)))),
		}
	}
	return all
}

// Play is a bare tone: bursts and pauses in seconds, beginning so many seconds after the
// first burst did. Without pauses it is continuous.
func Play(hz []float64, beats []float64, from, seconds, dBm0 float64) []int16 {
	c := cadence{hz, beats}
	l := line{level: dBm0}
	return l.carry(rand.New(rand.NewPCG(0, 0)), c.from(from, l, seconds), c.square())
}

// Speech is what a simple synthesizer says.
func Speech(seed uint64, seconds float64) []int16 {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]float64, int(seconds*rate))
	talk(r, out)
	return line{level: -20}.carry(r, out, loudest(out))
}

// Noise of a level, white.
func Noise(seed uint64, seconds, dBm0 float64) []int16 {
	return line{comfort: dBm0}.carry(rand.New(rand.NewPCG(seed, 0)), make([]float64, int(seconds*rate)), 1)
}

// Judge listens to the whole sample.
func (s Sample) Judge() ringback.Verdict {
	var l ringback.Listener
	l.Write(s.Sound)
	return l.Verdict()
}

// Mark is how a verdict compares with the label.
type Mark int

// A verdict is right, wrong, or honest about what it does not know.
const (
	Right Mark = iota
	CannotTell
	Wrong
)

// Mark judges the judge. A name that is left open is no mistake: a custom ring-back may be
// music or speech.
func (s Sample) Mark(v ringback.Verdict) Mark {
	switch {
	case v.Kind == s.Want && (s.Whose == "" || v.Name == "" || v.Name == s.Whose):
		return Right
	case v.Kind == ringback.CannotTell:
		return CannotTell
	}
	return Wrong
}
