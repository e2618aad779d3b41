package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutyline/dutylog"
)

// RosterMonth is what the roster of a month is printed from.
type RosterMonth struct {
	Month    dutylog.Month
	Shifts   []dutylog.Shift // that touch it
	Calendar dutylog.Calendar
	Periods  []dutylog.SensitivePeriod
	Draft    int // the revision of the draft that it is; 0: it is in force
}

// rosterPosts is the order of the posts on a roster: the leader first.
var rosterPosts = []struct {
	post dutylog.Post
	word string
}{{dutylog.PostLeader, "带班领导"}, {dutylog.PostChief, "值班处（科）领导"}, {dutylog.PostOfficer, "值班员"}}

// usualChange is when shifts change where the month has none of a post.
const usualChange = 8 * time.Hour

// uprightPosts is how many columns of posts fit on an upright page, each with its number.
const uprightPosts = 3

// turn is one post from one time of day to another: a column of the roster.
type turn struct {
	post     dutylog.Post
	from, to time.Duration // since midnight
}

// Roster is the roster of a month 值班表 in its usual form. dutylog.ParseRosterTable reads the workbook
// that is made of it.
func Roster(f Frame, r RosterMonth) Sheet {
	first := r.Month.First().In(f.Zone)
	cells := turns(f, r)
	columns := rosterColumns(cells)
	s := Sheet{Name: "值班表-" + string(r.Month), Unit: f.Unit, Title: first.Format("2006年1月") + "值班表", Size: 9, Landscape: len(columns) > uprightPosts,
		Signatures: []string{"制表人", "值班处领导", "带班领导"}, Foot: f.foot(), Notes: rosterNotes(r, f.Zone)}
	if !s.Landscape {
		s.Size = 8 // so that 31 days are on one page, which is put up on the wall
	}
	if slices.ContainsFunc(columns, turn.usual) {
		s.Under = []string{"值班时间：08:00 至次日 08:00，另有注明的除外"}
	}
	if r.Draft > 0 {
		s.Name, s.Under = s.Name+"-草稿", append([]string{"草稿（第 " + count(r.Draft) + " 稿），尚未发布"}, s.Under...)
	}
	t := Table{Name: s.Title, Columns: []Column{{"日期", 20.5, true}, {"星期", 8, true}}}
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{c.title(), 16, true}, Column{"联系电话", 29.7, true})
	}
	t.Columns = append(t.Columns, Column{"备注", 19.2, true})
	for _, d := range dutylog.Dates(r.Month.First(), r.Month.Last()) {
		kind, name := r.Calendar.On(d)
		row := Row{Cells: []string{d.In(f.Zone).Format("1月2日"), strings.TrimPrefix(weekdays[d.Weekday()], "星期")}, Strong: kind == dutylog.Holiday}
		for _, c := range columns {
			part := cells[c][d]
			row.Cells = append(row.Cells, part.Name, part.Phone)
		}
		row.Cells = append(row.Cells, dayWords(kind, name, d))
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []Table{t}
	return s
}

// turns sorts the parts of the shifts into the columns and days of the month.
func turns(f Frame, r RosterMonth) map[turn]map[dutylog.Date]dutylog.Shift {
	from, to := r.Month.Span(f.Zone)
	cells := map[turn]map[dutylog.Date]dutylog.Shift{}
	for _, s := range r.Shifts {
		for _, part := range s.Days(f.Zone) {
			if part.From.Before(from) || !part.From.Before(to) {
				continue
			}
			d := dutylog.DateOf(part.From, f.Zone)
			c := turn{part.Post, part.From.Sub(d.In(f.Zone)), part.To.Sub(d.In(f.Zone))}
			if cells[c] == nil {
				cells[c] = map[dutylog.Date]dutylog.Shift{}
			}
			cells[c][d] = part
		}
	}
	return cells
}

// rosterColumns are the columns that the month needs: each post has one at least.
func rosterColumns(cells map[turn]map[dutylog.Date]dutylog.Shift) (columns []turn) {
	for _, p := range rosterPosts {
		var own []turn
		for c := range cells {
			if c.post == p.post {
				own = append(own, c)
			}
		}
		if own == nil {
			own = []turn{{p.post, usualChange, usualChange + 24*time.Hour}}
		}
		slices.SortFunc(own, func(a, b turn) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
		columns = append(columns, own...)
	}
	return columns
}

func (c turn) usual() bool { return c.from == usualChange && c.to == usualChange+24*time.Hour }

func (c turn) title() string {
	word := ""
	for _, p := range rosterPosts {
		if p.post == c.post {
			word = p.word
		}
	}
	if c.usual() { // where a table says nothing, this is what is read from it
		return word
	}
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	if c.to > 24*time.Hour {
		return word + "\n" + clock(c.from) + "—次日" + clock(c.to-24*time.Hour)
	}
	return word + "\n" + clock(c.from) + "—" + clock(c.to)
}

// dayWords is what the last column says of a day.
func dayWords(kind dutylog.DayKind, name string, day dutylog.Date) string {
	switch kind {
	case dutylog.Holiday:
		return name
	case dutylog.MakeUpDay:
		return "调休上班"
	case dutylog.Weekend:
		return "周末"
	}
	if dutylog.PresumedWeekend(kind, day) {
		return "周末（推定）"
	}
	return ""
}

// rosterNotes name the holidays and sensitive periods of the month, which ask for more than usual.
func rosterNotes(r RosterMonth, zone *time.Location) []string {
	first, last := r.Month.First(), r.Month.Last()
	var notes []string
	if !r.Calendar.Knows(first, last) {
		notes = append(notes, "节假日：本年度放假安排尚未录入，元旦、劳动节（5月1日至2日）、国庆节（10月1日至3日）为推定，其他节假日和调休没有标出")
	}
	for _, h := range r.Calendar.Holidays(first, last) {
		notes = append(notes, "节假日："+h.Name+"，"+spanWords(h))
	}
	for _, p := range r.Periods {
		held, ever := p.Held(zone)
		if !ever || held.Last < first || held.First > last {
			continue
		}
		note := "敏感时段：" + held.Name + "，" + spanWords(held)
		if p.Notice != "" {
			note += "，依据：" + p.Notice
		}
		if p.Extra != "" {
			note += "，备勤：" + strings.Join(strings.Fields(p.Extra), " ")
		}
		notes = append(notes, note)
	}
	return notes
}

func spanWords(s dutylog.DateSpan) string {
	from, to := s.First.In(time.UTC).Format("1月2日"), s.Last.In(time.UTC).Format("1月2日")
	if from == to {
		return from
	}
	return from + "至" + to
}
