package dutylog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Paper is a table as offices print it: a title over all columns, a header, rows.
type Paper struct {
	Title  string
	Header []string
	Widths []float64 // of the columns, in characters
	Rows   [][]string
}

// paperPosts is the order of the posts on paper: the leader first.
var paperPosts = []struct {
	post Post
	word string
}{{PostLeader, "带班领导"}, {PostChief, "值班处（科）领导"}, {PostOfficer, "值班员"}}

// paperColumn is one post from one time of day to another.
type paperColumn struct {
	post     Post
	from, to time.Duration
}

// RosterPaper is the usual table of a month: what ParseRosterTable reads is what this writes. UNIT
// is whose roster it is; it may be empty.
func RosterPaper(unit string, m Month, shifts []Shift, c Calendar, loc *time.Location) Paper {
	from, to := m.Span(loc)
	cells := map[paperColumn]map[Date]Shift{}
	for _, s := range shifts {
		for _, part := range partsOf(s, loc) {
			if part.From.Before(from) || !part.From.Before(to) {
				continue
			}
			d := DateOf(part.From, loc)
			col := paperColumn{part.Post, part.From.Sub(d.In(loc)), part.To.Sub(d.In(loc))}
			if cells[col] == nil {
				cells[col] = map[Date]Shift{}
			}
			cells[col][d] = part
		}
	}
	columns := paperColumns(cells)
	p := Paper{Title: fmt.Sprintf("%s%d年%d月值班表", unit, from.Year(), int(from.Month())), Header: []string{"日期", "星期"}, Widths: []float64{9, 7}}
	for _, col := range columns {
		p.Header = append(p.Header, col.title(), "联系电话")
		p.Widths = append(p.Widths, 18, 15)
	}
	p.Header, p.Widths = append(p.Header, "备注"), append(p.Widths, 14)
	week := []string{"日", "一", "二", "三", "四", "五", "六"}
	for _, d := range Dates(m.First(), m.Last()) {
		row := []string{fmt.Sprintf("%d月%d日", int(from.Month()), d.In(time.UTC).Day()), week[d.Weekday()]}
		for _, col := range columns {
			s := cells[col][d]
			row = append(row, s.Name, s.Phone)
		}
		p.Rows = append(p.Rows, append(row, remark(c.On(d))))
	}
	return p
}

func paperColumns(cells map[paperColumn]map[Date]Shift) (columns []paperColumn) {
	for _, p := range paperPosts {
		var own []paperColumn
		for col := range cells {
			if col.post == p.post {
				own = append(own, col)
			}
		}
		if len(own) == 0 {
			own = []paperColumn{{p.post, usualChange, usualChange + 24*time.Hour}}
		}
		slices.SortFunc(own, func(a, b paperColumn) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
		columns = append(columns, own...)
	}
	return columns
}

func (c paperColumn) title() string {
	word := ""
	for _, p := range paperPosts {
		if p.post == c.post {
			word = p.word
		}
	}
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	if c.to > 24*time.Hour {
		return fmt.Sprintf("%s\n%s—次日%s", word, clock(c.from), clock(c.to-24*time.Hour))
	}
	return fmt.Sprintf("%s\n%s—%s", word, clock(c.from), clock(c.to))
}

// remark is what the last column says of a day.
func remark(kind DayKind, name string) string {
	switch kind {
	case Holiday:
		return name
	case MakeUpDay:
		return "调休上班"
	case Weekend:
		return "周末"
	case UnknownDayIs:
		return "节假日未知"
	}
	return ""
}

// RosterMonths takes shifts apart by the month in which they begin.
func RosterMonths(shifts []Shift, loc *time.Location) (months []Month, by map[Month][]Shift) {
	by = map[Month][]Shift{}
	for _, s := range shifts {
		m := MonthOf(s.From, loc)
		if by[m] == nil {
			months = append(months, m)
		}
		by[m] = append(by[m], s)
	}
	slices.SortFunc(months, func(a, b Month) int { return strings.Compare(string(a), string(b)) })
	return months, by
}
