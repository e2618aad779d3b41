package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dutyline/dutylog"
)

const (
	directoryTable = "单位,姓名,职务,电话,上级,确认日期\r\n沈河区应急局,王立新,值班员,22730001,否,2026-11-02\r\n市应急指挥中心,值班室,,024-22720100,是,\r\n"
	rosterTable    = "日期,岗位,姓名,电话,开始,结束\n2026-11-23,值班员,张伟,02422739110,08:00,20:00\n2026-11-23,值班员,李娜,,20:00,08:00\n2026-11-23,带班领导,赵振华,,08:00,08:00\n"
)

// table writes a file in the encoding of that name.
func table(t *testing.T, encoding, text string) string {
	t.Helper()
	raw := []byte(text)
	switch encoding {
	case "BOM":
		raw = append([]byte("\uFEFF"), raw...)
	case "GBK":
		var err error
		if raw, err = simplifiedchinese.GBK.NewEncoder().Bytes(raw); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestImportDirectoryInEveryEncoding(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "BOM", "GBK"} {
		file := filepath.Join(t.TempDir(), "log.db")
		out := works(t, "", "import", "directory", table(t, encoding, directoryTable), "--db", file)
		if out != "the directory is replaced: 2 contacts now, 0 before (2 added, 0 changed, 0 removed)\n" {
			t.Errorf("%s: %q", encoding, out)
		}
		d, err := openTestLog(t, file).Directory(t.Context())
		got := d.Contacts
		if err != nil || len(got) != 2 {
			t.Fatalf("%s: %+v, %v", encoding, got, err)
		}
		if c := got[0]; c.Unit != "沈河区应急局" || c.Numbers[0].Number.E164 != "+862422730001" || c.Superior || !got[1].Superior {
			t.Errorf("%s: %+v", encoding, got)
		}
	}
}

func TestTheAreaCodeIsTheSites(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	works(t, "", "import", "directory", table(t, "UTF-8", "单位,电话\n市水务局,22730001\n"), "--db", file, "--area-code", "0411")
	d, err := openTestLog(t, file).Directory(t.Context())
	got := d.Contacts
	if err != nil || len(got) != 1 || got[0].Numbers[0].Number.E164 != "+8641122730001" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestImportRosterCountsInTheSitesTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	out := works(t, "", "import", "roster", table(t, "GBK", rosterTable), "--db", file)
	if out != "the roster has 3 new shifts; days replaced: 1\n" {
		t.Errorf("%q", out)
	}
	db := openTestLog(t, file)
	for at, want := range map[string]string{
		"2026-11-22T23:59:59Z": "", "2026-11-23T00:00:00Z": "张伟", "2026-11-23T12:00:00Z": "李娜", "2026-11-23T23:59:59Z": "李娜", "2026-11-24T00:00:00Z": "",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		who, err := db.OnDuty(t.Context(), moment)
		if got := who[dutylog.PostOfficer].Name; err != nil || got != want {
			t.Errorf("on duty at %s: %q, want %q; %v", at, got, want, err)
		}
	}
	other := filepath.Join(t.TempDir(), "log.db") // the hours of the first are served by now, and stay
	works(t, "", "import", "roster", table(t, "UTF-8", rosterTable), "--db", other, "--time-zone", "UTC")
	db = openTestLog(t, other)
	moment := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	if who, err := db.OnDuty(t.Context(), moment); err != nil || who[dutylog.PostOfficer].Name != "张伟" {
		t.Errorf("in UTC: %+v, %v", who, err)
	}
}

func TestNothingIsImportedWhenARowIsBad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	works(t, "", "import", "directory", table(t, "UTF-8", directoryTable), "--db", file)
	bad := table(t, "GBK", "单位,电话\n市水务局,13804050062\n,abc\n市气象局,2.4E+10\n")
	refused(t, "", "nothing was imported, the table has 3 fault(s)", "import", "directory", bad, "--db", file)
	refused(t, "", bad, "import", "directory", bad, "--db", file)
	refused(t, "", "row 4, 电话 (B4)", "import", "directory", bad, "--db", file)
	refused(t, "", "has 1 fault(s)", "import", "roster", table(t, "UTF-8", rosterTable+"2026-11-23,门卫,某,,1:00,2:00\n"), "--db", file)
	db := openTestLog(t, file)
	if got, err := db.Directory(t.Context()); err != nil || len(got.Contacts) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := db.Shifts(t.Context(), time.Time{}, time.Time{}); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A real workbook, shown before it is taken, and taken again from its own export.
func TestImportAWorkbook(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	works(t, "", "import", "directory", table(t, "UTF-8", directoryTable), "--db", file)
	book := newWorkbook(t, []any{"沈阳市应急值班通讯录"}, []any{"单位", "姓名", "职务", "办公电话", "手机"},
		[]any{"沈河区应急局", "王立新", "值班长", "22730001", 13804050062}, []any{"市水务局", "徐文博", "", "０２４－２２７３０００９", ""})
	out := works(t, "", "import", "directory", book, "--db", file, "--dry-run")
	if want := "row 4: 市水务局 徐文博 is added\nrow 3: 沈河区应急局 王立新 值班员; title: \"值班员\" becomes \"值班长\"; mobile: \"\" becomes \"13804050062\"; last_confirmed: \"2026-11-02\" becomes \"\"\n市应急指挥中心 值班室 is removed\nnothing was changed\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
	if out := works(t, "", "import", "directory", book, "--db", file, "--keep"); out != "the directory is replaced: 3 contacts now, 2 before (1 added, 1 changed, 0 removed)\n" {
		t.Errorf("%q", out)
	}
	refused(t, "", "row 2, 电话 (B2): \"2422730001\" has lost the 0", "import", "directory", newWorkbook(t, []any{"单位", "电话"}, []any{"x", 2422730001}), "--db", file)
	refused(t, "", "has a macro", "import", "directory", table(t, "UTF-8", macroBook(t)), "--db", file)
}

// macroBook is a workbook with a macro.
func macroBook(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestImportRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	refused(t, "", "read the table", "import", "directory", filepath.Join(t.TempDir(), "none.csv"), "--db", file)
	refused(t, "", "is no table of text", "import", "directory", table(t, "UTF-8", "单位,电话\n\xff\xfe\x00\xff,1\n"), "--db", file)
	refused(t, "", `time zone "Mars/Phobos"`, "import", "roster", table(t, "UTF-8", rosterTable), "--db", file, "--time-zone", "Mars/Phobos")
	refused(t, "", "which duty log?", "import", "roster", table(t, "UTF-8", rosterTable))
	refused(t, "", "write dutyline import roster FILE", "import", "roster", "--db", file)
}

func TestTheRosterLineOfAWrongFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	// The two tables taken for each other: the header tells.
	_, _, err := command("", "import", "roster", table(t, "UTF-8", directoryTable), "--db", file)
	if err == nil || !strings.Contains(err.Error(), `there is no column "单位"`) || !strings.Contains(err.Error(), "the column date or 日期 is missing") {
		t.Errorf("%v", err)
	}
}

func TestTheTablesOfTheReadmesCanBeImported(t *testing.T) {
	for _, name := range []string{"../../README.md", "../../README.zh-CN.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		db := filepath.Join(t.TempDir(), "log.db")
		tables := regexp.MustCompile("(?s)```csv\n(.*?)```").FindAllStringSubmatch(string(text), -1)
		if len(tables) != 2 {
			t.Fatalf("%s shows %d tables, want directory and roster", name, len(tables))
		}
		for i, what := range []string{"directory", "roster"} {
			file := filepath.Join(t.TempDir(), what+".csv")
			if err := os.WriteFile(file, []byte(tables[i][1]), 0o600); err != nil {
				t.Fatal(err)
			}
			works(t, "", "import", what, file, "--db", db)
		}
	}
}
