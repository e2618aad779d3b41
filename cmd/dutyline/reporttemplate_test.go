package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	docx "dutyline/dutylog/document"
)

// The shipped template is written once, found good, and never written over.
func TestTheTemplateOfReports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "报告模板.docx")
	if out := works(t, "", "template", file); !strings.Contains(out, "site.report_template") {
		t.Fatal(out)
	}
	before, err := os.ReadFile(file)
	if err != nil || len(before) < 1000 {
		t.Fatalf("%v: %d bytes", err, len(before))
	}
	if _, _, err := command("", "template", file); err == nil || !strings.Contains(err.Error(), "is there already and stays") {
		t.Errorf("%v", err)
	}
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Error("the site's template was written over")
	}
	out := works(t, "", "template", "--check", file)
	for _, said := range []string{"can be used", "{标题}", "{人员伤亡情况}", "{报送情况}", "{与上期不同}"} {
		if !strings.Contains(out, said) {
			t.Errorf("%s is not told: %s", said, out)
		}
	}
}

// What cannot be used, or written, is one sentence.
func TestATemplateThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "报告模板.docx")
	if err := os.WriteFile(file, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	textless := filepath.Join(t.TempDir(), "无正文.docx")
	if err := os.WriteFile(textless, withoutText(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"it has no field {正文}", []string{"template", "--check", textless}},
		{"it is no Word document", []string{"template", "--check", file}},
		{"there is no file", []string{"template", "--check", file + "x"}},
		{"write the template", []string{"template", filepath.Join(file, "x.docx")}},
	} {
		if _, _, err := command("", c.args...); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", c.args, err)
		}
	}
}

// withoutText is the shipped template without the field of the text.
func withoutText(t *testing.T) []byte {
	t.Helper()
	shipped, err := docx.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(shipped), int64(len(shipped)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range archive.File {
		text, err := fs.ReadFile(archive, part.Name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := out.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.ReplaceAll(text, []byte("{正文}"), []byte("见附件"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
