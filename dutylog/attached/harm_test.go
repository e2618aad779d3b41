package attached_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// aProgram is the least that a program for Windows begins with.
func aProgram() string {
	b := make([]byte, 256)
	copy(b, "MZ")
	binary.LittleEndian.PutUint32(b[0x3C:], 0x80)
	copy(b[0x80:], "PE\x00\x00")
	return string(b)
}

// aPDF has one object, and one that is packed.
func aPDF(object, packed string) string {
	text := "%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + object + " >>\nendobj\n"
	if packed != "" {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		if _, err := io.WriteString(z, packed); err != nil {
			panic(err)
		}
		if err := z.Close(); err != nil {
			panic(err)
		}
		text += fmt.Sprintf("2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\r\n%s\nendstream\nendobj\n", b.Len(), b.String())
	}
	return text + "%%EOF\n"
}

// What is in a file counts, wherever in it and however it is written.
func TestWhatMayDoHarmIsFoundByItsContent(t *testing.T) {
	const jpeg = "\xFF\xD8\xFF\xE0rest"
	far := strings.Repeat("x", 64<<10-20) // so that the marks lie on both sides of a block's end
	document := func(parts ...string) string {
		return packed(append([]string{"[Content_Types].xml", wordTypes, "word/document.xml", "<w/>"}, parts...)...)
	}
	workbook := func(parts ...string) string {
		return packed(append([]string{"[Content_Types].xml", excelTypes, "xl/workbook.xml", "<x/>"}, parts...)...)
	}
	for _, c := range []struct{ what, name, content, want string }{
		{"a program by its own name", "a.exe", aProgram(), "is a program"},
		{"a program named as a document", "通知.pdf", aProgram(), "is a program"},
		{"a program named as a photo", "照片.jpg", aProgram(), "is a program"},
		{"a program named as a text", "说明.txt", aProgram(), "is a program"},
		{"a program for Linux", "照片.jpg", "\x7fELF\x02\x01\x01rest", "is a program"},
		{"a text that begins with MZ", "说明.txt", "MZ 是一种标记", ""},
		{"a program behind a photo", "照片.jpg", jpeg + aProgram(), "holds programs"},
		{"one far behind a photo", "照片.jpg", jpeg + far + aProgram(), "holds programs"},
		{"one for Linux behind a photo", "照片.jpg", jpeg + far + "\x7fELF\x02\x01\x01\x00", "holds programs"},
		{"the letters MZ in a photo", "照片.jpg", jpeg + strings.Repeat("MZ..", 100), ""},
		{"a program in a PDF", "通知.pdf", aPDF("", "") + aProgram(), "holds programs"},

		{"a PDF", "通知.pdf", aPDF("/Lang (zh-CN)", "<< /Type /Page >>"), ""},
		{"a PDF that opens at a page", "通知.pdf", aPDF("/OpenAction [3 0 R /FitH null]", ""), ""},
		{"one that goes to a page", "通知.pdf", aPDF("/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", ""), ""},
		{"one that says where", "通知.pdf", aPDF("/OpenAction 5 0 R", ""), ""},
		{"a script", "通知.pdf", aPDF("/OpenAction << /S /JavaScript /JS (app.alert) >>", ""), "holds a program"},
		{"a script in hexadecimal digits", "通知.pdf", aPDF("/AA << /O << /S /J#61vaScript >> >>", ""), "(JavaScript)"},
		{"a whole name in hexadecimal digits", "通知.pdf", aPDF("/S /#4a#61#76#61#53#63#72#69#70#74", ""), "(JavaScript)"},
		{"an order to start a program", "通知.pdf", aPDF("/S /L#61unch", ""), "(Launch)"},
		{"an action at opening", "通知.pdf", aPDF("/Open#41ction << /S /URI /URI (http://x) >>", ""), "(OpenAction"},
		{"a file inside", "通知.pdf", aPDF("/Type /EmbeddedFile", ""), "(EmbeddedFile)"},
		{"a script in a packed part", "通知.pdf", aPDF("", "5 0 << /S /JavaScript >>"), "(JavaScript)"},
		{"one in hexadecimal digits in a packed part", "通知.pdf", aPDF("", "5 0 << /S /Java#53cript >>"), "(JavaScript)"},
		{"a packed part with a password", "通知.pdf", strings.Replace(aPDF("", "x"), "stream\r\n", "stream\r\nsecret", 1), "with a password"},
		{"a longer name that begins alike", "通知.pdf", aPDF("/JavaScripts (x) /Launching (y)", ""), ""},

		{"macros somewhere else", "报告.docx", document("customXml/deep/vbaProject.bin", "x"), "holds macros"},
		{"a sheet of macros", "名单.xlsx", workbook("xl/macrosheets/sheet1.xml", "<m/>"), "holds macros"},
		{"a sheet of macros by its type", "名单.xlsx", packed("[Content_Types].xml", excelTypes+`<Override ContentType="application/vnd.ms-excel.intlmacrosheet+xml"/>`, "xl/workbook.xml", "<x/>"), "for macros"},
		{"a workbook that says what parts with macros would be", "名单.xlsx", packed("[Content_Types].xml", excelTypes+`<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>`, "xl/workbook.xml", "<x/>"), ""},
		{"one that has such a part", "名单.xlsx", packed("[Content_Types].xml", excelTypes+`<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>`, "xl/workbook.xml", "<x/>"), "for macros"},
		{"a dialog of old macros", "名单.xlsx", workbook("xl/dialogsheets/sheet1.xml", "<m/>"), "holds macros"},
		{"macros by another name", "报告.docx", document("word/media/image1.png", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "holds programs"},
		{"a program by another name", "报告.docx", document("word/media/image1.png", aProgram()), "holds programs"},
		{"a program within a part", "报告.docx", document("word/media/image1.emf", "head"+far+aProgram()), "holds programs"},
		{"a packed object", "报告.docx", document("word/embeddings/oleObject1.bin", "x"), "holds programs"},
		{"a workbook behind a chart", "报告.docx", document("word/embeddings/Microsoft_Excel_Sheet.xlsx", workbook()), ""},
		{"one with macros", "报告.docx", document("word/embeddings/Microsoft_Excel_Sheet.xlsx", workbook("xl/vbaProject.bin", "x")), "holds macros"},
		{"one for macros", "报告.docx", document("word/embeddings/a.xlsx", packed("[Content_Types].xml", macroTypes)), "holds macros"},
		{"archives in archives in archives", "报告.docx", document("a.zip", packed("b.zip", packed("c.zip", packed("d", "x")))), "unpacks into more"},
	} {
		_, err := judge(c.name, c.content)
		var invalid *dutylog.InvalidError
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v; want it taken", c.what, err)
		case c.want != "" && (!errors.As(err, &invalid) || !strings.Contains(invalid.Reason, c.want)):
			t.Errorf("%s: %v; want %q", c.what, err, c.want)
		}
	}
}
