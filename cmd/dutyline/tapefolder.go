package main

import (
	"io"
	"os"
	"path/filepath"

	"dutyline/telephony/tape"
)

// tapeFolder is a folder of the file system that holds the tape. It exists already.
type tapeFolder string

// Append opens a file for writing at its end; what callers said is nobody else's business.
func (f tapeFolder) Append(name string) (io.WriteCloser, error) {
	return os.OpenFile(filepath.Join(string(f), name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// List names the files with their sizes.
func (f tapeFolder) List() ([]tape.File, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return nil, err
	}
	var out []tape.File
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // gone meanwhile, or none of ours
		}
		out = append(out, tape.File{Name: e.Name(), Size: info.Size()})
	}
	return out, nil
}

// Remove deletes one file.
func (f tapeFolder) Remove(name string) error { return os.Remove(filepath.Join(string(f), name)) }

// bytes is how much the tape takes on the disk; 0 when that cannot be told.
func (f tapeFolder) bytes() int64 {
	files, err := f.List()
	if err != nil {
		return 0
	}
	var sum int64
	for _, file := range files {
		sum += file.Size
	}
	return sum
}
