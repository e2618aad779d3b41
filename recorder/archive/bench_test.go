package archive_test

import (
	"testing"
	"time"

	"dutyline/recorder/archive/archivetest"
)

// BenchmarkSeal seals one-minute calls; the goals are archive/pcm ≤ 0.29, p99 ≤ 500 ms and
// about 0.2 s of CPU per minute of talk.
func BenchmarkSeal(b *testing.B) {
	f := archivetest.Measure(b, max(b.N, 3), time.Minute)
	b.ReportMetric(f.Ratio, "archive/pcm")
	b.ReportMetric(float64(f.P99.Microseconds())/1000, "p99-ms")
	b.ReportMetric(f.SealCPU.Seconds(), "seal-cpu-s/talk-min")
	b.ReportMetric(f.VerifyCPU.Seconds(), "verify-cpu-s/talk-min")
}

// TestADialogueTakesLessThanItsShare: the ratio is the same on every machine; what depends on
// the machine is a figure and no test.
func TestADialogueTakesLessThanItsShare(t *testing.T) {
	f := archivetest.Measure(t, 1, time.Minute)
	if f.Ratio > 0.29 {
		t.Errorf("a dialogue takes %.3f of its PCM, at most 0.29 is allowed", f.Ratio)
	}
	if f.SealCPU <= 0 || f.VerifyCPU <= 0 || f.P99 < f.P50 || f.P50 <= 0 || f.SealedBytes == 0 {
		t.Errorf("these figures cannot be: %+v", f)
	}
}

func BenchmarkPeaksFromTheFile(b *testing.B) {
	far, officer := dialogueMinute()
	bed := newBed(b)
	r := bed.sealed("1795436279.0", far, officer)
	for b.Loop() {
		b.StopTimer()
		bed.Archive = bed.open() // forgets the waveform known from sealing
		b.StartTimer()
		if _, err := bed.Peaks(b.Context(), r.CallID); err != nil {
			b.Fatal(err)
		}
	}
}
