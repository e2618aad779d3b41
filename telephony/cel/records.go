package cel

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"dutyline/telephony"
)

// sampleBytes is how much of a piece of garbage is kept to be looked at.
const sampleBytes = 4096

// maxHeld is the longest record that may have line breaks in it: the switch keeps 80
// characters of each of the few fields that a caller can send them in.
const maxHeld = 16384

// maxAhead is how far a record may be ahead of the clock that it is read by.
const maxAhead = 48 * time.Hour

// earliest is before every call that there can be a record of.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// garbage is a stretch of the journal that is no record.
type garbage struct {
	at     int64 // bytes settled before it since the last take
	length int64
	sample []byte // its beginning
	why    error
}

// records cuts a stream of bytes into records and counts how many bytes are settled: whole
// records and garbage. What is not settled yet waits in memory, at most limit bytes of it.
// A record normally is one line. One with a caller's line break in it goes on in the next
// lines, until it ends or a line begins like a record.
type records struct {
	zone  *time.Location
	limit int
	now   func() time.Time // nil: any time is believed
	last  time.Time        // the latest time that was believed

	wait     []byte // what is not settled: lines of a record that goes on, and a line without its end
	line     int    // where in wait the last line begins
	skipping int64  // length so far of a line that is too long to be kept, of which wait has the end; 0 when there is none
	sample   []byte // of that line's beginning

	rows    []telephony.Row
	bad     []garbage
	settled int64 // bytes since the last take
}

// take hands over what was found, and how many bytes are settled since the last take.
func (r *records) take() (rows []telephony.Row, bad []garbage, settled int64) {
	rows, bad, settled = r.rows, r.bad, r.settled
	r.rows, r.bad, r.settled = nil, nil, 0
	return rows, bad, settled
}

// forget drops all that is not settled or taken.
func (r *records) forget() {
	*r = records{zone: r.zone, limit: r.limit, now: r.now, last: r.last, wait: r.wait[:0]}
}

// add takes the next bytes of the stream.
func (r *records) add(b []byte) {
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			r.keep(b)
			return
		}
		r.keep(b[:end])
		r.endLine()
		b = b[end+1:]
	}
}

func (r *records) keep(b []byte) {
	if r.skipping == 0 && len(r.wait)+len(b) <= r.limit {
		r.wait = append(r.wait, b...)
		return
	}
	if r.skipping == 0 {
		r.sample = append(bytes.Clone(r.wait[:min(len(r.wait), sampleBytes)]), b[:min(len(b), sampleBytes)]...)
		r.skipping, r.line = int64(len(r.wait)), 0
	}
	r.skipping += int64(len(b))
	most := min(maxHeld, r.limit/2)
	b = b[max(0, len(b)-most):]
	r.wait = r.wait[:copy(r.wait, r.wait[max(0, len(r.wait)+len(b)-most):])]
	r.wait = append(r.wait, b...)
}

func (r *records) endLine() {
	if r.skipping > 0 { // a record may have been written behind the garbage
		end := bytes.Clone(r.wait)
		r.wait = r.wait[:0]
		r.pieces(end, fmt.Errorf("the line is longer than %d bytes", r.limit))
		return
	}
	if r.line > 0 && bytes.HasPrefix(r.wait[r.line:], []byte(`{"`)) {
		r.throwOpen()
	}
	if r.line > 0 && len(r.wait) < maxHeld && !bytes.HasSuffix(r.wait, []byte("}")) { // it still goes on
		r.hold(r.wait)
		return
	}
	line := r.wait
	r.wait, r.line = r.wait[:0], 0
	row, err := r.decode(line)
	switch {
	case err == nil:
		r.accept(row, len(line)+1)
	case len(bytes.TrimSpace(line)) == 0: // an empty line is no garbage
		r.settled += int64(len(line) + 1)
	case r.goesOn(line, err):
		r.hold(line)
	default:
		r.pieces(bytes.Clone(line), err)
	}
}

// decode reads a record whose time can be one of this switch. A machine's own clock may stand
// in the past after a power cut: then the journal itself says how late it is.
func (r *records) decode(line []byte) (telephony.Row, error) {
	row, err := DecodeIn(line, r.zone)
	if err != nil || r.now == nil {
		return row, err
	}
	latest := r.now()
	if r.last.After(latest) {
		latest = r.last
	}
	switch {
	case row.At.Before(earliest):
		err = fmt.Errorf("its time %s is before the year 2000: the switch's clock was not set, or the record is damaged", row.At.Format(time.RFC3339))
	case latest.After(earliest) && row.At.After(latest.Add(maxAhead)):
		err = fmt.Errorf("its time %s is more than 2 days ahead of this machine's %s: a clock is wrong, or the record is damaged", row.At.Format(time.RFC3339), latest.UTC().Format(time.RFC3339))
	case row.At.After(r.last):
		r.last = row.At
	}
	return row, err
}

// goesOn is whether a line is a record that ends in one of the next lines.
func (r *records) goesOn(line []byte, err error) bool {
	return errors.Is(err, errIncomplete) && len(line) < min(r.limit, maxHeld)
}

func (r *records) hold(line []byte) {
	r.wait = append(append(r.wait[:0], line...), '\n')
	r.line = len(r.wait)
}

// pieces settles a line that is no record as a whole: records may begin within it, after
// one that was cut off or after a hole of zeros. Of a line that is too long it has the end.
func (r *records) pieces(line []byte, why error) {
	junk := 0 // where what is no record begins
	if r.skipping > 0 {
		junk = len(line) - int(r.skipping)
	}
	for at, end := 0, 0; at < len(line); at = end {
		end = len(line)
		if next := bytes.Index(line[at+1:], []byte(`{"`)); next >= 0 {
			end = at + 1 + next
		}
		row, err := r.decode(line[at:end])
		held := err != nil && end == len(line) && at > 0 && r.goesOn(line[at:], err)
		if err != nil && !held {
			continue
		}
		if junk < at {
			r.throw(line[max(junk, 0):at], int64(at-junk), why)
		}
		if junk = end; held {
			r.hold(line[at:])
			return
		}
		r.accept(row, end-at)
	}
	if junk < len(line) {
		r.throw(line[max(junk, 0):], int64(len(line)-junk), why)
	}
	r.settled++ // the end of the line
}

func (r *records) accept(row telephony.Row, length int) {
	r.rows = append(r.rows, row)
	r.settled += int64(length)
}

// throwOpen gives up the lines before the last one: their record does not end.
func (r *records) throwOpen() {
	r.throw(r.wait[:r.line-1], int64(r.line), errIncomplete)
	r.wait = r.wait[:copy(r.wait, r.wait[r.line:])]
	r.line = 0
}

// quiet says that nothing came for a while: what goes on in the next line does so at once,
// so a record that still does not end is garbage. A line without its end may wait.
func (r *records) quiet() {
	if r.line > 0 && r.line == len(r.wait) {
		r.throwOpen()
	}
}

// end says that nothing comes any more: what is not settled is garbage.
func (r *records) end() {
	if length := max(int64(len(r.wait)), r.skipping); length > 0 {
		r.throw(r.wait, length, errors.New("the file ends within it"))
	}
	r.wait, r.line = r.wait[:0], 0
}

// throw passes over what is no record. What may have been one stands among the rows as damaged:
// the call of which it told is not known in full any more.
func (r *records) throw(b []byte, length int64, why error) {
	row, ours := damaged(b)
	if r.skipping > 0 { // nobody has looked at all of it
		b, row, ours = r.sample[:min(int64(len(r.sample)), length)], telephony.Row{Kind: telephony.RowDamaged}, true
		r.skipping, r.sample = 0, nil
	}
	if ours {
		r.rows = append(r.rows, row)
	}
	r.bad = append(r.bad, garbage{at: r.settled, length: length, sample: bytes.Clone(b[:min(len(b), sampleBytes)]), why: why})
	r.settled += length
}
