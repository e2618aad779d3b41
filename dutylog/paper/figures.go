package paper

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// FiguresOf is how the line was answered in some time, by one grouping.
type FiguresOf struct {
	From, To time.Time
	By       dutylog.Grouping
	Line     string
	Figures  dutylog.AnsweringFigures
}

// FigureWords are the names of the figures, those of the page.
var FigureWords = map[dutylog.Figure]string{
	dutylog.FigureOnTime: "按时接听率（三声内）", dutylog.FigureAnswerRate: "接通率", dutylog.FigureWithin15: "15 秒接通率（主叫计时）", dutylog.FigureMissed: "未接",
	dutylog.FigureCalledBack: "未接后已联系上", dutylog.FigureAbandoned: "对方提前挂断", dutylog.FigureEngaged: "占线", dutylog.FigureRejected: "拒接",
	dutylog.FigureUnreachable: "话机不可达", dutylog.FigureForwarded: "被转移", dutylog.FigureElsewhere: "其他话机接听", dutylog.FigureMachine: "机器接听",
	dutylog.FigureRecorded: "录音已核验", dutylog.FigureComplete: "日志条目已填完", dutylog.FigureNotGiven: "有必填项“未提供”", dutylog.FigureValueRefused: "有必填项“拒绝提供”",
}

var groupingWords = map[dutylog.Grouping]string{dutylog.ByHour: "按小时", dutylog.ByDay: "按日", dutylog.ByShift: "按班次", dutylog.ByOfficer: "按值班员",
	dutylog.ByMonth: "按月", dutylog.ByLine: "按线路", dutylog.ByWeekHour: "按星期与时段"}

// Figures is the sheet 接听情况统计: every figure with what it rests on, then the groups.
func Figures(f Frame, x FiguresOf) Sheet {
	s := figureHead(f, "接听情况统计", x.From, x.To, lineWords(f, x.Line))
	s.Name += "-" + groupingWords[x.By]
	s.Notes = append([]string{"分母不足 " + strconv.Itoa(dutylog.FewestForRate) + " 个的只列个数，不计比率。情况不明的来电不计入任何指标，单独列出；盲区内可能有系统不知道的来电。拨测和系统自身的告警电话不计。",
		"响铃时间自话机响铃起至接听，精确到 0.1 秒（舍去尾数）；百分位按最近秩取值。误差范围内的超时（临界）在裁定之前既不计入分子也不计入分母；复核后按裁定计入，因技术原因不予计入的两边都不计，实测数字不变。"}, frozenNotes(f, x.Figures.Frozen)...)
	s.Tables = []Table{totalTable(x.Figures.Total), groupTable(f, x)}
	return s
}

func lineWords(f Frame, line string) string {
	if line == "" {
		return "　全部线路"
	}
	return "　线路 " + f.lineNumber(line)
}

func (f Frame) lineNumber(line string) string {
	if n := f.Lines[line]; n != "" {
		return n
	}
	return line
}

// share is "17/19", with the rate where there is one.
func share(n, d int) (counts, rate string) {
	rate = "—"
	if r, known := dutylog.Rate(n, d); known {
		rate = rateWords(r)
	}
	return strconv.Itoa(n) + "/" + strconv.Itoa(d), rate
}

// rateWords is rounded, yet never up to all or down to none: 1999 of 2000 are 99.9 %.
func rateWords(share float64) string {
	tenths := math.Round(share * 1000)
	switch {
	case share < 1 && tenths >= 1000:
		tenths = 999
	case share > 0 && tenths <= 0:
		tenths = 1
	}
	return strconv.FormatFloat(tenths/10, 'f', 1, 64) + "%"
}

func totalTable(g dutylog.AnsweringGroup) Table {
	t := Table{Name: "合计", Columns: []Column{{"指标", 70, false}, {"实测（分子/分母）", 45, true}, {"实测比率", 30, true}, {"复核后（分子/分母）", 45, true}, {"复核后比率", 30, true}, {"盲区（分钟）", 37, true}}}
	for _, r := range dutylog.FigureRules() {
		n, rate := share(g.Tally.Of(r, false))
		after, afterRate := share(g.Tally.Of(r, true))
		t.Rows = append(t.Rows, Row{Cells: []string{FigureWords[r.Figure], n, rate, after, afterRate, blindMinutes(g)}})
	}
	t.Rows = append(t.Rows, Row{Cells: []string{"来电 " + count(g.Tally.Calls()) + " 个，其中情况不明 " + count(g.Tally.Outcomes()[telephony.Unknown]) + " 个、临界待裁定 " + count(g.Tally.Undecided()) +
		" 个；响铃规则版本：" + versionWords(g.Tally.Rules())}, Strong: true})
	return t
}

func blindMinutes(g dutylog.AnsweringGroup) string {
	return strconv.FormatFloat(g.Blind.Minutes(), 'f', 1, 64)
}

// The figures of which a group shows its own.
var groupFigures = []dutylog.Figure{dutylog.FigureOnTime, dutylog.FigureAnswerRate, dutylog.FigureMissed, dutylog.FigureEngaged}

func groupTable(f Frame, x FiguresOf) Table {
	t := Table{Name: groupingWords[x.By], Columns: []Column{{"分组", 52, false}, {"来电", 15, true}}}
	for _, name := range groupFigures {
		t.Columns = append(t.Columns, Column{FigureWords[name], 38, true})
	}
	t.Columns = append(t.Columns, Column{"情况不明", 15, true}, Column{"盲区（分钟）", 18, true}, Column{"响铃中位/P90/最长（秒）", 40, true})
	for _, g := range x.Figures.Groups {
		row := Row{Cells: []string{GroupWords(f, x.By, g), strconv.Itoa(g.Tally.Calls())}}
		for _, r := range dutylog.FigureRules() {
			for _, name := range groupFigures {
				if r.Figure == name {
					n, rate := share(g.Tally.Of(r, false))
					row.Cells = append(row.Cells, strings.TrimSuffix(n+"　"+rate, "　—"))
				}
			}
		}
		ring := g.Tally.Rings.Summary()
		row.Cells = append(row.Cells, strconv.Itoa(g.Tally.Outcomes()[telephony.Unknown]), blindMinutes(g), fmt.Sprintf("%.1f/%.1f/%.1f", float64(ring.P50)/10, float64(ring.P90)/10, float64(ring.Max)/10))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// GroupWords names a group as people do.
func GroupWords(f Frame, by dutylog.Grouping, g dutylog.AnsweringGroup) string {
	switch {
	case by == dutylog.ByHour && len(g.Key) > 16:
		return strings.Replace(g.Key[:16], "T", " ", 1) + " 起（UTC" + strings.TrimSuffix(g.Key[19:], "Z") + "）"
	case by == dutylog.ByLine:
		return f.lineNumber(g.Key)
	case by == dutylog.ByShift && g.Key != "":
		return f.minute(g.From) + " 至 " + f.minute(g.To)
	case by == dutylog.ByWeekHour && len(g.Key) == 4:
		return weekdays[(int(g.Key[0]-'0'))%7] + " " + g.Key[2:] + " 时"
	case g.Key == "" && by == dutylog.ByShift:
		return "值班表无班次"
	case g.Key == "":
		return "不知是谁"
	}
	return g.Key
}
