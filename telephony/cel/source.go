package cel

import (
	"bytes"
	"io"
	"os"
	"time"
)

// markBytes is how much of a file's beginning, and of what stands before a position, makes
// the position's mark. Every record carries microseconds and an id, so two files hardly agree.
const markBytes = 256

// source is one file of the journal and how far it was read.
type source struct {
	file   *os.File
	path   string
	offset int64  // all before it is settled
	read   int64  // all before it was read
	head   []byte // the file's first bytes, as far as they are settled
	before []byte // the last bytes before offset
	recent []byte // the last bytes before read
	copy   bool   // made before the journal was cut: nothing comes to it any more
	gap    *Gap   // to be told before its first record
}

func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "open", Path: path, Err: errNoFile}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &source{file: f, path: path}, nil
}

func (s *source) close() { _ = s.file.Close() }

func (s *source) info() os.FileInfo {
	info, err := s.file.Stat()
	if err != nil {
		return nil // only of a file that was closed
	}
	return info
}

func (s *source) size() int64 {
	if info := s.info(); info != nil {
		return info.Size()
	}
	return 0
}

func (s *source) written() time.Time {
	if info := s.info(); info != nil {
		return info.ModTime()
	}
	return time.Time{}
}

// edges reads what makes the mark of an offset; false when the file is shorter.
func (s *source) edges(offset int64) (head, before []byte, ok bool) {
	n := min(offset, markBytes)
	head, before = make([]byte, n), make([]byte, n)
	if _, err := s.file.ReadAt(head, 0); err != nil && (err != io.EOF || n > 0) {
		return nil, nil, false
	}
	if _, err := s.file.ReadAt(before, offset-n); err != nil && (err != io.EOF || n > 0) {
		return nil, nil, false
	}
	return head, before, true
}

// took notes what was read.
func (s *source) took(b []byte) {
	s.read += int64(len(b))
	s.recent = append(s.recent, b[max(0, len(b)-markBytes):]...)
	s.recent = append(s.recent[:0], s.recent[max(0, len(s.recent)-markBytes):]...)
}

// intact is whether the file still holds what was read: it was neither cut nor written anew.
// What was erased from it meanwhile is not held against it.
func (s *source) intact() bool {
	head, before, ok := s.edges(s.offset)
	if !ok || !holds(head, s.head) || !holds(before, s.before) {
		return false
	}
	recent := make([]byte, len(s.recent))
	n, _ := s.file.ReadAt(recent, s.read-int64(len(recent)))
	return n == len(recent) && holds(recent, s.recent)
}

// stand is at an offset that holds these edges, with nothing read behind it.
func (s *source) stand(offset int64, head, before []byte) {
	s.offset, s.read, s.head, s.before, s.recent = offset, offset, head, before, nil
}

// seek goes to an offset that was read before, in this file or in what it was; false when
// the file does not hold it. In another file than this one, something must be left of it.
func (s *source) seek(offset int64, mark string, same bool) bool {
	head, before, ok := s.edges(offset)
	if !ok {
		return false
	}
	if how := holdsMark(head, before, mark); how == heldNot || how == heldBlank && !same {
		return false
	}
	s.stand(offset, head, before)
	return true
}

// toLastLine goes behind the last whole line.
func (s *source) toLastLine() {
	const block = 64 << 10
	buf := make([]byte, block)
	for end := s.size(); end > 0; end -= min(end, block) {
		from := max(0, end-block)
		n, err := s.file.ReadAt(buf[:end-from], from)
		if err != nil && err != io.EOF {
			return
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			offset := from + int64(i) + 1
			if head, before, ok := s.edges(offset); ok {
				s.stand(offset, head, before)
			}
			return
		}
	}
}
