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
	s.Notes = append(s.Notes, ruleNotes(x.Figures.Total.Tally.Rules())...)
	s.Notes = append(s.Notes, begunNotes(f, x.From, x.Figures.Begun)...)
	s.Tables = []Table{totalTable(x.Figures.Total), groupTable(f, x), timesTable(x.Figures.Total)}
	return s
}

// ruleNotes say in words what the versions of ring rules mean that stand beside the figures.
func ruleNotes(versions []string) (notes []string) {
	for _, v := range versions {
		if words := ruleWords(v); words != v {
			notes = append(notes, "规则版本 "+v+"："+words+"。")
		}
	}
	return notes
}

// begunNotes say of a time that it lies before the log, where it does: nobody may take that for a quiet time.
func begunNotes(f Frame, from, begun time.Time) []string {
	if !from.Before(begun) {
		return nil
	}
	return []string{"值班日志自 " + f.minute(begun) + " 起才有记录；在此之前有没有来电，系统不知道，这段时间全部计入盲区。"}
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
	t := Table{Name: "合计", Columns: []Column{{"指标", 62, false}, {"实测（分子/分母）", 40, true}, {"实测比率", 26, true}, {"复核后（分子/分母）", 40, true}, {"复核后比率", 26, true}, {"盲区（分钟）", 30, true}, {"规则版本", 48, false}}}
	for _, r := range dutylog.FigureRules() {
		n, rate := share(g.Tally.Of(r, false))
		after, afterRate := share(g.Tally.Of(r, true))
		t.Rows = append(t.Rows, Row{Cells: []string{FigureWords[r.Figure], n, rate, after, afterRate, blindMinutes(g), versionWords(g.Tally.Rules())}})
	}
	t.Rows = append(t.Rows, Row{Cells: []string{"来电 " + count(g.Tally.Calls()) + " 个，其中情况不明 " + count(g.Tally.Outcomes()[telephony.Unknown]) + " 个、临界待裁定 " + count(g.Tally.Undecided()) + " 个"}, Strong: true})
	return t
}

// timesTable is how long things took: the bell until the answer, and what was to be done after the call.
func timesTable(g dutylog.AnsweringGroup) Table {
	t := Table{Name: "用时", Columns: []Column{{"事项", 80, false}, {"件数", 20, true}, {"平均", 28, true}, {"中位", 28, true}, {"90% 不超过", 28, true}, {"95% 不超过", 28, true}, {"最长", 28, true}, {"盲区（分钟）", 32, true}}}
	for _, x := range []struct {
		name string
		of   dutylog.Spread
		unit time.Duration
	}{{"接听前响铃", g.Tally.Rings, time.Second / 10}, {"通话结束到日志条目填完", g.Tally.Entering, time.Second}, {"未接来电挂断到联系上对方", g.Tally.CalledBack, time.Second}} {
		sum := x.of.Summary()
		row := []string{x.name, count(sum.N)}
		for _, d := range []time.Duration{time.Duration(sum.Mean * float64(x.unit)), time.Duration(sum.P50) * x.unit, time.Duration(sum.P90) * x.unit, time.Duration(sum.P95) * x.unit, time.Duration(sum.Max) * x.unit} {
			row = append(row, tookWords(d, sum.N, x.unit))
		}
		t.Rows = append(t.Rows, Row{Cells: append(row, blindMinutes(g))})
	}
	if n := g.Tally.BackStated(); n > 0 {
		t.Rows = append(t.Rows, Row{Cells: []string{"另有 " + count(n) + " 个未接来电只有值班员说明已联系上，没有通话可证，何时联系上不知，不计入用时"}, Strong: true})
	}
	return t
}

// tookWords is a time in seconds where tenths matter, else as people say it.
func tookWords(d time.Duration, n int, unit time.Duration) string {
	switch {
	case n == 0:
		return "—"
	case unit < time.Second:
		return fmt.Sprintf("%.1f 秒", d.Seconds())
	case d < time.Second:
		return "0 秒"
	}
	return lasting(d)
}

func blindMinutes(g dutylog.AnsweringGroup) string {
	return strconv.FormatFloat(g.Blind.Minutes(), 'f', 1, 64)
}

// The figures of which a group shows its own.
var groupFigures = []dutylog.Figure{dutylog.FigureOnTime, dutylog.FigureAnswerRate, dutylog.FigureMissed, dutylog.FigureEngaged}

// groupTable has a row for each group, with all that its figures rest on: as measured and as reviews decided, what is still
// undecided, what nobody saw, and the rules that judged.
func groupTable(f Frame, x FiguresOf) Table {
	t := Table{Name: groupingWords[x.By], Columns: []Column{{"分组", 40, false}, {"来电", 12, true}}}
	for _, name := range groupFigures {
		if dutylog.RuleOf(name).Judges {
			t.Columns = append(t.Columns, Column{FigureWords[name] + "（实测）", 24, true}, Column{FigureWords[name] + "（复核后）", 24, true})
		} else {
			t.Columns = append(t.Columns, Column{FigureWords[name], 22, true})
		}
	}
	t.Columns = append(t.Columns, Column{"临界待裁定", 13, true}, Column{"情况不明", 12, true}, Column{"盲区（分钟）", 15, true}, Column{"响铃中位/P90/P95/最长（秒）", 22, true}, Column{"规则版本", 20, false})
	for _, g := range x.Figures.Groups {
		row := []string{GroupWords(f, x.By, g), strconv.Itoa(g.Tally.Calls())}
		for _, name := range groupFigures {
			r := dutylog.RuleOf(name)
			row = append(row, shareWords(g.Tally.Of(r, false)))
			if r.Judges {
				row = append(row, shareWords(g.Tally.Of(r, true)))
			}
		}
		ring, rang := g.Tally.Rings.Summary(), "—"
		if ring.N > 0 {
			rang = fmt.Sprintf("%.1f/%.1f/%.1f/%.1f", float64(ring.P50)/10, float64(ring.P90)/10, float64(ring.P95)/10, float64(ring.Max)/10)
		}
		t.Rows = append(t.Rows, Row{Cells: append(row, strconv.Itoa(g.Tally.Undecided()), strconv.Itoa(g.Tally.Outcomes()[telephony.Unknown]), blindMinutes(g), rang, versionWords(g.Tally.Rules()))})
	}
	return t
}

// shareWords is a share in one cell.
func shareWords(n, d int) string {
	counts, rate := share(n, d)
	return strings.TrimSuffix(counts+"　"+rate, "　—")
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
