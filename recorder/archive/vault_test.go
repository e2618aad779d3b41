package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/recorder"
	"dutyline/recorder/archive"
)

func newVault(t *testing.T, o archive.Options) (*archive.Vault, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "attachments")
	v, err := archive.OpenVault(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v, folder
}

func vaultKeys(t *testing.T) *archive.Keys {
	t.Helper()
	keys, err := archive.NewKeys("")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func anything(io.ReaderAt, int64) error { return nil }

func receive(t *testing.T, v *archive.Vault, content string) recorder.SealedFile {
	t.Helper()
	k, err := v.Receive(t.Context(), strings.NewReader(content), 1<<20, anything)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func filesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAVaultKeepsAFileEncryptedUnderItsContent(t *testing.T) {
	v, folder := newVault(t, archive.Options{Keys: vaultKeys(t)})
	secret := strings.Repeat("和平区传真件。", 9000)
	k := receive(t, v, secret)
	name := string(k.Digest) + ".age"
	if got := filesIn(t, folder); len(got) != 1 || got[0] != name || k.Size != int64(len(secret)) {
		t.Fatalf("in the folder lies %v, kept was %+v", got, k)
	}
	lies, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil || bytes.Contains(lies, []byte("传真件")) || int64(len(lies)) != k.FileSize {
		t.Errorf("%d bytes, %v: it is not encrypted, or not as long as was said", len(lies), err)
	}
	if info, _ := os.Stat(filepath.Join(folder, name)); info.Mode().Perm() != 0o444 {
		t.Errorf("its mode is %v", info.Mode())
	}
	f, err := v.Open(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != secret {
		t.Errorf("%d of %d bytes came back: %v", len(got), len(secret), err)
	}
	if _, err := f.Seek(7, io.SeekStart); err != nil {
		t.Errorf("a range cannot be read: %v", err)
	}
}

func TestTheSameContentIsKeptOnce(t *testing.T) {
	v, folder := newVault(t, archive.Options{Keys: vaultKeys(t)})
	first, again := receive(t, v, "一样"), receive(t, v, "一样")
	if first != again || len(filesIn(t, folder)) != 1 {
		t.Errorf("%+v and %+v, %v", first, again, filesIn(t, folder))
	}
	if err := v.VerifyFile(t.Context(), again); err != nil {
		t.Error(err)
	}
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	v, folder := newVault(t, archive.Options{Keys: vaultKeys(t)})
	no := errors.New("no")
	if _, err := v.Receive(t.Context(), strings.NewReader("x"), 10, func(io.ReaderAt, int64) error { return no }); !errors.Is(err, no) {
		t.Errorf("%v", err)
	}
	if _, err := v.Receive(t.Context(), strings.NewReader("12345678901"), 10, anything); !errors.Is(err, recorder.ErrTooLarge) {
		t.Errorf("%v", err)
	}
	cut := io.MultiReader(strings.NewReader("half"), errReader{})
	if _, err := v.Receive(t.Context(), cut, 10, anything); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Receive(ended, strings.NewReader("x"), 10, anything); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got := filesIn(t, folder); len(got) != 0 {
		t.Errorf("left were %v", got)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestWithoutKeyOrRoomNothingIsKept(t *testing.T) {
	v, _ := newVault(t, archive.Options{Keys: archive.NoKeys(errors.New("away"))})
	if _, err := v.Receive(t.Context(), strings.NewReader("x"), 10, anything); !errors.Is(err, recorder.ErrNoKey) {
		t.Errorf("%v", err)
	}
	full, _ := newVault(t, archive.Options{Keys: vaultKeys(t), Reserve: 1 << 62})
	if _, err := full.Receive(t.Context(), strings.NewReader("x"), 10, anything); err == nil || !strings.Contains(err.Error(), "make room") {
		t.Errorf("%v", err)
	}
}

func TestAnAlteredFileIsNotGiven(t *testing.T) {
	keys := vaultKeys(t)
	for name, hurt := range map[string]func(file string) error{
		"gone":    os.Remove,
		"altered": func(f string) error { return errors.Join(os.Chmod(f, 0o600), os.WriteFile(f, []byte("other"), 0o600)) },
		"swapped for a folder": func(f string) error {
			return errors.Join(os.Remove(f), os.Mkdir(f, 0o700))
		},
	} {
		v, folder := newVault(t, archive.Options{Keys: keys})
		k := receive(t, v, "原件")
		if err := hurt(filepath.Join(folder, string(k.Digest)+".age")); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(t.Context(), k); !errors.Is(err, recorder.ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
		if err := v.VerifyFile(t.Context(), k); !errors.Is(err, recorder.ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWrongFileInItsPlaceIsNotOverwritten(t *testing.T) {
	v, folder := newVault(t, archive.Options{Keys: vaultKeys(t)})
	k := receive(t, v, "原件")
	name := filepath.Join(folder, string(k.Digest)+".age")
	if err := errors.Join(os.Chmod(name, 0o600), os.WriteFile(name, []byte("other"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Receive(t.Context(), strings.NewReader("原件"), 100, anything); err == nil {
		t.Error("a file that holds something else was taken for the same")
	}
	if left, _ := os.ReadFile(name); string(left) != "other" {
		t.Error("the wrong file was overwritten: it is evidence")
	}
}

func TestAnotherKeyDoesNotOpenIt(t *testing.T) {
	folder := t.TempDir()
	ours, err := archive.OpenVault(folder, archive.Options{Keys: vaultKeys(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	k := receive(t, ours, "原件")
	other, err := archive.OpenVault(folder, archive.Options{Keys: vaultKeys(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Open(t.Context(), k); err == nil {
		t.Error("it was opened")
	}
	if err := other.VerifyFile(t.Context(), k); err != nil {
		t.Errorf("to verify takes no key: %v", err)
	}
}

func TestRemovingMayBeRepeated(t *testing.T) {
	v, folder := newVault(t, archive.Options{Keys: vaultKeys(t)})
	k := receive(t, v, "原件")
	for range 2 {
		if err := v.Remove(k.Digest); err != nil {
			t.Error(err)
		}
	}
	if got := filesIn(t, folder); len(got) != 0 {
		t.Errorf("left were %v", got)
	}
	for _, bad := range []recorder.Digest{"", "../x", recorder.Digest(strings.Repeat("G", 64)), recorder.Digest(strings.Repeat("A", 64))} {
		if err := v.Remove(bad); err == nil {
			t.Errorf("%q was taken for a digest", bad)
		}
	}
}
