package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	for _, c := range []struct {
		want string
		args []string
	}{
		{"it is no Word document", []string{"template", "--check", file}},
		{"there is no file", []string{"template", "--check", file + "x"}},
		{"write the template", []string{"template", filepath.Join(file, "x.docx")}},
	} {
		if _, _, err := command("", c.args...); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", c.args, err)
		}
	}
}
