package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"dutyline/telephony/cel"
	"dutyline/telephony/tape"
)

// A line that was cut off or lost its beginning does not say any more of which call it is: its ids
// stood in what is missing. So in a damaged line everything counts that is to go, wherever it
// stands, while in a whole one its ids decide whether a number is that of this call.

// clean blanks what of a record has to go: a whole one altogether, and of a damaged one the piece,
// so that a row of another call which was written behind it stays.
func (s *sweep) clean(record []byte) (left []byte, blanked bool) {
	line := bytes.TrimRight(record, "\r\n")
	if garbage, ok := cel.Quarantined(line); ok {
		if _, blanked = s.clean(garbage); blanked || s.hits(line) {
			return blankOf(record), true
		}
		return record, false
	}
	if !s.mentions(line) {
		return record, false
	}
	if whole(line) {
		if s.hits(line) {
			return blankOf(record), true
		}
		return record, false
	}
	left = bytes.Clone(record)
	at := 0
	for _, p := range pieces(record) {
		if whole(p) && s.hits(p) || !whole(p) && s.mentions(p) {
			copy(left[at:], blankOf(p))
			blanked = true
		}
		at += len(p)
	}
	if containsAny(left, s.words) { // one stands across two pieces
		return blankOf(record), true
	}
	return left, blanked
}

// mentions reports whether anything stands in a line that is to go, of whichever call the line is.
func (s *sweep) mentions(line []byte) bool {
	return s.hits(line) || containsAny(line, s.names) || containsNumber(line, s.numbers) || cutOff(line, s.names)
}

// whole reports whether a record is all there, as whoever reads its file judges: a row of the
// journal that says of which call it is, a record of the tape, a change that the log refused.
func whole(record []byte) bool {
	record = bytes.TrimSpace(record)
	switch {
	case len(record) == 0:
		return true
	case bytes.HasPrefix(record, []byte(tapeBegins)):
		_, err := tape.NewReader(bytes.NewReader(record)).Next()
		return err == nil && bytes.IndexByte(record, '\n') < 0
	case bytes.HasPrefix(record, []byte(`{"Kind":"`)):
		return json.Valid(record)
	}
	row, err := cel.Decode(record)
	return err == nil && row.LinkedID != ""
}

// pieces cuts a damaged record where a whole one begins and ends in it.
func pieces(record []byte) (all [][]byte) {
	from, at := 0, 0
	for at < len(record) {
		next := len(record)
		if i := bytes.Index(record[at+1:], []byte(`{"`)); i >= 0 {
			next = at + 1 + i
		}
		end := len(record)
		if i := bytes.IndexByte(record[at:], '\n'); i >= 0 {
			end = at + i
		}
		for _, end := range []int{next, end} {
			if end > at && bytes.HasPrefix(record[at:], []byte(`{"`)) && whole(record[at:end]) {
				if at > from {
					all = append(all, record[from:at])
				}
				all = append(all, record[at:end])
				from, next = end, end
				break
			}
		}
		at = next
	}
	if from < len(record) {
		all = append(all, record[from:])
	}
	return all
}

// leastCore is how many digits a number must have to be looked for in every spelling: a shorter one
// is part of many.
const leastCore = 7

// spaced is what people and programs put between the digits of a number.
var spaced = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "", "\u00a0", "", "%20", "")

// containsNumber looks for a number that ends with one of these cores, however it is spelt.
func containsNumber(line []byte, cores [][]byte) bool {
	if len(cores) == 0 {
		return false
	}
	bare := []byte(spaced.Replace(string(line)))
	return slices.ContainsFunc(cores, func(core []byte) bool {
		for rest := bare; ; {
			i := bytes.Index(rest, core)
			if i < 0 {
				return false
			}
			if rest = rest[i+len(core):]; len(rest) == 0 || rest[0] < '0' || rest[0] > '9' {
				return true
			}
		}
	})
}

// cutOff reports whether a line, or what was written behind another in it, ends or begins in the
// middle of one of these names with at least half of it.
func cutOff(line []byte, names [][]byte) bool {
	for _, part := range bytes.Split(line, []byte(`{"`)) {
		part = bytes.Trim(part, "\r\n\x00 ")
		for _, name := range names {
			for n := len(name) - 1; n >= max(shortestWord, (len(name)+1)/2); n-- {
				if bytes.HasSuffix(part, name[:n]) || bytes.HasPrefix(part, name[len(name)-n:]) {
					return true
				}
			}
		}
	}
	return false
}
