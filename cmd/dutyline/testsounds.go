package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/backup"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony/testcall"
)

// soundsName is the folder of what test calls heard, beside the log and in a backup.
const soundsName = "tests"

func soundsBeside(log string) string { return filepath.Join(filepath.Dir(log), soundsName) }

func soundFile(id int64) string { return fmt.Sprintf("%06d.wav", id) + recorder.EncryptedSuffix }

// testSounds keeps what test calls heard: one file each, encrypted as recordings are, written once
// and never changed. The log has the file's digest.
type testSounds struct {
	folder string
	keys   *archive.Keys
}

func (s *testSounds) name(id int64) string {
	return filepath.Join(s.folder, soundFile(id))
}

// Keep writes a sound and gives the digest of the file.
func (s *testSounds) Keep(id int64, wav []byte) (digest string, err error) {
	var sealed bytes.Buffer
	in, err := s.keys.Encrypt(&sealed)
	if err != nil {
		return "", err
	}
	_, err = in.Write(wav)
	if err = errors.Join(err, in.Close()); err != nil {
		return "", err
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of test calls: %w", err)
	}
	sum := sha256.Sum256(sealed.Bytes())
	return hex.EncodeToString(sum[:]), writeOnce(s.name(id), sealed.Bytes())
}

// Open gives the sound of a test, proved by its digest.
func (s *testSounds) Open(r testcall.Result) ([]byte, error) {
	if r.Sound == "" {
		return nil, recorder.ErrNoRecording
	}
	sealed, err := s.sealed(r)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: its file is not there any more", recorder.ErrNoRecording)
	}
	if err != nil {
		return nil, err
	}
	plain, err := s.keys.Decrypt(bytes.NewReader(sealed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(plain)
}

// sealed reads the file of a test and compares it with the digest on record.
func (s *testSounds) sealed(r testcall.Result) ([]byte, error) {
	sealed, err := readRegular(s.name(r.ID))
	if err != nil {
		return nil, fmt.Errorf("read what test call %d heard: %w", r.ID, err)
	}
	if sum := sha256.Sum256(sealed); hex.EncodeToString(sum[:]) != r.Sound {
		return nil, fmt.Errorf("%w: %s is not what was kept; put it back from the backup", recorder.ErrAltered, soundFile(r.ID))
	}
	return sealed, nil
}

const testSoundFiles = "test sounds"

// checkSounds compares what test calls heard with the digests on record. No key is needed.
func (f *verifyRun) checkSounds(ctx context.Context, v *sqlite.Verifier, report *audit.Report) error {
	tests, err := v.HeardTests(ctx)
	if err != nil {
		return err
	}
	s := testSounds{folder: soundsBeside(f.db)}
	_, missing := os.Stat(s.folder)
	if missing != nil {
		missing = fmt.Errorf("the folder of what test calls heard is not here: %w", missing)
	}
	for _, r := range tests {
		err := missing
		if err == nil {
			_, err = s.sealed(r)
		}
		if missing == nil && (errors.Is(err, os.ErrNotExist) || errors.Is(err, errNoFile)) {
			err = fmt.Errorf("%w: %s is gone; put it back from the backup", recorder.ErrAltered, soundFile(r.ID))
		}
		if err := sayFile(ctx, report, testSoundFiles, fmt.Sprintf("what test call %d heard", r.ID), err); err != nil {
			return err
		}
	}
	return nil
}

// sounds copies what test calls heard, as the picture of the log knows it.
func (b *backupRun) sounds(ctx context.Context, picture *sqlite.Copy) error {
	tests, err := picture.HeardTests(ctx)
	if err != nil || len(tests) == 0 {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(b.from.log))
	if err != nil {
		return err
	}
	defer root.Close()
	b.tell.step("copy what test calls heard", 0, 0)
	for _, r := range tests {
		want := backup.File{Name: soundsName + "/" + soundFile(r.ID), SHA256: r.Sound}
		if info, err := root.Stat(want.Name); err == nil {
			want.Size = info.Size() // the log does not know it
		}
		if err := b.draft.KeepProved(ctx, root, want.Name, want); err != nil {
			return err
		}
	}
	return nil
}

// writeOnce writes a file durably: temp, fsync, rename, fsync the folder, read-only.
func writeOnce(name string, content []byte) (err error) {
	temp := name + ".part"
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o400)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
