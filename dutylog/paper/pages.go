package paper

import (
	"math"
	"slices"
	"strings"
)

// The room on a page of A4 inside its margins, in mm. The style sheet of the page has the same.
const (
	shortSide, longSide = 186.0, 272.0

	headRoom  = 24.0 // unit and title of the first page; each line below them is one more
	againRoom = 10.0 // the same on the pages after it
	footRoom  = 12.0
	signRoom  = 16.0
	nameRoom  = 8.0 // the name of a table
	noteSize  = 9.0 // points
	fewLines  = 3   // so few of a row are not left alone at a page's end
	longRow   = 12  // lines; only such a row is parted where it need not be
)

// Page is one page of a sheet.
type Page struct {
	Number, Of int
	Parts      []Part
	Notes      []string
	Signed     bool // the lines for the signatures are on it
}

// First reports whether the page has the whole title.
func (p Page) First() bool { return p.Number == 1 }

// Part is what a page has of a table.
type Part struct {
	Name    string // above it; empty: the sheet has one table only
	Columns []Column
	Form    bool
	Rows    []Row
}

// layout is a sheet that is being cut.
type layout struct {
	sheet Sheet
	pages []Page
	left  float64 // mm on the last page
}

// Pages cuts a sheet into pages. Nothing is left out: a row that does not fit goes on on the next
// page, and every page has the head of its table.
func Pages(s Sheet) []Page {
	l := &layout{sheet: s}
	l.turn()
	for _, t := range s.Tables {
		l.table(t)
	}
	l.close()
	for i := range l.pages {
		l.pages[i].Number, l.pages[i].Of = i+1, len(l.pages)
	}
	return l.pages
}

// turn begins a page.
func (l *layout) turn() {
	height := longSide
	if l.sheet.Landscape {
		height = shortSide
	}
	head := againRoom
	if l.pages == nil {
		head = headRoom + float64(len(l.sheet.Under))*6
		for _, u := range l.sheet.Under {
			head += float64(len(broken(u, l.wide()/(10.5*mmOfPoint)))-1) * 6
		}
		if l.sheet.Picture != nil {
			head += pictureRoom
		}
	}
	l.pages = append(l.pages, Page{})
	l.left = height - head - footRoom
}

func (l *layout) wide() float64 {
	if l.sheet.Landscape {
		return longSide
	}
	return shortSide
}

func (l *layout) page() *Page { return &l.pages[len(l.pages)-1] }

// head begins the table, or goes on with it, on the last page.
func (l *layout) head(t Table) {
	part := Part{Columns: t.Columns, Form: t.Form}
	if len(l.sheet.Tables) > 1 {
		part.Name = t.Name
		l.left -= nameRoom
	}
	if !t.Form {
		var heads []string
		for _, c := range t.Columns {
			heads = append(heads, c.Head)
		}
		l.left -= l.height(t, Row{Cells: heads})
	}
	page := l.page()
	page.Parts = append(page.Parts, part)
}

func (l *layout) table(t Table) {
	if len(l.page().Parts) > 0 {
		l.turn() // each table begins a page, as in a bound book
	}
	l.head(t)
	for _, r := range t.Rows {
		for rest := &r; rest != nil; {
			rest = l.row(t, *rest)
		}
	}
}

// row puts a row on the last page; what did not fit comes back.
func (l *layout) row(t Table, r Row) *Row {
	part := l.part()
	if h := l.height(t, r); h <= l.left {
		part.Rows = append(part.Rows, r)
		l.left -= h
		return nil
	}
	if fit := int((l.left - 2*padY - ruleWidth) / l.sheet.line()); len(part.Rows) == 0 || fit > fewLines && l.lines(t, r) > longRow {
		first, rest := l.split(t, r, max(fit, 1))
		part.Rows = append(part.Rows, first)
		if rest == nil { // only its empty room was too much
			l.left = 0
			return nil
		}
		r = *rest
	}
	l.turn()
	l.head(t)
	return &r
}

func (l *layout) part() *Part {
	parts := l.page().Parts
	return &parts[len(parts)-1]
}

// cellWidths are those of a row's cells: the last reaches to the end.
func (l *layout) cellWidths(t Table, r Row) []float64 {
	var widths []float64
	sum := 0.0
	for _, c := range t.Columns {
		sum += c.Width
	}
	for i := range r.Cells {
		w := t.Columns[i].Width
		if i == len(r.Cells)-1 {
			for _, c := range t.Columns[i+1:] {
				w += c.Width
			}
		}
		widths = append(widths, w*l.wide()/sum-2*padX-ruleWidth)
	}
	return widths
}

// lines is how many lines the row has.
func (l *layout) lines(t Table, r Row) int {
	n := max(1, r.MinLines)
	for i, w := range l.cellWidths(t, r) {
		n = max(n, len(broken(r.Cells[i], w/l.sheet.em())))
	}
	return n
}

func (l *layout) height(t Table, r Row) float64 {
	return float64(l.lines(t, r))*l.sheet.line() + 2*padY + ruleWidth
}

// split parts a row after so many lines. What goes on says so in its first cell.
func (l *layout) split(t Table, r Row, fit int) (first Row, rest *Row) {
	first, next := r, r
	first.Cells, next.Cells = slices.Clone(r.Cells), make([]string, len(r.Cells))
	first.MinLines, next.MinLines, next.Continued = 0, 0, true
	more := false
	for i, w := range l.cellWidths(t, r) {
		lines := broken(r.Cells[i], w/l.sheet.em())
		if len(lines) <= fit {
			continue
		}
		cut := len(strings.Join(lines[:fit], ""))
		cut += lostBreaks(r.Cells[i], cut)
		first.Cells[i], next.Cells[i] = strings.TrimRight(r.Cells[i][:cut], "\n"), r.Cells[i][cut:]
		more = true
	}
	if !more {
		return first, nil
	}
	if next.Cells[0] == "" {
		next.Cells[0] = strings.TrimSuffix(r.Cells[0], "（续）") + "（续）"
	}
	return first, &next
}

// lostBreaks is how many line breaks of the text stand before its first n bytes that are none.
func lostBreaks(text string, n int) (breaks int) {
	for i := 0; n > 0 || i < len(text) && text[i] == '\n'; i++ {
		if text[i] == '\n' {
			breaks++
			continue
		}
		n--
	}
	return breaks
}

// close adds the notes and the signatures, which stay together with the last of them.
func (l *layout) close() {
	line := noteSize * mmOfPoint * lineHeight
	for i, note := range l.sheet.Notes {
		h := float64(len(broken(note, l.wide()/(noteSize*mmOfPoint)))) * line
		need := h
		if i == len(l.sheet.Notes)-1 {
			need += l.signRoom()
		}
		if need > l.left {
			l.turn()
		}
		l.page().Notes = append(l.page().Notes, note)
		l.left = math.Max(0, l.left-h)
	}
	if l.sheet.Signatures == nil {
		return
	}
	if l.signRoom() > l.left {
		l.turn()
	}
	l.page().Signed = true
}

func (l *layout) signRoom() float64 {
	if l.sheet.Signatures == nil {
		return 0
	}
	return signRoom
}
