package dutylog

import (
	"io"
	"slices"
	"strings"
	"time"
)

// The columns of a roster table. One row is one person on one post for one shift.
var rosterColumns = []column{
	{names: []string{"date", "日期"}, required: true}, // on which the shift begins
	{names: []string{"post", "岗位"}, required: true},
	{names: []string{"name", "姓名"}, required: true},
	{names: []string{"phone", "电话"}},
	{names: []string{"from", "开始"}, required: true}, // 08:00
	{names: []string{"to", "结束"}, required: true},   // not after the start: it ends on the next day
}

// The words for the posts in a roster table.
var postNames = map[string]Post{
	"duty_officer": PostOfficer, "值班员": PostOfficer,
	"duty_section_chief": PostChief, "值班处（科）领导": PostChief, "值班处(科)领导": PostChief, "值班处领导": PostChief, "值班科领导": PostChief,
	"duty_leader": PostLeader, "带班领导": PostLeader,
}

// ParseRoster reads a roster table in CSV (UTF-8, with or without a byte order mark). Times
// are in the site's zone; a shift that ends at or before the time at which it begins ends on
// the next day. The error is a *TableError with every fault; then nothing is to be imported.
func ParseRoster(r io.Reader, loc *time.Location) ([]Shift, error) {
	bad := &TableError{}
	rows := readTable(r, rosterColumns, bad)
	shifts := make([]Shift, 0, len(rows))
	numbers := make([]int, 0, len(rows)) // of the rows, for telling overlaps
	for _, row := range rows {
		before := len(bad.Rows)
		shift := row.shift(loc, bad)
		if len(bad.Rows) == before && row.complete() {
			shifts, numbers = append(shifts, shift), append(numbers, row.number)
		}
	}
	findOverlaps(shifts, numbers, bad)
	if err := bad.orNil(); err != nil {
		return nil, err
	}
	return shifts, nil
}

// complete reports whether every required cell has text; empty ones are faults already.
func (r tableRow) complete() bool {
	return !slices.ContainsFunc(rosterColumns, func(c column) bool { return c.required && r.cells[c.names[0]] == "" })
}

func (r tableRow) shift(loc *time.Location, bad *TableError) Shift {
	s := Shift{Name: r.cells["name"], Phone: r.cells["phone"]}
	post, ok := postNames[r.cells["post"]]
	if !ok && r.cells["post"] != "" {
		bad.add(r.number, r.header["post"], "%q is no post; the posts are 值班员, 值班处(科)领导, 带班领导", r.cells["post"])
	}
	s.Post = post
	day := r.date("date", loc, bad)
	from, to := r.clock("from", bad), r.clock("to", bad)
	if to <= from {
		to += 24 * time.Hour
	}
	s.From, s.To = clockOn(day, from).UTC(), clockOn(day, to).UTC()
	return s
}

// date is midnight in loc; zero when the cell is empty or bad.
func (r tableRow) date(key string, loc *time.Location, bad *TableError) time.Time {
	text := r.cells[key]
	if text == "" {
		return time.Time{}
	}
	day, ok := (Table{}).Date(text, loc)
	if !ok {
		bad.add(r.number, r.header[key], "%q is no date; write it like 2026-11-23", text)
	}
	return day
}

// clock reads "8:00", "08:00" or "24:00" as the time since midnight.
func (r tableRow) clock(key string, bad *TableError) time.Duration {
	text := strings.ReplaceAll(r.cells[key], "：", ":")
	if text == "" {
		return 0
	}
	if text == "24:00" {
		return 24 * time.Hour
	}
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, text); err == nil {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
		}
	}
	bad.add(r.number, r.header[key], "%q is no time of day; write it like 08:00", text)
	return 0
}

// clockOn is what the wall clock shows: on days on which clocks change, a shift still
// begins and ends at the written time.
func clockOn(day time.Time, clock time.Duration) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, int(clock/time.Second), 0, day.Location())
}

// findOverlaps reports shifts of one post that overlap: then nobody could say who is on duty.
func findOverlaps(shifts []Shift, numbers []int, bad *TableError) {
	order := make([]int, len(shifts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return shifts[a].From.Compare(shifts[b].From) })
	last := map[Post]int{} // the shift of the post that ends last so far
	for _, i := range order {
		s := shifts[i]
		if j, ok := last[s.Post]; ok && s.From.Before(shifts[j].To) {
			bad.add(numbers[i], "", "overlaps row %d (%s): one post is one person's at a time", numbers[j], shifts[j].Name)
			if shifts[j].To.After(s.To) {
				continue
			}
		}
		last[s.Post] = i
	}
}

// Days lists the days, in loc, on which these shifts begin: midnight to midnight. A roster
// that is imported again replaces these days and no others.
func Days(shifts []Shift, loc *time.Location) [][2]time.Time {
	var days [][2]time.Time
	for _, s := range shifts {
		y, m, d := s.From.In(loc).Date()
		day := [2]time.Time{time.Date(y, m, d, 0, 0, 0, 0, loc), time.Date(y, m, d+1, 0, 0, 0, 0, loc)}
		if !slices.ContainsFunc(days, func(k [2]time.Time) bool { return k[0].Equal(day[0]) }) {
			days = append(days, day)
		}
	}
	return days
}
