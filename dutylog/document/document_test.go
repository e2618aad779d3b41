package document_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"dutyline/dutylog/document"
)

// words has something for every field of the shipped template, with what XML has to have escaped.
func words() map[string]string {
	w := map[string]string{}
	for i, name := range []string{"报送单位", "期别", "编号", "签发人", "标题", "主送", "正文", "事件类别", "报告时间", "发生单位", "发生时间", "发生地点", "起因", "事件性质",
		"人员伤亡情况", "物资损失情况", "已采取的措施", "事件发展态势", "与上期不同", "签发", "审核", "报送情况", "联系人", "联系电话"} {
		w[name] = fmt.Sprintf("第%d项“%s” <b>&amp; \"x\" 'y' {%s}", i, name, name)
	}
	w["正文"] = "第一段。\n　　第二段，3 人受伤。\n　　第三段。"
	w["联系电话"] = ""
	return w
}

func shipped(t *testing.T) []byte {
	t.Helper()
	template, err := document.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// made is a template with this body, and with further parts by name.
func made(t *testing.T, body string, more map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	all := map[string]string{"word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`}
	maps.Copy(all, more)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, all[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func paragraph(runs ...string) string {
	return "<w:p><w:r><w:t>" + strings.Join(runs, "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>") + "</w:t></w:r></w:p>"
}

func part(t *testing.T, document []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheShippedTemplateHasEveryFieldAndIsFilled(t *testing.T) {
	want := words()
	fields, err := document.Fields(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if !slices.Contains(fields, name) {
			t.Errorf("the shipped template has no field {%s}", name)
		}
	}
	if len(fields) != len(want) {
		t.Errorf("the fields of the shipped template are %v", fields)
	}
	out, err := document.Fill(shipped(t), want)
	if err != nil {
		t.Fatal(err)
	}
	text, err := document.Text(out)
	if err != nil {
		t.Fatal(err)
	}
	for name, said := range want {
		if !strings.Contains(flat(text), flat(said)) {
			t.Errorf("%s: %q is not in the document", name, said)
		}
	}
	if body := part(t, out, "word/document.xml"); strings.Count(body, "<w:br/>") != 2 || !strings.Contains(body, "突发事件信息报告") || !strings.Contains(body, "&lt;b&gt;") {
		t.Errorf("the paragraphs of a text are not lines of the document, or a sign was not escaped: %s", body)
	}
	if !strings.Contains(part(t, out, "word/footer1.xml"), "PAGE") || part(t, out, "[Content_Types].xml") != part(t, shipped(t), "[Content_Types].xml") {
		t.Error("a part of the template that has no fields was changed")
	}
}

func flat(s string) string { return strings.Join(strings.Fields(s), "") }

// What a site may do to its own template in Word: fields that Word has torn into several runs, several in
// one run, twice, in head and foot, beside a picture.
func TestATemplateOfTheSite(t *testing.T) {
	picture := "\x89PNG\r\n\x1a\n\x00\x01{<w:r>}"
	own := made(t, paragraph("关于{标", "题}的{期", "别}")+paragraph("{编号}／{期别}／{签发人}，{编号}")+"<w:tbl><w:tr><w:tc>"+paragraph("{正文}")+"</w:tc></w:tr></w:tbl>",
		map[string]string{
			"word/header1.xml":    `<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + paragraph("{报送单位}") + `</w:hdr>`,
			"word/footer1.xml":    `<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + paragraph("联系人{联系人}") + `</w:ftr>`,
			"word/media/arms.png": picture,
		})
	fields, err := document.Fields(own)
	if err != nil || len(fields) != 7 {
		t.Fatalf("%v %v", fields, err)
	}
	want := words()
	out, err := document.Fill(own, want)
	if err != nil {
		t.Fatal(err)
	}
	text, err := document.Text(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"关于" + want["标题"] + "的" + want["期别"], want["编号"] + "／" + want["期别"] + "／" + want["签发人"] + "，" + want["编号"], want["报送单位"], "联系人" + want["联系人"]} {
		if !strings.Contains(flat(text), flat(said)) {
			t.Errorf("%q is not in the document: %s", said, text)
		}
	}
	if part(t, out, "word/media/arms.png") != picture {
		t.Error("the picture was changed")
	}
}

// Each fault is one sentence that names the template, and nothing comes out.
func TestABrokenTemplate(t *testing.T) {
	for name, c := range map[string]struct {
		template []byte
		says     string
	}{
		"empty":         {nil, "it is no Word document (.docx)"},
		"no archive":    {[]byte("<html>报告</html>"), "it is no Word document (.docx)"},
		"cut":           {shipped(t)[:700], "it is no Word document (.docx)"},
		"no body":       {made(t, "", nil)[:22], "it is no Word document (.docx)"},
		"other archive": {without(t, "word/document.xml"), "it has no word/document.xml"},
		"damaged":       {made(t, "<w:p><w:r><w:t>{标题}</w:p>", nil), "document.xml in it is damaged"},
		"damaged head":  {made(t, paragraph("{标题}"), map[string]string{"word/header1.xml": "<w:hdr"}), "header1.xml in it is damaged"},
		"no field":      {made(t, paragraph("突发事件信息报告"), nil), "it has no field such as {标题}"},
		"unknown field": {made(t, paragraph("{标提}"), nil), "there is no field {标提}; there are {与上期不同} {主送} {事件发展态势}"},
		"not closed":    {made(t, paragraph("{标题")+paragraph("{正文}"), nil), "the brace of {标题"},
		"nested":        {made(t, paragraph("{标题{正文}}"), nil), "is not closed in its paragraph"},
		"too large":     {bytes.Repeat([]byte("x"), 9<<20), "it has more than 8 MB"},
	} {
		out, err := document.Fill(c.template, words())
		if out != nil || !errors.Is(err, document.ErrTemplate) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.ContainsAny(err.Error(), "\n\x00") || !strings.HasPrefix(err.Error(), "the template of the report cannot be used: ") {
			t.Errorf("%s is no sentence: %q", name, err)
		}
	}
}

func without(t *testing.T, name string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(shipped(t)), int64(len(shipped(t))))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range archive.File {
		if f.Name == name {
			continue
		}
		if err := out.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A text of 100,000 characters is all in the document; signs that no XML holds are replaced, not lost in silence.
func TestALongAndAHostileText(t *testing.T) {
	w := words()
	w["正文"] = strings.Repeat("现场处置情况：消防已到场，无人员伤亡。\n", 5000)
	w["标题"] = "火\x00灾\x1b报\uFFFE告 ]]> <!-- </w:t></w:r> &#0; _x0041_ 😀"
	out, err := document.Fill(shipped(t), w)
	if err != nil {
		t.Fatal(err)
	}
	text, err := document.Text(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text, "无人员伤亡"); n != 5000 {
		t.Errorf("%d of 5000 sentences are in the document", n)
	}
	if !strings.Contains(text, "火\uFFFD灾\uFFFD报\uFFFD告 ]]> <!-- </w:t></w:r> &#0; _x0041_ 😀") {
		t.Errorf("the title came out as %.200s", text)
	}
}

func TestAFileOfTheSiteIsReadAnewEachTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "报告模板.docx")
	fill := document.Filler(file)
	if _, err := fill(words()); !errors.Is(err, document.ErrTemplate) || !strings.Contains(err.Error(), "there is no file "+file) {
		t.Errorf("%v", err)
	}
	if _, err := document.Filler(t.TempDir())(words()); !errors.Is(err, document.ErrTemplate) {
		t.Errorf("a folder was a template: %v", err)
	}
	for _, title := range []string{"甲", "乙"} {
		if err := os.WriteFile(file, made(t, paragraph(title+"{标题}")+paragraph("{正文}"), nil), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := fill(words())
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := document.Text(out); !strings.HasPrefix(text, title+"第4项") {
			t.Errorf("the template was not read anew: %s", text)
		}
	}
	if err := os.WriteFile(file, made(t, paragraph("{标题}{人员伤亡情况}"), nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := fill(words()); out != nil || !errors.Is(err, document.ErrTemplate) || !strings.Contains(err.Error(), "it has no field {正文}") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a template without the text: %v", err)
	}
	if out, err := document.Filler("")(words()); err != nil || len(out) < 1000 {
		t.Errorf("without a file the shipped template is used: %v", err)
	}
}

// Several people take reports at the same time.
func TestReportsAtTheSameTime(t *testing.T) {
	var wait sync.WaitGroup
	template := shipped(t)
	for i := range 8 {
		wait.Go(func() {
			w := words()
			w["标题"] = fmt.Sprintf("第%d起事件", i)
			out, err := document.Fill(template, w)
			if err != nil {
				t.Error(err)
				return
			}
			if text, err := document.Text(out); err != nil || !strings.Contains(text, w["标题"]) {
				t.Errorf("%d: %v: %.100s", i, err, text)
			}
		})
	}
	wait.Wait()
}

// Whatever stands in a template, the answer is a document that has every word, or one sentence.
func FuzzATemplate(f *testing.F) {
	f.Add("{标题}", "{正文}", "字")
	f.Add("a{标", "题}b{正文}{标题}", "{标题}")
	f.Add("}{标题}{", "x", "}{")
	f.Add("{标题}{标题}", "}", "&<>")
	f.Fuzz(func(t *testing.T, first, second, said string) {
		escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
		out, err := document.Fill(made(t, paragraph(escape.Replace(first), escape.Replace(second)), nil), map[string]string{"标题": said, "正文": "正文"})
		if err != nil {
			if !errors.Is(err, document.ErrTemplate) {
				t.Fatalf("%v", err)
			}
			return
		}
		if _, err := document.Text(out); err != nil {
			t.Fatal(err)
		}
	})
}
