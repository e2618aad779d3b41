package dutylog

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dutyline/telephony"
)

// The columns of a directory table. One row is one person or post with one number.
var directoryColumns = []column{
	{names: []string{"unit", "单位"}, required: true},
	{names: []string{"person", "姓名"}},
	{names: []string{"title", "职务"}},
	{names: []string{"number", "电话"}, required: true},
	{names: []string{"superior", "上级"}},         // a superior duty room: 是/否, yes/no
	{names: []string{"last_confirmed", "确认日期"}}, // 2026-11-23
}

// ParseDirectory reads a directory table in CSV (UTF-8, with or without a byte order mark).
// The header row names the columns in Chinese or English. Local numbers get the site's area
// code. The error is a *TableError with every fault; then nothing is to be imported.
func ParseDirectory(r io.Reader, areaCode string) ([]Contact, error) {
	bad := &TableError{}
	rows := readTable(r, directoryColumns, bad)
	contacts := make([]Contact, 0, len(rows))
	first := map[string]int{}
	for _, row := range rows {
		c := Contact{Unit: row.cells["unit"], Person: row.cells["person"], Title: row.cells["title"]}
		c.Number = row.number164(areaCode, bad)
		c.Superior = row.yes("superior", bad)
		c.LastConfirmed = row.date("last_confirmed", time.UTC, bad)
		key := fmt.Sprintf("%q", []string{c.Unit, c.Person, c.Title, c.Number.E164})
		if n, twice := first[key]; twice && c.Number.E164 != "" {
			bad.add(row.number, "", "is the same as row %d", n)
		} else {
			first[key] = row.number
		}
		contacts = append(contacts, c)
	}
	if err := bad.orNil(); err != nil {
		return nil, err
	}
	return contacts, nil
}

func (r tableRow) number164(areaCode string, bad *TableError) telephony.Number {
	text := r.cells["number"]
	n := telephony.ParseNumber(text, areaCode)
	switch {
	case text == "" || n.E164 != "":
	case strings.ContainsAny(text, "eE") && strings.ContainsAny(text, "+."):
		bad.add(r.number, r.header["number"], "%q was garbled by a spreadsheet: give the column the format Text and enter the number again", text)
	default:
		bad.add(r.number, r.header["number"], "%q is no telephone number", text)
	}
	return n
}

func (r tableRow) yes(key string, bad *TableError) bool {
	switch text := strings.ToLower(r.cells[key]); {
	case slices.Contains([]string{"是", "yes"}, text):
		return true
	case slices.Contains([]string{"", "否", "no"}, text):
		return false
	default:
		bad.add(r.number, r.header[key], "%q is neither 是/yes nor 否/no", r.cells[key])
		return false
	}
}

// date is midnight in loc; zero when the cell is empty or bad.
func (r tableRow) date(key string, loc *time.Location, bad *TableError) time.Time {
	text := r.cells[key]
	if text == "" {
		return time.Time{}
	}
	if day, ok := (Table{}).Date(text, loc); ok {
		return day
	}
	bad.add(r.number, r.header[key], "%q is no date; write it like 2026-11-23", text)
	return time.Time{}
}
