package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

var errPacking = errors.New("it is packed in a way that cannot be read here: unpack it (let logrotate use gzip)")

// openJournalFile reads one file of the switch's journal, also one that rotation packed.
func openJournalFile(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(name) {
	case ".gz":
		r, err := gzip.NewReader(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("unpack it: %w", err), f.Close())
		}
		return unpacked{r, f}, nil
	case ".bz2", ".xz", ".zst":
		return nil, errors.Join(errPacking, f.Close())
	}
	return f, nil
}

type unpacked struct {
	io.Reader
	io.Closer
}

// packed rewrites a packed file of the journal without the lines that have to go. It keeps its
// owner and its time, and is never there by half.
func (s *sweep) packed(name string) (blanked int, err error) {
	if blanked, err = s.unpack(name, io.Discard); err != nil || blanked == 0 {
		return 0, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	folder := filepath.Dir(name)
	to, err := os.CreateTemp(folder, ".sweep-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(to.Name())
	w := gzip.NewWriter(to)
	_, err = s.unpack(name, w)
	err = errors.Join(err, w.Close(), to.Chmod(info.Mode().Perm()))
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && ownerOf(to.Name()) != int(owner.Uid) {
		err = errors.Join(err, to.Chown(int(owner.Uid), int(owner.Gid)))
	}
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return 0, err
	}
	if err := errors.Join(os.Chtimes(to.Name(), info.ModTime(), info.ModTime()), os.Rename(to.Name(), name)); err != nil {
		return 0, err
	}
	return blanked, syncFolder(folder)
}

func (s *sweep) unpack(name string, to io.Writer) (blanked int, err error) {
	from, err := openJournalFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer from.Close()
	return s.through(from, to)
}
