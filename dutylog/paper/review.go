package paper

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"dutyline/dutylog"
	"dutyline/telephony"
	"dutyline/telephony/testcall"
)

// Dispute is a verdict under review with everything by which it can be judged anew.
type Dispute struct {
	Review  dutylog.Review
	Changes []dutylog.RuleChange // what the line had, oldest first
	Now     string               // the rule of the line today
	Journal []telephony.Row      // of the call, as the switch kept it; empty: see Why
	Why     string               // why there are no rows
	Blind   []telephony.Interval // while the call went on
	Test    *testcall.Result     // the nearest one
	Offset  *time.Duration       // the switch's clock minus ours, when it is printed
	Moments []dutylog.Moment     // by everything that saw them
	Witness *telephony.Witness   // nil: nothing was kept beside the call's events
}

// SIPWhy is why no SIP messages are known of the call; empty: some are.
func (d Dispute) SIPWhy() string {
	switch {
	case d.Witness == nil:
		return "not_kept"
	case !d.Witness.Heard:
		return "not_mirrored"
	case len(d.Witness.SIP) == 0:
		return "nothing"
	}
	return ""
}

// The words of reviews: those of the page.
var (
	ReviewReasonNames = map[dutylog.ReviewReason]string{dutylog.ReasonOtherCall: "正在接打其他电话", dutylog.ReasonOtherDuty: "正在处置其他值班事项", dutylog.ReasonHandover: "正在交接班",
		dutylog.ReasonNotHeard: "没有听到铃声", dutylog.ReasonPhoneFault: "话机故障", dutylog.ReasonLineFault: "线路故障", dutylog.ReasonHungUp: "拿起话机时对方已挂断",
		dutylog.ReasonAway: "短暂离开座位", dutylog.ReasonOther: "其他"}
	TechnicalCauseNames = map[dutylog.TechnicalCause]string{dutylog.CausePhone: "话机故障", dutylog.CauseLine: "线路或中继故障", dutylog.CauseSwitch: "交换机故障", dutylog.CausePower: "停电",
		dutylog.CauseClock: "时钟不准", dutylog.CauseSettings: "线路设置有误", dutylog.CauseWorks: "检修、割接"}
	ReviewResultNames = map[dutylog.ReviewResult]string{dutylog.ReviewStands: "维持原判定", dutylog.ReviewSetAside: "不予计入（技术原因）",
		dutylog.ReviewCountsLate: "计为超时", dutylog.ReviewCountsInTime: "计为按时"}
	ReviewStateNames = map[dutylog.ReviewState]string{dutylog.AwaitsOfficer: "待当班人员说明", dutylog.AwaitsSupervisor: "待复核", dutylog.Reviewed: "已复核",
		dutylog.AwaitsSecond: "待再次复核", dutylog.ReviewedTwice: "已再次复核"}
	reviewSaysNames = map[dutylog.ReviewSays]string{dutylog.ReviewExplained: "当班说明", dutylog.ReviewCommented: "督查意见", dutylog.ReviewDecided: "复核结论",
		dutylog.ReviewSecondAsked: "申请再次复核", dutylog.ReviewSecondDecided: "再次复核结论", dutylog.ReviewReopened: "重新复核"}
	sipWhy     = map[string]string{"not_kept": "没有留存本次通话的 SIP 时刻", "not_mirrored": "当时没有接收交换机的 SIP 副本（未配置，或交换机没有发送）", "nothing": "SIP 副本中没有本次通话"}
	journalWhy = map[string]string{"none": "没有配置交换机流水", "unreadable": "交换机流水无法读取", "nothing": "交换机流水中没有本次通话（已过保存期限，或当时没有记录）"}
)

// Review is the sheet of one dispute 接听判定复核单.
func Review(f Frame, d Dispute) Sheet {
	c := d.Review.Call
	s := Sheet{Name: "复核单-" + c.OfferedAt.In(f.Zone).Format("2006-01-02-150405"), Unit: f.Unit, Title: "接听判定复核单", Size: 11, Foot: f.foot(),
		Under: []string{f.minute(c.OfferedAt) + "　" + Word(OutcomeNames, c.Outcome) + "　" + Word(ReviewStateNames, d.Review.State)}, Signatures: []string{"当班人员", "督查人员", "带班领导"},
		Picture: pictureOf(c.Call), Notes: []string{"原始判定不因复核而改变；统计同时公布实测与复核后两组数字。"}}
	pairs := append(measuredPairs(f, c), clockPairs(f, d)...)
	pairs = append(pairs, listPair("当时盲区", "没有盲区", d.Blind, func(i telephony.Interval) string {
		return f.second(i.From) + "—" + f.second(i.To) + "　" + i.Cause
	}), pair{name: "交换机流水", value: journalWords(f, d), wide: true},
		listPair("说明和复核", "还没有人说明", d.Review.Facts, func(x dutylog.ReviewFact) string { return reviewFactWords(f, d.Review, x) }),
		pair{name: "结论", value: cmp.Or(Word(ReviewResultNames, d.Review.Result()), "尚无结论"), wide: true})
	s.Tables = []Table{{Name: s.Title, Columns: formColumns, Form: true, Rows: formRows(append(settingPairs(f, d), pairs...))}}
	if len(d.Moments) > 0 {
		s.Tables = append(s.Tables, momentTable(f, d))
	}
	if len(d.Changes) > 0 {
		s.Tables = append(s.Tables, settingsTable(f, d))
		s.Notes = append(s.Notes, "线路设置写在配置文件中，起止为系统按其运行的时间；配置文件由何人修改，系统不知道。")
	}
	return s
}

// settingsTable is what the line had, and since when until when; the row by which the call came is marked.
func settingsTable(f Frame, d Dispute) Table {
	t := Table{Name: "线路设置沿革", Columns: []Column{{"起", 30, true}, {"止", 30, true}, {"铃流和时限（规则版本）", 58, false}, {"话机、中继", 40, false}, {"配置文件保存于", 28, true}}}
	for _, r := range d.Changes {
		until, saved, made := "至今", "不明", "当时未记录"
		if !r.Until.IsZero() {
			until = f.second(r.Until)
		}
		if !r.Saved.IsZero() {
			saved = f.second(r.Saved)
		}
		if len(r.Settings.Endpoints) > 0 {
			made = strings.Join(r.Settings.Endpoints, "、") + "；" + cmp.Or(strings.Join(r.Settings.Trunks, "、"), "—") + "；" + cmp.Or(supervisionNames[r.Settings.Supervision], "—")
		}
		from := f.second(r.At)
		if r.Held(d.Review.Call.OfferedAt) {
			from += "（本次来电时）"
		}
		t.Rows = append(t.Rows, Row{Cells: []string{from, until, ruleWords(r.Rule) + "（" + r.Rule + "）", made, saved}})
	}
	return t
}

var supervisionNames = map[telephony.Supervision]string{telephony.SupervisionSIP: "SIP 信令", telephony.SupervisionPolarity: "反极信号", telephony.SupervisionNone: "无应答和挂机信号"}

// settingPairs say by which rule it was judged, and what the line had before and has now.
func settingPairs(f Frame, d Dispute) []pair {
	c := d.Review.Call
	now := cmp.Or(ruleWords(d.Now), "线路已不在配置中")
	if d.Now == c.Rule {
		now = "与判定时相同"
	}
	pairs := []pair{{name: "涉及人员", value: cmp.Or(d.Review.Officer, "不明")}, {name: "值班专线", value: cmp.Or(f.Lines[c.Line], c.Line)},
		{name: "判定规则", value: ruleWords(c.Rule) + "（版本 " + c.Rule + "）", wide: true}, {name: "现行规则", value: now, wide: true}}
	if len(d.Changes) == 0 {
		pairs = append(pairs, pair{name: "设置沿革", value: "没有记录", wide: true})
	}
	return pairs
}

func ruleWords(version string) string {
	r, ok := telephony.ParseRule(version)
	if !ok {
		return version
	}
	text := fmt.Sprintf("响 %s 停 %s，%d 声之内（%s）", secondsOf(r.On), secondsOf(r.Off), r.Limit, secondsOf(r.LimitAt()))
	if r.Offset > 0 {
		text += "，铃声早于系统所见 " + secondsOf(r.Offset)
	}
	if r.Uncertainty > 0 {
		text += "，误差 ±" + secondsOf(r.Uncertainty)
	}
	return text
}

// secondsOf is a length in seconds, as exactly as it is known.
func secondsOf(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", d.Seconds()), "0"), ".") + " 秒"
}

// measuredPairs are what was measured, on both clocks.
func measuredPairs(f Frame, c dutylog.Call) []pair {
	clock := func(d time.Duration, ok bool) string {
		if !ok {
			return "未能测得"
		}
		return secondsOf(d)
	}
	pairs := []pair{{name: "话机振铃", value: clock(c.RingFor())}, {name: "来电等待", value: clock(c.CallerRingFor())},
		{name: "来电到达", value: f.milli(c.OfferedAt)}, {name: "开始振铃", value: f.milli(c.RangAt)}, {name: "接听", value: f.milli(c.AnsweredAt)}, {name: "结束", value: f.milli(c.EndedAt)},
		{name: "铃声", value: count(c.Rings) + " 声"}, {name: "来电号码", value: numberText(c.Caller)}}
	if dutylog.Borderline(c.Call) {
		pairs = append(pairs, pair{name: "临界", value: "接听时刻在误差范围之内，须由督查人员认定", wide: true})
	}
	return pairs
}

func (f Frame) milli(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(f.Zone).Format("15:04:05.000")
}

// momentTable puts side by side what the verdict rests on, the SIP messages and the switch's own journal.
func momentTable(f Frame, d Dispute) Table {
	t := Table{Name: "三方时刻对照", Columns: []Column{{"时刻", 36, true}, {"判定所用", 50, true}, {"SIP 信令", 50, true}, {"交换机流水", 50, true}}}
	for _, m := range d.Moments {
		t.Rows = append(t.Rows, Row{Cells: []string{MomentNames[m.Name], f.milli(m.Judged), f.beside(m.SIP, m.Judged), f.beside(m.Journal, m.Judged)}})
	}
	return t
}

// MomentNames are the words of the page.
var MomentNames = map[dutylog.MomentName]string{dutylog.MomentOffered: "来电到达", dutylog.MomentRang: "开始振铃", dutylog.MomentQuiet: "铃声停止", dutylog.MomentAnswered: "接听", dutylog.MomentEnded: "结束"}

// beside is a moment with how far it is from the one that was judged by.
func (f Frame) beside(t, judged time.Time) string {
	if t.IsZero() || judged.IsZero() {
		return f.milli(t)
	}
	return f.milli(t) + fmt.Sprintf("（%+.3f）", t.Sub(judged).Seconds())
}

// standingWords say how the clocks stood when the call came.
func standingWords(f Frame, d Dispute) string {
	w := d.Witness
	if w == nil || w.ClockAt.IsZero() {
		text := "通话时没有测得"
		if d.Offset != nil {
			text += "；打印时" + aheadWords(*d.Offset)
		}
		return text
	}
	text := "通话时（" + f.second(w.ClockAt) + "）" + aheadWords(w.Ahead)
	switch {
	case w.Machine == telephony.ClockSynchronised && w.Error >= 0:
		text += "；本机时钟已由时间服务校准，误差不超过 " + secondsOf(w.Error)
	case w.Machine == telephony.ClockSynchronised:
		text += "；本机时钟已由时间服务校准"
	case w.Machine == telephony.ClockAlone:
		text += "；本机时钟当时没有由时间服务校准"
	default:
		text += "；本机时钟是否校准不明"
	}
	return text
}

func aheadWords(d time.Duration) string {
	if d < 0 {
		return "交换机时钟比本机慢 " + secondsOf(-d)
	}
	return "交换机时钟比本机快 " + secondsOf(d)
}

// sipWords are the SIP messages of the call, or why there are none.
func sipWords(f Frame, d Dispute) string {
	if why := d.SIPWhy(); why != "" {
		return sipWhy[why]
	}
	rows := make([]string, len(d.Witness.SIP))
	for i, m := range d.Witness.SIP {
		rows[i] = f.milli(m.At) + "　" + m.What + "　" + m.Leg
	}
	return strings.Join(rows, "\n")
}

// clockPairs say how far the clocks and the line can be trusted.
func clockPairs(f Frame, d Dispute) []pair {
	test := "附近没有拨测"
	if d.Test != nil {
		test = f.second(d.Test.At) + "　" + cmp.Or(testVerdicts[string(d.Test.Verdict)], string(d.Test.Verdict))
	}
	return []pair{{name: "时钟偏差", value: standingWords(f, d), wide: true}, {name: "最近拨测", value: test, wide: true}, {name: "SIP 信令", value: sipWords(f, d), wide: true}}
}

func journalWords(f Frame, d Dispute) string {
	if len(d.Journal) == 0 {
		return cmp.Or(journalWhy[d.Why], "没有流水")
	}
	rows := make([]string, len(d.Journal))
	for i, r := range d.Journal {
		rows[i] = f.milli(r.At) + "　" + rowWords(r) + "　" + r.Channel
	}
	return strings.Join(rows, "\n")
}

// rowWords are what a row of the switch's journal says; its own marks stand as they are.
func rowWords(r telephony.Row) string {
	if r.Kind == telephony.RowUser || r.Kind == telephony.RowUnknown {
		return r.User
	}
	return cmp.Or(rowNames[r.Kind], r.Kind.String())
}

var rowNames = map[telephony.RowKind]string{telephony.RowChanStart: "通道建立", telephony.RowChanEnd: "通道结束", telephony.RowAnswer: "应答", telephony.RowHangup: "挂断",
	telephony.RowBridgeEnter: "接入通话", telephony.RowBridgeExit: "离开通话", telephony.RowAppStart: "开始呼叫", telephony.RowAppEnd: "结束呼叫", telephony.RowLinkedEnd: "整个通话结束",
	telephony.RowBlindTransfer: "转接", telephony.RowAttendedTransfer: "转接", telephony.RowPickup: "代接", telephony.RowForward: "转移"}

func reviewFactWords(f Frame, r dutylog.Review, x dutylog.ReviewFact) string {
	text := f.minute(x.At) + "　" + x.By.Name + "　" + Word(reviewSaysNames, x.Says)
	switch {
	case x.Says == dutylog.ReviewExplained:
		text += "：" + Word(ReviewReasonNames, dutylog.ReviewReason(x.Code))
	case x.Result != "":
		text += "：" + Word(ReviewResultNames, x.Result)
		if x.Code != "" {
			text += "，" + Word(TechnicalCauseNames, dutylog.TechnicalCause(x.Code))
		}
	}
	if x.Text != "" {
		text += "。" + x.Text
	}
	if r.Past(x) {
		text += "（当时针对" + cmp.Or(x.Officer, "不明人员") + "，现已不计）"
	}
	return text
}

// pictureOf draws the bell of a call; nil when it never rang, or the rule cannot be read.
func pictureOf(c telephony.Call) *Picture {
	rule, ok := telephony.ParseRule(c.Rule)
	rang, rung := c.RingFor()
	if !ok || !rung {
		return nil
	}
	last := max(rang, rule.LimitAt())
	p := &Picture{From: -rule.Offset, To: last + max(4*time.Second, last/5)} // room for the words of the last mark
	for _, b := range rule.Bursts(rang) {
		p.Bursts = append(p.Bursts, PictureBurst{From: b.From, To: b.To, Number: b.Number, Allowed: b.Allowed})
	}
	late := rang >= rule.LimitAt() // the words of the two marks turn away from one another
	p.Marks = []PictureMark{{At: rule.LimitAt(), Words: "时限 " + secondsOf(rule.LimitAt()), Left: late && rule.LimitAt()-p.From > (p.To-p.From)/5}}
	end := "铃声停止 "
	if !c.AnsweredAt.IsZero() {
		end = "接听 "
	}
	p.Marks = append(p.Marks, PictureMark{At: rang, Words: end + secondsOf(rang), Strong: true, Left: !late && rang-p.From > (p.To-p.From)/5})
	p.Words = fmt.Sprintf("话机响铃 %d 声，%s，%s", c.Rings, p.Marks[0].Words, p.Marks[1].Words)
	return p
}
