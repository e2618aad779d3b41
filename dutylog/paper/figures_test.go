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

// On paper every row of a group has what its figures rest on: as measured and after review, what is undecided, what nobody
// saw, and the rule; and a sheet that reaches before the log says so.
func TestGroupsOnPaperSayWhatTheyRestOn(t *testing.T) {
	at := dutylog.Date("2026-11-23").Start(zone)
	cells := dutylog.Cells{}
	for n, review := range []dutylog.ReviewResult{"", dutylog.ReviewSetAside, "", ""} {
		c := telephony.Call{ID: "1", Line: "duty", Direction: telephony.Inbound, Outcome: telephony.AnsweredLate, Rule: "rings-3-on-1s-off-4s", OfferedAt: at, RangAt: at, AnsweredAt: at.Add(16 * time.Second), EndedAt: at.Add(time.Minute)}
		if n == 3 {
			c.Findings = []telephony.Finding{telephony.BorderlineVerdict}
		}
		cells.Add(dutylog.CallFact{Call: c, Review: review, Complete: true, Entered: 4 * time.Minute}, zone)
	}
	a := dutylog.NewAnswering(dutylog.AnsweringSpan{From: at, To: at.Add(hours(24)), Zone: zone, Blind: []telephony.Interval{{From: at, To: at.Add(time.Minute)}}}, dutylog.ByDay, "")
	if err := a.AddDay(cells.Encode()); err != nil {
		t.Fatal(err)
	}
	x := paper.FiguresOf{From: at, To: at.Add(hours(24)), By: dutylog.ByDay, Figures: dutylog.AnsweringFigures{Begun: at.Add(time.Minute)}}
	x.Figures.Groups, x.Figures.Total = a.Groups()
	s := paper.Figures(frame, x)
	row := map[string]string{}
	for n, c := range s.Tables[1].Columns {
		row[c.Head] = s.Tables[1].Rows[0].Cells[n]
	}
	for head, want := range map[string]string{"按时接听率（三声内）（实测）": "0/3", "按时接听率（三声内）（复核后）": "0/2", "临界待裁定": "1", "盲区（分钟）": "1.0", "规则版本": "rings-3-on-1s-off-4s", "响铃中位/P90/P95/最长（秒）": "16.0/16.0/16.0/16.0"} {
		if row[head] != want {
			t.Errorf("%s is %q, want %q", head, row[head], want)
		}
	}
	for _, r := range s.Tables[0].Rows[:len(dutylog.FigureRules())] {
		if r.Cells[5] != "1.0" || r.Cells[6] != "rings-3-on-1s-off-4s" {
			t.Errorf("%q", r.Cells)
		}
	}
	if took := s.Tables[2].Rows[1].Cells; took[1] != "4" || took[5] != "4 分钟" || s.Tables[2].Rows[2].Cells[5] != "—" {
		t.Errorf("%v", s.Tables[2].Rows)
	}
	if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, "值班日志自 2026-11-23 00:01 起") || !strings.Contains(notes, "3 声之内") {
		t.Error(notes)
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

// Behind every chart is a table of its own, from the same tallies as the sheet of all figures.
func TestChartsAsTablesOfTheirOwn(t *testing.T) {
	for _, c := range dutylog.FigureCharts() {
		s := paper.Chart(frame, c, figuresOf(t, c.By()))
		golden(t, "chart-"+string(c)+".golden.json", s)
		if s.Title == "" || len(s.Tables) == 0 || !strings.Contains(s.Notes[0], "盲区 1.5 分钟") || !strings.Contains(s.Notes[0], "情况不明 1 个") || !strings.Contains(s.Notes[0], "rings-3") {
			t.Errorf("%s: %q %v", c, s.Title, s.Notes)
		}
		for _, table := range s.Tables {
			for _, r := range table.Rows {
				if len(r.Cells) != len(table.Columns) {
					t.Errorf("%s, %s: %d cells in %d columns", c, table.Name, len(r.Cells), len(table.Columns))
				}
			}
		}
	}
}

// The limit stands where the rules that judged have it, and not where it usually is.
func TestTheLimitOfAChartIsThatOfItsRules(t *testing.T) {
	x := figuresOf(t, dutylog.ByLine)
	late := func(rules ...string) (from []string) {
		cells := dutylog.Cells{}
		for _, v := range rules {
			at := x.From.Add(time.Hour)
			cells.Add(dutylog.CallFact{Call: telephony.Call{ID: v, Line: "duty", Direction: telephony.Inbound, Outcome: telephony.AnsweredInTime, Rule: v, OfferedAt: at, RangAt: at, AnsweredAt: at.Add(time.Second), EndedAt: at.Add(time.Minute)}}, zone)
		}
		a := dutylog.NewAnswering(dutylog.AnsweringSpan{From: x.From, To: x.To, Zone: zone}, dutylog.ByLine, "")
		if err := a.AddDay(cells.Encode()); err != nil {
			t.Fatal(err)
		}
		y := x
		y.Figures.Groups, y.Figures.Total = a.Groups()
		for _, r := range paper.Chart(frame, dutylog.ChartRings, y).Tables[0].Rows {
			if r.Cells[4] != "" {
				from = append(from, r.Cells[0]+" "+r.Cells[4])
			}
		}
		return from
	}
	usual := telephony.DefaultRule()
	gateway := usual
	gateway.Offset = 5 * time.Second
	if got := late(usual.Version()); len(got) != 10 || got[0] != "15–20 超过时限" {
		t.Errorf("by the usual rule: %q", got)
	}
	if got := late(usual.Version(), gateway.Version()); len(got) != 11 || got[0] != "10–15 超过时限（按部分规则）" || got[1] != "15–20 超过时限" {
		t.Errorf("where the rule changed: %q", got)
	}
	if got := late("older"); got != nil {
		t.Errorf("by a rule that nobody can read: %q", got)
	}
}

func TestFiguresOfTheOtherWorkAsTables(t *testing.T) {
	from := dutylog.Date("2026-11-23").Start(zone)
	shares := []dutylog.DutyShare{
		{Figure: dutylog.ReportsOnTime, Of: "first", Numerator: 19, Denominator: 20, Rules: []string{dutylog.UsualSchedule().Version(), "newer"}, Blind: 90 * time.Second, Behind: []dutylog.DutyBehind{{Kind: dutylog.BehindIncident, ID: "7", Name: "T2026-003", At: from.Add(hours(8))}}},
		{Figure: dutylog.DeliveriesOnTime, Of: "government", Numerator: 1, Denominator: 1},
		{Figure: dutylog.HandoversLate, Denominator: 3, Rules: []string{"handover-allowance-15m"}},
		{Figure: dutylog.DeliveriesOnTime, Of: "fax", Numerator: 0, Denominator: 1},
		{Figure: dutylog.RosterUncovered, Of: "duty_leader", Numerator: 60, Denominator: 1440, Behind: []dutylog.DutyBehind{{Kind: dutylog.BehindShift, ID: "duty_leader", At: from, Until: from.Add(hours(1))}}},
		{Figure: dutylog.FilingsLate, Rules: []string{"filing-deadline"}, Behind: []dutylog.DutyBehind{{Kind: dutylog.BehindFiling, ID: "month/2026-11-01", At: from}}},
		{Figure: dutylog.MissedNotCalledBack, Numerator: 1, Denominator: 3, Behind: []dutylog.DutyBehind{{Kind: dutylog.BehindCall, ID: "duty-1.1", At: from}}},
	}
	golden(t, "duty-figures.golden.json", paper.DutyFigures(frame, from, from.Add(hours(24)), "", dutylog.DutyAnswer{Shares: shares}))
	if s := paper.DutyFigures(frame, from, from.Add(hours(24)), "duty", dutylog.DutyAnswer{Shares: shares[:1]}); !strings.Contains(s.Under[0], "只列来电指标") || !strings.HasSuffix(s.Name, "-duty") {
		t.Errorf("it is not said that it is of one line: %q %q", s.Name, s.Under)
	}
	if len(paper.DutyFigureWords) != 10 {
		t.Errorf("%d words", len(paper.DutyFigureWords))
	}
}

// What came after a month was closed stands beside what was frozen, for the month and day by day.
func TestACorrectionAsItIsPrinted(t *testing.T) {
	day := func(d int, o telephony.Outcome, n int) []byte {
		cells := dutylog.Cells{}
		for range n {
			at := time.Date(2026, 10, d, 9, 0, 0, 0, zone)
			cells.Add(dutylog.CallFact{Call: telephony.Call{Line: "duty", Direction: telephony.Inbound, Outcome: o, Rule: "rings-3", OfferedAt: at, EndedAt: at.Add(time.Minute)}}, zone)
		}
		return cells.Encode()
	}
	frozen := dutylog.FrozenMonth{Month: "2026-10", At: time.Date(2026, 11, 5, 0, 0, 0, 0, zone), By: dutylog.Actor{Login: "system"},
		Tallies: map[dutylog.Date][]byte{"2026-10-03": day(3, telephony.Missed, 2), "2026-10-04": day(4, telephony.AnsweredInTime, 20)}}
	c, err := frozen.Corrects(map[dutylog.Date][]byte{"2026-10-03": day(3, telephony.AnsweredInTime, 2), "2026-10-04": day(4, telephony.AnsweredInTime, 20)}, nil, zone)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "correction.golden.json", paper.Correction(frame, c))
}
