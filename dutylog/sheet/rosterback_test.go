package sheet_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/dutylog/workbook"
)

// anyMonth is a roster of a month with turns of any usual length, gaps, odd names and odd numbers.
func anyMonth(r *rand.Rand, m dutylog.Month) (shifts []dutylog.Shift) {
	turns := [][]int{{8, 32}, {8, 20, 32}, {0, 24}, {9, 33}, {7, 15, 23, 31}}
	names := []string{"张伟", "欧阳娜娜", "=赵六", "+钱七", "@王强", "阿卜杜拉·买买提", "-"}
	phones := []string{"", "024-22739110", "13900001111", "0416-3123456", "02422739110"}
	for _, post := range dutylog.Posts() {
		hours := turns[r.IntN(len(turns))]
		for _, d := range dutylog.Dates(m.First(), m.Last()) {
			for i := range hours[1:] {
				if r.IntN(12) == 0 {
					continue
				}
				at := func(h int) time.Time { return d.In(shanghai).Add(time.Duration(h) * time.Hour).UTC() }
				shifts = append(shifts, dutylog.Shift{From: at(hours[i]), To: at(hours[i+1]), Post: post, Name: names[r.IntN(6)], Phone: phones[r.IntN(len(phones))]})
			}
		}
	}
	dutylog.SortShifts(shifts)
	return shifts
}

// Whatever month it is and however its turns are cut, the workbook that is exported imports back as the
// same roster: what stands above the table and below it is no part of it.
func TestAnyRosterGoesOutAndComesBack(t *testing.T) {
	months := []dutylog.Month{"2026-01", "2026-02", "2026-10", "2026-12", "2027-01", "2028-02"}
	for seed := range uint64(18) {
		r := rand.New(rand.NewPCG(seed, 36))
		m := months[seed%6]
		want := anyMonth(r, m)
		month := paper.RosterMonth{Month: m, Shifts: want, Calendar: dutylog.SeedCalendar(), Draft: int(seed % 2),
			Periods: []dutylog.SensitivePeriod{{Span: dutylog.DateSpan{Name: "重要会议", First: m.First(), Last: m.Last()}, Notice: "3 月 5 日通知", Extra: "备勤 2 人"}}}
		s := paper.Roster(paper.Frame{Unit: "沈河区应急管理局", Zone: shanghai, Now: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}, month)
		var file bytes.Buffer
		ok(t, workbook.Write(&file, s))
		got := readRoster(t, file.Bytes(), "")
		if len(got.Faults) > 0 {
			t.Fatalf("seed %d, %s: %v", seed, m, got.Faults)
		}
		for i := range got.Shifts { // a name without a number has that of the list of people
			if got.Shifts[i].Phone == "139" {
				got.Shifts[i].Phone = ""
			}
		}
		if diff := cmp.Diff(want, got.Shifts); diff != "" {
			t.Fatalf("seed %d, %s (-exported +imported):\n%s", seed, m, diff)
		}
		if rows := len(s.Tables[0].Rows); rows != len(dutylog.Dates(m.First(), m.Last())) {
			t.Errorf("%s has %d rows", m, rows)
		}
		for _, page := range paper.Pages(s) {
			for _, part := range page.Parts { // the last page may have the signatures alone
				if fmt.Sprint(part.Columns) != fmt.Sprint(s.Tables[0].Columns) {
					t.Errorf("seed %d: page %d lost its head", seed, page.Number)
				}
			}
		}
	}
}
