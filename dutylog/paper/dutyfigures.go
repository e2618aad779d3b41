package paper

import (
	"fmt"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
)

// DutyFigureWords are the names of the figures of the other work, those of the page.
var DutyFigureWords = map[dutylog.DutyFigure]string{
	dutylog.ReportsOnTime: "报告按时", dutylog.DeliveriesOnTime: "报送按时", dutylog.IncidentsOpenedLate: "突发事件立项超时", dutylog.ClosedUnreported: "未报送即办结", dutylog.InstructionsOverdue: "批示逾期未办结",
	dutylog.HandoversLate: "交接班超时", dutylog.RosterUncovered: "值班表空缺（分钟）", dutylog.FilingsLate: "报备超时或未报", dutylog.MissedNotCalledBack: "未接后仍待回拨",
	dutylog.OthersNotCalledBack: "其他未接通来电待回拨（不计考核）",
}

var behindWords = map[dutylog.BehindKind]string{dutylog.BehindIncident: "突发事件", dutylog.BehindCall: "来电", dutylog.BehindShift: "班次", dutylog.BehindFiling: "报备"}

// DutyFigures is the sheet 值班工作指标: each figure with what it rests on, then what is behind it. Of a line it has the
// figures of its calls alone.
func DutyFigures(f Frame, from, to time.Time, line string, found dutylog.DutyAnswer) Sheet {
	s := figureHead(f, "值班工作指标", from, to, "")
	if line != "" {
		s = figureHead(f, "值班工作指标", from, to, lineWords(f, line)+"（只列来电指标，其余指标属于整个值班室，不分线路）")
		s.Name += "-" + line
	}
	s.Notes = []string{"只计入所选时段内已到期的事项；分母不足 " + strconv.Itoa(dutylog.FewestForRate) + " 个的只列个数，不计比率。盲区内可能有系统不知道的来电。",
		"每项指标最多列出最近 " + strconv.Itoa(dutylog.MostBehind) + " 件，件数以分子、分母为准。"}
	s.Notes = append(s.Notes, begunNotes(f, from, found.Begun)...)
	for _, x := range found.Shares {
		if x.Unknown > 0 {
			s.Notes = append(s.Notes, "所选时段内有 "+lasting(x.Unknown)+"还没有录入过值班表，这段时间有没有人在岗无从得知，不算空缺。")
			break
		}
	}
	for _, m := range found.Frozen {
		s.Notes = append(s.Notes, string(m.Month)+" 已于 "+f.minute(m.At)+" 定稿，其部分为定稿时的数字。")
	}
	for _, c := range found.Corrections {
		then, _ := share(c.Then[0], c.Then[1])
		now, _ := share(c.Now[0], c.Now[1])
		s.Notes = append(s.Notes, "更正（"+string(c.Month)+" 定稿后）："+DutyFigureWords[c.Figure]+dutyOf(dutylog.DutyShare{Figure: c.Figure, Of: c.Of})+"　定稿 "+then+"，现为 "+now+"。")
	}
	figures := Table{Name: "指标", Columns: []Column{{"指标", 55, false}, {"对象", 40, false}, {"分子/分母", 32, true}, {"比率", 20, true}, {"盲区（分钟）", 25, true}, {"计算依据", 85, false}}}
	behind := Table{Name: "明细", Columns: []Column{{"指标", 55, false}, {"对象", 40, false}, {"类别", 30, true}, {"编号", 60, false}, {"时间", 40, true}, {"止", 40, true}}}
	for _, x := range found.Shares {
		name, of := DutyFigureWords[x.Figure], dutyOf(x)
		n, rate := share(x.Numerator, x.Denominator)
		figures.Rows = append(figures.Rows, Row{Cells: []string{name, of, n, rate, strconv.FormatFloat(x.Blind.Minutes(), 'f', 1, 64), dutyRules(x.Rules)}})
		for _, b := range x.Behind {
			id := b.Name
			if id == "" && b.Kind != dutylog.BehindShift {
				id = b.ID
			}
			if b.Handover > 0 {
				id = "第 " + strconv.FormatInt(b.Handover, 10) + " 号交接单"
			}
			if b.Why != "" {
				id += "（" + b.Why + "）"
			}
			row := []string{name, of, behindWords[b.Kind], id, f.minute(b.At), ""}
			if !b.Until.IsZero() {
				row[5] = f.minute(b.Until)
			}
			behind.Rows = append(behind.Rows, Row{Cells: row})
		}
	}
	s.Tables = []Table{figures, behind}
	return s
}

// dutyOf is of what a figure is: a deadline, a recipient, a channel or a post.
func dutyOf(x dutylog.DutyShare) string {
	switch x.Figure {
	case dutylog.ReportsOnTime:
		return stageNames[dutylog.Stage(x.Of)]
	case dutylog.OthersNotCalledBack:
		return Word(OutcomeNames, telephony.Outcome(x.Of))
	case dutylog.RosterUncovered:
		return postNames[dutylog.Post(x.Of)]
	case dutylog.DeliveriesOnTime:
		return wordsOf(append(dutylog.Recipients(), dutylog.Channels()...), x.Of)
	}
	return ""
}

// dutyRules are the rules by which a figure was counted, in words.
func dutyRules(versions []string) string {
	words := []string{}
	for _, v := range versions {
		var first, written, detailed, followUp, essential, allowance int
		if _, err := fmt.Sscanf(v, "first-%dm-written-%dm-detailed-%dm-follow-up-%dm-essential-%dm", &first, &written, &detailed, &followUp, &essential); err == nil {
			v = fmt.Sprintf("初报 %d 分、书面 %d 分、详细 %d 分、续报间隔 %d 分", first, written, detailed, followUp)
		} else if _, err := fmt.Sscanf(v, "handover-allowance-%dm", &allowance); err == nil {
			v = fmt.Sprintf("班次结束后 %d 分钟内办理交接", allowance)
		} else if known := dutyRuleWords[v]; known != "" {
			v = known
		}
		words = append(words, v)
	}
	return versionWords(words)
}

var dutyRuleWords = map[string]string{"instruction-due": "按批示要求的时限", "every-minute-of-every-post": "每个岗位每一分钟都要有人", "filing-deadline": "按报备截止时间", "called-back-or-reached": "已联系上，或已注明无需、无法回拨的不计"}
