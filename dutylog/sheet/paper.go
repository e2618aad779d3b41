package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
)

// WritePaper writes a table as offices print it: the title over all columns, a framed table, A4,
// its header repeated on each page. As in Write, every cell is text.
func WritePaper(w io.Writer, p dutylog.Paper) error {
	book := excelize.NewFile()
	defer book.Close()
	for _, step := range []func(*excelize.File, dutylog.Paper) error{fillPaper, stylePaper, layPaper} {
		if err := step(book, p); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

const paperSheet = "Sheet1"

func fillPaper(book *excelize.File, p dutylog.Paper) error {
	for i, row := range append([][]string{{p.Title}, p.Header}, p.Rows...) {
		for j, text := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = book.SetCellStr(paperSheet, cell, text)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// stylePaper frames the cells. The format Text keeps what somebody edits later from becoming a formula.
func stylePaper(book *excelize.File, p dutylog.Paper) error {
	var frame []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		frame = append(frame, excelize.Border{Type: side, Color: "000000", Style: 1})
	}
	middle := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	title, err := book.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true, Size: 18}, Alignment: middle})
	if err != nil {
		return err
	}
	head, err := book.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Alignment: middle, Border: frame})
	if err != nil {
		return err
	}
	body, err := book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: middle, Border: frame})
	if err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(p.Header))
	if err != nil {
		return err
	}
	for _, s := range []struct {
		from, to string
		style    int
	}{{"A1", last + "1", title}, {"A2", last + "2", head}, {"A3", fmt.Sprint(last, len(p.Rows)+2), body}} {
		if err := book.SetCellStyle(paperSheet, s.from, s.to, s.style); err != nil {
			return err
		}
	}
	return book.MergeCell(paperSheet, "A1", last+"1")
}

func layPaper(book *excelize.File, p dutylog.Paper) error {
	for i, width := range p.Widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err == nil {
			err = book.SetColWidth(paperSheet, name, name, width)
		}
		if err != nil {
			return err
		}
	}
	if err := book.SetRowHeight(paperSheet, 1, 34); err != nil {
		return err
	}
	if err := book.SetRowHeight(paperSheet, 2, 34); err != nil {
		return err
	}
	a4, one, many, across := 9, 1, 0, "landscape"
	if len(p.Rows) > 26 {
		across = "portrait"
	}
	if err := book.SetPageLayout(paperSheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &one, FitToHeight: &many}); err != nil {
		return err
	}
	fit := true
	if err := book.SetSheetProps(paperSheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: paperSheet + "!$1:$2", Scope: paperSheet})
}
