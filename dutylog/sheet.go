package dutylog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Table is a table as it came in a file: one sheet of a workbook, or the one table of a CSV. Of a
// workbook the cells' own values, so that dates may be numbers; full-width digits and letters are
// narrow ones already, and what stands in merged cells stands in each of them.
type Table struct {
	Name     string // of the sheet; empty: the file has only one
	Rows     [][]string
	Merged   []CellRange
	Workbook bool // numbers may be dates and parts of a day
	Date1904 bool // days are counted from 1904 on, as old Macs did
}

// CellRange is a block of merged cells, counted from 0; the last row and column belong to it.
type CellRange struct{ Top, Left, Bottom, Right int }

// Cell is the text of a cell without blanks around it, counted from 0; empty where there is none.
func (t Table) Cell(row, column int) string {
	if row < 0 || row >= len(t.Rows) || column < 0 || column >= len(t.Rows[row]) {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(t.Rows[row][column]), "'"))
}

// CellName is what spreadsheets call a cell, counted from 0: "B17".
func CellName(row, column int) string {
	letters := ""
	for column++; column > 0; column = (column - 1) / 26 {
		letters = string(rune('A'+(column-1)%26)) + letters
	}
	return letters + strconv.Itoa(row+1)
}

// Dates as people write them and as spreadsheets rewrite them.
var dateForms = []string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102", "2006-1-2 15:04:05", "2006/1/2 15:04:05", time.RFC3339}

// Date reads a day, written out or as a workbook's own number of it: midnight in loc.
func (t Table) Date(text string, loc *time.Location) (time.Time, bool) {
	if days, ok := t.serial(text); ok && days >= 20_000 { // from 1954 on; less is a time of day, or any number
		at := t.fromSerial(math.Trunc(days), loc)
		return at, plausible(at)
	}
	for _, form := range dateForms {
		if at, err := time.ParseInLocation(form, text, loc); err == nil {
			return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, loc), plausible(at)
		}
	}
	return time.Time{}, false
}

// serial is a spreadsheet's own number of a date or a time of day.
func (t Table) serial(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && t.Workbook && v >= 0 && v < 200_000 && !strings.ContainsAny(text, "xXpP_")
}

// fromSerial counts days on the calendar of the site; a spreadsheet has no zones.
func (t Table) fromSerial(days float64, loc *time.Location) time.Time {
	seconds := int(math.Round(days * 86400))
	if t.Date1904 {
		return time.Date(1904, 1, 1+seconds/86400, 0, 0, seconds%86400, 0, loc)
	}
	return time.Date(1899, 12, 30+seconds/86400, 0, 0, seconds%86400, 0, loc)
}

func plausible(at time.Time) bool { return at.Year() >= 1990 && at.Year() < 2200 }

// NarrowText makes full-width digits, letters and blanks narrow ones, as an input method in its
// wrong mode leaves them: "０２４－２２７３Ａ" is "024－2273A". Punctuation stays, for in Chinese it is wide.
func NarrowText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			return r - 0xFEE0
		case r == '\u3000', r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

// FileFault is what keeps a file from being read as tables; the closed set is below.
type FileFault string

// Every fault of a file as a whole.
const (
	FileEmpty       FileFault = "empty"
	FileTooLarge    FileFault = "too_large"
	FileBomb        FileFault = "unpacks_too_large" // a zip bomb, or a damaged list of contents
	FileTooMany     FileFault = "too_many_cells"
	FileOldWorkbook FileFault = "old_workbook" // .xls
	FileEncrypted   FileFault = "encrypted"
	FileMacro       FileFault = "macro"
	FileProgram     FileFault = "program"
	FileBinary      FileFault = "binary_workbook" // .xlsb
	FilePDF         FileFault = "pdf"
	FileOther       FileFault = "other_kind" // of another program
	FileNoTable     FileFault = "no_table"   // nothing that could be a table
	FileDamaged     FileFault = "damaged"
	FileEncoding    FileFault = "encoding"
	FileQuotes      FileFault = "quotation_marks"
)

// FileError says why a file cannot be read as tables, and what to do about it.
type FileError struct {
	Name   string
	Fault  FileFault
	Detail string // the rest of the sentence that the name begins
}

func (e *FileError) Error() string { return fmt.Sprintf("%s %s", Printable(e.Name), e.Detail) }
