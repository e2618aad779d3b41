package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Column heads a column of a written table.
type Column struct {
	Name  string
	Width float64 // in characters, as spreadsheets count them
}

// Write writes one sheet with a header that stays in sight. Every cell is text in the format Text:
// telephone numbers keep their zeros, and nothing is a formula, also after somebody edited it.
func Write(w io.Writer, name string, columns []Column, rows [][]string) (err error) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	head, err := book.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	if err := writeRows(out, columns, rows, head, text); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

func writeRows(out *excelize.StreamWriter, columns []Column, rows [][]string, head, text int) error {
	header := make([]any, len(columns))
	for i, c := range columns {
		header[i] = excelize.Cell{StyleID: head, Value: c.Name}
		if err := out.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
		if err := out.SetColStyle(i+1, i+1, text); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, value := range row {
			cells[j] = excelize.Cell{StyleID: text, Value: value}
		}
		first, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := out.SetRow(first, cells); err != nil {
			return err
		}
	}
	return nil
}
