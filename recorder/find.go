package recorder

import (
	"strconv"
	"strings"
	"time"
)

// StoredFile is a recording on the switch.
type StoredFile struct {
	Name   string   // as the switch gives it: anything
	Looked bool     // it was looked into
	Sound  Received // what was seen then; no State: it is no recording
}

// ArchivedFile is something in the archive's folder.
type ArchivedFile struct {
	Name   string // relative to the archive's root, with slashes: anything
	Size   int64
	At     time.Time // when it was last written
	Folder bool      // or a link, a pipe …: no file
}

// CallOfStored tells of which call a stored recording would be, by its name.
func CallOfStored(name string) (callID string, s Side, ok bool) {
	for _, s := range Sides() {
		if id, found := strings.CutSuffix(name, "-"+string(s)); found && id != "" {
			return id, s, true
		}
	}
	return "", "", false
}

// Plain reports whether a stored recording's name is one that our dialplan gives: the switch's id
// of a call and a side. Only such a name is ever asked for again.
func Plain(name string) bool {
	id, _, ok := CallOfStored(name)
	file, err := FileName(id)
	return ok && err == nil && file == id
}

// CallOfFile tells of which call a file of the archive would be: one spelling only, that of PathFor.
func CallOfFile(name string) (callID string, ok bool) {
	stem, ok := strings.CutSuffix(strings.TrimSuffix(name, EncryptedSuffix), ".flac")
	const day = "2006/01/02/"
	if !ok || len(stem) <= len(day) {
		return "", false
	}
	if at, err := time.Parse(day, stem[:len(day)]); err != nil || at.Format(day) != stem[:len(day)] {
		return "", false
	}
	id, ok := unescaped(stem[len(day):])
	if !ok {
		return "", false
	}
	again, err := FileName(id)
	return id, err == nil && again == stem[len(day):]
}

// unescaped undoes FileName.
func unescaped(name string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '%' {
			b.WriteByte(name[i])
			continue
		}
		if i+2 >= len(name) {
			return "", false
		}
		c, err := strconv.ParseUint(name[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(c))
		i += 2
	}
	return b.String(), true
}

// BeganAt is when a call began by the switch's id of it, "system-1795436279.17"; zero when the id
// does not say.
func BeganAt(callID string) time.Time {
	id, _, _ := strings.Cut(callID, AgainMark)
	stamp, _, _ := strings.Cut(id[strings.LastIndexByte(id, '-')+1:], ".")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || seconds < 1e9 || seconds >= 1e11 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
