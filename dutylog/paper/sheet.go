package paper

import (
	"strings"
	"time"
	"unicode"

	"dutyline/dutylog"
)

// Sheet is one paper, before it is cut into pages.
type Sheet struct {
	Name       string // by which it is known, as in the log of accesses; see File
	Line       string `json:",omitempty"` // the one line that it is about; empty: all of the room
	Unit       string // whose duty room it is
	Title      string
	Under      []string // below the title: of when it is, who was on duty
	Landscape  bool
	Size       float64  // of the type in its tables, in points
	Picture    *Picture `json:",omitempty"`
	Tables     []Table
	Notes      []string
	Signatures []string // who signs, in the order of the lines
	Foot       []string // at the foot of every page: the proof, and who printed it when
}

// File is what a file that holds the sheet is called, without ending: the room whose sheet it is, and its name. Two
// rooms' sheets of one month are two files.
func (s Sheet) File() string {
	name := s.Name
	if s.Unit != "" {
		name = s.Unit + "-" + name
	}
	if s.Line != "" {
		name += "-" + s.Line
	}
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(`/\:*?"<>|`, r) || unicode.IsControl(r) }), "")
}

// Table is one table of a sheet. Its head is repeated on every page.
type Table struct {
	Name    string // of the worksheet; above the table where a sheet has several
	Columns []Column
	Form    bool // without a head: names and values stand side by side, two pairs in a row
	Rows    []Row
}

// Column of a table.
type Column struct {
	Head   string
	Width  float64 // mm
	Middle bool    // short words stand in the middle
}

// Row of a table. A row with fewer cells than columns has its last cell reach to the end.
type Row struct {
	Cells     []string
	Strong    bool   // a sum, or the beginning of a day
	Continued bool   // the row began on the page before
	MinLines  int    // room that a form leaves even where little was written
	Call      string `json:",omitempty"` // the call that its last cell names: a link on the page
	Entry     string `json:",omitempty"` // or the entry
	Beside    string `json:",omitempty"` // the entry that the cell before its last names: a link, too
}

// Frame is what every sheet of a site has.
type Frame struct {
	Unit  string
	Zone  *time.Location
	Now   time.Time // when it is printed
	By    dutylog.Actor
	Proof Proof
	Lines map[string]string // the numbers of the duty lines, by name
	Ahead time.Duration     // of the switch's clock, before ours: the deadlines of incidents are by it
}

// switchNow is what the switch's clock shows when it is printed.
func (f Frame) switchNow() time.Time { return f.Now.Add(f.Ahead) }

// Proof is the newest checkpoint that was signed when the sheet was printed: whoever holds the
// paper can later prove by it what the log was then.
type Proof struct {
	Size int64 // records that it covers; 0: nothing was signed yet
	At   time.Time
	Root string // as people compare it, see audit.Grouped
}

func (f Frame) foot() []string {
	proof := "签名校验点：尚未签署，本页内容暂无签名可供核对"
	if f.Proof.Size > 0 {
		proof = "签名校验点（前 " + count(f.Proof.Size) + " 条，" + f.minute(f.Proof.At) + " 签署）：" + f.Proof.Root
	}
	return []string{proof, "打印：" + f.By.Name + "　" + f.minute(f.Now)}
}

// minute is a moment as the log shows it: to the minute (Art. 13).
func (f Frame) minute(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(f.Zone).Format("2006-01-02 15:04")
}

func (f Frame) second(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(f.Zone).Format("2006-01-02 15:04:05")
}

var weekdays = [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// day is a date in full.
func (f Frame) day(t time.Time) string {
	t = t.In(f.Zone)
	return t.Format("2006年1月2日") + "　" + weekdays[t.Weekday()]
}

// shortDay is a date below a heading that names its year.
func (f Frame) shortDay(t time.Time) string {
	t = t.In(f.Zone)
	return t.Format("1月2日") + "　" + weekdays[t.Weekday()]
}

// signers are those who sign a sheet of the log.
func signers() []string { return []string{"值班员", "值班处领导", "带班领导"} }
