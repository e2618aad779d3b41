// Package disk keeps a tape in a folder of the local disk.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dutyline/telephony/tape"
)

// Folder is a tape.Folder on the local disk. Its files are readable by their owner only:
// a tape holds callers' numbers.
type Folder struct{ path string }

// New makes the folder when it is not there.
func New(path string) (Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return Folder{}, fmt.Errorf("make tape folder: %w; create it and give it to the daemon's user", err)
	}
	return Folder{path}, nil
}

// Append implements tape.Folder.
func (f Folder) Append(name string) (io.WriteCloser, error) {
	return os.OpenFile(filepath.Join(f.path, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// List implements tape.Folder. A file that goes while it is listed is left out.
func (f Folder) List() ([]tape.File, error) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, err
	}
	var files []tape.File
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			files = append(files, tape.File{Name: e.Name(), Size: info.Size()})
		}
	}
	return files, nil
}

// Remove implements tape.Folder.
func (f Folder) Remove(name string) error { return os.Remove(filepath.Join(f.path, name)) }
