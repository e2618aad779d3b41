package archive_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
)

// shapes are sides that each need another FLAC form.
func shapes() map[string][2][]int16 {
	noise := rand.New(rand.NewPCG(1, 2))
	random := func(n int, shift uint) []int16 {
		s := make([]int16, n)
		for i := range s {
			s[i] = int16(noise.Uint32()) >> shift << shift
		}
		return s
	}
	square := make([]int16, 5000)
	for i := range square {
		square[i] = math.MaxInt16
		if i/8%2 == 0 {
			square[i] = math.MinInt16
		}
	}
	far, officer := recordertest.Dialogue(7 * time.Second)
	return map[string][2][]int16{
		"speech":              {far, officer},
		"silence":             {repeat(0, 9000), repeat(0, 9000)},
		"a constant":          {repeat(-32768, 4096), repeat(8, 4096)},
		"full scale square":   {square, square},
		"random, all bits":    {random(6000, 0), random(6000, 0)},
		"random, 3 bits zero": {random(6000, 3), random(6000, 3)},
		"random, one bit":     {random(6000, 15), random(6000, 15)},
		"one sample":          {{1}, {-1}},
		"three samples":       {{1, -32768, 32767}, {0, 0, 5}},
		"one block and one":   {random(archive.BlockSize+1, 4), random(archive.BlockSize+1, 4)},
		"exact blocks":        {far[:3*archive.BlockSize], officer[:3*archive.BlockSize]},
		"a click in silence":  {append(repeat(0, 3000), append([]int16{32767, -32768}, repeat(0, 3000)...)...), repeat(0, 6002)},
	}
}

func TestSealIsLosslessInEveryDecoder(t *testing.T) {
	for name, sides := range shapes() {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			r := b.sealed("1795436279.0", sides[0], sides[1])
			far, officer := hear(t, b.path(r))
			if !slices.Equal(far, sides[0]) || !slices.Equal(officer, sides[1]) {
				t.Error("the library's decoder hears something else than was recorded")
			}
			if err := b.Verify(t.Context(), r); err != nil {
				t.Errorf("verify: %v", err)
			}
			flacProgram(t, "--test", "--silent", "--warnings-as-errors", b.path(r))
			raw := flacProgram(t, "--decode", "--stdout", "--silent", "--force-raw-format", "--endian=little", "--sign=signed", b.path(r))
			if !slices.Equal(raw, interleave(sides)) {
				t.Error("the flac program hears something else than was recorded")
			}
		})
	}
}

func interleave(sides [2][]int16) []byte {
	var b []byte
	for i := range sides[0] {
		b = binary.LittleEndian.AppendUint16(b, uint16(sides[0][i]))
		b = binary.LittleEndian.AppendUint16(b, uint16(sides[1][i]))
	}
	return b
}

func FuzzSealRoundTrip(f *testing.F) {
	for _, sides := range shapes() {
		f.Add(interleave([2][]int16{sides[0][:min(300, len(sides[0]))], sides[1][:min(300, len(sides[1]))]}), uint8(0), uint16(1))
	}
	f.Add([]byte{1, 2, 3, 4}, uint8(3), uint16(2500))
	f.Fuzz(func(t *testing.T, raw []byte, zeroBits uint8, times uint16) {
		var sides [2][]int16
		for i := 0; i+3 < len(raw); i += 4 {
			for j := range sides {
				s := int16(binary.LittleEndian.Uint16(raw[i+2*j:])) >> (zeroBits % 16) << (zeroBits % 16)
				sides[j] = append(sides[j], s)
			}
		}
		if len(sides[0]) == 0 {
			return
		}
		for j := range sides { // long enough for several blocks, at most 20,000 samples
			sides[j] = slices.Repeat(sides[j], 1+min(int(times), 20000/len(sides[j])))
		}
		b := newBed(t)
		r := b.sealed("fuzz.0", sides[0], sides[1])
		far, officer := hear(t, b.path(r))
		if !slices.Equal(far, sides[0]) || !slices.Equal(officer, sides[1]) {
			t.Fatal("decoding gives something else than was recorded")
		}
		if err := b.Verify(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSealDescribesWhatItSealed(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(10 * time.Second)
	s, err := b.seal(row("1795436279.0"), far, officer[:9*recorder.SampleRate])
	if err != nil {
		t.Fatal(err)
	}
	r := row("1795436279.0")
	info, err := os.Stat(b.file(r))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() != s.FileSize || s.FileSize > s.Size+400+s.Size/2048 || s.FileDigest != digestOf(t, b.file(r)) || s.Digest != digestOf(t, b.path(r)) || info.Mode().Perm() != 0o444 {
		t.Errorf("the file has %d bytes and mode %v, want %d and read-only", info.Size(), info.Mode(), s.Size)
	}
	if s.Duration != 10*time.Second || s.Far.Duration != 10*time.Second || s.Officer.Duration != 9*time.Second {
		t.Errorf("durations %s, far %s, officer %s; want 10s, 10s, 9s", s.Duration, s.Far.Duration, s.Officer.Duration)
	}
	if s.Far.Loudest < -25 || s.Far.Loudest > -5 || s.Far.Audible < 3*time.Second {
		t.Errorf("speech was measured as %+v", s.Far)
	}
	_, right := hear(t, b.path(r))
	if !slices.Equal(right[len(right)-recorder.SampleRate:], repeat(0, recorder.SampleRate)) {
		t.Error("the shorter side must be filled up with silence")
	}
	if want := []string{"2026/11/23/1795436279.0.flac.age", "intake/1795436279.0-far.wav", "intake/1795436279.0-officer.wav"}; !slices.Equal(b.files(), want) {
		t.Errorf("files %v, want %v", b.files(), want)
	}
}

func TestSealingTwiceGivesTheSameFile(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(3 * time.Second)
	r := row("1795436279.0")
	first, err := b.seal(r, far, officer)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(b.file(r))
	second, err := b.seal(r, far, officer)
	if diff := cmp.Diff(first, second); err != nil || diff != "" {
		t.Errorf("sealed again (%v), -first +second:\n%s", err, diff)
	}
	if after, _ := os.Stat(b.file(r)); !os.SameFile(before, after) {
		t.Error("the sealed file was replaced")
	}
}

func TestAnotherEncodingOfTheSameAudioIsKept(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(3 * time.Second)
	r := row("1795436279.0")
	ours, err := b.seal(r, far, officer)
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir() + "/other.flac" // as an older version of ours might have written it
	flacProgram(t, "--silent", "--fast", "-o", other, b.path(r))
	content, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	b.alter(r, func([]byte) []byte { return b.encrypted(content) })
	s, err := b.seal(r, far, officer)
	if err != nil || s.Digest == ours.Digest || s.Size != int64(len(content)) {
		t.Errorf("got %+v, %v; want the digest and size of the file that is there", s, err)
	}
}

func TestSealedFilesAreWrittenOnce(t *testing.T) {
	far, officer := recordertest.Dialogue(2 * time.Second)
	for name, change := range map[string]func([]byte) []byte{
		"other audio":  nil,
		"a cut file":   func(b []byte) []byte { return b[:len(b)/2] },
		"an empty one": func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			r := row("1795436279.0")
			if _, err := b.seal(r, officer, far); err != nil {
				t.Fatal(err)
			}
			if change != nil {
				b.alter(r, change)
			}
			before, _ := os.ReadFile(b.file(r))
			_, err := b.seal(r, far, officer)
			if !errors.Is(err, recorder.ErrConflict) {
				t.Errorf("got %v, want recorder.ErrConflict", err)
			}
			if after, _ := os.ReadFile(b.file(r)); !slices.Equal(before, after) {
				t.Error("the file that was there was changed")
			}
			if len(b.files()) != 3 {
				t.Errorf("only the sealed file and the intake may be there: %v", b.files())
			}
		})
	}
}

// TestACrashAnywhereIsRepeated stops at each step, as a killed process would (nothing is
// cleaned up afterwards), and seals again with a fresh archive.
func TestACrashAnywhereIsRepeated(t *testing.T) {
	far, officer := recordertest.Dialogue(2 * time.Second)
	crash := errors.New("killed")
	for nth := 1; ; nth++ {
		b := newBed(t)
		r := row("1795436279.0")
		for i, s := range recorder.Sides() {
			if _, err := b.receive(r.CallID, s, recordertest.WAV([2][]int16{far, officer}[i])); err != nil {
				t.Fatal(err)
			}
		}
		count, stopped := 0, ""
		b.SetFault(func(step, path string) error {
			if count++; count >= nth { // and nothing works after the crash
				if stopped == "" {
					stopped = step + " " + path
				}
				return crash
			}
			return nil
		})
		_, err := b.Seal(t.Context(), r)
		if stopped == "" {
			if nth < len(archive.Steps) {
				t.Errorf("only %d steps were seen, want at least %v", nth-1, archive.Steps)
			}
			return
		}
		if !errors.Is(err, crash) {
			t.Errorf("crash at %s: got %v", stopped, err)
		}
		b.Archive = b.open()
		sealed := b.sealed(r.CallID, far, officer)
		if err := b.Verify(t.Context(), sealed); err != nil {
			t.Errorf("after a crash at %s: %v", stopped, err)
		}
		if err := b.Discard(t.Context(), r.CallID); err != nil {
			t.Errorf("after a crash at %s: %v", stopped, err)
		}
		if diff := cmp.Diff([]string{sealed.File()}, b.files()); diff != "" {
			t.Errorf("after a crash at %s, -want +files:\n%s", stopped, diff)
		}
	}
}

func TestDiskErrorsNameTheRemedyAndLeaveNothing(t *testing.T) {
	far, officer := recordertest.Dialogue(time.Second)
	for _, c := range []struct {
		errno  error
		remedy string
	}{
		{syscall.ENOSPC, "make room or move archive.folder to a larger disk"},
		{syscall.EACCES, "give it to the daemon's user"},
		{syscall.EROFS, "mount it writable"},
		{syscall.EIO, "check it (smartctl, kernel log)"},
	} {
		for _, step := range archive.Steps {
			t.Run(fmt.Sprintf("%v at %s", c.errno, step), func(t *testing.T) {
				b := newBed(t)
				r := row("1795436279.0")
				if _, err := b.receive(r.CallID, recorder.Far, recordertest.WAV(far)); err != nil {
					t.Fatal(err)
				}
				if _, err := b.receive(r.CallID, recorder.Officer, recordertest.WAV(officer)); err != nil {
					t.Fatal(err)
				}
				b.SetFault(func(at, path string) error {
					if at == step {
						return &os.PathError{Op: step, Path: path, Err: c.errno}
					}
					return nil
				})
				_, err := b.Seal(t.Context(), r)
				if err == nil || !strings.Contains(err.Error(), c.remedy) {
					t.Errorf("got %v, want a remedy: %q", err, c.remedy)
				}
				b.SetFault(nil)
				if _, err := b.Seal(t.Context(), r); err != nil {
					t.Errorf("when the disk is well again: %v", err)
				}
				for _, f := range b.files() {
					if strings.HasSuffix(f, ".part") {
						t.Errorf("%s was left behind", f)
					}
				}
			})
		}
	}
}

func TestSealNeedsAnIntakeAndAPlace(t *testing.T) {
	far, officer := recordertest.Dialogue(time.Second)
	b := newBed(t)
	if _, err := b.Seal(t.Context(), row("absent.0")); err == nil || !strings.Contains(err.Error(), "nothing of call absent.0") {
		t.Errorf("without an intake: %v", err)
	}
	for _, path := range []string{"", "../outside.flac", "/etc/outside.flac", "2026/11/23/x.wav", "2026/../../x.flac", "a/../b.flac"} {
		r := row("1795436279.0")
		r.Path = path
		if _, err := b.seal(r, far, officer); err == nil || !strings.Contains(err.Error(), "no place in the archive") {
			t.Errorf("path %q: %v", path, err)
		}
	}
}

func TestOneSideAloneIsSealedWithASilentOther(t *testing.T) {
	far, _ := recordertest.Dialogue(3 * time.Second)
	b := newBed(t)
	r := b.sealed("1795436279.0", far, nil)
	left, right := hear(t, b.path(r))
	if !slices.Equal(left, far) || !slices.Equal(right, repeat(0, len(far))) {
		t.Error("left must be the far side, right silence")
	}
}

func TestASealedFileIsDescribedAsItWasSealed(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(3 * time.Second)
	r := row("1795436279.0")
	if _, err := b.Adopt(t.Context(), r); !errors.Is(err, recorder.ErrNoRecording) {
		t.Errorf("nothing is there, and it says: %v", err)
	}
	sealed, err := b.seal(r, far, officer)
	if err != nil {
		t.Fatal(err)
	}
	b.Archive = b.open()
	got, err := b.Adopt(t.Context(), r)
	if diff := cmp.Diff(sealed, got); err != nil || diff != "" {
		t.Errorf("%v, -sealed +described:\n%s", err, diff)
	}
	b.asBefore(r.CallID, far, officer) // not encrypted
	sealed.FileDigest, sealed.FileSize = "", 0
	got, err = b.Adopt(t.Context(), r)
	if diff := cmp.Diff(sealed, got); err != nil || diff != "" {
		t.Errorf("not encrypted: %v, -sealed +described:\n%s", err, diff)
	}
}
