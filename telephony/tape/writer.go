package tape

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Folder is where a tape lies: a flat set of named files. None of its methods retries.
type Folder interface {
	// Append opens a file for writing at its end and makes it when it is not there.
	Append(name string) (io.WriteCloser, error)
	// List names the folder's files with their sizes, in any order.
	List() ([]File, error)
	// Remove deletes one file.
	Remove(name string) error
}

// File is one file of a tape.
type File struct {
	Name string
	Size int64
}

// Policy bounds a tape.
type Policy struct {
	Days     int   // whole days kept beside today's
	MaxBytes int64 // of all files together
}

// segments is into how many files the allowed bytes are cut, so that the oldest part can
// go without taking everything.
const segments = 8

// Removal is a file that has to go, and why.
type Removal struct {
	Name   string
	Reason string // "too old" or "too much"
}

// Plan decides which files of a tape have to go now. It never names the file being
// written, nor anything that does not look like a tape's file.
func Plan(files []File, p Policy, now time.Time, current string) []Removal {
	ours := slices.DeleteFunc(slices.Clone(files), func(f File) bool { return !isTape(f.Name) })
	slices.SortFunc(ours, func(a, b File) int { return strings.Compare(sortKey(a.Name), sortKey(b.Name)) })
	oldest := now.UTC().AddDate(0, 0, -p.Days).Format(time.DateOnly)
	var total int64
	for _, f := range ours {
		total += f.Size
	}
	var out []Removal
	for _, f := range ours {
		switch {
		case f.Name == current:
			continue
		case f.Name[:len(time.DateOnly)] < oldest:
			out = append(out, Removal{f.Name, "too old"})
		case total > p.MaxBytes:
			out = append(out, Removal{f.Name, "too much"})
		default:
			continue
		}
		total -= f.Size
	}
	return out
}

const suffix = ".jsonl"

// isTape recognizes "2026-11-23.jsonl" and "2026-11-23-002.jsonl".
func isTape(name string) bool {
	base, ok := strings.CutSuffix(name, suffix)
	if !ok || len(base) < len(time.DateOnly) {
		return false
	}
	_, err := time.Parse(time.DateOnly, base[:len(time.DateOnly)])
	part := base[len(time.DateOnly):]
	return err == nil && (part == "" || len(part) >= 4 && part[0] == '-' && strings.Trim(part[1:], "0123456789") == "")
}

// sortKey makes the names of one day sort by their part: the first has none.
func sortKey(name string) string {
	base := strings.TrimSuffix(name, suffix)
	return base[:len(time.DateOnly)] + fmt.Sprintf("%12s", base[len(time.DateOnly):])
}

// FileName names the file of a day's part; parts count from 1.
func FileName(day time.Time, part int) string {
	name := day.UTC().Format(time.DateOnly)
	if part > 1 {
		name += fmt.Sprintf("-%03d", part)
	}
	return name + suffix
}

// Writer writes a tape, a file a day or more, and keeps it within its policy. It is for
// one goroutine. What it buffers reaches the file on Flush and on Close.
type Writer struct {
	folder  Folder
	policy  Policy
	name    string
	day     string
	part    int
	size    int64
	file    io.WriteCloser
	out     *bufio.Writer
	line    []byte
	Removed func(Removal) // told of every file that had to go; may be nil
}

// NewWriter prepares a tape; nothing is opened before the first Write.
func NewWriter(folder Folder, policy Policy) *Writer {
	return &Writer{folder: folder, policy: policy}
}

// Write adds one record; its time decides the file.
func (w *Writer) Write(r Record) error {
	w.line = appendLine(w.line[:0], r)
	day := r.At.UTC().Format(time.DateOnly)
	full := w.policy.MaxBytes > 0 && w.size+int64(len(w.line)) > w.policy.MaxBytes/segments && w.size > 0
	if w.file == nil || day != w.day || full {
		if err := w.rotate(r.At, day, full); err != nil {
			return err
		}
	}
	n, err := w.out.Write(w.line)
	w.size += int64(n)
	if err != nil {
		return fmt.Errorf("write tape %s: %w", w.name, errors.Join(err, w.Close()))
	}
	return nil
}

// rotate closes the file, opens the next and removes what the policy no longer allows.
func (w *Writer) rotate(at time.Time, day string, full bool) error {
	if err := w.Close(); err != nil {
		return err
	}
	files, err := w.folder.List()
	if err != nil {
		return fmt.Errorf("list the tape's folder: %w", err)
	}
	w.day, w.part, w.size = day, 1, 0
	for _, f := range files { // go on where the last run stopped
		if isTape(f.Name) && strings.HasPrefix(f.Name, day) {
			w.part = max(w.part, partOf(f.Name))
		}
	}
	if full {
		w.part++
	}
	w.name = FileName(at, w.part)
	for _, f := range files {
		if f.Name == w.name {
			w.size = f.Size
		}
	}
	if w.file, err = w.folder.Append(w.name); err != nil {
		return fmt.Errorf("open tape %s: %w", w.name, err)
	}
	w.out = bufio.NewWriterSize(w.file, 64<<10)
	for _, gone := range Plan(files, w.policy, at, w.name) {
		if err := w.folder.Remove(gone.Name); err != nil {
			return fmt.Errorf("remove tape %s (%s): %w", gone.Name, gone.Reason, err)
		}
		if w.Removed != nil {
			w.Removed(gone)
		}
	}
	return nil
}

// partOf reads the part out of a tape's file name.
func partOf(name string) int {
	n := 0
	for _, c := range strings.TrimPrefix(strings.TrimSuffix(name, suffix)[len(time.DateOnly):], "-") {
		n = n*10 + int(c-'0')
	}
	return max(n, 1)
}

// Flush hands what is buffered to the file.
func (w *Writer) Flush() error {
	if w.out == nil {
		return nil
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write tape %s: %w", w.name, err)
	}
	return nil
}

// Close ends the current file; a later Write opens it again.
func (w *Writer) Close() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.Flush(), w.file.Close())
	w.file, w.out = nil, nil
	return err
}
