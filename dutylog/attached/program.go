package attached

import (
	"bytes"
	"encoding/binary"
	"io"
)

// How programs begin, on the systems of an office. The first is told from a text that begins with the same two
// letters by the empty bytes that follow.
const (
	windowsProgram = "MZ"
	linuxProgram   = "\x7fELF"
	oldContainer   = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" // of OLE: old documents, macros and packed objects
)

// IsProgram reports whether a file begins as a program, whatever its name says.
func IsProgram(head []byte) bool {
	if bytes.HasPrefix(head, []byte(windowsProgram)) {
		return bytes.IndexByte(head, 0) >= 0
	}
	for _, mark := range []string{linuxProgram, "\xFE\xED\xFA\xCE", "\xFE\xED\xFA\xCF", "\xCE\xFA\xED\xFE", "\xCF\xFA\xED\xFE"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

// Where a program for Windows says at which place its second mark stands, and how far off that is at most here.
const (
	secondMarkAt  = 0x3C
	farthestMark  = 4 << 10
	programWindow = 64 << 10
)

// holdsProgram reports whether a program lies anywhere in what is read, and how much was read: one that is appended
// to a picture, or packed into a document as it is.
func holdsProgram(from io.Reader) (n int64, found bool, err error) {
	block, kept := make([]byte, programWindow+farthestMark+secondMarkAt+8), 0
	for {
		got, err := io.ReadFull(from, block[kept:])
		n += int64(got)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return n, false, err
		}
		if programIn(block[:kept+got]) {
			return n, true, nil
		}
		if err != nil { // that was the end
			return n, false, nil
		}
		kept = copy(block, block[programWindow:])
	}
}

func programIn(block []byte) bool {
	for at := 0; ; at++ {
		next := bytes.Index(block[at:], []byte(windowsProgram))
		if next < 0 {
			break
		}
		at += next
		if at+secondMarkAt+4 > len(block) {
			break
		}
		second := binary.LittleEndian.Uint32(block[at+secondMarkAt:])
		if second <= farthestMark && bytes.HasPrefix(block[min(at+int(second), len(block)):], []byte("PE\x00\x00")) {
			return true
		}
	}
	for at := bytes.Index(block, []byte(linuxProgram)); at >= 0 && at+7 <= len(block); {
		if class, order, version := block[at+4], block[at+5], block[at+6]; (class == 1 || class == 2) && (order == 1 || order == 2) && version == 1 {
			return true
		}
		next := bytes.Index(block[at+1:], []byte(linuxProgram))
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return false
}
