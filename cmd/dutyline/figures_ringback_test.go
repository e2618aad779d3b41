package main_test

import (
	"strings"
	"testing"

	"dutyline/telephony/ringback/ringbacktest"
)

// ringbackRight is how many of the sounds before an answer are named rightly, on lines with
// every fault; those that the listener cannot tell count against it, the seed is not that of the tests.
func (m *measurements) ringbackRight(*testing.B) float64 {
	const seed, samples = 20, 1025
	table := ringbacktest.Measure(seed, samples)
	for line := range strings.Lines(table.String()) {
		tellf("%s", strings.TrimSuffix(line, "\n"))
	}
	return table.RightPercent()
}
