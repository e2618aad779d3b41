package archive_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

// patched is a finished file with some bytes of its header replaced.
func patched(samples []int16, at int, with ...byte) []byte {
	b := recordertest.WAV(samples)
	copy(b[at:], with)
	return b
}

func chunk(id string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	return append(b, body...)
}

func withChunks(samples []int16, before, after []byte) []byte {
	b := recordertest.WAV(samples)
	return slices.Concat(b[:36], before, b[36:], after)
}

func TestReceive(t *testing.T) {
	speech, _ := recordertest.Dialogue(time.Second)
	n, bytes := int64(len(speech)), int64(44+2*len(speech))
	file := recordertest.WAV(speech)
	for _, c := range []struct {
		name string
		file []byte
		want recorder.Received
		fail string
	}{
		{"whole", file, recorder.Received{State: recorder.Whole, Bytes: bytes, Samples: n}, ""},
		{"44 bytes", recordertest.WAV(nil), recorder.Received{State: recorder.Whole, Bytes: 44}, ""},
		{"nothing yet", nil, recorder.Received{State: recorder.Unfinished}, ""},
		{"header begun", file[:20], recorder.Received{State: recorder.Unfinished, Bytes: 20}, ""},
		{"header without length", recordertest.UnfinishedWAV(speech), recorder.Received{State: recorder.Unfinished, Bytes: bytes, Samples: n}, ""},
		{"cut on the way", file[:len(file)-1000], recorder.Received{State: recorder.Unfinished, Bytes: bytes - 1000, Samples: n - 500}, ""},
		{"cut within a sample", file[:len(file)-1001], recorder.Received{State: recorder.Unfinished, Bytes: bytes - 1001, Samples: n - 501}, ""},
		{"grown behind its header", slices.Concat(file, make([]byte, 320)), recorder.Received{State: recorder.Unfinished, Bytes: bytes + 320, Samples: n + 160}, ""},
		{"a chunk before the samples", withChunks(speech, chunk("LIST", []byte("INFOabcd")), nil), recorder.Received{State: recorder.Whole, Bytes: bytes + 16, Samples: n}, ""},
		{"a chunk behind the samples", withChunks(speech, nil, chunk("LIST", []byte("INFO"))), recorder.Received{State: recorder.Whole, Bytes: bytes + 12, Samples: n}, ""},
		{"not a WAV", []byte(strings.Repeat("<html>404</html>", 10)), recorder.Received{}, "does not begin like a WAV file"},
		{"zeros", make([]byte, 500), recorder.Received{}, "does not begin like a WAV file"},
		{"16 kHz", patched(speech, 24, 0x80, 0x3e, 0, 0), recorder.Received{}, "1 channel(s), 16000 Hz, 16 bit; let the dialplan record as .wav"},
		{"stereo", patched(speech, 22, 2), recorder.Received{}, "2 channel(s)"},
		{"A-law", patched(speech, 20, 6), recorder.Received{}, "format 6"},
		{"8 bit", patched(speech, 34, 8), recorder.Received{}, "8 bit"},
		{"no samples chunk", patched(speech, 36, 'j', 'u', 'n', 'k'), recorder.Received{}, "no samples chunk"},
		{"samples before format", patched(speech, 12, 'j', 'u', 'n', 'k'), recorder.Received{}, "before their format"},
		{"short format", slices.Concat(file[:12], chunk("fmt ", make([]byte, 4)), file), recorder.Received{}, "format is too short"},
		{"endless chunks", slices.Concat(file[:12], slices.Repeat(chunk("junk", nil), 100)), recorder.Received{}, "too many chunks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t)
			got, err := b.receive("1795436279.0", recorder.Far, c.file)
			if c.fail != "" {
				if !errors.Is(err, recorder.ErrCorrupt) || !strings.Contains(err.Error(), c.fail) {
					t.Errorf("got %v, want recorder.ErrCorrupt with %q", err, c.fail)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestCutSidesAreSalvaged(t *testing.T) {
	far, officer := recordertest.Dialogue(3 * time.Second)
	b := newBed(t)
	r := row("1795436279.0")
	cut := recordertest.UnfinishedWAV(officer)
	if _, err := b.receive(r.CallID, recorder.Far, recordertest.UnfinishedWAV(far)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.receive(r.CallID, recorder.Officer, cut[:len(cut)-32767]); err != nil {
		t.Fatal(err)
	}
	s, err := b.Seal(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	left, right := hear(t, b.path(r))
	kept := len(officer) - 32768/2
	if !slices.Equal(left, far) || !slices.Equal(right[:kept], officer[:kept]) {
		t.Error("every whole sample that is there must be kept")
	}
	if want := time.Duration(kept) * time.Second / recorder.SampleRate; s.Officer.Duration != want {
		t.Errorf("the officer's side is said to last %s, want %s", s.Officer.Duration, want)
	}
}

func TestReceiveFaults(t *testing.T) {
	speech, _ := recordertest.Dialogue(time.Second)
	file := recordertest.WAV(speech)
	deliver := func(err error, says int64) func(io.Writer) (int64, error) {
		return func(to io.Writer) (int64, error) {
			n, _ := to.Write(file)
			return int64(n) + says, err
		}
	}
	gone := fmt.Errorf("fetch: %w", telephony.ErrNotFound)
	reset := errors.New("connection reset")
	for _, c := range []struct {
		name  string
		fetch func(io.Writer) (int64, error)
		fault error
		is    error
		says  string
	}{
		{"not on the switch", deliver(gone, 0), nil, telephony.ErrNotFound, ""},
		{"the connection breaks", deliver(reset, 0), nil, reset, ""},
		{"fewer bytes on the disk than delivered", deliver(nil, 7), nil, nil, "of the 16051 that the switch delivered"},
		{"disk full", deliver(nil, 0), syscall.ENOSPC, syscall.ENOSPC, "make room"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t)
			if c.fault != nil {
				b.SetFault(func(step, _ string) error { return map[string]error{"write": c.fault}[step] })
			}
			_, err := b.Receive(t.Context(), "1795436279.0", recorder.Far, c.fetch)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v %q", err, c.is, c.says)
			}
		})
	}
}

func TestASideWithoutEndIsStopped(t *testing.T) {
	to := archive.Limited(io.Discard, 100)
	if n, err := to.Write(make([]byte, 100)); n != 100 || err != nil {
		t.Errorf("up to the limit: %d, %v", n, err)
	}
	if _, err := to.Write([]byte{0}); !errors.Is(err, recorder.ErrCorrupt) || !strings.Contains(err.Error(), "longer than 24 hours") {
		t.Errorf("behind the limit: %v", err)
	}
}

// FuzzReceive reads anything: no panic, never more samples than bytes, and what was taken for
// a recording can be sealed.
func FuzzReceive(f *testing.F) {
	speech, _ := recordertest.Dialogue(30 * time.Millisecond)
	f.Add(recordertest.WAV(speech))
	f.Add(recordertest.UnfinishedWAV(speech))
	f.Add(withChunks(speech, chunk("LIST", []byte("odd")), chunk("id3 ", []byte("x"))))
	f.Add(patched(speech, 40, 0xff, 0xff, 0xff, 0xff))
	f.Add(header(0xffffffff, 0xfffffff0, 0, []byte{1}))
	f.Add(header(0, 16, 0, make([]byte, 100)))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVE" + strings.Repeat("junk\x01\x00\x00\x00ab", 70)))
	f.Fuzz(func(t *testing.T, file []byte) {
		b := newBed(t)
		got, err := b.receive("fuzz.0", recorder.Far, file)
		if err != nil {
			if !errors.Is(err, recorder.ErrCorrupt) {
				t.Fatalf("anything that can be read is a recording or corrupt: %v", err)
			}
			return
		}
		if 2*got.Samples > int64(len(file)) || got.Bytes != int64(len(file)) {
			t.Fatalf("%d bytes cannot be %+v", len(file), got)
		}
		if got.Samples == 0 {
			return
		}
		s, err := b.Seal(t.Context(), row("fuzz.0"))
		if want := time.Duration(got.Samples) * time.Second / recorder.SampleRate; err != nil || s.Duration != want {
			t.Fatalf("sealed %s (%v), want %s", s.Duration, err, want)
		}
	})
}

func TestCallIDsNeverLeadOutOfTheIntake(t *testing.T) {
	speech, _ := recordertest.Dialogue(time.Second)
	for _, id := range []string{"../../outside", "/etc/passwd", "..", ".", "a/b", "沈阳-1.0", "\x00"} {
		b := newBed(t)
		r := b.sealed(id, speech, speech)
		for _, f := range b.files() {
			if !strings.HasPrefix(f, "intake/") && !strings.HasPrefix(f, "2026/11/23/") || strings.Count(f, "/") > 3 {
				t.Errorf("id %q led to %s", id, f)
			}
		}
		if err := b.Verify(t.Context(), r); err != nil {
			t.Errorf("id %q: %v", id, err)
		}
	}
}
