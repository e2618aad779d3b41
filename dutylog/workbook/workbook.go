// Package workbook writes a sheet of the duty log as .xlsx, for who has to go on counting with it.
// It looks as the printed sheet does, and prints on A4 with the same head on every page.
package workbook

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog/paper"
)

const (
	mmPerUnit = 1.9    // a column's width is counted in digits, which are about so wide
	mostText  = 32_000 // characters in a cell; a spreadsheet takes 32,767
	mostFoot  = 255    // characters that a spreadsheet takes at the foot of a page
	paperA4   = 9
)

// Write writes the sheet, one worksheet for each of its tables.
func Write(w io.Writer, s paper.Sheet) (err error) {
	book := excelize.NewFile()
	defer book.Close()
	styles, err := newStyles(book, s.Size)
	if err != nil {
		return err
	}
	for i, t := range s.Tables {
		if i == 0 {
			err = book.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = book.NewSheet(t.Name)
		}
		if err == nil {
			err = (&sheet{book: book, styles: styles, paper: s, table: t, name: t.Name}).write()
		}
		if err != nil {
			return fmt.Errorf("worksheet %s: %w", t.Name, err)
		}
	}
	return book.Write(w)
}

// Safe makes a text safe in a cell: one that a spreadsheet, or who saves it as CSV, could take for
// a formula begins with an apostrophe. A telephone number with its country is none, and stays as people write it.
func Safe(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD' // no XML holds it
		}
		return r
	}, text)
	if abroad.MatchString(text) {
		return text
	}
	bare := strings.TrimLeftFunc(text, unicode.IsSpace)
	if strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\uFFFD") || strings.IndexAny(bare, "=+-@＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}

// abroad is a telephone number as +8613904011234 or +86 24 2273 0001, alone or with words behind it that no formula has.
var abroad = regexp.MustCompile(`^\+[0-9]{1,4}[ -]?[0-9](?:[ -]?[0-9]){4,14}(?:$|[ \n\p{Han}，、；（][^=|!@(*/&^%"']*$)`)

var coded = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// literal keeps a text that looks like a workbook's code of a character, "_x0041_" for A, from being
// read as one.
func literal(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		if b.WriteRune(r); r == '_' && coded.MatchString(text[i:]) {
			b.WriteString("x005F_")
		}
	}
	return b.String()
}

// styles are the ways in which cells look.
type styles struct{ unit, title, under, head, text, middle, strong, note int }

func newStyles(book *excelize.File, size float64) (s styles, err error) {
	border := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Style: 1, Color: "000000"})
	}
	text := &excelize.Alignment{Vertical: "top", WrapText: true}
	middle := &excelize.Alignment{Horizontal: "center", Vertical: "top", WrapText: true}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	for _, c := range []struct {
		to        *int
		size      float64
		bold      bool
		alignment *excelize.Alignment
		border    []excelize.Border
	}{
		{&s.unit, 12, false, centre, nil}, {&s.title, 18, true, centre, nil}, {&s.under, 10.5, false, centre, nil},
		{&s.head, size, true, centre, border}, {&s.text, size, false, text, border}, {&s.middle, size, false, middle, border},
		{&s.strong, size, true, text, border}, {&s.note, 9, false, text, nil},
	} {
		// 49 is "text": what is typed into the cell later is no formula either.
		*c.to, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "宋体", Size: c.size, Bold: c.bold}, Alignment: c.alignment, Border: c.border, NumFmt: 49})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// sheet is one worksheet that is being written.
type sheet struct {
	book   *excelize.File
	styles styles
	paper  paper.Sheet
	table  paper.Table
	name   string
	row    int // the last that was written
}

func (s *sheet) write() error {
	for i, c := range s.table.Columns {
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := s.book.SetColWidth(s.name, col, col, c.Width/mmPerUnit); err != nil {
			return err
		}
	}
	if err := s.titles(); err != nil {
		return err
	}
	first, last := 1, s.row
	if !s.table.Form {
		if err := s.heads(); err != nil {
			return err
		}
		last = s.row
	}
	for _, r := range s.table.Rows {
		if err := s.put(r); err != nil {
			return err
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	if s.paper.Title == "" { // a list to go on working with: its head stays in sight
		if err := s.book.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: last, TopLeftCell: fmt.Sprintf("A%d", last+1), ActivePane: "bottomLeft"}); err != nil {
			return err
		}
	}
	return s.layout(first, last)
}

// titles are unit and title, centred above the table; a plain list has none.
func (s *sheet) titles() error {
	if s.paper.Title == "" {
		return nil
	}
	if err := s.across(s.paper.Unit, s.styles.unit, 20); err != nil {
		return err
	}
	if err := s.across(s.paper.Title, s.styles.title, 30); err != nil {
		return err
	}
	for _, u := range s.paper.Under {
		if err := s.across(u, s.styles.under, 18); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) heads() error {
	cells := make([]string, len(s.table.Columns))
	for i, c := range s.table.Columns {
		cells[i] = c.Head
	}
	s.row++
	for i, text := range cells {
		if err := s.cell(i+1, i+1, text, s.styles.head); err != nil {
			return err
		}
	}
	return nil
}

// end are the notes and the lines for the signatures.
func (s *sheet) end() error {
	for _, n := range s.paper.Notes {
		if err := s.across(n, s.styles.note, 0); err != nil {
			return err
		}
	}
	if len(s.paper.Signatures) == 0 {
		return nil
	}
	return s.across(strings.Join(s.paper.Signatures, "（签名）：　　　　　　　　　　")+"（签名）：", s.styles.under, 36)
}

// across writes a text over the whole width; a height of 0 is the usual.
func (s *sheet) across(text string, style int, height float64) error {
	s.row++
	if height > 0 {
		if err := s.book.SetRowHeight(s.name, s.row, height); err != nil {
			return err
		}
	}
	return s.cell(1, len(s.table.Columns), text, style)
}

// put writes one row; a text that is longer than a cell holds goes on in the row below.
func (s *sheet) put(r paper.Row) error {
	s.row++
	rest := make([]string, len(r.Cells))
	more := false
	for i, text := range r.Cells {
		if runes := []rune(text); len(runes) > mostText {
			text, rest[i], more = string(runes[:mostText]), string(runes[mostText:]), true
		}
		to := i + 1
		if i == len(r.Cells)-1 {
			to = len(s.table.Columns)
		}
		if err := s.cell(i+1, to, text, s.styleOf(r, i)); err != nil {
			return err
		}
	}
	if !more {
		return nil
	}
	return s.put(paper.Row{Cells: rest, Strong: r.Strong, Continued: true})
}

func (s *sheet) styleOf(r paper.Row, i int) int {
	switch {
	case s.table.Form && i%2 == 0:
		return s.styles.head
	case r.Strong:
		return s.styles.strong
	case s.table.Columns[i].Middle && len(r.Cells) > 1:
		return s.styles.middle
	}
	return s.styles.text
}

// cell writes a text, always as a text, over some columns of the row.
func (s *sheet) cell(from, to int, text string, style int) error {
	first, err := excelize.CoordinatesToCellName(from, s.row)
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(to, s.row)
	if err != nil {
		return err
	}
	if err := s.book.SetCellStr(s.name, first, literal(Safe(text))); err != nil {
		return err
	}
	if err := s.book.SetCellStyle(s.name, first, last, style); err != nil || from == to {
		return err
	}
	return s.book.MergeCell(s.name, first, last)
}

// layout is how the worksheet prints: on A4 with all columns on the page, the rows first to last
// on every page, and the foot of the printed sheet.
func (s *sheet) layout(first, last int) error {
	size, high, wide, fit := paperA4, 0, 1, true
	way := "portrait"
	if s.paper.Landscape {
		way = "landscape"
	}
	margin, bottom := 0.5, 0.75 // inches
	end, err := excelize.CoordinatesToCellName(len(s.table.Columns), s.row, true)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.book.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &fit}) },
		func() error {
			return s.book.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &way, FitToWidth: &wide, FitToHeight: &high})
		},
		func() error {
			return s.book.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &bottom})
		},
		func() error {
			return s.book.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: foot(s.paper.Foot)})
		},
		func() error {
			return s.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: s.name, RefersTo: fmt.Sprintf("'%s'!$A$1:%s", s.name, end)})
		},
		func() error {
			return s.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", s.name, first, last)})
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// foot is what stands at the foot of every page. An ampersand would be an order.
func foot(lines []string) string {
	text := `&L&"宋体"&8` + strings.ReplaceAll(strings.Join(lines, "\n"), "&", "＆")
	number := `&R&"宋体"&9第 &P 页 共 &N 页`
	if room := mostFoot - utf8.RuneCountInString(number); utf8.RuneCountInString(text) > room {
		text = string([]rune(text)[:room])
	}
	return text + number
}
