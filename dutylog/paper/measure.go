package paper

import (
	"math"
	"strings"
)

const (
	mmOfPoint  = 25.4 / 72
	lineHeight = 1.4 // of the type
	padX       = 1.2 // mm on each side of a cell
	padY       = 0.9 // mm above and below
	ruleWidth  = 0.3 // mm
)

// em is how wide a Chinese character of a sheet is, in mm.
func (s Sheet) em() float64 { return s.Size * mmOfPoint }

func (s Sheet) line() float64 { return s.em() * lineHeight }

// width is how much room a character takes, of an em: rather too much than too little, for each
// computer has fonts of its own.
func width(r rune) float64 {
	switch {
	case r >= 0x1100:
		return 1
	case strings.ContainsRune("MW@%mw—…", r):
		return 1
	case r >= 'A' && r <= 'Z' || r >= 0x80:
		return 0.75
	}
	return 0.62
}

// halves counts half-width characters.
func halves(text string) int {
	n := 0
	for _, r := range text {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

// broken cuts a text into the lines that it takes at most in so many em. The last of them is kept
// free, for a sign that must not begin a line takes its neighbour along.
func broken(text string, ems float64) []string {
	room := math.Max(1, ems-1)
	var lines []string
	for _, part := range strings.Split(text, "\n") {
		start, used := 0, 0.0
		for i, r := range part {
			if w := width(r); used+w > room && i > start {
				lines = append(lines, part[start:i])
				start, used = i, w
				continue
			}
			used += width(r)
		}
		lines = append(lines, part[start:])
	}
	return lines
}
