package paper_test

import (
	"fmt"
	"testing"

	"dutyline/dutylog/paper"
)

// A month that is too long for one paper is printed in parts: nothing is lost or there twice, and each part says
// with which day it goes on.
func TestALongSheetInParts(t *testing.T) {
	s := paper.Sheet{Title: "2026年11月值班日志", Notes: []string{"盲区"}, Tables: []paper.Table{{Name: "合计"}, {Name: "值班日志"}}}
	entry := 0
	for day := 1; day <= 4; day++ {
		s.Tables[1].Rows = append(s.Tables[1].Rows, paper.Row{Cells: []string{fmt.Sprint("11月", day, "日")}, Strong: true})
		for range 3 {
			entry++
			s.Tables[1].Rows = append(s.Tables[1].Rows, paper.Row{Cells: []string{fmt.Sprint(entry)}})
		}
	}
	for most, want := range map[int]string{
		16: "[2026年11月值班日志 2: 11月1日 1 2 3 11月2日 4 5 6 11月3日 7 8 9 11月4日 10 11 12]",
		7:  "[2026年11月值班日志（第 1 部分，共 3 部分） 2: 11月1日 1 2 3 11月2日 4 5] [2026年11月值班日志（第 2 部分，共 3 部分） 1: 11月2日* 6 11月3日 7 8 9 11月4日 10] [2026年11月值班日志（第 3 部分，共 3 部分） 1: 11月4日* 11 12]",
		9:  "[2026年11月值班日志（第 1 部分，共 2 部分） 2: 11月1日 1 2 3 11月2日 4 5 6] [2026年11月值班日志（第 2 部分，共 2 部分） 1: 11月3日 7 8 9 11月4日 10 11 12]",
	} {
		got := ""
		for i, p := range s.Parts(most) {
			text := fmt.Sprint(p.Title, " ", len(p.Tables), ":")
			for _, r := range p.Tables[len(p.Tables)-1].Rows {
				if text += " " + r.Cells[0]; r.Continued {
					text += "*"
				}
			}
			if (len(p.Notes) > 0) != (i == 0) {
				t.Errorf("most %d, part %d: notes %v", most, i+1, p.Notes)
			}
			if got != "" {
				got += " "
			}
			got += "[" + text + "]"
		}
		if got != want {
			t.Errorf("most %d:\n%s\nwant\n%s", most, got, want)
		}
	}
	if again := s.Parts(16); len(again[0].Tables[1].Rows) != 16 {
		t.Error("the sheet that was cut has changed")
	}
}
