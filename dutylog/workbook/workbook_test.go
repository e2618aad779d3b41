package workbook_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"dutyline/dutylog/paper"
	"dutyline/dutylog/workbook"
)

var update = flag.Bool("update", false, "write the golden file anew")

var log = paper.Sheet{
	Name: "值班日志-2026-11", Unit: "沈阳市沈河区应急管理局", Title: "值班日志", Under: []string{"2026年11月"}, Landscape: true, Size: 9,
	Tables: []paper.Table{
		{Name: "汇总", Columns: []paper.Column{{Head: "日期", Width: 38, Middle: true}, {Head: "来电", Width: 23, Middle: true}}, Rows: []paper.Row{{Cells: []string{"2026年11月1日", "3"}}, {Cells: []string{"合计", "3"}, Strong: true}}},
		{Name: "值班日志", Columns: []paper.Column{{Head: "编号", Width: 24, Middle: true}, {Head: "联系电话", Width: 29, Middle: true}, {Head: "电话内容", Width: 66}}, Rows: []paper.Row{
			{Cells: []string{"2026年11月1日　星期日"}, Strong: true},
			{Cells: []string{"2026-000001", "02423860012", "一处民房起火，\n无人员伤亡。"}},
			{Cells: []string{"2026-000002", "+8613904011234", "=HYPERLINK(\"http://x\",\"y\")"}},
			{Cells: []string{"2026-000003", "13904011234", "@SUM(A1)"}},
			{Cells: []string{"2026-000004", "-1", "\t=1+1"}},
			{Cells: []string{"2026-000005", "00123", "　＝1"}},
		}},
	},
	Notes: []string{"盲区时段：无"}, Signatures: []string{"值班员", "带班领导"}, Foot: []string{"签名校验点：0a1b 2c3d & 4e5f", "打印：李娜"},
}

func write(t *testing.T, s paper.Sheet) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

// cells reads a workbook back: every cell with what kind of value it is.
func cells(t *testing.T, book *excelize.File) string {
	t.Helper()
	var b strings.Builder
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "[%s]\n", name)
		for i, row := range rows {
			for j, text := range row {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				kind, err := book.GetCellType(name, cell)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := book.GetCellFormula(name, cell)
				if err != nil || formula != "" {
					t.Errorf("%s!%s is a formula: %s %v", name, cell, formula, err)
				}
				if text != "" && kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString {
					t.Errorf("%s!%s %q is no text but of type %v", name, cell, text, kind)
				}
				style, err := book.GetCellStyle(name, cell)
				if err != nil {
					t.Fatal(err)
				}
				how, err := book.GetStyle(style)
				if err != nil || text != "" && how.NumFmt != 49 {
					t.Errorf("%s!%s is shown by format %d, not as text: %v", name, cell, how.NumFmt, err)
				}
				fmt.Fprintf(&b, "%s %q\n", cell, text)
			}
		}
		merged, err := book.GetMergeCells(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range merged {
			fmt.Fprintf(&b, "merged %s:%s\n", m.GetStartAxis(), m.GetEndAxis())
		}
	}
	for _, n := range book.GetDefinedName() {
		fmt.Fprintf(&b, "%s of %s: %s\n", n.Name, n.Scope, n.RefersTo)
	}
	return b.String()
}

func TestAWorkbookCellByCell(t *testing.T) {
	got := cells(t, write(t, log))
	const file = "testdata/log.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-golden +now); when this is meant, run go test ./dutylog/workbook -update:\n%s", file, diff)
	}
}

func TestItPrintsOnA4WithItsHead(t *testing.T) {
	book := write(t, log)
	for _, name := range book.GetSheetList() {
		layout, err := book.GetPageLayout(name)
		if err != nil {
			t.Fatal(err)
		}
		if *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
			t.Errorf("%s prints on size %d, %s, %d pages wide", name, *layout.Size, *layout.Orientation, *layout.FitToWidth)
		}
		foot, err := book.GetHeaderFooter(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"第 &P 页 共 &N 页", "0a1b 2c3d ＆ 4e5f", "打印：李娜"} {
			if !strings.Contains(foot.OddFooter, want) {
				t.Errorf("the foot of %s lacks %q: %s", name, want, foot.OddFooter)
			}
		}
	}
	width, err := book.GetColWidth("值班日志", "C")
	if err != nil || width < 30 {
		t.Errorf("the content's column is %.1f wide: %v", width, err)
	}
	for _, name := range []string{"_xlnm.Print_Area", "_xlnm.Print_Titles"} {
		n := 0
		for _, d := range book.GetDefinedName() {
			if d.Name == name {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d of 2 worksheets have %s", n, name)
		}
	}
}

func TestAFormStandsUpright(t *testing.T) {
	form := paper.Sheet{Unit: "局", Title: "值班电话记录", Size: 11, Tables: []paper.Table{{Name: "记录", Form: true, Columns: []paper.Column{{Head: "", Width: 28}, {Head: "", Width: 65}, {Head: "", Width: 28}, {Head: "", Width: 65}},
		Rows: []paper.Row{{Cells: []string{"来电单位", "区局", "职务", "科长"}}, {Cells: []string{"电话内容", strings.Repeat("很长", 20)}}}}}}
	book := write(t, form)
	layout, err := book.GetPageLayout("记录")
	if err != nil || *layout.Orientation != "portrait" {
		t.Errorf("%v %v", layout.Orientation, err)
	}
	merged, err := book.GetMergeCells("记录")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(merged, func(m excelize.MergeCell) bool { return m.GetStartAxis() == "B4" && m.GetEndAxis() == "D4" }) {
		t.Errorf("the content does not reach to the end: %v", merged)
	}
}

// A sheet without a title is a list to go on working with: its first row is its head, and stays in sight.
func TestAPlainListHasItsHeadInTheFirstRow(t *testing.T) {
	rows := [][]string{{"=1+1", "02422730001"}, {"@SUM(A1)", "+86 138"}, {"-2", "13804050062"}, {"a\nb", "_x000D_"}, {"_x0041_x0042_", "_x005F_x0041_"}, {"<&>\"'", "x"}}
	list := paper.Table{Name: "通讯录", Columns: []paper.Column{{Head: "单位", Width: 50}, {Head: "电话", Width: 30}}}
	for _, r := range rows {
		list.Rows = append(list.Rows, paper.Row{Cells: r})
	}
	book := write(t, paper.Sheet{Name: "通讯录", Landscape: true, Size: 9, Tables: []paper.Table{list}})
	got, err := book.GetRows("通讯录", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"单位", "电话"}, {"'=1+1", "02422730001"}, {"'@SUM(A1)", "'+86 138"}, {"'-2", "13804050062"}, {"a\nb", "_x000D_"}, {"_x0041_x0042_", "_x005F_x0041_"}, {"<&>\"'", "x"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	panes, err := book.GetPanes("通讯录")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.TopLeftCell != "A2" {
		t.Errorf("%+v %v", panes, err)
	}
	if titled, err := write(t, log).GetPanes("值班日志"); err != nil || titled.Freeze {
		t.Errorf("a sheet with a title is frozen: %+v %v", titled, err)
	}
	cells(t, book)
}

func TestATextLongerThanACellGoesOnBelow(t *testing.T) {
	long := strings.Repeat("长", 70_000)
	s := paper.Sheet{Tables: []paper.Table{{Name: "表", Columns: []paper.Column{{Head: "编号", Width: 20}, {Head: "内容", Width: 60}}, Rows: []paper.Row{{Cells: []string{"1", long}}, {Cells: []string{"2", "短"}}}}}}
	rows, err := write(t, s).GetRows("表")
	if err != nil {
		t.Fatal(err)
	}
	text, last := "", ""
	for _, r := range rows[1:] {
		if len(r) > 1 {
			text, last = text+r[1], r[1]
		}
	}
	if text != long+"短" || last != "短" {
		t.Errorf("%d of %d characters came back", len([]rune(text)), 70_001)
	}
}

func TestWhatAFormulaCouldBeginWithIsGuarded(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "正常": "正常", "1-2": "1-2", "2026-000123": "2026-000123", "a=b": "a=b",
		"=1": "'=1", "+8613": "'+8613", "+8613904011234": "+8613904011234", "+86 24 2273-0001": "+86 24 2273-0001", "+8613904011234 刘小洋": "+8613904011234 刘小洋", "+8613904011234\n手机": "+8613904011234\n手机",
		"+8613904011234+1": "'+8613904011234+1", "+8613904011234*cmd|' /C calc'!A0": "'+8613904011234*cmd|' /C calc'!A0", "+86139 HYPERLINK(A1)": "'+86139 HYPERLINK(A1)", "+8613904011234 =1": "'+8613904011234 =1", "+SUM(1)": "'+SUM(1)", "＋8613904011234": "'＋8613904011234", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\uFFFDx", " =1": "' =1", "\n=1": "'\n=1", "＝1": "'＝1", "　－1": "'　－1",
		"a\x00b": "a\uFFFDb", "a\x1bb": "a\uFFFDb",
	} {
		if got := workbook.Safe(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// numberFirst is a telephone number that is let through, and no more of a formula than that.
var numberFirst = regexp.MustCompile(`^\+[0-9][0-9 -]{4,}[^=|!@(*]*$`)

// FuzzSafe: whatever is in it, a cell can be written and read back, and begins with no sign of a formula.
func FuzzSafe(f *testing.F) {
	for _, s := range []string{"=1+1", "\x00=", "正常", "\ufffe", "\xff=2", "'", "_x000D_=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		safe := workbook.Safe(text)
		if strings.IndexAny(safe, "=+-@\t\r") == 0 && !numberFirst.MatchString(safe) {
			t.Errorf("%q became %q", text, safe)
		}
		if workbook.Safe(safe) != safe {
			t.Errorf("%q is guarded twice", safe)
		}
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestAWorkbookThatCannotBeWrittenSaysSo(t *testing.T) {
	if err := workbook.Write(full{}, log); err == nil {
		t.Error("nothing was said")
	}
	bad := log
	bad.Tables = []paper.Table{{Name: strings.Repeat("长", 40), Columns: log.Tables[0].Columns}}
	if err := workbook.Write(&bytes.Buffer{}, bad); err == nil || !strings.Contains(err.Error(), "worksheet 长") {
		t.Errorf("%v", err)
	}
}
