package archive_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
)

func TestOpenGivesTheSealedFile(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(2 * time.Second)
	want := b.sealed("1795436279.0", far, officer)
	content, _ := os.ReadFile(b.path(want))
	for _, span := range []string{"", "bytes=1000-1999"} { // the second one uses the fresh proof
		f, r, err := b.Open(t.Context(), "1795436279.0")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("row, -want +got:\n%s", diff)
		}
		ask, answer := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		ask.Header.Set("Range", span)
		http.ServeContent(answer, ask, r.Path, r.SealedAt, f)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		part := content
		if span != "" {
			part = content[1000:2000]
		}
		if !slices.Equal(answer.Body.Bytes(), part) {
			t.Errorf("range %q gave %d bytes, want %d", span, answer.Body.Len(), len(part))
		}
	}
}

func TestOpenWithoutASealedRecording(t *testing.T) {
	b := newBed(t)
	for _, status := range []recorder.Status{recorder.None, recorder.Pending, recorder.Missing, recorder.Failed} {
		r := row("1795436279.0")
		r.Status = status
		if err := b.rows.SaveRecording(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		_, got, err := b.Open(t.Context(), r.CallID)
		if !errors.Is(err, recorder.ErrNoRecording) || got.Status != status {
			t.Errorf("%s: got %v with row %+v, want recorder.ErrNoRecording and the row", status, err, got)
		}
	}
	if _, _, err := b.Open(t.Context(), "nobody.0"); !errors.Is(err, recorder.ErrNoRecording) {
		t.Errorf("unknown call: %v", err)
	}
	if _, err := b.Peaks(t.Context(), "nobody.0"); !errors.Is(err, recorder.ErrNoRecording) {
		t.Errorf("peaks of an unknown call: %v", err)
	}
}

func TestAlteredFilesAreNeverServed(t *testing.T) {
	far, officer := recordertest.Dialogue(2 * time.Second)
	for name, change := range map[string]func([]byte) []byte{
		"one bit":      func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut":          func(b []byte) []byte { return b[:len(b)-1] },
		"longer":       func(b []byte) []byte { return append(b, 0) },
		"empty":        func([]byte) []byte { return nil },
		"no file left": nil,
		"a pipe":       nil, // opened as a file it would be waited for without end
		"a socket":     nil,
		"a folder":     nil,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			r := b.sealed("1795436279.0", far, officer)
			f, _, err := b.Open(t.Context(), r.CallID) // now its proof is fresh
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
			if change == nil {
				err = os.Remove(b.file(r))
				switch name {
				case "a pipe":
					err = errors.Join(err, unix.Mkfifo(b.file(r), 0o600))
				case "a socket":
					err = errors.Join(err, unix.Mknod(b.file(r), unix.S_IFSOCK|0o600, 0))
				case "a folder":
					err = errors.Join(err, os.Mkdir(b.file(r), 0o700))
				}
			} else {
				b.alter(r, change)
			}
			if err != nil {
				t.Fatal(err)
			}
			for what, try := range map[string]func() error{
				"open":   func() error { _, _, err := b.Open(t.Context(), r.CallID); return err },
				"peaks":  func() error { _, err := b.Peaks(t.Context(), r.CallID); return err },
				"verify": func() error { return b.Verify(t.Context(), r) },
				"file":   func() error { return b.VerifyFile(t.Context(), r) },
			} {
				if err := try(); !errors.Is(err, recorder.ErrAltered) || !strings.Contains(err.Error(), "backup") {
					t.Errorf("%s: got %v, want recorder.ErrAltered and where to get it back", what, err)
				}
			}
		})
	}
}

func TestVerifyDecodesWhatTheDigestCannotKnow(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(2 * time.Second)
	r := b.sealed("1795436279.0", far, officer)
	content, err := os.ReadFile(b.path(r))
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	b.alter(r, func([]byte) []byte { return b.encrypted(content) })
	_, _, altered := b.Open(t.Context(), r.CallID)
	if altered == nil {
		t.Fatal("the altered file was opened")
	}
	bad := r
	bad.Digest, bad.FileDigest = digestOf(t, b.path(r)), digestOf(t, b.file(r)) // a disk that lied when the digests were taken
	if err := b.Verify(t.Context(), bad); !errors.Is(err, recorder.ErrAltered) || !strings.Contains(err.Error(), "cannot be decoded") {
		t.Errorf("got %v, want recorder.ErrAltered: cannot be decoded", err)
	}
}

func TestPeaksFromTheFileAreThoseFromSealing(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(5*time.Second + 10*time.Millisecond)
	r := b.sealed("1795436279.0", far, officer[:4*recorder.SampleRate])
	sealing, err := b.Peaks(t.Context(), r.CallID)
	if err != nil {
		t.Fatal(err)
	}
	b.Archive = b.open() // knows nothing yet
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			decoded, err := b.Peaks(t.Context(), r.CallID)
			if diff := cmp.Diff(sealing, decoded); err != nil || diff != "" {
				t.Errorf("%v, -from sealing +from the file:\n%s", err, diff)
			}
		})
	}
	together.Wait()
	if sealing.Duration != 5010*time.Millisecond || sealing.PerSecond != 20 || len(sealing.Caller) != 101 || len(sealing.Officer) != 101 {
		t.Errorf("%s, %d a second, %d and %d peaks; want 5.01s, 20, 101, 101",
			sealing.Duration, sealing.PerSecond, len(sealing.Caller), len(sealing.Officer))
	}
	if slices.Max(sealing.Caller) < 0.1 || slices.Max(sealing.Caller) > 1 || slices.Max(sealing.Officer[80:]) != 0 {
		t.Errorf("loudest %v; padding %v", slices.Max(sealing.Caller), sealing.Officer[80:])
	}
}

func TestWorkEndsWithItsContext(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(5 * time.Second)
	r := b.sealed("1795436279.0", far, officer)
	b.Archive = b.open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Archive.Peaks(ctx, r.CallID); !errors.Is(err, context.Canceled) {
		t.Errorf("peaks: %v", err)
	}
	if err := b.Verify(ctx, r); !errors.Is(err, context.Canceled) || errors.Is(err, recorder.ErrAltered) {
		t.Errorf("verify: %v", err)
	}
	if _, err := b.Seal(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("seal: %v", err)
	}
}

func TestNewNamesTheRemedy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.New(filepath.Join(file, "below"), archive.Options{}, &recordertest.Store{}, nil); err == nil || !strings.Contains(err.Error(), "make the archive's folder") {
		t.Errorf("got %v", err)
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	rows := &recordertest.Store{}
	keys := newKeys(t, "")
	a, err := archive.New(t.TempDir(), archive.Options{Keys: keys}, rows, registry)
	if err != nil {
		t.Fatal(err)
	}
	b := &bed{Archive: a, t: t, rows: rows, keys: keys}
	far, officer := recordertest.Dialogue(time.Second)
	r := b.sealed("1795436279.0", far, officer)
	if _, err := a.Seal(t.Context(), row("absent.0")); err == nil {
		t.Fatal("sealed nothing")
	}
	r.Digest = "0"
	if err := a.Verify(t.Context(), r); err == nil {
		t.Fatal("verified another digest")
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		m := f.GetMetric()[0]
		got[f.GetName()] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	want := map[string]float64{
		"dutyline_archive_sealed_total": 1, "dutyline_archive_seal_failures_total": 1, "dutyline_archive_altered_total": 1,
		"dutyline_archive_sealed_bytes_total": float64(r.Size), "dutyline_archive_seal_seconds": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics, -want +got:\n%s", diff)
	}
}

func digestOfBytes(b []byte) recorder.Digest {
	return recorder.Digest(fmt.Sprintf("%x", sha256.Sum256(b)))
}

func digestOf(t *testing.T, name string) recorder.Digest {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return recorder.Digest(fmt.Sprintf("%x", sha256.Sum256(content)))
}
