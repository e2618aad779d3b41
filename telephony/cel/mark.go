package cel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// An erasure writes spaces over whole lines, where they stand: dutyline erase does so when
// something must not be kept. The length of a file and its line breaks stay. So whoever asks
// whether a file still is what it was looks at each line by itself, and takes one that is
// blank now for the one that was there. Asterisk never writes a blank line, and a file that
// was cut or written anew has other line breaks, other times and other ids.

// holds is whether bytes are what they were, but for what an erasure blanked. Half of a line
// may be blank: it is just being written.
func holds(now, was []byte) bool {
	if len(now) != len(was) {
		return false
	}
	for i, c := range now {
		if c != was[i] && (c != ' ' || was[i] == '\n') {
			return false
		}
	}
	return true
}

// markOf is the fingerprint of a place: length and digest of each line in the file's beginning
// and in what stands before the place, which may be parts of lines at either end.
func markOf(head, before []byte) string {
	if len(before) == 0 {
		return ""
	}
	var parts []string
	for line := range bytes.SplitSeq(marked(head, before), []byte("\n")) {
		sum := sha256.Sum256(line)
		parts = append(parts, strconv.Itoa(len(line))+":"+hex.EncodeToString(sum[:8]))
	}
	return strings.Join(parts, " ")
}

// held is how surely a place in a file is the one that has a mark.
type held int

const (
	heldNot   held = iota
	heldBlank      // all of it is blank: only lengths and line breaks agree
	heldSure
)

// holdsMark compares a place in a file with a mark.
func holdsMark(head, before []byte, mark string) held {
	if len(before) == 0 || mark == "" {
		return map[bool]held{true: heldSure}[len(before) == 0 && mark == ""]
	}
	parts, was := strings.Split(markOf(head, before), " "), strings.Split(mark, " ")
	if len(parts) != len(was) {
		return heldNot
	}
	how, i := heldBlank, 0
	for line := range bytes.SplitSeq(marked(head, before), []byte("\n")) {
		blank := len(bytes.Trim(line, " \r")) == 0
		length, _, _ := strings.Cut(was[i], ":")
		switch {
		case parts[i] == was[i] && !blank:
			how = heldSure
		case parts[i] != was[i] && (!blank || length != strconv.Itoa(len(line))):
			return heldNot
		}
		i++
	}
	return how
}

func marked(head, before []byte) []byte { return append(append(bytes.Clone(head), '\n'), before...) }
