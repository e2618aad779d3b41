package archive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
)

// TestTheSameSidesGiveTheSameFileForEver pins the bytes of a sealed file. If it fails, the
// encoder was changed: that is allowed (files sealed before stay what they are, and a seal that
// was interrupted compares the audio), but must be meant.
func TestTheSameSidesGiveTheSameFileForEver(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(16 * time.Second)
	r := b.sealed("1795436279.0", far, officer)
	const want = "f0611c546e05a37e8b5a835eb1e18c7dba6df2e6db56cd106d2ec4bc75fda5af"
	if r.Digest != want {
		t.Errorf("digest %s, want %s", r.Digest, want)
	}
}

// TestStreamInfo: what players seek and show by.
func TestStreamInfo(t *testing.T) {
	for _, n := range []int{1, archive.BlockSize, 3*archive.BlockSize + 5} {
		b := newBed(t)
		far, officer := recordertest.Dialogue(4 * time.Second)
		r := b.sealed("1795436279.0", far[:n], officer[:n])
		stream, err := flac.Open(b.path(r))
		if err != nil {
			t.Fatal(err)
		}
		smallest, largest, left := frameSizes(t, b.path(r), stream, n)
		info := *stream.Info
		stream.Close()
		if info.BlockSizeMin != archive.BlockSize || info.BlockSizeMax != archive.BlockSize {
			t.Errorf("%d samples: blocks of %d to %d, want %d: the last one does not count", n, info.BlockSizeMin, info.BlockSizeMax, archive.BlockSize)
		}
		if int(info.FrameSizeMin) != smallest || int(info.FrameSizeMax) != largest {
			t.Errorf("%d samples: frames of %d to %d bytes, want %d to %d", n, info.FrameSizeMin, info.FrameSizeMax, smallest, largest)
		}
		if info.NSamples != uint64(n) || left != 0 || info.SampleRate != 8000 || info.NChannels != 2 || info.BitsPerSample != 16 {
			t.Errorf("%d samples: %+v, %d missing", n, info, left)
		}
	}
}

// frameSizes finds the frames by their places in the file.
func frameSizes(t *testing.T, name string, stream *flac.Stream, samples int) (smallest, largest, left int) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const streamHead = 4 + 4 + 34
	var starts []int
	left = samples
	at := streamHead
	for left > 0 {
		f, err := stream.ParseNext()
		if err != nil {
			t.Fatal(err)
		}
		left -= int(f.BlockSize)
		starts = append(starts, at)
		at = nextFrame(content, at, len(starts))
	}
	starts = append(starts, len(content))
	var sizes []int
	for i := range starts[1:] {
		sizes = append(sizes, starts[i+1]-starts[i])
	}
	return slices.Min(sizes), slices.Max(sizes), left
}

// nextFrame looks for the header of frame number n: sync code, fixed blocks, and its number
// (below 128) in the fifth byte.
func nextFrame(content []byte, at, n int) int {
	for i := at + 5; i+5 < len(content); i++ {
		if content[i] == 0xff && content[i+1] == 0xf8 && content[i+3] == content[at+3] && content[i+4] == byte(n) {
			return i
		}
	}
	return len(content)
}

// TestSubframesFitTelephoneSpeech looks at the forms that were chosen.
func TestSubframesFitTelephoneSpeech(t *testing.T) {
	far, officer := recordertest.Dialogue(16 * time.Second)
	b := newBed(t)
	b.sealed("speech.0", far, officer)
	b.sealed("silence.0", repeat(0, 9000), repeat(-8, 9000))
	noise := rand.New(rand.NewPCG(3, 4))
	white := make([]int16, 9000)
	for i := range white {
		white[i] = int16(noise.Uint32())
	}
	b.sealed("noise.0", white, white)
	speech := forms(t, b.path(row("speech.0")))
	if speech.wasted < speech.all*9/10 || speech.fixed < speech.all*9/10 || speech.parted < speech.all/3 {
		t.Errorf("speech: %+v; nearly all must waste the low bits and be predicted, many be parted", speech)
	}
	if silence := forms(t, b.path(row("silence.0"))); silence.constant != silence.all {
		t.Errorf("silence: %+v; all must be constant", silence)
	}
	if n := forms(t, b.path(row("noise.0"))); n.verbatim != n.all {
		t.Errorf("white noise: %+v; nothing can be saved, so all must be verbatim", n)
	}
}

type counts struct{ all, constant, verbatim, fixed, wasted, parted int }

func forms(t *testing.T, name string) (c counts) {
	t.Helper()
	stream, err := flac.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		f, err := stream.ParseNext()
		if err != nil {
			return c
		}
		for _, sub := range f.Subframes {
			c.all++
			switch sub.Pred {
			case frame.PredConstant:
				c.constant++
			case frame.PredVerbatim:
				c.verbatim++
			case frame.PredFixed:
				c.fixed++
				if sub.RiceSubframe.PartOrder > 0 {
					c.parted++
				}
			}
			if sub.Wasted >= 3 {
				c.wasted++
			}
		}
	}
}

// TestNotLargerThanTheReference: without its adaptive predictors (slow, and of little use on A-law)
// we stay within 3 % of the flac program at its best.
func TestNotLargerThanTheReference(t *testing.T) {
	far, officer := recordertest.Dialogue(16 * time.Second)
	b := newBed(t)
	r := b.sealed("1795436279.0", far, officer)
	best := flacProgram(t, "--silent", "--stdout", "--best", "--no-padding", "--no-seektable", b.path(r))
	if r.Size > int64(len(best))*103/100 {
		t.Errorf("%d bytes, the flac program needs %d", r.Size, len(best))
	}
}

func TestWaveformsInMemoryAreBounded(t *testing.T) {
	b := newBed(t)
	b.KeepPeaks(90)                                                // two seconds of both sides are 80
	far, officer := recordertest.Dialogue(1500 * time.Millisecond) // 60 peaks
	var rows []recorder.Recording
	for i := range 3 {
		rows = append(rows, b.sealed(fmt.Sprintf("%d.0", i), far[i:], officer[i:]))
	}
	if diff := cmp.Diff([]recorder.Digest{rows[2].Digest}, b.Kept()); diff != "" {
		t.Errorf("only the last one fits, -want +kept:\n%s", diff)
	}
	b.KeepPeaks(130)
	for _, i := range []int{0, 2, 1} { // 2 was asked for last when 1 needs room
		if p, err := b.Peaks(t.Context(), rows[i].CallID); err != nil || len(p.Caller) != 30 {
			t.Errorf("%d peaks, %v", len(p.Caller), err)
		}
	}
	if diff := cmp.Diff([]recorder.Digest{rows[2].Digest, rows[1].Digest}, b.Kept()); diff != "" {
		t.Errorf("the one asked for longest ago goes, -want +kept:\n%s", diff)
	}
	b.KeepPeaks(10)
	long := b.sealed("long.0", far, officer)
	if p, err := b.Peaks(t.Context(), long.CallID); err != nil || len(p.Caller) != 30 || slices.Contains(b.Kept(), long.Digest) {
		t.Errorf("too large to be kept, but drawn all the same: %d peaks, %v, kept %v", len(p.Caller), err, b.Kept())
	}
}

func TestManyAtOnce(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(2 * time.Second)
	old := b.sealed("old.0", far, officer)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			r := b.sealed(fmt.Sprintf("new-%d.0", i), far[i:], officer[i:])
			if err := b.Verify(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			f, _, err := b.Open(t.Context(), old.CallID)
			if err != nil {
				t.Error(err)
				return
			}
			f.Close()
			if _, err := b.Peaks(t.Context(), old.CallID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
