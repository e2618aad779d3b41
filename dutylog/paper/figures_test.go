package paper_test

import (
	"strings"
	"testing"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
	"dutyline/telephony"
)

// figuresOf are the figures of a day with 21 calls: nineteen in time, one missed, one that nobody saw.
func figuresOf(t *testing.T, by dutylog.Grouping) paper.FiguresOf {
	t.Helper()
	day := dutylog.Date("2026-11-23")
	from, to := day.Start(zone), day.Add(1).Start(zone)
	cells := dutylog.Cells{}
	for n := range 21 {
		c := telephony.Call{ID: "1", Line: "duty", Direction: telephony.Inbound, Outcome: telephony.AnsweredInTime, Rule: "rings-3", OfferedAt: from.Add(hours(8 + n/10))}
		c.RangAt = c.OfferedAt.Add(time.Second)
		c.AnsweredAt = c.RangAt.Add(time.Duration(n) * 700 * time.Millisecond)
		c.EndedAt = c.OfferedAt.Add(time.Minute)
		if n > 18 {
			c.AnsweredAt, c.Outcome = time.Time{}, []telephony.Outcome{telephony.Missed, telephony.Unknown}[n-19]
		}
		cells.Add(dutylog.CallFact{Call: c, Officer: []string{"张伟", ""}[n%2], Shift: dutylog.ShiftSpan{From: from.Add(hours(8)), To: from.Add(hours(20))}}, zone)
	}
	span := dutylog.AnsweringSpan{From: from, To: to, Zone: zone, Blind: []telephony.Interval{{From: from.Add(hours(9)), To: from.Add(hours(9) + 90*time.Second)}}}
	a := dutylog.NewAnswering(span, by, "")
	if err := a.AddDay(cells.Encode()); err != nil {
		t.Fatal(err)
	}
	x := paper.FiguresOf{From: from, To: to, By: by, Figures: dutylog.AnsweringFigures{Frozen: []dutylog.FrozenMonth{{Month: "2026-11", At: to, Changed: []dutylog.Date{day}}}}}
	x.Figures.Groups, x.Figures.Total = a.Groups()
	return x
}

func TestFiguresAsTheyArePrinted(t *testing.T) {
	s := paper.Figures(frame, figuresOf(t, dutylog.ByHour))
	golden(t, "figures.golden.json", s)
	if pages := paper.Pages(s); len(pages) < 2 {
		t.Errorf("%d pages", len(pages))
	}
}

func TestGroupsAreNamedAsPeopleDo(t *testing.T) {
	for by, want := range map[dutylog.Grouping]string{
		dutylog.ByHour: "2026-11-23 00:00 起（UTC+08:00）", dutylog.ByDay: "2026-11-23", dutylog.ByMonth: "2026-11", dutylog.ByOfficer: "不知是谁",
		dutylog.ByLine: "024-22739110", dutylog.ByShift: "2026-11-23 08:00 至 2026-11-23 20:00", dutylog.ByWeekHour: "星期一 00 时",
	} {
		f := frame
		f.Lines = map[string]string{"duty": "024-22739110"}
		if got := paper.GroupWords(f, by, figuresOf(t, by).Figures.Groups[0]); got != want {
			t.Errorf("by %s a group is named %q, want %q", by, got, want)
		}
	}
	if got := paper.GroupWords(frame, dutylog.ByShift, dutylog.AnsweringGroup{}); got != "值班表无班次" {
		t.Error(got)
	}
}

func TestEveryFigureHasItsWord(t *testing.T) {
	for _, r := range dutylog.FigureRules() {
		if paper.FigureWords[r.Figure] == "" {
			t.Errorf("%s has no word", r.Figure)
		}
	}
	if n := len(paper.FigureWords); n != len(dutylog.FigureRules()) {
		t.Errorf("%d words for %d figures", n, len(dutylog.FigureRules()))
	}
	for _, by := range dutylog.Groupings() {
		if s := paper.Figures(frame, figuresOf(t, by)); s.Tables[1].Name == "" || strings.HasSuffix(s.Name, "-") {
			t.Errorf("by %s has no word", by)
		}
	}
}
