package archive_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/recorder"
	"dutyline/recorder/recordertest"
)

// header is a WAV whose lengths say what they like; what it says of RIFF, format and samples.
func header(riff, format, data uint32, body []byte) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF"), le.AppendUint32(nil, riff)...)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, format)
	b = le.AppendUint16(b, 1) // PCM
	b = le.AppendUint16(b, 1) // mono
	b = le.AppendUint32(b, recorder.SampleRate)
	b = le.AppendUint32(b, 2*recorder.SampleRate)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = le.AppendUint32(b, data)
	return append(b, body...)
}

// Whatever a header says of lengths, no more is read, kept or claimed than the file has.
func TestAbsurdLengths(t *testing.T) {
	b, body := newBed(t), make([]byte, 1600)
	lengths := []uint32{0, 1, 15, 16, 17, 1599, 1600, 1601, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff}
	for _, riff := range []uint32{0, 36, 0xffffffff} {
		for _, format := range lengths {
			for _, data := range lengths {
				for _, file := range [][]byte{header(riff, format, data, body), header(riff, format, data, nil), header(riff, format, data, body[:1])} {
					got, err := b.receive("1.0", recorder.Far, file)
					switch {
					case err != nil && !errors.Is(err, recorder.ErrCorrupt):
						t.Fatalf("lengths %x %x %x: %v", riff, format, data, err)
					case err == nil && (got.Bytes != int64(len(file)) || 2*got.Samples > int64(len(file))):
						t.Errorf("lengths %x %x %x: %d bytes became %+v", riff, format, data, len(file), got)
					case err == nil && format == 16 && data == 0xffffffff && got.State != recorder.Unfinished:
						t.Errorf("a file that promises 4 GB and has %d bytes is %+v", len(file), got)
					}
				}
			}
		}
	}
}

// Ten megabytes of noise, and as much noise behind a good header: the first is refused with a
// sentence, the second is sound as any other, and neither takes more room than it has.
func TestTenMegabytesOfGarbage(t *testing.T) {
	noise := make([]byte, 10<<20)
	r := rand.NewChaCha8([32]byte{7})
	_, _ = r.Read(noise)
	b := newBed(t)
	if _, err := b.receive("garbage.0", recorder.Far, noise); !errors.Is(err, recorder.ErrCorrupt) || !strings.Contains(err.Error(), "does not begin like a WAV file") {
		t.Errorf("%v", err)
	}
	deep := append([]byte("RIFF\xff\xff\xff\xffWAVE"), noise...) // chunks of noise
	if _, err := b.receive("garbage.0", recorder.Far, deep); !errors.Is(err, recorder.ErrCorrupt) {
		t.Errorf("%v", err)
	}
	got, err := b.receive("noise.0", recorder.Far, header(0, 16, uint32(len(noise)), noise))
	if err != nil || got.State != recorder.Whole || got.Samples != 5<<20 {
		t.Fatalf("%+v, %v", got, err)
	}
	s, err := b.Seal(t.Context(), row("noise.0"))
	if err != nil || s.Size > 22<<20 || s.Duration != time.Duration(5<<20)*time.Second/recorder.SampleRate {
		t.Errorf("%+v, %v", s, err)
	}
	speech, _ := recordertest.Dialogue(time.Second) // the rest goes on
	if err := b.Verify(t.Context(), b.sealed("next.0", speech, speech)); err != nil {
		t.Error(err)
	}
}

// A link that somebody put where a file is to be does not lead the archive out of its folder.
func TestLinksLeadNowhere(t *testing.T) {
	speech, _ := recordertest.Dialogue(time.Second)
	outside := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(outside, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBed(t)
	if err := os.Symlink(outside, filepath.Join(b.folder, "intake", "1.0-far.wav")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(b.folder, "2026")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.seal(row("1.0"), speech, nil); err == nil {
		t.Error("a folder that leads out was used")
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "untouched" {
		t.Errorf("%q, %v", text, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(outside)); len(left) != 1 {
		t.Errorf("written outside: %v", left)
	}
}
