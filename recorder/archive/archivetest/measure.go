// Package archivetest measures the archive the way production uses it, for benchmarks and
// for the project's figures.
package archivetest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// Figures are what sealing costs, measured on a dialogue of telephone speech.
type Figures struct {
	Ratio       float64       // sealed bytes by PCM bytes of both sides
	P50, P99    time.Duration // from the first byte received to the sealed file, per call
	VerifyP99   time.Duration // proof of the seal, before the originals are removed
	SealCPU     time.Duration // CPU of receiving and sealing, per minute of talk
	VerifyCPU   time.Duration // CPU of the proof, per minute of talk
	SealedBytes int64         // of one call
}

// Measure seals and verifies several calls of the given length, one after the other.
func Measure(tb testing.TB, calls int, talk time.Duration) Figures {
	tb.Helper()
	keys, err := archive.NewKeys("")
	if err != nil {
		tb.Fatal(err)
	}
	a, err := archive.New(tb.TempDir(), archive.Options{Keys: keys}, &recordertest.Store{}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer a.Close()
	var f Figures
	var seals, proofs []time.Duration
	far, officer := recordertest.Dialogue(talk)
	files := [2][]byte{recordertest.WAV(far), recordertest.WAV(officer)}
	for i := range calls {
		r := recorder.ForCall(telephony.Call{ID: fmt.Sprintf("%d.0", i), AnsweredAt: time.Unix(0, 0), EndedAt: time.Unix(0, 0).Add(talk)}, time.Unix(0, 0))
		seals = append(seals, spend(&f.SealCPU, func() { f.SealedBytes = seal(tb, a, &r, files) }))
		proofs = append(proofs, spend(&f.VerifyCPU, func() {
			if err := a.Verify(tb.Context(), r); err != nil {
				tb.Fatal(err)
			}
		}))
		if err := a.Discard(tb.Context(), r.CallID); err != nil {
			tb.Fatal(err)
		}
	}
	perMinute := 1 / (float64(calls) * talk.Minutes())
	f.SealCPU = time.Duration(float64(f.SealCPU) * perMinute)
	f.VerifyCPU = time.Duration(float64(f.VerifyCPU) * perMinute)
	f.Ratio = float64(f.SealedBytes) / float64(4*len(far))
	f.P50, f.P99, f.VerifyP99 = quantile(seals, 50), quantile(seals, 99), quantile(proofs, 99)
	return f
}

func seal(tb testing.TB, a *archive.Archive, r *recorder.Recording, files [2][]byte) int64 {
	for i, side := range recorder.Sides() {
		_, err := a.Receive(tb.Context(), r.CallID, side, func(to io.Writer) (int64, error) {
			return io.Copy(to, bytes.NewReader(files[i]))
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	s, err := a.Seal(tb.Context(), *r)
	if err != nil {
		tb.Fatal(err)
	}
	r.Digest, r.FileDigest = s.Digest, s.FileDigest
	return s.FileSize
}

// spend runs do, adds the process's CPU to total and returns the time by the clock.
func spend(total *time.Duration, do func()) time.Duration {
	began, before := time.Now(), cpu()
	do()
	*total += cpu() - before
	return time.Since(began)
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func quantile(d []time.Duration, percent int) time.Duration {
	slices.SortFunc(d, cmp.Compare)
	if len(d) == 0 {
		return 0
	}
	return d[min(len(d)*percent/100, len(d)-1)]
}
