package archive_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/mewkiz/flac"
	"github.com/prometheus/client_golang/prometheus"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
	"dutyline/telephony"
)

var offered = time.Date(2026, 11, 23, 16, 0, 1, 0, time.FixedZone("Asia/Shanghai", 8*3600))

// bed is an archive in a folder of its own with its rows.
type bed struct {
	*archive.Archive
	t      testing.TB
	folder string
	rows   *recordertest.Store
	keys   *archive.Keys
}

func newBed(t testing.TB) *bed {
	t.Helper()
	b := &bed{t: t, folder: t.TempDir(), rows: &recordertest.Store{}, keys: newKeys(t, "")}
	b.Archive = b.open()
	return b
}

func newKeys(t testing.TB, escrow string) *archive.Keys {
	t.Helper()
	k, err := archive.NewKeys(escrow)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens the archive anew, as after a restart.
func (b *bed) open() *archive.Archive {
	b.t.Helper()
	a, err := archive.New(b.folder, archive.Options{Keys: b.keys}, b.rows, prometheus.NewRegistry())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { a.Close() })
	return a
}

func row(callID string) recorder.Recording {
	return recorder.ForCall(telephony.Call{ID: callID, OfferedAt: offered, AnsweredAt: offered, EndedAt: offered.Add(time.Minute)}, offered.Add(time.Minute))
}

// receive puts one side's file into the intake.
func (b *bed) receive(callID string, s recorder.Side, file []byte) (recorder.Received, error) {
	return b.Receive(b.t.Context(), callID, s, func(to io.Writer) (int64, error) {
		return io.Copy(to, bytes.NewReader(file))
	})
}

// seal receives both sides and seals them.
func (b *bed) seal(r recorder.Recording, far, officer []int16) (recorder.Seal, error) {
	b.t.Helper()
	for side, samples := range map[recorder.Side][]int16{recorder.Far: far, recorder.Officer: officer} {
		if samples == nil {
			continue
		}
		if got, err := b.receive(r.CallID, side, recordertest.WAV(samples)); err != nil || got.State != recorder.Whole {
			b.t.Fatalf("receive the %s side: %+v, %v", side, got, err)
		}
	}
	return b.Seal(b.t.Context(), r)
}

// sealed seals a call and saves its row.
func (b *bed) sealed(callID string, far, officer []int16) recorder.Recording {
	b.t.Helper()
	r := row(callID)
	s, err := b.seal(r, far, officer)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Status, r.Digest, r.Size, r.Duration = recorder.Sealed, s.Digest, s.Size, s.Duration
	r.FileDigest, r.FileSize = s.FileDigest, s.FileSize
	if err := b.rows.SaveRecording(b.t.Context(), r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// file is where a call's sealed file lies, encrypted.
func (b *bed) file(r recorder.Recording) string {
	return filepath.Join(b.folder, r.Path+recorder.EncryptedSuffix)
}

// path is a copy of what is inside the sealed file, for other programs to read.
func (b *bed) path(r recorder.Recording) string {
	b.t.Helper()
	sealed, err := os.Open(b.file(r))
	if err != nil {
		b.t.Fatal(err)
	}
	defer sealed.Close()
	plain, err := b.keys.Decrypt(sealed)
	if err != nil {
		b.t.Fatal(err)
	}
	content, err := io.ReadAll(plain)
	if err != nil {
		b.t.Fatal(err)
	}
	name := filepath.Join(b.t.TempDir(), "plain.flac")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return name
}

// encrypted is a file with that inside, as it would lie in the archive.
func (b *bed) encrypted(content []byte) []byte {
	b.t.Helper()
	var out bytes.Buffer
	w, err := b.keys.Encrypt(&out)
	if err == nil {
		_, err = w.Write(content)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

// files lists every file below the archive's folder.
func (b *bed) files() []string {
	b.t.Helper()
	var found []string
	err := filepath.Walk(b.folder, func(p string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			rel, _ := filepath.Rel(b.folder, p)
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// alter replaces bytes of a sealed file, as somebody with the right to do so could.
func (b *bed) alter(r recorder.Recording, change func([]byte) []byte) {
	b.t.Helper()
	name := b.file(r)
	content, err := os.ReadFile(name)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.Chmod(name, 0o644); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(name, change(content), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// hear decodes a FLAC file with the library's decoder.
func hear(t testing.TB, name string) (far, officer []int16) {
	t.Helper()
	stream, err := flac.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		f, err := stream.ParseNext()
		if errors.Is(err, io.EOF) {
			return far, officer
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range f.Subframes[0].Samples {
			far = append(far, int16(f.Subframes[0].Samples[i]))
			officer = append(officer, int16(f.Subframes[1].Samples[i]))
		}
	}
}

// flacProgram runs the reference implementation; it comes with the project's dependencies.
func flacProgram(t testing.TB, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("flac")
	if err != nil {
		t.Fatalf("the program flac is missing; run make deps first: %v", err)
	}
	var out, said bytes.Buffer
	c := exec.CommandContext(t.Context(), program, args...)
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("flac %v: %v\n%s", args, err, said.String())
	}
	return out.Bytes()
}

func repeat(v int16, n int) []int16 {
	s := make([]int16, n)
	for i := range s {
		s[i] = v
	}
	return s
}

func dialogueMinute() (far, officer []int16) { return recordertest.Dialogue(time.Minute) }
