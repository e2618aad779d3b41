package attached_test

import (
	"errors"
	"strings"
	"testing"

	"dutyline/dutylog"
)

// Documents that say one thing to us and another to the program that opens them.
func TestDocumentsWithTwoFaces(t *testing.T) {
	const part, body = "word/document.xml", "<w/>"
	long := wordTypes + strings.Repeat(" ", 1<<20) + macroTypes
	for _, c := range []struct{ name, content, says string }{
		{"a second list of types behind the first", packed("[Content_Types].xml", wordTypes, part, body, "[Content_Types].xml", macroTypes), "says twice"},
		{"a second list of types before the other", packed("[Content_Types].xml", macroTypes, part, body, "[Content_Types].xml", wordTypes), "says twice"},
		{"a second list in other letters", packed("[content_types].xml", macroTypes, part, body, "[Content_Types].xml", wordTypes), "says twice"},
		{"the one list in other letters", packed("[CONTENT_TYPES].XML", macroTypes, part, body), "for macros"},
		{"macros behind a megabyte of blanks", packed("[Content_Types].xml", long, part, body), "damaged"},
		{"the macros' type in capitals", packed("[Content_Types].xml", strings.ToUpper(macroTypes), part, body), "for macros"},
		{"macros by another name", packed("[Content_Types].xml", wordTypes, part, body, "word/VBAPROJECT.BIN", "x"), "macros"},
		{"a control inside", packed("[Content_Types].xml", wordTypes, part, body, "word/ActiveX/activeX1.xml", "x"), "programs"},
		{"a packed file inside", packed("[Content_Types].xml", wordTypes, part, body, "word/embeddings/oleObject1.bin", "x"), "programs"},
		{"no list at all", packed(part, body), "no document"},
		{"an empty list", packed("[Content_Types].xml", "", part, body), "no document"},
		{"an archive cut off", packed("[Content_Types].xml", wordTypes, part, body)[:60], "damaged"},
	} {
		mime, err := judge("报告.docx", c.content)
		var refused *dutylog.InvalidError
		if !errors.As(err, &refused) || refused.Field != "file" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v; want a refusal that says %q", c.name, mime, err, c.says)
		}
	}
	if mime, err := judge("报告.docx", packed("[content_types].xml", wordTypes, part, body)); err != nil {
		t.Errorf("a document that spells its list in small letters: %q, %v", mime, err)
	}
}

// The name says one thing and the content another: the content counts, and the name has to follow.
func TestNamesThatDoNotFitTheContent(t *testing.T) {
	const jpeg, pdf, page = "\xFF\xD8\xFF\xE0rest", "%PDF-1.7\nrest", "<html><script>alert(1)</script>"
	for _, c := range []struct {
		name, content string
		good          bool
	}{
		{"a.jpg", jpeg, true}, {"a.JpG", jpeg, true}, {"a.pdf.jpg", jpeg, true},
		{"a.jpg.pdf", jpeg, false}, {"a", jpeg, false}, {"jpg", jpeg, false}, {"a.jpg ", jpeg, false}, {"a.jpg\u200b", jpeg, false},
		{"a.pdf", pdf, true}, {"a.exe", pdf, false}, {"a.pdf", " " + pdf, false},
		{"a.html", page, false}, {"a.svg", page, false}, {"a.txt", page, true}, // a text is only ever given as a text
		{"a.txt", "MZ\x90\x00", false}, {"a.txt", "\x7FELF\x02", false}, {"a.txt", "#!/bin/sh\nrm", true}, {"a.sh", "#!/bin/sh\nrm", false},
		{"a.txt", "\xFF\xFEt\x00", false}, {"a.txt", "\xEF\xBB\xBF带标记", true}, {"a.txt", "bell\a", false},
	} {
		if mime, err := judge(c.name, c.content); (err == nil) != c.good || err == nil && mime == "" {
			t.Errorf("%q with %.12q: %q, %v; want it taken: %v", c.name, c.content, mime, err, c.good)
		}
	}
}
