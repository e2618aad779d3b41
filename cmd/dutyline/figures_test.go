package main_test

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figure is one number that the project promises. Its value is measured on real parts.
type figure struct {
	name, unit string
	digits     int // after the decimal point
	atMost     float64
	atLeast    float64 // the goal; one of the two is 0, or both: no goal
	value      func(*measurements, *testing.B) float64
}

func figures() []figure {
	return []figure{
		{name: "events_per_second", unit: "1/s", atLeast: 100_000, value: (*measurements).eventsPerSecond},
		{name: "recording_ratio", unit: "ratio", digits: 4, atMost: 0.29, value: (*measurements).recordingRatio},
		{name: "seal_cpu_per_talk_minute", unit: "s", digits: 3, value: (*measurements).sealCPU},
		{name: "bell_to_page_p99", unit: "ms", digits: 1, atMost: 50, value: (*measurements).bellToPage},
		{name: "alert_latency_p99", unit: "ms", digits: 1, atMost: 1000, value: (*measurements).alertLatency},
		{name: "test_yields_p99", unit: "ms", digits: 1, atMost: 200, value: (*measurements).testYields},
		{name: "ring_error_p99", unit: "ms", digits: 1, atMost: 50, value: (*measurements).ringError},
		{name: "seal_after_hangup_p99", unit: "ms", digits: 1, atMost: 500, value: (*measurements).sealAfterHangup},
		{name: "durable_calls_per_second", unit: "1/s", atLeast: 1000, value: (*measurements).durableCalls},
		{name: "growth", unit: "ratio", digits: 3, atMost: 1.1, value: (*measurements).growth},
		{name: "caught_up_1m", unit: "ms", atMost: 1000, value: (*measurements).caughtUp},
		{name: "verify_1m", unit: "s", digits: 1, atMost: 10, value: (*measurements).verifyMillion},
		{name: "observer_tax", unit: "ratio", digits: 3, atMost: 1.4, value: (*measurements).observerTax},
		{name: "observer_tax_floor", unit: "ratio", digits: 3, value: (*measurements).observerTaxFloor},
		{name: "observer_tax_switch", unit: "ratio", digits: 3, value: (*measurements).observerTaxSwitch},
		{name: "observer_tax_daemon", unit: "ratio", digits: 3, value: (*measurements).observerTaxDaemon},
		{name: "daemon_cpu_share", unit: "ratio", digits: 3, atMost: 0.33, value: (*measurements).daemonShare},
		{name: "ringback_right", unit: "percent", digits: 1, atLeast: 95, value: (*measurements).ringbackRight},
		{name: "search_1m_p99", unit: "ms", digits: 2, atMost: 5, value: (*measurements).searchMillion},
		{name: "search_10m_p99", unit: "ms", digits: 2, atMost: 5, value: (*measurements).searchTenMillion},
		{name: "search_like_ratio", unit: "ratio", digits: 0, value: (*measurements).searchLike},
		{name: "answering_1m_p99", unit: "ms", digits: 1, atMost: 200, value: (*measurements).answeringMillion},
		{name: "answering_growth", unit: "ratio", digits: 3, atMost: 1.5, value: (*measurements).answeringGrowth},
		{name: "writer_p99", unit: "ms", digits: 1, atMost: 10, value: (*measurements).writerLatency},
		{name: "daemon_rss_growth", unit: "ratio", digits: 3, value: (*measurements).daemonGrowth},
	}
}

// BenchmarkFigures prints one line per figure (make bench). DUTYLINE_FIGURE names those that
// are wanted, with spaces between them; empty means all. What was seen on the way is told on the standard error output.
// Run it with -benchtime=1x: every figure repeats what it measures by itself.
func BenchmarkFigures(b *testing.B) {
	wanted := strings.Fields(os.Getenv("DUTYLINE_FIGURE"))
	var names []string
	for _, f := range figures() {
		names = append(names, f.name)
	}
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			tellf("there is no figure %q: use some of %s", name, strings.Join(names, ", "))
			b.FailNow()
		}
	}
	var m measurements
	defer m.end()
	for _, f := range figures() {
		if len(wanted) > 0 && !slices.Contains(wanted, f.name) {
			continue
		}
		b.Run(f.name, func(b *testing.B) {
			v := f.value(&m, b)
			// The benchmark's own line is begun already: ours starts on a new one.
			fmt.Printf("\nfigure %s %s %s\n", f.name, strconv.FormatFloat(v, 'f', f.digits, 64), f.unit)
			tellf("%s", f.verdict(v))
		})
	}
}

func (f figure) verdict(v float64) string {
	switch {
	case f.atMost > 0 && v > f.atMost:
		return fmt.Sprintf("%s MISSES its goal of at most %g %s", f.name, f.atMost, f.unit)
	case f.atLeast > 0 && v < f.atLeast:
		return fmt.Sprintf("%s MISSES its goal of at least %g %s", f.name, f.atLeast, f.unit)
	case f.atMost > 0:
		return fmt.Sprintf("%s meets its goal of at most %g %s", f.name, f.atMost, f.unit)
	case f.atLeast > 0:
		return fmt.Sprintf("%s meets its goal of at least %g %s", f.name, f.atLeast, f.unit)
	}
	return f.name + " has no goal"
}

// measurements are shared by figures that come from the same run.
type measurements struct {
	bells    once[bells]
	archive  once[archiveCost]
	million  once[million]
	tax      once[tax]
	found    once[searched]
	foundTen once[searched]

	endurance once[endurance]
	answering once[answeringCost]

	left []func() // removes what several figures share
}

func (m *measurements) end() {
	for _, f := range m.left {
		f()
	}
}

// once measures for the first figure that needs it. A measurement that failed is not tried
// again for the next one.
type once[T any] struct {
	begun, done bool
	result      T
}

func (o *once[T]) get(b *testing.B, measure func(*testing.B) T) T {
	b.Helper()
	if !o.begun {
		o.begun = true
		o.result, o.done = measure(b), true
	}
	if !o.done {
		b.Fatal("what this figure is taken from failed already, see above")
	}
	return o.result
}

// tellf writes a line of progress beside the figures.
func tellf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

// percentile is the smallest value that p percent of all do not exceed (nearest rank).
func percentile[T cmp.Ordered](all []T, p float64) T {
	var zero T
	if len(all) == 0 {
		return zero
	}
	sorted := slices.Sorted(slices.Values(all))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// spread says how durations are distributed.
func spread(all []time.Duration) string {
	return fmt.Sprintf("median %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms, n %d",
		millis(percentile(all, 50)), millis(percentile(all, 90)), millis(percentile(all, 99)), millis(percentile(all, 100)), len(all))
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func TestPercentileIsTheNearestRank(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 - i
	}
	for _, c := range []struct {
		all  []int
		p    float64
		want int
	}{
		{hundred, 99, 99}, {hundred, 100, 100}, {hundred, 50, 50}, {hundred, 0, 1},
		{hundred[:20], 99, 100}, {[]int{7}, 99, 7}, {nil, 99, 0},
	} {
		if got := percentile(c.all, c.p); got != c.want {
			t.Errorf("percentile %g of %d values: got %d, want %d", c.p, len(c.all), got, c.want)
		}
	}
}

func TestAFigureSaysWhetherItsGoalIsMet(t *testing.T) {
	for _, c := range []struct {
		f    figure
		v    float64
		want string
	}{
		{figure{name: "x", unit: "ms", atMost: 50}, 50, "x meets its goal of at most 50 ms"},
		{figure{name: "x", unit: "ms", atMost: 50}, 50.1, "x MISSES its goal of at most 50 ms"},
		{figure{name: "x", unit: "1/s", atLeast: 10}, 9, "x MISSES its goal of at least 10 1/s"},
		{figure{name: "x", unit: "1/s", atLeast: 10}, 10, "x meets its goal of at least 10 1/s"},
		{figure{name: "x", unit: "s"}, 10, "x has no goal"},
	} {
		if got := c.f.verdict(c.v); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
