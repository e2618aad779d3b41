package paper

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// Period is what the log holds of some days.
type Period struct {
	From, To time.Time // midnights at the site: [From, To)
	Line     string
	Entries  []dutylog.Entry // in any order
	Calls    []dutylog.Call
	Shifts   []dutylog.Shift
	Unseen   []telephony.Interval

	Revisions map[string][]dutylog.Revision // by entry, of those that were written more than once
}

// logColumn is one column of the duty log. The table is the customary order; whatever has no
// column stands under 处理情况.
type logColumn struct {
	Column
	shows []dutylog.Field
	value func(Frame, dutylog.Entry, dutylog.Call) string
}

func of(value func(dutylog.Entry) string) func(Frame, dutylog.Entry, dutylog.Call) string {
	return func(_ Frame, e dutylog.Entry, _ dutylog.Call) string { return value(e) }
}

var logColumns = []logColumn{
	{Column{"编号", 24, true}, nil, of(func(e dutylog.Entry) string { return e.EntryNumber.String() })},
	{Column{"时间", 14, true}, nil, func(f Frame, e dutylog.Entry, _ dutylog.Call) string { return at(e).In(f.Zone).Format("15:04") }},
	{Column{"类型", 20, true}, nil, func(_ Frame, e dutylog.Entry, c dutylog.Call) string { return kindWords(e, c) }},
	{Column{"来电单位", 36, false}, []dutylog.Field{dutylog.CallerUnit, dutylog.CalledWhom}, of(firstSaid(dutylog.CallerUnit, dutylog.CalledWhom))},
	{Column{"姓名、职务", 25, false}, []dutylog.Field{dutylog.CallerPerson, dutylog.CallerTitle},
		of(func(e dutylog.Entry) string {
			return lines(said(e, dutylog.CallerPerson), said(e, dutylog.CallerTitle))
		})},
	{Column{"联系电话", 29, true}, []dutylog.Field{dutylog.ContactNumber}, of(contact)},
	{Column{"电话内容", 66, false}, []dutylog.Field{dutylog.Content, dutylog.CalledWhy}, of(firstSaid(dutylog.Content, dutylog.CalledWhy))},
	{Column{"处理情况", 34, false}, nil, nil}, // rest of the fields and the handling, see logTable
	{Column{"复述校对", 11, true}, []dutylog.Field{dutylog.ReadBack}, of(func(e dutylog.Entry) string { return said(e, dutylog.ReadBack) })},
	{Column{"值班员", 14, true}, []dutylog.Field{dutylog.AnsweredBy}, of(officer)},
}

// neutralHeads are the heads of columns where not everything in them was a call that came in.
var neutralHeads = map[string]string{"来电单位": "单位", "电话内容": "内容"}

// at is when an entry belongs into the log.
func at(e dutylog.Entry) time.Time {
	if e.CallAt.IsZero() {
		return e.OpenedAt
	}
	return e.CallAt
}

// kindWords say what sort of entry it is, how its call went, and that it is not finished.
func kindWords(e dutylog.Entry, c dutylog.Call) string {
	words := []string{Word(KindNames, e.Kind)}
	if o := Word(OutcomeNames, c.Outcome); o != "" && e.Kind != dutylog.KindMissed {
		words = append(words, o)
	}
	if e.Late != nil {
		words = append(words, "（补录）")
	}
	if e.State != dutylog.Complete {
		words = append(words, "（"+Word(StateNames, e.State)+"）")
	}
	return strings.Join(words, "\n")
}

func columnsOf(all []logColumn) (columns []Column, shown []dutylog.Field) {
	for _, c := range all {
		columns, shown = append(columns, c.Column), append(shown, c.shows...)
	}
	return columns, shown
}

// Day is the duty log of one day.
func Day(f Frame, p Period) Sheet {
	s := logSheet(f, p)
	s.Name, s.Line = DayName(p.From.In(f.Zone)), p.Line
	s.Under = append([]string{spaced(f.day(p.From), ofLine(f, p))}, onDuty(f, p)...)
	s.Tables = []Table{logTable(f, p, false)}
	return s
}

// Month is the duty log of a month: how many calls each day had, then all entries.
func Month(f Frame, p Period) Sheet {
	s := logSheet(f, p)
	month := p.From.In(f.Zone).Format("2006年1月")
	s.Name, s.Title, s.Line = MonthName(p.From.In(f.Zone)), month+s.Title, p.Line
	if line := ofLine(f, p); line != "" {
		s.Under = []string{line}
	}
	s.Tables = []Table{sumTable(f, p), logTable(f, p, true)}
	for i := range s.Tables { // a worksheet that is taken out of the file still says its month
		s.Tables[i].Name = month + s.Tables[i].Name
	}
	return s
}

// ofLine names the line of a sheet of one line alone; empty for all lines.
func ofLine(f Frame, p Period) string {
	if p.Line == "" {
		return ""
	}
	return "值班专线：" + strings.TrimSpace(p.Line+" "+f.Lines[p.Line])
}

// DayName is what the sheet of a day is called, by any moment of it at the site.
func DayName(at time.Time) string { return "值班日志-" + at.Format(time.DateOnly) }

// MonthName is what the sheet of a month is called.
func MonthName(at time.Time) string { return "值班日志-" + at.Format("2006-01") }

func logSheet(f Frame, p Period) Sheet {
	return Sheet{Unit: f.Unit, Title: "值班日志", Landscape: true, Size: 9, Signatures: signers(), Foot: f.foot(), Notes: unseenNotes(f, p)}
}

// logTable lists the entries, the oldest first; with days each begins with a row that names it.
func logTable(f Frame, p Period, days bool) Table {
	columns, shown := columnsOf(logColumns)
	if slices.ContainsFunc(p.Entries, func(e dutylog.Entry) bool { return !byTelephone(e) || e.Kind == dutylog.KindOutgoing }) {
		for i := range columns {
			columns[i].Head = cmp.Or(neutralHeads[columns[i].Head], columns[i].Head)
		}
	}
	t := Table{Name: "值班日志", Columns: columns}
	calls := make(map[string]dutylog.Call, len(p.Calls))
	for _, c := range p.Calls {
		calls[c.ID] = c
	}
	day := ""
	for _, e := range sorted(p.Entries) {
		if d := f.day(at(e)); days && d != day {
			day = d
			t.Rows = append(t.Rows, Row{Cells: []string{d}, Strong: true})
		}
		row := Row{}
		for _, c := range logColumns {
			if c.value == nil {
				row.Cells = append(row.Cells, lines(rest(f, e, shown), handlingLines(f, e, p.Revisions[e.ID])))
				continue
			}
			row.Cells = append(row.Cells, c.value(f, e, calls[e.CallID]))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		t.Rows = []Row{{Cells: []string{"（无记录）"}}}
	}
	return t
}

func sorted(entries []dutylog.Entry) []dutylog.Entry {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b dutylog.Entry) int {
		if c := at(a).Compare(at(b)); c != 0 {
			return c
		}
		return strings.Compare(a.EntryNumber.String(), b.EntryNumber.String())
	})
	return entries
}

// onDuty says who held each post in the period, by the roster.
func onDuty(f Frame, p Period) []string {
	var words []string
	for _, post := range []dutylog.Post{dutylog.PostOfficer, dutylog.PostChief, dutylog.PostLeader} {
		var names []string
		for _, s := range p.Shifts {
			if s.Post == post && s.From.Before(p.To) && s.To.After(p.From) {
				names = append(names, s.Name+"（"+f.clock(s.From, p)+"—"+f.clock(s.To, p)+"）")
			}
		}
		if names == nil {
			names = []string{"（未排班）"}
		}
		words = append(words, postNames[post]+"："+strings.Join(names, "、"))
	}
	return []string{strings.Join(words, "　")}
}

// clock is a time of the period's day; with its date when it lies beyond, and the day's end is 24:00.
func (f Frame) clock(t time.Time, p Period) string {
	switch {
	case t.Equal(p.To):
		return "24:00"
	case t.Before(p.From) || t.After(p.To):
		return t.In(f.Zone).Format("1月2日 15:04")
	}
	return t.In(f.Zone).Format("15:04")
}
