package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
	"dutyline/telephony"
	"dutyline/telephony/cel"
)

// sweep blanks lines of files in which erased words are, or a call that is erased as a whole, and
// damaged lines with anything of that (see damage.go). A line is overwritten with spaces where it stands: the file keeps its length and its place,
// so that whoever appends to it or reads on from an offset is not disturbed.
type sweep struct {
	words   [][]byte // in every form in which they may be written
	names   [][]byte // of who called: only around the call, and in damaged lines
	numbers [][]byte // what every spelling of who called ends with: only in damaged lines
	callID  []byte   // as the switch gave it; empty: only words are looked for
	during  sqlite.Span
	others  []sqlite.Namesake // calls to which the switch gave the same id: their lines stay
	unclear bool              // a line with the id may be of another call that is held, and stayed
	zone    *time.Location    // of the switch's journal
	tape    tapeCloser
}

// shortestWord is how many bytes a text must have to be looked for in files: a shorter one
// says nothing by itself and is everywhere.
const shortestWord = 4

func newSweep(tr sqlite.Traces, whole bool, tape tapeCloser) *sweep {
	s := &sweep{during: tr.During, others: tr.Namesakes, zone: time.Local, tape: tape}
	for _, w := range tr.Words {
		if len(w) >= shortestWord {
			s.words = append(s.words, spellings(w)...)
		}
	}
	if whole {
		id, _, _ := strings.Cut(tr.CallID, recorder.AgainMark)
		s.callID = []byte(id)
		for _, n := range tr.Names {
			if len(n) >= shortestWord {
				s.names = append(s.names, spellings(n)...)
			}
			if core := telephony.ParseNumber(n, "").Core(); len(core) >= leastCore {
				s.numbers = append(s.numbers, []byte(core))
			}
		}
	}
	return s
}

// spellings are how a text may stand in a JSON line: as it is, with the usual escapes, with
// those for HTML, and with every character that is not ASCII escaped.
func spellings(text string) (all [][]byte) {
	html, _ := json.Marshal(text) // a string always marshals
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	_ = e.Encode(text)
	var ascii strings.Builder
	for _, r := range strings.TrimSpace(plain.String()) {
		switch {
		case r < 0x80:
			ascii.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&ascii, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&ascii, `\u%04x`, r)
		}
	}
	for _, s := range []string{text, unquoted(string(html)), unquoted(plain.String()), unquoted(ascii.String()), upperEscapes(unquoted(ascii.String()))} {
		if !slices.ContainsFunc(all, func(b []byte) bool { return string(b) == s }) {
			all = append(all, []byte(s))
		}
	}
	return all
}

func unquoted(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), `"`), `"`)
}

func upperEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+5 < len(b); i++ {
		if b[i] == '\\' && b[i+1] == 'u' {
			copy(b[i+2:i+6], bytes.ToUpper(b[i+2:i+6]))
			i += 5
		}
	}
	return string(b)
}

// hits reports whether a line that is all there has to go.
func (s *sweep) hits(line []byte) bool {
	if containsAny(line, s.words) || containsID(line, s.callID) && s.own(line) {
		return true
	}
	return s.callID != nil && s.around(line) && containsAny(line, s.names)
}

func containsAny(line []byte, words [][]byte) bool {
	return slices.ContainsFunc(words, func(w []byte) bool { return bytes.Contains(line, w) })
}

// containsID looks for a whole id: 1.1 is not in 1.10, nor in 21.1.
func containsID(line, id []byte) bool {
	if len(id) == 0 {
		return false
	}
	part := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
	for at := 0; ; {
		i := bytes.Index(line[at:], id)
		if i < 0 {
			return false
		}
		begin, end := at+i, at+i+len(id)
		if (begin == 0 || !part(line[begin-1])) && (end == len(line) || !part(line[end])) {
			return true
		}
		at = begin + 1
	}
}

// own reports whether a line with the call's id is about this call: where the switch gave the id to others, too, its time
// says it. What says no time goes, but where one of the others is held.
func (s *sweep) own(line []byte) bool {
	if len(s.others) == 0 {
		return true
	}
	at := s.moment(line)
	when := sqlite.Span{From: at, To: at}
	if s.during.Overlaps(when) {
		return true
	}
	held := false
	for _, o := range s.others {
		if o.During.Overlaps(when) {
			return false
		}
		held = held || o.Held
	}
	s.unclear = s.unclear || held
	return !held
}

// moment is when what a line tells of happened; zero: it does not say.
func (s *sweep) moment(line []byte) time.Time {
	if at, ok := tapeTime(line); ok {
		return at
	}
	var refused struct { // see committer.setAside
		Call struct {
			OfferedAt time.Time `json:"offered_at"`
		}
	}
	if json.Unmarshal(line, &refused) == nil && !refused.Call.OfferedAt.IsZero() {
		return refused.Call.OfferedAt
	}
	row, _ := cel.DecodeIn(line, s.zone) // a row that cannot be read is of no time
	return row.At
}

// tapeBegins is how a line of the tape does.
const tapeBegins = `{"rx":"`

// tapeTime is when a line of the tape was read; false where it is none.
func tapeTime(line []byte) (time.Time, bool) {
	rest, ok := bytes.CutPrefix(line, []byte(tapeBegins))
	stamp, _, _ := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	return at, ok && err == nil
}

// around reports whether a line of the tape was read during the call.
func (s *sweep) around(line []byte) bool {
	at, ok := tapeTime(line)
	return ok && s.during.Overlaps(sqlite.Span{From: at, To: at})
}

// file blanks the lines of one file in its place; a file that is not there has none.
func (s *sweep) file(name string) (blanked int, err error) {
	switch filepath.Ext(name) {
	case recorder.EncryptedSuffix:
		return s.encrypted(name)
	case ".gz":
		return s.packed(name)
	case ".bz2", ".xz", ".zst":
		return 0, errPacking
	}
	read, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer read.Close()
	before, err := read.Stat()
	if err != nil {
		return 0, err
	}
	var write *os.File // opened at the first line that has to go: most files need not be writable
	defer func() {
		if write != nil {
			err = errors.Join(err, write.Sync(), write.Close())
			s.keepTime(name, before)
		}
	}()
	at := int64(0)
	err = eachRecord(read, func(record []byte) error {
		if left, hit := s.clean(record); hit {
			if write == nil {
				if write, err = os.OpenFile(name, os.O_WRONLY, 0); err != nil {
					return err
				}
			}
			if _, err := write.WriteAt(left, at); err != nil {
				return err
			}
			blanked++
		}
		at += int64(len(record))
		return nil
	})
	return blanked, err
}

// keepTime leaves a file the time of its last change, by which the files of the journal are
// ordered and expire; not when somebody wrote to it meanwhile. A file of another user, which
// may be written but not be given a time, stays as it is.
func (s *sweep) keepTime(name string, before fs.FileInfo) {
	if now, err := os.Stat(name); err == nil && now.Size() == before.Size() {
		_ = os.Chtimes(name, before.ModTime(), before.ModTime())
	}
}

// blankOf is as long as a record and ends its lines where that does.
func blankOf(record []byte) []byte {
	blank := bytes.Repeat([]byte(" "), len(record))
	for i, c := range record {
		if c == '\n' || c == '\r' && bytes.HasPrefix(record[i+1:], []byte("\n")) {
			blank[i] = c
		}
	}
	return blank
}

// encrypted rewrites a closed file of the tape without the lines' words.
func (s *sweep) encrypted(name string) (blanked int, err error) {
	plain, err := s.tape.read(name)
	if err != nil {
		return 0, err
	}
	var left bytes.Buffer
	blanked, err = s.through(plain, &left)
	if err = errors.Join(err, plain.Close()); err != nil || blanked == 0 {
		return 0, err
	}
	return blanked, s.tape.write(context.Background(), name, &left)
}

// through copies lines and blanks those that have to go.
func (s *sweep) through(from io.Reader, to io.Writer) (blanked int, err error) {
	err = eachRecord(from, func(record []byte) error {
		left, hit := s.clean(record)
		if hit {
			blanked++
		}
		_, err := to.Write(left)
		return err
	})
	return blanked, err
}

// longestRecord is how long a record that goes on in the next lines may be.
const longestRecord = 16 << 10

// eachRecord gives every record with its line ends. It normally is one line. One of the
// switch's journal goes on in the next lines where a caller sent a line break.
func eachRecord(from io.Reader, do func(record []byte) error) error {
	var open []byte
	err := eachLine(from, func(line []byte) error {
		if len(open) > 0 && (bytes.HasPrefix(line, []byte(`{"`)) || len(open)+len(line) > longestRecord || !goesOn(open)) {
			if err := do(open); err != nil {
				return err
			}
			open = open[:0]
		}
		open = append(open, line...)
		return nil
	})
	if err == nil && len(open) > 0 {
		err = do(open)
	}
	return err
}

// goesOn is whether a record is none yet: it may end in the next line, which does not begin one.
func goesOn(record []byte) bool {
	return bytes.HasPrefix(record, []byte(`{"`)) && !whole(record)
}

// eachLine gives every line with its end, the last one also without.
func eachLine(from io.Reader, do func(line []byte) error) error {
	in := bufio.NewReaderSize(from, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if err := do(line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
