package attached

import (
	"bytes"
	"encoding/binary"
	"io"
)

// What a PDF may not hold: programs that run on the computer that opens it. A document can hide them in
// packed parts, which nobody unpacks here: the browser that shows it runs none of them either way.
var pdfPrograms = [][]byte{[]byte("/JavaScript"), []byte("/Launch")}

// inside looks further into what begins as it should.
func inside(mime string, content io.ReaderAt, size int64) error {
	switch mime {
	case "application/pdf":
		found, err := holds(content, size, pdfPrograms)
		if err == nil && found {
			err = refused("holds a program (JavaScript), which could do anything on the computer that opens it: print it into a PDF anew, or scan it")
		}
		return err
	case "image/png":
		drawn, err := hasPicture(content, size)
		if err == nil && !drawn {
			err = refused("begins as a PNG picture and holds no picture: it was cut off; take it or save it anew")
		}
		return err
	}
	return nil
}

// holds reports whether one of the words stands somewhere in the file.
func holds(content io.ReaderAt, size int64, words [][]byte) (bool, error) {
	const window, overlap = 64 << 10, 32 // no word is longer than the overlap
	block := make([]byte, window+overlap)
	for at := int64(0); at < size; at += window {
		n, err := content.ReadAt(block[:min(int64(len(block)), size-at)], at)
		if err != nil && err != io.EOF {
			return false, err
		}
		for _, w := range words {
			if bytes.Contains(block[:n], w) {
				return true, nil
			}
		}
	}
	return false, nil
}

// mostChunks bounds how many parts of a PNG are looked at.
const mostChunks = 10_000

// hasPicture goes through the parts of a PNG until one holds the picture: length, name, content, sum.
func hasPicture(content io.ReaderAt, size int64) (bool, error) {
	at := int64(8)
	for i := 0; i < mostChunks && at+12 <= size; i++ {
		var head [8]byte
		if _, err := content.ReadAt(head[:], at); err != nil {
			return false, err
		}
		length := int64(binary.BigEndian.Uint32(head[:4]))
		switch name := string(head[4:]); {
		case i == 0 && name != "IHDR":
			return false, nil
		case name == "IDAT" && length > 0:
			return at+12+length <= size, nil
		}
		at += 12 + length
	}
	return false, nil
}
