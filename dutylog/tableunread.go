package dutylog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// unreadSheet is a sheet with content of which nothing is read: what stands on it would be missing, and
// nobody would know.
type unreadSheet struct {
	name     string // its place in the file where it has no name
	row, col int    // its first cell with text
}

// unreadSheets are those with content that are not READ.
func unreadSheets(tables []Table, read func(Table) bool) (unread []unreadSheet) {
	for i, t := range tables {
		if row, col, some := t.firstText(); some && !read(t) {
			unread = append(unread, unreadSheet{cmp.Or(t.Name, strconv.Itoa(i+1)), row, col})
		}
	}
	return unread
}

// firstText is the first cell that is not empty.
func (t Table) firstText() (row, col int, some bool) {
	for row := range t.Rows {
		for col := range t.Rows[row] {
			if t.Cell(row, col) != "" {
				return row, col, true
			}
		}
	}
	return 0, 0, false
}

// failedFormula reports whether a cell is what a spreadsheet shows where a formula has no value.
func failedFormula(text string) bool {
	return strings.HasPrefix(text, "#") && slices.Contains([]string{"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}, strings.ToUpper(strings.TrimSpace(text)))
}

// hasLetter: a name without a letter is none.
func hasLetter(text string) bool { return strings.ContainsFunc(text, unicode.IsLetter) }

// unreadRosters refuses, by their names, sheets that have no header of a roster and are not empty.
func unreadRosters(tables []Table) (faults []CellError) {
	for _, u := range unreadSheets(tables, func(t Table) bool { g := rosterGrid{Table: t}; return g.findHeader() }) {
		faults = append(faults, CellError{Cell: u.name + "!" + CellName(u.row, u.col), Fault: RosterUnread, Value: u.name,
			Detail: fmt.Sprintf("the sheet %q has no header of a roster, and nothing of it would be read: give it the header 日期 and the posts, or take the sheet away", Printable(u.name))})
	}
	return faults
}

// failedFormulas refuses the cells of a row whose formula has no value: nobody is called #REF!, and nobody
// knows who was meant.
func (g *rosterGrid) failedFormulas(row int) (some bool) {
	for col := range g.Rows[row] {
		if text := g.Cell(row, col); failedFormula(text) {
			g.fault(row, col, RosterFormula, text, fmt.Sprintf("the formula gives %s: enter the value itself", Printable(text)))
			some = true
		}
	}
	return some
}
