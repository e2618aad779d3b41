package paper_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// read puts the pages together again: every cell of every row, without the marks of what goes on.
func read(t *testing.T, pages []paper.Page, columns int) []string {
	t.Helper()
	var rows [][]string
	for i, p := range pages {
		if p.Number != i+1 || p.Of != len(pages) {
			t.Fatalf("page %d says it is %d of %d", i+1, p.Number, p.Of)
		}
		for _, part := range p.Parts {
			if len(part.Columns) != columns {
				t.Fatalf("page %d lost columns", p.Number)
			}
			for _, r := range part.Rows {
				if !r.Continued {
					rows = append(rows, make([]string, len(r.Cells)))
				}
				for j, cell := range r.Cells {
					if !r.Continued || !strings.HasSuffix(cell, "（续）") {
						rows[len(rows)-1][j] += cell
					}
				}
			}
		}
	}
	var all []string
	for _, r := range rows {
		all = append(all, strings.ReplaceAll(strings.Join(r, "|"), "\n", ""))
	}
	return all
}

func sheetOf(rows ...paper.Row) paper.Sheet {
	return paper.Sheet{Unit: "局", Title: "值班日志", Landscape: true, Size: 9, Signatures: []string{"值班员"},
		Tables: []paper.Table{{Name: "表", Columns: []paper.Column{{Head: "编号", Width: 20, Middle: true}, {Head: "内容", Width: 100}}, Rows: rows}}}
}

func TestALongTextGoesOnOnTheNextPages(t *testing.T) {
	long := strings.Repeat("值班员接报后立即核实，并向带班领导报告。\n", 300)
	s := sheetOf(paper.Row{Cells: []string{"1", "短"}}, paper.Row{Cells: []string{"2", long}}, paper.Row{Cells: []string{"3", "完"}})
	pages := paper.Pages(s)
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	want := []string{"1|短", "2|" + strings.ReplaceAll(long, "\n", ""), "3|完"}
	got := read(t, pages, 2)
	if strings.Join(got, "\x00") != strings.Join(want, "\x00") {
		t.Errorf("what is on the pages is not what was to be printed")
	}
	if first := pages[1].Parts[0].Rows[0]; !first.Continued || first.Cells[0] != "2（续）" {
		t.Errorf("the second page begins with %+v", first)
	}
	if signed := pages[len(pages)-1]; !signed.Signed || pages[0].Signed {
		t.Errorf("the signatures are not on the last page")
	}
}

func TestShortRowsStayWhole(t *testing.T) {
	var rows []paper.Row
	for i := range 200 {
		rows = append(rows, paper.Row{Cells: []string{fmt.Sprint(i), strings.Repeat("报告情况。", i%30+1)}})
	}
	pages := paper.Pages(sheetOf(rows...))
	if got := read(t, pages, 2); len(got) != len(rows) {
		t.Errorf("%d rows became %d", len(rows), len(got))
	}
	for _, p := range pages {
		for _, r := range p.Parts[0].Rows {
			if r.Continued {
				t.Errorf("page %d goes on with a row of a few lines: %v", p.Number, r.Cells)
			}
		}
	}
}

func TestEachTableBeginsAPageAndIsNamed(t *testing.T) {
	s := sheetOf(paper.Row{Cells: []string{"1", "一"}})
	s.Tables = append(s.Tables, s.Tables[0])
	s.Tables[1].Name = "第二"
	pages := paper.Pages(s)
	if len(pages) != 2 || pages[0].Parts[0].Name != "表" || pages[1].Parts[0].Name != "第二" {
		t.Errorf("%+v", pages)
	}
	if !pages[0].First() || pages[1].First() {
		t.Errorf("which page has the title: %+v", pages)
	}
}

func TestNotesThatDoNotFitHaveAPageWithTheSignatures(t *testing.T) {
	s := sheetOf(paper.Row{Cells: []string{"1", "一"}})
	for range 80 {
		s.Notes = append(s.Notes, strings.Repeat("盲区时段", 10))
	}
	pages := paper.Pages(s)
	n := 0
	for _, p := range pages {
		n += len(p.Notes)
	}
	last := pages[len(pages)-1]
	if n != 80 || len(pages) < 2 || !last.Signed || len(last.Notes) == 0 {
		t.Errorf("%d notes on %d pages; the last: %+v", n, len(pages), last)
	}
}

func TestAFormLeavesRoomToRead(t *testing.T) {
	e, c := dutyCall("1.1", "2026-11-27 08:31:05", 123)
	e.Values[dutylog.Content] = strings.Repeat("情况报告如下：一是人员；二是物资。\n", 120)
	pages := paper.Pages(paper.Entry(frame, paper.Single{Entry: e, Call: c}))
	if len(pages) < 3 || !pages[0].Parts[0].Form {
		t.Errorf("%d pages", len(pages))
	}
	text := fmt.Sprint(pages)
	if strings.Count(text, "一是人员") != 120 {
		t.Errorf("%d of 120 lines are on paper", strings.Count(text, "一是人员"))
	}
}

// FuzzPages: whatever is written, all of it is on the pages, once, and they come to an end.
func FuzzPages(f *testing.F) {
	f.Add("2", "短", uint8(3))
	f.Add("1", strings.Repeat("a\n\n\nb", 500), uint8(1))
	f.Add("\n\n", "\n\n\n", uint8(9))
	f.Add("\xff\xfe", strings.Repeat("\xff\n", 900), uint8(2))
	f.Add(strings.Repeat("长", 3000), strings.Repeat("wM@", 3000), uint8(2))
	f.Fuzz(func(t *testing.T, a, b string, n uint8) {
		// A sheet of a reasonable length; 续 is the mark of the pages themselves, by which they are read here.
		a, b = strings.ReplaceAll(a[:min(len(a), 10_000)], "续", ""), strings.ReplaceAll(b[:min(len(b), 10_000)], "续", "")
		var rows []paper.Row
		var want []string
		for range n%4 + 1 {
			rows = append(rows, paper.Row{Cells: []string{a, b}, MinLines: int(n)})
			want = append(want, strings.ReplaceAll(a+"|"+b, "\n", ""))
		}
		got := read(t, paper.Pages(sheetOf(rows...)), 2)
		if strings.Join(got, "\x00") != strings.Join(want, "\x00") {
			t.Errorf("printed %q, written %q", got, want)
		}
	})
}
