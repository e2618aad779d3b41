package archive_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
)

func (b *bed) listed(since time.Time) (all []string) {
	b.t.Helper()
	err := b.Files(b.t.Context(), since, func(found []recorder.ArchivedFile) error {
		for _, f := range found {
			name := f.Name
			if f.Folder {
				name += " (no file)"
			}
			if f.At.IsZero() || !f.Folder && f.Size == 0 {
				b.t.Errorf("%+v", f)
			}
			all = append(all, name)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func TestFilesListsWhatLiesInTheArchive(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(time.Second)
	sealed := b.sealed("1795436279.0", far, officer)
	if _, err := b.receive("2.0", recorder.Far, recordertest.WAV(far)); err != nil { // the intake is not the archive
		t.Fatal(err)
	}
	outside := t.TempDir()
	for name, text := range map[string]string{
		"2026/11/24/9.0.flac.age": "x", "2025/12/31/8.0.flac.age": "x", "2026/10/31/7.0.flac.age": "x", "2026/11/note.txt": "x", "readme": "x",
		"2026/11/24/\x1b[2J.flac": "x", "2026/13/01/6.0.flac": "x", "copies/2026/11/23/5.0.flac": "x", "2026/11/24/sub/4.0.flac": "x", "lost+found/3.0.flac": "x",
	} {
		file := filepath.Join(b.folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o750), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(outside, filepath.Join(b.folder, "2024")), os.Symlink("/etc/passwd", filepath.Join(b.folder, "2026/11/24/1.0.flac"))); err != nil {
		t.Fatal(err)
	}
	lately := []string{
		sealed.File(), "2026/11/24/\x1b[2J.flac", "2026/11/24/1.0.flac (no file)", "2026/11/24/9.0.flac.age", "2026/11/24/sub (no file)", "2026/11/note.txt",
		"2026/13 (no file)", "2024 (no file)", "copies (no file)", "readme",
	}
	all := append([]string{"2025/12/31/8.0.flac.age", "2026/10/31/7.0.flac.age"}, lately...)
	slices.Sort(lately)
	slices.Sort(all)
	if diff := cmp.Diff(all, b.listed(time.Time{})); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(lately, b.listed(offered.AddDate(0, 0, -1))); diff != "" {
		t.Errorf("of the last days (-want +got):\n%s", diff)
	}
}

func TestTheSizeOfASealedFileIsSeenWithoutOpeningIt(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(time.Second)
	sealed, before := b.sealed("1.0", far, officer), b.asBefore("2.0", far, officer)
	see := func(what string, r recorder.Recording, size int64, there bool) {
		t.Helper()
		if n, here, err := b.SizeOf(r); n != size || here != there || err != nil {
			t.Errorf("%s: %d, %v, %v; want %d, %v", what, n, here, err, size, there)
		}
	}
	see("as sealed", sealed, sealed.FileBytes(), true)
	see("of the time before encryption", before, before.FileBytes(), true)
	if err := errors.Join(os.Chmod(b.file(sealed), 0), os.Truncate(filepath.Join(b.folder, before.Path), 10)); err != nil {
		t.Fatal(err)
	}
	see("nobody may read it", sealed, sealed.FileBytes(), true)
	see("cut", before, 10, true)
	if err := errors.Join(os.Remove(b.file(sealed)), os.Mkdir(b.file(sealed), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, there, err := b.SizeOf(sealed); there || err != nil {
		t.Errorf("a folder in its place: %v, %v", there, err)
	}
	day := filepath.Dir(b.file(sealed))
	if err := os.RemoveAll(day); err != nil {
		t.Fatal(err)
	}
	see("its day is gone", sealed, 0, false)
	if err := os.WriteFile(day, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	see("its day is a file", sealed, 0, false)
	sealed.Path = "../1.0.flac"
	see("no place in the archive", sealed, 0, false)
	b.Close()
	if _, _, err := b.SizeOf(before); err == nil {
		t.Error("a folder that is closed is looked into")
	}
}

func TestAListThatIsNotWantedEnds(t *testing.T) {
	b := newBed(t)
	b.sealed("1.0", []int16{1}, []int16{1})
	enough := errors.New("enough")
	if err := b.Files(t.Context(), time.Time{}, func([]recorder.ArchivedFile) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("%v", err)
	}
	b.Close()
	if err := b.Files(t.Context(), time.Time{}, func([]recorder.ArchivedFile) error { return nil }); err == nil {
		t.Error("a folder that is closed is listed")
	}
}

func TestAGlanceSeesWhatARecordingIs(t *testing.T) {
	speech, _ := recordertest.Dialogue(10 * time.Second)
	whole := recordertest.WAV(speech)
	lies := slices.Clone(whole)
	binary.LittleEndian.PutUint32(lies[40:], 0xffffffff)
	binary.LittleEndian.PutUint32(lies[4:], 0xffffffff)
	shortLie := slices.Clone(lies[:45])
	for name, c := range map[string]struct {
		file []byte
		want recorder.Received
	}{
		"whole":                {whole, recorder.Received{State: recorder.Whole, Bytes: int64(len(whole)), Samples: int64(len(speech))}},
		"only a header":        {recordertest.WAV(nil), recorder.Received{State: recorder.Whole, Bytes: 44}},
		"still written":        {recordertest.UnfinishedWAV(speech), recorder.Received{State: recorder.Unfinished, Bytes: int64(len(whole)), Samples: int64(len(speech))}},
		"an absurd length":     {lies, recorder.Received{State: recorder.Unfinished, Bytes: int64(len(whole)), Samples: int64(len(speech))}},
		"an absurd length, 45": {shortLie, recorder.Received{State: recorder.Unfinished, Bytes: 45}},
		"no WAV":               {[]byte(strings.Repeat("passwd:x:0:0\n", 1000)), recorder.Received{Bytes: 13_000}},
		"nothing":              {nil, recorder.Received{State: recorder.Unfinished}},
	} {
		var g archive.Glance
		for part := range slices.Chunk(c.file, 1000) {
			if _, err := g.Write(part); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if diff := cmp.Diff(c.want, g.Seen()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAGlanceEndsWhatIsLongerThanAnyCall(t *testing.T) {
	var g archive.Glance
	n, err := io.Copy(&g, io.LimitReader(zeros{}, 10<<30))
	if !errors.Is(err, recorder.ErrCorrupt) || n > 2<<30 || g.Seen().State != "" {
		t.Errorf("%d bytes, %v, %+v", n, err, g.Seen())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
