package cel

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is one file of the journal's folder: the journal, or what rotation made of it.
type entry struct {
	path       string
	info       os.FileInfo
	number     int    // of cel.jsonl.3: 3; 0 of the journal itself; -1 when its name has no such number
	date       string // of cel.jsonl-20261126
	compressed bool
}

// rotatedName is how logrotate names old files: a number that grows with age, or a date.
var rotatedName = regexp.MustCompile(`^[.-](\d[\d-]*)(\.(?:gz|bz2|xz|zst))?$`)

// chain lists the journal's files, oldest first; the journal itself, when it exists, is the last.
func chain(journal string) ([]entry, error) {
	dir, base := filepath.Split(journal)
	names, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, n := range names {
		e := entry{path: filepath.Join(dir, n.Name())}
		if n.Name() != base {
			rest, ok := bytes.CutPrefix([]byte(n.Name()), []byte(base))
			m := rotatedName.FindSubmatch(rest)
			if !ok || m == nil {
				continue
			}
			e.compressed = len(m[2]) > 0
			e.number, e.date = numberOf(string(m[1]))
		}
		info, err := os.Stat(e.path)
		if err != nil || !info.Mode().IsRegular() {
			continue // gone meanwhile, or none of ours
		}
		e.info = info
		out = append(out, e)
	}
	out = slices.DeleteFunc(out, func(e entry) bool { return e.compressed && stillWhole(out, e) })
	slices.SortFunc(out, older)
	return out, nil
}

// Files lists the files of a journal that are there, oldest first, also those that rotation
// packed; the journal itself is the last.
func Files(journal string) ([]string, error) {
	files, err := chain(journal)
	names := make([]string, len(files))
	for i, e := range files {
		names[i] = e.path
	}
	return names, err
}

// stillWhole is whether a file is just being compressed.
func stillWhole(files []entry, e entry) bool {
	whole := strings.TrimSuffix(e.path, filepath.Ext(e.path))
	return slices.ContainsFunc(files, func(f entry) bool { return f.path == whole })
}

func numberOf(s string) (number int, date string) {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && len(s) <= 5 {
		return n, ""
	}
	return -1, s
}

// older orders by what the names say, which no clock can falsify; by time where they say nothing.
func older(a, b entry) int {
	switch {
	case a.number == 0 || b.number == 0: // the journal itself is the newest
		return cmp.Compare(btoi(a.number == 0), btoi(b.number == 0))
	case a.number > 0 && b.number > 0 && a.number != b.number:
		return cmp.Compare(b.number, a.number)
	case a.date != "" && b.date != "" && a.date != b.date:
		return cmp.Compare(a.date, b.date)
	}
	return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), cmp.Compare(a.path, b.path))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hole is whether the names say that a file between two neighbours is missing.
func hole(a, b entry) bool { return a.number > 0 && b.number >= 0 && a.number-b.number > 1 }

// place is where an open file is in the chain: under its name now, or where it was
// compressed; -1 when it is gone.
func place(files []entry, s *source) int {
	info := s.info()
	if info == nil {
		return -1
	}
	if i := slices.IndexFunc(files, func(e entry) bool { return os.SameFile(e.info, info) }); i >= 0 {
		return i
	}
	return slices.IndexFunc(files, func(e entry) bool { return e.compressed && beginsLike(e.path, s) })
}

// beginsLike is whether a file is the beginning of an open one, or all of it, packed with gzip.
func beginsLike(path string, s *source) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		return false
	}
	want, got := make([]byte, chunk), make([]byte, chunk)
	for at := int64(0); ; { // all of it: its beginning may have been erased
		n, _ := s.file.ReadAt(want, at)
		m, err := io.ReadFull(r, got) // a file that is just being packed ends early
		if n == 0 || n < m || !bytes.Equal(want[:m], got[:m]) {
			return at > 0 && n == 0 && m == 0
		}
		if at += int64(m); err != nil {
			return at > 0
		}
	}
}

// lastRow is the time of a file's last record; zero when none is near its end.
func lastRow(e entry, zone *time.Location) time.Time {
	f, err := os.Open(e.path)
	if err != nil {
		return time.Time{}
	}
	defer f.Close()
	const block = 64 << 10
	b := make([]byte, block)
	n, err := f.ReadAt(b, max(0, e.info.Size()-block))
	if err != nil && err != io.EOF {
		return time.Time{}
	}
	lines := bytes.Split(b[:n], []byte("\n"))
	for _, line := range slices.Backward(lines) {
		if row, err := DecodeIn(line, zone); err == nil {
			return row.At
		}
	}
	return time.Time{}
}
