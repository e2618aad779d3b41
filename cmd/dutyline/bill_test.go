package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"dutyline/telephony"
)

var site = time.FixedZone("CST", 8*3600)

// billRoom is a log with six calls, an hour apart, from 2026-11-23 12:17:59 at the site on.
func billRoom(t *testing.T) (file string, s *ledgerRoom) {
	t.Helper()
	s = newLedgerRoom(t)
	for i, number := range []string{"02422730001", "13900001111", "02422730002", "02422730001", "", "02422730003"} {
		c := endedCall("1795436279." + string(rune('0'+i)))
		by := time.Duration(i) * time.Hour
		c.Caller = telephony.ParseNumber(number, "024")
		c.OfferedAt, c.RangAt, c.RangUntil = c.OfferedAt.Add(by), c.RangAt.Add(by), c.RangUntil.Add(by)
		c.AnsweredAt, c.EndedAt = c.AnsweredAt.Add(by), c.EndedAt.Add(by+time.Minute)
		s.ok(s.db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c}}))
	}
	return s.configFile(nil), s
}

// workbook writes cells as a spreadsheet program does; times become its own numbers with a format.
func newWorkbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	style, err := book.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, v := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = book.SetCellValue("Sheet1", cell, v)
			}
			if _, isTime := v.(time.Time); err == nil && isTime {
				err = book.SetCellStyle("Sheet1", cell, cell, style)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "话单.xlsx")
	if err := book.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

// noonAt is the time of call n in the list, moved.
func noonAt(n int, by time.Duration) time.Time {
	at := endedCall("").OfferedAt.Add(time.Duration(n)*time.Hour + by).In(site)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC) // a spreadsheet has no zones
}

func TestABillFromASpreadsheetMatches(t *testing.T) {
	config, _ := billRoom(t)
	const d = 62
	bill := newWorkbook(t,
		[]any{"中国电信沈阳分公司 11月通话清单"},
		[]any{"序号", "主叫号码", "被叫号码", "开始时间", "通话时长(秒)", "呼叫类型"},
		[]any{1, "02422730001", "02422739110", noonAt(0, time.Minute), d, "被叫"},
		[]any{2, 13900001111, 2422739110, noonAt(1, time.Minute), d, "被叫"}, // numbers that became numbers
		[]any{3, "024-22730002", "22739110", noonAt(2, time.Minute).Format("2006/1/2 15:04:05"), "0:01:02", "被叫"},
		[]any{4, "02422730001", "02422739110", noonAt(3, time.Minute), "1分2秒", "被叫"},
		[]any{5, "13900002222", "02422739110", noonAt(4, time.Minute), float64(d) / 86400, "被叫"}, // whom we could not see
		[]any{6, "02422730003", "02422739110", noonAt(5, time.Minute), d, "被叫"},
	)
	out, err := combined("reconcile", "--config", config, "--bill", bill)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, words := range []string{"matched: 6", "only in the list: 0", "only in the log: 0", "duration differs: 0", "unreadable: 0", "the list's is 1m0s ahead of the log's"} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not in\n%s", words, out)
		}
	}
}

func TestABillThatDiffersIsNamedRowByRow(t *testing.T) {
	config, s := billRoom(t)
	at := endedCall("").OfferedAt
	hole := telephony.Interval{Kind: telephony.SwitchDown, From: at.Add(150 * time.Minute), To: at.Add(155 * time.Minute), Cause: "the switch ended and was started again"}
	s.ok(s.db.Record(t.Context(), []telephony.Change{{Kind: telephony.IntervalSeen, At: hole.From, Interval: &hole}}))
	bill := newWorkbook(t,
		[]any{"主叫号码", "被叫号码", "开始时间", "时长"},
		[]any{"02422730001", "02422739110", noonAt(0, 0), 62},
		[]any{"13900001111", "02422739110", noonAt(1, 0), 620},             // longer there
		[]any{"02422730002", "02422739110", noonAt(2, 0), 62},              //
		[]any{"02422730009", "02422739110", noonAt(2, 31*time.Minute), 62}, // while the switch was down
		[]any{"02422730001", "02422739110", noonAt(3, 0), 62},              //
		[]any{"13900003333", "02422739110", noonAt(3, 20*time.Minute), 62}, // we have nothing of it
		[]any{"13900003333", "02422739110", "昨天下午", 62},
		[]any{"02422730003", "02422739110", noonAt(5, 0), 62},
	)
	out, err := combined("reconcile", "--config", config, "--bill", bill, "--from", "2026-11-23", "--to", "2026-11-23")
	var coded codedError
	if !errors.As(err, &coded) || coded.code != 1 {
		t.Errorf("%v", err)
	}
	for _, words := range []string{
		"matched: 5", "clocks: alike", "only in the list: 1\n  row 7", "+8613900003333 → +862422739110", "only in the log: 1\n  call 1795436279.4", "in withheld",
		"duration differs: 1\n  row 3", "list 10m20s, log 1m2s", "excused, nothing was seen then: 1\n  row 5", "switch_down: the switch ended", "unreadable: 1\n  row 8: \"昨天下午\" is no time",
		"2026-11-23 00:00:00 to 2026-11-24 00:00:00",
	} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not in\n%s", words, out)
		}
	}
	out, _ = combined("reconcile", "--config", config, "--bill", bill, "--json")
	var printed struct {
		Matched    int
		OnlyInList []struct{ Place, Caller string } `json:"only_in_list"`
		OnlyInLog  []struct{ ID string }            `json:"only_in_log"`
		Excused    []struct{ Interval struct{ Kind string } }
		Unreadable []string
	}
	if err := json.Unmarshal([]byte(out), &printed); err != nil || printed.Matched != 5 || len(printed.OnlyInList) != 1 || printed.OnlyInList[0].Caller != "13900003333" ||
		len(printed.OnlyInLog) != 1 || printed.Excused[0].Interval.Kind != "switch_down" || len(printed.Unreadable) != 1 {
		t.Errorf("%v %+v\n%s", err, printed, out)
	}
}

// A superior room's own list has that room's calls, and a carrier's bill those of one line: what
// neither can have is no difference, and is said.
func TestABillIsComparedWithWhatItCanHave(t *testing.T) {
	config, s := billRoom(t)
	text, err := os.ReadFile(config)
	s.ok(err)
	second := "\n  - {name: second, number: \"02422739120\", endpoints: [PJSIP/second], trunks: [PJSIP/second-trunk]}\nari:"
	s.ok(os.WriteFile(config, []byte(strings.Replace(string(text), "\nari:", second, 1)), 0o600))
	c := endedCall("1795436279.9")
	c.Line, c.Called = "second", telephony.ParseNumber("8002", "024")
	c.OfferedAt, c.AnsweredAt, c.EndedAt = c.OfferedAt.Add(30*time.Minute), c.AnsweredAt.Add(30*time.Minute), c.EndedAt.Add(30*time.Minute)
	s.ok(s.db.Record(t.Context(), []telephony.Change{{Kind: telephony.CallEnded, At: c.EndedAt, Line: c.Line, Call: &c}}))
	header := []any{"主叫号码", "被叫号码", "开始时间", "时长"}
	theirs := newWorkbook(t, header,
		[]any{"02422730001", "02422739110", noonAt(0, 0), 62},
		[]any{"02422730001", "02487654321", noonAt(2, 0), 62},
		[]any{"02422730001", "02422739110", noonAt(3, 0), 62})
	for name, c := range map[string]struct {
		args  []string
		words string
	}{
		"concluded": {nil, "calls with others than +862422730001, not compared because every row of the list has this number and it is taken for its own list: 2"},
		"said":      {[]string{"--their", "22730001,02422730007", "--their", "024-22730008"}, "calls with others than +862422730001, +862422730007, +862422730008, not compared because of --their: 2"},
		"lines":     {nil, "calls of our other lines, not compared because the list names only 02422739110: 1"},
		"as JSON":   {[]string{"--json"}, `"others_not_compared": 2`},
	} {
		out, err := combined(append([]string{"reconcile", "--config", config, "--bill", theirs}, c.args...)...)
		if err != nil || !strings.Contains(out, c.words) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestABillAsCSVInEveryEncoding(t *testing.T) {
	config, _ := billRoom(t)
	text := "主叫号码,被叫号码,通话时间,通话时长\n\n"
	for i, number := range []string{"02422730001", "13900001111", "02422730002", "02422730001", "13900002222", "02422730003"} {
		text += number + ",02422739110," + noonAt(i, -20*time.Second).Format("2006-01-02 15:04:05") + ",62\n"
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"UTF-8": text, "BOM": "\uFEFF" + text, "GBK": gbk, "semicolons": strings.ReplaceAll(text, ",", ";"),
		"tabs": strings.ReplaceAll(text, ",", "\t"), "broken": strings.Replace(text, "20:", `"2x:`, 1)} {
		file := filepath.Join(t.TempDir(), "bill.csv")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := combined("reconcile", "--config", config, "--bill", file)
		if name == "broken" {
			continue // a stray quotation mark costs rows, never the program
		}
		if err != nil || !strings.Contains(out, "matched: 6") || !strings.Contains(out, "20s behind the log's") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestWhatIsNoBillIsRefusedInASentence(t *testing.T) {
	config, _ := billRoom(t)
	write := func(name, text string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good, err := os.ReadFile(newWorkbook(t, []any{"主叫", "被叫", "时间"}, []any{"1", "02422739110", "2026-11-23 12:00:00"}))
	if err != nil {
		t.Fatal(err)
	}
	far := newWorkbook(t, []any{"主叫", "被叫", "时间"}, []any{"1", "02422739110", "2026-11-23 12:00:00"}, []any{"1", "02422739110", "2016-11-23 12:00:00"})
	for name, c := range map[string]struct {
		args  []string
		words string
	}{
		"absent":           {[]string{filepath.Join(t.TempDir(), "none.xlsx")}, "no such file"},
		"a folder":         {[]string{t.TempDir()}, "is a folder"},
		"empty":            {[]string{write("a.csv", "")}, "is empty"},
		"an old workbook":  {[]string{write("a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}, "save it as .xlsx without a password"},
		"a PDF":            {[]string{write("a.pdf", "%PDF-1.7")}, "is a PDF"},
		"a cut workbook":   {[]string{write("a.xlsx", string(good[:len(good)/2]))}, "is no workbook that can be read"},
		"another archive":  {[]string{write("a.xlsx", "PK\x03\x04 nothing")}, "is no workbook that can be read"},
		"a picture":        {[]string{write("a.csv", "\x89PNG\r\n\x1a\n\x00\x00")}, "no table of text"},
		"zeros":            {[]string{write("a.csv", "a,b\x00c\n")}, "no table of text"},
		"a directory":      {[]string{write("a.csv", directoryTable)}, "no header row"},
		"another line":     {[]string{write("a.csv", "主叫,被叫,时间\n1,02487654321,2026-11-23 12:00:00\n")}, "names one of our numbers (02422739110)"},
		"years apart":      {[]string{far}, "split the list"},
		"a bad day":        {[]string{far, "--from", "1.11.2026"}, "is no day"},
		"their none":       {[]string{far, "--their", "总值班室"}, "is no number"},
		"their ours":       {[]string{far, "--their", "22739110"}, "is a number of ours"},
		"a wild tolerance": {[]string{far, "--tolerance", "90h"}, "between 0s and 1h"},
	} {
		out, err := combined(append([]string{"reconcile", "--config", config, "--bill"}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
