package dutylog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RowFault is what is wrong with a cell or a row of the table of the directory or of holidays; the closed set is below.
type RowFault string

// Every fault of a row.
const (
	RowNoHeader      RowFault = "no_header"      // of the whole file
	RowNoRows        RowFault = "no_rows"        // of the whole file
	RowTooMany       RowFault = "too_many_rows"  // of the whole file
	RowNoColumn      RowFault = "no_such_column" // one that we do not know
	RowTwiceColumn   RowFault = "column_twice"
	RowMissing       RowFault = "missing"
	RowNoNumbers     RowFault = "no_numbers" // none in the whole row
	RowTooLong       RowFault = "too_long"
	RowGarbled       RowFault = RowFault(garbledFault)
	RowLostZero      RowFault = RowFault(zeroFault)
	RowNoNumber      RowFault = RowFault(noNumber)
	RowNoYesNo       RowFault = "no_yes_no"
	RowNoDate        RowFault = "no_date"
	RowNoID          RowFault = "no_such_id"
	RowTwiceID       RowFault = "id_twice"
	RowTwice         RowFault = "same_row"
	RowDiffers       RowFault = "differs" // from another row of the same person
	RowUnfit         RowFault = "cannot_be_kept"
	RowTwin          RowFault = "twin" // the directory would have it twice
	RowFormula       RowFault = "formula_error"
	RowBesideColumns RowFault = "beside_columns" // text to the right of the header
	RowSecondSheet   RowFault = "second_sheet"   // another sheet with a header
	RowUnreadSheet   RowFault = "unread_sheet"   // a sheet with content and without a header
)

// contactColumn is what a column of the directory's table is about.
type contactColumn string

const (
	columnID     contactColumn = "id"
	columnNumber contactColumn = "number" // of any kind
	columnSkip   contactColumn = "skip"   // counts rows, and says nothing
)

// What tables call their columns, without blanks; the first name is that of our own export.
var contactColumns = []struct {
	is    contactColumn
	names []string
}{
	{columnID, []string{"编号", "id"}},
	{contactColumn(ContactUnit), []string{"单位", "单位名称", "所在单位", "工作单位", "部门", "unit"}},
	{contactColumn(ContactPerson), []string{"姓名", "联系人", "名字", "person", "name"}},
	{contactColumn(ContactTitle), []string{"职务", "职务岗位", "岗位", "职位", "title"}},
	{contactColumn(NumberOffice), []string{"办公电话", "办公室电话", "办电", "座机", "座机号码", "固定电话", "固话", "值班电话", "office"}},
	{contactColumn(NumberMobile), []string{"手机", "手机号", "手机号码", "移动电话", "mobile"}},
	{contactColumn(NumberFax), []string{"传真", "传真号", "传真号码", "传真电话", "fax"}},
	{contactColumn(NumberOther), []string{"其他电话", "其它电话", "备用电话", "other"}},
	{columnNumber, []string{"电话", "电话号码", "联系电话", "联系方式", "号码", "number", "phone"}},
	{contactColumn(ContactSuperior), []string{"上级", "上级值班室", "superior"}},
	{contactColumn(ContactConfirmed), []string{"确认日期", "核实日期", "last_confirmed"}},
	{contactColumn(ContactConfirmedBy), []string{"确认人", "核实人", "confirmed_by"}},
	{contactColumn(ContactRemark), []string{"备注", "说明", "remark"}},
	{columnSkip, []string{"序号", "no"}},
}

// DirectoryColumns names the columns of the exported table, in its order.
func DirectoryColumns() []string {
	names := []string{contactColumns[0].names[0]}
	for _, f := range ContactFields() {
		names = append(names, contactColumnName(contactColumn(f)))
	}
	return names
}

func contactColumnName(is contactColumn) string {
	i := slices.IndexFunc(contactColumns, func(c struct {
		is    contactColumn
		names []string
	}) bool {
		return c.is == is
	})
	return contactColumns[i].names[0]
}

// DirectoryRow is a contact as a row of the exported table.
func DirectoryRow(c Contact) []string {
	row := []string{strconv.FormatInt(c.ID, 10)}
	for _, f := range ContactFields() {
		row = append(row, c.Text(f))
	}
	return row
}

// ContactRow is one contact of a table, from one row or several.
type ContactRow struct {
	Contact Contact // ID is 0 where the table does not say it
	Row     int     // the first one; the topmost of the file is 1
}

// DirectoryTable is a table of contacts without a fault.
type DirectoryTable struct {
	Rows    []ContactRow
	has     map[ContactField]bool // what the table says; the rest it leaves alone
	guessed bool                  // it does not say of what kind its numbers are
}

// How many contacts there may be: a whole province fits.
const mostContacts = 50_000

// ParseDirectory reads the table that has a header of a directory; a second sheet with one, and a sheet
// with content and without one, is refused by its name, never left out. Local numbers get the site's area code. Several rows of one unit, person
// and title are one contact with several numbers. The error is a *TableError with every fault by cell;
// then nothing is to be imported.
func ParseDirectory(tables []Table, areaCode string) (DirectoryTable, error) {
	var one *contactParser
	bad := &TableError{}
	for i, t := range tables {
		top, columns := contactHeader(t)
		name := cmp.Or(t.Name, strconv.Itoa(i+1))
		switch {
		case top < 0:
		case one == nil || one.empty(): // a form without a row is none
			one = &contactParser{table: t, top: top, columns: columns, area: areaCode, bad: bad, first: map[string]int{}, ids: map[int64]int{}}
		case len(t.Rows) > top+1:
			bad.Rows = append(bad.Rows, RowError{Row: top + 1, Code: RowSecondSheet, Value: Printable(name),
				Reason: fmt.Sprintf("the sheet %q has a header too, and one sheet is imported at a time: put all rows onto one sheet, or save each sheet as a file of its own", Printable(name))})
		}
	}
	if one != nil {
		for _, u := range unreadSheets(tables, func(t Table) bool { top, _ := contactHeader(t); return top >= 0 }) {
			bad.Rows = append(bad.Rows, RowError{Row: u.row + 1, Code: RowUnreadSheet, Value: Printable(u.name),
				Reason: fmt.Sprintf("the sheet %q has no header, and nothing of it would be read: give it a header with 单位 and 电话 and save it as a file of its own, or take the sheet away", Printable(u.name))})
		}
		return one.parse()
	}
	bad.Rows = []RowError{{Row: 1, Code: RowNoHeader, Value: strconv.Itoa(headerWithin),
		Reason: fmt.Sprintf("there is no header row in the first %d rows: it needs the column 单位 and one of 电话, 办公电话, 手机, 传真", headerWithin)}}
	return DirectoryTable{}, bad
}

// contactHeader finds the row that names the columns: titles are above it.
func contactHeader(t Table) (top int, columns map[contactColumn]int) {
	for top = range min(len(t.Rows), headerWithin) {
		columns = map[contactColumn]int{}
		numbers := false
		for i := range t.Rows[top] {
			is := columnOf(t.Cell(top, i))
			if _, twice := columns[is]; is == "" || twice {
				continue
			}
			columns[is] = i
			numbers = numbers || is == columnNumber || slices.Contains(NumberKinds(), NumberKind(is))
		}
		if _, ok := columns[contactColumn(ContactUnit)]; ok && numbers {
			return top, columns
		}
	}
	return -1, nil
}

func columnOf(header string) contactColumn {
	word := strings.NewReplacer(" ", "", "\n", "", "/", "", "*", "", "：", "", ":", "").Replace(strings.ToLower(NarrowText(header)))
	for _, c := range contactColumns {
		if slices.Contains(c.names, word) {
			return c.is
		}
	}
	return ""
}

// contactParser goes through one table.
type contactParser struct {
	table   Table
	top     int // the header's row, from 0
	columns map[contactColumn]int
	area    string
	bad     *TableError
	out     DirectoryTable
	first   map[string]int // place in out of each unit, person and title
	ids     map[int64]int  // row of each id
}

func (p *contactParser) empty() bool { return len(p.table.Rows) == p.top+1 }

func (p *contactParser) parse() (DirectoryTable, error) {
	p.checkHeader()
	p.out.has = map[ContactField]bool{}
	_, p.out.guessed = p.columns[columnNumber]
	for _, f := range ContactFields() {
		_, named := p.columns[contactColumn(f)]
		p.out.has[f] = named || p.out.guessed && slices.Contains(NumberKinds(), NumberKind(f))
	}
	for i := p.top + 1; i < len(p.table.Rows); i++ {
		if p.blank(i) {
			continue
		}
		if len(p.out.Rows) == mostContacts {
			p.fault(i, -1, RowTooMany, strconv.Itoa(mostContacts), "more than %d contacts: this is no directory", mostContacts)
			break
		}
		p.row(i)
	}
	if len(p.out.Rows) == 0 && len(p.bad.Rows) == 0 {
		p.fault(p.top, -1, RowNoRows, "", "there is no row below the header")
	}
	slices.SortStableFunc(p.bad.Rows, func(a, b RowError) int { // within a row from left to right
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(len(a.Cell), len(b.Cell)), cmp.Compare(a.Cell, b.Cell))
	})
	if err := p.bad.orNil(); err != nil {
		return DirectoryTable{}, err
	}
	return p.out, nil
}

// fault notes what is wrong with a cell, or with a row where the column is -1.
func (p *contactParser) fault(row, column int, code RowFault, value, format string, args ...any) {
	e := RowError{Row: row + 1, Code: code, Value: Printable(value), Reason: fmt.Sprintf(format, args...)}
	if column >= 0 {
		e.Column, e.Cell = Printable(p.table.Cell(p.top, column)), CellName(row, column)
	}
	p.bad.Rows = append(p.bad.Rows, e)
}

// checkHeader refuses columns of which we do not know what they say: nothing is left out in silence.
func (p *contactParser) checkHeader() {
	var names []string
	for _, c := range contactColumns {
		names = append(names, c.names[0])
	}
	for i := range p.table.Rows[p.top] {
		text := p.table.Cell(p.top, i)
		is := columnOf(text)
		switch {
		case text == "":
		case is == "":
			p.fault(p.top, i, RowNoColumn, text, "there is no column %q: take it away or call it one of %s", Printable(text), strings.Join(names, ", "))
		case p.columns[is] != i:
			p.fault(p.top, i, RowTwiceColumn, text, "the column is there twice")
		}
	}
}

// blank reports that nothing but a counter stands in a row.
func (p *contactParser) blank(row int) bool {
	skip, counted := p.columns[columnSkip]
	for i := range p.table.Rows[row] {
		if p.table.Cell(row, i) != "" && !(counted && i == skip) {
			return false
		}
	}
	return true
}

func (p *contactParser) row(i int) {
	before := len(p.bad.Rows)
	c := Contact{}
	for field, to := range map[ContactField]*string{ContactUnit: &c.Unit, ContactPerson: &c.Person, ContactTitle: &c.Title, ContactConfirmedBy: &c.ConfirmedBy, ContactRemark: &c.Remark} {
		*to = p.text(i, field)
	}
	p.checkCells(i)
	if column := p.columns[contactColumn(ContactUnit)]; c.Unit == "" && p.table.Cell(i, column) == "" {
		p.fault(i, column, RowMissing, "", "is empty")
	}
	c.ID = p.id(i)
	c.Superior = p.yes(i)
	c.LastConfirmed = p.day(i)
	cells := len(p.bad.Rows)
	for _, kind := range append(NumberKinds(), "") {
		c.Numbers = append(c.Numbers, p.numbers(i, kind)...)
	}
	c.Numbers = inOrder(c.Numbers)
	if len(c.Numbers) == 0 && cells == len(p.bad.Rows) {
		p.noNumbers(i)
	}
	if len(p.bad.Rows) == before {
		p.add(i, c)
	}
}

// noNumbers says it of the one column for numbers, or of the row where there are several.
func (p *contactParser) noNumbers(row int) {
	if column, only := p.columns[columnNumber]; only {
		p.fault(row, column, RowMissing, "", "is empty")
		return
	}
	p.fault(row, -1, RowNoNumbers, "", "has no number at all")
}

// checkCells finds formulas that failed, and text where no column is.
func (p *contactParser) checkCells(row int) {
	for i := range p.table.Rows[row] {
		text := p.table.Cell(row, i)
		switch {
		case text == "":
		case p.table.Cell(p.top, i) == "":
			p.fault(row, i, RowBesideColumns, text, "%q stands under no column: give the column a name, or put text with commas into quotation marks", Printable(text))
		case failedFormula(text):
			p.fault(row, i, RowFormula, text, "the formula gives %s: enter the value itself", text)
		}
	}
}

func (p *contactParser) text(row int, f ContactField) string {
	column, ok := p.columns[contactColumn(f)]
	if !ok {
		return ""
	}
	text, err := cleanField(string(f), oneLine(p.table.Cell(row, column)), shortText)
	if err != nil {
		p.fault(row, column, RowTooLong, strconv.Itoa(shortText), "has more than %d characters; shorten it", shortText)
	}
	return text
}

func (p *contactParser) id(row int) int64 {
	column, ok := p.columns[columnID]
	text := p.table.Cell(row, column)
	if !ok || text == "" {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		p.fault(row, column, RowNoID, text, "%q is no number of a contact: leave the cell empty for a new one", Printable(text))
		return 0
	}
	if other, twice := p.ids[id]; twice {
		p.fault(row, column, RowTwiceID, strconv.Itoa(other+1), "is the same number as in row %d: leave the cell empty for a new contact", other+1)
	} else {
		p.ids[id] = row
	}
	return id
}

func (p *contactParser) yes(row int) bool {
	column, ok := p.columns[contactColumn(ContactSuperior)]
	if !ok {
		return false
	}
	switch text := strings.ToLower(p.table.Cell(row, column)); {
	case slices.Contains([]string{"是", "yes", "√", "1"}, text):
		return true
	case slices.Contains([]string{"", "否", "no", "0"}, text):
		return false
	default:
		p.fault(row, column, RowNoYesNo, text, "%q is neither 是/yes nor 否/no", Printable(p.table.Cell(row, column)))
		return false
	}
}

func (p *contactParser) day(row int) time.Time {
	column, ok := p.columns[contactColumn(ContactConfirmed)]
	text := p.table.Cell(row, column)
	if !ok || text == "" {
		return time.Time{}
	}
	at, isDay := p.table.Date(strings.ReplaceAll(NarrowText(text), "－", "-"), time.UTC)
	if !isDay {
		p.fault(row, column, RowNoDate, text, "%q is no date; write it like 2026-11-23", Printable(text))
	}
	return at
}

// numbers reads a cell with one number or several; the empty kind is the column for all of them.
func (p *contactParser) numbers(row int, kind NumberKind) []ContactPhone {
	is := contactColumn(kind)
	if kind == "" {
		is = columnNumber
	}
	column, ok := p.columns[is]
	if !ok {
		return nil
	}
	var all []ContactPhone
	for _, text := range splitNumbers(p.table.Cell(row, column)) {
		n, fault := contactNumber(text, p.area)
		switch fault {
		case noFault:
			k := kind
			if k == "" {
				k = GuessKind(n)
			}
			all = append(all, ContactPhone{k, n})
		case garbledFault:
			p.fault(row, column, RowGarbled, text, "%q was garbled by a spreadsheet: give the column the format Text and enter the number again", Printable(text))
		case zeroFault:
			p.fault(row, column, RowLostZero, text, "%q has lost the 0 of its area code: give the column the format Text and write 0%s", Printable(text), Printable(text))
		default:
			p.fault(row, column, RowNoNumber, text, "%q is no telephone number", Printable(text))
		}
	}
	return all
}

// add keeps a row, or adds it to the contact that an earlier row began.
func (p *contactParser) add(i int, c Contact) {
	at, again := p.first[c.key()]
	if !again {
		p.first[c.key()] = len(p.out.Rows)
		p.check(i, c)
		p.out.Rows = append(p.out.Rows, ContactRow{Contact: c, Row: i + 1})
		return
	}
	kept := &p.out.Rows[at]
	for _, n := range c.Numbers {
		if slices.ContainsFunc(kept.Contact.Numbers, func(have ContactPhone) bool { return have.Number.E164 == n.Number.E164 }) {
			p.fault(i, -1, RowTwice, strconv.Itoa(kept.Row), "is the same as row %d", kept.Row)
			return
		}
	}
	differs := func(a, b string) bool { return a != "" && b != "" && a != b }
	if a := kept.Contact; differs(a.Remark, c.Remark) || differs(a.ConfirmedBy, c.ConfirmedBy) || differs(a.Text(ContactConfirmed), c.Text(ContactConfirmed)) || a.ID != c.ID {
		p.fault(i, -1, RowDiffers, strconv.Itoa(kept.Row), "is about the same person as row %d and says something else: make it one row", kept.Row)
		return
	}
	kept.Contact.Numbers = inOrder(append(kept.Contact.Numbers, c.Numbers...))
	kept.Contact.Superior = kept.Contact.Superior || c.Superior
	for _, f := range []struct{ to, from *string }{{&kept.Contact.Remark, &c.Remark}, {&kept.Contact.ConfirmedBy, &c.ConfirmedBy}} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if kept.Contact.LastConfirmed.IsZero() {
		kept.Contact.LastConfirmed = c.LastConfirmed
	}
	p.check(i, kept.Contact)
}

// check asks whether the whole can be kept; what a single cell says was judged before.
func (p *contactParser) check(row int, c Contact) {
	if _, err := c.Clean(); err != nil {
		p.fault(row, -1, RowUnfit, "", "cannot be kept: %v", err)
	}
}
