package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony/testcall"
)

// testSounds keeps what test calls heard: one file each, encrypted as recordings are, written once
// and never changed. The log has the file's digest.
type testSounds struct {
	folder string
	keys   *archive.Keys
}

func (s *testSounds) name(id int64) string {
	return filepath.Join(s.folder, fmt.Sprintf("%06d.wav.age", id))
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
	sealed, err := os.ReadFile(s.name(r.ID))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: its file is not there any more", recorder.ErrNoRecording)
	}
	if err != nil {
		return nil, fmt.Errorf("read what test call %d heard: %w", r.ID, err)
	}
	if sum := sha256.Sum256(sealed); hex.EncodeToString(sum[:]) != r.Sound {
		return nil, recorder.ErrAltered
	}
	plain, err := s.keys.Decrypt(bytes.NewReader(sealed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(plain)
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
