package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
)

// openEvidenceKey reads the key that signs checkpoints, and makes it at the very first start.
// One that is gone later is never replaced by itself: what it signed would seem to be of
// another log. Nor is one taken that the log does not know: it came there unasked.
func openEvidenceKey(ctx context.Context, file string, db *sqlite.DB) (key audit.Key, made bool, err error) {
	key, err = readEvidenceKey(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	known, e := db.Signers(ctx)
	if e != nil {
		return key, false, e
	}
	switch {
	case err == nil && len(known) > 0 && !slices.Contains(known, key.Fingerprint()):
		return audit.Key{}, false, fmt.Errorf("key that signs checkpoints: %s holds another key, of fingerprint %s, and the log was signed with the key of fingerprint %s; bring that one back, or begin with a new key by dutyline checkpoint --new-key",
			file, key.Fingerprint(), known[len(known)-1])
	case err == nil:
		return key, false, nil
	case len(known) > 0:
		return key, false, fmt.Errorf("%w: the log was signed with the key of fingerprint %s; put that file back, or begin with a new key by dutyline checkpoint --new-key",
			err, known[len(known)-1])
	}
	if err := makeEvidenceKey(file); err != nil {
		return key, false, err
	}
	key, err = readEvidenceKey(file)
	return key, true, err
}

func readEvidenceKey(file string) (audit.Key, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return audit.Key{}, fmt.Errorf("key that signs checkpoints: %w", err)
	}
	if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o077 != 0 {
		return audit.Key{}, fmt.Errorf("key that signs checkpoints: %s can be read by others than its owner: chmod 600 %s, and consider a new key", file, file)
	}
	key, err := audit.ParseKey(string(text))
	if err != nil {
		return key, fmt.Errorf("key that signs checkpoints: %s: %w; bring the file back from where a copy is kept", file, err)
	}
	return key, nil
}

// makeEvidenceKey writes a new key durably, and never over one that is there.
func makeEvidenceKey(file string) error {
	secret, err := audit.NewKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder of the evidence key: %w; create it and give it to the daemon's user", err)
	}
	f, err := os.CreateTemp(folder, ".evidence-*") // mode 600
	if err != nil {
		return fmt.Errorf("make the evidence key: %w; give the folder to the daemon's user, or name another file with evidence.key_file", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(secret)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), file) // fails when the file is there meanwhile
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the evidence key %s: %w", file, err)
	}
	return syncFolder(folder)
}
