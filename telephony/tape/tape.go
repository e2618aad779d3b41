// Package tape is the raw trace of what the switch said, as JSON lines: the black box in
// production, the input of tests. It holds values and works on io interfaces; which
// folder the tape lies in is the caller's business.
//
// A line is the raw event with the time of its receipt in front:
//
//	{"rx":"2026-11-23T12:17:59.603123Z","event":{"type":"ChannelCreated", …}}
//
// The reader also accepts lines that are the bare event.
package tape

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Record is one thing that the switch sent.
type Record struct {
	At  time.Time // receipt, our clock; zero on a tape of bare events
	Raw []byte    // as it came; valid until the next call of Next
}

// MaxLine is the longest line a tape may have; Asterisk's events have a few kilobytes.
const MaxLine = 4 << 20

const (
	rxLayout = "2006-01-02T15:04:05.000000Z"
	rxKey    = `{"rx":"`
	eventKey = `","event":`
	textKey  = `","text":`
	hexKey   = `","hex":`
)

// appendLine writes one record as a line. Bytes that would not stay on one line, or are no
// JSON at all, are kept as a JSON text, and those that are no text either as hexadecimal
// digits: a tape loses nothing.
func appendLine(b []byte, r Record) []byte {
	b = append(b, rxKey...)
	b = r.At.UTC().AppendFormat(b, rxLayout)
	raw := bytes.TrimSpace(r.Raw)
	switch {
	case whole(raw) && bytes.IndexByte(raw, '\n') < 0:
		b = append(b, eventKey...)
		b = append(b, raw...)
	case utf8.Valid(r.Raw):
		text, _ := json.Marshal(string(r.Raw)) // a string always marshals
		b = append(b, textKey...)
		b = append(b, text...)
	default:
		b = append(b, hexKey...)
		b = append(b, '"')
		b = hex.AppendEncode(b, r.Raw)
		b = append(b, '"')
	}
	return append(b, '}', '\n')
}

// Reader reads a tape line by line.
type Reader struct {
	in   *bufio.Reader
	line int
	buf  []byte
}

// NewReader reads a tape.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, 64<<10)} }

// Line is the number of the line that Next returned last, from 1.
func (r *Reader) Line() int { return r.line }

// ErrLine is wrapped by errors about one line; the lines after it can still be read.
var ErrLine = errors.New("bad line")

// Next returns the next record. It ends with io.EOF; after an error that wraps ErrLine it
// may be called again. Empty lines are passed over.
func (r *Reader) Next() (Record, error) {
	for {
		raw, err := r.readLine()
		if err != nil {
			return Record{}, err
		}
		if r.line == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // a byte order mark, as some editors leave it
		}
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			return r.parse(raw)
		}
	}
}

// readLine reads one line of bounded length; the rest of a longer one is passed over.
func (r *Reader) readLine() ([]byte, error) {
	r.buf = r.buf[:0]
	r.line++
	tooLong := false
	for {
		part, err := r.in.ReadSlice('\n')
		if tooLong = tooLong || len(r.buf)+len(part) > MaxLine; !tooLong {
			r.buf = append(r.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case tooLong && (err == nil || errors.Is(err, io.EOF)):
			return nil, fmt.Errorf("line %d: %w: longer than %d bytes", r.line, ErrLine, MaxLine)
		case err == nil, errors.Is(err, io.EOF) && len(r.buf) > 0:
			return r.buf, nil
		default:
			return nil, err
		}
	}
}

func (r *Reader) parse(raw []byte) (Record, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(rxKey))
	if !ok {
		return Record{Raw: raw}, nil
	}
	stamp, rest, ok := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if !ok || err != nil || len(rest) == 0 || rest[len(rest)-1] != '}' {
		return Record{}, fmt.Errorf("line %d: %w: it begins like a tape's and does not go on so", r.line, ErrLine)
	}
	rest = rest[:len(rest)-1]
	if event, ok := bytes.CutPrefix(rest, []byte(eventKey[1:])); ok && json.Valid(event) {
		return Record{At: at, Raw: event}, nil
	}
	if text, ok := bytes.CutPrefix(rest, []byte(textKey[1:])); ok {
		var s string
		if json.Unmarshal(text, &s) == nil {
			return Record{At: at, Raw: []byte(s)}, nil
		}
	}
	if digits, ok := bytes.CutPrefix(rest, []byte(hexKey[1:])); ok && len(digits) >= 2 && digits[0] == '"' && digits[len(digits)-1] == '"' {
		if raw, err := hex.AppendDecode(nil, digits[1:len(digits)-1]); err == nil {
			return Record{At: at, Raw: raw}, nil
		}
	}
	return Record{}, fmt.Errorf("line %d: %w: it holds neither a whole event nor a text", r.line, ErrLine)
}
