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
		return kind{}, refused("is a damaged archive: save the document again")
	}
	if len(z.File) > mostParts {
		return kind{}, refused("unpacks into %d parts, which no document has", len(z.File))
	}
	types, left := "", int64(mostUnpacked)
	for _, f := range z.File {
		if err := checkPart(f.Name); err != nil {
			return kind{}, err
		}
		// What the archive says of itself may be a lie: only what comes out counts.
		n, text, err := unpacked(f, left, strings.EqualFold(f.Name, "[Content_Types].xml"))
		if err != nil {
			return kind{}, err
		}
		if types != "" && text != "" { // nobody knows which one of them the reader believes
			return kind{}, refused("says twice what it holds, as no document does: save it again, or as PDF")
		}
		left -= n
		types += text
	}
	return officeKind(types)
}

// checkPart refuses parts that can do something when the document is opened.
func checkPart(name string) error {
	name = strings.ToLower(name)
	switch base := path.Base(name); {
	case strings.Contains(base, "vbaproject") || strings.Contains(base, "vbadata"):
		return refused("holds macros, which could do anything on the computer that opens it: save it without macros, or as PDF")
	case strings.Contains(name, "/activex/") || strings.Contains(name, "/embeddings/") && strings.HasSuffix(base, ".bin"):
		return refused("holds programs or packed files inside: save it as PDF")
	}
	return nil
}

func unpacked(f *zip.File, left int64, keep bool) (n int64, text string, err error) {
	in, err := f.Open()
	if err != nil {
		return 0, "", refused("is packed in a way that cannot be looked into, perhaps with a password: save it without one")
	}
	defer in.Close()
	if keep {
		b, err := io.ReadAll(io.LimitReader(in, mostTypes+1))
		if err != nil || len(b) > mostTypes {
			return 0, "", refused("is a damaged archive: save the document again")
		}
		return int64(len(b)), string(b), nil
	}
	n, err = io.Copy(io.Discard, io.LimitReader(in, left+1))
	switch {
	case n > left:
		return 0, "", refused("unpacks into more than %d MB, as archives do that are meant to harm", mostUnpacked>>20)
	case err != nil:
		return 0, "", refused("is a damaged archive: save the document again")
	}
	return n, "", nil
}

func officeKind(types string) (kind, error) {
	switch low := strings.ToLower(types); {
	case types == "":
		return kind{}, refused("is an archive and no document: %s", Allowed)
	case strings.Contains(low, "macroenabled") || strings.Contains(low, "vbaproject"):
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
