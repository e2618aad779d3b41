package main_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"dutyline/recorder/archive/archivetest"
	"dutyline/telephony"
	"dutyline/telephony/ari"
)

// eventsPerSecond is how many events of the switch one core decodes and tracks.
func (m *measurements) eventsPerSecond(b *testing.B) float64 {
	const rounds, round = 5, 500 * time.Millisecond
	traces := readTraces(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var rates []float64
	for range rounds {
		events, began := 0, time.Now()
		for time.Since(began) < round {
			for _, lines := range traces {
				events += len(lines)
				track(b, lines)
			}
		}
		rates = append(rates, float64(events)/time.Since(began).Seconds())
	}
	tellf("events on one core: median %.0f/s, slowest round %.0f/s, fastest %.0f/s, n %d rounds over %d traces",
		percentile(rates, 50), percentile(rates, 0), percentile(rates, 100), rounds, len(traces))
	return percentile(rates, 50)
}

// readTraces reads what a real switch said, by file and line.
func readTraces(b *testing.B) (traces [][][]byte) {
	files, err := filepath.Glob(filepath.Join("..", "..", "telephony", "testdata", "traces", "*.jsonl"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no traces were found: %v", err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		var lines [][]byte
		in := bufio.NewScanner(f)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			lines = append(lines, bytes.Clone(in.Bytes()))
		}
		if err := in.Err(); err != nil {
			b.Fatal(err)
		}
		_ = f.Close()
		traces = append(traces, lines)
	}
	return traces
}

func track(b *testing.B, lines [][]byte) {
	tracker := telephony.NewTracker([]telephony.Line{{
		Name: "duty", Endpoints: []string{"PJSIP/duty*"}, Trunks: []string{"PJSIP/trunk*"},
		AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP,
	}})
	for _, raw := range lines {
		event, err := ari.Decode(raw)
		if err != nil {
			b.Fatal(err)
		}
		tracker.Apply(event)
	}
}

// archiveCost is what keeping a one-minute dialogue costs, without a switch.
type archiveCost struct{ archivetest.Figures }

func measureArchive(b *testing.B) archiveCost {
	const calls = 10
	f := archivetest.Measure(b, calls, time.Minute)
	tellf("one-minute dialogues of telephone speech: %d bytes each, sealed in %.0f ms (median, max %.0f ms), CPU per minute of talk: receive and seal %.3f s, prove %.3f s, n %d",
		f.SealedBytes, millis(f.P50), millis(f.P99), f.SealCPU.Seconds(), f.VerifyCPU.Seconds(), calls)
	return archiveCost{f}
}

// recordingRatio is the sealed file by the PCM of both sides.
func (m *measurements) recordingRatio(b *testing.B) float64 {
	return m.archive.get(b, measureArchive).Ratio
}

// sealCPU counts everything the archive does for a recording: receiving both sides, the
// sealed file, and the proof before the originals are removed.
func (m *measurements) sealCPU(b *testing.B) float64 {
	f := m.archive.get(b, measureArchive)
	return (f.SealCPU + f.VerifyCPU).Seconds()
}
