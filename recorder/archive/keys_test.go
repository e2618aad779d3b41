package archive_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/recorder/recordertest"
)

var made = time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)

func TestKeysAreMadeOnceAndReadAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "elsewhere", "keys")
	if _, err := archive.ReadKeys(folder, ""); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "bring it back") {
		t.Errorf("without a key: %v", err)
	}
	first, err := archive.MakeKeys(folder, "", made)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{archive.KeyFile: 0o600, archive.KeyNote: 0o600, ".": fs.ModeDir | 0o700} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want mode %v", name, info, err, want)
		}
	}
	note, _ := os.ReadFile(filepath.Join(folder, archive.KeyNote))
	for _, words := range []string{"读我", "无法恢复", "READ ME", "no back door", "age -d -i site.key", first.Fingerprint(), first.Recipient()} {
		if !bytes.Contains(note, []byte(words)) {
			t.Errorf("the note does not say %q", words)
		}
	}
	if bytes.Contains(note, []byte("AGE-SECRET-KEY")) || bytes.Contains(note, []byte("%!")) {
		t.Errorf("the note holds what it must not:\n%s", note)
	}
	again, err := archive.ReadKeys(folder, "")
	if err != nil || again.Recipient() != first.Recipient() || len(first.Fingerprint()) != 19 {
		t.Errorf("read again: %v; %s, made was %s", err, again.Fingerprint(), first.Fingerprint())
	}
}

func TestAnOlderKeyStillOpensWhatItSealed(t *testing.T) {
	folder := t.TempDir()
	b := newBed(t)
	b.keys, _ = archive.MakeKeys(folder, "", made)
	b.Archive = b.open()
	far, officer := recordertest.Dialogue(time.Second)
	old := b.sealed("old.0", far, officer)
	if _, err := archive.MakeKeys(folder, "", made.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.keys, err = archive.ReadKeys(folder, ""); err != nil || len(b.keys.Recipients()) != 2 {
		t.Fatalf("%v: %v", b.keys.Recipients(), err)
	}
	b.Archive = b.open()
	fresh := b.sealed("new.0", far, officer)
	for _, r := range []recorder.Recording{old, fresh} {
		if err := b.Verify(t.Context(), r); err != nil {
			t.Errorf("%s: %v", r.CallID, err)
		}
	}
}

func TestAKeyFileThatIsNotRight(t *testing.T) {
	good, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, says string }{
		"empty":     {"", "it holds no key"},
		"remarks":   {"# nothing\n\n", "it holds no key"},
		"damaged":   {"# key\n" + strings.Replace(good.String(), "AGE-SECRET", "AGE-SECRED", 1), "line 2 is no key"},
		"cut":       {good.String()[:40], "line 1 is no key"},
		"two in it": {good.String() + "\r\n" + good.String() + "\n", ""},
	} {
		folder := t.TempDir()
		file := filepath.Join(folder, archive.KeyFile)
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		k, err := archive.ReadKeys(folder, "")
		if c.says == "" {
			if err != nil || k.Recipient() != good.Recipient().String() {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), good.String()[15:30]) {
			t.Errorf("%s: %v, want %q and nothing of the key", name, err, c.says)
		}
		if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
		if c.says != "" && c.text != "" {
			if _, err := archive.MakeKeys(folder, "", made); err == nil || !strings.Contains(err.Error(), "do not delete it") {
				t.Errorf("%s: a new key beside a damaged one: %v", name, err)
			}
		}
	}
	if _, err := archive.NewKeys("age1nonsense"); err == nil || !strings.Contains(err.Error(), "keys.escrow_recipient") {
		t.Errorf("escrow: %v", err)
	}
}

func TestTheEscrowKeyOpensARecordingWithoutUs(t *testing.T) {
	escrow, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	b := newBed(t)
	b.keys = newKeys(t, escrow.Recipient().String())
	b.Archive = b.open()
	far, officer := recordertest.Dialogue(2 * time.Second)
	r := b.sealed("1795436279.0", far, officer)
	sealed, err := os.Open(b.file(r))
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	plain, err := age.Decrypt(sealed, escrow)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(plain)
	if err != nil || int64(len(content)) != r.Size {
		t.Errorf("%d bytes of %d, %v", len(content), r.Size, err)
	}
}

// TestWithoutTheKey: nothing is sealed and nothing is played, but the files can be proved and
// what is there is called neither altered nor lost. When the key is back, all goes on.
func TestWithoutTheKey(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(time.Second)
	r := b.sealed("1795436279.0", far, officer)
	right := b.keys
	for name, wrong := range map[string]*archive.Keys{"none": archive.NoKeys(errors.New("the disk with the keys is not mounted")), "another": newKeys(t, "")} {
		b.keys = wrong
		b.Archive = b.open()
		_, _, err := b.Open(t.Context(), r.CallID)
		if !errors.Is(err, recorder.ErrNoKey) || errors.Is(err, recorder.ErrAltered) {
			t.Errorf("%s: open: %v", name, err)
		}
		if err := b.Verify(t.Context(), r); !errors.Is(err, recorder.ErrNoKey) || errors.Is(err, recorder.ErrAltered) {
			t.Errorf("%s: verify: %v", name, err)
		}
		if err := b.VerifyFile(t.Context(), r); err != nil {
			t.Errorf("%s: the file alone: %v", name, err)
		}
		if _, err := b.seal(row(r.CallID), far, officer); !errors.Is(err, recorder.ErrNoKey) {
			t.Errorf("%s: seal again: %v", name, err)
		}
		if _, err := b.Adopt(t.Context(), row(r.CallID)); !errors.Is(err, recorder.ErrNoKey) || errors.Is(err, recorder.ErrAltered) {
			t.Errorf("%s: take it over: %v", name, err)
		}
	}
	b.keys = archive.NoKeys(errors.New("the disk with the keys is not mounted"))
	b.Archive = b.open()
	if _, err := b.seal(row("other.0"), far, officer); !errors.Is(err, recorder.ErrNoKey) || !strings.Contains(err.Error(), "not mounted") {
		t.Errorf("seal: %v", err)
	}
	b.keys = right
	b.Archive = b.open()
	if err := b.Verify(t.Context(), r); err != nil {
		t.Error(err)
	}
}

// asBefore lays a file into the archive as it was sealed before recordings were encrypted.
func (b *bed) asBefore(callID string, far, officer []int16) recorder.Recording {
	b.t.Helper()
	r := b.sealed(callID, far, officer)
	content, err := os.ReadFile(b.path(r))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := errors.Join(os.Remove(b.file(r)), os.WriteFile(filepath.Join(b.folder, r.Path), content, 0o444)); err != nil {
		b.t.Fatal(err)
	}
	r.FileDigest, r.FileSize = "", 0
	if err := b.rows.SaveRecording(b.t.Context(), r); err != nil {
		b.t.Fatal(err)
	}
	b.Archive = b.open()
	return r
}

func TestRecordingsOfTheTimeBeforeEncryption(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(time.Second)
	r := b.asBefore("1795436279.0", far, officer)
	f, got, err := b.Open(t.Context(), r.CallID)
	if err != nil || got.File() != r.Path {
		t.Fatalf("open: %v", err)
	}
	heard, err := io.ReadAll(f)
	f.Close()
	if err != nil || int64(len(heard)) != r.Size {
		t.Errorf("%d bytes of %d, %v", len(heard), r.Size, err)
	}
	if err := errors.Join(b.Verify(t.Context(), r), b.VerifyFile(t.Context(), r)); err != nil {
		t.Error(err)
	}
	// A seal that was interrupted by the change of the program finds what it sealed already.
	s, err := b.seal(row(r.CallID), far, officer)
	if err != nil || s.FileDigest != "" || s.Digest != r.Digest || s.Size != r.Size {
		t.Errorf("sealed again: %+v, %v", s, err)
	}
	if _, err := b.seal(row(r.CallID), officer, far); !errors.Is(err, recorder.ErrConflict) {
		t.Errorf("other audio: %v", err)
	}
	if slices.Contains(b.files(), r.Path+recorder.EncryptedSuffix) {
		t.Errorf("two files for one call: %v", b.files())
	}
}

// TestNothingCanBeHeardFromTheDisk looks for the FLAC's own words and for the samples in every
// byte of the archive, after a seal and after one that was cut short at every step.
func TestNothingCanBeHeardFromTheDisk(t *testing.T) {
	far, officer := recordertest.Dialogue(time.Second)
	crash := errors.New("killed")
	for nth := 1; nth < 40; nth++ {
		b := newBed(t)
		for side, samples := range map[recorder.Side][]int16{recorder.Far: far, recorder.Officer: officer} {
			if _, err := b.receive("1.0", side, recordertest.WAV(samples)); err != nil {
				t.Fatal(err)
			}
		}
		count := 0
		b.SetFault(func(string, string) error {
			if count++; count >= nth {
				return crash
			}
			return nil
		})
		_, err := b.Seal(t.Context(), row("1.0"))
		b.SetFault(nil)
		if err := b.Discard(t.Context(), "1.0"); err != nil {
			t.Fatal(err)
		}
		for _, name := range b.files() {
			content, _ := os.ReadFile(filepath.Join(b.folder, name))
			if bytes.Contains(content, []byte("fLaC")) || bytes.Contains(content, []byte("RIFF")) || bytes.Contains(content, pcm(far[2000:2008])) {
				t.Errorf("stopped at step %d, %s can be listened to", nth, name)
			}
		}
		if err == nil {
			return
		}
	}
	t.Error("the seal has more steps than were tried")
}

func pcm(samples []int16) (b []byte) {
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// TestRangesOfAnEncryptedRecording compares every kind of range with the plain file, across
// the 64 KiB pieces of the encryption.
func TestRangesOfAnEncryptedRecording(t *testing.T) {
	b := newBed(t)
	far, officer := recordertest.Dialogue(30 * time.Second)
	r := b.sealed("1795436279.0", far, officer)
	plain, _ := os.ReadFile(b.path(r))
	size := int64(len(plain))
	if size < 3<<16 {
		t.Fatalf("%d bytes are too few for this test", size)
	}
	for span, want := range map[string][]byte{
		"bytes=0-0": plain[:1], "bytes=65535-65536": plain[65535:65537], "bytes=60000-140000": plain[60000:140001],
		"bytes=-1": plain[size-1:], "bytes=131072-": plain[131072:],
	} {
		f, _, err := b.Open(t.Context(), r.CallID)
		if err != nil {
			t.Fatal(err)
		}
		ask, answer := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		ask.Header.Set("Range", span)
		http.ServeContent(answer, ask, "", r.SealedAt, f)
		if answer.Code != http.StatusPartialContent || !bytes.Equal(answer.Body.Bytes(), want) {
			t.Errorf("%s: status %d, %d bytes, want %d", span, answer.Code, answer.Body.Len(), len(want))
		}
		f.Close()
	}
}

// FuzzEncryptedFile cuts, grows and changes a sealed file anywhere: it is never played, never
// panics, and the key is never blamed for what was done to the file.
func FuzzEncryptedFile(f *testing.F) {
	far, officer := recordertest.Dialogue(200 * time.Millisecond)
	b := newBed(f)
	r := b.sealed("fuzz.0", far, officer)
	whole, err := os.ReadFile(b.file(r))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, byte(1), 0, []byte(nil))
	f.Add(25, byte(0x20), 0, []byte(nil))
	f.Add(len(whole)-1, byte(0xff), 0, []byte(nil))
	f.Add(0, byte(0), 1, []byte(nil))
	f.Add(0, byte(0), len(whole), []byte("age-encryption.org/v1\n-> X25519 AAAA\n--- AAAA\n"))
	f.Add(0, byte(0), 0, []byte{0})
	f.Fuzz(func(t *testing.T, at int, flip byte, cut int, more []byte) {
		bad := bytes.Clone(whole)
		bad[int(uint(at)%uint(len(bad)))] ^= flip
		bad = append(bad[:len(bad)-int(uint(cut)%uint(len(bad)+1))], more...)
		same := bytes.Equal(bad, whole)
		if plain, size, err := b.keys.DecryptAt(bytes.NewReader(bad), int64(len(bad))); err == nil {
			got, err := io.ReadAll(io.NewSectionReader(plain, 0, size))
			if err == nil && digestOfBytes(got) != r.Digest {
				t.Fatal("other bytes were taken for the recording")
			}
		}
		if err := os.Chmod(b.file(r), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b.file(r), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.Verify(context.Background(), r); same == (err != nil) || !same && !errors.Is(err, recorder.ErrAltered) {
			t.Fatalf("the same file: %v; verify says %v", same, err)
		}
	})
}
