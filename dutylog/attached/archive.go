package attached

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"regexp"
	"strings"
)

// Harm is why an office document is not taken: what it holds may do something when it is opened, or cannot be
// looked into.
type Harm string

// The closed set of harms, with the rest of a sentence that the file's name begins.
const (
	Macro   Harm = "holds macros, which could do anything on the computer that opens it: save it without macros, or as PDF"
	Program Harm = "holds programs or packed files inside: save it as PDF"
	Locked  Harm = "is packed in a way that cannot be looked into, perhaps with a password: save it without one"
	Bomb    Harm = "unpacks into more than a document has, as archives do that are meant to harm"
	Damaged Harm = "is a damaged archive: save the document again"
	Twice   Harm = "says twice what it holds, as no document does: save it again, or as PDF"
)

func (h Harm) Error() string { return string(h) }

// What an archive within a document may be: a workbook behind a chart. Deeper ones no document has.
const (
	largestInner = 20 << 20
	deepest      = 2
)

// typesName is the part in which a document says what its parts are.
const typesName = "[Content_Types].xml"

// LookInto looks at every part of a document, unpacked up to so many bytes together, also at the documents within it.
// types is its list of what the parts are. The error is a Harm, or that of the reader.
func LookInto(z *zip.Reader, most int64) (types string, err error) {
	types, _, err = lookInto(z, most, 1)
	return types, err
}

func lookInto(z *zip.Reader, left int64, depth int) (types string, rest int64, err error) {
	if len(z.File) > mostParts {
		return "", 0, Bomb
	}
	for _, f := range z.File {
		if h := partHarm(f.Name); h != "" {
			return "", 0, h
		}
		// What the archive says of itself may be a lie: only what comes out counts.
		n, text, err := lookAt(f, left, depth)
		if err != nil {
			return "", 0, err
		}
		if types != "" && text != "" { // nobody knows which one of them the reader believes
			return "", 0, Twice
		}
		left -= n
		types += text
	}
	return types, left, nil
}

// partHarm refuses parts that can do something when the document is opened, wherever in it they lie.
func partHarm(name string) Harm {
	name = "/" + strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	switch base := path.Base(name); {
	case strings.Contains(base, "vbaproject"), strings.Contains(base, "vbadata"), strings.Contains(name, "/macrosheets/"), strings.Contains(name, "/dialogsheets/"):
		return Macro
	case strings.Contains(name, "/activex/"), strings.Contains(name, "/embeddings/") && strings.HasSuffix(base, ".bin"):
		return Program
	}
	return ""
}

// lookAt unpacks one part. text is what it says where it is the list of types.
func lookAt(f *zip.File, left int64, depth int) (n int64, text string, err error) {
	in, err := f.Open()
	if err != nil {
		return 0, "", Locked
	}
	defer in.Close()
	if strings.EqualFold(f.Name, typesName) {
		b, err := io.ReadAll(io.LimitReader(in, mostTypes+1))
		if err != nil || len(b) > mostTypes {
			return 0, "", Damaged
		}
		return int64(len(b)), string(b), nil
	}
	head := make([]byte, 512)
	got, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, "", Damaged
	}
	head = head[:got]
	content := io.LimitReader(io.MultiReader(bytes.NewReader(head), in), left+1)
	switch {
	case IsProgram(head), bytes.HasPrefix(head, []byte(oldContainer)): // macros and packed objects by whatever name
		return 0, "", Program
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		n, err = lookInside(content, left, depth)
		return n, "", err
	}
	n, found, err := holdsProgram(content)
	switch {
	case n > left:
		return 0, "", Bomb
	case err != nil:
		return 0, "", Damaged
	case found:
		return 0, "", Program
	}
	return n, "", nil
}

// lookInside looks at a document within a document; used is how much both unpacked into.
func lookInside(content io.Reader, left int64, depth int) (used int64, err error) {
	b, err := io.ReadAll(io.LimitReader(content, min(left, largestInner)+1))
	switch {
	case int64(len(b)) > min(left, largestInner), depth >= deepest:
		return 0, Bomb
	case err != nil:
		return 0, Damaged
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return 0, Damaged
	}
	types, rest, err := lookInto(z, left-int64(len(b)), depth+1)
	if err == nil && OfMacros(types) {
		err = Macro
	}
	return left - rest, err
}

// usual is what a document says of all parts with an ending, whether it has such parts or not: some programs name there
// what parts with macros would be in every workbook that they write.
var usual = regexp.MustCompile(`<(\w+:)?default\b[^>]*>`)

// OfMacros reports whether a document says of itself that it or one of its parts is for macros.
func OfMacros(types string) bool {
	low := usual.ReplaceAllString(strings.ToLower(types), "")
	return strings.Contains(low, "macroenabled") || strings.Contains(low, "vbaproject") || strings.Contains(low, "macrosheet")
}
