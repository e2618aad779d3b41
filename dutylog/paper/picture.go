package paper

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Picture is the bell of one call against its answer, drawn over time. It stands below the title.
type Picture struct {
	Words  string        // the same in words, for who cannot see it
	From   time.Duration // the axis, counted from when the switch saw the bell begin
	To     time.Duration
	Bursts []PictureBurst
	Marks  []PictureMark
}

// PictureBurst is one ring of the bell.
type PictureBurst struct {
	From, To time.Duration
	Number   int
	Allowed  bool // filled; one ring too many is an outline
}

// PictureMark is a moment that matters.
type PictureMark struct {
	At     time.Duration
	Words  string
	Strong bool
	Left   bool // its words stand on the left of its line
}

const (
	pictureRoom  = 34.0 // mm of a page
	pictureWidth = 720.0
)

// X is where a moment of the axis stands in a drawing of so many units.
func (p Picture) X(at time.Duration) string {
	span := max(p.To-p.From, time.Second)
	x := 10 + (pictureWidth-20)*float64(at-p.From)/float64(span)
	return trimmed(math.Max(0, math.Min(pictureWidth, x)))
}

// Wide is how wide a burst is drawn; one that was cut at once is still seen.
func (p Picture) Wide(b PictureBurst) string {
	span := max(p.To-p.From, time.Second)
	return trimmed(math.Max(2, (pictureWidth-20)*float64(b.To-b.From)/float64(span)))
}

// Turned says on which side of its line the words of a mark stand.
func (p Picture) Turned(m PictureMark) string {
	if m.Left {
		return "end"
	}
	return "start"
}

// Row is how high the words of a mark stand, so that two that are near do not cover one another.
func (p Picture) Row(i int) int { return 12 + 14*(i%2) }

// Ticks are the seconds of the axis.
func (p Picture) Ticks() []time.Duration {
	step := 5 * time.Second
	for (p.To-p.From)/step > 12 {
		step *= 2
	}
	var all []time.Duration
	for at := p.From.Truncate(step); at <= p.To; at += step {
		if at >= p.From {
			all = append(all, at)
		}
	}
	return all
}

// Second is a moment of the axis in words.
func (p Picture) Second(at time.Duration) string { return fmt.Sprintf("%d秒", at/time.Second) }

func trimmed(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", x), "0"), ".")
}
