package attached_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/attached"
)

const (
	wordTypes  = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	excelTypes = `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	macroTypes = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>`
	slideTypes = `<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>`
)

// packed is an archive with these parts.
func packed(parts ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// bomb unpacks into so many MB of nothing.
func bomb(mb int) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("[Content_Types].xml")
	_, _ = io.WriteString(w, wordTypes)
	w, _ = z.Create("word/document.xml")
	nothing := make([]byte, 1<<20)
	for range mb {
		if _, err := w.Write(nothing); err != nil {
			panic(err)
		}
	}
	z.Close()
	return b.String()
}

func judge(name, content string) (string, error) {
	return attached.Judge(name, strings.NewReader(content), int64(len(content)))
}

func TestWhatMayBeAttached(t *testing.T) {
	docx, xlsx := packed("[Content_Types].xml", wordTypes, "word/document.xml", "<w/>"), packed("[Content_Types].xml", excelTypes, "xl/workbook.xml", "<x/>")
	for _, c := range []struct{ name, content, want string }{
		{"照片.jpg", "\xFF\xD8\xFF\xE0rest", "image/jpeg"},
		{"照片.JPEG", "\xFF\xD8\xFF\xE1rest", "image/jpeg"},
		{"image.png", onePixel, "image/png"},
		{"传真.tif", "II*\x00rest", "image/tiff"},
		{"传真.TIFF", "MM\x00*rest", "image/tiff"},
		{"通知.pdf", "%PDF-1.7\nrest", "application/pdf"},
		{"报告.docx", docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"名单.xlsx", xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"说明.txt", "灾情：暂无伤亡。\r\n\t完", "text/plain; charset=utf-8"},
	} {
		if got, err := judge(c.name, c.content); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %s", c.name, got, err, c.want)
		}
	}
}

func TestWhatIsRefusedIsSaidInOneSentence(t *testing.T) {
	macro := packed("[Content_Types].xml", wordTypes, "word/vbaProject.bin", "x")
	for _, c := range []struct{ name, content, want string }{
		{"空.jpg", "", "is empty"},
		{"程序.exe", "MZ\x90\x00", "is a program, whatever its name says"},
		{"程序.jpg", "MZ\x90\x00", "is a program, whatever its name says"},
		{"坏.pdf", "scan\nof\na sheet", "is named like a PDF document, but does not begin as one: it is damaged or only has that name; open it here to see, then scan or save it anew"},
		{"坏.PDF", "\x00\x01%PDF-1.4", "is named like a PDF document"},
		{"坏.tiff", "\x00\x00", "is named like a TIFF fax"},
		{"坏.docx", "text", `is a text, but its name ends in ".docx"`},
		{"照片.png", "\xFF\xD8\xFF\xE0", `is a JPEG photo, but its name ends in ".png": name it .jpg`},
		{"照片", "\xFF\xD8\xFF\xE0", `its name ends in ""`},
		{"页面.html", "<html><script>", `is a text, but its name ends in ".html"`},
		{"报告.docm", macro, "holds macros"},
		{"报告.docx", macro, "holds macros"},
		{"报告.docx", packed("[Content_Types].xml", macroTypes, "word/document.xml", "x"), "is a document for macros"},
		{"报告.docx", packed("[Content_Types].xml", wordTypes, "word/activeX/activeX1.xml", "x"), "holds programs"},
		{"报告.docx", packed("[Content_Types].xml", wordTypes, "word/embeddings/oleObject1.bin", "x"), "holds programs"},
		{"报告.docx", packed("[Content_Types].xml", excelTypes, "xl/workbook.xml", "x"), `is an Excel workbook, but its name ends in ".docx"`},
		{"报告.pptx", packed("[Content_Types].xml", slideTypes), "is a document of another kind"},
		{"资料.zip", packed("a.txt", "x"), "is an archive and no document"},
		{"报告.docx", bomb(201), "unpacks into more than 200 MB"},
		{"报告.docx", packed("[Content_Types].xml", wordTypes)[:60], "is a damaged archive"},
		{"报告.doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "is a document of the old form"},
		{"说明.txt", "a\x00b", "cannot be attached"},
		{"说明.txt", "\xC4\xE3\xBA\xC3", "texts in UTF-8"},
	} {
		_, err := judge(c.name, c.content)
		var invalid *dutylog.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "file" || !strings.Contains(invalid.Reason, c.want) || strings.Contains(invalid.Reason, "\n") {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

// TestALieAboutTheSizeDoesNotHelp: what the archive says of its parts is made small; what comes out counts.
func TestALieAboutTheSizeDoesNotHelp(t *testing.T) {
	content := []byte(bomb(201))
	// The directory at the end says how large the second part is, in four bytes.
	real := []byte{0, 0, 0x90, 0x0C} // 201 MB
	if n := bytes.Count(content, real); n == 0 {
		t.Fatal("the size is not where it was expected")
	}
	lie := bytes.ReplaceAll(content, real, []byte{16, 0, 0, 0})
	if _, err := judge("报告.docx", string(lie)); err == nil {
		t.Error("a bomb that says it is small was taken")
	}
}

func TestTooManyParts(t *testing.T) {
	var parts []string
	for i := range 5001 {
		parts = append(parts, fmt.Sprint("word/", i), "")
	}
	if _, err := judge("报告.docx", packed(parts...)); err == nil || !strings.Contains(err.Error(), "5001 parts") {
		t.Errorf("%v", err)
	}
}

func TestTooLarge(t *testing.T) {
	if _, err := attached.Judge("a.pdf", strings.NewReader("%PDF-"), dutylog.LargestAttachment+1); err == nil || !strings.Contains(err.Error(), "20 MB") {
		t.Errorf("%v", err)
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the disk fails") }

func TestADiskThatFailsIsNoFaultOfTheFile(t *testing.T) {
	_, err := attached.Judge("a.txt", broken{}, 5)
	var invalid *dutylog.InvalidError
	if err == nil || errors.As(err, &invalid) {
		t.Errorf("%v", err)
	}
}

// FuzzJudge: whatever arrives, the answer is a type of the list or one sentence.
func FuzzJudge(f *testing.F) {
	for _, s := range []string{"", "MZ", "\xFF\xD8\xFF", "PK\x03\x04", packed("[Content_Types].xml", wordTypes), "%PDF-", "text"} {
		f.Add("a.docx", s)
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		mime, err := judge(name, content)
		var invalid *dutylog.InvalidError
		if (err == nil) == (mime == "") || err != nil && !errors.As(err, &invalid) {
			t.Errorf("%q %v", mime, err)
		}
	})
}

// onePixel is a whole PNG.
const onePixel = "\x89PNG\r\n\x1A\n" +
	"\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3A\x7E\x9B\x55" +
	"\x00\x00\x00\x0AIDAT\x78\x9C\x63\x60\x00\x00\x00\x02\x00\x01\x48\xAF\xA4\x71" +
	"\x00\x00\x00\x00IEND\xAE\x42\x60\x82"

// What begins as it should and holds what it must not, or nothing.
func TestWhatIsInsideAFile(t *testing.T) {
	far := strings.Repeat("x", 64<<10-5)
	for name, c := range map[string]struct{ file, content, want string }{
		"a whole picture":                 {"a.png", onePixel, ""},
		"a picture with a text before":    {"a.png", onePixel[:33] + "\x00\x00\x00\x04tEXtabcd\x00\x00\x00\x00" + onePixel[33:], ""},
		"only the sign":                   {"a.png", onePixel[:8], "holds no picture"},
		"only the header":                 {"a.png", onePixel[:33], "holds no picture"},
		"cut off within the picture":      {"a.png", onePixel[:45], "holds no picture"},
		"header and end":                  {"a.png", onePixel[:33] + onePixel[len(onePixel)-12:], "holds no picture"},
		"no header":                       {"a.png", onePixel[:8] + onePixel[33:], "holds no picture"},
		"a length that reaches far out":   {"a.png", onePixel[:33] + "\xFF\xFF\xFF\xFFtEXt" + onePixel[33:], "holds no picture"},
		"a PDF":                           {"a.pdf", "%PDF-1.7\n1 0 obj <</Type /Catalog>>\n%%EOF", ""},
		"a PDF with a program":            {"a.pdf", "%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>>\n%%EOF", "holds a program"},
		"a PDF that starts another one":   {"a.pdf", "%PDF-1.7\n<</S /Launch /F (cmd.exe)>>", "holds a program"},
		"the word lies over two windows":  {"a.pdf", "%PDF-" + far[:len(far)-5] + "/JavaScript", "holds a program"},
		"the word ends the second window": {"a.pdf", "%PDF-" + far + far + "/JavaScript", "holds a program"},
		"a text may speak of it":          {"a.txt", "说明：/JavaScript", ""},
	} {
		_, err := attached.Judge(c.file, strings.NewReader(c.content), int64(len(c.content)))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
