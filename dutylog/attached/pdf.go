package attached

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// What a PDF may not name: what runs or is fetched when it is opened, and files within it. A name may be written in
// hexadecimal digits (/J#61vaScript), and may stand in a packed part (an object stream).
var pdfHarms = map[string]string{
	"JavaScript": "a program (JavaScript)", "Launch": "a program that is to be started (Launch)", "ImportData": "an order to fetch data (ImportData)",
	"SubmitForm": "an order to send data (SubmitForm)", "RichMedia": "a programmed medium (RichMedia)", "EmbeddedFile": "another file inside (EmbeddedFile)", "GoToE": "another file inside (GoToE)",
}

// What is unpacked of the parts of a PDF that hold names. A scan has none; a long document a few MB.
const (
	mostObjects   = 64 << 20
	longestName   = 64
	dictionaryEnd = 2 << 10 // before the word stream, at most: how a part is packed is said there
)

// pdfHarm says what a PDF holds that is not taken; nil: nothing.
func pdfHarm(b []byte) error {
	if err := harmNamed(b); err != nil {
		return err
	}
	left := int64(mostObjects)
	for at := 0; ; {
		next := bytes.Index(b[at:], []byte("stream"))
		if next < 0 {
			return nil
		}
		begin := at + next
		at = begin + len("stream")
		if bytes.HasSuffix(b[:begin], []byte("end")) || !dictionaryOf(b[:begin])["ObjStm"] {
			continue
		}
		content := bytes.TrimPrefix(bytes.TrimPrefix(b[at:], []byte("\r")), []byte("\n"))
		n, err := objectsHarm(content, dictionaryOf(b[:begin]), left)
		if err != nil {
			return err
		}
		left -= n
	}
}

// objectsHarm looks into one object stream.
func objectsHarm(content []byte, packed map[string]bool, left int64) (n int64, err error) {
	locked := refused("is packed in a way that cannot be looked into, perhaps with a password: print it into a PDF anew without one")
	switch {
	case packed["ASCIIHexDecode"], packed["ASCII85Decode"], packed["LZWDecode"], packed["RunLengthDecode"], packed["Crypt"], packed["DecodeParms"]:
		return 0, locked
	case !packed["FlateDecode"]:
		return 0, nil // it is not packed: its names were read already
	}
	in, err := zlib.NewReader(bytes.NewReader(content))
	if err != nil {
		return 0, locked
	}
	plain, err := io.ReadAll(io.LimitReader(in, left+1))
	switch {
	case int64(len(plain)) > left:
		return 0, refused("unpacks into more than %d MB, as archives do that are meant to harm", mostObjects>>20)
	case err != nil && !errors.Is(err, zlib.ErrChecksum):
		return 0, locked
	}
	return int64(len(plain)), harmNamed(plain)
}

// dictionaryOf are the names in the dictionary that ends there.
func dictionaryOf(before []byte) map[string]bool {
	before = before[max(0, len(before)-dictionaryEnd):]
	if at := bytes.LastIndex(before, []byte("obj")); at >= 0 {
		before = before[at:]
	}
	names := map[string]bool{}
	eachName(before, func(name string, _ []byte) error {
		names[name] = true
		return nil
	})
	return names
}

// harmNamed refuses a text of a PDF with one of the names that are not taken.
func harmNamed(b []byte) error {
	return eachName(b, func(name string, rest []byte) error {
		if what, bad := pdfHarms[name]; bad {
			return refused("holds %s, which could do anything on the computer that opens it: print it into a PDF anew, or scan it", what)
		}
		if name == "OpenAction" && actsAtOnce(rest) {
			return refused("holds a program (OpenAction that is no page), which could do anything on the computer that opens it: print it into a PDF anew, or scan it")
		}
		return nil
	})
}

// actsAtOnce reports whether what follows OpenAction is an action other than to show a page. One that stands
// elsewhere in the document is judged there, by what it names.
func actsAtOnce(rest []byte) bool {
	rest = bytes.TrimLeft(rest[:min(len(rest), dictionaryEnd)], "\x00\t\n\f\r ")
	if !bytes.HasPrefix(rest, []byte("<<")) {
		return false
	}
	shows := false
	if end := bytes.Index(rest, []byte(">>")); end >= 0 {
		rest = rest[:end]
	}
	_ = eachName(rest, func(name string, _ []byte) error {
		shows = shows || name == "GoTo"
		return nil
	})
	return !shows
}

// eachName goes through the names in a text of a PDF, decoded, with what follows each.
func eachName(b []byte, do func(name string, rest []byte) error) error {
	for at := 0; ; {
		next := bytes.IndexByte(b[at:], '/')
		if next < 0 {
			return nil
		}
		at += next + 1
		name, n := decodedName(b[at:])
		if err := do(name, b[at+n:]); err != nil {
			return err
		}
	}
}

// decodedName reads a name behind its slash; n is how many bytes it has there.
func decodedName(b []byte) (name string, n int) {
	var out []byte
	for n < len(b) && len(out) < longestName {
		c := b[n]
		if c <= ' ' || bytes.IndexByte([]byte("/<>[](){}%"), c) >= 0 {
			break
		}
		if high, low, ok := hexDigits(b[n:]); ok {
			c = high<<4 | low
			n += 2
		}
		out = append(out, c)
		n++
	}
	return string(out), n
}

func hexDigits(b []byte) (high, low byte, ok bool) {
	if len(b) < 3 || b[0] != '#' {
		return 0, 0, false
	}
	high, first := hexDigit(b[1])
	low, second := hexDigit(b[2])
	return high, low, first && second
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
