package paper_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// anySheet is a sheet of any shape: a form or a table, upright or lying, rows of any length and room.
func anySheet(r *rand.Rand, texts []string) paper.Sheet {
	n := 1 + r.IntN(6)
	s := paper.Sheet{Unit: "局", Title: "表", Size: []float64{8, 9, 11}[r.IntN(3)], Landscape: r.IntN(2) == 0, Foot: []string{"脚"}}
	for range 1 + r.IntN(2) {
		t := paper.Table{Name: "表", Form: n%2 == 0 && r.IntN(2) == 0}
		for i := range n {
			t.Columns = append(t.Columns, paper.Column{Head: fmt.Sprint("列", i), Width: 12 + float64(r.IntN(60))})
		}
		for range r.IntN(40) {
			row := paper.Row{Strong: r.IntN(9) == 0, MinLines: []int{0, 0, 2, 8, 15}[r.IntN(5)]}
			row.Cells = []string{fmt.Sprint("号", r.IntN(100))} // it names the row where that goes on: it is short
			for range r.IntN(n) {
				row.Cells = append(row.Cells, strings.Repeat(texts[r.IntN(len(texts))], r.IntN(40)))
			}
			t.Rows = append(t.Rows, row)
		}
		s.Tables = append(s.Tables, t)
	}
	for range r.IntN(5) {
		s.Notes = append(s.Notes, strings.Repeat(texts[r.IntN(len(texts))], 1+r.IntN(20)))
	}
	if r.IntN(2) == 0 {
		s.Signatures = []string{"值班员", "带班领导"}
	}
	return s
}

// bare is a text without what the cutting of pages may add or take: line breaks at a page's end, and the
// mark of what goes on.
func bare(text string) string {
	return strings.NewReplacer("\n", "", "（续）", "").Replace(text)
}

// FuzzAnySheet: whatever a sheet is like, all of it is on its pages once and in order, each part has the
// head of its table, the pages are numbered, and the signatures stand once, at the end.
func FuzzAnySheet(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(seed, "值班员接报。", "02422739110 ", "多\n行\n")
	}
	f.Add(uint64(99), "", "WWWW", "\n\n")
	f.Fuzz(func(t *testing.T, seed uint64, a, b, c string) {
		a, b, c = a[:min(len(a), 60)], b[:min(len(b), 60)], c[:min(len(c), 60)] // longer texts show nothing else
		s := anySheet(rand.New(rand.NewPCG(seed, 3)), []string{dutylog.CleanText(a), dutylog.CleanText(b), dutylog.CleanText(c)})
		pages := paper.Pages(s)
		var want, got, notes strings.Builder
		for _, table := range s.Tables {
			for _, r := range table.Rows {
				want.WriteString(bare(strings.Join(r.Cells, "")))
			}
		}
		signed := 0
		for i, p := range pages {
			if p.Number != i+1 || p.Of != len(pages) || p.First() != (i == 0) {
				t.Fatalf("page %d says it is %d of %d", i+1, p.Number, p.Of)
			}
			if p.Signed {
				signed++
			}
			if p.Signed && i != len(pages)-1 {
				t.Errorf("the signatures are on page %d of %d", i+1, len(pages))
			}
			for _, part := range p.Parts {
				if fmt.Sprint(part.Columns) != fmt.Sprint(s.Tables[0].Columns) && fmt.Sprint(part.Columns) != fmt.Sprint(s.Tables[len(s.Tables)-1].Columns) {
					t.Errorf("page %d has another head", i+1)
				}
			}
			notes.WriteString(strings.Join(p.Notes, ""))
		}
		if notes.String() != strings.Join(s.Notes, "") || (signed == 1) != (s.Signatures != nil) {
			t.Errorf("%d signed pages, notes %q", signed, notes.String())
		}
		got.WriteString(bare(together(s, pages)))
		if got.String() != want.String() {
			a, b := got.String(), want.String()
			i := 0
			for i < min(len(a), len(b)) && a[i] == b[i] {
				i++
			}
			t.Errorf("after %d of %d bytes the pages have %.60q, and %.60q was to be printed", i, len(b), a[i:], b[i:])
		}
	})
}

// together puts the rows of the pages together again: what goes on is set behind where it began.
func together(s paper.Sheet, pages []paper.Page) string {
	var rows [][]string
	for _, p := range pages {
		for _, part := range p.Parts {
			for _, r := range part.Rows {
				if !r.Continued {
					rows = append(rows, make([]string, len(r.Cells)))
				}
				for j, cell := range r.Cells {
					if r.Continued && j == 0 && strings.HasSuffix(cell, "（续）") {
						continue // the first cell is said again
					}
					rows[len(rows)-1][j] += cell
				}
			}
		}
	}
	var all strings.Builder
	for _, r := range rows {
		all.WriteString(strings.Join(r, ""))
	}
	return all.String()
}
