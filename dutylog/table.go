package dutylog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// RowError is one fault of an imported table.
type RowError struct {
	Row    int    // as a spreadsheet numbers it: the header is row 1
	Column string // as the header names it; empty when the whole row is meant
	Cell   string // as a spreadsheet names it; empty when the whole row is meant, or a CSV of the roster was read
	Reason string
	Code   RowFault // the same as a word that the page translates
	Value  string   // what stands in the cell, or the row that is meant beside this one
}

// TableError is every fault of an imported table at once. Nothing of such a table is taken.
type TableError struct{ Rows []RowError }

// The most faults that an error prints; whoever imports the wrong file needs no more.
const maxPrinted = 20

func (e *TableError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "nothing was imported, the table has %d fault(s):", len(e.Rows))
	for i, r := range e.Rows {
		if i == maxPrinted {
			fmt.Fprintf(&b, "\n  … and %d more", len(e.Rows)-maxPrinted)
			break
		}
		fmt.Fprintf(&b, "\n  row %d", r.Row)
		if r.Column != "" {
			fmt.Fprintf(&b, ", %s", r.Column)
		}
		if r.Cell != "" {
			fmt.Fprintf(&b, " (%s)", r.Cell)
		}
		fmt.Fprintf(&b, ": %s", r.Reason)
	}
	return b.String()
}

func (e *TableError) add(row int, column, format string, args ...any) {
	e.fault(RowError{Row: row, Column: column}, format, args...)
}

// fault adds one that has a word which the page translates, see RowFault.
func (e *TableError) fault(r RowError, format string, args ...any) {
	r.Reason = fmt.Sprintf(format, args...)
	e.Rows = append(e.Rows, r)
}

func (e *TableError) orNil() error {
	if len(e.Rows) == 0 {
		return nil
	}
	slices.SortStableFunc(e.Rows, func(a, b RowError) int { return a.Row - b.Row })
	return e
}

// column of a table: its documented names, the English one first.
type column struct {
	names    []string
	required bool // in the header and in every row
}

// tableRow is one row below the header, by the English names of its columns.
type tableRow struct {
	number int
	cells  map[string]string
	header map[string]string // English name to the name that the file uses
}

// How large a table may be: a whole province fits, a wrong file does not fill the memory.
const (
	maxTableBytes = 32 << 20
	maxTableRows  = 100_000
)

// readTable reads a CSV file with a header row. A byte order mark is allowed, rows without
// any text are passed over. Faults of single rows are added to bad, and the rest is read on.
func readTable(r io.Reader, columns []column, bad *TableError) []tableRow {
	text, err := io.ReadAll(io.LimitReader(r, maxTableBytes+1))
	switch {
	case err != nil:
		bad.add(1, "", "cannot be read: %v", err)
		return nil
	case len(text) > maxTableBytes:
		bad.add(1, "", "the file is larger than %d MB: this is no directory or roster", maxTableBytes>>20)
		return nil
	case !utf8.Valid(text):
		bad.add(1, "", "the text is not UTF-8: save the table as \"CSV UTF-8\"")
		return nil
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\uFEFF")))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	header, err := in.Read()
	if err != nil {
		bad.add(1, "", "there is no header row; it names the columns %s", columnNames(columns))
		return nil
	}
	index, names := readHeader(header, columns, bad)
	if len(bad.Rows) > 0 {
		return nil
	}
	return readRows(in, len(header), columns, index, names, bad)
}

// readHeader finds the place of every column, and which of its names the file uses.
func readHeader(header []string, columns []column, bad *TableError) (index map[string]int, names map[string]string) {
	index, names = map[string]int{}, map[string]string{}
	for i, cell := range header {
		name := strings.TrimSpace(cell)
		at := slices.IndexFunc(columns, func(c column) bool { return slices.Contains(c.names, name) })
		switch {
		case name == "":
		case at < 0:
			bad.add(1, "", "there is no column %q; the columns are %s", CleanText(name), columnNames(columns))
		case names[columns[at].names[0]] != "":
			bad.add(1, name, "the column is there twice")
		default:
			index[columns[at].names[0]], names[columns[at].names[0]] = i, name
		}
	}
	for _, c := range columns {
		if c.required && names[c.names[0]] == "" {
			bad.add(1, "", "the column %s is missing", strings.Join(c.names, " or "))
		}
	}
	return index, names
}

func readRows(in *csv.Reader, width int, columns []column, index map[string]int, names map[string]string, bad *TableError) []tableRow {
	var rows []tableRow
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if syntax := (*csv.ParseError)(nil); errors.As(err, &syntax) {
			bad.fault(RowError{Row: syntax.StartLine, Code: RowQuotes}, "the quotation marks do not match up: %v", syntax.Err)
			break // from here on rows and columns cannot be told apart
		}
		number, _ := in.FieldPos(0)
		if !slices.ContainsFunc(record, func(s string) bool { return !blank(s) }) {
			continue
		}
		if len(rows) == maxTableRows {
			bad.add(number, "", "more than %d rows: this is no directory or roster", maxTableRows)
			break
		}
		if len(record) > width {
			bad.fault(RowError{Row: number, Code: RowBesideColumns}, "has %d cells under %d columns: put text with commas into quotation marks", len(record), width)
			continue
		}
		rows = append(rows, readRow(record, number, columns, index, names, bad))
	}
	if len(rows) == 0 && len(bad.Rows) == 0 {
		bad.fault(RowError{Row: 1, Code: RowNoRows}, "there is no row below the header")
	}
	return rows
}

func readRow(record []string, number int, columns []column, index map[string]int, names map[string]string, bad *TableError) tableRow {
	row := tableRow{number: number, cells: map[string]string{}, header: names}
	for _, c := range columns {
		key := c.names[0]
		i, ok := index[key]
		if !ok {
			continue
		}
		text := ""
		if i < len(record) {
			text = record[i]
		}
		text, err := cleanField(key, strings.TrimSpace(text), shortText)
		if invalid := (*InvalidError)(nil); errors.As(err, &invalid) {
			bad.fault(RowError{Row: number, Column: names[key], Code: RowTooLong}, "%s", invalid.Reason)
		} else if c.required && text == "" {
			bad.fault(RowError{Row: number, Column: names[key], Code: RowMissing}, "is empty")
		}
		row.cells[key] = text
	}
	return row
}

func columnNames(columns []column) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = strings.Join(c.names, "/")
	}
	return strings.Join(all, ", ")
}
