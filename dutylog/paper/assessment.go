package paper

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutyline/dutylog"
)

// The words of the assessment: those of the page.
var (
	AssessmentStateNames = map[dutylog.AssessmentState]string{dutylog.MonthRuns: "当月进行中（预览）", dutylog.AwaitsSigning: "待签批（预览）", dutylog.SignedOnce: "签批中（预览）",
		dutylog.SignedByBoth: "已签批、待定稿（预览）", dutylog.AssessmentFrozen: "已定稿"}
	SuspicionNames = map[dutylog.SuspicionWhy]string{dutylog.PossibleUnmanned: "疑似脱岗", dutylog.LineForwarded: "来电被转走或由机器接听", dutylog.LateReport: "疑似迟报",
		dutylog.OmittedReport: "疑似漏报", dutylog.RosterUnfilled: "值班表无人值班", dutylog.InstructionLate: "批示逾期未办结", dutylog.OpenedByHand: "人工登记"}
	ViolationStateNames = map[dutylog.ViolationState]string{dutylog.ViolationOpen: "待核查", dutylog.ViolationAwaits: "待复核", dutylog.ViolationUpheld: "已认定",
		dutylog.ViolationNotUpheld: "不认定", dutylog.ViolationDropped: "不予立案"}
	ViolationSaysNames = map[dutylog.ViolationSays]string{dutylog.ViolationStated: "情况说明", dutylog.ViolationDismissed: "不予立案", dutylog.ViolationProposed: "初步结论",
		dutylog.ViolationConfirmed: "复核确认", dutylog.ViolationReturned: "复核退回", dutylog.ViolationReopened: "重新核查"}
	ViolationResultNames = map[dutylog.ViolationResult]string{dutylog.Upheld: "认定", dutylog.NotUpheld: "不认定"}
	evidenceWords        = map[dutylog.EvidenceKind]string{dutylog.EvidenceCall: "来电", dutylog.EvidenceEntry: "日志条目", dutylog.EvidenceIncident: "突发事件", dutylog.EvidenceHandover: "交接班",
		dutylog.EvidenceRoster: "空岗", dutylog.EvidenceFiling: "报备", dutylog.EvidenceTask: "定期事项", dutylog.EvidenceSpot: "抽查", dutylog.EvidenceListening: "录音抽评",
		dutylog.EvidenceViolation: "违规", dutylog.EvidenceAlert: "告警"}
)

// mostLinks is how many pieces of evidence a row of the paper names; the page lists all.
const mostLinks = 6

// Assessment is the sheet of a month 考核表. A frozen one is printed as it was frozen, with what came later below it.
func Assessment(f Frame, c dutylog.AssessmentCase) Sheet {
	x := c.Sheet
	if c.Frozen != nil {
		x = c.Frozen.Sheet
	}
	month := x.Month.First().In(f.Zone).Format("2006年1月")
	of := "值班室 " + cmp.Or(x.Room, f.Unit)
	if x.Line != "" {
		of = "值班专线 " + f.lineNumber(x.Line)
	}
	s := Sheet{Name: strings.TrimSuffix("值班值守考核表-"+string(x.Month)+"-"+x.Line, "-"), Unit: f.Unit, Title: month + "值班值守考核表", Size: 9, Foot: f.foot(),
		Under:      []string{of + "　" + Word(AssessmentStateNames, c.State()) + "　" + x.Rules},
		Tables:     []Table{scoreTable(f, x), personTable(x.Persons)},
		Notes:      assessmentNotes(f, c, x),
		Signatures: []string{"考核人（督查）", "带班领导", "分管领导", "主要负责同志"}}
	if len(x.Lines) > 1 {
		s.Tables = append(s.Tables, linesTable(f, x.Lines))
	}
	if changes := c.Corrections(); len(changes) > 0 {
		s.Tables = append(s.Tables, correctionTable(changes))
	}
	return s
}

// linesTable is how each line of the room was answered.
func linesTable(f Frame, lines []dutylog.AssessedLine) Table {
	t := Table{Name: "各专线接听情况（复核后）", Columns: []Column{{"专线", 40, false}, {"来电", 20, true}, {"情况不明", 20, true}, {"3声内接听", 26, true}, {"接通", 26, true}, {"未接后已联系上或已说明", 28, true}, {"日志填完", 26, true}}}
	of := func(n [2]int) string { return count(n[0]) + "/" + count(n[1]) }
	for _, l := range lines {
		t.Rows = append(t.Rows, Row{Cells: []string{f.lineNumber(l.Line), count(l.Calls), count(l.Unknown), of(l.OnTime), of(l.AnswerRate), of(l.CalledBack), of(l.Complete)}})
	}
	return t
}

func scoreTable(f Frame, x dutylog.Assessment) Table {
	t := Table{Name: "评分", Columns: []Column{{"序号", 9, true}, {"考核内容", 46, false}, {"依据", 20, true}, {"分值", 10, true}, {"得分", 11, true}, {"评分说明", 50, false}, {"未达标记录", 40, false}}}
	for n, i := range x.Items {
		gets := i.Gets.String()
		if !i.Why.Judged() {
			gets = "不计"
		}
		t.Rows = append(t.Rows, Row{Cells: []string{count(n + 1), i.Title, i.Article, i.Points.String(), gets, WhyPoints(i), evidenceOf(f, i)}})
	}
	total := "得分 " + x.Gets.String() + "，应得 " + x.Of.String() + "（总分 " + x.Most.String() + "，不计的项目不占应得分）"
	if h, ok := x.OfHundred(); ok {
		total += "，折合百分制 " + h.String() + " 分"
	} else {
		total = "本月没有可以评分的项目"
	}
	t.Rows = append(t.Rows, Row{Cells: []string{total}, Strong: true})
	return t
}

// WhyPoints says in words how the points of an item came about.
func WhyPoints(i dutylog.AssessmentItem) string {
	figure, _ := i.Figure.FigureOf()
	n, of, unit := strconv.Itoa(i.Share.Good), strconv.Itoa(i.Share.Of), ""
	if figure.Minutes {
		unit = " 分钟"
	}
	var text string
	switch i.Why {
	case dutylog.NothingFell:
		return "本月没有此类事项，不计分"
	case dutylog.NothingKnown:
		return "本月情况不明，无法评分，不计分"
	case dutylog.ByCases:
		switch {
		case figure.Cases && i.Share.Of == 0:
			text = "无"
		case figure.Cases:
			text = of + " 件，每件扣 " + i.Each.String() + " 分"
		case i.Share.Cases() == 0:
			text = "达标 " + n + "/" + of
		default:
			text = fmt.Sprintf("达标 %s/%s，%d 件未达标，每件扣 %s 分", n, of, i.Share.Cases(), i.Each)
		}
		if len(i.Bands) > 0 {
			text += "（不足 " + strconv.Itoa(dutylog.FewestForRate) + " 件，按件计）"
		}
	case dutylog.ByBand:
		text = "达标 " + n + "/" + of + unit + "，" + reached(i.Share) + "，达到 " + i.Band.Least.String() + "%，得 " + i.Band.Gives.String() + " 分"
	default:
		text = "达标 " + n + "/" + of + unit + "，" + reached(i.Share) + "，低于 " + i.Bands[len(i.Bands)-1].Least.String() + "%"
	}
	if i.Share.Late > 0 {
		text += fmt.Sprintf("；其中 %d 件超过 %d 分钟才回拨", i.Share.Late, i.Within)
	}
	if m := i.Share.Measured; figure.OfLine && !figure.Cases && (m[0] != i.Share.Good || m[1] != i.Share.Of) {
		text += fmt.Sprintf("；实测 %d/%d", m[0], m[1])
	}
	if i.Share.Unknown > 0 {
		text += fmt.Sprintf("；另有 %d 个情况不明或临界待裁定，未计入", i.Share.Unknown)
	}
	return text
}

// reached is the share rounded down, so that it never says more than was reached.
func reached(s dutylog.AssessedShare) string {
	return dutylog.Points(s.Good*1000/s.Of).String() + "%"
}

func evidenceOf(f Frame, i dutylog.AssessmentItem) string {
	var all []string
	for n, e := range i.Share.Against {
		if n == mostLinks {
			break
		}
		all = append(all, evidenceText(f, e))
	}
	if more := len(i.Share.Against) + i.Share.More - len(all); more > 0 {
		all = append(all, "另有 "+count(more)+" 件，见系统")
	}
	return cmp.Or(strings.Join(all, "；"), "—")
}

func evidenceText(f Frame, e dutylog.EvidenceLink) string {
	what := ""
	switch e.Kind {
	case dutylog.EvidenceCall, dutylog.EvidenceEntry, dutylog.EvidenceAlert:
	case dutylog.EvidenceTask, dutylog.EvidenceFiling, dutylog.EvidenceHandover:
		what = e.What
	}
	return strings.TrimSpace(Word(evidenceWords, e.Kind) + " " + f.shortMinute(e.At) + " " + what)
}

// shortMinute is a moment below a heading that names its year.
func (f Frame) shortMinute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.Zone).Format("01-02 15:04")
}

func personTable(r dutylog.Responsible) Table {
	t := Table{Name: "责任人（第三十一条）", Columns: []Column{{"责任", 42, true}, {"姓名", 51, false}, {"责任", 42, true}, {"姓名", 51, false}}, Form: true}
	blank := func(s string) string { return cmp.Or(s, "　") }
	t.Rows = []Row{{Cells: []string{"第一责任人（主要负责同志）", blank(r.Head), "直接责任人（分管领导）", blank(r.Deputy)}}, {Cells: []string{"具体责任人（值班同志）", blank(r.Duty)}}}
	return t
}

func assessmentNotes(f Frame, c dutylog.AssessmentCase, x dutylog.Assessment) []string {
	known := fmt.Sprintf("来电 %d 个，其中情况不明 %d 个、临界待裁定 %d 个；盲区 %s 分钟。情况不明的和待裁定的不算未达标，也不算达标。", x.Calls, x.Unknown, x.Open, strconv.FormatFloat(x.Blind.Minutes(), 'f', 1, 64))
	whose := "各项都是全值班室数字，接听各项为全部专线合计。"
	if x.Line != "" { // as the program had it that made this sheet
		whose = "报告、交接班、值班表、报备、定期事项、抽查和违规是全单位数字，不分线路。"
	}
	notes := []string{known, fmt.Sprintf("接听数字为复核后数字；不足 %d 件的不计比率，按件计分。", dutylog.FewestForRate) + whose}
	if !x.Closed {
		notes = append(notes, "本月接听数字尚未定稿，或含定稿后的更正，以后可能变化。")
	}
	for _, s := range []struct {
		part string
		fact *dutylog.AssessmentFact
	}{{"督查", c.Supervisor()}, {"带班领导", c.Leader()}} {
		if s.fact != nil && c.Frozen == nil {
			notes = append(notes, s.part+"已签批："+s.fact.By.Name+"　"+f.minute(s.fact.At)+"。")
		}
	}
	if c.Frozen != nil {
		notes = append(notes, "已于 "+f.minute(c.Frozen.At)+" 由 "+c.Frozen.By.Name+" 定稿，考核表摘要 "+c.Frozen.Digest+"。")
	}
	return append(notes, "评分细则摘要 "+x.Digest+"；响铃规则版本 "+cmp.Or(strings.Join(x.Rings, "，"), "—")+"。")
}

// correctionTable is what would be otherwise now; the sheet above stands.
func correctionTable(changes []dutylog.ItemChange) Table {
	t := Table{Name: "定稿后的更正（不改变上表）", Columns: []Column{{"考核内容", 56, false}, {"定稿", 65, false}, {"按现有记录", 65, false}}}
	side := func(i *dutylog.AssessmentItem) string {
		if i == nil {
			return "无此项"
		}
		if !i.Why.Judged() {
			return WhyPoints(*i)
		}
		return i.Gets.String() + " 分：" + WhyPoints(*i)
	}
	for _, c := range changes {
		t.Rows = append(t.Rows, Row{Cells: []string{c.Title, side(c.Then), side(c.Now)}})
	}
	return t
}

// Violations is the register of a month 疑似违规登记表, with what was said and decided.
func Violations(f Frame, m dutylog.Month, list []dutylog.Violation) Sheet {
	title := m.First().In(f.Zone).Format("2006年1月")
	s := Sheet{Name: "疑似违规登记表-" + string(m), Unit: f.Unit, Title: title + "疑似违规登记表", Size: 9, Landscape: true, Foot: f.foot(), Signatures: []string{"督查人员", "复核人", "带班领导"},
		Notes: []string{"系统只提示，不作认定；认定由督查人员提出、另一人复核。条目不删除，不予立案的写明理由。"}}
	for _, i := range dutylog.ViolationItems() {
		s.Notes = append(s.Notes, fmt.Sprintf("第三十二条第（%s）项：%s", numerals[i.Number-1], i.Words))
	}
	t := Table{Name: title, Columns: []Column{{"编号", 12, true}, {"时间", 28, true}, {"情形", 30, true}, {"条款", 16, true}, {"证据", 62, false}, {"说明和处理", 100, false}, {"状态", 18, true}}}
	for n := len(list) - 1; n >= 0; n-- { // on paper the oldest comes first
		v := list[n]
		t.Rows = append(t.Rows, Row{Cells: []string{strconv.FormatInt(v.ID, 10), f.minute(v.At), Word(SuspicionNames, v.Why), "第（" + numerals[v.Item-1] + "）项", violationEvidence(f, v), violationCourse(f, v),
			Word(ViolationStateNames, v.State())}})
	}
	if t.Rows == nil {
		t.Rows = []Row{{Cells: []string{"本月没有疑似违规"}}}
	}
	s.Tables = []Table{t}
	return s
}

var numerals = []string{"一", "二", "三", "四", "五"}

func violationEvidence(f Frame, v dutylog.Violation) string {
	return evidenceOf(f, dutylog.AssessmentItem{Share: dutylog.AssessedShare{Against: v.Evidence}})
}

func violationCourse(f Frame, v dutylog.Violation) string {
	all := []string{}
	if v.Text != "" {
		all = append(all, v.Text+"（"+v.By.Name+"）")
	}
	for _, x := range v.Facts {
		words := Word(ViolationSaysNames, x.Says)
		if x.Result != "" {
			words += "：" + Word(ViolationResultNames, x.Result)
		}
		all = append(all, f.shortMinute(x.At)+" "+x.By.Name+" "+words+"　"+x.Text)
	}
	return lines(all...)
}
