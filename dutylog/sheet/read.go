package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"dutyline/dutylog"
	"dutyline/dutylog/attached"
)

// Limits is how much of a file is read at most.
type Limits struct {
	Bytes    int64 // of the file
	Unpacked int64 // of everything in a workbook
	Cells    int   // with text
}

// What tables of two kinds need.
var (
	Ordinary = Limits{Bytes: 16 << 20, Unpacked: 128 << 20, Cells: 1_000_000} // a directory, a roster
	Large    = Limits{Bytes: 64 << 20, Unpacked: 512 << 20, Cells: 4_000_000} // a carrier's list of calls
)

// Read reads a file as tables within the ordinary limits; see Limits.Read.
func Read(name string, r io.ReaderAt, size int64) ([]dutylog.Table, error) {
	return Ordinary.Read(name, r, size)
}

// Read reads every sheet of a workbook, or the one table of a CSV. What the file is, its content
// says and not its name, which is only for messages. Formulas give the values that were saved
// with them. The error is a *dutylog.FileError unless r itself fails.
func (l Limits) Read(name string, r io.ReaderAt, size int64) ([]dutylog.Table, error) {
	if size > l.Bytes {
		return nil, fault(dutylog.FileTooLarge, "has %d MB, and at most %d MB are read: split the table, or take the pictures out of it", size>>20, l.Bytes>>20).of(name)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), content); err != nil {
		return nil, fmt.Errorf("read %s: %w", dutylog.Printable(name), err)
	}
	tables, err := l.read(content)
	if err == nil && namedWorkbook(name) && !bytes.HasPrefix(content, []byte("PK")) && !slices.ContainsFunc(tables, isTable) {
		err = fault(dutylog.FileNoTable, "is no table, although it is named like one: open it in the program that wrote it and save it as .xlsx")
	}
	if f := (*refusal)(nil); errors.As(err, &f) {
		return nil, f.of(name)
	}
	return tables, err
}

// namedWorkbook reports whether a name promises a workbook. One that holds a CSV is read all the same.
func namedWorkbook(name string) bool {
	return strings.HasPrefix(strings.ToLower(filepath.Ext(name)), ".xls")
}

// isTable reports whether there are two cells side by side anywhere.
func isTable(t dutylog.Table) bool {
	return slices.ContainsFunc(t.Rows, func(row []string) bool { return len(row) > 1 })
}

func (l Limits) read(content []byte) ([]dutylog.Table, error) {
	switch {
	case len(content) == 0:
		return nil, fault(dutylog.FileEmpty, "is empty: choose the file again")
	case bytes.HasPrefix(content, []byte("PK\x03\x04")), bytes.HasPrefix(content, []byte("PK\x05\x06")):
		return l.workbook(content)
	case attached.IsProgram(content[:min(len(content), 512)]):
		return nil, fault(dutylog.FileProgram, "is a program, whatever its name says, and is not opened: delete it, and tell the administrator where it came from")
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		return nil, compound(content)
	case bytes.HasPrefix(content, []byte("%PDF")):
		return nil, fault(dutylog.FilePDF, "is a PDF: ask for the table as .xlsx or .csv")
	}
	return l.csv(content)
}

// compound refuses the container of the nineties, in which old workbooks and encrypted ones come.
func compound(content []byte) error {
	if bytes.Contains(content, utf16("EncryptedPackage")) {
		return fault(dutylog.FileEncrypted, "has a password: open it, take the password away and save it as .xlsx without a password")
	}
	return fault(dutylog.FileOldWorkbook, "is an Excel file of the old form (.xls) or has a password: open it and save it as .xlsx without a password")
}

func utf16(ascii string) []byte {
	out := make([]byte, 0, 2*len(ascii))
	for _, c := range []byte(ascii) {
		out = append(out, c, 0)
	}
	return out
}

// refusal is a FileError before the file has a name.
type refusal struct {
	fault  dutylog.FileFault
	detail string
}

func (r *refusal) Error() string { return r.detail }

func (r *refusal) of(name string) error {
	return &dutylog.FileError{Name: name, Fault: r.fault, Detail: r.detail}
}

func fault(f dutylog.FileFault, format string, args ...any) *refusal {
	return &refusal{fault: f, detail: fmt.Sprintf(format, args...)}
}

// budget is what is left of a file's limits while it is read.
type budget struct {
	cells, steps int   // steps count empty cells too: a sheet can claim a million rows of nothing
	text         int64 // bytes
}

// Excel keeps no longer text in a cell.
const longestCell = 32_767 * 4

func (l Limits) budget() *budget {
	return &budget{cells: l.Cells, steps: 20 * l.Cells, text: l.Unpacked}
}

// take narrows the cells of a row and cuts the empty ones at its end.
func (b *budget) take(row []string) ([]string, error) {
	b.steps -= len(row) + 1
	last := -1
	for i, cell := range row {
		if cell == "" {
			continue
		}
		last = i
		b.cells--
		b.text -= int64(len(cell))
		if len(cell) > longestCell {
			return nil, fault(dutylog.FileTooMany, "has a cell with %d bytes of text: this is no table of a duty room", len(cell))
		}
	}
	if b.cells < 0 || b.steps < 0 || b.text < 0 {
		return nil, fault(dutylog.FileTooMany, "has too many cells: split the table, or take away what is below and beside it")
	}
	if last < 0 {
		return nil, nil
	}
	kept := make([]string, last+1)
	for i := range kept {
		kept[i] = dutylog.NarrowText(row[i])
	}
	return kept, nil
}

// cutEnd takes away the empty rows at the end.
func cutEnd(rows [][]string) [][]string {
	for len(rows) > 0 && rows[len(rows)-1] == nil {
		rows = rows[:len(rows)-1]
	}
	return rows
}
