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

// Policy bounds the files of a tape. What has to go, and when, is not the tape's to decide.
type Policy struct {
	MaxBytes int64 // of all files together: one file is an eighth of it
}

// segments is into how many files the allowed bytes are cut, so that the oldest part can
// go without taking everything.
const segments = 8

const (
	suffix = ".jsonl"
	closed = ".age" // behind the name of a file that was closed and encrypted
)

// Day reads the day out of the name of a tape's file, closed or not; false for other files.
func Day(name string) (time.Time, bool) {
	base, ok := strings.CutSuffix(strings.TrimSuffix(name, closed), suffix)
	if !ok || len(base) < len(time.DateOnly) {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, base[:len(time.DateOnly)])
	part := base[len(time.DateOnly):]
	return day, err == nil && (part == "" || len(part) >= 4 && part[0] == '-' && strings.Trim(part[1:], "0123456789") == "")
}

// Compare puts the names of a tape's files in the order in which they were written.
func Compare(a, b string) int { return strings.Compare(sortKey(a), sortKey(b)) }

// sortKey makes the names of one day sort by their part: the first has none.
func sortKey(name string) string {
	base := strings.TrimSuffix(strings.TrimSuffix(name, closed), suffix)
	day := min(len(base), len(time.DateOnly))
	return base[:day] + fmt.Sprintf("%12s", base[day:])
}

// FileName names the file of a day's part; parts count from 1.
func FileName(day time.Time, part int) string {
	name := day.UTC().Format(time.DateOnly)
	if part > 1 {
		name += fmt.Sprintf("-%03d", part)
	}
	return name + suffix
}

// Writer writes a tape, a file a day or more. It is for
// one goroutine. What it buffers reaches the file on Flush and on Close.
type Writer struct {
	folder Folder
	policy Policy
	name   string
	day    string
	part   int
	size   int64
	file   io.WriteCloser
	out    *bufio.Writer
	line   []byte
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

// rotate closes the file and opens the next.
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
		if _, ours := Day(f.Name); ours && strings.HasPrefix(f.Name, day) {
			w.part = max(w.part, partOf(f.Name))
		}
	}
	last := FileName(at, w.part) + closed
	if full || slices.ContainsFunc(files, func(f File) bool { return f.Name == last }) { // what was closed stays closed
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
	return nil
}

// partOf reads the part out of a tape's file name.
func partOf(name string) int {
	n := 0
	for _, c := range strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(name, closed), suffix)[len(time.DateOnly):], "-") {
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
