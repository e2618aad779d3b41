package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// item is one recording in a generation's list.
type item struct {
	digest string
	path   string
}

// line is how sha256sum writes it; its -c reads it.
func (i item) line() string { return i.digest + "  " + i.path + "\n" }

// check refuses what could not be read back, or lead out of a folder. Such a path is in the
// log only when somebody else wrote there.
func (i item) check() error {
	if !filepath.IsLocal(i.path) || filepath.Clean(i.path) != i.path || !strings.Contains(i.path, "/") ||
		strings.HasPrefix(i.path, ".") || strings.Contains(i.path, "/.") ||
		strings.ContainsFunc(i.path, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return fmt.Errorf("%s is no place of a recording", strconv.Quote(i.path))
	}
	if !isDigest(i.digest) {
		return fmt.Errorf("%q is no SHA-256", i.digest)
	}
	return nil
}

func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// items reads a list, in order of the paths. Nil reads as an empty one.
type items struct {
	in   *bufio.Reader
	last string
}

func newItems(from io.Reader) *items { return &items{in: bufio.NewReader(from)} }

// next is io.EOF behind the last line.
func (l *items) next() (item, error) {
	if l == nil {
		return item{}, io.EOF
	}
	text, err := l.in.ReadString('\n')
	if errors.Is(err, io.EOF) && text != "" {
		return item{}, fmt.Errorf("its last line is cut")
	}
	if err != nil {
		return item{}, err
	}
	digest, path, found := strings.Cut(strings.TrimSuffix(text, "\n"), "  ")
	i := item{digest: digest, path: path}
	if !found {
		return item{}, fmt.Errorf("%.100q is no line of a list", text)
	}
	if err := i.check(); err != nil {
		return item{}, err
	}
	if path <= l.last {
		return item{}, fmt.Errorf("%s is not in order", path)
	}
	l.last = path
	return i, nil
}

// known looks paths up in a list, which must be asked for in order.
type known struct {
	list *items
	at   item
	err  error
}

func newKnown(list *items) *known {
	k := &known{list: list}
	k.at, k.err = list.next()
	return k
}

// has says whether the list has this file with this digest.
func (k *known) has(want item) bool {
	for k.err == nil && k.at.path < want.path {
		k.at, k.err = k.list.next()
	}
	return k.err == nil && k.at == want
}
