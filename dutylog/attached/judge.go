// Package attached says what an attached file is, by its content and not by its name, and refuses
// what does not belong into a duty log: programs, documents with macros, archives that unpack into
// more than they are. It is a part of the core dutylog: it reads what it is given and nothing else.
package attached

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"dutyline/dutylog"
)

// kind is one sort of file that may be attached.
type kind struct {
	mime    string
	words   string   // to finish a sentence
	endings []string // the first is the usual one
	is      func(head []byte) bool
}

func begins(marks ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, m := range marks {
			if bytes.HasPrefix(head, []byte(m)) {
				return true
			}
		}
		return false
	}
}

// The types of office documents, which are all archives.
const (
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// The sorts of files, in the order in which they are looked for. Office documents are told apart
// by what is in them, see office; a text is what has no mark and no control characters.
var kinds = []kind{
	{"image/jpeg", "a JPEG photo", []string{".jpg", ".jpeg"}, begins("\xFF\xD8\xFF")},
	{"image/png", "a PNG picture", []string{".png"}, begins("\x89PNG\r\n\x1A\n")},
	{"application/pdf", "a PDF document", []string{".pdf"}, begins("%PDF-")},
	{"image/tiff", "a TIFF fax", []string{".tif", ".tiff"}, begins("II*\x00", "MM\x00*")},
	{docx, "a Word document", []string{".docx"}, nil},
	{xlsx, "an Excel workbook", []string{".xlsx"}, nil},
	{"text/plain; charset=utf-8", "a text", []string{".txt"}, nil},
}

// What an archive may unpack into. A real document of 20 MB stays far below.
const (
	mostUnpacked = 200 << 20
	mostParts    = 5000
	mostTypes    = 1 << 20 // of the list of types inside
)

// Allowed is what may be attached, to finish a sentence.
const Allowed = "JPEG, PNG, TIFF, PDF, DOCX, XLSX and plain text (TXT) can be attached"

func refused(format string, args ...any) error {
	return &dutylog.InvalidError{Field: "file", Reason: fmt.Sprintf(format, args...)}
}

// Judge says what a file is. The error is a *dutylog.InvalidError with one sentence for people.
func Judge(name string, content io.ReaderAt, size int64) (mime string, err error) {
	if size == 0 {
		return "", refused("is empty: choose the file again")
	}
	if size > dutylog.LargestAttachment {
		return "", refused("has more than %d MB: send a smaller one, for instance a scan with fewer dots", dutylog.LargestAttachment>>20)
	}
	head := make([]byte, min(size, 512))
	if _, err := content.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	ending := strings.ToLower(path.Ext(name))
	k, err := kindOf(head, content, size, ending)
	if err != nil {
		return "", err
	}
	if slices.Contains(k.endings, ending) {
		return k.mime, inside(k.mime, content, size)
	}
	return "", refused("is %s, but its name ends in %q: name it %s, or look at what it is", k.words, ending, k.endings[0])
}

func kindOf(head []byte, content io.ReaderAt, size int64, ending string) (kind, error) {
	if IsProgram(head) {
		return kind{}, refused("is a program, whatever its name says: programs are not taken; delete it, and tell the administrator where it came from")
	}
	for _, k := range kinds {
		if k.is != nil && k.is(head) {
			return k, nil
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return office(content, size)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return kind{}, refused("is a document of the old form (DOC, XLS), which may hold macros: save it as DOCX, XLSX or PDF")
	}
	for _, k := range kinds {
		if k.is != nil && slices.Contains(k.endings, ending) { // a file that was cut off or half sent begins otherwise
			return kind{}, refused("is named like %s, but does not begin as one: it is damaged or only has that name; open it here to see, then scan or save it anew", k.words)
		}
	}
	return text(content, size)
}

func kindNamed(mime string) kind {
	for _, k := range kinds {
		if k.mime == mime {
			return k
		}
	}
	return kind{}
}

// office looks into an archive: it has to be a document without macros, and to unpack into
// something that a computer can open.
func office(content io.ReaderAt, size int64) (kind, error) {
	z, err := zip.NewReader(content, size)
	if err != nil {
		return kind{}, refused("%s", Damaged)
	}
	if len(z.File) > mostParts {
		return kind{}, refused("unpacks into %d parts, which no document has", len(z.File))
	}
	types, err := LookInto(z, mostUnpacked)
	var harm Harm
	switch {
	case errors.Is(err, Bomb):
		return kind{}, refused("unpacks into more than %d MB, as archives do that are meant to harm", mostUnpacked>>20)
	case errors.As(err, &harm):
		return kind{}, refused("%s", harm)
	case err != nil:
		return kind{}, err
	}
	return officeKind(types)
}

func officeKind(types string) (kind, error) {
	switch {
	case types == "":
		return kind{}, refused("is an archive and no document: %s", Allowed)
	case OfMacros(types):
		return kind{}, refused("is a document for macros: save it without macros, or as PDF")
	case strings.Contains(types, docx+".main+xml"):
		return kindNamed(docx), nil
	case strings.Contains(types, xlsx+".main+xml"):
		return kindNamed(xlsx), nil
	}
	return kind{}, refused("is a document of another kind: %s", Allowed)
}

// text is what has no control characters and is UTF-8.
func text(content io.ReaderAt, size int64) (kind, error) {
	b, err := io.ReadAll(io.NewSectionReader(content, 0, size))
	if err != nil {
		return kind{}, err
	}
	if !utf8.Valid(b) || bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == 0x7F }) {
		return kind{}, refused("is of a kind that cannot be attached: %s (texts in UTF-8)", Allowed)
	}
	return kindNamed("text/plain; charset=utf-8"), nil
}
