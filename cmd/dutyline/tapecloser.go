package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dutyline/recorder"
	"dutyline/recorder/archive"
	"dutyline/telephony/tape"
)

// tapeRest is for how long a file of the tape must not have been written before it is closed:
// a clock that was set back may take up an older file for a while.
const tapeRest = 10 * time.Minute

// tapeCloser encrypts the files of the tape that are not written any more. The newest one
// stays as it is, readable by the daemon's user only.
type tapeCloser struct {
	folder tapeFolder
	keys   *archive.Keys
}

// Close encrypts what is to be closed; without keys everything stays as it is.
func (t tapeCloser) Close(ctx context.Context, now time.Time) error {
	if t.keys.Err() != nil {
		return nil
	}
	open, err := t.open()
	if err != nil {
		return fmt.Errorf("list the tape: %w", err)
	}
	for _, name := range open {
		info, err := os.Stat(t.path(name))
		if err != nil || now.Sub(info.ModTime()) < tapeRest {
			continue // gone meanwhile, or still warm
		}
		if err := t.encrypt(ctx, name); err != nil {
			return fmt.Errorf("encrypt tape %s: %w", name, err)
		}
	}
	return nil
}

func (t tapeCloser) path(name string) string { return filepath.Join(string(t.folder), name) }

// files are the names of the tape's files, the oldest first.
func (t tapeCloser) files() ([]tape.File, error) {
	all, err := t.folder.List()
	all = slices.DeleteFunc(all, func(f tape.File) bool { _, ours := tape.Day(f.Name); return !ours })
	slices.SortFunc(all, func(a, b tape.File) int { return tape.Compare(a.Name, b.Name) })
	return all, err
}

// open are the files that are not encrypted, but for the newest.
func (t tapeCloser) open() (names []string, err error) {
	all, err := t.files()
	for i, f := range all {
		if i < len(all)-1 && filepath.Ext(f.Name) != recorder.EncryptedSuffix {
			names = append(names, f.Name)
		}
	}
	return names, err
}

// encrypt replaces a file by its encrypted form, after that was read back and found to be the
// same. A crash anywhere leaves at least one of both.
func (t tapeCloser) encrypt(ctx context.Context, name string) error {
	plain, err := os.Open(t.path(name))
	if err != nil {
		return err
	}
	defer plain.Close()
	sum := sha256.New()
	sealed := t.path(name) + recorder.EncryptedSuffix
	if err := t.write(ctx, sealed, io.TeeReader(plain, sum)); err != nil {
		return err
	}
	back, err := t.read(sealed)
	if err != nil {
		return err
	}
	defer back.Close()
	again := sha256.New()
	if _, err := io.Copy(again, back); err != nil {
		return err
	}
	if !bytes.Equal(again.Sum(nil), sum.Sum(nil)) {
		return errors.Join(errors.New("what was written is not what is read: check the disk"), os.Remove(sealed))
	}
	return os.Remove(t.path(name))
}

// write makes an encrypted file in the durable way: temp, fsync, rename, fsync the folder.
func (t tapeCloser) write(ctx context.Context, name string, from io.Reader) (err error) {
	temp := name + ".part"
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(temp))
		}
	}()
	w, err := t.keys.Encrypt(f)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, cancelable{ctx, from}); err != nil {
		return err
	}
	if err := errors.Join(w.Close(), f.Sync()); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	_ = f.Close() // synced already
	return syncFolder(filepath.Dir(name))
}

func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// read opens a file of the tape, encrypted or not.
func (t tapeCloser) read(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil || filepath.Ext(name) != recorder.EncryptedSuffix {
		return f, err
	}
	plain, err := t.keys.Decrypt(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, f}, nil
}

// cancelable reads until its context ends.
type cancelable struct {
	ctx context.Context
	io.Reader
}

func (c cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}
