package attached

import (
	"encoding/binary"
	"io"
)

// inside looks further into what begins as it should.
func inside(mime string, content io.ReaderAt, size int64) error {
	_, program, err := holdsProgram(io.NewSectionReader(content, 0, size))
	switch {
	case err != nil:
		return err
	case program:
		return refused("holds programs or packed files inside, behind or within what it shows: take it or scan it anew")
	}
	switch mime {
	case "application/pdf":
		b := make([]byte, size)
		if _, err := io.ReadFull(io.NewSectionReader(content, 0, size), b); err != nil {
			return err
		}
		return pdfHarm(b)
	case "image/png":
		drawn, err := hasPicture(content, size)
		if err == nil && !drawn {
			err = refused("begins as a PNG picture and holds no picture: it was cut off; take it or save it anew")
		}
		return err
	}
	return nil
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
