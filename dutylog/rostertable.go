package dutylog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CellFault names what is wrong with a cell of an imported roster.
type CellFault string

// The closed set of faults.
const (
	RosterBadDate    CellFault = "date"
	RosterBadWeekday CellFault = "weekday" // it is not that day of the week: the month is wrong, or the row
	RosterNoMonth    CellFault = "month"   // neither title nor cell names the month
	RosterNoHeader   CellFault = "header"
	RosterNoPost     CellFault = "post"
	RosterNoColumn   CellFault = "column" // one of which we do not know what it says
	RosterBadName    CellFault = "name"
	RosterBadTime    CellFault = "time"
	RosterBadPhone   CellFault = "phone"
	RosterTwice      CellFault = "twice"
	RosterEmpty      CellFault = "empty"
	RosterSheets     CellFault = "sheets" // two sheets say the same month
	RosterUnread     CellFault = "unread_sheet"
	RosterFormula    CellFault = "formula"
)

// CellError is one fault of an imported roster, at a cell as spreadsheets name it.
type CellError struct {
	Cell   string // "B17"; with the sheet's name where there are several; empty: the whole table
	Fault  CellFault
	Value  string // what stands there, or the other cell, the sheets or the post that is meant
	Detail string
}

func (e CellError) Error() string {
	if e.Cell == "" {
		return e.Detail
	}
	return "cell " + e.Cell + ": " + e.Detail
}

// RosterTable is what a file says: shifts, or every fault at once. With faults nothing is taken.
type RosterTable struct {
	Shifts []Shift
	Faults []CellError
}

// ParseRosterTable reads the usual table: days down, posts across, the month in the title, and
// above a post's column when its shift begins and ends (08:00 to 08:00 where nothing is said).
// MONTH is for a table whose title names none; it may be empty. Of several sheets each is read; one with
// content and without the header of a roster is refused by its name.
func ParseRosterTable(tables []Table, month Month, people []RosterPerson, loc *time.Location) RosterTable {
	var out RosterTable
	found := false
	held := map[ShiftRef]string{} // which sheet says who begins on a post when
	for _, t := range tables {
		g := rosterGrid{Table: t, month: month, people: people, loc: loc, several: len(tables) > 1}
		if !g.findHeader() {
			continue
		}
		found = true
		g.readRows()
		if len(g.faults) == 0 {
			g.faults = append(g.faults, twiceOnSheets(held, g)...)
		}
		out.Shifts, out.Faults = append(out.Shifts, g.shifts...), append(out.Faults, g.faults...)
	}
	if found {
		out.Faults = append(out.Faults, unreadRosters(tables)...)
	}
	switch {
	case !found:
		out.Faults = append(out.Faults, CellError{Fault: RosterNoHeader, Detail: "there is no header of a roster: one row has to name 日期 and the posts 带班领导, 值班处(科)领导, 值班员"})
	case len(out.Shifts) == 0 && len(out.Faults) == 0:
		out.Faults = append(out.Faults, CellError{Fault: RosterEmpty, Detail: "below the header there is no shift"})
	}
	SortShifts(out.Shifts)
	if len(out.Faults) > 0 {
		out.Shifts = nil
	}
	return out
}

// twiceOnSheets refuses a sheet that says what another one said already: the one is a copy, or an older
// version, and both together would put two people on one post.
func twiceOnSheets(held map[ShiftRef]string, g rosterGrid) (faults []CellError) {
	twice := map[string]bool{}
	for _, s := range g.shifts {
		at := ShiftRef{From: s.From, Post: s.Post}
		other, said := held[at]
		if said && other != g.Name && !twice[other] {
			twice[other] = true
			faults = append(faults, CellError{Fault: RosterSheets, Value: Printable(other) + "、" + Printable(g.Name), Detail: fmt.Sprintf("the sheets %q and %q are both a roster of %s: keep one of them, and remove the other from the file",
				Printable(other), Printable(g.Name), MonthOf(s.From, g.loc))})
		}
		held[at] = g.Name
	}
	return faults
}

// gridColumn is a column of a post, with the number's column beside it.
type gridColumn struct {
	at, phone int // phone: -1 where there is none
	post      Post
	from, to  time.Duration // since midnight; to is after from
	clocked   bool          // the header says the times
}

type rosterGrid struct {
	Table
	month   Month // of the title; the one that was asked for where it names none
	until   Month // the last one that the title names; empty: it names none
	people  []RosterPerson
	loc     *time.Location
	several bool

	titles, header      int // rows: where the titles begin and end
	date, weekday, turn int // columns; -1: none
	columns             []gridColumn
	shifts              []Shift
	cells               []string // of the shifts
	faults              []CellError
}

// The time at which shifts change where the table says nothing.
const usualChange = 8 * time.Hour

var (
	clockRange = regexp.MustCompile(`(\d{1,2})[:：](\d{2})\s*(?:-|－|—+|–|~|～|至|到)+\s*(次日|第二天|翌日)?\s*(\d{1,2})[:：](\d{2})`)
	dayOnly    = regexp.MustCompile(`^(\d{1,2})[日号]?$`)
	monthDay   = regexp.MustCompile(`^(\d{1,2})[月./-](\d{1,2})[日号]?$`)
	phoneIn    = regexp.MustCompile(`\+?\d[\d -]{4,}\d`)
)

// headerPosts are the words by which a header names a post, the longer ones first.
var headerPosts = []struct {
	word string
	post Post
}{
	{"带班领导", PostLeader}, {"带班局领导", PostLeader}, {"值班领导", PostLeader}, {"带班", PostLeader},
	{"值班处", PostChief}, {"值班科", PostChief}, {"处（科）领导", PostChief}, {"处(科)领导", PostChief}, {"科长", PostChief}, {"处长", PostChief},
	{"值班员", PostOfficer}, {"值班人员", PostOfficer},
}

func postOfHeader(text string) (Post, bool) {
	for _, h := range headerPosts {
		if strings.Contains(text, h.word) {
			return h.post, true
		}
	}
	return "", false
}

// What rosters say beside the shifts, and nobody on duty depends on.
var remarkHeaders = []string{"备注", "说明", "附注", "序号", "农历", "节日", "节假日", "签名", "签字", "地点"}

var phoneHeader = regexp.MustCompile(`电话|手机|联系方式`)

// findHeader finds the row that names the date and at least one post.
func (g *rosterGrid) findHeader() bool {
	for row := range min(len(g.Rows), 12) {
		g.date, g.weekday, g.turn, g.columns, g.faults = -1, -1, -1, nil, nil
		for col := range g.Rows[row] {
			g.readHeader(row, col)
		}
		if g.date >= 0 && len(g.columns) > 0 {
			g.titles, g.header = row, row
			g.readTitle()
			if strings.HasPrefix(g.Cell(row+1, g.columns[0].at), "姓名") { // a second row of titles
				g.header++
			}
			for _, p := range Posts() {
				if !slices.ContainsFunc(g.columns, func(c gridColumn) bool { return c.post == p }) {
					g.fault(row, g.date, RosterNoPost, string(p), "the table has no column for "+string(p)+": each of the three posts needs one")
				}
			}
			return true
		}
	}
	return false
}

func (g *rosterGrid) readHeader(row, col int) {
	text := strings.Join(strings.Fields(g.Cell(row, col)), "")
	post, isPost := postOfHeader(text)
	switch {
	case phoneHeader.MatchString(text):
		if n := len(g.columns); n > 0 && g.columns[n-1].phone < 0 {
			g.columns[n-1].phone = col
		} else {
			g.fault(row, col, RosterNoColumn, text, fmt.Sprintf("%q stands beside no post: put the numbers to the right of the names", Printable(text)))
		}
	case isPost && g.besideSame(row, col):
		g.columns[len(g.columns)-1].phone = col // one title over name and number
	case isPost:
		c := gridColumn{at: col, phone: -1, post: post, from: usualChange, to: usualChange + 24*time.Hour}
		if from, to, ok := clocksIn(text); ok {
			c.from, c.to, c.clocked = from, to, true
		} else if clockRange.MatchString(text) {
			g.fault(row, col, RosterBadTime, text, fmt.Sprintf("%q says times that no day has; write them like 08:00-20:00", Printable(text)))
		} else if from, to, ok := turnIn(text); ok {
			c.from, c.to, c.clocked = from, to, true
		}
		g.columns = append(g.columns, c)
	case dateTitle(text) && g.date >= 0:
		g.fault(row, col, RosterNoColumn, text, "there is a second column for the date: put all days below each other")
	case dateTitle(text):
		g.date = col
	case strings.HasPrefix(text, "星期") || text == "周":
		g.weekday = col
	case strings.HasPrefix(text, "班次") || strings.HasPrefix(text, "时间") || strings.HasPrefix(text, "时段"):
		g.turn = col
	case text != "" && !slices.ContainsFunc(remarkHeaders, func(w string) bool { return strings.HasPrefix(text, w) }):
		g.fault(row, col, RosterNoColumn, text, fmt.Sprintf("no post is called %q: take the column away, or call it 带班领导, 值班处(科)领导, 值班员 or 备注", Printable(text)))
	}
}

func dateTitle(text string) bool { return strings.HasPrefix(text, "日期") || text == "date" }

// besideSame reports whether a title is that of the column before, merged over both.
func (g *rosterGrid) besideSame(row, col int) bool {
	n := len(g.columns)
	return n > 0 && g.columns[n-1].at == col-1 && g.columns[n-1].phone < 0 && g.Cell(row, col-1) == g.Cell(row, col)
}

// clocksIn reads "08:00-20:00" or "20:00—次日08:00".
func clocksIn(text string) (from, to time.Duration, ok bool) {
	m := clockRange.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, false
	}
	at := func(h, min string) time.Duration {
		hours, _ := strconv.Atoi(h)
		minutes, _ := strconv.Atoi(min)
		return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	}
	from, to = at(m[1], m[2]), at(m[4], m[5])
	shown := from < 24*time.Hour && to <= 24*time.Hour && m[2] < "60" && m[5] < "60"
	if m[3] != "" || to <= from {
		to += 24 * time.Hour
	}
	return from, to, shown && to-from <= 24*time.Hour
}

// turnIn reads the words for the usual turns.
func turnIn(text string) (from, to time.Duration, ok bool) {
	switch {
	case strings.Contains(text, "白班"), strings.Contains(text, "日班"):
		return usualChange, 20 * time.Hour, true
	case strings.Contains(text, "夜班"), strings.Contains(text, "晚班"):
		return 20 * time.Hour, usualChange + 24*time.Hour, true
	case strings.Contains(text, "全天"):
		return usualChange, usualChange + 24*time.Hour, true
	}
	return 0, 0, false
}

// mostValue is how many characters of a cell a fault repeats.
const mostValue = 60

func (g *rosterGrid) fault(row, col int, f CellFault, value, detail string) {
	cell := CellName(row, col)
	if g.several && g.Name != "" {
		cell = g.Name + "!" + cell
	}
	e := CellError{Cell: cell, Fault: f, Value: shortened(Printable(value), mostValue), Detail: detail}
	if !slices.Contains(g.faults, e) { // a cell is looked at for each post
		g.faults = append(g.faults, e)
	}
}

// readRows reads what is below the header, until a row without a date says that the table is over.
func (g *rosterGrid) readRows() {
	var day Date
	for row := g.header + 1; row < len(g.Rows); row++ {
		text := g.Cell(row, g.date)
		if g.failedFormulas(row) || g.headerAgain(row) || g.remark(row) || text == "" && !g.anybody(row) {
			continue
		}
		g.checkBeside(row)
		if text == "" && day == "" {
			g.fault(row, g.date, RosterBadDate, "", "there is somebody in this row, and no day; write it like 12月1日")
			continue
		}
		if text != "" {
			var ok bool
			if day, ok = g.readDate(row, text); !ok {
				continue
			}
			g.checkWeekday(row, day)
		}
		for _, c := range g.columns {
			g.readCell(row, c, day)
		}
	}
}

func dayLike(text string) bool { return text[0] >= '0' && text[0] <= '9' }

func (g *rosterGrid) anybody(row int) bool {
	return slices.ContainsFunc(g.columns, func(c gridColumn) bool { return g.Cell(row, c.at) != "" || c.phone >= 0 && g.Cell(row, c.phone) != "" })
}

// headerAgain reports whether a row is the header once more, as on a second page. Each of its cells says
// so: whoever is called 王处长 is no title of a column.
func (g *rosterGrid) headerAgain(row int) bool {
	title := func(row, col int) string { return strings.Join(strings.Fields(g.Cell(row, col)), "") }
	return dateTitle(title(row, g.date)) && !slices.ContainsFunc(g.columns, func(c gridColumn) bool {
		text := title(row, c.at)
		return text != title(g.titles, c.at) && text != title(g.header, c.at)
	})
}

// remark reports whether a row is a remark below the table, in one cell or merged over all of them.
func (g *rosterGrid) remark(row int) bool {
	text := g.Cell(row, g.date)
	return text != "" && !dayLike(text) && !slices.ContainsFunc(g.columns, func(c gridColumn) bool {
		cell := g.Cell(row, c.at)
		return cell != "" && cell != text
	})
}

// checkBeside finds text that stands under no title: it may be somebody on duty.
func (g *rosterGrid) checkBeside(row int) {
	for col := range g.Rows[row] {
		if g.Cell(row, col) != "" && g.Cell(g.titles, col) == "" {
			g.fault(row, col, RosterNoColumn, g.Cell(row, col), fmt.Sprintf("%q stands under no title: give the column one", Printable(g.Cell(row, col))))
		}
	}
}

// readDate reads a day in any of its usual spellings; one without a month is of the title's, and one without a year of the
// year in which it is nearest to it.
func (g *rosterGrid) readDate(row int, text string) (Date, bool) {
	year, month, day := 0, 0, 0
	if m := dayOnly.FindStringSubmatch(text); m != nil {
		if g.month == "" {
			g.fault(row, g.date, RosterNoMonth, text, "the day has no month, and neither has the title: write 2026年12月 into the title")
			return "", false
		}
		year, month = g.month.First().Year(), int(g.month.First().In(time.UTC).Month())
		day, _ = strconv.Atoi(m[1])
	} else if m := monthDay.FindStringSubmatch(text); m != nil && g.month != "" {
		year = g.month.First().Year()
		month, _ = strconv.Atoi(m[1])
		day, _ = strconv.Atoi(m[2])
		switch away := month - int(g.month.First().In(time.UTC).Month()); {
		case away < -6:
			year++ // New Year at the end of December's table
		case away > 6:
			year-- // New Year's Eve at the head of January's
		}
	} else if at, ok := g.Date(text, g.loc); ok {
		at = at.In(g.loc)
		year, month, day = at.Year(), int(at.Month()), at.Day()
	}
	d, err := ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	switch {
	case err != nil:
		g.fault(row, g.date, RosterBadDate, text, fmt.Sprintf("%q is no day; write it like 12月1日", Printable(text)))
	case !g.titled(d):
		g.fault(row, g.date, RosterBadDate, text, fmt.Sprintf("%s is not in the month of the title, %s, and not beside it: correct the day or the title", d, g.month))
		return d, false
	}
	return d, err == nil
}

func (g *rosterGrid) checkWeekday(row int, d Date) {
	text := g.Cell(row, g.weekday)
	if g.weekday < 0 || text == "" {
		return
	}
	words := [...]string{"日天七7", "一1", "二2", "三3", "四4", "五5", "六6"}
	for w, chars := range words {
		if strings.ContainsAny(text, chars) {
			if time.Weekday(w) != d.Weekday() {
				g.fault(row, g.weekday, RosterBadWeekday, string(d)+" "+text, fmt.Sprintf("%s is no %s: the month of the table or this row is wrong", d, Printable(text)))
			}
			return
		}
	}
}

func nobody(text string) bool { return strings.Trim(text, "-—－/无 ") == "" }

// readCell reads one shift. An empty cell is a gap, which the rules tell.
func (g *rosterGrid) readCell(row int, c gridColumn, d Date) {
	text := g.Cell(row, c.at)
	if nobody(text) {
		if c.phone >= 0 && !nobody(g.Cell(row, c.phone)) {
			g.fault(row, c.at, RosterBadName, g.Cell(row, c.phone), fmt.Sprintf("there is the number %q and no name beside it", Printable(g.Cell(row, c.phone))))
		}
		return
	}
	if g.turn >= 0 && !c.clocked {
		if turn := g.Cell(row, g.turn); turn != "" {
			var ok bool
			if c.from, c.to, ok = clocksIn(turn); !ok {
				c.from, c.to, ok = turnIn(turn)
			}
			if !ok {
				g.fault(row, g.turn, RosterBadTime, turn, fmt.Sprintf("%q says no times; write 08:00-20:00, 白班, 夜班 or 全天", Printable(turn)))
				return
			}
		}
	}
	name, phone := g.nameIn(row, c, text)
	if name == "" {
		return
	}
	midnight := d.In(g.loc)
	s := Shift{From: clockOn(midnight, c.from).UTC(), To: clockOn(midnight, c.to).UTC(), Post: c.post, Name: name, Phone: phone}
	for i, o := range g.shifts {
		if o.Post == s.Post && o.From.Before(s.To) && s.From.Before(o.To) {
			g.fault(row, c.at, RosterTwice, g.cells[i]+" "+o.Name, "overlaps "+g.cells[i]+" ("+o.Name+"): one post is one person's at a time")
			return
		}
	}
	g.shifts, g.cells = append(g.shifts, s), append(g.cells, CellName(row, c.at))
}

// nameIn takes a cell apart: a name, perhaps with its number below or behind it.
func (g *rosterGrid) nameIn(row int, c gridColumn, text string) (name, phone string) {
	phone = phoneIn.FindString(text)
	name, title, mark := bareName(strings.Replace(text, phone, "", 1))
	switch {
	case !hasLetter(name) || strings.ContainsAny(name, "、，,;；/\n") || len([]rune(name)) > 30 || len(strings.Fields(name)) > 1 && isHan(strings.Join(strings.Fields(name), "")):
		g.fault(row, c.at, RosterBadName, text, fmt.Sprintf("%q is not one name: a shift is one person's; write a second one into a column with times of its own", Printable(text)))
		return "", ""
	case strings.ContainsAny(name, "()（）[]［］【】"):
		g.fault(row, c.at, RosterBadName, text, fmt.Sprintf("%q: nobody knows what the brackets mean; a name may be marked （代）, （临聘） or （返聘） or have a rank such as （局长）, and what else is to be said belongs into a column 备注", Printable(text)))
		return "", ""
	}
	if c.phone >= 0 && g.Cell(row, c.phone) != "" {
		phone = g.Cell(row, c.phone)
		if !phoneIn.MatchString(phone) {
			g.fault(row, c.phone, RosterBadPhone, phone, fmt.Sprintf("%q is no telephone number", Printable(phone)))
			return "", ""
		}
	}
	if p := PersonNamed(g.people, name); phone == "" && p != nil {
		phone = p.Phone
	}
	name, err := cleanField("name", name, shortText)
	if err != nil {
		return "", ""
	}
	return WithMark(WithMark(name, NameMark(title)), mark), strings.TrimSpace(CleanText(phone))
}

// bareName is what is left of a cell without its number: the name, with its rank and its mark apart.
func bareName(text string) (name, title string, mark NameMark) {
	text = strings.TrimSpace(emptyBrackets.ReplaceAllString(text, " ")) // in which the number stood
	name, title, mark = splitMark(strings.Trim(text, ":： \n"))
	name = strings.Trim(name, ":： \n")
	if strings.Contains(name, "\n") && !spaced(strings.Fields(name)) {
		return name, title, mark // two lines are two people
	}
	return oneSpelling(name), title, mark
}

var emptyBrackets = regexp.MustCompile(`[(（]\s*[)）]`)
