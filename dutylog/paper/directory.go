package paper

import "dutyline/dutylog"

// The widths of the directory's columns, in mm.
var directoryWidths = []float64{12, 50, 27, 34, 50, 30, 30, 30, 16, 23, 23, 57}

// Directory is the directory as a plain list, to be kept as a workbook: it imports back unchanged.
func Directory(contacts []dutylog.Contact) Sheet {
	t := Table{Name: "通讯录"}
	for i, name := range dutylog.DirectoryColumns() {
		t.Columns = append(t.Columns, Column{Head: name, Width: directoryWidths[i]})
	}
	for _, c := range contacts {
		t.Rows = append(t.Rows, Row{Cells: dutylog.DirectoryRow(c)})
	}
	return Sheet{Name: "通讯录", Landscape: true, Size: 9, Tables: []Table{t}}
}
