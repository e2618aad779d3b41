package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"dutyline/dutylog"
	"dutyline/dutylog/sheet"
)

// book makes a real workbook.
func book(t testing.TB, fill func(b *excelize.File)) []byte {
	t.Helper()
	b := excelize.NewFile()
	defer b.Close()
	fill(b)
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func ok(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func read(content []byte) ([]dutylog.Table, error) {
	return sheet.Read("表.xlsx", bytes.NewReader(content), int64(len(content)))
}

func readOne(t testing.TB, content []byte) dutylog.Table {
	t.Helper()
	tables, err := read(content)
	if err != nil || len(tables) != 1 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	return tables[0]
}

func TestAWorkbookGivesTheCellsOwnValues(t *testing.T) {
	content := book(t, func(b *excelize.File) {
		ok(t, b.SetCellValue("Sheet1", "A1", "单位"), b.SetCellValue("Sheet1", "B1", "电话"), b.SetCellValue("Sheet1", "C1", "日期"))
		ok(t, b.SetCellValue("Sheet1", "A2", "沈河区应急局"), b.SetCellStr("Sheet1", "B2", "02422730001"), b.SetCellValue("Sheet1", "C2", 46349.5))
		ok(t, b.SetCellValue("Sheet1", "B4", 13804050062), b.SetCellFormula("Sheet1", "C4", "1+1"))
		ok(t, b.SetCellStr("Sheet1", "A4", "Ａ区０２４－２２７３（一）"))
	})
	got := readOne(t, content)
	want := dutylog.Table{Workbook: true, Rows: [][]string{{"单位", "电话", "日期"}, {"沈河区应急局", "02422730001", "46349.5"}, nil, {"A区024－2273（一）", "13804050062"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	day, ok := got.Date(got.Cell(1, 2), time.UTC)
	if !ok || day.Format("2006-01-02") != "2026-11-23" {
		t.Errorf("the date is %v, %v", day, ok)
	}
}

func TestFormulasGiveTheValuesThatWereSaved(t *testing.T) {
	// Written by hand, as spreadsheet programs do and libraries do not: formula and value.
	content := edit(t, book(t, func(b *excelize.File) { ok(t, b.SetCellValue("Sheet1", "A1", 1)) }), map[string]func(string) string{
		"xl/worksheets/sheet1.xml": func(s string) string {
			return strings.Replace(s, "<sheetData>", `<sheetData><row r="1"><c r="A1" t="str"><f>"沈"&amp;"河"</f><v>沈河</v></c><c r="B1"><f>6*7</f><v>42</v></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData><oldData>`, 1)
		},
	})
	if got := readOne(t, content).Rows; len(got) == 0 || cmp.Diff([]string{"沈河", "42", "#DIV/0!"}, got[0]) != "" {
		t.Errorf("%q", got)
	}
}

// edit rewrites parts of an archive; a part that is not there is added.
func edit(t testing.TB, content []byte, parts map[string]func(string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	ok(t, err)
	var out bytes.Buffer
	w, done := zip.NewWriter(&out), map[string]bool{}
	put := func(name, text string) {
		f, err := w.Create(name)
		ok(t, err)
		_, err = io.WriteString(f, text)
		ok(t, err)
	}
	for _, f := range in.File {
		r, err := f.Open()
		ok(t, err)
		text, err := io.ReadAll(r)
		ok(t, err, r.Close())
		if change := parts[f.Name]; change != nil {
			text, done[f.Name] = []byte(change(string(text))), true
		}
		put(f.Name, string(text))
	}
	for name, change := range parts {
		if !done[name] {
			put(name, change(""))
		}
	}
	ok(t, w.Close())
	return out.Bytes()
}

func TestMergedCellsHoldTheirValueEverywhere(t *testing.T) {
	content := book(t, func(b *excelize.File) {
		ok(t, b.SetCellValue("Sheet1", "A1", "十一月值班表"), b.MergeCell("Sheet1", "A1", "C1"))
		ok(t, b.SetCellValue("Sheet1", "A2", "一日"), b.MergeCell("Sheet1", "A2", "A3"))
		ok(t, b.SetCellValue("Sheet1", "B2", "张伟"), b.SetCellValue("Sheet1", "B3", "李娜"), b.SetCellValue("Sheet1", "D3", "x"))
		ok(t, b.SetCellValue("Sheet1", "B4", "王强"), b.MergeCell("Sheet1", "A4", "A9")) // an empty block
		_, err := b.NewSheet("节假日")
		ok(t, err, b.SetCellValue("节假日", "B1", "国庆"), b.MergeCell("节假日", "B1", "C1"))
	})
	tables, err := read(content)
	ok(t, err)
	want := []dutylog.Table{
		{Name: "Sheet1", Workbook: true, Rows: [][]string{{"十一月值班表", "十一月值班表", "十一月值班表"}, {"一日", "张伟"}, {"一日", "李娜", "", "x"}, {"", "王强"}},
			Merged: []dutylog.CellRange{{Right: 2}, {Top: 1, Bottom: 2}, {Top: 3, Bottom: 8}}},
		{Name: "节假日", Workbook: true, Rows: [][]string{{"", "国庆", "国庆"}}, Merged: []dutylog.CellRange{{Left: 1, Right: 2}}},
	}
	if diff := cmp.Diff(want, tables); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTextInEveryEncoding(t *testing.T) {
	text := "单位,电话\r\n\r\n沈河区,０２４－22730001\r\n\"多\n行\",1\r\n市局,2\r\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	ok(t, err)
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, ",", "\t"))
	ok(t, err)
	want := [][]string{{"单位", "电话"}, nil, {"沈河区", "024－22730001"}, {"多\n行", "1"}, {"市局", "2"}}
	for name, content := range map[string]string{"UTF-8": text, "BOM": "\uFEFF" + text, "GBK": gbk, "UTF-16 with tabs": wide, "semicolons": strings.ReplaceAll(text, ",", ";")} {
		if diff := cmp.Diff(want, readOne(t, []byte(content)).Rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// small is less than any real table needs, so that what is too large is quickly made.
var small = sheet.Limits{Bytes: 1 << 20, Unpacked: 4 << 20, Cells: 10_000}

func TestWhatIsNoTableIsRefusedInOneSentence(t *testing.T) {
	good := book(t, func(b *excelize.File) { ok(t, b.SetCellValue("Sheet1", "A1", "单位")) })
	same := func(text string) func(string) string { return func(string) string { return text } }
	locked := excelize.NewFile()
	defer locked.Close()
	var encrypted bytes.Buffer
	ok(t, locked.Write(&encrypted, excelize.Options{Password: "值班"}))
	archive := func(names ...string) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, n := range names {
			_, err := w.Create(n)
			ok(t, err)
		}
		ok(t, w.Close())
		return out.Bytes()
	}
	rows := func(text string) func(string) string {
		return func(s string) string { return strings.Replace(s, "<sheetData>", "<sheetData>"+text, 1) }
	}
	for name, c := range map[string]struct {
		content []byte
		fault   dutylog.FileFault
		remedy  string
	}{
		"nothing":          {nil, dutylog.FileEmpty, "choose the file again"},
		"blanks":           {[]byte(" \n\n"), dutylog.FileEmpty, "choose the file again"},
		"too large":        {make([]byte, small.Bytes+1), dutylog.FileTooLarge, "split the table"},
		"an old workbook":  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), dutylog.FileOldWorkbook, "save it as .xlsx"},
		"an encrypted one": {encrypted.Bytes(), dutylog.FileEncrypted, "take the password away"},
		"a macro":          {edit(t, good, map[string]func(string) string{"xl/vbaProject.bin": same("\xd0\xcf")}), dutylog.FileMacro, "save it as .xlsx"},
		"a macro by its type": {edit(t, good, map[string]func(string) string{"[Content_Types].xml": func(s string) string {
			return strings.ReplaceAll(s, "spreadsheetml.sheet.main", "sheet.macroEnabled.main")
		}}), dutylog.FileMacro, "save it as .xlsx"},
		"a macro elsewhere":  {edit(t, good, map[string]func(string) string{"customXml/vbaProject.bin": same("x")}), dutylog.FileMacro, "save it as .xlsx"},
		"a sheet of macros":  {edit(t, good, map[string]func(string) string{"xl/macrosheets/sheet1.xml": same("<m/>")}), dutylog.FileMacro, "save it as .xlsx"},
		"a packed object":    {edit(t, good, map[string]func(string) string{"xl/embeddings/oleObject1.bin": same("x")}), dutylog.FileProgram, "a new workbook"},
		"a program inside":   {edit(t, good, map[string]func(string) string{"xl/media/image1.png": same("MZ\x90\x00")}), dutylog.FileProgram, "a new workbook"},
		"a program by name":  {[]byte("MZ\x90\x00"), dutylog.FileProgram, "delete it"},
		"a binary workbook":  {archive("[Content_Types].xml", "xl/workbook.bin"), dutylog.FileBinary, "save it as .xlsx"},
		"a letter":           {archive("[Content_Types].xml", "word/document.xml"), dutylog.FileOther, "copy the table"},
		"an OpenDocument":    {archive("mimetype", "content.xml"), dutylog.FileOther, "copy the table"},
		"another archive":    {archive("photo.jpg"), dutylog.FileOther, "take the table out of it"},
		"an empty archive":   {archive(), dutylog.FileOther, "take the table out of it"},
		"half a workbook":    {good[:len(good)/2], dutylog.FileDamaged, "save it again"},
		"no workbook inside": {edit(t, good, map[string]func(string) string{"xl/workbook.xml": same("<broken")}), dutylog.FileDamaged, "save it again"},
		"a bomb":             {edit(t, good, map[string]func(string) string{"xl/media/image1.png": same(strings.Repeat("\x00", 5<<20))}), dutylog.FileBomb, "a new workbook"},
		"thousands of files": {archive(strings.Split(strings.Repeat("a,", 6000), ",")...), dutylog.FileBomb, "no workbook"},
		"a sheet of blanks":  {edit(t, good, map[string]func(string) string{"xl/worksheets/sheet1.xml": rows(strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 40))}), dutylog.FileTooMany, "split the table"},
		"merged without end": {edit(t, good, map[string]func(string) string{"xl/worksheets/sheet1.xml": func(s string) string {
			return strings.Replace(s, "</sheetData>", "</sheetData><mergeCells>"+strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 100)+"</mergeCells>", 1)
		}}), dutylog.FileTooMany, "a new workbook"},
		"a cell like a novel":    {[]byte("a," + strings.Repeat("字", 60_000)), dutylog.FileTooMany, "no table"},
		"a PDF":                  {[]byte("%PDF-1.7"), dutylog.FilePDF, ".xlsx or .csv"},
		"a letter as plain text": {[]byte("关于报送值班表的通知\n请各单位于本月28日前报送。\n"), dutylog.FileNoTable, "named like one"},
		"a picture":              {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), dutylog.FileNoTable, "CSV UTF-8"},
		"a web page":             {[]byte("\uFEFF <html><table>"), dutylog.FileOther, "save it as .xlsx"},
		"no encoding we know":    {[]byte("单位,电话\n\xff\x80\xff\xff,1\n"), dutylog.FileEncoding, "CSV UTF-8"},
		"open quotation marks":   {[]byte("单位,电话\nx,22730001\n\"y,22730002\n"), dutylog.FileQuotes, "line 3"},
	} {
		tables, err := small.Read("表.xlsx", bytes.NewReader(c.content), int64(len(c.content)))
		var f *dutylog.FileError
		if !errors.As(err, &f) || tables != nil {
			t.Errorf("%s: %d tables, %v", name, len(tables), err)
			continue
		}
		if text := err.Error(); f.Fault != c.fault || !strings.HasPrefix(text, "表.xlsx ") || !strings.Contains(text, c.remedy) || strings.Contains(text, "\n") {
			t.Errorf("%s: %s, want %s with %q: %s", name, f.Fault, c.fault, c.remedy, text)
		}
	}
}

func TestAReaderThatFailsIsNoFaultOfTheFile(t *testing.T) {
	_, err := sheet.Read("x.csv", bytes.NewReader([]byte("a,b")), 9)
	if f := (*dutylog.FileError)(nil); err == nil || errors.As(err, &f) {
		t.Errorf("%v", err)
	}
}

func TestCellNames(t *testing.T) {
	for column, want := range map[int]string{0: "A17", 1: "B17", 25: "Z17", 26: "AA17", 701: "ZZ17", 702: "AAA17"} {
		if got := dutylog.CellName(16, column); got != want {
			t.Errorf("column %d: %s, want %s", column, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("单位,电话\n\"a\"\"b\",110\n"))
	f.Add([]byte("\xff\xfea\x00\t\x00b\x00"))
	f.Add([]byte("\xd0\xcf\x11\xe0"))
	f.Add(book(f, func(b *excelize.File) {
		ok(f, b.SetCellValue("Sheet1", "B2", "沈河"), b.MergeCell("Sheet1", "B2", "D4"))
	}))
	f.Fuzz(func(t *testing.T, content []byte) {
		tables, err := small.Read("x", bytes.NewReader(content), int64(len(content)))
		if (err == nil) != (len(tables) > 0) {
			t.Fatalf("%d tables and %v", len(tables), err)
		}
		if err != nil {
			if f := (*dutylog.FileError)(nil); !errors.As(err, &f) || f.Fault == "" || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%q", err)
			}
			return
		}
		cells := 0
		for _, table := range tables {
			for i, row := range table.Rows {
				cells += len(row)
				if len(row) > 0 && len(table.Merged) == 0 && row[len(row)-1] == "" {
					t.Fatalf("row %d ends in an empty cell", i+1)
				}
			}
		}
		if most := 20*small.Cells + 16_384; cells > most {
			t.Fatal(fmt.Sprint(cells, " cells were kept"))
		}
	})
}
