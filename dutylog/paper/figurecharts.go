package paper

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// chartWords are the titles of the charts, those of the page.
var chartWords = map[dutylog.FigureChart]string{dutylog.ChartRings: "接听前响铃时间", dutylog.ChartHeat: "各时段来电", dutylog.ChartTrend: "逐月趋势", dutylog.ChartOfficers: "各值班员按时接听率"}

// Chart is the table behind one chart, with what its figures rest on.
func Chart(f Frame, c dutylog.FigureChart, x FiguresOf) Sheet {
	s := figureHead(f, chartWords[c], x.From, x.To, lineWords(f, x.Line))
	g := x.Figures.Total
	s.Notes = append([]string{"来电 " + count(g.Tally.Calls()) + " 个，其中情况不明 " + count(g.Tally.Outcomes()[telephony.Unknown]) + " 个、临界待裁定 " + count(g.Tally.Undecided()) + " 个、因技术原因不予计入 " + count(g.Tally.Reviewed()[dutylog.ReviewSetAside]) + " 个；盲区 " + blindMinutes(g) +
		" 分钟，其间可能有系统不知道的来电；响铃规则版本：" + versionWords(g.Tally.Rules()) + "。"}, frozenNotes(f, x.Figures.Frozen)...)
	s.Notes = append(s.Notes, begunNotes(f, x.From, x.Figures.Begun)...)
	switch c {
	case dutylog.ChartRings:
		s.Tables = []Table{ringTable(&g.Tally)}
	case dutylog.ChartHeat:
		s.Tables = []Table{heatTable("全部来电", x.Figures.Groups, (*dutylog.Tally).Calls), heatTable("超时、未接、拒接（复核后）", x.Figures.Groups, notInTime),
			heatTable("临界待裁定", x.Figures.Groups, (*dutylog.Tally).Undecided)}
	default:
		s.Tables = []Table{groupTable(f, x)}
	}
	return s
}

// figureHead is what every sheet of figures begins with: its name and title, and of which time it is.
func figureHead(f Frame, title string, from, to time.Time, line string) Sheet {
	last := to.Add(-time.Second).In(f.Zone)
	return Sheet{Name: title + "-" + from.In(f.Zone).Format("20060102") + "-" + last.Format("20060102"), Unit: f.Unit, Title: title, Size: 9, Landscape: true,
		Under: []string{from.In(f.Zone).Format("2006年1月2日 15:04") + " 至 " + to.In(f.Zone).Format("2006年1月2日 15:04") + line}, Foot: f.foot()}
}

func versionWords(rules []string) string {
	if len(rules) == 0 {
		return "—"
	}
	return strings.Join(rules, "，")
}

// frozenNotes say which closed months a time has: their figures stand as they were.
func frozenNotes(f Frame, months []dutylog.FrozenMonth) (notes []string) {
	for _, m := range months {
		note := string(m.Month) + " 已于 " + f.minute(m.At) + " 定稿，所列为定稿数字"
		if len(m.Changed) > 0 {
			note += fmt.Sprintf("；此后有 %d 天的来电情况发生变化，见《接听情况统计更正》", len(m.Changed))
		}
		if m.BlindChanged {
			note += "；此后盲区时间有变化，见《接听情况统计更正》"
		}
		notes = append(notes, note+"。")
	}
	return notes
}

// Ring times are told in steps of one ring of the usual bell; what lasted a minute or more is one step.
const (
	ringStep  = 5
	ringSteps = 12
)

func ringTable(t *dutylog.Tally) Table {
	table := Table{Name: "响铃时间", Columns: []Column{{"响铃（秒）", 50, false}, {"第几声", 40, true}, {"接听来电", 40, true}, {"累计", 40, true}, {"时限", 60, false}}}
	calls, all := make([]int, ringSteps+1), 0
	at, n := t.Rings.Bins() // in tenths
	for i := range at {
		calls[min(int(at[i])/(10*ringStep), ringSteps)] += n[i]
		all += n[i]
	}
	upTo := 0
	for i, c := range calls {
		upTo += c
		from := i * ringStep
		row := []string{fmt.Sprintf("%d–%d", from, from+ringStep), strconv.Itoa(i + 1), strconv.Itoa(c), fmt.Sprintf("%d/%d", upTo, all), limitWords(t.Rules(), from)}
		if i == ringSteps {
			row[0], row[1] = "≥60", "≥13"
		}
		table.Rows = append(table.Rows, Row{Cells: row})
	}
	return table
}

// limitWords says whether what rang for so many seconds or more had rung too often, by the rules that judged.
func limitWords(rules []string, from int) string {
	late := 0
	for _, v := range rules {
		if r, ok := telephony.ParseRule(v); ok && time.Duration(from)*time.Second >= r.LimitAt() {
			late++
		}
	}
	switch {
	case len(rules) == 0 || late == 0:
		return ""
	case late < len(rules):
		return "超过时限（按部分规则）"
	}
	return "超过时限"
}

// notInTime are the calls that rang and were not answered in time, as reviews decided: of a borderline
// answer nobody says late before it is decided.
func notInTime(t *dutylog.Tally) int {
	n, of := t.Of(dutylog.RuleOf(dutylog.FigureOnTime), true)
	return of - n
}

func heatTable(name string, groups []dutylog.AnsweringGroup, of func(*dutylog.Tally) int) Table {
	t := Table{Name: name, Columns: []Column{{"时", 30, false}}}
	for d := range 7 {
		t.Columns = append(t.Columns, Column{weekdays[(d+1)%7], 30, true})
	}
	cells := map[string]int{}
	for i := range groups {
		cells[groups[i].Key] = of(&groups[i].Tally)
	}
	for h := range 24 {
		row := []string{fmt.Sprintf("%02d:00", h)}
		for d := range 7 {
			row = append(row, strconv.Itoa(cells[fmt.Sprintf("%d %02d", d+1, h)]))
		}
		t.Rows = append(t.Rows, Row{Cells: row})
	}
	return t
}
